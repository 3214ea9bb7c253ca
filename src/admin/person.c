/* A person with its records side by side and what became of them, the newest first. */

#include "nayose/registry_history.h"
#include "nayose/registry_pins.h"
#include "nayose/registry_snapshot.h"

#include "admin_priv.h"

struct showing {
    struct request *q;
    const struct ny_domain *domain;
    ny_str id;
};

/* Null for nobody. */
static json_t *name_json(const struct request *q, int64_t identity)
{
    return identity == 0 ? json_null() : ny_admin_str(ny_admin_name_of(q, (uint32_t)identity));
}

json_t *ny_admin_regional(const struct request *q, int64_t person)
{
    return person == 0 ? json_null()
                       : ny_admin_str(ny_registry_regional_id(q->registry, (uint32_t)person,
                                                              q->call->arena));
}

/* ---- what a message changed ---- */

/* A value as one text. A name by its scripts. */
static json_t *value_text(const struct request *q, json_t *value)
{
    static const char *const scripts[] = {"kanji", "kana", "latin"};
    struct ny_buf b;
    ny_str out = NY_STR_NONE;

    if (!json_is_object(value)) {
        return json_copy(value);
    }
    ny_buf_init(&b, q->call->arena);
    for (size_t i = 0; i < NY_ARRAY_LEN(scripts); i++) {
        const char *text = json_string_value(json_object_get(value, scripts[i]));

        if (text != NULL && text[0] != '\0') {
            ny_buf_printf(&b, "%s%s", b.n > 0 ? " / " : "", text);
        }
    }
    return ny_buf_end(&b, &out) == NY_OK ? ny_admin_str(out) : json_string("");
}

/* The values of one member as a list of texts. */
static json_t *values_of(const struct request *q, const json_t *record, const char *member)
{
    json_t *v = json_object_get(record, member);
    json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(v); i++) {
        json_array_append_new(list, value_text(q, json_array_get(v, i)));
    }
    if (json_is_string(v) && json_string_length(v) > 0) {
        json_array_append(list, v);
    }
    return list;
}

static bool has_value(const json_t *list, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (json_equal(json_array_get(list, i), value)) {
            return true;
        }
    }
    return false;
}

/* Those of `list` that are not in `other`. */
static json_t *values_without(const json_t *list, const json_t *other)
{
    json_t *out = json_array();

    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!has_value(other, json_array_get(list, i))) {
            json_array_append(out, json_array_get(list, i));
        }
    }
    return out;
}

/* [{"field", "was", "is"}]; before may be NULL. */
static json_t *changes_json(const struct request *q, const json_t *before, const json_t *now)
{
    static const char *const fields[] = {"names",     "birth_date", "sex",
                                         "addresses", "phones",     "insurances"};
    json_t *changes = json_array();

    for (size_t i = 0; i < NY_ARRAY_LEN(fields); i++) {
        json_t *a = values_of(q, before, fields[i]);
        json_t *b = values_of(q, now, fields[i]);
        json_t *was = values_without(a, b);
        json_t *is = values_without(b, a);

        if (json_array_size(was) + json_array_size(is) > 0) {
            json_array_append_new(
                changes, json_pack("{s:s, s:O, s:O}", "field", fields[i], "was", was, "is", is));
        }
        json_decref(is);
        json_decref(was);
        json_decref(b);
        json_decref(a);
    }
    return changes;
}

static json_t *version_record(struct request *q, const struct ny_history_row *e)
{
    const struct ny_domain *d;
    ny_str id;

    ny_registry_identity_name(q->registry, (uint32_t)e->identity, &d, &id);
    return ny_admin_record(q, d, id, NY_STR_NONE, e->now);
}

/* events[at] is a version; the one before it stands behind it. */
static json_t *version_changes(struct request *q, const struct ny_person_view *v, size_t at)
{
    json_t *now = version_record(q, &v->events[at]);
    json_t *before = NULL;
    json_t *changes;

    for (size_t i = at + 1; i < v->n_events && before == NULL; i++) {
        const struct ny_history_row *e = &v->events[i];

        if (e->kind == NY_HISTORY_VERSION && e->identity == v->events[at].identity) {
            before = version_record(q, e);
        }
    }
    changes = changes_json(q, before, now);
    json_decref(before);
    json_decref(now);
    return changes;
}

/* ---- events ---- */

