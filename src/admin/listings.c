/* Pages of links and of questions. */

#include "nayose/registry_desk.h"

#include "admin_priv.h"

/* ---- links ---- */

static void on_links(void *ctx, ny_rc rc, const struct ny_link_row *rows, size_t n)
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
        json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "domain",
                                              ny_admin_str(rows[i].domain_ns), "local_id",
                                              ny_admin_str(rows[i].local_id), "regional_id",
                                              ny_admin_str(rows[i].regional_id)));
    }
    next = n == 0 ? NULL
                  : json_pack("{s:o, s:o}", "ns", ny_admin_str(rows[n - 1].domain_ns), "id",
                              ny_admin_str(rows[n - 1].local_id));
    ny_admin_page(q, "links", list, next);
}

void ny_admin_links(struct request *q)
{
    ny_str after_ns;
    ny_str after_id;
    int32_t limit;
    int64_t at;

    if (!ny_admin_param(q, "after_ns", &after_ns) || !ny_admin_param(q, "after_id", &after_id) ||
        !ny_admin_param_limit(q, 10000, &limit) || !ny_admin_param_moment(q, "as_of", &at)) {
        return;
    }
    if (at == NY_NEVER) {
        ny_registry_links(q->registry, after_ns, after_id, limit, on_links, q);
    } else {
        ny_registry_links_at(q->registry, after_ns, after_id, limit, at, on_links, q);
    }
}

/* ---- questions ---- */

/* "guard: GD3 …" for people and scripts. */
static json_t *reason_json(struct request *q, const struct ny_review_row *row)
{
    struct ny_buf b;
    ny_str out;

    ny_buf_init(&b, q->call->arena);
    ny_buf_add_c(&b, ny_admin_reason(row->reason));
    if (row->reason == NY_REASON_GUARD) {
        const char *separator = ": ";

        for (unsigned g = 0; g < NY_GUARD_COUNT; g++) {
            if ((row->guards >> g & 1U) != 0) {
                ny_buf_printf(&b, "%s%s", separator, ny_guard_name((enum ny_guard)g));
                separator = " ";
            }
        }
    }
    return ny_buf_end(&b, &out) == NY_OK ? ny_admin_str(out) : json_string("");
}

static json_t *review_json(struct request *q, const struct ny_review_view *v)
{
    const struct ny_lease *lease = ny_registry_case_lease(q->registry, v->row.a, v->row.b);
    int64_t proposed = ny_registry_proposal_of(q->registry, v->row.a, v->row.b);
    char opened[NY_TIMESTAMP_LEN];

    ny_timestamp_write(v->row.at_us, opened);
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:f, s:o, s:s, s:s, s:I, s:o, s:o, s:o, s:o}", "domain_a",
        ny_admin_str(v->ns_a), "local_id_a", ny_admin_str(v->id_a), "domain_b",
        ny_admin_str(v->ns_b), "local_id_b", ny_admin_str(v->id_b), "probability",
        1.0 - ny_match_p_false(v->row.total_b1024), "reason", reason_json(q, &v->row), "state",
        v->row.state == NY_REVIEW_PARKED ? "parked" : "open", "opened", opened, "age_s",
        (json_int_t)((ny_clock_now_us() - v->row.at_us) / NY_US_PER_SECOND), "assigned_to",
        ny_admin_str(v->whom), "later_until", ny_admin_time(v->until_us), "held_by",
        lease != NULL ? ny_admin_str(lease->who) : json_null(), "proposed",
        proposed != 0 ? json_integer(proposed) : json_null());
}

static void on_reviews(void *ctx, ny_rc rc, const struct ny_review_view *rows, size_t n)
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
        json_array_append_new(list, review_json(q, &rows[i]));
    }
    next = n == 0 ? NULL
                  : json_pack("{s:I, s:I, s:I}", "at", (json_int_t)rows[n - 1].row.at_us, "a",
                              (json_int_t)rows[n - 1].row.a, "b", (json_int_t)rows[n - 1].row.b);
    ny_admin_page(q, "reviews", list, next);
}

bool ny_admin_review_filter(struct request *q, struct ny_review_filter *f)
{
    ny_str state;
    ny_str reason;
    ny_str later;

    *f = (struct ny_review_filter){.state = NY_REVIEW_OPEN};
    if (!ny_admin_param(q, "state", &state) || !ny_admin_param(q, "reason", &reason) ||
        !ny_admin_param(q, "later", &later) || !ny_admin_param(q, "domain", &f->domain) ||
        !ny_admin_param(q, "clerk", &f->clerk)) {
        return false;
    }
    f->put_off = !ny_str_equals(later, NY_S("no"));
    f->reason = ny_admin_reason_parse(reason);
    if (ny_str_equals(state, NY_S("parked"))) {
        f->state = NY_REVIEW_PARKED;
    } else if (!ny_str_is_empty(state) && !ny_str_equals(state, NY_S("open"))) {
        ny_admin_fail(q, 400, "state is neither open nor parked", "");
        return false;
    }
    if (!ny_str_is_empty(reason) && f->reason == 0) {
        ny_admin_fail(q, 400, "there is no such reason",
                      "band, guard, runner-up, groups, hold, pins or overlay");
        return false;
    }
    return true;
}

void ny_admin_reviews(struct request *q)
{
    struct ny_review_filter f;
    int64_t at;
    int64_t a;
    int64_t b;
    int32_t limit;

    if (ny_admin_review_filter(q, &f) && ny_admin_param_i64(q, "after_at", &at) &&
        ny_admin_param_i64(q, "after_a", &a) && ny_admin_param_i64(q, "after_b", &b) &&
        ny_admin_param_limit(q, 1000, &limit)) {
        ny_registry_reviews(q->registry, &f, at, a, b, limit, on_reviews, q);
    }
}
