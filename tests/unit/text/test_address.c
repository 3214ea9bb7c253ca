/* Addresses (1.8). */

#include "text_support.h"

struct address_row {
    const char *name;
    const char *whole;
    const char *postal;
    const char *out; /* postal|prefecture|municipality|town|digits|building|room */
};

static ny_str address_text(struct ny_arena *a, const struct ny_text_address *r)
{
    return ny_arena_printf(a, "%u|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s", r->postal, NY_ARG(r->prefecture),
                           NY_ARG(r->municipality), NY_ARG(r->town), NY_ARG(r->digits),
                           NY_ARG(r->building), NY_ARG(r->room));
}

/* The pieces written one after another read as the same pieces. */
static void again_check(struct ny_arena *a, const char *row, const struct ny_text_address *r)
{
    struct ny_text_address again;
    ny_str whole = ny_arena_printf(a, "%.*s%.*s%.*s%.*s %.*s %.*s", NY_ARG(r->prefecture),
                                   NY_ARG(r->municipality), NY_ARG(r->town), NY_ARG(r->digits),
                                   NY_ARG(r->building), NY_ARG(r->room));
    ny_str postal = r->postal != 0 ? ny_arena_printf(a, "%07u", r->postal) : NY_S("");

    assert_int_equal(ny_text_address_fold(a, whole, postal, &again), NY_OK);
    if (!ny_str_equals(address_text(a, r), address_text(a, &again))) {
        fail_msg("row \"%s\": %.*s folds to %.*s", row, NY_ARG(address_text(a, r)),
                 NY_ARG(address_text(a, &again)));
    }
}

static void rows_check(const struct address_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct ny_arena *a = ny_arena_create(0);
        struct ny_text_address r;
        ny_str text;

        assert_int_equal(ny_text_address_fold(a, ny_str_from_c(rows[i].whole),
                                              ny_str_from_c(rows[i].postal), &r),
                         NY_OK);
        text = address_text(a, &r);
        if (!ny_str_equals(text, ny_str_from_c(rows[i].out))) {
            fail_msg("row \"%s\":\n %.*s\n %s", rows[i].name, NY_ARG(text), rows[i].out);
        }
        again_check(a, rows[i].name, &r);
        ny_arena_destroy(a);
    }
}

/* clang-format off */
static void test_pieces(void **state)
{
    static const struct address_row rows[] = {
        {"whole", "静岡県静岡市葵区追手町9番6号 静岡ビル301", "420-8601", "4208601|静岡県|静岡市葵区|追手町|9-6|静岡ビル|301"},
        {"hyphens", "静岡県静岡市葵区追手町９－６", "４２０－８６０１", "4208601|静岡県|静岡市葵区|追手町|9-6||"},
        {"blanks between the words", "静岡県　静岡市 葵区 追手町 9-6", "", "0|静岡県|静岡市葵区|追手町|9-6||"},
        {"missing prefecture", "静岡市葵区追手町9-6", "", "0||静岡市葵区|追手町|9-6||"},
        {"Tokyo ward", "東京都千代田区丸の内１丁目９番２号", "1000005", "1000005|東京都|千代田区|丸ノ内|1-9-2||"},
        {"Tokyo ward without the prefecture", "千代田区丸の内1-9-2", "", "0||千代田区|丸ノ内|1-9-2||"},
        {"county and town", "静岡県駿東郡長泉町中土狩828", "", "0|静岡県|駿東郡長泉町|中土狩|828||"},
        {"county and village", "長野県上伊那郡南箕輪村4825-1", "", "0|長野県|上伊那郡南箕輪村||4825-1||"},
        {"town without its county", "静岡県長泉町中土狩828", "", "0|静岡県|長泉町|中土狩|828||"},
        {"postal code in the text", "〒420-8601 静岡県静岡市葵区追手町9-6", "", "4208601|静岡県|静岡市葵区|追手町|9-6||"},
        {"postal code of zeros", "静岡市葵区追手町", "000-0000", "0||静岡市葵区|追手町|||"},
        {"short postal code", "静岡市葵区追手町", "420-860", "0||静岡市葵区|追手町|||"},
        {"prefecture that itaiji change", "栃木縣宇都宮市塙田1-1-20", "", "0|栃木県|宇都宮市|塙田|1-1-20||"},
        {"ordinary city keeps its 区 in the town", "福島県南相馬市原町区本町2-27", "", "0|福島県|南相馬市|原町区本町|2-27||"},
    };

    (void)state;
    rows_check(rows, NY_ARRAY_LEN(rows));
}

