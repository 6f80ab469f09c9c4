/* mail_flag and mail_expunge_full on a server without UIDPLUS.
 * server: without=UIDPLUS,LITERAL+,SASL-IR,MOVE,UNSELECT,CHILDREN,NAMESPACE
 */
#include "flag.c"
