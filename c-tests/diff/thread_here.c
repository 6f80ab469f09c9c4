/* mail_thread on a server that cannot.
 * server: without=SORT,SORT=DISPLAY,THREAD=REFERENCES,THREAD=REFS,THREAD=ORDEREDSUBJECT
 */
#include "thread.c"
