/* store, reading: what a worker reads of whole tables to compare the registry with its messages, on
 * a connection of its own. Blocking; each call is one snapshot, and nothing is kept open between
 * two. Rows are borrowed until their function returns, which may stop the reading by another result
 * than NY_OK. */
#ifndef NAYOSE_STORE_READING_H
#define NAYOSE_STORE_READING_H

#include "nayose/store.h"
#include "nayose/store_visits.h"

struct ny_store_reading;

/* Any thread: only the settings of the store's connection are read. Owned. */
NY_MUST_USE ny_rc ny_store_reading_open(struct ny_store *s, struct ny_store_reading **out,
                                        struct ny_error *err);
void ny_store_reading_close(struct ny_store_reading *r); /* NULL allowed */

/* A message as it was kept: accepted or refused, see its answer. */
struct ny_kept_message {
    int64_t id;
    ny_str body, ack;
};
typedef ny_rc (*ny_kept_message_fn)(void *ctx, const struct ny_kept_message *m);
/* Those with ids from … to before, in the order in which they came. */
NY_MUST_USE ny_rc ny_store_reading_messages(struct ny_store_reading *r, int64_t from,
                                            int64_t before, ny_kept_message_fn fn, void *ctx,
                                            struct ny_error *err);
/* Those of ids [n], in their order. */
NY_MUST_USE ny_rc ny_store_reading_messages_of(struct ny_store_reading *r, const int64_t *ids,
                                               size_t n, ny_kept_message_fn fn, void *ctx,
                                               struct ny_error *err);

struct ny_kept_patient {
    int64_t id, batch_no; /* of the batch that wrote it last */
    struct ny_patient patient;
};
/* Identities from … to, in order; their patients in a. */
NY_MUST_USE ny_rc ny_store_reading_patients(struct ny_store_reading *r, int64_t from, int64_t to,
                                            struct ny_arena *a,
                                            ny_rc (*fn)(void *ctx, const struct ny_kept_patient *p),
                                            void *ctx, struct ny_error *err);
/* Identities with a version whose message is not kept any more. */
NY_MUST_USE ny_rc ny_store_reading_incomplete(struct ny_store_reading *r,
                                              ny_rc (*fn)(void *ctx, int64_t id), void *ctx,
                                              struct ny_error *err);
/* Identities that stand with another person than the one that the last event says. */
NY_MUST_USE ny_rc ny_store_reading_strayed(struct ny_store_reading *r,
                                           ny_rc (*fn)(void *ctx, int64_t id, int64_t person),
                                           void *ctx, struct ny_error *err);

/* What messages say of visits (the words of visits in b, nothing else) joins what was said before,
 * as it joins what stands, in a table that goes with the reading. */
NY_MUST_USE ny_rc ny_store_reading_say(struct ny_store_reading *r, const struct ny_store_batch *b,
                                       struct ny_error *err);
/* Visits that stand otherwise than they were said so, in the order of their identities. */
NY_MUST_USE ny_rc ny_store_reading_visits(struct ny_store_reading *r,
                                          ny_rc (*fn)(void *ctx, const struct ny_visit_row *v),
                                          void *ctx, struct ny_error *err);

#endif
