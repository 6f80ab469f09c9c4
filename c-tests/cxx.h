/* Read before each program when the programs are compiled as C++ (c-tests/run.py --cxx). The C++
   compiler also gets -fno-operator-names, for fields and variables called `or` and `not`, and
   -fpermissive, for C's assignments from void *. Words that only C++ keeps for itself are renamed here,
   after the headers that mean them. */
#include <arpa/inet.h>
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <c-client/c-client.h>
#include <c-client/imap4r1.h>

/* c-client.h calls the fields so, for C++ programs. */
#define private cclientPrivate
#define new new_
#define class class_
#define this this_
#define namespace namespace_
#define template template_
#define delete delete_
