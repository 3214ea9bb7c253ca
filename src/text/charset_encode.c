/* Encoding from UTF-8, for answers.
 *
 * One function a character set writes one character and tells whether it could; what it could not
 * becomes 〓, then '?'. */

#include "nayose/text_charset.h"

#include "charset_priv.h"

enum g0 { G0_SINGLE, G0_KANA, G0_0208, G0_0212 };

struct encoder {
    const struct ny_charset_spec *spec;
    struct ny_buf out;
    enum g0 g0;
    struct ny_charset_facts facts;
};

static void put2(struct encoder *e, unsigned hi, unsigned lo)
{
    char b[2] = {(char)hi, (char)lo};

    ny_buf_add(&e->out, ny_str_of(b, 2));
}

static bool is_half_kana(uint32_t c)
{
    return c >= 0xFF61 && c <= 0xFF9F;
}

static bool utf8_char(struct encoder *e, uint32_t c)
{
    char b[4];

    ny_buf_add(&e->out, ny_str_of(b, charset_utf8_write(c, b)));
    return true;
}

static bool latin1_char(struct encoder *e, uint32_t c)
{
    if (c > 0xFF) {
        return false;
    }
    ny_buf_add_char(&e->out, (char)c);
    return true;
}

static bool ascii_char(struct encoder *e, uint32_t c)
{
    (void)e;
    (void)c;
    return false;
}

static void switch_to(struct encoder *e, enum g0 g0)
{
    static const char *const escapes[] = {"\x1B(B", "\x1B(I", "\x1B$B", "\x1B$(D"};

    if (e->g0 != g0) {
        ny_buf_add_c(&e->out, g0 == G0_SINGLE && e->spec->roman ? "\x1B(J" : escapes[g0]);
        e->g0 = g0;
    }
}

static bool iso2022_char(struct encoder *e, uint32_t c)
{
    int cell;

    if (c < 0x80) {
        switch_to(e, G0_SINGLE);
        ny_buf_add_char(&e->out, (char)c);
        return true;
    }
    if (is_half_kana(c)) {
        switch_to(e, G0_KANA);
        ny_buf_add_char(&e->out, (char)(c - 0xFF61 + 0x21));
        return true;
    }
    cell = charset_0208_find(c);
    if (cell >= 0 &&
        (e->spec->extensions || !charset_is_extension(false, charset_cell_row((unsigned)cell)))) {
        switch_to(e, G0_0208);
    } else if ((e->spec->reps & NY_CHARSET_IR159) != 0 && (cell = charset_0212_find(c)) >= 0 &&
               (e->spec->extensions ||
                !charset_is_extension(true, charset_cell_row((unsigned)cell)))) {
        switch_to(e, G0_0212);
    } else {
        return false;
    }
    put2(e, (unsigned)cell / 94 + 0x21, (unsigned)cell % 94 + 0x21);
    return true;
}

static bool cp932_pair(struct encoder *e, unsigned lead, unsigned trail)
{
    put2(e, lead, trail + (trail >= 0x3F ? 0x41 : 0x40));
    return true;
}

static bool cp932_char(struct encoder *e, uint32_t c)
{
    int cell;
    unsigned row;

    if (is_half_kana(c)) {
        ny_buf_add_char(&e->out, (char)(c - 0xFF61 + 0xA1));
        return true;
    }
    if (c >= 0xE000 && c < 0xE000 + 10 * 188) {
        return cp932_pair(e, 0xF0 + (c - 0xE000) / 188, (c - 0xE000) % 188);
    }
    cell = charset_0208_find(c);
    row = cell >= 0 ? charset_cell_row((unsigned)cell) : CHARSET_ROW_NEC_IBM;
    if (row >= CHARSET_ROW_NEC_IBM) { /* Windows writes these as IBM characters */
        int at = charset_ibm_find(c);

        if (at >= 0) {
            return cp932_pair(e, 0xFA + (unsigned)at / 188, (unsigned)at % 188);
        }
    }
    if (cell < 0) {
        return false;
    }
    return cp932_pair(e, (row - 1) / 2 + ((row - 1) / 2 < 31 ? 0x81 : 0xC1),
                      (unsigned)cell % 94 + ((row - 1) % 2 == 1 ? 94 : 0));
}

