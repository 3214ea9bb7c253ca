/* Counts, latencies, and the one line of JSON. */

#include "load.h"

#include <stdlib.h>

void load_stats_latency(struct load_stats *s, int64_t us)
{
    if (s->latency_n == s->latency_cap) {
        s->latency_cap = s->latency_cap > 0 ? s->latency_cap * 2 : 65536;
        s->latency_us = ny_realloc(s->latency_us, ny_mul_size(s->latency_cap, sizeof(uint32_t)));
    }
    s->latency_us[s->latency_n++] = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* The latency that a share of all answers does not exceed, in milliseconds. */
static double quantile_ms(const struct load_stats *s, double share)
{
    size_t at;

    if (s->latency_n == 0) {
        return 0;
    }
    at = (size_t)((double)s->latency_n * share);
    return s->latency_us[at < s->latency_n ? at : s->latency_n - 1] / 1000.0;
}

void load_stats_print(struct load_stats *s, bool queries, FILE *to)
{
    double seconds = (double)(s->end_us - s->begin_us) / 1e6;

    if (s->latency_n > 0) {
        qsort(s->latency_us, s->latency_n, sizeof *s->latency_us, by_value);
    }
    fprintf(to,
            "{\"messages\": %llu, \"seconds\": %.3f, \"per_second\": %.1f, \"p50_ms\": %.3f, "
            "\"p99_ms\": %.3f, \"max_ms\": %.3f, \"aa\": %llu, \"ae\": %llu, \"ar\": %llu, "
            "\"other\": %llu, \"errors\": %llu, \"unanswered\": %llu",
            (unsigned long long)s->messages, seconds,
            seconds > 0 ? (double)s->messages / seconds : 0.0, quantile_ms(s, .5),
            quantile_ms(s, .99), quantile_ms(s, 1), (unsigned long long)s->aa,
            (unsigned long long)s->ae, (unsigned long long)s->ar, (unsigned long long)s->other,
            (unsigned long long)s->errors, (unsigned long long)s->unanswered);
    if (queries) {
        fprintf(to, ", \"ok\": %llu, \"nf\": %llu, \"qak_ae\": %llu", (unsigned long long)s->ok,
                (unsigned long long)s->nf, (unsigned long long)s->qae);
    }
    fputs("}\n", to);
}

void load_stats_finish(struct load_stats *s)
{
    ny_free(s->latency_us);
    s->latency_us = NULL;
}
