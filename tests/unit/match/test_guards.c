/* Each guard: one pair that would link by itself without it, and does not with it (6.2, 9). */

#include "match_testing.h"

#define TARO "kf=鮎沢;kg=太郎丸;pf=アユサワ;pg=タロウマル;birth=19801124;sex=M;"
#define HOME "address=静岡県静岡市葵区追手町9-6;postal=420-8601;phone=054-221-2455;"
#define CARD "insurer=33120015;symbol=12;number=345;"

/* How a pair is changed before it is scored. */
enum twist {
    AS_IS,
    SAME_AUTHORITY,
    FAMILY_IS_RARE, /* a model that expects no family, so that parents and twins reach AUTO */
    NEWBORN,
    DEAD,
    UNKNOWN_PERSON,
    SPIKE
};

static const struct {
    const char *name;
    enum ny_guard guard;
    enum twist twist;
    uint32_t with; /* guards that cannot be had apart from it, cleared too */
    enum ny_band band;
    const char *a, *b;
} rows[] = {
    {"GD1 sex not known",        NY_GUARD_GD1,  SAME_AUTHORITY, 0,                  NY_BAND_REVIEW, TARO HOME,
     TARO HOME "sex=;"                                                                                                                                                },
    {"GD3 twins",                NY_GUARD_GD3,  FAMILY_IS_RARE, 0,                  NY_BAND_REVIEW, TARO HOME CARD,
     TARO HOME CARD "kg=次郎丸;pg=ジロウマル;"                                                                                                                },
    {"GD3 given name missing",   NY_GUARD_GD3,  FAMILY_IS_RARE, 0,                  NY_BAND_REVIEW, TARO HOME,
     TARO HOME "kg=;pg=;"                                                                                                                                             },
    {"GD4 newborn",              NY_GUARD_GD4,  NEWBORN,        0,                  NY_BAND_NONE,   TARO HOME,                   TARO HOME                            },
    {"GD5 namesake at home",     NY_GUARD_GD5,  FAMILY_IS_RARE, 1U << NY_GUARD_GD7, NY_BAND_NONE,
     TARO HOME,                                                                                                                  TARO HOME "birth=19520305;"          },
    {"GD6 sex different",        NY_GUARD_GD6,  FAMILY_IS_RARE, 0,                  NY_BAND_REVIEW, TARO HOME,
     TARO HOME "sex=F;birth=19801125;"                                                                                                                                },
    {"GD7 birth date different", NY_GUARD_GD7,  FAMILY_IS_RARE, 0,                  NY_BAND_NONE,
     TARO CARD "branch=01;",                                                                                                     TARO CARD "branch=01;birth=19800305;"},
    {"GD8 two branches",         NY_GUARD_GD8,  AS_IS,          0,                  NY_BAND_NONE,   TARO HOME CARD "branch=01;",
     TARO HOME CARD "branch=02;"                                                                                                                                      },
    {"GD9 seen after death",     NY_GUARD_GD9,  DEAD,           0,                  NY_BAND_REVIEW, TARO HOME,                   TARO HOME                            },
    {"GD11 person unknown",      NY_GUARD_GD11, UNKNOWN_PERSON, 0,                  NY_BAND_NONE,   TARO HOME,                   TARO HOME                            },
    {"GD12 spike date",          NY_GUARD_GD12, SPIKE,          0,                  NY_BAND_REVIEW, TARO "phone=054-221-2455;",
     TARO "phone=054-221-2455;kf=;kg=;pf=;pg=;lf=AYUSAWA;lg=TAROMARU;"                                                                                                },
    {"GD15 no contact",          NY_GUARD_GD15, AS_IS,          0,                  NY_BAND_PARKED, TARO,                        TARO                                 },
};

/* Version 1 with a line more, and a model for pairs that the family bar would stop anyway. */
static struct ny_match_model *model_with(struct fixture *f, const char *line, double household)
{
    struct ny_match_settings s;
    struct ny_match_model *m;
    struct ny_match_model *out = NULL;
    struct ny_error err;
    struct ny_buf b;

