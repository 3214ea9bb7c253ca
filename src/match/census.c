/* The census: how many people have a name or a birth year, and the frequencies that follow (3.2).
 *
 *   person ─▶ records ─▶ (table, cell, text), each once a person ─▶ weight
 *   put: counted values ∪ shipped ones, sorted ─▶ (c + a p0) / (n + a) ─▶ one entry each
 *
 * What stands in a table is what a comparison looks up there: unsplit names and names with an
 * unreadable character are not counted, and a given name only where sex and decade are known. */

#include "match_priv.h"

#include <math.h>
#include <stdlib.h>

static const double pseudo_people = 20000; /* a */
static const double floor_share = 2e-7;
static const double days_a_year = 365.25;

struct ny_match_census {
    struct ny_tf values; /* an entry's bits are its weight */
    uint32_t *person;    /* [values.cap] the last person counted for an entry */
    size_t person_cap;
    uint32_t *slots; /* open addressing, entry + 1 */
    size_t n_slots;
    uint32_t serial; /* the person being counted */
    unsigned weight;
    int64_t people[NY_TF_COUNT][NY_TF_CELLS + 1]; /* weight of those with a value there */
    uint32_t last[NY_TF_COUNT][NY_TF_CELLS + 1];
};

struct ny_match_census *ny_match_census_create(void)
{
    return ny_calloc(1, sizeof(struct ny_match_census));
}

void ny_match_census_destroy(struct ny_match_census *c)
{
    if (c == NULL) {
        return;
    }
    ny_tf_finish(&c->values);
    ny_free(c->person);
    ny_free(c->slots);
    ny_free(c);
}

void ny_match_census_person(struct ny_match_census *c, unsigned weight)
{
    c->serial++;
    c->weight = weight;
}

/* ---- counting ---- */

static size_t slot_of(const struct ny_match_census *c, enum ny_tf_table table, unsigned cell,
                      ny_str text)
{
    size_t at = (size_t)ny_tf_hash(table, cell, text) & (c->n_slots - 1);

    while (c->slots[at] != 0) {
        const struct ny_tf_entry *e = &c->values.entries[c->slots[at] - 1];

        if (e->table == table && e->cell == cell &&
            ny_str_equals(ny_tf_entry_text(&c->values, e), text)) {
            break;
        }
        at = (at + 1) & (c->n_slots - 1);
    }
    return at;
}

static void slots_grow(struct ny_match_census *c)
{
    if (c->n_slots > c->values.n * 2) {
        return;
    }
    ny_free(c->slots);
    c->n_slots = c->n_slots > 0 ? c->n_slots * 2 : 4096;
    c->slots = ny_calloc(c->n_slots, sizeof(*c->slots));
    for (size_t i = 0; i < c->values.n; i++) {
        const struct ny_tf_entry *e = &c->values.entries[i];

        c->slots[slot_of(c, e->table, e->cell, ny_tf_entry_text(&c->values, e))] = (uint32_t)i + 1;
    }
}

static void value_count(struct ny_match_census *c, enum ny_tf_table table, unsigned cell,
                        ny_str text)
{
    size_t at;
    size_t i;

    if (text.n == 0 || text.n > NY_TF_TEXT_MAX) {
        return;
    }
    slots_grow(c);
    at = slot_of(c, table, cell, text);
    if (c->slots[at] == 0) {
        ny_tf_add(&c->values, table, cell, text, 0);
        c->slots[at] = (uint32_t)c->values.n;
        if (c->person_cap < c->values.cap) {
            c->person_cap = c->values.cap;
            c->person = ny_realloc(c->person, ny_mul_size(c->person_cap, sizeof(*c->person)));
        }
        c->person[c->values.n - 1] = 0;
    }
    i = c->slots[at] - 1;
    if (c->person[i] != c->serial) {
        c->person[i] = c->serial;
        c->values.entries[i].bits += (int32_t)c->weight;
    }
    if (c->last[table][cell] != c->serial) {
        c->last[table][cell] = c->serial;
        c->people[table][cell] += c->weight;
    }
}

/* The one cell of a person; NY_TF_CELL_ANY where sex or decade are not known. */
static unsigned cell_of(const struct ny_record *r)
{
    uint32_t cells = ny_tf_cells(r->sex, r->birth);

    return (cells & (cells - 1)) == 0 ? (unsigned)__builtin_ctz(cells) : NY_TF_CELL_ANY;
}

static void name_count(struct ny_match_census *c, unsigned cell, const struct ny_record_name *n)
{
    char buf[NY_NAME_PART_MAX * 2 + 1];
    bool kanji = !n->kanji_unsplit && !n->kanji_wild;
    ny_str kanji_given = kanji ? n->kanji_given : NY_STR_NONE;
    ny_str kana_given = n->kana_unsplit ? NY_STR_NONE : n->kana_given;

    if (kanji) {
        value_count(c, NY_TF_SURNAME_KANJI, NY_TF_CELL_ANY, n->kanji_family);
    }
    if (!n->kana_unsplit) {
        value_count(c, NY_TF_SURNAME_KANA, NY_TF_CELL_ANY, n->kana_family);
    }
    if (cell != NY_TF_CELL_ANY) {
        value_count(c, NY_TF_GIVEN_KANJI, cell, kanji_given);
        value_count(c, NY_TF_GIVEN_KANA, cell, kana_given);
    }
    if (cell != NY_TF_CELL_ANY && ny_str_find(kanji_given, '/') == kanji_given.n) {
        value_count(c, NY_TF_GIVEN_BOTH, cell, ny_tf_pair(kanji_given, kana_given, buf));
    }
}

