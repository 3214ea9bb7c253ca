/* Who is found by what. Every question is asked twice: of the dictionary, and of each record. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "nayose/index.h"

struct person {
    const char *kanji_family, *kanji_given, *kana_family, *kana_given, *latin_family, *latin_given;
    const char *birth, *sex, *phone, *postal;
};

static const struct person people[] = {
    {"佐藤",       "太郎",    "サトウ",          "タロウ",    "",      "",     "19840101", "M", "0540000001",  "4200853"},
    {"佐藤",       "花子",    "ｻﾄｳ",          "ﾊﾅｺ",    "",      "",     "19841231", "F", "",            "4200853"},
    {"里",          "未来",    "サト",             "ミライ",    "",      "",     "1984",     "F", "",            ""       },
    {"髙橋",       "京子",    "タカハシ",       "キョウコ", "",      "",     "19590501", "F", "",            ""       },
    {"服部",       "清子",    "ハットリ",       "キヨコ",    "",      "",     "19590501", "F", "",            ""       },
    {"松谷",       "一",       "マツタニ",       "ハジメ",    "",      "",     "19600101", "M", "",            ""       },
    {"",             "",          "",                   "",             "SMITH", "JOHN", "19700203", "M", "",            ""       },
    {"佐藤太郎", "",          "サトウタロウ", "",             "",      "",     "19840305", "M", "",            ""       },
    {"山田",       "さくら", "ヤマダ",          "サクラ",    "",      "",     "20010304", "F", "09012345678", ""       },
};

enum { PEOPLE = NY_ARRAY_LEN(people), MAX = 100000 };

static void say(struct ny_patient *p, struct ny_arena *a, enum ny_set_id set,
                const struct ny_value *v)
{
    struct ny_stamp s = {.at_us = INT64_C(1775012400) * NY_US_PER_SECOND};

    assert_int_equal(ny_patient_say(p, a, set, v, &s), NY_OK);
}

static ny_str pack(struct ny_arena *a, const struct person *x)
{
    struct ny_stamp s = {.at_us = INT64_C(1775012400) * NY_US_PER_SECOND};
    struct ny_value name = {0};
    struct ny_value phone = {0};
    struct ny_value address = {0};
    struct ny_patient p;
    ny_str packed = NY_STR_NONE;

    ny_patient_init(&p);
    p.seen = s;
    ny_value_part_set(&name, NY_PART_NAME_KANJI_FAMILY, ny_str_from_c(x->kanji_family));
    ny_value_part_set(&name, NY_PART_NAME_KANJI_GIVEN, ny_str_from_c(x->kanji_given));
    ny_value_part_set(&name, NY_PART_NAME_KANA_FAMILY, ny_str_from_c(x->kana_family));
    ny_value_part_set(&name, NY_PART_NAME_KANA_GIVEN, ny_str_from_c(x->kana_given));
    ny_value_part_set(&name, NY_PART_NAME_LATIN_FAMILY, ny_str_from_c(x->latin_family));
    ny_value_part_set(&name, NY_PART_NAME_LATIN_GIVEN, ny_str_from_c(x->latin_given));
    say(&p, a, NY_SET_NAME, &name);
    ny_value_part_set(&phone, NY_PART_PHONE_NUMBER, ny_str_from_c(x->phone));
    say(&p, a, NY_SET_PHONE, &phone);
    ny_value_part_set(&address, NY_PART_ADDRESS_POSTAL, ny_str_from_c(x->postal));
    say(&p, a, NY_SET_ADDRESS, &address);
    ny_patient_say_single(&p, NY_SINGLE_BIRTH_DATE, ny_str_from_c(x->birth), &s);
    ny_patient_say_single(&p, NY_SINGLE_SEX, ny_str_from_c(x->sex), &s);
    assert_int_equal(ny_record_pack(a, &p, &packed), NY_OK);
    return packed;
}

struct world {
    struct ny_match_model *model;
    struct ny_index *ix;
    struct ny_arena *arena;
};

static void world_open(struct world *w)
{
    struct ny_match_settings s;

    ny_match_settings_default(&s);
    *w = (struct world){.model = ny_match_model_create_v1(&s), .arena = ny_arena_create(0)};
    w->ix = ny_index_create(w->model);
    ny_index_terms_keep(w->ix);
    ny_index_domain_set(w->ix, 1, NY_S("1.2"));
}

static void world_close(struct world *w)
{
    ny_index_destroy(w->ix);
    ny_match_model_destroy(w->model);
    ny_arena_destroy(w->arena);
}

static void add(struct world *w, const struct person *x)
{
    ny_str id = ny_arena_printf(w->arena, "%u", ny_index_count(w->ix) + 1);
    uint32_t n = ny_index_add(w->ix, 1, id, NY_IDENTITY_ACTIVE);

    ny_index_record_set(w->ix, n, pack(w->arena, x));
}

/* "family=X given=Y …" */
static void question(struct ny_search *s, ny_str text)
{
    static const char *const names[] = {"family", "given", "mother", "birth",
                                        "sex",    "phone", "postal"};

    *s = (struct ny_search){0};
    while (text.p != NULL && text.n > 0) {
        ny_str value = ny_str_split(&text, ' ');
        ny_str field = ny_str_split(&value, '=');
        size_t f = 0;

        while (!ny_str_equals(field, ny_str_from_c(names[f]))) {
            f++;
            assert_true(f < NY_ARRAY_LEN(names));
        }
        s->field[f].v[s->field[f].n++] = value;
    }
}

