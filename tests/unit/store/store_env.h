/* What the store's integration tests share: a database of its own per test, an opened store, and
 * calls that wait for their callbacks. */
#ifndef NAYOSE_TESTS_STORE_ENV_H
#define NAYOSE_TESTS_STORE_ENV_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/net.h"

#include "../../../src/store/store_priv.h"
#include "pg_fixture.h"

enum { ENV_WAIT_S = 20 };
static const int64_t T0 = INT64_C(1700000000000000);

struct env {
    struct pg_fixture *pg;
    struct ny_arena *a;
    struct ny_loop *loop;
    struct ny_timer *tick; /* so that a turn of the loop ends */
    const char *conninfo;
    struct ny_store *store;
    int ready; /* last word of on_ready: -1 none yet */
};

static struct pg_fixture *env_pg;

static inline int env_start(void **state)
{
    (void)state;
    env_pg = pg_fixture_start();
    return env_pg != NULL ? 0 : -1;
}

static inline int env_stop(void **state)
{
    (void)state;
    pg_fixture_stop(env_pg);
    return 0;
}

static inline void env_tick(void *ctx)
{
    (void)ctx;
}

static inline void env_on_ready(void *ctx, bool ready)
{
    ((struct env *)ctx)->ready = ready;
}

/* One statement on a connection of its own, as an operator would; the rows, or NULL with its error.
 */
static inline struct ny_db_result *env_query(struct env *e, const char *sql)
{
    struct ny_db_config cfg = {.conninfo = e->conninfo};
    struct ny_db_block *b = NULL;
    struct ny_db_result *r = NULL;
    struct ny_error err = {0};

    assert_int_equal(ny_db_block_connect(&cfg, &b, &err), NY_OK);
    if (ny_db_block_query(b, sql, NULL, 0, &r, &err) != NY_OK) {
        r = NULL;
    }
    ny_db_block_close(b);
    return r;
}

static inline bool env_do(struct env *e, const char *sql)
{
    struct ny_db_result *r = env_query(e, sql);
    bool done = r != NULL;

    ny_db_result_free(r);
    return done;
}

/* The number that a statement gives. */
static inline int64_t env_number(struct env *e, const char *sql)
{
    struct ny_db_result *r = env_query(e, sql);
    int64_t n;

    assert_non_null(r);
    n = ny_db_get_i64(r, 0, 0);
    ny_db_result_free(r);
    return n;
}

static inline struct env *env_create(void)
{
    static int count;
    struct env *e = ny_calloc(1, sizeof(*e));
    ny_str sql;

    e->a = ny_arena_create(0);
    e->pg = env_pg;
    e->conninfo = pg_fixture_conninfo(env_pg);
    sql = ny_arena_printf(e->a, "CREATE DATABASE store_%d", ++count);
    assert_true(env_do(e, sql.p));
    e->conninfo = ny_arena_printf(e->a, "%s dbname=store_%d", pg_fixture_conninfo(env_pg), count).p;
    e->loop = ny_loop_create();
    e->tick = ny_timer_create(e->loop, env_tick, NULL);
    ny_timer_start(e->tick, 10000, 10000);
    e->ready = -1;
    return e;
}

static inline void env_destroy(struct env *e)
{
    ny_store_close(e->store);
    ny_timer_destroy(e->tick);
    ny_loop_destroy(e->loop);
    ny_arena_destroy(e->a);
    ny_free(e);
}

static inline void env_migrate(struct env *e)
{
    struct ny_error err = {0};

    if (ny_store_migrate(e->conninfo, NY_S("model 1"), &err) != NY_OK) {
        fail_msg("%s", err.text);
    }
}

#define ENV_UNTIL(e, cond)                                                                         \
    do {                                                                                           \
        int64_t until = ny_clock_monotonic_us() + ENV_WAIT_S * NY_US_PER_SECOND;                   \
        while (!(cond) && ny_clock_monotonic_us() < until) {                                       \
            ny_loop_turn((e)->loop);                                                               \
        }                                                                                          \
        assert_true(cond);                                                                         \
    } while (0)

