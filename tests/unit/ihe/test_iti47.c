/* Demographics queries in HL7 v3: what is searched for, and what is told. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "v3_support.h"

enum { TEXT = 16384 };

static struct bench b;

static const char *ask(const char *before, const char *parameters)
{
    char in[TEXT];

    snprintf(in, sizeof(in),
             V3_MESSAGE("201305UV02", "P", "",
                        "<code code='PRPA_TE201305UV02'/><queryByParameter><queryId root='1.2.7' "
                        "extension='Q1'/><statusCode code='new'/>%s<parameterList>%s"
                        "</parameterList></queryByParameter>"),
             before, parameters);
    return v3_send(&b, ny_str_from_c(in));
}

#define ANYBODY "<livingSubjectName><value>A</value></livingSubjectName>"
#define DEGREE(value)                                                                              \
    "<matchCriterionList><minimumDegreeMatch><value value='" value                                 \
    "'/></minimumDegreeMatch></matchCriterionList>"

#define BORN(interval)                                                                             \
    "<livingSubjectBirthTime><value>" interval "</value></livingSubjectBirthTime>"
#define WIDTH(n, unit) "<width value='" n "' unit='" unit "'/>"

/* The same question as in v2. Unformatted: rows of joined literals. */
/* clang-format off */
static const struct {
    const char *name, *parameters, *qpd; /* QPD-3 and on */
} rows[] = {
    {"name", "<livingSubjectName><value><family>山田</family><given>太郎</given></value><semanticsText/></livingSubjectName>",
     "@PID.5.1^山田~@PID.5.2^太郎"},
    {"one of two names", "<livingSubjectName><value><family>A</family></value></livingSubjectName>"
     "<livingSubjectName><value><family>B</family></value></livingSubjectName>", "@PID.5.1^A~@PID.5.1^B"},
    {"birth and sex", "<livingSubjectAdministrativeGender><value code='F'/></livingSubjectAdministrativeGender>"
     "<livingSubjectBirthTime><value value='19480405000000'/></livingSubjectBirthTime>", "@PID.7^19480405~@PID.8^F"},
    {"an interval of one day", "<livingSubjectBirthTime><value><low value='19480405'/><high value='19480405'/></value></livingSubjectBirthTime>",
     "@PID.7^19480405..19480405"},
    {"an interval", "<livingSubjectBirthTime><value><low value='1948'/><high value='195003050000'/></value></livingSubjectBirthTime>",
     "@PID.7^1948..19500305"},
    {"an interval that is open", "<livingSubjectBirthTime><value><low value='194804'/></value></livingSubjectBirthTime>", "@PID.7^194804.."},
    {"the middle of an interval", "<livingSubjectBirthTime><value><center value='194804'/></value></livingSubjectBirthTime>", "@PID.7^194804"},
    {"a day and two years", BORN("<low value='19480405'/>" WIDTH("2", "a")), "@PID.7^19480405..19500405"},
    {"two years and a day", BORN("<high value='19500405'/>" WIDTH("2", "a")), "@PID.7^19480405..19500405"},
    {"a year and two", BORN("<low value='1948'/>" WIDTH("2", "a")), "@PID.7^1948..1950"},
    {"two and a year", BORN("<high value='1950'/>" WIDTH("2", "a")), "@PID.7^1948..1950"},
    {"months from a year on", BORN("<low value='1948'/>" WIDTH("6", "mo")), "@PID.7^1948..194807"},
    {"months up to a year", BORN("<high value='1950'/>" WIDTH("6", "mo")), "@PID.7^195006..1950"},
    {"months as years", BORN("<low value='1948'/>" WIDTH("24", "mo")), "@PID.7^1948..1950"},
    {"days from a month on", BORN("<low value='194802'/>" WIDTH("29", "d")), "@PID.7^194802..19480301"},
    {"weeks up to a month", BORN("<high value='194803'/>" WIDTH("5", "wk")), "@PID.7^19480225..194803"},
    {"from a day that there is not", BORN("<low value='19480131'/>" WIDTH("1", "mo")), "@PID.7^19480131..19480229"},
    {"from the day before March", BORN("<low value='19480229'/>" WIDTH("1", "a")), "@PID.7^19480229..19490228"},
    {"no width at all", BORN("<low value='19480405'/>" WIDTH("0", "d")), "@PID.7^19480405..19480405"},
    {"years around a year", BORN("<center value='1948'/>" WIDTH("2", "a")), "@PID.7^1947..1949"},
    {"a year around a year", BORN("<center value='1948'/>" WIDTH("1", "a")), "@PID.7^194707..194906"},
    {"a month around a day", BORN("<center value='19480405'/>" WIDTH("1", "mo")), "@PID.7^19480320..19480421"},
    {"days around a day", BORN("<center value='19480405'/>" WIDTH("3", "d")), "@PID.7^19480403..19480407"},
    {"a width that says nothing", BORN("<low value='1948'/><width nullFlavor='UNK'/>"), "@PID.7^1948.."},
    {"id", "<livingSubjectId><value root='1.2.392.1' extension='1'/></livingSubjectId>",
     "@PID.3.1^1~@PID.3.4.2^1.2.392.1~@PID.3.4.3^ISO"},
    {"address, phone, mother", "<mothersMaidenName><value><family>C</family></value></mothersMaidenName>"
     "<patientAddress><value><city>静岡市</city><state>静岡県</state></value></patientAddress>"
     "<patientTelecom><value value='tel:054-1'/></patientTelecom>",
     "@PID.11.3^静岡市~@PID.11.4^静岡県~@PID.13.1^054-1~@PID.6.1^C"},
    {"every part of an address", "<patientAddress><value><streetAddressLine>A</streetAddressLine><postalCode>4200853</postalCode></value>"
     "<value>静岡県静岡市</value></patientAddress>", "@PID.11.1^A~@PID.11.5^4200853~@PID.11.8^静岡県静岡市"},
    {"parts of an address that are one there", "<patientAddress><value><streetName>A</streetName><houseNumber>1</houseNumber><unitID>2</unitID>"
     "<country>JP</country></value></patientAddress>", "@PID.11.1^A 1~@PID.11.2^2~@PID.11.6^JP"},
    {"other sex, given names, a name not in parts", "<livingSubjectAdministrativeGender><value code='UN'/></livingSubjectAdministrativeGender>"
     "<livingSubjectName><value><given>A</given><given>B</given></value></livingSubjectName><livingSubjectName><value>C</value></livingSubjectName>",
     "@PID.5.2^A~@PID.5.2^B~@PID.5.1^C~@PID.8^O"},
    {"mother, in full", "<mothersMaidenName><value><family>C</family><given>D</given></value></mothersMaidenName>", "@PID.6.1^C~@PID.6.2^D"},
    {"what has no value asks for nothing", "<livingSubjectName><value><family>A</family></value></livingSubjectName>"
     "<livingSubjectBirthTime><value nullFlavor='UNK'/></livingSubjectBirthTime>", "@PID.5.1^A"},
    {"domains", "<livingSubjectName><value><family>A</family></value></livingSubjectName><otherIDsScopingOrganization>"
     "<value root='1.2.392.1'/></otherIDsScopingOrganization>", "@PID.5.1^A|||||^^^&1.2.392.1&ISO"},
};

