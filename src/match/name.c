/* Names (2.1 to 2.3): which level a pair of name variants stands at.
 *
 *              kanji on both   only on one
 *   kana both      BOTH            KANA        given G1–G7  N1–N4  J1–J3
 *   kana on one    KANJI           –           surname S1–S6 SN1–SN4 SJ1–SJ3
 *
 * Surname and given name are compared apart where some script is split on both sides; else the
 * whole names are compared at the levels of the given name. A script that is unsplit on a side is
 * then left out. Frequencies are looked up only where the level asks for one. */

#include "match_priv.h"

/* One name part of both sides. */
struct part_pair {
    ny_str kanji_a, kanji_b, kana_a, kana_b;
    bool wild;
};

/* Room for the concatenated names of both sides. */
struct whole_text {
    char kanji_a[NY_NAME_PART_MAX * 2], kanji_b[NY_NAME_PART_MAX * 2];
    char kana_a[NY_NAME_PART_MAX * 2], kana_b[NY_NAME_PART_MAX * 2];
};

static ny_str join(ny_str family, ny_str given, char *dst)
{
    if (family.n > NY_NAME_PART_MAX || given.n > NY_NAME_PART_MAX) {
        return NY_STR_NONE; /* never from ny_record_pack */
    }
    if (family.n > 0) {
        memcpy(dst, family.p, family.n);
    }
    if (given.n > 0) {
        memcpy(dst + family.n, given.p, given.n);
    }
    return ny_str_of(dst, family.n + given.n);
}

/* One side is written in kana, the other one is not: no disagreement. */
static bool is_other_script(const struct part_pair *p)
{
    return ny_kanji_is_kana(p->kanji_a) != ny_kanji_is_kana(p->kanji_b);
}

static enum ny_level given_both(const struct part_pair *p, enum ny_kanji_relation kanji,
                                unsigned kana)
{
    if (kanji == NY_KANJI_EQUAL) {
        return (kana & NY_KANA_K2) != 0   ? NY_LEVEL_G1
               : (kana & NY_KANA_K4) != 0 ? NY_LEVEL_G2
                                          : NY_LEVEL_G3;
    }
    if ((kana & NY_KANA_K2) != 0) {
        if (kanji == NY_KANJI_NEAR) {
            return NY_LEVEL_G2;
        }
        return ny_kanji_is_kana(p->kanji_a) || ny_kanji_is_kana(p->kanji_b) ? NY_LEVEL_G4
                                                                            : NY_LEVEL_G5;
    }
    return kanji == NY_KANJI_NEAR || (kana & (NY_KANA_EDIT1 | NY_KANA_K3)) != 0 ? NY_LEVEL_G6
                                                                                : NY_LEVEL_G7;
}

static enum ny_level given_level(const struct part_pair *p, bool *reading_equal)
{
    enum ny_kanji_relation kanji = ny_kanji_relation(p->kanji_a, p->kanji_b, p->wild);
    unsigned kana = ny_kana_relation(p->kana_a, p->kana_b);

    *reading_equal = (kana & NY_KANA_K2) != 0;
    if (p->kana_a.n > 0 && p->kana_b.n > 0) {
        if (kanji != NY_KANJI_MISSING) {
            return given_both(p, kanji, kana);
        }
        return (kana & NY_KANA_K2) != 0      ? NY_LEVEL_N1
               : (kana & NY_KANA_K4) != 0    ? NY_LEVEL_N2
               : (kana & NY_KANA_EDIT1) != 0 ? NY_LEVEL_N3
                                             : NY_LEVEL_N4;
    }
    switch (kanji) {
    case NY_KANJI_EQUAL:
        return NY_LEVEL_J1;
    case NY_KANJI_NEAR:
        return NY_LEVEL_J2;
    case NY_KANJI_DIFFERENT:
        return is_other_script(p) ? NY_LEVEL_NONE : NY_LEVEL_J3;
    case NY_KANJI_MISSING:
        break;
    }
    return NY_LEVEL_NONE;
}

static enum ny_level surname_both(const struct part_pair *p, enum ny_kanji_relation kanji,
                                  unsigned kana)
{
    if (kanji == NY_KANJI_EQUAL) {
        return (kana & NY_KANA_K2) != 0   ? NY_LEVEL_S1
               : (kana & NY_KANA_K4) != 0 ? NY_LEVEL_S2
                                          : NY_LEVEL_S3;
    }
    /* 山内 and 山ノ内: the reading has the ノ too, so it is not asked. */
    if (ny_kanji_equal_without_no(p->kanji_a, p->kanji_b)) {
        return NY_LEVEL_S2;
    }
    if ((kana & NY_KANA_K2) != 0) {
        return kanji == NY_KANJI_NEAR ? NY_LEVEL_S2 : NY_LEVEL_S4;
    }
    return (kana & NY_KANA_EDIT1) != 0 ? NY_LEVEL_S5 : NY_LEVEL_S6;
}

