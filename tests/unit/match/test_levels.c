/* Every level of every table with a pair of people who stand at it, through the real path: text,
 * packed record, comparison. Row names are the level ids. */

#include "match_testing.h"

static const struct {
    const char *level; /* expected in its field */
    struct person a, b;
} rows[] = {
  /* given name: kanji and kana on both sides */
    {"G1",   {.kg = "太郎", .pg = "タロウ"},                               {.kg = "太郎", .pg = "たろう"}                            },
    {"G1",   {.kg = "京子", .pg = "キョウコ"},                            {.kg = "京子", .pg = "ｷﾖｳｺ"}                         },
    {"G2",   {.kg = "裕樹", .pg = "ユウキ"},                               {.kg = "裕樹", .pg = "ユキ"}                               },
    {"G2",   {.kg = "凜", .pg = "リン"},                                     {.kg = "凛", .pg = "リン"}                                  },
    {"G3",   {.kg = "翔", .pg = "ショウ"},                                  {.kg = "翔", .pg = "カケル"}                               },
    {"G4",   {.kg = "さくら", .pg = "サクラ"},                            {.kg = "桜", .pg = "サクラ"}                               },
    {"G5",   {.kg = "幸子", .pg = "サチコ"},                               {.kg = "祥子", .pg = "サチコ"}                            },
    {"G6",   {.kg = "健一", .pg = "ケンイチ"},                            {.kg = "健二", .pg = "ケンイ"}                            },
    {"G6",   {.kg = "裕樹", .pg = "ユウキ"},                               {.kg = "由紀", .pg = "ユキ"}                               },
    {"G7",   {.kg = "太郎", .pg = "タロウ"},                               {.kg = "花子", .pg = "ハナコ"}                            },
 /* kanji missing on a side */
    {"N1",   {.kg = "太郎", .pg = "タロウ"},                               {.pg = "タロウ"}                                            },
    {"N1",   {.kg = "〓郎", .pg = "タロウ"},                               {.kg = "太郎", .pg = "タロウ"}                            },
    {"N2",   {.pg = "ショウイチ"},                                         {.pg = "ショーイチ"}                                      },
    {"N2",   {.pg = "マサゾウ"},                                            {.pg = "マサソウ"}                                         },
    {"N3",   {.pg = "ケンイチ"},                                            {.pg = "ケンジチ"}                                         },
    {"N4",   {.pg = "タロウ"},                                               {.pg = "ハナコ"}                                            },
 /* kana missing on a side */
    {"J1",   {.kg = "太郎", .pg = "タロウ"},                               {.kg = "太郎"}                                               },
    {"J2",   {.kg = "凜"},                                                     {.kg = "凛"}                                                  },
    {"J3",   {.kg = "太郎"},                                                  {.kg = "花子"}                                               },
 /* surname */
    {"S1",
     {.kf = "髙橋", .pf = "タカハシ", .kg = "太郎", .pg = "タロウ"},
     {.kf = "高橋", .pf = "タカハシ", .kg = "太郎", .pg = "タロウ"}                                                                 },
    {"S2",
     {.kf = "中島", .pf = "ナカジマ", .kg = "太郎", .pg = "タロウ"},
     {.kf = "中島", .pf = "ナカシマ", .kg = "太郎", .pg = "タロウ"}                                                                 },
    {"S2",
     {.kf = "井上", .pf = "イノウエ", .kg = "太郎", .pg = "タロウ"},
     {.kf = "井ノ上", .pf = "イノウエ", .kg = "太郎", .pg = "タロウ"}                                                              },
    {"S2",
     {.kf = "山内", .pf = "ヤマウチ", .kg = "太郎", .pg = "タロウ"},
     {.kf = "山ノ内", .pf = "ヤマノウチ", .kg = "太郎", .pg = "タロウ"}                                                           },
    {"S2",
     {.kf = "齋藤", .pf = "サイトウ", .kg = "太郎", .pg = "タロウ"},
     {.kf = "斉藤", .pf = "サイトウ", .kg = "太郎", .pg = "タロウ"}                                                                 },
    {"S3",
     {.kf = "河野", .pf = "コウノ", .kg = "太郎", .pg = "タロウ"},
     {.kf = "河野", .pf = "カワノ", .kg = "太郎", .pg = "タロウ"}                                                                    },
    {"S4",
     {.kf = "伊藤", .pf = "イトウ", .kg = "太郎", .pg = "タロウ"},
     {.kf = "伊東", .pf = "イトウ", .kg = "太郎", .pg = "タロウ"}                                                                    },
    {"S5",
     {.kf = "松本", .pf = "マツモト", .kg = "太郎", .pg = "タロウ"},
     {.kf = "杉本", .pf = "マツモ", .kg = "太郎", .pg = "タロウ"}                                                                    },
    {"S6",
     {.kf = "佐藤", .pf = "サトウ", .kg = "太郎", .pg = "タロウ"},
     {.kf = "鈴木", .pf = "スズキ", .kg = "太郎", .pg = "タロウ"}                                                                    },
    {"SN1",  {.pf = "サトウ", .pg = "タロウ"},                            {.kf = "佐藤", .pf = "サトウ", .pg = "タロウ"}         },
    {"SN2",  {.pf = "オオノ", .pg = "タロウ"},                            {.pf = "オノ", .pg = "タロウ"}                            },
    {"SN3",  {.pf = "サイトウ", .pg = "タロウ"},                         {.pf = "サイトク", .pg = "タロウ"}                      },
    {"SN4",  {.pf = "サトウ", .pg = "タロウ"},                            {.pf = "スズキ", .pg = "タロウ"}                         },
    {"SJ1",  {.kf = "佐藤", .kg = "太郎"},                                  {.kf = "佐藤", .pf = "サトウ", .kg = "太郎"}            },
    {"SJ2",  {.kf = "斎藤", .kg = "太郎"},                                  {.kf = "斉藤", .kg = "太郎"}                               },
    {"SJ2",  {.kf = "井之上", .kg = "太郎"},                               {.kf = "井上", .kg = "太郎"}                               },
    {"SJ3",  {.kf = "佐藤", .kg = "太郎"},                                  {.kf = "鈴木", .kg = "太郎"}                               },
    {"SWAP", {.pf = "ヤマダ", .pg = "タロウ"},                            {.pf = "タロウ", .pg = "ヤマダ"}                         },
    {"SWAP", {.lf = "SATO", .lg = "TARO"},                                      {.pf = "サトウ", .pg = "タロウ"}                         },
    {"SWAP", {.lf = "NGUYEN", .lg = "VAN AN"},                                  {.lf = "AN", .lg = "NGUYEN VAN"}                               },
 /* birth date */
    {"D1",   {.birth = "19801124"},                                             {.birth = "S551124"}                                           },
    {"D3",   {.birth = "19500310"},                                             {.birth = "20130310"}                                          },
    {"D4",   {.birth = "19800311"},                                             {.birth = "19801103"}                                          },
    {"D2",   {.birth = "19801124"},                                             {.birth = "19801125"}                                          },
    {"D2",   {.birth = "19801112"},                                             {.birth = "19801121"}                                          },
    {"D5",   {.birth = "19801104"},                                             {.birth = "19801127"}                                          },
    {"D9",   {.birth = "19801124"},                                             {.birth = "19800101"}                                          },
    {"D6",   {.birth = "19801124"},                                             {.birth = "19651124"}                                          },
    {"D7",   {.birth = "19801124"},                                             {.birth = "19800305"}                                          },
    {"D8",   {.birth = "19801124"},                                             {.birth = "19650305"}                                          },
    {"DP_M", {.birth = "19801124"},                                             {.birth = "198011"}                                            },
    {"DP_Y", {.birth = "1980"},                                                 {.birth = "198011"}                                            },
    {"D8",   {.birth = "1981"},                                                 {.birth = "19801124"}                                          },
 /* sex */
    {"X1",   {.sex = "M"},                                                      {.sex = "M"}                                                   },
    {"X2",   {.sex = "M"},                                                      {.sex = "F"}                                                   },
 /* address */
    {"A1",   {.address = "静岡県静岡市葵区追手町9-6"},               {.address = "静岡市葵区追手町９番６号"}            },
    {"A1",
     {.address = "静岡市葵区追手町9-6-301"},
     {.address = "静岡市葵区追手町9-6-301", .postal = "420-8601"}                                                                      },
    {"A2",
     {.address = "静岡市葵区追手町9-6 メゾン追手301号室"},
     {.address = "静岡市葵区追手町9-6 メゾン追手405号室"}                                                                       },
    {"A3",   {.address = "静岡市葵区追手町9-6"},                        {.address = "静岡市葵区追手町5-4"}                     },
    {"A3",   {.postal = "420-8601"},                                            {.postal = "4208601", .address = "静岡市葵区追手町9-6"}},
    {"A4",   {.address = "静岡市葵区追手町9-6"},                        {.address = "静岡市葵区呉服町1-2"}                     },
    {"A5",   {.address = "静岡市葵区追手町9-6"},                        {.address = "浜松市中央区元城町103-2"}                },
 /* phone */
    {"P1",   {.phone = "054-221-2455"},                                         {.phone = "+81542212455"}                                      },
    {"P2",   {.phone = "054-221-2455"},                                         {.phone = "053-457-2111"}                                      },
 /* insurance */
    {"I1",
     {.insurer = "33120015", .symbol = "12", .number = "345", .branch = "01"},
     {.insurer = "33120015", .symbol = "１２", .number = "345", .branch = "01"}                                                              },
    {"I1",
     {.insurer = "39221010", .number = "12345678"},
     {.insurer = "39221309", .number = "12345678"}                                                                                             },
    {"I2",
     {.insurer = "33120015", .symbol = "12", .number = "345", .branch = "01"},
     {.insurer = "33120015", .symbol = "12", .number = "345"}                                                                                  },
    {"I3",
     {.insurer = "33120015", .symbol = "12", .number = "345"},
     {.insurer = "33120015", .symbol = "12", .number = "999"}                                                                                  },
    {"I4",
     {.insurer = "33120015", .symbol = "12", .number = "345", .branch = "01"},
     {.insurer = "33120015", .symbol = "12", .number = "345", .branch = "02"}                                                                  },
    {"I5",
     {.insurer = "33120015", .symbol = "12", .number = "345"},
     {.insurer = "01130012", .symbol = "12", .number = "345"}                                                                                  },
};

