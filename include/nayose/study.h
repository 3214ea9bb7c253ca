/* study: long looks at the registry. A worker thread loads a snapshot of the database and trains a
 * model version on it, rehearses a version, or measures what the links are worth, while the loop
 * serves; what it found is then committed like everything else. One study at a time.
 * Sections: life · starting · looking. Spec: the project's matching rules 3.2, 4, 8;
 * architecture 5.
 */
#ifndef NAYOSE_STUDY_H
#define NAYOSE_STUDY_H

#include "nayose/base.h"
#include "nayose/registry_models.h"

/* ---- life ---- */

struct ny_loop;
struct ny_study;

/* How stored messages are read again, by a room above this one; called in the worker. */
struct ny_study_messages {
    /* A reader over a registry that only listens; owned. */
    void *(*open)(void *ctx, struct ny_registry *listening);
    /* Tells the registry of the feed in body, when ack says that it was accepted; what the feed
     * points to in a. */
    void (*read)(void *reader, struct ny_arena *a, ny_str body, ny_str ack);
    void (*close)(void *reader);
    void *ctx;
};

struct ny_study_config {
    struct ny_loop *loop;                             /* borrowed */
    struct ny_registry *registry;                     /* borrowed: what was found goes there */
    const struct ny_registry_config *registry_config; /* borrowed: how snapshots are loaded */
    struct ny_study_messages messages;
};

struct ny_study *ny_study_create(const struct ny_study_config *cfg); /* owned; never NULL */
/* Stops a study under way (within a second or so); before the store is closed. NULL allowed. */
void ny_study_stop(struct ny_study *s);
/* After the registry, which may still tell what became of a result. NULL allowed. */
void ny_study_destroy(struct ny_study *s);

/* ---- starting ---- */

enum ny_study_kind {
    NY_STUDY_TRAIN,     /* a new version from the registry */
    NY_STUDY_RECOUNT,   /* a new version with counts only */
    NY_STUDY_REHEARSE,  /* what would change under a version (it is staged then) */
    NY_STUDY_ACTIVATE,  /* move the registry to a version */
    NY_STUDY_CALIBRATE, /* what the links are worth */
    NY_STUDY_DRAW,      /* links for clerks to judge */
    NY_STUDY_REPORT,    /* a report of the store; see ny_study_report */
    NY_STUDY_REBUILD,   /* the messages read again; see ny_study_rebuild */
    NY_STUDY_KIND_COUNT
};

struct ny_study_order {
    enum ny_study_kind kind;
    int32_t version; /* REHEARSE, ACTIVATE; else 0 */
    uint64_t seed;   /* TRAIN, RECOUNT, CALIBRATE, DRAW */
    uint32_t want;   /* DRAW: pairs; CALIBRATE: records in the sample, 0 = as usual; REPORT: arg */
    enum ny_store_report report;
    bool apply; /* REBUILD: the registry is brought to what was found */
    ny_str who; /* the clerk, for the audit */
};

/* NY_EAGAIN: another study, or a change of version, is under way. NY_EDB: the registry is not
 * ready. */
NY_MUST_USE ny_rc ny_study_start(struct ny_study *s, const struct ny_study_order *order);

/* ---- looking ---- */

enum ny_study_state {
    NY_STUDY_NONE,    /* none was started since the server was */
    NY_STUDY_RUNNING, /* in the worker */
    NY_STUDY_KEEPING, /* being committed; an activation: until every group was looked at */
    NY_STUDY_DONE,
    NY_STUDY_REFUSED, /* an answer, not a fault: see why */
    NY_STUDY_FAILED
};

/* The study under way, or the last one. Texts are borrowed until the next start. */
struct ny_study_view {
    enum ny_study_kind kind;
    enum ny_study_state state;
    int32_t version;  /* made, rehearsed or activated; 0 = none yet */
    double progress;  /* 0 … 1 */
    const char *step; /* what it does now */
    int64_t started_us, ended_us;
    const char *why; /* REFUSED, FAILED: a sentence */
};
void ny_study_look(const struct ny_study *s, struct ny_study_view *out);
/* The text of the report that was the last study, borrowed until the next start; empty when the
 * last one was something else, or has not ended well. */
ny_str ny_study_report(const struct ny_study *s);
/* What the last study found, when it was a rebuild that ended well; borrowed until the next start.
 */
struct ny_study_rebuild {
    ny_str summary;            /* JSON, see study/rebuild_json.c */
    const ny_str *differences; /* [n] JSON, an identity each */
    size_t n;
    bool applied;
    size_t late; /* applied: how many were changed meanwhile, and stay as they are */
};
bool ny_study_rebuild(const struct ny_study *s, struct ny_study_rebuild *out);
const char *ny_study_kind_name(enum ny_study_kind k);   /* "train" */
const char *ny_study_state_name(enum ny_study_state s); /* "running" */

#endif
