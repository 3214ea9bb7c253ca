/* A batch becomes what is committed. */

#include <stdio.h>

#include "fake_store_priv.h"

/* What a row was before stays in the arena until the end. */
static void save_identity(struct ny_store *s, const struct ny_identity_row *row)
{
    struct ny_identity_row *saved = &s->identities.v[row->id - 1];
    struct ny_patient *p = NY_ARENA_NEW(s->arena, struct ny_patient);

    NY_ASSERT(ny_patient_copy(s->arena, row->patient, p) == NY_OK);
    *saved = *row;
    saved->patient = p;
    saved->local_id = ny_arena_str(s->arena, row->local_id);
    saved->record = ny_arena_str(s->arena, row->record);
}

static void apply_identities(struct ny_store *s, const struct ny_store_batch *b)
{
    for (size_t i = 0; i < b->identities.n; i++) {
        const struct identity_op *op = &b->identities.v[i];

        if (op->is_new) {
            NY_ASSERT(op->row.id == (int64_t)s->identities.n + 1);
            ADD(&s->identities, op->row);
        }
        NY_ASSERT(op->row.person > 0);
        save_identity(s, &op->row);
    }
    for (size_t i = 0; i < b->moves.n; i++) {
        struct ny_identity_row *row = &s->identities.v[b->moves.v[i].identity - 1];

        row->person = b->moves.v[i].person;
        row->status = b->moves.v[i].status;
    }
}

static void apply_persons(struct ny_store *s, const struct ny_store_batch *b)
{
    for (size_t i = 0; i < b->persons.n; i++) {
        struct ny_person_row row = b->persons.v[i];

        if (row.regional_id.n > 0) {
            NY_ASSERT(row.id == (int64_t)s->persons.n + 1);
            row.regional_id = ny_arena_str(s->arena, row.regional_id);
            ADD(&s->persons, row);
        }
        s->persons.v[row.id - 1].retired = row.retired;
        s->persons.v[row.id - 1].forwarded_to = row.forwarded_to;
    }
}

/* Every event goes on where the one before ended, and the last one tells where the identity is. */
static void apply_memberships(struct ny_store *s, const struct ny_store_batch *b)
{
    while (s->member_of.n < s->identities.n) {
        ADD(&s->member_of, 0);
    }
    for (size_t i = 0; i < b->memberships.n; i++) {
        const struct ny_membership_row *row = &b->memberships.v[i];

        NY_ASSERT(row->from_person == s->member_of.v[row->identity - 1]);
        s->member_of.v[row->identity - 1] = row->to_person;
    }
    for (size_t i = 0; i < b->memberships.n; i++) {
        int64_t id = b->memberships.v[i].identity;

        NY_ASSERT(s->identities.v[id - 1].person == s->member_of.v[id - 1]);
    }
}

/* The events tell every status that an identity has come to. */
static void apply_statuses(struct ny_store *s, const struct ny_store_batch *b)
{
    while (s->status_of.n < s->identities.n) {
        ADD(&s->status_of, NY_IDENTITY_ACTIVE);
    }
    for (size_t i = 0; i < b->statuses.n; i++) {
        s->status_of.v[b->statuses.v[i].identity - 1] = b->statuses.v[i].status;
    }
    for (size_t i = 0; i < b->identities.n; i++) {
        int64_t id = b->identities.v[i].row.id;

        NY_ASSERT(s->status_of.v[id - 1] == (int64_t)s->identities.v[id - 1].status);
    }
}

static void apply_edge(struct ny_store *s, const struct edge_op *op)
{
    size_t k = fake_pair_row(&s->edge_of, op->row.a, op->row.b, s->edges.n);

    if (k == s->edges.n) {
        NY_ASSERT(!op->remove);
        ADD(&s->edges, (struct edge_op){.remove = true});
    }
    NY_ASSERT(!op->remove || !s->edges.v[k].remove);
    s->n_edges = s->n_edges - !s->edges.v[k].remove + !op->remove;
    s->edges.v[k] = *op;
}

static void apply_models(struct ny_store *s, const struct ny_store_batch *b)
{
    for (size_t i = 0; i < b->models.n; i++) {
        struct model m = b->models.v[i];

        m.body = ny_arena_str(s->arena, m.body);
        ADD(&s->models, m);
    }
    for (size_t i = 0; i < b->model_states.n; i++) {
        for (size_t k = 0; k < s->models.n; k++) {
            if (s->models.v[k].version == b->model_states.v[i].version) {
                s->models.v[k].state = b->model_states.v[i].state;
            }
        }
    }
    if (b->rollout_change != ROLLOUT_SAME) {
        s->rollout = b->rollout;
        s->has_rollout = b->rollout_change == ROLLOUT_SET;
    }
}

static void apply_review(struct ny_store *s, const struct ny_review_row *row)
{
    size_t k = fake_pair_row(&s->review_of, row->a, row->b, s->reviews.n);

    if (k == s->reviews.n) {
        ADD(&s->reviews, *row);
    }
    s->reviews.v[k] = *row;
}

bool fake_is_hold_of(const struct ny_hold_row *h, int64_t identity, int32_t source,
                     enum ny_hold_why why)
{
    return h->identity == identity && h->source == source && h->why == why;
}

