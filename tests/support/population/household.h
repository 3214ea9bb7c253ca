/* A household and what happens to it: a pure function of (seed, household number). */
#ifndef POPULATION_HOUSEHOLD_H
#define POPULATION_HOUSEHOLD_H

#include "cards.h"
#include "names.h"
#include "places.h"

#define POP_HOUSEHOLD_MAX 6
#define POP_NEVER INT32_MAX

/* Days since 1970-01-01. Records are made within [FIRST, LAST]; ages are told at LAST. */
#define POP_DAY_FIRST 17532 /* 2018-01-01 */
#define POP_DAY_LAST 20453  /* 2025-12-31 */

enum pop_kind {
    POP_NORMAL,
    POP_TWIN,
    POP_FOREIGNER,
    POP_NAMESAKE,
    POP_TEST,
    POP_UNKNOWN,
    POP_NEWBORN,    /* of a record: the real name never came */
    POP_NAMED_LATER /* of a record: first a placeholder, then the real name */
};

struct pop_person {
    enum pop_kind kind;
    char sex;
    uint8_t twin_order; /* 1 or 2 for twins, else 0 */
    bool has_alias;     /* foreigner with 通称名 */
    int32_t birth;
    struct pop_name surname[2]; /* before and after surname_day */
    int32_t surname_day;
    struct pop_name given;
    struct pop_name alias_surname, alias_given;
    uint64_t mobile[2]; /* keys of the numbers before and after mobile_day (pop_phone_mobile) */
    int32_t mobile_day;
    uint8_t contact_slot;  /* whose mobile a child gives */
    uint8_t card_slot;     /* whose employer insures */
    uint64_t card[2];      /* keys of the cards before and after job_day (pop_card_employee) */
    uint64_t elderly_card; /* from the 75th birthday on */
    int32_t job_day;
    bool is_municipal; /* no employer: the municipality insures the family */
};

struct pop_household {
    uint32_t number;
    uint32_t n;
    struct pop_person person[POP_HOUSEHOLD_MAX];
    struct pop_address address[2]; /* before and after move_day */
    int32_t move_day;
    bool is_shared_home; /* the second home is a care home or an employer's quarters */
    bool has_fixed_line;
    uint64_t fixed_line[2];
    uint64_t municipal_card[2]; /* before and after move_day */
};

struct pop_options {
    uint64_t seed;
    double errors;   /* scales the rates of the error model; 0: none */
    bool twins_only; /* every household has twins */
};

void pop_household_make(const struct pop_names *names, const struct pop_options *o, uint32_t number,
                        struct pop_household *out);
int pop_year_of(int32_t day);
int pop_age_at(const struct pop_person *p, int32_t day);

#endif
