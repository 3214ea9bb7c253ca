/* The wiring: configuration → store → registry → ihe, admin → listeners; start, run, orderly stop.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "nayose/admin.h"
#include "nayose/hl7v3_schemas.h"
#include "nayose/ihe.h"
#include "nayose/notify.h"
#include "nayose/registry_alerts.h"
#include "nayose/registry_search.h"
#include "nayose/store.h"
#include "nayose/study.h"

#include "server_priv.h"

/* How long what is under way may take at the end, and how often that is looked at. */
static const int64_t STOP_US = 4 * NY_US_PER_SECOND;
static const int64_t STOP_TICK_US = NY_US_PER_SECOND / 20;
static const int64_t START_TICK_US = NY_US_PER_SECOND / 100;
static const int64_t HOUR_US = 3600 * NY_US_PER_SECOND;

/* ---- settings ---- */

static void settings_read(const struct ny_conf *c, struct ny_match_settings *s)
{
    ny_match_settings_default(s);
    s->population = ny_conf_int(c, "match", NULL, "population");
    s->prior_linked = (double)ny_conf_micro(c, "match", NULL, "prior_linked") / 1e6;
    s->household = (double)ny_conf_micro(c, "match", NULL, "household") / 1e6;
    s->same_facility_duplicate =
        (double)ny_conf_micro(c, "match", NULL, "same_facility_duplicate_rate") / 1e6;
    s->tau_auto = (double)ny_conf_micro(c, "match", NULL, "tau_auto") / 1e6;
    s->require_contact = ny_conf_bool(c, "match", NULL, "require_contact");
    s->candidate_max = (int32_t)ny_conf_int(c, "match", NULL, "candidate_max");
}

static void log_level_set(const struct ny_conf *c)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    const char *level = ny_conf_str(c, "log", NULL, "level");

    for (size_t i = 0; i < NY_ARRAY_LEN(names); i++) {
        if (strcmp(level, names[i]) == 0) {
            ny_log_level_set((enum ny_log_level)i);
        }
    }
}

ny_rc server_migrate(const struct ny_conf *conf, struct ny_error *err)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_match_settings settings;
    struct ny_match_model *model;
    struct ny_buf text;
    ny_str body;
    ny_rc rc;

    settings_read(conf, &settings);
    model = ny_match_model_create_v1(&settings);
    ny_buf_init(&text, a);
    rc = ny_match_model_write(model, &text);
    if (rc == NY_OK) {
        rc = ny_buf_end(&text, &body);
    }
    if (rc == NY_OK) {
        rc = ny_store_migrate(ny_conf_str(conf, "database", NULL, "conninfo"), body, err);
    } else {
        (void)ny_fail(err, rc, "model version 1 cannot be written");
    }
    ny_match_model_destroy(model);
    ny_arena_destroy(a);
    return rc;
}

/* ---- rooms ---- */

static ny_rc store_start(struct server *s, struct ny_error *err)
{
    const char *holder = ny_conf_str(s->conf, "server", NULL, "holder");
    struct ny_store_config cfg = {
        .conninfo = ny_conf_str(s->conf, "database", NULL, "conninfo"),
        .holder = s->holder,
        .read_connections = (unsigned)ny_conf_int(s->conf, "database", NULL, "read_connections"),
        .statement_timeout_s =
            (unsigned)(ny_conf_time_us(s->conf, "database", NULL, "statement_timeout") /
                       NY_US_PER_SECOND),
    };

    if (holder[0] != '\0') {
        snprintf(s->holder, sizeof(s->holder), "%s", holder);
    } else if (gethostname(s->holder, sizeof(s->holder) - 1) != 0) {
        snprintf(s->holder, sizeof(s->holder), "localhost");
    }
    return ny_store_open(s->loop, &cfg, &s->store, err);
}

/* The next slice comes when whatever is ready now had its turn. */
static void on_search_waits(void *ctx)
{
    struct server *s = ctx;

    if (!ny_timer_is_active(s->search_timer)) {
        ny_timer_start(s->search_timer, 0, 0);
    }
}

static void on_search_turn(void *ctx)
{
    struct server *s = ctx;

    if (ny_registry_search_step(s->registry)) {
        on_search_waits(s);
    }
}

