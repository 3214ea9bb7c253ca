/* The inverted index: blocking key → identities.
 *
 * A list is found by the upper half of the key's hash; two keys that share it bring one needless
 * candidate together, the same one on every machine. Keys are a pure function of record and model,
 * so they are not stored: taking a record out computes them again. */

#include "nayose/index.h"

#include "index_priv.h"

enum { HEADS_FIRST = 4096 };

static uint32_t key_tag(const struct ny_key *k)
{
    return (uint32_t)(k->hash >> 32);
}

static void heads_rebuild(struct ny_index *ix, uint32_t size)
{
    ny_free(ix->heads);
    ix->heads = ny_calloc(size, sizeof(*ix->heads));
    ix->head_mask = size - 1;
    for (uint32_t i = 0; i < ix->n_postings; i++) {
        struct posting *p = &ix->postings[i];

        if (p->id != 0) {
            p->next = ix->heads[p->tag & ix->head_mask];
            ix->heads[p->tag & ix->head_mask] = i + 1;
        }
    }
}

static void posting_add(struct ny_index *ix, uint32_t id, uint32_t tag)
{
    uint32_t at = ix->free_posting;

    if (ix->heads == NULL) {
        heads_rebuild(ix, HEADS_FIRST);
    } else if (ix->live_postings > ix->head_mask && ix->head_mask < UINT32_MAX / 4) {
        heads_rebuild(ix, (ix->head_mask + 1) * 2);
    }
    if (at != 0) {
        ix->free_posting = ix->postings[at - 1].next;
    } else {
        ix->postings =
            ny_index_grow(ix->postings, &ix->cap_postings, ix->n_postings, sizeof(*ix->postings));
        at = ++ix->n_postings;
    }
    ix->postings[at - 1] = (struct posting){id, ix->heads[tag & ix->head_mask], tag};
    ix->heads[tag & ix->head_mask] = at;
    ix->live_postings++;
}

static void posting_remove(struct ny_index *ix, uint32_t id, uint32_t tag)
{
    uint32_t *at = &ix->heads[tag & ix->head_mask];

    while (*at != 0) {
        struct posting *p = &ix->postings[*at - 1];

        if (p->id == id && p->tag == tag) {
            uint32_t freed = *at;

            *at = p->next;
            *p = (struct posting){0, ix->free_posting, 0};
            ix->free_posting = freed;
            ix->live_postings--;
            return;
        }
        at = &p->next;
    }
    ny_assert_failed("the posting is there", __FILE__, __LINE__);
}

/* The distinct tags of an identity's keys; two keys with one tag are stored once. */
static size_t ident_tags(const struct ny_index *ix, uint32_t id, uint32_t tags[NY_KEYS_MAX])
{
    const struct ident *i = &ix->idents[id];
    struct ny_record record;
    struct ny_key keys[NY_KEYS_MAX];
    unsigned skipped = 0;
    size_t n;
    size_t n_tags = 0;

    if (i->record_len == 0 || ny_record_unpack(ny_index_ident_record(i), &record) != NY_OK ||
        ny_record_stands_alone(&record)) {
        return 0;
    }
    n = ny_match_keys(ix->model, &record, keys, &skipped);
    ny_counter_add(NY_C_BLOCKING_SKIPPED, skipped);
    for (size_t k = 0; k < n; k++) {
        uint32_t tag = key_tag(&keys[k]);
        size_t j = 0;

        while (j < n_tags && tags[j] != tag) {
            j++;
        }
        if (j == n_tags) {
            tags[n_tags++] = tag;
        }
    }
    return n_tags;
}

void ny_index_keys_add(struct ny_index *ix, uint32_t id)
{
    struct ident *i = &ix->idents[id];
    uint32_t tags[NY_KEYS_MAX];
    size_t n;

    if (i->status != NY_IDENTITY_ACTIVE && i->status != NY_IDENTITY_MERGED) {
        return;
    }
    n = ident_tags(ix, id, tags);
    for (size_t k = 0; k < n; k++) {
        posting_add(ix, id, tags[k]);
    }
    i->has_keys = n > 0;
}

void ny_index_keys_remove(struct ny_index *ix, uint32_t id)
{
    struct ident *i = &ix->idents[id];
    uint32_t tags[NY_KEYS_MAX];
    size_t n;

    if (!i->has_keys) {
        return;
    }
    n = ident_tags(ix, id, tags);
    for (size_t k = 0; k < n; k++) {
        posting_remove(ix, id, tags[k]);
    }
    i->has_keys = false;
}
