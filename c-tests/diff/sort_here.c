/* mail_sort on a server that cannot.
 * server: without=SORT,SORT=DISPLAY,THREAD=REFERENCES,THREAD=REFS,THREAD=ORDEREDSUBJECT
 */
#include "sort.c"