static void test_no_municipality(void **state)
{
    static const struct address_row rows[] = {
        {"no municipality", "追手町9-6", "", "0|||追手町|9-6||"},
        {"nothing", "", "", "0||||||"},
        {"prefecture only", "京都府", "", "0|京都府|||||"},
    };

    (void)state;
    rows_check(rows, NY_ARRAY_LEN(rows));
}

static void test_municipality_names(void **state)
{
    static const struct address_row rows[] = {
        {"四日市市", "三重県四日市市諏訪町1-5", "", "0|三重県|四日市市|諏訪町|1-5||"},
        {"市川市", "千葉県市川市八幡1-1-1", "", "0|千葉県|市川市|八幡|1-1-1||"},
        {"町田市", "東京都町田市森野2-2-22", "", "0|東京都|町田市|森野|2-2-22||"},
        {"村上市", "新潟県村上市三之町1-1", "", "0|新潟県|村上市|三ノ町|1-1||"},
        {"野々市市", "石川県野々市市三納1-1", "", "0|石川県|野野市市|三納|1-1||"},
        {"廿日市市", "広島県廿日市市下平良1-11-1", "", "0|広島県|廿日市市|下平良|1-11-1||"},
        {"余市町", "北海道余市郡余市町朝日町26", "", "0|北海道|余市郡余市町|朝日町|26||"},
        {"大町市", "長野県大町市大町3887", "", "0|長野県|大町市|大町|3887||"},
        {"十日町市", "新潟県十日町市千歳町3-3", "", "0|新潟県|十日町市|千歳町|3-3||"},
        {"東村山市", "東京都東村山市本町1-2-3", "", "0|東京都|東村山市|本町|1-2-3||"},
        {"武蔵村山市", "東京都武蔵村山市本町1-1-1", "", "0|東京都|武蔵村山市|本町|1-1-1||"},
        {"羽村市", "東京都羽村市緑ヶ丘5-2-1", "", "0|東京都|羽村市|緑ケ丘|5-2-1||"},
        {"玉村町", "群馬県佐波郡玉村町下新田201", "", "0|群馬県|佐波郡玉村町|下新田|201||"},
        {"大和郡山市", "奈良県大和郡山市北郡山町248-4", "", "0|奈良県|大和郡山市|北郡山町|248-4||"},
        {"郡山市", "福島県郡山市朝日1-23-7", "", "0|福島県|郡山市|朝日|1-23-7||"},
        {"東村山郡", "山形県東村山郡山辺町緑ケ丘5", "", "0|山形県|東村山郡山辺町|緑ケ丘|5||"},
        {"上市町", "富山県中新川郡上市町法音寺1", "", "0|富山県|中新川郡上市町|法音寺|1||"},
        {"大町町", "佐賀県杵島郡大町町大町5017", "", "0|佐賀県|杵島郡大町町|大町|5017||"},
        {"三条市", "新潟県三条市旭町2-3-1", "", "0|新潟県|三条市|旭町|2-3-1||"},
        {"札幌市中央区", "北海道札幌市中央区北三条西六丁目", "", "0|北海道|札幌市中央区|北3条西|6||"},
        {"Kyoto", "京都府京都市中京区寺町通御池上る上本能寺前町488番地", "", "0|京都府|京都市中京区|寺町通御池上る上本能寺前町|488||"},
    };

    (void)state;
    rows_check(rows, NY_ARRAY_LEN(rows));
}

