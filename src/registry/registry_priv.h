/* registry, private: the open batch and the steps of a request.
 *
 *   feed ─▶ seen before? ─▶ read known patients ─▶ decide ─▶ open batch ─▶ in flight ─▶ answer
 *              (store)           (store)         (memory)               (COMMIT)
 *
 * An item waits (waiting list) while one of its identities is touched by a batch that is not
 * confirmed yet, so that a stored row is always what memory knows. */
#ifndef NAYOSE_REGISTRY_PRIV_H
#define NAYOSE_REGISTRY_PRIV_H

#include "nayose/link.h"
#include "nayose/registry.h"
#include "nayose/registry_snapshot.h"

struct item;
struct question;
struct ny_word_outcome;
struct searching;

enum item_kind { ITEM_FEED, ITEM_NOTE, ITEM_WORK };

/* What somebody other than a feed changes: an administrator, or the server itself. */
struct work {
    const char *name; /* in the audit row */
    /* Puts the effect into memory (through the index, which can take it back) and into rows. Called
     * again when the batch failed. Other than NY_OK: the work ends with it, nothing is kept. */
    ny_rc (*decide)(struct ny_registry *r, struct ny_store_batch *rows, void *ctx);
    void (*confirmed)(struct ny_registry *r, void *ctx); /* committed; before done; may be NULL */
    void (*done)(void *ctx, ny_rc rc);                   /* once; may free ctx */
};

/* One request under way. Lives on the heap until its answer was delivered. */
struct item {
    struct item *next;
    struct ny_registry *registry;
    enum item_kind kind;
    bool replay_checked;
    bool alone; /* decided in a batch of its own, after a failure */
    bool stale; /* what is being read for it was changed meanwhile */
    uint8_t reads;
    union {
        const struct ny_feed *feed;
        const struct ny_note *note;
    };
    struct ny_reply reply;
    ny_str answer;
    struct ny_arena *arena;           /* own memory: stored patients while they wait, admin rows */
    struct ny_stored_patient *stored; /* [n_stored] rows of known identities */
    size_t n_stored;
    const struct work *work;
    void *ctx; /* of the work */
    ny_str who, what;
};

struct item_list {
    struct item *head;
    struct item **tail;
    size_t n;
};

/* A batch: its rows, the requests that wait for it, and where the undo log stood before it. */
struct batch {
    struct ny_store_batch *rows;
    struct item_list items;
    uint64_t mark;
    int64_t first_message; /* counters to go back to */
};

/* Replay detection. */
struct seen_table {
    uint64_t *keys;
    uint32_t *bodies;
    size_t mask, used;
};

/* A change of model version under way (rollout.c). */
enum rollout_phase {
    ROLLOUT_NONE,
    ROLLOUT_WIDEN,
    ROLLOUT_SWITCH,
    ROLLOUT_NARROW,
    ROLLOUT_SETTLE,
    ROLLOUT_END,
    ROLLOUT_BACK /* keys of a version that did not become active go again */
};
struct rollout {
    enum rollout_phase phase;
    struct ny_match_model *model; /* until the switch the one that comes, then the one that goes */
    int32_t from_version, to_version;
    uint32_t cursor;  /* of the phase: identities 1 … cursor are through */
    uint32_t done_to; /* settled and committed */
    bool stepping;    /* a step is in a batch */
    char who[64];
    size_t who_n;
    void (*fn)(void *ctx, ny_rc rc); /* told once the version is active */
    void *ctx;
};

/* What a source's messages usually hold (habits.c). Shares in per mille. */
enum trait { TRAIT_KANA, TRAIT_BIRTH, TRAIT_ADDRESS, TRAIT_PHONE, TRAIT_UNDECODABLE, TRAIT_COUNT };
enum same { SAME_BIRTH, SAME_ADDRESS, SAME_PHONE, SAME_COUNT };
enum { HABIT_WINDOW = 200 };

