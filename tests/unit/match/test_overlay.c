/* An id that turns into another person: each story is told in many orders and must come out the
 * same; what stands aside must not be in the record. */

#include "match_testing.h"

enum { TOLD_MAX = 6, ORDERS = 24 };

#define TARO "kf=山田;kg=太郎;pf=ヤマダ;pg=タロウ;birth=19500213;sex=M;"
#define HANAKO "kf=佐藤;kg=花子;pf=サトウ;pg=ハナコ;birth=19841124;sex=F;"
#define JIRO "kf=鈴木;kg=次郎;pf=スズキ;pg=ジロウ;birth=19770707;sex=M;"

/* What is told at 1, 2, 3 … A line that starts with '!' is the line of a message whose patient is
 * unknown; "*" releases what stands when everything before it has been told; "-" takes the record
 * back. */
static const struct story {
    const char *name;
    const char *told[TOLD_MAX];
    const char *record; /* kanji given names of the record, in order */
    int birth;          /* year of birth of the record */
    size_t phones;
    bool stands;
} stories[] = {
    {"one claim",                     {TARO},                                                                "太郎",        1950, 0, false},
    {"said again",                    {TARO, TARO},                                                          "太郎",        1950, 0, false},
    {"another person",
     {TARO "phone=0311112222;", HANAKO "phone=0322223333;"},
     "太郎",                                                                                                                1950,
     1,                                                                                                                                true },
    {"another of the same sex",       {TARO, JIRO},                                                          "太郎",        1950, 0, true },
    {"another of the same date",      {TARO, HANAKO "birth=19500213;"},                                      "太郎",        1950, 0, true },
    {"the family name stays",         {TARO, HANAKO "kf=山田;pf=ヤマダ;"},                              "太郎",        1950, 0, true },
    {"and comes back",
     {TARO "phone=0311112222;", HANAKO "phone=0322223333;", TARO "phone=0333334444;"},
     "太郎",                                                                                                                1950,
     2,                                                                                                                                false},
    {"back and over again",
     {TARO, HANAKO "phone=0322223333;", TARO, HANAKO},
     "太郎",                                                                                                                1950,
     0,                                                                                                                                true },
    {"two of them",                   {TARO, HANAKO, JIRO},                                                  "太郎",        1950, 0, true },
    {"the other one moves",           {TARO, HANAKO, HANAKO "phone=0322223333;"},                            "太郎",        1950, 0, true },
    {"the other one marries",
     {TARO, HANAKO, HANAKO "kf=田中;pf=タナカ;phone=0322223333;"},
     "太郎",                                                                                                                1950,
     0,                                                                                                                                true },
    {"in two steps",                  {TARO, HANAKO "birth=19500213;sex=M;", HANAKO},                        "花子 太郎", 1950, 0, true },
    {"only the name is said",         {TARO, HANAKO "birth=;sex=;"},                                         "花子 太郎", 1950, 0, false},
 /* no other person */
    {"marriage",                      {HANAKO, HANAKO "kf=田中;pf=タナカ;"},                            "花子 花子", 1984, 0, false},
    {"marriage and a date corrected",
     {HANAKO, HANAKO "kf=田中;pf=タナカ;birth=19830403;"},
     "花子 花子",                                                                                                         1983,
     0,                                                                                                                                false},
    {"another given name",            {TARO, TARO "kg=健一;pg=ケンイチ;"},                             "健一 太郎", 1950, 0, false},
    {"a slip of the reading",
     {TARO, TARO "pg=ジロウ;birth=19800101;"},
     "太郎 太郎",                                                                                                         1980,
     0,                                                                                                                                false},
    {"the date corrected",            {TARO, TARO "birth=19800101;sex=F;"},                                  "太郎",        1980, 0, false},
    {"a near date",                   {TARO, JIRO "birth=19500223;"},                                        "次郎 太郎", 1950, 0, false},
    {"only the year is known",        {TARO, JIRO "birth=1977;"},                                            "次郎 太郎", 1977, 0, false},
    {"a dummy date",                  {TARO "birth=19000101;", JIRO},                                        "次郎 太郎", 1977, 0, false},
    {"a newborn gets a name",         {TARO "kg=ベビー;pg=ベビー;", TARO "sex=F;"},                    "太郎",        1950, 0, false},
    {"names in the other order",
     {"pf=ヤマダ;pg=タロウ;birth=19500213;sex=M;", "pf=タロウ;pg=ヤマダ;birth=19770707;sex=F;"},
     "",                                                                                                                      1977,
     0,                                                                                                                                false},
    {"a test name before",
     {"kf=テスト;kg=花子;pf=テスト;pg=ハナコ;birth=19840101;sex=F;", TARO},
     "太郎 花子",                                                                                                         1950,
     0,                                                                                                                                false},
    {"unknown before",                {"!" HANAKO, TARO},                                                    "太郎 花子", 1950, 0, false},
    {"unknown after",                 {TARO, "!" HANAKO},                                                    "花子 太郎", 1984, 0, false},
 /* released */
    {"released",
     {TARO "phone=0311112222;", HANAKO "phone=0322223333;", "*"},
     "花子",                                                                                                                1984,
     1,                                                                                                                                false},
    {"released, then the old one",
     {TARO "phone=0311112222;", TARO "phone=0311112222;", HANAKO "phone=0322223333;", "*",
      TARO "phone=0311112222;"},
     "花子",                                                                                                                1984,
     1,                                                                                                                                true },
    {"released, then a third",        {TARO, HANAKO, "*", JIRO},                                             "花子",        1984, 0, true },
    {"released twice",                {TARO, HANAKO, "*", JIRO, "*"},                                        "次郎",        1977, 0, false},
    {"the third of three released",   {TARO, HANAKO, JIRO, "*"},                                             "次郎",        1977, 0, false},
    {"the released one marries",
     {TARO, HANAKO, "*", HANAKO "kf=田中;pf=タナカ;"},
     "花子 花子",                                                                                                         1984,
     0,                                                                                                                                false},
 /* taken back */
    {"taken back, then another",
     {TARO "phone=0311112222;", "-", HANAKO "phone=0322223333;"},
     "花子",                                                                                                                1984,
     1,                                                                                                                                false},
    {"taken back, then the same",
     {TARO "phone=0311112222;", "-", TARO "phone=0322223333;"},
     "太郎",                                                                                                                1950,
     2,                                                                                                                                false},
    {"taken back, another, a third",  {TARO, "-", HANAKO, JIRO},                                             "花子",        1984, 0, true },
    {"nothing to release",            {TARO, "*"},                                                           "太郎",        1950, 0, false},
};

