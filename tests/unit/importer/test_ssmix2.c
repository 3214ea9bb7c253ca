/* SS-MIX2 storage: names, places, which files of a patient are sent. Our HL7 v2 rules 13. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "nayose/importer.h"

#define ORDER "999999999999999"
#define AT "20111220224447339"

/* ---- names ---- */

static void a_name_has_seven_parts(void **state)
{
    struct ny_ssmix2_name n;

    (void)state;
    assert_true(ny_ssmix2_name_parse(NY_S("9999013_-_ADT-00_" ORDER "_" AT "_-_1"), &n));
    assert_true(ny_str_equals(n.patient, NY_S("9999013")));
    assert_true(ny_str_equals(n.date, NY_S("-")));
    assert_true(ny_str_equals(n.type, NY_S("ADT-00")));
    assert_true(ny_str_equals(n.order, NY_S(ORDER)));
    assert_true(ny_str_equals(n.at, NY_S(AT)));
    assert_true(ny_str_equals(n.department, NY_S("-")));
    assert_int_equal(n.flag, NY_SSMIX2_CURRENT);
    assert_true(ny_ssmix2_name_parse(NY_S("A_1_20240229_ADT-22_1_" AT "_01_0"), &n));
    assert_true(ny_str_equals(n.patient, NY_S("A_1")));
    assert_int_equal(n.flag, NY_SSMIX2_DELETED);
}

static const char *const bad_names[] = {
    "",
    "_",
    "______",
    "9999013",
    "9999013_-_ADT-00_" ORDER "_" AT "_-",
    "_-_ADT-00_" ORDER "_" AT "_-_1",
    "9_-_ADT-00_" ORDER "_" AT "_-_3",
    "9_-_ADT-00_" ORDER "_" AT "_-_",
    "9_-_ADT-00_" ORDER "_" AT "_-_11",
    "9_-_ADT-00_" ORDER "_" AT "__1",
    "9_-_ADT-00_" ORDER "_2011122022444733_-_1",
    "9_-_ADT-00_" ORDER "_20111320224447339_-_1",
    "9_-_ADT-00_" ORDER "_20111220244447339_-_1",
    "9_-_ADT-00_" ORDER "_20111220226047339_-_1",
    "9_-_ADT-00_" ORDER "_2011122022444733x_-_1",
    "9_-_ADT-00__" AT "_-_1",
    "9_-__" ORDER "_" AT "_-_1",
    "9_2023022A_ADT-22_" ORDER "_" AT "_-_1",
    "9_20230229_ADT-22_" ORDER "_" AT "_-_1",
    "9_2023_ADT-22_" ORDER "_" AT "_-_1",
    "9__ADT-22_" ORDER "_" AT "_-_1",
    "9|9_-_ADT-00_" ORDER "_" AT "_-_1",
    "9^9_-_ADT-00_" ORDER "_" AT "_-_1",
    ".9_-_ADT-00_" ORDER "_" AT "_-_1",
    "9 _-_ADT-00_" ORDER "_" AT "_-_1",
    "9_-_ADT-00_" ORDER "_" AT "_-_1.bak",
    "9_-_ADT-00_" ORDER "_" AT "_-_1~",
};

static void other_names_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(bad_names); i++) {
        struct ny_ssmix2_name n;

        if (ny_ssmix2_name_parse(ny_str_from_c(bad_names[i]), &n)) {
            fail_msg("taken: %s", bad_names[i]);
        }
    }
}

static void data_types_are_the_table(void **state)
{
    (void)state;
    assert_true(ny_ssmix2_type_find(NY_S("ADT-00"))->is_basic);
    assert_string_equal(ny_ssmix2_type_find(NY_S("ADT-00"))->cancel, "A23");
    assert_string_equal(ny_ssmix2_type_find(NY_S("ADT-52"))->event, "A03");
    assert_null(ny_ssmix2_type_find(NY_S("ADT-61")));
    assert_null(ny_ssmix2_type_find(NY_S("OMP-11")));
    assert_null(ny_ssmix2_type_find(NY_S("")));
}

/* ---- places ---- */

static const struct {
    const char *first, *second, *patient;
    bool is_right;
} places[] = {
    {"999", "901", "9999013", true },
    {"999", "901", "999901",  true },
    {"999", "901", "99990",   true },
    {"999", "913", "9999013", false},
    {"999", "902", "999901",  false},
    {"998", "901", "999901",  false},
    {"000", "012", "12",      true }, /* padded as the site likes */
    {"12-", "---", "12",      true },
};

static void a_patient_lies_under_his_id(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(places); i++) {
        const struct ny_ssmix2_place p = {.first = ny_str_from_c(places[i].first),
                                          .second = ny_str_from_c(places[i].second),
                                          .patient = ny_str_from_c(places[i].patient)};

        if (ny_ssmix2_place_is_right(&p) != places[i].is_right) {
            fail_msg("%s/%s/%s", places[i].first, places[i].second, places[i].patient);
        }
    }
}

static void a_name_agrees_with_its_folders(void **state)
{
    const struct ny_ssmix2_place right = {
        .patient = NY_S("7"), .date = NY_S("-"), .type = NY_S("ADT-00")};
    struct ny_ssmix2_place wrong;
    struct ny_ssmix2_name n;

    (void)state;
    assert_true(ny_ssmix2_name_parse(NY_S("7_-_ADT-00_" ORDER "_" AT "_-_1"), &n));
    assert_true(ny_ssmix2_name_is_at(&n, &right));
    wrong = right;
    wrong.patient = NY_S("07");
    assert_false(ny_ssmix2_name_is_at(&n, &wrong));
    wrong = right;
    wrong.date = NY_S("20111220");
    assert_false(ny_ssmix2_name_is_at(&n, &wrong));
    wrong = right;
    wrong.type = NY_S("ADT-22");
    assert_false(ny_ssmix2_name_is_at(&n, &wrong));
}

