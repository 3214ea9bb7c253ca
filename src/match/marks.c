/* Values that a model version has singled out: hot keys, shared phones, shared addresses. */

#include "match_priv.h"

#include <stdlib.h>

void ny_marks_add(struct ny_marks *s, uint64_t v)
{
    if (s->n == s->cap) {
        s->cap = s->cap > 0 ? s->cap * 2 : 64;
        s->v = ny_realloc(s->v, ny_mul_size(s->cap, sizeof(*s->v)));
    }
    s->v[s->n++] = v;
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

void ny_marks_sort(struct ny_marks *s)
{
    size_t n = 0;

    if (s->n == 0) {
        return;
    }
    qsort(s->v, s->n, sizeof(*s->v), compare_u64);
    for (size_t i = 0; i < s->n; i++) {
        if (n == 0 || s->v[n - 1] != s->v[i]) {
            s->v[n++] = s->v[i];
        }
    }
    s->n = n;
}

bool ny_marks_has(const struct ny_marks *s, uint64_t v)
{
    return s->n > 0 && bsearch(&v, s->v, s->n, sizeof(*s->v), compare_u64) != NULL;
}
