/* Groups whose members do not all have kanji and kana: what a pair says that meets in one script,
 * or in none. */

#include "group_testing.h"

#define HOME                                                                                              \
    "birth=19981012;sex=M;phone=0542712110;address=静岡市葵区追手町3-32;insurer=33120015;symbol=" \
    "12;"                                                                                                 \
    "number=345;"
#define BOTH(kg, pg) "kf=吉田;kg=" kg ";pf=ヨシダ;pg=" pg ";" HOME
#define KANJI(kg) "kf=吉田;kg=" kg ";" HOME
#define KANA(pg) "pf=ヨシダ;pg=" pg ";" HOME

/* clang-format off */
static const struct {
    const char *name;
    const char *lines[5];
    const char *groups;
} rows[] = {
    {"kanji and kana alone never meet", {KANJI("颯斗"), KANA("ソウト")}, "01"},
    {"who has both brings them together", {BOTH("颯斗", "ソウト"), KANJI("颯斗"), KANA("ソウト")}, "000"},
    {"not when both names are of another", {BOTH("蒼太", "ソウタ"), KANJI("颯斗"), KANA("ソウト")}, "012"},
    {"a slip is outvoted by two", {BOTH("颯斗", "ソウト"), BOTH("颯斗", "ソウト"), BOTH("颯斗", "ソウタ"), KANA("ソウト")}, "0000"},
    {"one against one is no vote", {BOTH("颯斗", "ソウト"), BOTH("颯斗", "ソウタ"), KANA("ソウト")}, "010"},
    {"a kanji slip likewise", {BOTH("颯斗", "ソウト"), BOTH("颯斗", "ソウト"), BOTH("颯仁", "ソウト"), KANJI("颯斗")}, "0000"},
    {"twins that meet in kana", {BOTH("颯斗", "ソウト"), BOTH("颯斗", "ソウト"), KANA("ソウタ")}, "002"},
    {"twins that meet in kanji", {BOTH("颯斗", "ソウト"), BOTH("颯斗", "ソウト"), KANJI("颯太")}, "002"},
    {"a slip into the twin's name is nobody's", {BOTH("颯斗", "ソウト"), BOTH("颯斗", "ソウタ"), BOTH("颯太", "ソウタ"), BOTH("颯太", "ソウタ")}, "0122"},
};
/* clang-format on */

static void test_each_row(void **state)
{
    struct fixture *f = *state;
    static struct component c;

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct outcome o;
        char text[NODES_MAX + 1] = "";
        size_t n = 0;

        while (n < NY_ARRAY_LEN(rows[i].lines) && rows[i].lines[n] != NULL) {
            n++;
        }
        component_init(&c, f, n);
        for (size_t k = 0; k < n; k++) {
            c.nodes[k].record = record_of_line(f->a, rows[i].lines[k]);
        }
        edges_score(&c);
        o = solve(f, &c);
        for (size_t k = 0; k < n; k++) {
            text[k] = (char)('0' + o.group[k]);
        }
        if (strcmp(text, rows[i].groups) != 0) {
            for (size_t k = 0; k < c.in.n_edges; k++) {
                print_message("%u-%u %.2f bits, guards %#x\n", c.edges[k].a, c.edges[k].b,
                              c.edges[k].score.total_b1024 / 1024.0, c.edges[k].score.guards);
            }
            fail_msg("%s: %s, not %s", rows[i].name, text, rows[i].groups);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_row),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