static inline struct ny_store *env_store(struct env *e, const char *holder)
{
    struct ny_store_config cfg = {.conninfo = e->conninfo,
                                  .holder = holder,
                                  .read_connections = 1,
                                  .statement_timeout_s = 30};
    struct ny_store *s = NULL;
    struct ny_error err = {0};

    if (ny_store_open(e->loop, &cfg, &s, &err) != NY_OK) {
        fail_msg("%s", err.text);
    }
    ny_store_on_ready(s, env_on_ready, e);
    ENV_UNTIL(e, ny_store_is_ready(s));
    assert_non_null(ny_store_read_connection(s)); /* ready means that questions are answered, too */
    return s;
}

/* A migrated database and a store that is ready. */
static inline struct env *env_open(void)
{
    struct env *e = env_create();

    env_migrate(e);
    e->store = env_store(e, "host/1");
    return e;
}

struct env_done {
    int calls;
    ny_rc rc;
    struct ny_error err;
};

static inline void env_on_done(void *ctx, ny_rc rc, const struct ny_error *err)
{
    struct env_done *d = ctx;

    d->calls++;
    d->rc = rc;
    if (err != NULL) {
        d->err = *err;
    }
}

static inline ny_rc env_commit(struct env *e, struct ny_store_batch *b, int64_t no)
{
    struct env_done d = {0};
    ny_rc rc = ny_store_commit(e->store, b, no, env_on_done, &d);

    if (rc != NY_OK) {
        return rc;
    }
    ENV_UNTIL(e, d.calls > 0);
    assert_int_equal(d.calls, 1);
    if (d.rc != NY_OK && d.rc != NY_EFENCED && d.rc != NY_ECONFLICT) {
        print_message("commit: %s\n", d.err.text);
    }
    return d.rc;
}

/* ---- rows ---- */

static const struct ny_domain env_domains[] = {
    {1,
     NY_DOMAIN_FACILITY, true,
     {"B", 1},
     {"1.2.1", 5},
     {"ISO", 3},
     {"病院", 6},
     {"", 0},
     {"B", 1},
     0},
    {2,
     NY_DOMAIN_FACILITY, true,
     {"A", 1},
     {"1.2.2", 5},
     {"ISO", 3},
     {"A", 1},
     {"APP", 3},
     {"A", 1},
     0},
};

static inline struct ny_patient *env_patient(struct ny_arena *a, const char *family)
{
    struct ny_patient *p = NY_ARENA_NEW(a, struct ny_patient);
    struct ny_stamp stamp = {.at_us = T0, .control_id = NY_S("M1")};
    struct ny_value name = {0};

    ny_patient_init(p);
    ny_value_part_set(&name, NY_PART_NAME_KANJI_FAMILY, ny_str_from_c(family));
    assert_int_equal(ny_patient_say(p, a, NY_SET_NAME, &name, &stamp), NY_OK);
    return p;
}

static inline struct ny_identity_row env_identity(struct ny_store_batch *b, int64_t id,
                                                  int32_t domain, const char *local_id)
{
    return (struct ny_identity_row){
        .id = id,
        .domain = domain,
        .local_id = ny_str_from_c(local_id),
        .status = NY_IDENTITY_ACTIVE,
        .person = id,
        .record = ny_str_of("rec\0ord", 7),
        .norm_version = 3,
        .content_hash = -id,
        .event_us = T0 + id,
        .version = 1,
        .patient = env_patient(ny_store_batch_arena(b), "山田"),
    };
}

/* An identity with its person of the same number. */
static inline void env_add(struct ny_store_batch *b, int64_t id, int32_t domain,
                           const char *local_id)
{
    struct ny_identity_row row = env_identity(b, id, domain, local_id);
    struct ny_person_row person = {
        .id = id, .regional_id = ny_arena_printf(ny_store_batch_arena(b), "R%lld", (long long)id)};

    ny_store_add_person(b, &person, true);
    ny_store_add_identity_new(b, &row);
}

/* Two domains, and identities 1 (B/1), 2 (A/2), 3 (A/10). */
static inline void env_add_three(struct ny_store_batch *b)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(env_domains); i++) {
        ny_store_add_domain(b, &env_domains[i]);
    }
    env_add(b, 1, 1, "1");
    env_add(b, 2, 2, "2");
    env_add(b, 3, 2, "10");
}

static inline void env_three(struct env *e)
{
    struct ny_store_batch *b = ny_store_batch_create();

    env_add_three(b);
    assert_int_equal(env_commit(e, b, 1), NY_OK);
    ny_store_batch_destroy(b);
}

#endif
