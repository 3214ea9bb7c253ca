/* Birth dates as they are written (1.5).
 *
 *   text ─squeeze─▶ "S34y5m1d" ─scan─▶ era, numbers with their widths ─▶ year, month, day ─▶ checks
 *
 * Numbers and what they mean:
 *   no era:  YYYY · YYYYMM · YYYYMMDD (+HHMM[SS] …) · GYYMMDD · YYYY-M · YYYY-M-D · G-Y-M-D
 *   era:     Y · YYMM · YYMMDD · Y-M · Y-M-D            (G: 1 明治 … 5 令和)
 * A blank between two digits separates, other blanks mean nothing. */

#include "text_priv.h"

enum { CALENDAR_FIRST_YEAR = 1873 }; /* lunisolar before */

static int digits_value(const struct ny_birth_text *s, size_t at, size_t n)
{
    int v = 0;

    for (size_t i = 0; i < n; i++) {
        v = v * 10 + (s->p[at + i] - '0');
    }
    return v;
}

struct written {
    const struct ny_era *era; /* NULL: west year */
    ny_date d;                /* as written: year of the era, any two digits for month and day */
};

/* A packed date: width_y digits of the year, then month and day as far as they are there. */
static void packed_read(const struct ny_birth_text *s, size_t at, size_t width, size_t width_y,
                        struct written *w)
{
    w->d.y = (int16_t)digits_value(s, at, width_y);
    w->d.precision = NY_DATE_YEAR;
    if (width >= width_y + 2) {
        w->d.m = (uint8_t)digits_value(s, at + width_y, 2);
        w->d.precision = NY_DATE_MONTH;
    }
    if (width >= width_y + 4) {
        w->d.d = (uint8_t)digits_value(s, at + width_y + 2, 2);
        w->d.precision = NY_DATE_DAY;
    }
}

/* Numbers first .. first+2 as year, month, day; month and day of at most two digits. */
static ny_rc parts_read(const struct ny_birth_text *s, const struct ny_birth_numbers *q,
                        size_t first, struct written *w)
{
    for (size_t i = first + 1; i < q->n && i < first + 3; i++) {
        if (q->width[i] > 2) {
            return NY_ESYNTAX;
        }
    }
    packed_read(s, q->at[first], q->width[first], q->width[first], w);
    if (q->n > first + 1) {
        w->d.m = (uint8_t)digits_value(s, q->at[first + 1], q->width[first + 1]);
        w->d.precision = NY_DATE_MONTH;
    }
    if (q->n > first + 2) {
        w->d.d = (uint8_t)digits_value(s, q->at[first + 2], q->width[first + 2]);
        w->d.precision = NY_DATE_DAY;
    }
    return NY_OK;
}

static ny_rc era_form_read(const struct ny_birth_text *s, const struct ny_birth_numbers *q,
                           struct written *w)
{
    size_t width = q->width[0];

    if (q->n == 1 && (width == 4 || width == 6)) {
        packed_read(s, q->at[0], width, 2, w);
        return NY_OK;
    }
    return width <= 2 && q->n <= 3 ? parts_read(s, q, 0, w) : NY_ESYNTAX;
}

/* YYYYMMDD with what a TS may have behind it: the time in the same run, fractions, a zone. */
static bool is_timestamp_tail(const struct ny_birth_numbers *q)
{
    size_t width = q->width[0];

    return width >= 8 && width <= 14 && width % 2 == 0 &&
           (width > 8 || q->n == 1 || q->width[1] == 2 || q->width[1] == 4 || q->width[1] == 6);
}

static ny_rc west_form_read(const struct ny_birth_text *s, const struct ny_birth_numbers *q,
                            struct written *w)
{
    size_t width = q->width[0];
    bool coded = ny_era_of_code(s->p[q->at[0]]) != NULL;

    if (is_timestamp_tail(q)) {
        packed_read(s, q->at[0], 8, 4, w);
        return NY_OK;
    }
    if (width == 4) {
        return parts_read(s, q, 0, w);
    }
    if (q->n == 1 && width == 6) {
        packed_read(s, q->at[0], 6, 4, w);
        return NY_OK;
    }
    if (q->n == 1 && width == 7 && coded) {
        w->era = ny_era_of_code(s->p[q->at[0]]);
        packed_read(s, q->at[0] + 1, 6, 2, w);
        return NY_OK;
    }
    if (q->n == 4 && width == 1 && coded && q->width[1] <= 2) {
        w->era = ny_era_of_code(s->p[q->at[0]]);
        return parts_read(s, q, 1, w);
    }
    return NY_ESYNTAX;
}