static void test_every_level(void **state)
{
    struct fixture *f = *state;
    bool seen[NY_LEVEL_COUNT] = {[NY_LEVEL_NONE] = true};

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        const struct ny_record *a = record_of(f->a, &rows[i].a);
        const struct ny_record *b = record_of(f->a, &rows[i].b);
        enum ny_level expected = NY_LEVEL_NONE;
        struct ny_score s;
        uint8_t field;

        assert_true(ny_level_parse(ny_str_from_c(rows[i].level), &expected));
        field = ny_level_info(expected)->field;
        seen[expected] = true;
        ny_match_score(f->m, a, b, false, &s);
        if (s.level[field] != expected) {
            fail_msg("row %zu %s: level %s", i, rows[i].level, ny_level_name(s.level[field]));
        }
        ny_match_score(f->m, b, a, false, &s);
        assert_int_equal(s.level[field], expected);
    }
    for (int l = 0; l < NY_LEVEL_COUNT; l++) {
        if (!seen[l]) {
            fail_msg("no row for %s", ny_level_name((enum ny_level)l));
        }
    }
}

static uint8_t given_of(struct fixture *f, const struct person *a, const struct person *b)
{
    struct ny_score s;

    ny_match_score(f->m, record_of(f->a, a), record_of(f->a, b), false, &s);
    return s.level[NY_FIELD_GIVEN];
}