const char *ny_admin_cause(enum ny_membership_cause cause)
{
    static const char *const causes[] = {"",      "message",    "decision",
                                         "model", "withdrawal", "rebuild"};

    return causes[cause];
}

static void move_put(const struct request *q, json_t *o, const struct ny_history_row *e)
{
    json_object_set_new(o, "cause", json_string(ny_admin_cause((enum ny_membership_cause)e->what)));
    json_object_set_new(o, "from", ny_admin_regional(q, e->from_person));
    json_object_set_new(o, "to", ny_admin_regional(q, e->person));
    json_object_set_new(o, "with", name_json(q, e->other));
    json_object_set_new(o, "bits", json_real((double)e->total_b1024 / 1024));
}

static void event_put(struct request *q, json_t *o, const struct ny_person_view *v, size_t i)
{
    static const char *const statuses[] = {"", "active", "merged", "deleted", "test"};
    const struct ny_history_row *e = &v->events[i];

    switch (e->kind) {
    case NY_HISTORY_VERSION:
        json_object_set_new(o, "status", json_string(statuses[e->what]));
        json_object_set_new(o, "changes", version_changes(q, v, i));
        break;
    case NY_HISTORY_MOVE:
        move_put(q, o, e);
        break;
    case NY_HISTORY_WORD:
        json_object_set_new(o, "word", json_string(ny_admin_pin_kind((enum ny_pin_kind)e->what)));
        json_object_set_new(o, "role", json_string(ny_admin_pin_role(e->role)));
        json_object_set_new(o, "with", name_json(q, e->other));
        break;
    case NY_HISTORY_HOLD:
    case NY_HISTORY_RELEASE:
        break;
    }
}

static json_t *events_json(struct request *q, const struct ny_person_view *v)
{
    static const char *const kinds[] = {"", "values", "move", "word", "hold", "release"};
    json_t *list = json_array();

    for (size_t i = 0; i < v->n_events; i++) {
        const struct ny_history_row *e = &v->events[i];
        char at[NY_TIMESTAMP_LEN];
        json_t *o;

        ny_timestamp_write(e->at_us, at);
        o = json_pack("{s:s, s:s, s:I, s:o, s:o, s:o, s:o}", "at", at, "event", kinds[e->kind],
                      "number", (json_int_t)e->number, "identity", name_json(q, e->identity),
                      "control_id", ny_admin_str(e->control_id), "who", ny_admin_str(e->who),
                      "reason", ny_admin_str(e->reason));
        event_put(q, o, v, i);
        json_array_append_new(list, o);
    }
    return list;
}

/* ---- the route ---- */

static json_t *records_json(struct request *q, const struct ny_person_view *v)
{
    json_t *list = json_array();

    for (size_t i = 0; i < v->n_records; i++) {
        const struct ny_stored_patient *p = &v->records[i];

        json_array_append_new(list, ny_admin_record(q, ny_registry_domain(q->registry, p->domain),
                                                    p->local_id, v->regional_id, &p->patient));
    }
    return list;
}

static void on_person(void *ctx, ny_rc rc, const struct ny_person_view *v)
{
    struct showing *x = ctx;
    struct access what = {.domain = x->domain->ns, .id = x->id, .decision = "OK"};

    if (rc != NY_OK) {
        ny_admin_fail_rc(x->q, rc);
    } else if (!v->found) {
        ny_admin_fail(x->q, 404, "no patient is known by this id",
                      "see: nayose find; ids are compared exactly, leading zeros count");
    } else {
        what.person = v->person;
        what.hits = (int32_t)v->n_records;
        ny_admin_json_audited(x->q, &what,
                              json_pack("{s:o, s:o, s:o}", "regional_id",
                                        ny_admin_str(v->regional_id), "records",
                                        records_json(x->q, v), "events", events_json(x->q, v)));
    }
}

/* id: NS^ID, or a regional id alone. */
void ny_admin_person(struct request *q)
{
    struct showing *x = NY_ARENA_NEW(q->call->arena, struct showing);
    ny_str text;

    if (x == NULL) {
        ny_admin_fail_rc(q, NY_ELIMIT);
        return;
    }
    if (!ny_admin_param(q, "id", &text)) {
        return;
    }
    *x = (struct showing){.q = q, .domain = ny_registry_regional(q->registry), .id = text};
    if (ny_str_find(text, '^') == text.n || ny_admin_param_identity(q, "id", &x->domain, &x->id)) {
        ny_registry_person(q->registry, x->domain, x->id, on_person, x);
    }
}
