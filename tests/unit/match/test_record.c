/* Packed records: what of a patient goes in, that it comes back, and that broken bytes are refused.
 */

#include "match_testing.h"

#include "../../../src/match/record_priv.h"

#define TARO "kf=山田;kg=太郎;pf=ヤマダ;pg=タロウ;birth=19801124;sex=M;"
#define HOME "address=静岡県静岡市葵区追手町9-6;postal=420-8601;phone=054-221-2455;"
#define CARD "insurer=33120015;symbol=12;number=345;branch=01;"

static void expect_kana(ny_str bytes, const char *katakana, struct ny_arena *a)
{
    struct ny_buf b;

    ny_buf_init(&b, a);
    ny_kana_write(bytes, &b);
    assert_true(ny_str_equals(ny_buf_str(&b), ny_str_from_c(katakana)));
}

static void test_usual_record(void **state)
{
    struct fixture *f = *state;
    struct ny_patient *p = patient_of(f->a, person_of(f->a, TARO HOME CARD));
    ny_str packed = NY_STR_NONE;
    ny_str again = NY_STR_NONE;
    struct ny_record r;
    int32_t today = ny_day_in_japan(TEST_NOW_US);

    assert_int_equal(ny_record_pack(f->a, p, &packed), NY_OK);
    assert_int_equal(ny_record_pack(f->a, p, &again), NY_OK);
    assert_true(ny_str_equals(packed, again));
    assert_in_range(packed.n, 60, 130);
    assert_int_equal(packed.p[0], NY_TEXT_NORM_VERSION);
    assert_int_equal(ny_record_unpack(packed, &r), NY_OK);
    assert_true(ny_date_equals(r.birth, (ny_date){1980, 11, 24, NY_DATE_DAY}));
    assert_int_equal(r.sex, 'M');
    assert_int_equal(r.flags, 0);
    assert_int_equal(r.first_day, today);
    assert_int_equal(r.last_day, today);
    assert_int_equal(r.death_day, INT32_MAX);
    assert_int_equal(r.n_names, 1);
    assert_int_equal(r.names[0].type, 'L');
    assert_true(ny_str_equals(r.names[0].kanji_family, NY_S("山田")));
    assert_true(ny_str_equals(r.names[0].kanji_given, NY_S("太郎")));
    expect_kana(r.names[0].kana_family, "ヤマダ", f->a);
    expect_kana(r.names[0].kana_given, "タロウ", f->a);
    assert_int_equal(r.n_addresses, 1);
    assert_int_equal(r.addresses[0].postal, 4208601);
    assert_true(r.addresses[0].municipality != 0 && r.addresses[0].town != 0);
    assert_int_equal(r.addresses[0].first_day, today);
    assert_int_equal(r.n_phones, 1);
    assert_int_equal(r.n_insurances, 1);
    assert_int_equal(r.insurances[0].insurer, 33120015);
    assert_int_equal(r.insurances[0].branch, 1);
    assert_int_equal(r.insurances[0].from_day, today - 365);
    assert_int_equal(r.insurances[0].to_day, today + 365);
}

/* What a message says beside the names. */
static void test_single_values(void **state)
{
    static const struct {
        const char *name;
        enum ny_single_id id;
        const char *value;
        uint16_t flags;
        bool alone;
    } rows[] = {
        {"nothing",               NY_SINGLE_RELIABILITY,      "",         0,                           false},
        {"identity unknown",      NY_SINGLE_IDENTITY_UNKNOWN, "Y",        NY_RECORD_IDENTITY_UNKNOWN,  true },
        {"identity known",        NY_SINGLE_IDENTITY_UNKNOWN, "N",        0,                           false},
        {"an alias",              NY_SINGLE_RELIABILITY,      "AL",       NY_RECORD_IDENTITY_UNKNOWN,  true },
        {"training",              NY_SINGLE_PROCESSING,       "T",        NY_RECORD_TEST,              true },
        {"production",            NY_SINGLE_PROCESSING,       "P",        0,                           false},
        {"undecodable",           NY_SINGLE_UNDECODABLE,      "Y",        NY_RECORD_UNDECODABLE,       false},
        {"multiple birth",        NY_SINGLE_MULTIPLE_BIRTH,   "Y",        NY_RECORD_MULTIPLE_BIRTH,    false},
        {"dummy birth date",      NY_SINGLE_BIRTH_DATE,       "19000101", NY_RECORD_BIRTH_PLACEHOLDER, false},
        {"unreadable birth date", NY_SINGLE_BIRTH_DATE,       "soon",     0,                           false},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_patient *p = patient_of(f->a, person_of(f->a, TARO));
        const struct ny_record *r;

        say_single(p, rows[i].id, rows[i].value, TEST_NOW_US + 1);
        r = record_of_patient(f->a, p);
        if (r->flags != rows[i].flags || ny_record_stands_alone(r) != rows[i].alone) {
            fail_msg("%s: flags %#x", rows[i].name, r->flags);
        }
        if (rows[i].id == NY_SINGLE_BIRTH_DATE) {
            assert_int_equal(r->birth.precision, NY_DATE_NONE);
        }
    }
}

