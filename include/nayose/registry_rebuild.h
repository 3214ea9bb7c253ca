/* registry, rebuild: what messages make of an identity, as pure functions, so that a worker that
 * reads the stored messages again comes to what the registry came to; and the way of what it found
 * into the registry. Sections: messages · mending. */
#ifndef NAYOSE_REGISTRY_REBUILD_H
#define NAYOSE_REGISTRY_REBUILD_H

#include "nayose/registry.h"
#include "nayose/store_visits.h"

/* ---- messages: pure; out in the arena, NY_ELIMIT when it is full ---- */

/* What an accepted feed makes of what was known of ids[k]; stored NULL: nothing was. out is a copy.
 */
NY_MUST_USE ny_rc ny_registry_fold(struct ny_arena *a, const struct ny_feed *f, size_t k,
                                   const struct ny_patient *stored, struct ny_patient *out,
                                   enum ny_patient_change *out_change);
/* The record of a patient: of one person, whoever was written over him. overlaid: it is the record
 * of the one before the newest claim. Errors: as ny_record_pack, too. */
NY_MUST_USE ny_rc ny_registry_record(struct ny_arena *a, const struct ny_patient *p, ny_str *out,
                                     bool *overlaid);
/* The same was said of both, at the same times. */
NY_MUST_USE ny_rc ny_registry_same(struct ny_arena *a, const struct ny_patient *x,
                                   const struct ny_patient *y, bool *out);
/* What an accepted feed says of visits, into rows, where it is borrowed. ids: its identities
 * [n_ids]. */
void ny_registry_visits(const struct ny_feed *f, const uint32_t *ids, struct ny_store_batch *rows);

/* ---- mending ---- */

/* An identity that is not what its messages make of it. It is looked at again: its record is made
 * anew, its edges are scored, its row written, and at last the groups around it computed. */
struct ny_rebuilt {
    uint32_t identity;
    uint32_t person; /* the one that the events say it belongs to; 0: as it stands */
    uint32_t stood;  /* the one that it belonged to when it was compared */
    /* Both or neither: what was stored when it was compared, and what takes its place unless that
     * has changed since (then late). */
    const struct ny_patient *stored, *said;
    bool late;
};

/* Two identities whose question stands otherwise than their records, pins and holds make it. */
struct ny_rebuilt_question {
    uint32_t a, b;
};

/* All that differs. Who is in visits or questions is in rows, too. */
struct ny_rebuild_found {
    struct ny_rebuilt *rows; /* [n] */
    size_t n;
    const struct ny_visit_row *visits; /* [n_visits] one that was spoken of meanwhile stays */
    size_t n_visits;
    const struct ny_rebuilt_question *questions; /* [n_questions] */
    size_t n_questions;
};

/* Looks at rows again, a few at a time beside what comes, then at the groups around them; these are
 * ordinary changes with their events. Persons keep their numbers by the ordinary rule. At last
 * visits and questions are written. fn is called once: everything is committed; or an error, and
 * then some may be done, and a later rebuild finds the rest. found is borrowed until then. One at a
 * time: NY_EAGAIN. who: the clerk. */
void ny_registry_rebuild(struct ny_registry *r, const struct ny_rebuild_found *found, ny_str who,
                         void (*fn)(void *ctx, ny_rc rc), void *ctx);
/* How far it is; false: none is under way. */
bool ny_registry_rebuild_progress(const struct ny_registry *r, size_t *done, size_t *total);

#endif
