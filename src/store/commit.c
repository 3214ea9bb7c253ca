/* A batch as one segment, and what became of it.
 *
 *   BEGIN · fence · the batch's statements · audit · beat · COMMIT · sync
 *
 * Committed is what the server's COMMIT tag says. After a failure ROLLBACK is the next segment; the
 * audit chain moves on only with a confirmed COMMIT. */

#include "store_priv.h"

static bool state_is(const struct ny_db_failure *f, const char *state)
{
    return strcmp(f->sqlstate, state) == 0;
}

static bool class_is(const struct ny_db_failure *f, const char *class)
{
    return strncmp(f->sqlstate, class, 2) == 0;
}

/* 21 and 54 are as permanent as 22 and 23: a row twice, a value too large for its index. 55P03: a
 * partition that was to go is being read. */
ny_rc ny_store_failure_rc(const struct ny_db_failure *f)
{
    if (f->lost) {
        return NY_EDB;
    }
    if (state_is(f, "22012") && strcmp(f->statement, "FENCE") == 0) {
        return NY_EFENCED;
    }
    if (state_is(f, "40001") || state_is(f, "40P01")) {
        return NY_EAGAIN;
    }
    if (class_is(f, "21") || class_is(f, "22") || class_is(f, "23") || class_is(f, "54") ||
        state_is(f, "55P03")) {
        return NY_ECONFLICT;
    }
    return NY_EDB;
}

ny_rc ny_store_tag_rc(const char *tag)
{
    return strcmp(tag, "COMMIT") == 0 ? NY_OK : NY_EDB;
}

static void on_commit_result(const struct ny_db_result *r, void *ctx)
{
    struct ny_store *s = ctx;

    s->flight.committed = ny_store_tag_rc(ny_db_tag(r)) == NY_OK;
}

static void rollback(struct ny_store *s)
{
    if (ny_db_rollback(s->write, NULL, NULL) != NY_OK) {
        ny_log(NY_LOG_WARN, "store_rollback", "rc=%s", ny_rc_text(NY_EDB));
    }
}

static void on_batch_done(void *ctx, ny_rc rc, const struct ny_db_failure *failure)
{
    struct ny_store *s = ctx;
    struct ny_error err = {0};
    void (*done)(void *, ny_rc, const struct ny_error *) = s->flight.done;
    void *done_ctx = s->flight.ctx;

    s->flight.open = false;
    if (rc == NY_OK && s->flight.committed) {
        s->head = s->flight.head;
        done(done_ctx, NY_OK, NULL);
        return;
    }
    if (rc == NY_OK) {
        rc = ny_fail(&err, NY_EDB, "the server answered COMMIT with another tag");
    } else if (s->flight.refused != NY_OK && !failure->lost) {
        rc = ny_fail(&err, s->flight.refused, "a value cannot be sent");
        rollback(s);
    } else {
        rc = ny_fail(&err, ny_store_failure_rc(failure), "%s: %s (%s)", failure->statement,
                     failure->text, failure->sqlstate);
        if (!failure->lost) {
            rollback(s);
        }
    }
    if (rc == NY_EFENCED) {
        s->fenced = true; /* before done, so that it cannot commit again */
        s->ready = false;
    }
    done(done_ctx, rc, &err);
    if (rc == NY_EFENCED) {
        ny_store_fenced(s);
    }
}

static ny_rc send_plain(struct ny_store *s, enum ny_sql stmt, ny_db_result_fn fn)
{
    return ny_db_send(s->write, stmt, NULL, 0, fn, s);
}

static ny_rc send_fence(struct ny_store *s)
{
    struct ny_db_param epoch = ny_db_i64(s->scratch, s->epoch);

    return ny_db_send(s->write, NY_SQL_FENCE, &epoch, 1, NULL, NULL);
}

static ny_rc send_beat(struct ny_store *s, int64_t batch_no)
{
    struct ny_db_param params[2] = {ny_db_text(s->holder), ny_db_i64(s->scratch, batch_no)};

    return ny_db_send(s->write, NY_SQL_BEAT, params, 2, NULL, NULL);
}

ny_rc ny_store_commit(struct ny_store *s, struct ny_store_batch *b, int64_t batch_no,
                      void (*done)(void *ctx, ny_rc rc, const struct ny_error *err), void *ctx)
{
    ny_rc rc;

    if (s->fenced) {
        return NY_EFENCED;
    }
    if (s->flight.open) {
        return NY_EAGAIN;
    }
    if (!s->ready) {
        return NY_EDB;
    }
    ny_arena_reset(s->scratch);
    s->flight.committed = false;
    s->flight.head = s->head;
    s->flight.done = done;
    s->flight.ctx = ctx;
    rc = send_plain(s, NY_SQL_BEGIN, NULL);
    rc = rc != NY_OK ? rc : send_fence(s);
    rc = rc != NY_OK ? rc : ny_batch_write(s, b, batch_no);
    rc = rc != NY_OK ? rc : ny_audit_write(s, b, &s->flight.head);
    rc = rc != NY_OK ? rc : send_beat(s, batch_no);
    rc = rc != NY_OK ? rc : send_plain(s, NY_SQL_COMMIT, on_commit_result);
    if (rc != NY_OK) {
        /* The segment must not end as if it were whole: a parameter that cannot be sent breaks it.
         */
        struct ny_db_param broken = {.failed = true};

        NY_ASSERT(ny_db_send(s->write, NY_SQL_PRUNE_SEEN, &broken, 1, NULL, NULL) != NY_OK);
    }
    s->flight.refused = rc;
    rc = ny_db_sync(s->write, on_batch_done, s);
    s->flight.open = rc == NY_OK;
    return rc;
}

void ny_store_abandon(struct ny_store *s)
{
    struct ny_error err = {.rc = NY_EDB, .text = "the server is stopping"};

    s->ready = false;
    if (s->flight.open) {
        s->flight.open = false;
        s->flight.done(s->flight.ctx, NY_EDB, &err);
    }
}
