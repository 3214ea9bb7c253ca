/* The truth file: columns by name, what is refused, records found again. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "nayose/evaluate_truth.h"

static struct ny_truth *truth_of(const char *text)
{
    struct ny_truth *t = NULL;
    struct ny_error err = {0};

    if (ny_truth_read(ny_str_from_c(text), &t, &err) != NY_OK) {
        fail_msg("%s", err.text);
    }
    return t;
}

static const char whole[] =
    "domain,local_id,person,kind,phone,address_key,insurance_key,likeness,household,twins,errors\n"
    "F01,001,P1,normal,090 03,a1,i1,aa,H1,H1.3,kana moved\n"
    "F02,\"7,\"\"8\",P1,twin,03,a2,,bb,H1,H1.3,\n"
    "F02,9,P2,test,, a1  a3 ,90,aa,,,moved\n";

static void columns_are_read(void **state)
{
    struct ny_truth *t = truth_of(whole);
    const struct ny_judged_record *j = ny_truth_judged(t);
    const ny_str *tags;
    size_t n_tags;

    (void)state;
    assert_int_equal(ny_truth_count(t), 3);
    assert_true(j[0].person == j[1].person && j[0].person != j[2].person);
    assert_true(j[0].twins == j[1].twins && j[0].twins != 0 && j[2].twins == 0);
    assert_true(j[0].likeness == j[2].likeness && j[0].likeness != j[1].likeness);
    assert_true(!j[0].never_linked && !j[1].never_linked && j[2].never_linked);
    assert_true(ny_truth_record(t, 0)->household == ny_truth_record(t, 1)->household);
    assert_true(ny_truth_record(t, 2)->household == 0);
    assert_int_equal(j[0].n_contacts, 4);
    assert_int_equal(j[1].n_contacts, 2);
    assert_int_equal(j[2].n_contacts, 3);
    assert_true(j[0].contacts[1] == j[1].contacts[0]); /* 03 */
    assert_true(j[0].contacts[2] == j[2].contacts[0]); /* a1, blanks around it or not */
    tags = ny_truth_tags(t, &n_tags);
    assert_int_equal(n_tags, 2);
    assert_true(ny_str_equals(tags[0], NY_S("kana")) && ny_str_equals(tags[1], NY_S("moved")));
    assert_true(j[0].tags == 3 && j[1].tags == 0 && j[2].tags == 2);
    ny_truth_destroy(t);
}

/* A telephone is no address, though they may read the same. */
static void contacts_of_two_kinds_never_agree(void **state)
{
    struct ny_truth *t = truth_of("domain,local_id,person,phone,address_key\n"
                                  "F01,1,P1,5,\nF02,2,P1,,5\nF03,3,P1,5,5\n");
    struct ny_judgement j;

    (void)state;
    ny_judge(ny_truth_judged(t), ny_truth_count(t), NULL, NULL, &j);
    assert_int_equal(j.direct, 2);
    ny_truth_destroy(t);
}

static void records_are_found(void **state)
{
    struct ny_truth *t = truth_of(whole);

    (void)state;
    assert_int_equal(ny_truth_find(t, NY_S("F01"), NY_S("001")), 0);
    assert_int_equal(ny_truth_find(t, NY_S("F02"), NY_S("7,\"8")), 1);
    assert_int_equal(ny_truth_find(t, NY_S("F02"), NY_S("9")), 2);
    assert_int_equal(ny_truth_find(t, NY_S("F01"), NY_S("1")), 3);
    assert_int_equal(ny_truth_find(t, NY_S("F02"), NY_S("001")), 3);
    ny_truth_destroy(t);
}

static void few_columns_in_any_order_are_enough(void **state)
{
    struct ny_truth *t = truth_of("person,remark,local_id,domain\r\nP1,x,1,F01\r\nP1,y,2,F02\r\n");
    struct ny_judgement j;

    (void)state;
    ny_judge(ny_truth_judged(t), ny_truth_count(t), NULL, NULL, &j);
    assert_int_equal(ny_truth_count(t), 2);
    assert_int_equal(j.ceiling, 1); /* without contact columns every pair is within reach */
    assert_int_equal(ny_truth_find(t, NY_S("F02"), NY_S("2")), 1);
    ny_truth_destroy(t);
}

#define HEAD "domain,local_id,person,phone,errors\n"

static const struct {
    const char *name, *text, *why;
    ny_rc rc;
} refused[] = {
    {"empty",           "",                                          "line 1: the column domain is missing",        NY_ESYNTAX},
    {"no person",       "domain,local_id\n",                         "line 1: the column person is missing",        NY_ESYNTAX},
    {"names are exact", "Domain,local_id,person\n",                  "line 1: the column domain is missing",
     NY_ESYNTAX                                                                                                               },
    {"column twice",    "domain,person,local_id,person\n",           "line 1: the column person stands twice",
     NY_ESYNTAX                                                                                                               },
    {"short row",       HEAD "F01,1,P1,\n",                          "line 2: there are only 4 fields",             NY_ESYNTAX},
    {"empty domain",    HEAD ",1,P1,,\n",                            "line 2: domain, local_id or person is empty", NY_ESYNTAX},
    {"empty id",        HEAD "F01,,P1,,\n",                          "line 2: domain, local_id or person is empty", NY_ESYNTAX},
    {"empty person",    HEAD "F01,1,P1,,\nF01,2,,,\n",               "line 3: domain, local_id or person is empty",
     NY_ESYNTAX                                                                                                               },
    {"open quote",      HEAD "\"F01,1,P1,,\n",                       "line 2: a quote is not closed",               NY_ESYNTAX},
    {"record twice",    HEAD "F01,1,P1,,\nF01,2,P1,,\nF01,1,P2,,\n", "records 1 and 3 are one",
     NY_ECONFLICT                                                                                                             },
};

static void bad_files_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(refused); i++) {
        struct ny_truth *t = NULL;
        struct ny_error err = {0};
        ny_rc rc = ny_truth_read(ny_str_from_c(refused[i].text), &t, &err);

        if (rc != refused[i].rc || t != NULL || strcmp(err.text, refused[i].why) != 0) {
            fail_msg("%s: %d %s", refused[i].name, rc, err.text);
        }
    }
}

/* One record with `n` values of a column that is a list. */
static ny_rc list_of(size_t n, bool of_errors)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_truth *t = NULL;
    struct ny_error err;
    struct ny_buf b;
    ny_rc rc;

    ny_buf_init(&b, a);
    ny_buf_printf(&b, HEAD "F01,1,P1%s", of_errors ? ",," : ",");
    for (size_t i = 0; i < n; i++) {
        ny_buf_printf(&b, " %zu", i);
    }
    ny_buf_add_c(&b, of_errors ? "\n" : ",\n");
    rc = ny_truth_read(ny_buf_str(&b), &t, &err);
    if (rc == NY_OK) {
        assert_int_equal(of_errors ? 0 : n, ny_truth_judged(t)->n_contacts);
    }
    ny_truth_destroy(t);
    ny_arena_destroy(a);
    return rc;
}

static void lists_are_bounded(void **state)
{
    (void)state;
    assert_int_equal(list_of(64, false), NY_OK);
    assert_int_equal(list_of(65, false), NY_ELIMIT);
    assert_int_equal(list_of(64, true), NY_OK);
    assert_int_equal(list_of(65, true), NY_ELIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_read),
        cmocka_unit_test(contacts_of_two_kinds_never_agree),
        cmocka_unit_test(records_are_found),
        cmocka_unit_test(few_columns_in_any_order_are_enough),
        cmocka_unit_test(bad_files_are_refused),
        cmocka_unit_test(lists_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
