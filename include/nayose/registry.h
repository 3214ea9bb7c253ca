/* registry: the use cases. Feed, note, resolve, explain, list, administer.
 * Above it nobody knows tables, below it nobody knows transactions. It owns the open batch: what a
 * message changed in memory and what PostgreSQL has confirmed are one thing here. Everything runs
 * on the loop thread. Spec: architecture of the project §1, §2. */
#ifndef NAYOSE_REGISTRY_H
#define NAYOSE_REGISTRY_H

#include "nayose/base.h"
#include "nayose/match.h"
#include "nayose/model_visit.h"
#include "nayose/store.h" /* row types of listings */

struct ny_index;
struct ny_rebuilt;
struct ny_registry;

struct ny_registry_config {
    struct ny_store *store; /* borrowed, opened */
    struct ny_hd regional;  /* the regional domain; all three parts */
    ny_str regional_name;
    bool regional_listed;
    unsigned regional_digits; /* of the sequence, a Luhn digit follows */
    bool probation;           /* default for new sources */
    size_t batch_max;         /* messages in one batch; 0 = 256 */
    size_t two_person_above;  /* identities: what a clerk says waits for a second person when it
                                 makes a larger group; 0 = never */
    const struct ny_match_settings *settings; /* of the configuration; a model made from others is
                                                 told in the log. NULL: not compared */
    /* A long search waits for ny_registry_search_step(). NULL: searches are done in one go. */
    void (*on_search_waits)(void *ctx);
    void *on_search_waits_ctx;
};

/* Loads everything from the store (blocking) and builds the index: domains, requesters, model,
 * identities, edges, pins, holds, reviews. Owned. */
NY_MUST_USE ny_rc ny_registry_create(const struct ny_registry_config *cfg, struct ny_registry **out,
                                     struct ny_error *err);
void ny_registry_destroy(struct ny_registry *r); /* NULL allowed */
/* True while feeds can be accepted: leader, database up. */
bool ny_registry_is_ready(const struct ny_registry *r);
/* No request is under way and the last batch is confirmed (for an orderly stop). */
bool ny_registry_is_idle(const struct ny_registry *r);

/* ---- directory: domains and sources ---- */

enum ny_authority_result {
    NY_AUTHORITY_FOUND,
    NY_AUTHORITY_EMPTY,     /* nothing given */
    NY_AUTHORITY_MALFORMED, /* &OID without type, &&ISO: not a usable HD */
    NY_AUTHORITY_UNKNOWN,
    NY_AUTHORITY_CONFLICT /* namespace of one domain, OID of another */
};

/* Completes a partial assigning authority: namespace alone, OID and type, or all three that agree.
 */
enum ny_authority_result ny_registry_authority(const struct ny_registry *r, const struct ny_hd *hd,
                                               const struct ny_domain **out);
/* Domains in the order of their ids; out borrowed until the next change. */
size_t ny_registry_domains(const struct ny_registry *r, const struct ny_domain *const **out);
const struct ny_domain *ny_registry_domain(const struct ny_registry *r, int32_t id);
/* The regional domain. */
const struct ny_domain *ny_registry_regional(const struct ny_registry *r);
/* The source of a feed by MSH-3 and MSH-4 (namespace parts): exact application first, then any
 * application of that facility. NULL: nobody we know. */
const struct ny_requester_row *ny_registry_source(const struct ny_registry *r, ny_str app,
                                                  ny_str facility);
/* The same of everybody who feeds or asks. */
const struct ny_requester_row *ny_registry_requester(const struct ny_registry *r, ny_str app,
                                                     ny_str facility);
/* How many fields this requester (MSH-3 and MSH-4, or what stands for them) must fill at least in a
 * demographics query, so that nobody learns by guessing who is there: its own number, else the
 * standard. */
size_t ny_registry_query_criteria(const struct ny_registry *r, ny_str app, ny_str facility,
                                  size_t standard);
bool ny_registry_may_feed(const struct ny_registry *r, const struct ny_requester_row *source,
                          const struct ny_domain *domain);
/* The number of a known identity in rows and labels, or 0. The id may be written with more or less
 * leading zeros, where its domain folds them (ny_domain_local_id). */
uint32_t ny_registry_identity_number(const struct ny_registry *r, const struct ny_domain *domain,
                                     ny_str id);
/* The domain that a missing PID-3.4 means for this source; NULL when it is not clear. */
const struct ny_domain *ny_registry_default_domain(const struct ny_registry *r,
                                                   const struct ny_requester_row *source);

