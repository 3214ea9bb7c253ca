/* The messages read again: made in the background, what differs is kept until the next study. */

#include "nayose/study.h"

#include "admin_priv.h"

enum { PAGE_MOST = 1000 };

void ny_admin_rebuild_post(struct request *q)
{
    json_t *o = ny_admin_body_object(q);
    struct ny_study_order order = {.kind = NY_STUDY_REBUILD};

    if (o == NULL) {
        return;
    }
    order.apply = json_is_true(json_object_get(o, "apply"));
    json_decref(o);
    ny_admin_study_start(q, &order);
}

/* False, and answered: there is none. */
static bool rebuild_look(struct request *q, struct ny_study_rebuild *out)
{
    if (ny_study_rebuild(q->admin->cfg.study, out)) {
        return true;
    }
    ny_admin_fail(q, 404, "there is no rebuild: another study has come between, or none was made",
                  "nayose rebuild");
    return false;
}

void ny_admin_rebuild_get(struct request *q)
{
    struct ny_study_rebuild found;
    json_t *body;

    if (!rebuild_look(q, &found)) {
        return;
    }
    body = json_loadb(found.summary.p, found.summary.n, 0, NULL);
    NY_ASSERT(body != NULL);
    json_object_set_new(body, "applied", json_boolean(found.applied));
    json_object_set_new(body, "late", json_integer((json_int_t)found.late));
    ny_admin_json(q, 200, body);
}

void ny_admin_rebuild_differences(struct request *q)
{
    struct ny_study_rebuild found;
    int64_t after;
    int32_t limit;
    json_t *list;
    size_t end;

    if (!ny_admin_param_i64(q, "after_n", &after) || !ny_admin_param_limit(q, PAGE_MOST, &limit) ||
        !rebuild_look(q, &found)) {
        return;
    }
    after = (size_t)after > found.n ? (int64_t)found.n : after;
    end = (size_t)after + (size_t)limit < found.n ? (size_t)after + (size_t)limit : found.n;
    list = json_array();
    for (size_t i = (size_t)after; i < end; i++) {
        json_array_append_new(list,
                              json_loadb(found.differences[i].p, found.differences[i].n, 0, NULL));
    }
    ny_admin_page(q, "differences", list,
                  end < found.n ? json_pack("{s:I}", "n", (json_int_t)end) : NULL);
}