static ny_rc registry_start(struct server *s, struct ny_error *err)
{
    const struct ny_conf *c = s->conf;

    s->registry_config = (struct ny_registry_config){
        .store = s->store,
        .regional = {ny_str_from_c(ny_conf_str(c, "regional", NULL, "namespace")),
                     ny_str_from_c(ny_conf_str(c, "regional", NULL, "oid")),
                     ny_str_from_c(ny_conf_str(c, "regional", NULL, "type"))},
        .regional_name = NY_S("regional patient identifier"),
        .regional_listed = ny_conf_bool(c, "regional", NULL, "listed"),
        .regional_digits = (unsigned)ny_conf_int(c, "regional", NULL, "digits"),
        .probation = ny_conf_bool(c, "match", NULL, "probation"),
        .two_person_above = (size_t)ny_conf_int(c, "access", NULL, "two_person_above"),
        .settings = &s->settings,
        .on_search_waits = on_search_waits,
        .on_search_waits_ctx = s,
    };

    s->search_timer = ny_timer_create(s->loop, on_search_turn, s);
    settings_read(c, &s->settings);
    if (ny_str_starts_with(s->registry_config.regional.oid, NY_S("2.999"))) {
        ny_log(NY_LOG_WARN, "regional_oid_is_an_example",
               "hint=\"set [regional] oid to your own before you issue identifiers\"");
    }
    return ny_registry_create(&s->registry_config, &s->registry, err);
}

static struct ny_ihe_config ihe_config(const struct server *s, struct ny_registry *registry)
{
    return (struct ny_ihe_config){
        .registry = registry,
        .application = ny_str_from_c(ny_conf_str(s->conf, "server", NULL, "application")),
        .facility = ny_str_from_c(ny_conf_str(s->conf, "server", NULL, "facility")),
        .check_receiver = ny_conf_bool(s->conf, "server", NULL, "check_receiver"),
        .query_criteria = (size_t)ny_conf_int(s->conf, "access", NULL, "query_criteria"),
        .timezone_s = (int32_t)ny_conf_int(s->conf, "server", NULL, "timezone_offset") * 60,
    };
}

/* Stored messages are read again as they were read when they came. */
static void *messages_open(void *ctx, struct ny_registry *listening)
{
    const struct ny_ihe_config cfg = ihe_config(ctx, listening);

    return ny_ihe_create(&cfg);
}

static void messages_read(void *reader, struct ny_arena *a, ny_str body, ny_str ack)
{
    ny_ihe_replay(reader, a, body, ack);
}

static void messages_close(void *reader)
{
    ny_ihe_destroy(reader);
}

static void ihe_start(struct server *s)
{
    const struct ny_ihe_config ihe = ihe_config(s, s->registry);
    const struct ny_study_config study = {
        .loop = s->loop,
        .registry = s->registry,
        .registry_config = &s->registry_config,
        .messages = {messages_open, messages_read, messages_close, s}
    };
    struct ny_admin_config admin = {
        .registry = s->registry,
        .supervisors = ny_str_from_c(ny_conf_str(s->conf, "access", NULL, "supervisors")),
        .metrics = server_tls_metrics,
        .metrics_ctx = s,
        .certificate = server_tls_certificate};

    s->study = ny_study_create(&study);
    admin.study = s->study;
    s->ihe = ny_ihe_create(&ihe);
    admin.ihe = s->ihe;
    s->admin = ny_admin_create(&admin);
}

static ny_rc notify_start(struct server *s, struct ny_error *err)
{
    const char *tls = ny_conf_str(s->conf, "notify", NULL, "tls");
    const struct ny_notify_config cfg = {
        .loop = s->loop,
        .registry = s->registry,
        .ihe = s->ihe,
        .tls = server_tls_find(s, tls),
        .ack_timeout_us = ny_conf_time_us(s->conf, "notify", NULL, "ack_timeout"),
        .retry_min_us = ny_conf_time_us(s->conf, "notify", NULL, "retry_min"),
        .retry_max_us = ny_conf_time_us(s->conf, "notify", NULL, "retry_max"),
    };

    if (tls[0] != '\0' && cfg.tls == NULL) {
        return ny_fail(err, NY_ECONFIG, "[notify] tls: there is no [tls %s]", tls);
    }
    s->notify = ny_notify_create(&cfg);
    return NY_OK;
}

/* ---- running and stopping ---- */

