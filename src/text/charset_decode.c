/* Decoding to UTF-8.
 *
 * Each character set is one function that reads one character (or one escape sequence) at the
 * cursor. A byte gives at most three (half-width kana, U+FFFD), so a short text is written at once
 * into three times its size; for a long one decode_all() runs twice, first only counting, so that
 * it gets exactly its size.
 *
 *   ISO 2022 here: only G0 is switched      ESC ( B  ASCII          ESC $ @    JIS C 6226
 *   (SS-MIX2, JAHIS), G1 holds katakana     ESC ( J  JIS X 0201     ESC $ B    JIS X 0208
 *   when declared or designated.            ESC ( I  katakana       ESC $ ( D  JIS X 0212
 *                                           ESC ) I  katakana, G1   ESC $ ( x  another: undecodable
 */

#include "nayose/text_charset.h"

#include "charset_priv.h"

/* Longest text that is decoded in one pass. */
enum { ONE_PASS = 8192 };

enum g0 { G0_SINGLE, G0_KANA, G0_0208, G0_0212, G0_UNKNOWN };

struct decoder {
    const unsigned char *in;
    size_t n;
    size_t at;
    const struct ny_charset_spec *spec;
    enum g0 g0;
    bool g1_kana;
    char *out; /* NULL while counting */
    size_t out_n;
    size_t first_bad; /* offset of the first undecodable byte, SIZE_MAX when none */
    struct ny_charset_facts facts;
};

static void put(struct decoder *d, uint32_t c)
{
    char scratch[4];

    d->out_n += charset_utf8_write(c, d->out != NULL ? d->out + d->out_n : scratch);
}

/* n bytes at the cursor are no character. */
static void put_bad(struct decoder *d, size_t n)
{
    if (d->first_bad == SIZE_MAX) {
        d->first_bad = d->at;
    }
    d->facts.replaced++;
    put(d, CHARSET_REPLACEMENT);
    d->at += n;
}

/* A character of the 94 x 94 sets in n bytes; 0 = empty cell. */
static void put_cell(struct decoder *d, bool plane2, unsigned row, unsigned column, size_t n)
{
    unsigned cell = charset_cell(row, column);
    uint32_t c = plane2 ? charset_0212_get(cell) : charset_0208_get(cell);

    if (c == 0) {
        put_bad(d, n);
        return;
    }
    if (charset_is_extension(plane2, row)) {
        d->facts.tolerated++;
    }
    put(d, c);
    d->at += n;
}

/* Copies the run of plain ASCII at the cursor (no ESC, no escape character when that may switch).
 */
static void ascii_run(struct decoder *d)
{
    const unsigned char *p = d->in + d->at;
    const unsigned char *end = d->in + d->n;
    /* ESC again when no other character may switch */
    unsigned char stop = d->spec->hl7_escape != 0 ? (unsigned char)d->spec->hl7_escape : 0x1B;
    size_t n;

    while (p < end && *p < 0x80 && *p != 0x1B && *p != stop) {
        p++;
    }
    n = (size_t)(p - (d->in + d->at));
    if (d->out != NULL && n > 0) {
        memcpy(d->out + d->out_n, d->in + d->at, n);
    }
    d->out_n += n;
    d->at += n;
}

static void ascii_step(struct decoder *d)
{
    put_bad(d, 1);
}

static void latin1_step(struct decoder *d)
{
    put(d, d->in[d->at++]);
}

static void utf8_step(struct decoder *d)
{
    uint32_t c = 0;
    unsigned n = charset_utf8_read(ny_str_of((const char *)d->in, d->n), d->at, &c);

    if (n == 0) {
        put_bad(d, 1);
        return;
    }
    put(d, c);
    d->at += n;
}

static void cp932_step(struct decoder *d)
{
    unsigned b = d->in[d->at];
    unsigned t = d->at + 1 < d->n ? d->in[d->at + 1] : 0;
    unsigned trail;
    unsigned pair;
    uint32_t c;

    if (b >= 0xA1 && b <= 0xDF) {
        put(d, 0xFF61 + b - 0xA1);
        d->at++;
        return;
    }
    if (b == 0x80 || b == 0xA0 || b > 0xFC || t < 0x40 || t == 0x7F || t > 0xFC) {
        put_bad(d, 1);
        return;
    }
    trail = t - (t > 0x7F ? 0x41 : 0x40);
    if (b < 0xF0) {
        pair = b - (b < 0xA0 ? 0x81 : 0xC1);
        put_cell(d, false, pair * 2 + 1 + trail / 94, trail % 94 + 1, 2);
        return;
    }
    /* User-defined characters keep their private code points, as on the sender's machine. */
    c = b < 0xFA ? 0xE000 + (b - 0xF0) * 188 + trail : charset_ibm_get((b - 0xFA) * 188 + trail);
    if (c == 0) {
        put_bad(d, 2);
        return;
    }
    d->facts.tolerated++;
    put(d, c);
    d->at += 2;
}

