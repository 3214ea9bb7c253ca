/* pg_fixture: a private PostgreSQL for one test program, gone when the program ends.
 * Or, when NAYOSE_TEST_PG holds a conninfo, that one. */
#ifndef NAYOSE_TESTS_PG_FIXTURE_H
#define NAYOSE_TESTS_PG_FIXTURE_H

#include <stdbool.h>

struct pg_fixture;

/* Makes a cluster in a temporary directory ($TMPDIR or /tmp), Unix socket only, without fsync, and
 * waits until it answers. As root it runs as user postgres. NULL when PostgreSQL is not installed
 * (PG_FIXTURE_BIN, default /usr/lib/postgresql/15/bin) or does not start; the reason is printed. */
struct pg_fixture *pg_fixture_start(void);
/* "host=… dbname=postgres user=postgres"; borrowed. */
const char *pg_fixture_conninfo(const struct pg_fixture *f);
/* Kills the server without mercy, as a crash would; only a private one. False when it is not. */
bool pg_fixture_crash(struct pg_fixture *f);
/* Starts it again on the same data. */
bool pg_fixture_restart(struct pg_fixture *f);
/* Stops and removes everything. NULL allowed. */
void pg_fixture_stop(struct pg_fixture *f);

#endif
