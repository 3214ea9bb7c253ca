/* One name variant folded (1.4).
 *
 *   kanji, kana, latin slots ─clean─▶ parts ─split─▶ family, given ─route─▶ written, reading, latin
 *                                                                    └─fold─▶ ny_text_name
 *
 * Senders put names into the wrong slot, so the script of the text decides (route):
 *   only Latin letters, in any slot       → latin, when the latin slot is empty
 *   ideographs in the kana or latin slot  → written form, when the kanji slot is empty
 *   kana in the latin slot                → reading, when the kana slot is empty
 *   kana in the kanji slot                → written form, and reading where there is none
 * A slot that mixes scripts (SMITH 花子) is a written form and compared as it stands: a token bag
 * of half a name would let two people meet. */

#include "text_priv.h"

#include <stdlib.h>

struct slot {
    ny_str family;
    ny_str given;
    ny_str middle;
    ny_str former;
    bool unsplit;
    enum ny_text_script script;
};

/* "山田 太郎" → two parts. One blank only; "SMITH, JOHN PAUL" is cut at the comma. */
static void slot_split(struct slot *s)
{
    ny_str whole = s->family;
    size_t at = ny_str_find(whole, ',');
    size_t blank = ny_str_find(whole, ' ');

    if (at > 0 && at + 1 < whole.n && ny_text_script_of(whole) == NY_SCRIPT_LATIN) {
        s->family = ny_str_trim(ny_str_sub(whole, 0, at));
        s->given = ny_str_trim(ny_str_sub(whole, at + 1, whole.n));
        return;
    }
    if (blank < whole.n &&
        ny_str_find(ny_str_sub(whole, blank + 1, whole.n), ' ') == whole.n - blank - 1) {
        s->family = ny_str_sub(whole, 0, blank);
        s->given = ny_str_sub(whole, blank + 1, whole.n);
        return;
    }
    s->unsplit = true;
}

/* Of surname and given name; the middle name goes where they go. */
static enum ny_text_script slot_script(const struct slot *s)
{
    enum ny_text_script family = ny_text_script_of(s->family);
    enum ny_text_script given = ny_text_script_of(s->given);

    if (family == NY_SCRIPT_NONE || family == given) {
        return given;
    }
    return given == NY_SCRIPT_NONE ? family : NY_SCRIPT_KANJI;
}

static ny_rc slot_clean(struct ny_arena *a, ny_str family, ny_str given, ny_str middle,
                        struct slot *out)
{
    struct ny_name_part f = {0};
    struct ny_name_part g = {0};
    struct ny_name_part m = {0};
    ny_rc rc = ny_text_part_clean(a, middle, true, false, &m);

    if (rc == NY_OK) {
        rc = ny_text_part_clean(a, given, true, false, &g);
    }
    if (rc == NY_OK) {
        bool alone = g.text.n == 0 && m.text.n == 0;

        rc = ny_text_part_clean(a, family, alone, true, &f);
    }
    if (rc != NY_OK) {
        return rc;
    }
    *out = (struct slot){.family = f.text, .given = g.text, .middle = m.text};
    out->former = f.former.n > 0 ? f.former : g.former.n > 0 ? g.former : m.former;
    if (out->given.n == 0) {
        out->given = out->middle;
        out->middle = NY_STR_NONE;
    }
    if (out->given.n > 0 && out->family.n == 0) {
        out->family = out->given;
        out->given = NY_STR_NONE;
        slot_split(out);
        if (out->unsplit) {
            out->given = out->family;
            out->family = NY_STR_NONE;
            out->unsplit = false;
        }
    } else if (out->given.n == 0 && out->family.n > 0) {
        slot_split(out);
    }
    out->script = slot_script(out);
    return NY_OK;
}

static bool has_ideograph(ny_str s)
{
    size_t i = 0;

    while (i < s.n) {
        if (ny_cp_is_ideograph(ny_cp_next(s, &i))) {
            return true;
        }
    }
    return false;
}

static void slot_take(struct slot *to, struct slot *from)
{
    if (to->script == NY_SCRIPT_NONE) {
        *to = *from;
    }
    from->family = from->given = from->middle = NY_STR_NONE;
    from->script = NY_SCRIPT_NONE;
}

