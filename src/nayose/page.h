/* nayose, private: the frame of a report as one HTML page: no scripts, nothing loaded from
 * anywhere. */
#ifndef NAYOSE_PAGE_H
#define NAYOSE_PAGE_H

#include <stdio.h>

/* Head and style sheet, up to the body. title: HTML. */
void page_begin(FILE *out, const char *title);
/* The footer behind the version, and the end. */
void page_end(FILE *out, const char *footer);
/* Opens the file of a page; says why when it cannot and returns NULL. */
FILE *page_open(const char *path);
/* Closes it; an exit code. */
int page_close(FILE *out, const char *path);

#endif
