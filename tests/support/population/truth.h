/* The truth about a record: whose it is, and what its messages say that other records of the same
 * person may say too. */
#ifndef POPULATION_TRUTH_H
#define POPULATION_TRUTH_H

#include "view.h"

struct pop_truth {
    enum pop_kind kind;
    uint32_t person_no;
    uint32_t household;
    uint8_t slot;       /* in the household */
    uint8_t twin_order; /* 0: no twin */
    int32_t birth;      /* the true day */
    uint32_t errors;    /* bits of enum pop_error, of any of its messages */
    /* Values sent, separated by blanks; two records agree on a contact when they have one in
     * common: telephone digits, postal code and house number, insurance of the family. Values that
     * many share (the desk's telephone, a care home) are left out. */
    char phone[64];
    char address[96];
    char card[192];
    /* Hash of kanji, kana, birth date, sex and address as sent last: two people with one value
     * cannot be told apart by anybody. */
    uint64_t likeness;
};

void pop_truth_make(const struct pop_options *o, const struct pop_household *h,
                    const struct pop_record *rec, const struct pop_facility *f,
                    struct pop_truth *out);
/* "normal", "twin" … */
const char *pop_kind_name(enum pop_kind kind);

#endif
