/* ITI-46: what the answers of a consumer of HL7 v3 mean. What it is told: test_v3_golden.c. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/ihe_v3.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