/* "1 2 7", also by every record one by one. "~ ": names may be misspelt. */
static const char *ask(struct world *w, const char *text, size_t max)
{
    static char out[512];
    static char slow[512];
    struct ny_search s;
    struct ny_search_plan *plan = NULL;
    enum ny_search_field bad = 0;
    size_t bad_value = 0;
    uint32_t *ids = NULL;
    size_t n = 0;
    size_t at = 0;
    bool misspelt = strncmp(text, "~ ", 2) == 0;

    question(&s, ny_str_from_c(text + (misspelt ? 2 : 0)));
    assert_int_equal(ny_search_plan(w->arena, &s, &plan, &bad, &bad_value), NY_OK);
    if (misspelt) {
        (void)ny_search_misspelt(plan);
    }
    if (ny_index_search(w->ix, w->arena, plan, max, &ids, &n) != NY_OK) {
        return "too many";
    }
    out[0] = slow[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        if (ny_index_fits(w->ix, plan, ids[i])) {
            at += (size_t)snprintf(out + at, sizeof(out) - at, "%s%u", at > 0 ? " " : "", ids[i]);
        }
    }
    at = 0;
    for (uint32_t id = 1; id <= ny_index_count(w->ix); id++) {
        struct ny_index_identity x;
        struct ny_record r;

        ny_index_get(w->ix, id, &x);
        if (x.status != NY_IDENTITY_DELETED && ny_record_unpack(x.record, &r) == NY_OK &&
            ny_search_fits(plan, &r)) {
            at += (size_t)snprintf(slow + at, sizeof(slow) - at, "%s%u", at > 0 ? " " : "", id);
        }
    }
    if (strcmp(out, slow) != 0) {
        fail_msg("%s: by the dictionary %s, by the records %s", text, out, slow);
    }
    return out;
}

