/* Segments: what is sent, and the fifo of what the server owes for it.
 *
 *   sent      S1 S2 S3 sync  S4 sync
 *   answered  rows·NULL  ERROR·NULL  ABORTED·NULL  SYNC  rows·NULL  SYNC
 *   told      on_result(S1)                        on_done(EDB, of S2)   on_result(S4) on_done(OK)
 *
 * Verified against libpq and server 15: each statement's results end with a NULL, a sync has none;
 * after an error the rest of the segment is PIPELINE_ABORTED. */

#include "db_priv.h"

#include <stdio.h>

/* ---- the fifo ---- */

void ny_db_owe(struct ny_db *db, struct db_owed owed)
{
    if (db->n_owed == db->cap) {
        size_t cap = db->cap > 0 ? db->cap * 2 : 64;
        struct db_owed *ring = ny_malloc(ny_mul_size(cap, sizeof(*ring)));

        for (size_t i = 0; i < db->n_owed; i++) {
            ring[i] = db->owed[(db->head + i) % db->cap];
        }
        ny_free(db->owed);
        db->owed = ring;
        db->head = 0;
        db->cap = cap;
    }
    db->owed[(db->head + db->n_owed++) % db->cap] = owed;
}

static struct db_owed pop(struct ny_db *db)
{
    struct db_owed first;

    NY_ASSERT(db->n_owed > 0);
    first = db->owed[db->head];
    db->head = (db->head + 1) % db->cap;
    db->n_owed--;
    return first;
}

/* The segment at the head is answered; its failure, if any, is told and forgotten. */
static void finish_segment(struct ny_db *db, const struct db_owed *sync)
{
    struct ny_db_failure failure = db->failure;
    bool failed = db->has_failure;

    db->has_failure = false;
    if (sync->on_done != NULL) {
        sync->on_done(sync->ctx, failed ? NY_EDB : NY_OK, failed ? &failure : NULL);
    }
}

void ny_db_fail_all(struct ny_db *db, const char *text)
{
    while (db->n_owed > 0 && db->state != DB_DEAD) {
        struct db_owed o = pop(db);

        if (!o.is_sync) {
            continue;
        }
        db->has_failure = true;
        db->failure = (struct ny_db_failure){.sqlstate = "08006", .lost = true, .statement = ""};
        snprintf(db->failure.text, sizeof(db->failure.text), "%s", text);
        finish_segment(db, &o);
    }
    db->has_failure = false;
}

/* ---- reading ---- */

static void note_failure(struct ny_db *db, const PGresult *res)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

    if (db->has_failure) {
        return; /* the first one is the reason */
    }
    db->has_failure = true;
    db->failure = (struct ny_db_failure){.statement = db->owed[db->head].statement};
    snprintf(db->failure.sqlstate, sizeof(db->failure.sqlstate), "%s",
             state != NULL ? state : "XX000");
    ny_db_copy_text(db->failure.text, sizeof(db->failure.text), text);
}

/* One result of the statement at the head; false when the connection cannot go on. */
static bool deliver(struct ny_db *db, PGresult *res)
{
    const struct db_owed *o = &db->owed[db->head];
    struct ny_db_result view = {res};
    ExecStatusType status = PQresultStatus(res);

    if (o->is_sync) {
        return false;
    }
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) {
        if (o->on_result != NULL) {
            o->on_result(&view, o->ctx);
        }
        return true;
    }
    if (status == PGRES_PIPELINE_ABORTED) {
        return true; /* on_done tells why */
    }
    if (status == PGRES_FATAL_ERROR) {
        note_failure(db, res);
        return true;
    }
    return false; /* COPY and the like have no place in a pipeline */
}

/* Takes one result of libpq; false when there is none to take now or the connection is gone. */
static bool take_result(struct ny_db *db)
{
    PGresult *res;
    bool fine = true;

    if (db->n_owed == 0 || PQisBusy(db->pg)) {
        return false;
    }
    res = PQgetResult(db->pg);
    if (res == NULL) {
        fine = !db->owed[db->head].is_sync && PQstatus(db->pg) == CONNECTION_OK;
        if (fine) {
            (void)pop(db); /* this statement is complete */
        }
    } else if (PQresultStatus(res) == PGRES_PIPELINE_SYNC) {
        struct db_owed sync = pop(db);

        NY_ASSERT(sync.is_sync);
        PQclear(res);
        finish_segment(db, &sync);
    } else {
        fine = deliver(db, res);
        PQclear(res);
    }
    if (!fine) {
        ny_db_lost(db, "result");
    }
    return fine && (db->state == DB_UP || db->state == DB_PREPARING);
}

