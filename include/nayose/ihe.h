/* ihe: wire ↔ registry, no sockets. One file per transaction (iti8, iti9, iti30), pid.c reads a
 * patient. Takes one HL7 v2 message, gives its answer back when it may leave; writes the messages
 * that tell consumers of changes (iti10), and reads their answers. */
#ifndef NAYOSE_IHE_H
#define NAYOSE_IHE_H

#include "nayose/base.h"
#include "nayose/registry_speaker.h"

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
    ny_str user;    /* clerk of the admin interface, or empty */
    bool may_query; /* the peer's address is allowed to ask */
    struct ny_speaker speaker;
    bool enhanced; /* MSH-15 and MSH-16 count, when one of them is there */
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

/* Bytes came that are no message at all: a security alert with the peer's address. why: a sentence
 * of ours. */
void ny_ihe_unreadable(struct ny_ihe *ihe, ny_str peer_addr, const struct ny_speaker *speaker,
                       const char *why);

/* Takes a message that was kept, with the answer to it, the way that it came: if it is a feed and
 * was accepted, the registry, which only listens, is told of it. Nothing of it is answered or
 * noted. a: what the feed points to lives there. */
void ny_ihe_replay(struct ny_ihe *ihe, struct ny_arena *a, ny_str body, ny_str ack);

/* ---- ITI-10: telling a consumer ---- */

struct ny_notice; /* registry_notices.h */

/* ADT^A31 with every identifier of the notice. Its MSH-10 is made of the notice's number: told
 * again, it is the same. application, facility: MSH-5, MSH-6. out: in a. NY_ELIMIT. */
NY_MUST_USE ny_rc ny_ihe_notice_write(const struct ny_ihe *ihe, struct ny_arena *a,
                                      const struct ny_notice *notice, ny_str application,
                                      ny_str facility, int64_t now_us, ny_str *out);

enum ny_ihe_answer {
    NY_IHE_ANSWER_OTHER = 0, /* no acknowledgement, or of another message (MSA-2) */
    NY_IHE_ANSWER_TAKEN,     /* AA */
    NY_IHE_ANSWER_REFUSED    /* AE, AR, CE, CR */
};
/* What a consumer answered to the notice of that number. code: MSA-1 and the first ERR-3.1, for
 * whoever looks into it; in a. */
enum ny_ihe_answer ny_ihe_notice_answer(struct ny_arena *a, ny_str answer, int64_t seq,
                                        ny_str *code);

#endif
