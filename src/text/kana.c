/* The four nested kana forms (1.3). Each is a function of the one before:
 *
 *   raw ─k1─▶ katakana only ─k2─▶ full size, ヂヅヲヰヱヴ gone ─k3─▶ no long vowels ─k4─▶ unvoiced
 *   きょうこ   キョウコ             キヨウコ                         キヨコ            キヨコ */

#include "text_priv.h"

enum {
    KATA_FIRST = 0x30A1, /* ァ */
    KATA_LAST = 0x30F6,  /* ヶ */
    KATA_U = 0x30A6,
    KATA_O = 0x30AA,
    KATA_VU = 0x30F4
};

/* ヷ ヸ ヹ ヺ → ァ ィ ェ ォ behind a ヴ */
static const uint16_t va_row_small[] = {0x30A1, 0x30A3, 0x30A7, 0x30A9};

/* Appends the katakana for one folded character; prev is the character before it in the text. */
static void k1_add(struct ny_cps *out, uint32_t cp, uint32_t prev)
{
    if (cp == '-' && ny_cp_is_kana(prev) && out->n > 0) {
        cp = NY_CP_LONG; /* in kana context the dashes fold to ー */
    }
    if (cp == 0x309D || cp == 0x309E || cp == 0x30FD || cp == 0x30FE) {
        cp = out->n > 0 ? ny_kana_repeat(cp, out->p[out->n - 1]) : 0;
    }
    if (cp >= 0x3041 && cp <= 0x3096) {
        cp += 0x60; /* hiragana */
    }
    if (cp >= 0x30F7 && cp <= 0x30FA) {
        out->p[out->n++] = KATA_VU;
        out->p[out->n++] = va_row_small[cp - 0x30F7];
    } else if ((cp >= KATA_FIRST && cp <= KATA_LAST) || cp == NY_CP_LONG) {
        out->p[out->n++] = cp;
    }
}

ny_rc ny_text_kana_k1(struct ny_arena *a, ny_str in, ny_str *out)
{
    struct ny_cps c;
    struct ny_cps k;
    ny_rc rc = ny_text_fold_cps(a, in, 0, &c);

    if (rc == NY_OK) {
        rc = ny_cps_reserve(a, &k, c.n * 2);
    }
    if (rc != NY_OK) {
        return rc;
    }
    for (size_t i = 0; i < c.n; i++) {
        k1_add(&k, c.p[i], i > 0 ? c.p[i - 1] : 0);
    }
    return ny_cps_encode(a, k.p, k.n, out);
}

/* ァィゥェォ ッ ャュョ ヮ ヵヶ → full size; others as they are. */
static uint32_t full_size(uint32_t cp)
{
    switch (cp) {
    case 0x30A1: /* ァ */
    case 0x30A3:
    case 0x30A5:
    case 0x30A7:
    case 0x30A9:
    case 0x30C3: /* ッ */
    case 0x30E3: /* ャ */
    case 0x30E5:
    case 0x30E7:
    case 0x30EE: /* ヮ */
        return cp + 1;
    case 0x30F5: /* ヵ */
        return 0x30AB;
    case 0x30F6: /* ヶ */
        return 0x30B1;
    default:
        return cp;
    }
}

/* ヂ→ジ ヅ→ズ ヲ→オ ヰ→イ ヱ→エ */
static uint32_t modern(uint32_t cp)
{
    switch (cp) {
    case 0x30C2:
        return 0x30B8;
    case 0x30C5:
        return 0x30BA;
    case 0x30F2:
        return KATA_O;
    case 0x30F0:
        return 0x30A4;
    case 0x30F1:
        return 0x30A8;
    default:
        return cp;
    }
}

/* What ヴ and the small kana behind it become: ヴァ → バ, ヴャ → ビャ; *small_stays tells that the
 * small kana is still to come. */
