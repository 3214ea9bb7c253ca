/* registry_notices: who is told when the identifiers of a person change, and the outbox of what is
 * still to be told.
 *
 * A consumer sees, of each person, the active and test identities in its domains of interest. A
 * batch that changes such a set, for whatever reason, also holds the row that tells of it: one for
 * each person and consumer, with the whole set as it is after the batch, numbered in the order of
 * the changes. Nothing is told of a set that has become empty: the identifiers that went elsewhere
 * are told of there. Spec: ITI-10 3.10. */
#ifndef NAYOSE_REGISTRY_NOTICES_H
#define NAYOSE_REGISTRY_NOTICES_H

#include "nayose/base.h"
#include "nayose/model.h"
#include "nayose/store_notices.h"

struct ny_registry;

/* ---- consumers ---- */

/* In the order of their ids; borrowed until the next change. */
size_t ny_registry_consumers(const struct ny_registry *r,
                             const struct ny_consumer_row *const **out);
/* NULL: there is none. */
const struct ny_consumer_row *ny_registry_consumer(const struct ny_registry *r, int32_t id);
/* Adds a consumer, or changes the one of that name (row->id is not looked at). What it sees now is
 * not told, only what changes from then on. fn is called once, after the commit. */
void ny_registry_consumer_set(struct ny_registry *r, const struct ny_consumer_row *row, ny_str who,
                              void (*fn)(void *ctx, ny_rc rc), void *ctx);
/* Queues what a consumer sees of every person, a few hundred at a time between the feeds; what
 * changes meanwhile comes behind it. fn is called once, when all of it is committed, with the
 * number of persons; NY_ENOTFOUND: there is no such consumer, or it is not enabled. After another
 * error the n persons are queued and the rest is not: it may simply be begun anew. */
void ny_registry_consumer_resync(struct ny_registry *r, ny_str name, ny_str who,
                                 void (*fn)(void *ctx, ny_rc rc, size_t n), void *ctx);

/* ---- the outbox ---- */

/* What a consumer is told: this is now the whole set of one person. */
struct ny_notice {
    int64_t seq;
    int32_t consumer;
    int64_t person;
    int64_t at_us;           /* of the change */
    struct ny_known_id *ids; /* [n_ids], by domain; the regional id last, when it is of interest */
    size_t n_ids;
    bool parked;
    ny_str answer; /* why it is parked */
};
typedef void (*ny_notices_fn)(void *ctx, ny_rc rc, const struct ny_notice *notices, size_t n);

/* What is to be told to a consumer next, behind the number after: committed, in order, parked ones
 * left out. fn is called once, maybe from inside; what it gets is borrowed until it returns. */
void ny_registry_notices_next(struct ny_registry *r, int32_t consumer, int64_t after, int32_t limit,
                              ny_notices_fn fn, void *ctx);
/* A page of the whole outbox (or of what is parked), as above. */
void ny_registry_notices(struct ny_registry *r, bool parked_only, int64_t after, int32_t limit,
                         ny_notices_fn fn, void *ctx);
/* fn is called whenever there may be more to tell: new rows are committed, a consumer was changed,
 * the registry is ready again. One listener. */
void ny_registry_on_notices(struct ny_registry *r, void (*fn)(void *ctx), void *ctx);
/* Ends a notice: it was told, or refused with the answer; and audited as such. A second server that
 * has taken the lead makes it fail (NY_EFENCED). fn is called once, after the commit. */
void ny_registry_notice_end(struct ny_registry *r, const struct ny_notice *notice,
                            enum ny_notice_end end, ny_str answer, ny_str peer_addr,
                            void (*fn)(void *ctx, ny_rc rc), void *ctx);
/* Tells a consumer about the person of a notice anew, as he is now and behind everything that
 * waits: the notice itself goes. NY_ENOTFOUND: there is no such notice. */
void ny_registry_notice_retry(struct ny_registry *r, int64_t seq, ny_str who,
                              void (*fn)(void *ctx, ny_rc rc), void *ctx);
/* Drops a notice. NY_ENOTFOUND as above. */
void ny_registry_notice_drop(struct ny_registry *r, int64_t seq, ny_str who, ny_str reason,
                             void (*fn)(void *ctx, ny_rc rc), void *ctx);

#endif
