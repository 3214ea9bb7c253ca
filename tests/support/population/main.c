/* nayose-population: synthetic patients with HL7 messages and the truth about them.
 *
 * The same options give the same bytes. Nothing in the output belongs to a real person: names are
 * drawn from rough frequencies, numbers and addresses are invented. */

#include "output.h"

#include "nayose/base.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>

static const char usage[] =
    "usage: nayose-population --people N --facilities K --seed S --out DIR\n"
    "         [--errors PERCENT] [--events a28|mix] [--twins-only]\n"
    "  --people N        1 to 50000000\n"
    "  --facilities K    1 to 500; one file of MLLP frames for each\n"
    "  --seed S          the same seed gives the same bytes (default 1)\n"
    "  --out DIR         made when it does not exist\n"
    "  --errors PERCENT  scales the error model; 100 is the model itself (default), 0 is no error\n"
    "  --events mix      also A31 and A08, and updates for a part of the records\n"
    "  --twins-only      every household has twins\n";

enum { OPT_PEOPLE = 1, OPT_FACILITIES, OPT_SEED, OPT_OUT, OPT_ERRORS, OPT_EVENTS, OPT_TWINS };

static const struct option options[] = {
    {"people",     required_argument, NULL, OPT_PEOPLE    },
    {"facilities", required_argument, NULL, OPT_FACILITIES},
    {"seed",       required_argument, NULL, OPT_SEED      },
    {"out",        required_argument, NULL, OPT_OUT       },
    {"errors",     required_argument, NULL, OPT_ERRORS    },
    {"events",     required_argument, NULL, OPT_EVENTS    },
    {"twins-only", no_argument,       NULL, OPT_TWINS     },
    {NULL,         0,                 NULL, 0             },
};

static bool read_number(const char *arg, uint64_t min, uint64_t max, uint64_t *out)
{
    return ny_str_to_u64(ny_str_from_c(arg), min, max, out) == 0;
}

static bool option_take(int opt, const char *arg, struct pop_plan_options *o, const char **dir)
{
    uint64_t v = 0;
    bool ok = true;

    switch (opt) {
    case OPT_PEOPLE:
        ok = read_number(arg, 1, 50000000, &v);
        o->people = (uint32_t)v;
        break;
    case OPT_FACILITIES:
        ok = read_number(arg, 1, 500, &v);
        o->facilities = (uint32_t)v;
        break;
    case OPT_SEED:
        ok = read_number(arg, 0, UINT64_MAX, &o->world.seed);
        break;
    case OPT_OUT:
        *dir = arg;
        break;
    case OPT_ERRORS:
        ok = read_number(arg, 0, 1000, &v);
        o->world.errors = (double)v / 100.0;
        break;
    case OPT_EVENTS:
        ok = strcmp(arg, "mix") == 0 || strcmp(arg, "a28") == 0;
        o->mix = strcmp(arg, "mix") == 0;
        break;
    case OPT_TWINS:
        o->world.twins_only = true;
        break;
    default:
        ok = false;
        break;
    }
    return ok;
}

int main(int argc, char **argv)
{
    struct pop_plan_options o = {
        .world = {.seed = 1, .errors = 1.0}
    };
    const char *dir = NULL;
    struct pop_names *names;
    struct pop_plan *plan;
    bool ok = true;
    int opt;

    while (ok && (opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
        ok = option_take(opt, optarg, &o, &dir);
    }
    if (!ok || optind != argc || o.people == 0 || o.facilities == 0 || dir == NULL) {
        fputs(usage, stderr);
        return 2;
    }
    if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "nayose-population: %s: %s\n", dir, strerror(errno));
        return 1;
    }
    names = pop_names_create();
    plan = pop_plan_create(names, &o);
    ok = pop_output_write(names, &o, plan, dir);
    if (ok) {
        printf("{\"people\": %u, \"records\": %zu, \"messages\": %zu}\n", plan->people,
               plan->record_n, plan->delivery_n);
    }
    pop_plan_destroy(plan);
    pop_names_destroy(names);
    return ok ? 0 : 1;
}
