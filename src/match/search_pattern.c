/* Patterns: the texts of a name as somebody types them, and how they meet those of a record.
 *
 *   ヤマ*      pieces ヤマ, open          サ*ウ      pieces サ, ウ
 *   SATO      skeleton SATO, sound SATO: meets サトウ, サトー, サト
 *
 * A sound is what is left of a skeleton when spellings fall together that full-size kana cannot
 * tell apart: KIYO and KYO (キヨ, キョ), HATSUTORI and HATORI (ハツトリ, ハットリ). */

#include "search_priv.h"

static bool is_vowel(char c)
{
    return c == 'A' || c == 'I' || c == 'U' || c == 'E' || c == 'O';
}

/* TSU before K, S, T, P or C may be a ッ. */
static bool is_doubling(ny_str s, size_t i)
{
    return i + 3 < s.n && memcmp(s.p + i, "TSU", 3) == 0 && strchr("KSTPC", s.p[i + 3]) != NULL;
}

/* IY between a consonant and a vowel may be a small ャ ュ ョ. */
static bool is_glide(ny_str s, size_t i)
{
    return i > 0 && i + 2 < s.n && s.p[i] == 'I' && s.p[i + 1] == 'Y' && !is_vowel(s.p[i - 1]) &&
           is_vowel(s.p[i + 2]);
}

ny_str ny_sound_of(ny_str skeleton, char *dst)
{
    size_t n = 0;

    for (size_t i = 0; i < skeleton.n;) {
        if (is_doubling(skeleton, i)) {
            i += 3;
        } else if (is_glide(skeleton, i)) {
            bool palatal = skeleton.p[i - 1] == 'H' || skeleton.p[i - 1] == 'J';

            i += palatal ? 2 : 1; /* SHIYO is SHO, KIYO is KYO */
        } else {
            dst[n++] = skeleton.p[i++];
        }
    }
    return ny_str_of(dst, n);
}

ny_rc ny_kana_skeleton(struct ny_arena *a, ny_str kana, ny_str *out)
{
    struct ny_buf b;

    ny_buf_init(&b, a);
    ny_kana_write(kana, &b);
    return b.failed ? NY_ELIMIT : ny_text_kana_to_latin(a, ny_buf_str(&b), out);
}

/* ---- making ---- */

static ny_rc kana_piece(struct ny_arena *a, ny_str raw, struct ny_name_pattern *p, size_t i)
{
    ny_str k1 = NY_STR_NONE;
    ny_str k2 = NY_STR_NONE;
    char *bytes;
    ny_rc rc = ny_text_kana_k1(a, raw, &k1);

    rc = rc == NY_OK ? ny_text_kana_k2(a, k1, &k2) : rc;
    bytes = rc == NY_OK ? ny_arena_alloc(a, 2 * k2.n + 1) : NULL;
    if (bytes == NULL) {
        return rc == NY_OK ? NY_ELIMIT : rc;
    }
    p->piece[i] = ny_str_of(bytes, ny_kana_pack(k2, bytes));
    p->near[i] = ny_kana_k3(p->piece[i], bytes + k2.n);
    return NY_OK;
}

static ny_rc latin_piece(struct ny_arena *a, ny_str raw, struct ny_name_pattern *p, size_t i)
{
    ny_rc rc = ny_text_latin_fold(a, raw, &p->piece[i]);
    char *sound = rc == NY_OK ? ny_arena_alloc(a, p->piece[i].n + 1) : NULL;

    if (sound == NULL) {
        return rc == NY_OK ? NY_ELIMIT : rc;
    }
    p->near[i] = ny_sound_of(p->piece[i], sound);
    return NY_OK;
}

static ny_rc piece_make(struct ny_arena *a, ny_str raw, struct ny_name_pattern *p, size_t i)
{
    ny_rc rc;

    if (p->script == NY_SCRIPT_KANA) {
        return kana_piece(a, raw, p, i);
    }
    if (p->script == NY_SCRIPT_LATIN) {
        return latin_piece(a, raw, p, i);
    }
    rc = ny_text_kanji_fold(a, raw, &p->piece[i]);
    p->near[i] = p->piece[i];
    return rc;
}

ny_rc ny_name_pattern_make(struct ny_arena *a, ny_str text, struct ny_name_pattern *out)
{
    ny_str rest = NY_STR_NONE; /* full-width blanks and stars become plain ones */
    ny_rc rc = ny_text_fold(a, text, &rest);

    *out = (struct ny_name_pattern){.script = ny_text_script_of(text)};
    while (rc == NY_OK && rest.p != NULL && rest.n > 0) {
        ny_str piece = ny_str_trim(ny_str_split(&rest, '*'));

        out->open = rest.p != NULL && ny_str_trim(rest).n == 0;
        if (piece.n == 0 && out->n > 0) {
            continue; /* ** */
        }
        if (piece.n == 0 || out->n == NY_PIECES_MAX) {
            return NY_ESYNTAX;
        }
        if (out->n == 0) {
            out->script = ny_text_script_of(piece);
        }
        rc = piece_make(a, piece, out, out->n);
        if (rc == NY_OK && (out->piece[out->n].n == 0 || out->piece[out->n].n > NY_NAME_PART_MAX)) {
            return NY_ESYNTAX;
        }
        out->n++;
    }
    return rc == NY_OK && out->n == 0 ? NY_ESYNTAX : rc;
}

/* ---- meeting ---- */

/* Where piece begins in text at or behind from; SIZE_MAX: nowhere. */
static size_t find_piece(ny_str text, size_t from, ny_str piece)
{
    for (size_t i = from; i + piece.n <= text.n; i++) {
        if (memcmp(text.p + i, piece.p, piece.n) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

bool ny_name_pattern_fits(const struct ny_name_pattern *p, const ny_str pieces[], ny_str text)
{
    size_t at = pieces[0].n;
    size_t middle = p->open ? p->n : p->n - 1;

    if (ny_name_pattern_is_exact(p)) {
        return ny_str_equals(pieces[0], text);
    }
    if (!ny_str_starts_with(text, pieces[0])) {
        return false;
    }
    for (size_t i = 1; i < middle; i++) {
        size_t found = find_piece(text, at, pieces[i]);

        if (found == SIZE_MAX) {
            return false;
        }
        at = found + pieces[i].n;
    }
    return p->open ||
           (text.n >= at + pieces[p->n - 1].n && ny_str_ends_with(text, pieces[p->n - 1]));
}

bool ny_name_patterns_join(const struct ny_name_pattern *f, const struct ny_name_pattern *g)
{
    return f->script == g->script && f->script != NY_SCRIPT_LATIN && ny_name_pattern_is_exact(f) &&
           ny_name_pattern_is_exact(g);
}

ny_str ny_name_whole(const struct ny_name_pattern *f, const struct ny_name_pattern *g, char *dst)
{
    ny_str whole;

    memcpy(dst, f->piece[0].p, f->piece[0].n);
    memcpy(dst + f->piece[0].n, g->piece[0].p, g->piece[0].n);
    whole = ny_str_of(dst, f->piece[0].n + g->piece[0].n);
    if (f->script == NY_SCRIPT_KANA) {
        whole = ny_kana_k3(whole, dst); /* never longer than what it reads */
    }
    return whole;
}
