/* The clerks' desk: the next case is taken and held, decided, put off, given to somebody; undone;
 * given back. */

#include "nayose/model_reason.h"

#include "desk_priv.h"

static const char *const decisions[] = {"", "same", "different", "later", "assign", "note"};
enum { LATER_S = 20 * 3600, PAGE = 200 };

struct showing *ny_desk_showing(struct request *q)
{
    struct showing *x = NY_ARENA_NEW(q->call->arena, struct showing);

    if (x == NULL) {
        ny_admin_fail_rc(q, NY_ELIMIT);
        return NULL;
    }
    x->telling.q = q;
    x->telling.word.who = q->call->user;
    x->telling.word.role = ny_admin_role(q);
    return x;
}

bool ny_desk_find(struct showing *x)
{
    const struct ny_word *w = &x->telling.word;
    struct request *q = x->telling.q;

    x->a = ny_registry_identity_number(q->registry, w->domains[0], w->ids[0]);
    x->b = ny_registry_identity_number(q->registry, w->domains[1], w->ids[1]);
    if (x->a == 0 || x->b == 0 || x->a == x->b) {
        ny_admin_fail(q, 404, "a and b have to be two known records", "see: nayose review list");
        return false;
    }
    return true;
}

static json_t *decision_json(const struct ny_decision_view *v)
{
    char at[NY_TIMESTAMP_LEN];

    ny_timestamp_write(v->row.at_us, at);
    return json_pack(
        "{s:I, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:i, s:s, s:b, s:I, s:o, s:o, s:o, s:o}",
        "number", (json_int_t)v->number, "decision", decisions[v->row.decision], "who",
        ny_admin_str(v->row.who), "at", at, "reason", ny_admin_str(v->row.reason), "note",
        ny_admin_str(v->row.note), "whom", ny_admin_str(v->row.whom), "until",
        ny_admin_time(v->row.until_us), "seconds", (int)v->row.seconds, "asked",
        ny_admin_reason(v->row.asked), "undone", v->undone, "proposed",
        (json_int_t)ny_decision_proposed(v), "domain_a", ny_admin_str(v->ns_a), "local_id_a",
        ny_admin_str(v->id_a), "domain_b", ny_admin_str(v->ns_b), "local_id_b",
        ny_admin_str(v->id_b));
}

json_t *ny_desk_decisions_json(const struct ny_decision_view *rows, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        json_array_append_new(list, decision_json(&rows[i]));
    }
    return list;
}

json_t *ny_desk_lease_json(const struct ny_lease *l)
{
    char until[NY_TIMESTAMP_LEN];

    if (l == NULL) {
        return json_null();
    }
    ny_timestamp_write(l->until_us, until);
    return json_pack("{s:o, s:o, s:s}", "who", ny_admin_str(l->who), "desk", ny_admin_str(l->desk),
                     "until", until);
}

/* "a" and "b" of the body, with "desk". False, and answered, when they are not there. */
static bool pair_read(struct showing *x, const json_t *o)
{
    x->desk = ny_admin_text_of(x->telling.q, o, "desk");
    return ny_admin_pair_read(&x->telling, o) && ny_desk_find(x);
}

static void say_held(struct request *q, const struct ny_lease *l)
{
    ny_str error = ny_arena_printf(q->call->arena, "%.*s has this case open", NY_ARG(l->who));

    ny_admin_json(q, 409,
                  json_pack("{s:o, s:s, s:o}", "error", ny_admin_str(error), "hint",
                            "take another one, or ask whether it is done with", "lease",
                            ny_desk_lease_json(l)));
}

static void say_closed(struct showing *x)
{
    struct ny_case c;

    ny_registry_case(x->telling.q->registry, x->a, x->b, &c);
    ny_admin_json(x->telling.q, 409,
                  json_pack("{s:s, s:s, s:b, s:b}", "error",
                            c.same_person ? "this case is closed: the two are one person by now"
                                          : "this case is closed: nothing is asked of the two any "
                                            "more",
                            "hint", "see: nayose explain", "closed", 1, "same_person",
                            c.same_person));
}

/* ---- taking ---- */

static void next_after(struct showing *x, int64_t at_us, int64_t a, int64_t b);

