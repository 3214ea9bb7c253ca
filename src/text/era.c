/* Eras (1.5): the table, what lies outside an era, era forms for people, and the years that an era
 * confusion shifts a date by. */

#include "text_priv.h"

static const struct ny_era eras[] = {
#define NY_ERA(letter, short_name, name, zero, y, m, d) {letter, name, zero, y, m, d},
#include "tbl/eras.def"
#undef NY_ERA
};

const struct ny_era *ny_era_of_letter(char letter)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(eras); i++) {
        if (eras[i].letter == letter) {
            return &eras[i];
        }
    }
    return NULL;
}

const struct ny_era *ny_era_of_code(char code)
{
    return code >= '1' && code <= '5' ? &eras[code - '1'] : NULL;
}

/* Negative, 0, positive as a is before, within or after the day y-m-d; unknown parts are equal. */
int ny_date_compare_known(ny_date a, int y, int m, int d)
{
    if (a.y != y || a.precision < NY_DATE_MONTH) {
        return a.y - y;
    }
    if (a.m != m || a.precision < NY_DATE_DAY) {
        return a.m - m;
    }
    return a.d - d;
}

/* The date lies outside the era that it is written in. */
bool ny_era_is_outside(const struct ny_era *e, ny_date d)
{
    const struct ny_era *next = e + 1;
    int ahead;

    if (ny_date_compare_known(d, e->y, e->m, e->d) < 0) {
        return true;
    }
    if (next == eras + NY_ARRAY_LEN(eras)) {
        return false;
    }
    /* On 1912-07-30 and 1926-12-25 both names are legal; 平成 and 令和 began at midnight. */
    ahead = ny_date_compare_known(d, next->y, next->m, next->d);
    return ahead > 0 || (ahead == 0 && d.precision == NY_DATE_DAY && next->y >= 1989);
}

/* The era in force at the end of d; NULL before Meiji. */
static const struct ny_era *era_of_date(ny_date d)
{
    for (size_t i = NY_ARRAY_LEN(eras); i > 0; i--) {
        const struct ny_era *e = &eras[i - 1];

        if (ny_date_compare_known(d, e->y, e->m, e->d) >= 0) {
            return e;
        }
    }
    return NULL;
}

ny_str ny_text_era_write(struct ny_arena *a, ny_date d)
{
    const struct ny_era *e;
    int y;
    struct ny_buf b;
    ny_str out = NY_STR_NONE;

    if (d.precision == NY_DATE_NONE) {
        return ny_arena_str(a, NY_S(""));
    }
    ny_buf_init(&b, a);
    e = era_of_date(d);
    y = e != NULL ? d.y - e->zero : d.y;
    ny_buf_add_c(&b, e != NULL ? e->name : "");
    if (e != NULL && y == 1) {
        ny_buf_add_c(&b, "元年");
    } else {
        ny_buf_printf(&b, "%d年", y);
    }
    if (d.precision >= NY_DATE_MONTH) {
        ny_buf_printf(&b, "%d月", d.m);
    }
    if (d.precision == NY_DATE_DAY) {
        ny_buf_printf(&b, "%d日", d.d);
    }
    return ny_buf_end(&b, &out) == NY_OK ? out : NY_STR_NONE;
}

/* T/S, H/R, M/T, M/S, S/H, T/H, S/R */
static const int16_t shifts[] = {14, 30, 44, 58, 63, 77, 93};

size_t ny_text_era_shifts(const int16_t **out)
{
    *out = shifts;
    return NY_ARRAY_LEN(shifts);
}

bool ny_text_is_era_confusion(ny_date a, ny_date b)
{
    int difference = a.y > b.y ? a.y - b.y : b.y - a.y;

    if (a.precision != NY_DATE_DAY || b.precision != NY_DATE_DAY || a.m != b.m || a.d != b.d) {
        return false;
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(shifts); i++) {
        if (shifts[i] == difference) {
            return true;
        }
    }
    return false;
}
