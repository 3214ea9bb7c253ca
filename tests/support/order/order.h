/* The order of arrival: one day of messages in many orders must end in one state. A generated
 * population and what clerks of hospitals do to identifiers (merges, links, withdrawals) go through
 * the project's own code in memory: ihe → registry → a store in memory. */
#ifndef ORDER_H
#define ORDER_H

#include "plan.h"
#include "source.h"

#include "nayose/base.h"

/* ---- a day (day.c) ---- */

struct day_options {
    uint32_t people, facilities;
    uint64_t seed;
    uint32_t events; /* messages about identifiers, per hundred records */
};

/* One message. */
struct day_message {
    ny_str text;    /* HL7 v2, without framing */
    uint32_t about; /* record + 1 whose values it carries; 0: it is about identifiers */
};

struct day_facility {
    ny_str ns, oid;
};

struct day {
    struct ny_arena *arena;
    struct day_facility *facilities;
    uint32_t n_facilities;
    struct day_message *messages;
    size_t n;
    uint32_t n_records;
    bool *is_named; /* [n_records] by a message about identifiers */
    ny_str *keys;   /* [n_records] "F01/123" */
};

struct day *day_create(const struct day_options *o);
void day_destroy(struct day *d);
/* The message that takes a record back after everything else. Arena of the day. */
ny_str day_withdrawal(struct day *d, uint32_t record);

/* ---- a world (world.c) ---- */

/* What a world knows in the end, as lines of text in byte order: groups, statuses, contents, open
 * questions, pins. Numbers of rows and regional IDs do not show. */
struct order_state {
    ny_str *lines;
    size_t n;
};

struct order_run {
    const struct day *day;
    const ny_str *messages; /* [n], in the order of arrival */
    size_t n;
    size_t width;   /* messages under way at most */
    bool restarts;  /* in the middle memory is built anew from what was committed */
    size_t refused; /* out: messages that were not answered AA */
};

/* Feeds the messages to a fresh world. out: arena. */
void order_run(struct order_run *run, struct ny_arena *a, struct order_state *out);

#endif