static enum ny_level surname_level(const struct part_pair *p)
{
    enum ny_kanji_relation kanji = ny_kanji_relation(p->kanji_a, p->kanji_b, p->wild);

    if (p->kana_a.n > 0 && p->kana_b.n > 0) {
        unsigned kana = ny_kana_relation(p->kana_a, p->kana_b);

        if (kanji != NY_KANJI_MISSING) {
            return surname_both(p, kanji, kana);
        }
        return (kana & NY_KANA_K2) != 0      ? NY_LEVEL_SN1
               : (kana & NY_KANA_K4) != 0    ? NY_LEVEL_SN2
               : (kana & NY_KANA_EDIT1) != 0 ? NY_LEVEL_SN3
                                             : NY_LEVEL_SN4;
    }
    if (kanji == NY_KANJI_MISSING) {
        return NY_LEVEL_NONE;
    }
    if (kanji == NY_KANJI_EQUAL) {
        return NY_LEVEL_SJ1;
    }
    if (kanji == NY_KANJI_NEAR || ny_kanji_equal_without_no(p->kanji_a, p->kanji_b)) {
        return NY_LEVEL_SJ2;
    }
    return is_other_script(p) ? NY_LEVEL_NONE : NY_LEVEL_SJ3;
}

/* ---- frequencies ---- */

static int32_t tf_surname(const struct ny_match_model *m, enum ny_level level,
                          const struct part_pair *p)
{
    return level == NY_LEVEL_SN1
               ? ny_tf_get(&m->tf, NY_TF_SURNAME_KANA, NY_TF_CELL_ANY, p->kana_a)
               : ny_tf_get(&m->tf, NY_TF_SURNAME_KANJI, NY_TF_CELL_ANY, p->kanji_a);
}

static int32_t tf_given(const struct ny_match_model *m, uint32_t cells, enum ny_level level,
                        const struct part_pair *p)
{
    /* The parts are equal where they are read. */
    ny_str kanji = level == NY_LEVEL_G1 || level == NY_LEVEL_J1 ? p->kanji_a : NY_STR_NONE;
    ny_str kana = level == NY_LEVEL_J1 ? NY_STR_NONE : p->kana_a;

    return ny_tf_given(&m->tf, cells, kanji, kana);
}

/* Frequency of a name cut into surname and given name after `cut` bytes. */
static int32_t tf_cut(const struct ny_match_model *m, uint32_t cells, ny_str whole, size_t cut,
                      bool is_kana)
{
    ny_str head = ny_str_sub(whole, 0, cut);
    ny_str tail = ny_str_sub(whole, cut, whole.n);
    int32_t bits =
        ny_tf_get(&m->tf, is_kana ? NY_TF_SURNAME_KANA : NY_TF_SURNAME_KANJI, NY_TF_CELL_ANY, head);

    if (tail.n == 0) {
        return bits;
    }
    return bits + (is_kana ? ny_tf_given(&m->tf, cells, NY_STR_NONE, tail)
                           : ny_tf_given(&m->tf, cells, tail, NY_STR_NONE));
}

/* Frequency of a whole name in one script: of its parts where a side has them apart, else of the
 * cut into surname and given name that makes it commonest. */
static int32_t tf_whole(const struct ny_match_model *m, uint32_t cells, ny_str whole,
                        const ny_str *family, bool is_kana)
{
    int32_t best = 0;

    if (family != NULL) {
        return tf_cut(m, cells, whole, family->n, is_kana);
    }
    for (size_t cut = 0; cut < whole.n;) {
        size_t end = cut;
        int32_t bits;

        ny_utf8_next(whole, &end);
        cut = is_kana ? cut + 1 : end;
        bits = tf_cut(m, cells, whole, cut, is_kana);
        best = best == 0 || bits > best ? bits : best;
    }
    return best;
}

/* ---- whole names ---- */

static bool is_split(ny_str family, ny_str given)
{
    return family.n > 0 && given.n > 0;
}

static int32_t whole_tf(const struct ny_match_model *m, uint32_t cells, enum ny_level level,
                        const struct ny_record_name *a, const struct ny_record_name *b,
                        const struct part_pair *p)
{
    const ny_str *kanji = is_split(a->kanji_family, a->kanji_given)   ? &a->kanji_family
                          : is_split(b->kanji_family, b->kanji_given) ? &b->kanji_family
                                                                      : NULL;
    const ny_str *kana = is_split(a->kana_family, a->kana_given)   ? &a->kana_family
                         : is_split(b->kana_family, b->kana_given) ? &b->kana_family
                                                                   : NULL;
    int32_t in_kanji = 0;
    int32_t in_kana = 0;

    if (level == NY_LEVEL_G1 || level == NY_LEVEL_J1) {
        in_kanji = tf_whole(m, cells, p->kanji_a, kanji, false);
    }
    if (level != NY_LEVEL_J1) {
        in_kana = tf_whole(m, cells, p->kana_a, kana, true);
    }
    return in_kanji < in_kana ? in_kanji : in_kana;
}

