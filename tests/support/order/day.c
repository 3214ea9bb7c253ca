/* A day: the messages of a generated population, and messages about identifiers among them. */

#include "order.h"

#include "message.h"
#include "names.h"
#include "rng.h"

#include <stdio.h>

enum { POOL = 5, DOUBLES = 6, DOUBLE_EVERY = 6, OVERLAY_EVERY = 10 };

struct maker {
    struct day *day;
    const struct pop_plan *plan;
    struct pop_source *source;
    struct pop_rng rng;
    uint32_t first_s, last_s; /* of the population's messages */
    uint32_t n_events;
    struct day_action *clerks; /* [n_clerks] */
    size_t n_clerks;
};

static void time_write(uint32_t time_s, char out[16])
{
    ny_date d = ny_civil_from_days(pop_record_day(time_s));
    uint32_t s = time_s % 86400U;

    (void)snprintf(out, 16, "%04d%02d%02d%02u%02u%02u", d.y % 10000, d.m % 100U, d.d % 100U,
                   s / 3600, s / 60 % 60, s % 60);
}

/* An id of a facility: mostly one of a few, so that words meet; second numbers of patients; some
 * that nobody knows. */
static ny_str id_choose(struct maker *m, uint32_t facility)
{
    struct day *d = m->day;
    uint32_t r = pop_rng_below(&m->rng, d->n_records);
    char id[16];

    if (pop_rng_below(&m->rng, 12) == 0) {
        return ny_arena_printf(d->arena, "X%u", pop_rng_below(&m->rng, 3));
    }
    if (pop_rng_below(&m->rng, 5) == 0) {
        return ny_arena_printf(d->arena, "D%u", pop_rng_below(&m->rng, DOUBLES));
    }
    while (m->plan->records[r].facility != facility ||
           (m->plan->records[r].local_id > POOL && pop_rng_below(&m->rng, 4) != 0)) {
        r = pop_rng_below(&m->rng, d->n_records);
    }
    d->is_named[r] = true;
    pop_local_id(pop_source_facility(m->source, facility), m->plan->records[r].local_id, id);
    return ny_arena_str(d->arena, ny_str_from_c(id));
}

static struct day_action *message_add(struct maker *m, ny_str text, uint32_t about)
{
    struct day_action *x = &m->day->actions[m->day->n++];

    *x = (struct day_action){
        .kind = DAY_MESSAGE, .text = ny_arena_str(m->day->arena, text), .about = about};
    return x;
}

/* What a hospital says of identifiers, b of the PID and a beside it. */
static const char *const events[] = {
    "A40^ADT_A39", "A40^ADT_A39", "A40^ADT_A39", "A24^ADT_A24", "A24^ADT_A24", "A37^ADT_A37",
    "A37^ADT_A37", "A23^ADT_A21", "A31^ADT_A05", "A08^ADT_A01", "A43^ADT_A43",
};

/* The segments behind EVN: a merge or move, a link, both ids in one PID, or one of them alone. */
static ny_str segments(struct maker *m, const char *event, ny_str a, ny_str b, ny_str ns)
{
    struct ny_arena *arena = m->day->arena;
    ny_str pid = ny_arena_printf(arena, "PID|||%.*s^^^%.*s", NY_ARG(b), NY_ARG(ns));
    ny_str beside = ny_arena_printf(arena, "%.*s^^^%.*s", NY_ARG(a), NY_ARG(ns));

    if (strncmp(event, "A40", 3) == 0 || strncmp(event, "A43", 3) == 0) {
        return ny_arena_printf(arena, "%.*s\rMRG|%.*s\r", NY_ARG(pid), NY_ARG(beside));
    }
    if (strncmp(event, "A24", 3) == 0 || strncmp(event, "A37", 3) == 0) {
        return ny_arena_printf(arena, "%.*s\rPID|||%.*s\r", NY_ARG(pid), NY_ARG(beside));
    }
    if (strncmp(event, "A31", 3) == 0) {
        return ny_arena_printf(arena, "%.*s~%.*s\r", NY_ARG(pid), NY_ARG(beside));
    }
    return ny_arena_printf(arena, "%.*s|||||%s\r", NY_ARG(pid),
                           pop_rng_below(&m->rng, 2) == 0 ? "M" : "F");
}

