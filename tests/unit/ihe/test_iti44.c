/* A feed in HL7 v3: the same record as by v2, field by field, and its acknowledgements. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "v3_support.h"

enum { TEXT = 16384 };

static struct bench b;

static const char *send(const char *in)
{
    return v3_send(&b, ny_str_from_c(in));
}

/* ---- messages: HIS^F01 is known by the OID of its domain ---- */

#define F01 "1.2.392.1"

static const char *message(const char *kind, const char *processing, const char *org,
                           const char *subjects)
{
    static char out[TEXT];

    snprintf(out, sizeof(out), V3_MESSAGE("%s", "%s", V3_AGENT("%s"), "%s"), kind, kind, processing,
             org, subjects, kind);
    return out;
}

#define SUBJECT(patient, more)                                                                     \
    "<subject typeCode='SUBJ'><registrationEvent classCode='REG' moodCode='EVN'>"                  \
    "<statusCode code='active'/><subject1 typeCode='SBJ'><patient classCode='PAT'>" patient        \
    "</patient></subject1>" more "</registrationEvent></subject>"
#define PERSON(id, person)                                                                         \
    SUBJECT("<id root='" F01 "' extension='" id "'/>"                                              \
            "<patientPerson classCode='PSN' determinerCode='INSTANCE'>" person "</patientPerson>", \
            "")

static const char *behind_head(const char *feed_text)
{
    const char *line = strchr(feed_text, '\n');

    return line != NULL ? line : feed_text;
}

/* ---- one record ---- */

#define NAME(use) "<name use='" use "'><family>X</family></name>"
#define ADDR(use) "<addr use='" use "'><city>X</city></addr>"
#define TEL(use) "<telecom value='tel:1' use='" use "'/>"
#define JAPAN "1.2.392.100495.20.3."
#define OTHER(root, id)                                                                            \
    "<asOtherIDs classCode='PAT'><id root='" root "' extension='" id "'/></asOtherIDs>"