/* The table at the top of this file. */
static void slots_route(struct slot *kanji, struct slot *kana, struct slot *latin)
{
    if (latin->script == NY_SCRIPT_KANA) {
        slot_take(kana, latin);
    } else if (latin->script == NY_SCRIPT_KANJI &&
               (has_ideograph(latin->family) || has_ideograph(latin->given))) {
        slot_take(kanji, latin);
    }
    if (kanji->script == NY_SCRIPT_LATIN) {
        slot_take(latin, kanji);
    }
    if (kana->script == NY_SCRIPT_LATIN) {
        slot_take(latin, kana);
    } else if (kana->script == NY_SCRIPT_KANJI && kanji->script == NY_SCRIPT_NONE &&
               (has_ideograph(kana->family) || has_ideograph(kana->given))) {
        slot_take(kanji, kana);
    }
}

/* Kanji fold of one part, without its blanks; Latin letters in it become capitals. */
static ny_rc written_fold(struct ny_arena *a, ny_str in, ny_str *out)
{
    struct ny_cps c;
    ny_rc rc;

    if (in.n == 0) {
        *out = NY_STR_NONE;
        return NY_OK;
    }
    rc = ny_text_fold_cps(a, in, NY_FOLD_DROP_MARKS, &c);
    if (rc == NY_OK) {
        size_t n = 0;

        for (size_t i = 0; i < c.n; i++) {
            if (c.p[i] != ' ') {
                c.p[n++] = ny_cp_upper(c.p[i]);
            }
        }
        if (n < c.n) { /* letters that a blank kept apart may fold together */
            ny_str joined;

            rc = ny_cps_encode(a, c.p, n, &joined);
            if (rc == NY_OK) {
                rc = ny_text_fold_cps(a, joined, NY_FOLD_DROP_MARKS, &c);
            }
        }
    }
    if (rc != NY_OK) {
        return rc;
    }
    ny_text_kanji_fold_cps(&c);
    return ny_cps_encode(a, c.p, c.n, out);
}

static ny_rc written_set(struct ny_arena *a, const struct slot *s, struct ny_text_name *out)
{
    ny_rc rc = written_fold(a, s->family, &out->kanji_family);

    if (rc == NY_OK) {
        rc = written_fold(a, s->given, &out->kanji_given);
    }
    out->kanji_unsplit = s->unsplit && out->kanji_family.n > 0;
    out->kanji_family_is_kana = ny_text_script_of(out->kanji_family) == NY_SCRIPT_KANA;
    out->kanji_given_is_kana = ny_text_script_of(out->kanji_given) == NY_SCRIPT_KANA;
    return rc;
}

static ny_rc reading_part(struct ny_arena *a, ny_str reading, ny_str written, bool is_kana,
                          ny_str *out)
{
    if (reading.n > 0) {
        return ny_text_k2_of(a, reading, out);
    }
    return is_kana ? ny_text_k2_of(a, written, out) : NY_OK;
}

static ny_rc reading_set(struct ny_arena *a, const struct slot *kana, struct ny_text_name *out)
{
    bool none = kana->script == NY_SCRIPT_NONE;
    ny_rc rc =
        reading_part(a, kana->family, out->kanji_family,
                     out->kanji_family_is_kana && (none || !kana->unsplit), &out->kana_family);

    if (rc == NY_OK) {
        rc = reading_part(a, kana->given, out->kanji_given,
                          out->kanji_given_is_kana && (none || !kana->unsplit), &out->kana_given);
    }
    out->kana_unsplit = (none ? out->kanji_unsplit : kana->unsplit) && out->kana_family.n > 0;
    return rc;
}

static int token_compare(const void *a, const void *b)
{
    return ny_str_compare(*(const ny_str *)a, *(const ny_str *)b);
}

/* All tokens of the parts, sorted, joined by one blank. */
static ny_rc tokens_join(struct ny_arena *a, const ny_str *parts, size_t n, ny_str *out)
{
    size_t count = 0;
    size_t max = n;
    ny_str *tokens;
    struct ny_buf b;

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < parts[i].n; k++) {
            max += parts[i].p[k] == ' ';
        }
    }
    tokens = NY_ARENA_ARRAY(a, ny_str, max);
    if (tokens == NULL) {
        return NY_ELIMIT;
    }
    for (size_t i = 0; i < n; i++) {
        ny_str rest = parts[i];

        while (rest.p != NULL && rest.n > 0) {
            ny_str token = ny_str_split(&rest, ' ');

            if (token.n > 0) {
                tokens[count++] = token;
            }
        }
    }
    if (count == 0) {
        *out = NY_STR_NONE;
        return NY_OK;
    }
    qsort(tokens, count, sizeof(*tokens), token_compare);
    ny_buf_init(&b, a);
    for (size_t i = 0; i < count; i++) {
        ny_buf_add(&b, i > 0 ? NY_S(" ") : NY_S(""));
        ny_buf_add(&b, tokens[i]);
    }
    return ny_buf_end(&b, out);
}

