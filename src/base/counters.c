/* Counters: written by the loop thread, read by whoever prints /metrics. */

#include "nayose/base.h"

#include <stdatomic.h>

static const struct ny_counter_info infos[] = {
#define NY_COUNTER(id, name, kind, help) {(name), (kind), (help)},
#include "nayose/tbl/counters.def"
#undef NY_COUNTER
};

static atomic_int_least64_t values[NY_COUNTER_COUNT];
static _Thread_local bool is_muted;

void ny_counters_mute(bool muted)
{
    is_muted = muted;
}

void ny_counter_add(enum ny_counter c, int64_t n)
{
    if (!is_muted) {
        atomic_fetch_add_explicit(&values[c], n, memory_order_relaxed);
    }
}

void ny_counter_set(enum ny_counter c, int64_t v)
{
    if (!is_muted) {
        atomic_store_explicit(&values[c], v, memory_order_relaxed);
    }
}

int64_t ny_counter_get(enum ny_counter c)
{
    return atomic_load_explicit(&values[c], memory_order_relaxed);
}

const struct ny_counter_info *ny_counter_describe(enum ny_counter c)
{
    return &infos[c];
}
