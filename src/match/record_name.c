/* Name variants of a record: the live values of the NAME set, folded, current legal first.
 *
 *   values (newest first) ─order─▶ current legal, then the rest ─fold─▶ variants, former surnames
 *     from brackets behind theirs ─▶ without empty ones and repetitions, at most 16
 *
 * A former surname is often sent without the given name: it takes that of the first variant, since
 * a variant of a surname alone would hide that the given names differ. */

#include "record_priv.h"

#include <stdlib.h>

enum { TOKENS_MAX = 8, NEWBORN_DAYS = 60 };

static struct ny_text_name_raw raw_of(const struct ny_value *v)
{
    return (struct ny_text_name_raw){
        .kanji = {ny_value_part(v, NY_PART_NAME_KANJI_FAMILY),
                  ny_value_part(v, NY_PART_NAME_KANJI_GIVEN),
                  ny_value_part(v, NY_PART_NAME_KANJI_MIDDLE)},
        .kana = {ny_value_part(v, NY_PART_NAME_KANA_FAMILY),
                  ny_value_part(v, NY_PART_NAME_KANA_GIVEN),
                  ny_value_part(v, NY_PART_NAME_KANA_MIDDLE) },
        .latin = {ny_value_part(v, NY_PART_NAME_LATIN_FAMILY),
                  ny_value_part(v, NY_PART_NAME_LATIN_GIVEN),
                  ny_value_part(v, NY_PART_NAME_LATIN_MIDDLE)},
    };
}

static char type_of(const struct ny_value *v)
{
    ny_str t = ny_value_part(v, NY_PART_NAME_TYPE);

    return t.n > 0 ? t.p[0] : 0;
}

/* ---- token bag ---- */

struct tokens {
    ny_str t[TOKENS_MAX];
    size_t n;
};

static int tokens_compare(const void *a, const void *b)
{
    return ny_str_compare(*(const ny_str *)a, *(const ny_str *)b);
}

/* Adds the skeletons of the kana words in raw. */
static ny_rc tokens_add(struct ny_arena *a, ny_str raw, struct tokens *t)
{
    ny_str rest = NY_STR_NONE;
    ny_rc rc = ny_text_fold(a, raw, &rest);

    while (rc == NY_OK && rest.p != NULL && t->n < TOKENS_MAX) {
        ny_str k1 = NY_STR_NONE;
        ny_str latin = NY_STR_NONE;

        rc = ny_text_kana_k1(a, ny_str_split(&rest, ' '), &k1);
        if (rc == NY_OK) {
            rc = ny_text_kana_to_latin(a, k1, &latin);
        }
        if (rc == NY_OK && latin.n > 0) {
            t->t[t->n++] = latin;
        }
    }
    return rc;
}

/* The bag of a kana name, from k1: the small kana matter here (キョウ is KYO, キヨウ is KIYO). */
static ny_rc kana_bag(struct ny_arena *a, const struct ny_text_name_raw *raw, bool has_given,
                      uint32_t *out)
{
    bool in_kana = raw->kana.family.n > 0 || raw->kana.given.n > 0;
    ny_str family = in_kana ? raw->kana.family : raw->kanji.family;
    ny_str given = in_kana ? raw->kana.given : raw->kanji.given;
    struct tokens t = {.n = 0};
    struct ny_buf b;
    ny_rc rc = tokens_add(a, family, &t);

    if (rc == NY_OK && has_given) {
        rc = tokens_add(a, given, &t);
    }
    if (rc != NY_OK || t.n == 0) {
        return rc;
    }
    qsort(t.t, t.n, sizeof(t.t[0]), tokens_compare);
    ny_buf_init(&b, a);
    for (size_t i = 0; i < t.n; i++) {
        ny_buf_add_c(&b, i > 0 ? " " : "");
        ny_buf_add(&b, t.t[i]);
    }
    *out = b.failed ? 0 : ny_hash32(ny_buf_str(&b));
    return b.failed ? NY_ELIMIT : NY_OK;
}

