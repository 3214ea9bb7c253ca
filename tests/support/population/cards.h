/* Health-insurance cards: insurer number with check digit, symbol, number, branch. */
#ifndef POPULATION_CARDS_H
#define POPULATION_CARDS_H

#include "rng.h"

#include <stdbool.h>
#include <stddef.h>

struct pop_card {
    char insurer[9]; /* 8 digits, or 6 for municipal national health insurance; "" = none */
    char plan[4];    /* JHSD0001 */
    char symbol[24]; /* "" for the late-stage elderly */
    char number[12];
    uint8_t branch; /* individual within the family */
};

/* (10 - Σ digit sums of 2,1,2,1 … from the right) mod 10. */
char pop_check_digit(const char *digits);

/* A card of an employee's family, of one that the municipality insures, of one person of 75 and
 * more. key: the same key always gives the same card; the branch is left 0. */
void pop_card_employee(uint64_t key, unsigned prefecture, struct pop_card *out);
void pop_card_municipal(uint64_t key, unsigned prefecture, unsigned municipality,
                        struct pop_card *out);
void pop_card_elderly(uint64_t key, unsigned prefecture, struct pop_card *out);
/* insurer8:symbol:number, equal for the whole family. */
void pop_card_family_key(const struct pop_card *c, char *out, size_t cap);

#endif