/* Unformatted: version 14 of clang-format ends on rows of joined literals. */
/* clang-format off */
static const struct {
    const char *name;
    const char *person; /* in patientPerson */
    const char *pid;    /* the same, from PID-5 on */
} rows[] = {
    {"nothing", "", ""},
    {"three scripts", "<name use='L IDE'><family>山田</family><given>太郎</given></name>"
     "<name use='L SYL'><family>ヤマダ</family><given>タロウ</given></name>"
     "<name use='ABC L'><given>Taro</given><given>J</given><family>Yamada</family></name>",
     "山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P~Yamada^Taro^J^^^^L^A"},
    {"no use: by script", "<name><family>山田</family><given>太郎</given></name>"
     "<name use='PHON'><family>ヤマダ</family></name>", "山田^太郎~ヤマダ"},
    {"maiden name", "<name use='L IDE'><family>山田</family><family qualifier='BR'>鈴木</family>"
     "<given>花子</given></name>", "山田^花子^^^^^L^I~鈴木^花子^^^^^M^I"},
    {"alias", "<name use='A'><family>山本</family></name>", "山本^^^^^^A"},
    {"name not in parts", "<name use='IDE'> 山田　太郎 </name>", "山田　太郎^^^^^^^I"},
    {"names of every use", NAME("OR") NAME("P") NAME("C") NAME("I") NAME("R") NAME("ASGN") NAME("A"),
     "X^^^^^^L~X^^^^^^S~X^^^^^^I~X^^^^^^T~X^^^^^^A~X^^^^^^A~X^^^^^^A"},
    {"two families, three given names", "<name><family>A</family><family>B</family><given>C</given><given>D</given>"
     "<given>E</given><prefix>Dr</prefix></name>", "A B^C^D E"},
    {"name without value is absent", "<name nullFlavor='UNK'/>", ""},
    {"mother", "<personalRelationship classCode='PRS'><code code='MTH'/><relationshipHolder1>"
     "<name use='SYL'><family>スズキ</family><given>ハナ</given></name></relationshipHolder1>"
     "</personalRelationship>", "|スズキ^ハナ^^^^^^P"},
    {"a father is not kept", "<personalRelationship classCode='PRS'><code code='FTH'/><relationshipHolder1>"
     "<name><family>A</family></name></relationshipHolder1></personalRelationship>", ""},
    {"mother unknown", "<personalRelationship classCode='PRS' nullFlavor='UNK'><code code='MTH'/>"
     "</personalRelationship>", "|\"\""},
    {"birth date", "<birthTime value='19480405'/>", "||19480405"},
    {"month of birth", "<birthTime value='194804'/>", "||194804"},
    {"birth date goes", "<birthTime nullFlavor='UNK'/>", "||\"\""},
    {"sex", "<administrativeGenderCode code='F'/>", "|||F"},
    {"other sex", "<administrativeGenderCode code='UN'/>", "|||O"},
    {"sex goes", "<administrativeGenderCode nullFlavor='UNK'/>", "|||\"\""},
    {"address in parts", "<addr use='HP'><streetAddressLine>登呂１</streetAddressLine>"
     "<streetAddressLine>３−５</streetAddressLine><city>静岡市</city><state>静岡県</state>"
     "<postalCode>422-8033</postalCode><country>JPN</country></addr>",
     "||||||登呂１ ３−５^^静岡市^静岡県^422-8033^JPN^H"},
    {"address as text", "<addr>静岡県静岡市登呂１</addr>", "||||||^^^^^^^静岡県静岡市登呂１"},
    {"two addresses", "<addr use='H'><city>A</city></addr><addr use='WP'><city>B</city></addr>",
     "||||||^^A^^^^H~^^B^^^^O"},
    {"addresses of every use", ADDR("HP") ADDR("HV") ADDR("TMP") ADDR("BAD") ADDR("PST") ADDR("DIR"),
     "||||||^^X^^^^H~^^X^^^^H~^^X^^^^C~^^X^^^^BA~^^X^^^^M~^^X"},
    {"every part of an address", "<addr><streetName>A</streetName><houseNumber>B</houseNumber><houseNumberNumeric>C</houseNumberNumeric>"
     "<precinct>D</precinct><additionalLocator>E</additionalLocator><unitID>F</unitID><postBox>G</postBox><county>H</county></addr>",
     "||||||A B C^D E F G^H"},
    {"addresses go", "<addr nullFlavor='NI'/>", "||||||\"\""},
    {"phones", "<telecom value='tel:054-1' use='HP'/><telecom value='090-2' use='MC'/>"
     "<telecom value='mailto:a@example.org'/>", "||||||||054-1^PRN~090-2^PRN^CP"},
    {"phones of every use", TEL("WP") TEL("EC") TEL("AS") TEL("H") TEL("HV") TEL("") "<telecom value='fax:1' use='WP'/>",
     "||||||||1^WPN~1^EMR~1^ASN~1^PRN~1^VHN~1~1^WPN^FX"},
    {"phones go", "<telecom nullFlavor='NI'/>", "||||||||\"\""},
    {"twin", "<multipleBirthInd value='true'/><multipleBirthOrderNumber value='2'/>",
     "|||||||||||||||||||Y|2"},
    {"no twin", "<multipleBirthInd value='false'/>", "|||||||||||||||||||N"},
    {"twin or not, order and death go", "<multipleBirthInd nullFlavor='NI'/><multipleBirthOrderNumber nullFlavor='NI'/>"
     "<deceasedInd nullFlavor='NI'/><deceasedTime nullFlavor='NI'/>", "|||||||||||||||||||\"\"|\"\"||||\"\"|\"\""},
    {"alive", "<deceasedInd value='0'/>", "|||||||||||||||||||||||||N"},
    {"a card in parts", OTHER(JAPAN "61", "01320012") OTHER(JAPAN "62", "記号") OTHER(JAPAN "63", "123"),
     "\rIN1|1||01320012|||||||記号~123~"},
    {"a card in one element", "<asOtherIDs classCode='PAT'><id root='" JAPAN "61' extension='01320012'/><id root='" JAPAN "63' extension='123'/></asOtherIDs>",
     "\rIN1|1||01320012|||||||~123~"},
    {"two cards", OTHER(JAPAN "61", "01320012") OTHER(JAPAN "63", "1") OTHER("urn:oid:" JAPAN "61", "39130000") OTHER(JAPAN "63", "2"),
     "\rIN1|1||01320012|||||||~1~\rIN1|2||39130000|||||||~2~"},
    {"the whole key of a card", OTHER(JAPAN "63", "00012345:あいう:１８７:05"), "\rIN1|1||00012345|||||||あいう~１８７~05"},
    {"insurance goes", "<asOtherIDs classCode='PAT'><id root='" JAPAN "61' nullFlavor='NI'/></asOtherIDs>", "\rIN1|1||\"\""},
    {"dead", "<deceasedInd value='true'/><deceasedTime value='20260101'/>",
     "||||||||||||||||||||||||20260101|Y"},
};
/* clang-format on */

