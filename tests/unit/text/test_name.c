/* Name structure and placeholders (1.4). */

#include "text_support.h"

#define W NY_TEXT_WILDCARD

/* A result as one line: kanji|kana|latin, class and flags, former surname. */
static ny_str name_text(struct ny_arena *a, const struct ny_text_name *n)
{
    static const char *const classes[] = {"", " NEWBORN", " UNKNOWN", " TEST"};

    return ny_arena_printf(a, "%.*s/%.*s|%.*s/%.*s|%.*s/%.*s=%.*s%s%s%s%s%s%s%.*s%.*s",
                           NY_ARG(n->kanji_family), NY_ARG(n->kanji_given), NY_ARG(n->kana_family),
                           NY_ARG(n->kana_given), NY_ARG(n->latin_family), NY_ARG(n->latin_given),
                           NY_ARG(n->latin_tokens), classes[n->name_class],
                           n->kanji_unsplit ? " unsplit" : "",
                           n->kana_unsplit ? " kana-unsplit" : "", n->kanji_wild ? " wild" : "",
                           n->kanji_is_kana ? " is-kana" : "",
                           n->former_family_kanji.n + n->former_family_kana.n > 0 ? " former " : "",
                           NY_ARG(n->former_family_kanji), NY_ARG(n->former_family_kana));
}

/* parts: kanji family, given; kana family, given; latin family, given, middle. */
struct name_row {
    const char *name;
    const char *parts[7];
    const char *out;
};

static ny_rc fold_parts(struct ny_arena *a, const char *const *p,
                        const struct ny_text_name_hints *hints, struct ny_text_name *out)
{
    struct ny_text_name_raw raw = {
        .kanji = {ny_str_from_c(p[0]), ny_str_from_c(p[1]), NY_STR_NONE        },
        .kana = {ny_str_from_c(p[2]), ny_str_from_c(p[3]), NY_STR_NONE        },
        .latin = {ny_str_from_c(p[4]), ny_str_from_c(p[5]), ny_str_from_c(p[6])}
    };

    return ny_text_name_fold(a, &raw, hints, out);
}

static void again_check(struct ny_arena *a, const char *row, const struct ny_text_name *n)
{
    struct ny_text_name_raw raw = {
        .kanji = {n->kanji_family, n->kanji_given, NY_STR_NONE},
        .kana = {n->kana_family,  n->kana_given,  NY_STR_NONE},
        .latin = {n->latin_family, n->latin_given, NY_STR_NONE}
    };
    struct ny_text_name m;

    assert_int_equal(ny_text_name_fold(a, &raw, NULL, &m), NY_OK);
    if (!ny_str_equals(n->kanji_family, m.kanji_family) ||
        !ny_str_equals(n->kanji_given, m.kanji_given) ||
        !ny_str_equals(n->kana_family, m.kana_family) ||
        !ny_str_equals(n->kana_given, m.kana_given) ||
        !ny_str_equals(n->latin_family, m.latin_family) ||
        !ny_str_equals(n->latin_given, m.latin_given)) {
        fail_msg("row \"%s\": %.*s folds to %.*s", row, NY_ARG(name_text(a, n)),
                 NY_ARG(name_text(a, &m)));
    }
}

static void rows_check(const struct name_row *rows, size_t n,
                       const struct ny_text_name_hints *hints)
{
    for (size_t i = 0; i < n; i++) {
        struct ny_arena *a = ny_arena_create(0);
        struct ny_text_name out;
        ny_str text;

        assert_int_equal(fold_parts(a, rows[i].parts, hints, &out), NY_OK);
        text = name_text(a, &out);
        if (!ny_str_equals(text, ny_str_from_c(rows[i].out))) {
            fail_msg("row \"%s\":\n %.*s\n %s", rows[i].name, NY_ARG(text), rows[i].out);
        }
        again_check(a, rows[i].name, &out);
        ny_arena_destroy(a);
    }
}

