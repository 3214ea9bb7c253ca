/* Kanji names (1.2) and Latin names (1.3). */

#include "text_support.h"

#define W NY_TEXT_WILDCARD

struct itaiji_row {
    uint32_t variant;
    uint32_t base;
    enum { SAME, NEAR } class;
};

static const struct itaiji_row table[] = {
#define NY_ITAIJI(variant, base, class) {(variant), (base), (class)},
#include "../../../src/text/tbl/itaiji.def"
#undef NY_ITAIJI
};

static const struct itaiji_row *table_find(uint32_t cp, int class)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(table); i++) {
        if (table[i].variant == cp && (int)table[i].class == class) {
            return &table[i];
        }
    }
    return NULL;
}

static ny_str utf8_of(struct ny_arena *a, uint32_t cp)
{
    struct ny_buf b;

    ny_buf_init(&b, a);
    if (cp >= 0x10000) {
        ny_buf_add_char(&b, (char)(0xF0 | cp >> 18));
        ny_buf_add_char(&b, (char)(0x80 | (cp >> 12 & 63)));
    } else {
        ny_buf_add_char(&b, (char)(0xE0 | cp >> 12));
    }
    ny_buf_add_char(&b, (char)(0x80 | (cp >> 6 & 63)));
    ny_buf_add_char(&b, (char)(0x80 | (cp & 63)));
    return ny_buf_str(&b);
}

/* The rules that the loader of 1.2 would enforce. */
static void test_itaiji_table_keeps_its_rules(void **state)
{
    struct ny_arena *a = ny_arena_create(0);

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(table); i++) {
        const struct itaiji_row *r = &table[i];
        ny_str sides[] = {utf8_of(a, r->variant), utf8_of(a, r->base)};

        if (i > 0 && table[i - 1].variant >= r->variant) {
            fail_msg("U+%04X is out of order", r->variant);
        }
        if (r->variant == r->base || table_find(r->base, SAME) != NULL) {
            fail_msg("U+%04X: chain, cycle, or near a folded one", r->variant);
        }
        if (r->class == NEAR && table_find(r->variant, SAME) != NULL) {
            fail_msg("U+%04X: near row of a folded variant", r->variant);
        }
        for (size_t k = 0; k < NY_ARRAY_LEN(sides); k++) {
            ny_str out;

            assert_int_equal(ny_text_fold(a, sides[k], &out), NY_OK);
            if (!ny_str_equals(sides[k], out)) {
                fail_msg("U+%04X: NFKC changes a side", r->variant);
            }
        }
    }
    ny_arena_destroy(a);
}

static void test_itaiji_lookups_agree_with_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(table); i++) {
        const struct itaiji_row *r = &table[i];
        bool near = r->class == NEAR;

        assert_int_equal(ny_text_kanji_base(r->variant), near ? 0 : r->base);
        assert_int_equal(ny_text_kanji_base(r->base), 0);
        assert_int_equal(ny_text_kanji_is_near(r->variant, r->base), near);
        assert_int_equal(ny_text_kanji_is_near(r->base, r->variant), near);
    }
    assert_true(ny_text_kanji_is_near(0x658E, 0x6589));  /* 斎 斉 */
    assert_true(ny_text_kanji_is_near(0x51DB, 0x51DC));  /* 凛 凜 */
    assert_false(ny_text_kanji_is_near(0x9AD9, 0x9AD8)); /* 髙 高 */
    assert_int_equal(ny_text_kanji_base('A'), 0);
    assert_int_equal(ny_text_kanji_base(0x10FFFF), 0);
}

