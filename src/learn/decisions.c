/* Decisions of clerks, to be looked up by their pair. */

#include "decisions_priv.h"

#include <stdlib.h>

static struct ny_learn_decision ordered(uint32_t a, uint32_t b, bool same)
{
    return (struct ny_learn_decision){.a = a < b ? a : b, .b = a < b ? b : a, .same = same};
}

static int by_pair(const void *pa, const void *pb)
{
    const struct ny_learn_decision *a = pa;
    const struct ny_learn_decision *b = pb;

    if (a->a != b->a) {
        return a->a < b->a ? -1 : 1;
    }
    return (a->b > b->b) - (a->b < b->b);
}

void ny_decisions_sort(struct ny_learn_decision *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        v[i] = ordered(v[i].a, v[i].b, v[i].same);
    }
    if (n > 1) {
        qsort(v, n, sizeof(*v), by_pair);
    }
}

const struct ny_learn_decision *ny_decisions_find(const struct ny_learn_decision *v, size_t n,
                                                  uint32_t a, uint32_t b)
{
    const struct ny_learn_decision key = ordered(a, b, false);

    return n > 0 ? bsearch(&key, v, n, sizeof(*v), by_pair) : NULL;
}