static const struct {
    const char *name, *before, *parameters;
    const char *has[4];
} refusals[] = {
    {"no parameter", "", "", {"code=\"AE\"", "code=\"QE\"", "SYN105", "resultTotalQuantity value=\"0\""}},
    {"root alone", "", "<livingSubjectId><value root='1.2.392.1'/></livingSubjectId>", {"code=\"QE\"", "/livingSubjectId/value<"}},
    {"a width in hours", "", BORN("<low value='1948'/>" WIDTH("2", "h")), {"code=\"QE\"", "SYN102", "/livingSubjectBirthTime/value/width<"}},
    {"a width without a unit", "", BORN("<low value='1948'/><width value='2'/>"), {"code=\"QE\"", "SYN102", "/value/width<"}},
    {"a half width", "", BORN("<low value='1948'/>" WIDTH("1.5", "a")), {"code=\"QE\"", "SYN102", "/value/width<"}},
    {"a width below nothing", "", BORN("<low value='1948'/>" WIDTH("-1", "a")), {"code=\"QE\"", "SYN102", "/value/width<"}},
    {"a width alone", "", BORN(WIDTH("2", "a")), {"code=\"QE\"", "SYN102", "/value/width<"}},
    {"a width from no date", "", BORN("<low value='194813'/>" WIDTH("2", "a")), {"code=\"QE\"", "SYN102", "/value/low<"}},
    {"a width from half a month", "", BORN("<low value='19481'/>" WIDTH("2", "a")), {"code=\"QE\"", "SYN102", "/value/low<"}},
    {"a width out of the calendar", "", BORN("<high value='1948'/>" WIDTH("1948", "a")), {"code=\"QE\"", "SYN102", "/value/high<"}},
    {"days out of the calendar", "", BORN("<low value='99991231'/>" WIDTH("1", "d")), {"code=\"QE\"", "SYN102", "/value/low<"}},
    {"surer than sure", DEGREE("101"), ANYBODY, {"code=\"QE\"", "SYN102", "/matchCriterionList/minimumDegreeMatch/value<"}},
    {"as sure as a word", DEGREE("high"), ANYBODY, {"code=\"QE\"", "SYN102", "/matchCriterionList/minimumDegreeMatch/value<"}},
    {"another unit", "<initialQuantity value='2'/><initialQuantityCode code='LI'/>", "<livingSubjectName><value>A</value></livingSubjectName>", {"code=\"QE\"", "/initialQuantityCode<"}},
    {"an unknown domain", "", "<livingSubjectName><value>A</value></livingSubjectName><otherIDsScopingOrganization><value root='1.2.392.1'/></otherIDsScopingOrganization>"
     "<otherIDsScopingOrganization><value root='1.9'/></otherIDsScopingOrganization>", {"<queryResponseCode code=\"AE\"/>", "code=\"204\"", "/otherIDsScopingOrganization[2]/value<"}},
};
/* clang-format on */

