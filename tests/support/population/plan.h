/* Who has records where and when: first pass over the households. */
#ifndef POPULATION_PLAN_H
#define POPULATION_PLAN_H

#include "view.h"

#include <stddef.h>

/* One message to be sent. Sorted by facility, time. */
struct pop_delivery {
    uint32_t record;
    uint32_t time_s;
    uint16_t facility;
    bool is_follow;
};

struct pop_plan {
    struct pop_record *records;
    size_t record_n, record_cap;
    struct pop_delivery *deliveries;
    size_t delivery_n;
    uint32_t people;
};

struct pop_plan_options {
    struct pop_options world;
    uint32_t people;
    uint32_t facilities;
    bool mix; /* updates (A31, A08) for a part of the records */
};

/* Makes the plan: records with local ids in order of arrival. Owned by the caller. */
struct pop_plan *pop_plan_create(const struct pop_names *names, const struct pop_plan_options *o);
void pop_plan_destroy(struct pop_plan *p);

#endif
