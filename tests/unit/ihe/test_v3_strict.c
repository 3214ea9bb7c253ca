/* Strict and lenient senders of HL7 v3: what is odd in the form of a message changes nothing for
 * who is lenient, and is refused, with its place, from who is strict. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "v3_support.h"

enum { TEXT = 16384 };

#define SAID_BY_F01(kind, act) V3_MESSAGE(kind, "P", V3_AGENT("1.2.392.1"), act)

static const char feed[] = SAID_BY_F01(
    "201301UV02", "<subject typeCode='SUBJ'><registrationEvent classCode='REG' moodCode='EVN'>"
                  "<subject1 typeCode='SBJ'><patient classCode='PAT'>"
                  "<id root='1.2.392.1' extension='1'/><patientPerson classCode='PSN'>"
                  "<name use='IDE'><family>山田</family><given>太郎</given></name>"
                  "<birthTime value='19480405'/><asOtherIDs classCode='PAT'>"
                  "<id root='1.2.392.2' extension='7'/><scopingOrganization "
                  "classCode='ORG'/></asOtherIDs></patientPerson></patient></subject1>"
                  "</registrationEvent></subject>");
static const char pix[] = SAID_BY_F01(
    "201309UV02", "<queryByParameter><queryId root='1.3'/><parameterList><patientIdentifier>"
                  "<value root='1.2.392.1' extension='1'/></patientIdentifier>"
                  "</parameterList></queryByParameter>");
static const char pdq[] =
    SAID_BY_F01("201305UV02", "<queryByParameter><queryId root='1.3' extension='Q'/><parameterList>"
                              "<livingSubjectName><value><family>山田</family></value>"
                              "</livingSubjectName></parameterList></queryByParameter>");

#define FEED "/PRPA_IN201301UV02"
#define PATIENT FEED "/controlActProcess/subject/registrationEvent/subject1/patient"
#define PIX "/PRPA_IN201309UV02/controlActProcess/queryByParameter"
#define PDQ "/PRPA_IN201305UV02/controlActProcess/queryByParameter"

/* clang-format off */
static const struct {
    const char *name, *message, *from, *to;
    const char *place; /* of what is odd; NULL: nothing is */
} rows[] = {
    {"a feed", feed, "", "", NULL},
    {"no class of the device", feed, "<device classCode='DEV' determinerCode='INSTANCE'><id root='1.2.7'/>", "<device determinerCode='INSTANCE'><id root='1.2.7'/>", FEED "/sender/device"},
    {"no class of the patient", feed, "<patient classCode='PAT'>", "<patient>", PATIENT},
    {"no class of other ids", feed, "<asOtherIDs classCode='PAT'>", "<asOtherIDs>", PATIENT "/patientPerson/asOtherIDs"},
    {"the organisation's id as URN", feed, "<id root='1.2.392.1'/>", "<id root='urn:oid:1.2.392.1'/>", FEED "/sender/device/asAgent/representedOrganization/id"},
    {"the patient's id as URN", feed, "<id root='1.2.392.1' ext", "<id root='urn:oid:1.2.392.1' ext", PATIENT "/id"},
    {"a child without namespace", feed, "<birthTime ", "<birthTime xmlns='' ", PATIENT "/patientPerson/birthTime"},
    {"a tree without namespace", feed, "<controlActProcess ", "<controlActProcess xmlns='' ", FEED "/controlActProcess"},
    {"the sender without namespace", feed, "<sender ", "<sender xmlns='' ", FEED "/sender"},
    {"a PIX query", pix, "", "", NULL},
    {"its value as URN", pix, "<value root='1.2", "<value root='urn:oid:1.2", PIX "/parameterList/patientIdentifier/value"},
    {"its question without namespace", pix, "<queryByParameter>", "<queryByParameter xmlns=''>", PIX},
    {"a PDQ query", pdq, "", "", NULL},
    {"its parameters without one", pdq, "<parameterList>", "<parameterList xmlns=''>", PDQ "/parameterList"},
};
/* clang-format on */

static struct bench b;

/* The answer to a row's message; its first difference from the plain one is told away. */
static const char *send(size_t i)
{
    static char in[TEXT];
    const char *at = strstr(rows[i].message, rows[i].from);

    assert_non_null(at);
    snprintf(in, sizeof(in), "%.*s%s%s", (int)(at - rows[i].message), rows[i].message, rows[i].to,
             at + strlen(rows[i].from));
    b.registry->feed_text[0] = '\0';
    return v3_send(&b, ny_str_from_c(in));
}

static void test_lenient(void **state)
{
    char plain[FAKE_TEXT] = "";

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        const char *got = send(i);
        const char *did = rows[i].message == feed ? b.registry->feed_text : b.registry->search_text;

        if (strstr(got, rows[i].message == feed ? "code=\"CA\"" : "code=\"AA\"") == NULL) {
            fail_msg("%s: %s", rows[i].name, got);
        }
        did = strchr(did, '\n') != NULL ? strchr(did, '\n') : did; /* behind ids of the message */
        if (rows[i].place == NULL) {
            snprintf(plain, sizeof(plain), "%s", did);
        }
        assert_string_equal(did, plain);        /* the same is done */
        assert_null(strstr(got, "xmlns=\"\"")); /* and what is told is in the namespace */
    }
}

static void test_strict(void **state)
{
    (void)state;
    b.registry->sources[0].strict_v3 = true;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        const char *got = send(i);
        char place[TEXT];

        if (rows[i].place == NULL) {
            assert_null(strstr(got, "SYN113"));
            continue;
        }
        snprintf(place, sizeof(place), "<location>%s</location>", rows[i].place);
        if (strstr(got, "SYN113") == NULL || strstr(got, place) == NULL ||
            strstr(got, rows[i].message == feed ? "code=\"CE\"" : "code=\"AE\"") == NULL) {
            fail_msg("%s: %s", rows[i].name, got);
        }
        assert_string_equal(b.registry->feed_text, "");
    }
}

/* What the schemas say is refused from who is strict, and from all when the server is. */
static void test_schemas(void **state)
{
    static const struct {
        bool server, source, stored, refused;
    } cases[] = {
        {false, false, false, false},
        {true,  false, false, true },
        {false, true,  false, true },
        {false, true,  true,  false}, /* taken when the source was lenient */
    };

    (void)state;
    b.invalid = true;
    for (size_t i = 0; i < NY_ARRAY_LEN(cases); i++) {
        b.strict = cases[i].server;
        b.stored = cases[i].stored;
        b.registry->sources[0].strict_v3 = cases[i].source;
        assert_int_equal(strstr(send(0), "SYN113") != NULL, cases[i].refused);
    }
}

/* A second patient is not passed over because his element has no namespace. */
static void test_two_patients(void **state)
{
    static char in[TEXT];
    const char *subject = strstr(feed, "<subject ");
    const char *end = strstr(feed, "</controlActProcess>");

    (void)state;
    snprintf(in, sizeof(in), "%.*s<subject xmlns=''%.*s%s", (int)(end - feed), feed,
             (int)(end - subject - (ptrdiff_t)strlen("<subject")), subject + strlen("<subject"),
             end);
    b.registry->feed_text[0] = '\0';
    assert_non_null(strstr(v3_send(&b, ny_str_from_c(in)), "code=\"CE\""));
    assert_string_equal(b.registry->feed_text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(test_lenient, v3_open_one, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_strict, v3_open_one, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_schemas, v3_open_one, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_two_patients, v3_open_one, v3_close, &b),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
