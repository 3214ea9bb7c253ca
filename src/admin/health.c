/* Health and numbers. No patient data here, so no audit. */

#include "nayose/learn_calibrate.h"
#include "nayose/registry_models.h"

#include "admin_priv.h"

void ny_admin_livez(struct request *q)
{
    ny_admin_text(q, 200, NY_S("text/plain"), NY_S("ok\n"));
}

void ny_admin_readyz(struct request *q)
{
    if (ny_registry_is_ready(q->registry)) {
        ny_admin_text(q, 200, NY_S("text/plain"), NY_S("ready\n"));
    } else {
        ny_admin_text(q, 503, NY_S("text/plain"),
                      NY_S("not ready: the database cannot be reached, or another server leads\n"));
    }
}

/* The last calibration as gauges; without one the others go out alone. */
static void calibration_write(const struct ny_registry *r, struct ny_buf *b)
{
    ny_str last = ny_registry_calibration(r);

    if (last.n > 0 && ny_calibration_metrics(last, b) != NY_OK) {
        ny_log(NY_LOG_WARN, "calibration_unreadable", "where=metrics");
    }
}

struct metrics {
    struct request *q;
    struct ny_buf text;
};

/* Without a database the others go out alone. */
static void on_queues(void *ctx, ny_rc rc, ny_str queues)
{
    struct metrics *m = ctx;
    ny_str out;

    if (rc == NY_OK) {
        ny_admin_queues_write(queues, &m->text);
    }
    if (ny_buf_end(&m->text, &out) != NY_OK) {
        ny_admin_fail_rc(m->q, NY_ELIMIT);
        return;
    }
    ny_admin_text(m->q, 200, NY_S("text/plain; version=0.0.4"), out);
}

void ny_admin_metrics(struct request *q)
{
    struct metrics *m = NY_ARENA_NEW(q->call->arena, struct metrics);
    struct ny_registry_stats s;
    struct ny_buf b;

    if (m == NULL) {
        ny_admin_fail_rc(q, NY_ELIMIT);
        return;
    }
    ny_buf_init(&b, q->call->arena);
    for (size_t i = 0; i < NY_COUNTER_COUNT; i++) {
        const struct ny_counter_info *c = ny_counter_describe((enum ny_counter)i);

        ny_buf_printf(&b, "# HELP nayose_%s %s\n# TYPE nayose_%s %s\nnayose_%s %lld\n", c->name,
                      c->help, c->name, c->kind, c->name,
                      (long long)ny_counter_get((enum ny_counter)i));
    }
    if (q->admin->cfg.metrics != NULL) {
        q->admin->cfg.metrics(q->admin->cfg.metrics_ctx, &b);
    }
    ny_registry_stats(q->registry, &s);
    ny_buf_printf(&b,
                  "# HELP nayose_reviews Open questions.\n# TYPE nayose_reviews gauge\n"
                  "nayose_reviews{state=\"open\"} %lld\nnayose_reviews{state=\"parked\"} %lld\n"
                  "# HELP nayose_persons Persons ever made.\n# TYPE nayose_persons gauge\n"
                  "nayose_persons %lld\n"
                  "# HELP nayose_index_bytes Memory of the index.\n"
                  "# TYPE nayose_index_bytes gauge\nnayose_index_bytes %zu\n"
                  "# HELP nayose_source_alarms Sources whose messages are not what they were.\n"
                  "# TYPE nayose_source_alarms gauge\nnayose_source_alarms %lld\n",
                  (long long)s.open_reviews, (long long)s.parked_reviews, (long long)s.persons,
                  s.index_bytes, (long long)s.source_alarms);
    calibration_write(q->registry, &b);
    *m = (struct metrics){q, b};
    ny_registry_view(q->registry, NY_VIEW_QUEUES, 0, on_queues, m);
}
