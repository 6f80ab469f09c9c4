/* The same where literals wait for the server, and nobody tells UIDs.
 * server: without=LITERAL+,LITERAL-,UIDPLUS,MULTIAPPEND
 */
#include "append_once.c"