/* ---- which files are sent ---- */

enum { FILES_MAX = 6 };

/* A file as "type time flag", and what becomes of it, in the order of sending. */
static const struct {
    const char *name;
    size_t n;
    struct {
        const char *type, *at;
        int flag;
        enum ny_ssmix2_act act;
        enum ny_ssmix2_fault fault;
    } files[FILES_MAX];
} patients[] = {
    {"basic data and visits, as they happened",
     3,                                                      {{"ADT-00", "3", 1, NY_SSMIX2_SEND, NY_SSMIX2_FINE},
      {"ADT-22", "1", 1, NY_SSMIX2_SEND, NY_SSMIX2_FINE},
      {"ADT-52", "2", 1, NY_SSMIX2_SEND, NY_SSMIX2_FINE}}                                                       },
    {"superseded versions stay",
     4,                                                      {{"ADT-00", "3", 1, NY_SSMIX2_SEND, NY_SSMIX2_FINE},
      {"ADT-00", "2", 2, NY_SSMIX2_SKIP, NY_SSMIX2_FINE},
      {"ADT-22", "1", 2, NY_SSMIX2_SKIP, NY_SSMIX2_FINE},
      {"ADT-22", "2", 1, NY_SSMIX2_SEND, NY_SSMIX2_FINE}}                                                       },
    {"a superseded version with a later time stays, too",
     2,                                                      {{"ADT-00", "3", 2, NY_SSMIX2_SKIP, NY_SSMIX2_FINE},
      {"ADT-00", "2", 1, NY_SSMIX2_SEND, NY_SSMIX2_FINE}}                                                       },
    {"deleted: the newest tells it, visits stay",
     5,                                                      {{"ADT-00", "4", 0, NY_SSMIX2_WITHDRAW, NY_SSMIX2_FINE},
      {"ADT-00", "3", 0, NY_SSMIX2_SKIP, NY_SSMIX2_FINE},
      {"ADT-00", "2", 2, NY_SSMIX2_SKIP, NY_SSMIX2_FINE},
      {"ADT-22", "1", 1, NY_SSMIX2_SKIP, NY_SSMIX2_FINE},
      {"ADT-22", "5", 0, NY_SSMIX2_SKIP, NY_SSMIX2_FINE}}                                                       },
    {"deleted and there again",
     2,                                                      {{"ADT-00", "4", 1, NY_SSMIX2_SEND, NY_SSMIX2_FINE},
      {"ADT-00", "3", 0, NY_SSMIX2_SKIP, NY_SSMIX2_FINE}}                                                       },
    {"between two renames there is no version",
     2,                                                      {{"ADT-00", "3", 2, NY_SSMIX2_SKIP, NY_SSMIX2_FINE},
      {"ADT-22", "1", 1, NY_SSMIX2_REFUSE, NY_SSMIX2_NO_BASIC}}                                                 },
    {"a visit of nobody",                                 1, {{"ADT-12", "1", 1, NY_SSMIX2_REFUSE, NY_SSMIX2_NO_BASIC}}},
    {"two current versions",
     2,                                                      {{"ADT-00", "4", 1, NY_SSMIX2_SEND, NY_SSMIX2_FINE},
      {"ADT-00", "3", 1, NY_SSMIX2_REFUSE, NY_SSMIX2_SECOND}}                                                   },
    {"nothing",                                           0, {{0}}                                                     },
};

static void files_of(size_t patient, size_t first, struct ny_ssmix2_file *out)
{
    for (size_t k = 0; k < patients[patient].n; k++) {
        size_t from = (first + k) % patients[patient].n;

        out[k] = (struct ny_ssmix2_file){
            .name = {.patient = NY_S("7"),
                     .date = NY_S("-"),
                     .type = ny_str_from_c(patients[patient].files[from].type),
                     .order = NY_S(ORDER),
                     .at = ny_str_from_c(patients[patient].files[from].at),
                     .department = NY_S("-"),
                     .flag = (enum ny_ssmix2_flag)patients[patient].files[from].flag},
            .type = ny_ssmix2_type_find(ny_str_from_c(patients[patient].files[from].type)),
            .key = from,
        };
    }
}

/* Whatever the order in which the folder gives them. */
static void the_right_files_are_sent(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(patients); i++) {
        for (size_t first = 0; first < patients[i].n || first == 0; first++) {
            struct ny_ssmix2_file files[FILES_MAX];

            files_of(i, first, files);
            (void)ny_ssmix2_choose(files, patients[i].n);
            for (size_t k = 0; k < patients[i].n; k++) {
                if (files[k].key != k || files[k].act != patients[i].files[k].act ||
                    files[k].fault != patients[i].files[k].fault) {
                    fail_msg("%s: file %zu", patients[i].name, k);
                }
            }
        }
    }
}

static void the_latest_time_is_of_any_file(void **state)
{
    struct ny_ssmix2_file files[FILES_MAX];

    (void)state;
    files_of(3, 0, files);
    assert_true(ny_str_equals(ny_ssmix2_choose(files, patients[3].n), NY_S("5")));
    assert_int_equal(ny_ssmix2_choose(NULL, 0).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_has_seven_parts),
        cmocka_unit_test(other_names_are_refused),
        cmocka_unit_test(data_types_are_the_table),
        cmocka_unit_test(a_patient_lies_under_his_id),
        cmocka_unit_test(a_name_agrees_with_its_folders),
        cmocka_unit_test(the_right_files_are_sent),
        cmocka_unit_test(the_latest_time_is_of_any_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
