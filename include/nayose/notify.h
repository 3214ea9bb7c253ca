/* notify: tells consumers what stands for them in the outbox: one connection and one unanswered
 * message each, in order, again and again until it is acknowledged. A consumer that does not answer
 * costs nothing but a timer. Knows MLLP and pauses; what is said is known by ihe, what is to be
 * said by registry. Spec: ITI-10 3.10. */
#ifndef NAYOSE_NOTIFY_H
#define NAYOSE_NOTIFY_H

#include "nayose/base.h"

struct ny_ihe;
struct ny_loop;
struct ny_notify;
struct ny_registry;
struct ny_tls;

struct ny_notify_config {
    struct ny_loop *loop;         /* borrowed, like the others */
    struct ny_registry *registry; /* whose listener of notices it becomes */
    struct ny_ihe *ihe;
    struct ny_tls *tls;     /* NULL: plain */
    int64_t ack_timeout_us; /* for connecting, and for the answer */
    int64_t retry_min_us;   /* first pause; it doubles … */
    int64_t retry_max_us;   /* … up to this one, less a random part of up to a half */
};

struct ny_notify *ny_notify_create(const struct ny_notify_config *cfg); /* owned; never NULL */
/* Closes connections and starts nothing any more; to be called while the loop is there. What is
 * under way in the registry may still come back until ny_notify_destroy. NULL allowed. */
void ny_notify_stop(struct ny_notify *n);
void ny_notify_destroy(struct ny_notify *n); /* stopped; NULL allowed */

#endif