/* A message about identifiers at some time of the day. */
static void event_add(struct maker *m)
{
    const char *event = events[pop_rng_below(&m->rng, NY_ARRAY_LEN(events))];
    uint32_t f = pop_rng_below(&m->rng, m->day->n_facilities);
    ny_str ns = m->day->facilities[f].ns;
    ny_str a = id_choose(m, f);
    ny_str b = id_choose(m, f);
    struct day_action *x;
    ny_str rest;
    char at[16];

    time_write(m->first_s + pop_rng_below(&m->rng, m->last_s - m->first_s), at);
    while (ny_str_equals(a, b)) {
        b = id_choose(m, f);
    }
    rest = segments(m, event, a, b, ns);
    x = message_add(m,
                    ny_arena_printf(m->day->arena,
                                    "MSH|^~\\&|HIS|%.*s|NAYOSE|REGION|%s||ADT^%s|E%05u|P|2.5\r"
                                    "EVN||%s\r%.*s",
                                    NY_ARG(ns), at, event, m->n_events++, at, NY_ARG(rest)),
                    0);
    x->keys[0] = ny_arena_printf(m->day->arena, "%.*s/%.*s", NY_ARG(ns), NY_ARG(a));
    x->keys[1] = ny_arena_printf(m->day->arena, "%.*s/%.*s", NY_ARG(ns), NY_ARG(b));
}

/* text with the first `from` as `to`. */
static ny_str with(struct ny_arena *a, ny_str text, const char *from, ny_str to)
{
    const char *at = memmem(text.p, text.n, from, strlen(from));
    size_t before = at != NULL ? (size_t)(at - text.p) : text.n;

    NY_ASSERT(at != NULL);
    return ny_arena_printf(a, "%.*s%.*s%.*s", (int)before, text.p, NY_ARG(to),
                           (int)(text.n - before - strlen(from)), at + strlen(from));
}

/* What the message says, said of another id of the same hospital, under another control id. */
static void said_of(struct maker *m, ny_str text, uint32_t record, ny_str id, uint32_t about,
                    ny_str control)
{
    struct ny_arena *a = m->day->arena;
    ny_str own = m->day->keys[record];
    ny_str ns = ny_str_split(&own, '/');

    text = with(a, text, ny_arena_printf(a, "PID|1||%.*s^%c", NY_ARG(own), '\0').p,
                ny_arena_printf(a, "PID|1||%.*s^", NY_ARG(id)));
    message_add(m, with(a, text, "-0", control), about)->keys[0] =
        ny_arena_printf(a, "%.*s/%.*s", NY_ARG(ns), NY_ARG(id));
}

/* The same patient under a second number. */
static void double_add(struct maker *m, uint32_t record, ny_str text)
{
    ny_str id = ny_arena_printf(m->day->arena, "D%u", m->plan->records[record].local_id % DOUBLES);

    m->day->is_named[record] = true;
    said_of(m, text, record, id, record + 1, NY_S("-D"));
}

/* A patient is written over somebody else of his hospital, and for every second one a clerk says
 * that it is meant. */
static void overlay_add(struct maker *m, uint32_t record, ny_str text)
{
    const struct pop_record *x = &m->plan->records[record];
    struct day *d = m->day;
    uint32_t victim = pop_rng_below(&m->rng, d->n_records);
    ny_str id;

    while (m->plan->records[victim].facility != x->facility ||
           m->plan->records[victim].household == x->household) {
        victim = pop_rng_below(&m->rng, d->n_records);
    }
    id = d->keys[victim];
    (void)ny_str_split(&id, '/');
    d->is_named[victim] = true;
    said_of(m, text, record, id, victim + 1, NY_S("-V"));
    if (record / OVERLAY_EVERY % 2 == 0) {
        m->clerks[m->n_clerks++] =
            (struct day_action){.kind = DAY_RELEASE, .keys = {d->keys[victim]}};
    }
}

static void population_add(struct maker *m)
{
    for (size_t i = 0; i < m->plan->delivery_n; i++) {
        const struct pop_delivery *x = &m->plan->deliveries[i];
        ny_str text = pop_source_message(m->source, i);

        m->first_s = i == 0 || x->time_s < m->first_s ? x->time_s : m->first_s;
        m->last_s = x->time_s > m->last_s ? x->time_s : m->last_s;
        text = ny_arena_str(m->day->arena, text);
        message_add(m, text, x->record + 1)->keys[0] = m->day->keys[x->record];
        if (x->record % DOUBLE_EVERY == 0) {
            double_add(m, x->record, text);
        }
        if (x->record % OVERLAY_EVERY == 1 && !x->is_follow) {
            overlay_add(m, x->record, text);
        }
    }
}

