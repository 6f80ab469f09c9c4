/* What env_unix.c works out without touching mail: names, paths, protections, small system calls.
 * server: none
 */
#include "../common.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <c-client/osdep.h>
static void file (char *name)
{
  char path[MAILTMPLEN];
  char *got;
  memset (path,'x',sizeof (path));
  got = mailboxfile (path,name);
  show("mailboxfile \"%.60s\": %s%s\n",name,got ? "" : "NIL",got ? got : "");
  if (got && got != path) show("  not the buffer\n");
}

static void directory (char *dir,char *name)
{
  char path[MAILTMPLEN];
  char *got = mailboxdir (path,dir,name);
  show("mailboxdir %s %s: %s\n",dir ? dir : "-",name ? name : "-",got ? got : "NIL");
}

static void paths (void)
{
  static char *names[] = {
    "", "INBOX", "inbox", "InBoX", "INBOX/x", "I", "inboxes", "mail", "a/b/c", "~", "~/", "~/x", "~root", "~root/",
    "~root/mbox", "~root/inbox", "~no-such-user-here/x", "~daemon/INBOX", "/", "/etc/mail", "/var/mail/somebody", "/x/../y", "../x", "a//b",
    "#", "#ftp/x", "#FTP/a/b", "#ftp/../x", "#public/x", "#Public/inbox", "#shared/x", "#SHARED/inbox", "#mh/x",
    "#mhinbox", "#news.x", "#shared/~/x", "#public//x", "{host}x", "x{host}", " x ", "\303\244", "&AOQ-", "#ftp", "~~", "\\x"
  };
  static char *pieces[] = { "#ftp/","#public/","#shared/","~","~/","~root","/","//","..","INBOX","inbox","x","mail",".","#","{" };
  char name[MAILTMPLEN];
  unsigned long i,j;
  for (i = 0; i < sizeof (names) / sizeof (*names); i++) file (names[i]);
  for (i = 250; i < 260; i++) {
    memset (name,'n',i);
    name[i] = '\0';
    file (name);
    directory (name,NIL);
    directory ("d",name);
  }
  directory (NIL,NIL);
  directory ("~/",NIL);
  directory (NIL,"x");
  directory ("#shared/","x");
  directory ("/var/","mail");
  directory ("{","x");
  reseed (1);
  for (i = 0; i < 3000; i++) {
    *name = '\0';
    for (j = 1 + draw (5); j; j--) strcat (name,pieces[draw (sizeof (pieces) / sizeof (*pieces))]);
    file (name);
  }
}

static void user (void)
{
  unsigned long flags = 99;
  char *name = myusername_full (&flags);
  show("user %s, flags %lu; home \"%s\"; inbox %s\n",name,flags,myhomedir (),sysinbox ());
  show("again the same %d\n",name == myusername_full (NIL));
}

static void system_calls (void)
{
  struct stat sbuf;
  int fds[2],status = 7,pid;
  char got[32];
  if (pipe (fds)) return;
  show("safe_write %ld\n",safe_write (fds[1],"twelve bytes",12));
  show("safe_write %ld\n",safe_write (fds[1],"",0));
  got[read (fds[0],got,31)] = '\0';
  show("read \"%s\"\n",got);
  close (fds[0]);
  close (fds[1]);
  show("safe_write to a closed one %ld\n",safe_write (fds[1],"x",1));
  show("chk_notsymlink %ld\n",chk_notsymlink ("/no/such/file",&sbuf));
  long links = chk_notsymlink ("/proc/self/exe",&sbuf);
  show("chk_notsymlink %ld, a link %d\n",links,S_ISLNK (sbuf.st_mode));
  links = chk_notsymlink ("/etc/passwd",&sbuf);
  show("chk_notsymlink %ld, a file %d\n",links,S_ISREG (sbuf.st_mode));
  show("arm_signal %d\n",arm_signal (SIGUSR1,SIG_IGN) == SIG_DFL);
  show("arm_signal %d\n",arm_signal (SIGUSR1,SIG_DFL) == SIG_IGN);
  if (!(pid = fork ())) _exit (3);
  grim_pid_reap_status (pid,NIL,&status);
  show("a child that ends: exited %d, status %d\n",WIFEXITED (status),WEXITSTATUS (status));
  signal (SIGHUP,SIG_DFL);      /* nohup has it ignored */
  if (!(pid = fork ())) {
    pause ();
    _exit (4);
  }
  grim_pid_reap_status (pid,T,&status);
  show("a child that hangs up: signalled %d, by %d\n",WIFSIGNALED (status),WTERMSIG (status));
  grim_pid_reap_status (pid,NIL,NIL);
}


