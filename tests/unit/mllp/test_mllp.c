/* MLLP frames: every split, what stands between frames, limits, errors. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "nayose/mllp.h"

/* Feeds in as [0, cut) and [cut, n); writes each frame as "<frame>" and an error as "!rc" to got.
 */
static void run(const char *in, size_t n, size_t cut, size_t max, char *got, size_t got_cap,
                struct ny_mllp_facts *facts)
{
    struct ny_mllp_reader *r = ny_mllp_reader_create(max);
    size_t ends[2] = {cut, n};
    size_t at = 0;
    size_t g = 0;
    bool failed = false;

    got[0] = '\0';
    for (int half = 0; half < 2 && !failed; half++) {
        while (at < ends[half] && !failed) {
            size_t used = 0;
            enum ny_mllp_status s = ny_mllp_reader_feed(r, in + at, ends[half] - at, &used);

            assert_true(used <= ends[half] - at);
            at += used;
            if (s == NY_MLLP_FRAME) {
                ny_str f = ny_mllp_reader_frame(r);

                g += (size_t)snprintf(got + g, got_cap - g, "<%.*s>", NY_ARG(f));
            } else if (s == NY_MLLP_ERROR) {
                g += (size_t)snprintf(got + g, got_cap - g, "!%d", ny_mllp_reader_error(r)->rc);
                assert_int_equal(ny_mllp_reader_feed(r, "\x0BX\x1C\r", 4, &used), NY_MLLP_ERROR);
                assert_int_equal(used, 0);
                failed = true;
            } else {
                assert_int_equal(at, ends[half]);
            }
        }
    }
    *facts = *ny_mllp_reader_facts(r);
    ny_mllp_reader_destroy(r);
}

static const struct {
    const char *name;
    const char *in;
    size_t n;
    const char *out;
    unsigned restarts;
    unsigned garbage;
} rows[] = {
#define ROW(name, in, out, restarts, garbage)                                                      \
    {                                                                                              \
        name, in, sizeof(in) - 1, out, restarts, garbage                                           \
    }
    ROW("one frame", "\x0BMSH|\r\x1C\r", "<MSH|\r>", 0, 0),
    ROW("two frames in one read",
        "\x0B"
        "A\x1C\r\x0B"
        "B\x1C\r",
        "<A><B>", 0, 0),
    ROW("CR LF NUL between frames",
        "\r\n\0\x0B"
        "A\x1C\r\n\0\r\x0B"
        "B\x1C\r\n",
        "<A><B>", 0, 0),
    ROW("other bytes between frames",
        "xyz\x0B"
        "A\x1C\rq\x0B"
        "B\x1C\r",
        "<A><B>", 0, 4),
    ROW("start inside a frame restarts it",
        "\x0B"
        "AAA\x0B"
        "B\x1C\r",
        "<B>", 1, 0),
    ROW("two starts inside",
        "\x0B\x0B"
        "A\x0B"
        "B\x1C\r",
        "<B>", 2, 0),
    ROW("no CR before the end mark", "\x0BMSH|^~\\&\x1C\r", "<MSH|^~\\&>", 0, 0),
    ROW("empty frame", "\x0B\x1C\r", "<>", 0, 0),
    ROW("end mark without CR",
        "\x0B"
        "A\x1C\n\x0B"
        "B\x1C\r",
        "!-3", 0, 0),
    ROW("end mark inside the payload",
        "\x0B"
        "A\x1C"
        "B\x1C\r",
        "!-3", 0, 0),
    ROW("end mark then start",
        "\x0B"
        "A\x1C\x0B"
        "B\x1C\r",
        "!-3", 0, 0),
    ROW("end mark between frames is garbage",
        "\x1C\r\x0B"
        "A\x1C\r",
        "<A>", 0, 1),
    ROW("frame never ends",
        "\x0B"
        "A",
        "", 0, 0),
    ROW("ISO 2022 passes as it is", "\x0B\x1B$B\x3B\x33\x1B(B\r\x1C\r", "<\x1B$B\x3B\x33\x1B(B\r>",
        0, 0),
    ROW("at the cap",
        "\x0B"
        "12345678901234567890\x1C\r",
        "<12345678901234567890>", 0, 0),
    ROW("above the cap",
        "\x0B"
        "123456789012345678901\x1C\r",
        "!-1", 0, 0),
#undef ROW
};

