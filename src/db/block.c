/* The blocking connection: migrations, checks and the rebuild of the index before the loop turns.
 * The only place that makes SQL text at run time: a cursor's declaration around the caller's
 * constant statement. */

#include "db_priv.h"

#include <stdio.h>

struct ny_db_block {
    PGconn *pg;
};

/* Takes res. The error is the server's primary message, or libpq's when the server said nothing. */
static ny_rc block_fail(struct ny_db_block *b, PGresult *res, struct ny_error *err)
{
    const char *state = res != NULL ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
    const char *text = res != NULL ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    char line[160];
    ny_rc rc;

    ny_db_copy_text(line, sizeof(line), text != NULL ? text : PQerrorMessage(b->pg));
    rc = ny_fail_at(err, NY_EDB, state != NULL ? state : "08006", "%s", line);
    PQclear(res);
    return rc;
}

static bool is_good(const PGresult *res)
{
    ExecStatusType status = PQresultStatus(res);

    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

ny_rc ny_db_block_connect(const struct ny_db_config *cfg, struct ny_db_block **out,
                          struct ny_error *err)
{
    struct ny_db_block *b = ny_calloc(1, sizeof(*b));
    struct db_settings settings = {0};
    ny_rc rc;

    ny_db_settings_init(&settings, cfg);
    b->pg = PQconnectdbParams(settings.keywords, settings.values, 1);
    ny_db_settings_finish(&settings);
    NY_ASSERT(b->pg != NULL);
    ny_db_silence_notices(b->pg);
    if (PQstatus(b->pg) != CONNECTION_OK) {
        rc = block_fail(b, NULL, err);
        ny_db_block_close(b);
        return rc;
    }
    *out = b;
    return NY_OK;
}

void ny_db_block_close(struct ny_db_block *b)
{
    if (b != NULL) {
        PQfinish(b->pg);
        ny_free(b);
    }
}

ny_rc ny_db_block_script(struct ny_db_block *b, const char *sql, struct ny_error *err)
{
    PGresult *res = PQexec(b->pg, sql);

    if (!is_good(res)) {
        return block_fail(b, res, err);
    }
    PQclear(res);
    return NY_OK;
}

void ny_db_result_free(struct ny_db_result *r)
{
    if (r != NULL) {
        PQclear(r->pg);
        ny_free(r);
    }
}

ny_rc ny_db_block_query(struct ny_db_block *b, const char *sql, const struct ny_db_param *params,
                        size_t n, struct ny_db_result **out, struct ny_error *err)
{
    struct db_args args;
    PGresult *res;

    if (ny_db_args_fill(&args, params, n) != NY_OK) {
        return ny_fail(err, NY_ELIMIT, "a parameter was too large");
    }
    res = PQexecParams(b->pg, sql, (int)n, args.types, args.values, args.lengths, args.formats, 1);
    if (!is_good(res)) {
        return block_fail(b, res, err);
    }
    if (out == NULL) {
        PQclear(res);
        return NY_OK;
    }
    *out = ny_malloc(sizeof(**out));
    (*out)->pg = res;
    return NY_OK;
}

/* DECLARE around the statement, which may be long. */
static ny_rc cursor_open(struct ny_db_block *b, const char *sql, const struct ny_db_param *params,
                         size_t n, struct ny_error *err)
{
    struct ny_arena *a = ny_arena_create(0);
    ny_str text = ny_arena_printf(a, "DECLARE ny_reader NO SCROLL CURSOR FOR %s", sql);
    ny_rc rc = ny_db_block_query(b, text.p, params, n, NULL, err);

    ny_arena_destroy(a);
    return rc;
}

static ny_rc chunk_read(const struct ny_db_result *chunk, const struct ny_db_reader *reader,
                        struct ny_error *err)
{
    for (size_t i = 0; i < ny_db_rows(chunk); i++) {
        ny_rc rc = reader->row(chunk, i, reader->ctx);

        if (rc != NY_OK) {
            return ny_fail(err, rc, "reading stopped: %s", ny_rc_text(rc));
        }
    }
    return NY_OK;
}

static ny_rc fetch_all(struct ny_db_block *b, const struct ny_db_reader *reader,
                       struct ny_error *err)
{
    char fetch[64];
    ny_rc rc = NY_OK;
    size_t got = reader->chunk;

    snprintf(fetch, sizeof(fetch), "FETCH FORWARD %zu FROM ny_reader", reader->chunk);
    while (rc == NY_OK && got == reader->chunk) {
        struct ny_db_result *rows = NULL;

        rc = ny_db_block_query(b, fetch, NULL, 0, &rows, err);
        if (rc == NY_OK) {
            got = ny_db_rows(rows);
            rc = chunk_read(rows, reader, err);
        }
        ny_db_result_free(rows);
    }
    return rc;
}

ny_rc ny_db_block_read(struct ny_db_block *b, const char *sql, const struct ny_db_param *params,
                       size_t n, const struct ny_db_reader *reader, struct ny_error *err)
{
    bool own = PQtransactionStatus(b->pg) != PQTRANS_INTRANS;
    ny_rc rc = NY_OK;

    NY_ASSERT(reader->chunk > 0);
    if (own) {
        rc = ny_db_block_script(b, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
    }
    if (rc == NY_OK) {
        rc = cursor_open(b, sql, params, n, err);
    }
    if (rc == NY_OK) {
        rc = fetch_all(b, reader, err);
    }
    if (rc == NY_OK) {
        rc = ny_db_block_script(b, "CLOSE ny_reader", err);
    }
    if (own) { /* it wrote nothing; ROLLBACK also ends what failed */
        ny_rc end = ny_db_block_script(b, "ROLLBACK", rc == NY_OK ? err : NULL);

        rc = rc == NY_OK ? end : rc;
    }
    return rc;
}