static void test_numbers(void **state)
{
    static const struct address_row rows[] = {
        {"1.8 kanji numeral before 丁目", "静岡市葵区本町三丁目5番2号", "", "0||静岡市葵区|本町|3-5-2||"},
        {"1.8 before 番地", "焼津市本町二十三番地", "", "0||焼津市|本町|23||"},
        {"1.8 before 番, 号", "焼津市本町五番十二号", "", "0||焼津市|本町|5-12||"},
        {"1.8 hundreds", "焼津市本町百五番地", "", "0||焼津市|本町|105||"},
        {"1.8 positional", "焼津市本町一〇三番地", "", "0||焼津市|本町|103||"},
        {"1.8 before 地割", "岩手県八幡平市大更第三十五地割62番地", "", "0|岩手県|八幡平市|大更|35-62||"},
        {"1.8 before 線", "北海道河東郡音更町東八線12番地", "", "0|北海道|河東郡音更町|東8線|12||"},
        {"1.8 番地の", "焼津市本町5番地の2", "", "0||焼津市|本町|5-2||"},
        {"1.8 の between numbers", "焼津市本町5の2", "", "0||焼津市|本町|5-2||"},
        {"1.8 ノ and 之", "焼津市本町5ノ2之3", "", "0||焼津市|本町|5-2-3||"},
        {"1.8 番 without 号", "焼津市本町1丁目5番2", "", "0||焼津市|本町|1-5-2||"},
        {"1.8 丁目 only", "焼津市本町1丁目", "", "0||焼津市|本町|1||"},
        {"1.8 丁目-hyphen", "焼津市本町1丁目5-2", "", "0||焼津市|本町|1-5-2||"},
        {"1.1.5 ー and 一 between digits", "焼津市本町1ー5一2", "", "0||焼津市|本町|1-5-2||"},
        {"一丁目二の三", "焼津市本町一丁目二の三", "", "0||焼津市|本町|1-2-3||"},
        {"leading zeros", "焼津市本町01-05", "", "0||焼津市|本町|1-5||"},
        {"番町 is a name", "千代田区三番町5-6", "", "0||千代田区|三番町|5-6||"},
        {"numerals in names stay", "港区六本木6-10-1", "", "0||港区|六本木|6-10-1||"},
        {"丁 is a name", "仙台市青葉区東一番丁3-7", "", "0||仙台市青葉区|東一番丁|3-7||"},
        {"1.8 大字", "静岡県榛原郡吉田町大字住吉87", "", "0|静岡県|榛原郡吉田町|住吉|87||"},
        {"1.8 字 and 小字", "福島県相馬市大字中村字北町小字西63-3", "", "0|福島県|相馬市|中村北町西|63-3||"},
        {"文字 stays", "秋田県横手市十文字町1", "", "0|秋田県|横手市|十文字町|1||"},
        {"1.8 ヶ and ケ", "市川市市ヶ谷1", "", "0||市川市|市ケ谷|1||"},
        {"1.8 が and ガ", "焼津市緑が丘1", "", "0||焼津市|緑ケ丘|1||"},
        {"1.8 ッ", "焼津市三ッ池1", "", "0||焼津市|三ツ池|1||"},
        {"1.8 の between ideographs", "横浜市中区山之手1", "", "0||横浜市中区|山ノ手|1||"},
        {"itaiji", "横濱市中區澤町1", "", "0||横浜市中区|沢町|1||"},
        {"room: a fourth number", "焼津市本町1-2-3-401", "", "0||焼津市|本町|1-2-3||401"},
        {"room: behind 号", "焼津市本町1丁目2番3号401", "", "0||焼津市|本町|1-2-3||401"},
        {"room: 号室 among the numbers", "焼津市本町1-2-401号室", "", "0||焼津市|本町|1-2||401"},
        {"three numbers are no room", "焼津市本町1-2-301", "", "0||焼津市|本町|1-2-301||"},
        {"room: behind a blank", "焼津市本町1-2 401", "", "0||焼津市|本町|1-2||401"},
        {"room: 号室 behind a building", "焼津市本町1-2-3静岡ハイツ２０３号室", "", "0||焼津市|本町|1-2-3|静岡ハイツ|203"},
        {"room: letter", "焼津市本町1-2-3 静岡ハイツａ−203", "", "0||焼津市|本町|1-2-3|静岡ハイツ|A-203"},
        {"building without a room", "焼津市本町1-2-3 静岡ハイツ", "", "0||焼津市|本町|1-2-3|静岡ハイツ|"},
        {"building with blanks", "焼津市本町1-2-3 静岡 ハイツ 203", "", "0||焼津市|本町|1-2-3|静岡ハイツ|203"},
    };

    (void)state;
    rows_check(rows, NY_ARRAY_LEN(rows));
}
/* clang-format on */

