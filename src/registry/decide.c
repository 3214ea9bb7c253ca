/* What a feed message changes: identities and their histories, pins, edges, then the groups around
 * them.
 *
 * The effect on memory goes through the index (which keeps the undo log), the effect on the
 * database into the rows of the open batch; both or neither. */

#include <stdlib.h>

#include "nayose/registry_rebuild.h"
#include "nayose/text.h"

#include "registry_priv.h"

/* ---- the identity ---- */

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
        .event_us = p->seen.at_us != NY_NEVER ? p->seen.at_us : d->feed->patient.seen.at_us,
        .version = (int32_t)known.version,
        .patient = p,
    };
}

struct revision {
    struct ny_patient *patient;
    ny_str packed;
    enum ny_patient_change change;
    bool overlaid; /* the record is of the person before the newest claim */
    bool remade;   /* the record in memory changed */
    bool kept;     /* the record in memory stays, though the patient changed (drift) */
};

/* A clerk's word that the newest claim is right, then the record. */
static ny_rc record_make(struct decision *d, struct revision *v)
{
    bool released = false;
    ny_rc rc = NY_OK;

    if (d->feed->kind == NY_FEED_RELEASE && d->feed->only == 0) {
        rc = ny_match_overlay_release(d->arena, v->patient, &released);
        v->change = released ? NY_CHANGE_VALUES : v->change;
    }
    return rc == NY_OK ? ny_registry_record(d->arena, v->patient, &v->packed, &v->overlaid) : rc;
}

/* What the messages say takes the place of what is stored, which nobody changed meanwhile. */
static ny_rc again_take(struct decision *d, const struct ny_patient *stored, struct revision *out)
{
    struct ny_rebuilt *again = d->feed->again;
    bool same = false;
    ny_rc rc = ny_registry_same(d->arena, stored, again->stored, &same);

    again->late = rc == NY_OK && !same;
    if (rc != NY_OK || !same) {
        return rc;
    }
    out->change = ny_patient_content_hash(stored) != ny_patient_content_hash(again->said)
                      ? NY_CHANGE_VALUES
                      : NY_CHANGE_STAMPS;
    return ny_patient_copy(d->arena, again->said, out->patient);
}

/* Joins what is stored with what the message says. */
static ny_rc revise(struct decision *d, size_t k, struct revision *out)
{
    const struct ny_stored_patient *known = ny_item_stored(d->item, d->ids[k]);
    const struct ny_patient *stored = !d->is_new[k] && known != NULL ? &known->patient : NULL;
    ny_rc rc;

    out->patient = NY_ARENA_NEW(d->arena, struct ny_patient);
    NY_ASSERT(out->patient != NULL);
    rc = ny_registry_fold(d->arena, d->feed, k, stored, out->patient, &out->change);
    if (rc == NY_OK && d->feed->kind == NY_FEED_AGAIN && d->feed->again->said != NULL) {
        rc = again_take(d, stored, out);
    }
    if (d->is_new[k]) {
        out->change = NY_CHANGE_VALUES; /* even an identity without any value has a first version */
    }
    return rc == NY_OK ? record_make(d, out) : rc;
}

/* Holds that begin, end by themselves, or are released by this word. */
static void apply_holds(struct decision *d, uint32_t id, const struct revision *v)
{
    const bool by_clerk = d->feed->kind == NY_FEED_RELEASE;
    ny_str who = by_clerk ? d->feed->request.user : NY_S("server");
    ny_str reason = by_clerk ? d->feed->reason : NY_S("the old claims came back");

    if (ny_registry_hold(d->r, id, NY_HOLD_VERSION, NY_HOLD_OVERLAY, v->overlaid, who, reason)) {
        ny_link_set_add(&d->touched, d->arena, id); /* its question comes or goes */
        if (v->overlaid) {
            ny_counter_add(NY_C_OVERLAYS, 1);
            ny_log(NY_LOG_WARN, "overlay_held", "identity=%u", id);
        }
    }
    if (by_clerk && d->feed->only == 0 &&
        ny_registry_hold(d->r, id, NY_HOLD_IDENTITY, NY_HOLD_SEARCH, false, who, reason)) {
        ny_link_set_add(&d->touched, d->arena, id);
    }
}

