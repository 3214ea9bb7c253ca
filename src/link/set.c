/* Sets of identities that are touched while a message is decided: a handful, so a walk finds them.
 */

#include "nayose/link.h"

#include <stdlib.h>

void ny_link_set_add(struct ny_link_set *s, struct ny_arena *a, uint32_t id)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->ids[i] == id) {
            return;
        }
    }
    if (s->n == s->cap) {
        size_t cap = s->cap > 0 ? s->cap * 2 : 32;
        uint32_t *grown = NY_ARENA_ARRAY(a, uint32_t, cap);

        NY_ASSERT(grown != NULL);
        if (s->n > 0) {
            memcpy(grown, s->ids, s->n * sizeof(*grown));
        }
        s->ids = grown;
        s->cap = cap;
    }
    s->ids[s->n++] = id;
}

/* qsort has no context. */
static _Thread_local const struct ny_index *sorting;

static int by_order(const void *pa, const void *pb)
{
    const uint32_t *a = pa;
    const uint32_t *b = pb;

    return ny_index_order(sorting, *a, *b);
}

void ny_link_set_sort(const struct ny_index *ix, struct ny_link_set *s)
{
    sorting = ix;
    if (s->n > 1) {
        qsort(s->ids, s->n, sizeof(*s->ids), by_order);
    }
}
