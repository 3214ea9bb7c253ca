/* What happens to a household within the years of the records: it moves, a number changes, a job
 * changes, somebody marries, parents divorce.
 *
 * An event has one day, drawn over all the years. Two records are made on two days drawn likewise;
 * the event lies between them in one case of three. So the chance of an event is three times the
 * rate that the error model has for a pair of records. */

#include "household_priv.h"
#include "text.h"

#include "nayose/base.h"

#define PAIR 3.0 /* events per rate of pairs */

#define RATE_MOVED .12
#define RATE_MOBILE_CHANGED .13 /* the rest of the 30 % is that two numbers are in use */
#define RATE_JOB_CHANGED .20    /* of those at work; others move or turn 75 */
#define RATE_DIVORCED_WITH_CHILD .01

/* The day of an event that comes with the given chance, else never. */
static int32_t event_day(struct pop_rng *r, double chance)
{
    bool happens = pop_rng_chance(r, chance);
    int32_t day = pop_rng_between(r, POP_DAY_FIRST, POP_DAY_LAST);

    return happens ? day : POP_NEVER;
}

/* Rate per pair of records that the surname changed, by sex and age. */
static double surname_rate(const struct pop_person *p)
{
    int age = pop_age_at(p, POP_DAY_LAST);

    if (age < 18 || p->kind == POP_FOREIGNER) {
        return 0;
    }
    if (p->sex == 'M') {
        return .0025;
    }
    return age <= 44 ? .05 : .013;
}

static bool is_mother_or_child(const struct pop_person *p)
{
    int age = pop_age_at(p, POP_DAY_LAST);

    return p->kind != POP_FOREIGNER && (age < 18 || (p->sex == 'F' && age < 60));
}

static void surnames_change(const struct pop_names *names, const struct pop_options *o,
                            struct pop_rng *r, struct pop_household *h)
{
    struct pop_person *last_child = h->n > 0 ? &h->person[h->n - 1] : NULL;
    bool divorce = pop_age_at(last_child, POP_DAY_LAST) < 18 &&
                   pop_rng_chance(r, RATE_DIVORCED_WITH_CHILD * PAIR * o->errors);
    int32_t divorce_day = pop_rng_between(r, POP_DAY_FIRST, POP_DAY_LAST);
    struct pop_name maiden = {"", ""};

    if (divorce) {
        pop_names_surname(names, r, &maiden);
    }
    for (uint32_t i = 0; i < h->n; i++) {
        struct pop_person *p = &h->person[i];

        p->surname[1] = p->surname[0];
        if (divorce && is_mother_or_child(p)) {
            /* mother and children take her name back */
            p->surname[1] = maiden;
            p->surname_day = divorce_day;
            continue;
        }
        p->surname_day = event_day(r, surname_rate(p) * PAIR * o->errors);
        if (p->surname_day != POP_NEVER) { /* married into this family: the other name came first */
            pop_names_surname(names, r, &p->surname[0]);
        }
    }
}

/* A building that many households live in: one for every so many households of the population, so
 * that its size does not depend on the size of the population. */
struct building {
    uint32_t households; /* of the population for one building */
    uint64_t kind;
};

static const struct building care_home = {2500, 1}; /* about 50 live there */
static const struct building quarters = {6000, 2};  /* of an employer of foreigners, about 20 */
static const struct building estate = {1000, 3}; /* flats of the prefecture, about 80 households */

static uint64_t building_move_in(const struct pop_options *o, const struct building *b,
                                 uint32_t household, struct pop_address *out)
{
    struct pop_rng r =
        pop_rng_keyed(o->seed, POP_STREAM_BUILDING, household / b->households, b->kind);

    pop_address_draw(&r, out);
    out->building = out->building == 0 ? 1 : out->building;
    out->room = 0;
    return pop_rng_next(&r); /* the key of its telephone */
}

/* Old people move into a care home, foreigners into quarters: some within the years of the records,
 * others before. */
