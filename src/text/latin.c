/* Romaji of any school to one skeleton (1.3, last paragraph), and kana to the same skeleton.
 *
 *   raw ─▶ A–Z and single blanks (diacritics off) ─▶ rewriting, pass by pass, until nothing moves
 *
 * The rules run to their fixpoint, so that a skeleton is its own skeleton. */

#include "text_priv.h"

#include <unicode/unorm2.h>
#include <unicode/utf16.h>

enum { PASS_MAX = 64 };

/* Letters that have no decomposition. */
static const struct {
    uint16_t cp;
    const char *ascii;
} letters[] = {
    {0x00C6, "AE"},
    {0x00E6, "AE"},
    {0x00D8, "O" },
    {0x00F8, "O" },
    {0x0152, "OE"},
    {0x0153, "OE"},
    {0x00DF, "SS"},
    {0x1E9E, "SS"},
    {0x00D0, "D" },
    {0x00F0, "D" },
    {0x0110, "D" },
    {0x0111, "D" },
    {0x0141, "L" },
    {0x0142, "L" },
    {0x00DE, "TH"},
    {0x00FE, "TH"},
    {0x0131, "I" },
    {0x0126, "H" },
    {0x0127, "H" },
};

/* The base letter of an accented one, 0 when there is none. */
static uint32_t base_letter(uint32_t cp)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    UChar d[40];
    UChar32 first;
    int32_t i = 0;
    int32_t n;

    NY_ASSERT(U_SUCCESS(status));
    n = unorm2_getDecomposition(nfc, (UChar32)cp, d, (int32_t)NY_ARRAY_LEN(d), &status);
    if (n <= 0 || U_FAILURE(status)) {
        return 0;
    }
    U16_NEXT(d, i, n, first);
    return first < 0x80 ? (uint32_t)first : 0;
}

static void letters_add(struct ny_buf *b, uint32_t cp)
{
    if (cp >= 0x80) {
        for (size_t i = 0; i < NY_ARRAY_LEN(letters); i++) {
            if (letters[i].cp == cp) {
                ny_buf_add_c(b, letters[i].ascii);
                return;
            }
        }
        cp = cp >= 0xC0 && cp <= 0x1EFF ? base_letter(cp) : cp;
    }
    cp = ny_cp_upper(cp);
    if (cp >= 'A' && cp <= 'Z') {
        ny_buf_add_char(b, (char)cp);
    } else if ((cp == ' ' || cp == ',' || cp == '.' || cp == '/' || cp == 0x30FB) && b->n > 0 &&
               b->p[b->n - 1] != ' ') {
        ny_buf_add_char(b, ' ');
    }
}

static bool is_vowel(char c)
{
    return c == 'A' || c == 'I' || c == 'U' || c == 'E' || c == 'O';
}

static bool is_consonant(char c)
{
    return c >= 'A' && c <= 'Z' && !is_vowel(c);
}

/* Spellings of one syllable, the longer ones first. */
static const struct {
    const char *from;
    const char *to;
} syllables[] = {
    {"TCH", "CH" },
    {"DZU", "ZU" },
    {"SYI", "SHI"},
    {"TYI", "CHI"},
    {"ZYI", "JI" },
    {"JYI", "JI" },
    {"SI",  "SHI"},
    {"TI",  "CHI"},
    {"TU",  "TSU"},
    {"ZI",  "JI" },
    {"DI",  "JI" },
    {"DU",  "ZU" },
    {"SY",  "SH" },
    {"TY",  "CH" },
    {"ZY",  "J"  },
    {"JY",  "J"  },
    {"DY",  "J"  },
    {"WO",  "O"  },
};

/* The row that s+i begins with, or NULL; HU is FU unless it is the end of SHU, CHU, THU …. */
static const char *syllable_at(const char *s, size_t n, size_t i, size_t *len)
{
    for (size_t k = 0; k < NY_ARRAY_LEN(syllables); k++) {
        if (syllables[k].from[0] != s[i]) {
            continue;
        }
        *len = strlen(syllables[k].from);
        if (*len <= n - i && memcmp(s + i, syllables[k].from, *len) == 0) {
            return syllables[k].to;
        }
    }
    *len = 2;
    if (n - i >= 2 && s[i] == 'H' && s[i + 1] == 'U' &&
        (i == 0 || !is_consonant(s[i - 1]) || s[i - 1] == 'N')) {
        return "FU";
    }
    return NULL;
}

/* Whether the letter at i falls silent behind last, the letter written before it. */
static bool is_silent(const char *s, size_t n, size_t i, char last)
{
    char c = s[i];
    char next = i + 1 < n ? s[i + 1] : ' ';

    if (c == 'H' && last == 'O' && !is_vowel(next)) {
        return true; /* OHNO, SATOH; but OHARA */
    }
    if ((c == 'U' || c == 'O') && last == 'O') {
        return true;
    }
    return (c == 'U' && last == 'U') || (is_consonant(c) && c == last);
}

