/* An interval of time (IVL_TS) as births are asked for: a date, or FROM..TO, whose ends may be
 * partial or open.
 *
 *   value, or center alone    the date          low, width       low..low+width
 *   low, high                 low..high         high, width      high-width..high
 *                                               center, width    center-width/2..center+width/2
 *
 * width is high minus low, so it is added in the calendar (a year later is the same day), and the
 * end it leads to reads like one that was written: a partial low counts from its first day, a
 * partial high from its last, the other end is as precise as the finer of both. Halves are rounded
 * up: who fits must be found. Spec: our HL7 v3 rules 10. */

#include <stdio.h>

#include "v3_priv.h"

enum { UNITS_MAX = 9999 };

struct width {
    int months, days;
};

static bool width_read(const struct ny_xml_node *n, struct width *out)
{
    static const struct {
        const char *unit; /* UCUM */
        struct width one;
    } units[] = {
        {"a",  {12, 0}},
        {"mo", {1, 0} },
        {"wk", {0, 7} },
        {"d",  {0, 1} },
    };
    uint64_t count;

    if (ny_str_to_u64(ny_str_trim(ny_xml_attr(n, "value")), 0, UNITS_MAX, &count) != NY_OK) {
        return false;
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(units); i++) {
        if (ny_str_equals(ny_str_trim(ny_xml_attr(n, "unit")), ny_str_from_c(units[i].unit))) {
            *out = (struct width){units[i].one.months * (int)count, units[i].one.days * (int)count};
            return true;
        }
    }
    return false;
}

static struct width half(struct width w)
{
    return (struct width){w.months / 2, w.months % 2 * 16 + (w.days + 1) / 2};
}

/* YYYY[MM[DD]] */
static bool date_read(ny_str text, ny_date *out)
{
    static const size_t from[] = {0, 4, 6};
    static const size_t digits[] = {4, 2, 2};
    uint64_t part[] = {0, 1, 1};

    for (size_t i = 0; i < NY_ARRAY_LEN(part); i++) {
        if (text.n > from[i] &&
            ny_str_to_u64(ny_str_sub(text, from[i], digits[i]), 1, 9999, &part[i]) != NY_OK) {
            return false;
        }
    }
    *out =
        (ny_date){(int16_t)part[0], (uint8_t)part[1], (uint8_t)part[2], (uint8_t)(text.n / 2 - 1)};
    return (text.n == 4 || text.n == 6 || text.n == 8) &&
           ny_date_is_valid((int)part[0], (int)part[1], (int)part[2]);
}

/* The day itself, or the last one of its month before it. */
static int day_in_month(int y, int m, int d)
{
    while (!ny_date_is_valid(y, m, d)) {
        d--;
    }
    return d;
}

/* d moved by the width, to earlier (sign -1, from its last day) or later (1, from its first).
 * False: out of the calendar. */
static bool date_move(ny_date d, struct width w, int sign, bool from_last, ny_date *out)
{
    const int month = d.precision == NY_DATE_YEAR && from_last ? 12 : d.m;
    const int day = d.precision < NY_DATE_DAY && from_last ? day_in_month(d.y, month, 31) : d.d;
    const int months = d.y * 12 + month - 1 + sign * w.months;
    const uint8_t unit = w.days > 0          ? NY_DATE_DAY
                         : w.months % 12 > 0 ? NY_DATE_MONTH
                                             : NY_DATE_YEAR;

    if (months < 12 || months >= 10000 * 12) {
        return false;
    }
    *out = ny_civil_from_days(ny_days_from_civil(months / 12, months % 12 + 1,
                                                 day_in_month(months / 12, months % 12 + 1, day)) +
                              sign * w.days);
    out->precision = unit > d.precision ? unit : d.precision;
    return out->y >= 1 && out->y <= 9999;
}

static ny_str text_of(const struct ny_xml_node *n)
{
    return ny_str_sub(ny_str_trim(ny_xml_attr(n, "value")), 0, 8); /* the time of the day is left */
}

/* The end that the width leads to from a bound. False: refused. */
static bool end_find(struct ihe_exchange *ex, const struct ny_xml_node *bound, struct width w,
                     int sign, bool from_last, ny_str *out)
{
    ny_date d;

    if (!date_read(text_of(bound), &d) || !date_move(d, w, sign, from_last, &d)) {
        return ihe_v3_refuse(ex, IHE_FAULT_QUERY_VALUE, bound);
    }
    *out = ny_str_sub(ny_arena_printf(ex->arena, "%04d%02d%02d", d.y, d.m, d.d), 0,
                      2 + 2 * (size_t)d.precision);
    return true;
}

bool ihe_v3_interval_read(struct ihe_exchange *ex, const struct ny_xml_node *v, ny_str *out)
{
    const struct ny_xml_node *low = ihe_v3_child(v, "low");
    const struct ny_xml_node *high = ihe_v3_child(v, "high");
    const struct ny_xml_node *center = ihe_v3_child(v, "center");
    const struct ny_xml_node *width = ihe_v3_child(v, "width");
    ny_str from = text_of(low);
    ny_str to = text_of(high);
    struct width w;
    bool ok = true;

    *out = text_of(v);
    if (width == NULL || ny_xml_attr(width, "nullFlavor").n > 0) {
        *out = out->n > 0 || from.n + to.n > 0 ? *out : text_of(center);
    } else if (out->n > 0 || (from.n > 0 && to.n > 0)) {
        ihe_v3_warn(ex, 102, width); /* it is not needed */
    } else if (!width_read(width, &w) || from.n + to.n + text_of(center).n == 0) {
        return ihe_v3_refuse(ex, IHE_FAULT_QUERY_VALUE, width);
    } else if (from.n > 0) {
        ok = end_find(ex, low, w, 1, false, &to);
    } else if (to.n > 0) {
        ok = end_find(ex, high, w, -1, true, &from);
    } else {
        ok = end_find(ex, center, half(w), -1, false, &from) &&
             end_find(ex, center, half(w), 1, true, &to);
    }
    if (out->n == 0 && from.n + to.n > 0) {
        *out = ny_arena_printf(ex->arena, "%.*s..%.*s", NY_ARG(from), NY_ARG(to));
    }
    return ok;
}
