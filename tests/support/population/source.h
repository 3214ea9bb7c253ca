/* The messages and the truth of a plan, one by one in any order: what a record says is made again
 * from the numbers of its household. */
#ifndef POPULATION_SOURCE_H
#define POPULATION_SOURCE_H

#include "plan.h"
#include "truth.h"

#include "nayose/base.h"

struct pop_source;

/* All borrowed. Owned by the caller. */
struct pop_source *pop_source_create(const struct pop_names *names,
                                     const struct pop_plan_options *o, const struct pop_plan *plan);
void pop_source_destroy(struct pop_source *s);
const struct pop_facility *pop_source_facility(const struct pop_source *s, uint32_t index);
/* The bytes of a delivery's message, without framing; borrowed until the next call. */
ny_str pop_source_message(struct pop_source *s, size_t delivery);
void pop_source_truth(const struct pop_source *s, size_t record, struct pop_truth *out);

#endif