static void nobody_yet(void)
{
    user();
    file("x");
    directory(NIL, NIL);
    show("default_proto %d\n", default_proto(T) == NIL);
}

static void known(void)
{
    show("env_init %ld\n", env_init("somebody", "/home/somebody"));
    user();
    show_string("GET_USERNAME", mail_parameters(NIL, GET_USERNAME, NIL));
    show_string("GET_HOMEDIR", mail_parameters(NIL, GET_HOMEDIR, NIL));
    paths();
    mail_parameters(NIL, SET_FTPHOME, "/srv/ftp");
    mail_parameters(NIL, SET_PUBLICHOME, "/srv/public");
    mail_parameters(NIL, SET_SHAREDHOME, "/srv/shared");
    paths();
}

static void anonymous(void)
{
    show("env_init %ld\n", env_init(NIL, "/ignored"));
    user();
    paths();
}

static void rootless(void)
{
    show("env_init %ld\n", env_init("somebody", NIL));
    user();
    file("x");
    directory(NIL, NIL);
}

static void blocked(void)
{
    mail_parameters(NIL, SET_BLOCKENVINIT, (void *) 1);
    show("env_init %ld\n", env_init("other", "/"));
    user();
}

UNDECLARED unsigned long unix_pseudo(MAILSTREAM *stream, char *hdr);

/* The header without times; the text is ours. */
static void pseudo(void)
{
    static MAILSTREAM stream;
    char text[65536], *line, *next;
    stream.uid_validity = 1234567890;
    stream.uid_last = 42;
    stream.user_flags[0] = "one";
    stream.user_flags[1] = "$Two";
    show("length %d\n", unix_pseudo(&stream, text) == strlen(text));
    for (line = text; (next = strchr(line, '\n')) && next > line; line = next + 1) {
        *next = 0;
        if (!strncmp(line, "From ", 5)) line[19] = 0;
        if (!strncmp(line, "Date:", 5)) line[5] = 0;
        show_string("line", strncmp(line, "Message-ID: <", 13) ? line : strchr(line, '@'));
    }
}

static void configuration(void)
{
    static char *places[] = {"x", "#ftp/x", "#PUBLIC/x", "#shared/x", "#shared", "#news.", "INBOX", ""};
    MAILSTREAM *stream;
    env_init("somebody", "/home/somebody");
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++)
        show("get_dir_protection %s: %lo\n", places[i], get_dir_protection(places[i]));
    show_string("default_user_flag", default_user_flag(0));
    stream = default_proto(T);
    show_string("default_proto", stream && stream->dtb ? stream->dtb->name : "none");
    show("user_flags %d\n", user_flags(stream) == stream);
    stream = default_proto(NIL);
    show_string("default_proto", stream && stream->dtb ? stream->dtb->name : "none");
}

const struct test_case cases[] = {
    {"nobody_yet", nobody_yet}, {"known", known},     {"anonymous", anonymous},
    {"rootless", rootless},     {"blocked", blocked}, {"configuration", configuration}, {"pseudo", pseudo},
    {"system_calls", system_calls}, {NULL, NULL},
};