static uint32_t from_v(uint32_t small, bool *small_stays)
{
    *small_stays = false;
    switch (small) {
    case 0x30A1:
        return 0x30D0; /* バ */
    case 0x30A3:
        return 0x30D3; /* ビ */
    case 0x30A7:
        return 0x30D9; /* ベ */
    case 0x30A9:
        return 0x30DC; /* ボ */
    case 0x30A5:
        return 0x30D6; /* ヴゥ → ブ */
    case 0x30E3:
    case 0x30E5:
    case 0x30E7:
        *small_stays = true;
        return 0x30D3; /* ヴュ → ビユ */
    default:
        *small_stays = true;
        return 0x30D6;
    }
}

ny_rc ny_text_kana_k2(struct ny_arena *a, ny_str k1, ny_str *out)
{
    struct ny_cps c;
    ny_rc rc = ny_cps_decode(a, k1, &c);
    size_t n = 0;

    if (rc != NY_OK) {
        return rc;
    }
    for (size_t i = 0; i < c.n; i++) {
        uint32_t cp = c.p[i];

        if (cp == KATA_VU) {
            bool stays;

            c.p[n++] = from_v(i + 1 < c.n ? c.p[i + 1] : 0, &stays);
            i += stays ? 0 : 1;
        } else {
            c.p[n++] = modern(full_size(cp));
        }
    }
    return ny_cps_encode(a, c.p, n, out);
}

/* Vowel column of a full-size kana: 'u', 'o' or 0 for the rest. */
static char long_column(uint32_t cp)
{
    static const uint16_t u[] = {0x30A6, 0x30AF, 0x30B0, 0x30B9, 0x30BA, 0x30C4, 0x30C5, 0x30CC,
                                 0x30D5, 0x30D6, 0x30D7, 0x30E0, 0x30E6, 0x30EB, 0x30F4, 0x30E5};
    static const uint16_t o[] = {0x30AA, 0x30B3, 0x30B4, 0x30BD, 0x30BE, 0x30C8, 0x30C9, 0x30CE,
                                 0x30DB, 0x30DC, 0x30DD, 0x30E2, 0x30E8, 0x30ED, 0x30F2, 0x30E7};

    for (size_t i = 0; i < NY_ARRAY_LEN(u); i++) {
        if (u[i] == cp) {
            return 'u';
        }
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(o); i++) {
        if (o[i] == cp) {
            return 'o';
        }
    }
    return 0;
}

ny_rc ny_text_kana_k3(struct ny_arena *a, ny_str k2, ny_str *out)
{
    struct ny_cps c;
    ny_rc rc = ny_cps_decode(a, k2, &c);
    size_t n = 0;

    if (rc != NY_OK) {
        return rc;
    }
    for (size_t i = 0; i < c.n; i++) {
        uint32_t cp = c.p[i];

        if (cp == NY_CP_LONG) {
            continue;
        }
        if (n > 0 && (cp == KATA_U || cp == KATA_O)) {
            char column = long_column(c.p[n - 1]);

            if (column == 'o' || (column == 'u' && cp == KATA_U)) {
                continue;
            }
        }
        c.p[n++] = cp;
    }
    return ny_cps_encode(a, c.p, n, out);
}

ny_rc ny_text_kana_k4(struct ny_arena *a, ny_str k3, ny_str *out)
{
    struct ny_cps c;
    ny_rc rc = ny_cps_decode(a, k3, &c);

    if (rc != NY_OK) {
        return rc;
    }
    for (size_t i = 0; i < c.n; i++) {
        c.p[i] = ny_kana_unvoice(c.p[i]);
    }
    return ny_cps_encode(a, c.p, c.n, out);
}

ny_rc ny_text_k2_of(struct ny_arena *a, ny_str raw, ny_str *out)
{
    ny_str k1;
    ny_rc rc = ny_text_kana_k1(a, raw, &k1);

    return rc == NY_OK ? ny_text_kana_k2(a, k1, out) : rc;
}