static void event_tell(struct server *s, const char *what, const char *why)
{
    char who[40];

    (void)snprintf(who, sizeof(who), "nayosed[%ld]", (long)getpid());
    ny_registry_server_event(s->registry, ny_str_from_c(what), ny_str_from_c(who),
                             ny_str_from_c(why));
}

static void on_stop_tick(void *ctx)
{
    struct server *s = ctx;
    bool done = ny_registry_is_idle(s->registry) && ny_peer_budget_used(s->budget) == 0;

    if (done || ny_clock_monotonic_us() >= s->stop_until_us) {
        ny_loop_break(s->loop);
    }
}

static void on_stop(void *ctx)
{
    struct server *s = ctx;

    if (s->stop_until_us != 0) {
        return; /* a second signal changes nothing */
    }
    sd_notify(0, "STOPPING=1");
    ny_log(NY_LOG_INFO, "stopping", "epoch=%lld", (long long)ny_store_epoch(s->store));
    s->stop_until_us = ny_clock_monotonic_us() + STOP_US;
    ny_registry_alerts_tell(s->registry);
    event_tell(s, "stop", "");
    ny_notify_stop(s->notify);
    for (size_t i = 0; i < s->n_mllp; i++) {
        ny_peer_mllp_drain(s->mllp[i]);
    }
    if (s->http != NULL) {
        ny_peer_http_drain(s->http);
    }
    if (s->admin_http != NULL) {
        ny_peer_http_drain(s->admin_http);
    }
    s->stop_timer = ny_timer_create(s->loop, on_stop_tick, s);
    ny_timer_start(s->stop_timer, STOP_TICK_US, STOP_TICK_US);
}

/* Certificates and the level of the log change while the server runs; connections stay. */
static void on_hangup(void *ctx)
{
    struct server *s = ctx;
    struct ny_conf *fresh = NULL;
    struct ny_error err = {0};
    ny_rc rc = ny_conf_load(s->conf_path, &fresh, &err);

    if (rc == NY_OK) {
        rc = ny_conf_check_reload(s->conf, fresh, &err);
    }
    if (rc != NY_OK) {
        ny_log(NY_LOG_ERROR, "reload_failed", "why=\"%s\" hint=\"nothing has changed\"", err.text);
    } else {
        log_level_set(fresh);
        server_tls_reload(s, fresh);
        event_tell(s, "reload", "certificates and log level");
        ny_log(NY_LOG_INFO, "reloaded",
               "hint=\"certificates and log level; other settings change with a restart\"");
    }
    ny_conf_destroy(fresh);
}

static void on_watchdog(void *ctx)
{
    (void)ctx;
    sd_notify(0, "WATCHDOG=1");
}

static void watchdog_start(struct server *s)
{
    uint64_t us = 0;

    if (sd_watchdog_enabled(0, &us) > 0) {
        s->watchdog = ny_timer_create(s->loop, on_watchdog, s);
        ny_timer_start(s->watchdog, (int64_t)us / 3, (int64_t)us / 3);
    }
}

/* The first listener of a type, on a socket path or on a port; NULL: there is none. */
static const char *listener_named(const struct ny_conf *c, const char *type, bool path)
{
    const char *name;

    for (size_t i = 0; (name = ny_conf_named(c, "listener", i)) != NULL; i++) {
        if (strcmp(ny_conf_str(c, "listener", name, "type"), type) == 0 &&
            ny_conf_has(c, "listener", name, "path") == path) {
            break;
        }
    }
    return name;
}

/* The first address of a type of listener with its real port, "-" when there is none. */
static void address_write(const struct ny_conf *c, const char *type, uint16_t port, char out[300])
{
    const char *name = listener_named(c, type, false);

    if (name == NULL) {
        snprintf(out, 300, "-");
    } else {
        snprintf(out, 300, "%s:%u", ny_conf_str(c, "listener", name, "bind"), port);
    }
}

static void announce(struct server *s)
{
    const char *admin = listener_named(s->conf, "admin", true);
    char mllp[300];
    char http[300];

    address_write(s->conf, "mllp", s->n_mllp > 0 ? ny_peer_mllp_port(s->mllp[0]) : 0, mllp);
    address_write(s->conf, "http", s->http != NULL ? ny_peer_http_port(s->http) : 0, http);
    printf("nayosed ready mllp=%s http=%s admin=%s\n", mllp, http,
           admin != NULL ? ny_conf_str(s->conf, "listener", admin, "path") : "-");
    fflush(stdout);
    event_tell(s, "start", NY_VERSION);
    sd_notify(0, "READY=1");
}

