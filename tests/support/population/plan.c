/* First pass: every household is made once, its members get records at facilities, the records are
 * put in order of arrival and get their local ids. What is kept is 32 bytes a record; the second
 * pass makes the household of a message again from its number. */

#include "plan.h"

#include "nayose/base.h"

#include <stdlib.h>

#define MAX_RECORDS_OF_PERSON 12
#define DUPLICATE_RATE .005 /* a second local id of the person at the same facility */
#define UPDATE_SHARE .3     /* of the records, with --events mix */

#define WINDOW_S ((uint32_t)(POP_DAY_LAST - POP_DAY_FIRST + 1) * 86400U)

struct planner {
    const struct pop_plan_options *o;
    struct pop_plan *plan;
    uint32_t *weight; /* running, by facility */
};

static struct pop_record *record_add(struct pop_plan *p)
{
    if (p->record_n == p->record_cap) {
        p->record_cap = p->record_cap > 0 ? p->record_cap + p->record_cap / 2 : 4096;
        p->records = ny_realloc(p->records, ny_mul_size(p->record_cap, sizeof *p->records));
    }
    p->records[p->record_n] = (struct pop_record){0};
    return &p->records[p->record_n++];
}

/* Mean 2.2: most people go to one or two places, some to many. */
static uint32_t draw_record_count(struct pop_rng *r, uint32_t facilities)
{
    double stop = pop_rng_chance(r, .15) ? .25 : .52;
    uint32_t most = facilities < MAX_RECORDS_OF_PERSON ? facilities : MAX_RECORDS_OF_PERSON;
    uint32_t n = 1;

    while (n < most && !pop_rng_chance(r, stop)) {
        n++;
    }
    return n;
}

static uint32_t draw_facility(const struct planner *pl, struct pop_rng *r)
{
    uint32_t n = pl->o->facilities;
    uint32_t v = pop_rng_below(r, pl->weight[n - 1]);
    uint32_t i = 0;

    while (pl->weight[i] <= v) {
        i++;
    }
    return i;
}

/* A facility where the person has no record yet; families share their doctors. */
static uint16_t choose_facility(const struct planner *pl, struct pop_rng *r, uint32_t family,
                                const struct pop_record *mine, uint32_t n)
{
    for (int tries = 0;; tries++) {
        uint32_t f = tries == 0 && pop_rng_chance(r, .5) ? family : draw_facility(pl, r);
        bool taken = false;

        if (tries > 40) {
            f = (f + (uint32_t)tries) % pl->o->facilities;
        }
        for (uint32_t i = 0; i < n; i++) {
            taken = taken || mine[i].facility == f;
        }
        if (!taken) {
            return (uint16_t)f;
        }
    }
}

/* A baby's first record may come at birth, before it has a name. */
static void baby_plan(struct pop_rng *r, const struct pop_person *p, struct pop_record *rec)
{
    uint32_t birth_s = (uint32_t)(p->birth - POP_DAY_FIRST) * 86400U;

    if (!pop_rng_chance(r, .3)) {
        return;
    }
    rec->time_s = birth_s + (uint32_t)pop_rng_between(r, 3600, 2 * 86400);
    rec->baby = POP_BABY_NEVER_NAMED;
    if (pop_rng_chance(r, .93)) {
        rec->baby = POP_BABY_NAMED_LATER;
        rec->follow_s = rec->time_s + (uint32_t)pop_rng_between(r, 5 * 86400, 30 * 86400);
    }
}

static void times_plan(const struct planner *pl, struct pop_rng *r, const struct pop_person *p,
                       struct pop_record *rec)
{
    bool is_new = p->birth >= POP_DAY_FIRST;
    uint32_t from = is_new ? (uint32_t)(p->birth - POP_DAY_FIRST) * 86400U : 0;

    rec->time_s = from + pop_rng_below(r, WINDOW_S - from);
    if (is_new && rec->serial == 0) {
        baby_plan(r, p, rec);
    }
    if (pl->o->mix && rec->follow_s == 0 && rec->baby == POP_BABY_NONE &&
        pop_rng_chance(r, UPDATE_SHARE)) {
        rec->follow_s = rec->time_s + 1 + pop_rng_below(r, WINDOW_S - rec->time_s);
    }
}

