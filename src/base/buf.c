/* Text that grows in an arena. */

#include "nayose/base.h"

#include <stdio.h>

void ny_buf_init(struct ny_buf *b, struct ny_arena *a)
{
    *b = (struct ny_buf){.arena = a};
}

/* Makes room for n more bytes and a NUL. */
static bool buf_reserve(struct ny_buf *b, size_t n)
{
    size_t want;
    size_t cap = b->cap > 0 ? b->cap : 64;
    char *p;

    if (b->failed || n > SIZE_MAX / 4 - b->n) {
        b->failed = true;
        return false;
    }
    want = b->n + n + 1;
    if (want <= b->cap) {
        return true;
    }
    while (cap < want) {
        cap *= 2;
    }
    p = ny_arena_alloc(b->arena, cap);
    if (p == NULL) {
        b->failed = true;
        return false;
    }
    if (b->n > 0) {
        memcpy(p, b->p, b->n);
    }
    b->p = p;
    b->cap = cap;
    return true;
}

void ny_buf_add(struct ny_buf *b, ny_str s)
{
    if (!buf_reserve(b, s.n)) {
        return;
    }
    if (s.n > 0) {
        memcpy(b->p + b->n, s.p, s.n);
    }
    b->n += s.n;
    b->p[b->n] = '\0';
}

void ny_buf_add_c(struct ny_buf *b, const char *c)
{
    ny_buf_add(b, ny_str_from_c(c));
}

void ny_buf_add_char(struct ny_buf *b, char c)
{
    ny_buf_add(b, (ny_str){&c, 1});
}

void ny_buf_printf(struct ny_buf *b, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    NY_ASSERT(n >= 0);
    if (!buf_reserve(b, (size_t)n)) {
        return;
    }
    va_start(ap, fmt);
    vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
}

ny_rc ny_buf_end(const struct ny_buf *b, ny_str *out)
{
    if (b->failed) {
        return NY_ELIMIT;
    }
    *out = ny_buf_str(b);
    return NY_OK;
}