static void test_same_as_v2(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        char v3[FAKE_TEXT];
        char in[TEXT];
        const char *got = ask("", rows[i].parameters);

        if (strstr(got, "<queryResponseCode code=\"OK\"/>") == NULL) {
            print_error("%s: %s\n", rows[i].name, got);
        }
        assert_non_null(strstr(got, "<queryResponseCode code=\"OK\"/>"));
        assert_non_null(strstr(got, "extension=\"Q1\""));
        snprintf(v3, sizeof(v3), "%s", b.registry->search_text);
        snprintf(in, sizeof(in),
                 "MSH|^~\\&|1.2.7||||20260102||QBP^Q22|M1|P|2.5||||||UNICODE UTF-8\r"
                 "QPD|IHE PDQ Query|1.2.7 Q1|%s\rRCP|I\r",
                 rows[i].qpd);
        (void)bench_send(&b, ny_str_from_c(in));
        assert_non_null(strstr(v3, " tag=1.2.7 Q1"));
        *strstr(v3, "who=") = '\0'; /* who asks has another name in v3 */
        *strstr(b.registry->search_text, "who=") = '\0';
        assert_string_equal(v3, b.registry->search_text);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(refusals); i++) {
        const char *got = ask(refusals[i].before, refusals[i].parameters);

        for (size_t k = 0; k < NY_ARRAY_LEN(refusals[i].has) && refusals[i].has[k] != NULL; k++) {
            if (strstr(got, refusals[i].has[k]) == NULL) {
                print_error("%s: no %s in %s\n", refusals[i].name, refusals[i].has[k], got);
            }
            assert_non_null(strstr(got, refusals[i].has[k]));
        }
        assert_string_equal(b.registry->search_text, "");
    }
}

static void test_pages_and_nobody(void **state)
{
    (void)state;
    (void)fake_identity(b.registry, 2, NY_S("2"), 0);
    (void)ask("<initialQuantity value='1'/>", ANYBODY);
    assert_non_null(strstr(b.answer, "<resultTotalQuantity value=\"2\"/><resultCurrentQuantity "
                                     "value=\"1\"/><resultRemainingQuantity value=\"1\"/>"));
    assert_non_null(strstr(b.answer, "queryMatchObservation"));
    b.registry->search_nobody = true;
    (void)ask("", ANYBODY);
    assert_non_null(strstr(b.answer, "<typeCode code=\"AA\"/>"));
    assert_non_null(strstr(b.answer, "<queryResponseCode code=\"NF\"/>"));
}

