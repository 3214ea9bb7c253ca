/* A private PostgreSQL: initdb, one postmaster as our child, and no trace afterwards.
 *
 * The postmaster gets SIGQUIT when this process dies (PR_SET_PDEATHSIG), so that an aborted test
 * leaves no server behind. It is ready when the last line of its postmaster.pid says so. */

#include "pg_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 512, READY_TRIES = 1000, READY_PAUSE_NS = 20000000, TREE_FDS = 16 };

struct pg_fixture {
    char dir[PATH_SIZE];
    char conninfo[PATH_SIZE + 64];
    pid_t postmaster; /* 0: none of ours */
};

static const char *bin_dir(void)
{
    const char *given = getenv("PG_FIXTURE_BIN");

    return given != NULL ? given : "/usr/lib/postgresql/15/bin";
}

/* PostgreSQL refuses to run as root. */
static bool drop_root(void)
{
    const struct passwd *pw;

    if (geteuid() != 0) {
        return true;
    }
    pw = getpwnam("postgres");
    return pw != NULL && initgroups(pw->pw_name, pw->pw_gid) == 0 && setgid(pw->pw_gid) == 0 &&
           setuid(pw->pw_uid) == 0;
}

static bool give_to_postgres(const char *dir)
{
    const struct passwd *pw = getpwnam("postgres");

    return geteuid() != 0 || (pw != NULL && chown(dir, pw->pw_uid, pw->pw_gid) == 0);
}

/* Starts a program of PostgreSQL with its output in DIR/log. argv[0] is its name. */
static pid_t spawn(const struct pg_fixture *f, char *const argv[])
{
    char program[PATH_SIZE];
    char log[PATH_SIZE + 8];
    pid_t pid;

    snprintf(program, sizeof(program), "%s/%s", bin_dir(), argv[0]);
    snprintf(log, sizeof(log), "%s/log", f->dir);
    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        int fd;

        if (!drop_root() || prctl(PR_SET_PDEATHSIG, SIGQUIT) != 0 || chdir(f->dir) != 0) {
            _exit(126);
        }
        fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0) {
            _exit(126);
        }
        execv(program, argv);
        _exit(127);
    }
    return pid;
}

static bool run(const struct pg_fixture *f, char *const argv[])
{
    pid_t pid = spawn(f, argv);
    int status = 0;

    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

static bool is_ready(const struct pg_fixture *f)
{
    char path[PATH_SIZE + 32];
    char line[256];
    bool ready = false;
    FILE *file;

    snprintf(path, sizeof(path), "%s/data/postmaster.pid", f->dir);
    file = fopen(path, "r");
    if (file == NULL) {
        return false;
    }
    while (fgets(line, sizeof(line), file) != NULL) {
        ready = strncmp(line, "ready", 5) == 0;
    }
    fclose(file);
    return ready;
}

/* What a crash left would look ready. */
static bool unlink_pid_file(const struct pg_fixture *f)
{
    char path[PATH_SIZE + 32];

    snprintf(path, sizeof(path), "%s/data/postmaster.pid", f->dir);
    return unlink(path) == 0;
}

static bool postmaster_start(struct pg_fixture *f)
{
    char data[PATH_SIZE + 8];
    char host[PATH_SIZE + 32];
    const char *args[] = {"postgres",
                          "-D",
                          data,
                          "-c",
                          "listen_addresses=",
                          "-c",
                          host,
                          "-c",
                          "fsync=off",
                          "-c",
                          "full_page_writes=off",
                          "-c",
                          "shared_buffers=32MB",
                          "-c",
                          "max_connections=30",
                          NULL};

    snprintf(data, sizeof(data), "%s/data", f->dir);
    snprintf(host, sizeof(host), "unix_socket_directories=%s", f->dir);
    (void)unlink_pid_file(f);
    f->postmaster = spawn(f, (char *const *)(void *)args);
    for (int i = 0; f->postmaster > 0 && i < READY_TRIES; i++) {
        struct timespec pause = {0, READY_PAUSE_NS};

        if (is_ready(f)) {
            return true;
        }
        if (waitpid(f->postmaster, NULL, WNOHANG) == f->postmaster) {
            f->postmaster = 0;
            return false;
        }
        nanosleep(&pause, NULL);
    }
    return false;
}

static bool make_cluster(struct pg_fixture *f)
{
    const char *tmp = getenv("TMPDIR");
    char data[PATH_SIZE + 8];
    const char *args[] = {"initdb", "-D", data,   "-U",         "postgres",  "-A",
                          "trust",  "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions",
                          NULL};

    snprintf(f->dir, sizeof(f->dir), "%s/nayose-pg-XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(f->dir) == NULL) {
        f->dir[0] = '\0';
        return false;
    }
    snprintf(data, sizeof(data), "%s/data", f->dir);
    snprintf(f->conninfo, sizeof(f->conninfo), "host=%s dbname=postgres user=postgres", f->dir);
    return give_to_postgres(f->dir) && run(f, (char *const *)(void *)args) && postmaster_start(f);
}

/* What the programs said, for the reader of a failed test. */
static void print_log(const struct pg_fixture *f)
{
    char path[PATH_SIZE + 8];
    char line[512];
    FILE *file;

    snprintf(path, sizeof(path), "%s/log", f->dir);
    file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        fprintf(stderr, "pg_fixture: %s", line);
    }
    if (file != NULL) {
        fclose(file);
    }
}

struct pg_fixture *pg_fixture_start(void)
{
    const char *given = getenv("NAYOSE_TEST_PG");
    char initdb[PATH_SIZE];
    struct pg_fixture *f = calloc(1, sizeof(*f));

    if (f == NULL) {
        return NULL;
    }
    if (given != NULL) {
        snprintf(f->conninfo, sizeof(f->conninfo), "%s", given);
        return f;
    }
    snprintf(initdb, sizeof(initdb), "%s/initdb", bin_dir());
    if (access(initdb, X_OK) != 0) {
        fprintf(stderr, "pg_fixture: %s is not there\n", initdb);
        free(f);
        return NULL;
    }
    if (!make_cluster(f)) {
        fprintf(stderr, "pg_fixture: PostgreSQL did not start in %s\n", f->dir);
        print_log(f);
        pg_fixture_stop(f);
        return NULL;
    }
    return f;
}

const char *pg_fixture_conninfo(const struct pg_fixture *f)
{
    return f->conninfo;
}

/* SIGQUIT is an immediate shutdown: all backends end, nothing is written. */
bool pg_fixture_crash(struct pg_fixture *f)
{
    if (f->postmaster <= 0) {
        return false;
    }
    kill(f->postmaster, SIGQUIT);
    while (waitpid(f->postmaster, NULL, 0) < 0 && errno == EINTR) {
    }
    f->postmaster = 0;
    return true;
}

bool pg_fixture_restart(struct pg_fixture *f)
{
    return f->dir[0] != '\0' && f->postmaster == 0 && postmaster_start(f);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void pg_fixture_stop(struct pg_fixture *f)
{
    if (f == NULL) {
        return;
    }
    (void)pg_fixture_crash(f);
    if (f->dir[0] != '\0') {
        (void)nftw(f->dir, remove_entry, TREE_FDS, FTW_DEPTH | FTW_PHYS);
    }
    free(f);
}
