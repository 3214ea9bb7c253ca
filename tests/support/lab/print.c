/* A result in print: counts, and the rates that come of them. */

#include "lab.h"

static double per(int64_t part, int64_t whole, double of)
{
    return whole > 0 ? of * (double)part / (double)whole : 0;
}

void lab_result_print(const struct lab_result *r, const char *title, size_t top, FILE *to)
{
    static const char *const texts[] = {
#define LAB_COUNT(id, text) text,
#include "tbl/counts.def"
#undef LAB_COUNT
    };
    const int64_t *c = r->count;

    fprintf(to, "%s\n", title);
    for (size_t i = 0; i < LAB_COUNT_COUNT; i++) {
        fprintf(to, "  %-52s %lld\n", texts[i], (long long)c[i]);
    }
    fprintf(to, "  %-52s %.5f\n", "ceiling among true pairs",
            per(c[LAB_CEILING], c[LAB_TRUE_PAIRS], 1));
    fprintf(to, "  %-52s %.5f\n", "automatic recall of the ceiling",
            per(c[LAB_CEILING_LINKED], c[LAB_CEILING], 1));
    fprintf(to, "  %-52s %.5f\n", "automatic recall of pairs agreeing themselves",
            per(c[LAB_DIRECT_LINKED], c[LAB_CEILING_DIRECT], 1));
    fprintf(to, "  %-52s %.3f\n", "false links for 100 000 automatic links",
            per(c[LAB_FALSE_PAIRS], c[LAB_LINKED], 1e5));
    fprintf(to, "  %-52s %.2f\n", "open questions for 1 000 people",
            per(c[LAB_OPEN], c[LAB_PEOPLE], 1e3));
    fprintf(to, "  %-52s %.2f\n", "parked questions for 1 000 people",
            per(c[LAB_PARKED], c[LAB_PEOPLE], 1e3));
    fprintf(to, "  %-52s %.1f\n", "never compared for 100 000 true pairs",
            per(c[LAB_UNCOMPARED], c[LAB_TRUE_PAIRS], 1e5));
    if (top > 0) {
        fprintf(to, "recall of the ceiling by kind of error (pairs, missed, recall)\n");
        for (unsigned e = 0; e < POP_ERROR_COUNT; e++) {
            fprintf(to, "  %-18s %9lld %7lld  %.4f\n", pop_error_name((enum pop_error)e),
                    (long long)r->touched[e], (long long)(r->touched[e] - r->touched_linked[e]),
                    per(r->touched_linked[e], r->touched[e], 1));
        }
        lab_tally_print(r->false_, "false pairs by relation and levels", top, to);
        lab_tally_print(r->missed, "missed pairs of the ceiling by band, levels and guards", top,
                        to);
        lab_tally_print(r->questions, "open questions by relation, reason, levels and guards", top,
                        to);
        lab_tally_print(r->uncompared, "true pairs never compared by levels", top, to);
    }
}
