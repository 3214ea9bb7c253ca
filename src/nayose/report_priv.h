/* nayose, private: what the reports of the whole registry share. */
#ifndef NAYOSE_REPORT_PRIV_H
#define NAYOSE_REPORT_PRIV_H

#include "nayose_priv.h"

struct report_options {
    int64_t want; /* 0: the server's usual */
    const char *html, *domain;
};

/* The frame of a report's page. Texts are HTML. */
struct report_page {
    const char *title, *title_en, *foot;
    ny_str (*facts)(struct cli *cli, const json_t *report); /* a line below the title; NULL: none */
    void (*body)(struct cli *cli, const json_t *report, FILE *out);
};

/* What a verb makes of its report. */
struct report_kind {
    const char *name;            /* the server's */
    const char *want, *want_doc; /* the option that is `want` */
    const char *domain_doc;      /* of --domain; NULL: there is no such option */
    void (*print)(struct cli *cli, const json_t *report);
    /* Before it is shown in any form: what only the command computes or leaves out; NULL: nothing.
     */
    void (*complete)(json_t *report, const struct report_options *o);
    const struct report_page *page; /* of --html; NULL: none */
};
/* Reads the options, gets the report and shows it in the form that was asked for; an exit code. */
int report_run(struct cli *cli, const struct verb *verb, const struct report_kind *kind);

/* A number of an object, 0 when absent. */
double report_number(const json_t *object, const char *key);
/* A whole number, "-" when absent or null; in the arena. */
const char *report_count(struct cli *cli, const json_t *object, const char *key);
/* "12 (3.4 %)" of the member `of`; in the arena. */
const char *report_share(struct cli *cli, const json_t *object, const char *key, const char *of);

/* A column of a table of objects. en: heading of the terminal; ja, en: of the page. */
struct report_column {
    const char *en, *ja, *key;
    const char *of; /* share of this member, NULL: as it is */
    bool is_number;
};
/* The objects of list as a table: on the standard output, and into a page. */
void report_table_print(struct cli *cli, const struct report_column *columns, size_t n,
                        const json_t *list);
void report_table_page(struct cli *cli, const struct report_column *columns, size_t n,
                       const json_t *list, FILE *out);
/* Bars with the names of the objects below: the member `key` of each. */
void report_bars(const json_t *list, const char *name, const char *key, const char *label,
                 FILE *out);

#endif
