/* Groups held against the truth. */

#include "lab.h"

#include <inttypes.h>
#include <stdlib.h>

struct lab_result *lab_result_create(size_t examples)
{
    struct lab_result *r = ny_calloc(1, sizeof *r);

    r->missed = lab_tally_create(examples);
    r->false_ = lab_tally_create(examples);
    r->questions = lab_tally_create(examples);
    r->uncompared = lab_tally_create(examples);
    return r;
}

void lab_result_destroy(struct lab_result *r)
{
    lab_tally_destroy(r->missed);
    lab_tally_destroy(r->false_);
    lab_tally_destroy(r->questions);
    lab_tally_destroy(r->uncompared);
    ny_free(r);
}

/* ---- one person's records ---- */

enum { RECORDS_OF_PERSON = 32 };

static bool agree(const struct lab_record *a, const struct lab_record *b)
{
    for (uint8_t i = 0; i < a->n_contacts; i++) {
        for (uint8_t k = 0; k < b->n_contacts; k++) {
            if (a->contacts[i] == b->contacts[k]) {
                return true;
            }
        }
    }
    return false;
}

/* part[i]: the smallest record that i hangs together with. */
static void tie(const struct lab_record *p, size_t n, size_t part[RECORDS_OF_PERSON])
{
    for (size_t i = 0; i < n; i++) {
        part[i] = i;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) {
            size_t from = part[i] > part[k] ? part[i] : part[k];
            size_t to = part[i] > part[k] ? part[k] : part[i];

            for (size_t x = 0; x < n && from != to && agree(&p[i], &p[k]); x++) {
                part[x] = part[x] == from ? to : part[x];
            }
        }
    }
}

static void judge_pair(struct lab_world *w, struct lab_result *r, const struct lab_record *a,
                       const struct lab_record *b, bool tied)
{
    bool linked = a->group == b->group && a->identity != 0;
    bool direct = agree(a, b);

    r->count[LAB_TRUE_PAIRS]++;
    r->count[LAB_TRUE_LINKED] += linked;
    r->count[LAB_CEILING] += tied;
    r->count[LAB_CEILING_DIRECT] += direct;
    r->count[LAB_CEILING_LINKED] += tied && linked;
    r->count[LAB_DIRECT_LINKED] += direct && linked;
    for (unsigned e = 0; e < POP_ERROR_COUNT && tied; e++) {
        bool touched = ((a->errors ^ b->errors) >> e & 1) != 0;

        r->touched[e] += touched;
        r->touched_linked[e] += touched && linked;
    }
    if (a->identity == 0 || b->identity == 0) {
        return;
    }
    if (!fake_store_has_edge(w->store, a->identity, b->identity)) {
        lab_ask_compared(w, r, a, b);
    }
    if (tied && !linked) {
        lab_ask_missed(w, r, a, b);
    }
}

static void judge_person(struct lab_world *w, struct lab_result *r, const struct lab_record *p,
                         size_t n)
{
    size_t part[RECORDS_OF_PERSON];

    NY_ASSERT(n <= RECORDS_OF_PERSON);
    tie(p, n, part);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (lab_is_linkable(&p[i]) && lab_is_linkable(&p[k])) {
                judge_pair(w, r, &p[i], &p[k], part[i] == part[k]);
            }
        }
    }
}

static void judge_people(struct lab_world *w, struct lab_result *r)
{
    for (size_t i = 0; i < w->n;) {
        size_t end = i + 1;

        while (end < w->n && w->records[end].person == w->records[i].person) {
            end++;
        }
        judge_person(w, r, &w->records[i], end - i);
        i = end;
    }
}

/* ---- groups ---- */

static int by_group(const void *a, const void *b)
{
    const struct lab_record *x = *(const struct lab_record *const *)a;
    const struct lab_record *y = *(const struct lab_record *const *)b;

    return x->group != y->group ? (x->group < y->group ? -1 : 1) : x < y ? -1 : x > y;
}

static bool are_twins(const struct lab_record *a, const struct lab_record *b)
{
    return a->household == b->household && a->twin_order != 0 && b->twin_order != 0 &&
           a->birth == b->birth && a->person != b->person;
}

static void judge_group(struct lab_world *w, struct lab_result *r, const struct lab_record **g,
                        size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool is_wrong = false;
        bool is_first = true;

        for (size_t k = 0; k < n; k++) {
            is_wrong |= g[k]->person != g[i]->person;
            is_first &= k >= i || g[k]->person != g[i]->person;
        }
        r->count[LAB_WRONG_PEOPLE] += is_wrong && is_first;
        for (size_t k = 0; k < i; k++) {
            r->count[LAB_LINKED]++;
            if (g[i]->person != g[k]->person) {
                r->count[LAB_FALSE_PAIRS]++;
                r->count[LAB_FALSE_ALIKE] += g[i]->likeness == g[k]->likeness;
                r->count[LAB_TWINS_JOINED] += are_twins(g[i], g[k]);
                lab_ask_false(w, r, g[i], g[k]);
            }
        }
    }
}

static void judge_groups(struct lab_world *w, struct lab_result *r)
{
    const struct lab_record **sorted = ny_calloc(w->n, sizeof(*sorted));
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++) {
        if (w->records[i].identity != 0) {
            sorted[n++] = &w->records[i];
        }
    }
    qsort(sorted, n, sizeof(*sorted), by_group);
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;

        while (end < n && sorted[end]->group == sorted[i]->group) {
            end++;
        }
        judge_group(w, r, &sorted[i], end - i);
        i = end;
    }
    ny_free(sorted);
}

/* The records of a household stand together. */
static void count_twins(const struct lab_world *w, struct lab_result *r)
{
    for (size_t i = 0; i < w->n; i++) {
        for (size_t k = i; k-- > 0 && w->records[k].household == w->records[i].household;) {
            r->count[LAB_TWINS_SEEN] += are_twins(&w->records[i], &w->records[k]);
        }
    }
}

void lab_judge(struct lab_world *w, struct lab_result *r)
{
    size_t reviews = fake_store_review_count(w->store);

    r->count[LAB_PEOPLE] += w->people;
    r->count[LAB_RECORDS] += (int64_t)w->n;
    r->count[LAB_REFUSED] += (int64_t)w->refused;
    judge_people(w, r);
    judge_groups(w, r);
    count_twins(w, r);
    for (size_t i = 0; i < reviews; i++) {
        lab_ask_question(w, r, fake_store_review(w->store, i));
    }
}

bool lab_is_linkable(const struct lab_record *r)
{
    return r->kind != POP_TEST && r->kind != POP_UNKNOWN && r->kind != POP_NEWBORN;
}

const char *lab_relation(const struct lab_record *a, const struct lab_record *b)
{
    enum { GENERATION_DAYS = 15 * 365 };
    int32_t apart = a->birth > b->birth ? a->birth - b->birth : b->birth - a->birth;

    if (a->person == b->person) {
        return "one person";
    }
    if (!lab_is_linkable(a) || !lab_is_linkable(b)) {
        return "test, unknown or unnamed";
    }
    if (a->household != b->household) {
        return a->kind == POP_NAMESAKE || b->kind == POP_NAMESAKE ? "namesakes" : "strangers";
    }
    if (are_twins(a, b)) {
        return "twins";
    }
    return apart >= GENERATION_DAYS       ? "parent and child"
           : a->slot <= 1 && b->slot <= 1 ? "spouses"
                                          : "siblings";
}
