/* base_roff: manual pages (man(7)), written from the tables that the programs themselves read.
 * Every text goes out as it stands: what roff would take for a command is escaped. */
#ifndef NAYOSE_BASE_ROFF_H
#define NAYOSE_BASE_ROFF_H

#include <stdio.h>

#include "nayose/base.h"

/* The head of a page and its NAME section; title in lower case. */
void ny_roff_begin(FILE *f, const char *title, int section, const char *sentence);
void ny_roff_heading(FILE *f, const char *text);    /* .SH */
void ny_roff_subheading(FILE *f, const char *text); /* .SS */
void ny_roff_paragraph(FILE *f, const char *text);
/* A tag in bold with its text indented below. */
void ny_roff_item(FILE *f, const char *tag, const char *text);
/* The same for an option: -k, --name=ARG. key: a character, or anything else for none; arg may be
 * NULL. */
void ny_roff_option(FILE *f, int key, const char *name, const char *arg, const char *text);
/* Lines that are shown as they are. */
void ny_roff_example(FILE *f, const char *lines);
/* SEE ALSO, the last section; pages: "name (5), other (8)". */
void ny_roff_end(FILE *f, const char *pages);

#endif
