/* Names, drawn by frequency.
 *
 *   listed    rows of src/match/tbl/priors.def, drawn by their share
 *   unlisted  the rest of the mass, a power law of slope 1.25 that begins at the tail's cap:
 *             p(r) = C · r^-1.25 for r in [r0, r0 + n], p(r0) = cap, total = 1 - listed;
 *             with x = r^-¼ the total is 4C(x0 - x1), and x is uniform: r = 1/x⁴
 *   rank → a name put together from pieces, scattered by a permutation of the index; a part of the
 *   young ones is read like a listed name instead (愛結 ユイ beside 結衣 ユイ), as far as pieces
 * allow
 *
 * Only + - × ÷ and square roots are used, so that every machine draws the same names. */

#include "names.h"

#include "parts.h"
#include "text.h"

#include "nayose/base.h"

#include <math.h>

#define SURNAME_CAP 2e-4
#define GIVEN_CAP 1.2e-3
#define SURNAME_COUNT 150000U
#define MAX_BAND 128
#define MAX_SPELLINGS 12
#define HOMOPHONES_F .08 /* of the unlisted names of girls born since 1985 */
#define HOMOPHONES_M .02
#define BANDS 6

struct surname_row {
    const char *form, *kana;
    uint32_t share_e6;
};

static const struct surname_row surnames[] = {
#define NY_PRIOR_SURNAME(form, kana, share_e6) {form, kana, share_e6},
#include "../../../src/match/tbl/priors.def"
};

struct given_row {
    const char *form, *kana;
    char sex;
    int from, to;
    uint32_t share_e6;
};

static const struct given_row givens[] = {
#define NY_PRIOR_GIVEN(form, kana, sex, from, to, share_e6) {form, kana, sex, from, to, share_e6},
#include "../../../src/match/tbl/priors.def"
};

/* x0 and x1 of the drawing above. */
struct tail {
    double x0, x1;
    uint32_t count;
};

struct band {
    char sex;
    int from, to;
    uint32_t n;
    const struct given_row *row[MAX_BAND];
    uint32_t cum[MAX_BAND]; /* millionths, running */
    uint32_t spellings[MAX_BAND][MAX_SPELLINGS];
    uint32_t spelling_n[MAX_BAND];
    struct tail tail;
};

#define LISTED_SLOTS 2048 /* a power of two, more than twice the listed surnames */

struct pop_names {
    uint64_t listed[LISTED_SLOTS]; /* hashes of listed surname forms, open addressing, 0: free */
    uint32_t surname_cum[NY_ARRAY_LEN(surnames)];
    struct tail surname_tail;
    uint32_t band_count;
    struct band bands[2 * BANDS];
};

static double fourth_root_inverse(double r)
{
    return 1.0 / sqrt(sqrt(r));
}

/* Finds r0 by bisection: a larger r0 makes a flatter, heavier tail under the same cap. */
static struct tail tail_fit(double mass, double cap, uint32_t count)
{
    double lo = 1.0;
    double hi = 1e7;
    struct tail t = {0.0, 0.0, count};

    for (int i = 0; i < 80; i++) {
        double r0 = (lo + hi) / 2;
        double c;

        t.x0 = fourth_root_inverse(r0);
        t.x1 = fourth_root_inverse(r0 + count);
        c = cap / (t.x0 * t.x0 * t.x0 * t.x0 * t.x0);
        if (4 * c * (t.x0 - t.x1) < mass) {
            lo = r0;
        } else {
            hi = r0;
        }
    }
    return t;
}

static uint32_t tail_draw(const struct tail *t, struct pop_rng *r)
{
    double x = t->x0 - pop_rng_unit(r) * (t->x0 - t->x1);
    double r0 = 1.0 / (t->x0 * t->x0 * t->x0 * t->x0);
    double rank = 1.0 / (x * x * x * x) - r0;

    return rank <= 0.0 ? 0 : rank >= t->count ? t->count - 1 : (uint32_t)rank;
}

static struct band *band_of(struct pop_names *n, const struct given_row *g)
{
    for (uint32_t i = 0; i < n->band_count; i++) {
        if (n->bands[i].sex == g->sex && n->bands[i].from == g->from) {
            return &n->bands[i];
        }
    }
    NY_ASSERT(n->band_count < NY_ARRAY_LEN(n->bands));
    n->bands[n->band_count] = (struct band){.sex = g->sex, .from = g->from, .to = g->to};
    return &n->bands[n->band_count++];
}

/* The slot of a form: its own, or the free one where it belongs. */
static uint32_t listed_slot(const struct pop_names *n, const char *form, uint64_t *hash)
{
    uint32_t at;

    *hash = ny_hash64(ny_str_from_c(form)) | 1;
    at = (uint32_t)(*hash >> 32) % LISTED_SLOTS;
    while (n->listed[at] != 0 && n->listed[at] != *hash) {
        at = (at + 1) % LISTED_SLOTS;
    }
    return at;
}

/* Other spellings of the listed readings. */
static void spellings_find(struct band *b)
{
    int era = pop_parts_era(b->from);

    for (uint32_t i = 0; i < b->n && era == 2; i++) {
        b->spelling_n[i] =
            pop_parts_read_as(b->sex, era, b->row[i]->kana, b->spellings[i], MAX_SPELLINGS);
    }
}