/* ---- variants ---- */

/* At most NY_NAME_PART_MAX bytes, cut between characters. */
static ny_str cut_utf8(ny_str s)
{
    size_t n = s.n;

    if (n > NY_NAME_PART_MAX) {
        n = NY_NAME_PART_MAX;
        while (n > 0 && ((uint8_t)s.p[n] & 0xC0) == 0x80) {
            n--;
        }
    }
    return ny_str_sub(s, 0, n);
}

static ny_rc kana_bytes(struct ny_arena *a, ny_str k2, ny_str *out)
{
    char *bytes = ny_arena_alloc(a, k2.n + 1);

    if (bytes == NULL) {
        return NY_ELIMIT;
    }
    *out = ny_str_sub(ny_str_of(bytes, ny_kana_pack(k2, bytes)), 0, NY_NAME_PART_MAX);
    return NY_OK;
}

static bool is_same_name(const struct ny_record_name *a, const struct ny_record_name *b)
{
    return ny_str_equals(a->kanji_family, b->kanji_family) &&
           ny_str_equals(a->kanji_given, b->kanji_given) &&
           ny_str_equals(a->kana_family, b->kana_family) &&
           ny_str_equals(a->kana_given, b->kana_given) &&
           ny_str_equals(a->latin_tokens, b->latin_tokens);
}

static bool is_empty_name(const struct ny_record_name *n)
{
    return n->kanji_family.n + n->kanji_given.n + n->kana_family.n + n->kana_given.n +
               n->latin_tokens.n ==
           0;
}

static void name_add(struct ny_record *r, const struct ny_record_name *n)
{
    if (is_empty_name(n) || r->n_names == NY_RECORD_NAMES_MAX) {
        return;
    }
    for (size_t i = 0; i < r->n_names; i++) {
        if (is_same_name(&r->names[i], n)) {
            return;
        }
    }
    r->names[r->n_names++] = *n;
}

/* A maiden or birth name sent as a surname alone gets the given name of the first variant. */
static void given_complete(const struct ny_record *r, struct ny_record_name *n)
{
    const struct ny_record_name *first = &r->names[0];

    if (r->n_names == 0 || (n->type != 'M' && n->type != 'B') || n->kanji_given.n > 0 ||
        n->kana_given.n > 0 || n->latin_tokens.n > 0) {
        return;
    }
    if (n->kanji_family.n > 0 && first->kanji_given.n > 0) {
        n->kanji_given = first->kanji_given;
        n->kanji_unsplit = false;
    }
    if (n->kana_family.n > 0 && first->kana_given.n > 0) {
        n->kana_given = first->kana_given;
        n->kana_unsplit = false;
    }
    n->kanji_wild = n->kanji_wild || first->kanji_wild;
    n->bag = 0; /* was the surname's alone */
}

static ny_rc former_add(struct ny_arena *a, const struct ny_text_name *t,
                        const struct ny_record_name *n, struct ny_record *r)
{
    struct ny_record_name former = *n;
    ny_rc rc;

    if (t->former_family_kanji.n == 0 && t->former_family_kana.n == 0) {
        return NY_OK;
    }
    former.type = 'M';
    former.kanji_family = cut_utf8(t->former_family_kanji);
    former.kanji_given = former.kanji_family.n > 0 ? n->kanji_given : NY_STR_NONE;
    former.kanji_unsplit = former.kanji_family.n > 0 && former.kanji_given.n == 0;
    former.kana_family = NY_STR_NONE;
    former.latin_tokens = NY_STR_NONE;
    former.bag = 0;
    rc = kana_bytes(a, t->former_family_kana, &former.kana_family);
    former.kana_given = n->kana_given; /* without a surname it still tells the given name */
    former.kana_unsplit = former.kana_family.n > 0 && former.kana_given.n == 0;
    if (rc == NY_OK) {
        name_add(r, &former);
    }
    return rc;
}

