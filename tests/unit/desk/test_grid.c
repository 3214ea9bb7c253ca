/* The clerk's screen without a terminal: widths, cuts, marks of differences, the frame. */

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <wchar.h>

#include <cmocka.h>

#include "nayose/desk.h"

enum { COLS = 20 };

static void test_text_is_put_by_its_width(void **state)
{
    static const struct {
        const char *name, *text;
        int col, max;
        const char *row;
        int columns;
    } rows[] = {
        {"narrow",                      "abc",              0,  20, "abc",                     3},
        {"wide",                        "髙橋",           2,  20, "  髙橋",                4},
        {"outside the BMP",             "𠮷田",          0,  20, "𠮷田",                 4},
        {"cut inside a wide one",       "髙橋花子",     0,  6,  "髙橋…",               5},
        {"cut before a narrow one",     "abcdef",           0,  4,  "abc…",                  4},
        {"fits exactly",                "髙橋花子",     0,  8,  "髙橋花子",            8},
        {"cut at the edge",             "髙橋",           17, 20, "                 髙…", 3},
        {"marks join what they are on", "か\xE3\x82\x99x", 0,  20, "か\xE3\x82\x99x",        3},
        {"no UTF-8",                    "a\xFFz",           0,  20, "a?z",                     3},
        {"outside",                     "a",                20, 20, "",                        0},
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_desk_grid g;
        char text[4 * COLS * NY_DESK_MARKS + 1];
        int columns;

        ny_desk_grid_init(&g, 1, COLS);
        columns = ny_desk_put(&g, 0, rows[i].col, rows[i].max, rows[i].text, 0);
        ny_desk_row_text(&g, 0, text, sizeof(text));
        if (strcmp(text, rows[i].row) != 0 || columns != rows[i].columns) {
            fail_msg("%s: \"%s\", %d", rows[i].name, text, columns);
        }
        ny_desk_grid_finish(&g);
    }
}

/* What is in both stays unmarked; 1 = marked. */
static void test_differences_are_marked_by_the_character(void **state)
{
    static const struct {
        const char *a, *b, *mark_a, *mark_b;
    } rows[] = {
        {"",             "",            "",           ""     },
        {"髙橋",       "高橋",      "10",         "10"   },
        {"真奈美",    "真奈未",   "001",        "001"  },
        {"1980-04-05",   "1980-05-04",  "0000000001", NULL   },
        {"大手町1-1", "大手町11", "000010",     "00000"},
        {"タカハシ", "",            "1111",       ""     },
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        bool a[NY_DESK_DIFF_MAX];
        bool b[NY_DESK_DIFF_MAX];
        size_t n = 0;
        size_t m = 0;

        ny_desk_diff(rows[i].a, rows[i].b, a, b);
        for (size_t k = 0; k < NY_DESK_DIFF_MAX; k++) {
            n += a[k];
            m += b[k];
        }
        if (rows[i].mark_b == NULL) { /* which of two equal ways is taken does not matter */
            assert_true(n == m && n > 0);
            continue;
        }
        for (size_t k = 0; rows[i].mark_a[k] != '\0'; k++) {
            assert_int_equal(a[k], rows[i].mark_a[k] == '1');
        }
        for (size_t k = 0; rows[i].mark_b[k] != '\0'; k++) {
            assert_int_equal(b[k], rows[i].mark_b[k] == '1');
        }
    }
}

static void test_a_long_text_breaks_between_characters(void **state)
{
    size_t chars;

    (void)state;
    assert_int_equal(ny_desk_fit("髙橋花子", 5, &chars), 6);
    assert_int_equal(chars, 2);
    assert_int_equal(ny_desk_fit("髙橋", 1, &chars), 3); /* one at least */
    assert_int_equal(ny_desk_fit("abc", 9, &chars), 3);
    assert_int_equal(chars, 3);
}

/* Every key stands on the help line of 80 columns, in both languages. */
static void test_the_keys_fit_into_eighty_columns(void **state)
{
    static const char *const last[] = {"quit", "終了"};

    (void)state;
    for (int ja = 0; ja < 2; ja++) {
        const struct ny_desk_view v = {.message = "", .is_japanese = ja != 0};
        struct ny_desk_grid g;
        char text[1024];

        ny_desk_grid_init(&g, 24, 80);
        ny_desk_draw(&g, &v);
        ny_desk_row_text(&g, 23, text, sizeof(text));
        assert_non_null(strstr(text, last[ja]));
        assert_null(strstr(text, "…"));
        ny_desk_grid_finish(&g);
    }
    assert_int_equal(ny_desk_key_of(L's'), NY_DESK_KEY_SAME);
    assert_int_equal(ny_desk_key_of(L'x'), NY_DESK_KEY_NONE);
    assert_int_equal(ny_desk_key_of(0), NY_DESK_KEY_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_put_by_its_width),
        cmocka_unit_test(test_differences_are_marked_by_the_character),
        cmocka_unit_test(test_a_long_text_breaks_between_characters),
        cmocka_unit_test(test_the_keys_fit_into_eighty_columns),
    };

    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
