/* Time stamps: YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]. */

#include "nayose/hl7v2.h"

#include <stdio.h>

enum { MAX_ZONE_HOURS = 14 };

/* n digits at *s, cut off; -1 when they are not there. */
static int digits_cut(ny_str *s, size_t n)
{
    uint64_t v = 0;

    if (s->n < n || ny_str_to_u64(ny_str_sub(*s, 0, n), 0, 9999, &v) != NY_OK) {
        return -1;
    }
    *s = ny_str_sub(*s, n, s->n);
    return (int)v;
}

static bool zone_read(ny_str zone, struct ny_hl7v2_ts *t)
{
    ny_str digits = ny_str_sub(zone, 1, zone.n);
    int h = digits_cut(&digits, 2);
    int m = digits_cut(&digits, 2);

    if (h < 0 || m < 0 || m > 59 || digits.n > 0 || h * 60 + m > MAX_ZONE_HOURS * 60) {
        return false;
    }
    t->has_zone = true;
    t->offset_min = (int16_t)((zone.p[0] == '-' ? -1 : 1) * (h * 60 + m));
    return true;
}

/* .S[S[S[S]]] to microseconds, -1 when malformed. */
static int64_t fraction_read(ny_str s)
{
    ny_str digits = ny_str_sub(s, 1, s.n);
    int64_t v;

    if (s.p[0] != '.' || digits.n < 1 || digits.n > 4 || !ny_str_is_digits(digits)) {
        return -1;
    }
    v = digits_cut(&digits, digits.n);
    for (size_t i = s.n - 1; i < 6; i++) {
        v *= 10;
    }
    return v;
}

/* The part before the zone. */
static bool local_read(ny_str s, struct ny_hl7v2_ts *t)
{
    static const struct {
        size_t digits;
        int min, max;
    } parts[] = {
        {4, 1, 9999},
        {2, 1, 12  },
        {2, 1, 31  },
        {2, 0, 23  },
        {2, 0, 59  },
        {2, 0, 59  },
    };
    int v[6] = {0, 1, 1, 0, 0, 0};
    unsigned n = 0;
    int64_t fraction = 0;

    while (n < NY_ARRAY_LEN(parts) && (n == 0 || (s.n > 0 && s.p[0] != '.'))) {
        v[n] = digits_cut(&s, parts[n].digits);
        if (v[n] < parts[n].min || v[n] > parts[n].max) {
            return false;
        }
        n++;
    }
    t->precision = (enum ny_hl7v2_ts_precision)n;
    if (s.n > 0) {
        fraction = fraction_read(s);
        if (n < NY_HL7V2_TS_SECOND || fraction < 0) {
            return false;
        }
        t->precision = NY_HL7V2_TS_FRACTION;
    }
    if (!ny_date_is_valid(v[0], v[1], v[2])) {
        return false;
    }
    t->date = (ny_date){(int16_t)v[0], n > 1 ? (uint8_t)v[1] : 0, n > 2 ? (uint8_t)v[2] : 0,
                        n > 2 ? NY_DATE_DAY : (uint8_t)n};
    t->us = ny_days_from_civil(v[0], v[1], v[2]) * NY_US_PER_DAY +
            ((v[3] * 60 + v[4]) * 60 + v[5]) * NY_US_PER_SECOND + fraction;
    return true;
}

ny_rc ny_hl7v2_ts_parse(ny_str s, int default_offset_min, struct ny_hl7v2_ts *out,
                        struct ny_error *err)
{
    struct ny_hl7v2_ts t = {.offset_min = (int16_t)default_offset_min};
    size_t plus = ny_str_find(s, '+');
    size_t zone = plus < s.n ? plus : ny_str_find(s, '-');

    if (zone < s.n && !zone_read(ny_str_sub(s, zone, s.n), &t)) {
        return ny_fail(err, NY_ESYNTAX, "time zone is malformed");
    }
    if (!local_read(ny_str_sub(s, 0, zone), &t)) {
        return ny_fail(err, NY_ESYNTAX, "date or time is malformed");
    }
    t.us -= (int64_t)t.offset_min * 60 * NY_US_PER_SECOND;
    *out = t;
    return NY_OK;
}

void ny_hl7v2_ts_write(int64_t us, char out[NY_HL7V2_TS_LEN])
{
    int64_t local = us + (int64_t)NY_HL7V2_JST_MIN * 60 * NY_US_PER_SECOND;
    int64_t days = local / NY_US_PER_DAY;
    int64_t rest = local % NY_US_PER_DAY;
    ny_date d;
    int s;

    if (rest < 0) {
        rest += NY_US_PER_DAY;
        days--;
    }
    d = ny_civil_from_days((int32_t)days);
    s = (int)(rest / NY_US_PER_SECOND);
    /* The remainders tell the compiler how wide each number can be. */
    snprintf(out, NY_HL7V2_TS_LEN, "%04u%02u%02u%02u%02u%02u+0900", (unsigned)d.y % 10000,
             d.m % 100u, d.d % 100u, (unsigned)s / 3600 % 24, (unsigned)s / 60 % 60,
             (unsigned)s % 60);
}
