/* Holds: what waits for somebody, and a clerk's word that it need not. */

#include "admin_priv.h"

static json_t *hold_json(const struct ny_hold_view *v)
{
    static const char *const kinds[] = {"", "identity", "version", "source"};
    char since[NY_TIMESTAMP_LEN];
    bool is_source = v->row.kind == NY_HOLD_SOURCE;

    ny_timestamp_write(v->row.at_us, since);
    return json_pack("{s:s, s:o, s:o, s:s, s:o, s:s}", "kind", kinds[v->row.kind],
                     is_source ? "application" : "domain", ny_admin_str(is_source ? v->app : v->ns),
                     is_source ? "facility" : "local_id",
                     ny_admin_str(is_source ? v->facility : v->id), "why",
                     v->row.why != 0 ? ny_hold_name(v->row.why) : "", "detail",
                     ny_admin_str(v->row.detail), "since", since);
}

static void on_holds(void *ctx, ny_rc rc, const struct ny_hold_view *rows, size_t n)
{
    struct request *q = ctx;
    json_t *list;
    json_t *next;

    if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
        return;
    }
    list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(list, hold_json(&rows[i]));
    }
    next = n == 0 ? NULL : json_pack("{s:I}", "number", (json_int_t)rows[n - 1].number);
    ny_admin_page(q, "holds", list, next);
}

void ny_admin_holds(struct request *q)
{
    int64_t after;
    int32_t limit;

    if (ny_admin_param_i64(q, "after_number", &after) && ny_admin_param_limit(q, 1000, &limit)) {
        ny_registry_holds(q->registry, after, limit, on_holds, q);
    }
}

/* ---- release ---- */

static void on_released(void *ctx, ny_rc rc, bool released)
{
    struct request *q = ctx;

    if (rc == NY_ENOTFOUND) {
        ny_admin_fail(q, 404, "there is no such identity or source", "see: nayose hold list");
    } else if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
    } else if (!released) {
        ny_admin_fail(q, 409, "nothing is held of it", "see: nayose hold list");
    } else {
        ny_admin_json(q, 200, json_pack("{s:s}", "result", "released"));
    }
}

/* APP^FACILITY, exactly; NULL: there is none. */
static const struct ny_requester_row *source_named(struct request *q, ny_str text)
{
    ny_str facility = text;
    ny_str app = ny_str_split(&facility, '^');
    const struct ny_requester_row *s = ny_registry_source(q->registry, app, facility);

    return s != NULL && ny_str_equals(s->app, app) ? s : NULL;
}

void ny_admin_hold_release(struct request *q)
{
    json_t *o = ny_admin_body_object(q);
    const struct ny_domain *domain = NULL;
    const struct ny_requester_row *source;
    ny_str target;
    ny_str reason;
    ny_str id = NY_STR_NONE;

    if (o == NULL) {
        return;
    }
    target = ny_admin_text_of(q, o, "target");
    reason = ny_admin_text_of(q, o, "reason");
    json_decref(o);
    if (ny_str_is_empty(ny_str_trim(reason))) {
        ny_admin_fail(q, 400, "a release needs a reason", "");
    } else if (ny_admin_identity(q, target, &domain, &id) == NY_OK) {
        ny_registry_hold_release(q->registry, domain, id, q->call->user, reason, on_released, q);
    } else if ((source = source_named(q, target)) != NULL) {
        ny_registry_source_release(q->registry, source, q->call->user, reason, on_released, q);
    } else {
        on_released(q, NY_ENOTFOUND, false);
    }
}
