/* nayose, private: plots as inline SVG, for pages that stand alone. */
#ifndef NAYOSE_PLOT_H
#define NAYOSE_PLOT_H

#include <stdio.h>

#include "nayose/base.h"

/* A plot area: data x0 … x1 from left to right, y0 … y1 upwards; a logarithmic y holds positive
 * values only and what lies below y0 is drawn on the floor. Sizes in CSS pixels. */
struct plot {
    FILE *out;
    double width, height;            /* of the whole drawing */
    double left, top, right, bottom; /* margins around the area */
    double x0, x1, y0, y1;
    bool log_y;
};

/* title: what a screen reader says. */
void plot_begin(const struct plot *p, const char *title);
void plot_end(const struct plot *p);
/* Grid lines with numbers below: every `step` from the first multiple on. */
void plot_x_axis(const struct plot *p, double step, const char *label);
/* Grid lines with numbers on the left; of a logarithmic one at powers of ten. */
void plot_y_axis(const struct plot *p, double step, const char *label);
/* class: of the style sheet. */
void plot_line(const struct plot *p, const double *x, const double *y, size_t n, const char *class);
void plot_dots(const struct plot *p, const double *x, const double *y, size_t n, const char *class);
void plot_bar(const struct plot *p, double x_from, double x_to, double y, const char *class);
/* A line across the area with a word at its end. */
void plot_mark_x(const struct plot *p, double x, const char *text, const char *class);
void plot_mark_y(const struct plot *p, double y, const char *text, const char *class);

/* Text for HTML: & < > " are replaced. */
void html_text(FILE *out, const char *text);

#endif
