/* An ihe that keeps its exchanges until the test answers them. Frames without bytes get no answer.
 */
#ifndef NAYOSE_TESTS_WITH_IHE_H
#define NAYOSE_TESTS_WITH_IHE_H

#include "nayose/ihe.h"

void with_ihe_reset(void);
/* Answers everything from inside ny_ihe_receive(). */
void with_ihe_answer_at_once(ny_str answer);
size_t with_ihe_n(void); /* messages received */
/* The nth message; valid until it was answered. */
const struct ny_ihe_exchange *with_ihe_at(size_t n);
void with_ihe_answer(size_t n, ny_str answer);
/* What is sent first, then the answer; empty: nothing more, and all is well. */
void with_ihe_answer_twice(size_t n, ny_str accept, ny_str answer);
void with_ihe_answer_all(ny_str answer); /* those that wait */

#endif
