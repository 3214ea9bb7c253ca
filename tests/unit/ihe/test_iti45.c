/* ITI-45: what the answers say, who may ask, what is noted. Ids, codes and places as text. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/ihe_v3.h"

#include "support.h"
#include "v3_operation.h"

#define Q "/PRPA_IN201309UV02/controlActProcess/queryByParameter/parameterList/"

struct v3_bench {
    struct bench b;
    bool may_not_query;
    bool invalid;
    char said[ANSWER_MAX];
};

static void on_answer(void *ctx, ny_str xml)
{
    struct v3_bench *v = ctx;

    v->b.answers++;
    snprintf(v->b.answer, sizeof(v->b.answer), "%.*s", NY_ARG(xml));
}

static void say(struct v3_bench *v, const char *before, ny_str what)
{
    size_t n = strlen(v->said);

    snprintf(v->said + n, sizeof(v->said) - n, "%s%.*s", before, NY_ARG(what));
}

/* "AE AE 204 place 204 place", "AA OK root^id root^id" */
static const char *summary(struct v3_bench *v, struct ny_arena *a)
{
    const struct ny_xml_node *m = NULL;
    const struct ny_xml_node *ack;
    const struct ny_xml_node *act;
    const struct ny_xml_node *n;
    struct ny_error err;

    v->said[0] = '\0';
    assert_int_equal(ny_xml_parse(a, ny_str_from_c(v->b.answer), NY_STR_NONE, &m, &err), NY_OK);
    ack = ny_xml_child(m, NY_HL7V3_NS, "acknowledgement");
    act = ny_xml_child(m, NY_HL7V3_NS, "controlActProcess");
    say(v, "", ny_xml_attr(ny_xml_child(ack, NY_HL7V3_NS, "typeCode"), "code"));
    n = ny_xml_child(act, NY_HL7V3_NS, "queryAck");
    say(v, " ", ny_xml_attr(ny_xml_child(n, NY_HL7V3_NS, "queryResponseCode"), "code"));
    n = ny_xml_child(ack, NY_HL7V3_NS, "acknowledgementDetail");
    for (; n != NULL; n = ny_xml_again(n)) {
        say(v, " ", ny_xml_attr(ny_xml_child(n, NY_HL7V3_NS, "code"), "code"));
        say(v, " ", ny_xml_text(a, ny_xml_child(n, NY_HL7V3_NS, "location")));
    }
    n = ny_xml_child(act, NY_HL7V3_NS, "subject");
    n = ny_xml_child(n, NY_HL7V3_NS, "registrationEvent");
    n = ny_xml_child(ny_xml_child(n, NY_HL7V3_NS, "subject1"), NY_HL7V3_NS, "patient");
    for (n = ny_xml_child(n, NY_HL7V3_NS, "id"); n != NULL; n = ny_xml_again(n)) {
        say(v, " ", ny_xml_attr(n, "assigningAuthorityName"));
        say(v, "^", ny_xml_attr(n, "extension"));
    }
    return v->said;
}

/* Person 1: F01:1, F02:21 and F02:22. Person 2: F01:2 alone. */
static void people(struct v3_bench *v)
{
    *v = (struct v3_bench){.may_not_query = false};
    bench_open(&v->b, false);
    fake_identity(v->b.registry, 1, NY_S("1"), 0);
    fake_identity(v->b.registry, 2, NY_S("21"), 1);
    fake_identity(v->b.registry, 2, NY_S("22"), 1);
    fake_identity(v->b.registry, 1, NY_S("2"), 0);
}

static const char *ask(struct v3_bench *v, struct ny_arena *a, const char *parameters)
{
    struct ny_ihe_v3 x = {.arena = a,
                          .peer_addr = NY_S("127.0.0.1:1"),
                          .may_query = !v->may_not_query,
                          .speaker = {.is_local = true},
                          .invalid = v->invalid,
                          .strict = true,
                          .answer = on_answer,
                          .ctx = v};
    struct ny_error err;

    x.in = ny_arena_printf(a,
                           "<PRPA_IN201309UV02 xmlns='urn:hl7-org:v3'><id root='1.2' "
                           "extension='Q'/><interactionId extension='PRPA_IN201309UV02'/>"
                           "<processingCode code='P'/>"
                           "<controlActProcess><queryByParameter><queryId root='1.3'/>"
                           "<parameterList>%s</parameterList></queryByParameter>"
                           "</controlActProcess></PRPA_IN201309UV02>",
                           parameters);
    assert_int_equal(ny_xml_parse(a, x.in, NY_STR_NONE, &x.message, &err), NY_OK);
    x.operation = v3_operation(x.message);
    assert_non_null(x.operation);
    v->b.answers = 0;
    ny_ihe_v3_receive(v->b.ihe, &x);
    (void)fake_run(v->b.registry);
    assert_int_equal(v->b.answers, 1);
    return summary(v, a);
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
        struct v3_bench v;
        const char *said;

        people(&v);
        said = ask(&v, a, with_oids(v.b.registry, a, rows[i].parameters));
        if (strcmp(said, rows[i].said) != 0) {
            fail_msg("row %s: %s", rows[i].name, said);
        }
        assert_int_equal(v.b.registry->n_notes, 1);
        bench_close(&v.b);
        ny_arena_destroy(a);
    }
}

static void test_who_may_not_ask_learns_nothing(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct v3_bench v;

    (void)state;
    people(&v);
    v.may_not_query = true;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        assert_string_equal(ask(&v, a, with_oids(v.b.registry, a, rows[i].parameters)),
                            "AE AE NS260 ");
    }
    bench_close(&v.b);
    ny_arena_destroy(a);
}

static void test_what_the_schemas_do_not_allow_is_refused(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct v3_bench v;

    (void)state;
    people(&v);
    v.invalid = true;
    assert_string_equal(ask(&v, a, with_oids(v.b.registry, a, rows[0].parameters)),
                        "AE QE SYN113 ");
    bench_close(&v.b);
    ny_arena_destroy(a);
}

static void test_without_a_database_the_sender_is_told(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct v3_bench v;
    const char *question;

    (void)state;
    people(&v);
    question = with_oids(v.b.registry, a, rows[0].parameters);
    v.b.registry->not_ready = true;
    assert_string_equal(ask(&v, a, question), "AE AE INTERR ");
    v.b.registry->not_ready = false;
    v.b.registry->fail_resolve = NY_EDB;
    assert_string_equal(ask(&v, a, question), "AE AE INTERR ");
    v.b.registry->fail_resolve = NY_OK;
    v.b.registry->fail = NY_EDB; /* the audit row cannot be written: no answer about a patient */
    assert_string_equal(ask(&v, a, question), "AE AE INTERR ");
    bench_close(&v.b);
    ny_arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_who_may_not_ask_learns_nothing),
        cmocka_unit_test(test_what_the_schemas_do_not_allow_is_refused),
        cmocka_unit_test(test_without_a_database_the_sender_is_told),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
