/* The plots of a calibration: scores by class, threshold curve, links kept, meters over time. */

#include <math.h>

#include "calibration_priv.h"
#include "plot.h"

enum { POINTS_MAX = 200 };

/* ---- scores by class ---- */

static double bin(const json_t *bins, size_t i)
{
    return json_number_value(json_array_get(bins, i));
}

static double highest_bin(json_t *histogram)
{
    double top = 10;
    const char *key;
    json_t *bins;

    json_object_foreach(histogram, key, bins)
    {
        for (size_t i = 0; i < json_array_size(bins); i++) {
            top = fmax(top, bin(bins, i));
        }
    }
    return pow(10, ceil(log10(top)));
}

static void class_plot(const json_t *current, const char *key, const char *title, double top,
                       bool is_last, FILE *out)
{
    const json_t *histogram = json_object_get(current, "histogram");
    const json_t *bins = json_object_get(histogram, key);
    double from = json_number_value(json_object_get(histogram, "from"));
    size_t n = json_array_size(bins);
    struct plot p = {.out = out,
                     .width = 860,
                     .height = is_last ? 150 : 120,
                     .left = 56,
                     .top = 24,
                     .right = 12,
                     .bottom = is_last ? 44 : 22,
                     .x0 = from,
                     .x1 = from + (double)n,
                     .y0 = .5,
                     .y1 = top,
                     .log_y = true};

    if (n == 0) {
        return;
    }
    plot_begin(&p, title);
    plot_y_axis(&p, 1, title);
    plot_x_axis(&p, 4, is_last ? "score, bits 得点（ビット）" : "");
    for (size_t i = 0; i < n; i++) {
        if (bin(bins, i) > 0) {
            plot_bar(&p, from + (double)i, from + (double)i + 1, bin(bins, i), key);
        }
    }
    plot_mark_x(&p, calibration_number(current, "tau"), "", "mark active");
    plot_end(&p);
}

void calibration_plot_histogram(const json_t *current, FILE *out)
{
    static const struct {
        const char *key, *title;
    } classes[] = {
        {"links",     "automatic links 自動リンク"                                           },
        {"questions", "open questions 未判断の候補"                                         },
        {"facility",  "pairs of one facility 同一施設内の別番号の組"                   },
        {"decoys",    "decoys: moved birth dates おとり（生年月日をずらした照会）"},
    };
    double top = highest_bin(json_object_get(current, "histogram"));

    for (size_t i = 0; i < NY_ARRAY_LEN(classes); i++) {
        class_plot(current, classes[i].key, classes[i].title, top, i == NY_ARRAY_LEN(classes) - 1,
                   out);
    }
}

/* ---- curves ---- */

struct series {
    double x[POINTS_MAX], y[POINTS_MAX];
    size_t n;
};

/* member of each object of the list by another one, times scale. */
static void series_take(struct series *s, const json_t *list, const char *x, const char *y,
                        double scale)
{
    s->n = 0;
    for (size_t i = 0; i < json_array_size(list) && s->n < POINTS_MAX; i++) {
        const json_t *o = json_array_get(list, i);

        s->x[s->n] = json_number_value(json_object_get(o, x));
        s->y[s->n++] = scale * json_number_value(json_object_get(o, y));
    }
}

/* Powers of ten around the positive values of two series and a line. */
static void log_range(struct plot *p, const struct series *a, const struct series *b, double line)
{
    double low = line;
    double high = line;

    for (size_t i = 0; i < a->n; i++) {
        low = a->y[i] > 0 ? fmin(low, a->y[i]) : low;
        high = fmax(high, fmax(a->y[i], b->y[i]));
    }
    p->log_y = true;
    p->y0 = pow(10, floor(log10(fmax(low, 1e-4)) - .05));
    p->y1 = pow(10, ceil(log10(high) + .05));
}

static const double per_100k = 1e5;

static void curve_marks(const struct plot *p, const json_t *current)
{
    const json_t *best = json_object_get(current, "tau_best");
    double tau = calibration_number(current, "tau");

    plot_mark_y(p, per_100k * calibration_number(current, "target"), "target 目標", "mark target");
    plot_mark_x(p, tau,
                json_is_number(best) && fabs(json_number_value(best) - tau) < 1e-6
                    ? "active = best 現行＝最適"
                    : "active 現行",
                "mark active");
    if (json_is_number(best) && fabs(json_number_value(best) - tau) >= 1e-6) {
        plot_mark_x(p, json_number_value(best), "best 最適", "mark best");
    }
}

