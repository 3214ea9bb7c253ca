/* Blocking: each error of the error model (10) with the key that must find it, in both directions;
 * hot values; what is stored when B0 is on and off. */

#include "match_testing.h"

#define TARO "kf=山田;kg=太郎;pf=ヤマダ;pg=タロウ;birth=19801124;sex=M;"
#define HOME "address=静岡県静岡市葵区追手町9-6;postal=420-8601;phone=054-221-2455;"
#define CARD "insurer=33120015;symbol=12;number=345;"

static const struct {
    const char *name;
    const char *with_b0, *without_b0; /* the kind that must find it, or "" */
    const char *a, *b;
} rows[] = {
    {"surname changed",                         "B0", "B1", TARO,                                    TARO "kf=鈴木;pf=スズキ"                    },
    {"given name changed",                      "B0", "B2", TARO,                                    TARO "kg=次郎;pg=ジロウ"                    },
    {"slip in the surname's kana",              "B0", "B1", TARO,                                    TARO "pf=ヤマタ"                              },
    {"slip in the given name's kana",           "B0", "B2", TARO,                                    TARO "pg=タロ"                                 },
    {"kanji different after folding",           "B3", "B3", TARO,                                    TARO "kg=太朗"                                 },
    {"kanji missing",                           "B3", "B3", TARO,                                    TARO "kf=;kg="                                   },
    {"kana missing",                            "B5", "B5", TARO,                                    TARO "pf=;pg="                                   },
    {"day wrong",                               "B3", "B3", TARO,                                    TARO "birth=19801125"                            },
    {"year wrong by one",                       "B3", "B3", TARO,                                    TARO "birth=19811124"                            },
    {"year wrong",                              "B4", "B4", TARO,                                    TARO "birth=19831124"                            },
    {"era mistaken",                            "B1", "B1", TARO "birth=19500310",                   TARO "birth=20130310;pf=ヤマト"               },
    {"month and day exchanged",                 "B2", "B2", TARO "birth=19801103",                   TARO "birth=19800311;pg=タケシ"               },
    {"birth date a dummy",                      "B6", "B6", TARO "kf=鮎沢;pf=アユサワ",
     TARO "kf=鮎沢;pf=アユサワ;birth=99999999"                                                                                                  },
    {"birth date a dummy, insurance known",     "B8", "B8", TARO CARD,                               TARO CARD "birth=19000101"                       },
    {"birth date and names wrong, phone equal", "B7", "B7", TARO HOME,
     TARO HOME "birth=19800713;kf=鈴木;pf=スズキ"                                                                                                },
    {"sex wrong",                               "B0", "B1", TARO,                                    TARO "sex=F"                                     },
    {"sex wrong on 1 January",                  "B1", "B1", TARO "birth=19800101",                   TARO "sex=F;birth=19800101"                      },
    {"1 January",                               "B0", "B1", TARO "birth=19800101",                   TARO "birth=19800101"                            },
    {"names changed, postal code equal",        "B0", "B9", TARO HOME,
     TARO "kf=鈴木;kg=花子;pf=スズキ;pg=ハナコ;postal=4208601"                                                                              },
    {"address, phone and insurance changed",    "B0", "B1", TARO HOME CARD,
     TARO "phone=053-457-2111;postal=430-0946"                                                                                                        },
    {"name order swapped",                      "B3", "B3", TARO,                                    TARO "pf=タロウ;pg=ヤマダ;birth=19801130"  },
    {"kanji swapped",                           "B5", "B5", TARO "pf=;pg=;",                         TARO "kf=太郎;kg=山田;pf=;pg=;birth=19801130"},
    {"unsplit name",                            "B4", "B4", TARO,                                    TARO "pf=ヤマダタロウ;pg=;birth=19831124"  },
    {"Latin order",                             "B3", "B3", "lf=SMITH;lg=JOHN PAUL;birth=19801124",
     "lf=JOHN;lg=PAUL SMITH;birth=19801130"                                                                                                           },
    {"newborn name",                            "B0", "B2", TARO,                                    TARO "kg=児;pg=ジ"                             },
    {"late-stage insurance of another city",    "B8", "B8", TARO "insurer=39221010;number=12345678",
     TARO "birth=19650713;insurer=39221309;number=12345678"                                                                                           },
    {"nothing in common",                       "",   "",   TARO HOME,
     "kf=鈴木;kg=花子;pf=スズキ;pg=ハナコ;birth=19550713;phone=053-457-2111"                                                                },
};

/* The kinds by which probes of a meet keys of b, as bits. */
static unsigned kinds_found(const struct ny_match_model *m, const struct ny_record *a,
                            const struct ny_record *b)
{
    struct ny_key probes[NY_PROBES_MAX];
    struct ny_key keys[NY_KEYS_MAX];
    unsigned skipped = 0;
    size_t n = ny_match_probes(m, a, probes);
    size_t k = ny_match_keys(m, b, keys, &skipped);
    unsigned kinds = 0;

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < k; j++) {
            if (probes[i].hash == keys[j].hash && probes[i].kind == keys[j].kind) {
                kinds |= 1U << probes[i].kind;
            }
        }
    }
    return kinds;
}

static bool is_found(unsigned kinds, const char *kind)
{
    uint64_t k = 0;

    if (kind[0] == '\0') {
        return kinds == 0;
    }
    assert_int_equal(ny_str_to_u64(ny_str_from_c(kind + 1), 0, 10, &k), NY_OK);
    return (kinds >> k & 1U) != 0;
}

/* Version 1 with one setting changed or a line more. */
static struct ny_match_model *model_with(struct fixture *f, const char *lines)
{
    struct ny_match_model *out = NULL;
    struct ny_error err;
    struct ny_buf b;