void ny_db_on_readable(struct ny_db *db)
{
    if (!PQconsumeInput(db->pg)) {
        /* What arrived whole before the end still counts: a COMMIT may be among it. */
        while (take_result(db)) {
        }
        ny_db_lost(db, "read");
        return;
    }
    while (take_result(db)) {
    }
    if (db->state != DB_UP && db->state != DB_PREPARING) {
        return;
    }
    if (PQstatus(db->pg) != CONNECTION_OK) {
        ny_db_lost(db, "read");
        return;
    }
    ny_db_flush(db);
}

/* ---- writing ---- */

void ny_db_flush(struct ny_db *db)
{
    int more;

    if (db->state != DB_UP && db->state != DB_PREPARING) {
        return;
    }
    more = PQflush(db->pg);
    if (more < 0) {
        ny_db_lost(db, "write");
        return;
    }
    if (more == 0) {
        ev_io_stop(ny_loop_ev(db->loop), &db->write);
    } else if (!ev_is_active(&db->write)) {
        ev_io_set(&db->write, PQsocket(db->pg), EV_WRITE);
        ev_io_start(ny_loop_ev(db->loop), &db->write);
    }
}

static void flush_later(void *ctx)
{
    ny_db_flush(ctx);
}

static void drop_later(void *ctx)
{
    ny_db_lost(ctx, "send");
}

/* The open segment cannot reach its end. Nothing may call back from within a send or sync, so a
 * connection that libpq refuses to write to is dropped at the end of the turn. */
static ny_rc give_up(struct ny_db *db)
{
    db->segment_open = true;
    db->segment_broken = true;
    if (db->state == DB_UP) {
        ny_loop_defer(db->loop, drop_later, db);
    }
    return NY_EDB;
}

/* Makes the open segment fail on the server in an orderly way, so that no part of it stays. */
static ny_rc poison(struct ny_db *db)
{
    if (PQsendQueryParams(db->pg, "SELECT 1/0", 0, NULL, NULL, NULL, NULL, 1) != 1) {
        return give_up(db);
    }
    db->segment_open = true;
    ny_db_owe(db, (struct db_owed){.statement = "(a parameter was too large)"});
    return NY_ELIMIT;
}

ny_rc ny_db_send(struct ny_db *db, size_t stmt, const struct ny_db_param *params, size_t n,
                 ny_db_result_fn on_result, void *ctx)
{
    const struct ny_db_statement *st;
    struct db_args args;

    NY_ASSERT(stmt < db->n_statements);
    st = &db->statements[stmt];
    NY_ASSERT(n == (size_t)st->n_params);
    if (db->state != DB_UP || db->segment_broken) {
        db->segment_open = true;
        db->segment_broken = true; /* even if the connection is back before the sync */
        return NY_EDB;
    }
    if (ny_db_args_fill(&args, params, n) != NY_OK) {
        return poison(db);
    }
    if (PQsendQueryPrepared(db->pg, st->name, (int)n, args.values, args.lengths, args.formats, 1) !=
        1) {
        return give_up(db);
    }
    db->segment_open = true;
    ny_db_owe(db, (struct db_owed){.statement = st->name, .on_result = on_result, .ctx = ctx});
    return NY_OK;
}

ny_rc ny_db_sync(struct ny_db *db, ny_db_done_fn on_done, void *ctx)
{
    bool broken = db->segment_broken;

    db->segment_open = false;
    db->segment_broken = false;
    if (db->state != DB_UP || broken) {
        return NY_EDB;
    }
    if (PQpipelineSync(db->pg) != 1) {
        ny_loop_defer(db->loop, drop_later, db);
        return NY_EDB;
    }
    ny_db_owe(db, (struct db_owed){.is_sync = true, .on_done = on_done, .ctx = ctx});
    ny_loop_defer(db->loop, flush_later, db);
    return NY_OK;
}

ny_rc ny_db_rollback(struct ny_db *db, ny_db_done_fn on_done, void *ctx)
{
    NY_ASSERT(!db->segment_open);
    if (db->state != DB_UP) {
        return NY_EDB;
    }
    if (PQsendQueryParams(db->pg, "ROLLBACK", 0, NULL, NULL, NULL, NULL, 1) != 1) {
        ny_loop_defer(db->loop, drop_later, db);
        return NY_EDB;
    }
    ny_db_owe(db, (struct db_owed){.statement = "ROLLBACK"});
    return ny_db_sync(db, on_done, ctx);
}

size_t ny_db_in_flight(const struct ny_db *db)
{
    return db->n_owed;
}
