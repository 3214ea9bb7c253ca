/* The files of a population: F01.hl7 …, truth.csv, domains.txt, queries.txt. */
#ifndef POPULATION_OUTPUT_H
#define POPULATION_OUTPUT_H

#include "plan.h"

/* Writes all files into dir (which exists). false and a line on stderr when a file fails. */
bool pop_output_write(const struct pop_names *names, const struct pop_plan_options *o,
                      const struct pop_plan *plan, const char *dir);

#endif
