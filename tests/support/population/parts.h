/* The pieces that names are put together from. */
#ifndef POPULATION_PARTS_H
#define POPULATION_PARTS_H

#include "names.h"

/* 0: born before 1955, 1: 1955 to 1984, 2: later. */
int pop_parts_era(int year);
/* How many different given names there are for a sex and era. */
uint32_t pop_parts_given_count(char sex, int era);
/* The unlisted name of a rank; the same rank always gives the same name. */
void pop_parts_surname(uint32_t rank, struct pop_name *out);
void pop_parts_given(char sex, int era, uint32_t rank, struct pop_name *out);
/* The index of every name that is read so, in out[max]; pop_parts_given_at makes it. Returns how
 * many there are, at most max. */
uint32_t pop_parts_read_as(char sex, int era, const char *kana, uint32_t *out, uint32_t max);
void pop_parts_given_at(char sex, int era, uint32_t index, struct pop_name *out);

#endif
