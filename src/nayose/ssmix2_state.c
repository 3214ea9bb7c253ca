/* The state file:
 *
 *   nayose-ssmix2 1 F01 1.2.392.…          which registry domain it is of
 *   0f3a…(32 hex digits)                    one file that was acknowledged
 *
 * Only whole lines count. A line that was cut by a crash is cut off when the file is opened. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "ssmix2_priv.h"

enum { DIGITS = 32, FLUSH_EVERY = 64 };

struct ssmix2_state {
    const char *path;
    FILE *out;
    struct ssmix2_print *known; /* sorted */
    size_t n;
    size_t unflushed;
    bool is_broken;
};

static int print_compare(const void *left, const void *right)
{
    const struct ssmix2_print *a = left;
    const struct ssmix2_print *b = right;

    for (size_t i = 0; i < 2; i++) {
        if (a->hash[i] != b->hash[i]) {
            return a->hash[i] < b->hash[i] ? -1 : 1;
        }
    }
    return 0;
}

/* ---- reading ---- */

static bool print_parse(ny_str line, struct ssmix2_print *out)
{
    struct ssmix2_print p = {
        {0, 0}
    };

    for (size_t i = 0; i < DIGITS && i < line.n; i++) {
        int v = ny_hex_value(line.p[i]);

        if (v < 0) {
            return false;
        }
        p.hash[i / 16] = p.hash[i / 16] << 4 | (uint64_t)v;
    }
    *out = p;
    return line.n == DIGITS;
}

/* The lines behind the first. Returns the bytes of whole lines, SIZE_MAX for other text. */
static size_t lines_read(struct ssmix2_state *s, ny_str text, size_t from)
{
    size_t at = from;

    s->known = ny_calloc((text.n - from) / (DIGITS + 1) + 1, sizeof(*s->known));
    while (at < text.n) {
        ny_str rest = ny_str_sub(text, at, text.n - at);
        size_t n = ny_str_find(rest, '\n');

        if (n == rest.n) {
            return at;
        }
        if (!print_parse(ny_str_sub(rest, 0, n), &s->known[s->n])) {
            return SIZE_MAX;
        }
        s->n++;
        at += n + 1;
    }
    return at;
}

static size_t state_read(struct ssmix2_state *s, ny_str head)
{
    struct cli_file file;
    size_t whole = 0;
    ny_str text;

    if (cli_file_open(&file, s->path) != 0) {
        return SIZE_MAX;
    }
    text = ny_str_of(file.p, file.n);
    if (ny_str_starts_with(text, head)) {
        whole = lines_read(s, text, head.n);
    } else if (!ny_str_starts_with(head, text)) { /* a first line that was cut is no line */
        whole = SIZE_MAX;
    }
    cli_file_close(&file);
    return whole;
}

/* ---- opening ---- */

static FILE *open_locked(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    FILE *out = fd >= 0 ? fdopen(fd, "a") : NULL;

    if (out == NULL) {
        cli_error("the state file %s cannot be opened (%s); name another with --state", path,
                  strerror(errno));
        return NULL;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        cli_error("another load uses the state file %s; wait until it has ended", path);
        fclose(out);
        return NULL;
    }
    return out;
}

struct ssmix2_state *ssmix2_state_open(const char *path, const char *domain, const char *oid)
{
    struct ny_arena *a = ny_arena_create(0);
    ny_str head = ny_arena_printf(a, "nayose-ssmix2 1 %s %s\n", domain, oid);
    struct ssmix2_state *s = ny_calloc(1, sizeof(*s));
    size_t whole = SIZE_MAX;

    s->path = path;
    s->out = open_locked(path);
    if (s->out != NULL) {
        whole = state_read(s, head);
        if (whole == SIZE_MAX || ftruncate(fileno(s->out), (off_t)whole) != 0) {
            cli_error("%s is not the state of an earlier load of %s; name another with --state",
                      path, domain);
            whole = SIZE_MAX;
        } else if (whole == 0) {
            s->is_broken = fwrite(head.p, 1, head.n, s->out) != head.n || fflush(s->out) != 0;
        }
    }
    ny_arena_destroy(a);
    if (whole == SIZE_MAX) {
        ssmix2_state_close(s);
        return NULL;
    }
    if (s->n > 0) {
        qsort(s->known, s->n, sizeof(*s->known), print_compare);
    }
    return s;
}

void ssmix2_state_close(struct ssmix2_state *s)
{
    if (s == NULL) {
        return;
    }
    if (s->out != NULL && fclose(s->out) != 0) {
        s->is_broken = true;
    }
    if (s->is_broken) {
        cli_error("the state file %s could not be written: the next load sends more than it needs "
                  "to",
                  s->path);
    }
    ny_free(s->known);
    ny_free(s);
}

/* ---- use ---- */

size_t ssmix2_state_count(const struct ssmix2_state *s)
{
    return s->n;
}

bool ssmix2_state_has(const struct ssmix2_state *s, struct ssmix2_print p)
{
    return s->n > 0 && bsearch(&p, s->known, s->n, sizeof(p), print_compare) != NULL;
}

void ssmix2_state_add(struct ssmix2_state *s, struct ssmix2_print p)
{
    if (s->is_broken) {
        return;
    }
    fprintf(s->out, "%016llx%016llx\n", (unsigned long long)p.hash[0],
            (unsigned long long)p.hash[1]);
    if (++s->unflushed == FLUSH_EVERY) {
        s->unflushed = 0;
        s->is_broken = fflush(s->out) != 0;
    }
}

bool ssmix2_state_is_sound(const struct ssmix2_state *s)
{
    return !s->is_broken;
}
