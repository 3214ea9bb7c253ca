/* What a batch owes to consumers: the sets of identifiers that it changed.
 *
 *   undo log ─▶ identities that moved ─▶ for each consumer: persons that lost or won one ─▶ rows
 *
 * Taken from the index when the batch is closed, so that no cause of a change can be forgotten, and
 * what came and went inside the batch is nobody's business. */

#include <stdlib.h>

#include "registry_priv.h"

bool ny_consumer_wants(const struct ny_consumer_row *c, const struct ny_domain *d)
{
    ny_str rest = c->domains;

    if (ny_str_is_empty(rest)) {
        return d->listed;
    }
    while (!ny_str_is_empty(rest)) {
        if (ny_str_equals(ny_str_split(&rest, ','), d->ns)) {
            return true;
        }
    }
    return false;
}

/* ---- the set of a person ---- */

static void sort(const struct ny_registry *r, uint32_t *ids, size_t n)
{
    for (size_t i = 1; i < n; i++) { /* a handful */
        uint32_t id = ids[i];
        size_t k = i;

        for (; k > 0 && ny_index_order(r->index, id, ids[k - 1]) < 0; k--) {
            ids[k] = ids[k - 1];
        }
        ids[k] = id;
    }
}

/* The numbers of what the consumer sees of the person, in canonical order; empty: nothing. */
static ny_str set_of(struct ny_registry *r, struct ny_arena *a, const struct ny_consumer_row *c,
                     uint32_t person)
{
    size_t n = 0;
    uint32_t *ids = NY_ARENA_ARRAY(a, uint32_t, ny_index_member_count(r->index, person) + 1);
    struct ny_buf b;
    ny_str out;

    NY_ASSERT(ids != NULL);
    for (uint32_t m = ny_index_member_first(r->index, person); m != 0;
         m = ny_index_member_next(r->index, m)) {
        struct ny_index_identity x;

        ny_index_get(r->index, m, &x);
        if (ny_identity_is_there(x.status) &&
            ny_consumer_wants(c, ny_registry_domain(r, x.domain))) {
            ids[n++] = m;
        }
    }
    sort(r, ids, n);
    ny_buf_init(&b, a);
    for (size_t i = 0; i < n; i++) {
        ny_buf_printf(&b, i > 0 ? ",%u" : "%u", ids[i]);
    }
    return n > 0 && ny_buf_end(&b, &out) == NY_OK ? out : NY_STR_NONE;
}

bool ny_outbox_add(struct ny_registry *r, struct ny_store_batch *rows,
                   const struct ny_consumer_row *c, uint32_t person)
{
    struct ny_notice_row row = {.consumer = c->id,
                                .person = person,
                                .identities = set_of(r, ny_store_batch_arena(rows), c, person),
                                .at_us = ny_clock_now_us()};

    if (ny_str_is_empty(row.identities)) {
        return false;
    }
    ny_store_add_notice(rows, &row);
    return true;
}

/* ---- what a batch changed ---- */

/* A set of persons: open addressing, 0 is free. */
struct persons {
    uint32_t *slots;
    size_t mask;
};

static bool persons_add(struct persons *p, uint32_t person)
{
    size_t i = ny_hash64_seeded(ny_str_of((const char *)&person, sizeof(person)), 0);

    while (p->slots[i & p->mask] != 0 && p->slots[i & p->mask] != person) {
        i++;
    }
    if (p->slots[i & p->mask] == person) {
        return false;
    }
    p->slots[i & p->mask] = person;
    return true;
}

/* Where an identity is seen: its person, 0 when in no answer. */
static uint32_t seen_at(uint32_t person, enum ny_identity_status status)
{
    return ny_identity_is_there(status) ? person : 0;
}

static void tell(struct ny_registry *r, struct ny_store_batch *rows,
                 const struct ny_consumer_row *c, const struct ny_index_move *moves, size_t n)
{
    struct persons told = {.mask = 4};

    while (told.mask < 4 * n) {
        told.mask *= 2;
    }
    told.slots = ny_calloc(told.mask, sizeof(*told.slots));
    told.mask--;
    for (size_t i = 0; i < n; i++) {
        struct ny_index_identity x;
        uint32_t at[2] = {seen_at(moves[i].person, moves[i].status), 0};

        ny_index_get(r->index, moves[i].id, &x);
        at[1] = seen_at(x.person, x.status);
        if (at[0] == at[1] || !ny_consumer_wants(c, ny_registry_domain(r, x.domain))) {
            continue;
        }
        for (size_t k = 0; k < NY_ARRAY_LEN(at); k++) {
            if (at[k] != 0 && persons_add(&told, at[k])) {
                (void)ny_outbox_add(r, rows, c, at[k]);
            }
        }
    }
    ny_free(told.slots);
}

void ny_outbox_close(struct ny_registry *r, struct batch *b)
{
    struct ny_index_move *moves = NULL;
    size_t n = 0;

    for (size_t i = 0; i < r->n_consumers; i++) {
        if (!r->consumers[i]->enabled) {
            continue;
        }
        if (moves == NULL) {
            n = ny_index_moves(r->index, b->mark, ny_store_batch_arena(b->rows), &moves);
        }
        tell(r, b->rows, r->consumers[i], moves, n);
    }
}
