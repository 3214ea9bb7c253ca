/* db_priv: one pipelined connection from inside.
 *
 *   connect.c   WAITING ─▶ CONNECTING ─▶ PREPARING ─▶ UP ─▶ (lost) WAITING
 *   pipeline.c  the fifo of what the server owes: statements and syncs, oldest first
 *   param.c, result.c, block.c stand alone */
#ifndef NAYOSE_DB_PRIV_H
#define NAYOSE_DB_PRIV_H

#include <ev.h>
#include <libpq-fe.h>

#include "nayose/db.h"
#include "nayose/net.h"

struct ny_db_result {
    PGresult *pg;
};

enum db_state { DB_WAITING = 1, DB_CONNECTING, DB_PREPARING, DB_UP, DB_DEAD };

/* What the server owes: the answer of a statement, or of a sync. */
struct db_owed {
    bool is_sync;
    const char *statement; /* name, for the failure */
    ny_db_result_fn on_result;
    ny_db_done_fn on_done;
    void *ctx;
};

enum { DB_MAX_SETTINGS = 16 };

/* Keyword and value arrays for PQconnect*Params. */
struct db_settings {
    const char *keywords[DB_MAX_SETTINGS];
    const char *values[DB_MAX_SETTINGS];
    char *conninfo;    /* owned */
    char *application; /* owned */
    char *options;     /* owned */
};

struct ny_db {
    struct ny_loop *loop;
    struct db_settings settings;
    const struct ny_db_statement *statements;
    size_t n_statements;
    ny_db_state_fn on_state;
    void *ctx;

    PGconn *pg;
    enum db_state state;
    ev_io read;                /* also the watcher of PQconnectPoll */
    ev_io write;               /* only while PQflush() has more */
    struct ny_timer *retry;    /* the pause before the next try */
    struct ny_timer *patience; /* how long connecting may take */
    int64_t pause_us;

    struct db_owed *owed; /* ring of cap, first at head */
    size_t head, n_owed, cap;
    bool segment_open;   /* statements were sent since the last sync */
    bool segment_broken; /* the open segment lost a statement */
    bool has_failure;    /* the segment at the head failed, as told here */
    struct ny_db_failure failure;
    char last_error[160];
};

/* connect.c */
void ny_db_lost(struct ny_db *db, const char *where);
void ny_db_on_prepared(void *ctx, ny_rc rc, const struct ny_db_failure *failure);
void ny_db_settings_init(struct db_settings *s, const struct ny_db_config *cfg);
void ny_db_settings_finish(struct db_settings *s);
/* Server messages go to the debug log by SQLSTATE only, never to standard error. */
void ny_db_silence_notices(PGconn *pg);
/* One line, cut, of libpq's or the server's text. */
void ny_db_copy_text(char *dst, size_t cap, const char *text);

/* pipeline.c */
void ny_db_on_readable(struct ny_db *db);
void ny_db_flush(struct ny_db *db);
void ny_db_owe(struct ny_db *db, struct db_owed owed);
/* Answers every owed sync with a lost connection. */
void ny_db_fail_all(struct ny_db *db, const char *text);

/* param.c: the three arrays of PQsendQueryParams; at most NY_DB_MAX_PARAMS. */
enum { NY_DB_MAX_PARAMS = 64 };
struct db_args {
    const char *values[NY_DB_MAX_PARAMS];
    int lengths[NY_DB_MAX_PARAMS];
    int formats[NY_DB_MAX_PARAMS];
    Oid types[NY_DB_MAX_PARAMS];
};
NY_MUST_USE ny_rc ny_db_args_fill(struct db_args *args, const struct ny_db_param *params, size_t n);

#endif