static void test_death(void **state)
{
    static const struct {
        const char *name, *time, *dead;
        int32_t day;
    } rows[] = {
        {"alive",              NULL,       NULL, INT32_MAX},
        {"time of death",      "20260220", NULL, 20504    },
        {"said to be alive",   "20260220", "N",  INT32_MAX},
        {"only known as dead", NULL,       "Y",  20544    },
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_patient *p = patient_of(f->a, person_of(f->a, TARO));

        say_single(p, NY_SINGLE_DEATH_TIME, rows[i].time, TEST_NOW_US);
        say_single(p, NY_SINGLE_DEATH, rows[i].dead, TEST_NOW_US);
        if (record_of_patient(f->a, p)->death_day != rows[i].day) {
            fail_msg("%s: %d", rows[i].name, record_of_patient(f->a, p)->death_day);
        }
    }
}

static void test_names_in_order(void **state)
{
    struct fixture *f = *state;
    struct ny_patient *p = patient_of(f->a, person_of(f->a, TARO));
    const struct ny_record *r;

    say_name(p, f->a, person_of(f->a, "kf=鈴木;kg=一郎;pf=スズキ;pg=イチロウ"), "A", TEST_NOW_US);
    say_name(p, f->a, person_of(f->a, "kf=佐藤;pf=サトウ"), "M", TEST_NOW_US);
    say_name(p, f->a, person_of(f->a, ""), "S", TEST_NOW_US);
    say_name(p, f->a, person_of(f->a, "kf=鈴木;kg=一郎;pf=ｽｽﾞｷ;pg=ｲﾁﾛｳ"), "A", TEST_NOW_US);
    r = record_of_patient(f->a, p);
    assert_int_equal(r->n_names, 3); /* nothing of the empty one, one of the two equal ones */
    assert_int_equal(r->names[0].type, 'L');
    for (size_t i = 1; i < 3; i++) {
        if (r->names[i].type == 'M') { /* completed with the given name of the legal one */
            assert_true(ny_str_equals(r->names[i].kanji_family, NY_S("佐藤")));
            assert_true(ny_str_equals(r->names[i].kanji_given, NY_S("太郎")));
            assert_false(r->names[i].kanji_unsplit);
        }
    }
}

static void test_name_classes(void **state)
{
    static const struct {
        const char *name, *line;
        uint16_t flags;
    } rows[] = {
        {"usual",                   TARO,                                    0                     },
        {"newborn",                 TARO "kg=児;pg=;birth=20260330",        NY_RECORD_NEWBORN     },
        {"newborn without a name",  TARO "kg=;pg=;birth=20260301",           NY_RECORD_NEWBORN     },
        {"no given name, grown up", TARO "kg=;pg=",                          0                     },
        {"unknown",                 "kf=不明;birth=19801124",              NY_RECORD_UNKNOWN_NAME},
        {"test",                    "kf=テスト;kg=太郎;birth=19801124", NY_RECORD_TEST        },
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        const struct ny_record *r = record_of_line(f->a, rows[i].line);

        if (r->flags != rows[i].flags) {
            fail_msg("%s: flags %#x", rows[i].name, r->flags);
        }
    }
}

