/* Mailboxes on a server whose hierarchy delimiter is a dot, below a prefix.
 * server: acl quota=u1:10000 separator=. prefix=INBOX.
 * second:
 */
#define NAME(name) "INBOX." name
#define DELIMITER "."
#include "folders.c"
