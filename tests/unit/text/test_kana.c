/* Any-text fold (1.1) and kana (1.3). */

#include "text_support.h"

#include "../../../src/text/text_priv.h"

static void test_any_text(void **state)
{
    static const struct fold_row rows[] = {
        {"1.1.2 IVS selector dropped",         "葛\xF3\xA0\x84\x80城",         NY_OK,       "葛城"                   },
        {"1.1.2 variation selector dropped",   "葛\xEF\xB8\x80城",             NY_OK,       "葛城"                   },
        {"1.1.2 zero width dropped",           "山\xE2\x80\x8B田\xEF\xBB\xBF", NY_OK,       "山田"                   },
        {"1.1.2 word joiner, soft hyphen",     "山\xE2\x81\xA0\xC2\xAD田",     NY_OK,       "山田"                   },
        {"1.1.3 U+309B becomes a voiced mark", "カ゛",                         NY_OK,       "ガ"                      },
        {"1.1.3 U+309C becomes semi-voiced",   "ハ゜",                         NY_OK,       "パ"                      },
        {"1.1.4 half-width voiced",            "ｶﾞ",                         NY_OK,       "ガ"                      },
        {"1.1.4 half-width long vowel",        "ｻﾄｰ",                      NY_OK,       "サトー"                },
        {"1.1.4 full-width hyphen",            "１－２",                      NY_OK,       "1-2"                      },
        {"1.1.4 half-width middle dot",        "ｱ･ｲ",                      NY_OK,       "ア・イ"                },
        {"1.1.4 U+3000 and U+00A0",
         "a　b\xC2\xA0"
         "c",                                                                    NY_OK,       "a b c"                    },
        {"1.1.4 square eras",                  "㍻㋿",                         NY_OK,       "平成令和"             },
        {"1.1.4 compatibility ideographs",
         "\xEF\xA8\x99\xEF\xA8\x9E\xEF\xA8\x90\xEF\xA8\x92\xEF\xA4\xA9",         NY_OK,       "神羽塚晴朗"          },
        {"1.1.4 not touched by NFKC",          "髙﨑𠮷〓●〜々ヶ",      NY_OK,       "髙﨑𠮷〓●〜々ヶ"},
        {"1.1.5 hyphens U+2010 to U+2015",     "1‐2‑3‒4–5—6―7",      NY_OK,       "1-2-3-4-5-6-7"            },
        {"1.1.5 minus, small hyphen",          "1−2﹣3",                      NY_OK,       "1-2-3"                    },
        {"1.1.5 long vowel between digits",    "1ー2ｰ3",                      NY_OK,       "1-2-3"                    },
        {"1.1.5 one and no between digits",    "１一２の３",                NY_OK,       "1-2-3"                    },
        {"1.1.5 only between digits",          "サー1の町一",               NY_OK,       "サー1の町一"         },
        {"1.1.6 blanks",                       "  山　 田\t\r\n",             NY_OK,       "山 田"                  },
        {"empty",                              "",                               NY_OK,       ""                         },
        {"cut UTF-8",                          "\xE3\x81",                       NY_ECHARSET, NULL                       },
        {"lone surrogate",                     "\xED\xA0\x80",                   NY_ECHARSET, NULL                       },
        {"overlong",                           "\xC0\xAF",                       NY_ECHARSET, NULL                       },
        {"unassigned stays",                   "\xF0\xBF\xBF\xBD",               NY_OK,       "\xF0\xBF\xBF\xBD"         },
    };

    (void)state;
    fold_rows_check(ny_text_fold, rows, NY_ARRAY_LEN(rows));
}

static void test_compatibility_ideographs_that_stay(void **state)
{
    static const uint32_t stay[] = {0xFA0E, 0xFA0F, 0xFA11, 0xFA13, 0xFA14, 0xFA1F,
                                    0xFA21, 0xFA23, 0xFA24, 0xFA27, 0xFA28, 0xFA29};
    struct ny_arena *a = ny_arena_create(0);

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(stay); i++) {
        ny_str in;
        ny_str out;

        assert_int_equal(ny_cps_encode(a, &stay[i], 1, &in), NY_OK);
        assert_int_equal(ny_text_fold(a, in, &out), NY_OK);
        assert_true(ny_str_equals(in, out));
    }
    ny_arena_destroy(a);
}

static void test_limit(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    ny_str long_text = {ny_arena_calloc(a, 1, NY_TEXT_MAX + 1), NY_TEXT_MAX + 1};
    ny_str out = NY_STR_NONE;

    (void)state;
    assert_int_equal(ny_text_fold(a, long_text, &out), NY_ELIMIT);
    assert_int_equal(ny_text_kana_k1(a, long_text, &out), NY_ELIMIT);
    assert_null(out.p);
    ny_arena_destroy(a);
}