struct pop_names *pop_names_create(void)
{
    struct pop_names *n = ny_calloc(1, sizeof *n);
    uint32_t sum = 0;
    uint64_t hash;
    uint32_t at;

    for (size_t i = 0; i < NY_ARRAY_LEN(surnames); i++) {
        sum += surnames[i].share_e6;
        n->surname_cum[i] = sum;
        at = listed_slot(n, surnames[i].form, &hash);
        n->listed[at] = hash;
    }
    n->surname_tail = tail_fit(1.0 - sum / 1e6, SURNAME_CAP, SURNAME_COUNT);
    for (size_t i = 0; i < NY_ARRAY_LEN(givens); i++) {
        struct band *b = band_of(n, &givens[i]);

        NY_ASSERT(b->n < MAX_BAND);
        b->row[b->n] = &givens[i];
        b->cum[b->n] = (b->n > 0 ? b->cum[b->n - 1] : 0) + givens[i].share_e6;
        b->n++;
    }
    for (uint32_t i = 0; i < n->band_count; i++) {
        struct band *b = &n->bands[i];
        uint32_t count = pop_parts_given_count(b->sex, pop_parts_era(b->from));

        b->tail = tail_fit(1.0 - b->cum[b->n - 1] / 1e6, GIVEN_CAP, count);
        spellings_find(b);
    }
    return n;
}

void pop_names_destroy(struct pop_names *n)
{
    ny_free(n);
}

/* First row whose running sum is above v; n when v lies in the tail. */
static uint32_t pick(const uint32_t *cum, uint32_t n, uint32_t v)
{
    uint32_t lo = 0;
    uint32_t hi = n;

    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;

        if (cum[mid] > v) {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    return lo;
}

static bool is_listed_surname(const struct pop_names *n, const char *form)
{
    uint64_t hash;

    return n->listed[listed_slot(n, form, &hash)] != 0;
}

void pop_names_surname(const struct pop_names *n, struct pop_rng *r, struct pop_name *out)
{
    uint32_t i = pick(n->surname_cum, NY_ARRAY_LEN(surnames), pop_rng_below(r, 1000000));

    if (i < NY_ARRAY_LEN(surnames)) {
        pop_copy(out->form, sizeof out->form, surnames[i].form);
        pop_copy(out->kana, sizeof out->kana, surnames[i].kana);
        return;
    }
    do {
        pop_parts_surname(tail_draw(&n->surname_tail, r), out);
    } while (is_listed_surname(n, out->form));
}

static const struct band *band_find(const struct pop_names *n, char sex, int year)
{
    for (uint32_t i = 0; i < n->band_count; i++) {
        const struct band *b = &n->bands[i];

        if (b->sex == sex && year >= b->from && year <= b->to) {
            return b;
        }
    }
    ny_assert_failed("the bands of priors.def cover every year", __FILE__, __LINE__);
}

/* An unlisted spelling of a listed reading, by the share of the listed name. */
static bool homophone_draw(const struct band *b, struct pop_rng *r, struct pop_name *out)
{
    double share = pop_parts_era(b->from) < 2 ? 0 : b->sex == 'F' ? HOMOPHONES_F : HOMOPHONES_M;
    bool wanted = pop_rng_chance(r, share);
    uint32_t i = wanted ? pick(b->cum, b->n, pop_rng_below(r, b->cum[b->n - 1])) : 0;

    if (!wanted || b->spelling_n[i] == 0) {
        return false;
    }
    pop_parts_given_at(b->sex, pop_parts_era(b->from),
                       b->spellings[i][pop_rng_below(r, b->spelling_n[i])], out);
    return true;
}

void pop_names_given(const struct pop_names *n, struct pop_rng *r, char sex, int year,
                     struct pop_name *out)
{
    const struct band *b = band_find(n, sex, year);
    uint32_t i = pick(b->cum, b->n, pop_rng_below(r, 1000000));
    char kana[64];

    if (i < b->n) {
        pop_copy(out->form, sizeof out->form, b->row[i]->form);
        pop_copy(out->kana, sizeof out->kana, b->row[i]->kana);
        return;
    }
    if (homophone_draw(b, r, out)) {
        return;
    }
    pop_parts_given(sex, pop_parts_era(year), tail_draw(&b->tail, r), out);
    if (sex == 'F' && pop_rng_chance(r, .06)) { /* written in kana: old katakana, young hiragana */
        pop_copy(kana, sizeof kana, out->kana);
        if (year < 1945) {
            pop_copy(out->form, sizeof out->form, kana);
        } else {
            pop_kana_hiragana(out->form, sizeof out->form, kana);
        }
    }
}

bool pop_names_given_homophone(char sex, const struct pop_name *like, struct pop_name *out)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(givens); i++) {
        if (givens[i].sex == sex && strcmp(givens[i].kana, like->kana) == 0 &&
            strcmp(givens[i].form, like->form) != 0) {
            pop_copy(out->form, sizeof out->form, givens[i].form);
            pop_copy(out->kana, sizeof out->kana, givens[i].kana);
            return true;
        }
    }
    return false;
}