    ny_match_settings_default(&s);
    s.household = household;
    m = ny_match_model_create_v1(&s);
    ny_buf_init(&b, f->a);
    assert_int_equal(ny_match_model_write(m, &b), NY_OK);
    ny_buf_add_c(&b, line);
    ny_match_model_destroy(m);
    assert_int_equal(ny_match_model_parse(ny_buf_str(&b), &out, &err), NY_OK);
    return out;
}

static struct ny_match_model *model_for(struct fixture *f, enum twist t)
{
    switch (t) {
    case FAMILY_IS_RARE:
        return model_with(f, "", 0);
    case SPIKE: /* one person in 128 "was born" that day here */
        return model_with(f, "tf birth_spike - 19801124 -7168\n", 2);
    case AS_IS:
    case SAME_AUTHORITY:
    case NEWBORN:
    case DEAD:
    case UNKNOWN_PERSON:
        break;
    }
    return model_with(f, "", 2);
}

static void twist_patient(struct ny_patient *p, enum twist t)
{
    if (t == DEAD) {
        say_single(p, NY_SINGLE_DEATH_TIME, "20260220", TEST_NOW_US);
    }
    if (t == UNKNOWN_PERSON) {
        say_single(p, NY_SINGLE_IDENTITY_UNKNOWN, "Y", TEST_NOW_US);
    }
}

static void test_each_guard(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_match_model *m = model_for(f, rows[i].twist);
        struct ny_patient *pa = patient_of(f->a, person_of(f->a, rows[i].a));
        struct ny_record a;
        const struct ny_record *b = record_of_line(f->a, rows[i].b);
        struct ny_score s;
        struct ny_score without;

        twist_patient(pa, rows[i].twist);
        a = *record_of_patient(f->a, pa);
        a.flags |= rows[i].twist == NEWBORN ? NY_RECORD_NEWBORN : 0;
        ny_match_score(m, &a, b, rows[i].twist == SAME_AUTHORITY, &s);
        without = s;
        without.guards &= ~(1U << rows[i].guard | rows[i].with);
        if ((s.guards >> rows[i].guard & 1U) == 0 || ny_match_band(m, &without) != NY_BAND_AUTO ||
            ny_match_band(m, &s) != rows[i].band) {
            fail_msg("%s: total %d, guards %#x, band %d, without it %d", rows[i].name,
                     s.total_b1024, s.guards, ny_match_band(m, &s), ny_match_band(m, &without));
        }
        if (rows[i].with != 0) { /* fires with another one: that one alone would do */
            without = s;
            without.guards = s.guards & ~rows[i].with;
            assert_int_not_equal(ny_match_band(m, &without), NY_BAND_AUTO);
        }
        ny_match_model_destroy(m);
    }
}