/* While the source of its domain has an alarm, a known identity goes on as it was. */
static bool keep_record(struct decision *d, size_t k, struct revision *v, bool drifts)
{
    struct ny_index_identity known;
    struct ny_record record;

    ny_index_get(d->r->index, d->ids[k], &known);
    if (!drifts || d->is_new[k] || ny_str_equals(known.record, v->packed) ||
        ny_index_has_hold(d->r->index, d->ids[k], NY_HOLD_IDENTITY, NY_HOLD_DRIFT) ||
        ny_record_unpack(known.record, &record) != NY_OK || (record.flags & NY_RECORD_GONE) != 0) {
        return false;
    }
    v->packed = ny_arena_str(d->arena, known.record);
    v->overlaid = ny_index_has_hold(d->r->index, d->ids[k], NY_HOLD_VERSION, NY_HOLD_OVERLAY);
    return true;
}

/* Holds of an alarm: on what comes, and on the version of what changes; they end with it. */
static void apply_drift(struct decision *d, uint32_t id, const struct revision *v, bool drifts)
{
    bool came = drifts && !v->kept && v->remade;
    bool was_held = ny_index_has_hold(d->r->index, id, NY_HOLD_IDENTITY, NY_HOLD_DRIFT);
    ny_str who = d->feed->kind == NY_FEED_RELEASE ? d->feed->request.user : NY_S("server");
    ny_str reason = d->feed->kind == NY_FEED_RELEASE ? d->feed->reason : NY_S("the alarm was over");

    if (ny_registry_hold(d->r, id, NY_HOLD_IDENTITY, NY_HOLD_DRIFT, drifts && (came || was_held),
                         who, reason)) {
        ny_link_set_add(&d->touched, d->arena, id);
    }
    (void)ny_registry_hold(
        d->r, id, NY_HOLD_VERSION, NY_HOLD_DRIFT,
        drifts && (v->kept || ny_index_has_hold(d->r->index, id, NY_HOLD_VERSION, NY_HOLD_DRIFT)),
        who, reason);
}

/* Puts a revision into memory; the rows of the identity follow when its person is known. */
static void apply(struct decision *d, size_t k, struct revision *v)
{
    struct ny_index *ix = d->r->index;
    uint32_t id = d->ids[k];
    const bool again = d->feed->kind == NY_FEED_AGAIN;
    const bool drifts = ny_feed_is_message(d->feed) && d->feed->kind != NY_FEED_WITHDRAW &&
                        ny_drift_stands(d->r, d->feed->domains[k]);
    struct ny_index_identity known;

    v->kept = keep_record(d, k, v, drifts);
    ny_index_get(ix, id, &known);
    if (v->change == NY_CHANGE_VALUES) {
        ny_index_version_set(ix, id, known.version + 1);
    }
    if (again || d->is_new[k] || !ny_str_equals(known.record, v->packed)) {
        v->remade = true;
        ny_index_record_set(ix, id, v->packed);
        ny_registry_status_set(d->r, d->rows, id, ny_registry_status(d->r, id));
        ny_link_refresh(&d->r->link, d->arena, id, &d->touched);
        ny_link_set_add(&d->touched, d->arena, id);
    }
    apply_holds(d, id, v);
    if (!again) {
        apply_drift(d, id, v, drifts);
    }
}