/* ---- requests that change or note something ----
 * Memory: whatever a request points to must live until its done function was called; done is called
 * exactly once; from inside the call that started the request only when it cannot even begin. */

/* What every request tells about itself, for the message log and the audit row. */
struct ny_request {
    const struct ny_requester_row *source; /* NULL: unknown */
    ny_str transaction;                    /* "ITI-8", "ITI-30", "ITI-9" */
    ny_str trigger;                        /* "A28", "Q23" */
    ny_str control_id;                     /* MSH-10 as received */
    ny_str user;                           /* MSH-4|MSH-3 of the sender, or the clerk */
    ny_str peer_addr;
    ny_str certificate;               /* "sha256:…" of the one that the peer has shown */
    ny_str action;                    /* of the audit row: C, R, U, D, E */
    ny_str body;                      /* bytes as received */
    uint8_t body_hash[NY_SHA256_LEN]; /* SHA-256 of body */
    int64_t received_us;
};

enum ny_feed_result {
    NY_FEED_ACCEPTED = 0,
    NY_FEED_UNKNOWN_PATIENT, /* strict_update and the id is not known: nothing was done */
    NY_FEED_ID_TAKEN,        /* NY_FEED_RENAME to an id that is somebody else's: nothing was done */
    NY_FEED_IN_PRODUCTION    /* is_test, and an id is a real patient's: nothing was done */
};

/* What the registry makes of a feed. Bit k speaks of ids[k] as it was before the message. */
struct ny_feed_outcome {
    enum ny_feed_result result;
    uint32_t unknown; /* nobody had said that the patient is there */
    uint32_t retired; /* merged away: what the message says goes to the retired record */
};

/* Where the answer comes from and goes to. compose writes the answer's bytes for an outcome; it may
 * be called again (a batch that failed is decided again) and its result must live until done. done
 * gets NY_OK and the answer that was committed (for a message seen before: the stored one), or an
 * error (NY_EDB, NY_EFENCED, NY_EAGAIN, NY_ECONFLICT …) and no answer: nothing of the request was
 * kept. */
struct ny_reply {
    ny_rc (*compose)(void *ctx, const struct ny_feed_outcome *o, ny_str *out);
    void (*done)(void *ctx, ny_rc rc, ny_str answer);
    void *ctx;
};

enum { NY_FEED_IDS_MAX = 32, NY_FEED_PAIRS_MAX = 256 };

/* What a message says of identities; its ids are folded (ny_domain_local_id). All of it is kept
 * whatever was said before, so that the order in which messages arrive does not matter. Spec:
 * ITI-8 3.8, ITI-30 3.30; matching rules 6.4, 7. */
enum ny_feed_kind {
    /* Add or revise: every id becomes (or revises) an identity with what the message says; several
     * ids of one message are one patient by the facility's word (an IMPLIED pin). */
    NY_FEED_REVISE = 0,
    /* The domain takes its records back: out of answers, links dissolved, history kept. What is
     * said of the id at a later event time brings it back. patient: ny_patient_withdraw. */
    NY_FEED_WITHDRAW,
    /* Of each pair, a is retired for b. b is there by this word, known before or not; a that is not
     * known is remembered, so that a late message about it finds it retired. */
    NY_FEED_MERGE,
    NY_FEED_RENAME, /* a merge whose b must not be somebody else's yet */
    /* Each pair is one patient, or is two. Ids that are not known are remembered, but are not there
     * by this word. */
    NY_FEED_LINK,
    NY_FEED_UNLINK,
    /* Of each pair, a is one patient with b and, by this facility's word, with nobody else: links
     * and common messages that joined a with others before do not count any more. Both stay. */
    NY_FEED_MOVE,
    /* Nothing of the patient, only of the visit; ids are remembered as by a link. A visit that had
     * another number, or was the second id's, moves to the first. */
    NY_FEED_VISIT,
    /* Not a message but the word of a clerk (ny_registry_hold_release): what is held of the ids may
     * count. No source. */
    NY_FEED_RELEASE,
    /* Nor this: an identity is looked at again (ny_registry_rebuild). No source. */
    NY_FEED_AGAIN
};

struct ny_feed_pair {
    uint8_t a, b; /* places in ids, different ones */
};