static void fast_equals_icu(struct ny_arena *a, const uint32_t *p, size_t n, size_t *fast_count)
{
    static struct ny_cps fast;
    static struct ny_cps icu;

    assert_int_equal(ny_cps_reserve(a, &fast, n), NY_OK);
    assert_int_equal(ny_cps_reserve(a, &icu, n), NY_OK);
    memcpy(fast.p, p, n * sizeof(*p));
    memcpy(icu.p, p, n * sizeof(*p));
    fast.n = icu.n = n;
    if (!ny_text_nfkc_fast(&fast)) {
        return;
    }
    ++*fast_count;
    assert_int_equal(ny_text_nfkc_icu(a, &icu), NY_OK);
    if (fast.n != icu.n || memcmp(fast.p, icu.p, fast.n * sizeof(*p)) != 0) {
        fail_msg("U+%04X U+%04X differ", p[0], n > 1 ? p[1] : 0);
    }
}

/* Every code point alone, before and behind each mark and some letters that join. */
static void test_own_tables_equal_icu(void **state)
{
    static const uint32_t partners[] = {0x3099, 0x309A, 0xFF9E, 0xFF9F,
                                        0x30AB, 0xFF8A, 'a',    0x4E00};
    size_t count = 0;
    struct ny_arena *a = ny_arena_create(0);

    (void)state;
    for (uint32_t cp = 1; cp < 0x32400; cp++) {
        if (cp == 0xD800) {
            cp = 0xE000;
        }
        fast_equals_icu(a, &cp, 1, &count);
        for (size_t i = 0; i < NY_ARRAY_LEN(partners) && cp < 0x10000; i++) {
            const uint32_t text[] = {cp, partners[i], 0x3099, cp};

            fast_equals_icu(a, text, 2, &count);
            fast_equals_icu(a, text + 1, 3, &count);
            fast_equals_icu(a, text, 4, &count);
        }
        ny_arena_reset(a);
    }
    assert_true(count > 500000);
    ny_arena_destroy(a);
}

static void test_k1(void **state)
{
    static const struct fold_row rows[] = {
        {"1.3 hiragana",                     "やまだ",                       NY_OK,       "ヤマダ"                  },
        {"1.3 half-width with voiced marks", "ﾀﾞｲｽｹ ﾊﾟﾊﾞ",    NY_OK,       "ダイスケパバ"         },
        {"1.3 spacing marks",                "タ゛ハ゜は゛",              NY_OK,       "ダパバ"                  },
        {"1.3 half-width with spacing mark", "ﾀ゛",                          NY_OK,       "ダ"                        },
        {"1.3 iteration marks",              "みすゞ いすゝ",             NY_OK,       "ミスズイスス"         },
        {"1.3 katakana iteration marks",     "サヽキ カヾミ",             NY_OK,       "ササキカガミ"         },
        {"unvoiced iteration of a voiced",   "づゝ",                          NY_OK,       "ヅツ"                     },
        {"iteration of a semi-voiced",       "パヽ",                          NY_OK,       "パパ"                     },
        {"iteration mark with nothing",      "ゝあ",                          NY_OK,       "ア"                        },
        {"1.3 ヷ row",                      "ヷヸヹヺ",                    NY_OK,       "ヴァヴィヴェヴォ"   },
        {"ワ with a voiced mark",           "ﾜﾞ",                          NY_OK,       "ヴァ"                     },
        {"1.3 only kana",                    "ｽﾐｽ・ｼﾞｮﾝ. A1漢", NY_OK,       "スミスジョン"         },
        {"1.1.5 dashes fold to ー",         "サト- サト－ サト−",     NY_OK,       "サトーサトーサトー"},
        {"dash with no kana before it",      "-ア -",                          NY_OK,       "ア"                        },
        {"small ヶ stays",                  "リョウヶ",                    NY_OK,       "リョウヶ"               },
        {"nothing left",                     "山田",                          NY_OK,       ""                           },
        {"broken",                           "\xFF",                            NY_ECHARSET, NULL                         },
    };

    (void)state;
    fold_rows_check(ny_text_kana_k1, rows, NY_ARRAY_LEN(rows));
}

