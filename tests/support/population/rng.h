/* Random numbers that are the same on every machine: splitmix64. A stream is keyed by what it is
 * for (seed, household, slot …), so that any part of the population can be made again without the
 * rest. */
#ifndef POPULATION_RNG_H
#define POPULATION_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct pop_rng {
    uint64_t state;
};

/* What a stream is for; part of its key. */
enum pop_stream {
    POP_STREAM_HOUSEHOLD = 1,
    POP_STREAM_RECORDS = 2,
    POP_STREAM_VIEW = 3,
    POP_STREAM_SPELLING = 4,
    POP_STREAM_FACILITY = 5,
    POP_STREAM_CARD = 6,
    POP_STREAM_PHONE = 7,
    POP_STREAM_QUERY = 8,
    POP_STREAM_BUILDING = 9
};

static inline uint64_t pop_mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline struct pop_rng pop_rng_keyed(uint64_t seed, enum pop_stream s, uint64_t a, uint64_t b)
{
    uint64_t k = pop_mix(seed + UINT64_C(0x9E3779B97F4A7C15) * (uint64_t)s);

    k = pop_mix(k ^ (a + UINT64_C(0xD1B54A32D192ED03)));
    k = pop_mix(k ^ (b * UINT64_C(0x9E3779B97F4A7C15) + 1));
    return (struct pop_rng){k};
}

static inline uint64_t pop_rng_next(struct pop_rng *r)
{
    r->state += UINT64_C(0x9E3779B97F4A7C15);
    return pop_mix(r->state);
}

/* 0 .. n-1; n > 0. */
static inline uint32_t pop_rng_below(struct pop_rng *r, uint32_t n)
{
    return (uint32_t)(((pop_rng_next(r) >> 32) * n) >> 32);
}

/* lo .. hi, both included. */
static inline int32_t pop_rng_between(struct pop_rng *r, int32_t lo, int32_t hi)
{
    return lo + (int32_t)pop_rng_below(r, (uint32_t)(hi - lo) + 1);
}

/* [0, 1) */
static inline double pop_rng_unit(struct pop_rng *r)
{
    return (double)(pop_rng_next(r) >> 11) * 0x1p-53;
}

static inline bool pop_rng_chance(struct pop_rng *r, double p)
{
    return pop_rng_unit(r) < p;
}

#endif
