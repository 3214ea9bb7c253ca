/* store_notices: who is told of changes, and the outbox of what is still to be told. The rows of a
 * batch go with the change that they tell of, so that neither is there without the other.
 * Spec: ITI-10 3.10; architecture of the project §3. */
#ifndef NAYOSE_STORE_NOTICES_H
#define NAYOSE_STORE_NOTICES_H

#include "nayose/base.h"

struct ny_store;
struct ny_store_batch;

struct ny_consumer_row {
    int32_t id;
    ny_str name;
    ny_str host; /* an address: names are not resolved */
    uint16_t port;
    ny_str path;          /* of its service in HL7 v3; empty: it is told in v2 over MLLP */
    ny_str app, facility; /* MSH-5, MSH-6 of what it is sent; in v3 OIDs of device, organisation */
    ny_str domains;       /* of interest: namespaces between commas; empty: every listed one */
    bool enabled;         /* false: nothing is noted for it and nothing sent */
};

struct ny_notice_row {
    int32_t consumer;
    int64_t person;
    ny_str identities; /* the whole set, "12,40,7"; not empty */
    int64_t at_us;
};

enum ny_notice_end {
    NY_NOTICE_TOLD = 1, /* acknowledged: goes, and what was parked of the person before it, too */
    NY_NOTICE_PARKED,   /* refused: kept aside */
    NY_NOTICE_DROPPED   /* goes */
};

struct ny_notice_end_row {
    int64_t seq;
    int32_t consumer;
    int64_t person;
    enum ny_notice_end end;
    ny_str answer; /* PARKED: of the consumer */
    int64_t at_us;
};

/* As in store.h: shallow copies. */
void ny_store_add_consumer(struct ny_store_batch *b,
                           const struct ny_consumer_row *row); /* upsert */
void ny_store_add_notice(struct ny_store_batch *b, const struct ny_notice_row *row);
void ny_store_end_notice(struct ny_store_batch *b, const struct ny_notice_end_row *row);
/* True when there is more to tell, or another consumer to tell it, once the batch is committed. */
bool ny_store_batch_has_notices(const struct ny_store_batch *b);

/* A row of the outbox. */
struct ny_notice_view {
    int64_t seq;
    struct ny_notice_row row;
    bool parked;
    ny_str answer;
};
/* What is to be told to a consumer next: rows behind `after`, in order, parked ones left out.
 * Asynchronous; see the reads of store.h. */
NY_MUST_USE ny_rc ny_store_notices_next(
    struct ny_store *s, int32_t consumer, int64_t after, int32_t limit,
    void (*fn)(void *ctx, ny_rc rc, const struct ny_notice_view *rows, size_t n), void *ctx);
/* A page of the whole outbox, or of what is parked in it. */
NY_MUST_USE ny_rc ny_store_notices(
    struct ny_store *s, bool parked_only, int64_t after, int32_t limit,
    void (*fn)(void *ctx, ny_rc rc, const struct ny_notice_view *rows, size_t n), void *ctx);

#endif
