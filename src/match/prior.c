/* Starting frequencies (10): the rows of tbl/priors.def, folded, added up and spread over the
 * cells.
 *
 *   row (form, kana, sex, years, share) ─▶ items of a table, band and text
 *     sort, add up inside a band ─▶ 1.5 × for kana, floors ─▶ one entry a decade that the band
 * touches
 *
 * A decade that two bands touch takes the larger share: the index keeps the larger of two entries.
 */

#include "match_priv.h"

#include <stdlib.h>

/* What the rules of §3.2 and §10 fix. The rule for kana is stated for given names; surnames take
 * the same factor, on the listed sum and on the tail. */
static const double tail_surname = 2e-4;
static const double tail_given = 1.2e-3;
static const double tail_given_kana = 1.0 / 225;
static const double kana_factor = 1.5; /* spellings that are not listed */
static const double birth_date = 1.0 / 27000;
static const double floor_share = 2e-7;

enum { BAND_NONE = 0 };

struct row {
    const char *form, *kana;
    char sex; /* 0: surname */
    int16_t from, to;
    int32_t share_e6;
};

static const struct row rows[] = {
#define NY_PRIOR_SURNAME(form, kana, share_e6) {form, kana, 0, BAND_NONE, BAND_NONE, share_e6},
#define NY_PRIOR_GIVEN(form, kana, sex, from, to, share_e6) {form, kana, sex, from, to, share_e6},
#include "tbl/priors.def"
};

struct item {
    enum ny_tf_table table;
    char sex;
    int16_t from, to;
    ny_str text;
    double share;
};

static int items_compare(const void *a, const void *b)
{
    const struct item *x = a;
    const struct item *y = b;

    if (x->table != y->table) {
        return x->table < y->table ? -1 : 1;
    }
    if (x->sex != y->sex) {
        return x->sex < y->sex ? -1 : 1;
    }
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    return ny_str_compare(x->text, y->text);
}

/* The folded forms of a row. An empty text means that folding failed: a row nobody can meet. */
static void row_fold(struct ny_arena *a, const struct row *r, ny_str *kanji, ny_str *kana,
                     ny_str *both)
{
    ny_str k1 = NY_STR_NONE;
    ny_str k2 = NY_STR_NONE;
    char *bytes;

    NY_ASSERT(ny_text_kanji_fold(a, ny_str_from_c(r->form), kanji) == NY_OK);
    NY_ASSERT(ny_text_kana_k1(a, ny_str_from_c(r->kana), &k1) == NY_OK);
    NY_ASSERT(ny_text_kana_k2(a, k1, &k2) == NY_OK);
    bytes = ny_arena_alloc(a, k2.n + 1);
    NY_ASSERT(bytes != NULL);
    *kana = ny_str_of(bytes, ny_kana_pack(k2, bytes));
    *both = ny_arena_printf(a, "%.*s/%.*s", NY_ARG(*kanji), NY_ARG(*kana));
    NY_ASSERT(both->p != NULL);
}

static size_t items_collect(struct ny_arena *a, struct item *items)
{
    size_t n = 0;

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        const struct row *r = &rows[i];
        struct item it = {.sex = r->sex, .from = r->from, .to = r->to};
        ny_str kanji = NY_STR_NONE;
        ny_str kana = NY_STR_NONE;
        ny_str both = NY_STR_NONE;

        row_fold(a, r, &kanji, &kana, &both);
        it.share = r->share_e6 / 1e6;
        it.table = r->sex == 0 ? NY_TF_SURNAME_KANJI : NY_TF_GIVEN_KANJI;
        it.text = kanji;
        items[n++] = it;
        it.table = r->sex == 0 ? NY_TF_SURNAME_KANA : NY_TF_GIVEN_KANA;
        it.text = kana;
        items[n++] = it;
        if (r->sex != 0) {
            it.table = NY_TF_GIVEN_BOTH;
            it.text = both;
            items[n++] = it;
        }
    }
    return n;
}

/* Equal items become one with the sum of the shares; returns how many stay. */
static size_t items_add_up(struct item *items, size_t n)
{
    size_t kept = 0;

    qsort(items, n, sizeof(*items), items_compare);
    for (size_t i = 0; i < n; i++) {
        if (kept > 0 && items_compare(&items[kept - 1], &items[i]) == 0) {
            items[kept - 1].share += items[i].share;
        } else {
            items[kept++] = items[i];
        }
    }
    return kept;
}

static int32_t item_bits(const struct item *it)
{
    double share = it->share;

    if (it->table == NY_TF_SURNAME_KANA) {
        share = share * kana_factor;
    } else if (it->table == NY_TF_GIVEN_KANA) {
        share = share * kana_factor > tail_given_kana ? share * kana_factor : tail_given_kana;
    }
    return ny_bits_of(share > floor_share ? share : floor_share);
}

static void item_put(struct ny_tf *tf, const struct item *it)
{
    int32_t bits = item_bits(it);
    unsigned first = it->sex == 'M' ? NY_TF_DECADES : 0;

    if (it->sex == 0) {
        ny_tf_add(tf, it->table, NY_TF_CELL_ANY, it->text, bits);
        return;
    }
    for (unsigned d = 0; d < NY_TF_DECADES; d++) {
        int year = NY_TF_DECADE_FIRST + (int)d * 10;

        if (it->from <= year + 9 && it->to >= year) {
            ny_tf_add(tf, it->table, first + d, it->text, bits);
        }
    }
}

void ny_tf_add_priors(struct ny_tf *tf)
{
    struct ny_arena *a = ny_arena_create(0);
    struct item *items = ny_calloc(NY_ARRAY_LEN(rows) * 3, sizeof(*items));
    size_t n = items_add_up(items, items_collect(a, items));

    for (size_t i = 0; i < n; i++) {
        item_put(tf, &items[i]);
    }
    ny_tf_tail_set(tf, NY_TF_SURNAME_KANJI, ny_bits_of(tail_surname));
    ny_tf_tail_set(tf, NY_TF_SURNAME_KANA, ny_bits_of(tail_surname * kana_factor));
    ny_tf_tail_set(tf, NY_TF_GIVEN_KANJI, ny_bits_of(tail_given));
    ny_tf_tail_set(tf, NY_TF_GIVEN_KANA, ny_bits_of(tail_given_kana));
    ny_tf_tail_set(tf, NY_TF_GIVEN_BOTH,
                   ny_bits_of(tail_given)); /* not read: the smaller of the two counts */
    ny_tf_tail_set(tf, NY_TF_BIRTH_YEAR, ny_bits_of(birth_date));
    ny_tf_tail_set(tf, NY_TF_BIRTH_SPIKE,
                   ny_bits_of(birth_date)); /* not read: only listed dates count */
    ny_free(items);
    ny_arena_destroy(a);
}