/* Names that are not in two parts: both fields at once, on both orders of arguments. */
static void test_whole_names(void **state)
{
    static const struct {
        const char *name;
        struct person a, b;
        const char *given;
    } whole[] = {
        {"unsplit against split",       {.kf = "山田太郎"},        {.kf = "山田", .kg = "太郎"},    "J1"},
        {"both unsplit",                {.pf = "ヤマダタロウ"},  {.pf = "ﾔﾏﾀﾞﾀﾛｳ"},     "N1"},
        {"unsplit and different",       {.kf = "山田太郎"},        {.kf = "山田", .kg = "花子"},    "J3"},
        {"split at a blank",            {.kf = "山田　太郎"},     {.kf = "山田", .kg = "太郎"},    "J1"},
        {"a surname alone",             {.kf = "山田"},              {.kf = "山田", .kg = "太郎"},    ""  },
        {"two surnames alone",          {.kf = "佐々木"},           {.kf = "佐々木"},                 ""  },
        {"a surname and a whole name",  {.kf = "佐々木"},           {.kf = "佐々木太郎"},           ""  },
        {"a rare surname alone",        {.kf = "勅使河原"},        {.kf = "勅使河原", .kg = "薫"}, ""  },
        {"unsplit kana are left out",
         {.kf = "山田", .kg = "太郎", .pf = "ヤマダタロウ"},
         {.kf = "山田", .kg = "太郎", .pf = "ヤマダ", .pg = "タロウ"},
         "J1"                                                                                                   },
        {"written in kana, no reading",
         {.kg = "桜", .kf = "山田"},
         {.kg = "さくら", .kf = "山田"},
         ""                                                                                                     },
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < NY_ARRAY_LEN(whole); i++) {
        uint8_t x = given_of(f, &whole[i].a, &whole[i].b);
        uint8_t y = given_of(f, &whole[i].b, &whole[i].a);

        if (strcmp(ny_level_name(x), whole[i].given) != 0 || x != y) {
            fail_msg("%s: %s / %s", whole[i].name, ny_level_name(x), ny_level_name(y));
        }
    }
}