static bool take_first(struct showing *x, const struct ny_review_view *rows, size_t n)
{
    struct request *q = x->telling.q;
    const struct ny_lease *lease;

    for (size_t i = 0; i < n; i++) {
        const ny_str names[2][2] = {
            {rows[i].ns_a, rows[i].id_a},
            {rows[i].ns_b, rows[i].id_b}
        };
        struct ny_case c;

        ny_registry_case(q->registry, rows[i].row.a, rows[i].row.b, &c);
        if (c.state == 0 || c.proposed != 0 ||
            !ny_registry_case_take(q->registry, rows[i].row.a, rows[i].row.b, q->call->user,
                                   x->desk, &lease)) {
            continue;
        }
        x->a = rows[i].row.a;
        x->b = rows[i].row.b;
        for (size_t k = 0; k < 2; k++) {
            const struct ny_hd hd = {.ns = names[k][0]};

            x->telling.word.ids[k] = ny_arena_str(q->call->arena, names[k][1]);
            if (ny_registry_authority(q->registry, &hd, &x->telling.word.domains[k]) !=
                NY_AUTHORITY_FOUND) {
                return false;
            }
        }
        return true;
    }
    return false;
}

static void on_page(void *ctx, ny_rc rc, const struct ny_review_view *rows, size_t n)
{
    struct showing *x = ctx;

    if (rc != NY_OK) {
        ny_admin_fail_rc(x->telling.q, rc);
    } else if (take_first(x, rows, n)) {
        ny_desk_show(x);
    } else if (n == PAGE) {
        next_after(x, rows[n - 1].row.at_us, rows[n - 1].row.a, rows[n - 1].row.b);
    } else {
        ny_admin_json(x->telling.q, 200, json_pack("{s:n}", "a"));
    }
}

static void next_after(struct showing *x, int64_t at_us, int64_t a, int64_t b)
{
    ny_registry_reviews(x->telling.q->registry, &x->filter, at_us, a, b, PAGE, on_page, x);
}

static void take_this(struct showing *x)
{
    struct request *q = x->telling.q;
    const struct ny_lease *lease;
    struct ny_case c;

    ny_registry_case(q->registry, x->a, x->b, &c);
    if (c.state == 0) {
        say_closed(x);
    } else if (!ny_registry_case_take(q->registry, x->a, x->b, q->call->user, x->desk, &lease)) {
        say_held(q, lease);
    } else {
        ny_desk_show(x);
    }
}

void ny_admin_review_take(struct request *q)
{
    struct showing *x = ny_desk_showing(q);
    json_t *o = x != NULL ? ny_admin_body_object(q) : NULL;

    if (o == NULL) {
        return;
    }
    x->desk = ny_admin_text_of(q, o, "desk");
    x->filter = (struct ny_review_filter){
        .state = json_is_true(json_object_get(o, "parked")) ? NY_REVIEW_PARKED : NY_REVIEW_OPEN,
        .reason = ny_admin_reason_parse(ny_admin_text_of(q, o, "reason")),
        .domain = ny_admin_text_of(q, o, "domain"),
        .clerk = q->call->user};
    if (json_object_get(o, "a") == NULL) {
        next_after(x, 0, 0, 0);
    } else if (pair_read(x, o)) {
        take_this(x);
    }
    json_decref(o);
}

/* ---- deciding ---- */

static void decided(struct showing *x, json_t *answer)
{
    struct request *q = x->telling.q;

    (void)ny_registry_case_release(q->registry, x->a, x->b, q->call->user, x->desk);
    ny_admin_json(q, 200, answer);
}

static void on_word(void *ctx, ny_rc rc, const struct ny_word_outcome *o)
{
    struct showing *x = ctx;

    if (rc == NY_OK && o->missing == 0 && o->is_moot) {
        say_closed(x);
    } else if (rc == NY_OK && o->check.result == NY_WORD_STANDS) {
        ny_admin_fail(x->telling.q, 409, "that is said already", "see: nayose pin list");
    } else if (!ny_admin_word_refused(&x->telling, rc, o)) {
        json_t *answer = json_pack("{s:s, s:s}", "result", o->proposed != 0 ? "proposed" : "kept",
                                   "decision", decisions[x->row.decision]);

        ny_admin_groups_put(x->telling.q, o, answer);
        decided(x, answer);
    }
}

static void on_added(void *ctx, ny_rc rc)
{
    struct showing *x = ctx;

    if (rc != NY_OK) {
        ny_admin_fail_rc(x->telling.q, rc);
    } else if (x->row.decision == NY_DECISION_NOTE) { /* the case stays open on the desk */
        ny_admin_json(x->telling.q, 200,
                      json_pack("{s:s, s:s}", "result", "kept", "decision", "note"));
    } else {
        decided(x,
                json_pack("{s:s, s:s}", "result", "kept", "decision", decisions[x->row.decision]));
    }
}

/* The code may stand with the decision. */
static bool reason_fits(enum ny_decision decision, ny_str code)
{
    const struct ny_reason *r = ny_reason_find(code);

    return r != NULL && (decision == NY_DECISION_SAME ? r->same : r->different);
}

