/* nayose, private: the report of a calibration, as words, as a table and as a page. The result is
 * the JSON that the server keeps (member `current` of GET /calibration). */
#ifndef NAYOSE_CALIBRATION_PRIV_H
#define NAYOSE_CALIBRATION_PRIV_H

#include "nayose_priv.h"

/* A number of the result, 0 when absent; path: "margin.labelled". */
double calibration_number(const json_t *current, const char *path);
/* A share as false links per 100 000, in two digits; in the arena. */
const char *calibration_per_100k(struct cli *cli, double share);
/* 12 345 678; in the arena. */
const char *calibration_count(struct cli *cli, double n);

/* The whole page, self-contained HTML. history: [{at, model, estimate, bound, tau}], or NULL. */
void calibration_page(struct cli *cli, const json_t *current, const json_t *history, FILE *out);

/* calibration_plots.c */
void calibration_plot_histogram(const json_t *current, FILE *out);
void calibration_plot_curve(const json_t *current, FILE *out);
void calibration_plot_links(const json_t *current, FILE *out);
void calibration_plot_history(const json_t *current, const json_t *history, FILE *out);

#endif