static void store_revision(struct decision *d, size_t k, const struct revision *v)
{
    struct ny_identity_row row;

    if (v->change == NY_CHANGE_NONE && !v->remade) {
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

/* The id that a merge takes away is deleted; what else a message names is what it is about. */
static ny_str audit_action(const struct ny_feed *f, size_t k)
{
    for (size_t i = 0; f->kind == NY_FEED_MERGE && i < f->n_pairs; i++) {
        if (f->pairs[i].a == k) {
            return NY_S("D");
        }
    }
    return f->request.action;
}

/* A row for each patient (ITI TF-2 3.20.7); several ids of a revision are one. */
static void store_audit(struct decision *d, enum ny_audit_outcome outcome, ny_str decision_text)
{
    const struct ny_feed *f = d->feed;
    size_t n = f->kind == NY_FEED_REVISE ? 1 : f->n_ids;

    for (size_t k = 0; k < n; k++) {
        struct ny_audit_row audit = ny_request_audit(&f->request);

        audit.kind = k == 0 ? NY_S("feed") : NY_S("feed more");
        audit.outcome = outcome;
        audit.action = audit_action(f, k);
        audit.patient_domain = f->domains[k]->ns;
        audit.patient_id = f->ids[k];
        audit.decision = decision_text;
        audit.person = d->ids[k] != 0 ? ny_index_person_of(d->r->index, d->ids[k]) : 0;
        ny_store_add_audit(d->rows, &audit);
    }
}

static void store_message(struct decision *d, ny_str ack, enum ny_feed_result result)
{
    static const ny_str decisions[] = {NY_S("AA"), NY_S("AE 204"), NY_S("AE 205"), NY_S("AR 202")};
    const struct ny_request *q = &d->feed->request;
    struct ny_message_row m = {
        .id = d->message,
        .source = q->source->id,
        .control_id = q->control_id,
        .received_us = q->received_us,
        .body = q->body,
        .ack = ack,
    };

    memcpy(m.body_hash, q->body_hash, sizeof(m.body_hash));
    ny_store_add_message(d->rows, &m);
    store_audit(d, result == NY_FEED_ACCEPTED ? NY_AUDIT_OK : NY_AUDIT_MINOR, decisions[result]);
}

static void store_release(struct decision *d)
{
    const struct ny_feed *f = d->feed;
    const struct ny_audit_row audit = {
        .at_us = f->request.received_us,
        .kind = NY_S("admin"),
        .action = NY_S("U"),
        .outcome = NY_AUDIT_OK,
        .user_id = f->request.user,
        .patient_domain = f->domains[0]->ns,
        .patient_id = f->ids[0],
        .decision = NY_S("hold release"),
        .reason = f->reason,
    };

    ny_store_add_audit(d->rows, &audit);
}

static bool is_gone(const struct ny_registry *r, uint32_t id)
{
    struct ny_index_identity x;
    struct ny_record record;

    ny_index_get(r->index, id, &x);
    return ny_record_unpack(x.record, &record) == NY_OK && (record.flags & NY_RECORD_GONE) != 0;
}

/* The new name of a RENAME is somebody else's. */
static bool is_taken(const struct decision *d, const struct ny_feed_outcome *o)
{
    const struct ny_feed *f = d->feed;

    for (size_t i = 0; i < f->n_pairs && f->kind == NY_FEED_RENAME; i++) {
        uint32_t a = d->ids[f->pairs[i].a];
        uint32_t b = d->ids[f->pairs[i].b];

        if ((o->unknown >> f->pairs[i].b & 1U) == 0 &&
            (a == 0 || ny_link_survivor(d->r->index, a) != ny_link_survivor(d->r->index, b))) {
            return true;
        }
    }
    return false;
}

/* A message for practice names a real patient. */
static bool is_in_production(const struct decision *d)
{
    for (size_t k = 0; d->feed->is_test && k < d->feed->n_ids; k++) {
        const struct ny_stored_patient *s = ny_item_stored(d->item, d->ids[k]);

        if (d->ids[k] != 0 && s != NULL && s->patient.seen.at_us != NY_NEVER &&
            !ny_patient_is_practice(&s->patient)) {
            return true;
        }
    }
    return false;
}

/* The ids were read under a setting that has changed since, which a later try mends. */
static bool ids_are_folded(const struct ny_feed *f)
{
    char buf[NY_ID_WIDTH_MAX];

    for (size_t k = 0; k < f->n_ids; k++) {
        if (!ny_str_equals(ny_domain_local_id(f->domains[k], f->ids[k], buf), f->ids[k])) {
            return false;
        }
    }
    return true;
}

/* Finds the identities; what can be refused is refused before anything is changed. */
static void admit(struct decision *d, struct ny_feed_outcome *o)
{
    const struct ny_feed *f = d->feed;

    *o = (struct ny_feed_outcome){0};
    for (size_t k = 0; k < f->n_ids; k++) {
        uint32_t id = ny_index_find(d->r->index, f->domains[k]->id, f->ids[k]);

        d->ids[k] = id;
        o->unknown |= (uint32_t)(id == 0 || is_gone(d->r, id)) << k;
        o->retired |= (uint32_t)(id != 0 && ny_link_survivor(d->r->index, id) != id) << k;
    }
    for (size_t i = 0; i < f->n_pairs; i++) { /* what is said again is no surprise */
        uint32_t a = d->ids[f->pairs[i].a];
        uint32_t b = d->ids[f->pairs[i].b];

        if (a != 0 && b != 0 &&
            ny_link_survivor(d->r->index, a) == ny_link_survivor(d->r->index, b)) {
            o->retired &= ~(1U << f->pairs[i].a | 1U << f->pairs[i].b);
        }
    }
    if (f->strict_update && o->unknown != 0) {
        o->result = NY_FEED_UNKNOWN_PATIENT;
    } else if (is_taken(d, o)) {
        o->result = NY_FEED_ID_TAKEN;
    } else if (is_in_production(d)) {
        o->result = NY_FEED_IN_PRODUCTION;
    }
}

static void identities_add(struct decision *d)
{
    for (size_t k = 0; k < d->feed->n_ids; k++) {
        if (d->ids[k] == 0) {
            d->ids[k] = ny_index_add(d->r->index, d->feed->domains[k]->id, d->feed->ids[k],
                                     NY_IDENTITY_ACTIVE);
            d->is_new[k] = true;
        }
    }
}

static struct reason reason_of(const struct decision *d)
{
    if (d->feed->kind == NY_FEED_RELEASE) {
        return (struct reason){NY_CAUSE_DECISION, 0};
    }
    return (struct reason){
        d->feed->kind == NY_FEED_WITHDRAW ? NY_CAUSE_WITHDRAWAL : NY_CAUSE_MESSAGE, d->message};
}

static ny_rc accept(struct decision *d, const struct ny_feed_outcome *o)
{
    struct revision revisions[NY_FEED_IDS_MAX] = {0};
    const struct reason why = reason_of(d);
    ny_rc rc;

    identities_add(d);
    for (size_t k = 0; k < d->feed->n_ids; k++) {
        rc = revise(d, k, &revisions[k]);
        if (rc != NY_OK) {
            return rc;
        }
    }
    /* The last thing that can be refused; from here on rows are written. */
    rc = d->item->reply.compose(d->item->reply.ctx, o, &d->item->answer);
    if (rc != NY_OK) {
        return rc;
    }
    ny_drift_watch(d->r, d->feed, d->ids[0], d->rows);
    ny_decision_pin(d);
    for (size_t k = 0; k < d->feed->n_ids; k++) {
        apply(d, k, &revisions[k]);
    }
    if (d->feed->kind == NY_FEED_MERGE || d->feed->kind == NY_FEED_RENAME) {
        ny_merges_settle(d->r, d->rows, d->arena, d->ids, d->feed->n_ids, &d->touched);
    }
    if (d->feed->kind != NY_FEED_AGAIN) { /* its groups wait for the others */
        ny_registry_regroup(d->r, &d->touched, &why);
    }
    for (size_t k = 0; k < d->feed->n_ids; k++) {
        store_revision(d, k, &revisions[k]); /* now that its person is known */
    }
    ny_registry_visits(d->feed, d->ids, d->rows);
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
                         .message = ny_feed_is_message(i->feed) ? r->next_message : 0};
    uint64_t mark = ny_index_mark(r->index);
    struct ny_feed_outcome o;
    ny_rc rc;

    if (!ids_are_folded(i->feed)) {
        return NY_EAGAIN;
    }
    admit(&d, &o);
    rc = o.result == NY_FEED_ACCEPTED ? accept(&d, &o)
                                      : i->reply.compose(i->reply.ctx, &o, &i->answer);
    if (rc != NY_OK) {
        ny_index_undo_to(r->index, mark);
        return rc;
    }
    if (!ny_feed_is_message(i->feed)) {
        if (i->feed->kind == NY_FEED_RELEASE && i->feed->only == 0) {
            store_release(&d);
        }
        return NY_OK;
    }
    r->next_message++;
    store_message(&d, i->answer, o.result);
    return NY_OK;
}