/* clang-format off */
static void test_structure(void **state)
{
    static const struct name_row rows[] = {
        {"ordinary", {"山田", "太郎", "ﾔﾏﾀﾞ", "たろう"}, "山田/太郎|ヤマダ/タロウ|/="},
        {"1.2 all folds", {"髙槗", "奈々", "ﾀｶﾊｼ", "ナナ"}, "高橋/奈奈|タカハシ/ナナ|/="},
        {"1.3 k2", {"堀田", "京子", "ホッタ", "キョウコ"}, "堀田/京子|ホツタ/キヨウコ|/="},
        {"1.4 one blank splits", {"山田　太郎", "", "ヤマダ タロウ", ""}, "山田/太郎|ヤマダ/タロウ|/="},
        {"1.4 no blank stays whole", {"山田太郎", "", "ヤマダタロウ", ""}, "山田太郎/|ヤマダタロウ/|/= unsplit kana-unsplit"},
        {"1.4 two blanks stay whole", {"山 田 太郎", ""}, "山田太郎/|/|/= unsplit"},
        {"blanks inside parts", {"山 田", "太 郎"}, "山田/太郎|/|/="},
        {"々 behind a blank", {"佐 々木", "太郎"}, "佐佐木/太郎|/|/="},
        {"whole name in the given name", {"", "山田 太郎"}, "山田/太郎|/|/="},
        {"given name only", {"", "太郎"}, "/太郎|/|/="},
        {"1.2 kana as written form", {"山田", "さくら", "ヤマダ", "サクラ"}, "山田/さくら|ヤマダ/サクラ|/= is-kana"},
        {"1.2 kana gives the reading", {"山田", "さくら"}, "山田/さくら|/サクラ|/= is-kana"},
        {"1.2 kana only, both parts", {"やまだ", "さくら"}, "やまだ/さくら|ヤマダ/サクラ|/= is-kana"},
        {"1.2 kana only, unsplit", {"やまださくら", ""}, "やまださくら/|ヤマダサクラ/|/= unsplit kana-unsplit is-kana"},
        {"kana slot wins", {"やまだ", "さくら", "ヤマタ", "サクラ"}, "やまだ/さくら|ヤマタ/サクラ|/= is-kana"},
        {"1.2 wildcard", {"〓橋", "太郎"}, W "橋/太郎|/|/= wild"},
        {"1.1.5 dash in a reading", {"", "", "サト-", "コ-ジ"}, "/|サトー/コージ|/="},
        {"nothing", {""}, "/|/|/="},
        {"reading with rubbish stays a reading", {"", "", "ヤマダ1", "タロウ?"}, "/|ヤマダ/タロウ|/="},
        {"kanji in the kana slot", {"", "", "山田", "太郎"}, "山田/太郎|/|/="},
        {"honorific kanji surname 鵜殿", {"鵜殿", "太郎"}, "鵜殿/太郎|/|/="},
        {"鵜殿 alone", {"鵜殿", ""}, "鵜殿/|/|/= unsplit"},
    };

    (void)state;
    rows_check(rows, NY_ARRAY_LEN(rows), NULL);
}

