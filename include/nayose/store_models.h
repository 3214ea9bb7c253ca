/* store, models: rows of model versions, of a change of version under way, of calibrations and of
 * labels; and what is read of them, as the JSON that PostgreSQL makes of its rows. */
#ifndef NAYOSE_STORE_MODELS_H
#define NAYOSE_STORE_MODELS_H

#include "nayose/store.h"

enum ny_model_state {
    NY_MODEL_STAGED = 1,
    NY_MODEL_ACTIVE = 2, /* one at most */
    NY_MODEL_RETIRED = 3,
    NY_MODEL_MADE = 4 /* neither rehearsed nor in use */
};

/* ---- rows of a batch; what they point to must live as long as the batch ---- */

struct ny_model_row {
    int32_t version;
    enum ny_model_state state;
    int32_t made_from; /* 0 = none */
    ny_str made_by;
    ny_str body;   /* as ny_match_model_write gives it */
    ny_str report; /* JSON, what training measured; empty = none */
};
void ny_store_add_model(struct ny_store_batch *b, const struct ny_model_row *row);
/* States are written in the order of the calls: the active one goes before another becomes it. */
void ny_store_set_model_state(struct ny_store_batch *b, int32_t version, enum ny_model_state state);
/* JSON: what would change under that version. */
void ny_store_set_rehearsal(struct ny_store_batch *b, int32_t version, ny_str rehearsal);

/* A change of version under way: identities 1 … done_to are linked by the new version. */
struct ny_rollout_row {
    int32_t from_version, to_version;
    int64_t done_to;
};
void ny_store_set_rollout(struct ny_store_batch *b, const struct ny_rollout_row *row); /* upsert */
void ny_store_end_rollout(struct ny_store_batch *b);

struct ny_calibration_row {
    int64_t at_us;
    int32_t model;
    ny_str body; /* JSON */
};
void ny_store_add_calibration(struct ny_store_batch *b, const struct ny_calibration_row *row);

/* A link drawn to be judged; drawn again: nothing happens. */
struct ny_label_row {
    int64_t a, b;
    int32_t model;
    int64_t at_us;
};
void ny_store_add_label(struct ny_store_batch *b, const struct ny_label_row *row);
/* What a clerk says of a drawn link; said again: the later word counts. */
struct ny_label_answer_row {
    struct ny_label_row label; /* at_us: of the answer */
    ny_str who;
    bool same;
};
void ny_store_add_label_answer(struct ny_store_batch *b, const struct ny_label_answer_row *row);

/* ---- start-up and worker: blocking, on a connection of their own ---- */

/* The body of a version (0: the newest): fn is called once, with the text borrowed. NY_ENOTFOUND.
 */
NY_MUST_USE ny_rc ny_store_load_model(struct ny_store *s, int32_t version,
                                      ny_rc (*fn)(void *ctx, int32_t version, ny_str body),
                                      void *ctx, struct ny_error *err);
/* Labels of a version that two clerks agree on, or two of three. */
NY_MUST_USE ny_rc ny_store_load_labels(struct ny_store *s, int32_t version,
                                       ny_rc (*fn)(void *ctx, int64_t a, int64_t b, bool same),
                                       void *ctx, struct ny_error *err);

/* What clerks said of a pair: at the desk, and of drawn links, where they see no score. */
struct ny_voices_row {
    int64_t a, b;
    int32_t same,
        different; /* last words that stand, one a clerk at the desk and one of a drawing */
    int32_t blind; /* of drawings among them */
};
/* At most so many pairs. */
NY_MUST_USE ny_rc ny_store_load_voices(struct ny_store *s, int32_t most,
                                       ny_rc (*fn)(void *ctx, const struct ny_voices_row *row),
                                       void *ctx, struct ny_error *err);

enum ny_store_report {
    NY_REPORT_FEEDS,         /* arg: days back */
    NY_REPORT_SAME_FACILITY, /* arg: most pairs */
    NY_REPORT_KPI,           /* arg: months */
    NY_REPORT_WORKLOAD,      /* arg: days back */
    NY_REPORT_COUNT
};
/* A report as JSON text, in the arena. It reads whole tables, on a snapshot of its own.
 * FEEDS: {days, at, facilities: [{domain, patients, no_kana, …}], sources: [{…, reasons}]};
 * SAME_FACILITY: {at, pairs: [{domain, local_id_a, local_id_b, state}]}; KPI: {at, months};
 * WORKLOAD: {days, patients, open, decided, seconds, compared, agreed, clerks: [{who, …}]}. */
NY_MUST_USE ny_rc ny_store_load_report(struct ny_store *s, enum ny_store_report report, int32_t arg,
                                       struct ny_arena *a, ny_str *out, struct ny_error *err);

/* ---- reads (asynchronous) ---- */

enum ny_store_view {
    NY_VIEW_MODELS,       /* [{version, state, made_from, made_by, created_at, rehearsed}, …] */
    NY_VIEW_MODEL,        /* {version, …, report, rehearsal} of version arg; null when unknown */
    NY_VIEW_CALIBRATIONS, /* {current: body of the newest or null, history: the last arg ones} */
    NY_VIEW_LABELS,       /* labels of version arg: [{domain_a, …, answers, same}, …] */
    /* The outbox: [{consumer, waiting, parked, oldest_s or null}, …]; counts stop at 10 000. */
    NY_VIEW_QUEUES,
    /* The database: {replica, bytes, directory or null, standbys: [{name, state, sync, lag_s}, …],
     * holds (stops at 10 000), review_oldest_s or null}. */
    NY_VIEW_DATABASE,
    NY_VIEW_REVIEWS /* questions: {waiting, oldest_s or null, by_reason, by_domain}; arg 1: parked
                     * ones, too */
};
/* fn is called once; json is borrowed until it returns. NY_EDB as for the other reads. */
NY_MUST_USE ny_rc ny_store_view(struct ny_store *s, enum ny_store_view view, int32_t arg,
                                void (*fn)(void *ctx, ny_rc rc, ny_str json), void *ctx);

#endif