static void test_criteria(void **state)
{
    (void)state;
    (void)fake_identity(b.registry, 2, NY_S("2"), 0);
    (void)ask(DEGREE("80"), ANYBODY);
    assert_non_null(strstr(b.registry->search_text, "least=8000 "));
    (void)ask("", "<livingSubjectId><value root='1.2.392.1' extension='1'/></livingSubjectId>"
                  "<livingSubjectId><value root='1.2.392.2' extension='2'/></livingSubjectId>");
    assert_non_null(strstr(b.registry->search_text, "id=1:1 id=2:2 every "));
    (void)ask("<matchCriterionList><matchAlgorithm><value>X</value></matchAlgorithm>"
              "</matchCriterionList>",
              ANYBODY);
    assert_non_null(strstr(b.answer, "<queryResponseCode code=\"OK\"/>"));
    assert_non_null(strstr(b.answer, "<acknowledgementDetail typeCode=\"W\">"));
    assert_non_null(strstr(b.answer, "/matchCriterionList/matchAlgorithm/value<"));
    (void)ask("", ANYBODY "<patientTelecom><value value='mailto:a@example.org'/></patientTelecom>");
    assert_non_null(strstr(b.answer, "/patientTelecom/value<"));
    (void)ask("", BORN("<low value='1948'/><high value='1949'/>" WIDTH("1", "a")));
    assert_non_null(strstr(b.registry->search_text, "birth=1948..1949 "));
    assert_non_null(strstr(b.answer, "<acknowledgementDetail typeCode=\"W\">"));
    assert_non_null(strstr(b.answer, "/livingSubjectBirthTime/value/width<"));
    (void)ask("", ANYBODY "<patientStatusCode><value code='active'/></patientStatusCode>");
    assert_non_null(strstr(b.answer, "<queryResponseCode code=\"OK\"/>"));
    assert_non_null(strstr(b.answer, "<acknowledgementDetail typeCode=\"W\">"));
    assert_non_null(strstr(b.answer, "/parameterList/patientStatusCode<"));
}

static const char *more(const char *element, const char *sender, const char *query,
                        const char *rest)
{
    char in[TEXT];

    snprintf(in, sizeof(in),
             "<%s xmlns='urn:hl7-org:v3' ITSVersion='XML_1.0'><id root='1.2.9' extension='M2'/>"
             "<interactionId root='2.16.840.1.113883.1.6' extension='QUQI_IN000003UV01'/>"
             "<processingCode code='P'/><processingModeCode code='T'/><acceptAckCode code='AL'/>"
             "<sender typeCode='SND'><device classCode='DEV' determinerCode='INSTANCE'>"
             "<id root='%s'/></device></sender><controlActProcess classCode='CACT' moodCode='EVN'>"
             "<queryContinuation><queryId root='1.2.7' extension='%s'/>%s</queryContinuation>"
             "</controlActProcess></%s>",
             element, sender, query, rest, element);
    return v3_send(&b, ny_str_from_c(in));
}

#define CONTINUE "QUQI_IN000003UV01"
#define WAIT "<statusCode code='waitContinuedQueryResponse'/>"

static void test_next_page(void **state)
{
    (void)state;
    (void)fake_identity(b.registry, 2, NY_S("2"), 0);
    (void)ask("<initialQuantity value='1'/>" DEGREE("80"), ANYBODY);
    assert_non_null(strstr(b.answer, "extension=\"1\""));
    (void)more(CONTINUE, "1.2.6", "Q1", WAIT); /* somebody else */
    assert_non_null(strstr(b.answer, "<queryResponseCode code=\"AE\"/>"));
    (void)more(CONTINUE, "1.2.7", "Q2", WAIT);
    assert_non_null(strstr(b.answer, "<queryResponseCode code=\"AE\"/>"));
    assert_non_null(strstr(b.answer, "code=\"204\""));
    (void)more(CONTINUE, "1.2.7", "Q1", WAIT);
    assert_non_null(strstr(b.registry->search_text, "least=8000 "));
    assert_non_null(strstr(b.answer, "<targetMessage><id root=\"1.2.9\" extension=\"M2\"/>"));
    assert_non_null(strstr(b.answer, "<resultTotalQuantity value=\"2\"/><resultCurrentQuantity "
                                     "value=\"1\"/><resultRemainingQuantity value=\"0\"/>"));
    assert_non_null(strstr(b.answer, "<initialQuantity value=\"1\"/>")); /* the question again */
    (void)more(CONTINUE, "1.2.7", "Q1", WAIT);                           /* that was the last */
    assert_non_null(strstr(b.answer, "<queryResponseCode code=\"AE\"/>"));
}

