/* registry, history: a person with the records that are it, and what became of them. */
#ifndef NAYOSE_REGISTRY_HISTORY_H
#define NAYOSE_REGISTRY_HISTORY_H

#include "nayose/registry.h"

struct ny_person_view {
    bool found;
    int64_t person;
    ny_str regional_id;
    const struct ny_stored_patient *records; /* [n_records] merged and deleted ones with them */
    size_t n_records;
    const struct ny_history_row *events; /* [n_events] the newest first */
    size_t n_events;
};

/* The person of an identity, or (regional domain) with this regional id; a retired one is followed
 * to where its records went. fn is called once, maybe from inside; rows borrowed until it returns.
 */
void ny_registry_person(struct ny_registry *r, const struct ny_domain *domain, ny_str id,
                        void (*fn)(void *ctx, ny_rc rc, const struct ny_person_view *v), void *ctx);

#endif
