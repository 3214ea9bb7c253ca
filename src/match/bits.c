/* Bits: logarithms as integers of 1/1024 bit, made once for each model version.
 *
 *   log2(1 + 2^x) from a table of 4096 steps of 1/128 bit on [-16, 16], linear between:
 *   off by less than 2e-6 bit inside; below it is 0 and above x, off by less than 3e-5 bit. */

#include "match_priv.h"

#include <math.h>

enum { RANGE_B1024 = 16 * 1024, STEP_SHIFT = 3, STEP = 1 << STEP_SHIFT };

int32_t ny_bits_of(double p)
{
    if (!(p > 0)) {
        return NY_BITS_NEVER;
    }
    return (int32_t)lround(log2(p) * 1024);
}

void ny_log1p_init(struct ny_log1p *t)
{
    for (int i = 0; i <= NY_LOG1P_LEN; i++) {
        double x = (double)(i * STEP - RANGE_B1024) / 1024;

        t->at[i] = (int32_t)lround(log2(1 + exp2(x)) * 65536);
    }
}

int32_t ny_log1p_bits(const struct ny_log1p *t, int32_t x_b1024)
{
    int32_t v;
    int32_t i;
    int32_t rest;

    if (x_b1024 <= -RANGE_B1024) {
        return 0;
    }
    if (x_b1024 >= RANGE_B1024) {
        return x_b1024;
    }
    v = x_b1024 + RANGE_B1024;
    i = v >> STEP_SHIFT;
    rest = v & (STEP - 1);
    /* 1/65536 bit times 8 → 1/1024 bit, to the nearest. */
    return (t->at[i] * (STEP - rest) + t->at[i + 1] * rest + 256) >> 9;
}

double ny_match_p_false(int32_t total_b1024)
{
    return 1 / (1 + exp2((double)total_b1024 / 1024));
}

int ny_match_confidence(int32_t total_b1024)
{
    return (int)(NY_CONFIDENCE_ONE * (1 - ny_match_p_false(total_b1024)));
}