static void test_same_as_v2(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        char v3[FAKE_TEXT];
        char subject[TEXT];
        char v2[TEXT];

        snprintf(subject, sizeof(subject), PERSON("1", "%s"), rows[i].person);
        assert_non_null(strstr(send(message("201302UV02", "P", F01, subject)), "code=\"CA\""));
        snprintf(v3, sizeof(v3), "%s", b.registry->feed_text);
        snprintf(
            v2, sizeof(v2),
            "MSH|^~\\&|HIS|F01|||20260102030405.1234+0900||ADT^A31|M1|P|2.5||||||UNICODE UTF-8\r"
            "EVN||20260102030405.1234+0900\rPID|||1^^^&" F01 "&ISO||%s\r",
            rows[i].pid);
        (void)bench_send(&b, ny_str_from_c(v2));
        assert_non_null(strstr(b.answer, "MSA|AA|M1\r"));
        if (strcmp(behind_head(v3), behind_head(b.registry->feed_text)) != 0) {
            print_error("%s\n", rows[i].name);
        }
        assert_string_equal(behind_head(v3), behind_head(b.registry->feed_text));
        assert_non_null(strstr(v3, " at 2026-01-01T18:04:05.123400Z"));
    }
}

/* ---- acknowledgements ---- */

#define KNOWN PERSON("1", "<name><family>A</family></name>")
#define MERGE_OF(replaced)                                                                         \
    SUBJECT("<id root='" F01 "' extension='1'/>",                                                  \
            "<replacementOf typeCode='RPLC'>"                                                      \
            "<priorRegistration><subject1><priorRegisteredRole>" replaced                          \
            "</priorRegisteredRole></subject1></priorRegistration></replacementOf>")
#define EVENT "/controlActProcess/subject/registrationEvent"

/* clang-format off */
static const struct {
    const char *name, *kind, *processing, *org, *subjects;
    size_t feeds;
    const char *has[3]; /* in the answer */
} answers[] = {
    {"add", "201301UV02", "P", F01, KNOWN, 1, {"code=\"CA\"", "<targetMessage><id root=\"1.2.9\" extension=\"M1\"/>", "<MCCI_IN000002UV01"}},
    {"by an id as URN", "201301UV02", "P", "urn:oid:" F01, KNOWN, 1, {"code=\"CA\""}},
    {"nobody we know", "201301UV02", "P", "1.2.3.4", KNOWN, 0, {"code=\"CR\"", "NS260", "<location>/PRPA_IN201301UV02/sender</location>"}},
    {"nobody we know, with other ids", "201301UV02", "P", "1.2.3.4", PERSON("1", "<asOtherIDs classCode='PAT'><id root='1.2.392.2' extension='7'/></asOtherIDs>"), 0, {"code=\"CR\"", "NS260"}},
    {"another's domain", "201301UV02", "P", F01, SUBJECT("<id root='1.2.392.2' extension='1'/>", ""), 0, {"code=\"CE\"", "code=\"204\"", EVENT "/subject1/patient/id<"}},
    {"an unknown domain", "201301UV02", "P", F01, SUBJECT("<id root='1.2.392.77' extension='1'/>", ""), 0, {"code=\"CE\"", "code=\"204\"", EVENT "/subject1/patient/id<"}},
    {"no id", "201301UV02", "P", F01, SUBJECT("<id nullFlavor='NI'/>", ""), 0, {"code=\"CE\"", "SYN105"}},
    {"several patients", "201301UV02", "P", F01, KNOWN KNOWN, 0, {"code=\"CE\"", "SYN102", "/controlActProcess/subject[2]<"}},
    {"no patient", "201301UV02", "P", F01, "", 0, {"code=\"CE\"", "SYN105"}},
    {"for practice", "201301UV02", "T", F01, KNOWN, 0, {"code=\"CR\"", "NS202"}},
    {"a birth date that is none", "201302UV02", "P", F01, PERSON("1", "<birthTime value='x'/>"), 0, {"code=\"CE\"", "SYN102", EVENT "/subject1/patient/patientPerson/birthTime<"}},
    {"merge", "201304UV02", "P", F01, MERGE_OF("<id root='" F01 "' extension='2'/>"), 1, {"code=\"CA\""}},
    {"merge with itself", "201304UV02", "P", F01, MERGE_OF("<id root='" F01 "' extension='1'/>"), 0, {"code=\"CE\"", "/priorRegisteredRole/id<"}},
    {"merge of two", "201304UV02", "P", F01, MERGE_OF("<id root='" F01 "' extension='2'/><id root='" F01 "' extension='3'/>"), 0, {"code=\"CE\"", "/priorRegisteredRole/id[2]<"}},
    {"merge of nobody", "201304UV02", "P", F01, KNOWN, 0, {"code=\"CE\"", "SYN105"}},
    {"ids that go", "201302UV02", "P", F01, SUBJECT("<id root='" F01 "' extension='1' updateMode='D'/>", ""), 1, {"code=\"CA\""}},
    {"one id of two goes", "201302UV02", "P", F01, SUBJECT("<id root='" F01 "' extension='1'/><id root='" F01 "' extension='2' updateMode='D'/>", ""), 0, {"code=\"CE\"", "SYN102", EVENT "/subject1/patient<"}},
    {"an id of the person himself", "201301UV02", "P", F01, PERSON("1", "<id root='1.9' extension='1'/>"), 1, {"code=\"CA\"", "typeCode=\"W\"", "/patientPerson/id<"}},
    {"other ids of another organisation", "201301UV02", "P", F01, PERSON("1", "<asOtherIDs classCode='PAT'><id root='1.9' extension='1'/><scopingOrganization><id root='1.8'/></scopingOrganization></asOtherIDs>"), 1, {"code=\"CA\"", "typeCode=\"W\"", "/asOtherIDs/scopingOrganization/id<"}},
    {"a revision replaces nobody", "201302UV02", "P", F01, MERGE_OF("<id root='" F01 "' extension='2'/>"), 0, {"code=\"CE\"", "/replacementOf<"}},
};
/* clang-format on */

