/* Plots as inline SVG: axes, lines, bars and marks. */

#include "plot.h"

#include <math.h>

static double share(double v, double from, double to)
{
    double s = to > from ? (v - from) / (to - from) : 0;

    return fmin(1, fmax(0, s));
}

static double at_x(const struct plot *p, double x)
{
    return p->left + share(x, p->x0, p->x1) * (p->width - p->left - p->right);
}

static double at_y(const struct plot *p, double y)
{
    double s = p->log_y ? share(log10(fmax(y, p->y0)), log10(p->y0), log10(p->y1))
                        : share(y, p->y0, p->y1);

    return p->height - p->bottom - s * (p->height - p->top - p->bottom);
}

void html_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
            break;
        }
    }
}

void plot_begin(const struct plot *p, const char *title)
{
    fprintf(p->out, "<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"", p->width, p->height);
    html_text(p->out, title);
    fputs("\">\n", p->out);
}

void plot_end(const struct plot *p)
{
    fputs("</svg>\n", p->out);
}

static void line(const struct plot *p, double x1, double y1, double x2, double y2,
                 const char *class)
{
    fprintf(p->out, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", class,
            x1, y1, x2, y2);
}

static void word(const struct plot *p, double x, double y, const char *anchor, const char *class,
                 const char *text)
{
    fprintf(p->out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", class, x, y,
            anchor);
    html_text(p->out, text);
    fputs("</text>\n", p->out);
}

void plot_x_axis(const struct plot *p, double step, const char *label)
{
    double floor_y = p->height - p->bottom;

    for (double x = ceil(p->x0 / step) * step; x <= p->x1 + step / 1000; x += step) {
        char text[32];

        (void)snprintf(text, sizeof(text), "%g", x);
        line(p, at_x(p, x), p->top, at_x(p, x), floor_y, "grid");
        word(p, at_x(p, x), floor_y + 16, "middle", "tick", text);
    }
    line(p, p->left, floor_y, p->width - p->right, floor_y, "axis");
    word(p, p->width - p->right, floor_y + 34, "end", "label", label);
}

/* 1000 and more with k and M; less than a thousandth as a power. */
static void number(double v, char *out, size_t n)
{
    if (v >= 1e6) {
        (void)snprintf(out, n, "%gM", v / 1e6);
    } else if (v >= 1e3) {
        (void)snprintf(out, n, "%gk", v / 1e3);
    } else if (v >= 1e-3 || v <= 0) {
        (void)snprintf(out, n, "%g", v);
    } else {
        (void)snprintf(out, n, "1e%d", (int)lround(log10(v)));
    }
}

static void y_tick(const struct plot *p, double y)
{
    char text[32];

    number(y, text, sizeof(text));
    line(p, p->left, at_y(p, y), p->width - p->right, at_y(p, y), "grid");
    word(p, p->left - 6, at_y(p, y) + 4, "end", "tick", text);
}

void plot_y_axis(const struct plot *p, double step, const char *label)
{
    if (p->log_y) {
        int first = (int)ceil(log10(p->y0) - 1e-9);
        int last = (int)floor(log10(p->y1) + 1e-9);
        int every = (last - first) / 6 + 1;

        for (int power = first; power <= last; power += every) {
            y_tick(p, pow(10, power));
        }
    } else {
        for (double y = ceil(p->y0 / step) * step; y <= p->y1 + step / 1000; y += step) {
            y_tick(p, y);
        }
    }
    word(p, p->left - 40, p->top - 8, "start", "label", label);
}

void plot_line(const struct plot *p, const double *x, const double *y, size_t n, const char *class)
{
    fprintf(p->out, "<polyline class=\"%s\" points=\"", class);
    for (size_t i = 0; i < n; i++) {
        fprintf(p->out, "%s%.1f,%.1f", i > 0 ? " " : "", at_x(p, x[i]), at_y(p, y[i]));
    }
    fputs("\"/>\n", p->out);
}

void plot_dots(const struct plot *p, const double *x, const double *y, size_t n, const char *class)
{
    for (size_t i = 0; i < n; i++) {
        fprintf(p->out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>\n", class,
                at_x(p, x[i]), at_y(p, y[i]));
    }
}

void plot_bar(const struct plot *p, double x_from, double x_to, double y, const char *class)
{
    double top = at_y(p, y);

    fprintf(p->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
            class, at_x(p, x_from) + .5, top, fmax(1, at_x(p, x_to) - at_x(p, x_from) - 1),
            p->height - p->bottom - top);
}

void plot_mark_x(const struct plot *p, double x, const char *text, const char *class)
{
    bool right = share(x, p->x0, p->x1) < .7;

    line(p, at_x(p, x), p->top, at_x(p, x), p->height - p->bottom, class);
    word(p, at_x(p, x) + (right ? 5 : -5), p->top + 12, right ? "start" : "end", class, text);
}

void plot_mark_y(const struct plot *p, double y, const char *text, const char *class)
{
    line(p, p->left, at_y(p, y), p->width - p->right, at_y(p, y), class);
    word(p, p->width - p->right - 4, at_y(p, y) - 5, "end", class, text);
}