static bool is_gr(unsigned b)
{
    return b >= 0xA1 && b <= 0xFE;
}

static void eucjp_step(struct decoder *d)
{
    const unsigned char *p = d->in + d->at;
    size_t left = d->n - d->at;

    if (p[0] == 0x8E && left >= 2 && p[1] >= 0xA1 && p[1] <= 0xDF) {
        put(d, 0xFF61u + p[1] - 0xA1u);
        d->at += 2;
    } else if (p[0] == 0x8F && left >= 3 && is_gr(p[1]) && is_gr(p[2])) {
        put_cell(d, true, p[1] - 0xA0u, p[2] - 0xA0u, 3);
    } else if (is_gr(p[0]) && left >= 2 && is_gr(p[1])) {
        put_cell(d, false, p[0] - 0xA0u, p[1] - 0xA0u, 2);
    } else {
        put_bad(d, 1);
    }
}

static void designate(struct decoder *d, enum g0 g0, unsigned rep, size_t n)
{
    d->g0 = g0;
    d->at += n;
    if (rep != 0 && (d->spec->reps & rep) == 0) {
        d->facts.warnings |= NY_CHARSET_W_UNDECLARED;
    }
}

/* An ESC at the cursor. */
static void escape_step(struct decoder *d)
{
    const unsigned char *p = d->in + d->at;
    size_t left = d->n - d->at;

    if (left >= 3 && p[1] == '(' && (p[2] == 'B' || p[2] == 'J')) {
        designate(d, G0_SINGLE, 0, 3);
    } else if (left >= 3 && p[1] == '(' && p[2] == 'I') {
        designate(d, G0_KANA, NY_CHARSET_IR13, 3);
    } else if (left >= 3 && p[1] == ')' && p[2] == 'I') {
        d->g1_kana = true;
        designate(d, d->g0, NY_CHARSET_IR13, 3);
    } else if (left >= 3 && p[1] == '$' && (p[2] == '@' || p[2] == 'B')) {
        designate(d, G0_0208, NY_CHARSET_IR87, 3);
    } else if (left >= 4 && p[1] == '$' && p[2] == '(' && (p[3] == '@' || p[3] == 'B')) {
        designate(d, G0_0208, NY_CHARSET_IR87, 4);
    } else if (left >= 4 && p[1] == '$' && p[2] == '(' && p[3] == 'D') {
        designate(d, G0_0212, NY_CHARSET_IR159, 4);
    } else if (left >= 4 && p[1] == '$' && p[2] == '(' && p[3] >= 0x40 && p[3] < 0x7F) {
        /* JIS X 0213 and others: their pairs are skipped as pairs, never read as delimiters. */
        designate(d, G0_UNKNOWN, 0, 4);
    } else {
        put_bad(d, 1);
    }
}

/* The switches of HL7 2.3: \C2842\ \C284A\ \C2849\ \C2949\ \M2442\ \M2440\ \M242844\. */
static bool hl7_escape_step(struct decoder *d)
{
    enum { HL7_KANA_G1 = 0 }; /* its row */
    static const struct {
        const char *text;
        enum g0 g0;
        unsigned rep;
    } rows[] = {
        {"C2949",   G0_SINGLE, NY_CHARSET_IR13 }, /* G1: G0 stays */
        {"C2842",   G0_SINGLE, 0               },
        {"C284A",   G0_SINGLE, 0               },
        {"C2849",   G0_KANA,   NY_CHARSET_IR13 },
        {"M2442",   G0_0208,   NY_CHARSET_IR87 },
        {"M2440",   G0_0208,   NY_CHARSET_IR87 },
        {"M242844", G0_0212,   NY_CHARSET_IR159},
    };
    ny_str rest = ny_str_of((const char *)d->in + d->at, d->n - d->at);

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        size_t n = strlen(rows[i].text);

        if (rest.n >= n + 2 && rest.p[n + 1] == d->spec->hl7_escape &&
            ny_str_equals_nocase(ny_str_sub(rest, 1, n), ny_str_of(rows[i].text, n))) {
            bool g1 = i == HL7_KANA_G1;

            d->g1_kana = d->g1_kana || g1;
            designate(d, g1 ? d->g0 : rows[i].g0, rows[i].rep, n + 2);
            return true;
        }
    }
    return false;
}

/* A byte of the double-byte sets. */
static void iso2022_pair(struct decoder *d, unsigned b)
{
    unsigned t = d->at + 1 < d->n ? d->in[d->at + 1] : 0;

    if (b <= 0x20) {
        d->facts.tolerated++;
        put(d, b);
        d->at++;
    } else if (b > 0x7E || t < 0x21 || t > 0x7E) {
        put_bad(d, 1);
    } else if (d->g0 == G0_UNKNOWN) {
        put_bad(d, 2);
    } else {
        put_cell(d, d->g0 == G0_0212, b - 0x20, t - 0x20, 2);
    }
}

