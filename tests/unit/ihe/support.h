/* One message in, its answer out, with the fake registry between. */
#ifndef NAYOSE_TESTS_IHE_SUPPORT_H
#define NAYOSE_TESTS_IHE_SUPPORT_H

#include <assert.h>
#include <stdio.h>

#include "nayose/ihe.h"

#include "with_registry.h"

enum { ANSWER_MAX = 65536 };

struct bench {
    struct ny_registry *registry;
    struct ny_ihe *ihe;
    bool may_not_query;
    bool enhanced;
    bool invalid, strict; /* HL7 v3: what the schemas say, and whether that refuses */
    bool stored;
    const char *facility;
    size_t arena_cap; /* 0: 16 MiB */
    size_t answers;   /* of the last message */
    char answer[ANSWER_MAX];
    size_t answer_n;
    char accept[ANSWER_MAX]; /* what is sent before the answer */
    bool quiet;
};

static inline void bench_open(struct bench *b, bool check_receiver)
{
    struct ny_ihe_config cfg = {.application = NY_S("NAYOSE"),
                                .facility = NY_S("REG"),
                                .check_receiver = check_receiver,
                                .timezone_s = 32400};

    *b = (struct bench){.registry = fake_create()};
    cfg.registry = b->registry;
    b->ihe = ny_ihe_create(&cfg);
}

static inline void bench_close(struct bench *b)
{
    ny_ihe_destroy(b->ihe);
    fake_destroy(b->registry);
}

static inline void bench_on_answer(void *ctx, ny_str out)
{
    struct bench *b = ctx;

    b->answers++;
    b->answer_n = out.n < ANSWER_MAX - 1 ? out.n : ANSWER_MAX - 1;
    if (out.n > 0) {
        memcpy(b->answer, out.p, b->answer_n);
    }
    b->answer[b->answer_n] = '\0';
}

/* The answer of one message, as bytes; empty when nothing was said. */
static inline ny_str bench_send(struct bench *b, ny_str in)
{
    struct ny_ihe_exchange x = {
        .arena = ny_arena_create(b->arena_cap > 0 ? b->arena_cap : 16 * 1024 * 1024),
        .in = in,
        .peer_addr = NY_S("127.0.0.1:40000"),
        .may_query = !b->may_not_query,
        .speaker = {.is_local = true,
                    .facility = ny_str_from_c(b->facility != NULL ? b->facility : "")},
        .enhanced = b->enhanced,
        .answer = bench_on_answer,
        .ctx = b,
    };

    b->answers = 0;
    ny_ihe_receive(b->ihe, &x);
    (void)fake_run(b->registry);
    assert(b->answers == 1);
    snprintf(b->accept, sizeof(b->accept), "%.*s", NY_ARG(x.accept));
    b->quiet = x.quiet;
    ny_arena_destroy(x.arena);
    return ny_str_of(b->answer, b->answer_n);
}

/* MSH-7 becomes TIME and MSH-10 ID; CR becomes LF. In place; the text is terminated. */
static inline const char *bench_mask(struct bench *b)
{
    static char out[ANSWER_MAX + 64];
    ny_str rest = ny_str_of(b->answer, b->answer_n);
    char sep = b->answer_n > 3 ? b->answer[3] : '|';
    size_t at = 0;

    for (int field = 1; field < 10 && rest.p != NULL && rest.n > 0; field++) {
        ny_str f = ny_str_split(&rest, sep);

        f = field == 7 ? NY_S("TIME") : f; /* the first token is "MSH", then MSH-2 … */
        at += (size_t)snprintf(out + at, sizeof(out) - at, "%.*s%c", NY_ARG(f), sep);
    }
    if (rest.p != NULL && rest.n > 0) {
        (void)ny_str_split(&rest, sep);
        at += (size_t)snprintf(out + at, sizeof(out) - at, "ID%c%.*s", sep, NY_ARG(rest));
    }
    out[at] = '\0';
    for (char *p = out; *p != '\0'; p++) {
        *p = *p == '\r' ? '\n' : *p;
    }
    return out;
}

#endif