/* A name that is known by now: the placeholder of the past says nothing. */
static void test_old_placeholder_is_forgotten(void **state)
{
    struct fixture *f = *state;
    struct ny_patient *p = patient_of(f->a, person_of(f->a, "kf=不明"));
    struct ny_patient *later = NY_ARENA_NEW(f->a, struct ny_patient);
    struct ny_patient both;
    enum ny_patient_change change;

    assert_int_equal(record_of_patient(f->a, p)->flags, NY_RECORD_UNKNOWN_NAME);
    ny_patient_init(later);
    say_name(later, f->a, person_of(f->a, TARO), "L", TEST_NOW_US + NY_US_PER_DAY);
    assert_int_equal(ny_patient_merge(f->a, p, later, &both, &change), NY_OK);
    assert_int_equal(record_of_patient(f->a, &both)->flags, 0);
    assert_int_equal(record_of_patient(f->a, &both)->n_names, 1);
}

static void test_former_surname_in_brackets(void **state)
{
    struct fixture *f = *state;
    const struct ny_record *r =
        record_of_line(f->a, "kf=山田（旧姓佐藤）;kg=花子;pf=ヤマダ;pg=ハナコ;sex=F");

    assert_int_equal(r->n_names, 2);
    assert_true(ny_str_equals(r->names[0].kanji_family, NY_S("山田")));
    assert_int_equal(r->names[1].type, 'M');
    assert_true(ny_str_equals(r->names[1].kanji_family, NY_S("佐藤")));
    assert_true(ny_str_equals(r->names[1].kanji_given, NY_S("花子")));
}

/* More than a record holds, and names of any length. */
static void test_limits(void **state)
{
    struct fixture *f = *state;
    struct ny_patient *p = patient_of(f->a, person_of(f->a, TARO));
    const struct ny_record *r;
    char text[10000 * 3 + 1];
    struct person w = {.kf = "鮎", .pf = "アユ"};

    for (int i = 0; i < 40; i++) {
        snprintf(text, sizeof(text), "太郎%d", i);
        w.kg = text;
        w.pg = NULL;
        say_name(p, f->a, &(struct person){.kf = "山", .kg = ny_arena_str(f->a, c_str(text)).p},
                 "A", TEST_NOW_US);
        snprintf(text, sizeof(text), "054-221-24%02d", i);
        say_contacts(p, f->a, &(struct person){.phone = ny_arena_str(f->a, c_str(text)).p},
                     TEST_NOW_US);
    }
    r = record_of_patient(f->a, p);
    assert_int_equal(r->n_names, NY_RECORD_NAMES_MAX);
    assert_int_equal(r->n_phones, NY_RECORD_CONTACTS_MAX);
    assert_true(ny_str_equals(r->names[0].kanji_family, NY_S("山田")));
    for (size_t i = 0; i < 10000; i++) {
        memcpy(text + i * 3, i % 2 == 0 ? "太" : "郎", 3);
    }
    text[sizeof(text) - 1] = '\0';
    w.kg = text;
    r = record_of(f->a, &w);
    assert_int_equal(r->names[0].kanji_given.n, NY_NAME_PART_MAX);
}

/* Every shorter and every changed byte sequence is refused or read within its bounds. */
static void test_broken_bytes(void **state)
{
    struct fixture *f = *state;
    struct ny_patient *p = patient_of(f->a, person_of(f->a, TARO HOME CARD));
    ny_str packed = NY_STR_NONE;
    struct ny_record r;
    size_t refused = 0;

    assert_int_equal(ny_record_pack(f->a, p, &packed), NY_OK);
    for (size_t n = 0; n < packed.n; n++) {
        char *copy = ny_malloc(n); /* exact, so that a sanitizer sees a read past the end */

        memcpy(copy, packed.p, n);
        assert_int_equal(ny_record_unpack(ny_str_of(copy, n), &r), NY_ESYNTAX);
        ny_free(copy);
    }
    for (size_t i = 0; i < packed.n; i++) {
        char *copy = ny_malloc(packed.n);

        memcpy(copy, packed.p, packed.n);
        copy[i] = (char)~copy[i];
        refused += ny_record_unpack(ny_str_of(copy, packed.n), &r) != NY_OK;
        ny_free(copy);
    }
    assert_true(refused >= 8);
    assert_int_equal(ny_record_unpack(NY_STR_NONE, &r), NY_ESYNTAX);
}

