/* admin, private: the routes of the clerks' desk.
 *
 *   desk.c        taking, deciding, undoing, giving back
 *   desk_case.c   one case with everything a clerk needs */
#ifndef NAYOSE_DESK_PRIV_H
#define NAYOSE_DESK_PRIV_H

#include "nayose/registry_desk.h"

#include "admin_priv.h"

/* A case under way; in the call's arena. */
struct showing {
    struct telling telling;
    int64_t a, b; /* identities */
    json_t *json; /* of the answer, while it is put together */
    ny_str desk;
    struct ny_review_filter filter; /* of what is taken next */
    struct ny_decision_row row;     /* what is decided */
};

/* NULL, and answered, when there is no room. */
struct showing *ny_desk_showing(struct request *q);
/* The numbers of the two that the word names. False, and answered, when one is not known. */
bool ny_desk_find(struct showing *x);
/* Answers with the case. */
void ny_desk_show(struct showing *x);
json_t *ny_desk_decisions_json(const struct ny_decision_view *rows, size_t n);
json_t *ny_desk_lease_json(const struct ny_lease *l);

#endif
