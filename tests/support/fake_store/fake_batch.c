/* A batch: the rows that were added to it. */

#include "fake_store_priv.h"

struct ny_store_batch *ny_store_batch_create(void)
{
    struct ny_store_batch *b = ny_calloc(1, sizeof(*b));

    b->arena = ny_arena_create(0);
    return b;
}

void ny_store_batch_destroy(struct ny_store_batch *b)
{
    if (b != NULL) {
        ny_free(b->models.v);
        ny_free(b->model_states.v);
        ny_free(b->identities.v);
        ny_free(b->moves.v);
        ny_free(b->messages.v);
        ny_free(b->visits.v);
        ny_free(b->edges.v);
        ny_free(b->reviews.v);
        ny_free(b->pins.v);
        ny_free(b->domains.v);
        ny_free(b->requesters.v);
        ny_free(b->holds.v);
        ny_free(b->consumers.v);
        ny_free(b->notices.v);
        ny_free(b->notice_ends.v);
        ny_free(b->releases.v);
        ny_free(b->persons.v);
        ny_free(b->memberships.v);
        ny_free(b->statuses.v);
        ny_free(b->audits.v);
        ny_free(b->proposals.v);
        ny_free(b->proposal_ends.v);
        ny_arena_destroy(b->arena);
        ny_free(b);
    }
}

struct ny_arena *ny_store_batch_arena(struct ny_store_batch *b)
{
    return b->arena;
}

/* A row says more than what became of its identity before. */
static void identity_add(struct ny_store_batch *b, const struct ny_identity_row *row, bool is_new)
{
    size_t kept = 0;

    for (size_t i = 0; i < b->moves.n; i++) {
        if (b->moves.v[i].identity != row->id) {
            b->moves.v[kept++] = b->moves.v[i];
        }
    }
    b->moves.n = kept;
    ADD(&b->identities, (struct identity_op){*row, is_new});
}

void ny_store_add_identity_new(struct ny_store_batch *b, const struct ny_identity_row *row)
{
    identity_add(b, row, true);
}

void ny_store_add_identity_update(struct ny_store_batch *b, const struct ny_identity_row *row)
{
    identity_add(b, row, false);
}

void ny_store_add_version(struct ny_store_batch *b, const struct ny_identity_row *row,
                          int64_t message)
{
    (void)row;
    (void)message;
    b->n_versions++;
}

void ny_store_add_identity_state(struct ny_store_batch *b, int64_t identity, int64_t person,
                                 enum ny_identity_status status)
{
    ADD(&b->moves, (struct move){identity, person, status});
}

void ny_store_add_person(struct ny_store_batch *b, const struct ny_person_row *row, bool is_new)
{
    NY_ASSERT(is_new == (row->regional_id.n > 0));
    ADD(&b->persons, *row);
}

void ny_store_add_status(struct ny_store_batch *b, int64_t identity, enum ny_identity_status status)
{
    const struct move m = {.identity = identity, .status = status};

    ADD(&b->statuses, m);
}

void ny_store_add_membership(struct ny_store_batch *b, const struct ny_membership_row *row)
{
    NY_ASSERT(row->to_person > 0 && row->from_person != row->to_person);
    ADD(&b->memberships, *row);
}

void ny_store_add_visit(struct ny_store_batch *b, int64_t identity, const struct ny_visit *v)
{
    ADD(&b->visits, (struct visit_op){identity, v, 0});
}

void ny_store_move_visit(struct ny_store_batch *b, int64_t from, int64_t identity,
                         const struct ny_visit *v)
{
    ADD(&b->visits, (struct visit_op){identity, v, from});
}

void ny_store_add_edge(struct ny_store_batch *b, const struct ny_edge_row *row)
{
    ADD(&b->edges, (struct edge_op){*row, false});
}

void ny_store_remove_edge(struct ny_store_batch *b, int64_t identity_a, int64_t identity_b)
{
    ADD(&b->edges, (struct edge_op){
                       .row = {.a = identity_a, .b = identity_b},
                         .remove = true
    });
}

void ny_store_add_pin(struct ny_store_batch *b, const struct ny_pin_row *row)
{
    ADD(&b->pins, *row);
}

void ny_store_add_consumer(struct ny_store_batch *b, const struct ny_consumer_row *row)
{
    ADD(&b->consumers, *row);
}

void ny_store_add_notice(struct ny_store_batch *b, const struct ny_notice_row *row)
{
    ADD(&b->notices, *row);
}

void ny_store_end_notice(struct ny_store_batch *b, const struct ny_notice_end_row *row)
{
    ADD(&b->notice_ends, *row);
}

void ny_store_add_hold(struct ny_store_batch *b, const struct ny_hold_row *row)
{
    ADD(&b->holds, *row);
}

void ny_store_release_hold(struct ny_store_batch *b, const struct ny_hold_release_row *row)
{
    ADD(&b->releases, *row);
}

void ny_store_add_review(struct ny_store_batch *b, const struct ny_review_row *row)
{
    ADD(&b->reviews, *row);
}

void ny_store_add_model(struct ny_store_batch *b, const struct ny_model_row *row)
{
    ADD(&b->models, (struct model){row->version, row->body, row->state});
}

void ny_store_set_model_state(struct ny_store_batch *b, int32_t version, enum ny_model_state state)
{
    ADD(&b->model_states, (struct model_state){version, state});
}

void ny_store_set_rollout(struct ny_store_batch *b, const struct ny_rollout_row *row)
{
    b->rollout = *row;
    b->rollout_change = ROLLOUT_SET;
}

void ny_store_end_rollout(struct ny_store_batch *b)
{
    b->rollout_change = ROLLOUT_ENDED;
}

void ny_store_add_message(struct ny_store_batch *b, const struct ny_message_row *row)
{
    ADD(&b->messages, *row);
}

void ny_store_add_audit(struct ny_store_batch *b, const struct ny_audit_row *row)
{
    ADD(&b->audits, *row);
}

void ny_store_add_domain(struct ny_store_batch *b, const struct ny_domain *row)
{
    ADD(&b->domains, *row);
}

void ny_store_add_requester(struct ny_store_batch *b, const struct ny_requester_row *row)
{
    ADD(&b->requesters, *row);
}

/* ---- nobody asks for these rows back here ---- */

void ny_store_add_decision(struct ny_store_batch *b, const struct ny_decision_row *row)
{
    (void)b;
    (void)row;
}

void ny_store_undo_decision(struct ny_store_batch *b, const struct ny_decision_undo_row *row)
{
    (void)b;
    (void)row;
}

void ny_store_set_rehearsal(struct ny_store_batch *b, int32_t version, ny_str rehearsal)
{
    (void)b;
    (void)version;
    (void)rehearsal;
}

void ny_store_add_calibration(struct ny_store_batch *b, const struct ny_calibration_row *row)
{
    (void)b;
    (void)row;
}

void ny_store_add_label(struct ny_store_batch *b, const struct ny_label_row *row)
{
    (void)b;
    (void)row;
}

void ny_store_add_label_answer(struct ny_store_batch *b, const struct ny_label_answer_row *row)
{
    (void)b;
    (void)row;
}

bool ny_store_batch_has_notices(const struct ny_store_batch *b)
{
    return b->notices.n > 0 || b->consumers.n > 0;
}
