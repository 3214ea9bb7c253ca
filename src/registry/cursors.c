/* Snapshots of answers that are sent in pages.
 *
 *   pointer = 16 hex digits (random, of the snapshot) + 8 hex digits (place in it)
 *
 * The place stands in the pointer, so a page whose answer got lost can be asked for again. Nothing
 * but ids is kept; memory is bounded by the number of snapshots and the hits of each. */

#include "search_priv.h"

#include <sys/random.h>

struct cursors {
    struct cursor c[NY_SEARCH_CURSORS_MAX];
};

static void cursor_end(struct cursor *c)
{
    ny_free(c->who);
    ny_free(c->tag);
    ny_free(c->found.v);
    *c = (struct cursor){0};
}

void ny_cursors_free(struct ny_registry *r)
{
    for (size_t i = 0; r->cursors != NULL && i < NY_SEARCH_CURSORS_MAX; i++) {
        cursor_end(&r->cursors->c[i]);
    }
    ny_free(r->cursors);
    r->cursors = NULL;
}

void ny_search_forget(struct ny_registry *r)
{
    ny_cursors_free(r);
    r->undone++;
}

static bool is_of(const struct cursor *c, ny_str who)
{
    return c->id != 0 && ny_str_equals(ny_str_of(c->who, c->who_n), who);
}

static void expire(struct ny_registry *r, int64_t now_us)
{
    for (size_t i = 0; i < NY_SEARCH_CURSORS_MAX; i++) {
        struct cursor *c = &r->cursors->c[i];

        if (c->id != 0 && now_us - c->used_us > NY_SEARCH_IDLE_S * NY_US_PER_SECOND) {
            cursor_end(c);
        }
    }
}

/* The one not used for the longest time, of a requester (or of all: who.p NULL). */
static struct cursor *oldest(struct ny_registry *r, ny_str who, size_t *out_n)
{
    struct cursor *best = NULL;

    *out_n = 0;
    for (size_t i = 0; i < NY_SEARCH_CURSORS_MAX; i++) {
        struct cursor *c = &r->cursors->c[i];

        if (who.p != NULL ? !is_of(c, who) : c->id == 0) {
            continue;
        }
        (*out_n)++;
        if (best == NULL || c->used_us < best->used_us) {
            best = c;
        }
    }
    return best;
}

/* A free place: his own oldest snapshot gives way first, then the oldest of all. */
static struct cursor *place_make(struct ny_registry *r, ny_str who)
{
    size_t n = 0;
    struct cursor *c = oldest(r, who.p != NULL ? who : NY_S(""), &n);

    if (c != NULL && n >= NY_SEARCH_CURSORS_OF_ONE) {
        cursor_end(c);
    }
    c = oldest(r, NY_STR_NONE, &n);
    if (c != NULL && n == NY_SEARCH_CURSORS_MAX) {
        cursor_end(c);
    }
    for (c = r->cursors->c; c->id != 0; c++) {
    }
    return c;
}

struct cursor *ny_cursor_add(struct ny_registry *r, const struct ny_search_ask *ask,
                             const struct found_list *found)
{
    int64_t now_us = ny_clock_now_us();
    struct cursor *c;

    if (r->cursors == NULL) {
        r->cursors = ny_calloc(1, sizeof(*r->cursors));
    }
    expire(r, now_us);
    c = place_make(r, ask->who);
    *c = (struct cursor){.who = ny_str_dup(ask->who),
                         .tag = ny_str_dup(ask->tag),
                         .who_n = ask->who.n,
                         .tag_n = ask->tag.n,
                         .used_us = now_us};
    while (c->id == 0) {
        NY_ASSERT(getrandom(&c->id, sizeof(c->id), 0) == (ssize_t)sizeof(c->id));
    }
    memcpy(c->question, ask->question, sizeof(c->question));
    c->found.v = ny_malloc(ny_mul_size(found->n, sizeof(*found->v)));
    c->found.n = found->n;
    memcpy(c->found.v, found->v, found->n * sizeof(*found->v));
    return c;
}

static bool pointer_read(ny_str pointer, uint64_t *id, size_t *at)
{
    uint64_t v[2] = {0, 0};

    if (pointer.n != NY_SEARCH_POINTER_LEN) {
        return false;
    }
    for (size_t i = 0; i < pointer.n; i++) {
        int digit = ny_hex_value(pointer.p[i]);

        if (digit < 0) {
            return false;
        }
        v[i / 16] = v[i / 16] << 4 | (uint64_t)digit;
    }
    *id = v[0];
    *at = v[1];
    return v[0] != 0;
}

struct cursor *ny_cursor_find(struct ny_registry *r, const struct ny_search_ask *ask,
                              size_t *out_at)
{
    int64_t now_us = ny_clock_now_us();
    uint64_t id = 0;

    if (r->cursors == NULL || !pointer_read(ask->pointer, &id, out_at)) {
        return NULL;
    }
    expire(r, now_us);
    for (size_t i = 0; i < NY_SEARCH_CURSORS_MAX; i++) {
        struct cursor *c = &r->cursors->c[i];

        if (c->id == id && is_of(c, ask->who) && *out_at < c->found.n &&
            memcmp(c->question, ask->question, sizeof(c->question)) == 0) {
            c->used_us = now_us;
            return c;
        }
    }
    return NULL;
}

ny_str ny_cursor_pointer(const struct cursor *c, size_t at, struct ny_arena *a)
{
    return ny_arena_printf(a, "%016llx%08zx", (unsigned long long)c->id, at);
}

void ny_registry_search_cancel(struct ny_registry *r, ny_str who, ny_str tag)
{
    for (size_t i = 0; r->cursors != NULL && i < NY_SEARCH_CURSORS_MAX; i++) {
        struct cursor *c = &r->cursors->c[i];

        if (is_of(c, who) && ny_str_equals(ny_str_of(c->tag, c->tag_n), tag)) {
            cursor_end(c);
        }
    }
}