/* Pairs that a guard must let through. */
static void test_guards_that_stay_quiet(void **state)
{
    static const struct {
        const char *name;
        bool same_authority;
        const char *a, *b;
    } quiet[] = {
        {"GD1 everything agrees",              true,  TARO HOME,                   TARO HOME              },
        {"GD3 not when the branch agrees",     false, TARO CARD HOME "branch=01;",
         TARO CARD HOME "branch=01;kg=太郎;pg=タロウマ;"                                            },
        {"GD3 the other order is agreement",   false, TARO HOME "kf=;kg=;",
         TARO HOME "kf=;kg=;pf=タロウマル;pg=アユサワ;"                                          },
        {"GD6 a wrong sex beside a rare name", false, TARO HOME,                   TARO HOME "sex=F;"     },
        {"GD7 partial dates",                  false, TARO HOME,                   TARO HOME "birth=1980;"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < NY_ARRAY_LEN(quiet); i++) {
        struct ny_score s;

        ny_match_score(f->m, record_of_line(f->a, quiet[i].a), record_of_line(f->a, quiet[i].b),
                       quiet[i].same_authority, &s);
        if (s.guards != 0) {
            fail_msg("%s: guards %#x", quiet[i].name, s.guards);
        }
    }
}

/* GD6: a wrong sex is let through beside a given name that agrees, the very date and a contact;
 * each of the three is needed. */
static void test_sex_needs_all_three(void **state)
{
    static const struct {
        const char *name;
        const char *a, *b;
        bool fires;
    } pairs[] = {
        {"phone",                     TARO "phone=0542212455;",                                  TARO "sex=F;phone=0542212455;",                                false},
        {"house",                     TARO HOME "phone=;",                                       TARO HOME "sex=F;phone=;",                                     false},
        {"another room of the house",
         TARO HOME "phone=;address=静岡県静岡市葵区追手町9-6 コーポ葵101号室;",
         TARO HOME "sex=F;phone=;address=静岡県静岡市葵区追手町9-6 コーポ葵202号室;",                                                          false},
        {"card with branch",          TARO CARD "branch=01;",                                    TARO CARD "sex=F;branch=01;",                                  false},
        {"card without branch",       TARO CARD,                                                 TARO CARD "sex=F;",                                            false},
        {"kanji only",                TARO HOME "pf=;pg=;",                                      TARO HOME "sex=F;pf=;pg=;",                                    false},
        {"kana only",                 TARO HOME "kf=;kg=;",                                      TARO HOME "sex=F;kf=;kg=;",                                    false},
        {"other order",               TARO HOME "kf=;kg=;",                                      TARO HOME "sex=F;kf=;kg=;pf=タロウマル;pg=アユサワ;",
         false                                                                                                                                                       },
        {"no contact",                TARO,                                                      TARO "sex=F;",                                                 true },
        {"the town alone",            TARO "address=静岡県静岡市葵区追手町9-6;",
         TARO "sex=F;address=静岡県静岡市葵区追手町1-1;",                                                                                            true },
        {"another date",              TARO HOME,                                                 TARO HOME "sex=F;birth=19801125;",                             true },
        {"the year alone",            TARO HOME,                                                 TARO HOME "sex=F;birth=1980;",                                 true },
        {"another kanji",             TARO HOME,                                                 TARO HOME "sex=F;kg=多郎丸;",                               true },
        {"a near reading",            TARO HOME,                                                 TARO HOME "sex=F;kg=次郎丸;pg=タロウマロ;",            true },
        {"sex not known",             TARO,                                                      TARO "sex=;",                                                  false},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < NY_ARRAY_LEN(pairs); i++) {
        struct ny_score s;

        ny_match_score(f->m, record_of_line(f->a, pairs[i].a), record_of_line(f->a, pairs[i].b),
                       false, &s);
        if (((s.guards >> NY_GUARD_GD6 & 1U) != 0) != pairs[i].fires) {
            fail_msg("%s: guards %#x", pairs[i].name, s.guards);
        }
    }
}

/* GD9: more than 30 days after the day of death, whichever side is dead. */
static void test_seen_after_death(void **state)
{
    static const struct {
        const char *name;
        const char *time, *dead; /* PID-29, PID-30; NULL: not said */
        int64_t later;           /* days from the message to the other's last one */
        bool fires;
    } rows9[] = {
        {"on the thirtieth day",     "20260401", NULL, 30,  false},
        {"on the thirty-first day",  "20260401", NULL, 31,  true },
        {"dead by code",             NULL,       "Y",  30,  false},
        {"dead by code, long after", NULL,       "Y",  31,  true },
        {"not dead after all",       "20260401", "N",  400, false},
        {"alive",                    NULL,       NULL, 400, false},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < NY_ARRAY_LEN(rows9); i++) {
        struct ny_patient *dead = patient_of(f->a, person_of(f->a, TARO HOME));
        struct ny_patient *other = patient_of(f->a, person_of(f->a, TARO HOME));
        struct ny_score s;
        struct ny_score turned;

        say_single(dead, NY_SINGLE_DEATH_TIME, rows9[i].time, TEST_NOW_US);
        say_single(dead, NY_SINGLE_DEATH, rows9[i].dead, TEST_NOW_US);
        say_single(other, NY_SINGLE_ACCOUNT, "1", TEST_NOW_US + rows9[i].later * NY_US_PER_DAY);
        ny_match_score(f->m, record_of_patient(f->a, dead), record_of_patient(f->a, other), false,
                       &s);
        ny_match_score(f->m, record_of_patient(f->a, other), record_of_patient(f->a, dead), false,
                       &turned);
        if (s.guards != (rows9[i].fires ? 1U << NY_GUARD_GD9 : 0) || turned.guards != s.guards) {
            fail_msg("%s: guards %#x, turned %#x", rows9[i].name, s.guards, turned.guards);
        }
    }
}

/* Phones and houses marked shared: no weight, no agreement, and GD12 for what is left. */
static void test_shared_values(void **state)
{
    struct fixture *f = *state;
    const struct ny_record *r = record_of_line(f->a, TARO HOME);
    char line[120];
    struct ny_match_model *m;
    struct ny_score s;

    snprintf(line, sizeof(line), "mark shared_phone %016llx\nmark shared_address %016llx\n",
             (unsigned long long)r->phones[0],
             (unsigned long long)ny_address_hash(&r->addresses[0]));
    m = model_with(f, line, 2);
    ny_match_score(m, r, r, false, &s);
    assert_int_equal(s.level[NY_FIELD_PHONE], NY_LEVEL_NONE);
    assert_int_equal(s.level[NY_FIELD_ADDRESS], NY_LEVEL_A3);
    assert_false(ny_match_contact_agrees(&s));
    assert_int_equal(s.guards, 1U << NY_GUARD_GD15); /* 16 bits without the house: no GD12 */
    ny_match_model_destroy(m);
}

/* In a house that many share an equal room is a home, until the room is marked as well; a room that
 * is missing on a side is none. */
static void test_a_room_of_a_shared_house(void **state)
{
    struct fixture *f = *state;
    struct ny_record a = *record_of_line(f->a, TARO HOME);
    struct ny_record b;
    struct ny_match_model *m;
    struct ny_score s;
    char line[120];

    a.addresses[0].room = 201;
    b = a;
    snprintf(line, sizeof(line), "mark shared_address %016llx\n",
             (unsigned long long)ny_address_hash(&a.addresses[0]));
    m = model_with(f, line, 2);
    ny_match_score(m, &a, &b, false, &s);
    assert_int_equal(s.level[NY_FIELD_ADDRESS], NY_LEVEL_A1);
    b.addresses[0].room = 0;
    ny_match_score(m, &a, &b, false, &s);
    assert_int_equal(s.level[NY_FIELD_ADDRESS], NY_LEVEL_A3);
    ny_match_model_destroy(m);

    snprintf(line, sizeof(line), "mark shared_address %016llx\n",
             (unsigned long long)ny_room_hash(&a.addresses[0]));
    m = model_with(f, line, 2);
    ny_match_score(m, &a, &a, false, &s);
    assert_int_equal(s.level[NY_FIELD_ADDRESS], NY_LEVEL_A3);
    ny_match_model_destroy(m);
}

/* GD12 where the last bits are those of a shared house: tau is put just under the total. */
static void test_resting_on_a_shared_house(void **state)
{
    struct fixture *f = *state;
    const struct ny_record *r = record_of_line(f->a, TARO HOME CARD);
    struct ny_match_settings settings;
    struct ny_match_model *plain;
    struct ny_match_model *m;
    struct ny_score s;
    struct ny_score pooled;
    char line[120];

    snprintf(line, sizeof(line), "mark shared_address %016llx\n",
             (unsigned long long)ny_address_hash(&r->addresses[0]));
    m = model_with(f, line, 2);
    ny_match_score(m, r, r, false, &s);
    assert_int_equal(s.level[NY_FIELD_ADDRESS], NY_LEVEL_A3);
    assert_int_equal(s.guards, 0); /* far above tau */
    m->setting[NY_SETTING_tau_b1024] = s.total_b1024;
    ny_match_score(m, r, r, false, &s);
    assert_int_equal(s.guards, 1U << NY_GUARD_GD12);
    assert_int_equal(ny_match_band(m, &s), NY_BAND_REVIEW);

    /* The same town level handed over from another pair of two groups may be of a shared house. */
    ny_match_score_with_contacts(m, r, record_of_line(f->a, TARO CARD "phone=0542212455;"), false,
                                 NY_LEVEL_A3, NY_LEVEL_P1, NY_LEVEL_I2, &pooled);
    assert_int_equal(pooled.guards, 1U << NY_GUARD_GD12);

    /* A town that nobody shares is no reason. */
    ny_match_settings_default(&settings);
    plain = ny_match_model_create_v1(&settings);
    plain->setting[NY_SETTING_tau_b1024] = pooled.total_b1024;
    ny_match_score_with_contacts(plain, r, record_of_line(f->a, TARO CARD "phone=0542212455;"),
                                 false, NY_LEVEL_A3, NY_LEVEL_P1, NY_LEVEL_I2, &pooled);
    assert_int_equal(pooled.guards, 0);
    ny_match_model_destroy(plain);
    ny_match_model_destroy(m);
}

static void test_effects_and_texts(void **state)
{
    (void)state;
    assert_int_equal(ny_guard_effect(NY_GUARD_GD2), NY_EFFECT_HARD);
    assert_int_equal(ny_guard_effect(NY_GUARD_GD15), NY_EFFECT_PARK);
    assert_string_equal(ny_guard_name(NY_GUARD_GD3), "GD3");
    for (int g = 0; g < NY_GUARD_COUNT; g++) {
        assert_true(strlen(ny_guard_text((enum ny_guard)g, false)) > 5);
        assert_true(strlen(ny_guard_text((enum ny_guard)g, true)) > 5);
    }
}

static void test_bands(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *name;
        int32_t total;
        uint32_t guards;
        enum ny_band band;
    } bands[] = {
        {"at the threshold",          13 * 1024,     0,                                        NY_BAND_AUTO  },
        {"below it",                  13 * 1024 - 1, 0,                                        NY_BAND_REVIEW},
        {"P(false) is .9",            -3246,         0,                                        NY_BAND_REVIEW},
        {"above .9",                  -3247,         0,                                        NY_BAND_NONE  },
        {"parked when it would link", 20 * 1024,     1U << NY_GUARD_GD15,                      NY_BAND_PARKED},
        {"parked when it would not",  0,             1U << NY_GUARD_GD15,                      NY_BAND_PARKED},
        {"another guard asks",        20 * 1024,     1U << NY_GUARD_GD15 | 1U << NY_GUARD_GD6, NY_BAND_REVIEW},
        {"twins, likelier two",       -1,            1U << NY_GUARD_GD3,                       NY_BAND_NONE  },
        {"twins, likelier one",       0,             1U << NY_GUARD_GD3,                       NY_BAND_REVIEW},
        {"non-link",                  20 * 1024,     1U << NY_GUARD_GD8,                       NY_BAND_NONE  },
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(bands); i++) {
        struct ny_score s = {.total_b1024 = bands[i].total, .guards = bands[i].guards};

        if (ny_match_band(f->m, &s) != bands[i].band) {
            fail_msg("%s: %d", bands[i].name, ny_match_band(f->m, &s));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_guard),
        cmocka_unit_test(test_guards_that_stay_quiet),
        cmocka_unit_test(test_sex_needs_all_three),
        cmocka_unit_test(test_seen_after_death),
        cmocka_unit_test(test_shared_values),
        cmocka_unit_test(test_a_room_of_a_shared_house),
        cmocka_unit_test(test_resting_on_a_shared_house),
        cmocka_unit_test(test_effects_and_texts),
        cmocka_unit_test(test_bands),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
