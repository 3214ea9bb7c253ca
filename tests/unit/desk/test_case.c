/* A case on a screen of 80 × 24 without a terminal. */

#include <jansson.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <wchar.h>

#include <cmocka.h>

#include "nayose/desk.h"

static const char kase[] =
    "{\"a\": {\"domain\": \"F01\", \"id\": \"1\", \"names\": [{\"kanji\": \"髙橋 花子\", \"kana\": "
    "\"タカハシ ハナコ\"}], \"birth_iso\": \"1980-04-05\", \"birth_era\": \"昭和55年4月5日\", "
    "\"sex\": "
    "\"F\", \"birth_dates\": [\"1980-04-05 (昭和55年4月5日)\", \"1980-05-04 (昭和55年5月4日)\"], "
    "\"sexes\": [\"F\"], \"addresses\": [\"高崎市\", \"前橋市\"], \"phones\": [], \"times\": "
    "{\"names\": "
    "[{\"since\": "
    "\"2020-01-02 08:00:00\", \"current\": true}], \"birth_dates\": [{\"since\": \"2021-06-01 "
    "08:00:00\", \"current\": true}, {\"since\": \"2020-01-02 08:00:00\", \"last\": "
    "\"2021-05-31 08:00:00\", \"current\": false}], \"sexes\": [{\"since\": "
    "\"2020-01-02 08:00:00\", \"current\": true}], \"addresses\": [{\"since\": \"2024-03-01 "
    "08:00:00\", \"current\": true}, {\"since\": \"2020-01-02 08:00:00\", \"last\": "
    "\"2024-02-20 08:00:00\", \"current\": false}]}}, \"b\": {\"domain\": \"F02\", "
    "\"id\": \"2\", \"names\": [{\"kanji\": \"高橋 花子\", \"kana\": \"タカハシ ハナコ\"}], "
    "\"birth_iso\": \"1980-04-06\", \"birth_era\": \"昭和55年4月6日\", \"sex\": \"F\", "
    "\"addresses\": "
    "[\"前橋市\"], \"phones\": [\"0272241111\"], \"times\": {\"addresses\": [{\"since\": "
    "\"2020-01-02 08:00:00\", \"current\": true}]}}, \"variants\": [\"髙 = 高\"], \"guards\": [], "
    "\"question\": {\"reason\": \"band\"}, \"bars\": [{\"label\": \"prior\", \"label_ja\": "
    "\"事前確率\", \"bits\": -20.0}], \"total_bits\": 5.0, \"p_false\": 0.03, \"groups\": "
    "[[\"F01^1\"], "
    "[\"F02^2\"]], \"groups_if_same\": [[\"F01^1\", \"F02^2\"]], \"pins\": [{\"domain_a\": "
    "\"F01\", \"local_id_a\": \"1\", \"domain_b\": \"F02\", "
    "\"local_id_b\": \"3\", \"kind\": \"different\", \"who\": \"ito\", \"said\": \"2026-02-01 "
    "09:00:00\", \"reason\": \"asked\"}], \"decisions\": [{\"at\": "
    "\"2026-03-02 09:00:00\", \"who\": \"sato\", \"decision\": "
    "\"different\", \"reason\": \"twins\"}]}";

/* What a row has to say, in both languages. */
static void test_a_case_says_what_is_alike_and_what_is_not(void **state)
{
    static const struct {
        int row;
        const char *text[2];
    } rows[] = {
        {2,  {"F01^1", "F02^2"}                             },
        {3,  {"髙橋 花子", "~ 高橋 花子"}           },
        {4,  {"髙 = 高", NULL}                            },
        {5,  {"= タカハシ ハナコ", NULL}             },
        {6,  {"≠ 1980-04-06 昭和55年4月6日", NULL}   },
        {8,  {"高崎市", "↕ 前橋市"}                 },
        {10, {"0272241111", NULL}                           },
        {11, {"+5.0", "3 %"}                                },
        {12, {"-20.0", "░░"}                            },
        {13, {"[ F01^1 ] [ F02^2 ]", NULL}                  },
        {14, {"[ F01^1 F02^2 ]", NULL}                      },
        {15, {"F01^1 ≠ F02^3 ito 2026-02-01: asked", NULL}},
        {16, {"2026-03-02 sato", NULL}                      },
        {23, {"u ", "q "}                                   },
    };
    static const char *const words[][2] = {
        {"neither sure enough to link", "確かでない"       },
        {"different twins, or brother", "別人 双子・兄弟"},
    };
    json_t *o = json_loads(kase, 0, NULL);

    (void)state;
    assert_non_null(o);
    for (int ja = 0; ja < 2; ja++) {
        const struct ny_desk_view v = {.kase = o, .message = "kept", .is_japanese = ja != 0};
        struct ny_desk_grid g;
        char text[1024];

        ny_desk_grid_init(&g, 24, 80);
        ny_desk_draw(&g, &v);
        for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
            ny_desk_row_text(&g, rows[i].row, text, sizeof(text));
            for (size_t k = 0; k < 2 && rows[i].text[k] != NULL; k++) {
                if (strstr(text, rows[i].text[k]) == NULL) {
                    fail_msg("row %d: \"%s\"", rows[i].row, text);
                }
            }
        }
        for (int i = 0; i < 2; i++) {
            ny_desk_row_text(&g, i == 0 ? 1 : 16, text, sizeof(text));
            if (strstr(text, words[i][ja]) == NULL) {
                fail_msg("\"%s\"", text);
            }
        }
        ny_desk_grid_finish(&g);
    }
    json_decref(o);
}

