/* What a feed message changes: the identity and its history, its edges, then the groups around it.
 *
 * The effect on memory goes through the index (which keeps the undo log), the effect on the
 * database into the rows of the open batch; both or neither. */

#include <stdlib.h>

#include "nayose/text.h"

#include "registry_priv.h"

struct decision {
    struct ny_registry *r;
    struct item *item;
    const struct ny_feed *feed;
    struct ny_store_batch *rows;
    struct ny_arena *arena; /* of the batch */
    int64_t message;
    uint32_t ids[NY_FEED_IDS_MAX];
    bool is_new[NY_FEED_IDS_MAX];
    struct ny_link_set touched;
};

/* ---- the identity ---- */

static enum ny_identity_status status_of(const struct ny_patient *p, ny_str packed,
                                         enum ny_identity_status before)
{
    struct ny_record record;
    ny_str processing = p->singles[NY_SINGLE_PROCESSING].value;
    bool declared = !ny_str_is_empty(processing) && !ny_str_equals(processing, NY_S("P"));

    if (before == NY_IDENTITY_MERGED || before == NY_IDENTITY_DELETED) {
        return before;
    }
    if (declared ||
        (ny_record_unpack(packed, &record) == NY_OK && (record.flags & NY_RECORD_TEST) != 0)) {
        return NY_IDENTITY_TEST;
    }
    return NY_IDENTITY_ACTIVE;
}

static void identity_row(const struct decision *d, uint32_t id, const struct ny_patient *p,
                         ny_str packed, struct ny_identity_row *out)
{
    struct ny_index_identity known;

    ny_index_get(d->r->index, id, &known);
    *out = (struct ny_identity_row){
        .id = id,
        .domain = known.domain,
        .local_id = known.local_id,
        .status = known.status,
        .person = known.person,
        .record = packed,
        .norm_version = NY_TEXT_NORM_VERSION,
        .content_hash = (int64_t)ny_patient_content_hash(p),
        .event_us = p->seen.at_us,
        .version = (int32_t)known.version,
        .patient = p,
    };
}

struct revision {
    struct ny_patient *patient;
    ny_str packed;
    enum ny_patient_change change;
};

/* Merges what is stored with what the message says. */
static ny_rc revise(struct decision *d, size_t k, struct revision *out)
{
    const struct ny_stored_patient *known = ny_item_stored(d->item, d->ids[k]);
    const struct ny_patient *stored = !d->is_new[k] && known != NULL ? &known->patient : NULL;
    struct ny_patient nothing;
    struct ny_patient merged;
    ny_rc rc;

    if (stored == NULL) {
        ny_patient_init(&nothing);
        stored = &nothing;
    }
    rc = ny_patient_merge(d->arena, stored, &d->feed->patient, &merged, &out->change);
    if (rc == NY_OK) {
        out->patient = NY_ARENA_NEW(d->arena, struct ny_patient);
        NY_ASSERT(out->patient != NULL);
        rc = ny_patient_copy(d->arena, &merged, out->patient);
    }
    if (rc == NY_OK) {
        rc = ny_record_pack(d->arena, out->patient, &out->packed);
    }
    if (d->is_new[k]) {
        out->change = NY_CHANGE_VALUES; /* even an identity without any value has a first version */
    }
    return rc;
}

/* Puts a revision into memory; the rows of the identity follow when its person is known. */
static void apply(struct decision *d, size_t k, const struct revision *v)
{
    struct ny_index *ix = d->r->index;
    uint32_t id = d->ids[k];
    struct ny_index_identity known;
    enum ny_identity_status status;

    ny_index_get(ix, id, &known);
    status = status_of(v->patient, v->packed, known.status);
    if (v->change == NY_CHANGE_VALUES) {
        ny_index_version_set(ix, id, known.version + 1);
    }
    if (d->is_new[k] || status != known.status || !ny_str_equals(known.record, v->packed)) {
        ny_index_status_set(ix, id, status);
        ny_index_record_set(ix, id, v->packed);
        ny_link_refresh(&d->r->link, d->arena, id, &d->touched);
        ny_link_set_add(&d->touched, d->arena, id);
    }
}

static void store_revision(struct decision *d, size_t k, const struct revision *v)
{
    struct ny_identity_row row;

    if (v->change == NY_CHANGE_NONE) {
        return;
    }
    identity_row(d, d->ids[k], v->patient, v->packed, &row);
    if (d->is_new[k]) {
        ny_store_add_identity_new(d->rows, &row);
    } else {
        ny_store_add_identity_update(d->rows, &row);
    }
    if (v->change == NY_CHANGE_VALUES) {
        ny_store_add_version(d->rows, &row, d->message);
    }
}

static bool pin_stands(const struct ny_index *ix, uint32_t a, uint32_t b)
{
    const struct ny_index_pin *p;
    uint32_t cursor = 0;

    while ((p = ny_index_pin_next(ix, a, &cursor)) != NULL) {
        if (p->same && (p->a == b || p->b == b)) {
            return true;
        }
    }
    return false;
}

