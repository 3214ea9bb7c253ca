/* The terminal: whether there is one, its pager, its colours, signs of life for what takes long. */

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nayose_priv.h"

/* One of each in a process: its standard output and what reads it. */
static struct {
    bool is_out;  /* the standard output was a terminal when the program began */
    bool colours; /* and it may be coloured */
    pid_t pager;  /* 0 = none */
} terminal;

static bool is_set(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0';
}

void cli_terminal_begin(void)
{
    const char *kind = getenv("TERM");

    terminal.is_out = isatty(STDOUT_FILENO) == 1;
    terminal.colours =
        terminal.is_out && !is_set("NO_COLOR") && (kind == NULL || strcmp(kind, "dumb") != 0);
}

bool cli_is_terminal(void)
{
    return terminal.is_out;
}

/* ---- colour ---- */

bool cli_has_colours(void)
{
    return terminal.colours;
}

const char *cli_paint(struct cli *cli, enum cli_tone tone, const char *text)
{
    static const char *const codes[] = {[TONE_GOOD] = "32", [TONE_BAD] = "1;31"};

    return terminal.colours ? ny_arena_printf(cli->arena, "\033[%sm%s\033[0m", codes[tone], text).p
                            : text;
}

/* ---- the pager ---- */

/* Without less: what comes in goes out. */
static void copy(void)
{
    char block[4096];
    ssize_t n;

    while ((n = read(STDIN_FILENO, block, sizeof(block))) > 0) {
        if (write(STDOUT_FILENO, block, (size_t)n) != n) {
            break;
        }
    }
}

_Noreturn static void pager_run(const char *command)
{
    setenv("LESS", "FRX", 0);
    setenv("LESSCHARSET", "utf-8", 0);
    if (command != NULL) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    } else {
        execlp("less", "less", (char *)NULL);
    }
    copy();
    _exit(0);
}

static const char *pager_command(void)
{
    return is_set("NAYOSE_PAGER") ? getenv("NAYOSE_PAGER")
           : is_set("PAGER")      ? getenv("PAGER")
                                  : NULL;
}

/* The reader may still want to read when we are done. */
static void pager_end(void)
{
    fflush(stdout);
    close(STDOUT_FILENO);
    while (waitpid(terminal.pager, NULL, 0) < 0) {
    }
}

void cli_pager_begin(void)
{
    const char *command = pager_command();
    int ends[2];
    pid_t child;

    if (!terminal.is_out || terminal.pager != 0 ||
        (command != NULL && strcmp(command, "cat") == 0) || pipe(ends) != 0) {
        return;
    }
    fflush(stdout);
    child = fork();
    if (child == 0) {
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        close(ends[1]);
        pager_run(command);
    }
    if (child > 0) {
        terminal.pager = child;
        dup2(ends[1], STDOUT_FILENO);
        signal(SIGINT, SIG_IGN); /* ^C is for the pager; who leaves it ends us */
        atexit(pager_end);
    }
    close(ends[0]);
    close(ends[1]);
}

/* ---- signs of life ---- */

enum { QUIET_US = NY_US_PER_SECOND };

void cli_wait_begin(struct cli_wait *w)
{
    *w = (struct cli_wait){.begun_us = ny_clock_monotonic_us(),
                           .shows = isatty(STDERR_FILENO) == 1 && terminal.pager == 0};
}

void cli_wait_tell(struct cli_wait *w, const char *fmt, ...)
{
    int64_t now_us = ny_clock_monotonic_us();
    va_list ap;

    if (!w->shows || now_us - w->begun_us < QUIET_US || now_us - w->told_us < QUIET_US / 5) {
        return;
    }
    w->told_us = now_us;
    fputs("\r\033[K", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, " (%lld s)", (long long)((now_us - w->begun_us) / NY_US_PER_SECOND));
}

void cli_wait_end(struct cli_wait *w)
{
    if (w->told_us != 0) {
        fputs("\r\033[K", stderr);
    }
    *w = (struct cli_wait){0};
}
