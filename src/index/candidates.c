/* Candidates: everybody who shares a key or a probe with a record, counted, capped, in canonical
 * order. */

#include "nayose/index.h"

#include <stdlib.h>

#include "index_priv.h"

enum { TABLE_SIZE = 1 << 15, FOUND_MAX = TABLE_SIZE / 2 };

struct found {
    uint32_t id;
    uint32_t hits;  /* keys that brought it */
    uint32_t block; /* size of the smallest list that brought it */
};

/* A scratch table of the index: slot → number in found. Emptied by walking what was found. */
struct candidate_table {
    uint16_t slots[TABLE_SIZE]; /* number + 1 */
    struct found found[FOUND_MAX];
    size_t n;
};

void ny_index_candidates_free(struct ny_index *ix)
{
    ny_free(ix->candidates);
}

static uint32_t table_slot(const struct candidate_table *t, uint32_t id)
{
    uint32_t at = (id * 2654435761U) >> 17;

    while (t->slots[at] != 0 && t->found[t->slots[at] - 1].id != id) {
        at = (at + 1) & (TABLE_SIZE - 1);
    }
    return at;
}

static void table_hit(struct candidate_table *t, uint32_t id)
{
    uint32_t at = table_slot(t, id);

    if (t->slots[at] == 0) {
        if (t->n == FOUND_MAX) {
            return;
        }
        t->found[t->n] = (struct found){id, 0, UINT32_MAX};
        t->slots[at] = (uint16_t)(++t->n);
    }
    t->found[t->slots[at] - 1].hits++;
}

static void table_narrow(struct candidate_table *t, uint32_t id, uint32_t block)
{
    uint32_t number = t->slots[table_slot(t, id)];

    if (number != 0 && block < t->found[number - 1].block) {
        t->found[number - 1].block = block;
    }
}

static void table_clear(struct candidate_table *t)
{
    /* Slots are freed from the last one back, so that probing still finds the others. */
    while (t->n > 0) {
        t->slots[table_slot(t, t->found[t->n - 1].id)] = 0;
        t->n--;
    }
}

static uint32_t list_length(const struct ny_index *ix, uint32_t tag)
{
    uint32_t n = 0;

    for (uint32_t at = ix->heads[tag & ix->head_mask]; at != 0; at = ix->postings[at - 1].next) {
        n += ix->postings[at - 1].tag == tag;
    }
    return n;
}

static void probe_key(struct ny_index *ix, const struct ny_key *key, uint32_t self)
{
    uint32_t tag = (uint32_t)(key->hash >> 32);

    for (uint32_t at = ix->heads[tag & ix->head_mask]; at != 0; at = ix->postings[at - 1].next) {
        const struct posting *p = &ix->postings[at - 1];

        if (p->tag == tag && p->id != self) {
            table_hit(ix->candidates, p->id);
        }
    }
}

/* Only when the cap is reached: the size of the smallest list that brought each candidate. */
static void measure_blocks(struct ny_index *ix, const struct ny_key *probes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t tag = (uint32_t)(probes[i].hash >> 32);
        uint32_t block = list_length(ix, tag);

        for (uint32_t at = ix->heads[tag & ix->head_mask]; at != 0;
             at = ix->postings[at - 1].next) {
            const struct posting *p = &ix->postings[at - 1];

            if (p->tag == tag) {
                table_narrow(ix->candidates, p->id, block);
            }
        }
    }
}

/* qsort has no context. */
static _Thread_local const struct ny_index *sorting;

static int by_strength(const void *pa, const void *pb)
{
    const struct found *a = pa;
    const struct found *b = pb;

    if (a->hits != b->hits) {
        return a->hits > b->hits ? -1 : 1;
    }
    if (a->block != b->block) {
        return a->block < b->block ? -1 : 1;
    }
    return ny_index_order(sorting, a->id, b->id);
}

static int by_order(const void *pa, const void *pb)
{
    const uint32_t *a = pa;
    const uint32_t *b = pb;

    return ny_index_order(sorting, *a, *b);
}

size_t ny_index_candidates(struct ny_index *ix, const struct ny_record *r, uint32_t self,
                           uint32_t *out, bool *capped)
{
    struct ny_key probes[NY_PROBES_MAX];
    size_t cap = (size_t)ny_match_model_candidate_max(ix->models[ix->active]);
    size_t n_probes;
    size_t n;

    *capped = false;
    if (ix->heads == NULL || ny_record_stands_alone(r)) {
        return 0;
    }
    if (ix->candidates == NULL) {
        ix->candidates = ny_calloc(1, sizeof(*ix->candidates));
    }
    n_probes = ny_match_probes(ix->models[ix->active], r, probes);
    for (size_t i = 0; i < n_probes; i++) {
        probe_key(ix, &probes[i], self);
    }
    sorting = ix;
    n = ix->candidates->n;
    if (n > cap) {
        struct found *sorted = ny_malloc(n * sizeof(*sorted));

        measure_blocks(ix, probes, n_probes);
        memcpy(sorted, ix->candidates->found, n * sizeof(*sorted));
        qsort(sorted, n, sizeof(*sorted), by_strength);
        for (size_t i = 0; i < cap; i++) {
            out[i] = sorted[i].id;
        }
        ny_free(sorted);
        n = cap;
        *capped = true;
    } else {
        for (size_t i = 0; i < n; i++) {
            out[i] = ix->candidates->found[i].id;
        }
    }
    table_clear(ix->candidates);
    if (n > 1) {
        qsort(out, n, sizeof(*out), by_order);
    }
    return n;
}