static struct plot curve_area(const json_t *current, double height, FILE *out)
{
    const json_t *curve = json_object_get(current, "curve");
    size_t n = json_array_size(curve);

    return (struct plot){
        .out = out,
        .width = 860,
        .height = height,
        .left = 56,
        .top = 30,
        .right = 12,
        .bottom = 44,
        .x0 = json_number_value(json_object_get(json_array_get(curve, 0), "tau")),
        .x1 = n > 0 ? json_number_value(json_object_get(json_array_get(curve, n - 1), "tau")) : 1};
}

void calibration_plot_curve(const json_t *current, FILE *out)
{
    struct plot p = curve_area(current, 320, out);
    const json_t *curve = json_object_get(current, "curve");
    struct series estimate;
    struct series bound;

    series_take(&estimate, curve, "tau", "estimate", per_100k);
    series_take(&bound, curve, "tau", "bound", per_100k);
    log_range(&p, &estimate, &bound, per_100k * calibration_number(current, "target"));
    plot_begin(&p, "False links by threshold");
    plot_y_axis(&p, 1, "false links per 100 000 十万件あたりの誤リンク");
    plot_x_axis(&p, 1, "threshold, bits しきい値（ビット）");
    curve_marks(&p, current);
    plot_line(&p, bound.x, bound.y, bound.n, "line bound");
    plot_line(&p, estimate.x, estimate.y, estimate.n, "line estimate");
    plot_end(&p);
}

void calibration_plot_links(const json_t *current, FILE *out)
{
    struct plot p = curve_area(current, 190, out);
    struct series links;
    double most = 1;

    series_take(&links, json_object_get(current, "curve"), "tau", "links", 1);
    for (size_t i = 0; i < links.n; i++) {
        most = fmax(most, links.y[i]);
    }
    for (size_t i = 0; i < links.n; i++) {
        links.y[i] = 100 * (1 - links.y[i] / most);
    }
    p.y0 = 0;
    p.y1 = fmax(1, ceil(links.n > 0 ? links.y[links.n - 1] : 1));
    plot_begin(&p, "Links lost by threshold");
    plot_y_axis(&p, p.y1 > 5 ? ceil(p.y1 / 5) : 1, "links lost, % 失うリンク");
    plot_x_axis(&p, 1, "threshold, bits しきい値（ビット）");
    plot_mark_x(&p, calibration_number(current, "tau"), "", "mark active");
    plot_line(&p, links.x, links.y, links.n, "line links-lost");
    plot_end(&p);
}

/* ---- over time ---- */

void calibration_plot_history(const json_t *current, const json_t *history, FILE *out)
{
    struct plot p = {
        .out = out, .width = 860, .height = 240, .left = 56, .top = 30, .right = 12, .bottom = 44};
    struct series estimate;
    struct series bound;

    series_take(&estimate, history, "", "estimate", per_100k);
    series_take(&bound, history, "", "bound", per_100k);
    for (size_t i = 0; i < estimate.n; i++) {
        estimate.x[i] = bound.x[i] = (double)i + 1;
    }
    p.x0 = .5;
    p.x1 = (double)estimate.n + .5;
    log_range(&p, &estimate, &bound, per_100k * calibration_number(current, "target"));
    plot_begin(&p, "Meters over time");
    plot_y_axis(&p, 1, "false links per 100 000 十万件あたりの誤リンク");
    plot_x_axis(&p, ceil((double)estimate.n / 15), "calibration no. 較正の回");
    plot_mark_y(&p, per_100k * calibration_number(current, "target"), "target 目標", "mark target");
    plot_line(&p, bound.x, bound.y, bound.n, "line bound");
    plot_dots(&p, bound.x, bound.y, bound.n, "dot bound");
    plot_line(&p, estimate.x, estimate.y, estimate.n, "line estimate");
    plot_dots(&p, estimate.x, estimate.y, estimate.n, "dot estimate");
    plot_end(&p);
}