static void compare_whole(const struct ny_match_model *m, uint32_t cells,
                          const struct ny_record_name *a, const struct ny_record_name *b,
                          struct ny_name_match *out)
{
    struct whole_text t;
    struct part_pair p = {.kanji_a = join(a->kanji_family, a->kanji_given, t.kanji_a),
                          .kanji_b = join(b->kanji_family, b->kanji_given, t.kanji_b),
                          .kana_a = join(a->kana_family, a->kana_given, t.kana_a),
                          .kana_b = join(b->kana_family, b->kana_given, t.kana_b),
                          .wild = a->kanji_wild || b->kanji_wild};
    enum ny_level level = given_level(&p, &out->reading_equal);

    out->given = (uint8_t)level;
    out->whole = level != NY_LEVEL_NONE;
    out->tried = out->whole;
    out->compared = level != NY_LEVEL_NONE ? 2 : 0;
    if (ny_level_info(level)->has_tf) {
        out->tf_given = whole_tf(m, cells, level, a, b, &p);
    }
}

/* True when an unsplit text is a surname and nothing else: two ideographs or fewer, or listed. */
static bool is_bare_surname(const struct ny_match_model *m, enum ny_tf_table table, ny_str text)
{
    size_t i = 0;
    int32_t bits;

    if (table == NY_TF_SURNAME_KANJI) {
        ny_utf8_next(text, &i);
        ny_utf8_next(text, &i);
        if (i == text.n) {
            return true;
        }
    }
    return ny_tf_find(&m->tf, table, NY_TF_CELL_ANY, text, &bits);
}

/* Sees an unsplit text as a surname without a given name where it is one: by itself, or because the
 * other side has just that surname. */
static void split_bare(const struct ny_match_model *m, struct ny_record_name *n,
                       const struct ny_record_name *other)
{
    if (n->kanji_unsplit &&
        (is_bare_surname(m, NY_TF_SURNAME_KANJI, n->kanji_family) ||
         (!other->kanji_unsplit && ny_str_equals(n->kanji_family, other->kanji_family)))) {
        n->kanji_unsplit = false;
    }
    if (n->kana_unsplit &&
        (is_bare_surname(m, NY_TF_SURNAME_KANA, n->kana_family) ||
         (!other->kana_unsplit && ny_str_equals(n->kana_family, other->kana_family)))) {
        n->kana_unsplit = false;
    }
}

/* True when a script has a whole name on both sides, unsplit on one of them at least. */
static bool is_whole_comparable(ny_str family_a, ny_str given_a, bool unsplit_a, ny_str family_b,
                                ny_str given_b, bool unsplit_b)
{
    return (unsplit_a || unsplit_b) && (unsplit_a || is_split(family_a, given_a)) &&
           (unsplit_b || is_split(family_b, given_b));
}

/* Surname and given name apart, in the scripts that are in two parts on both sides. */
static void parts_take(const struct ny_record_name *a, const struct ny_record_name *b,
                       struct part_pair *given, struct part_pair *family)
{
    bool wild = a->kanji_wild || b->kanji_wild;

    *given = (struct part_pair){.wild = wild};
    *family = (struct part_pair){.wild = wild};
    if (!a->kanji_unsplit && !b->kanji_unsplit) {
        given->kanji_a = a->kanji_given;
        given->kanji_b = b->kanji_given;
        family->kanji_a = a->kanji_family;
        family->kanji_b = b->kanji_family;
    }
    if (!a->kana_unsplit && !b->kana_unsplit) {
        given->kana_a = a->kana_given;
        given->kana_b = b->kana_given;
        family->kana_a = a->kana_family;
        family->kana_b = b->kana_family;
    }
}

static void compare_parts(const struct ny_match_model *m, uint32_t cells,
                          const struct ny_record_name *a, const struct ny_record_name *b,
                          struct ny_name_match *out)
{
    struct part_pair given;
    struct part_pair family;

    parts_take(a, b, &given, &family);
    out->given = (uint8_t)given_level(&given, &out->reading_equal);
    out->surname = (uint8_t)surname_level(&family);
    if (ny_level_info(out->given)->has_tf) {
        out->tf_given = tf_given(m, cells, out->given, &given);
    }
    if (ny_level_info(out->surname)->has_tf) {
        out->tf_surname = tf_surname(m, out->surname, &family);
    }
    out->compared = (uint8_t)((out->given != NY_LEVEL_NONE) + (out->surname != NY_LEVEL_NONE));
    out->tried = out->compared > 0;
}