static void iso2022_step(struct decoder *d)
{
    unsigned b = d->in[d->at];

    if (b == 0x1B) {
        escape_step(d);
    } else if (d->spec->hl7_escape != 0 && b == (unsigned char)d->spec->hl7_escape &&
               hl7_escape_step(d)) {
        return;
    } else if ((b == '\r' || b == '\n') && d->g0 != G0_SINGLE) {
        d->g0 = G0_SINGLE;
        d->facts.warnings |= NY_CHARSET_W_RESET;
        put(d, b);
        d->at++;
    } else if (b >= 0xA1 && b <= 0xDF && d->g1_kana) {
        put(d, 0xFF61 + b - 0xA1);
        d->at++;
    } else if (d->g0 == G0_KANA && b >= 0x21 && b <= 0x5F) {
        put(d, 0xFF61 + b - 0x21);
        d->at++;
    } else if (d->g0 >= G0_0208) {
        iso2022_pair(d, b);
    } else if (b >= 0x80 || (d->g0 == G0_KANA && b > 0x5F)) {
        put_bad(d, 1);
    } else {
        put(d, b);
        d->at++;
    }
}

static void (*const steps[NY_CHARSET_COUNT])(struct decoder *) = {
    [NY_CHARSET_NONE] = ascii_step,    [NY_CHARSET_ASCII] = ascii_step,
    [NY_CHARSET_UTF8] = utf8_step,     [NY_CHARSET_ISO2022JP] = iso2022_step,
    [NY_CHARSET_CP932] = cp932_step,   [NY_CHARSET_EUCJP] = eucjp_step,
    [NY_CHARSET_LATIN1] = latin1_step,
};

static void decode_all(struct decoder *d, char *out)
{
    bool switching = d->spec->charset == NY_CHARSET_ISO2022JP;
    void (*step)(struct decoder *) = steps[d->spec->charset];

    d->at = 0;
    d->g0 = G0_SINGLE;
    d->g1_kana = switching && (d->spec->reps & NY_CHARSET_IR13) != 0;
    d->out = out;
    d->out_n = 0;
    d->first_bad = SIZE_MAX;
    d->facts = (struct ny_charset_facts){0};
    if (d->spec->charset == NY_CHARSET_UTF8 && d->n >= 3 && memcmp(d->in, "\xEF\xBB\xBF", 3) == 0) {
        d->at = 3;
    }
    while (d->at < d->n) {
        if (d->g0 == G0_SINGLE) {
            ascii_run(d);
        }
        if (d->at < d->n && (switching || d->in[d->at] >= 0x80)) {
            step(d);
        } else if (d->at < d->n) {
            put(d, d->in[d->at++]); /* ESC outside ISO 2022 is a control like others */
        }
    }
    if (d->g0 != G0_SINGLE) {
        d->facts.warnings |= NY_CHARSET_W_UNCLOSED;
    }
}

static ny_rc fail_bad(const struct decoder *d, struct ny_error *err)
{
    ny_rc rc =
        ny_fail(err, NY_ECHARSET, "bytes are not valid %s", ny_charset_name(d->spec->charset));

    if (err != NULL) {
        err->offset = d->first_bad;
    }
    return rc;
}

ny_rc ny_charset_decode(struct ny_arena *a, const struct ny_charset_spec *spec, ny_str bytes,
                        bool replace, ny_str *out, struct ny_charset_facts *facts,
                        struct ny_error *err)
{
    struct decoder d = {.in = (const unsigned char *)bytes.p, .n = bytes.n, .spec = spec};
    size_t room = bytes.n * 3;
    char *text;

    NY_ASSERT(spec->charset < NY_CHARSET_COUNT);
    if (bytes.n > ONE_PASS) {
        decode_all(&d, NULL);
        if (d.first_bad != SIZE_MAX && !replace) {
            return fail_bad(&d, err);
        }
        room = d.out_n;
    }
    text = ny_arena_alloc(a, room + 1);
    if (text == NULL) {
        return ny_fail(err, NY_ELIMIT, "message is too large to decode");
    }
    decode_all(&d, text);
    if (d.first_bad != SIZE_MAX && !replace) {
        return fail_bad(&d, err);
    }
    text[d.out_n] = '\0';
    *out = ny_str_of(text, d.out_n);
    if (facts != NULL) {
        *facts = d.facts;
    }
    return NY_OK;
}

bool ny_charset_is_utf8(ny_str s)
{
    size_t at = 0;
    uint32_t c;

    while (at < s.n) {
        unsigned n = charset_utf8_read(s, at, &c);

        if (n == 0) {
            return false;
        }
        at += n;
    }
    return true;
}
