/* Envelopes read and written, addressing, faults; the WSDL. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/hl7v3_soap.h"

#define ENV "http://www.w3.org/2003/05/soap-envelope"
#define WSA "http://www.w3.org/2005/08/addressing"
#define OPEN "<e:Envelope xmlns:e='" ENV "' xmlns:a='" WSA "'>"
#define BODY "<e:Body><x xmlns='urn:x'/></e:Body></e:Envelope>"
#define HEAD(in) OPEN "<e:Header>" in "</e:Header>" BODY
#define WSSE "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
#define SECURITY "<w:Security e:mustUnderstand='1' xmlns:w='" WSSE "'/>"
#define REPLY(to) HEAD("<a:ReplyTo><a:Address>" to "</a:Address></a:ReplyTo>")

/* clang-format off */
static const struct {
    const char *name, *in;
    bool ignore_security;
    enum ny_soap_fault fault;
} rows[] = {
    {"plain",              OPEN BODY,                                                                  false, NY_SOAP_FINE          },
    {"empty header",       HEAD(""),                                                                   false, NY_SOAP_FINE          },
    {"SOAP 1.1",           "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'/>",            false,
     NY_SOAP_VERSION                                                                                                                },
    {"no envelope",        "<x/>",                                                                     false, NY_SOAP_NO_ENVELOPE   },
    {"no body",            OPEN "</e:Envelope>",                                                       false, NY_SOAP_NO_ENVELOPE   },
    {"empty body",         OPEN "<e:Body/></e:Envelope>",                                              false, NY_SOAP_NO_ENVELOPE   },
    {"two in the body",    OPEN "<e:Body><x/><y/></e:Body></e:Envelope>",                              false, NY_SOAP_NO_ENVELOPE   },
    {"malformed",          OPEN,                                                                       false, NY_SOAP_MALFORMED     },
    {"DOCTYPE",            "<!DOCTYPE x>" OPEN BODY,                                                   false, NY_SOAP_DOCTYPE       },
    {"security",           HEAD(SECURITY),                                                             false, NY_SOAP_NOT_UNDERSTOOD},
    {"security ignored",   HEAD(SECURITY),                                                             true,  NY_SOAP_FINE          },
    {"unknown",            HEAD("<h xmlns='urn:h' e:mustUnderstand=' true '/>"),                       true,  NY_SOAP_NOT_UNDERSTOOD},
    {"unknown, need not",  HEAD("<h xmlns='urn:h' e:mustUnderstand='false'/>"),                        false, NY_SOAP_FINE          },
    {"unknown, next",      HEAD("<h xmlns='urn:h' e:mustUnderstand='1' e:role='" ENV "/role/next'/>"),
     false,                                                                                                   NY_SOAP_NOT_UNDERSTOOD},
    {"unknown, another's", HEAD("<h xmlns='urn:h' e:mustUnderstand='1' e:role='urn:r'/>"),             false,
     NY_SOAP_FINE                                                                                                                   },
    {"id twice",           HEAD("<a:MessageID>1</a:MessageID><a:MessageID>1</a:MessageID>"),           false,
     NY_SOAP_HEADER_TWICE                                                                                                           },
    {"reply here",         REPLY(" " WSA "/anonymous "),                                               false, NY_SOAP_FINE          },
    {"reply there",        REPLY("http://a/"),                                                         false, NY_SOAP_REPLY_TO      },
};
/* clang-format on */

static void test_envelopes(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_arena *a = ny_arena_create(0);
        struct ny_soap_message m;
        enum ny_soap_fault f =
            ny_soap_read(a, ny_str_from_c(rows[i].in), NY_STR_NONE, rows[i].ignore_security, &m);

        if (f != rows[i].fault) {
            fail_msg("row %s: %s", rows[i].name, ny_soap_fault_name(f));
        }
        if (f == NY_SOAP_FINE && !ny_xml_is(m.payload, NY_S("urn:x"), "x")) {
            fail_msg("row %s: payload", rows[i].name);
        }
        ny_arena_destroy(a);
    }
}

/* The answer to a question, as text. */
static const char *answer(struct ny_arena *a, ny_str question, struct ny_soap_message *m)
{
    ny_str out = NY_STR_NONE;

    assert_int_equal(ny_soap_read(a, question, NY_STR_NONE, false, m), NY_SOAP_FINE);
    assert_int_equal(
        ny_soap_answer_write(a, m, NY_S("urn:a"), NY_S("urn:uuid:2"), NY_S("<y/>"), &out), NY_OK);
    return out.p;
}

static void test_an_answer_is_addressed_like_its_question(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_soap_message m;
    const char *out = answer(a, NY_S(OPEN BODY), &m);

    (void)state;
    assert_null(strstr(out, "urn:a"));
    assert_non_null(strstr(out, "<env:Body><y/></env:Body></env:Envelope>"));
    out = answer(a,
                 NY_S(HEAD("<a:Action>\n urn:q </a:Action><a:MessageID>1&amp;2</a:MessageID>"
                           "<a:ReplyTo><a:Address>" WSA "/none</a:Address></a:ReplyTo>")),
                 &m);
    assert_true(ny_str_equals(m.action, NY_S("urn:q")));
    assert_true(m.no_reply);
    assert_non_null(strstr(out, "<wsa:Action env:mustUnderstand=\"1\">urn:a</wsa:Action>"
                                "<wsa:MessageID>urn:uuid:2</wsa:MessageID>"
                                "<wsa:RelatesTo>1&amp;2</wsa:RelatesTo>"));
    ny_arena_destroy(a);
}

