/* The budget: a count of messages in flight and a queue of sessions that wait for room.
 *
 *   used ── give ──▶ below half? ──▶ the whole queue is called, each tries to take again
 *
 * Waking at half (and not at each place that becomes free) keeps a full server from turning over
 * its sessions one by one. */

#include "peer_priv.h"

enum { BUDGET_DEFAULT = 4096 };

struct ny_peer_budget {
    struct ny_loop *loop;
    size_t max;
    size_t used;
    struct ny_peer_waiter *first, *last;
    bool waking; /* a wake-up is deferred */
    bool destroyed;
};

struct ny_peer_budget *ny_peer_budget_create(struct ny_loop *loop, size_t max)
{
    struct ny_peer_budget *b = ny_calloc(1, sizeof(*b));

    b->loop = loop;
    b->max = max > 0 ? max : BUDGET_DEFAULT;
    return b;
}

void ny_peer_budget_destroy(struct ny_peer_budget *b)
{
    if (b == NULL) {
        return;
    }
    NY_ASSERT(b->used == 0 && b->first == NULL);
    if (b->waking) {
        b->destroyed = true; /* the deferred call frees it */
    } else {
        ny_free(b);
    }
}

size_t ny_peer_budget_used(const struct ny_peer_budget *b)
{
    return b->used;
}

static void wake_all(void *ctx)
{
    struct ny_peer_budget *b = ctx;
    struct ny_peer_waiter *last = b->last;

    b->waking = false;
    if (b->destroyed) {
        ny_free(b);
        return;
    }
    /* Who cannot take again joins the end of the queue: only those up to `last` are called. */
    while (b->first != NULL && b->used < b->max) {
        struct ny_peer_waiter *w = b->first;

        b->first = w->next;
        if (b->first == NULL) {
            b->last = NULL;
        }
        w->next = NULL;
        w->queued = false;
        w->fn(w->ctx);
        if (w == last) {
            break;
        }
    }
}

bool ny_peer_budget_take(struct ny_peer_budget *b, struct ny_peer_waiter *w)
{
    if (b->used < b->max) {
        b->used++;
        return true;
    }
    if (!w->queued) {
        w->queued = true;
        w->next = NULL;
        if (b->last != NULL) {
            b->last->next = w;
        } else {
            b->first = w;
        }
        b->last = w;
    }
    return false;
}

void ny_peer_budget_give(struct ny_peer_budget *b)
{
    NY_ASSERT(b->used > 0);
    b->used--;
    if (b->first != NULL && !b->waking && b->used <= b->max / 2) {
        b->waking = true;
        ny_loop_defer(b->loop, wake_all, b);
    }
}

void ny_peer_budget_forget(struct ny_peer_budget *b, struct ny_peer_waiter *w)
{
    struct ny_peer_waiter **at = &b->first;
    struct ny_peer_waiter *before = NULL;

    if (!w->queued) {
        return;
    }
    while (*at != w) {
        before = *at;
        at = &(*at)->next;
    }
    *at = w->next;
    if (b->last == w) {
        b->last = before;
    }
    w->queued = false;
}

struct ny_arena *ny_peer_arena_create(size_t max)
{
    return ny_arena_create(max * NY_PEER_ARENA_FACTOR + NY_PEER_ARENA_REST);
}