static ny_rc latin_set(struct ny_arena *a, const struct slot *s, struct ny_text_name *out)
{
    ny_str parts[3] = {0};
    const ny_str raw[3] = {s->family, s->given, s->middle};

    if (s->script == NY_SCRIPT_NONE) {
        return NY_OK;
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(raw); i++) {
        ny_rc rc = raw[i].n > 0 ? ny_text_latin_fold(a, raw[i], &parts[i]) : NY_OK;

        if (rc != NY_OK) {
            return rc;
        }
    }
    out->latin_family = parts[0];
    out->latin_given = parts[1];
    return tokens_join(a, parts, NY_ARRAY_LEN(parts), &out->latin_tokens);
}

/* A former surname from the brackets of any slot, by its script. */
static ny_rc former_set(struct ny_arena *a, ny_str former, struct ny_text_name *out)
{
    enum ny_text_script script = ny_text_script_of(former);
    ny_rc rc = NY_OK;

    if (script == NY_SCRIPT_KANA && out->former_family_kana.n == 0) {
        rc = ny_text_k2_of(a, former, &out->former_family_kana);
    } else if (script == NY_SCRIPT_KANJI && out->former_family_kanji.n == 0) {
        rc = written_fold(a, former, &out->former_family_kanji);
    }
    return rc;
}

static ny_rc formers_set(struct ny_arena *a, const ny_str *formers, struct ny_text_name *out)
{
    ny_rc rc = NY_OK;

    for (size_t i = 0; i < 3 && rc == NY_OK; i++) {
        rc = formers[i].n > 0 ? former_set(a, formers[i], out) : NY_OK;
    }
    return rc;
}

static bool has_wild(ny_str s)
{
    return s.n >= 3 && memmem(s.p, s.n, NY_TEXT_WILDCARD, 3) != NULL;
}

ny_rc ny_text_name_fold(struct ny_arena *a, const struct ny_text_name_raw *raw,
                        const struct ny_text_name_hints *hints, struct ny_text_name *out)
{
    struct slot kanji;
    struct slot kana;
    struct slot latin;
    struct ny_text_name n = {0};
    ny_str formers[3];
    ny_rc rc = slot_clean(a, raw->kanji.family, raw->kanji.given, raw->kanji.middle, &kanji);

    if (rc == NY_OK) {
        rc = slot_clean(a, raw->kana.family, raw->kana.given, raw->kana.middle, &kana);
    }
    if (rc == NY_OK) {
        rc = slot_clean(a, raw->latin.family, raw->latin.given, raw->latin.middle, &latin);
    }
    if (rc != NY_OK) {
        return rc;
    }
    formers[0] = kanji.former;
    formers[1] = kana.former;
    formers[2] = latin.former;
    slots_route(&kanji, &kana, &latin);
    rc = written_set(a, &kanji, &n);
    if (rc == NY_OK) {
        rc = reading_set(a, &kana, &n);
    }
    if (rc == NY_OK) {
        rc = latin_set(a, &latin, &n);
    }
    if (rc == NY_OK) {
        rc = formers_set(a, formers, &n);
    }
    if (rc == NY_OK) {
        rc = ny_text_placeholder_apply(a, hints, &n);
    }
    if (rc == NY_OK && n.name_class == NY_NAME_NEWBORN) {
        rc = tokens_join(a, &n.latin_family, 1, &n.latin_tokens);
    }
    if (rc != NY_OK) {
        return rc;
    }
    n.kanji_wild = has_wild(n.kanji_family) || has_wild(n.kanji_given);
    n.kanji_is_kana = n.kanji_given.n > 0 ? n.kanji_given_is_kana : n.kanji_family_is_kana;
    *out = n;
    return NY_OK;
}