static const struct {
    const char *name, *asked, *found;
} rows[] = {
    {"kanji",                     "family=佐藤 given=太郎",                    "1 8"    },
    {"a variant of a kanji",      "family=高橋",                                 "4"      },
    {"kana, long vowel or not",   "family=サトー",                              "1 2 3"  },
    {"half-width and hiragana",   "family=さとう given=ﾊﾅｺ",              "2"      },
    {"kana and year",             "family=サトウ birth=1984",                   "1 2 3"  },
    {"kana and month",            "family=サトウ birth=198412",                 "2"      },
    {"kana and day",              "family=サトウ birth=19841231",               "2"      },
    {"wrong given name",          "given=ジロウ birth=1984",                    ""       },
    {"year alone",                "birth=1959",                                    "4 5"    },
    {"era",                       "birth=S34.5.1",                                 "4 5"    },
    {"two years",                 "birth=1959 birth=1970",                         "4 5 7"  },
    {"from day to day",           "birth=19840101..19840305",                      "1 8"    },
    {"an open date is within",    "birth=1984..1984",                              "1 2 3 8"},
    {"an open date may be out",   "birth=19840101..19841230",                      "1 8"    },
    {"from month to year",        "birth=195905..1960",                            "4 5 6"  },
    {"from a year on",            "sex=F family=ヤマダ birth=1985..",           "9"      },
    {"up to a day, by name",      "family=サトウ birth=..S59.3.5",              "1"      },
    {"a dummy end is none",       "family=サトウ birth=19840401..99991231",     "2"      },
    {"too many years to look up", "family=サトウ birth=1900..1990",             "1 2 3"  },
    {"from behind to before",     "family=サトウ birth=1985..1983",             ""       },
    {"an interval or a year",     "birth=1959..1960 birth=1970",                   "4 5 6 7"},
    {"sex",                       "family=サトウ sex=F",                        "2 3"    },
    {"romaji of a reading",       "family=SATO",                                   "1 2 3"  },
    {"romaji, long",              "family=Satoh given=Tarou",                      "1"      },
    {"romaji, small kana",        "given=KYOKO",                                   "4 5"    },
    {"romaji, doubled consonant", "family=HATTORI",                                "5"      },
    {"romaji, tsu stays",         "family=MATSUTANI",                              "6"      },
    {"Latin name",                "family=Smith given=John",                       "7"      },
    {"Latin name, other order",   "family=JOHN given=SMITH",                       "7"      },
    {"cut kanji",                 "family=佐*",                                   "1 2 8"  },
    {"cut kana",                  "family=サ*",                                   "1 2 3 8"},
    {"cut kana is no long vowel", "family=サトウ*",                             "1 2 8"  },
    {"cut romaji",                "family=MATSU*",                                 "6"      },
    {"cut romaji, small kana",    "given=KY*",                                     "4 5"    },
    {"cut Latin",                 "family=SM* given=J*",                           "7"      },
    {"star inside",               "given=タ*ウ",                                 "1"      },
    {"full-width star",           "family=ヤマ＊",                              "9"      },
    {"whole name in one",         "family=佐藤　太郎",                        "1 8"    },
    {"unsplit record",            "family=サトウ given=タロウ birth=198403", "8"      },
    {"written in kana",           "given=さくら",                               "9"      },
    {"phone",                     "phone=054-000-0001",                            "1"      },
    {"postal code",               "postal=420-0853 sex=M",                         "1"      },
    {"nobody",                    "family=鈴木",                                 ""       },
    {"one kana another",          "~ family=タカバシ birth=1959",              "4"      },
    {"one kana missing",          "~ family=タカハシノ birth=1959",           "4"      },
    {"three kana are too few",    "~ family=タカハ birth=1959",                 ""       },
    {"one letter another",        "~ family=SMYTH given=John",                     "7"      },
    {"one too many, one missing", "~ family=SMIITH given=JHN birth=1970",          ""       },
    {"one too many, in each",     "~ family=SMIITH given=JOHNN",                   "7"      },
    {"two letters another",       "~ family=SMYTE given=John",                     ""       },
    {"nothing beside it",         "~ family=SMYTH",                                ""       },
    {"a reading, a year",         "~ family=TAKAHASI birth=1959",                  "4"      },
    {"cut is not misspelt",       "~ family=SMY* given=John",                      ""       },
};

static void test_questions(void **state)
{
    struct world w;

    (void)state;
    world_open(&w);
    for (size_t i = 0; i < PEOPLE; i++) {
        add(&w, &people[i]);
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        const char *found = ask(&w, rows[i].asked, MAX);

        if (strcmp(found, rows[i].found) != 0) {
            fail_msg("%s: %s", rows[i].name, found);
        }
    }
    world_close(&w);
}

static void test_unreadable_questions(void **state)
{
    static const char *const texts[] = {"family=*",       "family=*x", "birth=yesterday",
                                        "birth=19841332", "birth=..",  "birth=1984..x",
                                        "phone=none",     "postal=x",  "given=a*b*c*d*e"};
    struct world w;

    (void)state;
    world_open(&w);
    for (size_t i = 0; i < NY_ARRAY_LEN(texts); i++) {
        struct ny_search s;
        struct ny_search_plan *plan = NULL;
        enum ny_search_field bad = NY_SEARCH_FIELD_COUNT;
        size_t bad_value = 9;

        question(&s, ny_str_from_c(texts[i]));
        if (ny_search_plan(w.arena, &s, &plan, &bad, &bad_value) != NY_ESYNTAX) {
            fail_msg("%s is read", texts[i]);
        }
        assert_int_equal(bad_value, 0);
        assert_true(s.field[bad].n == 1);
    }
    world_close(&w);
}

