/* What stands between two groups: the words in force on one of each. */

#include "nayose/registry_pins.h"

#include "registry_priv.h"

enum { MEMBERS_MAX = 400 }; /* of both together; a group of so many is told of in part */

struct between {
    struct ny_registry *r;
    struct ny_arena *arena;
    bool same_person;
    void (*fn)(void *ctx, ny_rc rc, const struct ny_pin_view *rows, size_t n);
    void *ctx;
};

static void between_end(struct between *x, ny_rc rc, const struct ny_pin_view *rows, size_t n)
{
    x->fn(x->ctx, rc, rows, n);
    ny_arena_destroy(x->arena);
}

static void on_pins(void *ctx, ny_rc rc, const struct ny_pin_view *rows, size_t n)
{
    struct between *x = ctx;
    struct ny_pin_view *standing = NY_ARENA_ARRAY(x->arena, struct ny_pin_view, n + 1);
    size_t kept = 0;

    for (size_t i = 0; rc == NY_OK && i < n; i++) {
        const struct ny_pin_row *p = &rows[i].row;
        bool doubted;

        if (p->role != NY_ROLE_IMPLIED && ny_registry_pin_stands(x->r, p, &doubted) &&
            (x->same_person || ny_index_person_of(x->r->index, (uint32_t)p->a) !=
                                   ny_index_person_of(x->r->index, (uint32_t)p->b))) {
            standing[kept++] = rows[i];
        }
    }
    between_end(x, rc, standing, kept);
}

/* Puts the members of a person behind the first n of ids, where there is room; returns how many
 * there are then. */
static size_t members_add(const struct ny_registry *r, uint32_t person, int64_t *ids, size_t n,
                          size_t cap)
{
    for (uint32_t m = ny_index_member_first(r->index, person); m != 0 && n < cap;
         m = ny_index_member_next(r->index, m)) {
        ids[n++] = m;
    }
    return n;
}

void ny_registry_pins_between(struct ny_registry *r, uint32_t a, uint32_t b,
                              void (*fn)(void *ctx, ny_rc rc, const struct ny_pin_view *rows,
                                         size_t n),
                              void *ctx)
{
    struct ny_arena *arena = ny_arena_create(0);
    struct between *x = NY_ARENA_NEW(arena, struct between);
    const uint32_t p = ny_index_person_of(r->index, a);
    const uint32_t q = ny_index_person_of(r->index, b);
    int64_t ids[MEMBERS_MAX];
    size_t n;
    ny_rc rc;

    NY_ASSERT(x != NULL);
    *x = (struct between){r, arena, p == q, fn, ctx};
    n = members_add(r, p, ids, 0, NY_ARRAY_LEN(ids));
    n = p == q ? n : members_add(r, q, ids, n, NY_ARRAY_LEN(ids));
    rc = ny_store_pins_among(r->store, ids, n, on_pins, x);
    if (rc != NY_OK) {
        between_end(x, rc, NULL, 0);
    }
}
