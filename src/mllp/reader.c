/* Frame cursor.
 *
 *              0x0B                  0x1C                 0x0D
 *   BETWEEN ─────────▶ INSIDE ─────────────▶ ENDING ─────────────▶ frame, BETWEEN
 *      │ other: skipped   │ 0x0B: restart       │ other: error
 *
 * Payload bytes are found by memchr and copied as runs into one buffer that grows up to the cap. */

#include "nayose/mllp.h"

enum state { BETWEEN, INSIDE, ENDING, FAILED };

enum { BUFFER_FIRST = 4096, BUFFER_KEPT = 262144 };

struct ny_mllp_reader {
    enum state state;
    bool has_frame; /* buf holds a frame that was given out */
    size_t max_frame;
    char *buf;
    size_t n;
    size_t cap;
    uint64_t garbage_here; /* since the last frame */
    struct ny_mllp_facts facts;
    struct ny_error error;
};

struct ny_mllp_reader *ny_mllp_reader_create(size_t max_frame)
{
    struct ny_mllp_reader *r = ny_calloc(1, sizeof(*r));

    r->max_frame = max_frame;
    return r;
}

static void buffer_release(struct ny_mllp_reader *r)
{
    ny_wipe(r->buf, r->cap);
    ny_free(r->buf);
    r->buf = NULL;
    r->cap = 0;
    r->n = 0;
}

void ny_mllp_reader_destroy(struct ny_mllp_reader *r)
{
    if (r != NULL) {
        buffer_release(r);
        ny_free(r);
    }
}

static void fail(struct ny_mllp_reader *r, ny_rc rc, const char *text)
{
    (void)ny_fail(&r->error, rc, "%s", text);
    r->error.offset = r->n;
    r->state = FAILED;
}

/* Grows by copying to a new block, so that the old one can be wiped (realloc would leave it). */
static bool append(struct ny_mllp_reader *r, const char *p, size_t n)
{
    if (n > r->max_frame - r->n) {
        fail(r, NY_ELIMIT, "frame is larger than allowed");
        return false;
    }
    if (n > r->cap - r->n) {
        size_t cap = r->cap > 0 ? r->cap : BUFFER_FIRST;
        char *grown;

        while (cap < r->n + n) {
            cap *= 2;
        }
        grown = ny_malloc(cap);
        if (r->n > 0) {
            memcpy(grown, r->buf, r->n);
        }
        ny_wipe(r->buf, r->n);
        ny_free(r->buf);
        r->buf = grown;
        r->cap = cap;
    }
    if (n > 0) {
        memcpy(r->buf + r->n, p, n);
        r->n += n;
    }
    return true;
}

/* Skips to the next 0x0B; returns the bytes taken. */
static size_t take_between(struct ny_mllp_reader *r, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] == NY_MLLP_START) {
            r->state = INSIDE;
            return i + 1;
        }
        if (p[i] != '\r' && p[i] != '\n' && p[i] != '\0' && p[i] != ' ' && p[i] != '\t') {
            r->facts.garbage++;
            if (++r->garbage_here > NY_MLLP_MAX_GARBAGE) {
                fail(r, NY_ESYNTAX, "no frame start found");
                return i + 1;
            }
        }
    }
    return n;
}

/* Drops the frame so far at each start mark in p[0..run); returns the bytes up to and with the last
 * one. What is dropped counts against the cap first, so that the outcome does not depend on how the
 * stream was cut into reads. */
static size_t take_restarts(struct ny_mllp_reader *r, const char *p, size_t run)
{
    size_t at = 0;
    const char *start;

    while (r->state != FAILED && (start = memchr(p + at, NY_MLLP_START, run - at)) != NULL) {
        if ((size_t)(start - p) - at > r->max_frame - r->n) {
            fail(r, NY_ELIMIT, "frame is larger than allowed");
            break;
        }
        r->facts.restarts++;
        r->n = 0;
        at = (size_t)(start - p) + 1;
    }
    return at;
}

/* Collects up to the end mark; returns the bytes taken. */
static size_t take_inside(struct ny_mllp_reader *r, const char *p, size_t n)
{
    const char *end = memchr(p, NY_MLLP_END, n);
    size_t run = end != NULL ? (size_t)(end - p) : n;
    size_t from = take_restarts(r, p, run);

    if (r->state == FAILED || !append(r, p + from, run - from)) {
        return run;
    }
    if (end == NULL) {
        return run;
    }
    r->state = ENDING;
    return run + 1;
}

enum ny_mllp_status ny_mllp_reader_feed(struct ny_mllp_reader *r, const void *bytes, size_t n,
                                        size_t *consumed)
{
    const char *p = bytes;
    size_t at = 0;

    if (r->has_frame) {
        r->has_frame = false;
        r->n = 0;
        if (r->cap > BUFFER_KEPT) {
            buffer_release(r);
        }
    }
    while (at < n && r->state != FAILED) {
        if (r->state == BETWEEN) {
            at += take_between(r, p + at, n - at);
        } else if (r->state == INSIDE) {
            at += take_inside(r, p + at, n - at);
        } else if (p[at] != '\r') {
            fail(r, NY_ESYNTAX, "0x1C is not followed by 0x0D");
        } else {
            r->state = BETWEEN;
            r->has_frame = true;
            r->garbage_here = 0;
            r->facts.frames++;
            *consumed = at + 1;
            return NY_MLLP_FRAME;
        }
    }
    *consumed = at;
    return r->state == FAILED ? NY_MLLP_ERROR : NY_MLLP_MORE;
}

ny_str ny_mllp_reader_frame(const struct ny_mllp_reader *r)
{
    NY_ASSERT(r->has_frame);
    return ny_str_of(r->buf != NULL ? r->buf : "", r->n);
}

bool ny_mllp_reader_in_frame(const struct ny_mllp_reader *r)
{
    return r->state == INSIDE || r->state == ENDING;
}

const struct ny_error *ny_mllp_reader_error(const struct ny_mllp_reader *r)
{
    return &r->error;
}

const struct ny_mllp_facts *ny_mllp_reader_facts(const struct ny_mllp_reader *r)
{
    return &r->facts;
}
