/* base_csv: reading comma-separated values (RFC 4180): text in, rows of slices out. A field is
 * taken as it stands; in quotes it may hold separators, line ends and doubled quotes. What is not
 * unambiguous is refused with its line. */
#ifndef NAYOSE_BASE_CSV_H
#define NAYOSE_BASE_CSV_H

#include "nayose/base.h"

struct ny_csv {
    ny_str rest;
    size_t line; /* where the row last read begins, from 1 */
    size_t next_line;
};

/* text is borrowed and outlives the rows. A byte order mark in front is skipped. */
void ny_csv_init(struct ny_csv *c, ny_str text);
/* The next row that is not blank.
 * fields [max], *n of them are set; slices of the text, or of the arena where quotes were doubled
 * *n      0 at the end of the text
 * Errors: NY_ESYNTAX (a quote that is not closed, or stands inside an unquoted field, or text
 * behind a closing one), NY_ELIMIT (more than max fields; the arena is full); err says the line. */
NY_MUST_USE ny_rc ny_csv_row(struct ny_csv *c, struct ny_arena *a, ny_str *fields, size_t max,
                             size_t *n, struct ny_error *err);

#endif
