/* Civil dates as day numbers, and the clock that a test may own. */

#include "nayose/base.h"

#include <stdio.h>
#include <time.h>

/* Days before each 400-year era start on 1 March, so that the leap day ends the year. */
int32_t ny_days_from_civil(int y, int m, int d)
{
    int era;
    int year_of_era;
    int day_of_year;
    int day_of_era;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    year_of_era = y - era * 400;
    day_of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

ny_date ny_civil_from_days(int32_t days)
{
    int z = days + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int day_of_era = z - era * 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int mp = (5 * day_of_year + 2) / 153;
    int m = mp < 10 ? mp + 3 : mp - 9;

    return (ny_date){.y = (int16_t)(year_of_era + era * 400 + (m <= 2)),
                     .m = (uint8_t)m,
                     .d = (uint8_t)(day_of_year - (153 * mp + 2) / 5 + 1),
                     .precision = NY_DATE_DAY};
}

bool ny_date_is_valid(int y, int m, int d)
{
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int last;

    if (y < 1 || y > 9999 || m < 1 || m > 12 || d < 1) {
        return false;
    }
    last = lengths[m - 1];
    if (m == 2 && (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0))) {
        last = 29;
    }
    return d <= last;
}

static int64_t frozen_us;

static int64_t read_clock_us(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * NY_US_PER_SECOND + ts.tv_nsec / 1000;
}

int64_t ny_clock_now_us(void)
{
    return frozen_us != 0 ? frozen_us : read_clock_us(CLOCK_REALTIME);
}

void ny_clock_freeze_us(int64_t now_us)
{
    frozen_us = now_us;
}

static int64_t step_us;
static int64_t stepped_us;

int64_t ny_clock_monotonic_us(void)
{
    if (step_us != 0) {
        stepped_us += step_us;
        return stepped_us;
    }
    return read_clock_us(CLOCK_MONOTONIC);
}

void ny_clock_step_us(int64_t us)
{
    step_us = us;
}

void ny_timestamp_write(int64_t us, char out[NY_TIMESTAMP_LEN])
{
    int64_t days = us / NY_US_PER_DAY - (us % NY_US_PER_DAY < 0);
    int64_t rest = us - days * NY_US_PER_DAY;
    int64_t seconds = rest / NY_US_PER_SECOND;
    ny_date d = ny_civil_from_days((int32_t)days);

    snprintf(out, NY_TIMESTAMP_LEN, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ", (unsigned)d.y % 10000U,
             (unsigned)d.m % 100U, (unsigned)d.d % 100U, (unsigned)(seconds / 3600) % 100U,
             (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60),
             (unsigned)(rest % NY_US_PER_SECOND));
}

/* Two or four digits that a separator ends; the last part has none. False: something else. */
static bool number_take(ny_str *rest, char end, uint64_t max, uint64_t *out)
{
    ny_str digits = end != '\0' ? ny_str_split(rest, end) : *rest;

    return digits.n >= 2 && digits.n <= 4 && rest->p != NULL &&
           ny_str_to_u64(digits, 0, max, out) == NY_OK;
}

/* ".678901" → microseconds; empty: none. */
static bool fraction_read(ny_str digits, int64_t *out_us)
{
    uint64_t v = 0;

    *out_us = 0;
    if (digits.n > 6 || (digits.n > 0 && ny_str_to_u64(digits, 0, 999999, &v) != NY_OK)) {
        return false;
    }
    for (size_t i = digits.n; i < 6; i++) {
        v *= 10;
    }
    *out_us = (int64_t)v;
    return true;
}

ny_rc ny_timestamp_read(ny_str text, int64_t *out_us)
{
    ny_str rest = text;
    ny_str seconds;
    uint64_t v[6];
    int64_t fraction;

    if (text.n < 20 || text.p[text.n - 1] != 'Z') {
        return NY_ESYNTAX;
    }
    rest.n--;
    if (!number_take(&rest, '-', 9999, &v[0]) || !number_take(&rest, '-', 12, &v[1]) ||
        !number_take(&rest, 'T', 31, &v[2]) || !number_take(&rest, ':', 23, &v[3]) ||
        !number_take(&rest, ':', 59, &v[4])) {
        return NY_ESYNTAX;
    }
    seconds = ny_str_split(&rest, '.');
    if (seconds.n != 2 || ny_str_to_u64(seconds, 0, 59, &v[5]) != NY_OK ||
        !ny_date_is_valid((int)v[0], (int)v[1], (int)v[2]) || !fraction_read(rest, &fraction)) {
        return NY_ESYNTAX;
    }
    *out_us = (int64_t)ny_days_from_civil((int)v[0], (int)v[1], (int)v[2]) * NY_US_PER_DAY +
              (int64_t)(v[3] * 3600 + v[4] * 60 + v[5]) * NY_US_PER_SECOND + fraction;
    return NY_OK;
}
