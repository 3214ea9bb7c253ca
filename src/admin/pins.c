/* Pins: a clerk's word that two records are one person or two, what it would change, and what was
 * said so far. */

#include "admin_priv.h"

static const char *const kinds[] = {"",
                                    "same",
                                    "different",
                                    "none",
                                    "merge",
                                    "move",
                                    "unmerge",
                                    "merge again",
                                    "unmove",
                                    "move again",
                                    "no longer same",
                                    "same again",
                                    "no longer different",
                                    "different again",
                                    "no longer none",
                                    "none again"};
static const char *const roles[] = {"message", "facility", "clerk", "supervisor"};

const char *ny_admin_pin_kind(enum ny_pin_kind kind)
{
    return kinds[kind];
}

const char *ny_admin_pin_role(enum ny_pin_role role)
{
    return roles[role];
}

/* ---- what a word came to ---- */

ny_str ny_admin_name_of(const struct request *q, uint32_t id)
{
    const struct ny_domain *d;
    ny_str local_id;

    ny_registry_identity_name(q->registry, id, &d, &local_id);
    return ny_arena_printf(q->call->arena, "%.*s^%.*s", NY_ARG(d->ns), NY_ARG(local_id));
}

json_t *ny_admin_groups(const struct request *q, const struct ny_word_outcome *o, size_t of)
{
    json_t *groups = json_array();

    for (size_t i = 0; i < o->n_members; i++) {
        const uint32_t *first = of == 0 ? &o->members[i].before : &o->members[i].after;
        json_t *group;

        if (*first != o->members[i].id) {
            continue; /* told with its first member */
        }
        group = json_array();
        for (size_t k = i; k < o->n_members; k++) {
            if ((of == 0 ? o->members[k].before : o->members[k].after) == *first) {
                json_array_append_new(group, ny_admin_str(ny_admin_name_of(q, o->members[k].id)));
            }
        }
        json_array_append_new(groups, group);
    }
    return groups;
}

/* The regional ids of the same groups; null for one that is given anew. */
static json_t *regional_ids(const struct request *q, const struct ny_word_outcome *o, size_t of)
{
    json_t *ids = json_array();

    for (size_t i = 0; i < o->n_members; i++) {
        const struct ny_word_member *m = &o->members[i];
        uint32_t person = of == 0 ? m->person_before : m->person_after;

        if ((of == 0 ? m->before : m->after) == m->id) {
            json_array_append_new(ids, ny_admin_regional(q, person));
        }
    }
    return ids;
}

void ny_admin_groups_put(const struct request *q, const struct ny_word_outcome *o, json_t *body)
{
    json_object_set_new(body, "before", ny_admin_groups(q, o, 0));
    json_object_set_new(body, "before_regional", regional_ids(q, o, 0));
    json_object_set_new(body, "after", ny_admin_groups(q, o, 1));
    json_object_set_new(body, "after_regional", regional_ids(q, o, 1));
    json_object_set_new(body, "waits", json_boolean(o->waits));
    json_object_set_new(body, "size", json_integer((json_int_t)o->size));
    json_object_set_new(body, "proposed",
                        o->proposed != 0 ? json_integer(o->proposed) : json_null());
}

static bool takes_back(const struct telling *t, const struct ny_link_step *s)
{
    return s->kind != NY_PIN_MERGE && s->role <= (unsigned)t->word.role;
}

/* "F01^1 =clerk= F02^2 ≠supervisor≠ F03^3" */
static ny_str way_text(const struct telling *t, const struct ny_link_check *c)
{
    struct ny_buf b;
    ny_str out;

    ny_buf_init(&b, t->q->call->arena);
    for (size_t i = 0; i < c->n_steps; i++) {
        const struct ny_link_step *s = &c->steps[i];
        const char *sign = s->kind == NY_PIN_DIFFERENT ? "≠" : "=";

        if (i == 0) {
            ny_buf_add(&b, ny_admin_name_of(t->q, s->from));
        }
        ny_buf_printf(&b, " %s%s%s ", sign, s->kind == NY_PIN_MERGE ? "merge" : roles[s->role],
                      sign);
        ny_buf_add(&b, ny_admin_name_of(t->q, s->to));
    }
    return ny_buf_end(&b, &out) == NY_OK ? out : NY_STR_NONE;
}

