/* mail_append_multiple on a server without MULTIAPPEND.
 * server: without=UIDPLUS,LITERAL+,SASL-IR,MOVE,UNSELECT,CHILDREN,NAMESPACE,MULTIAPPEND
 */
#include "append_multiple.c"