/* One pass from s to dst (room for 2n); returns the length. */
static size_t rewrite(const char *s, size_t n, char *dst)
{
    size_t w = 0;

    for (size_t i = 0; i < n;) {
        char last = w > 0 ? dst[w - 1] : ' ';
        char next = i + 1 < n ? s[i + 1] : ' ';
        size_t len = 0;
        const char *to = syllable_at(s, n, i, &len);

        if (is_silent(s, n, i, last)) {
            i++;
        } else if (to != NULL) {
            for (; *to != '\0'; to++) {
                dst[w++] = *to;
            }
            i += len;
        } else if (s[i] == 'M' && (next == 'B' || next == 'P' || next == 'M')) {
            dst[w++] = 'N';
            i++;
        } else {
            dst[w++] = s[i++];
        }
    }
    return w;
}

/* letters: A–Z and blanks; arena memory that may be written to. */
static ny_rc skeleton(struct ny_arena *a, char *letters_in, size_t n, ny_str *out)
{
    /* A pass lengthens SI TI TU only, by a half; what they become is not lengthened again. */
    size_t room = n * 2 + 2;
    char *from = ny_arena_alloc(a, room);
    char *to = ny_arena_alloc(a, room);

    if (from == NULL || to == NULL) {
        return NY_ELIMIT;
    }
    for (size_t i = 0; i < n; i++) {
        char c = letters_in[i];

        from[i] = c == 'L' ? 'R' : c == 'V' ? 'B' : c;
    }
    for (int pass = 0; pass < PASS_MAX && n + n / 2 < room; pass++) {
        size_t m = rewrite(from, n, to);
        bool same = m == n && memcmp(from, to, n) == 0;
        char *swap = from;

        from = to;
        to = swap;
        n = m;
        if (same) {
            break;
        }
    }
    while (n > 0 && from[n - 1] == ' ') {
        n--;
    }
    from[n] = '\0';
    *out = ny_str_of(from, n);
    return NY_OK;
}

ny_rc ny_text_latin_fold(struct ny_arena *a, ny_str in, ny_str *out)
{
    struct ny_cps c;
    struct ny_buf b;
    ny_rc rc = ny_text_fold_cps(a, in, 0, &c);

    if (rc != NY_OK) {
        return rc;
    }
    ny_buf_init(&b, a);
    for (size_t i = 0; i < c.n; i++) {
        letters_add(&b, c.p[i]);
    }
    return b.failed ? NY_ELIMIT : skeleton(a, b.p, b.n, out);
}

static const struct {
    char consonant[3];
    char vowel[2];
} romaji[] = {
#define NY_ROMAJI(consonant, vowel) {consonant, vowel},
#include "tbl/romaji.def"
#undef NY_ROMAJI
};

enum { KATA_FIRST = 0x30A1, KATA_LAST = 0x30F6 };

/* ャ ュ ョ behind an i-kana (キョ) or テ デ フ: the vowel before it goes; SHI CHI JI lose the Y
 * too. ァ ィ ェ ォ behind a kana of another vowel (ティ ファ ウィ シェ) replace its vowel. */
static void small_kana_add(struct ny_buf *b, uint32_t cp)
{
    bool is_y = cp == 0x30E3 || cp == 0x30E5 || cp == 0x30E7;
    const char *vowel = romaji[cp - KATA_FIRST].vowel;
    char last = b->n > 0 ? b->p[b->n - 1] : ' ';
    char before = b->n > 1 ? b->p[b->n - 2] : ' ';

    if (is_y && (last == 'I' || last == 'E' || last == 'U') && is_consonant(before)) {
        char first = b->n > 2 ? b->p[b->n - 3] : ' ';
        bool palatal = before == 'J' || (before == 'H' && (first == 'S' || first == 'C'));

        b->n--;
        if (!palatal) {
            ny_buf_add_char(b, 'Y');
        }
    } else if (is_y) {
        ny_buf_add_char(b, 'Y');
    } else if (last == 'U' && !is_consonant(before) && vowel[0] != 'U') {
        b->p[b->n - 1] = 'W'; /* ウィ */
    } else if (last != vowel[0] && last != 'A' && is_vowel(last) && is_consonant(before)) {
        b->n--;
        if (before == 'K' || before == 'G') {
            ny_buf_add_char(b, 'W'); /* クァ */
        }
    }
    ny_buf_add_c(b, vowel);
}

ny_rc ny_text_kana_to_latin(struct ny_arena *a, ny_str k1, ny_str *out)
{
    struct ny_cps c;
    struct ny_buf b;
    ny_rc rc = ny_cps_decode(a, k1, &c);

    if (rc != NY_OK) {
        return rc;
    }
    ny_buf_init(&b, a);
    for (size_t i = 0; i < c.n; i++) {
        uint32_t cp = c.p[i];
        bool is_small = (cp >= 0x30A1 && cp <= 0x30A9 && cp % 2 == 1) || cp == 0x30E3 ||
                        cp == 0x30E5 || cp == 0x30E7;

        if (cp < KATA_FIRST || cp > KATA_LAST) {
            continue; /* ー and whatever is no kana */
        }
        if (is_small && b.n > 0) {
            small_kana_add(&b, cp);
        } else {
            ny_buf_add_c(&b, romaji[cp - KATA_FIRST].consonant);
            ny_buf_add_c(&b, romaji[cp - KATA_FIRST].vowel);
        }
    }
    return b.failed ? NY_ELIMIT : skeleton(a, b.p, b.n, out);
}
