/* Rows collected for one transaction: one row per key and table, since a statement may touch a row
 * once.
 *
 *   first         then            becomes
 *   new           update, state   new with the later values
 *   update        state           update with that person and status
 *   state         update          update
 *   edge          remove          remove (it may have been stored before)
 *   remove        edge            edge
 *   new person    change          new with the later values, its regional id kept
 *   anything      the same        the later values */

#include "store_priv.h"

struct ny_store_batch *ny_store_batch_create(void)
{
    struct ny_store_batch *b = ny_calloc(1, sizeof(*b));

    b->arena = ny_arena_create(0);
    return b;
}

void ny_store_batch_destroy(struct ny_store_batch *b)
{
    if (b == NULL) {
        return;
    }
    ny_free(b->identities.v);
    ny_free(b->versions.v);
    ny_free(b->persons.v);
    ny_free(b->memberships.v);
    ny_free(b->visits.v);
    ny_free(b->visit_moves.v);
    ny_free(b->visit_mends.v);
    ny_free(b->statuses.v);
    ny_free(b->edges.v);
    ny_free(b->pins.v);
    ny_free(b->holds.v);
    ny_free(b->releases.v);
    ny_free(b->reviews.v);
    ny_free(b->messages.v);
    ny_free(b->audits.v);
    ny_free(b->domains.v);
    ny_free(b->requesters.v);
    ny_batch_free_models(b);
    ny_batch_free_notices(b);
    ny_batch_free_desk(b);
    ny_batch_free_proposals(b);
    ny_free(b->slots);
    ny_arena_destroy(b->arena);
    ny_free(b);
}

struct ny_arena *ny_store_batch_arena(struct ny_store_batch *b)
{
    return b->arena;
}

/* ---- keys ---- */

static struct batch_slot *slot_of(const struct ny_store_batch *b, enum batch_table table,
                                  int64_t ka, int64_t kb)
{
    int64_t key[2] = {ka, kb};
    size_t i = ny_hash64_seeded(ny_str_of((const char *)key, sizeof(key)), (uint64_t)table);

    for (;; i++) {
        struct batch_slot *s = &b->slots[i & (b->n_slots - 1)];

        if (s->table == 0 || (s->table == table && s->a == ka && s->b == kb)) {
            return s;
        }
    }
}

static void slots_grow(struct ny_store_batch *b)
{
    struct batch_slot *old = b->slots;
    size_t n_old = b->n_slots;

    b->n_slots = n_old > 0 ? n_old * 2 : 256;
    b->slots = ny_calloc(b->n_slots, sizeof(*b->slots));
    for (size_t i = 0; i < n_old; i++) {
        if (old[i].table != 0) {
            *slot_of(b, old[i].table, old[i].a, old[i].b) = old[i];
        }
    }
    ny_free(old);
}

size_t ny_batch_find(const struct ny_store_batch *b, enum batch_table table, int64_t ka, int64_t kb)
{
    const struct batch_slot *s = b->n_slots > 0 ? slot_of(b, table, ka, kb) : NULL;

    return s != NULL && s->table != 0 ? s->index : SIZE_MAX;
}

/* The place that the key has now, SIZE_MAX when none; from here on it is index. */
static size_t key_put(struct ny_store_batch *b, enum batch_table table, int64_t ka, int64_t kb,
                      size_t index)
{
    struct batch_slot *s;
    size_t before = SIZE_MAX;

    if (2 * b->n_keys >= b->n_slots) {
        slots_grow(b);
    }
    s = slot_of(b, table, ka, kb);
    if (s->table != 0) {
        before = s->index;
    } else {
        b->n_keys++;
    }
    *s = (struct batch_slot){ka, kb, table, index};
    return before;
}

/* The row's place: the one of its key, or the next one (n), which the caller then fills. */
static size_t key_place(struct ny_store_batch *b, enum batch_table table, int64_t ka, int64_t kb,
                        size_t n)
{
    size_t at = ny_batch_find(b, table, ka, kb);

    if (at == SIZE_MAX) {
        (void)key_put(b, table, ka, kb, n);
        at = n;
    }
    return at;
}

static size_t pair_place(struct ny_store_batch *b, enum batch_table table, int64_t a, int64_t c,
                         size_t n)
{
    return key_place(b, table, a < c ? a : c, a < c ? c : a, n);
}

/* ---- identities and persons ---- */

static void identity_add(struct ny_store_batch *b, struct identity_entry e)
{
    size_t at = key_place(b, TABLE_IDENTITY, e.row.id, 0, b->identities.n);
    struct identity_entry *old;

    NY_ASSERT(e.kind == IDENTITY_STATE || e.row.patient != NULL);
    if (at == b->identities.n) {
        NY_ROWS_PUSH(&b->identities, e);
        return;
    }
    old = &b->identities.v[at];
    if (e.kind == IDENTITY_STATE) {
        old->row.person = e.row.person;
        old->row.status = e.row.status;
    } else {
        e.kind = old->kind == IDENTITY_NEW ? IDENTITY_NEW : e.kind;
        *old = e;
    }
}

void ny_store_add_identity_new(struct ny_store_batch *b, const struct ny_identity_row *row)
{
    identity_add(b, (struct identity_entry){.kind = IDENTITY_NEW, .row = *row});
}

void ny_store_add_identity_update(struct ny_store_batch *b, const struct ny_identity_row *row)
{
    identity_add(b, (struct identity_entry){.kind = IDENTITY_UPDATE, .row = *row});
}

void ny_store_add_identity_state(struct ny_store_batch *b, int64_t identity, int64_t person,
                                 enum ny_identity_status status)
{
    identity_add(b, (struct identity_entry){
                        .kind = IDENTITY_STATE,
                        .row = {.id = identity, .status = status, .person = person}
    });
}

