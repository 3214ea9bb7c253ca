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

static bool tags_have(const uint32_t *tags, size_t n, uint32_t tag)
{
    size_t i = 0;

    while (i < n && tags[i] != tag) {
        i++;
    }
    return i < n;
}

enum { TAGS_MAX = 2 * NY_KEYS_MAX };

/* The distinct tags of an identity's keys under the models whose bits are set, in the order of the
 * models; two keys with one tag are stored once. */
static size_t ident_tags(const struct ny_index *ix, uint32_t id, unsigned models,
                         uint32_t tags[TAGS_MAX])
{
    const struct ident *i = &ix->idents[id];
    struct ny_record record;
    size_t n_tags = 0;

    if (i->record_len == 0 || ny_record_unpack(ny_index_ident_record(i), &record) != NY_OK ||
        ny_record_stands_alone(&record)) {
        return 0;
    }
    for (unsigned m = 0; m < NY_ARRAY_LEN(ix->models); m++) {
        struct ny_key keys[NY_KEYS_MAX];
        unsigned skipped = 0;
        size_t n =
            (models >> m & 1U) != 0 ? ny_match_keys(ix->models[m], &record, keys, &skipped) : 0;

        ny_counter_add(NY_C_BLOCKING_SKIPPED, skipped);
        for (size_t k = 0; k < n; k++) {
            if (!tags_have(tags, n_tags, key_tag(&keys[k]))) {
                tags[n_tags++] = key_tag(&keys[k]);
            }
        }
    }
    return n_tags;
}

/* The models that there are, as bits. */
static unsigned all_models(const struct ny_index *ix)
{
    return (ix->models[0] != NULL ? 1U : 0U) | (ix->models[1] != NULL ? 2U : 0U);
}

static bool status_has_keys(const struct ident *i)
{
    return i->status == NY_IDENTITY_ACTIVE || i->status == NY_IDENTITY_MERGED;
}

void ny_index_keys_add(struct ny_index *ix, uint32_t id)
{
    unsigned models = ix->widening ? all_models(ix) : 1U << ix->active;
    struct ident *i = &ix->idents[id];
    uint32_t tags[TAGS_MAX];
    size_t n;

    ny_index_terms_add(ix, id);
    if (!status_has_keys(i)) {
        return;
    }
    n = ident_tags(ix, id, models, tags);
    for (size_t k = 0; k < n; k++) {
        posting_add(ix, id, tags[k]);
    }
    i->keyed = (uint8_t)(n > 0 ? models : 0);
}

void ny_index_keys_remove(struct ny_index *ix, uint32_t id)
{
    struct ident *i = &ix->idents[id];
    uint32_t tags[TAGS_MAX];
    size_t n;

    ny_index_terms_remove(ix, id);
    if (i->keyed == 0) {
        return;
    }
    n = ident_tags(ix, id, i->keyed, tags);
    for (size_t k = 0; k < n; k++) {
        posting_remove(ix, id, tags[k]);
    }
    i->keyed = 0;
}

/* ---- from one model to another ---- */

void ny_index_model_begin(struct ny_index *ix, const struct ny_match_model *next)
{
    NY_ASSERT(ix->models[1 - ix->active] == NULL);
    ix->models[1 - ix->active] = next;
    ix->widening = true;
}

void ny_index_model_switch(struct ny_index *ix)
{
    for (uint32_t id = 1; id <= ix->n; id++) {
        NY_ASSERT(ix->idents[id].keyed == 0 || ix->idents[id].keyed == all_models(ix));
    }
    ix->active = 1 - ix->active;
    NY_ASSERT(ix->models[ix->active] != NULL);
    ix->widening = false;
}

void ny_index_model_give_up(struct ny_index *ix)
{
    ix->widening = false;
}

void ny_index_model_end(struct ny_index *ix)
{
    for (uint32_t id = 1; id <= ix->n; id++) {
        NY_ASSERT((ix->idents[id].keyed & ~(1U << ix->active)) == 0);
    }
    ix->models[1 - ix->active] = NULL;
}

const struct ny_match_model *ny_index_model(const struct ny_index *ix)
{
    return ix->models[ix->active];
}

/* Stores the identity's keys under just these models. */
static void rekey(struct ny_index *ix, uint32_t id, unsigned models)
{
    struct ident *i = &ix->idents[id];
    uint32_t before[TAGS_MAX];
    uint32_t after[TAGS_MAX];
    size_t n_before;
    size_t n_after;

    if (i->keyed == models || !status_has_keys(i)) {
        return;
    }
    n_before = ident_tags(ix, id, i->keyed, before);
    n_after = ident_tags(ix, id, models, after);
    for (size_t k = 0; k < n_before; k++) {
        if (!tags_have(after, n_after, before[k])) {
            posting_remove(ix, id, before[k]);
        }
    }
    for (size_t k = 0; k < n_after; k++) {
        if (!tags_have(before, n_before, after[k])) {
            posting_add(ix, id, after[k]);
        }
    }
    i->keyed = (uint8_t)(n_after > 0 ? models : 0);
}

void ny_index_keys_widen(struct ny_index *ix, uint32_t id)
{
    rekey(ix, id, all_models(ix));
}

void ny_index_keys_narrow(struct ny_index *ix, uint32_t id)
{
    rekey(ix, id, 1U << ix->active);
}
