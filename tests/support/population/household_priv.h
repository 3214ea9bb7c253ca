/* Between household.c and household_life.c. */
#ifndef POPULATION_HOUSEHOLD_PRIV_H
#define POPULATION_HOUSEHOLD_PRIV_H

#include "household.h"

/* Fills in homes, telephones, cards and the days on which they and the surnames change. */
void pop_household_live(const struct pop_names *names, const struct pop_options *o,
                        struct pop_rng *r, struct pop_household *h);

#endif
