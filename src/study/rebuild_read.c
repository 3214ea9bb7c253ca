/* The messages of a rebuild: who is named where, then what was said of each, in the order in which
 * it came. */

#include <stdlib.h>

#include "rebuild_priv.h"

/* Of one batch: few enough to hold what was said of them in memory. */
enum { IDENTITIES_MOST = 256, NAMINGS_MOST = 4096 };

/* ---- who is named where ---- */

static void naming_add(struct rebuild *b, uint32_t id)
{
    if (b->n_namings == b->cap_namings) {
        b->cap_namings = b->cap_namings > 0 ? b->cap_namings * 2 : 4096;
        b->namings = ny_realloc(b->namings, ny_mul_size(b->cap_namings, sizeof(*b->namings)));
    }
    b->namings[b->n_namings++] = (struct naming){id, b->message};
}

static void on_naming_feed(void *ctx, const struct ny_feed *f)
{
    struct rebuild *b = ctx;
    uint32_t ids[NY_FEED_IDS_MAX];

    for (size_t k = 0; k < f->n_ids; k++) {
        ids[k] = ny_index_find(b->x->snapshot.index, f->domains[k]->id, f->ids[k]);
        if (ids[k] != 0) {
            naming_add(b, ids[k]);
        } else {
            b->unknown++;
        }
    }
    b->rc = b->rc == NY_OK ? ny_rebuild_visits_hear(b, f, ids) : b->rc;
}

ny_rc ny_rebuild_message_read(struct rebuild *b, const struct ny_kept_message *m)
{
    b->message = m->id;
    b->job->messages->read(b->reader, b->arena, m->body, m->ack);
    ny_arena_reset(b->arena);
    return b->rc;
}

/* What a message says of visits stays in the arena until it is said. */
static ny_rc on_naming_message(void *ctx, const struct ny_kept_message *m)
{
    struct rebuild *b = ctx;

    b->messages++;
    if (b->messages % 64 == 0 && atomic_load(&b->job->stop)) {
        return NY_EAGAIN;
    }
    b->message = m->id;
    b->saying.held += m->body.n;
    b->job->messages->read(b->reader, b->arena, ny_arena_str(b->arena, m->body), m->ack);
    if (b->rc == NY_OK && b->saying.held >= HELD_MOST) {
        b->rc = ny_rebuild_visits_say(b);
    }
    if (b->saying.n == 0) {
        ny_arena_reset(b->arena);
        b->saying.held = 0;
    }
    return b->rc;
}

static int by_identity(const void *pa, const void *pb)
{
    const struct naming *a = pa;
    const struct naming *b = pb;

    if (a->identity != b->identity) {
        return a->identity < b->identity ? -1 : 1;
    }
    return (a->message > b->message) - (a->message < b->message);
}

static ny_rc namings_read(struct rebuild *b)
{
    ny_rc rc;

    ny_snapshot_listen(&b->x->snapshot, on_naming_feed, b);
    rc = ny_store_reading_messages(b->reading, 0, b->x->snapshot.before_message, on_naming_message,
                                   b, &b->job->err);
    rc = rc == NY_OK ? ny_rebuild_visits_say(b) : rc;
    ny_arena_reset(b->arena);
    if (b->n_namings > 1) {
        qsort(b->namings, b->n_namings, sizeof(*b->namings), by_identity);
    }
    return rc;
}

/* ---- what was said of a batch of identities ---- */

static void on_joining_feed(void *ctx, const struct ny_feed *f)
{
    struct rebuild *b = ctx;

    for (size_t k = 0; k < f->n_ids && b->rc == NY_OK; k++) {
        uint32_t id = ny_index_find(b->x->snapshot.index, f->domains[k]->id, f->ids[k]);
        enum ny_patient_change change;
        struct ny_patient next;
        struct joined *joined;

        if (id < b->from || id > b->to) {
            continue; /* 0, too */
        }
        joined = &b->joined[id - b->from];
        b->rc = ny_registry_fold(b->batch, f, k, joined->said ? &joined->patient : NULL, &next,
                                 &change);
        *joined = (struct joined){true, next};
    }
}

static ny_rc on_joining_message(void *ctx, const struct ny_kept_message *m)
{
    return ny_rebuild_message_read(ctx, m);
}

static int by_number(const void *pa, const void *pb)
{
    const int64_t *a = pa;
    const int64_t *b = pb;

    return (*a > *b) - (*a < *b);
}

/* Reads the messages of namings [n]; one that names several identities once. */
static ny_rc batch_join(struct rebuild *b, const struct naming *namings, size_t n)
{
    int64_t *ids = NY_ARENA_ARRAY(b->batch, int64_t, n + 1);
    size_t n_ids = 0;

    NY_ASSERT(ids != NULL);
    for (size_t i = 0; i < n; i++) {
        ids[i] = namings[i].message;
    }
    if (n > 1) {
        qsort(ids, n, sizeof(*ids), by_number);
    }
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || ids[i] != ids[i - 1]) {
            ids[n_ids++] = ids[i];
        }
    }
    return n_ids == 0 ? NY_OK
                      : ny_store_reading_messages_of(b->reading, ids, n_ids, on_joining_message, b,
                                                     &b->job->err);
}

/* ---- held against what stands ---- */