static struct ny_patient joined(struct ny_arena *a, const struct ny_patient *x,
                                const struct ny_patient *y)
{
    enum ny_patient_change change;
    struct ny_patient out;

    assert_int_equal(ny_patient_merge(a, x, y, &out, &change), NY_OK);
    return out;
}

static struct ny_stamp stamp_of(struct ny_arena *a, size_t at)
{
    struct ny_stamp s = stamp_at(TEST_NOW_US + (int64_t)(at / 2) * NY_US_PER_SECOND);

    s.control_id = ny_arena_printf(a, "%zu", at);
    return s;
}

/* A message at its place in the story. Event times count seconds and two share one, so that the
 * control id has to tell which came first. */
static struct ny_patient message_of(struct ny_arena *a, const char *line, size_t at)
{
    struct ny_stamp s = stamp_of(a, at);
    struct person *w = person_of(a, line[0] == '!' ? line + 1 : line);
    struct ny_value name = {0};
    struct ny_value phone = {0};
    struct ny_patient p;

    ny_patient_init(&p);
    ny_value_part_set(&name, NY_PART_NAME_KANJI_FAMILY, c_str(w->kf));
    ny_value_part_set(&name, NY_PART_NAME_KANJI_GIVEN, c_str(w->kg));
    ny_value_part_set(&name, NY_PART_NAME_KANA_FAMILY, c_str(w->pf));
    ny_value_part_set(&name, NY_PART_NAME_KANA_GIVEN, c_str(w->pg));
    assert_int_equal(ny_patient_say(&p, a, NY_SET_NAME, &name, &s), NY_OK);
    if (w->phone != NULL) {
        ny_value_part_set(&phone, NY_PART_PHONE_NUMBER, c_str(w->phone));
        assert_int_equal(ny_patient_say(&p, a, NY_SET_PHONE, &phone, &s), NY_OK);
    }
    if (w->birth != NULL) {
        ny_patient_say_single(&p, NY_SINGLE_BIRTH_DATE, c_str(w->birth), &s);
    }
    if (w->sex != NULL) {
        ny_patient_say_single(&p, NY_SINGLE_SEX, c_str(w->sex), &s);
    }
    ny_patient_say_single(&p, NY_SINGLE_IDENTITY_UNKNOWN, line[0] == '!' ? NY_S("Y") : NY_S("N"),
                          &s);
    assert_int_equal(ny_patient_claim_say(&p, a), NY_OK);
    return p;
}

/* The parts of a story, releases too: each says what it says whatever was told before. */
static size_t parts_of(struct ny_arena *a, const struct story *t, struct ny_patient parts[TOLD_MAX])
{
    struct ny_patient all;
    size_t n = 0;

    ny_patient_init(&all);
    while (n < TOLD_MAX && t->told[n] != NULL) {
        if (t->told[n][0] == '*') {
            bool stood;

            assert_int_equal(ny_match_overlay_release(a, &all, &stood), NY_OK);
            ny_patient_init(&parts[n]);
            parts[n].singles[NY_SINGLE_RELEASED] = all.singles[NY_SINGLE_RELEASED];
        } else if (t->told[n][0] == '-') {
            struct ny_stamp s = stamp_of(a, n);

            ny_patient_init(&parts[n]);
            ny_patient_withdraw(&parts[n], &s);
        } else {
            parts[n] = message_of(a, t->told[n], n);
        }
        all = joined(a, &all, &parts[n]);
        n++;
    }
    return n;
}