static void apply_holds(struct ny_store *s, const struct ny_store_batch *b)
{
    for (size_t i = 0; i < b->releases.n; i++) {
        const struct ny_hold_release_row *x = &b->releases.v[i];
        size_t n = 0;

        for (size_t k = 0; k < s->holds.n; k++) {
            if (!fake_is_hold_of(&s->holds.v[k], x->identity, x->source, x->why)) {
                s->holds.v[n++] = s->holds.v[k];
            }
        }
        s->holds.n = n;
    }
    for (size_t i = 0; i < b->holds.n; i++) {
        struct ny_hold_row h = b->holds.v[i];
        bool stands = false;

        for (size_t k = 0; k < s->holds.n; k++) {
            stands |= fake_is_hold_of(&s->holds.v[k], h.identity, h.source, h.why);
        }
        if (stands) {
            continue;
        }
        h.detail = ny_arena_str(s->arena, h.detail);
        ADD(&s->holds, h);
    }
}

/* The outbox is in order; what is told takes what was parked of the person before it along. */
static void apply_notice_end(struct ny_store *s, const struct ny_notice_end_row *end)
{
    size_t n = 0;

    for (size_t k = 0; k < s->notices.n; k++) {
        struct ny_notice_view *v = &s->notices.v[k];
        bool older = v->parked && v->row.consumer == end->consumer &&
                     v->row.person == end->person && v->seq < end->seq;

        if (v->seq == end->seq && end->end == NY_NOTICE_PARKED) {
            v->parked = true;
            v->answer = ny_arena_str(s->arena, end->answer);
        } else if (v->seq == end->seq || (older && end->end == NY_NOTICE_TOLD)) {
            continue;
        }
        s->notices.v[n++] = *v;
    }
    s->notices.n = n;
}

static void apply_notices(struct ny_store *s, const struct ny_store_batch *b)
{
    for (size_t i = 0; i < b->consumers.n; i++) {
        struct ny_consumer_row row = b->consumers.v[i];

        row.name = ny_arena_str(s->arena, row.name);
        row.host = ny_arena_str(s->arena, row.host);
        row.app = ny_arena_str(s->arena, row.app);
        row.facility = ny_arena_str(s->arena, row.facility);
        row.domains = ny_arena_str(s->arena, row.domains);
        if ((size_t)row.id > s->consumers.n) {
            ADD(&s->consumers, row);
        }
        s->consumers.v[row.id - 1] = row;
    }
    for (size_t i = 0; i < b->notices.n; i++) {
        struct ny_notice_view v = {.seq = ++s->last_notice, .row = b->notices.v[i]};

        v.row.identities = ny_arena_str(s->arena, v.row.identities);
        ADD(&s->notices, v);
    }
    for (size_t i = 0; i < b->notice_ends.n; i++) {
        apply_notice_end(s, &b->notice_ends.v[i]);
    }
}

void fake_batch_apply(struct ny_store *s, const struct ny_store_batch *b)
{
    apply_models(s, b);
    apply_identities(s, b);
    apply_persons(s, b);
    apply_memberships(s, b);
    apply_statuses(s, b);
    for (size_t i = 0; i < b->messages.n; i++) {
        struct ny_message_row m = b->messages.v[i];

        m.control_id = ny_arena_str(s->arena, m.control_id);
        m.ack = ny_arena_str(s->arena, m.ack);
        ADD(&s->messages, m);
    }
    for (size_t i = 0; i < b->visits.n; i++) {
        fake_visit_apply(s, &b->visits.v[i]);
    }
    for (size_t i = 0; i < b->edges.n; i++) {
        apply_edge(s, &b->edges.v[i]);
    }
    for (size_t i = 0; i < b->reviews.n; i++) {
        apply_review(s, &b->reviews.v[i]);
    }
    for (size_t i = 0; i < b->pins.n; i++) {
        struct ny_pin_row pin = b->pins.v[i];

        pin.stamp.control_id = ny_arena_str(s->arena, pin.stamp.control_id);
        pin.who = ny_arena_str(s->arena, pin.who);
        pin.reason = ny_arena_str(s->arena, pin.reason);
        ADD(&s->pins, pin);
    }
    fake_words_apply(s, b);
    for (size_t i = 0; i < b->domains.n; i++) {
        fake_store_add_domain(s, &b->domains.v[i]);
    }
    apply_holds(s, b);
    apply_notices(s, b);
    for (size_t i = 0; i < b->requesters.n; i++) {
        const struct ny_requester_row *row = &b->requesters.v[i];

        if ((size_t)row->id <= s->requesters.n) {
            s->requesters.v[row->id - 1].habits = ny_arena_str(s->arena, row->habits);
        }
    }
    s->n_versions += b->n_versions;
    for (size_t i = 0; i < b->audits.n; i++) {
        const struct ny_audit_row *row = &b->audits.v[i];

        snprintf(s->audits[s->n_audits++ % AUDITS_KEPT], AUDIT_TEXT, "%.*s %.*s %d %.*s: %.*s (%d)",
                 NY_ARG(row->kind), NY_ARG(row->action), (int)row->outcome, NY_ARG(row->patient_id),
                 NY_ARG(row->decision), (int)row->hits);
    }
}
