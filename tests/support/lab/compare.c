/* Is what was learned better? Each population is linked by the version that learns and once more by
 * what it learned, and both are held against the truth. */

#include "lab.h"

#include <inttypes.h>

static double per(int64_t part, int64_t whole, double of)
{
    return whole > 0 ? of * (double)part / (double)whole : 0;
}

void lab_comparison_head_print(FILE *to)
{
    fprintf(to,
            "%-5s %8s %8s | %-31s | %-31s\n"
            "%-5s %8s %8s | %8s %6s %7s %7s | %8s %6s %7s %7s\n",
            "", "", "", "before learning", "after", "seed", "records", "ceiling", "recall", "false",
            "open", "parked", "recall", "false", "open", "parked");
}

static void half_print(const int64_t c[LAB_COUNT_COUNT], FILE *to)
{
    fprintf(to, " | %8.5f %6" PRId64 " %7.2f %7.2f", per(c[LAB_CEILING_LINKED], c[LAB_CEILING], 1),
            c[LAB_FALSE_PAIRS], per(c[LAB_OPEN], c[LAB_PEOPLE], 1e3),
            per(c[LAB_PARKED], c[LAB_PEOPLE], 1e3));
}

void lab_comparison_print(const char *title, const int64_t before[LAB_COUNT_COUNT],
                          const int64_t after[LAB_COUNT_COUNT], FILE *to)
{
    fprintf(to, "%-5s %8" PRId64 " %8" PRId64, title, before[LAB_RECORDS], before[LAB_CEILING]);
    half_print(before, to);
    half_print(after, to);
    fprintf(to, "\n");
}

/* Judges one world by itself and adds it to the result of all. */
static void world_judge(struct lab_world *w, struct lab_result *all, int64_t own[LAB_COUNT_COUNT])
{
    for (size_t i = 0; i < LAB_COUNT_COUNT; i++) {
        own[i] = -all->count[i];
    }
    lab_judge(w, all);
    for (size_t i = 0; i < LAB_COUNT_COUNT; i++) {
        own[i] += all->count[i];
    }
}

bool lab_compare(const struct pop_names *names, const struct lab_options *o,
                 const struct lab_comparison *c, FILE *to)
{
    struct ny_arena *a = ny_arena_create(0);
    struct lab_world *w = lab_world_create(names, o);
    struct lab_options learned = *o;
    struct ny_learn_report report;
    int64_t before[LAB_COUNT_COUNT];
    int64_t after[LAB_COUNT_COUNT] = {0};
    int64_t begin;
    char title[32];
    bool ok;

    world_judge(w, c->before, before);
    begin = ny_clock_monotonic_us();
    ok = lab_train(w, o, a, &learned.model, &report);
    begin = ny_clock_monotonic_us() - begin;
    lab_world_destroy(w);
    if (ok) {
        w = lab_world_create(names, &learned);
        world_judge(w, c->after, after);
        lab_world_destroy(w);
    }
    (void)snprintf(title, sizeof title, "%" PRIu64, o->plan.world.seed);
    lab_comparison_print(title, before, after, to);
    fprintf(to, "      %s in %.1f s\n", ok ? "learned" : "refused", (double)begin / 1e6);
    ny_arena_destroy(a);
    return ok;
}