static void test_notes(void **state)
{
    static const struct name_row rows[] = {
        {"1.4 （旧姓…）", {"山田", "花子（旧姓鈴木）"}, "山田/花子|/|/= former 鈴木"},
        {"1.4 旧姓 with colon and blank", {"山田", "花子(旧姓：鈴木 花子)"}, "山田/花子|/|/= former 鈴木"},
        {"1.4 at the surname", {"山田（旧姓 髙木）", "花子"}, "山田/花子|/|/= former 高木"},
        {"1.4 旧", {"山田", "花子【旧 鈴木】"}, "山田/花子|/|/= former 鈴木"},
        {"1.4 reading of a former surname", {"山田", "花子", "ヤマダ", "ハナコ(ｷｭｳｾｲ ｽｽﾞｷ)"}, "山田/花子|ヤマダ/ハナコ|/= former スズキ"},
        {"1.4 former surname in kana", {"山田", "花子（旧姓すずき）"}, "山田/花子|/|/= former スズキ"},
        {"1.4 both", {"山田", "花子（旧姓鈴木）", "ヤマダ", "ハナコ（旧姓スズキ）"}, "山田/花子|ヤマダ/ハナコ|/= former 鈴木スズキ"},
        {"other bracket", {"山田", "花子（大）"}, "山田/花子|/|/="},
        {"open bracket", {"山田", "花子（旧姓鈴木"}, "山田/花子|/|/= former 鈴木"},
        {"stray closing bracket", {"山田", "花子）"}, "山田/花子|/|/="},
        {"nested", {"山田", "花子((A)B)"}, "山田/花子|/|/="},
        {"all bracket", {"山田", "（花子）"}, "山田/花子|/|/="},
        {"1.4 様", {"山田", "太郎様"}, "山田/太郎|/|/="},
        {"1.4 殿", {"山田", "太郎 殿"}, "山田/太郎|/|/="},
        {"1.4 樣", {"山田", "太郎樣"}, "山田/太郎|/|/="},
        {"1.4 様 on an unsplit name", {"山田太郎様", ""}, "山田太郎/|/|/= unsplit"},
        {"1.4 様 behind a blank", {"山田 太郎 様", ""}, "山田/太郎|/|/="},
        {"1.4 surname 様", {"山田 様", ""}, "山田/|/|/= unsplit"},
        {"1.4 鵜殿 様", {"鵜殿 様", ""}, "鵜殿/|/|/= unsplit"},
        {"1.4 trailing ＊ goes before the wildcards", {"山田", "太郎＊"}, "山田/太郎|/|/="},
        {"1.4 trailing **", {"山田", "太郎**"}, "山田/太郎|/|/="},
        {"1.4 * inside stays a wildcard", {"山田", "太*郎*"}, "山田/太" W "郎|/|/= wild"},
        {"1.4 all notes", {"山田", "花子＊（旧姓鈴木）様"}, "山田/花子|/|/= former 鈴木"},
        {"様 in a reading", {"", "", "ヤマダ", "タロウ様"}, "/|ヤマダ/タロウ|/="},
    };

    (void)state;
    rows_check(rows, NY_ARRAY_LEN(rows), NULL);
}

static void test_foreigners(void **state)
{
    static const struct name_row rows[] = {
        {"1.4 sorted bag of all tokens", {"", "", "", "", "SMITH", "JOHN", "PAUL"}, "/|/|SMITH/JON=JON PAUR SMITH"},
        {"1.4 order swapped", {"", "", "", "", "JOHN PAUL", "SMITH"}, "/|/|JON PAUR/SMITH=JON PAUR SMITH"},
        {"1.4 full-width in the kanji slot", {"ＳＭＩＴＨ", "Ｊｏｈｎ"}, "/|/|SMITH/JON=JON SMITH"},
        {"1.4 one blank splits", {"ＳＭＩＴＨ　ＪＯＨＮ", ""}, "/|/|SMITH/JON=JON SMITH"},
        {"comma", {"", "", "", "", "SMITH, JOHN PAUL", ""}, "/|/|SMITH/JON PAUR=JON PAUR SMITH"},
        {"three tokens unsplit", {"", "", "", "", "SMITH JOHN PAUL", ""}, "/|/|SMITH JON PAUR/=JON PAUR SMITH"},
        {"1.4 kana is not in the bag", {"", "", "スミス", "ジョン", "SMITH", "JOHN"}, "/|スミス/ジヨン|SMITH/JON=JON SMITH"},
        {"alias kanji, Latin slot", {"金", "順子", "キム", "スンジャ", "KIM", "SUNJA"}, "金/順子|キム/スンジヤ|KIM/SUNJA=KIM SUNJA"},
        {"kana in the kanji slot", {"スミス", "ジョン"}, "スミス/ジョン|スミス/ジヨン|/= is-kana"},
        {"kana with Latin elsewhere", {"スミス", "ジョン", "", "", "SMITH", "JOHN"}, "スミス/ジョン|スミス/ジヨン|SMITH/JON=JON SMITH is-kana"},
        {"Latin in the kana slot", {"", "", "SMITH", "JOHN"}, "/|/|SMITH/JON=JON SMITH"},
        {"Latin twice: its own slot wins", {"SMITH", "J", "", "", "SMITH", "JOHN"}, "/|/|SMITH/JON=JON SMITH"},
        {"mixed slot is a written form", {"Smith", "花子"}, "SMITH/花子|/|/="},
        {"Japanese with romaji", {"佐藤", "真一", "サトウ", "シンイチ", "SATOH", "SHIN'ICHI"}, "佐藤/真一|サトウ/シンイチ|SATO/SHINICHI=SATO SHINICHI"},
        {"honorific", {"SMITH JOHN様", ""}, "/|/|SMITH/JON=JON SMITH"},
    };

    (void)state;
    rows_check(rows, NY_ARRAY_LEN(rows), NULL);
}

