/* ITI-46: what a consumer of HL7 v3 is told, and what its answers mean. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/ihe_v3.h"
#include "nayose/registry_notices.h"

#include "support.h"

/* The message in an envelope; clang-format off: rows of joined literals. */
/* clang-format off */
#define ENVELOPE(body) "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'><e:Body>" body "</e:Body></e:Envelope>"
#define ACK(code, id) ENVELOPE("<MCCI_IN000002UV01 xmlns='urn:hl7-org:v3'><acknowledgement><typeCode code='" code "'/>" \
                               "<targetMessage><id root='1.2' extension='" id "'/></targetMessage></acknowledgement></MCCI_IN000002UV01>")
#define FAULT(code) ENVELOPE("<e:Fault><e:Code><e:Value>" code "</e:Value></e:Code></e:Fault>")

static const struct {
    const char *name, *answer;
    enum ny_ihe_answer expected;
    const char *code;
} rows[] = {
    {"taken", ACK("CA", "N42"), NY_IHE_ANSWER_TAKEN, "CA"},
    {"taken, as an application would say it", ACK("AA", "N42"), NY_IHE_ANSWER_TAKEN, "AA"},
    {"refused", ACK("CE", "N42"), NY_IHE_ANSWER_REFUSED, "CE"},
    {"rejected", ACK("CR", "N42"), NY_IHE_ANSWER_REFUSED, "CR"},
    {"of another message", ACK("CA", "N4"), NY_IHE_ANSWER_OTHER, "CA"},
    {"a word that is none", ACK("Sender", "N43"), NY_IHE_ANSWER_OTHER, "Sender"},
    {"the message is at fault", FAULT("e:Sender"), NY_IHE_ANSWER_REFUSED, "Sender"},
    {"a header is not understood", FAULT(" e:MustUnderstand\n"), NY_IHE_ANSWER_REFUSED, "MustUnderstand"},
    {"the consumer is at fault", FAULT("e:Receiver"), NY_IHE_ANSWER_OTHER, "Receiver"},
    {"a code of another namespace", FAULT("Sender"), NY_IHE_ANSWER_OTHER, ""},
    {"a code without namespace", FAULT("x:Sender"), NY_IHE_ANSWER_OTHER, ""},
    {"something else", ENVELOPE("<Sender/>"), NY_IHE_ANSWER_OTHER, ""},
    {"no XML", "HTTP/1.1 400 Bad Request\r\n", NY_IHE_ANSWER_OTHER, ""},
};
/* clang-format on */

static void test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_arena *a = ny_arena_create(0);
        ny_str code;
        enum ny_ihe_answer got =
            ny_ihe_v3_notice_answer(a, ny_str_from_c(rows[i].answer), 42, &code);

        if (got != rows[i].expected || !ny_str_equals(code, ny_str_from_c(rows[i].code))) {
            fail_msg("%s: %d \"%.*s\"", rows[i].name, (int)got, NY_ARG(code));
        }
        ny_arena_destroy(a);
    }
}

static void test_message(void **state)
{
    struct bench b;
    struct ny_arena *a = ny_arena_create(0);
    struct ny_soap_message m;
    const struct ny_xml_node *n;
    ny_str out;

    (void)state;
    bench_open(&b, false);
    {
        struct ny_known_id ids[] = {
            {&b.registry->domains[0], NY_S("1")  },
            {&b.registry->domains[1], NY_S("<2>")}
        };
        const struct ny_notice notice = {.seq = 42, .ids = ids, .n_ids = NY_ARRAY_LEN(ids)};

        assert_int_equal(ny_ihe_v3_notice_write(b.ihe, a, &notice, NY_S("2.999.5"), NY_S("2.999.6"),
                                                NY_S("https://h/p?a&b"), 0, &out),
                         NY_OK);
    }
    assert_int_equal(ny_soap_read(a, out, NY_STR_NONE, false, &m), NY_SOAP_FINE);
    assert_true(ny_str_equals(m.action, NY_S("urn:hl7-org:v3:PRPA_IN201302UV02")));
    assert_true(ny_str_ends_with(m.message_id, NY_S(".42")));
    n = ny_xml_child(m.payload, NY_HL7V3_NS, "id");
    assert_true(ny_str_equals(ny_xml_attr(n, "extension"), NY_S("N42")));
    assert_non_null(strstr(out.p, "extension=\"&lt;2&gt;\" assigningAuthorityName=\"F02\"/>"));
    assert_non_null(strstr(out.p, "<wsa:To>https://h/p?a&amp;b</wsa:To>"));
    assert_non_null(strstr(out.p, "root=\"2.999.5\""));
    assert_non_null(strstr(out.p, "root=\"2.999.6\""));
    ny_arena_destroy(a);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