#define COUNTS(total, here, remaining)                                                             \
    "<resultTotalQuantity value=\"" total "\"/><resultCurrentQuantity value=\"" here               \
    "\"/><resultRemainingQuantity value=\"" remaining "\"/>"

/* Pages of another size, from another place on. */
static void test_jump(void **state)
{
    static const struct {
        const char *rest, *has;
    } pages[] = {
        {"<startResultNumber value='3'/><continuationQuantity value='2'/>" WAIT,
         COUNTS("6",                                                                         "2", "2")},
        {WAIT,                                                                   COUNTS("6", "2", "0")}, /* the quantity used last */
    };
    static const char *const wrong[] = {"<startResultNumber value='0'/>",
                                        "<startResultNumber value='x'/>",
                                        "<continuationQuantity value='-1'/>"};

    (void)state;
    for (int i = 2; i <= 6; i++) {
        char id[8];

        snprintf(id, sizeof(id), "%d", i);
        (void)fake_identity(b.registry, 1, ny_str_from_c(id), 0);
    }
    (void)ask("<initialQuantity value='1'/>", ANYBODY);
    for (size_t i = 0; i < NY_ARRAY_LEN(wrong); i++) {
        (void)more(CONTINUE, "1.2.7", "Q1", wrong[i]);
        assert_non_null(strstr(b.answer, "<queryResponseCode code=\"QE\"/>"));
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(pages); i++) {
        (void)more(CONTINUE, "1.2.7", "Q1", pages[i].rest);
        assert_non_null(strstr(b.answer, pages[i].has));
    }
}

static void test_cancel(void **state)
{
    static const struct {
        const char *element, *rest;
    } spellings[] = {
        {CONTINUE,           "<statusCode code='aborted'/>"          },
        {CONTINUE,           "<continuationQuantity value='0'/>" WAIT},
        {CONTINUE "_Cancel", ""                                      },
    };

    (void)state;
    (void)fake_identity(b.registry, 2, NY_S("2"), 0);
    for (size_t i = 0; i < NY_ARRAY_LEN(spellings); i++) {
        (void)ask("<initialQuantity value='1'/>", ANYBODY);
        (void)more(spellings[i].element, "1.2.7", "Q1", spellings[i].rest);
        assert_non_null(strstr(b.answer, "<MCCI_IN000002UV01"));
        assert_non_null(strstr(b.answer, "<typeCode code=\"CA\"/>"));
        assert_non_null(strstr(b.registry->cancel_text, "Q1"));
        (void)more(CONTINUE, "1.2.7", "Q1", WAIT);
        assert_non_null(strstr(b.answer, "<queryResponseCode code=\"AE\"/>"));
        (void)more(spellings[i].element, "1.2.7", "Q1", spellings[i].rest);
        assert_non_null(strstr(b.answer, "<typeCode code=\"CE\"/>"));
    }
}

static void test_who_may_not_ask(void **state)
{
    (void)state;
    b.may_not_query = true;
    assert_non_null(strstr(ask("", ANYBODY), "<typeCode code=\"AE\"/>"));
    assert_string_equal(b.registry->search_text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(test_same_as_v2, v3_open_one, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_refusals, v3_open_one, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_pages_and_nobody, v3_open_one, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_criteria, v3_open_one, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_next_page, v3_open_one, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_jump, v3_open_one, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_cancel, v3_open_one, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_who_may_not_ask, v3_open_one, v3_close, &b),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
