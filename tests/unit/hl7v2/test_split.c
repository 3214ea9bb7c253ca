/* Files with many messages. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "nayose/hl7v2.h"

static const struct {
    const char *name;
    const char *in;
    size_t n;
    const char *out; /* messages joined with "##" */
    size_t skipped;
} rows[] = {
#define R(name, in, out, skipped)                                                                  \
    {                                                                                              \
        name, in, sizeof(in) - 1, out, skipped                                                     \
    }
    R("nothing", "", "", 0),
    R("blank", "\r\n\n  \x1A", "", 0),
    R("one, CR", "MSH|1\rPID|a\r", "MSH|1\rPID|a", 0),
    R("two, CR", "MSH|1\rPID|a\rMSH|2\rPID|b\r", "MSH|1\rPID|a##MSH|2\rPID|b", 0),
    R("two, LF", "MSH|1\nPID|a\nMSH|2\nPID|b", "MSH|1\nPID|a##MSH|2\nPID|b", 0),
    R("two, CRLF and blank lines", "MSH|1\r\nPID|a\r\n\r\nMSH|2\r\nPID|b\r\n\r\n",
      "MSH|1\r\nPID|a##MSH|2\r\nPID|b", 0),
    R("MLLP frames", "\x0BMSH|1\rPID|a\r\x1C\r\x0BMSH|2\r\x1C\r", "MSH|1\rPID|a##MSH|2", 0),
    R("MLLP frames with line feeds between", "\x0BMSH|1\r\x1C\r\n\x0BMSH|2\r\x1C\r\n",
      "MSH|1##MSH|2", 0),
    R("batch", "FHS|^~\\&\rBHS|^~\\&\rMSH|1\rPID|a\rMSH|2\rBTS|2\rFTS|1\r", "MSH|1\rPID|a##MSH|2",
      0),
    R("batch, bare trailers", "BHS|^~\\&\rMSH|1\rBTS\rFTS\r", "MSH|1", 0),
    R("batch without messages", "FHS|\rBHS|\rBTS|0\rFTS|1\r", "", 0),
    R("other separator", "MSH$1\rMSH$2\r", "MSH$1##MSH$2", 0),
    R("byte order mark", "\xEF\xBB\xBFMSH|1\r", "MSH|1", 0),
    R("text before and between is counted", "hello\rMSH|1\r\x1C\rjunk\rMSH|2", "MSH|1##MSH|2", 9),
    R("MSH inside a value", "MSH|1\rNTE|MSH|x\rMSHX|1\r", "MSH|1\rNTE|MSH|x\rMSHX|1", 0),
    R("kanji that look like MSH|", "MSH|1\rPID|\x1B$BMSH|\x1B(B\r\x1B$BMSH|\x1B(B\rMSH|2",
      "MSH|1\rPID|\x1B$BMSH|\x1B(B\r\x1B$BMSH|\x1B(B##MSH|2", 0),
    R("end of file mark", "MSH|1\rPID|a\r\n\x1A", "MSH|1\rPID|a", 0),
    R("no separator", "MSH \rMSH\rMSH\x7F\r", "", 11),
    R("no message", "GET / HTTP/1.1\r\n", "", 14),
#undef R
};

static const struct {
    const char *name, *in;
    size_t mismatches;
} batches[] = {
    {"no batch",                   "MSH|1\rMSH|2\r",                                           0},
    {"counts are right",           "FHS|^\rBHS|^\rMSH|1\rMSH|2\rBTS|2\rBHS|^\rBTS|0\rFTS|2\r", 0},
    {"a batch without a file",     "BHS|^\rMSH|1\rBTS|1|note\r",                               0},
    {"a file without batches",     "FHS|^\rMSH|1\rFTS\r",                                      0},
    {"other separator, blanks",    "BHS$^\nMSH$1\nBTS$ 1 $x\n",                                0},
    {"no counts",                  "FHS|^\rBHS|^\rMSH|1\rBTS\rFTS|\r",                         0},
    {"a message too few",          "BHS|^\rMSH|1\rBTS|2\r",                                    1},
    {"a message too many",         "BHS|^\rMSH|1\rMSH|2\rBTS|1\rBHS|^\rMSH|3\rBTS|1\r",        1},
    {"a batch too few",            "FHS|^\rBHS|^\rMSH|1\rBTS|1\rFTS|2\r",                      1},
    {"cut off in the batch",       "FHS|^\rBHS|^\rMSH|1\r",                                    2},
    {"cut off before the end",     "FHS|^\rBHS|^\rMSH|1\rBTS|1\r",                             1},
    {"no header",                  "MSH|1\rBTS|1\r",                                           1},
    {"a second header",            "BHS|^\rMSH|1\rBHS|^\rMSH|2\rBTS|1\r",                      1},
    {"file ends before its batch", "FHS|^\rBHS|^\rMSH|1\rFTS|1\r",                             1},
};

static void test_batches_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(batches); i++) {
        struct ny_hl7v2_splitter s = {.bytes = ny_str_from_c(batches[i].in)};
        ny_str one;

        while (ny_hl7v2_split_next(&s, &one, NULL)) {
        }
        (void)ny_hl7v2_split_next(&s, &one, NULL); /* asking again counts nothing twice */
        if (s.mismatches != batches[i].mismatches || s.skipped != 0) {
            fail_msg("row %s: %zu", batches[i].name, s.mismatches);
        }
    }
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_hl7v2_splitter s = {.bytes = ny_str_of(rows[i].in, rows[i].n)};
        struct ny_arena *a = ny_arena_create(0);
        struct ny_buf b;
        ny_str one;
        size_t offset = 0;

        ny_buf_init(&b, a);
        while (ny_hl7v2_split_next(&s, &one, &offset)) {
            assert_ptr_equal(one.p, rows[i].in + offset);
            ny_buf_add_c(&b, b.n > 0 ? "##" : "");
            ny_buf_add(&b, one);
        }
        if (!ny_str_equals(ny_buf_str(&b), ny_str_from_c(rows[i].out)) ||
            s.skipped != rows[i].skipped) {
            fail_msg("row %s: %.*s skipped %zu", rows[i].name, NY_ARG(ny_buf_str(&b)), s.skipped);
        }
        ny_arena_destroy(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_batches_are_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