/* Several ids of one message are one patient by the facility's word. */
static void pin_together(struct decision *d)
{
    for (size_t k = 1; k < d->feed->n_ids; k++) {
        struct ny_pin_row pin = {
            .a = d->ids[0],
            .b = d->ids[k],
            .same = true,
            .who = d->feed->request.user,
            .role = 1,
            .at_us = d->feed->patient.seen.at_us,
            .reason = NY_S("named together in one message"),
        };

        if (d->ids[0] != d->ids[k] && !pin_stands(d->r->index, d->ids[0], d->ids[k])) {
            ny_index_pin_add(d->r->index, d->ids[0], d->ids[k], true);
            ny_store_add_pin(d->rows, &pin);
            ny_link_set_add(&d->touched, d->arena, d->ids[0]);
            ny_link_set_add(&d->touched, d->arena, d->ids[k]);
        }
    }
}

static void store_message(struct decision *d, ny_str ack, ny_str decision_text)
{
    const struct ny_request *q = &d->feed->request;
    struct ny_message_row m = {
        .id = d->message,
        .source = q->source->id,
        .control_id = q->control_id,
        .received_us = q->received_us,
        .body = q->body,
        .ack = ack,
    };
    struct ny_audit_row audit = {
        .at_us = q->received_us,
        .kind = NY_S("feed"),
        .outcome = NY_AUDIT_OK,
        .requester = q->source->id,
        .user_id = q->user,
        .peer_addr = q->peer_addr,
        .transaction = q->transaction,
        .message_id = q->control_id,
        .patient_domain = d->feed->domains[0]->ns,
        .patient_id = d->feed->ids[0],
        .decision = decision_text,
    };
    struct ny_index_identity known;

    if (d->ids[0] != 0) {
        ny_index_get(d->r->index, d->ids[0], &known);
        audit.person = known.person;
    }
    memcpy(m.body_hash, q->body_hash, sizeof(m.body_hash));
    ny_store_add_message(d->rows, &m);
    ny_store_add_audit(d->rows, &audit);
}

/* Finds or adds the identities; what can be refused is refused before anything is changed. */
static enum ny_feed_result admit(struct decision *d)
{
    for (size_t k = 0; k < d->feed->n_ids; k++) {
        struct ny_index_identity known;

        d->ids[k] = ny_index_find(d->r->index, d->feed->domains[k]->id, d->feed->ids[k]);
        if (d->ids[k] == 0 && d->feed->strict_update) {
            return NY_FEED_UNKNOWN_PATIENT;
        }
        if (d->ids[k] != 0) {
            ny_index_get(d->r->index, d->ids[k], &known);
            if (known.status == NY_IDENTITY_MERGED) {
                return NY_FEED_MERGED_AWAY;
            }
        }
    }
    for (size_t k = 0; k < d->feed->n_ids; k++) {
        d->ids[k] = ny_index_find(d->r->index, d->feed->domains[k]->id, d->feed->ids[k]);
        if (d->ids[k] == 0) {
            d->ids[k] = ny_index_add(d->r->index, d->feed->domains[k]->id, d->feed->ids[k],
                                     NY_IDENTITY_ACTIVE);
            d->is_new[k] = true;
        }
    }
    return NY_FEED_ACCEPTED;
}

static ny_rc accept(struct decision *d)
{
    struct revision revisions[NY_FEED_IDS_MAX] = {0};
    const struct reason why = {NY_CAUSE_MESSAGE, d->message, d->feed->patient.seen.at_us};
    ny_rc rc;

    for (size_t k = 0; k < d->feed->n_ids; k++) {
        rc = revise(d, k, &revisions[k]);
        if (rc != NY_OK) {
            return rc;
        }
    }
    /* The last thing that can be refused; from here on rows are written. */
    rc = d->item->reply.compose(d->item->reply.ctx, NY_FEED_ACCEPTED, &d->item->answer);
    if (rc != NY_OK) {
        return rc;
    }
    for (size_t k = 0; k < d->feed->n_ids; k++) {
        apply(d, k, &revisions[k]);
    }
    pin_together(d);
    rc = ny_registry_regroup(d->r, &d->touched, &why);
    NY_ASSERT(rc == NY_OK); /* only memory could fail it, and that has no cap here */
    for (size_t k = 0; k < d->feed->n_ids; k++) {
        store_revision(d, k, &revisions[k]); /* now that its person is known */
    }
    return NY_OK;
}

ny_rc ny_registry_decide(struct ny_registry *r, struct item *i)
{
    struct batch *b = ny_registry_open_batch(r);
    struct decision d = {.r = r,
                         .item = i,
                         .feed = i->feed,
                         .rows = b->rows,
                         .arena = ny_store_batch_arena(b->rows),
                         .message = r->next_message};
    uint64_t mark = ny_index_mark(r->index);
    enum ny_feed_result result = admit(&d);
    ny_rc rc;

    rc = result == NY_FEED_ACCEPTED ? accept(&d)
                                    : i->reply.compose(i->reply.ctx, result, &i->answer);
    if (rc != NY_OK) {
        ny_index_undo_to(r->index, mark);
        return rc;
    }
    r->next_message++;
    store_message(&d, i->answer, result == NY_FEED_ACCEPTED ? NY_S("AA") : NY_S("AE 204"));
    return NY_OK;
}
