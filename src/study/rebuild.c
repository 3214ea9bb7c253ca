/* A rebuild: the messages that are kept are read again into a registry of its own, with the pins
 * and holds in force and the model version in use, and what comes out is compared with what stands.
 * That is promise 2 held against the database; after an upgrade that packs records in another way,
 * it tells whose links that changes. */

#include "rebuild_priv.h"

static size_t count_of(const struct rebuild *b)
{
    return ny_index_count(b->x->snapshot.index);
}

static ny_rc on_incomplete(void *ctx, int64_t id)
{
    struct rebuild *b = ctx;

    if (id > 0 && (size_t)id <= count_of(b)) {
        b->incomplete[id] = b->partly[id] = true;
    }
    return NY_OK;
}

static ny_rc on_strayed(void *ctx, int64_t id, int64_t person)
{
    struct rebuild *b = ctx;

    if (id > 0 && (size_t)id <= count_of(b)) {
        b->strayed[id] = (uint32_t)person;
        b->differs[id] |= DIFFERS_PERSON;
    }
    return NY_OK;
}

static bool open_all(struct rebuild *b)
{
    struct job *j = b->job;
    size_t n;
    ny_rc rc;

    if (!ny_rehearsal_load(b->x)) {
        return false;
    }
    n = count_of(b) + 1;
    b->incomplete = ny_calloc(n, sizeof(*b->incomplete));
    b->strayed = ny_calloc(n, sizeof(*b->strayed));
    b->partly = ny_calloc(n, sizeof(*b->partly));
    b->differs = ny_calloc(n, sizeof(*b->differs));
    b->arena = ny_arena_create(0);
    b->batch = ny_arena_create(0);
    b->reader = j->messages->open(j->messages->ctx, b->x->snapshot.registry);
    rc = ny_store_reading_open(j->registry_config->store, &b->reading, &j->err);
    if (rc == NY_OK) {
        rc = ny_store_reading_incomplete(b->reading, on_incomplete, b, &j->err);
    }
    if (rc == NY_OK) {
        rc = ny_store_reading_strayed(b->reading, on_strayed, b, &j->err);
    }
    if (rc != NY_OK) {
        ny_job_fail(j, rc, "the database cannot be read");
    }
    return rc == NY_OK;
}

static void close_all(struct rebuild *b)
{
    ny_store_reading_close(b->reading);
    if (b->reader != NULL) {
        b->job->messages->close(b->reader);
    }
    ny_rehearsal_finish(b->x);
    ny_arena_destroy(b->arena);
    ny_arena_destroy(b->batch);
    ny_free(b->namings);
    ny_free(b->incomplete);
    ny_free(b->strayed);
    ny_free(b->differs);
    ny_free(b->partly);
    ny_free(b->revalued);
    ny_free(b->visits);
    ny_free(b->questions);
    ny_store_batch_destroy(b->saying.rows);
}

static void statuses_compare(struct rebuild *b)
{
    struct ny_index *ix = b->x->snapshot.index;

    for (uint32_t id = 1; id <= ny_index_count(ix); id++) {
        enum ny_identity_status now = ny_registry_status(b->x->snapshot.registry, id);
        struct ny_index_identity self;

        ny_index_get(ix, id, &self);
        if (self.status != now) {
            b->differs[id] |= DIFFERS_STATUS;
            ny_index_status_set(ix, id, now);
        }
    }
}

/* Visits and questions that differ. False: no room. */
static bool rest_make(struct rebuild *b)
{
    struct ny_rebuild_found *f = &b->job->found;
    struct ny_visit_row *visits =
        NY_ARENA_ARRAY(b->job->arena, struct ny_visit_row, b->n_visits + 1);
    struct ny_rebuilt_question *questions =
        NY_ARENA_ARRAY(b->job->arena, struct ny_rebuilt_question, b->n_questions + 1);

    if (visits == NULL || questions == NULL) {
        return false;
    }
    for (size_t i = 0; i < b->n_visits; i++) {
        visits[i] = b->visits[i];
    }
    for (size_t i = 0; i < b->n_questions; i++) {
        questions[i] = b->questions[i];
    }
    f->visits = visits;
    f->n_visits = b->n_visits;
    f->questions = questions;
    f->n_questions = b->n_questions;
    return true;
}

/* What is to be looked at again, for whoever mends. False: no room. */
static bool rows_make(struct rebuild *b)
{
    struct ny_rebuild_found *f = &b->job->found;
    size_t n = 0;
    size_t k = 0;

    for (size_t id = 1; id <= count_of(b); id++) {
        n += b->differs[id] != 0;
    }
    f->rows = NY_ARENA_ARRAY(b->job->arena, struct ny_rebuilt, n + 1);
    if (f->rows == NULL) {
        return false;
    }
    for (uint32_t id = 1; id <= count_of(b); id++) {
        struct ny_rebuilt *row = &f->rows[f->n];
        struct ny_index_identity self;

        if (b->differs[id] == 0) {
            continue;
        }
        ny_index_get(b->x->snapshot.index, id, &self);
        *row = (struct ny_rebuilt){.identity = id, .person = b->strayed[id], .stood = self.person};
        if (k < b->n_revalued && b->revalued[k].identity == id) {
            row->stored = b->revalued[k].stored;
            row->said = b->revalued[k++].said;
        }
        f->n++;
    }
    return true;
}

static bool rebuild(struct rebuild *b)
{
    struct rehearsal *x = b->x;

    if (!open_all(b) || !ny_rebuild_read(b, .05, .6)) {
        return false;
    }
    statuses_compare(b);
    if (!ny_rehearsal_link(x, .6, .95)) {
        return false;
    }
    (void)ny_job_tell(b->job, "comparing", .95, 1, 0, 1);
    ny_rehearsal_compare_edges(x);
    ny_rehearsal_compare_groups(x);
    for (size_t id = 1; id <= count_of(b); id++) {
        b->differs[id] |=
            (uint16_t)((x->rescored[id] ? DIFFERS_EDGES : 0) | (x->moves[id] ? DIFFERS_GROUP : 0));
    }
    ny_rebuild_questions_compare(b);
    if (!rows_make(b) || !rest_make(b) || !ny_rebuild_write(b)) {
        ny_job_fail(b->job, NY_ELIMIT, "what differs cannot be told");
        return false;
    }
    return true;
}

void ny_job_rebuild(struct job *j)
{
    struct rebuild b = {.job = j, .x = ny_calloc(1, sizeof(*b.x))};

    b.x->job = j;
    ny_job_end(j, rebuild(&b));
    close_all(&b);
    ny_free(b.x);
}