static void test_kanji_fold(void **state)
{
    static const struct fold_row rows[] = {
        {"1.2 same is folded",                       "髙橋",                                                      NY_OK,       "高橋"               },
        {"1.2 same, more",                           "渡邊 渡邉 﨑 濵 栁 桒 淸 德 靑 槗 𠮷",          NY_OK,
         "渡辺 渡辺 崎 浜 柳 桑 清 徳 青 橋 吉"                                                                                            },
        {"1.2 near is not folded",                   "斎斉凜凛",                                                NY_OK,       "斎斉凜凛"         },
        {"1.2 齋 folds to 斎 beside the near row", "齋藤",                                                      NY_OK,       "斎藤"               },
        {"1.2 々",                                  "佐々木",                                                   NY_OK,       "佐佐木"            },
        {"1.2 〻",                                  "佐〻木",                                                   NY_OK,       "佐佐木"            },
        {"1.2 々 after itaiji",                     "嶋々",                                                      NY_OK,       "島島"               },
        {"々 twice",                                "代々々",                                                   NY_OK,       "代代代"            },
        {"々 with nothing before it",               "々木",                                                      NY_OK,       "々木"               },
        {"1.2 kana iteration",                       "いすゞ さゝ",                                            NY_OK,       "いすず ささ"     },
        {"1.2 katakana iteration",                   "ミスヾ",                                                   NY_OK,       "ミスズ"            },
        {"1.2 市ヶ谷",                            "市ヶ谷",                                                   NY_OK,       "市ケ谷"            },
        {"1.2 市ケ谷",                            "市ケ谷",                                                   NY_OK,       "市ケ谷"            },
        {"1.2 ヵ カ が ガ 个 箇",              "市ヵ谷市カ谷市が谷市ガ谷市个谷市箇谷",      NY_OK,
         "市ケ谷市ケ谷市ケ谷市ケ谷市ケ谷市ケ谷"                                                                                       },
        {"1.2 half-width ｶﾞ",                    "関ｶﾞ原",                                                NY_OK,       "関ケ原"            },
        {"ヶ not between ideographs",               "ヶ谷ヶ",                                                   NY_OK,       "ヶ谷ヶ"            },
        {"1.2 wildcards",                            "〓□■●○◯＊*?？＿\xEF\xBF\xBD",                   NY_OK,       W W W W W W W W W W W W},
        {"1.2 private use",                          "\xEE\x80\x80\xEF\xA3\xBF\xF3\xB0\x80\x80\xF4\x8F\xBF\xBD橋", NY_OK,
         W W W W "橋"                                                                                                                                  },
        {"1.2 〓橋",                               "〓橋",                                                      NY_OK,       W "橋"                },
        {"々 behind a wildcard",                    "〓々",                                                      NY_OK,       W W                    },
        {"blank stays",                              "山田　太郎",                                             NY_OK,       "山田 太郎"        },
        {"stray mark dropped",                       "山゛田",                                                   NY_OK,       "山田"               },
        {"broken",                                   "山\xE7",                                                     NY_ECHARSET, NULL                   },
        {"lone surrogate",                           "\xED\xA1\x82\xED\xBE\xB7",                                    NY_ECHARSET, NULL                   },
    };

    (void)state;
    fold_rows_check(ny_text_kanji_fold, rows, NY_ARRAY_LEN(rows));
}

static void test_without_no(void **state)
{
    static const struct fold_row rows[] = {
        {"1.2 井ノ上",        "井ノ上",    NY_OK, "井上"      },
        {"1.2 井之上",        "井之上",    NY_OK, "井上"      },
        {"1.2 山の内",        "山の内",    NY_OK, "山内"      },
        {"1.2 乃",              "木乃下",    NY_OK, "木下"      },
        {"nothing to remove",    "井上",       NY_OK, "井上"      },
        {"first and last stay",  "乃木之",    NY_OK, "乃木之"   },
        {"kana neighbour stays", "井ノうえ", NY_OK, "井ノうえ"},
        {"run",                  "井之の上", NY_OK, "井上"      },
        {"run at the start",     "之の山",    NY_OK, "之の山"   },
    };

    (void)state;
    fold_rows_check(ny_text_kanji_without_no, rows, NY_ARRAY_LEN(rows));
}

