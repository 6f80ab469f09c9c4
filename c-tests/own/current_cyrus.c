/* What the library keeps of a mailbox, against Cyrus.
 * server: cyrus
 */
#include "current.c"
