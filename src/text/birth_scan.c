/* Birth dates, first half: text to ASCII, ASCII to numbers (the drawing is in birth.c). */

#include "text_priv.h"

/* Every way to write an era as text; the full names first.
 * clang-format off: version 14 ends on rows between #includes. */
/* clang-format off */
static const struct {
    ny_str text;
    char letter;
} era_names[] = {
#define NY_ERA(letter, short_name, name, zero, y, m, d) {{name, sizeof(name) - 1}, letter},
#include "tbl/eras.def"
#undef NY_ERA
#define NY_ERA(letter, short_name, name, zero, y, m, d) \
    {{short_name, sizeof(short_name) - 1}, letter},
#include "tbl/eras.def"
#undef NY_ERA
    {{"㍾", 3}, 'M'},
    {{"㍽", 3}, 'T'},
    {{"㍼", 3}, 'S'},
    {{"㍻", 3}, 'H'},
    {{"㋿", 3}, 'R'},
    {{"西暦", 6}, 0},
};
/* clang-format on */

/* What one character stands for: digits, capitals, '-' for separators, y m d, 0 = unreadable. */
static char squeeze_char(uint32_t cp)
{
    if (cp >= 0xFF01 && cp <= 0xFF5E) {
        cp -= 0xFEE0;
    }
    cp = ny_cp_upper(cp);
    switch (cp) {
    case '/':
    case '.':
    case '-':
    case 0x2212:
    case 0x30FB: /* ・ */
    case 0xFF65:
    case NY_CP_LONG:
    case 0xFF70:
        return '-';
    case 0x5E74: /* 年 */
        return 'y';
    case 0x6708: /* 月 */
        return 'm';
    case 0x65E5: /* 日 */
        return 'd';
    case ' ':
    case '\t':
    case 0x3000:
    case 0xA0:
        return ' ';
    default:
        break;
    }
    if (cp >= 0x2010 && cp <= 0x2015) {
        return '-';
    }
    return ny_cp_is_digit(cp) || (cp >= 'A' && cp <= 'Z') || cp == ':' || cp == '+' ? (char)cp : 0;
}

static size_t era_name_cut(ny_str in, struct ny_birth_text *out)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(era_names); i++) {
        if (ny_str_starts_with(in, era_names[i].text)) {
            out->era = era_names[i].letter;
            return era_names[i].text.n;
        }
    }
    return 0;
}

/* Appends one character; a blank stays only between two digits. */
static bool squeeze_add(struct ny_birth_text *s, char c)
{
    if (c == ' ') {
        if (s->n == 0 || !ny_cp_is_digit((uint8_t)s->p[s->n - 1])) {
            return true;
        }
    } else if (!ny_cp_is_digit((uint8_t)c) && s->n > 0 && s->p[s->n - 1] == ' ') {
        s->n--;
    }
    if (s->n >= NY_BIRTH_CHARS) {
        return false;
    }
    s->p[s->n++] = c;
    return true;
}

/* One kanji number (三十四) or 元 at in; returns the bytes taken, 0 when there is none. */
static size_t squeeze_kanji(ny_str in, struct ny_birth_text *s)
{
    uint32_t cps[9];
    size_t ends[9];
    size_t n = 0;
    size_t i = 0;
    uint32_t v = 0;
    size_t taken;
    char digits[12];
    size_t w = 0;

    if (ny_str_starts_with(in, NY_S("元"))) {
        return squeeze_add(s, '1') ? 3 : 0;
    }
    while (n < NY_ARRAY_LEN(cps)) {
        cps[n] = ny_cp_next(in, &i);
        if (cps[n] == UINT32_MAX) {
            break;
        }
        ends[n++] = i;
    }
    taken = ny_kanji_number(cps, n, &v);
    if (taken == 0) {
        return 0;
    }
    do {
        digits[w++] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    while (w > 0) {
        if (!squeeze_add(s, digits[--w])) {
            return 0;
        }
    }
    return ends[taken - 1];
}

ny_rc ny_birth_squeeze(ny_str in, struct ny_birth_text *s)
{
    size_t i = 0;

    while (i < in.n) {
        size_t at = i;
        uint32_t cp = ny_cp_next(in, &i);
        char c;

        if (cp == UINT32_MAX) {
            return NY_ECHARSET;
        }
        if (s->n == 0 && s->era == 0 && at + 1 < in.n) {
            size_t len = era_name_cut(ny_str_sub(in, at, in.n), s);

            if (len > 0) {
                i = at + len;
                continue;
            }
        }
        if (cp == 0x751F && i == in.n) { /* 昭和34年5月1日生 */
            break;
        }
        c = squeeze_char(cp);
        if (c == 0) {
            size_t len = squeeze_kanji(ny_str_sub(in, at, in.n), s);

            if (len == 0) {
                return NY_ESYNTAX;
            }
            i = at + len;
        } else if (!squeeze_add(s, c)) {
            return NY_ESYNTAX;
        }
    }
    while (s->n > 0 && s->p[s->n - 1] == ' ') {
        s->n--;
    }
    return NY_OK;
}

ny_rc ny_birth_scan(const struct ny_birth_text *s, size_t from, struct ny_birth_numbers *out)
{
    size_t i = from;

    out->n = 0;
    while (i < s->n && out->n < NY_BIRTH_NUMBERS) {
        size_t start = i;
        char sep;

        while (i < s->n && ny_cp_is_digit((uint8_t)s->p[i])) {
            i++;
        }
        if (i == start) {
            return NY_ESYNTAX;
        }
        out->at[out->n] = start;
        out->width[out->n++] = i - start;
        sep = i < s->n ? s->p[i++] : ' ';
        if ((sep == 'y' && out->n != 1) || (sep == 'm' && out->n != 2) ||
            (sep == 'd' && out->n != 3)) {
            return NY_ESYNTAX;
        }
        if ((sep == 'T' || sep == ':') && !(out->n >= 3 || out->width[0] >= 8)) {
            return NY_ESYNTAX;
        }
        if (sep == 'Z' && i == s->n) {
            break;
        }
        if (sep != '-' && sep != ' ' && sep != 'y' && sep != 'm' && sep != 'd' && sep != 'T' &&
            sep != ':' && sep != '+') {
            return NY_ESYNTAX;
        }
        if (i == s->n && (sep == '-' || sep == 'T' || sep == ':' || sep == '+')) {
            return NY_ESYNTAX;
        }
    }
    return out->n > 0 && i >= s->n ? NY_OK : NY_ESYNTAX;
}
