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

enum day_kind {
    DAY_MESSAGE,
    DAY_MODEL, /* an operator changes to another model version */
    /* a clerk, having seen all that is said of what he names: */
    DAY_RELEASE, /* releases what is held of an identity */
    DAY_LINK,    /* says that two identities are one person … */
    DAY_UNLINK   /* … or two */
};

/* One thing that happens. */
struct day_action {
    enum day_kind kind;
    ny_str text;    /* MESSAGE: HL7 v2, without framing */
    uint32_t about; /* MESSAGE: record + 1 whose values it carries; 0: it is about identifiers */
    ny_str keys[2]; /* identities that it names, "F01/123"; may be empty */
};

struct day_facility {
    ny_str ns, oid;
};

struct day {
    struct ny_arena *arena;
    struct day_facility *facilities;
    uint32_t n_facilities;
    struct day_action *actions;
    size_t n;
    size_t n_clerks; /* actions of clerks, the last ones */
    uint32_t n_records;
    bool *is_named; /* [n_records] by more than its own messages */
    ny_str *keys;   /* [n_records] "F01/123" */
};

struct day *day_create(const struct day_options *o);
void day_destroy(struct day *d);
/* Files for a real server: domains.txt, day.hl7 (frames, all messages in order), releases.txt
 * (keys). False when they cannot be written. */
bool day_write(const struct day *d, const char *dir);
/* The message that takes a record back after everything else. Arena of the day. */
ny_str day_withdrawal(struct day *d, uint32_t record);

/* ---- a world (world.c) ---- */

struct world {
    struct ny_arena *arena;
    struct ny_store *store;
    struct ny_registry *registry;
    struct ny_ihe *ihe;
    const struct day *day;
    ny_str version[2]; /* as text: that of the beginning, and the one that follows */
    bool change_again; /* the change of version was asked for, and ended before it began */
};

/* What a world knows in the end, as lines of text in byte order: version, groups, statuses,
 * contents, holds, edges, open questions, pins. Numbers of rows and regional IDs do not show. */
struct order_state {
    ny_str *lines;
    size_t n;
};

enum order_versions {
    ORDER_CHANGE, /* a DAY_MODEL changes from the first to the second */
    ORDER_FIRST,  /* one alone, and a DAY_MODEL does nothing */
    ORDER_SECOND
};

struct order_run {
    const struct day *day;
    const struct day_action *actions; /* [n], in the order of arrival */
    size_t n;
    size_t width;  /* messages under way at most */
    uint64_t seed; /* of the pace */
    bool stops;    /* in the middle the server stops, and memory is built from what is there */
    bool slow;     /* a change of version takes as many batches as it can */
    enum order_versions versions;
    size_t refused;   /* out: messages that were not answered AA */
    size_t released;  /* out: releases that found something */
    size_t said;      /* out: links and unlinks of clerks */
    size_t meanwhile; /* out: messages that came while the version changed */
};

/* Feeds the actions to a fresh world. out: arena. */
void order_run(struct order_run *run, struct ny_arena *a, struct order_state *out);

/* ---- what it knows (tell.c) ---- */

void order_tell(const struct world *w, struct ny_arena *a, struct order_state *out);
/* Each regional ID was given once; a person without identities is retired and leads to one that has
 * some, the others are not. */
void order_persons_check(const struct world *w);

/* ---- the properties (orders.c): true when they hold; what is different is printed ---- */

/* Any order of arrival gives the same, and so does a day under the second version alone; under the
 * first one it is another. */
bool order_check(const struct day *d, uint64_t seed, uint64_t shuffles);
/* Who is taken back in the end leaves nothing behind. */
bool order_check_withdrawn(struct day *d);

#endif
