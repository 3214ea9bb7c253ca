/* The kanji fold (1.2): itaiji, iteration marks, ヶ between ideographs, wildcards. The folded text
 * is never longer than the text after the any-text fold. */

#include "text_priv.h"

enum itaiji_class { SAME, NEAR };

struct itaiji {
    uint32_t variant;
    uint32_t base;
    enum itaiji_class class;
};

static const struct itaiji itaiji[] = {
#define NY_ITAIJI(variant, base, class) {(variant), (base), (class)},
#include "tbl/itaiji.def"
#undef NY_ITAIJI
};

static const struct itaiji *itaiji_find(uint32_t cp)
{
    size_t lo = 0;
    size_t hi = NY_ARRAY_LEN(itaiji);

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (itaiji[mid].variant == cp) {
            return &itaiji[mid];
        }
        if (itaiji[mid].variant < cp) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return NULL;
}

uint32_t ny_text_kanji_base(uint32_t cp)
{
    const struct itaiji *row = cp < itaiji[0].variant ? NULL : itaiji_find(cp);

    return row != NULL && row->class == SAME ? row->base : 0;
}

bool ny_text_kanji_is_near(uint32_t a, uint32_t b)
{
    const struct itaiji *row = itaiji_find(a);

    if (row != NULL && row->class == NEAR && row->base == b) {
        return true;
    }
    row = itaiji_find(b);
    return row != NULL && row->class == NEAR && row->base == a;
}

static bool is_wild(uint32_t cp)
{
    switch (cp) {
    case '*':
    case '?':
    case '_':
    case 0x3013: /* 〓 */
    case 0x25A0: /* ■ */
    case 0x25A1: /* □ */
    case 0x25CB: /* ○ */
    case 0x25CF: /* ● */
    case 0x25EF: /* ◯ */
    case NY_CP_WILD:
        return true;
    default:
        return (cp >= 0xE000 && cp <= 0xF8FF) || cp >= 0xF0000;
    }
}

/* An ideograph, or a character that stands for one nobody could print. */
static bool is_ideograph_or_wild(uint32_t cp)
{
    return ny_cp_is_ideograph(cp) || cp == NY_CP_WILD;
}

/* ヶ ケ ヵ カ が ガ 个 箇 */
static bool is_ke(uint32_t cp)
{
    return cp == 0x30F6 || cp == 0x30B1 || cp == 0x30F5 || cp == 0x30AB || cp == 0x304C ||
           cp == 0x30AC || cp == 0x4E2A || cp == 0x7B87;
}

/* What an iteration mark stands for behind prev; the mark itself when there is nothing. */
static uint32_t repeated(uint32_t cp, uint32_t prev)
{
    uint32_t kana;

    if (cp == 0x3005 || cp == 0x303B) { /* 々 〻 */
        return is_ideograph_or_wild(prev) ? prev : cp;
    }
    if (cp == 0x309D || cp == 0x309E || cp == 0x30FD || cp == 0x30FE) {
        kana = ny_kana_repeat(cp, prev);
        return kana != 0 ? kana : cp;
    }
    return cp;
}

void ny_text_kanji_fold_cps(struct ny_cps *c)
{
    for (size_t i = 0; i < c->n; i++) {
        uint32_t cp = c->p[i];
        uint32_t base = ny_text_kanji_base(cp);

        if (base != 0) {
            cp = base;
        } else if (is_wild(cp)) {
            cp = NY_CP_WILD;
        }
        c->p[i] = i > 0 ? repeated(cp, c->p[i - 1]) : cp;
    }
    for (size_t i = 1; i + 1 < c->n; i++) {
        if (is_ke(c->p[i]) && is_ideograph_or_wild(c->p[i - 1]) &&
            is_ideograph_or_wild(c->p[i + 1])) {
            c->p[i] = 0x30B1; /* ケ */
        }
    }
}

ny_rc ny_text_kanji_fold(struct ny_arena *a, ny_str in, ny_str *out)
{
    struct ny_cps c;
    ny_rc rc = ny_text_fold_cps(a, in, NY_FOLD_DROP_MARKS, &c);

    if (rc != NY_OK) {
        return rc;
    }
    ny_text_kanji_fold_cps(&c);
    return ny_cps_encode(a, c.p, c.n, out);
}

/* ノ の 之 乃 */
static bool is_no(uint32_t cp)
{
    return cp == 0x30CE || cp == 0x306E || cp == 0x4E4B || cp == 0x4E43;
}

/* A run of them is taken as one, so that what is left has none between ideographs. */
ny_rc ny_text_kanji_without_no(struct ny_arena *a, ny_str folded, ny_str *out)
{
    struct ny_cps c;
    ny_rc rc = ny_cps_decode(a, folded, &c);
    size_t n = 0;

    if (rc != NY_OK) {
        return rc;
    }
    for (size_t i = 0; i < c.n; i++) {
        size_t end = i;

        while (end < c.n && is_no(c.p[end])) {
            end++;
        }
        if (end > i && end < c.n && n > 0 && ny_cp_is_ideograph(c.p[n - 1]) &&
            ny_cp_is_ideograph(c.p[end])) {
            i = end;
        } else if (end > i) {
            memmove(c.p + n, c.p + i, (end - i) * sizeof(*c.p));
            n += end - i;
            i = end - 1;
            continue;
        }
        c.p[n++] = c.p[i];
    }
    return ny_cps_encode(a, c.p, n, out);
}
