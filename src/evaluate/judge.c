/* A grouping judged against the truth: once through the people for what should be linked, once
 * through the groups for what is. */

#include <stdlib.h>

#include "nayose/evaluate.h"

struct judging {
    const struct ny_judged_record *records;
    ny_pair_fn fn;
    void *ctx;
    struct ny_judgement *out;
    uint32_t *part; /* [n] of the person or group at hand */
};

static uint64_t pairs_of(uint64_t n)
{
    return n * (n - 1) / 2;
}

static bool is_linked(const struct ny_judged_record *a, const struct ny_judged_record *b)
{
    return a->group != 0 && a->group == b->group;
}

static void tell(const struct judging *j, enum ny_pair_kind kind, uint32_t a, uint32_t b)
{
    if (j->fn != NULL) {
        j->fn(j->ctx, kind, a, b);
    }
}

/* ---- what hangs together ---- */

typedef bool (*related_fn)(const struct ny_judged_record *a, const struct ny_judged_record *b);

static bool contact_agrees(const struct ny_judged_record *a, const struct ny_judged_record *b)
{
    for (uint32_t i = 0; i < a->n_contacts; i++) {
        for (uint32_t k = 0; k < b->n_contacts; k++) {
            if (a->contacts[i] == b->contacts[k]) {
                return true;
            }
        }
    }
    return false;
}

static bool is_exempt(const struct ny_judged_record *a, const struct ny_judged_record *b)
{
    return a->likeness != 0 && a->likeness == b->likeness;
}

static bool is_same_person(const struct ny_judged_record *a, const struct ny_judged_record *b)
{
    return a->person == b->person;
}

static bool cannot_be_told_apart(const struct ny_judged_record *a, const struct ny_judged_record *b)
{
    return is_same_person(a, b) || is_exempt(a, b);
}

/* Gives the records at[n] numbers in part[n]: equal where they are related, directly or through
 * others. Returns how many parts there are. */
static size_t parts_find(struct judging *j, const uint32_t *at, size_t n, related_fn related)
{
    size_t count = n;

    for (size_t i = 0; i < n; i++) {
        j->part[i] = (uint32_t)i;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n; k++) {
            uint32_t old = j->part[k];

            if (old == j->part[i] || !related(&j->records[at[i]], &j->records[at[k]])) {
                continue;
            }
            count--;
            for (size_t m = 0; m < n; m++) {
                j->part[m] = j->part[m] == old ? j->part[i] : j->part[m];
            }
        }
    }
    return count;
}

/* ---- a person: pairs that should be linked ---- */

static void count_tags(struct ny_judgement *out, uint64_t tags, bool linked)
{
    for (unsigned t = 0; tags != 0; t++, tags >>= 1) {
        out->by_tag[t].ceiling += tags & 1;
        out->by_tag[t].linked += (tags & 1) && linked;
    }
}

static void true_pair(struct judging *j, uint32_t at_a, uint32_t at_b, bool within_ceiling)
{
    const struct ny_judged_record *a = &j->records[at_a];
    const struct ny_judged_record *b = &j->records[at_b];
    bool linked = is_linked(a, b);

    j->out->true_pairs++;
    j->out->true_linked += linked;
    if (contact_agrees(a, b)) {
        j->out->direct++;
        j->out->direct_linked += linked;
    }
    if (within_ceiling) {
        j->out->ceiling++;
        j->out->ceiling_linked += linked;
        count_tags(j->out, a->tags ^ b->tags, linked); /* what both have tells nobody apart */
    }
    tell(j,
         linked           ? NY_PAIR_LINKED
         : within_ceiling ? NY_PAIR_MISSED
                          : NY_PAIR_UNREACHED,
         at_a, at_b);
}

static void person_judge(struct judging *j, const uint32_t *at, size_t n)
{
    j->out->people++;
    parts_find(j, at, n, contact_agrees);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n; k++) {
            true_pair(j, at[i], at[k], j->part[i] == j->part[k]);
        }
    }
}

/* ---- a group: pairs that are linked ---- */

static bool are_twins(const struct ny_judged_record *a, const struct ny_judged_record *b)
{
    return a->twins != 0 && a->twins == b->twins && !is_same_person(a, b);
}