static void test_placeholders(void **state)
{
    static const struct name_row rows[] = {
        {"1.4 児", {"山田", "児"}, "山田/|/|/= NEWBORN"},
        {"1.4 兒 folds first", {"山田", "兒"}, "山田/|/|/= NEWBORN"},
        {"1.4 女児, reading dropped too", {"山田", "女児", "ヤマダ", "ジョジ"}, "山田/|ヤマダ/|/= NEWBORN"},
        {"1.4 男児", {"山田", "男児"}, "山田/|/|/= NEWBORN"},
        {"1.4 第1子", {"山田", "第１子"}, "山田/|/|/= NEWBORN"},
        {"1.4 第2子", {"山田", "第2子"}, "山田/|/|/= NEWBORN"},
        {"1.4 A児", {"山田", "Ａ児"}, "山田/|/|/= NEWBORN"},
        {"1.4 B児", {"山田", "b児"}, "山田/|/|/= NEWBORN"},
        {"1.4 prefix ベビー", {"山田", "ベビーＡ"}, "山田/|/|/= NEWBORN"},
        {"1.4 half-width ﾍﾞﾋﾞｰ", {"山田", "", "ﾔﾏﾀﾞ", "ﾍﾞﾋﾞｰ"}, "山田/|ヤマダ/|/= NEWBORN unsplit"},
        {"hiragana べびー", {"山田", "べびー1"}, "山田/|/|/= NEWBORN"},
        {"1.4 prefix ベイビー", {"山田", "ベイビー"}, "山田/|/|/= NEWBORN"},
        {"1.4 prefix BABY", {"", "", "", "", "YAMADA", "BABY BOY"}, "/|/|YAMADA/=YAMADA NEWBORN"},
        {"1.4 アカチャン", {"", "", "ヤマダ", "アカチャン"}, "/|ヤマダ/|/= NEWBORN"},
        {"1.4 新生児", {"山田", "新生児２"}, "山田/|/|/= NEWBORN"},
        {"1.4 no prefix of the surname", {"ベビー", "太郎"}, "ベビー/太郎|ベビー/|/="},
        {"1.4 不明", {"不明", ""}, "/|/|/= UNKNOWN"},
        {"1.4 氏名 不詳 together", {"氏名", "不詳"}, "/|/|/= UNKNOWN"},
        {"1.4 フメイ", {"", "", "フメイ", ""}, "/|/|/= UNKNOWN"},
        {"1.4 ふめい in the kanji slot", {"ふめい", ""}, "/|/|/= UNKNOWN"},
        {"1.4 身元不明", {"身元 不明", ""}, "/|/|/= UNKNOWN"},
        {"1.4 ナナシ", {"", "", "ナナシ", ""}, "/|/|/= UNKNOWN"},
        {"1.4 名無", {"名無", ""}, "/|/|/= UNKNOWN"},
        {"1.4 匿名", {"匿名", ""}, "/|/|/= UNKNOWN"},
        {"1.4 トクメイ", {"", "", "トク", "メイ"}, "/|/|/= UNKNOWN"},
        {"1.4 テスト", {"テスト", ""}, "テスト/|テスト/|/= TEST unsplit kana-unsplit is-kana"},
        {"1.4 whole surname テスト", {"テスト", "太郎"}, "テスト/太郎|テスト/|/= TEST"},
        {"1.4 whole surname ﾃｽﾄ in the reading", {"手酢都", "太郎", "ﾃｽﾄ", "ﾀﾛｳ"}, "手酢都/太郎|テスト/タロウ|/= TEST"},
        {"1.4 ＴＥＳＴ", {"ＴＥＳＴ", "ＴＡＲＯ"}, "/|/|TEST/TARO=TARO TEST TEST"},
        {"1.4 ダミー", {"ダミー", "花子"}, "ダミー/花子|ダミー/|/= TEST"},
        {"1.4 サンプル", {"サンプル", "花子"}, "サンプル/花子|サンプル/|/= TEST"},
        {"1.4 デモ", {"デモ", ""}, "デモ/|デモ/|/= TEST unsplit kana-unsplit is-kana"},
        {"1.4 架空", {"架空", ""}, "架空/|/|/= TEST unsplit"},
        {"1.4 練習", {"練習", ""}, "練習/|/|/= TEST unsplit"},
        {"1.4 研修", {"研", "修"}, "研/修|/|/= TEST"},
        {"1.4 患者", {"患者", ""}, "患者/|/|/= TEST unsplit"},
        {"1.4 患者 as a surname is none", {"患者", "太郎"}, "患者/太郎|/|/="},
        {"1.4 no placeholder: 児玉", {"児玉", "太郎"}, "児玉/太郎|/|/="},
        {"1.4 no placeholder: 児島", {"児島", "児太郎"}, "児島/児太郎|/|/="},
        {"1.4 no placeholder: ナナシマ", {"七島", "花", "ナナシマ", "ハナ"}, "七島/花|ナナシマ/ハナ|/="},
        {"1.4 no placeholder: ソノコ", {"山田", "園子", "ヤマダ", "ソノコ"}, "山田/園子|ヤマダ/ソノコ|/="},
        {"不明 as part only", {"不明", "太郎"}, "不明/太郎|/|/="},
    };

    (void)state;
    rows_check(rows, NY_ARRAY_LEN(rows), NULL);
}
/* clang-format on */

