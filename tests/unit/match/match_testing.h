/* Helpers of the match tests: people written down in a line, packed and unpacked through the real
 * path. Everything lives in the arena of the fixture. */
#ifndef NAYOSE_TEST_MATCH_TESTING_H
#define NAYOSE_TEST_MATCH_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../../../src/match/match_priv.h"

/* 2026-04-01 12:00 in Japan. */
#define TEST_NOW_US (INT64_C(1775012400) * NY_US_PER_SECOND)

/* One message about one person. NULL = not said. */
struct person {
    const char *kf, *kg; /* kanji family, given */
    const char *pf, *pg; /* kana */
    const char *birth;   /* as received */
    const char *sex;
    const char *postal, *address;
    const char *phone;
    const char *insurer, *symbol, *number, *branch;
    const char *lf, *lg; /* Latin */
};

static inline ny_str c_str(const char *c)
{
    return c != NULL ? ny_str_from_c(c) : NY_STR_NONE;
}

static inline struct ny_stamp stamp_at(int64_t at_us)
{
    return (struct ny_stamp){.at_us = at_us, .control_id = NY_S("1")};
}

static inline void say_name(struct ny_patient *p, struct ny_arena *a, const struct person *w,
                            const char *type, int64_t at_us)
{
    struct ny_stamp s = stamp_at(at_us);
    struct ny_value v = {0};

    ny_value_part_set(&v, NY_PART_NAME_TYPE, c_str(type));
    ny_value_part_set(&v, NY_PART_NAME_KANJI_FAMILY, c_str(w->kf));
    ny_value_part_set(&v, NY_PART_NAME_KANJI_GIVEN, c_str(w->kg));
    ny_value_part_set(&v, NY_PART_NAME_KANA_FAMILY, c_str(w->pf));
    ny_value_part_set(&v, NY_PART_NAME_KANA_GIVEN, c_str(w->pg));
    ny_value_part_set(&v, NY_PART_NAME_LATIN_FAMILY, c_str(w->lf));
    ny_value_part_set(&v, NY_PART_NAME_LATIN_GIVEN, c_str(w->lg));
    assert_int_equal(ny_patient_say(p, a, NY_SET_NAME, &v, &s), NY_OK);
}

static inline void say_contacts(struct ny_patient *p, struct ny_arena *a, const struct person *w,
                                int64_t at_us)
{
    struct ny_stamp s = stamp_at(at_us);
    struct ny_value v = {0};

    if (w->address != NULL || w->postal != NULL) {
        ny_value_part_set(&v, NY_PART_ADDRESS_WHOLE, c_str(w->address));
        ny_value_part_set(&v, NY_PART_ADDRESS_POSTAL, c_str(w->postal));
        assert_int_equal(ny_patient_say(p, a, NY_SET_ADDRESS, &v, &s), NY_OK);
    }
    if (w->phone != NULL) {
        v = (struct ny_value){0};
        ny_value_part_set(&v, NY_PART_PHONE_NUMBER, c_str(w->phone));
        assert_int_equal(ny_patient_say(p, a, NY_SET_PHONE, &v, &s), NY_OK);
    }
    if (w->insurer != NULL) {
        v = (struct ny_value){0};
        ny_value_part_set(&v, NY_PART_INSURANCE_INSURER, c_str(w->insurer));
        ny_value_part_set(&v, NY_PART_INSURANCE_SYMBOL, c_str(w->symbol));
        ny_value_part_set(&v, NY_PART_INSURANCE_NUMBER, c_str(w->number));
        ny_value_part_set(&v, NY_PART_INSURANCE_BRANCH, c_str(w->branch));
        assert_int_equal(ny_patient_say(p, a, NY_SET_INSURANCE, &v, &s), NY_OK);
    }
}

static inline void say_single(struct ny_patient *p, enum ny_single_id id, const char *value,
                              int64_t at_us)
{
    struct ny_stamp s = stamp_at(at_us);

    if (value != NULL) {
        ny_patient_say_single(p, id, ny_str_from_c(value), &s);
    }
}

static inline struct ny_patient *patient_of(struct ny_arena *a, const struct person *w)
{
    struct ny_patient *p = NY_ARENA_NEW(a, struct ny_patient);

    ny_patient_init(p);
    say_name(p, a, w, "L", TEST_NOW_US);
    say_contacts(p, a, w, TEST_NOW_US);
    say_single(p, NY_SINGLE_BIRTH_DATE, w->birth, TEST_NOW_US);
    say_single(p, NY_SINGLE_SEX, w->sex, TEST_NOW_US);
    return p;
}

static inline const struct ny_record *record_of_patient(struct ny_arena *a,
                                                        const struct ny_patient *p)
{
    struct ny_record *r = NY_ARENA_NEW(a, struct ny_record);
    ny_str packed = NY_STR_NONE;

    assert_int_equal(ny_record_pack(a, p, &packed), NY_OK);
    assert_int_equal(ny_record_unpack(packed, r), NY_OK);
    return r;
}

/* A person in a line: "kf=山田;kg=太郎;birth=19801124;", later fields replace earlier ones and an
 * empty one is not said; so a line can be a macro with changes behind it. */
static inline struct person *person_of(struct ny_arena *a, const char *line)
{
    struct person *w = NY_ARENA_NEW(a, struct person);
    const struct {
        const char *key;
        const char **field;
    } fields[] = {
        {"kf",      &w->kf     },
        {"kg",      &w->kg     },
        {"pf",      &w->pf     },
        {"pg",      &w->pg     },
        {"birth",   &w->birth  },
        {"sex",     &w->sex    },
        {"postal",  &w->postal },
        {"address", &w->address},
        {"phone",   &w->phone  },
        {"insurer", &w->insurer},
        {"symbol",  &w->symbol },
        {"number",  &w->number },
        {"branch",  &w->branch },
        {"lf",      &w->lf     },
        {"lg",      &w->lg     },
    };
    ny_str rest = ny_str_from_c(line);

    while (rest.p != NULL && rest.n > 0) {
        ny_str value = ny_str_split(&rest, ';');
        ny_str key = ny_str_split(&value, '=');
        bool known = false;

        for (size_t i = 0; i < NY_ARRAY_LEN(fields); i++) {
            if (ny_str_equals(key, ny_str_from_c(fields[i].key))) {
                *fields[i].field = value.n > 0 ? ny_arena_str(a, value).p : NULL;
                known = true;
            }
        }
        assert_true(known);
    }
    return w;
}

static inline const struct ny_record *record_of(struct ny_arena *a, const struct person *w)
{
    return record_of_patient(a, patient_of(a, w));
}

static inline const struct ny_record *record_of_line(struct ny_arena *a, const char *line)
{
    return record_of(a, person_of(a, line));
}

/* One model version 1 and one arena for a test program. */
struct fixture {
    struct ny_match_model *m;
    struct ny_arena *a;
};

static inline int fixture_setup(void **state)
{
    struct fixture *f = ny_calloc(1, sizeof(*f));
    struct ny_match_settings s;

    ny_match_settings_default(&s);
    f->m = ny_match_model_create_v1(&s);
    f->a = ny_arena_create(0);
    *state = f;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;

    ny_match_model_destroy(f->m);
    ny_arena_destroy(f->a);
    ny_free(f);
    return 0;
}

/* A small generator for property tests: the same sequence on every machine. */
struct dice {
    uint64_t s;
};
static inline uint32_t dice_roll(struct dice *d, uint32_t sides)
{
    d->s = d->s * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(d->s >> 33) % sides;
}

#endif
