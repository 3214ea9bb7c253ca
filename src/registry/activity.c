/* Which sources are heard, in numbers of this run of the server: nothing is decided by them. */

#include "registry_priv.h"

static bool has_slot(const struct ny_registry *r, const struct ny_requester_row *source)
{
    return source->id >= 0 && (size_t)source->id < r->n_heard;
}

void ny_registry_heard(struct ny_registry *r, const struct ny_requester_row *source, bool accepted)
{
    struct ny_source_activity *a;

    if (!has_slot(r, source)) {
        size_t n = (size_t)source->id + 1;

        r->heard = ny_realloc(r->heard, ny_mul_size(n, sizeof(*r->heard)));
        memset(&r->heard[r->n_heard], 0, (n - r->n_heard) * sizeof(*r->heard));
        r->n_heard = n;
    }
    a = &r->heard[source->id];
    a->last_us = ny_clock_now_us();
    a->accepted += accepted;
    a->refused += !accepted;
}

struct ny_source_activity ny_registry_activity(const struct ny_registry *r,
                                               const struct ny_requester_row *source)
{
    return has_slot(r, source) ? r->heard[source->id] : (struct ny_source_activity){0};
}