static void test_rows_at_every_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        for (size_t cut = 0; cut <= rows[i].n; cut++) {
            struct ny_mllp_facts facts;
            char got[256];

            run(rows[i].in, rows[i].n, cut, 20, got, sizeof(got), &facts);
            if (strcmp(got, rows[i].out) != 0 || facts.restarts != rows[i].restarts ||
                facts.garbage != rows[i].garbage) {
                fail_msg("row %s, cut %zu: %s", rows[i].name, cut, got);
            }
        }
    }
}

static void test_byte_by_byte(void **state)
{
    struct ny_mllp_reader *r = ny_mllp_reader_create(100);
    const char in[] = "\r\x0B"
                      "AB\x1C\r\x0B"
                      "C\x1C\r";
    int frames = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(in) - 1; i++) {
        size_t used = 0;
        enum ny_mllp_status s = ny_mllp_reader_feed(r, in + i, 1, &used);

        assert_int_equal(used, 1);
        assert_int_equal(ny_mllp_reader_in_frame(r), (i >= 1 && i <= 4) || (i >= 6 && i <= 8));
        if (s == NY_MLLP_FRAME) {
            assert_true(
                ny_str_equals(ny_mllp_reader_frame(r), frames == 0 ? NY_S("AB") : NY_S("C")));
            frames++;
        }
    }
    assert_int_equal(frames, 2);
    ny_mllp_reader_destroy(r);
    ny_mllp_reader_destroy(NULL);
}

static void test_large_frame_then_small(void **state)
{
    size_t n = 700000;
    char *in = ny_malloc(n + 3);
    struct ny_mllp_reader *r = ny_mllp_reader_create(4u << 20);

    (void)state;
    for (int round = 0; round < 2; round++) {
        enum ny_mllp_status s = NY_MLLP_MORE;
        size_t at = 0;

        memset(in, 'x', n + 3);
        in[0] = NY_MLLP_START;
        in[n + 1] = NY_MLLP_END;
        in[n + 2] = '\r';
        while (at < n + 3) {
            size_t used = 0;
            size_t chunk = n + 3 - at < 4096 ? n + 3 - at : 4096;

            s = ny_mllp_reader_feed(r, in + at, chunk, &used);
            at += used;
        }
        assert_int_equal(s, NY_MLLP_FRAME);
        assert_int_equal(ny_mllp_reader_frame(r).n, n);
        n = 70;
    }
    ny_mllp_reader_destroy(r);
    ny_free(in);
}

static void test_endless_garbage_is_an_error(void **state)
{
    struct ny_mllp_reader *r = ny_mllp_reader_create(100);
    char line[] = "GET / HTTP/1.1\r\n";
    enum ny_mllp_status s = NY_MLLP_MORE;
    size_t used = 0;
    unsigned i;

    (void)state;
    for (i = 0; i < 10000 && s == NY_MLLP_MORE; i++) {
        s = ny_mllp_reader_feed(r, line, sizeof(line) - 1, &used);
    }
    assert_int_equal(s, NY_MLLP_ERROR);
    assert_in_range(i, 5000, 6000); /* 12 counted bytes a line */
    ny_mllp_reader_destroy(r);
}

static void test_write(void **state)
{
    struct ny_arena *a = ny_arena_create(1000);
    struct ny_buf b;

    (void)state;
    ny_buf_init(&b, a);
    assert_int_equal(ny_mllp_write(&b, NY_S("MSH|")), NY_OK);
    assert_true(ny_str_equals(ny_buf_str(&b), NY_S("\x0BMSH|\x1C\r")));
    assert_int_equal(ny_mllp_write(&b, NY_S("a\x0B"
                                            "b")),
                     NY_ESYNTAX);
    assert_int_equal(ny_mllp_write(&b, NY_S("a\x1C\r")), NY_ESYNTAX);
    assert_int_equal(b.n, 7);
    ny_arena_destroy(a);

    a = ny_arena_create(80);
    ny_buf_init(&b, a);
    assert_int_equal(ny_mllp_write(&b, NY_S("a")), NY_OK);
    for (int i = 0; i < 14; i++) {
        assert_int_equal(ny_mllp_write(&b, NY_S("a")), NY_OK);
    }
    assert_int_equal(ny_mllp_write(&b, NY_S("aaaaa")), NY_ELIMIT);
    ny_arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_at_every_split),
        cmocka_unit_test(test_byte_by_byte),
        cmocka_unit_test(test_large_frame_then_small),
        cmocka_unit_test(test_endless_garbage_is_an_error),
        cmocka_unit_test(test_write),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
