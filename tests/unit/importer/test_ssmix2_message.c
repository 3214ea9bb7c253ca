/* The message that is made of a file: what changes, what stays, what is refused. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/hl7v2.h"
#include "nayose/importer.h"

#define MSH(event)                                                                                 \
    "MSH|^~\\&|HIS123|SEND|GW|RCV|20111220224447.3399||" event "|77|P|2.5||||||~ISO IR87"
#define PID "PID|0001||9999013||\x1B$B\x30\x7C\x1B(B^\x1B$B\x30\x5E\x1B(B^^^^^L^I||19480405|M"
#define NEW(event, id)                                                                             \
    "MSH|^~\\&|HIS|F01|GW|RCV|20111220224447.3399||" event "|" id "|P|2.5||||||~ISO IR87"
#define BASIC "20111220224447339-9999013-ADT-00"
#define GONE "20120101000000123-9999013-deleted"
#define VISIT "20111220224447339-9999013-ADT-22"

static struct ny_arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = ny_arena_create(0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ny_arena_destroy(arena);
    return 0;
}

static const struct {
    const char *name, *type;
    enum ny_ssmix2_act act;
    const char *in;
    enum ny_ssmix2_fault fault;
    const char *out;
} cases[] = {
    {"basic data keep everything else",       "ADT-00",                    NY_SSMIX2_SEND,
     MSH("ADT^A08^ADT_A01") "\rEVN||201112202100\r" PID "\rIN1|1|67\r",NY_SSMIX2_FINE,
     NEW("ADT^A08^ADT_A01",BASIC) "\rEVN||201112202100\r" PID "\rIN1|1|67"},
    {"LF at the end of segments",                                       "ADT-00",                                        NY_SSMIX2_SEND,MSH("ADT^A08") "\nEVN||2011\n" PID "\n",
     NY_SSMIX2_FINE,NEW("ADT^A08",BASIC) "\rEVN||2011\n" PID},
    {"of a visit only the id counts",             "ADT-22",                                        NY_SSMIX2_SEND,
     MSH("ADT^A01^ADT_A01") "\rEVN||2011\r" PID "\rPV1|1|I\r",NY_SSMIX2_FINE,
     NEW("ADT^A01^ADT_A01",VISIT) "\rEVN||2011\rPID|1||9999013\rPV1|1|I"},
    {"a withdrawal says whom and when",                   "ADT-00", NY_SSMIX2_WITHDRAW,
     MSH("ADT^A08^ADT_A01") "\rEVN||201112202100\r" PID "\rIN1|1|67\r",NY_SSMIX2_FINE,
     NEW("ADT^A23^ADT_A21",GONE) "\rEVN||20120101000000.123\rPID|1||9999013\r"},
    {"a deleted file may be an A23 itself",                         "ADT-00",                                                NY_SSMIX2_WITHDRAW,
     MSH("ADT^A23") "\rEVN||2011\r" PID "\r",NY_SSMIX2_FINE,
     NEW("ADT^A23^ADT_A21",GONE) "\rEVN||20120101000000.123\rPID|1||9999013\r"},
    {"a type and an authority of the id stay", "ADT-22",              NY_SSMIX2_SEND,
     MSH("ADT^A01") "\rEVN||2011\rPID|1|x|1^^^B~9999013^^^A^PI||N\r",NY_SSMIX2_FINE,
     NEW("ADT^A01",VISIT) "\rEVN||2011\rPID|1||1^^^B~9999013^^^A^PI\r"},
    {"kanji in the header",                         "ADT-00",      NY_SSMIX2_SEND,
     "MSH|^~\\&|\x1B$B\x30\x7C\x1B(B|\x1B$B\x30\x7C\x1B(B|G|R|2011||ADT^A08|1|P|2.5||||||~ISO "
     "IR87\r" PID,
     NY_SSMIX2_FINE,"MSH|^~\\&|HIS|F01|G|R|2011||ADT^A08|" BASIC "|P|2.5||||||~ISO IR87\r" PID},
    {"another patient's",       "ADT-00",               NY_SSMIX2_SEND,
     MSH("ADT^A08") "\rEVN||2011\rPID|||9999014||N\r",NY_SSMIX2_PATIENT,NULL},
    {"zeros count",                         "ADT-00",                        NY_SSMIX2_SEND,MSH("ADT^A08") "\rEVN||2011\rPID|||09999013||N\r",
     NY_SSMIX2_PATIENT,                      NULL              },
    {"a deleted one of another patient",       "ADT-00",NY_SSMIX2_WITHDRAW,
     MSH("ADT^A08") "\rEVN||2011\rPID|||9999014||N\r",NY_SSMIX2_PATIENT,NULL},
    {"no PID",                         "ADT-00",                                      NY_SSMIX2_SEND,MSH("ADT^A08") "\rEVN||2011\r",NY_SSMIX2_PATIENT,                                                      NULL                                                                                                                        },
    {"PID without PID-3",       "ADT-22",NY_SSMIX2_SEND,MSH("ADT^A01") "\rPID|1\r",
     NY_SSMIX2_NO_MESSAGE,NULL},
    {"a visit's event in the basic data",                         "ADT-00",                                                        NY_SSMIX2_SEND,                       MSH("ADT^A01") "\r" PID "\r",
     NY_SSMIX2_EVENT,                                                                  NULL                                                                                                                                                                                                                                                                                             },
    {"a withdrawal that is current",       "ADT-00",NY_SSMIX2_SEND,MSH("ADT^A23") "\r" PID "\r",
     NY_SSMIX2_EVENT,NULL},
    {"a merge",                         "ADT-00",                                                                          NY_SSMIX2_SEND,                                                                                                                                    MSH("ADT^A40") "\r" PID "\rMRG|8\r",NY_SSMIX2_EVENT,
     NULL                                                                                                                                                                                                                                                                                                                                                                                                                                                             },
    {"a merge that is deleted",       "ADT-00",NY_SSMIX2_WITHDRAW,MSH("ADT^A40") "\r" PID "\rMRG|8\r",
     NY_SSMIX2_EVENT,NULL},
    {"not ADT",                         "ADT-22",                                                                                        NY_SSMIX2_SEND,                                                                                                                                                                                                                                                                                 MSH("RAS^A01") "\r" PID "\r",NY_SSMIX2_EVENT,NULL                                                                                                                                                                                                                                                                                                                                                                                                                                                         },
    {"a visit's cancel",       "ADT-22",NY_SSMIX2_SEND,MSH("ADT^A11") "\r" PID "\r",NY_SSMIX2_FINE,
     NEW("ADT^A11",VISIT) "\rPID|1||9999013\r"},
    {"a second message",                         "ADT-00",                                                                                                          NY_SSMIX2_SEND,
     MSH("ADT^A08") "\r" PID "\r" MSH("ADT^A08") "\r" PID "\r",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                            NY_SSMIX2_NO_MESSAGE,NULL                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                             },
    {"text before it",                      "ADT-00",                 NY_SSMIX2_SEND,"x\r" MSH("ADT^A08") "\r" PID "\r",
     NY_SSMIX2_NO_MESSAGE,NULL},
    {"a short header",                        "ADT-00",                      NY_SSMIX2_SEND,"MSH|^~\\&|A|B|C|D|E||ADT^A08|1\r" PID "\r",
     NY_SSMIX2_NO_MESSAGE,NULL                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                             },
    {"other separators",                        "ADT-00",                    NY_SSMIX2_SEND,
     "MSH$^~\\&$A$B$C$D$E$$ADT^A08$1$P$2.5\rPID$$$9999013\r",NY_SSMIX2_NO_MESSAGE,NULL},
    {"nothing",                      "ADT-00",                  NY_SSMIX2_SEND,"",NY_SSMIX2_NO_MESSAGE,                         NULL                            },
};

static enum ny_ssmix2_fault make(const char *type, enum ny_ssmix2_act act, const char *in,
                                 const struct ny_ssmix2_sender *sender, ny_str *out)
{
    struct ny_ssmix2_file f = {.type = ny_ssmix2_type_find(ny_str_from_c(type)), .act = act};

    f.name.patient = NY_S("9999013");
    f.name.type = ny_str_from_c(type);
    f.name.at = NY_S("20111220224447339");
    f.name.flag = act == NY_SSMIX2_SEND ? NY_SSMIX2_CURRENT : NY_SSMIX2_DELETED;
    return ny_ssmix2_message(arena, ny_str_from_c(in), sender, &f, NY_S("20120101000000123"), out);
}

static void messages_are_made_or_refused(void **state)
{
    const struct ny_ssmix2_sender sender = {.application = NY_S("HIS"), .facility = NY_S("F01")};

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(cases); i++) {
        ny_str out = NY_STR_NONE;
        enum ny_ssmix2_fault fault = make(cases[i].type, cases[i].act, cases[i].in, &sender, &out);

        if (fault != cases[i].fault) {
            fail_msg("%s: %s", cases[i].name, ny_ssmix2_fault_name(fault));
        }
        if (!ny_str_equals(out, ny_str_from_c(cases[i].out))) {
            fail_msg("%s: %.*s", cases[i].name, NY_ARG(out));
        }
    }
}

static void an_application_that_is_not_fixed_stays(void **state)
{
    const struct ny_ssmix2_sender sender = {.facility = NY_S("F01")};
    ny_str out;

    (void)state;
    assert_int_equal(make("ADT-00", NY_SSMIX2_SEND, MSH("ADT^A08") "\r" PID "\r", &sender, &out),
                     NY_SSMIX2_FINE);
    assert_true(ny_str_starts_with(out, NY_S("MSH|^~\\&|HIS123|F01|GW|RCV|")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_made_or_refused),
        cmocka_unit_test(an_application_that_is_not_fixed_stays),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