/* False, and answered, when the body does not say it all. */
static bool decision_read(struct showing *x, const json_t *o)
{
    struct request *q = x->telling.q;
    struct ny_decision_row *row = &x->row;
    ny_str what = ny_admin_text_of(q, o, "decision");
    json_int_t days = json_integer_value(json_object_get(o, "days"));

    for (int k = NY_DECISION_SAME; k <= NY_DECISION_NOTE; k++) {
        if (ny_str_equals(what, ny_str_from_c(decisions[k]))) {
            row->decision = (enum ny_decision)k;
        }
    }
    row->who = q->call->user;
    row->at_us = ny_clock_now_us();
    row->reason = ny_admin_text_of(q, o, "reason");
    row->note = ny_str_trim(ny_admin_text_of(q, o, "note"));
    if (row->decision == NY_DECISION_ASSIGN) {
        row->whom = ny_str_trim(ny_admin_text_of(q, o, "whom"));
    } else if (row->decision == NY_DECISION_LATER) {
        row->until_us = row->at_us + (days > 0 && days <= 366 ? days * NY_US_PER_DAY
                                                              : LATER_S * NY_US_PER_SECOND);
    }
    if (row->decision == 0) {
        ny_admin_fail(q, 400, "decision is none of same, different, later, assign, note", "");
    } else if (row->decision <= NY_DECISION_DIFFERENT && !reason_fits(row->decision, row->reason)) {
        ny_admin_fail(q, 400, "there is no such reason for that decision",
                      "see: nayose review decide --help");
    } else if (row->decision == NY_DECISION_NOTE && ny_str_is_empty(row->note)) {
        ny_admin_fail(q, 400, "the note is empty", "");
    } else {
        return true;
    }
    return false;
}

static void decide(struct showing *x, const struct ny_lease *lease)
{
    struct request *q = x->telling.q;
    struct ny_word *w = &x->telling.word;
    struct ny_case c;

    ny_registry_case(q->registry, x->a, x->b, &c);
    x->row.a = x->a;
    x->row.b = x->b;
    x->row.asked = c.reason;
    x->row.total_b1024 = c.total_b1024;
    x->row.guards = c.guards;
    x->row.seconds =
        lease != NULL ? (int32_t)((x->row.at_us - lease->since_us) / NY_US_PER_SECOND) : 0;
    if (x->row.decision > NY_DECISION_DIFFERENT) {
        ny_registry_decision_add(q->registry, &x->row, on_added, x);
        return;
    }
    w->kind = x->row.decision == NY_DECISION_SAME ? NY_PIN_SAME : NY_PIN_DIFFERENT;
    w->decision = &x->row;
    w->reason = ny_arena_printf(q->call->arena, "review: %.*s%s%.*s", NY_ARG(x->row.reason),
                                x->row.note.n > 0 ? ", " : "", NY_ARG(x->row.note));
    ny_registry_word(q->registry, w, on_word, x);
}

void ny_admin_review_decide(struct request *q)
{
    struct showing *x = ny_desk_showing(q);
    json_t *o = x != NULL ? ny_admin_body_object(q) : NULL;

    if (o == NULL) {
        return;
    }
    if (pair_read(x, o) && decision_read(x, o)) {
        const struct ny_lease *lease = ny_registry_case_lease(q->registry, x->a, x->b);

        if (lease != NULL &&
            (!ny_str_equals(lease->who, q->call->user) || !ny_str_equals(lease->desk, x->desk))) {
            say_held(q, lease);
        } else {
            decide(x, lease);
        }
    }
    json_decref(o);
}

/* ---- undoing ---- */

static void on_undone(void *ctx, ny_rc rc)
{
    struct showing *x = ctx;

    if (rc != NY_OK) {
        json_decref(x->json);
        ny_admin_fail_rc(x->telling.q, rc);
    } else {
        ny_admin_json(x->telling.q, 200, x->json);
    }
}

static void on_unsaid(void *ctx, ny_rc rc, const struct ny_word_outcome *o)
{
    struct showing *x = ctx;

    if (rc == NY_OK && o->missing == 0 && o->is_moot) {
        ny_admin_fail(x->telling.q, 409, "something newer was said of the two",
                      "see: nayose pin list; undo that first");
    } else if (!ny_admin_word_refused(&x->telling, rc, o)) {
        if (o->proposed != 0) {
            json_object_set_new(x->json, "result", json_string("proposed"));
        }
        ny_admin_groups_put(x->telling.q, o, x->json);
        ny_admin_json(x->telling.q, 200, x->json);
        return;
    }
    json_decref(x->json);
}

static void on_rejected(void *ctx, ny_rc rc, const struct ny_confirm_outcome *o)
{
    on_undone(ctx, rc == NY_OK && o->result != NY_CONFIRM_DONE ? NY_ECONFLICT : rc);
}

