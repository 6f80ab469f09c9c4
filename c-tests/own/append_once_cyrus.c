/* The same against Cyrus.
 * server: cyrus
 */
#include "append_once.c"