struct habits {
    bool known;
    uint16_t share[TRAIT_COUNT]; /* of messages with the trait */
    uint16_t same[SAME_COUNT];   /* of the commonest value */
};
/* One message: what it has, and hashes of its values (0: none). */
struct traits {
    uint32_t identity;
    bool has[TRAIT_COUNT];
    uint32_t value[SAME_COUNT];
};
/* The newest messages of a source, each about another patient. */
struct watch {
    struct traits ring[HABIT_WINDOW];
    size_t n, at;
    struct habits habits;
    bool alarm;
    char detail[512]; /* of the alarm, terminated */
    size_t detail_n;
};

/* Words that wait for a second person, the oldest first; each by itself, so that its texts stay. */
struct proposal;
struct proposals {
    struct proposal **v; /* [n] */
    size_t n, cap;
};

struct ny_registry {
    struct ny_registry_config cfg;
    struct ny_store *store;
    struct ny_match_model *model;
    struct ny_index *index;
    struct ny_link link;        /* over index and model */
    struct ny_arena *directory; /* domains and requesters */
    struct ny_domain **domains;
    size_t n_domains;
    struct ny_requester_row **sources;
    size_t n_sources;
    struct ny_consumer_row **consumers;
    size_t n_consumers;
    int32_t last_consumer; /* the largest number given */
    struct {
        void (*fn)(void *ctx);
        void *ctx;
    } on_notices;
    const struct ny_domain *regional;
    struct batch *open;
    struct batch *in_flight;
    struct item_list backlog; /* the open batch is full */
    struct item_list waiting; /* an identity is in an unconfirmed batch */
    struct item_list to_read; /* need stored patients; one read at a time */
    struct item_list reading;
    struct item_list retry; /* after a failed batch: one by one */
    size_t asking;          /* requests inside store_seen and queries */
    int64_t next_message;
    int64_t batch_no;
    bool ready;
    bool rebuilding;
    bool
        gathering; /* notes of a group of answers: the open batch is not sent before the last one */
    struct {
        struct question *head; /* oldest first; the first n_asked are under way */
        struct question **tail;
        size_t n_asked;
    } questions; /* resolve.c */
    struct rollout rollout;
    /* Of a snapshot; fn NULL: feeds are taken. */
    struct {
        void (*fn)(void *ctx, const struct ny_feed *feed);
        void *ctx;
    } listener;
    struct rebuild *rebuild;                             /* NULL: none is under way */
    const struct ny_registry_snapshot_options *snapshot; /* while one is loaded; NULL: live */
    struct seen_table seen;
    struct watch **watches; /* [n_watches] by source id, NULL = not watched yet */
    size_t n_watches;
    size_t n_alarms;
    struct ny_source_activity *heard; /* [n_heard] by source id */
    size_t n_heard;
    struct ny_arena *calibration_arena; /* NULL: there was none yet */
    ny_str calibration;                 /* the last one, JSON */
    int64_t retired_us;                 /* all that was kept long enough had gone; 0: not yet */
    struct {
        uint32_t cursor; /* identities 1 … cursor are through */
        size_t under_way;
        bool busy;
    } thaw;                   /* what an alarm held is decided again */
    struct ny_arena *scratch; /* of one decision */
    struct {
        struct searching *head, *tail;
    } searches;              /* search_slices.c: those that wait for their next slice */
    struct cursors *cursors; /* cursors.c; NULL: nobody pages */
    struct alerts *alerts;   /* alerts.c; NULL: nothing is counted */
    struct leases *leases;   /* desk.c; NULL: nobody has a case open */
    struct proposals proposals;
    int64_t last_proposal; /* the largest number given */
    uint64_t undone;       /* how often ids of memory were taken back */
};

/* items.c */
void ny_item_list_init(struct item_list *l);
void ny_item_list_add(struct item_list *l, struct item *i);
struct item *ny_item_list_take(struct item_list *l); /* NULL when empty */
struct item *ny_item_create(struct ny_registry *r, enum item_kind kind,
                            const struct ny_reply *reply);
/* The stored row of an identity that was read for the item, or NULL. */
const struct ny_stored_patient *ny_item_stored(const struct item *i, int64_t id);
void ny_item_finish(struct item *i, ny_rc rc); /* calls the requester back, frees the item */
void ny_items_fail(struct item_list *l, ny_rc rc);