/* ---- flags ---- */

static void flags_from_name(struct ny_record *r, const struct ny_text_name *t, bool is_first,
                            bool is_current, int32_t age_days)
{
    bool no_given = t->kanji_given.n == 0 && t->kana_given.n == 0 && t->latin_given.n == 0;

    if (!is_current) {
        return; /* what a name was before it was known says nothing now */
    }
    if (t->name_class == NY_NAME_TEST) {
        r->flags |= NY_RECORD_TEST;
    }
    if (is_first && t->name_class == NY_NAME_UNKNOWN) {
        r->flags |= NY_RECORD_UNKNOWN_NAME;
    }
    if (is_first && t->name_class != NY_NAME_UNKNOWN &&
        (t->name_class == NY_NAME_NEWBORN ||
         (no_given && age_days >= 0 && age_days <= NEWBORN_DAYS))) {
        r->flags |= NY_RECORD_NEWBORN;
    }
}

static int32_t age_at(const struct ny_record *r, int64_t at_us)
{
    if (r->birth.precision != NY_DATE_DAY) {
        return -1;
    }
    int32_t age = ny_day_in_japan(at_us) - ny_days_from_civil(r->birth.y, r->birth.m, r->birth.d);

    return age < 0 ? -1 : age;
}

static ny_rc variant_add(struct ny_arena *a, const struct ny_patient *p, const struct ny_value *v,
                         bool is_first, struct ny_record *r)
{
    struct ny_text_name_raw raw = raw_of(v);
    struct ny_text_name_hints hints = {p->singles[NY_SINGLE_MOTHER_NAME].value,
                                       age_at(r, v->last.at_us)};
    struct ny_record_name n = {.type = (uint8_t)type_of(v)};
    struct ny_text_name t;
    ny_rc rc = ny_text_name_fold(a, &raw, &hints, &t);

    if (rc == NY_OK) {
        rc = kana_bytes(a, t.kana_family, &n.kana_family);
    }
    if (rc == NY_OK) {
        rc = kana_bytes(a, t.kana_given, &n.kana_given);
    }
    if (rc == NY_OK && t.latin_tokens.n == 0 && n.kana_family.n > 0) {
        rc = kana_bag(a, &raw, n.kana_given.n > 0, &n.bag);
    }
    if (rc != NY_OK) {
        return rc;
    }
    n.kanji_family = cut_utf8(t.kanji_family);
    n.kanji_given = cut_utf8(t.kanji_given);
    n.latin_tokens = cut_utf8(t.latin_tokens);
    n.bag = t.latin_tokens.n > 0 ? ny_hash32(t.latin_tokens) : n.bag;
    n.kanji_unsplit = t.kanji_unsplit;
    n.kana_unsplit = t.kana_unsplit && n.kana_family.n > 0;
    n.kanji_wild = t.kanji_wild;
    n.kanji_is_kana = t.kanji_is_kana;
    flags_from_name(r, &t, is_first, ny_value_is_current(&p->sets[NY_SET_NAME], v), hints.age_days);
    given_complete(r, &n);
    name_add(r, &n);
    return former_add(a, &t, &n, r);
}

ny_rc ny_record_fill_names(struct ny_arena *a, const struct ny_patient *p, struct ny_record *r)
{
    const struct ny_set *s = &p->sets[NY_SET_NAME];
    size_t first = ny_patient_leading_name(p);
    ny_rc rc = NY_OK;

    if (first < s->n) {
        rc = variant_add(a, p, &s->values[first], true, r);
    }
    for (size_t i = 0; i < s->n && rc == NY_OK; i++) {
        if (i != first && ny_value_is_live(s, &s->values[i])) {
            rc = variant_add(a, p, &s->values[i], false, r);
        }
    }
    return rc;
}
