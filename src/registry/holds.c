/* Holds: what waits for somebody, and a clerk's word that it need not. */

#include "registry_priv.h"

bool ny_registry_hold(struct ny_registry *r, uint32_t id, enum ny_hold_kind kind,
                      enum ny_hold_why why, bool held, ny_str who, ny_str reason)
{
    struct ny_store_batch *rows;

    if (ny_index_has_hold(r->index, id, kind, why) == held) {
        return false;
    }
    ny_index_hold_set(r->index, id, kind, why, held);
    rows = ny_registry_open_batch(r)->rows;
    if (held) {
        const struct ny_hold_row row = {
            .identity = id, .kind = kind, .why = why, .at_us = ny_clock_now_us()};

        ny_store_add_hold(rows, &row);
    } else {
        const struct ny_hold_release_row row = {
            .identity = id, .why = why, .who = who, .reason = reason, .at_us = ny_clock_now_us()};

        ny_store_release_hold(rows, &row);
    }
    return true;
}

/* ---- release ---- */

/* A release under way: a feed that says nothing, decided like one. Lives in its own arena. */
struct release {
    struct ny_arena *arena;
    struct ny_feed feed;
    bool released;
    void (*fn)(void *ctx, ny_rc rc, bool released);
    void *ctx;
};

/* A notice of a pin is not a hold that a release could end. */
static bool something_is_held(const struct ny_registry *r, uint32_t id)
{
    return ny_index_is_held(r->index, id, NY_HOLD_IDENTITY) ||
           ny_index_has_hold(r->index, id, NY_HOLD_VERSION, NY_HOLD_OVERLAY) ||
           ny_index_has_hold(r->index, id, NY_HOLD_VERSION, NY_HOLD_DRIFT);
}

/* Called before anything is changed. */
static ny_rc release_compose(void *ctx, const struct ny_feed_outcome *o, ny_str *out)
{
    (void)ctx;
    *out = NY_STR_NONE;
    return o->result == NY_FEED_ACCEPTED ? NY_OK : NY_ENOTFOUND;
}

static void release_done(void *ctx, ny_rc rc, ny_str answer)
{
    struct release *x = ctx;
    struct ny_arena *a = x->arena;

    (void)answer;
    x->fn(x->ctx, rc, rc == NY_OK && x->released);
    ny_arena_destroy(a);
}

static void release_start(struct ny_registry *r, const struct ny_feed *word,
                          void (*fn)(void *ctx, ny_rc rc, bool released), void *ctx)
{
    struct ny_arena *a = ny_arena_create(0);
    struct release *x = NY_ARENA_NEW(a, struct release);
    const struct ny_reply reply = {.compose = release_compose, .done = release_done, .ctx = x};

    NY_ASSERT(x != NULL);
    *x = (struct release){.arena = a, .feed = *word, .released = true, .fn = fn, .ctx = ctx};
    x->feed.kind = NY_FEED_RELEASE;
    x->feed.n_ids = 1;
    x->feed.ids[0] = ny_arena_str(a, word->ids[0]);
    x->feed.reason = ny_arena_str(a, word->reason);
    x->feed.request.user = ny_arena_str(a, word->request.user);
    x->feed.request.received_us = ny_clock_now_us();
    ny_patient_init(&x->feed.patient);
    ny_registry_feed(r, &x->feed, &reply);
}

void ny_registry_hold_release(struct ny_registry *r, const struct ny_domain *domain, ny_str id,
                              ny_str who, ny_str reason,
                              void (*fn)(void *ctx, ny_rc rc, bool released), void *ctx)
{
    char buf[NY_ID_WIDTH_MAX];
    const struct ny_feed word = {.domains = {domain},
                                 .ids = {ny_domain_local_id(domain, id, buf)},
                                 .reason = reason,
                                 .request = {.user = who}};
    uint32_t known = ny_registry_identity_number(r, domain, id);

    if (known == 0 || !something_is_held(r, known)) {
        fn(ctx, known == 0 ? NY_ENOTFOUND : NY_OK, false);
        return;
    }
    release_start(r, &word, fn, ctx);
}

void ny_registry_thaw(struct ny_registry *r, uint32_t id,
                      void (*fn)(void *ctx, ny_rc rc, bool released), void *ctx)
{
    struct ny_index_identity x;
    struct ny_feed word = {.only = NY_HOLD_DRIFT,
                           .reason = NY_S("the source was released"),
                           .request = {.user = NY_S("server")}};

    ny_index_get(r->index, id, &x);
    word.domains[0] = ny_registry_domain(r, x.domain);
    word.ids[0] = x.local_id;
    release_start(r, &word, fn, ctx);
}

void ny_registry_holds(struct ny_registry *r, int64_t after, int32_t limit,
                       void (*fn)(void *ctx, ny_rc rc, const struct ny_hold_view *rows, size_t n),
                       void *ctx)
{
    ny_rc rc = ny_store_holds(r->store, after, limit, fn, ctx);

    if (rc != NY_OK) {
        fn(ctx, rc, NULL, 0);
    }
}
