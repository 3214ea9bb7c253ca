/* Messages and audit rows that were kept long enough go, a month at a time, and an audit row tells
 * of it in the same transaction. Nothing else is of that age by itself: what identities are stays.
 */

#include "registry_priv.h"

struct retiring {
    struct ny_registry *r;
    struct ny_arena *arena;
    ny_str names;
};

static ny_rc retire_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    const struct retiring *x = ctx;
    const struct ny_audit_row audit = {
        .at_us = ny_clock_now_us(),
        .kind = NY_S("admin"),
        .outcome = NY_AUDIT_OK,
        .user_id = NY_S("server"),
        .decision = NY_S("retention"),
        .reason = x->names,
    };

    (void)r;
    ny_store_drop_partitions(rows, x->names);
    ny_store_add_audit(rows, &audit);
    return NY_OK;
}

static void retire_done(void *ctx, ny_rc rc)
{
    struct retiring *x = ctx;

    x->r->retired_us = rc == NY_OK ? ny_clock_now_us() : x->r->retired_us;
    ny_log(rc == NY_OK ? NY_LOG_INFO : NY_LOG_WARN, "retention", "months=\"%.*s\" rc=%d%s",
           NY_ARG(x->names), rc, rc == NY_OK ? "" : " hint=\"tried again in an hour\"");
    ny_arena_destroy(x->arena);
}

static void on_due(void *ctx, ny_rc rc, ny_str names)
{
    static const struct work work = {"retention", retire_decide, NULL, retire_done};
    struct ny_registry *r = ctx;
    struct retiring *x;
    struct ny_arena *a;

    r->asking--;
    if (rc == NY_OK && names.n == 0) {
        r->retired_us = ny_clock_now_us();
    }
    if (rc != NY_OK || names.n == 0) {
        return;
    }
    a = ny_arena_create(0);
    x = NY_ARENA_NEW(a, struct retiring);
    NY_ASSERT(x != NULL);
    *x = (struct retiring){r, a, ny_arena_str(a, names)};
    ny_registry_work(r, &work, NY_STR_NONE, x);
}

/* The time before which nothing need be kept; 0 days: everything is kept. */
static int64_t before_us(int64_t days)
{
    return days > 0 ? ny_clock_now_us() - days * NY_US_PER_DAY : 0;
}

void ny_registry_retire(struct ny_registry *r, int64_t message_days, int64_t audit_days)
{
    if (ny_registry_is_ready(r) && ny_store_due(r->store, before_us(message_days),
                                                before_us(audit_days), on_due, r) == NY_OK) {
        r->asking++;
    }
}
