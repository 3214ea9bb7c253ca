/* Counts of the registry that a version freezes: values that many people share (1.7, 1.8), dates
 * that a facility writes too often (1.5), frequencies (3.2), and q, N, h and the duplicate rate
 * (3.1). None of them comes from the fit. */

#include "learn_priv.h"

#include <stdlib.h>

enum {
    SHARED_MAX = 12,       /* more people than this share a desk's phone; no household has more */
    SHARED_HOME_MAX = 200, /* more than this live at an address that says little: see mark_shared */
    SPIKE_NEIGHBOURS = 15, /* on either side */
    SPIKE_FACTOR = 8,
    SPIKE_LEAST = 5,
    DAY_SHIFT = 1 << 20, /* makes days of birth positive */
    YEARS_TO_HALVE = 10, /* unseen for ten years: half a person, for twenty a quarter … */
    HALVINGS_MAX = 4
};

static const double linked_start = .5;    /* q of a registry that nothing is known of, */
static const double linked_pseudo = 1000; /*   counted like so many records */
static const double linked_max = .95;
static const double duplicate_start = .005;
static const double duplicate_pseudo = 10000;
static const double household_start = 2;
static const double household_pseudo = 1000;
static const double unlinked_people = 1.5; /* N is at least so many times the persons */

/* ---- shared values ---- */

static size_t count_distinct(uint64_t *v, size_t n)
{
    size_t distinct = n > 0;

    ny_sort_u64(v, n);
    for (size_t i = 1; i < n; i++) {
        distinct += v[i] != v[i - 1];
    }
    return distinct;
}

/* More than max people: by what they are called and when they were born, and by who the
 * registry holds them to be; one human being written in two ways is one of them. */
static bool is_shared(const struct learn *l, const struct valued *run, size_t n, size_t max)
{
    uint64_t *v = ny_calloc(n, sizeof(*v));
    bool shared;

    for (size_t i = 0; i < n; i++) {
        v[i] = l->sample.places[run[i].at].person;
    }
    shared = count_distinct(v, n) > max;
    for (size_t i = 0; i < n && shared; i++) {
        struct ny_record r;

        ny_sample_record(&l->sample, run[i].at, &r);
        v[i] = ny_match_who(&r);
    }
    shared = shared && count_distinct(v, n) > max;
    ny_free(v);
    return shared;
}

/* A desk's phone says nothing of whoever gives it. A home of two hundred still is two hundred
 * people of hundreds of thousands: of the some hundred pairs in a million people who share name,
 * birth date and sex not one in a thousand lives in one such home, and the others would lose the
 * only contact that agrees. */
static void mark_shared(const struct learn *l, enum ny_block block, enum ny_mark mark,
                        struct ny_match_draft *d)
{
    size_t max = mark == NY_MARK_SHARED_PHONE ? SHARED_MAX : SHARED_HOME_MAX;
    struct valued_list list;

    ny_valued_collect(&l->sample, l->m, block, &list);
    for (size_t from = 0; from < list.n;) {
        size_t to = ny_valued_run(&list, from);

        if (to - from > max && is_shared(l, list.v + from, to - from, max)) {
            ny_match_draft_mark(d, mark, list.v[from].value);
        }
        from = to;
    }
    ny_valued_finish(&list);
}

/* ---- spikes ---- */

/* Days of one facility, sorted. */
static void spikes_of(const uint64_t *days, size_t n, struct ny_match_draft *d)
{
    size_t low = 0;  /* first day of the neighbourhood */
    size_t high = 0; /* behind its last day */

    for (size_t from = 0; from < n;) {
        size_t to = from;
        size_t count;

        while (to < n && days[to] == days[from]) {
            to++;
        }
        while (days[low] + SPIKE_NEIGHBOURS < days[from]) {
            low++;
        }
        while (high < n && days[high] <= days[from] + SPIKE_NEIGHBOURS) {
            high++;
        }
        count = to - from;
        if (count >= SPIKE_LEAST &&
            count * 2 * SPIKE_NEIGHBOURS > SPIKE_FACTOR * (high - low - count)) {
            ny_match_draft_spike_add(d,
                                     ny_civil_from_days((int32_t)(uint32_t)days[from] - DAY_SHIFT),
                                     (double)count / (double)n);
        }
        from = to;
    }
}

