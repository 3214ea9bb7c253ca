/* ITI-45: what the answers say, who may ask, what is noted. Ids, codes and places as text. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "v3_support.h"

#define Q "/PRPA_IN201309UV02/controlActProcess/queryByParameter/parameterList/"

static char said[ANSWER_MAX];

static void say(const char *before, ny_str what)
{
    size_t n = strlen(said);

    snprintf(said + n, sizeof(said) - n, "%s%.*s", before, NY_ARG(what));
}

/* "AE AE 204 place 204 place", "AA OK root^id root^id" */
static const char *summary(const char *answer, struct ny_arena *a)
{
    const struct ny_xml_node *m = NULL;
    const struct ny_xml_node *ack;
    const struct ny_xml_node *act;
    const struct ny_xml_node *n;
    struct ny_error err;

    said[0] = '\0';
    assert_int_equal(ny_xml_parse(a, ny_str_from_c(answer), NY_STR_NONE, &m, &err), NY_OK);
    ack = ny_xml_child(m, NY_HL7V3_NS, "acknowledgement");
    act = ny_xml_child(m, NY_HL7V3_NS, "controlActProcess");
    say("", ny_xml_attr(ny_xml_child(ack, NY_HL7V3_NS, "typeCode"), "code"));
    n = ny_xml_child(act, NY_HL7V3_NS, "queryAck");
    say(" ", ny_xml_attr(ny_xml_child(n, NY_HL7V3_NS, "queryResponseCode"), "code"));
    n = ny_xml_child(ack, NY_HL7V3_NS, "acknowledgementDetail");
    for (; n != NULL; n = ny_xml_again(n)) {
        say(" ", ny_xml_attr(ny_xml_child(n, NY_HL7V3_NS, "code"), "code"));
        say(" ", ny_xml_text(a, ny_xml_child(n, NY_HL7V3_NS, "location")));
    }
    n = ny_xml_child(act, NY_HL7V3_NS, "subject");
    n = ny_xml_child(n, NY_HL7V3_NS, "registrationEvent");
    n = ny_xml_child(ny_xml_child(n, NY_HL7V3_NS, "subject1"), NY_HL7V3_NS, "patient");
    for (n = ny_xml_child(n, NY_HL7V3_NS, "id"); n != NULL; n = ny_xml_again(n)) {
        say(" ", ny_xml_attr(n, "assigningAuthorityName"));
        say("^", ny_xml_attr(n, "extension"));
    }
    return said;
}

/* Person 1: F01:1, F02:21 and F02:22. Person 2: F01:2 alone. F01 asks. */
static void people(struct bench *b)
{
    bench_open(b, false);
    b->strict = true;
    fake_identity(b->registry, 1, NY_S("1"), 0);
    fake_identity(b->registry, 2, NY_S("21"), 1);
    fake_identity(b->registry, 2, NY_S("22"), 1);
    fake_identity(b->registry, 1, NY_S("2"), 0);
}

static const char *ask(struct bench *b, struct ny_arena *a, const char *parameters)
{
    const char *answer =
        v3_send(b, ny_arena_printf(a,
                                   "<PRPA_IN201309UV02 xmlns='urn:hl7-org:v3'><id root='1.2' "
                                   "extension='Q'/><interactionId extension='PRPA_IN201309UV02'/>"
                                   "<processingCode code='P'/><sender><device>"
                                   "<id root='1.2.392.1'/></device></sender>"
                                   "<controlActProcess><queryByParameter><queryId root='1.3'/>"
                                   "<parameterList>%s</parameterList></queryByParameter>"
                                   "</controlActProcess></PRPA_IN201309UV02>",
                                   parameters));

    return summary(answer, a);
}

/* Roots are written as namespaces here. */
#define WHO(root, id)                                                                              \
    "<patientIdentifier><value root='" root "' extension='" id "'/></patientIdentifier>"
#define FROM(root) "<dataSource><value root='" root "'/></dataSource>"

/* clang-format off */
static const struct {
    const char *name, *parameters, *said;
} rows[] = {
    {"all", WHO("F01", "1"), "AA OK F02^21 F02^22 REG^R0001"},
    {"one domain", FROM("F02") WHO("F01", "1"), "AA OK F02^21 F02^22"},
    {"its own domain: others, never itself", FROM("F02") WHO("F02", "21"), "AA OK F02^22"},
    {"nothing there", FROM("F02") WHO("F01", "2"), "AA NF"},
    {"a source that asks for nothing", "<dataSource><value nullFlavor='NA'/></dataSource>" WHO("F01", "2"), "AA OK REG^R0002"},
    {"unknown id", FROM("9.9") WHO("F01", "9"), "AE AE 204 " Q "patientIdentifier/value"},
    {"unknown root", FROM("9.9") WHO("9.9", "1"), "AE AE 204 " Q "patientIdentifier/value"},
    {"unknown sources", FROM("9.9") FROM("F02") FROM("9.8") WHO("F01", "1"),
     "AE AE 204 " Q "dataSource[1]/value 204 " Q "dataSource[3]/value"},
    {"no value", "<patientIdentifier/>", "AE QE SYN105 " Q "patientIdentifier"},
    {"nobody", "", "AE QE SYN105 "},
    {"nullFlavor", "<patientIdentifier><value nullFlavor='UNK' root='F01' extension='1'/></patientIdentifier>",
     "AE QE SYN105 " Q "patientIdentifier/value"},
    {"two", WHO("F01", "1") WHO("F01", "2"), "AE QE SYN102 " Q "patientIdentifier[2]"},
};
/* clang-format on */

