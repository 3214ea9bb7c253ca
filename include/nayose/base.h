/* base: what every room stands on: slices, arenas, buffers, errors, clock, log, counters.
 * Knows nothing of patients or protocols. Floor 0.
 * Sections: rc and error · assertion · str · memory · arena · buf · numbers · hash · clock · log ·
 * counters. */
#ifndef NAYOSE_BASE_H
#define NAYOSE_BASE_H

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define NY_MUST_USE __attribute__((warn_unused_result))
#define NY_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define NY_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define ny_container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* ---- rc and error ---- */

typedef int ny_rc;

enum ny_rc_value {
#define NY_RC(name, value, text) name = (value),
#include "nayose/tbl/rc.def"
#undef NY_RC
};

/* The text of an rc, for logs and messages; never NULL. */
const char *ny_rc_text(ny_rc rc);

/* Where and why something failed. Owned by the caller, set only on failure.
 * field is a place in the message ("PID^1^3^1^4" in ERL order, or an XML path), text a short
 * sentence; neither ever holds patient data. */
struct ny_error {
    ny_rc rc;
    char field[48];
    size_t offset; /* byte offset in the input, 0 when unknown */
    char text[200];
};

/* Fills err (NULL is allowed) and returns rc, so that `return ny_fail(err, …)` reads well. */
ny_rc ny_fail(struct ny_error *err, ny_rc rc, const char *fmt, ...) NY_PRINTF(3, 4);
ny_rc ny_fail_at(struct ny_error *err, ny_rc rc, const char *field, const char *fmt, ...)
    NY_PRINTF(4, 5);

/* ---- assertion: stays on in release; a false one is a bug and aborts ---- */

#define NY_ASSERT(cond) ((cond) ? (void)0 : ny_assert_failed(#cond, __FILE__, __LINE__))
_Noreturn void ny_assert_failed(const char *what, const char *file, int line);

/* ---- str: a slice into somebody's memory; not terminated, may hold any byte ---- */

typedef struct {
    const char *p;
    size_t n;
} ny_str;

#define NY_S(literal) ((ny_str){("" literal), sizeof(literal) - 1})
#define NY_STR_NONE ((ny_str){NULL, 0})
#define NY_ARG(s) ((int)((s).n > INT_MAX ? INT_MAX : (s).n)), ((s).p != NULL ? (s).p : "")