/* It waits for a second person: nothing was said that could be taken back. */
static void reject(struct showing *x, int64_t number)
{
    struct request *q = x->telling.q;
    const struct ny_confirm_order order = {.number = number,
                                           .how = NY_PROPOSAL_REJECTED,
                                           .who = q->call->user,
                                           .reason = NY_S("review: undone")};

    ny_registry_confirm(q->registry, &order, on_rejected, x);
}

static void undo(struct showing *x, const struct ny_decision_view *v)
{
    struct request *q = x->telling.q;
    struct ny_word *w = &x->telling.word;
    const ny_str names[2][2] = {
        {v->ns_a, v->id_a},
        {v->ns_b, v->id_b}
    };

    x->json = json_pack("{s:s, s:o}", "result", "undone", "undone", decision_json(v));
    if (v->row.decision > NY_DECISION_DIFFERENT) {
        ny_registry_decision_undo(q->registry, v->number, q->call->user, on_undone, x);
        return;
    }
    if (ny_decision_proposed(v) != 0) {
        reject(x, ny_decision_proposed(v));
        return;
    }
    for (size_t k = 0; k < 2; k++) {
        const struct ny_hd hd = {.ns = ny_arena_str(q->call->arena, names[k][0])};

        w->ids[k] = ny_arena_str(q->call->arena, names[k][1]);
        x->telling.names[k] =
            ny_arena_printf(q->call->arena, "%.*s^%.*s", NY_ARG(hd.ns), NY_ARG(w->ids[k]));
        if (ny_registry_authority(q->registry, &hd, &w->domains[k]) != NY_AUTHORITY_FOUND) {
            json_decref(x->json);
            ny_admin_fail_rc(q, NY_ENOTFOUND);
            return;
        }
    }
    w->kind = v->row.decision == NY_DECISION_SAME ? NY_PIN_UNSAME : NY_PIN_UNDIFFERENT;
    w->undoes = v->number;
    w->said_us = v->row.said_us;
    w->reason = NY_S("review: undone");
    ny_registry_word(q->registry, w, on_unsaid, x);
}

static void on_found(void *ctx, ny_rc rc, const struct ny_decision_view *rows, size_t n)
{
    struct showing *x = ctx;

    if (rc != NY_OK) {
        ny_admin_fail_rc(x->telling.q, rc);
    } else if (n == 0) {
        ny_admin_fail(x->telling.q, 404, "there is nothing of yours to undo",
                      "see: nayose review log");
    } else {
        undo(x, &rows[0]);
    }
}

void ny_admin_review_undo(struct request *q)
{
    struct showing *x = ny_desk_showing(q);
    json_t *o = x != NULL ? ny_admin_body_object(q) : NULL;
    struct ny_decision_filter f = {.who = q->call->user};

    if (o == NULL) {
        return;
    }
    f.number = json_integer_value(json_object_get(o, "number"));
    json_decref(o);
    ny_registry_decisions(q->registry, &f, 1, on_found, x);
}

/* ---- giving back, counts, the log ---- */

void ny_admin_review_release(struct request *q)
{
    struct showing *x = ny_desk_showing(q);
    json_t *o = x != NULL ? ny_admin_body_object(q) : NULL;

    if (o == NULL) {
        return;
    }
    x->desk = ny_admin_text_of(q, o, "desk");
    if (json_object_get(o, "a") == NULL || pair_read(x, o)) {
        size_t n = ny_registry_case_release(q->registry, x->a, x->b, q->call->user, x->desk);

        ny_admin_json(q, 200, json_pack("{s:I}", "released", (json_int_t)n));
    }
    json_decref(o);
}

static void on_counts(void *ctx, ny_rc rc, ny_str json)
{
    struct request *q = ctx;

    if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
    } else {
        ny_admin_text(q, 200, NY_S("application/json"), ny_arena_str(q->call->arena, json));
    }
}

void ny_admin_review_counts(struct request *q)
{
    ny_str parked;

    if (ny_admin_param(q, "parked", &parked)) {
        ny_registry_view(q->registry, NY_VIEW_REVIEWS, !ny_str_is_empty(parked), on_counts, q);
    }
}

static void on_log(void *ctx, ny_rc rc, const struct ny_decision_view *rows, size_t n)
{
    struct request *q = ctx;

    if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
        return;
    }
    ny_admin_page(q, "decisions", ny_desk_decisions_json(rows, n),
                  n == 0 ? NULL : json_pack("{s:I}", "number", (json_int_t)rows[n - 1].number));
}

void ny_admin_review_log(struct request *q)
{
    struct ny_decision_filter f = {.undone = true};
    int32_t limit;

    if (ny_admin_param(q, "who", &f.who) && ny_admin_param_i64(q, "after_number", &f.before) &&
        ny_admin_param_limit(q, 200, &limit)) {
        ny_registry_decisions(q->registry, &f, limit, on_log, q);
    }
}
