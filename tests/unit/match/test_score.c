/* Properties of the score over people of a small grammar: symmetry, sums, round trips, monotony. */

#include "match_testing.h"

enum { POOL = 300, PAIRS = 20000 };

static const char *const families[][2] = {
    {"山田",    "ヤマダ"   },
    {"高橋",    "タカハシ"},
    {"髙橋",    "タカハシ"},
    {"斎藤",    "サイトウ"},
    {"斉藤",    "サイトウ"},
    {"井上",    "イノウエ"},
    {"井ノ上", "イノウエ"},
    {"大野",    "オオノ"   },
    {"小野",    "オノ"      },
    {"〓野",    "オノ"      },
};
static const char *const givens[][2] = {
    {"太郎",    "タロウ"},
    {"太朗",    "タロウ"},
    {"さくら", "サクラ"},
    {"桜",       "サクラ"},
    {"裕樹",    "ユウキ"},
    {"裕樹",    "ヒロキ"},
    {"由紀",    "ユキ"   },
    {"凜",       "リン"   },
    {"凛",       "リン"   },
    {"山田",    "ヤマダ"},
};
static const char *const births[] = {"19801124", "19801125", "19801211", "19801112",
                                     "19500101", "198011",   "1980",     "20130310"};
static const char *const addresses[] = {"静岡市葵区追手町9-6", "静岡市葵区追手町9-6-301",
                                        "静岡市葵区呉服町1-2", "浜松市中央区元城町103-2"};
static const char *const phones[] = {"054-221-2455", "053-457-2111", "090-1234-5678"};

#define PICK(d, list) (list)[dice_roll(d, NY_ARRAY_LEN(list))]

static struct person person_roll(struct dice *d)
{
    const char *const *family = PICK(d, families);
    const char *const *given = PICK(d, givens);
    struct person w = {0};
    uint32_t script = dice_roll(d, 8);

    if (script != 0) {
        w.kf = family[0];
        w.kg = dice_roll(d, 12) == 0 ? NULL : given[0];
    }
    if (script != 1) {
        w.pf = family[1];
        w.pg = dice_roll(d, 12) == 0 ? NULL : given[1];
    }
    if (dice_roll(d, 10) == 0) {
        w.lf = "YAMADA";
        w.lg = "TARO";
    }
    w.birth = dice_roll(d, 8) == 0 ? NULL : PICK(d, births);
    w.sex = dice_roll(d, 6) == 0 ? NULL : dice_roll(d, 2) == 0 ? "M" : "F";
    w.address = dice_roll(d, 3) == 0 ? NULL : PICK(d, addresses);
    w.phone = dice_roll(d, 3) == 0 ? NULL : PICK(d, phones);
    if (dice_roll(d, 2) == 0) {
        w.insurer = dice_roll(d, 4) == 0 ? "39221010" : "33120015";
        w.symbol = "12";
        w.number = dice_roll(d, 2) == 0 ? "345" : "346";
        w.branch = dice_roll(d, 3) == 0 ? NULL : dice_roll(d, 2) == 0 ? "01" : "02";
    }
    return w;
}

/* A record of one to three messages. */
static const struct ny_record *record_roll(struct fixture *f, struct dice *d)
{
    struct person w = person_roll(d);
    struct ny_patient *p = patient_of(f->a, &w);

    for (uint32_t more = dice_roll(d, 3); more > 0; more--) {
        w = person_roll(d);
        say_name(p, f->a, &w, more == 1 ? "M" : "A", TEST_NOW_US);
        say_contacts(p, f->a, &w, TEST_NOW_US);
    }
    return record_of_patient(f->a, p);
}

struct pool {
    const struct ny_record *r[POOL];
    struct dice d;
};

static void pool_fill(struct fixture *f, struct pool *p)
{
    p->d = (struct dice){42};
    for (size_t i = 0; i < POOL; i++) {
        p->r[i] = record_roll(f, &p->d);
    }
}

static bool scores_equal(const struct ny_score *x, const struct ny_score *y)
{
    return x->total_b1024 == y->total_b1024 && x->guards == y->guards &&
           memcmp(x->level, y->level, sizeof(x->level)) == 0;
}

