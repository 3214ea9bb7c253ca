/* Golden conversations in HL7 v3: tests/golden/<transaction>/<case>/in.xml → out.xml, one tag a
 * line, with the answer's own id and times masked. The cases of a transaction are one conversation,
 * in the order of the table. NY_GOLDEN_UPDATE=1 rewrites the answers; integration.v3 validates all
 * files. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/registry_notices.h"

#include "golden.h"
#include "v3_support.h"

/* Person 1: F01:1, F02:<21> and F02:22. Person 2: F01:2 alone. */
static void people(struct bench *b)
{
    bench_open(b, false);
    fake_identity(b->registry, 1, NY_S("1"), 0);
    fake_identity(b->registry, 2, NY_S("<21>"), 1);
    fake_identity(b->registry, 2, NY_S("22"), 1);
    fake_identity(b->registry, 1, NY_S("2"), 0);
}

/* What stands behind start and before end, once, becomes what. In place; as long or shorter. */
static void mask(char *text, const char *start, char end, const char *what)
{
    char *from = strstr(text, start);
    char *to = from != NULL ? strchr(from + strlen(start), end) : NULL;

    if (to != NULL) {
        from += strlen(start);
        assert_true((size_t)(to - from) >= strlen(what));
        memcpy(from, what, strlen(what));
        memmove(from + strlen(what), to, strlen(to) + 1);
    }
}

/* out has twice the room of the answer. */
static void lines_write(const char *answer, char *out)
{
    for (; *answer != '\0'; answer++) {
        *out++ = *answer;
        if (answer[0] == '>' && answer[1] == '<') {
            *out++ = '\n';
        }
    }
    memcpy(out, "\n", 2);
}

static void compare(const char *name, char *answer)
{
    static char lines[2 * ANSWER_MAX];
    static char expected[2 * ANSWER_MAX];
    char path[512];

    mask(answer, "<creationTime value=\"", '"', "20260102030405+0900");
    mask(answer, "ITSVersion=\"XML_1.0\"><id root=\"1.2.392.9\" extension=\"", '"', "ID");
    lines_write(answer, lines);
    snprintf(path, sizeof(path), NY_SOURCE_DIR "/tests/golden/%s/out.xml", name);
    if (getenv("NY_GOLDEN_UPDATE") != NULL) {
        write_file(path, lines);
    }
    expected[0] = '\0';
    (void)read_file(path, expected, sizeof(expected));
    if (strcmp(expected, lines) != 0) {
        fail_msg("case %s:\n%s\nexpected:\n%s", name, lines, expected);
    }
}

/* F01 asks; told_names: it is told them. */
static void converse(const char *const *cases, bool told_names)
{
    static char in[ANSWER_MAX];
    struct bench b;

    people(&b);
    b.registry->sources[0].pix_names = told_names;
    for (; *cases != NULL; cases++) {
        char path[512];

        snprintf(path, sizeof(path), NY_SOURCE_DIR "/tests/golden/%s/in.xml", *cases);
        assert_true(read_file(path, in, sizeof(in)) > 0);
        (void)v3_send(&b, ny_str_from_c(in));
        compare(*cases, b.answer);
    }
    bench_close(&b);
}

static void test_feeds(void **state)
{
    static const char *const cases[] = {"iti44/add",
                                        "iti44/add-known",
                                        "iti44/revise",
                                        "iti44/revise-unknown",
                                        "iti44/merge",
                                        "iti44/merge-itself",
                                        "iti44/several-patients",
                                        "iti44/domain-of-another",
                                        "iti44/sender-unknown",
                                        "iti44/ids-removed",
                                        NULL};

    (void)state;
    converse(cases, false);
}

static void test_pix_queries(void **state)
{
    static const char *const cases[] = {"iti45/case1-named-domain",
                                        "iti45/case2-all-domains",
                                        "iti45/case3-nothing-there",
                                        "iti45/case4-unknown-id",
                                        "iti45/case5-unknown-domains",
                                        "iti45/case6-two-in-one-domain",
                                        NULL};
    static const char *const named[] = {"iti45/names-told", NULL};

    (void)state;
    converse(cases, false);
    converse(named, true);
}

static void test_demographics_queries(void **state)
{
    static const char *const cases[] = {"iti47/case1-all-domains",
                                        "iti47/case2-one-domain",
                                        "iti47/case3-unknown-domains",
                                        "iti47/width-of-birth",
                                        "iti47/width-unreadable",
                                        "iti47/page-first",
                                        "iti47/page-next",
                                        "iti47/page-over",
                                        "iti47/page-again",
                                        "iti47/cancel",
                                        "iti47/cancel-unknown",
                                        NULL};

    (void)state;
    converse(cases, false);
}

static void test_notice(void **state)
{
    static char text[ANSWER_MAX];
    struct bench b;
    struct ny_arena *a = ny_arena_create(0);
    ny_str out;

    (void)state;
    people(&b);
    {
        struct ny_known_id ids[] = {
            {&b.registry->domains[0], NY_S("1") },
            {&b.registry->domains[1], NY_S("21")}
        };
        const struct ny_notice notice = {.seq = 42, .ids = ids, .n_ids = NY_ARRAY_LEN(ids)};

        assert_int_equal(ny_ihe_v3_notice_write(b.ihe, a, &notice, NY_S("2.999.5"), NY_S("2.999.6"),
                                                NY_S("https://portal.example/pix?a&b"), 0, &out),
                         NY_OK);
    }
    snprintf(text, sizeof(text), "%.*s", NY_ARG(out));
    compare("iti46/notice", text);
    ny_arena_destroy(a);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_feeds),
        cmocka_unit_test(test_pix_queries),
        cmocka_unit_test(test_demographics_queries),
        cmocka_unit_test(test_notice),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
