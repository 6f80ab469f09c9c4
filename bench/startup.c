/* Loads the library, names one of its functions, ends: what the start of a program costs. */
#include "driver.h"

int main(void)
{
    ENVELOPE *(*volatile function)(void) = mail_newenvelope;
    return function == NULL;
}