/* The question as a record: the matcher knows whom it means, in each script. */
static void test_probe(void **state)
{
    static const struct {
        const char *asked;
        uint32_t meant, other; /* both found by the birth date */
    } questions[] = {
        {"family=髙橋 given=京子 birth=19590501",             4, 5},
        {"family=タカハシ given=キョウコ birth=19590501", 4, 5},
        {"family=TAKAHASHI given=KYOKO birth=19590501",           4, 5},
        {"family=HATTORI given=KIYOKO birth=19590501",            5, 4},
    };
    struct world w;

    (void)state;
    world_open(&w);
    for (size_t i = 0; i < PEOPLE; i++) {
        add(&w, &people[i]);
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(questions); i++) {
        struct ny_search s;
        struct ny_search_plan *plan = NULL;
        enum ny_search_field bad = 0;
        size_t bad_value = 0;
        struct ny_record probe;
        int32_t total[2];

        question(&s, ny_str_from_c(questions[i].asked));
        assert_int_equal(ny_search_plan(w.arena, &s, &plan, &bad, &bad_value), NY_OK);
        ny_search_probe(plan, &probe);
        for (size_t k = 0; k < 2; k++) {
            struct ny_index_identity x;
            struct ny_record r;
            struct ny_score score;

            ny_index_get(w.ix, k == 0 ? questions[i].meant : questions[i].other, &x);
            assert_int_equal(ny_record_unpack(x.record, &r), NY_OK);
            ny_match_score(w.model, &probe, &r, false, &score);
            total[k] = score.total_b1024;
        }
        if (total[0] <= total[1]) {
            fail_msg("%s: %d and %d", questions[i].asked, total[0], total[1]);
        }
    }
    world_close(&w);
}

/* A walk that would be too long is not begun: the question needs another field. */
static void test_limit(void **state)
{
    struct world w;

    (void)state;
    world_open(&w);
    for (size_t i = 0; i < PEOPLE; i++) {
        add(&w, &people[i]);
    }
    assert_string_equal(ask(&w, "family=サ*", 4), "too many");
    assert_string_equal(ask(&w, "family=サ* phone=054-000-0001", 4), "1");
    assert_string_equal(ask(&w, "sex=M", MAX), "too many"); /* nothing to find by */
    world_close(&w);
}

/* Whatever comes, changes, goes and is taken back, the dictionary says what the records say. */
static void test_changes(void **state)
{
    struct world w;
    uint64_t dice = 7;

    (void)state;
    world_open(&w);
    ny_index_log_keep(w.ix, true);
    for (int step = 0; step < 400; step++) {
        uint64_t mark = ny_index_mark(w.ix);
        uint32_t id;

        for (int k = 0; k < 3; k++) {
            dice = dice * UINT64_C(6364136223846793005) + 1;
            id = ny_index_count(w.ix) > 0 ? (uint32_t)(dice >> 40) % ny_index_count(w.ix) + 1 : 0;
            if (id == 0 || (dice >> 33) % 3 == 0) {
                add(&w, &people[(dice >> 35) % PEOPLE]);
            } else if ((dice >> 33) % 3 == 1) {
                ny_index_record_set(w.ix, id, pack(w.arena, &people[(dice >> 35) % PEOPLE]));
            } else {
                static const enum ny_identity_status any[] = {
                    NY_IDENTITY_ACTIVE, NY_IDENTITY_MERGED, NY_IDENTITY_DELETED};

                ny_index_status_set(w.ix, id, any[(dice >> 35) % NY_ARRAY_LEN(any)]);
            }
        }
        if ((dice >> 50) % 2 == 0 || ny_index_count(w.ix) > 40) {
            ny_index_undo_to(w.ix, mark);
        } else {
            ny_index_settle(w.ix, ny_index_mark(w.ix));
        }
        (void)ask(&w, rows[(dice >> 20) % NY_ARRAY_LEN(rows)].asked, MAX);
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_questions), cmocka_unit_test(test_unreadable_questions),
        cmocka_unit_test(test_limit),     cmocka_unit_test(test_probe),
        cmocka_unit_test(test_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
