/* Finding the character set before anything can be decoded.
 *
 * MSH-18 names the set that MSH-18 itself is written in. The header up to there is ASCII in
 * practice, save MSH-3..6, which may hold kanji; so the scan counts field separators and skips what
 * stands in a double-byte set:
 *
 *   MSH|^~\&|ESC $ B .. .. ESC ( B|...     between ESC $ and ESC (, bytes are pairs
 *
 * Code page 932 cannot be declared in MSH-18. When the source is known to send it and the header
 * has bytes that are no UTF-8, lead bytes take their second byte with them. */

#include "hl7v2_priv.h"

enum { FIELDS = 20 };

struct scan {
    ny_str fields[FIELDS + 1]; /* by number, as received */
};

static bool is_cp932_lead(unsigned char b)
{
    return (b >= 0x81 && b <= 0x9F) || (b >= 0xE0 && b <= 0xFC);
}

/* Length of the escape sequence at s, which begins with ESC; *pairs tells whether it begins a
 * double-byte set. */
static size_t escape_length(ny_str s, bool *pairs)
{
    if (ny_str_starts_with(s, NY_S("\x1B$"))) {
        *pairs = true;
        return ny_str_starts_with(s, NY_S("\x1B$(")) ? 4 : 3;
    }
    if (ny_str_starts_with(s, NY_S("\x1B("))) {
        *pairs = false;
        return 3;
    }
    return 1;
}

/* Bytes that belong together at the cursor; *pairs is true inside a double-byte set. */
static size_t unit_length(ny_str s, size_t at, bool cp932, bool *pairs)
{
    if (s.p[at] == 0x1B) {
        return escape_length(ny_str_sub(s, at, s.n), pairs);
    }
    return *pairs || (cp932 && is_cp932_lead((unsigned char)s.p[at])) ? 2 : 1;
}

/* s is the MSH segment, longer than 4 bytes. */
static void scan_fields(ny_str s, bool cp932, struct scan *out)
{
    unsigned field = 1;
    size_t from = 4;
    size_t at = 3;
    bool pairs = false;

    *out = (struct scan){0};
    while (at < s.n && field <= FIELDS) {
        size_t n = unit_length(s, at, cp932, &pairs);

        if (n == 1 && s.p[at] == s.p[3]) {
            if (field > 1) {
                out->fields[field] = ny_str_sub(s, from, at - from);
            }
            field++;
            from = at + 1;
        }
        at += n;
    }
    if (field <= FIELDS && field > 1) {
        out->fields[field] = ny_str_sub(s, from, s.n - from);
    }
}

ny_rc hl7v2_charset_find(ny_str bytes, enum ny_charset source_sets, struct ny_charset_spec *out,
                         unsigned *warnings, struct ny_error *err)
{
    struct ny_charset_declared d = {.source_sets = source_sets, .repetition = '~', .escape = '\\'};
    struct scan scan = {0};
    ny_str msh = bytes;

    /* CR and LF are in no double-byte code. */
    msh.n = ny_str_find(msh, '\r');
    msh.n = ny_str_find(msh, '\n');
    if (msh.n > 4) {
        scan_fields(msh, source_sets == NY_CHARSET_CP932 && !ny_charset_is_utf8(msh), &scan);
    }
    if (scan.fields[2].n >= 4) {
        d.repetition = scan.fields[2].p[1];
        d.escape = scan.fields[2].p[2];
    }
    d.msh18 = scan.fields[18];
    d.msh20 = scan.fields[20];
    return ny_charset_detect(&d, bytes, out, warnings, err);
}