static void false_pair(struct judging *j, uint32_t at_a, uint32_t at_b)
{
    const struct ny_judged_record *a = &j->records[at_a];
    const struct ny_judged_record *b = &j->records[at_b];
    bool exempt = is_exempt(a, b);

    j->out->exempt_pairs += exempt;
    j->out->false_pairs += !exempt;
    j->out->twins_joined += are_twins(a, b);
    j->out->never_joined += a->never_linked || b->never_linked;
    tell(j, exempt ? NY_PAIR_EXEMPT : NY_PAIR_FALSE, at_a, at_b);
}

static void group_judge(struct judging *j, const uint32_t *at, size_t n)
{
    uint64_t false_before = j->out->false_pairs + j->out->exempt_pairs;

    j->out->linked_pairs += pairs_of(n);
    j->out->joins += n - 1;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n; k++) {
            if (!is_same_person(&j->records[at[i]], &j->records[at[k]])) {
                false_pair(j, at[i], at[k]);
            }
        }
    }
    if (j->out->false_pairs + j->out->exempt_pairs > false_before) {
        j->out->mixed_groups++;
        j->out->mixed_people += parts_find(j, at, n, is_same_person);
        j->out->wrong_joins += parts_find(j, at, n, cannot_be_told_apart) - 1;
    }
}

/* ---- a birth ---- */

static void birth_judge(struct judging *j, const uint32_t *at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n; k++) {
            j->out->twin_pairs += are_twins(&j->records[at[i]], &j->records[at[k]]);
        }
    }
}

/* ---- all of them ---- */

struct place {
    uint64_t key;
    uint32_t at;
};

static int by_key(const void *pa, const void *pb)
{
    const struct place *a = pa;
    const struct place *b = pb;

    return a->key != b->key ? (a->key > b->key) - (a->key < b->key)
                            : (a->at > b->at) - (a->at < b->at);
}

/* Sorts the places and hands each run of one key to judge. at: [n] room for a run. */
static void each_run(struct judging *j, struct place *places, size_t n, uint32_t *at,
                     void (*judge)(struct judging *j, const uint32_t *at, size_t n))
{
    size_t run = 0;

    if (n > 0) {
        qsort(places, n, sizeof(*places), by_key);
    }
    for (size_t i = 0; i < n; i++) {
        at[run++] = places[i].at;
        if (i + 1 == n || places[i + 1].key != places[i].key) {
            judge(j, at, run);
            run = 0;
        }
    }
}

void ny_judge(const struct ny_judged_record *records, size_t n, ny_pair_fn fn, void *ctx,
              struct ny_judgement *out)
{
    struct place *places = ny_calloc(n + 1, sizeof(*places));
    uint32_t *at = ny_calloc(n + 1, sizeof(*at));
    struct judging j = {records, fn, ctx, out, ny_calloc(n + 1, sizeof(*j.part))};
    size_t used = 0;

    *out = (struct ny_judgement){.records = n};
    for (size_t i = 0; i < n; i++) {
        if (!records[i].never_linked) {
            places[used++] = (struct place){records[i].person, (uint32_t)i};
        }
    }
    each_run(&j, places, used, at, person_judge);
    used = 0;
    for (size_t i = 0; i < n; i++) {
        if (records[i].group != 0) {
            places[used++] = (struct place){records[i].group, (uint32_t)i};
        }
    }
    each_run(&j, places, used, at, group_judge);
    used = 0;
    for (size_t i = 0; i < n; i++) {
        if (records[i].twins != 0) {
            places[used++] = (struct place){records[i].twins, (uint32_t)i};
        }
    }
    each_run(&j, places, used, at, birth_judge);
    ny_free(j.part);
    ny_free(at);
    ny_free(places);
}

/* ---- figures ---- */

static double share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 1;
}

double ny_judgement_recall(const struct ny_judgement *j)
{
    return share(j->ceiling_linked, j->ceiling);
}

double ny_judgement_precision(const struct ny_judgement *j)
{
    return share(j->linked_pairs - j->false_pairs, j->linked_pairs);
}

double ny_judgement_f1(const struct ny_judgement *j)
{
    double r = ny_judgement_recall(j);
    double p = ny_judgement_precision(j);

    return r + p > 0 ? 2 * r * p / (r + p) : 0;
}