static void test_symmetry(void **state)
{
    struct fixture *f = *state;
    struct pool p;
    size_t autos = 0;

    pool_fill(f, &p);
    for (size_t i = 0; i < PAIRS; i++) {
        const struct ny_record *a = p.r[dice_roll(&p.d, POOL)];
        const struct ny_record *b = p.r[dice_roll(&p.d, POOL)];
        bool same = dice_roll(&p.d, 4) == 0;
        struct ny_score x;
        struct ny_score y;

        ny_match_score(f->m, a, b, same, &x);
        ny_match_score(f->m, b, a, same, &y);
        if (!scores_equal(&x, &y)) {
            fail_msg("pair %zu: %d and %d", i, x.total_b1024, y.total_b1024);
        }
        autos += ny_match_band(f->m, &x) == NY_BAND_AUTO;
    }
    assert_true(autos > 20); /* the grammar makes pairs of all kinds */
}

static void test_bars_add_up(void **state)
{
    struct fixture *f = *state;
    struct pool p;

    pool_fill(f, &p);
    for (size_t i = 0; i < PAIRS / 10; i++) {
        const struct ny_record *a = p.r[dice_roll(&p.d, POOL)];
        const struct ny_record *b = p.r[dice_roll(&p.d, POOL)];
        struct ny_bar bars[NY_BARS_MAX];
        size_t n = ny_match_explain(f->m, a, b, i % 2 == 0, bars);
        struct ny_score s;
        int32_t sum = 0;

        ny_match_score(f->m, a, b, i % 2 == 0, &s);
        for (size_t k = 0; k < n; k++) {
            assert_true(strlen(bars[k].label) > 0 && strlen(bars[k].label_ja) > 0);
            assert_non_null(bars[k].level);
            sum += bars[k].bits_b1024;
        }
        assert_int_equal(sum, s.total_b1024);
        assert_true(bars[n - 1].bits_b1024 <= 0); /* family */
    }
}

static void test_model_text_round_trip(void **state)
{
    struct fixture *f = *state;
    struct ny_match_model *again = NULL;
    struct ny_error err;
    struct ny_buf text;
    struct ny_buf text_again;
    struct pool p;

    ny_buf_init(&text, f->a);
    ny_buf_init(&text_again, f->a);
    assert_int_equal(ny_match_model_write(f->m, &text), NY_OK);
    assert_int_equal(ny_match_model_parse(ny_buf_str(&text), &again, &err), NY_OK);
    assert_int_equal(ny_match_model_write(again, &text_again), NY_OK);
    assert_true(ny_str_equals(ny_buf_str(&text), ny_buf_str(&text_again)));
    pool_fill(f, &p);
    for (size_t i = 0; i < PAIRS / 10; i++) {
        const struct ny_record *a = p.r[dice_roll(&p.d, POOL)];
        const struct ny_record *b = p.r[dice_roll(&p.d, POOL)];
        struct ny_score x;
        struct ny_score y;

        ny_match_score(f->m, a, b, false, &x);
        ny_match_score(again, a, b, false, &y);
        assert_true(scores_equal(&x, &y) && x.name_a == y.name_a && x.name_b == y.name_b);
    }
    ny_match_model_destroy(again);
}

/* Given contacts are what the score uses; with its own ones nothing changes. */
static void test_contacts_given(void **state)
{
    struct fixture *f = *state;
    struct pool p;

    pool_fill(f, &p);
    for (size_t i = 0; i < 2000; i++) {
        const struct ny_record *a = p.r[dice_roll(&p.d, POOL)];
        const struct ny_record *b = p.r[dice_roll(&p.d, POOL)];
        struct ny_score x;
        struct ny_score y;

        ny_match_score(f->m, a, b, false, &x);
        ny_match_score_with_contacts(f->m, a, b, false, x.level[NY_FIELD_ADDRESS],
                                     x.level[NY_FIELD_PHONE], x.level[NY_FIELD_INSURANCE], &y);
        assert_true(scores_equal(&x, &y));
        ny_match_score_with_contacts(f->m, a, b, false, NY_LEVEL_A1, NY_LEVEL_P1, NY_LEVEL_I1, &y);
        assert_int_equal(y.level[NY_FIELD_ADDRESS], NY_LEVEL_A1);
        assert_true(ny_match_contact_agrees(&y));
    }
    assert_int_equal(ny_match_better_contact(f->m, NY_LEVEL_A4, NY_LEVEL_A1), NY_LEVEL_A1);
    assert_int_equal(ny_match_better_contact(f->m, NY_LEVEL_NONE, NY_LEVEL_A5), NY_LEVEL_A5);
    assert_int_equal(ny_match_better_contact(f->m, NY_LEVEL_I4, NY_LEVEL_I2), NY_LEVEL_I2);
}

