/* GET /status: the numbers an operator lives by. What memory knows comes at once, the rest from two
 * statements that touch few rows; without a database the answer is what memory knows. */

#include <sys/statvfs.h>

#include "nayose/registry_models.h"

#include "admin_priv.h"

struct status {
    struct request *q;
    json_t *body;
};

/* ---- what memory knows ---- */

/* Whole seconds since then; null for 0. */
static json_t *age_json(int64_t us)
{
    return us == 0 ? json_null()
                   : json_integer((json_int_t)((ny_clock_now_us() - us) / NY_US_PER_SECOND));
}

static json_t *feeds_json(const struct ny_registry *r)
{
    const struct ny_requester_row *const *sources;
    size_t n = ny_registry_sources(r, &sources);
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        const struct ny_source_activity a = ny_registry_activity(r, sources[i]);

        json_array_append_new(
            list,
            json_pack("{s:o, s:o, s:o, s:o, s:I, s:I, s:b}", "application",
                      ny_admin_str(sources[i]->app), "facility", ny_admin_str(sources[i]->facility),
                      "last_at", ny_admin_time(a.last_us), "age_s", age_json(a.last_us), "accepted",
                      (json_int_t)a.accepted, "refused", (json_int_t)a.refused, "alarm",
                      !ny_str_is_empty(ny_registry_source_alarm(r, sources[i]))));
    }
    return list;
}

static json_t *certificates_json(const struct ny_admin_config *cfg)
{
    json_t *list = json_array();
    int64_t not_after_us;
    const char *name;

    for (size_t i = 0;
         cfg->certificate != NULL && cfg->certificate(cfg->metrics_ctx, i, &name, &not_after_us);
         i++) {
        int64_t left_us = not_after_us - ny_clock_now_us();

        json_array_append_new(list, json_pack("{s:s, s:o, s:I}", "tls", name, "not_after",
                                              ny_admin_time(not_after_us), "days",
                                              (json_int_t)(left_us / NY_US_PER_DAY)));
    }
    return list;
}

/* Of the last calibration what is read every morning; null when there was none. */
static json_t *calibration_json(const struct ny_registry *r)
{
    static const char *const keys[] = {"estimate", "bound", "target", "links", "meters_agree"};
    ny_str last = ny_registry_calibration(r);
    json_t *all = last.n > 0 ? json_loadb(last.p, last.n, 0, NULL) : NULL;
    json_t *out = all != NULL ? json_object() : json_null();

    for (size_t i = 0; all != NULL && i < NY_ARRAY_LEN(keys); i++) {
        json_object_set(out, keys[i], json_object_get(all, keys[i]));
    }
    json_decref(all);
    return out;
}

static json_t *memory_json(const struct request *q)
{
    const struct ny_registry *r = q->registry;
    struct ny_registry_stats s;

    ny_registry_stats(r, &s);
    return json_pack(
        "{s:I, s:o, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:i, s:I, s:I, s:I, s:I, "
        "s:I, s:I, s:I, s:o, s:o, s:o, s:{s:o, s:o}}",
        "proposals", (json_int_t)s.proposals, "proposal_oldest_s", age_json(s.proposal_oldest_us),
        "ready", ny_registry_is_ready(r), "identities", (json_int_t)s.identities, "persons",
        (json_int_t)s.persons, "edges", (json_int_t)s.edges, "reviews_open",
        (json_int_t)s.open_reviews, "reviews_parked", (json_int_t)s.parked_reviews, "domains",
        (json_int_t)s.domains, "batch_no", (json_int_t)s.batch_no, "epoch", (json_int_t)s.epoch,
        "index_bytes", (json_int_t)s.index_bytes, "model_version", s.model_version, "feed_accepted",
        (json_int_t)ny_counter_get(NY_C_FEED_AA), "feed_error",
        (json_int_t)ny_counter_get(NY_C_FEED_AE), "feed_rejected",
        (json_int_t)ny_counter_get(NY_C_FEED_AR), "source_alarms", (json_int_t)s.source_alarms,
        "older_records", (json_int_t)s.older_records, "batches",
        (json_int_t)ny_counter_get(NY_C_BATCHES), "batch_failures",
        (json_int_t)ny_counter_get(NY_C_BATCH_FAILURES), "feeds", feeds_json(r), "certificates",
        certificates_json(&q->admin->cfg), "calibration", calibration_json(r), "retention",
        "ran_at", ny_admin_time(s.retired_us), "age_s", age_json(s.retired_us));
}

/* ---- what the database knows ---- */

/* Room on the disk of the database, when it is one of this machine and may be known. */
static void disk_add(json_t *database)
{
    const char *directory = json_string_value(json_object_get(database, "directory"));
    struct statvfs v;

    if (directory != NULL && statvfs(directory, &v) == 0) {
        json_object_set_new(database, "disk_bytes",
                            json_integer((json_int_t)v.f_blocks * (json_int_t)v.f_frsize));
        json_object_set_new(database, "disk_free_bytes",
                            json_integer((json_int_t)v.f_bavail * (json_int_t)v.f_frsize));
    }
    json_object_del(database, "directory");
}

/* What retention took last stands with when it ran. */
static void retention_move(json_t *database, json_t *status)
{
    json_t *took = json_object_get(database, "retention");

    if (json_is_object(took)) {
        json_object_update(json_object_get(status, "retention"), took);
    }
    json_object_del(database, "retention");
}

static void on_queues(void *ctx, ny_rc rc, ny_str text)
{
    struct status *s = ctx;
    json_t *queues = rc == NY_OK ? json_loadb(text.p, text.n, 0, NULL) : NULL;

    json_object_set_new(s->body, "consumers", queues != NULL ? queues : json_array());
    ny_admin_json(s->q, 200, s->body);
}

static void on_database(void *ctx, ny_rc rc, ny_str text)
{
    struct status *s = ctx;
    json_t *database = rc == NY_OK ? json_loadb(text.p, text.n, 0, NULL) : NULL;

    if (database != NULL) {
        disk_add(database);
        retention_move(database, s->body);
    }
    json_object_set_new(s->body, "database", database != NULL ? database : json_null());
    ny_registry_view(s->q->registry, NY_VIEW_QUEUES, 0, on_queues, s);
}

void ny_admin_status(struct request *q)
{
    struct status *s = NY_ARENA_NEW(q->call->arena, struct status);

    if (s == NULL) {
        ny_admin_fail_rc(q, NY_ELIMIT);
        return;
    }
    *s = (struct status){q, memory_json(q)};
    ny_registry_view(q->registry, NY_VIEW_DATABASE, 0, on_database, s);
}