void ny_match_census_record(struct ny_match_census *c, const struct ny_record *r)
{
    unsigned cell = cell_of(r);

    NY_ASSERT(c->serial > 0);
    for (size_t i = 0; i < r->n_names; i++) {
        name_count(c, cell, &r->names[i]);
    }
    if (r->birth.precision == NY_DATE_DAY) {
        char buf[8];

        value_count(c, NY_TF_BIRTH_YEAR, NY_TF_CELL_ANY,
                    ny_str_sub(ny_tf_date(r->birth, buf), 0, 4));
    }
}

/* ---- frequencies ---- */

static double people_of(const struct ny_match_census *c, enum ny_tf_table table, unsigned cell)
{
    return (double)c->people[table][cell] / NY_CENSUS_PERSON;
}

/* count people of n have the value, whose shipped share is p0. */
static int32_t frequency(enum ny_tf_table table, double count, double n, double p0)
{
    double days = table == NY_TF_BIRTH_YEAR ? days_a_year : 1; /* of a date in the year */
    double share = (count / days + pseudo_people * p0) / (n + pseudo_people);
    double least = 1 / (2 * (n + pseudo_people));

    least = least > floor_share ? least : floor_share;
    return ny_bits_of(share > least ? share : least);
}

/* The shipped share of a value, listed there or not. */
static double shipped(const struct ny_tf *prior, enum ny_tf_table table, unsigned cell, ny_str text)
{
    size_t cut = ny_str_find(text, '/'); /* the byte of a kana may be a second one */
    int32_t bits;

    if (table != NY_TF_GIVEN_BOTH || ny_tf_find(prior, table, cell, text, &bits)) {
        return exp2(ny_tf_get(prior, table, cell, text) / 1024.0);
    }
    bits = ny_tf_get(prior, NY_TF_GIVEN_KANJI, cell, ny_str_sub(text, 0, cut));
    if (bits > ny_tf_get(prior, NY_TF_GIVEN_KANA, cell, ny_str_sub(text, cut + 1, text.n))) {
        bits = ny_tf_get(prior, NY_TF_GIVEN_KANA, cell, ny_str_sub(text, cut + 1, text.n));
    }
    return exp2(bits / 1024.0);
}

struct listed {
    enum ny_tf_table table;
    unsigned cell;
    ny_str text;
};

static int by_text(const void *pa, const void *pb)
{
    const struct listed *a = pa;
    const struct listed *b = pb;

    if (a->table != b->table) {
        return a->table < b->table ? -1 : 1;
    }
    if (a->cell != b->cell) {
        return a->cell < b->cell ? -1 : 1;
    }
    return ny_str_compare(a->text, b->text);
}

/* All that is to be listed, sorted: what is shipped, and what more than one person has. */
static struct listed *list_make(const struct ny_match_census *c, const struct ny_tf *prior,
                                size_t *out_n)
{
    struct listed *list = ny_calloc(prior->n + c->values.n + 1, sizeof(*list));
    size_t n = 0;

    for (size_t i = 0; i < prior->n; i++) {
        const struct ny_tf_entry *e = &prior->entries[i];

        list[n++] = (struct listed){e->table, e->cell, ny_tf_entry_text(prior, e)};
    }
    for (size_t i = 0; i < c->values.n; i++) {
        const struct ny_tf_entry *e = &c->values.entries[i];

        if (e->bits > NY_CENSUS_PERSON) {
            list[n++] = (struct listed){e->table, e->cell, ny_tf_entry_text(&c->values, e)};
        }
    }
    qsort(list, n, sizeof(*list), by_text);
    *out_n = n;
    return list;
}

/* What nobody has, or one person. */
static void tails_put(const struct ny_match_census *c, const struct ny_tf *prior, struct ny_tf *tf)
{
    for (int t = 0; t < NY_TF_BIRTH_SPIKE; t++) {
        enum ny_tf_table table = (enum ny_tf_table)t;
        bool has_cells = table >= NY_TF_GIVEN_KANJI && table <= NY_TF_GIVEN_BOTH;
        int32_t largest = INT32_MIN;

        for (unsigned cell = has_cells ? 0 : NY_TF_CELL_ANY; cell <= NY_TF_CELL_ANY; cell++) {
            double n = people_of(c, table, cell);
            double p0 = exp2(prior->tail[table][cell] / 1024.0);
            int32_t bits = frequency(table, n > 0 ? 1 : 0, n, p0);

            if (cell < NY_TF_CELL_ANY) {
                tf->tail[table][cell] = bits;
                largest = bits > largest ? bits : largest;
            } else if (has_cells) {
                tf->tail[table][cell] = largest;
            } else {
                ny_tf_tail_set(tf, table, bits);
            }
        }
    }
}

void ny_census_put(const struct ny_match_census *c, struct ny_tf *tf)
{
    struct ny_tf prior = {0};
    struct listed *list;
    size_t n;

    ny_tf_add_priors(&prior);
    ny_tf_index(&prior);
    list = list_make(c, &prior, &n);
    for (size_t i = 0; i < n; i++) {
        const struct listed *l = &list[i];
        size_t at = c->n_slots > 0 ? slot_of(c, l->table, l->cell, l->text) : 0;
        double count = 0;

        if (i > 0 && by_text(&list[i - 1], l) == 0) {
            continue;
        }
        if (c->n_slots > 0 && c->slots[at] != 0) {
            count = (double)c->values.entries[c->slots[at] - 1].bits / NY_CENSUS_PERSON;
        }
        ny_tf_add(tf, l->table, l->cell, l->text,
                  frequency(l->table, count, people_of(c, l->table, l->cell),
                            shipped(&prior, l->table, l->cell, l->text)));
    }
    tails_put(c, &prior, tf);
    ny_free(list);
    ny_tf_finish(&prior);
}
