/* Memory: the heap that aborts, and the arena of a message.
 *
 *   arena ─▶ [block: next, size, used, bytes…] ─▶ [block …]      newest first
 *
 * Blocks double from 4 KiB to 256 KiB; what is larger gets a block of its own. Everything is wiped
 * before it is released, since it held patient data. With NAYOSE_ARENA_DEBUG (or under ASan) each
 * allocation is a block of its own, so that a read past its end is seen. */

#include "nayose/base.h"

#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_SEPARATE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_SEPARATE 1
#endif
#endif
#if defined(NAYOSE_ARENA_DEBUG)
#define ARENA_SEPARATE 1
#endif
#ifndef ARENA_SEPARATE
#define ARENA_SEPARATE 0
#endif

enum { BLOCK_FIRST = 4096, BLOCK_LARGEST = 262144, ALIGNMENT = 16 };

struct block {
    struct block *next;
    size_t size;
    size_t used;
    _Alignas(ALIGNMENT) char bytes[];
};

struct ny_arena {
    struct block *head;
    size_t cap;
    size_t used;
    size_t next_size;
};

void *ny_malloc(size_t n)
{
    void *p = malloc(n > 0 ? n : 1);

    if (p == NULL) {
        ny_assert_failed("heap exhausted", __FILE__, __LINE__);
    }
    return p;
}

void *ny_calloc(size_t count, size_t size)
{
    size_t n = ny_mul_size(count, size);
    void *p = calloc(1, n > 0 ? n : 1);

    if (p == NULL) {
        ny_assert_failed("heap exhausted", __FILE__, __LINE__);
    }
    return p;
}

void *ny_realloc(void *p, size_t n)
{
    void *q = realloc(p, n > 0 ? n : 1);

    if (q == NULL) {
        ny_assert_failed("heap exhausted", __FILE__, __LINE__);
    }
    return q;
}

void ny_free(void *p)
{
    free(p);
}

char *ny_str_dup(ny_str s)
{
    char *copy = ny_malloc(s.n + 1);

    if (s.n > 0) {
        memcpy(copy, s.p, s.n);
    }
    copy[s.n] = '\0';
    return copy;
}

size_t ny_mul_size(size_t count, size_t size)
{
    size_t n;

    if (__builtin_mul_overflow(count, size, &n)) {
        ny_assert_failed("size overflow", __FILE__, __LINE__);
    }
    return n;
}

void ny_wipe(void *p, size_t n)
{
    if (n > 0) {
        explicit_bzero(p, n);
    }
}

struct ny_arena *ny_arena_create(size_t cap)
{
    struct ny_arena *a = ny_calloc(1, sizeof(*a));

    a->cap = cap > 0 ? cap : SIZE_MAX;
    a->next_size = BLOCK_FIRST;
    return a;
}

static void blocks_release(struct block *b)
{
    while (b != NULL) {
        struct block *next = b->next;

        ny_wipe(b->bytes, b->used);
        ny_free(b);
        b = next;
    }
}

void ny_arena_destroy(struct ny_arena *a)
{
    if (a != NULL) {
        blocks_release(a->head);
        ny_free(a);
    }
}

void ny_arena_reset(struct ny_arena *a)
{
    struct block *first = NULL;

    while (a->head != NULL) {
        struct block *b = a->head;

        a->head = b->next;
        b->next = NULL;
        if (a->head == NULL && b->size == BLOCK_FIRST) {
            ny_wipe(b->bytes, b->used);
            b->used = 0;
            first = b;
        } else {
            blocks_release(b);
        }
    }
    a->head = first;
    a->used = 0;
    a->next_size = first != NULL ? BLOCK_FIRST * 2 : BLOCK_FIRST;
}

static struct block *block_add(struct ny_arena *a, size_t n)
{
    size_t size = n;
    struct block *b;

    if (!ARENA_SEPARATE && n < a->next_size) {
        size = a->next_size;
        if (a->next_size < BLOCK_LARGEST) {
            a->next_size *= 2;
        }
    }
    b = ny_malloc(sizeof(*b) + size);
    b->size = size;
    b->used = 0;
    b->next = a->head;
    a->head = b;
    return b;
}

void *ny_arena_alloc(struct ny_arena *a, size_t n)
{
    size_t want;
    struct block *b = a->head;
    void *p;

    if (n > SIZE_MAX - ALIGNMENT) {
        return NULL;
    }
    want = ARENA_SEPARATE ? n : (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (want > a->cap || a->used > a->cap - want) {
        return NULL;
    }
    if (ARENA_SEPARATE || b == NULL || want > b->size - b->used) {
        b = block_add(a, want);
    }
    p = b->bytes + b->used;
    b->used += want;
    a->used += want;
    return p;
}

void *ny_arena_calloc(struct ny_arena *a, size_t count, size_t size)
{
    size_t n = ny_mul_size(count, size);
    void *p = ny_arena_alloc(a, n);

    if (p != NULL) {
        memset(p, 0, n);
    }
    return p;
}

ny_str ny_arena_str(struct ny_arena *a, ny_str s)
{
    char *p = ny_arena_alloc(a, s.n + 1);

    if (p == NULL) {
        return NY_STR_NONE;
    }
    if (s.n > 0) {
        memcpy(p, s.p, s.n);
    }
    p[s.n] = '\0';
    return (ny_str){p, s.n};
}

ny_str ny_arena_printf(struct ny_arena *a, const char *fmt, ...)
{
    va_list ap;
    int n;
    char *p;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    NY_ASSERT(n >= 0);
    p = ny_arena_alloc(a, (size_t)n + 1);
    if (p == NULL) {
        return NY_STR_NONE;
    }
    va_start(ap, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return (ny_str){p, (size_t)n};
}