static void test_private_map(void **state)
{
    static const struct ny_text_private rows[] = {
        {0xE000, 0x9AD9},
        {0xE001, 0xD800}
    };
    struct ny_arena *a = ny_arena_create(0);
    ny_str out;

    (void)state;
    assert_int_equal(ny_text_private_map(a, NY_S("\xEE\x80\x80橋"), rows, 2, &out), NY_OK);
    assert_true(ny_str_equals(out, NY_S("髙橋")));
    assert_int_equal(ny_text_private_map(a, NY_S("\xEE\x80\x81\xEE\x80\x82"), rows, 2, &out),
                     NY_OK);
    assert_true(ny_str_equals(out, NY_S("\xEE\x80\x81\xEE\x80\x82")));
    ny_arena_destroy(a);
}

static void test_latin(void **state)
{
    static const struct fold_row rows[] = {
        {"1.3 SI TI TU HU",        "SISHI TICHI TUTSU HUFU",         NY_OK,       "SHISHI CHICHI TSUTSU FUFU"},
        {"1.3 ZI DI DU DZU",       "ZI DI JI DU DZU ZU",             NY_OK,       "JI JI JI ZU ZU ZU"        },
        {"1.3 SY TY ZY JY",        "SYA TYA ZYA JYA",                NY_OK,       "SHA CHA JA JA"            },
        {"1.3 M before B P M",     "HOMBU SAMPEI EMMA",              NY_OK,       "HONBU SANPEI ENMA"        },
        {"1.3 OH OU OO Ō",        "Satoh Satou Satoo Satō",        NY_OK,       "SATO SATO SATO SATO"      },
        {"1.3 OHNO",               "Ohno Ono Oono",                  NY_OK,       "ONO ONO ONO"              },
        {"OH before a vowel",      "OHARA OHHARA",                   NY_OK,       "OHARA OHARA"              },
        {"1.3 UU Ū",              "Yuuki Yūki Yuki",               NY_OK,       "YUKI YUKI YUKI"           },
        {"1.3 doubled consonant",  "HATTORI HATCHO HACCHO",          NY_OK,       "HATORI HACHO HACHO"       },
        {"1.3 apostrophe, hyphen", "Jun'ichi JUN-ICHI Jun’ichi",   NY_OK,       "JUNICHI JUNICHI JUNICHI"  },
        {"1.3 WO L V",             "KAWORU LEE VERA",                NY_OK,       "KAORU REE BERA"           },
        {"1.1 full-width",         "Ｓｍｉｔｈ　Ｊｏｈｎ", NY_OK,       "SMITH JON"                },
        {"accents",                "José Müller Ångström",       NY_OK,       "JOSE MURER ANGSTROM"      },
        {"letters of their own",   "Straße Øre Łukasz",           NY_OK,       "STRASE ORE RUKASZ"        },
        {"punctuation",            "SMITH, J.R.",                    NY_OK,       "SMITH J R"                },
        {"others dropped",         "山田1",                        NY_OK,       ""                         },
        {"broken",                 "\xC3",                           NY_ECHARSET, NULL                       },
    };

    (void)state;
    fold_rows_check(ny_text_latin_fold, rows, NY_ARRAY_LEN(rows));
}

