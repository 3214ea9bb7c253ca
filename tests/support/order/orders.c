/* The properties: one day in many orders, and what is taken back. */

#include "order.h"

#include "rng.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- comparing ---- */

/* Lines that one of them has alone; so many of them are printed. */
static size_t differences(const struct order_state *a, const struct order_state *b, size_t show)
{
    size_t n = 0;
    size_t i = 0;
    size_t k = 0;

    while (i < a->n || k < b->n) {
        int d = i == a->n ? 1 : k == b->n ? -1 : ny_str_compare(a->lines[i], b->lines[k]);

        if (d != 0) {
            ny_str line = d < 0 ? a->lines[i] : b->lines[k];

            if (n++ < show) {
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

static void put(struct day_action *v, size_t *n, size_t at, struct day_action x)
{
    memmove(&v[at + 1], &v[at], (*n - at) * sizeof(*v));
    v[at] = x;
    ++*n;
}

static bool shares_a_key(const struct day_action *x, const struct day_action *y)
{
    for (size_t i = 0; i < 4; i++) {
        ny_str key = x->keys[i / 2];

        if (key.n > 0 && ny_str_equals(key, y->keys[i % 2])) {
            return true;
        }
    }
    return false;
}

/* Any order, but a clerk acts when everything is said of what he names: his word is an answer to
 * what he sees. v: the actions of the day. */
static void shuffle(const struct day *d, struct day_action *v, struct pop_rng *rng)
{
    size_t n = d->n - d->n_clerks;

    memcpy(v, d->actions, n * sizeof(*v));
    for (size_t i = n; i > 1; i--) {
        size_t k = pop_rng_below(rng, (uint32_t)i);
        struct day_action t = v[i - 1];

        v[i - 1] = v[k];
        v[k] = t;
    }
    for (size_t r = d->n - d->n_clerks; r < d->n; r++) {
        size_t after = n;

        while (after > 0 && !shares_a_key(&v[after - 1], &d->actions[r])) {
            after--;
        }
        put(v, &n, after + pop_rng_below(rng, (uint32_t)(n - after) + 1), d->actions[r]);
    }
}

/* ---- any order ---- */

static size_t count_of(const struct order_state *s, const char *kind)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++) {
        n += ny_str_starts_with(s->lines[i], ny_str_from_c(kind));
    }
    return n;
}

static void told(const struct order_run *run, const struct order_state *s)
{
    printf("%zu actions: %zu identities, %zu questions, %zu pins, %zu overlays held and %zu "
           "released, %zu words of clerks\n",
           run->n, count_of(s, "identity"), count_of(s, "question"), count_of(s, "pin"),
           count_of(s, "overlay"), run->released, run->said);
}

static bool check_one(struct order_run *run, const struct order_state *first, const char *name)
{
    struct ny_arena *a = ny_arena_create(0);
    struct order_state s;
    bool ok = run_one(run, a, &s, name);

    if (differences(first, &s, 10) > 0) {
        printf("%s is different\n", name);
        ok = false;
    }
    ny_arena_destroy(a);
    return ok;
}

/* The run is one of the day in its order, with a change of version in it. */
static bool check_versions(struct order_run *run, const struct order_state *first)
{
    struct ny_arena *a = ny_arena_create(0);
    struct order_state s;
    bool ok;

    run->versions = ORDER_SECOND;
    ok = check_one(run, first, "under the second version alone");
    run->versions = ORDER_FIRST;
    ok = run_one(run, a, &s, "under the first version alone") && ok;
    printf("%zu lines are others under the first version\n", differences(first, &s, 0));
    if (differences(first, &s, 0) == 0) {
        puts("the change of version changes nothing");
        ok = false;
    }
    run->versions = ORDER_CHANGE;
    ny_arena_destroy(a);
    return ok;
}

bool order_check(const struct day *d, uint64_t seed, uint64_t shuffles)
{
    struct ny_arena *keep = ny_arena_create(0);
    struct day_action *shuffled = ny_calloc(d->n, sizeof(*shuffled));
    struct pop_rng rng = pop_rng_keyed(seed, POP_STREAM_QUERY, 2, 0);
    struct order_run run = {.day = d, .actions = d->actions, .n = d->n, .width = 1};
    struct order_state first;
    size_t meanwhile = 0;
    bool ok = run_one(&run, keep, &first, "in order of the day");

    told(&run, &first);
    ok = check_versions(&run, &first) && ok;
    run.actions = shuffled;
    for (uint64_t i = 1; i <= shuffles && ok; i++) {
        char name[32];

        (void)snprintf(name, sizeof(name), "shuffle %llu", (unsigned long long)i);
        shuffle(d, shuffled, &rng);
        run.width = 1 + (size_t)i % 40;
        run.seed = i;
        run.stops = i % 3 == 0;
        run.slow = i % 2 == 0;
        ok = check_one(&run, &first, name);
        meanwhile += run.meanwhile;
    }
    printf("%zu messages came while the version changed\n", meanwhile);
    ny_free(shuffled);
    ny_arena_destroy(keep);
    return ok;
}

/* ---- taken back ---- */

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

/* Those of even, or of odd records; gives their count. */
static size_t withdrawals_add(struct day *d, uint32_t odd, struct day_action *v, size_t *n)
{
    size_t before = *n;

    for (uint32_t r = odd; r < d->n_records; r += 2) {
        if (is_withdrawn(d, r)) {
            v[(*n)++] = (struct day_action){.kind = DAY_MESSAGE, .text = day_withdrawal(d, r)};
        }
    }
    return *n - before;
}

bool order_check_withdrawn(struct day *d)
{
    struct ny_arena *a = ny_arena_create(0);
    struct day_action *v = ny_calloc(d->n + d->n_records, sizeof(*v));
    struct order_run run = {.day = d, .actions = v, .width = 7};
    struct order_state never;
    struct order_state taken_back;
    size_t n_back = 0;
    bool ok;

    for (size_t i = 0; i < d->n; i++) {
        if (d->actions[i].about == 0 || !is_withdrawn(d, d->actions[i].about - 1)) {
            v[run.n++] = d->actions[i];
        }
    }
    ok = run_one(&run, a, &never, "never there");
    run.n = 0;
    n_back += withdrawals_add(d, 0, v, &run.n); /* some arrive before what they take back */
    memcpy(&v[run.n], d->actions, d->n * sizeof(*v));
    run.n += d->n;
    n_back += withdrawals_add(d, 1, v, &run.n);
    ok = run_one(&run, a, &taken_back, "taken back") && ok;
    leave_out(d, &taken_back);
    printf("%zu identities taken back\n", n_back);
    if (n_back == 0 || differences(&never, &taken_back, 10) > 0) {
        printf("taken back is not as never there\n");
        ok = false;
    }
    ny_free(v);
    ny_arena_destroy(a);
    return ok;
}