struct ny_feed {
    struct ny_request request;
    enum ny_feed_kind kind;
    size_t n_ids; /* 1 … NY_FEED_IDS_MAX, all different */
    const struct ny_domain *domains[NY_FEED_IDS_MAX];
    ny_str ids[NY_FEED_IDS_MAX];
    size_t n_pairs; /* MERGE, RENAME, LINK, UNLINK, MOVE; a later one is the newer word */
    struct ny_feed_pair pairs[NY_FEED_PAIRS_MAX];
    struct ny_patient
        patient; /* what the message says, every stamp the message's; seen is its stamp */
    /* MSH-11 T or D from a source that may: status test. What was said for practice of an id goes
     * when the first real message says that its patient is there, so that a record is made of one
     * kind of messages whatever came first. */
    bool is_test;
    const struct ny_visit *visit; /* of ids[0]; NULL: none */
    /* REVISE: another patient in the same message, of whom the ids from this place on are; 0: there
     * is none. Nothing joins the two. */
    size_t second_from;
    struct ny_patient second;
    const struct ny_visit *second_visit;
    bool strict_update;       /* unknown ids are refused */
    ny_str reason;            /* RELEASE: why */
    enum ny_hold_why only;    /* RELEASE: only holds of this kind; 0: all */
    struct ny_rebuilt *again; /* AGAIN */
};
void ny_registry_feed(struct ny_registry *r, const struct ny_feed *feed,
                      const struct ny_reply *reply);

/* A message without effect on identities (an event that we ignore, a refused message, a query about
 * to be answered): its audit row, and its message row when keep_message, are committed before the
 * answer leaves. */
struct ny_note {
    struct ny_request request;
    ny_str kind; /* "feed", "query", "admin" */
    bool keep_message;
    enum ny_audit_outcome outcome;
    ny_str patient_domain, patient_id;
    int64_t person;
    ny_str query_payload;
    ny_str domains_returned;
    int32_t hits;
    ny_str decision; /* "AA", "AE 204" … */
    ny_str reason;
    ny_str answer; /* handed back to done when committed */
};
void ny_registry_note(struct ny_registry *r, const struct ny_note *note,
                      const struct ny_reply *reply);

/* ---- questions ---- */

/* Who is this: committed state. The regional domain asks by regional id. The caller
 * writes the audit by ny_registry_note before it answers. fn is called once, maybe from inside.
 * Rows borrowed until it returns. */
void ny_registry_resolve(struct ny_registry *r, const struct ny_domain *domain, ny_str id,
                         void (*fn)(void *ctx, ny_rc rc, const struct ny_resolved *res), void *ctx);

/* The same as it was answered at a past moment. */
void ny_registry_resolve_at(struct ny_registry *r, const struct ny_domain *domain, ny_str id,
                            int64_t at_us,
                            void (*fn)(void *ctx, ny_rc rc, const struct ny_resolved *res),
                            void *ctx);

/* What the matcher says of two records. */
struct ny_comparison {
    bool same_person;
    struct ny_score score;
    enum ny_band band;
    double p_false;
    bool compared; /* the blocking keys bring the two together (or an edge is stored) */
    enum ny_review_state review;  /* 0: no question between them */
    enum ny_review_reason reason; /* why it stopped, when review is not 0 */
};
/* Compares two records as memory knows them, in some ten microseconds. False, and out as it was,
 * when one of them is not known. What is seen may still be uncommitted: the caller commits a note
 * (ny_registry_note) before it answers, which cannot overtake what was seen. */
bool ny_registry_compare(struct ny_registry *r, const struct ny_domain *domain_a, ny_str id_a,
                         const struct ny_domain *domain_b, ny_str id_b, struct ny_comparison *out);

/* Why two records are, or are not, one person. */
struct ny_explanation {
    bool found_a, found_b;
    const struct ny_domain *domain_a, *domain_b;
    ny_str id_a, id_b;
    const struct ny_patient *a, *b; /* as stored */
    ny_str regional_a, regional_b;
    struct ny_comparison pair;
    struct ny_bar bars[NY_BARS_MAX];
    size_t n_bars;
    int32_t model_version;
};
void ny_registry_explain(struct ny_registry *r, const struct ny_domain *domain_a, ny_str id_a,
                         const struct ny_domain *domain_b, ny_str id_b,
                         void (*fn)(void *ctx, ny_rc rc, const struct ny_explanation *e),
                         void *ctx);

/* Pages of listings, see ny_store_links and ny_store_reviews. */
void ny_registry_links(struct ny_registry *r, ny_str after_ns, ny_str after_id, int32_t limit,
                       void (*fn)(void *ctx, ny_rc rc, const struct ny_link_row *rows, size_t n),
                       void *ctx);