/* Namespaces of the table become the OIDs that the fake registry gave them. */
static const char *with_oids(const struct ny_registry *r, struct ny_arena *a, const char *in)
{
    struct ny_buf b;

    ny_buf_init(&b, a);
    ny_buf_add(&b, NY_S(""));
    while (*in != '\0') {
        const struct ny_domain *found = NULL;

        for (size_t i = 0; i < r->n_domains && strncmp(in, "root='", 6) == 0; i++) {
            if (ny_str_starts_with(ny_str_from_c(in + 6), r->domains[i].ns)) {
                found = &r->domains[i];
            }
        }
        if (found != NULL) {
            ny_buf_printf(&b, "root='%.*s", NY_ARG(found->oid));
            in += 6 + found->ns.n;
        } else {
            ny_buf_add_char(&b, *in++);
        }
    }
    return b.p;
}

static void test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_arena *a = ny_arena_create(0);
        struct bench b;
        const char *got;

        people(&b);
        got = ask(&b, a, with_oids(b.registry, a, rows[i].parameters));
        if (strcmp(got, rows[i].said) != 0) {
            fail_msg("row %s: %s", rows[i].name, got);
        }
        assert_int_equal(b.registry->n_notes, 1);
        bench_close(&b);
        ny_arena_destroy(a);
    }
}

static void test_who_may_not_ask_learns_nothing(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct bench b;

    (void)state;
    people(&b);
    b.may_not_query = true;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        assert_string_equal(ask(&b, a, with_oids(b.registry, a, rows[i].parameters)),
                            "AE AE NS260 /PRPA_IN201309UV02/sender");
    }
    bench_close(&b);
    ny_arena_destroy(a);
}

static void test_what_the_schemas_do_not_allow_is_refused(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct bench b;

    (void)state;
    people(&b);
    b.invalid = true;
    assert_string_equal(ask(&b, a, with_oids(b.registry, a, rows[0].parameters)), "AE QE SYN113 ");
    bench_close(&b);
    ny_arena_destroy(a);
}

static void test_without_a_database_the_sender_is_told(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct bench b;
    const char *question;

    (void)state;
    people(&b);
    question = with_oids(b.registry, a, rows[0].parameters);
    b.registry->not_ready = true;
    assert_string_equal(ask(&b, a, question), "AE AE INTERR ");
    b.registry->not_ready = false;
    b.registry->fail_resolve = NY_EDB;
    assert_string_equal(ask(&b, a, question), "AE AE INTERR ");
    b.registry->fail_resolve = NY_OK;
    b.registry->fail = NY_EDB; /* the audit row cannot be written: no answer about a patient */
    assert_string_equal(ask(&b, a, question), "AE AE INTERR ");
    bench_close(&b);
    ny_arena_destroy(a);
}

/* Only who may know them is told names; without them there is no answer for him. */
static void test_names(void **state)
{
    static const struct {
        bool setting;
        ny_rc fail;
        const char *row, *said, *name; /* row: of rows */
    } cases[] = {
        {false, NY_OK,  "all",           "AA OK F02^21 F02^22 REG^R0001", "<name nullFlavor=\"NA\"/>"},
        {true,  NY_OK,  "all",           "AA OK F02^21 F02^22 REG^R0001", "<family>山田</family>"  },
        {true,  NY_EDB, "nothing there", "AA NF",                         NULL                       },
        {true,  NY_OK,  "unknown id",    NULL,                            NULL                       },
        {true,  NY_EDB, "all",           "AE AE INTERR ",                 NULL                       },
        {false, NY_EDB, "all",           "AA OK F02^21 F02^22 REG^R0001", "<name nullFlavor=\"NA\"/>"},
    };
    struct ny_arena *a = ny_arena_create(0);
    struct bench b;

    (void)state;
    people(&b);
    for (size_t i = 0; i < NY_ARRAY_LEN(cases); i++) {
        size_t row = 0;
        const char *got;

        while (strcmp(rows[row].name, cases[i].row) != 0) {
            row++;
        }
        b.registry->sources[0].pix_names = cases[i].setting;
        b.registry->fail_read = cases[i].fail;
        got = ask(&b, a, with_oids(b.registry, a, rows[row].parameters));
        assert_string_equal(got, cases[i].said != NULL ? cases[i].said : rows[row].said);
        assert_int_equal(strstr(b.answer, "<name") != NULL, cases[i].name != NULL);
        assert_true(cases[i].name == NULL || strstr(b.answer, cases[i].name) != NULL);
    }
    bench_close(&b);
    ny_arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_who_may_not_ask_learns_nothing),
        cmocka_unit_test(test_what_the_schemas_do_not_allow_is_refused),
        cmocka_unit_test(test_without_a_database_the_sender_is_told),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