/* An unsplit name weighs what the split one weighs, within the difference of the kana. */
static void test_whole_name_weighs_like_two(void **state)
{
    struct fixture *f = *state;
    const struct ny_record *split = record_of_line(f->a, "kf=山田;kg=太郎;birth=19801124;sex=M");
    const struct ny_record *unsplit = record_of_line(f->a, "kf=山田太郎;birth=19801124;sex=M");
    struct ny_score two;
    struct ny_score one;

    ny_match_score(f->m, split, split, false, &two);
    ny_match_score(f->m, split, unsplit, false, &one);
    assert_int_equal(two.level[NY_FIELD_SURNAME], NY_LEVEL_SJ1);
    assert_int_equal(one.level[NY_FIELD_SURNAME], NY_LEVEL_NONE);
    assert_in_range(one.total_b1024 - two.total_b1024 + 5, 0, 10);
}

/* Insurance of several cards, and periods that do not overlap. */
static void test_insurance_choice(void **state)
{
    struct fixture *f = *state;
    struct ny_record a = {.n_insurances = 2};
    struct ny_record b = {.n_insurances = 2};
    struct ny_contacts c;

    a.insurances[0] = (struct ny_record_insurance){33120015, -1, 7, 100, 200};
    a.insurances[1] = (struct ny_record_insurance){33120015, 1, 7, 100, 200};
    b.insurances[0] = (struct ny_record_insurance){33120015, 2, 7, 150, 300};
    b.insurances[1] = (struct ny_record_insurance){33120015, 2, 9, 150, 300};
    ny_contacts_compare(f->m, &a, &b, &c);
    assert_int_equal(c.insurance, NY_LEVEL_I4); /* the twin does not hide behind the old card */
    assert_true(ny_insurance_branches_differ(&a, &b));
    b.insurances[0].from_day = 201;
    a.n_insurances = 1;
    a.insurances[0].branch = 1;
    ny_contacts_compare(f->m, &a, &b, &c);
    assert_int_equal(c.insurance, NY_LEVEL_I3); /* another period: says no more than the insurer */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_level),
        cmocka_unit_test(test_whole_names),
        cmocka_unit_test(test_whole_name_weighs_like_two),
        cmocka_unit_test(test_insurance_choice),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