static ny_rc revalued_add(struct rebuild *b, uint32_t id, const struct ny_patient *stored,
                          const struct ny_patient *said)
{
    struct ny_patient *copy = NY_ARENA_ARRAY(b->job->arena, struct ny_patient, 2);
    ny_rc rc = copy != NULL ? ny_patient_copy(b->job->arena, stored, &copy[0]) : NY_ELIMIT;

    rc = rc == NY_OK ? ny_patient_copy(b->job->arena, said, &copy[1]) : rc;
    if (rc != NY_OK) {
        return rc;
    }
    if (b->n_revalued == b->cap_revalued) {
        b->cap_revalued = b->cap_revalued > 0 ? b->cap_revalued * 2 : 64;
        b->revalued = ny_realloc(b->revalued, ny_mul_size(b->cap_revalued, sizeof(*b->revalued)));
    }
    b->revalued[b->n_revalued++] = (struct revalued){id, &copy[0], &copy[1]};
    b->differs[id] |= DIFFERS_VALUES;
    return NY_OK;
}

/* What stands for the identity: what was said, where all of it is kept. */
static ny_rc values_compare(struct rebuild *b, uint32_t id, const struct ny_patient *stored,
                            const struct ny_patient **out)
{
    struct joined *joined = &b->joined[id - b->from];
    bool same = false;
    ny_rc rc;

    *out = stored;
    if (b->incomplete[id] || !joined->said) {
        b->kept++;
        return NY_OK;
    }
    /* A clerk's word, not a message's. */
    joined->patient.singles[NY_SINGLE_RELEASED] = stored->singles[NY_SINGLE_RELEASED];
    rc = ny_registry_same(b->batch, stored, &joined->patient, &same);
    if (rc != NY_OK || same) {
        return rc;
    }
    *out = &joined->patient;
    return revalued_add(b, id, stored, &joined->patient);
}

static uint16_t record_compare(ny_str stands, ny_str made)
{
    bool older = ny_record_is_older(stands);
    bool same =
        stands.n == made.n && stands.n > 0 && memcmp(stands.p + 1, made.p + 1, stands.n - 1) == 0;

    if (ny_str_equals(stands, made)) {
        return 0;
    }
    return (uint16_t)((older ? DIFFERS_OLDER : 0) | (older && same ? 0 : DIFFERS_RECORD));
}

static ny_rc on_patient(void *ctx, const struct ny_kept_patient *p)
{
    struct rebuild *b = ctx;
    struct ny_index *ix = b->x->snapshot.index;
    uint32_t id = (uint32_t)p->id;
    const struct ny_patient *values;
    struct ny_index_identity self;
    ny_str packed = NY_STR_NONE;
    bool overlaid = false;
    ny_rc rc;

    ny_index_get(ix, id, &self);
    if (p->batch_no > b->x->snapshot.batch_no) {
        b->meanwhile++;
        b->differs[id] |= ny_record_is_older(self.record) ? DIFFERS_OLDER : 0;
        return NY_OK; /* packed anew, if need be, from what it is then */
    }
    rc = values_compare(b, id, &p->patient, &values);
    rc = rc == NY_OK ? ny_registry_record(b->batch, values, &packed, &overlaid) : rc;
    if (rc != NY_OK || ny_index_has_hold(ix, id, NY_HOLD_VERSION, NY_HOLD_DRIFT)) {
        return rc; /* while its source has an alarm, it goes on as it was */
    }
    b->differs[id] |= record_compare(self.record, packed);
    if (!ny_str_equals(self.record, packed)) {
        ny_index_record_set(ix, id, packed);
    }
    if (ny_index_has_hold(ix, id, NY_HOLD_VERSION, NY_HOLD_OVERLAY) != overlaid) {
        b->differs[id] |= DIFFERS_HOLD;
        ny_index_hold_set(ix, id, NY_HOLD_VERSION, NY_HOLD_OVERLAY, overlaid);
    }
    return NY_OK;
}

/* The next batch from namings[at] on; gives where the one behind begins. */
static size_t batch_cut(struct rebuild *b, size_t at)
{
    size_t end = at;

    b->from = b->to + 1;
    b->to = b->from + IDENTITIES_MOST - 1;
    if (b->to > ny_index_count(b->x->snapshot.index)) {
        b->to = ny_index_count(b->x->snapshot.index);
    }
    while (end < b->n_namings && b->namings[end].identity <= b->to) {
        if (end - at >= NAMINGS_MOST && b->namings[end].identity > b->from) {
            b->to = b->namings[end].identity - 1;
            while (end > at && b->namings[end - 1].identity > b->to) {
                end--;
            }
            break;
        }
        end++;
    }
    return end;
}

static ny_rc identities_read(struct rebuild *b, double from, double to)
{
    uint32_t count = ny_index_count(b->x->snapshot.index);
    ny_rc rc = NY_OK;

    ny_snapshot_listen(&b->x->snapshot, on_joining_feed, b);
    for (size_t at = 0, end; rc == NY_OK && b->to < count; at = end) {
        end = batch_cut(b, at);
        b->joined = NY_ARENA_ARRAY(b->batch, struct joined, (size_t)(b->to - b->from) + 1);
        NY_ASSERT(b->joined != NULL);
        rc = batch_join(b, b->namings + at, end - at);
        rc = rc == NY_OK ? ny_store_reading_patients(b->reading, b->from, b->to, b->batch,
                                                     on_patient, b, &b->job->err)
                         : rc;
        ny_arena_reset(b->batch);
        if (rc == NY_OK && !ny_job_tell(b->job, "joining", from, to, b->to, count)) {
            rc = NY_EAGAIN;
        }
    }
    return rc;
}

bool ny_rebuild_read(struct rebuild *b, double from, double to)
{
    ny_rc rc;

    (void)ny_job_tell(b->job, "reading", from, to, 0, 1);
    rc = namings_read(b);
    rc = rc == NY_OK ? ny_rebuild_visits_compare(b) : rc;
    if (rc == NY_OK) {
        rc = identities_read(b, from + (to - from) / 2, to);
    }
    if (rc != NY_OK && !atomic_load(&b->job->stop)) {
        ny_job_fail(b->job, rc, "the messages cannot be read");
    }
    return rc == NY_OK;
}