static void test_noko(void **state)
{
    static const struct {
        const char *name;
        const char *given;
        struct ny_text_name_hints hints;
        bool newborn;
    } rows[] = {
        {"1.4 mother's given name",    "ハナコノコ",    {{"はなこ", 9}, 20000},  true },
        {"1.4 mother at k2",           "キョウコノコ", {{"キヨウコ", 12}, -1}, true },
        {"1.4 another mother",         "ハナコノコ",    {{"ヨシコ", 9}, 20000},  false},
        {"1.4 one year, three kana",   "ハナコノコ",    {{"", 0}, 366},             true },
        {"1.4 age 0",                  "ハナコノコ",    {{"", 0}, 0},               true },
        {"1.4 older than a year",      "ハナコノコ",    {{"", 0}, 367},             false},
        {"1.4 age unknown",            "ハナコノコ",    {{"", 0}, -1},              false},
        {"1.4 ソノコ of a newborn", "ソノコ",          {{"ヨシコ", 9}, 3},      false},
        {"two kana before",            "キクノコ",       {{"", 0}, 3},               false},
        {"ノコ alone",               "ノコ",             {{"", 0}, 3},               false},
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_arena *a = ny_arena_create(0);
        const char *const parts[7] = {"山田", "花子ノ子", "ヤマダ", rows[i].given, "", "", ""};
        struct ny_text_name n;

        assert_int_equal(fold_parts(a, parts, &rows[i].hints, &n), NY_OK);
        if ((n.name_class == NY_NAME_NEWBORN) != rows[i].newborn ||
            (n.kana_given.n == 0) != rows[i].newborn || (n.kanji_given.n == 0) != rows[i].newborn) {
            fail_msg("row \"%s\"", rows[i].name);
        }
        assert_int_equal(fold_parts(a, parts, NULL, &n), NY_OK);
        assert_int_equal(n.name_class, NY_NAME_NORMAL);
        ny_arena_destroy(a);
    }
}