void ny_store_add_version(struct ny_store_batch *b, const struct ny_identity_row *row,
                          int64_t message)
{
    struct version_entry e = {*row, message};

    NY_ASSERT(row->patient != NULL);
    NY_ROWS_PUSH(&b->versions, e);
}

void ny_store_add_person(struct ny_store_batch *b, const struct ny_person_row *row, bool is_new)
{
    size_t at = key_place(b, TABLE_PERSON, row->id, 0, b->persons.n);
    struct person_entry e = {*row, is_new};

    if (at == b->persons.n) {
        NY_ROWS_PUSH(&b->persons, e);
        return;
    }
    if (b->persons.v[at].is_new && !is_new) {
        e.row.regional_id = b->persons.v[at].row.regional_id;
        e.is_new = true;
    }
    b->persons.v[at] = e;
}

void ny_store_add_membership(struct ny_store_batch *b, const struct ny_membership_row *row)
{
    NY_ROWS_PUSH(&b->memberships, *row);
}

void ny_store_add_status(struct ny_store_batch *b, int64_t identity, enum ny_identity_status status)
{
    const struct status_entry e = {identity, status};

    NY_ROWS_PUSH(&b->statuses, e);
}

/* ---- pairs ---- */

static void edge_add(struct ny_store_batch *b, struct edge_entry e)
{
    size_t at = pair_place(b, TABLE_EDGE, e.row.a, e.row.b, b->edges.n);

    if (at == b->edges.n) {
        NY_ROWS_PUSH(&b->edges, e);
    } else {
        b->edges.v[at] = e;
    }
}

void ny_store_add_edge(struct ny_store_batch *b, const struct ny_edge_row *row)
{
    edge_add(b, (struct edge_entry){*row, false});
}

void ny_store_remove_edge(struct ny_store_batch *b, int64_t identity_a, int64_t identity_b)
{
    edge_add(b, (struct edge_entry){
                    {.a = identity_a, .b = identity_b},
                    true
    });
}

void ny_store_add_pin(struct ny_store_batch *b, const struct ny_pin_row *row)
{
    struct ny_pin_row copy = *row;

    copy.who = ny_text_clean(b->arena, row->who);
    copy.reason = ny_text_clean(b->arena, row->reason);
    copy.stamp.control_id = ny_text_clean(b->arena, row->stamp.control_id);
    NY_ROWS_PUSH(&b->pins, copy);
}

void ny_store_add_hold(struct ny_store_batch *b, const struct ny_hold_row *row)
{
    for (size_t i = 0; row->source != 0 && i < b->holds.n; i++) {
        if (b->holds.v[i].source == row->source && b->holds.v[i].why == row->why) {
            return; /* told with every message while it stands */
        }
    }
    NY_ROWS_PUSH(&b->holds, *row);
}

void ny_store_release_hold(struct ny_store_batch *b, const struct ny_hold_release_row *row)
{
    struct ny_hold_release_row copy = *row;
    size_t n = 0;

    for (size_t i = 0; i < b->holds.n; i++) { /* releases are written first */
        const struct ny_hold_row *h = &b->holds.v[i];

        if (h->identity != row->identity || h->source != row->source || h->why != row->why) {
            b->holds.v[n++] = *h;
        }
    }
    b->holds.n = n;
    copy.who = ny_text_clean(b->arena, row->who);
    copy.reason = ny_text_clean(b->arena, row->reason);
    NY_ROWS_PUSH(&b->releases, copy);
}

void ny_store_add_review(struct ny_store_batch *b, const struct ny_review_row *row)
{
    size_t at = pair_place(b, TABLE_REVIEW, row->a, row->b, b->reviews.n);

    if (at == b->reviews.n) {
        NY_ROWS_PUSH(&b->reviews, *row);
    } else {
        b->reviews.v[at] = *row;
    }
}

/* ---- messages, audit, directory ---- */

void ny_store_add_message(struct ny_store_batch *b, const struct ny_message_row *row)
{
    struct ny_message_row copy = *row;

    copy.control_id = ny_text_clean(b->arena, row->control_id);
    NY_ROWS_PUSH(&b->messages, copy);
}

/* A row that tells of a refused message must be storable whatever was in it. */
void ny_store_add_audit(struct ny_store_batch *b, const struct ny_audit_row *row)
{
    struct ny_audit_row copy = *row;
    ny_str *texts[] = {&copy.kind,           &copy.user_id,     &copy.user_name,
                       &copy.peer_addr,      &copy.transaction, &copy.message_id,
                       &copy.patient_domain, &copy.patient_id,  &copy.domains_returned,
                       &copy.decision,       &copy.reason,      &copy.certificate};

    for (size_t i = 0; i < NY_ARRAY_LEN(texts); i++) {
        *texts[i] = ny_text_clean(b->arena, *texts[i]);
    }
    NY_ROWS_PUSH(&b->audits, copy);
}

void ny_store_drop_partitions(struct ny_store_batch *b, ny_str names)
{
    b->partitions_to_drop = ny_arena_str(b->arena, names);
}

void ny_store_add_domain(struct ny_store_batch *b, const struct ny_domain *row)
{
    for (size_t i = 0; i < b->domains.n; i++) {
        if (b->domains.v[i].id == row->id) {
            b->domains.v[i] = *row;
            return;
        }
    }
    NY_ROWS_PUSH(&b->domains, *row);
}

void ny_store_add_requester(struct ny_store_batch *b, const struct ny_requester_row *row)
{
    for (size_t i = 0; i < b->requesters.n; i++) {
        if (b->requesters.v[i].id == row->id) {
            b->requesters.v[i] = *row;
            return;
        }
    }
    NY_ROWS_PUSH(&b->requesters, *row);
}
