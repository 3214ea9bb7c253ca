/* registry, snapshot: what the registry was at one moment of the database, in memory of its own.
 * Nobody feeds it: it is for a worker thread to look at, to learn from, or to rehearse another
 * model version on. */
#ifndef NAYOSE_REGISTRY_SNAPSHOT_H
#define NAYOSE_REGISTRY_SNAPSHOT_H

#include "nayose/index.h"
#include "nayose/registry.h"

struct ny_registry_snapshot_options {
    /* The index gets its keys from this version (moved, also on failure); NULL: from the active
     * one.
     */
    struct ny_match_model *model;
    /* Where given, stored edges and questions come here and stay out of the index. */
    ny_rc (*edge)(void *ctx, const struct ny_edge_row *row);
    ny_rc (*review)(void *ctx, const struct ny_review_row *row);
    void *ctx;
};

struct ny_snapshot {
    struct ny_registry *registry;  /* never run; directory, numbers, regional ids */
    struct ny_index *index;        /* of the registry */
    struct ny_match_model *model;  /* the one that the index goes by */
    struct ny_match_model *active; /* the one in use; the same as model unless another was given */
    int64_t before_message;        /* messages from this id on are not in it */
    int64_t batch_no;              /* the last batch that is */
};

/* Loads one snapshot (blocking, on a connection of its own; the connection settings of cfg->store
 * are all that is read of it, so any thread may call this). out: owned, ny_snapshot_release(). */
NY_MUST_USE ny_rc ny_snapshot_take(const struct ny_registry_config *cfg,
                                   const struct ny_registry_snapshot_options *o,
                                   struct ny_snapshot *out, struct ny_error *err);
void ny_snapshot_release(struct ny_snapshot *s);

/* From now on feeds to the snapshot's registry are only told of: fn gets each, borrowed until it
 * returns, and the answer is empty. Notes are forgotten. So a stored message can be read on the way
 * that it came. */
void ny_snapshot_listen(struct ny_snapshot *s, void (*fn)(void *ctx, const struct ny_feed *feed),
                        void *ctx);

/* The regional id of a person: the sequence, zero padded, and a Luhn check digit; arena. */
ny_str ny_registry_regional_id(const struct ny_registry *r, uint32_t person, struct ny_arena *a);

/* The status of an identity by its merges and its record. */
enum ny_identity_status ny_registry_status(const struct ny_registry *r, uint32_t id);

/* Nothing of this domain links automatically. */
bool ny_registry_domain_is_held(const struct ny_registry *r, int32_t domain);

#endif
