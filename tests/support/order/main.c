/* nayose-order: one day in many orders, one state. */

#include "order.h"

#include "rng.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const char usage[] = "usage: nayose-order [--people N] [--facilities K] [--seed S] "
                            "[--events PERCENT] [--shuffles N]\n"
                            "  --people N          default 75\n"
                            "  --facilities K      default 4\n"
                            "  --seed S            of the day (default 1)\n"
                            "  --events PERCENT    merges, links, unlinks and withdrawals, per "
                            "hundred records (default 70)\n"
                            "  --shuffles N        orders of arrival (default 200)\n";

enum { OPT_PEOPLE = 1, OPT_FACILITIES, OPT_SEED, OPT_EVENTS, OPT_SHUFFLES };

static const struct option options[] = {
    {"people",     required_argument, NULL, OPT_PEOPLE    },
    {"facilities", required_argument, NULL, OPT_FACILITIES},
    {"seed",       required_argument, NULL, OPT_SEED      },
    {"events",     required_argument, NULL, OPT_EVENTS    },
    {"shuffles",   required_argument, NULL, OPT_SHUFFLES  },
    {NULL,         0,                 NULL, 0             },
};

struct command {
    struct day_options day;
    uint64_t shuffles;
};

static bool option_take(int opt, const char *arg, struct command *c)
{
    uint64_t v = 0;

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

/* ---- comparing ---- */

static size_t differences(const struct order_state *a, const struct order_state *b)
{
    size_t n = 0;
    size_t i = 0;
    size_t k = 0;

    while (i < a->n || k < b->n) {
        int d = i == a->n ? 1 : k == b->n ? -1 : ny_str_compare(a->lines[i], b->lines[k]);

        if (d != 0) {
            ny_str line = d < 0 ? a->lines[i] : b->lines[k];

            if (n++ < 10) {
                printf("  %s: %.*s\n", d < 0 ? "before" : "now   ", NY_ARG(line));
            }
        }
        i += d <= 0;
        k += d >= 0;
    }
    return n;
}

static bool run_one(struct order_run *run, struct ny_arena *a, struct order_state *out,
                    const char *name)
{
    order_run(run, a, out);
    if (run->refused > 0) {
        printf("%s: %zu messages were not accepted\n", name, run->refused);
    }
    return run->refused == 0;
}

static void shuffle(ny_str *v, size_t n, struct pop_rng *rng)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = pop_rng_below(rng, (uint32_t)i);
        ny_str t = v[i - 1];

        v[i - 1] = v[k];
        v[k] = t;
    }
}

/* ---- the two properties ---- */

static size_t count_of(const struct order_state *s, const char *kind)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++) {
        n += ny_str_starts_with(s->lines[i], ny_str_from_c(kind));
    }
    return n;
}

/* Any order gives the same. */
static bool check_orders(const struct day *d, const struct command *c)
{
    struct ny_arena *keep = ny_arena_create(0);
    struct ny_arena *a = ny_arena_create(0);
    ny_str *messages = ny_calloc(d->n, sizeof(*messages));
    struct pop_rng rng = pop_rng_keyed(c->day.seed, POP_STREAM_QUERY, 2, 0);
    struct order_run run = {.day = d, .messages = messages, .n = d->n, .width = 1};
    struct order_state first;
    bool ok;

    for (size_t i = 0; i < d->n; i++) {
        messages[i] = d->messages[i].text;
    }
    ok = run_one(&run, keep, &first, "in order of the day");
    printf("%zu messages: %zu identities, %zu questions, %zu pins\n", d->n,
           count_of(&first, "identity"), count_of(&first, "question"), count_of(&first, "pin"));
    for (uint64_t i = 1; i <= c->shuffles && ok; i++) {
        struct order_state s;
        char name[32];

        (void)snprintf(name, sizeof(name), "shuffle %llu", (unsigned long long)i);
        shuffle(messages, d->n, &rng);
        run.width = 1 + (size_t)i % 40;
        run.restarts = i % 3 == 0;
        ok = run_one(&run, a, &s, name);
        if (differences(&first, &s) > 0) {
            printf("%s is different\n", name);
            ok = false;
        }
        ny_arena_reset(a);
    }
    ny_free(messages);
    ny_arena_destroy(a);
    ny_arena_destroy(keep);
    return ok;
}

/* Who is taken back in the end leaves nothing behind. */
static bool is_withdrawn(const struct day *d, size_t record)
{
    return !d->is_named[record] && record % 7 == 0;
}

static void leave_out(const struct day *d, struct order_state *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++) {
        bool out = false;

        for (size_t r = 0; r < d->n_records && !out; r++) {
            ny_str line = s->lines[i];
            size_t at = sizeof("identity ") - 1;

            out = is_withdrawn(d, r) && line.n > at + d->keys[r].n &&
                  line.p[at + d->keys[r].n] == ' ' &&
                  ny_str_equals(ny_str_of(line.p + at, d->keys[r].n), d->keys[r]);
        }
        if (!out) {
            s->lines[n++] = s->lines[i];
        }
    }
    s->n = n;
}

static bool check_withdrawn(struct day *d)
{
    struct ny_arena *a = ny_arena_create(0);
    ny_str *messages = ny_calloc(d->n + d->n_records, sizeof(*messages));
    struct order_run run = {.day = d, .messages = messages, .width = 7};
    struct order_state never;
    struct order_state taken_back;
    size_t n_back = 0;
    bool ok;

    for (size_t i = 0; i < d->n; i++) {
        if (d->messages[i].about == 0 || !is_withdrawn(d, d->messages[i].about - 1)) {
            messages[run.n++] = d->messages[i].text;
        }
    }
    ok = run_one(&run, a, &never, "never there");
    run.n = 0;
    for (uint32_t r = 0; r < d->n_records; r++) { /* some arrive before what they take back */
        if (is_withdrawn(d, r) && r % 2 == 0) {
            messages[run.n++] = day_withdrawal(d, r);
            n_back++;
        }
    }
    for (size_t i = 0; i < d->n; i++) {
        messages[run.n++] = d->messages[i].text;
    }
    for (uint32_t r = 0; r < d->n_records; r++) {
        if (is_withdrawn(d, r) && r % 2 == 1) {
            messages[run.n++] = day_withdrawal(d, r);
            n_back++;
        }
    }
    ok = run_one(&run, a, &taken_back, "taken back") && ok;
    leave_out(d, &taken_back);
    printf("%zu identities taken back\n", n_back);
    if (n_back == 0 || differences(&never, &taken_back) > 0) {
        printf("taken back is not as never there\n");
        ok = false;
    }
    ny_free(messages);
    ny_arena_destroy(a);
    return ok;
}

int main(int argc, char **argv)
{
    struct command c = {
        .day = {.people = 75, .facilities = 4, .seed = 1, .events = 70},
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
    ok = check_orders(d, &c);
    ok = check_withdrawn(d) && ok;
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
