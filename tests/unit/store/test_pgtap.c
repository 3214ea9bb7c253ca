/* Runs sql/test/NAME.sql (pgTAP) by psql in a migrated database; every line must be "ok", and as
 * many as planned. */

#include <fcntl.h>
#include <glob.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store_env.h"

extern char **environ;

/* psql's exit status; its output goes to the file. */
static int psql(const char *conninfo, const char *script, const char *output)
{
    const char *bin = getenv("PG_FIXTURE_BIN");
    char program[512];
    const char *argv[] = {program, "-Xqtb", "-v",     "ON_ERROR_STOP=1",
                          "-A",    "-d",    conninfo, "-f",
                          script,  "-o",    output,   NULL};
    pid_t pid = 0;
    int status = -1;

    snprintf(program, sizeof(program), "%s/psql", bin != NULL ? bin : "/usr/lib/postgresql/15/bin");
    if (posix_spawn(&pid, program, NULL, NULL, (char *const *)(uintptr_t)argv, environ) != 0) {
        return -1;
    }
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void check_script(struct env *e, const char *name)
{
    char script[512];
    char output[] = "/tmp/nayose-tap-XXXXXX";
    char line[1024];
    int planned = -1;
    int good = 0;
    int fd = mkstemp(output);
    FILE *f;

    assert_true(fd >= 0);
    snprintf(script, sizeof(script), "%s/sql/test/%s.sql", NY_SOURCE_DIR, name);
    assert_int_equal(psql(e->conninfo, script, output), 0);
    f = fdopen(fd, "r");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f) != NULL) {
        if (strncmp(line, "1..", 3) == 0) {
            planned = (int)strtol(line + 3, NULL, 10);
        } else if (strncmp(line, "ok ", 3) == 0) {
            good++;
        } else if (line[0] != '\n') {
            print_error("%s: %s", name, line);
        }
    }
    (void)fclose(f);
    (void)unlink(output);
    assert_int_equal(good, planned);
}

static void run_script(const char *name)
{
    struct env *e = env_create();

    env_migrate(e);
    check_script(e, name);
    env_destroy(e);
}

static void test_constraints(void **state)
{
    (void)state;
    run_script("constraints");
}

static void test_functions(void **state)
{
    (void)state;
    run_script("functions");
}

/* The one file of sql/ whose name begins so; false: there is none. */
static bool run_file(struct env *e, const char *folder, int version)
{
    ny_str pattern = ny_arena_printf(e->a, "%s/sql/%s%04d*.sql", NY_SOURCE_DIR, folder, version);
    glob_t found;
    bool is_there = glob(pattern.p, 0, NULL, &found) == 0;

    if (is_there) {
        assert_int_equal(psql(e->conninfo, found.gl_pathv[0], "/dev/null"), 0);
    }
    globfree(&found);
    return is_there;
}

/* A database of each older schema holds what sql/test/upgrade puts into it, and comes to the newest
 * with that; it is served then. */
static void test_upgrade(void **state)
{
    enum { LAST_WITH_ROWS = 10, WITH_ROWS = 3 };
    struct env *e = env_create();
    int n = 0;

    (void)state;
    assert_true(env_do(e, "CREATE SCHEMA nayose"));
    assert_true(env_do(e, ny_sql_text(NY_SQL_SCHEMA_TABLE)));
    for (int i = 1; i <= LAST_WITH_ROWS; i++) {
        ny_str done =
            ny_arena_printf(e->a, "INSERT INTO nayose.schema_version VALUES (%d, 'as it was')", i);

        assert_true(run_file(e, "", i));
        assert_true(env_do(e, done.p));
        n += run_file(e, "test/upgrade/", i);
    }
    assert_int_equal(n, WITH_ROWS);
    env_migrate(e);
    check_script(e, "upgraded");
    e->store = env_store(e, "host/1");
    env_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constraints),
        cmocka_unit_test(test_functions),
        cmocka_unit_test(test_upgrade),
    };

    return cmocka_run_group_tests(tests, env_start, env_stop);
}