/* Nothing but zeros, or one run of nines without an era (平成9年9月9日 is a day). */
static bool is_all_same_dummy(const struct ny_birth_text *s, const struct ny_birth_numbers *q)
{
    bool zeros = true;
    bool nines = s->era == 0 && q->n == 1 && q->width[0] >= 4;

    for (size_t i = 0; i < s->n; i++) {
        if (ny_cp_is_digit((uint8_t)s->p[i])) {
            zeros = zeros && s->p[i] == '0';
            nines = nines && s->p[i] == '9';
        }
    }
    return zeros || nines;
}

static bool is_dummy(ny_date d)
{
    static const ny_date rows[] = {
#define NY_BIRTH_DUMMY(y, m, d) {y, m, d, NY_DATE_DAY},
#include "tbl/birth_placeholders.def"
#undef NY_BIRTH_DUMMY
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        if (ny_date_equals(rows[i], d)) {
            return true;
        }
    }
    return false;
}

/* Before the civil calendar, more than a day ahead of the message, or more than 125 years behind.
 */
static bool is_out_of_life(ny_date d, ny_date message)
{
    ny_date next;

    if (d.y < CALENDAR_FIRST_YEAR) {
        return true;
    }
    if (message.precision != NY_DATE_DAY) {
        return false;
    }
    next = ny_civil_from_days(ny_days_from_civil(message.y, message.m, message.d) + 1);
    return ny_date_compare_known(d, next.y, next.m, next.d) > 0 ||
           ny_date_compare_known(d, message.y - 125, message.m, message.d) < 0;
}

/* Month or day 00: what is behind it is unknown too. */
static void unknown_parts_cut(ny_date *d)
{
    if (d->precision >= NY_DATE_MONTH && d->m == 0) {
        d->precision = NY_DATE_YEAR;
        d->d = 0;
    } else if (d->precision == NY_DATE_DAY && d->d == 0) {
        d->precision = NY_DATE_MONTH;
    }
}

/* The day exists; in lunisolar years any of the first 31 is taken for one. */
static bool is_possible(ny_date d)
{
    int m = d.precision >= NY_DATE_MONTH ? d.m : 1;
    int day = d.precision == NY_DATE_DAY ? d.d : 1;

    if (d.y < CALENDAR_FIRST_YEAR) {
        return m <= 12 && day <= 31;
    }
    return ny_date_is_valid(d.y, m, day);
}

static ny_rc finish(struct written *w, ny_date message_date, ny_date *out, unsigned *flags)
{
    unsigned set = 0;
    bool dummy;

    if (w->era != NULL) {
        if (w->d.y == 0) {
            return NY_ERANGE;
        }
        w->d.y = (int16_t)(w->d.y + w->era->zero);
        set = NY_BIRTH_ERA;
    }
    dummy = is_dummy(w->d);
    unknown_parts_cut(&w->d);
    if (!dummy && !is_possible(w->d)) {
        return NY_ERANGE;
    }
    if (dummy || is_out_of_life(w->d, message_date)) {
        *out = (ny_date){0};
        *flags = set | NY_BIRTH_PLACEHOLDER;
        return NY_OK;
    }
    if (w->era != NULL && ny_era_is_outside(w->era, w->d)) {
        set |= NY_BIRTH_ERA_OVERFLOW;
    }
    *out = w->d;
    *flags = set;
    return NY_OK;
}

ny_rc ny_text_birth_date_parse(ny_str in, ny_date message_date, ny_date *out, unsigned *flags)
{
    struct ny_birth_text s = {.n = 0};
    struct ny_birth_numbers q;
    struct written w = {.era = NULL};
    size_t from = 0;
    ny_rc rc;

    if (in.n > (size_t)NY_BIRTH_CHARS * 4) {
        return NY_ESYNTAX;
    }
    rc = ny_birth_squeeze(ny_str_trim(in), &s);
    if (rc != NY_OK) {
        return rc;
    }
    if (s.n == 0 && s.era == 0) {
        *out = (ny_date){0};
        *flags = 0;
        return NY_OK;
    }
    if (s.n > 0 && s.era == 0 && ny_era_of_letter(s.p[0]) != NULL) {
        s.era = s.p[0];
        from = 1;
    }
    while (s.era != 0 && from < s.n && s.p[from] == '-') {
        from++;
    }
    rc = ny_birth_scan(&s, from, &q);
    if (rc != NY_OK) {
        return rc;
    }
    if (is_all_same_dummy(&s, &q)) {
        *out = (ny_date){0};
        *flags = NY_BIRTH_PLACEHOLDER | (s.era != 0 ? NY_BIRTH_ERA : 0);
        return NY_OK;
    }
    if (s.era != 0) {
        w.era = ny_era_of_letter(s.era);
        rc = era_form_read(&s, &q, &w);
    } else {
        rc = west_form_read(&s, &q, &w);
    }
    return rc == NY_OK ? finish(&w, message_date, out, flags) : rc;
}
