/* What messages say of visits: said again in the order in which it came, to a table beside the one
 * that stands, then the two are held against each other. The order matters where a visit moves:
 * what is said of it later stays where it was. */

#include <stdlib.h>

#include "rebuild_priv.h"

/* Whose visits a feed speaks of. */
static size_t spoken_of(const struct ny_feed *f, const uint32_t *ids, uint32_t *out)
{
    size_t n = 0;

    if (f->visit != NULL) {
        out[n++] = ids[0];
    }
    if (f->second_visit != NULL) {
        out[n++] = ids[f->second_from];
    }
    if (f->kind == NY_FEED_VISIT && f->n_ids > 1) {
        out[n++] = ids[1];
    }
    return n;
}

/* A statement takes one word of an identity's visits at most. */
static bool must_be_said_before(const struct rebuild *b, const uint32_t *ids, size_t n)
{
    for (size_t i = 0; i < b->saying.n; i++) {
        for (size_t k = 0; k < n; k++) {
            if (b->saying.ids[i] == ids[k]) {
                return true;
            }
        }
    }
    return b->saying.n + n > SAID_AT_ONCE;
}

ny_rc ny_rebuild_visits_say(struct rebuild *b)
{
    ny_rc rc = NY_OK;

    if (b->saying.n > 0) {
        rc = ny_store_reading_say(b->reading, b->saying.rows, &b->job->err);
        ny_store_batch_destroy(b->saying.rows);
        b->saying.rows = NULL;
        b->saying.n = 0;
    }
    return rc;
}

ny_rc ny_rebuild_visits_hear(struct rebuild *b, const struct ny_feed *f, const uint32_t *ids)
{
    uint32_t whose[3];
    size_t n = spoken_of(f, ids, whose);
    ny_rc rc = NY_OK;

    for (size_t i = 0; i < n; i++) {
        if (whose[i] == 0) {
            return NY_OK; /* nobody knows the id */
        }
    }
    if (n > 0 && must_be_said_before(b, whose, n)) {
        rc = ny_rebuild_visits_say(b);
    }
    if (n == 0 || rc != NY_OK) {
        return rc;
    }
    if (f->kind == NY_FEED_VISIT && f->n_ids > 1) {
        b->partly[ids[0]] |= b->partly[ids[1]]; /* what came from there may have been said before */
    }
    if (b->saying.rows == NULL) {
        b->saying.rows = ny_store_batch_create();
    }
    memcpy(b->saying.ids + b->saying.n, whose, n * sizeof(*whose));
    b->saying.n += n;
    ny_registry_visits(f, ids, b->saying.rows);
    return NY_OK;
}

/* ---- held against what stands ---- */

static ny_rc on_visit(void *ctx, const struct ny_visit_row *v)
{
    struct rebuild *b = ctx;
    struct ny_arena *a = b->job->arena;

    if (v->identity > ny_index_count(b->x->snapshot.index) || b->partly[v->identity]) {
        return NY_OK;
    }
    if (b->n_visits == b->cap_visits) {
        b->cap_visits = b->cap_visits > 0 ? b->cap_visits * 2 : 64;
        b->visits = ny_realloc(b->visits, ny_mul_size(b->cap_visits, sizeof(*b->visits)));
    }
    b->visits[b->n_visits++] =
        (struct ny_visit_row){v->identity, ny_arena_str(a, v->number), ny_arena_str(a, v->stood),
                              ny_arena_str(a, v->said)};
    return NY_OK;
}

static void on_later_feed(void *ctx, const struct ny_feed *f)
{
    struct rebuild *b = ctx;

    for (size_t k = 0; k < f->n_ids; k++) {
        b->partly[ny_index_find(b->x->snapshot.index, f->domains[k]->id, f->ids[k])] = true;
    }
}

static ny_rc on_later_message(void *ctx, const struct ny_kept_message *m)
{
    return ny_rebuild_message_read(ctx, m);
}

/* What stands is newer than the snapshot: who was spoken of since is not compared. */
static ny_rc later_dropped(struct rebuild *b)
{
    size_t n = 0;
    ny_rc rc;

    ny_snapshot_listen(&b->x->snapshot, on_later_feed, b);
    rc = ny_store_reading_messages(b->reading, b->x->snapshot.before_message, INT64_MAX,
                                   on_later_message, b, &b->job->err);
    for (size_t i = 0; i < b->n_visits; i++) {
        if (!b->partly[b->visits[i].identity]) {
            b->visits[n++] = b->visits[i];
        }
    }
    b->n_visits = n;
    return rc;
}

ny_rc ny_rebuild_visits_compare(struct rebuild *b)
{
    ny_rc rc = ny_store_reading_visits(b->reading, on_visit, b, &b->job->err);

    rc = rc == NY_OK && b->n_visits > 0 ? later_dropped(b) : rc;
    for (size_t i = 0; i < b->n_visits; i++) {
        b->differs[b->visits[i].identity] |= DIFFERS_VISITS;
    }
    return rc;
}
