/* model, private. */
#ifndef NAYOSE_MODEL_PRIV_H
#define NAYOSE_MODEL_PRIV_H

#include "nayose/model.h"

/* A hash of the values of a set and of which are current and live; it has no order and no times. */
uint64_t ny_model_set_hash(const struct ny_set *s);

/* claims.c */
NY_MUST_USE ny_rc ny_model_claims_merge(struct ny_arena *a, const struct ny_patient *old,
                                        const struct ny_patient *new_, struct ny_patient *out,
                                        bool *moved, bool *changed);
uint64_t ny_model_claims_hash(const struct ny_patient *p);

#endif