/* Names of which a script is unsplit on a side. */
static void compare_unsplit(const struct ny_match_model *m, uint32_t cells, struct ny_record_name a,
                            struct ny_record_name b, struct ny_name_match *out)
{
    bool kanji;
    bool kana;

    split_bare(m, &a, &b);
    split_bare(m, &b, &a);
    /* Where a script is in two parts on both sides the unsplit one is left out. */
    compare_parts(m, cells, &a, &b, out);
    if (out->compared > 0) {
        return;
    }
    kanji = is_whole_comparable(a.kanji_family, a.kanji_given, a.kanji_unsplit, b.kanji_family,
                                b.kanji_given, b.kanji_unsplit);
    kana = is_whole_comparable(a.kana_family, a.kana_given, a.kana_unsplit, b.kana_family,
                               b.kana_given, b.kana_unsplit);
    if (!kanji) {
        a.kanji_family = a.kanji_given = NY_STR_NONE;
    }
    if (!kana) {
        a.kana_family = a.kana_given = NY_STR_NONE;
    }
    if (kanji || kana) {
        compare_whole(m, cells, &a, &b, out);
    }
}

void ny_name_compare(const struct ny_match_model *m, uint32_t cells, const struct ny_record_name *a,
                     const struct ny_record_name *b, struct ny_name_match *out)
{
    *out = (struct ny_name_match){.given = NY_LEVEL_NONE, .surname = NY_LEVEL_NONE};
    if (a->kanji_unsplit || b->kanji_unsplit || a->kana_unsplit || b->kana_unsplit) {
        compare_unsplit(m, cells, *a, *b, out);
    } else {
        compare_parts(m, cells, a, b, out);
    }
}

/* ---- order ---- */

static bool is_reading_swapped(const struct ny_record_name *a, const struct ny_record_name *b)
{
    return a->kana_given.n > 0 && b->kana_given.n > 0 &&
           ny_str_equals(a->kana_family, b->kana_given) &&
           ny_str_equals(a->kana_given, b->kana_family) &&
           !ny_str_equals(a->kana_family, a->kana_given);
}

static bool is_bag_comparable(const struct ny_record_name *a, const struct ny_record_name *b)
{
    return a->bag != 0 && b->bag != 0 && (a->latin_tokens.n > 0 || b->latin_tokens.n > 0);
}

/* Frequency of a name whose surname and given name nobody can tell apart: the commoner reading of
 * it counts. Empty kana stand for the tails. */
static int32_t tf_either_order(const struct ny_match_model *m, uint32_t cells,
                               const struct ny_record_name *n)
{
    int32_t x = ny_tf_get(&m->tf, NY_TF_SURNAME_KANA, NY_TF_CELL_ANY, n->kana_family) +
                ny_tf_given(&m->tf, cells, NY_STR_NONE, n->kana_given);
    int32_t y = ny_tf_get(&m->tf, NY_TF_SURNAME_KANA, NY_TF_CELL_ANY, n->kana_given) +
                ny_tf_given(&m->tf, cells, NY_STR_NONE, n->kana_family);

    return x > y ? x : y;
}

static bool is_other_order(const struct ny_record_name *a, const struct ny_record_name *b)
{
    return is_reading_swapped(a, b) || (is_bag_comparable(a, b) && a->bag == b->bag);
}

bool ny_name_is_another(const struct ny_record_name *a, const struct ny_record_name *b)
{
    struct part_pair given;
    struct part_pair family;
    enum ny_level level;
    bool reading_equal;

    if (is_other_order(a, b)) {
        return false;
    }
    parts_take(a, b, &given, &family);
    level = given_level(&given, &reading_equal);
    if (level == NY_LEVEL_G6 || level == NY_LEVEL_N3) { /* タロウ and ジロウ, or a slip */
        level = surname_level(&family);
        return level == NY_LEVEL_S6 || level == NY_LEVEL_SN4;
    }
    return level == NY_LEVEL_G7 || level == NY_LEVEL_N4 || level == NY_LEVEL_J3;
}

bool ny_name_is_swapped(const struct ny_match_model *m, uint32_t cells,
                        const struct ny_record_name *a, const struct ny_record_name *b,
                        struct ny_name_match *out)
{
    int32_t x;
    int32_t y;

    out->tried = out->tried || is_bag_comparable(a, b);
    if (!is_other_order(a, b)) {
        return false;
    }
    x = tf_either_order(m, cells, a->kana_family.n > 0 ? a : b);
    y = tf_either_order(m, cells, b->kana_family.n > 0 ? b : a);
    *out = (struct ny_name_match){.given = NY_LEVEL_SWAP,
                                  .surname = NY_LEVEL_NONE,
                                  .compared = 2,
                                  .tried = true,
                                  .tf_given = x > y ? x : y};
    return true;
}
