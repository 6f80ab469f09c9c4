/* Drawn mail, sequences and sections for the programs of diff/: the same for both libraries, another for each seed. Only
 * what both libraries take: no numbers outside the mailbox, no flags or sequences that cannot be such. */
#ifndef CTESTS_DRAWN_H
#define CTESTS_DRAWN_H

#include "common.h"

#define PICK(table) ((table)[draw(sizeof(table) / sizeof *(table))])

const char *draw_message(void); /* good until the next one is drawn */
const char *draw_internal_date(void); /* so is this, and so are flags */
const char *draw_flags(void);
/* Appends so many drawn messages to `mailbox`, a name without blanks. */
void fill_mailbox(struct other *other, const char *mailbox, unsigned long messages);

char *draw_sequence(unsigned long last); /* numbers from 1 to `last`, or UIDs up to `last`; four live at a time */
const char *draw_section(void);          /* some exist and some do not */
STRINGLIST *draw_lines(void);            /* names of header fields, allocated */

#endif
