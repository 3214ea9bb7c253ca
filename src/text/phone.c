/* Phone numbers (1.7) and sex (1.6): small fields without memory. */

#include "text_priv.h"

enum { DIGITS_MIN = 9, DIGITS_MAX = 11, COLLECT_MAX = 20, TAIL = 7 };

/* The digits of the first number in the text; what follows a complete one (extension, a second
 * number) is left. plus tells that the number was written with '+'. */
static size_t digits_collect(ny_str in, char *out, bool *plus)
{
    size_t n = 0;
    size_t i = 0;

    *plus = false;
    while (i < in.n && n < COLLECT_MAX) {
        uint32_t cp = ny_cp_next(in, &i);
        bool joins;

        if (cp == UINT32_MAX) {
            return 0;
        }
        if (cp >= 0xFF01 && cp <= 0xFF5E) {
            cp -= 0xFEE0;
        }
        if (ny_cp_is_digit(cp)) {
            out[n++] = (char)cp;
            continue;
        }
        *plus = *plus || (cp == '+' && n == 0);
        joins = cp == '-' || cp == ' ' || cp == ')' || cp == '.' || cp == 0x3000 || cp == 0x2212 ||
                cp == 0x30FC || cp == 0xFF70 || (cp >= 0x2010 && cp <= 0x2015);
        if (!joins && n >= DIGITS_MIN) {
            break;
        }
    }
    return n;
}

/* +81 3…, 81 3…, +81 (0)3… become 03…; only then is the prefix one. */
static size_t country_cut(char *d, size_t n, bool plus)
{
    size_t from = 2;

    if (n < 3 || d[0] != '8' || d[1] != '1' || (!plus && n < 2 + DIGITS_MIN - 1)) {
        return n;
    }
    from += d[2] == '0';
    memmove(d + 1, d + from, n - from);
    d[0] = '0';
    return n - from + 1;
}

static bool is_same_run(const char *d, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (d[i] != d[0]) {
            return false;
        }
    }
    return true;
}

struct ny_text_phone ny_text_phone_fold(ny_str in)
{
    struct ny_text_phone none = {0};
    struct ny_text_phone out = {.number = 1};
    char d[COLLECT_MAX];
    bool plus;
    size_t n;

    if (in.n > NY_TEXT_MAX) {
        return none;
    }
    n = digits_collect(in, d, &plus);
    n = country_cut(d, n, plus);
    if (n < DIGITS_MIN || n > DIGITS_MAX || d[0] != '0' || is_same_run(d + 1, n - 1)) {
        return none;
    }
    if (is_same_run(d + n - TAIL, TAIL) && (d[n - 1] == '0' || d[n - 1] == '9')) {
        return none;
    }
    for (size_t i = 0; i < n; i++) {
        out.number = out.number * 10 + (uint64_t)(d[i] - '0');
    }
    out.mobile = n == DIGITS_MAX && d[2] == '0' && (d[1] == '7' || d[1] == '8' || d[1] == '9');
    return out;
}

char ny_text_sex(ny_str in)
{
    static const struct {
        ny_str text;
        char sex;
    } rows[] = {
        {{"M", 1},   'M'},
        {{"1", 1},   'M'},
        {{"Ｍ", 3}, 'M'},
        {{"ｍ", 3}, 'M'},
        {{"１", 3}, 'M'},
        {{"F", 1},   'F'},
        {{"2", 1},   'F'},
        {{"Ｆ", 3}, 'F'},
        {{"ｆ", 3}, 'F'},
        {{"２", 3}, 'F'},
        {{"男", 3}, 'M'},
        {{"女", 3}, 'F'}
    };

    in = ny_str_trim(in);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        if (ny_str_equals_nocase(in, rows[i].text)) {
            return rows[i].sex;
        }
    }
    return 0;
}
