/* registry, models: new versions, rehearsals, calibrations and labels are kept, and the registry is
 * moved from one version to another, step by step, while it serves.
 * Spec: the project's matching rules 3.1, 4, 8; architecture promises 2 and 4. */
#ifndef NAYOSE_REGISTRY_MODELS_H
#define NAYOSE_REGISTRY_MODELS_H

#include "nayose/registry.h"
#include "nayose/store_models.h"

/* Told once when it is committed (or refused). */
typedef void (*ny_registry_done_fn)(void *ctx, ny_rc rc);

/* A stored version as a model (owned); what is wrong with its text goes to the log. Any thread. */
NY_MUST_USE ny_rc ny_registry_model_read(int32_t version, ny_str body, struct ny_match_model **out);

/* The version in use; borrowed until the loop's next turn. */
const struct ny_match_model *ny_registry_model(const struct ny_registry *r);

/* Each of these is committed with an audit row in the name of `who` before fn is called; what the
 * rows point to is copied. */
void ny_registry_model_add(struct ny_registry *r, const struct ny_model_row *row, ny_str who,
                           ny_registry_done_fn fn, void *ctx);
/* The version was rehearsed: it is staged from now on (unless it is in use). */
void ny_registry_model_rehearsed(struct ny_registry *r, int32_t version, ny_str rehearsal,
                                 ny_str who, ny_registry_done_fn fn, void *ctx);
void ny_registry_calibration_add(struct ny_registry *r, const struct ny_calibration_row *row,
                                 ny_str who, ny_registry_done_fn fn, void *ctx);
/* The last one that was kept, JSON; empty: there was none yet. Borrowed until the next. */
ny_str ny_registry_calibration(const struct ny_registry *r);
void ny_registry_labels_add(struct ny_registry *r, const struct ny_label_row *rows, size_t n,
                            ny_str who, ny_registry_done_fn fn, void *ctx);
void ny_registry_label_answer(struct ny_registry *r, const struct ny_label_answer_row *row,
                              ny_registry_done_fn fn, void *ctx);

/* Moves the registry to another version: memory gets the new keys, the version becomes the active
 * one, then every component is scored and grouped anew, in batches that feeds share. Regional IDs
 * stay with their groups; what moves is an event with cause `model`. A server that stops meanwhile
 * goes on at its next start. model: moved to the registry, also on failure. fn: the version is
 * active (groups may still be moving). NY_ECONFLICT: it is the active one, or another change is
 * under way. Taking it back is activating the version before. */
void ny_registry_model_activate(struct ny_registry *r, struct ny_match_model *model, ny_str who,
                                ny_registry_done_fn fn, void *ctx);

struct ny_rollout_progress {
    bool under_way;
    int32_t from_version, to_version;
    int64_t done, total; /* identities */
};
void ny_registry_rollout_progress(const struct ny_registry *r, struct ny_rollout_progress *out);

/* What is stored of models, calibrations and labels, as JSON (ny_store_view). */
void ny_registry_view(struct ny_registry *r, enum ny_store_view view, int32_t arg,
                      void (*fn)(void *ctx, ny_rc rc, ny_str json), void *ctx);

#endif