/* What to do first: which of the pins on the way may be taken back by this clerk. */
static ny_str way_out(const struct telling *t, const struct ny_link_check *c)
{
    struct ny_buf b;
    ny_str out;
    bool any = false;

    ny_buf_init(&b, t->q->call->arena);
    for (size_t i = 0; i < c->n_steps; i++) {
        const struct ny_link_step *s = &c->steps[i];

        if (takes_back(t, s)) {
            ny_buf_printf(&b, "%snayose pin withdraw '", any ? ", or: " : "withdraw first: ");
            ny_buf_add(&b, ny_admin_name_of(t->q, s->from));
            ny_buf_add_c(&b, "' '");
            ny_buf_add(&b, ny_admin_name_of(t->q, s->to));
            ny_buf_add_c(&b, "'");
            any = true;
        }
    }
    if (!any) {
        ny_buf_add_c(&b, "a supervisor's word stands against it, or a merge, which only the "
                         "facility can mend");
    }
    return ny_buf_end(&b, &out) == NY_OK ? out : NY_STR_NONE;
}

static json_t *way_json(const struct telling *t, const struct ny_link_check *c)
{
    json_t *steps = json_array();

    for (size_t i = 0; i < c->n_steps; i++) {
        const struct ny_link_step *s = &c->steps[i];

        json_array_append_new(steps, json_pack("{s:o, s:o, s:s, s:s, s:b}", "from",
                                               ny_admin_str(ny_admin_name_of(t->q, s->from)), "to",
                                               ny_admin_str(ny_admin_name_of(t->q, s->to)), "kind",
                                               kinds[s->kind], "role", roles[s->role],
                                               "can_withdraw", takes_back(t, s)));
    }
    return steps;
}

static void refuse(const struct telling *t, const struct ny_link_check *c)
{
    ny_str error = ny_arena_printf(t->q->call->arena, "%s: %.*s",
                                   t->word.kind == NY_PIN_NONE ? "it cannot be withdrawn"
                                                               : "it contradicts what was said",
                                   NY_ARG(way_text(t, c)));

    ny_admin_json(t->q, 409,
                  json_pack("{s:o, s:o, s:o}", "error", ny_admin_str(error), "hint",
                            ny_admin_str(way_out(t, c)), "way", way_json(t, c)));
}

static void accept(const struct telling *t, const struct ny_word_outcome *o)
{
    const struct ny_index_pin *before = o->check.before;
    const bool stands = o->check.result == NY_WORD_STANDS;
    json_t *body = json_pack("{s:s, s:s, s:o, s:o}", "result",
                             stands             ? "stands"
                             : t->word.dry_run  ? "looked at"
                             : o->proposed != 0 ? "proposed"
                                                : "kept",
                             "kind", kinds[t->word.kind], "a", ny_admin_str(t->names[0]), "b",
                             ny_admin_str(t->names[1]));

    if (before != NULL) {
        json_object_set_new(
            body, "before_said",
            json_pack("{s:s, s:s}", "kind", kinds[before->kind], "role", roles[before->role]));
    }
    if (!stands) {
        ny_admin_groups_put(t->q, o, body);
    }
    ny_admin_json(t->q, 200, body);
}

bool ny_admin_word_refused(struct telling *t, ny_rc rc, const struct ny_word_outcome *o)
{
    if (rc != NY_OK) {
        ny_admin_fail_rc(t->q, rc);
    } else if (o->missing != 0) {
        ny_str why = ny_arena_printf(t->q->call->arena, "%.*s is not known, or was taken back",
                                     NY_ARG(t->names[o->missing - 1]));

        ny_admin_fail(t->q, 404, why.p != NULL ? why.p : "", "see: nayose resolve NS^ID");
    } else if (o->check.result == NY_WORD_CONTRADICTED) {
        refuse(t, &o->check);
    } else if (o->check.result == NY_WORD_STANDS && t->word.kind == NY_PIN_NONE) {
        ny_admin_fail(t->q, 409, "nothing is said of the two that could be withdrawn",
                      "see: nayose pin list");
    } else {
        return false;
    }
    return true;
}

static void on_word(void *ctx, ny_rc rc, const struct ny_word_outcome *o)
{
    struct telling *t = ctx;

    if (!ny_admin_word_refused(t, rc, o)) {
        accept(t, o);
    }
}

/* ---- what is asked ---- */

enum ny_pin_role ny_admin_role(const struct request *q)
{
    ny_str rest = q->admin->cfg.supervisors;

    while (!ny_str_is_empty(rest)) {
        if (ny_str_equals(ny_str_split(&rest, ' '), q->call->user)) {
            return NY_ROLE_SUPERVISOR;
        }
    }
    return NY_ROLE_CLERK;
}

