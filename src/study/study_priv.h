/* study, private.
 *
 *   loop      start ─▶ thread                                   wake ─▶ keep ─▶ done
 *   worker             snapshot ─▶ run (train, rehearse …) ─▶ result ─┘
 *
 * The worker writes to its job alone and touches nothing else of the process but the clock, the log
 * and its own database connection. */
#ifndef NAYOSE_STUDY_PRIV_H
#define NAYOSE_STUDY_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include "nayose/learn.h"
#include "nayose/learn_calibrate.h"
#include "nayose/link.h"
#include "nayose/registry_rebuild.h"
#include "nayose/registry_snapshot.h"
#include "nayose/study.h"

/* One study. The worker fills it in; the loop reads result fields after the thread has ended. */
struct job {
    enum ny_study_kind kind;
    int32_t version;
    uint64_t seed;
    uint32_t want;
    enum ny_store_report report;
    bool apply;
    char who[64];
    const struct ny_registry_config *registry_config;
    const struct ny_study_messages *messages;
    int64_t started_us, ended_us;
    /* told while it runs */
    atomic_bool stop;
    _Atomic(const char *) step;
    atomic_int per_mille;
    struct ny_wake *wake;
    /* results */
    enum ny_study_state state;
    struct ny_error err;
    struct ny_arena *arena;
    struct ny_match_model *model; /* ACTIVATE */
    struct ny_model_row row;      /* TRAIN, RECOUNT */
    ny_str json;                  /* REHEARSE, CALIBRATE, REPORT */
    struct ny_label_row *labels;  /* [n_labels] DRAW */
    size_t n_labels;
    struct ny_rebuild_found found; /* REBUILD */
    ny_str *differences;           /* [n_differences] REBUILD: JSON */
    size_t n_differences;
};

/* Says where a job stands; false when it shall stop. done of total of the step that takes the share
 * from … to (0 … 1) of the whole. */
bool ny_job_tell(struct job *j, const char *step, double from, double to, size_t done,
                 size_t total);
/* The end of a job: it came to a result, or was stopped unless it failed before. */
void ny_job_end(struct job *j, bool done);
/* The end of a job that did not come to a result. */
void ny_job_fail(struct job *j, ny_rc rc, const char *what);
/* Loads a snapshot by the version (0: the active one); false and failed when it cannot. */
bool ny_job_snapshot(struct job *j, const struct ny_registry_snapshot_options *o,
                     struct ny_snapshot *out);
/* The text of a version as a model; NULL and failed when there is none. 0: the newest. */
struct ny_match_model *ny_job_model(struct job *j, int32_t version);

/* What clerks decided, as the snapshot and their words stand. *out: owned (ny_free), told points
 * to it. Errors: of the database. */
NY_MUST_USE ny_rc ny_study_voices(struct job *j, const struct ny_snapshot *s,
                                  struct ny_learn_decision **out, struct ny_learn_decisions *told);

/* What the worker runs, by kind; each leaves j->state DONE with a result, REFUSED or FAILED. */
void ny_job_train(struct job *j);
void ny_job_rehearse(struct job *j);
void ny_job_activate(struct job *j);
void ny_job_calibrate(struct job *j);
void ny_job_draw(struct job *j);
void ny_job_report(struct job *j);
void ny_job_rebuild(struct job *j);

#endif