static void person_plan(struct planner *pl, struct pop_rng *r, const struct pop_household *h,
                        uint32_t slot, uint32_t family)
{
    const struct pop_person *p = &h->person[slot];
    bool alone = p->kind == POP_TEST || p->kind == POP_UNKNOWN;
    uint32_t n = alone ? 1 : draw_record_count(r, pl->o->facilities);
    size_t first = pl->plan->record_n;
    bool duplicate = !alone && pop_rng_chance(r, DUPLICATE_RATE * n * pl->o->world.errors);

    pl->plan->people++;
    for (uint32_t i = 0; i < n + (duplicate ? 1 : 0); i++) {
        struct pop_record *rec = record_add(pl->plan);
        const struct pop_record *mine = &pl->plan->records[first];

        rec->household = h->number;
        rec->slot = (uint8_t)slot;
        rec->serial = (uint8_t)i;
        rec->person_no = pl->plan->people;
        rec->is_duplicate = i >= n;
        rec->facility =
            i < n ? choose_facility(pl, r, family, mine, i) : mine[pop_rng_below(r, n)].facility;
        times_plan(pl, r, p, rec);
    }
}

static int by_arrival(const void *a, const void *b)
{
    const struct pop_delivery *x = a;
    const struct pop_delivery *y = b;

    if (x->facility != y->facility) {
        return x->facility < y->facility ? -1 : 1;
    }
    if (x->time_s != y->time_s) {
        return x->time_s < y->time_s ? -1 : 1;
    }
    if (x->record != y->record) {
        return x->record < y->record ? -1 : 1;
    }
    return (int)x->is_follow - (int)y->is_follow;
}

static void deliveries_make(struct pop_plan *p)
{
    uint32_t local_id = 0;
    size_t n = p->record_n;

    for (size_t i = 0; i < p->record_n; i++) {
        n += p->records[i].follow_s > 0;
    }
    p->deliveries = ny_malloc(ny_mul_size(n, sizeof *p->deliveries));
    for (uint32_t i = 0; i < p->record_n; i++) {
        const struct pop_record *rec = &p->records[i];

        p->deliveries[p->delivery_n++] =
            (struct pop_delivery){i, rec->time_s, rec->facility, false};
        if (rec->follow_s > 0) {
            p->deliveries[p->delivery_n++] =
                (struct pop_delivery){i, rec->follow_s, rec->facility, true};
        }
    }
    qsort(p->deliveries, p->delivery_n, sizeof *p->deliveries, by_arrival);
    for (size_t i = 0; i < p->delivery_n; i++) {
        if (i > 0 && p->deliveries[i].facility != p->deliveries[i - 1].facility) {
            local_id = 0;
        }
        if (!p->deliveries[i].is_follow) {
            p->records[p->deliveries[i].record].local_id = ++local_id;
        }
    }
}

struct pop_plan *pop_plan_create(const struct pop_names *names, const struct pop_plan_options *o)
{
    struct pop_plan *plan = ny_calloc(1, sizeof *plan);
    struct planner pl = {o, plan, ny_calloc(o->facilities, sizeof(uint32_t))};
    uint32_t sum = 0;

    for (uint32_t i = 0; i < o->facilities; i++) { /* a few large ones, many small ones */
        sum += 100000 / (i + 4);
        pl.weight[i] = sum;
    }
    for (uint32_t number = 0; plan->people < o->people; number++) {
        struct pop_rng r = pop_rng_keyed(o->world.seed, POP_STREAM_RECORDS, number, 0);
        struct pop_household h;
        uint32_t family = draw_facility(&pl, &r);

        pop_household_make(names, &o->world, number, &h);
        for (uint32_t i = 0; i < h.n && plan->people < o->people; i++) {
            person_plan(&pl, &r, &h, i, family);
        }
    }
    ny_free(pl.weight);
    deliveries_make(plan);
    return plan;
}

void pop_plan_destroy(struct pop_plan *p)
{
    if (p != NULL) {
        ny_free(p->records);
        ny_free(p->deliveries);
        ny_free(p);
    }
}
