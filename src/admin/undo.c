/* Undoes a word or an event by its name in a history: what it was, what is said against it, the
 * groups before and after. */

#include "nayose/registry_pins.h"

#include "admin_priv.h"

struct undoing {
    struct telling telling;
    struct ny_undo_order order;
    ny_str event;
};

/* What is undone. */
static json_t *undone_json(const struct request *q, const struct ny_undo_outcome *o)
{
    const struct ny_pin_row *row;
    char at[NY_TIMESTAMP_LEN];

    if (o->event != NULL) {
        ny_timestamp_write(o->event->at_us, at);
        return json_pack("{s:s, s:s, s:s}", "kind", o->event->n_there > 0 ? "link" : "split",
                         "cause", ny_admin_cause(o->event->cause), "at", at);
    }
    row = &o->word->row;
    ny_timestamp_write(row->stamp.at_us, at);
    return json_pack("{s:s, s:s, s:o, s:o, s:s, s:o, s:o}", "kind", ny_admin_pin_kind(row->kind),
                     "role", ny_admin_pin_role(row->role), "a",
                     ny_admin_str(ny_admin_name_of(q, (uint32_t)row->a)), "b",
                     ny_admin_str(ny_admin_name_of(q, (uint32_t)row->b)), "at", at, "who",
                     ny_admin_str(row->who), "reason", ny_admin_str(row->reason));
}

static json_t *words_json(const struct request *q, const struct ny_undo_outcome *o)
{
    json_t *list = json_array();

    for (size_t i = 0; i < o->n_said; i++) {
        const struct ny_index_pin *p = &o->said[i];

        json_array_append_new(list, json_pack("{s:o, s:o, s:s}", "a",
                                              ny_admin_str(ny_admin_name_of(q, p->a)), "b",
                                              ny_admin_str(ny_admin_name_of(q, p->b)), "kind",
                                              ny_admin_pin_kind((enum ny_pin_kind)p->kind)));
    }
    return list;
}

static void accept(struct undoing *x, const struct ny_undo_outcome *o)
{
    struct request *q = x->telling.q;
    const char *result = x->order.dry_run           ? "looked at"
                         : o->outcome.proposed != 0 ? "proposed"
                                                    : "kept";
    json_t *body =
        json_pack("{s:s, s:o, s:o, s:o}", "result", result, "event", ny_admin_str(x->event),
                  "undone", undone_json(q, o), "words", words_json(q, o));

    ny_admin_groups_put(q, &o->outcome, body);
    ny_admin_json(q, 200, body);
}

static void refuse(struct undoing *x, const struct ny_undo_outcome *o)
{
    static const struct {
        unsigned status;
        const char *error, *hint;
    } all[] = {
        [NY_UNDO_UNKNOWN] = {404, "there is nothing of that number",                "see: nayose history NS^ID"       },
        [NY_UNDO_NEWER] = {409, "a word about the two stands on top of it",
                             "undo that one first; see: nayose history NS^ID"                                         },
        [NY_UNDO_HIGHER] = {409, "a supervisor said it",                           "ask a supervisor to undo it"     },
        [NY_UNDO_NO_VALUES] = {409,
                             "nothing is known of the retired id: it was never fed, or was taken "
                               "back",                                              "its hospital has to send it anew"},
        [NY_UNDO_NOBODY] = {409, "it neither joined nor parted anybody",
                             "see: nayose history NS^ID"                                                              },
        [NY_UNDO_NOTHING] = {409, "nothing of it is left",                          "see: nayose history NS^ID"       },
        [NY_UNDO_TOO_MANY] = {409, "it moved too many records to be undone at once",
                             "say it of one after the other: nayose unlink, link"                                     },
    };

    ny_admin_fail(x->telling.q, all[o->result].status, all[o->result].error, all[o->result].hint);
}

static void on_undo(void *ctx, ny_rc rc, const struct ny_undo_outcome *o)
{
    struct undoing *x = ctx;

    if (rc == NY_OK && o->result != NY_UNDO_FOUND) {
        refuse(x, o);
    } else if (!ny_admin_word_refused(&x->telling, rc, rc == NY_OK ? &o->outcome : NULL)) {
        accept(x, o);
    }
}

/* "p12", "e41", or "12", which is p12. */
static bool event_read(struct undoing *x)
{
    ny_str digits = x->event;
    uint64_t n = 0;

    x->order.what = 'p';
    if (digits.n > 0 && (digits.p[0] == 'p' || digits.p[0] == 'e')) {
        x->order.what = digits.p[0];
        digits = ny_str_sub(digits, 1, digits.n - 1);
    }
    if (ny_str_to_u64(digits, 1, INT64_MAX, &n) != NY_OK) {
        ny_admin_fail(x->telling.q, 400, "event is no name of an event, such as p12 or e41",
                      "see: nayose history NS^ID");
        return false;
    }
    x->order.number = (int64_t)n;
    return true;
}

void ny_admin_undo(struct request *q)
{
    struct undoing *x = NY_ARENA_NEW(q->call->arena, struct undoing);
    json_t *o;

    if (x == NULL) {
        ny_admin_fail_rc(q, NY_ELIMIT);
        return;
    }
    o = ny_admin_body_object(q);
    if (o == NULL) {
        return;
    }
    *x = (struct undoing){.telling = {.q = q}, .event = ny_admin_text_of(q, o, "event")};
    x->order.reason = ny_str_trim(ny_admin_text_of(q, o, "reason"));
    x->order.dry_run = json_is_true(json_object_get(o, "dry_run"));
    x->order.who = q->call->user;
    x->order.role = ny_admin_role(q);
    x->telling.word.role = x->order.role;
    json_decref(o);
    if (event_read(x)) {
        ny_registry_undo(q->registry, &x->order, on_undo, x);
    }
}