    ny_buf_init(&b, f->a);
    assert_int_equal(ny_match_model_write(f->m, &b), NY_OK);
    ny_buf_add_c(&b, lines);
    assert_int_equal(ny_match_model_parse(ny_buf_str(&b), &out, &err), NY_OK);
    return out;
}

static void test_every_error_is_found(void **state)
{
    struct fixture *f = *state;
    struct ny_match_model *off = model_with(f, "setting b0 0\n");

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        const struct ny_record *a = record_of_line(f->a, rows[i].a);
        const struct ny_record *b = record_of_line(f->a, rows[i].b);

        if (!is_found(kinds_found(f->m, a, b), rows[i].with_b0) ||
            !is_found(kinds_found(f->m, b, a), rows[i].with_b0)) {
            fail_msg("%s: kinds %#x and %#x with B0", rows[i].name, kinds_found(f->m, a, b),
                     kinds_found(f->m, b, a));
        }
        if (!is_found(kinds_found(off, a, b), rows[i].without_b0) ||
            !is_found(kinds_found(off, b, a), rows[i].without_b0)) {
            fail_msg("%s: kinds %#x and %#x without B0", rows[i].name, kinds_found(off, a, b),
                     kinds_found(off, b, a));
        }
    }
    ny_match_model_destroy(off);
}

static unsigned kinds_stored(const struct ny_match_model *m, const struct ny_record *r,
                             unsigned *skipped)
{
    struct ny_key keys[NY_KEYS_MAX];
    size_t n = ny_match_keys(m, r, keys, skipped);
    unsigned kinds = 0;

    for (size_t i = 0; i < n; i++) {
        kinds |= 1U << keys[i].kind;
        for (size_t k = 0; k < i; k++) {
            assert_false(keys[i].hash == keys[k].hash && keys[i].kind == keys[k].kind);
        }
    }
    return kinds;
}

#define KIND(k) (1U << NY_KEY_##k)

static void test_what_is_stored(void **state)
{
    static const unsigned subsets = KIND(B1) | KIND(B2) | KIND(B9);
    static const unsigned rest = KIND(B3) | KIND(B4) | KIND(B5) | KIND(B7) | KIND(B8);
    struct fixture *f = *state;
    struct ny_match_model *off = model_with(f, "setting b0 0\n");
    const struct ny_record *r = record_of_line(f->a, TARO HOME CARD);
    const struct ny_record *january = record_of_line(f->a, TARO HOME CARD "birth=19800101");
    const struct ny_record *common =
        record_of_line(f->a, "kf=佐藤;kg=和子;pf=サトウ;pg=カズコ;birth=19301124");
    const struct ny_record *rare = record_of_line(f->a, "kf=鮎沢;kg=和子;birth=19301124");
    unsigned skipped = 0;

    assert_int_equal(kinds_stored(f->m, r, &skipped) & ~KIND(B6),
                     KIND(B0) | KIND(B1) | KIND(B2) | rest);
    assert_int_equal(kinds_stored(off, r, &skipped) & ~KIND(B6), subsets | rest);
    /* 1 January is narrowed, so the postal code with the date is stored too. */
    assert_int_equal(kinds_stored(f->m, january, &skipped) & ~KIND(B6), KIND(B0) | subsets | rest);
    assert_int_equal(skipped, 0);
    assert_int_equal(kinds_stored(f->m, common, &skipped) & KIND(B6), 0);
    assert_int_equal(kinds_stored(f->m, rare, &skipped) & KIND(B6), KIND(B6));
    ny_match_model_destroy(off);
}

static void test_hot_keys_are_narrowed(void **state)
{
    struct fixture *f = *state;
    const struct ny_record *r =
        record_of_line(f->a, "kf=佐藤;kg=花子;pf=サトウ;pg=ハナコ;birth=19801124;sex=F");
    const struct ny_record *kanji = record_of_line(f->a, "kf=佐藤;kg=花子;birth=19801124;sex=F");
    struct ny_key keys[NY_KEYS_MAX];
    struct ny_key narrowed[NY_KEYS_MAX];
    unsigned skipped = 0;
    size_t n = ny_match_keys(f->m, r, keys, &skipped);
    char line[64];
    struct ny_match_model *hot;

    assert_int_equal(keys[0].kind, NY_KEY_B0);
    snprintf(line, sizeof(line), "mark hot %016llx\n", (unsigned long long)keys[0].hash);
    hot = model_with(f, line);
    assert_int_equal(ny_match_keys(hot, r, narrowed, &skipped), n);
    assert_int_equal(skipped, 0);
    assert_int_equal(narrowed[0].kind, NY_KEY_B0);
    assert_true(narrowed[0].hash != keys[0].hash);
    ny_match_keys(hot, kanji, narrowed, &skipped);
    assert_int_equal(skipped, 1); /* no kana to narrow by */
    ny_match_model_destroy(hot);
}

static void test_keys_are_deterministic(void **state)
{
    struct fixture *f = *state;
    struct ny_key x[NY_KEYS_MAX];
    struct ny_key y[NY_KEYS_MAX];
    unsigned skipped = 0;
    size_t n = ny_match_keys(f->m, record_of_line(f->a, TARO HOME CARD), x, &skipped);

    assert_int_equal(ny_match_keys(f->m, record_of_line(f->a, TARO HOME CARD), y, &skipped), n);
    for (size_t i = 0; i < n; i++) {
        assert_true(x[i].hash == y[i].hash && x[i].kind == y[i].kind);
    }
    assert_int_equal(x[0].hash, UINT64_C(0x8558ca1425f19c61)); /* B0 of 24 November 1980: stored */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_error_is_found),
        cmocka_unit_test(test_what_is_stored),
        cmocka_unit_test(test_hot_keys_are_narrowed),
        cmocka_unit_test(test_keys_are_deterministic),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