/* One house, written as people write it. */
static void test_spellings_meet(void **state)
{
    static const char *const spellings[] = {
        "東京都千代田区霞が関三丁目2番1号", "東京都千代田区霞ヶ関3-2-1",
        "千代田区霞ケ関３－２－１",         "東京都 千代田区 霞ガ関 3丁目2番地1",
        "東京都千代田區霞が關３丁目２の１", "〒100-0013 東京都千代田区霞ｶﾞ関３ー２ー１",
    };
    struct ny_arena *a = ny_arena_create(0);

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(spellings); i++) {
        struct ny_text_address r;

        assert_int_equal(ny_text_address_fold(a, ny_str_from_c(spellings[i]), NY_S(""), &r), NY_OK);
        if (!ny_str_equals(r.municipality, NY_S("千代田区")) ||
            !ny_str_equals(r.town, NY_S("霞ケ関")) || !ny_str_equals(r.digits, NY_S("3-2-1"))) {
            fail_msg("%s: %.*s", spellings[i], NY_ARG(address_text(a, &r)));
        }
    }
    ny_arena_destroy(a);
}

static void test_place_tables_are_folded(void **state)
{
#define NAME(name) {name, sizeof(name) - 1},
    static const ny_str names[] = {
#define NY_CITY NAME
#define NY_COUNTY NAME
#define NY_TOWN NAME
#define NY_DESIGNATED NAME
#define NY_WARD NAME
#include "../../../src/text/tbl/municipalities.def"
    };
    struct ny_arena *a = ny_arena_create(0);

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(names); i++) {
        struct ny_text_address r;
        ny_str out;

        assert_int_equal(ny_text_kanji_fold(a, names[i], &out), NY_OK);
        if (!ny_str_equals(out, names[i])) {
            fail_msg("%.*s", NY_ARG(names[i]));
        }
        /* each is recognised as a whole, but a county and what only stands in one */
        assert_int_equal(ny_text_address_fold(a, names[i], NY_S(""), &r), NY_OK);
        if (!ny_str_ends_with(names[i], NY_S("郡")) && !ny_str_equals(r.municipality, names[i])) {
            fail_msg("%.*s: %.*s", NY_ARG(names[i]), NY_ARG(r.municipality));
        }
    }
    ny_arena_destroy(a);
}

static void test_errors(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_text_address r = {.postal = 7};

    (void)state;
    assert_int_equal(ny_text_address_fold(a, NY_S("\xE5"), NY_S(""), &r), NY_ECHARSET);
    assert_int_equal(ny_text_address_fold(a, NY_S(""), NY_S("\xE5"), &r), NY_ECHARSET);
    assert_int_equal(r.postal, 7);
    ny_arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_no_municipality),
        cmocka_unit_test(test_municipality_names),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_spellings_meet),
        cmocka_unit_test(test_place_tables_are_folded),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
