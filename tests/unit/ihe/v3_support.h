/* One message of HL7 v3 in, its answer out. */
#ifndef NAYOSE_TESTS_IHE_V3_SUPPORT_H
#define NAYOSE_TESTS_IHE_V3_SUPPORT_H

#include "support.h"
#include "v3_operation.h"

/* The answer, terminated. */
static inline const char *v3_send(struct bench *b, ny_str in)
{
    struct ny_ihe_v3 x = {.arena = ny_arena_create(16 * 1024 * 1024),
                          .in = in,
                          .peer_addr = NY_S("127.0.0.1:40000"),
                          .may_query = !b->may_not_query,
                          .speaker = {.is_local = true},
                          .invalid = b->invalid,
                          .strict = b->strict,
                          .stored = b->stored,
                          .answer = bench_on_answer,
                          .ctx = b};

    assert_int_equal(ny_xml_parse(x.arena, x.in, NY_STR_NONE, &x.message, NULL), NY_OK);
    x.operation = v3_operation(x.message);
    assert_non_null(x.operation);
    b->answers = 0;
    b->registry->search_text[0] = '\0';
    ny_ihe_v3_receive(b->ihe, &x);
    (void)fake_run(b->registry);
    assert_int_equal(b->answers, 1);
    ny_arena_destroy(x.arena);
    return b->answer;
}

/* ---- around a test: its state before is a bench ---- */

static inline int v3_open(void **state)
{
    bench_open(*state, false);
    return 0;
}

/* F01:1 is somebody. */
static inline int v3_open_one(void **state)
{
    struct bench *b = *state;

    bench_open(b, false);
    (void)fake_identity(b->registry, 1, NY_S("1"), 0);
    return 0;
}

static inline int v3_close(void **state)
{
    bench_close(*state);
    return 0;
}

#endif