/* batch.c */
struct batch *ny_registry_open_batch(struct ny_registry *r);
bool ny_registry_batch_is_full(const struct ny_registry *r);
/* The item's rows are in the open batch; it now waits for the commit. */
void ny_registry_batch_add(struct ny_registry *r, struct item *i);
/* Sends the open batch when nothing is in flight and no group gathers. Call after a group of items
 * was decided. */
void ny_registry_flush(struct ny_registry *r);
bool ny_registry_is_touched(const struct ny_registry *r, const struct ny_feed *feed);
void ny_registry_ready_changed(void *ctx, bool ready);
void ny_batch_destroy(struct batch *b);

/* work.c: starts a work. who: the clerk, empty for the server itself (then no audit row is
 * written).
 */
void ny_registry_work(struct ny_registry *r, const struct work *w, ny_str who, void *ctx);
/* The same; the audit row also says about what: "HIS^F01". */
void ny_registry_work_on(struct ny_registry *r, const struct work *w, ny_str who, ny_str what,
                         void *ctx);
/* Its step into the open batch. */
void ny_registry_work_step(struct ny_registry *r, struct item *i);

/* feed.c: starts or continues an item of any kind. */
void ny_registry_step(struct ny_registry *r, struct item *i);

/* What an audit row tells of a request as such. */
struct ny_audit_row ny_request_audit(const struct ny_request *q);

/* decide.c: what a feed changes, put into memory and into the open batch. */
NY_MUST_USE ny_rc ny_registry_decide(struct ny_registry *r, struct item *i);

/* Not the word of a clerk or of the server itself. */
static inline bool ny_feed_is_message(const struct ny_feed *f)
{
    return f->kind != NY_FEED_RELEASE && f->kind != NY_FEED_AGAIN;
}

/* One feed while it is decided. */
struct decision {
    struct ny_registry *r;
    struct item *item;
    const struct ny_feed *feed;
    struct ny_store_batch *rows;
    struct ny_arena *arena; /* of the batch */
    int64_t message;
    uint32_t ids[NY_FEED_IDS_MAX];
    bool is_new[NY_FEED_IDS_MAX];
    struct ny_link_set touched;
};

/* pins.c: a pin of memory and its row; the stamp's control id is borrowed. */
struct ny_index_pin ny_pin_of_row(const struct ny_pin_row *row);
/* Without who, reason and message. */
struct ny_pin_row ny_pin_to_row(const struct ny_index_pin *pin);
/* What the feed says of pairs. */
void ny_decision_pin(struct decision *d);
/* Gives an identity a status, in memory and for answers of past moments. */
void ny_registry_status_set(struct ny_registry *r, struct ny_store_batch *rows, uint32_t id,
                            enum ny_identity_status status);
/* Gives the statuses that follow from merges to identities and to all whom merges connect with
 * them; touched gets whoever changed. a: as for sets. */
void ny_merges_settle(struct ny_registry *r, struct ny_store_batch *rows, struct ny_arena *a,
                      const uint32_t *ids, size_t n, struct ny_link_set *touched);

/* say.c: pins that a clerk says together. */
struct words {
    struct ny_arena *arena;
    struct ny_index_pin *said; /* [n] a, b, kind, role; the rest is filled in by a look */
    size_t n;
    ny_str who, reason;
    bool dry_run;    /* looked at, not said */
    ny_str together; /* what they undo, "undo e41": by it they are found again; empty: nothing */
    int64_t undoes;  /* the decision of the desk that they take back; 0: none */
    int64_t number;  /* proposed under it; 0: they are not */
};
/* Holds them against what is in force and against each other, and tries what they change; memory is
 * as before. What stands already is dropped. out: check, members. */
NY_MUST_USE ny_rc ny_words_look(struct ny_registry *r, struct words *w,
                                struct ny_word_outcome *out);
/* Says what was looked at and is NEW. */
void ny_words_keep(struct ny_registry *r, struct ny_store_batch *rows, const struct words *w);
/* The same, or proposes it when a second person has to confirm it; ny_words_committed follows. */
void ny_words_say(struct ny_registry *r, struct ny_store_batch *rows, struct words *w,
                  struct ny_word_outcome *out);
