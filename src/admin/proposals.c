/* Words that wait for a second person: the list, and what another clerk says to one of them. */

#include "nayose/registry_pins.h"

#include "admin_priv.h"

/* One word, with the members that pins have. */
static json_t *word_json(const struct request *q, const struct ny_proposal *p, size_t i)
{
    const struct ny_domain *d[2];
    char at[NY_TIMESTAMP_LEN];
    ny_str id[2];

    ny_timestamp_write(p->at_us, at);
    ny_registry_identity_name(q->registry, p->said[i].a, &d[0], &id[0]);
    ny_registry_identity_name(q->registry, p->said[i].b, &d[1], &id[1]);
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:s, s:b, s:b, s:s, s:o, s:s, s:o, s:o, s:I}",
                     "proposed", (json_int_t)p->number, "domain_a", ny_admin_str(d[0]->ns),
                     "local_id_a", ny_admin_str(id[0]), "domain_b", ny_admin_str(d[1]->ns),
                     "local_id_b", ny_admin_str(id[1]), "kind",
                     ny_admin_pin_kind((enum ny_pin_kind)p->said[i].kind), "in_force", 0,
                     "in_doubt", 0, "role", ny_admin_pin_role((enum ny_pin_role)p->said[i].role),
                     "who", ny_admin_str(p->who), "said", at, "reason", ny_admin_str(p->reason),
                     "undoes", ny_admin_str(p->together), "size", (json_int_t)p->size);
}

void ny_admin_proposals_get(struct request *q)
{
    const struct ny_proposal *const *all;
    size_t n = ny_registry_proposals(q->registry, &all);
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < all[i]->n_said; k++) {
            json_array_append_new(list, word_json(q, all[i], k));
        }
    }
    ny_admin_page(q, "proposals", list, NULL);
}

/* ---- what another clerk says ---- */

struct answering {
    struct telling telling;
    struct ny_confirm_order order;
};

static void accept(struct answering *x, const struct ny_confirm_outcome *o)
{
    const bool confirms = x->order.how == NY_PROPOSAL_CONFIRMED;
    json_t *body =
        json_pack("{s:s, s:I, s:o, s:o}", "result",
                  x->order.dry_run ? "looked at"
                  : confirms       ? "confirmed"
                                   : "rejected",
                  "number", (json_int_t)o->proposal->number, "who", ny_admin_str(o->proposal->who),
                  "reason", ny_admin_str(o->proposal->reason));

    if (confirms) {
        ny_admin_groups_put(x->telling.q, &o->outcome, body);
    }
    ny_admin_json(x->telling.q, 200, body);
}

static void on_answer(void *ctx, ny_rc rc, const struct ny_confirm_outcome *o)
{
    static const struct {
        unsigned status;
        const char *error, *hint;
    } all[] = {
        [NY_CONFIRM_UNKNOWN] = {404, "nothing of that number waits for a second person",
                                "see: nayose pin list"                              },
        [NY_CONFIRM_OWN] = {409, "you proposed it yourself: somebody else has to confirm it",
                                "to take it back: nayose pin reject"                },
        [NY_CONFIRM_OVERTAKEN] = {409, "a clerk has said something of the same since",
                                "look again: nayose pin reject, and propose it anew"},
    };
    struct answering *x = ctx;
    struct request *q = x->telling.q;

    if (rc == NY_ECONFLICT) {
        ny_admin_fail(q, 409, "somebody else ended it at this moment", "see: nayose pin list");
    } else if (rc == NY_OK && o->result != NY_CONFIRM_DONE) {
        ny_admin_fail(q, all[o->result].status, all[o->result].error, all[o->result].hint);
    } else if (rc != NY_OK || o->outcome.check.result == NY_WORD_CONTRADICTED) {
        (void)ny_admin_word_refused(&x->telling, rc, rc == NY_OK ? &o->outcome : NULL);
    } else {
        accept(x, o);
    }
}

/* {"number", "confirm", "reason", "dry_run"} */
void ny_admin_proposals_post(struct request *q)
{
    struct answering *x = NY_ARENA_NEW(q->call->arena, struct answering);
    json_t *o;

    if (x == NULL) {
        ny_admin_fail_rc(q, NY_ELIMIT);
        return;
    }
    o = ny_admin_body_object(q);
    if (o == NULL) {
        return;
    }
    *x = (struct answering){.telling = {.q = q}};
    x->order.number = json_integer_value(json_object_get(o, "number"));
    x->order.how =
        json_is_true(json_object_get(o, "confirm")) ? NY_PROPOSAL_CONFIRMED : NY_PROPOSAL_REJECTED;
    x->order.reason = ny_str_trim(ny_admin_text_of(q, o, "reason"));
    x->order.dry_run = json_is_true(json_object_get(o, "dry_run"));
    x->order.who = q->call->user;
    x->telling.word.role = ny_admin_role(q);
    json_decref(o);
    ny_registry_confirm(q->registry, &x->order, on_answer, x);
}
