/* The steps of a request until it is in the open batch. */

#include "registry_priv.h"

enum { READS_MAX = 10 };

static void read_next(struct ny_registry *r);

/* ---- notes: nothing to decide ---- */

struct ny_audit_row ny_request_audit(const struct ny_request *q)
{
    return (struct ny_audit_row){
        .at_us = q->received_us,
        .action = q->action,
        .requester = q->source != NULL ? q->source->id : 0,
        .user_id = q->user,
        .peer_addr = q->peer_addr,
        .certificate = q->certificate,
        .transaction = q->transaction,
        .message_id = q->control_id,
    };
}

static void step_note(struct ny_registry *r, struct item *i)
{
    const struct ny_note *n = i->note;
    struct ny_store_batch *rows = ny_registry_open_batch(r)->rows;
    struct ny_audit_row audit = ny_request_audit(&n->request);

    audit.kind = n->kind;
    audit.outcome = n->outcome;
    audit.patient_domain = n->patient_domain;
    audit.patient_id = n->patient_id;
    audit.person = n->person;
    audit.query_payload = n->query_payload;
    audit.domains_returned = n->domains_returned;
    audit.hits = n->hits;
    audit.decision = n->decision;
    audit.reason = n->reason;
    if (n->keep_message) {
        struct ny_message_row m = {
            .id = r->next_message++,
            .source = audit.requester,
            .control_id = n->request.control_id,
            .received_us = n->request.received_us,
            .body = n->request.body,
            .ack = n->answer,
        };

        memcpy(m.body_hash, n->request.body_hash, sizeof(m.body_hash));
        ny_store_add_message(rows, &m);
    }
    ny_store_add_audit(rows, &audit);
    i->answer = n->answer;
    ny_registry_batch_add(r, i);
}

/* ---- feeds ---- */

static void on_seen(void *ctx, ny_rc rc, ny_str ack)
{
    struct item *i = ctx;
    struct ny_registry *r = i->registry;

    r->asking--;
    if (rc != NY_OK) {
        ny_item_finish(i, rc);
        return;
    }
    if (ack.p != NULL) {
        ny_counter_add(NY_C_FEED_REPLAYED, 1);
        i->answer = ack;
        ny_item_finish(i, NY_OK);
        return;
    }
    ny_registry_step(r, i);
    ny_registry_flush(r);
}

/* True when the item left: its stored answer is being read. */
static bool replay_asked(struct ny_registry *r, struct item *i)
{
    const struct ny_request *q = &i->feed->request;
    ny_str hash = ny_str_of((const char *)q->body_hash, sizeof(q->body_hash));

    if (i->replay_checked || !ny_feed_is_message(i->feed)) {
        return false;
    }
    i->replay_checked = true;
    switch (ny_seen_check(&r->seen, q->source->id, q->control_id, hash)) {
    case SEEN_NEW:
        return false;
    case SEEN_OTHER_BODY:
        ny_counter_add(NY_C_FEED_REUSED_ID, 1);
        return false;
    case SEEN_SAME:
        break;
    }
    if (ny_store_seen(r->store, q->source->id, q->control_id, q->body_hash, on_seen, i) != NY_OK) {
        return false; /* deciding it again changes nothing */
    }
    r->asking++;
    return true;
}

/* The stored rows are what memory knows: none missing, none of an older version. True also when no
 * identity is known yet. */
static bool stored_is_fresh(const struct ny_registry *r, const struct item *i)
{
    for (size_t k = 0; k < i->feed->n_ids; k++) {
        uint32_t id = ny_index_find(r->index, i->feed->domains[k]->id, i->feed->ids[k]);
        const struct ny_stored_patient *s = ny_item_stored(i, id);
        struct ny_index_identity known;

        if (id == 0) {
            continue;
        }
        ny_index_get(r->index, id, &known);
        if (s == NULL || (uint32_t)s->version != known.version) {
            return false;
        }
    }
    return true;
}

static void step_feed(struct ny_registry *r, struct item *i)
{
    ny_rc rc;

    if (replay_asked(r, i)) {
        return;
    }
    if (ny_registry_is_touched(r, i->feed)) {
        i->n_stored = 0; /* what was read is about to change */
        i->reads = 0;
        ny_item_list_add(&r->waiting, i);
        return;
    }
    if (!stored_is_fresh(r, i)) {
        if (++i->reads > READS_MAX) {
            ny_item_finish(i, NY_EDB); /* the database does not hold what memory says */
            return;
        }
        ny_item_list_add(&r->to_read, i);
        read_next(r);
        return;
    }
    ny_registry_open_batch(r);
    rc = ny_registry_decide(r, i);
    if (rc != NY_OK) {
        ny_item_finish(i, rc);
        return;
    }
    ny_registry_batch_add(r, i);
}

