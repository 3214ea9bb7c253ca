/* Exact intervals: known values, ends, order. */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "nayose/evaluate.h"

static bool is_near(double got, double want)
{
    return fabs(got - want) <= 1e-6 * fabs(want);
}

/* Two-sided at .95, then the one-sided upper bound at .95: found by summing the terms. */
static const struct {
    uint64_t count;
    double low, high, upper;
} counts[] = {
    {0,    0,           3.68887945, 2.99573227},
    {1,    0.025317808, 5.57164339, 4.74386452},
    {2,    0.242209279, 7.22468767, 6.29579362},
    {3,    0.618672123, 8.76727307, 7.75365653},
    {10,   4.7953887,   18.390356,  16.9622192},
    {31,   21.062996,   44.0020255, 41.8376304},
    {100,  81.3639913,  121.626794, 118.079273},
    {1000, 938.973018,  1063.95214, 1053.60312}
};

static const struct {
    uint64_t hits, n;
    double low, high, upper;
} shares[] = {
    {0,   1,       0,             0.975,         0.95         },
    {1,   1,       0.025,         1,             1            },
    {0,   1800,    0,             2.04727893e-3, 1.66291154e-3},
    {0,   300000,  0,             1.22961892e-5, 9.98572439e-6},
    {1,   2850,    8.88340194e-6, 1.95339535e-3, 1.66342098e-3},
    {2,   3780,    6.40829528e-5, 1.9099726e-3,  1.66460771e-3},
    {5,   10,      0.187086028,   0.812913972,   0.777558899  },
    {9,   10,      0.554983883,   0.997471421,   0.994883803  },
    {36,  40,      0.7633626,     0.972074585,   0.965115146  },
    {40,  40,      0.911902697,   1,             1            },
    {1,   1000000, 2.53178077e-8, 5.57163066e-6, 4.74385564e-6},
    {999, 1000,    0.994441076,   0.999974683,   0.999948708  },
    {500, 100000,  4.57224415e-3, 5.45684118e-3, 5.38273076e-3}
};

static void poisson_has_the_known_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(counts); i++) {
        struct ny_interval got = ny_poisson_interval(counts[i].count, .95);
        double upper = ny_poisson_upper(counts[i].count, .95);

        if (!is_near(got.low, counts[i].low) || !is_near(got.high, counts[i].high) ||
            !is_near(upper, counts[i].upper)) {
            fail_msg("%llu: %.9g %.9g %.9g", (unsigned long long)counts[i].count, got.low, got.high,
                     upper);
        }
    }
}

static void binomial_has_the_known_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(shares); i++) {
        struct ny_interval got = ny_binomial_interval(shares[i].hits, shares[i].n, .95);
        double upper = ny_binomial_upper(shares[i].hits, shares[i].n, .95);

        if (!is_near(got.low, shares[i].low) || !is_near(got.high, shares[i].high) ||
            !is_near(upper, shares[i].upper)) {
            fail_msg("%llu of %llu: %.9g %.9g %.9g", (unsigned long long)shares[i].hits,
                     (unsigned long long)shares[i].n, got.low, got.high, upper);
        }
    }
    assert_true(ny_binomial_interval(0, 0, .95).low == 0);
    assert_true(ny_binomial_interval(0, 0, .95).high == 1);
}

/* Where the terms cannot be summed any more: the law is nearly normal, with a known correction. */
static void large_counts_follow_the_normal_law(void **state)
{
    const double z = 1.959963984540054;

    (void)state;
    for (double k = 1e5; k <= 1e9; k *= 10) {
        struct ny_interval got = ny_poisson_interval((uint64_t)k, .95);
        double correction = (z * z - 1) / 3;

        assert_true(is_near(got.low, k - z * sqrt(k) + correction));
        assert_true(is_near(got.high, k + 1 + z * sqrt(k + 1) + correction));
    }
}

/* A rare share is a rare count: the two laws meet. */
static void laws_meet_where_hits_are_rare(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 20; k++) {
        double counted = ny_poisson_upper(k, .95) / 1e9;

        assert_true(fabs(ny_binomial_upper(k, 1000000000, .95) - counted) < 1e-6 * counted);
    }
}

static void bounds_are_in_order(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 60; n++) {
        for (uint64_t hits = 0; hits <= n; hits++) {
            struct ny_interval narrow = ny_binomial_interval(hits, n, .9);
            struct ny_interval wide = ny_binomial_interval(hits, n, .99);
            struct ny_interval mirror = ny_binomial_interval(n - hits, n, .9);
            double seen = (double)hits / (double)n;

            assert_true(wide.low <= narrow.low && narrow.low <= seen);
            assert_true(seen <= narrow.high && narrow.high <= wide.high);
            assert_true(fabs(narrow.low + mirror.high - 1) < 1e-9);
            assert_true(is_near(ny_binomial_upper(hits, n, .95), narrow.high));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poisson_has_the_known_bounds),
        cmocka_unit_test(binomial_has_the_known_bounds),
        cmocka_unit_test(large_counts_follow_the_normal_law),
        cmocka_unit_test(laws_meet_where_hits_are_rare),
        cmocka_unit_test(bounds_are_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