static bool eucjp_char(struct encoder *e, uint32_t c)
{
    int cell;

    if (is_half_kana(c)) {
        put2(e, 0x8E, c - 0xFF61 + 0xA1);
        return true;
    }
    cell = charset_0208_find(c);
    if (cell < 0 || charset_is_extension(false, charset_cell_row((unsigned)cell))) {
        int second = charset_0212_find(c);

        if (second >= 0) {
            ny_buf_add_char(&e->out, (char)0x8F);
            cell = second;
        }
    }
    if (cell < 0) {
        return false;
    }
    put2(e, (unsigned)cell / 94 + 0xA1, (unsigned)cell % 94 + 0xA1);
    return true;
}

static bool (*const writers[NY_CHARSET_COUNT])(struct encoder *, uint32_t) = {
    [NY_CHARSET_NONE] = ascii_char,    [NY_CHARSET_ASCII] = ascii_char,
    [NY_CHARSET_UTF8] = utf8_char,     [NY_CHARSET_ISO2022JP] = iso2022_char,
    [NY_CHARSET_CP932] = cp932_char,   [NY_CHARSET_EUCJP] = eucjp_char,
    [NY_CHARSET_LATIN1] = latin1_char,
};

/* Writes c or the character that other tables have in its place. */
static bool write_like(struct encoder *e, uint32_t c)
{
    bool (*write)(struct encoder *, uint32_t) = writers[e->spec->charset];
    int like;

    if (write(e, c)) {
        return true;
    }
    like = charset_0208_find_like(c);
    return like >= 0 && write(e, charset_0208_get((unsigned)like));
}

/* How many characters from `at` on are ASCII, which every charset without shifts has as it is. */
static size_t ascii_run(const struct encoder *e, ny_str text, size_t at)
{
    size_t end = at;

    while (e->spec->charset != NY_CHARSET_ISO2022JP && end < text.n &&
           (unsigned char)text.p[end] < 0x80) {
        end++;
    }
    return end - at;
}

/* Writes c, or what stands for it. */
static void encode_char(struct encoder *e, uint32_t c)
{
    if (write_like(e, c)) {
        return;
    }
    e->facts.substituted++;
    if (!writers[e->spec->charset](e, CHARSET_GETA)) {
        ny_buf_add_char(&e->out, '?');
    }
}

ny_rc ny_charset_encode(struct ny_arena *a, const struct ny_charset_spec *spec, ny_str text,
                        ny_str *out, struct ny_charset_facts *facts)
{
    struct encoder e = {.spec = spec};
    bool widen = spec->charset == NY_CHARSET_ISO2022JP && (spec->reps & NY_CHARSET_IR13) == 0;

    NY_ASSERT(spec->charset < NY_CHARSET_COUNT);
    ny_buf_init(&e.out, a);
    ny_buf_add(&e.out, NY_S("")); /* so that an empty text is a text */
    for (size_t at = 0; at < text.n;) {
        uint32_t c = 0;
        uint32_t mark = 0;
        size_t run = ascii_run(&e, text, at);
        unsigned n;
        bool used = false;

        if (run > 0) {
            ny_buf_add(&e.out, ny_str_sub(text, at, run));
            at += run;
            continue;
        }
        n = charset_utf8_read(text, at, &c);
        if (n == 0) {
            c = CHARSET_REPLACEMENT;
            n = 1;
        }
        at += n;
        if (widen && is_half_kana(c)) {
            n = at < text.n ? charset_utf8_read(text, at, &mark) : 0;
            c = charset_kana_widen(c, n > 0 ? mark : 0, &used);
            at += used ? n : 0;
            e.facts.substituted++;
        }
        encode_char(&e, c);
    }
    if (spec->charset == NY_CHARSET_ISO2022JP) {
        switch_to(&e, G0_SINGLE);
    }
    if (e.out.failed) {
        return NY_ELIMIT;
    }
    if (facts != NULL) {
        *facts = e.facts;
    }
    return ny_buf_end(&e.out, out);
}
