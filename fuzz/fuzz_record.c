/* module: match
 * Unpacks arbitrary bytes. What is accepted is compared, keyed and explained: nothing may be read
 * outside the bytes, and the bars must add up. */

#include "nayose/match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ny_match_model *model(void)
{
    static struct ny_match_model *m;

    if (m == NULL) {
        struct ny_match_settings s;

        ny_match_settings_default(&s);
        m = ny_match_model_create_v1(&s);
    }
    return m;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ny_record r;
    static struct ny_key probes[NY_PROBES_MAX];
    static struct ny_key keys[NY_KEYS_MAX];
    struct ny_bar bars[NY_BARS_MAX];
    struct ny_score s;
    unsigned skipped;
    int32_t sum = 0;
    size_t n;

    if (size > 8192 || ny_record_unpack(ny_str_of((const char *)data, size), &r) != NY_OK) {
        return 0;
    }
    ny_match_score(model(), &r, &r, false, &s);
    n = ny_match_explain(model(), &r, &r, false, bars);
    for (size_t i = 0; i < n; i++) {
        sum += bars[i].bits_b1024;
    }
    NY_ASSERT(sum == s.total_b1024);
    NY_ASSERT(ny_match_keys(model(), &r, keys, &skipped) <= NY_KEYS_MAX);
    NY_ASSERT(ny_match_probes(model(), &r, probes) <= NY_PROBES_MAX);
    return 0;
}