bool ny_admin_pair_read(struct telling *t, const json_t *o)
{
    static const char *const members[] = {"a", "b"};

    for (size_t k = 0; k < 2; k++) {
        t->names[k] = ny_admin_text_of(t->q, o, members[k]);
        if (ny_admin_identity(t->q, t->names[k], &t->word.domains[k], &t->word.ids[k]) != NY_OK) {
            ny_admin_fail(t->q, 404, "a and b have to be DOMAIN^ID of known domains",
                          "see: nayose domain list");
            return false;
        }
    }
    return true;
}

/* False, and answered, when the body does not say it all. */
static bool word_read(struct telling *t, const json_t *o)
{
    struct request *q = t->q;
    ny_str kind = ny_admin_text_of(q, o, "kind");

    for (int k = NY_PIN_SAME; k <= NY_PIN_NONE; k++) {
        if (ny_str_equals(kind, ny_str_from_c(kinds[k]))) {
            t->word.kind = (enum ny_pin_kind)k;
        }
    }
    t->word.reason = ny_str_trim(ny_admin_text_of(q, o, "reason"));
    t->word.dry_run = json_is_true(json_object_get(o, "dry_run"));
    t->word.who = q->call->user;
    t->word.role = ny_admin_role(q);
    if (!ny_admin_pair_read(t, o)) {
        return false;
    }
    if (t->word.kind == 0) {
        ny_admin_fail(q, 400, "kind is none of same, different, none", "");
    } else if (ny_str_is_empty(t->word.reason) && !t->word.dry_run) {
        ny_admin_fail(q, 400, "a pin needs a reason", "");
    } else if (ny_str_equals(t->names[0], t->names[1])) {
        ny_admin_fail(q, 400, "both are the same record", "");
    } else {
        return true;
    }
    return false;
}

void ny_admin_pins_post(struct request *q)
{
    struct telling *t = NY_ARENA_NEW(q->call->arena, struct telling);
    json_t *o = t != NULL ? ny_admin_body_object(q) : NULL;
    bool ok;

    if (t == NULL) {
        ny_admin_fail_rc(q, NY_ELIMIT);
        return;
    }
    if (o == NULL) {
        return;
    }
    *t = (struct telling){.q = q};
    ok = word_read(t, o);
    json_decref(o);
    if (ok) {
        ny_registry_word(q->registry, &t->word, on_word, t);
    }
}

/* ---- the list ---- */

json_t *ny_admin_pin(const struct ny_pin_view *v, bool stands, bool doubted)
{
    char said[NY_TIMESTAMP_LEN];

    ny_timestamp_write(v->row.stamp.at_us, said);
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:s, s:b, s:b, s:s, s:o, s:s, s:o}", "number",
                     (json_int_t)v->number, "domain_a", ny_admin_str(v->ns_a), "local_id_a",
                     ny_admin_str(v->id_a), "domain_b", ny_admin_str(v->ns_b), "local_id_b",
                     ny_admin_str(v->id_b), "kind", kinds[v->row.kind], "in_force", stands,
                     "in_doubt", doubted, "role", roles[v->row.role], "who",
                     ny_admin_str(v->row.who), "said", said, "reason", ny_admin_str(v->row.reason));
}

static void on_pins(void *ctx, ny_rc rc, const struct ny_pin_view *rows, size_t n)
{
    struct request *q = ctx;
    ny_str all = NY_STR_NONE;
    json_t *list;

    if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
        return;
    }
    if (!ny_admin_param(q, "all", &all)) {
        return;
    }
    list = json_array();
    for (size_t i = 0; i < n; i++) {
        bool doubted;
        bool stands = ny_registry_pin_stands(q->registry, &rows[i].row, &doubted);

        if (!ny_str_is_empty(all) || (stands && rows[i].row.role != NY_ROLE_IMPLIED)) {
            json_array_append_new(list, ny_admin_pin(&rows[i], stands, doubted));
        }
    }
    ny_admin_page(q, "pins", list,
                  n == 0 ? NULL : json_pack("{s:I}", "number", (json_int_t)rows[n - 1].number));
}

void ny_admin_pins_get(struct request *q)
{
    int64_t after;
    int32_t limit;

    if (ny_admin_param_i64(q, "after_number", &after) && ny_admin_param_limit(q, 200, &limit)) {
        ny_registry_pins(q->registry, after, limit, on_pins, q);
    }
}