static void test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(answers); i++) {
        size_t before = b.registry->n_feeds;
        const char *got = send(
            message(answers[i].kind, answers[i].processing, answers[i].org, answers[i].subjects));

        for (size_t k = 0; k < NY_ARRAY_LEN(answers[i].has) && answers[i].has[k] != NULL; k++) {
            if (strstr(got, answers[i].has[k]) == NULL) {
                print_error("%s: no %s in %s\n", answers[i].name, answers[i].has[k], got);
            }
            assert_non_null(strstr(got, answers[i].has[k]));
        }
        assert_int_equal(b.registry->n_feeds - before, answers[i].feeds);
    }
}

static void test_merge_says_who(void **state)
{
    (void)state;
    (void)send(message("201304UV02", "P", F01, MERGE_OF("<id root='" F01 "' extension='2'/>")));
    assert_non_null(strstr(b.registry->feed_text, "F01:2"));
    assert_non_null(strstr(b.registry->feed_text, "F01:1"));
}

/* A family shares a card: its number is nobody's id, even where it is some domain's. */
static void test_insurance_is_no_id(void **state)
{
    char subject[TEXT];

    (void)state;
    b.registry->domains[0].oid = NY_S(JAPAN "63");
    snprintf(subject, sizeof(subject),
             SUBJECT("<id root='" JAPAN "63' extension='1'/>"
                     "<patientPerson>%s</patientPerson>",
                     ""),
             OTHER(JAPAN "63", "77"));
    assert_non_null(strstr(send(message("201301UV02", "P", JAPAN "63", subject)), "code=\"CA\""));
    assert_non_null(strstr(b.registry->feed_text, "id F01:1\n"));
    assert_null(strstr(b.registry->feed_text, "id F01:77"));
}

/* Ids of other organisations are no claim to feed them. */
static void test_other_ids(void **state)
{
    static const char other[] = "<asOtherIDs classCode='PAT'><id root='1.2.392.2' extension='7'/>"
                                "<id root='1.9' extension='8'/></asOtherIDs>";
    char subject[TEXT];

    (void)state;
    snprintf(subject, sizeof(subject), PERSON("1", "%s"), other);
    assert_non_null(strstr(send(message("201301UV02", "P", F01, subject)), "code=\"CA\""));
    assert_non_null(strstr(b.registry->feed_text, "id F01:1\n"));
    assert_null(strstr(b.registry->feed_text, "F02:7"));
}

/* Where it matters who is meant, the receiver must be us. */
static void test_receiver(void **state)
{
    (void)state;
    ny_ihe_destroy(b.ihe);
    b.ihe = ny_ihe_create(&(struct ny_ihe_config){
        .registry = b.registry, .check_receiver = true, .timezone_s = 32400});
    assert_non_null(strstr(send(message("201301UV02", "P", F01, KNOWN)), "code=\"CE\""));
    assert_non_null(strstr(b.answer, "RTUDEST"));
    assert_non_null(strstr(b.answer, "<location>/PRPA_IN201301UV02/receiver</location>"));
    b.registry->domains[4].oid = NY_S("1.2.8");
    assert_non_null(strstr(send(message("201301UV02", "P", F01, KNOWN)), "code=\"CA\""));
}

static void test_database_away(void **state)
{
    (void)state;
    b.registry->fail = NY_EDB;
    assert_non_null(strstr(send(message("201301UV02", "P", F01, KNOWN)), "code=\"CR\""));
    assert_non_null(strstr(b.answer, "INTERR"));
    b.registry->fail = NY_OK;
    b.registry->not_ready = true;
    assert_non_null(strstr(send(message("201301UV02", "P", F01, KNOWN)), "code=\"CR\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(test_same_as_v2, v3_open, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_answers, v3_open, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_merge_says_who, v3_open, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_other_ids, v3_open, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_insurance_is_no_id, v3_open, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_receiver, v3_open, v3_close, &b),
        cmocka_unit_test_prestate_setup_teardown(test_database_away, v3_open, v3_close, &b),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