static void retire(struct server *s)
{
    ny_registry_retire(s->registry, ny_conf_int(s->conf, "retention", NULL, "messages"),
                       ny_conf_int(s->conf, "retention", NULL, "audit"));
}

static void on_start_tick(void *ctx)
{
    struct server *s = ctx;

    if (ny_registry_is_ready(s->registry)) {
        ny_timer_stop(s->start_timer);
        announce(s);
        retire(s);
    }
}

static void on_hour(void *ctx)
{
    struct server *s = ctx;

    ny_registry_alerts_tell(s->registry);
    if (ny_store_prune(s->store) != NY_OK) {
        ny_log(NY_LOG_WARN, "prune_put_off", "hint=\"tried again in an hour\"");
    }
    retire(s);
}

static void timers_start(struct server *s)
{
    s->start_timer = ny_timer_create(s->loop, on_start_tick, s);
    ny_timer_start(s->start_timer, START_TICK_US, START_TICK_US);
    s->hour_timer = ny_timer_create(s->loop, on_hour, s);
    ny_timer_start(s->hour_timer, HOUR_US, HOUR_US);
    watchdog_start(s);
}

static ny_rc signals_start(struct server *s, struct ny_error *err)
{
    if (ny_loop_on_signal(s->loop, SIGINT, on_stop, s) != NY_OK ||
        ny_loop_on_signal(s->loop, SIGTERM, on_stop, s) != NY_OK ||
        ny_loop_on_signal(s->loop, SIGHUP, on_hangup, s) != NY_OK) {
        return ny_fail(err, NY_EIO, "signals cannot be watched");
    }
    signal(SIGPIPE, SIG_IGN);
    return NY_OK;
}

static ny_rc server_start(struct server *s, struct ny_error *err)
{
    ny_rc rc = signals_start(s, err);

    if (rc == NY_OK) {
        rc = store_start(s, err);
    }
    if (rc == NY_OK) {
        rc = registry_start(s, err);
    }
    if (rc != NY_OK) {
        return rc;
    }
    ihe_start(s);
    rc = server_tls_start(s, err);
    if (rc == NY_OK) {
        rc = notify_start(s, err);
    }
    if (rc == NY_OK) {
        rc = server_listen(s, err);
    }
    if (rc == NY_OK) {
        timers_start(s);
    }
    return rc;
}

/* Who calls goes before who is called, and the loop last: what the others put off until the end of
 * a turn touches nothing but its own memory and the loop. */
static void server_finish(struct server *s)
{
    for (size_t i = 0; i < s->n_mllp; i++) {
        ny_peer_mllp_destroy(s->mllp[i]);
    }
    ny_peer_http_destroy(s->http);
    ny_peer_http_destroy(s->admin_http);
    ny_peer_soap_destroy(s->soap);
    ny_schemas_destroy(s->schemas);
    server_tls_stop(s);
    ny_timer_destroy(s->stop_timer);
    ny_timer_destroy(s->watchdog);
    ny_timer_destroy(s->start_timer);
    ny_timer_destroy(s->hour_timer);
    ny_timer_destroy(s->search_timer);
    ny_study_stop(s->study);
    ny_notify_stop(s->notify);
    /* Whoever still waits is told so; the answers go to nobody. */
    ny_registry_searches_end(s->registry);
    ny_store_close(s->store);
    ny_notify_destroy(s->notify);
    ny_admin_destroy(s->admin);
    ny_ihe_destroy(s->ihe);
    ny_registry_destroy(s->registry);
    ny_study_destroy(s->study);
    ny_peer_budget_destroy(s->budget); /* a wake-up that it put off frees it, below */
    ny_loop_destroy(s->loop);          /* runs what was put off, waits for no event */
}

ny_rc server_run(const struct ny_conf *conf, const char *path, struct ny_error *err)
{
    struct server s = {.conf = conf, .conf_path = path};
    ny_rc rc;

    log_level_set(conf);
    s.loop = ny_loop_create();
    rc = server_start(&s, err);
    if (rc == NY_OK) {
        ny_loop_run(s.loop);
        ny_log(NY_LOG_INFO, "stopped", "clean=%d", ny_registry_is_idle(s.registry));
    }
    server_finish(&s);
    return rc;
}