static ny_str given_names(struct ny_arena *a, const struct ny_record *r)
{
    struct ny_buf b;

    ny_buf_init(&b, a);
    for (size_t i = 0; i < r->n_names; i++) {
        if (i > 0 && r->names[i].kanji_given.n > 0) {
            ny_buf_add_char(&b, ' ');
        }
        ny_buf_add(&b, r->names[i].kanji_given);
    }
    return ny_buf_str(&b);
}

static void check(struct ny_arena *a, const struct story *t, const struct ny_patient *p)
{
    const struct ny_record *r;
    struct ny_patient of;
    struct ny_stamp since;
    bool stands;

    assert_int_equal(ny_match_patient(a, p, &of, &stands, &since), NY_OK);
    r = record_of_patient(a, &of);
    if (stands != t->stands || r->birth.y != t->birth || r->n_phones != t->phones ||
        !ny_str_equals(given_names(a, r), ny_str_from_c(t->record))) {
        fail_msg("%s: stands %d, born %d, phones %d, names %.*s", t->name, stands, r->birth.y,
                 r->n_phones, NY_ARG(given_names(a, r)));
    }
    assert_true(stands == (since.at_us != NY_NEVER));
}

static void test_stories(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < NY_ARRAY_LEN(stories); i++) {
        struct ny_patient parts[TOLD_MAX];
        size_t n = parts_of(f->a, &stories[i], parts);
        struct dice d = {i + 1};

        for (size_t order = 0; order < ORDERS; order++) {
            struct ny_patient p;

            ny_patient_init(&p);
            for (size_t k = 0; k < n; k++) {
                p = joined(f->a, &p, &parts[k]);
            }
            check(f->a, &stories[i], &p);
            for (size_t k = n; k > 1; k--) {
                size_t other = dice_roll(&d, (uint32_t)k);
                struct ny_patient kept = parts[k - 1];

                parts[k - 1] = parts[other];
                parts[other] = kept;
            }
        }
    }
}

/* The record of the one who was written over is, to the byte, what it was before. */
static void test_the_record_is_as_before(void **state)
{
    static const char line[] = TARO "phone=0311112222;address=静岡県静岡市葵区追手町9-6;";
    struct fixture *f = *state;
    struct ny_patient taro = message_of(f->a, line, 0);
    struct ny_patient hanako = message_of(f->a, HANAKO "phone=0322223333;", 1);
    struct ny_patient both = joined(f->a, &taro, &hanako);
    struct ny_patient of;
    struct ny_stamp since;
    ny_str before = NY_STR_NONE;
    ny_str after = NY_STR_NONE;
    bool stands;

    ny_patient_say_single(&hanako, NY_SINGLE_DEATH, NY_S("Y"), &hanako.seen);
    both = joined(f->a, &both, &hanako);
    assert_int_equal(ny_match_patient(f->a, &both, &of, &stands, &since), NY_OK);
    assert_true(stands && ny_stamp_compare(&since, &hanako.seen) == 0);
    assert_int_equal(ny_record_pack(f->a, &taro, &before), NY_OK);
    assert_int_equal(ny_record_pack(f->a, &of, &after), NY_OK);
    assert_true(ny_str_equals(before, after));
}

/* Random ids that two and more people were written into: no order shows, and nothing of what is set
 * aside is in the record. */
static void test_no_order_shows(void **state)
{
    static const char *const lines[] = {TARO,
                                        TARO "phone=0311112222;",
                                        TARO "kg=健一;pg=ケンイチ;",
                                        TARO "birth=19800101;",
                                        HANAKO,
                                        HANAKO "kf=田中;pf=タナカ;",
                                        HANAKO "phone=0322223333;",
                                        JIRO,
                                        JIRO "birth=;",
                                        ("!" JIRO)};
    struct fixture *f = *state;
    struct dice d = {20261125};

    for (size_t round = 0; round < 400; round++) {
        struct ny_patient parts[TOLD_MAX];
        ny_str first = NY_STR_NONE;
        bool stood = false;

        for (size_t k = 0; k < TOLD_MAX; k++) {
            parts[k] = message_of(f->a, lines[dice_roll(&d, NY_ARRAY_LEN(lines))], k);
        }
        for (size_t order = 0; order < 6; order++) {
            struct ny_patient p;
            struct ny_patient of;
            struct ny_stamp since;
            ny_str packed = NY_STR_NONE;
            bool stands;

            ny_patient_init(&p);
            for (size_t k = 0; k < TOLD_MAX; k++) {
                p = joined(f->a, &p, &parts[(k * 5 + order) % TOLD_MAX]);
            }
            assert_int_equal(ny_match_patient(f->a, &p, &of, &stands, &since), NY_OK);
            assert_int_equal(ny_record_pack(f->a, &of, &packed), NY_OK);
            if (order > 0) {
                assert_true(ny_str_equals(packed, first));
                assert_true(stands == stood);
            }
            first = packed;
            stood = stands;
        }
        if (round % 20 == 0) {
            ny_arena_reset(f->a);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stories),
        cmocka_unit_test(test_the_record_is_as_before),
        cmocka_unit_test(test_no_order_shows),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
