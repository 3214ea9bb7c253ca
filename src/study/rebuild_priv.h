/* study, private: a rebuild while it runs.
 *
 *   snapshot ─▶ which message names whom ─▶ a few identities at a time: their messages, joined
 *            ─▶ records ─▶ edges, groups and questions computed anew ─▶ what differs from what
 * stands └─▶ visits are said again on the way */
#ifndef NAYOSE_STUDY_REBUILD_PRIV_H
#define NAYOSE_STUDY_REBUILD_PRIV_H

#include "nayose/registry_rebuild.h"
#include "nayose/store_reading.h"

#include "rehearsal_priv.h"

/* What of an identity is another; the words for it stand in rebuild_json.c. */
enum differs {
    DIFFERS_VALUES = 1,     /* what is stored is not what its messages say */
    DIFFERS_RECORD = 2,     /* another record is made of it */
    DIFFERS_OLDER = 4,      /* its record was packed under an older norm version */
    DIFFERS_HOLD = 8,       /* whether it is held as another person */
    DIFFERS_STATUS = 16,    /* active, merged, deleted, test */
    DIFFERS_PERSON = 32,    /* the last event says that it belongs to another person */
    DIFFERS_EDGES = 64,     /* who it is like, and how much */
    DIFFERS_GROUP = 128,    /* who it is one person with */
    DIFFERS_VISITS = 256,   /* a visit is not what its messages say */
    DIFFERS_QUESTION = 512, /* what it asks with another */
    DIFFERS_BITS = 10
};

enum { SAID_AT_ONCE = 256, HELD_MOST = 1 << 20 };

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
    uint16_t *differs;         /* enum differs */
    bool *partly;              /* its visits are not told by the messages that are read */
    struct revalued *revalued; /* [n_revalued] in order of identities */
    size_t n_revalued, cap_revalued;
    struct { /* words of visits that wait for each other; what they point to is in arena */
        struct ny_store_batch *rows;
        uint32_t ids[SAID_AT_ONCE];
        size_t n;
        size_t held; /* bytes of messages in arena */
    } saying;
    struct ny_visit_row *visits; /* [n_visits] that differ; texts in the job's arena */
    size_t n_visits, cap_visits;
    struct ny_rebuilt_question *questions; /* [n_questions] that differ */
    size_t n_questions, cap_questions;
    int64_t messages, unknown; /* read; ids that they name and nobody knows */
    int64_t kept;              /* identities whose messages are not all there */
    int64_t meanwhile;         /* identities that were changed while it ran */
};

/* rebuild_read.c: what the messages make of every identity goes into the snapshot's index, what
 * differs is marked. Takes the share from … to of the job. False: failed, or shall stop. */
bool ny_rebuild_read(struct rebuild *b, double from, double to);
/* Lets the listener hear of a message. */
ny_rc ny_rebuild_message_read(struct rebuild *b, const struct ny_kept_message *m);
/* rebuild_visits.c: what a feed says of visits waits, is said, and is held against what stands.
 * ids: its identities, 0 = not known. */
ny_rc ny_rebuild_visits_hear(struct rebuild *b, const struct ny_feed *f, const uint32_t *ids);
ny_rc ny_rebuild_visits_say(struct rebuild *b);
ny_rc ny_rebuild_visits_compare(struct rebuild *b);
/* rebuild_questions.c: after the snapshot was linked anew. */
void ny_rebuild_questions_compare(struct rebuild *b);
/* rebuild_json.c: counts into job->json, a text each into job->differences. False: no room. */
bool ny_rebuild_write(struct rebuild *b);

#endif