/* Each can be written, is well-formed and names its codes. */
static void test_faults(void **state)
{
    (void)state;
    for (int f = NY_SOAP_FINE + 1; f < NY_SOAP_FAULT_COUNT; f++) {
        struct ny_arena *a = ny_arena_create(0);
        const struct ny_soap_message m = {.addressed = true, .action = NY_S("urn:<q>")};
        const struct ny_xml_node *root = NULL;
        const struct ny_xml_node *fault;
        struct ny_error err;
        ny_str out;

        assert_int_equal(ny_soap_fault_write(a, &m, (enum ny_soap_fault)f, NY_S("urn:1"), &out),
                         NY_OK);
        assert_int_equal(ny_xml_parse(a, out, NY_STR_NONE, &root, &err), NY_OK);
        fault = ny_xml_child(ny_xml_child(root, NY_S(ENV), "Body"), NY_S(ENV), "Fault");
        assert_non_null(ny_xml_child(ny_xml_child(fault, NY_S(ENV), "Code"), NY_S(ENV), "Value"));
        assert_non_null(ny_xml_child(ny_xml_child(root, NY_S(ENV), "Header"), NY_S(WSA), "Action"));
        ny_arena_destroy(a);
    }
}

/* What of the addressing is the problem is told, by its name. */
static void test_which_header_is_wrong(void **state)
{
    static const struct {
        const char *headers, *detail;
    } cases[] = {
        {"<a:Action>q</a:Action><a:To>1</a:To><a:To>2</a:To>",                                "wsa:To"     },
        {"<a:Action>q</a:Action><a:Action>q</a:Action>",                                      "wsa:Action" },
        {"<a:ReplyTo><a:Address>http://a/</a:Address></a:ReplyTo>",                           "wsa:ReplyTo"},
        {"<a:MessageID>1</a:MessageID><a:MessageID>1</a:MessageID><h e:mustUnderstand='1'/>", NULL         },
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(cases); i++) {
        struct ny_arena *a = ny_arena_create(0);
        ny_str in = ny_arena_printf(a, OPEN "<e:Header>%s</e:Header>" BODY, cases[i].headers);
        struct ny_soap_message m;
        enum ny_soap_fault f = ny_soap_read(a, in, NY_STR_NONE, false, &m);
        ny_str out = NY_STR_NONE;
        ny_str detail;

        assert_int_not_equal(f, NY_SOAP_FINE);
        assert_int_equal(ny_soap_fault_write(a, &m, f, NY_S("urn:1"), &out), NY_OK);
        detail = ny_arena_printf(a,
                                 "<env:Detail><wsa:ProblemHeaderQName>%s</wsa:ProblemHeaderQName>"
                                 "</env:Detail>",
                                 cases[i].detail != NULL ? cases[i].detail : "");
        assert_int_equal(strstr(out.p, detail.p) != NULL, cases[i].detail != NULL);
        assert_int_equal(strstr(out.p, "<env:Detail>") != NULL, cases[i].detail != NULL);
        ny_arena_destroy(a);
    }
}

static void test_wsdl(void **state)
{
    static const struct ny_soap_operation operations[] = {
        {"A_1", "R1",         "S",   "urn:r1", "urn:s"},
        {"A_2", "R2",         "S",   "urn:r2", "urn:s"},
        {"A_3", "Q_3_Cancel", "Q_3", "urn:r3", "urn:s"}, /* both are in the schema Q_3 */
    };
    static const struct ny_soap_service service = {"A", "urn:space", "/a", operations, 3};
    struct ny_arena *a = ny_arena_create(0);
    const struct ny_xml_node *root = NULL;
    struct ny_error err;
    ny_str out;

    (void)state;
    assert_int_equal(ny_soap_wsdl_write(a, &service, NY_S("http://h"), NY_STR_NONE, &out), NY_OK);
    assert_int_equal(ny_xml_parse(a, out, NY_STR_NONE, &root, &err), NY_OK);
    assert_non_null(strstr(out.p, "<xsd:element name=\"R2\" type=\"xsd:anyType\"/>"));
    assert_non_null(strstr(out.p, "location=\"http://h/a\""));
    assert_null(strstr(strstr(out.p, "element name=\"S\"") + 1, "element name=\"S\""));
    assert_int_equal(ny_soap_wsdl_write(a, &service, NY_S("http://h"), NY_S("http://h/s"), &out),
                     NY_OK);
    assert_non_null(strstr(out.p, "schemaLocation=\"http://h/s/multicacheschemas/R1.xsd\""));
    assert_non_null(strstr(out.p, "/multicacheschemas/Q_3.xsd\"/>\n</xsd:schema>"));
    assert_null(strstr(out.p, "Q_3_Cancel.xsd"));
    assert_null(strstr(out.p, "anyType"));
    assert_int_equal(ny_soap_wsdl_write(a, &service, NY_S("http://h/?a&b\"<"), NY_S("x&y"), &out),
                     NY_OK);
    assert_int_equal(ny_xml_parse(a, out, NY_STR_NONE, &root, &err), NY_OK);
    assert_non_null(strstr(out.p, "location=\"http://h/?a&amp;b&quot;&lt;/a\""));
    assert_non_null(strstr(out.p, "schemaLocation=\"x&amp;y/multicacheschemas/R1.xsd\""));
    ny_arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_envelopes),
        cmocka_unit_test(test_an_answer_is_addressed_like_its_question),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_which_header_is_wrong),
        cmocka_unit_test(test_wsdl),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