static void facilities_add(struct maker *m)
{
    for (uint32_t i = 0; i < m->day->n_facilities; i++) {
        const struct pop_facility *f = pop_source_facility(m->source, i);

        m->day->facilities[i] =
            (struct day_facility){ny_arena_str(m->day->arena, ny_str_from_c(f->name_space)),
                                  ny_arena_str(m->day->arena, ny_str_from_c(f->oid))};
    }
    for (uint32_t r = 0; r < m->day->n_records; r++) {
        const struct pop_record *x = &m->plan->records[r];
        char id[16];

        pop_local_id(pop_source_facility(m->source, x->facility), x->local_id, id);
        m->day->keys[r] = ny_arena_printf(m->day->arena, "%.*s/%s",
                                          NY_ARG(m->day->facilities[x->facility].ns), id);
    }
}

/* Clerks link and unlink pairs of whom nobody else says anything, so that no word meets another. */
static void words_add(struct maker *m)
{
    struct day *d = m->day;
    uint32_t first = d->n_records; /* waits for its second */
    enum day_kind kind = DAY_LINK;

    for (uint32_t r = 0; r < d->n_records; r++) {
        if (d->is_named[r] || r % 7 == 0) { /* the others stay for who is taken back */
            continue;
        }
        if (first == d->n_records) {
            first = r;
            continue;
        }
        m->clerks[m->n_clerks++] = (struct day_action){
            .kind = kind, .keys = {d->keys[first], d->keys[r]}
        };
        d->is_named[first] = d->is_named[r] = true;
        kind = kind == DAY_LINK ? DAY_UNLINK : DAY_LINK;
        first = d->n_records;
    }
}

struct day *day_create(const struct day_options *o)
{
    const struct pop_plan_options plan_options = {
        .world = {.errors = 1.0, .seed = o->seed},
        .people = o->people,
        .facilities = o->facilities,
        .mix = true,
    };
    struct pop_names *names = pop_names_create();
    struct pop_plan *plan = pop_plan_create(names, &plan_options);
    struct pop_source *source = pop_source_create(names, &plan_options, plan);
    struct day *d = ny_calloc(1, sizeof(*d));
    struct maker m = {.day = d,
                      .plan = plan,
                      .source = source,
                      .rng = pop_rng_keyed(o->seed, POP_STREAM_QUERY, 1, 0)};
    size_t n_events = plan->record_n * o->events / 100;

    d->arena = ny_arena_create(0);
    d->n_facilities = o->facilities;
    d->n_records = (uint32_t)plan->record_n;
    d->facilities = NY_ARENA_ARRAY(d->arena, struct day_facility, d->n_facilities);
    d->actions = NY_ARENA_ARRAY(d->arena, struct day_action, 5 * plan->delivery_n + n_events + 1);
    m.clerks = NY_ARENA_ARRAY(d->arena, struct day_action, 2 * plan->delivery_n);
    d->is_named = NY_ARENA_ARRAY(d->arena, bool, d->n_records);
    d->keys = NY_ARENA_ARRAY(d->arena, ny_str, d->n_records);
    facilities_add(&m);
    population_add(&m);
    for (size_t i = 0; i < n_events; i++) {
        if (i == n_events / 2) {
            d->actions[d->n++] = (struct day_action){.kind = DAY_MODEL};
        }
        event_add(&m);
    }
    words_add(&m);
    memcpy(&d->actions[d->n], m.clerks, m.n_clerks * sizeof(*m.clerks));
    d->n += m.n_clerks;
    d->n_clerks = m.n_clerks;
    pop_source_destroy(source);
    pop_plan_destroy(plan);
    pop_names_destroy(names);
    return d;
}

void day_destroy(struct day *d)
{
    ny_arena_destroy(d->arena);
    ny_free(d);
}

ny_str day_withdrawal(struct day *d, uint32_t record)
{
    ny_str id = d->keys[record];
    ny_str ns = ny_str_split(&id, '/');

    return ny_arena_printf(d->arena,
                           "MSH|^~\\&|HIS|%.*s|NAYOSE|REGION|20991231||ADT^A23|W%05u|P|2.5\r"
                           "EVN||20991231\rPID|||%.*s^^^%.*s\r",
                           NY_ARG(ns), record, NY_ARG(id), NY_ARG(ns));
}
