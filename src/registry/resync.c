/* A consumer is told of everything that it may see, as if all of it had just changed.
 *
 *   step: the sets of the next persons ─▶ outbox ─▶ commit ─▶ step …
 *
 * Each step stands in line with the feeds: what a later message changes is told behind it, so that
 * a consumer that follows the order ends with what is so. Who is new meanwhile is told of twice. */

#include "nayose/registry_notices.h"

#include "registry_priv.h"

enum { PERSONS_OF_A_STEP = 500 };

struct resync {
    struct ny_registry *registry;
    struct ny_arena *arena;
    ny_str name;
    uint32_t from;  /* persons before it are queued and committed */
    uint32_t until; /* of the step under way */
    size_t n_step, n;
    void (*fn)(void *ctx, ny_rc rc, size_t n);
    void *ctx;
};

static ny_rc step_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    struct resync *s = ctx;
    const struct ny_consumer_row *c = ny_consumer_named(r, s->name);
    const uint32_t last = ny_index_person_count(r->index);

    if (c == NULL || !c->enabled) {
        return NY_ENOTFOUND; /* nothing would be sent, and live changes would pass it by */
    }
    s->n_step = 0;
    for (s->until = s->from; s->until <= last && s->until - s->from < PERSONS_OF_A_STEP;
         s->until++) {
        s->n_step += ny_outbox_add(r, rows, c, s->until);
    }
    return NY_OK;
}

static void step_confirmed(struct ny_registry *r, void *ctx)
{
    struct resync *s = ctx;

    (void)r;
    s->from = s->until;
    s->n += s->n_step;
}

static void step_done(void *ctx, ny_rc rc);

static void step(struct resync *s)
{
    static const struct work work = {"consumer resync", step_decide, step_confirmed, step_done};

    ny_registry_work(s->registry, &work, NY_STR_NONE, s);
}

static void step_done(void *ctx, ny_rc rc)
{
    struct resync *s = ctx;
    struct ny_arena *a = s->arena;

    if (rc == NY_OK && s->from <= ny_index_person_count(s->registry->index)) {
        step(s);
        return;
    }
    s->fn(s->ctx, rc, s->n);
    ny_arena_destroy(a);
}

/* The clerk's audit row, before anything is queued. */
static ny_rc begin_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    const struct resync *s = ctx;
    const struct ny_consumer_row *c = ny_consumer_named(r, s->name);

    (void)rows;
    return c != NULL && c->enabled ? NY_OK : NY_ENOTFOUND;
}

void ny_registry_consumer_resync(struct ny_registry *r, ny_str name, ny_str who,
                                 void (*fn)(void *ctx, ny_rc rc, size_t n), void *ctx)
{
    static const struct work work = {"consumer resync", begin_decide, NULL, step_done};
    struct ny_arena *a = ny_arena_create(0);
    struct resync *s = NY_ARENA_NEW(a, struct resync);

    NY_ASSERT(s != NULL);
    *s = (struct resync){
        .registry = r, .arena = a, .name = ny_arena_str(a, name), .from = 1, .fn = fn, .ctx = ctx};
    ny_registry_work_on(r, &work, who, s->name, s);
}
