/* Birth date and sex (2.4, 2.5). Dates are compared as eight digits; where one side knows less than
 * the day, as far as both go. */

#include "match_priv.h"

static void date_digits(ny_date d, char out[8])
{
    unsigned y = (unsigned)(d.y >= 0 ? d.y : 0);

    out[0] = (char)(y / 1000 % 10);
    out[1] = (char)(y / 100 % 10);
    out[2] = (char)(y / 10 % 10);
    out[3] = (char)(y % 10);
    out[4] = (char)(d.m / 10 % 10);
    out[5] = (char)(d.m % 10);
    out[6] = (char)(d.d / 10 % 10);
    out[7] = (char)(d.d % 10);
}

/* One digit substituted, or two neighbouring digits swapped. */
static bool is_slip(ny_date a, ny_date b)
{
    char x[8];
    char y[8];
    int first = -1;
    int n = 0;

    date_digits(a, x);
    date_digits(b, y);
    for (int i = 0; i < 8; i++) {
        if (x[i] != y[i]) {
            first = first < 0 ? i : first;
            n++;
        }
    }
    return n == 1 || (n == 2 && x[first] == y[first + 1] && x[first + 1] == y[first]);
}

static bool is_new_year(ny_date d)
{
    return d.m == 1 && d.d == 1;
}

uint8_t ny_birth_level(ny_date a, ny_date b)
{
    uint8_t precision = a.precision < b.precision ? a.precision : b.precision;

    if (precision == NY_DATE_NONE) {
        return NY_LEVEL_NONE;
    }
    if (precision == NY_DATE_YEAR) {
        return a.y == b.y ? NY_LEVEL_DP_Y : NY_LEVEL_D8;
    }
    if (precision == NY_DATE_MONTH) {
        return a.y == b.y && a.m == b.m ? NY_LEVEL_DP_M : NY_LEVEL_D8;
    }
    if (a.y == b.y && a.m == b.m && a.d == b.d) {
        return NY_LEVEL_D1;
    }
    if (a.m == b.m && a.d == b.d && ny_text_is_era_confusion(a, b)) {
        return NY_LEVEL_D3;
    }
    if (a.y == b.y && a.m == b.d && a.d == b.m) {
        return NY_LEVEL_D4;
    }
    if (is_slip(a, b)) {
        return NY_LEVEL_D2;
    }
    if (a.y == b.y) {
        return a.m == b.m                         ? NY_LEVEL_D5
               : is_new_year(a) || is_new_year(b) ? NY_LEVEL_D9
                                                  : NY_LEVEL_D7;
    }
    return a.m == b.m && a.d == b.d ? NY_LEVEL_D6 : NY_LEVEL_D8;
}

uint8_t ny_sex_level(char a, char b)
{
    if (a == 0 || b == 0) {
        return NY_LEVEL_NONE;
    }
    return a == b ? NY_LEVEL_X1 : NY_LEVEL_X2;
}