static void shared_home_make(const struct pop_options *o, struct pop_rng *r,
                             struct pop_household *h)
{
    bool old = pop_age_at(&h->person[0], POP_DAY_LAST) >= 75;
    bool foreign = h->person[0].kind == POP_FOREIGNER;
    bool moves = pop_rng_chance(r, old ? .2 : foreign ? .3 : 0);
    bool long_ago = pop_rng_chance(r, .4);

    if (!moves || h->n > 1 || o->errors <= 0) {
        return;
    }
    h->is_shared_home = true;
    h->fixed_line[1] = building_move_in(o, old ? &care_home : &quarters, h->number, &h->address[1]);
    h->move_day = long_ago ? POP_DAY_FIRST - 1 : pop_rng_between(r, POP_DAY_FIRST, POP_DAY_LAST);
}

static void homes_make(const struct pop_options *o, struct pop_rng *r, struct pop_household *h)
{
    bool in_estate = pop_rng_chance(r, .08);
    uint16_t room = (uint16_t)(pop_rng_between(r, 1, 11) * 100 + pop_rng_between(r, 1, 20));

    pop_address_draw(r, &h->address[0]);
    if (in_estate) {
        (void)building_move_in(o, &estate, h->number, &h->address[0]);
        h->address[0].room = room;
    }
    pop_address_move(r, &h->address[0], &h->address[1]);
    h->move_day = event_day(r, RATE_MOVED * PAIR * o->errors);
}

static void contacts_make(const struct pop_options *o, struct pop_rng *r, struct pop_household *h)
{
    h->has_fixed_line = pop_rng_chance(r, pop_age_at(&h->person[0], POP_DAY_LAST) >= 50 ? .85 : .3);
    for (int i = 0; i < 2; i++) {
        h->fixed_line[i] = pop_rng_next(r);
        h->municipal_card[i] = pop_rng_next(r);
    }
    shared_home_make(o, r, h);
    if (h->address[0].municipality == h->address[1].municipality) {
        h->municipal_card[1] = h->municipal_card[0];
    }
    for (uint32_t i = 0; i < h->n; i++) {
        struct pop_person *p = &h->person[i];

        p->mobile[0] = pop_rng_next(r);
        p->mobile[1] = pop_rng_next(r);
        p->mobile_day = event_day(r, RATE_MOBILE_CHANGED * PAIR * o->errors);
        if (pop_age_at(p, POP_DAY_LAST) < 16) {
            p->contact_slot = h->n > 1 && h->person[1].twin_order == 0 ? 1 : 0;
        }
    }
}

/* Who has an employer; the others are on the card of the head, or of the municipality. */
static void cards_make(const struct pop_options *o, struct pop_rng *r, struct pop_household *h)
{
    int head_age = pop_age_at(&h->person[0], POP_DAY_LAST);
    bool municipal = pop_rng_chance(r, head_age >= 65 ? .85 : .18);

    for (uint32_t i = 0; i < h->n; i++) {
        struct pop_person *p = &h->person[i];
        int age = pop_age_at(p, POP_DAY_LAST);
        bool works = i == 0 || (age >= 22 && age < 65 && pop_rng_chance(r, .55));

        p->card[0] = pop_rng_next(r);
        p->card[1] = pop_rng_next(r);
        p->elderly_card = pop_rng_next(r);
        p->job_day = event_day(r, age < 65 ? RATE_JOB_CHANGED * PAIR * o->errors : 0);
        p->card_slot = works ? (uint8_t)i : 0;
        p->is_municipal = municipal && (i == 0 || !works || pop_rng_chance(r, .5));
    }
    for (uint32_t i = 0; i < h->n; i++) { /* the job of a dependant is that of who insures */
        h->person[i].job_day = h->person[h->person[i].card_slot].job_day;
    }
}

void pop_household_live(const struct pop_names *names, const struct pop_options *o,
                        struct pop_rng *r, struct pop_household *h)
{
    surnames_change(names, o, r, h);
    homes_make(o, r, h);
    contacts_make(o, r, h);
    cards_make(o, r, h);
}
