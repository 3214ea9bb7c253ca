/* Messages and truth out of a plan. */

#include "source.h"

#include "message.h"

struct pop_source {
    const struct pop_names *names;
    const struct pop_plan_options *o;
    const struct pop_plan *plan;
    struct pop_writer *writer;
    struct pop_facility *facilities;
    size_t *first; /* delivery of each facility */
};

struct pop_source *pop_source_create(const struct pop_names *names,
                                     const struct pop_plan_options *o, const struct pop_plan *plan)
{
    struct pop_source *s = ny_calloc(1, sizeof *s);

    *s = (struct pop_source){.names = names, .o = o, .plan = plan, .writer = pop_writer_create()};
    s->facilities = ny_calloc(o->facilities, sizeof *s->facilities);
    s->first = ny_calloc(o->facilities, sizeof *s->first);
    for (uint32_t i = 0; i < o->facilities; i++) {
        pop_facility_make(o->world.seed, i, o->facilities, &s->facilities[i]);
    }
    for (size_t i = plan->delivery_n; i-- > 0;) {
        s->first[plan->deliveries[i].facility] = i;
    }
    return s;
}

void pop_source_destroy(struct pop_source *s)
{
    if (s != NULL) {
        pop_writer_destroy(s->writer);
        ny_free(s->facilities);
        ny_free(s->first);
        ny_free(s);
    }
}

const struct pop_facility *pop_source_facility(const struct pop_source *s, uint32_t index)
{
    return &s->facilities[index];
}

static enum pop_event event_of(const struct pop_source *s, const struct pop_record *rec,
                               bool follow)
{
    uint64_t v = pop_mix(rec->household * 4096ULL + rec->slot * 64ULL + rec->serial) % 100;

    if (follow) {
        return s->o->mix && rec->baby == POP_BABY_NONE && v < 40 ? POP_A08 : POP_A31;
    }
    return !s->o->mix || v < 60 ? POP_A28 : v < 85 ? POP_A31 : POP_A08;
}

ny_str pop_source_message(struct pop_source *s, size_t delivery)
{
    const struct pop_delivery *d = &s->plan->deliveries[delivery];
    const struct pop_record *rec = &s->plan->records[d->record];
    struct pop_household h;
    struct pop_view v;
    struct pop_message m = {
        .view = &v,
        .facility = &s->facilities[d->facility],
        .event = event_of(s, rec, d->is_follow),
        .time_s = d->time_s,
        .serial = (uint32_t)(delivery - s->first[d->facility]) + 1,
        .local_id = rec->local_id,
        .spelling = pop_mix(s->o->world.seed ^ ((uint64_t)d->record << 1) ^ d->is_follow),
    };

    pop_household_make(s->names, &s->o->world, rec->household, &h);
    pop_view_make(&s->o->world, &h, rec, m.facility, d->is_follow, &v);
    return pop_message_make(s->writer, &m);
}

void pop_source_truth(const struct pop_source *s, size_t record, struct pop_truth *out)
{
    const struct pop_record *rec = &s->plan->records[record];
    struct pop_household h;

    pop_household_make(s->names, &s->o->world, rec->household, &h);
    pop_truth_make(&s->o->world, &h, rec, &s->facilities[rec->facility], out);
}