/* Adding agreeing evidence lowers the total by no more than the family bar moves; leaving out a
 * disagreement never lowers it but through the family bar. */
static void test_monotony(void **state)
{
    static const enum ny_level agreeing[NY_FIELD_COUNT] = {
        NY_LEVEL_G1, NY_LEVEL_S1, NY_LEVEL_D1, NY_LEVEL_X1, NY_LEVEL_A1, NY_LEVEL_P1, NY_LEVEL_I1};
    static const enum ny_level against[NY_FIELD_COUNT] = {
        NY_LEVEL_G7, NY_LEVEL_S6, NY_LEVEL_D8, NY_LEVEL_X2, NY_LEVEL_A5, NY_LEVEL_P2, NY_LEVEL_I5};
    struct fixture *f = *state;
    int all = 1;

    for (size_t i = 0; i < NY_FIELD_COUNT; i++) {
        all *= 3;
    }
    for (int v = 0; v < all; v++) { /* each field missing, agreeing or against */
        struct ny_evidence e = {
            .names_tried = 1, .tf = {-8000, -9000, -15000}
        };
        struct ny_waterfall w;
        int rest = v;

        for (size_t i = 0; i < NY_FIELD_COUNT; i++, rest /= 3) {
            e.level[i] = (uint8_t)(rest % 3 == 0   ? NY_LEVEL_NONE
                                   : rest % 3 == 1 ? agreeing[i]
                                                   : against[i]);
        }
        ny_evidence_weigh(f->m, &e, &w);
        assert_true(w.family <= 0);
        for (size_t i = 0; i < NY_FIELD_COUNT; i++) {
            struct ny_evidence x = e;
            struct ny_waterfall y;
            uint8_t level = e.level[i];

            x.level[i] = level == NY_LEVEL_NONE ? (uint8_t)agreeing[i] : NY_LEVEL_NONE;
            ny_evidence_weigh(f->m, &x, &y);
            if (level == NY_LEVEL_NONE || level == against[i]) {
                assert_true(y.total - y.family >= w.total - w.family);
            }
        }
    }
}

/* More aliases do not buy more chances for free, and a variant of a surname alone hides nothing. */
static void test_variants(void **state)
{
    struct fixture *f = *state;
    struct person *w = person_of(f->a, "kf=山田;kg=花子;pf=ヤマダ;pg=ハナコ;birth=19801124;sex=F");
    struct person *maiden = person_of(f->a, "kf=佐々木;pf=ササキ");
    struct person *before =
        person_of(f->a, "kf=佐々木;kg=花子;pf=ササキ;pg=ハナコ;birth=19801124;sex=F");
    struct person *sister =
        person_of(f->a, "kf=佐々木;kg=和子;pf=ササキ;pg=カズコ;birth=19801124;sex=F");
    struct ny_patient *p = patient_of(f->a, w);
    struct ny_score s;

    say_name(p, f->a, maiden, "M", TEST_NOW_US);
    ny_match_score(f->m, record_of_patient(f->a, p), record_of(f->a, before), false, &s);
    assert_int_equal(s.level[NY_FIELD_SURNAME], NY_LEVEL_S1);
    assert_int_equal(s.level[NY_FIELD_GIVEN], NY_LEVEL_G1);
    assert_int_equal(s.name_a, 1);
    ny_match_score(f->m, record_of_patient(f->a, p), record_of(f->a, sister), false, &s);
    assert_int_equal(s.level[NY_FIELD_GIVEN], NY_LEVEL_G7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_symmetry),
        cmocka_unit_test(test_bars_add_up),
        cmocka_unit_test(test_model_text_round_trip),
        cmocka_unit_test(test_contacts_given),
        cmocka_unit_test(test_monotony),
        cmocka_unit_test(test_variants),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