/* Records of older norm versions are read and told apart; of later ones nothing is known. */
static void test_norm_versions(void **state)
{
    struct fixture *f = *state;
    struct ny_patient *p = patient_of(f->a, person_of(f->a, TARO));
    ny_str packed = NY_STR_NONE;
    struct ny_record r;
    char copy[512];

    assert_int_equal(ny_record_pack(f->a, p, &packed), NY_OK);
    assert_in_range(packed.n, 1, sizeof(copy));
    memcpy(copy, packed.p, packed.n);
    for (int norm = 0; norm <= NY_TEXT_NORM_VERSION + 1; norm++) {
        bool known = norm >= NY_RECORD_NORM_OLDEST && norm <= NY_TEXT_NORM_VERSION;

        copy[0] = (char)norm;
        assert_int_equal(ny_record_unpack(ny_str_of(copy, packed.n), &r),
                         known ? NY_OK : NY_ESYNTAX);
        assert_int_equal(ny_record_is_older(ny_str_of(copy, packed.n)),
                         norm < NY_TEXT_NORM_VERSION);
    }
    assert_false(ny_record_is_older(NY_STR_NONE));
}

/* k3, k4 and the ノ rule are those of the text room. */
static void test_folds_agree_with_text(void **state)
{
    static const char *const parts[] = {"井", "上", "ノ", "の", "之", "乃", "山", "内", "ア"};
    struct fixture *f = *state;
    struct dice d = {7};

    for (int i = 0; i < 4000; i++) {
        char bytes[12];
        char buf[12];
        struct ny_buf utf8;
        struct ny_buf mine;
        ny_str k2 = NY_STR_NONE;
        ny_str k3 = NY_STR_NONE;
        ny_str k4 = NY_STR_NONE;
        size_t n = 1 + dice_roll(&d, 10);

        for (size_t k = 0; k < n; k++) { /* ア … ヶ and ー */
            bytes[k] = (char)(dice_roll(&d, 6) == 0 ? 0x5C : 1 + (int)dice_roll(&d, 0x56));
        }
        ny_buf_init(&utf8, f->a);
        ny_kana_write(ny_str_of(bytes, n), &utf8);
        assert_int_equal(ny_text_kana_k2(f->a, ny_buf_str(&utf8), &k2), NY_OK);
        assert_int_equal(ny_text_kana_k3(f->a, k2, &k3), NY_OK);
        assert_int_equal(ny_text_kana_k4(f->a, k3, &k4), NY_OK);
        n = ny_kana_pack(k2, bytes);
        ny_buf_init(&mine, f->a);
        ny_kana_write(ny_kana_k3(ny_str_of(bytes, n), buf), &mine);
        assert_true(ny_str_equals(ny_buf_str(&mine), k3));
        ny_buf_init(&mine, f->a);
        ny_kana_write(ny_kana_k4(ny_str_of(bytes, n), buf), &mine);
        assert_true(ny_str_equals(ny_buf_str(&mine), k4));
    }
    for (int i = 0; i < 4000; i++) {
        struct ny_buf x;
        struct ny_buf y;
        ny_str sx = NY_STR_NONE;
        ny_str sy = NY_STR_NONE;

        ny_buf_init(&x, f->a);
        ny_buf_init(&y, f->a);
        for (uint32_t k = 1 + dice_roll(&d, 4); k > 0; k--) {
            const char *part = parts[dice_roll(&d, NY_ARRAY_LEN(parts))];

            ny_buf_add_c(&x, part);
            ny_buf_add_c(&y, dice_roll(&d, 3) == 0 ? "" : part);
            ny_buf_add_c(&y, dice_roll(&d, 5) == 0 ? "ノ" : "");
        }
        assert_int_equal(ny_text_kanji_without_no(f->a, ny_buf_str(&x), &sx), NY_OK);
        assert_int_equal(ny_text_kanji_without_no(f->a, ny_buf_str(&y), &sy), NY_OK);
        assert_int_equal(ny_kanji_equal_without_no(ny_buf_str(&x), ny_buf_str(&y)),
                         ny_str_equals(sx, sy) && !ny_str_equals(ny_buf_str(&x), ny_buf_str(&y)) &&
                             sx.n > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usual_record),
        cmocka_unit_test(test_single_values),
        cmocka_unit_test(test_death),
        cmocka_unit_test(test_names_in_order),
        cmocka_unit_test(test_name_classes),
        cmocka_unit_test(test_old_placeholder_is_forgotten),
        cmocka_unit_test(test_former_surname_in_brackets),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_broken_bytes),
        cmocka_unit_test(test_norm_versions),
        cmocka_unit_test(test_folds_agree_with_text),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