/* Kana and every romaji of it meet in one skeleton. */
static void test_kana_meets_romaji(void **state)
{
    static const char *const pairs[][2] = {
        {"サトウ",       "SATOH"     },
        {"オオノ",       "OHNO"      },
        {"ジュンイチ", "JUN'ICHI"  },
        {"チヅコ",       "CHIDZUKO"  },
        {"チズコ",       "TIZUKO"    },
        {"シンノスケ", "SHINNOSUKE"},
        {"ハットリ",    "HATTORI"   },
        {"ホッタ",       "HOTTA"     },
        {"キョウコ",    "KYOKO"     },
        {"ショウイチ", "SHOICHI"   },
        {"チャコ",       "TYAKO"     },
        {"ホンマ",       "HOMMA"     },
        {"フジワラ",    "HUZIWARA"  },
        {"ツヅキ",       "TUDUKI"    },
        {"ティナ",       "TINA"      },
        {"ヴィクトル", "VIKUTORU"  },
        {"カヲル",       "KAORU"     },
        {"ジェーン",    "JEN"       },
        {"シェリ",       "SHERI"     },
        {"ファン",       "FAN"       },
        {"コンヒャク", "KONHYAKU"  },
        {"ユウキ",       "YŪKI"     },
        {"ウィン",       "WIN"       },
        {"マッチャ",    "MATCHA"    },
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(pairs); i++) {
        struct ny_arena *a = ny_arena_create(0);
        ny_str kana;
        ny_str latin;

        assert_int_equal(ny_text_kana_to_latin(a, ny_str_from_c(pairs[i][0]), &kana), NY_OK);
        assert_int_equal(ny_text_latin_fold(a, ny_str_from_c(pairs[i][1]), &latin), NY_OK);
        if (!ny_str_equals(kana, latin)) {
            fail_msg("%s: %.*s, %s: %.*s", pairs[i][0], NY_ARG(kana), pairs[i][1], NY_ARG(latin));
        }
        ny_arena_destroy(a);
    }
}

static void test_folds_are_idempotent(void **state)
{
    static const fold_fn folds[] = {ny_text_kanji_fold, ny_text_kanji_without_no,
                                    ny_text_latin_fold};
    static const char *const romaji[] = {"A", "I", "U", "E", "O", "H", "S", "T",
                                         "Y", "Z", "J", "D", "W", "M", "N", "B",
                                         "P", "C", "F", "L", "V", " ", "'", NULL};
    uint64_t seed = 3;

    (void)state;
    for (int round = 0; round < 60000; round++) {
        struct ny_arena *a = ny_arena_create(0);
        fold_fn fold = folds[round % 3];
        ny_str text = random_text(a, &seed, round % 3 == 2 ? romaji : awkward, 12);
        ny_str out;
        ny_str again;

        assert_int_equal(fold(a, text, &out), NY_OK);
        assert_int_equal(fold(a, out, &again), NY_OK);
        if (!ny_str_equals(out, again)) {
            fail_msg("\"%.*s\" → \"%.*s\" → \"%.*s\"", NY_ARG(text), NY_ARG(out), NY_ARG(again));
        }
        ny_arena_destroy(a);
    }
}

static void test_script(void **state)
{
    static const struct {
        const char *in;
        enum ny_text_script script;
    } rows[] = {
        {"",                       NY_SCRIPT_NONE },
        {" 　",                   NY_SCRIPT_NONE },
        {"山田",                 NY_SCRIPT_KANJI},
        {"さくら",              NY_SCRIPT_KANA },
        {"ﾔﾏﾀﾞ ﾀﾛｳ", NY_SCRIPT_KANA },
        {"ジョン・スミス",  NY_SCRIPT_KANA },
        {"SMITH",                  NY_SCRIPT_LATIN},
        {"Ｓｍｉｔｈ",        NY_SCRIPT_LATIN},
        {"O'Neill-José",          NY_SCRIPT_LATIN},
        {"花Smith",               NY_SCRIPT_KANJI},
        {"スミスJohn",          NY_SCRIPT_KANJI},
        {"ミ〓",                 NY_SCRIPT_KANJI},
        {"サトー",              NY_SCRIPT_KANA },
        {"\xFF",                   NY_SCRIPT_KANJI},
        {"いすゞ",              NY_SCRIPT_KANA },
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        if (ny_text_script_of(ny_str_from_c(rows[i].in)) != rows[i].script) {
            fail_msg("row \"%s\"", rows[i].in);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_itaiji_table_keeps_its_rules),
        cmocka_unit_test(test_itaiji_lookups_agree_with_the_table),
        cmocka_unit_test(test_kanji_fold),
        cmocka_unit_test(test_without_no),
        cmocka_unit_test(test_private_map),
        cmocka_unit_test(test_latin),
        cmocka_unit_test(test_kana_meets_romaji),
        cmocka_unit_test(test_folds_are_idempotent),
        cmocka_unit_test(test_script),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
