/* Finding the character set before anything can be decoded.
 *
 * MSH-18 names the set that MSH-18 itself is written in. The header up to there is ASCII in
 * practice, save MSH-3..6, which may hold kanji; so it is cut as bytes are (raw.c).
 *
 * Code page 932 cannot be declared in MSH-18. It is looked for when the source is known to send it
 * and the header has bytes that are no UTF-8. */

#include "hl7v2_priv.h"

enum { MSH_18 = 18, MSH_20 = 20 };

ny_rc hl7v2_charset_find(ny_str bytes, enum ny_charset source_sets, struct ny_charset_spec *out,
                         unsigned *warnings, struct ny_error *err)
{
    struct ny_charset_declared d = {.source_sets = source_sets, .repetition = '~', .escape = '\\'};
    ny_str parts[MSH_20] = {{0}}; /* parts[n - 1] is MSH-n */
    ny_str msh = bytes;

    /* CR and LF are in no double-byte code. */
    msh.n = ny_str_find(msh, '\r');
    msh.n = ny_str_find(msh, '\n');
    if (msh.n > 4) {
        (void)ny_hl7v2_raw_parts(msh, source_sets == NY_CHARSET_CP932 && !ny_charset_is_utf8(msh),
                                 parts, MSH_20, NULL);
    }
    if (parts[1].n >= 4) {
        d.repetition = parts[1].p[1];
        d.escape = parts[1].p[2];
    }
    d.msh18 = parts[MSH_18 - 1];
    d.msh20 = parts[MSH_20 - 1];
    return ny_charset_detect(&d, bytes, out, warnings, err);
}