void ny_registry_links_at(struct ny_registry *r, ny_str after_ns, ny_str after_id, int32_t limit,
                          int64_t at_us,
                          void (*fn)(void *ctx, ny_rc rc, const struct ny_link_row *rows, size_t n),
                          void *ctx);
void ny_registry_reviews(struct ny_registry *r, const struct ny_review_filter *f,
                         int64_t after_at_us, int64_t after_a, int64_t after_b, int32_t limit,
                         void (*fn)(void *ctx, ny_rc rc, const struct ny_review_view *rows,
                                    size_t n),
                         void *ctx);

/* ---- administration ---- */

enum ny_domain_add_result { NY_DOMAIN_ADDED, NY_DOMAIN_SAME, NY_DOMAIN_CONFLICT };

/* Adds a domain and, where it is new, its source. The same values again: SAME; a namespace or OID
 * that stands with other values: CONFLICT, nothing done. fn is called once, after the commit. who:
 * the clerk. */
void ny_registry_domain_add(struct ny_registry *r, const struct ny_domain *d, ny_str who,
                            void (*fn)(void *ctx, ny_rc rc, enum ny_domain_add_result result),
                            void *ctx);
/* Sources, and who only asks, in the order of their ids. */
size_t ny_registry_sources(const struct ny_registry *r, const struct ny_requester_row *const **out);
/* Changes the settings of a source (charset, undecodable, …), or adds who only asks (id 0). fn is
 * called once, after the commit. NY_ECONFLICT: with this id_width some id that is known would be
 * another one, or two would be one; nothing was changed. */
void ny_registry_source_set(struct ny_registry *r, const struct ny_requester_row *row, ny_str who,
                            void (*fn)(void *ctx, ny_rc rc), void *ctx);

/* Messages older than so many days, and audit rows, go by whole months (0: none goes); to be called
 * hourly. Identities and their history stay. */
void ny_registry_retire(struct ny_registry *r, int64_t message_days, int64_t audit_days);

/* ---- holds ---- */

/* A page of the holds in force, see ny_store_holds. */
void ny_registry_holds(struct ny_registry *r, int64_t after, int32_t limit,
                       void (*fn)(void *ctx, ny_rc rc, const struct ny_hold_view *rows, size_t n),
                       void *ctx);
/* Releases what is held of an identity, as a clerk's decision: an overlay becomes the person that
 * the id stands for from then on (a later overlay is held again); a record that was kept as it was
 * is made anew; then it links like any other. fn is called once, after the commit: false = nothing
 * was held. NY_ENOTFOUND: there is no such identity. */
void ny_registry_hold_release(struct ny_registry *r, const struct ny_domain *domain, ny_str id,
                              ny_str who, ny_str reason,
                              void (*fn)(void *ctx, ny_rc rc, bool released), void *ctx);

/* Ends the alarm of a source: its habits are learned anew from the messages that follow, and what
 * the alarm held is decided again, a few at a time behind the commit. fn as above. */
void ny_registry_source_release(struct ny_registry *r, const struct ny_requester_row *source,
                                ny_str who, ny_str reason,
                                void (*fn)(void *ctx, ny_rc rc, bool released), void *ctx);
/* What the alarm of a source is about, in numbers; empty: there is none. */
ny_str ny_registry_source_alarm(const struct ny_registry *r, const struct ny_requester_row *source);

/* What a source has sent since the server was started. */
struct ny_source_activity {
    int64_t last_us; /* when its last message was answered; 0 = none yet */
    int64_t accepted, refused;
};
void ny_registry_heard(struct ny_registry *r, const struct ny_requester_row *source, bool accepted);
struct ny_source_activity ny_registry_activity(const struct ny_registry *r,
                                               const struct ny_requester_row *source);

/* Numbers for status and metrics. */
struct ny_registry_stats {
    int64_t identities, persons, edges, open_reviews, parked_reviews, domains, batch_no, epoch,
        source_alarms, older_records; /* packed under an older norm version */
    int64_t proposals,
        proposal_oldest_us; /* words that wait for a second person; 0: there is none */
    int64_t retired_us;     /* when ny_registry_retire had last nothing left to do; 0: not yet */
    size_t index_bytes;
    int32_t model_version;
};
void ny_registry_stats(const struct ny_registry *r, struct ny_registry_stats *out);

/* What memory knows, for tools that measure between two messages: they may search it and change
 * nothing. Borrowed until the next request. */
struct ny_index *ny_registry_index(struct ny_registry *r);

#endif
