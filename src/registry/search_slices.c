/* Long searches in slices, so that feeds and other questions go on between them.
 *
 *   a slice ─▶ not through ─▶ at the end of the row ─▶ its turn: next slice ─▶ … ─▶ then
 *
 * The first slice is done at once: nearly every search needs no other. Between two slices memory
 * may change; when ids were taken back the search ends with NY_EAGAIN, since they may mean somebody
 * else by now. */

#include "search_priv.h"

enum { SLICE = 1000 }; /* records that a slice looks at: a millisecond or two */

static void row_add(struct ny_registry *r, struct searching *s)
{
    s->next = NULL;
    if (r->searches.head == NULL) {
        r->searches.head = s;
    } else {
        r->searches.tail->next = s;
    }
    r->searches.tail = s;
}

static struct searching *row_take(struct ny_registry *r)
{
    struct searching *s = r->searches.head;

    if (s != NULL) {
        r->searches.head = s->next;
    }
    return s;
}

/* True: through. */
static bool slice(struct searching *s)
{
    size_t end = s->n - s->at > SLICE ? s->at + SLICE : s->n;

    while (s->at < end) {
        s->one(s, s->ids[s->at++]);
    }
    return s->at == s->n;
}

void ny_search_run(struct searching *s, void (*one)(struct searching *s, uint32_t id),
                   void (*then)(struct searching *s))
{
    struct ny_registry *r = s->r;
    bool through;

    s->one = one;
    s->then = then;
    s->at = s->kept = 0;
    do {
        through = slice(s);
    } while (!through && r->cfg.on_search_waits == NULL);
    if (through) {
        then(s);
        return;
    }
    row_add(r, s);
    r->cfg.on_search_waits(r->cfg.on_search_waits_ctx);
}

bool ny_registry_search_step(struct ny_registry *r)
{
    struct searching *s = row_take(r);

    if (s == NULL) {
        return false;
    }
    if (s->page->undone != r->undone) {
        ny_search_end(s, NY_EAGAIN);
    } else if (slice(s)) {
        s->then(s);
    } else {
        row_add(r, s);
    }
    return r->searches.head != NULL;
}

void ny_registry_searches_end(struct ny_registry *r)
{
    struct searching *s;

    while (r != NULL && (s = row_take(r)) != NULL) {
        ny_search_end(s, NY_EDB);
    }
}
