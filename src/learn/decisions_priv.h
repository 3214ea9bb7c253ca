/* learn, private: decisions of clerks, to be looked up by their pair. */
#ifndef NAYOSE_LEARN_DECISIONS_PRIV_H
#define NAYOSE_LEARN_DECISIONS_PRIV_H

#include "nayose/learn.h"

/* Puts the lesser identity first in each, and sorts by both. v: [n] */
void ny_decisions_sort(struct ny_learn_decision *v, size_t n);
/* v: [n] sorted. NULL: nobody decided the pair. */
const struct ny_learn_decision *ny_decisions_find(const struct ny_learn_decision *v, size_t n,
                                                  uint32_t a, uint32_t b);

#endif
