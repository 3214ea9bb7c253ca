/* nayose-order: one day in many orders, one state. */

#include "order.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const char usage[] = "usage: nayose-order [--people N] [--facilities K] [--seed S] "
                            "[--events PERCENT] [--shuffles N] [--write DIR]\n"
                            "  --people N          default 60\n"
                            "  --facilities K      default 4\n"
                            "  --seed S            of the day (default 1)\n"
                            "  --events PERCENT    merges, links, unlinks and withdrawals, per "
                            "hundred records (default 70)\n"
                            "  --shuffles N        orders of arrival (default 200)\n"
                            "  --write DIR         the day as files, instead of shuffles\n";

enum { OPT_PEOPLE = 1, OPT_FACILITIES, OPT_SEED, OPT_EVENTS, OPT_SHUFFLES, OPT_WRITE };

static const struct option options[] = {
    {"people",     required_argument, NULL, OPT_PEOPLE    },
    {"facilities", required_argument, NULL, OPT_FACILITIES},
    {"seed",       required_argument, NULL, OPT_SEED      },
    {"events",     required_argument, NULL, OPT_EVENTS    },
    {"shuffles",   required_argument, NULL, OPT_SHUFFLES  },
    {"write",      required_argument, NULL, OPT_WRITE     },
    {NULL,         0,                 NULL, 0             },
};

struct command {
    struct day_options day;
    uint64_t shuffles;
    const char *write_to;
};

static bool option_take(int opt, const char *arg, struct command *c)
{
    uint64_t v = 0;

    if (opt == OPT_WRITE) {
        c->write_to = arg;
        return true;
    }
    if (ny_str_to_u64(ny_str_from_c(arg), 0, 1000000, &v) != NY_OK) {
        return false;
    }
    switch (opt) {
    case OPT_PEOPLE:
        c->day.people = (uint32_t)v;
        return v > 0;
    case OPT_FACILITIES:
        c->day.facilities = (uint32_t)v;
        return v > 0 && v <= 500;
    case OPT_SEED:
        c->day.seed = v;
        return true;
    case OPT_EVENTS:
        c->day.events = (uint32_t)v;
        return true;
    case OPT_SHUFFLES:
        c->shuffles = v;
        return true;
    default:
        return false;
    }
}

int main(int argc, char **argv)
{
    struct command c = {
        .day = {.people = 60, .facilities = 4, .seed = 1, .events = 70},
        .shuffles = 200,
    };
    struct day *d;
    bool ok = true;
    int opt;

    while (ok && (opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
        ok = opt != '?' && option_take(opt, optarg, &c);
    }
    if (!ok || optind != argc) {
        fputs(usage, stderr);
        return 2;
    }
    ny_log_level_set(NY_LOG_ERROR);
    d = day_create(&c.day);
    if (c.write_to != NULL) {
        ok = day_write(d, c.write_to);
        day_destroy(d);
        return ok ? 0 : 1;
    }
    ok = order_check(d, c.day.seed, c.shuffles);
    ok = order_check_withdrawn(d) && ok;
    if (ny_counter_get(NY_C_CANDIDATE_CAP) > 0) {
        printf("the candidate cap was reached: the order may show\n");
        ok = false;
    }
    if (ny_counter_get(NY_C_COMPONENT_LARGE) > 0) {
        printf("%lld large components\n", (long long)ny_counter_get(NY_C_COMPONENT_LARGE));
    }
    puts(ok ? "same" : "NOT THE SAME");
    day_destroy(d);
    return ok ? 0 : 1;
}