/* Since when each value is known, and until when the ones that are not said any more. */
static void test_the_history_says_since_when(void **state)
{
    static const struct {
        size_t scrolled;
        int row;
        const char *text;
        bool is_japanese;
    } rows[] = {
        {0, 1,  "F01^1",                    false},
        {0, 2,  "2020-01-02 髙橋 花子", false},
        {0, 3,  "タカハシ ハナコ",   false},
        {0, 4,  "2021-06-01 1980-04-05 (",  false},
        {0, 6,  "2020-01-02 1980-05-04 (",  false},
        {0, 7,  "-2021-05-31",              false},
        {0, 8,  "2020-01-02 F",             false},
        {0, 8,  "2020-01-02 女",           true },
        {0, 9,  "2024-03-01 高崎市",     false},
        {0, 9,  "2020-01-02 前橋市",     false},
        {0, 10, "2020-01-02 前橋市",     false},
        {0, 11, "-2024-02-20",              false},
        {0, 12, "0272241111",               false},
        {8, 1,  "2024-03-01 高崎市",     false},
    };
    json_t *o = json_loads(kase, 0, NULL);

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        const struct ny_desk_view v = {.kase = o,
                                       .message = "",
                                       .history = true,
                                       .scrolled = rows[i].scrolled,
                                       .is_japanese = rows[i].is_japanese};
        struct ny_desk_grid g;
        char text[1024];

        ny_desk_grid_init(&g, 24, 80);
        ny_desk_draw(&g, &v);
        ny_desk_row_text(&g, rows[i].row, text, sizeof(text));
        if (strstr(text, rows[i].text) == NULL) {
            fail_msg("row %d: \"%s\"", rows[i].row, text);
        }
        ny_desk_row_text(&g, 0, text, sizeof(text));
        assert_true(rows[i].is_japanese || strstr(text, "nayose review") != NULL);
        ny_desk_grid_finish(&g);
    }
    json_decref(o);
}

/* Why each is asked, in the word for it and with its guards. */
static void test_the_list_says_why(void **state)
{
    static const struct {
        const char *reason, *text[2];
    } rows[] = {
        {"band",           {"band", "確度不足"}             },
        {"guard: GD1 GD3", {"guard: GD1 GD3", "抑止: GD1 GD3"}},
        {"runner-up",      {"runner-up", "次点あり"}        },
        {"unheard-of",     {"unheard-of", "unheard-of"}         },
    };

    (void)state;
    for (size_t i = 0; i < 2 * NY_ARRAY_LEN(rows); i++) {
        json_t *list =
            json_pack("[{s:s, s:s, s:s, s:s, s:s}]", "domain_a", "F01", "local_id_a", "1",
                      "domain_b", "F02", "local_id_b", "2", "reason", rows[i / 2].reason);
        const struct ny_desk_view v = {.list = list, .message = "", .is_japanese = i % 2 == 1};
        struct ny_desk_grid g;
        char text[1024];

        assert_non_null(list);
        ny_desk_grid_init(&g, 24, 80);
        ny_desk_draw(&g, &v);
        ny_desk_row_text(&g, 2, text, sizeof(text));
        if (strstr(text, rows[i / 2].text[i % 2]) == NULL) {
            fail_msg("%s: \"%s\"", rows[i / 2].reason, text);
        }
        ny_desk_grid_finish(&g);
        json_decref(list);
    }
}

/* Nothing is written outside, whatever the size of the terminal. */
static void test_any_size_is_drawn(void **state)
{
    json_t *o = json_loads(kase, 0, NULL);

    (void)state;
    for (int rows = 1; rows < 40; rows += 3) {
        for (int cols = 1; cols < 140; cols += 7) {
            const struct ny_desk_view v = {.kase = o,
                                           .message = "判断",
                                           .history = (rows + cols) % 2 == 0,
                                           .scrolled = (size_t)cols % 5};
            struct ny_desk_grid g;

            ny_desk_grid_init(&g, rows, cols);
            ny_desk_draw(&g, &v);
            ny_desk_grid_finish(&g);
        }
    }
    json_decref(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_case_says_what_is_alike_and_what_is_not),
        cmocka_unit_test(test_the_history_says_since_when),
        cmocka_unit_test(test_the_list_says_why),
        cmocka_unit_test(test_any_size_is_drawn),
    };

    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