/* Active records by facility and birth date. */
static void find_spikes(const struct learn *l, struct ny_match_draft *d)
{
    uint64_t *v = ny_calloc(l->sample.n + 1, sizeof(*v));
    size_t n = 0;

    for (size_t at = 0; at < l->sample.n; at++) {
        struct ny_record r;

        ny_sample_record(&l->sample, at, &r);
        if (l->sample.places[at].active && r.birth.precision == NY_DATE_DAY) {
            int32_t day = ny_days_from_civil(r.birth.y, r.birth.m, r.birth.d);

            v[n++] =
                (uint64_t)(uint32_t)l->sample.places[at].domain << 32 | (uint32_t)(day + DAY_SHIFT);
        }
    }
    ny_sort_u64(v, n);
    for (size_t from = 0; from < n;) {
        size_t to = from;

        while (to < n && v[to] >> 32 == v[from] >> 32) {
            to++;
        }
        spikes_of(v + from, to - from, d);
        from = to;
    }
    ny_free(v);
}

/* ---- first days of facilities (GD14) ---- */

/* Places are in canonical order, so the records of a facility stand together. */
static void find_first_days(const struct learn *l, struct ny_match_draft *d)
{
    const struct sample *s = &l->sample;

    for (size_t from = 0; from < s->n;) {
        int32_t domain = s->places[from].domain;
        int32_t first = INT32_MAX;

        while (from < s->n && s->places[from].domain == domain) {
            struct ny_record r;

            ny_sample_record(s, from++, &r);
            first = r.first_day < first ? r.first_day : first;
        }
        ny_match_draft_first_day_set(d, ny_index_domain_oid(s->ix, domain), first);
    }
}

/* ---- people: the records of a person side by side ---- */

/* The places by person; records of one person in canonical order. */
static uint64_t *people_sorted(const struct sample *s)
{
    uint64_t *v = ny_calloc(s->n + 1, sizeof(*v));

    for (size_t at = 0; at < s->n; at++) {
        v[at] = (uint64_t)s->places[at].person << 32 | at;
    }
    ny_sort_u64(v, s->n);
    return v;
}

static unsigned weight_of(int32_t today, int32_t last_day)
{
    int32_t decades = (today - last_day) / (YEARS_TO_HALVE * 365);

    decades = decades < 0 ? 0 : decades;
    return NY_CENSUS_PERSON >> (decades < HALVINGS_MAX ? decades : HALVINGS_MAX);
}

static void census_person(const struct learn *l, const uint64_t *places, size_t n,
                          struct ny_match_census *c)
{
    int32_t last_day = INT32_MIN;
    struct ny_record r;

    for (size_t i = 0; i < n; i++) {
        ny_sample_record(&l->sample, (uint32_t)places[i], &r);
        last_day = r.last_day > last_day ? r.last_day : last_day;
    }
    ny_match_census_person(c, weight_of(l->o->today, last_day));
    for (size_t i = 0; i < n; i++) {
        ny_sample_record(&l->sample, (uint32_t)places[i], &r);
        ny_match_census_record(c, &r);
    }
}

struct people {
    uint64_t persons;
    uint64_t active;
    uint64_t linked;     /* active records with one elsewhere */
    uint64_t duplicates; /* active records beyond the first at a facility */
};

static void links_count(const struct sample *s, const uint64_t *places, size_t n, struct people *p)
{
    for (size_t i = 0; i < n; i++) {
        const struct place *a = &s->places[(uint32_t)places[i]];
        bool elsewhere = false;
        bool here_before = false;

        for (size_t k = 0; k < n && a->active; k++) {
            const struct place *b = &s->places[(uint32_t)places[k]];

            elsewhere = elsewhere || (b->active && b->domain != a->domain);
            here_before = here_before || (b->active && b->domain == a->domain && k < i);
        }
        p->active += a->active;
        p->linked += elsewhere;
        p->duplicates += here_before;
    }
    p->persons++;
}

static void count_people(const struct learn *l, struct people *p, struct ny_match_draft *d)
{
    const struct sample *s = &l->sample;
    struct ny_match_census *c = ny_match_census_create();
    uint64_t *places = people_sorted(s);

    for (size_t from = 0; from < s->n;) {
        size_t to = from;

        while (to < s->n && places[to] >> 32 == places[from] >> 32) {
            to++;
        }
        links_count(s, places + from, to - from, p);
        census_person(l, places + from, to - from, c);
        from = to;
    }
    ny_match_draft_census_put(d, c);
    ny_match_census_destroy(c);
    ny_free(places);
}

