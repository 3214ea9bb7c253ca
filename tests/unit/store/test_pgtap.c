/* Runs sql/test/NAME.sql (pgTAP) by psql in a migrated database; every line must be "ok", and as
 * many as planned. */

#include <fcntl.h>
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

static void run_script(const char *name)
{
    struct env *e = env_create();
    char script[512];
    char output[] = "/tmp/nayose-tap-XXXXXX";
    char line[1024];
    int planned = -1;
    int good = 0;
    int fd = mkstemp(output);
    FILE *f;

    assert_true(fd >= 0);
    env_migrate(e);
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
    env_destroy(e);
    assert_int_equal(good, planned);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constraints),
        cmocka_unit_test(test_functions),
    };

    return cmocka_run_group_tests(tests, env_start, env_stop);
}