/* p speaks of what `said` speaks of: of the same two, or of the same merge or move. */
bool ny_pins_are_about(const struct ny_index *ix, const struct ny_index_pin *p,
                       const struct ny_index_pin *said);
/* An audit row about one of their identities. */
void ny_words_audit(struct ny_store_batch *rows, const struct words *w, ny_str ns, ny_str id,
                    bool refused, ny_str decision);
/* One about each identity that they name. */
void ny_words_audit_all(const struct ny_registry *r, struct ny_store_batch *rows,
                        const struct words *w, bool refused, ny_str decision);

/* proposals.c */
/* Rows of words that wait from now on, w->number; or the number of those that wait already. */
int64_t ny_proposal_add(struct ny_registry *r, struct ny_store_batch *rows, struct words *w,
                        size_t size);
/* They were committed: if they were proposed, memory knows it from now on. */
void ny_words_committed(struct ny_registry *r, const struct words *w, size_t size);
struct ny_proposal_row;
/* A word at start-up; NULL: none waits. last: the largest number given. */
ny_rc ny_proposal_load(struct ny_registry *r, const struct ny_proposal_row *row, int64_t last);
void ny_proposals_free(struct proposals *all);

/* holds.c */
/* Puts a hold on an identity, or takes it away, unless it is so already; memory and rows. Texts as
 * for batch rows. True when something changed. */
bool ny_registry_hold(struct ny_registry *r, uint32_t id, enum ny_hold_kind kind,
                      enum ny_hold_why why, bool held, ny_str who, ny_str reason);

/* Decides an identity again that an alarm held. */
void ny_registry_thaw(struct ny_registry *r, uint32_t id,
                      void (*fn)(void *ctx, ny_rc rc, bool released), void *ctx);

/* habits.c: pure. */
void ny_traits_take(const struct ny_patient *p, uint32_t identity, struct traits *out);
/* Takes a message into the window, unless its patient is there already; true when the window is
 * full and changed. */
bool ny_watch_add(struct watch *w, const struct traits *t);
void ny_watch_shares(const struct watch *w, struct habits *out);
/* What the window lacks, or has too much of, against the habits; only what the newest message has a
 * part in. NULL: nothing. */
const char *ny_watch_judge(const struct watch *w, const struct traits *newest);
void ny_watch_forget(struct watch *w); /* window, habits, alarm */
ny_str ny_habits_write(struct ny_arena *a, const struct habits *h);
/* known stays false when the text is not what write made. */
void ny_habits_read(ny_str text, struct habits *out);

/* drift.c: alarms of sources. */
/* Notes a message that is being decided; may raise the alarm of its source. */
void ny_drift_watch(struct ny_registry *r, const struct ny_feed *feed, uint32_t identity,
                    struct ny_store_batch *rows);
/* A source of the domain has an alarm. */
bool ny_drift_stands(const struct ny_registry *r, const struct ny_domain *domain);
void ny_drift_alarm_load(struct ny_registry *r, int32_t source, ny_str detail);
void ny_drift_finish(struct ny_registry *r);
/* Everything that an alarm held and no alarm holds any more is decided again, a few at a time. */
void ny_thaw_begin(struct ny_registry *r);
void ny_thaw_resume(struct ny_registry *r);

/* sink.c: sets up r->link over the index and the model; what it changes goes to the open batch. */
void ny_registry_link_init(struct ny_registry *r);
/* What two identities ask, or that they ask nothing, goes to the open batch as memory knows it. */
void ny_question_write(struct ny_registry *r, uint32_t a, uint32_t b);

/* persons.c: recomputes the groups around the seeds and gives them their persons; what changes goes
 * to the open batch. Cannot fail: rows that were written before it would stay behind. */
struct reason {
    enum ny_membership_cause cause;
    int64_t message; /* 0 = none */
};
void ny_registry_regroup(struct ny_registry *r, const struct ny_link_set *seeds,
                         const struct reason *why);

