/* How alike the generator's names are: the effective number of names, 1/Σp², as it was measured on
 * surnames and on the readings of babies born from 2008 to 2022, in each of the four forms of kana;
 * and how many people of a million share a name, a sex and a birth date. A generator whose names
 * are rarer than life makes every matcher look better than it is. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "names.h"

#include "nayose/base.h"
#include "nayose/text.h"

enum { DRAWS = 200000, FORMS = 4, PERCENT = 10 };

static const struct {
    const char *name;
    char sex; /* '-': surnames */
    double measured[FORMS];
} rows[] = {
    {"surnames",     '-', {459.1, 459.1, 456.6, 446.8}},
    {"girls' names", 'F', {264.5, 258.4, 243.7, 243.4}},
    {"boys' names",  'M', {235.2, 234.5, 231.6, 227.0}},
};

static int by_number(const void *pa, const void *pb)
{
    uint64_t a = *(const uint64_t *)pa;
    uint64_t b = *(const uint64_t *)pb;

    return (a > b) - (a < b);
}

/* 1 over the chance that two draws are equal; sorts v. */
static double effective_number(uint64_t *v, size_t n)
{
    double same = 0;
    size_t run = 1;

    qsort(v, n, sizeof(*v), by_number);
    for (size_t i = 1; i <= n; i++, run++) {
        if (i == n || v[i] != v[i - 1]) {
            same += (double)run * (double)(run - 1);
            run = 0;
        }
    }
    return (double)n * (double)(n - 1) / same;
}

/* Hashes of the four forms. */
static void forms_of(struct ny_arena *a, const char *kana, uint64_t *out[FORMS], size_t at)
{
    ny_str k[FORMS];

    assert_int_equal(ny_text_kana_k1(a, ny_str_from_c(kana), &k[0]), NY_OK);
    assert_int_equal(ny_text_kana_k2(a, k[0], &k[1]), NY_OK);
    assert_int_equal(ny_text_kana_k3(a, k[1], &k[2]), NY_OK);
    assert_int_equal(ny_text_kana_k4(a, k[2], &k[3]), NY_OK);
    for (size_t f = 0; f < FORMS; f++) {
        out[f][at] = ny_hash64(k[f]);
    }
    ny_arena_reset(a);
}

static void draw(const struct pop_names *names, char sex, uint64_t *out[FORMS])
{
    struct pop_rng rng = pop_rng_keyed(20261125, POP_STREAM_SPELLING, (uint64_t)sex, 0);
    struct ny_arena *a = ny_arena_create(0);
    struct pop_name name;

    for (size_t i = 0; i < DRAWS; i++) {
        if (sex == '-') {
            pop_names_surname(names, &rng, &name);
        } else {
            pop_names_given(names, &rng, sex, 2008 + (int)(i % 15), &name);
        }
        forms_of(a, name.kana, out, i);
    }
    ny_arena_destroy(a);
}

static void test_names_are_as_alike_as_they_were_measured(void **state)
{
    struct pop_names *names = pop_names_create();
    uint64_t *hashes[FORMS];
    int wrong = 0;

    (void)state;
    for (size_t f = 0; f < FORMS; f++) {
        hashes[f] = ny_calloc(DRAWS, sizeof(uint64_t));
    }
    for (size_t r = 0; r < NY_ARRAY_LEN(rows); r++) {
        draw(names, rows[r].sex, hashes);
        for (size_t f = 0; f < FORMS; f++) {
            double made = effective_number(hashes[f], DRAWS);
            double off = 100 * (made / rows[r].measured[f] - 1);

            print_message("%s k%zu: %.1f made, %.1f measured, %+.1f %%\n", rows[r].name, f + 1,
                          made, rows[r].measured[f], off);
            wrong += off > PERCENT || off < -PERCENT;
        }
    }
    for (size_t f = 0; f < FORMS; f++) {
        ny_free(hashes[f]);
    }
    pop_names_destroy(names);
    assert_int_equal(wrong, 0);
}

/* ---- whole names ---- */

enum { FEW_DRAWS = 20000 };

struct alike {
    double form, kana; /* effective numbers */
};

static struct alike alike_of(const struct pop_names *names, char sex, int year)
{
    static uint64_t forms[FEW_DRAWS];
    static uint64_t kana[FEW_DRAWS];
    struct pop_rng rng = pop_rng_keyed((uint64_t)year, POP_STREAM_SPELLING, (uint64_t)sex, 1);
    struct pop_name name;

    for (size_t i = 0; i < FEW_DRAWS; i++) {
        if (sex == '-') {
            pop_names_surname(names, &rng, &name);
        } else {
            pop_names_given(names, &rng, sex, year, &name);
        }
        forms[i] = ny_hash64(ny_str_from_c(name.form));
        kana[i] = ny_hash64(ny_str_from_c(name.kana));
    }
    return (struct alike){effective_number(forms, FEW_DRAWS), effective_number(kana, FEW_DRAWS)};
}

/* Measured on names of those born from 1989 on: 79 to 135 pairs by kana, 17 to 38 by kanji. Of a
 * million people 37 share a birth date. */
static void test_a_million_has_as_many_namesakes_as_were_measured(void **state)
{
    const double pairs = 1e6 * 37 / 2;
    struct pop_names *names = pop_names_create();
    struct alike surname = alike_of(names, '-', 0);
    double kana = 0;
    double kanji = 0;

    (void)state;
    for (int year = 1989; year < 2009; year++) {
        struct alike girls = alike_of(names, 'F', year);
        struct alike boys = alike_of(names, 'M', year);

        kana += (1 / girls.kana + 1 / boys.kana) / 4 / 20;
        kanji += (1 / girls.form + 1 / boys.form) / 4 / 20;
    }
    kana *= pairs / surname.kana;
    kanji *= pairs / surname.form;
    print_message(
        "pairs of one name, sex and birth date in a million: %.0f by kana, %.0f by kanji\n", kana,
        kanji);
    pop_names_destroy(names);
    assert_true(kana >= 79 && kana <= 135);
    assert_true(kanji >= 17 && kanji <= 38);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_as_alike_as_they_were_measured),
        cmocka_unit_test(test_a_million_has_as_many_namesakes_as_were_measured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
