/* study, private: a rebuild while it runs.
 *
 *   snapshot ─▶ which message names whom ─▶ a few identities at a time: their messages, joined
 *            ─▶ records ─▶ edges and groups computed anew ─▶ what differs from what stands */
#ifndef NAYOSE_STUDY_REBUILD_PRIV_H
#define NAYOSE_STUDY_REBUILD_PRIV_H

#include "nayose/registry_rebuild.h"
#include "nayose/store_reading.h"

#include "rehearsal_priv.h"

/* What of an identity is another; the words for it stand in rebuild_json.c. */
enum differs {
    DIFFERS_VALUES = 1,  /* what is stored is not what its messages say */
    DIFFERS_RECORD = 2,  /* another record is made of it */
    DIFFERS_OLDER = 4,   /* its record was packed under an older norm version */
    DIFFERS_HOLD = 8,    /* whether it is held as another person */
    DIFFERS_STATUS = 16, /* active, merged, deleted, test */
    DIFFERS_PERSON = 32, /* the last event says that it belongs to another person */
    DIFFERS_EDGES = 64,  /* who it is like, and how much */
    DIFFERS_GROUP = 128, /* who it is one person with */
    DIFFERS_BITS = 8
};

/* A message names an identity. */
struct naming {
    uint32_t identity;
    int64_t message;
};

/* An identity whose values are others: as stored, as said; in the job's arena. */
struct revalued {
    uint32_t identity;
    const struct ny_patient *stored, *said;
};

struct rebuild {
    struct job *job;
    struct rehearsal *x; /* the snapshot, what stands in it, and how it is linked anew */
    struct ny_store_reading *reading;
    void *reader;
    struct ny_arena *arena; /* of one message */
    int64_t message;        /* being read */
    ny_rc rc;               /* why reading shall stop */
    struct naming *namings; /* [n_namings] sorted */
    size_t n_namings, cap_namings;
    /* the identities that are being read: from … to, joined[0] is from's */
    struct ny_arena *batch;
    uint32_t from, to;
    struct joined {
        bool said;
        struct ny_patient patient;
    } * joined;
    /* by identity, [count + 1] */
    bool *incomplete;
    uint32_t *strayed;         /* the person that events say; 0: as it stands */
    uint8_t *differs;          /* enum differs */
    struct revalued *revalued; /* [n_revalued] in order of identities */
    size_t n_revalued, cap_revalued;
    int64_t messages, unknown; /* read; ids that they name and nobody knows */
    int64_t kept;              /* identities whose messages are not all there */
    int64_t meanwhile;         /* identities that were changed while it ran */
};

/* rebuild_read.c: what the messages make of every identity goes into the snapshot's index, what
 * differs is marked. Takes the share from … to of the job. False: failed, or shall stop. */
bool ny_rebuild_read(struct rebuild *b, double from, double to);
/* rebuild_json.c: counts into job->json, a text each into job->differences. False: no room. */
bool ny_rebuild_write(struct rebuild *b);

#endif
