/* The same calls on a server that can do less.
 * server: without=UIDPLUS,LITERAL+,SASL-IR,MOVE,UNSELECT,CHILDREN,NAMESPACE,MULTIAPPEND,ESEARCH,CONDSTORE,BINARY,ID,WITHIN
 */
#include "walk.c"