static void test_k2(void **state)
{
    static const struct fold_row rows[] = {
        {"1.3 ヴァ row first",       "ヴァヴィヴヴェヴォ",          NY_OK, "バビブベボ"                     },
        {"ヴュ",                     "ヴュ",                               NY_OK, "ビユ"                              },
        {"1.3 full size キョウコ", "キョウコ",                         NY_OK, "キヨウコ"                        },
        {"1.3 full size ホッタ",    "ホッタ",                            NY_OK, "ホツタ"                           },
        {"1.3 every small kana",       "ァィゥェォッャュョヮヵヶ", NY_OK, "アイウエオツヤユヨワカケ"},
        {"1.3 ヂヅヲヰヱ",        "ヂヅヲヰヱ",                      NY_OK, "ジズオイエ"                     },
        {"1.3 long vowel stays",       "オーノ",                            NY_OK, "オーノ"                           },
    };

    (void)state;
    fold_rows_check(ny_text_kana_k2, rows, NY_ARRAY_LEN(rows));
}

static void test_k3(void **state)
{
    static const struct fold_row rows[] = {
        {"1.3 オオノ",          "オオノ",          NY_OK, "オノ"      },
        {"1.3 オウノ",          "オウノ",          NY_OK, "オノ"      },
        {"1.3 オーノ",          "オーノ",          NY_OK, "オノ"      },
        {"1.3 オノ",             "オノ",             NY_OK, "オノ"      },
        {"1.3 シヨウイチ",    "シヨウイチ",    NY_OK, "シヨイチ"},
        {"1.3 シヨーイチ",    "シヨーイチ",    NY_OK, "シヨイチ"},
        {"1.3 ユウキ",          "ユウキ",          NY_OK, "ユキ"      },
        {"1.3 ユーキ",          "ユーキ",          NY_OK, "ユキ"      },
        {"1.3 エイ stays",       "ケイコ",          NY_OK, "ケイコ"   },
        {"オ after u stays",      "ユオ",             NY_OK, "ユオ"      },
        {"ウ after others stays", "アウ",             NY_OK, "アウ"      },
        {"runs",                   "オウオーウノ", NY_OK, "オノ"      },
    };

    (void)state;
    fold_rows_check(ny_text_kana_k3, rows, NY_ARRAY_LEN(rows));
}

static void test_k4(void **state)
{
    static const struct fold_row rows[] = {
        {"1.3 ナカジマ",  "ナカジマ",                                                          NY_OK, "ナカシマ"},
        {"1.3 ヤマザキ",  "ヤマザキ",                                                          NY_OK, "ヤマサキ"},
        {"every voiced kana", "ガギグゲゴザジズゼゾダデドバビブベボパピプペポ", NY_OK,
         "カキクケコサシスセソタテトハヒフヘホハヒフヘホ"                                            },
    };

    (void)state;
    fold_rows_check(ny_text_kana_k4, rows, NY_ARRAY_LEN(rows));
}

/* Texts with equal forms stay equal in each later form, and every form keeps its own output. */
static void test_forms_nest(void **state)
{
    static const fold_fn forms[] = {ny_text_kana_k1, ny_text_kana_k2, ny_text_kana_k3,
                                    ny_text_kana_k4};
    uint64_t seed = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct ny_arena *a = ny_arena_create(0);
        ny_str text = random_text(a, &seed, awkward, 8);

        for (size_t i = 0; i < NY_ARRAY_LEN(forms); i++) {
            ny_str out;
            ny_str again;
            ny_str from_k1;

            assert_int_equal(forms[i](a, text, &out), NY_OK);
            assert_int_equal(forms[i](a, out, &again), NY_OK);
            if (!ny_str_equals(out, again)) {
                fail_msg("k%zu of \"%.*s\": \"%.*s\"", i + 1, NY_ARG(text), NY_ARG(out));
            }
            /* k1 reads any form as raw text and must leave it. */
            assert_int_equal(ny_text_kana_k1(a, out, &from_k1), NY_OK);
            assert_true(ny_str_equals(out, from_k1));
            text = out;
        }
        ny_arena_destroy(a);
    }
}

static void test_fold_is_idempotent(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct ny_arena *a = ny_arena_create(0);
        ny_str text = random_text(a, &seed, awkward, 10);
        ny_str out;
        ny_str again;

        assert_int_equal(ny_text_fold(a, text, &out), NY_OK);
        assert_int_equal(ny_text_fold(a, out, &again), NY_OK);
        if (!ny_str_equals(out, again)) {
            fail_msg("\"%.*s\" \"%.*s\"", NY_ARG(out), NY_ARG(again));
        }
        ny_arena_destroy(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_text),
        cmocka_unit_test(test_compatibility_ideographs_that_stay),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_own_tables_equal_icu),
        cmocka_unit_test(test_k1),
        cmocka_unit_test(test_k2),
        cmocka_unit_test(test_k3),
        cmocka_unit_test(test_k4),
        cmocka_unit_test(test_forms_nest),
        cmocka_unit_test(test_fold_is_idempotent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