/* outbox.c */
/* The domain is of interest to the consumer. */
bool ny_consumer_wants(const struct ny_consumer_row *c, const struct ny_domain *d);
/* The row that tells the consumer what it sees of the person now; false: nothing, so none. */
bool ny_outbox_add(struct ny_registry *r, struct ny_store_batch *rows,
                   const struct ny_consumer_row *c, uint32_t person);
/* The rows that tell of everything in a batch which is about to be sent. */
void ny_outbox_close(struct ny_registry *r, struct batch *b);

/* notices.c */
void ny_consumer_copy(struct ny_arena *a, const struct ny_consumer_row *row,
                      struct ny_consumer_row *out);
void ny_directory_set_consumer(struct ny_registry *r, const struct ny_consumer_row *row);
struct ny_consumer_row *ny_consumer_named(const struct ny_registry *r, ny_str name); /* or NULL */
void ny_notices_wake(struct ny_registry *r);

/* rebuild.c: the registry ends. */
void ny_rebuild_stop(struct ny_registry *r);

/* rollout.c */
/* While versions change: the seeds and everybody who hangs together with them by edges of the new
 * version or as one person, scored anew and gathered in set (empty at first). Else the seeds as
 * they are. a: as for sets. */
const struct ny_link_set *ny_rollout_gather(struct ny_registry *r, struct ny_arena *a,
                                            const struct ny_link_set *seeds,
                                            struct ny_link_set *set);
void ny_rollout_resume(struct ny_registry *r); /* goes on after a pause; allowed at any time */
void ny_rollout_stop(struct ny_registry *r);   /* the registry ends */
void ny_rollout_forget(struct ny_registry *r);

/* registry.c: empty, with its lists and its regional domain; ends in ny_registry_destroy. */
struct ny_registry *ny_registry_new(const struct ny_registry_config *cfg);

/* load.c */
/* Model, index and everything in it, from one moment of the database. */
NY_MUST_USE ny_rc ny_registry_load_rows(struct ny_registry *r, struct ny_error *err);
NY_MUST_USE ny_rc ny_registry_load(struct ny_registry *r, struct ny_error *err);
/* Loads everything again; on failure memory stays as it was. */
NY_MUST_USE ny_rc ny_registry_reload(struct ny_registry *r, struct ny_error *err);
void ny_registry_unload(struct ny_registry *r);

/* models.c */
void ny_registry_calibration_keep(struct ny_registry *r, ny_str body);

/* directory.c */
void ny_directory_add_domain(struct ny_registry *r, const struct ny_domain *d);
void ny_directory_set_source(struct ny_registry *r, const struct ny_requester_row *row);
ny_str ny_requester_name(struct ny_arena *a, const struct ny_requester_row *row);  /* HIS^F01 */
struct ny_requester_row *ny_requester_of(const struct ny_registry *r, int32_t id); /* or NULL */
/* The row of that name that fits: of the exact application first, then of any. NULL: none. */
typedef bool ny_requester_fn(const struct ny_requester_row *row);
const struct ny_requester_row *ny_requester_find(const struct ny_registry *r, ny_str app,
                                                 ny_str facility, ny_requester_fn *fits);

/* query.c: the question between the groups of two identities goes into out->review and reason. */
void ny_registry_question(const struct ny_registry *r, uint32_t a, uint32_t b,
                          struct ny_comparison *out);

/* desk.c */
struct ny_decision_row;
void ny_desk_finish(struct ny_registry *r);
/* The texts go into the arena. */
void ny_decision_row_copy(struct ny_arena *a, const struct ny_decision_row *row,
                          struct ny_decision_row *out);

/* resolve.c: drops what was never answered; nobody is told. */
void ny_questions_free(struct ny_registry *r);

/* seen.c */
enum seen_result { SEEN_NEW, SEEN_SAME, SEEN_OTHER_BODY };
void ny_seen_add(struct seen_table *t, int32_t source, ny_str control_id, ny_str body_hash);
enum seen_result ny_seen_check(const struct seen_table *t, int32_t source, ny_str control_id,
                               ny_str body_hash);
void ny_seen_free(struct seen_table *t);

#endif