/* Every text of the table stands there in the form it is compared in. */
static void test_placeholder_table_is_folded(void **state)
{
    static const ny_str texts[] = {
#define NY_PLACEHOLDER(text, where, class) {text, sizeof(text) - 1},
#include "../../../src/text/tbl/placeholders.def"
#undef NY_PLACEHOLDER
    };
    struct ny_arena *a = ny_arena_create(0);

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(texts); i++) {
        enum ny_text_script script = ny_text_script_of(texts[i]);
        fold_fn fold = script == NY_SCRIPT_KANA    ? ny_text_kana_k2
                       : script == NY_SCRIPT_LATIN ? ny_text_latin_fold
                                                   : ny_text_kanji_fold;
        ny_str out;

        assert_int_equal(fold(a, texts[i], &out), NY_OK);
        if (!ny_str_equals(out, texts[i])) {
            fail_msg("%.*s", NY_ARG(texts[i]));
        }
    }
    ny_arena_destroy(a);
}

static void test_errors(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_arena *small = ny_arena_create(16);
    static char much[NY_TEXT_MAX + 1];
    const char *const broken[7] = {"山田", "\xE5", "", "", "", "", ""};
    struct ny_text_name_raw raw = {
        .kanji = {{much, sizeof(much)}, NY_STR_NONE, NY_STR_NONE}
    };
    struct ny_text_name n = {.kanji_unsplit = true};

    (void)state;
    assert_int_equal(fold_parts(a, broken, NULL, &n), NY_ECHARSET);
    assert_int_equal(ny_text_name_fold(a, &raw, NULL, &n), NY_ELIMIT);
    raw.kanji.family = NY_S("山田太郎山田太郎山田太郎");
    assert_int_equal(ny_text_name_fold(small, &raw, NULL, &n), NY_ELIMIT);
    assert_true(n.kanji_unsplit);
    /* §9: a name of 10 000 characters */
    memset(much, 'A', 30000);
    raw.kanji.family = ny_str_of(much, 30000);
    assert_int_equal(ny_text_name_fold(a, &raw, NULL, &n), NY_OK);
    ny_arena_destroy(a);
    ny_arena_destroy(small);
}

static void test_random_names_are_idempotent(void **state)
{
    uint64_t seed = 11;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct ny_arena *a = ny_arena_create(0);
        struct ny_text_name_raw raw = {
            .kanji = {random_text(a, &seed, awkward, 7), random_text(a, &seed, awkward, 7),
                      NY_STR_NONE}
        };
        struct ny_text_name n;
        struct ny_text_name m;

        assert_int_equal(ny_text_name_fold(a, &raw, NULL, &n), NY_OK);
        raw.kanji.family = n.kanji_family;
        raw.kanji.given = n.kanji_given;
        assert_int_equal(ny_text_name_fold(a, &raw, NULL, &m), NY_OK);
        if (!ny_str_equals(n.kanji_family, m.kanji_family) ||
            !ny_str_equals(n.kanji_given, m.kanji_given)) {
            fail_msg("%.*s → %.*s", NY_ARG(name_text(a, &n)), NY_ARG(name_text(a, &m)));
        }
        ny_arena_destroy(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_structure),  cmocka_unit_test(test_notes),
        cmocka_unit_test(test_foreigners), cmocka_unit_test(test_placeholders),
        cmocka_unit_test(test_noko),       cmocka_unit_test(test_placeholder_table_is_folded),
        cmocka_unit_test(test_errors),     cmocka_unit_test(test_random_names_are_idempotent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
