/* model, coded reasons: why a clerk says that two records are one person, or two. Codes are stored
 * and counted; the words are for people. */
#ifndef NAYOSE_MODEL_REASON_H
#define NAYOSE_MODEL_REASON_H

#include "nayose/base.h"

struct ny_reason {
    const char *code;
    bool same, different; /* the decision that it may stand with */
    const char *en, *ja;
};

/* All of them, in the order of tbl/review_reasons.def; how many. */
size_t ny_reasons(const struct ny_reason **out);
/* The one of a code, or NULL. */
const struct ny_reason *ny_reason_find(ny_str code);

#endif
