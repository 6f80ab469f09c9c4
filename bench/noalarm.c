/* Preloaded beside UW's library: it asks the system for alarm() twice around every allocation. Without
 * that, what is left is the work itself, and that is the opponent worth measuring. */
unsigned int alarm(unsigned int seconds)
{
    (void) seconds;
    return 0;
}