static inline ny_str ny_str_of(const char *p, size_t n)
{
    return (ny_str){p, n};
}
static inline ny_str ny_str_from_c(const char *c)
{
    return (ny_str){c, c != NULL ? strlen(c) : 0};
}
static inline bool ny_str_is_empty(ny_str s)
{
    return s.n == 0;
}
static inline bool ny_str_equals(ny_str a, ny_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
/* s[from .. from+n), both clamped to the slice. */
static inline ny_str ny_str_sub(ny_str s, size_t from, size_t n)
{
    if (from > s.n) {
        from = s.n;
    }
    if (n > s.n - from) {
        n = s.n - from;
    }
    return (ny_str){s.n > 0 ? s.p + from : s.p, n};
}
/* Byte order; the shorter one first when it is a prefix. <0, 0, >0. */
int ny_str_compare(ny_str a, ny_str b);
/* ASCII only: case folded on both sides. */
bool ny_str_equals_nocase(ny_str a, ny_str b);
bool ny_str_starts_with(ny_str s, ny_str prefix);
bool ny_str_ends_with(ny_str s, ny_str suffix);
/* Offset of the first c, or s.n. */
size_t ny_str_find(ny_str s, char c);
/* Cuts ASCII blanks (space, tab, CR, LF) at both ends. */
ny_str ny_str_trim(ny_str s);
/* Cuts *rest at the first sep: returns the part before, *rest becomes the part after.
 * When there is none: all of it, and rest->p becomes NULL (so `while (rest.p != NULL)` walks). */
ny_str ny_str_split(ny_str *rest, char sep);

/* ---- memory: heap exhaustion aborts (the database holds the truth) ---- */

void *ny_malloc(size_t n);
void *ny_calloc(size_t count, size_t size); /* zeroed; overflow aborts */
void *ny_realloc(void *p, size_t n);
void ny_free(void *p);
/* A copy with a NUL behind it; owned. */
char *ny_str_dup(ny_str s);
/* count * size, aborts on overflow. */
size_t ny_mul_size(size_t count, size_t size);
/* Zeroes memory in a way that the compiler keeps. */
void ny_wipe(void *p, size_t n);

/* ---- arena: everything one message needs, wiped and released at once ----
 * Not thread safe. NAYOSE_ARENA_DEBUG builds make each allocation its own malloc. */

struct ny_arena;

/* cap: most bytes the arena may hand out; at the cap allocation gives NULL. 0 means SIZE_MAX. */
struct ny_arena *ny_arena_create(size_t cap);
void ny_arena_destroy(struct ny_arena *a); /* NULL allowed; contents are wiped */
void ny_arena_reset(struct ny_arena *a);   /* wiped, kept for reuse; the first block stays */
/* n bytes, aligned for any type, not zeroed; NULL at the cap. */
void *ny_arena_alloc(struct ny_arena *a, size_t n) __attribute__((malloc, alloc_size(2)));
void *ny_arena_calloc(struct ny_arena *a, size_t count, size_t size);
/* Copies; the result is also NUL-terminated (the NUL is not counted). p == NULL at the cap. */
ny_str ny_arena_str(struct ny_arena *a, ny_str s);
/* printf into the arena; p == NULL at the cap. */
ny_str ny_arena_printf(struct ny_arena *a, const char *fmt, ...) NY_PRINTF(2, 3);
#define NY_ARENA_NEW(a, type) ((type *)ny_arena_calloc((a), 1, sizeof(type)))
#define NY_ARENA_ARRAY(a, type, n) ((type *)ny_arena_calloc((a), (n), sizeof(type)))

/* ---- buf: text that grows in an arena; a failed append sticks, checked once at the end ---- */

struct ny_buf {
    struct ny_arena *arena;
    char *p;
    size_t n;
    size_t cap;
    bool failed;
};

void ny_buf_init(struct ny_buf *b, struct ny_arena *a);
void ny_buf_add(struct ny_buf *b, ny_str s);
void ny_buf_add_c(struct ny_buf *b, const char *c);
void ny_buf_add_char(struct ny_buf *b, char c);
void ny_buf_printf(struct ny_buf *b, const char *fmt, ...) NY_PRINTF(2, 3);
static inline ny_str ny_buf_str(const struct ny_buf *b)
{
    return (ny_str){b->p, b->n};
}
/* NY_OK and the text, or NY_ELIMIT when an append had failed. */
NY_MUST_USE ny_rc ny_buf_end(const struct ny_buf *b, ny_str *out);

/* ---- numbers: the only parsers of digits in the project ---- */

/* The whole slice must be the number (decimal, no blanks; '-' allowed for i64).
 * NY_ESYNTAX on anything else, NY_ERANGE outside [min, max]. */
NY_MUST_USE ny_rc ny_str_to_u64(ny_str s, uint64_t min, uint64_t max, uint64_t *out);
NY_MUST_USE ny_rc ny_str_to_i64(ny_str s, int64_t min, int64_t max, int64_t *out);
bool ny_str_is_digits(ny_str s); /* true for at least one digit and nothing else */
/* Lower-case hex of n bytes; dst has room for 2n+1. */
void ny_hex(const void *bytes, size_t n, char *dst);
/* One hex digit's value, or -1. */
int ny_hex_value(char c);

/* ---- hash ---- */

#define NY_SHA256_LEN 32
/* 64-bit XXH3: stable across releases and machines, so keys may be stored. */
uint64_t ny_hash64(ny_str s);
uint64_t ny_hash64_seeded(ny_str s, uint64_t seed);
void ny_sha256(ny_str s, uint8_t out[NY_SHA256_LEN]);
/* SHA-256 of several parts, one after another without separators. */
void ny_sha256_parts(const ny_str *parts, size_t n, uint8_t out[NY_SHA256_LEN]);

/* ---- dates and clock ---- */

enum ny_date_precision { NY_DATE_NONE = 0, NY_DATE_YEAR = 1, NY_DATE_MONTH = 2, NY_DATE_DAY = 3 };

/* A civil date; parts below the precision are 0. {0} means no date. */
typedef struct {
    int16_t y;
    uint8_t m, d;
    uint8_t precision;
} ny_date;

/* Days since 1970-01-01 of a civil date (proleptic Gregorian) and back. */
int32_t ny_days_from_civil(int y, int m, int d);
ny_date ny_civil_from_days(int32_t days);
bool ny_date_is_valid(int y, int m, int d); /* the day exists in the calendar */
static inline bool ny_date_equals(ny_date a, ny_date b)
{
    return a.y == b.y && a.m == b.m && a.d == b.d && a.precision == b.precision;
}

#define NY_US_PER_SECOND INT64_C(1000000)
#define NY_US_PER_DAY (INT64_C(86400) * NY_US_PER_SECOND)

/* Wall clock in microseconds UTC; a test may freeze it. */
int64_t ny_clock_now_us(void);
void ny_clock_freeze_us(int64_t now_us); /* 0 lets it run again */
int64_t ny_clock_monotonic_us(void);
/* A test may let monotonic time pass by itself: each reading comes step_us after the one before. 0
 * lets it run again. */
void ny_clock_step_us(int64_t step_us);
/* "2026-11-21T09:00:00.123456Z" */
#define NY_TIMESTAMP_LEN 28
void ny_timestamp_write(int64_t us, char out[NY_TIMESTAMP_LEN]);
/* Reads it back; the fraction may be shorter or left out. NY_ESYNTAX. */
NY_MUST_USE ny_rc ny_timestamp_read(ny_str text, int64_t *out_us);

/* ---- log: `event=<name> key=value …`, one fact a line, no patient data ---- */

enum ny_log_level { NY_LOG_ERROR = 0, NY_LOG_WARN = 1, NY_LOG_INFO = 2, NY_LOG_DEBUG = 3 };

void ny_log_level_set(enum ny_log_level level);
/* fmt holds the key=value part. Values from a peer go through ny_log_safe(). */
void ny_log(enum ny_log_level level, const char *event, const char *fmt, ...) NY_PRINTF(3, 4);
/* A printable, escaped copy of at most 60 bytes in a rotating static buffer (4 deep). */
const char *ny_log_safe(ny_str s);

/* ---- counters: one table, text exposition by admin ---- */

enum ny_counter {
#define NY_COUNTER(id, name, kind, help) NY_C_##id,
#include "nayose/tbl/counters.def"
#undef NY_COUNTER
    NY_COUNTER_COUNT
};

struct ny_counter_info {
    const char *name; /* Prometheus name without the nayose_ prefix */
    const char *kind; /* counter | gauge */
    const char *help;
};

void ny_counter_add(enum ny_counter c, int64_t n);
void ny_counter_set(enum ny_counter c, int64_t v);
/* While muted, what this thread adds or sets is not counted: a rehearsal over a copy of the
 * registry runs the same code as the registry. */
void ny_counters_mute(bool muted);
int64_t ny_counter_get(enum ny_counter c);
const struct ny_counter_info *ny_counter_describe(enum ny_counter c);

#endif