/* ---- households ---- */

struct couples {
    uint64_t *v; /* smaller person, larger person */
    size_t n, cap;
};

/* All couples of distinct persons of a run; a run of more people is no household. */
static void couples_add(struct couples *c, const struct sample *s, const struct valued *run,
                        size_t n)
{
    uint64_t persons[SHARED_MAX];
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        size_t j = 0;

        while (j < k && persons[j] != s->places[run[i].at].person) {
            j++;
        }
        if (j == SHARED_MAX) {
            return;
        }
        if (j == k) {
            persons[k++] = s->places[run[i].at].person;
        }
    }
    ny_sort_u64(persons, k);
    if (c->n + k * k > c->cap) {
        c->cap = c->cap * 2 + 4096;
        c->v = ny_realloc(c->v, ny_mul_size(c->cap, sizeof(*c->v)));
    }
    for (size_t i = 0; i < k; i++) {
        for (size_t j = i + 1; j < k; j++) {
            c->v[c->n++] = persons[i] << 32 | persons[j];
        }
    }
}

/* How many couples of persons share a phone, a house or a card. */
static size_t count_couples(const struct learn *l)
{
    struct couples c = {0};
    size_t n;

    for (int block = NY_BLOCK_PHONE; block <= NY_BLOCK_CARD; block++) {
        struct valued_list list;

        ny_valued_collect(&l->sample, l->m, (enum ny_block)block, &list);
        for (size_t from = 0; from < list.n;) {
            size_t to = ny_valued_run(&list, from);

            couples_add(&c, &l->sample, list.v + from, to - from);
            from = to;
        }
        ny_valued_finish(&list);
    }
    n = count_distinct(c.v, c.n);
    ny_free(c.v);
    return n;
}

/* ---- settings ---- */

static void settings_count(struct learn *l, const struct people *p, struct ny_match_draft *d)
{
    struct ny_match_settings s = l->report->before;
    double persons = (double)p->persons;
    double active = (double)p->active;
    double q = ((double)p->linked + linked_pseudo * linked_start) / (active + linked_pseudo);

    s.population = (int64_t)(unlinked_people * persons);
    s.population = s.population > l->o->population ? s.population : l->o->population;
    s.prior_linked = q < linked_max ? q : linked_max;
    s.same_facility_duplicate =
        ((double)p->duplicates + duplicate_pseudo * duplicate_start) / (active + duplicate_pseudo);
    s.household = (2 * (double)count_couples(l) + household_pseudo * household_start) /
                  (persons + household_pseudo);
    ny_match_draft_settings_set(d, &s);
}

bool ny_learn_count(struct learn *l)
{
    struct ny_match_draft *d;
    struct people p = {0};

    if (!ny_learn_goes_on(l, NY_LEARN_COUNT, 0, 3)) {
        return false;
    }
    d = ny_learn_open(l);
    ny_match_draft_version_set(d, l->o->version);
    ny_match_draft_counts_clear(d);
    ny_learn_close(l, d); /* without marks, so that all phones and houses are counted */
    d = ny_learn_open(l);
    mark_shared(l, NY_BLOCK_PHONE, NY_MARK_SHARED_PHONE, d);
    mark_shared(l, NY_BLOCK_ADDRESS, NY_MARK_SHARED_ADDRESS, d);
    ny_learn_close(l, d); /* of a shared house the rooms are counted */
    d = ny_learn_open(l);
    mark_shared(l, NY_BLOCK_ADDRESS, NY_MARK_SHARED_ADDRESS, d);
    find_spikes(l, d);
    find_first_days(l, d);
    ny_learn_close(l, d);
    if (!ny_learn_goes_on(l, NY_LEARN_COUNT, 1, 3)) {
        return false;
    }
    d = ny_learn_open(l);
    count_people(l, &p, d);
    settings_count(l, &p, d);
    ny_learn_close(l, d);
    l->report->records = l->sample.n;
    l->report->persons = p.persons;
    return ny_learn_goes_on(l, NY_LEARN_COUNT, 3, 3);
}
