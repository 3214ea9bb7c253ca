/* ihe: wire ↔ registry, no sockets. One file per transaction (iti8, iti9, iti30), pid.c reads a
 * patient. Takes one HL7 v2 message, gives its answer back when it may leave. */
#ifndef NAYOSE_IHE_H
#define NAYOSE_IHE_H

#include "nayose/base.h"

struct ny_ihe;
struct ny_registry;

struct ny_ihe_config {
    struct ny_registry *registry; /* borrowed */
    ny_str application, facility; /* who we are: MSH-5/6 that we accept when check_receiver */
    bool check_receiver;
    size_t query_criteria; /* fields that a demographics query must fill, an id aside; 0 is 1 */
    int32_t timezone_s;    /* offset of times without a zone, default 32400 (JST) */
};

struct ny_ihe *ny_ihe_create(const struct ny_ihe_config *cfg); /* owned; never NULL */
void ny_ihe_destroy(struct ny_ihe *ihe);                       /* NULL allowed */

/* One message under way. The caller owns it and keeps it, the arena and `in` alive until answer was
 * called, which happens exactly once, maybe from inside ny_ihe_receive. */
struct ny_ihe_exchange {
    struct ny_arena *arena;
    ny_str in; /* the message's bytes, without MLLP framing */
    ny_str peer_addr;
    ny_str user;     /* clerk of the admin interface, or empty */
    bool may_query;  /* the peer's address is allowed to ask */
    ny_str facility; /* the only MSH-4 (namespace) that may speak here; empty: any */
    bool enhanced;   /* MSH-15 and MSH-16 count, when one of them is there */
    /* Set before answer is called: what is sent first (CA, CE, CR), in arena; empty: nothing. And
     * that nothing more is to be sent although all is well. */
    ny_str accept;
    bool quiet;
    /* answer: the bytes to send, without framing; empty and not quiet: nothing can be said, drop
     * (count, close after N). */
    void (*answer)(void *ctx, ny_str out);
    void *ctx;
};

/* Decodes, dispatches by MSH-9, calls the registry, writes the acknowledgement or response in the
 * sender's character set. Never fails: every failure has its answer (MSA-1 AE/AR with ERR by the
 * project's table). */
void ny_ihe_receive(struct ny_ihe *ihe, struct ny_ihe_exchange *x);

#endif
