/* Cutting a segment into fields before it can be decoded.
 *
 *   MSH|^~\&|ESC $ B .. .. ESC ( B|...     between ESC $ and ESC (, bytes are pairs
 *
 * Half a kanji may look like a separator: in ISO 2022 what stands in a double-byte set is skipped,
 * in code page 932 lead bytes take their second byte with them. */

#include "hl7v2_priv.h"

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

size_t ny_hl7v2_raw_parts(ny_str segment, bool cp932, ny_str *out, size_t max, ny_str *rest)
{
    size_t n = 0;
    size_t from = 0;
    size_t at = 3;
    bool pairs = false;

    while (at < segment.n && n < max) {
        size_t unit = unit_length(segment, at, cp932, &pairs);

        if (unit == 1 && segment.p[at] == segment.p[3]) {
            out[n++] = ny_str_sub(segment, from, at - from);
            from = at + 1;
        }
        at += unit;
    }
    if (n < max) {
        out[n++] = ny_str_sub(segment, from, segment.n - from);
        from = segment.n + 1;
    }
    if (rest != NULL) {
        *rest = from <= segment.n ? ny_str_sub(segment, from, segment.n - from) : NY_STR_NONE;
    }
    return n;
}
