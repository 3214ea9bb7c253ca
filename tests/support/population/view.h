/* What a facility holds of a person on a day: the household's facts, less what is missing, with the
 * errors of the error model. A pure function of (seed, record, day); the spelling comes later. */
#ifndef POPULATION_VIEW_H
#define POPULATION_VIEW_H

#include "facility.h"
#include "household.h"

/* One record: a local id of one facility. */
struct pop_record {
    uint32_t household;
    uint32_t person_no; /* 1 … in the whole population */
    uint32_t time_s;    /* seconds since POP_DAY_FIRST */
    uint32_t follow_s;  /* of the update, 0: none */
    uint32_t local_id;
    uint16_t facility;
    uint8_t slot;   /* in the household */
    uint8_t serial; /* of the person's records */
    uint8_t baby;   /* enum pop_baby */
    bool is_duplicate;
};

/* How a record of a baby came to its name. */
enum pop_baby { POP_BABY_NONE, POP_BABY_NAMED_LATER, POP_BABY_NEVER_NAMED };

/* What was done to a record, see tbl/errors.def. */
enum pop_error {
#define POP_ERROR(id, name) POP_ERROR_##id,
#include "tbl/errors.def"
#undef POP_ERROR
    POP_ERROR_COUNT
};
const char *pop_error_name(enum pop_error e);

struct pop_view {
    enum pop_kind kind;
    uint32_t errors; /* bits of enum pop_error */
    struct pop_name surname, given;
    bool has_kanji, has_kana;
    bool latin;                                 /* surname and given are in Latin letters */
    struct pop_name alias_surname, alias_given; /* "" when none is sent */
    struct pop_name maiden;                     /* "" when none is sent */
    char sex;                                   /* M F U */
    char birth[9];                              /* YYYYMMDD, sometimes YYYYMM or YYYY */
    bool has_address;
    bool address_is_shared, phone_is_shared; /* many who are not family have the same */
    struct pop_address address;
    uint32_t phone_n;
    char phone[2][12];
    bool has_card;
    struct pop_card card;
    uint8_t twin_order; /* 0: not told */
};

/* follow: the view of the record's second message, else of its first. */
void pop_view_make(const struct pop_options *o, const struct pop_household *h,
                   const struct pop_record *rec, const struct pop_facility *f, bool follow,
                   struct pop_view *out);
int32_t pop_record_day(uint32_t time_s);

#endif