void ny_registry_step(struct ny_registry *r, struct item *i)
{
    bool busy = r->in_flight != NULL || r->open != NULL;

    if (!r->ready) {
        ny_item_finish(i, NY_EDB);
        return;
    }
    if (i->alone && busy) {
        ny_item_list_add(&r->retry, i);
        return;
    }
    if (ny_registry_batch_is_full(r) ||
        (!i->alone && r->retry.n > 0) || /* a stream of new ones must not keep those waiting */
        (r->open != NULL && r->open->items.n == 1 && r->open->items.head->alone)) {
        ny_item_list_add(&r->backlog, i);
        return;
    }
    switch (i->kind) {
    case ITEM_FEED:
        step_feed(r, i);
        break;
    case ITEM_NOTE:
        step_note(r, i);
        break;
    case ITEM_WORK:
        ny_registry_work_step(r, i);
        break;
    }
}

/* ---- reading stored patients: one read at a time, the others collect ---- */

/* Copies the rows that an item asked for; a read serves several items. */
static ny_rc keep_rows(struct item *i, const struct ny_stored_patient *rows, size_t n)
{
    const struct ny_feed *f = i->feed;

    if (i->arena == NULL) {
        i->arena = ny_arena_create(0);
    }
    i->stored = NY_ARENA_ARRAY(i->arena, struct ny_stored_patient, f->n_ids);
    i->n_stored = 0;
    for (size_t k = 0; k < n; k++) {
        for (size_t x = 0; x < f->n_ids && ny_item_stored(i, rows[k].id) == NULL; x++) {
            struct ny_stored_patient *s = &i->stored[i->n_stored];

            if (rows[k].domain != f->domains[x]->id ||
                !ny_str_equals(rows[k].local_id, f->ids[x])) {
                continue;
            }
            *s = rows[k];
            s->local_id = f->ids[x];
            if (ny_patient_copy(i->arena, &rows[k].patient, &s->patient) != NY_OK) {
                return NY_ELIMIT;
            }
            i->n_stored++;
        }
    }
    return NY_OK;
}

static void on_patients(void *ctx, ny_rc rc, const struct ny_stored_patient *rows, size_t n)
{
    struct ny_registry *r = ctx;
    struct item_list done = r->reading;
    struct item *i;

    ny_item_list_init(&r->reading);
    while ((i = ny_item_list_take(&done)) != NULL) {
        ny_rc one = rc == NY_OK ? keep_rows(i, rows, n) : rc;

        if (one != NY_OK) {
            ny_item_finish(i, one);
            continue;
        }
        if (i->stale) {
            i->n_stored = 0;
        }
        ny_registry_step(r, i);
    }
    read_next(r);
    ny_registry_flush(r);
}

static size_t ids_of(const struct ny_registry *r, const struct ny_feed *f, int64_t *ids)
{
    size_t n = 0;

    for (size_t k = 0; k < f->n_ids; k++) {
        uint32_t id = ny_index_find(r->index, f->domains[k]->id, f->ids[k]);

        if (id != 0) {
            ids[n++] = id;
        }
    }
    return n;
}

/* Starts one read; NY_OK also when there is nothing to read. */
static ny_rc read_some(struct ny_registry *r)
{
    enum { READ_ITEMS_MAX = 64 };
    int64_t ids[READ_ITEMS_MAX * NY_FEED_IDS_MAX];
    size_t n = 0;

    for (size_t k = 0; k < READ_ITEMS_MAX && r->to_read.head != NULL; k++) {
        struct item *i = ny_item_list_take(&r->to_read);

        i->stale = false;
        n += ids_of(r, i->feed, ids + n);
        ny_item_list_add(&r->reading, i);
    }
    if (r->reading.head == NULL) {
        return NY_OK;
    }
    return ny_store_read_patients(r->store, ids, n, on_patients, r);
}

static void read_next(struct ny_registry *r)
{
    ny_rc rc = NY_OK;

    while (r->reading.head == NULL && r->to_read.head != NULL) {
        rc = read_some(r);
        if (rc != NY_OK) {
            ny_items_fail(&r->reading, rc);
        }
    }
}

/* ---- entry points ---- */

void ny_registry_feed(struct ny_registry *r, const struct ny_feed *feed,
                      const struct ny_reply *reply)
{
    struct item *i;

    NY_ASSERT(feed->n_ids > 0 && feed->n_ids <= NY_FEED_IDS_MAX &&
              (feed->request.source != NULL || !ny_feed_is_message(feed)));
    if (r->listener.fn != NULL) {
        r->listener.fn(r->listener.ctx, feed);
        reply->done(reply->ctx, NY_OK, NY_STR_NONE);
        return;
    }
    i = ny_item_create(r, ITEM_FEED, reply);
    i->feed = feed;
    ny_registry_step(r, i);
    ny_registry_flush(r);
}

void ny_registry_note(struct ny_registry *r, const struct ny_note *note,
                      const struct ny_reply *reply)
{
    struct item *i;

    if (r->listener.fn != NULL) {
        reply->done(reply->ctx, NY_OK, NY_STR_NONE);
        return;
    }
    i = ny_item_create(r, ITEM_NOTE, reply);
    i->note = note;
    ny_registry_step(r, i);
    ny_registry_flush(r);
}
