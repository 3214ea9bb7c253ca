/* Acknowledgements: the table "MSA code per situation", row by row: message in, exact answer out.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support.h"

#define HEAD "MSH|^~\\&|HIS|F01|NAYOSE|REG|20260102030405||"
#define REST "EVN||20260102030405\rPID|||1^^^F01||山田^太郎^^^^^L^I\rPV1||N\r"
#define A28 HEAD "ADT^A28^ADT_A05|M1|P|2.5||||||UNICODE UTF-8\r"
#define A01 HEAD "ADT^A01|M1|P|2.3.1||||||UNICODE UTF-8\r"
#define EVN "EVN||20260102030405\r"
#define PID(pid3) EVN "PID|||" pid3 "||A^B\r"

#define ACK(type, version)                                                                         \
    "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||" type "|ID|P|" version "||||||UNICODE UTF-8\n"
#define ACK28 ACK("ACK^A28^ACK", "2.5")
#define AA "MSA|AA|M1\n"
#define AE "MSA|AE|M1\n"
#define AR "MSA|AR|M1\n"
#define ERR(where, code, text, user) "ERR||" where "|" code "^" text "^HL70357|E" user "\n"
#define E102(where, user) ERR(where, "102", "Data type error", "||||" user)
#define E204(where, user) ERR(where, "204", "Unknown key identifier", "||||" user)
#define W102(where) "ERR||" where "|102^Data type error^HL70357|W\n"

static const char too_long[] =
    "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234"
    "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234"
    "12345678901234567890";

/* Unformatted: version 14 of clang-format ends on rows of joined literals. */
/* clang-format off */
static const struct {
    const char *name;
    const char *in;
    const char *out;
} rows[] = {
    {"A28 accepted", A28 REST, ACK28 AA},
    {"A01 of 2.3.1: two components", A01 REST, ACK("ACK^A01", "2.3.1") AA},
    {"no MSH", "PID|1\r", ""},
    {"MSH-1, MSH-2 and MSH-10 unusable", "MSH|^\r", ""},
    {"MSH-2 unusable, MSH-10 readable",
     "MSH|^^\\&|HIS|F01|NAYOSE|REG|20260102030405||ADT^A28|M1|P|2.5\r",
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A28^ACK|ID|P|2.5\n" AR
         E102("MSH^1^2", "MSH-1 and MSH-2 cannot be used")},
    {"MSH-9 missing", HEAD "|M1|P|2.5\r" REST,
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^^ACK|ID|P|2.5\n" AR
     "ERR||MSH^1^9^1^1|200^Unsupported message type^HL70357|E\n"},
    {"MSH-9.2 missing", HEAD "ADT|M1|P|2.5\r" REST,
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^^ACK|ID|P|2.5\n" AR
     "ERR||MSH^1^9^1^2|201^Unsupported event code^HL70357|E\n"},
    {"unknown type", HEAD "ORU^R01|M1|P|2.5\r" REST,
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^R01^ACK|ID|P|2.5\n" AR
     "ERR||MSH^1^9^1^1|200^Unsupported message type^HL70357|E\n"},
    {"unknown event", HEAD "ADT^A99|M1|P|2.5\r" REST,
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A99^ACK|ID|P|2.5\n" AR
     "ERR||MSH^1^9^1^2|201^Unsupported event code^HL70357|E\n"},
    {"unknown query event: an ACK", HEAD "QBP^Q99|M1|P|2.5\rQPD|x|t\r",
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^Q99^ACK|ID|P|2.5\n" AR
     "ERR||MSH^1^9^1^2|201^Unsupported event code^HL70357|E\n"},
    {"move to another patient", HEAD "ADT^A43^ADT_A43|M1|P|2.5\r" REST "MRG|2^^^F01\r",
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A43^ACK|ID|P|2.5\n" AA
     "ERR||MRG^1^1^1^1|204^Unknown key identifier^HL70357|W\n"},
    {"MSH-10 missing", HEAD "ADT^A28||P|2.5\r" REST,
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A28^ACK|ID|P|2.5\nMSA|AR\n"
     "ERR||MSH^1^10|101^Required field missing^HL70357|E||||MSH-10 is empty\n"},
    {"MSH-10 with a leading blank is echoed", HEAD "ADT^A28^ADT_A05| M1|P|2.5\r" REST,
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A28^ACK|ID|P|2.5\nMSA|AA| M1\n"},
    {"MSH-11 T refused", HEAD "ADT^A28|M1|T|2.5\r" REST,
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A28^ACK|ID|T|2.5\n" AR
     "ERR||MSH^1^11|202^Unsupported processing id^HL70357|E||||only P is accepted from this sender, or for "
     "this event\n"},
    {"MSH-11 and 12 with components", HEAD "ADT^A28|M1|P^T|2.5^DEU\r" REST,
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A28^ACK|ID|P^T|2.5^DEU\n" AA},
    {"MSH-12 with empty components", HEAD "ADT^A28|M1|P|2.5^^\r" REST,
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A28^ACK|ID|P|2.5^^\n" AA},
    {"MSH-12 unknown", HEAD "ADT^A28|M1|P|3.0\r" REST,
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A28^ACK|ID|P|3.0\n" AR
     "ERR||MSH^1^12|203^Unsupported version id^HL70357|E||||version is not known\n"},
    {"another application is meant",
     "MSH|^~\\&|HIS|F01|OTHER|REG|20260102030405||ADT^A28|M1|P|2.5\r" REST,
     "MSH|^~\\&|OTHER|REG|HIS|F01|TIME||ACK^A28^ACK|ID|P|2.5\n" AE
         E204("MSH^1^5^1^1", "another receiving application is meant")},
    {"another facility is meant",
     "MSH|^~\\&|HIS|F01|NAYOSE|ELSE|20260102030405||ADT^A28|M1|P|2.5\r" REST,
     "MSH|^~\\&|NAYOSE|ELSE|HIS|F01|TIME||ACK^A28^ACK|ID|P|2.5\n" AE
         E204("MSH^1^6^1^1", "another receiving facility is meant")},
    {"EVN missing", A28 "PID|||1^^^F01||A^B\r",
     ACK28 AE "ERR||EVN^1|100^Segment sequence error^HL70357|E||||a segment is missing or out of order\n"},
    {"EVN after PID", A28 "PID|||1^^^F01||A^B\rEVN||2026\r",
     ACK28 AE "ERR||EVN^1|100^Segment sequence error^HL70357|E||||a segment is missing or out of order\n"},
    {"PID missing", A28 EVN "PV1||N\r",
     ACK28 AE "ERR||PID^1|100^Segment sequence error^HL70357|E||||a segment is missing or out of order\n"},
    {"PV1 missing is accepted", A28 EVN "PID|||1^^^F01||A^B\r", ACK28 AA},
    {"a second MSH", A28 A28 REST,
     ACK28 AE "ERR||MSH^2|100^Segment sequence error^HL70357|E||||a segment is missing or out of order\n"},
    {"PID-3 missing", A28 PID(""),
     ACK28 AE "ERR||PID^1^3|101^Required field missing^HL70357|E||||a required field is empty\n"},
    {"PID-3 deleted", A28 PID("\"\""),
     ACK28 AE "ERR||PID^1^3|101^Required field missing^HL70357|E||||a required field is empty\n"},
    {"PID-3.1 missing", A28 PID("1^^^F01~^^^F01"),
     ACK28 AE "ERR||PID^1^3^2^1|101^Required field missing^HL70357|E||||a required field is empty\n"},
    {"PID-3.1 blank", A28 PID(" ^^^F01"), ACK28 AE E102("PID^1^3^1^1", "a value cannot be read")},
    {"PID-5 deleted", A28 EVN "PID|||1^^^F01||\"\"\r",
     ACK28 AE "ERR||PID^1^5|101^Required field missing^HL70357|E||||a required field is empty\n"},
    {"PID-5 empty is accepted", A28 EVN "PID|||1^^^F01|||||M\r", ACK28 AA},
    {"id and birth date only", A28 EVN "PID|||1^^^F01||||19480405\r", ACK28 AA},
    {"birth date is none", A28 EVN "PID|||1^^^F01||A^B||soon\r",
     ACK28 AE E102("PID^1^7", "a value cannot be read")},
    {"birth date of no calendar", A28 EVN "PID|||1^^^F01||A^B||20230230\r",
     ACK28 AE E102("PID^1^7", "a value cannot be read")},
    {"birth date with year only", A28 EVN "PID|||1^^^F01||A^B||1948\r", ACK28 AA},
    {"birth date is a dummy", A28 EVN "PID|||1^^^F01||A^B||19000101\r", ACK28 AA W102("PID^1^7")},
    {"EVN-2 unreadable, MSH-7 taken", A28 "EVN||yesterday\rPID|||1^^^F01||A^B\r",
     ACK28 AA W102("EVN^1^2")},
    {"no readable time",
     "MSH|^~\\&|HIS|F01|NAYOSE|REG|now||ADT^A28|M1|P|2.5\rEVN\rPID|||1^^^F01||A^B\r",
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A28^ACK|ID|P|2.5\n" AE
         E102("MSH^1^7", "no readable date and time")},
    {"EVN-1 says another event", A28 "EVN|A31|20260102\rPID|||1^^^F01||A^B\r",
     ACK28 AA W102("EVN^1^1")},
    {"bytes not valid in UTF-8", A28 EVN "PID|||1^^^F01||\xE3\x81^B\r",
     ACK28 AE E102("PID^1^5", "bytes are not valid in the declared character set")},
    {"unknown character set",
     HEAD "ADT^A28|M1|P|2.5||||||KS X 1001\rEVN||2026\rPID|||1||\xC5\xC5\r",
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A28^ACK|ID|P|2.5||||||KS X 1001\n" AE
     "ERR||MSH^1^18|103^Table value not found^HL70357|E||||this character set is not supported\n"},
    {"unknown authority", A28 PID("1^^^X01"),
     ACK28 AE E204("PID^1^3^1^4", "the assigning authority is not known")},
    {"unknown authority in the second repetition", A28 PID("1^^^F01~2^^^X01"),
     ACK28 AE E204("PID^1^3^2^4", "the assigning authority is not known")},
    {"OID without type", A28 PID("1^^^&1.2.392.1"),
     ACK28 AE E204("PID^1^3^1^4", "the assigning authority is malformed")},
    {"type without OID", A28 PID("1^^^&&ISO"),
     ACK28 AE E204("PID^1^3^1^4", "the assigning authority is malformed")},
    {"hollow authority", A28 PID("1^^^&&"),
     ACK28 AE E204("PID^1^3^1^4", "the assigning authority is malformed")},
    {"hollow authority before a type", A28 PID("1^^^&&^PI"),
     ACK28 AE E204("PID^1^3^1^4", "the assigning authority is malformed")},
    {"namespace of F01 with the OID of F02", A28 PID("1^^^F01&1.2.392.2&ISO"),
     ACK28 AE E204("PID^1^3^1^4", "the parts of the assigning authority contradict each other")},
    {"OID alone", A28 PID("1^^^&1.2.392.1&ISO"), ACK28 AA},
    {"all three", A28 PID("1^^^F01&1.2.392.1&ISO"), ACK28 AA},
    {"empty authority: the source's domain", A28 PID("1"), ACK28 AA},
    {"empty authority, patient number type", A28 PID("1^^^^PI"), ACK28 AA},
    {"empty authority, insurance number type", A28 PID("1^^^^NH"),
     ACK28 AE E204("PID^1^3^1^4", "the assigning authority is not known")},
    {"domain of another source", A28 PID("1^^^F02"),
     ACK28 AR E204("PID^1^3^1^4", "this sender may not feed this assigning authority")},
    {"the regional domain cannot be fed", A28 PID("1^^^REG"),
     ACK28 AR E204("PID^1^3^1^4", "this sender may not feed this assigning authority")},
    {"empty authority of a source with two domains",
     "MSH|^~\\&|GW|NET|NAYOSE|REG|20260102||ADT^A28|M1|P|2.5\r" PID("1"),
     "MSH|^~\\&|NAYOSE|REG|GW|NET|TIME||ACK^A28^ACK|ID|P|2.5\n" AE
     "ERR||PID^1^3^1^4|101^Required field missing^HL70357|E||||the assigning authority is empty and "
     "this sender has no default\n"},
    {"unknown sender", "MSH|^~\\&|HIS|F09|NAYOSE|REG|20260102||ADT^A28|M1|P|2.5\r" PID("1^^^F01"),
     "MSH|^~\\&|NAYOSE|REG|HIS|F09|TIME||ACK^A28^ACK|ID|P|2.5\n" AR
         E204("MSH^1^4", "this sender is not registered")},
    {"any application of a facility",
     "MSH|^~\\&|LAB|F02|NAYOSE|REG|20260102||ADT^A28|M1|P|2.5\r" PID("1^^^F02"),
     "MSH|^~\\&|NAYOSE|REG|LAB|F02|TIME||ACK^A28^ACK|ID|P|2.5\n" AA},
    {"error of 2.3.1: ERR-1 too", A01 PID("1^^^X01"),
     ACK("ACK^A01", "2.3.1") AE
     "ERR|PID^1^3^204&Unknown key identifier|PID^1^3^1^4|204^Unknown key identifier^HL70357|E||||"
     "the assigning authority is not known\n"},
    {"cancel admit: no effect", HEAD "ADT^A11|M1|P|2.5\rEVN||2026\r",
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A11^ACK|ID|P|2.5\n" AA},
    {"transfer without a name: no effect", HEAD "ADT^A02|M1|P|2.5\rEVN||2026\rPID|||7^^^F01\r",
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A02^ACK|ID|P|2.5\n" AA},
    {"Z segments, LF and blank lines",
     "\nMSH|^~\\&|HIS|F01|NAYOSE|REG|20260102||ADT^A28|M1|P|2.5\n\nEVN||2026\nPID|||1||A^B\nZZZ|1\n\n",
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A28^ACK|ID|P|2.5\n" AA},
    {"other delimiters", "MSH#*%!?#HIS#F01#NAYOSE#REG#20260102##ADT*A28#M1#P#2.5\rEVN##2026\rPID###1***F01\r",
     "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A28^ACK|ID|P|2.5\n" AA},
    {"name with six carets (2.3.1)", A01 EVN "PID|||1||JOHNSTON^ROBERT^^^^^L\r",
     ACK("ACK^A01", "2.3.1") AA},
};
/* clang-format on */

static void test_situations(void **state)
{
    struct bench b;

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        bench_open(&b, true);
        (void)bench_send(&b, ny_str_from_c(rows[i].in));
        if (strcmp(bench_mask(&b), rows[i].out) != 0) {
            fail_msg("row %s:\n%s\nexpected:\n%s", rows[i].name, bench_mask(&b), rows[i].out);
        }
        bench_close(&b);
    }
}

static void test_long_id_is_refused(void **state)
{
    struct bench b;
    char in[1024];

    (void)state;
    bench_open(&b, false);
    snprintf(in, sizeof(in), A28 EVN "PID|||%s^^^F01||A^B\r", too_long);
    (void)bench_send(&b, ny_str_from_c(in));
    assert_string_equal(bench_mask(&b),
                        ACK28 AE E102("PID^1^3^1^1", "a value is too long or repeated too often"));
    bench_close(&b);
}

static void test_nul_byte_is_refused(void **state)
{
    static const char in[] = A28 EVN "PID|||1^^^F01||A\0B^C\r";
    struct bench b;

    (void)state;
    bench_open(&b, false);
    (void)bench_send(&b, ny_str_of(in, sizeof(in) - 1));
    assert_string_equal(bench_mask(&b), ACK28 AE E102("PID^1^5", "a value cannot be read"));
    bench_close(&b);
}

static void test_source_settings(void **state)
{
    struct bench b;
    struct ny_requester_row *s;

    (void)state;
    bench_open(&b, false);
    s = &b.registry->sources[0];
    s->strict_update = true;
    (void)bench_send(&b, NY_S(HEAD "ADT^A08|M1|P|2.5\r" PID("5^^^F01")));
    assert_string_equal(bench_mask(&b),
                        "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A08^ACK|ID|P|2.5\n" AE E204(
                            "PID^1^3^1^1", "the patient is not known"));
    (void)bench_send(&b, NY_S(HEAD "ADT^A31|M1|P|2.5\r" PID("5^^^F01"))); /* never strict */
    assert_non_null(strstr(b.answer, "MSA|AA|M1"));
    s->ignore_unknown_authority = true;
    (void)bench_send(&b, NY_S(A28 PID("9^^^X01~6^^^F01~8^^^X02")));
    assert_string_equal(bench_mask(&b), ACK28 AA);
    assert_non_null(strstr(b.registry->feed_text, "id F01:6\nnames"));
    (void)bench_send(&b, NY_S(A28 PID("9^^^X01~8^^^X02")));
    assert_string_equal(bench_mask(&b),
                        ACK28 AE E204("PID^1^3^1^4", "the assigning authority is not known"));
    s->accept_test = true;
    (void)bench_send(&b, NY_S(HEAD "ADT^A28|M1|T|2.5\r" PID("7^^^F01")));
    assert_non_null(strstr(b.answer, "MSA|AA|M1"));
    assert_non_null(strstr(b.registry->feed_text, " test\n"));
    assert_non_null(strstr(b.registry->feed_text, "processing=T\n"));
    (void)bench_send(&b, NY_S(HEAD "ADT^A08|M1|T|2.5\r" PID("6^^^F01")));
    assert_string_equal(bench_mask(&b),
                        "MSH|^~\\&|NAYOSE|REG|HIS|F01|TIME||ACK^A08^ACK|ID|T|2.5\n" AR
                        "ERR||MSH^1^11|202^Unsupported processing id^HL70357|E||||this is a real "
                        "patient, not one for practice\n");
    s->undecodable_replace = true;
    (void)bench_send(&b, NY_S(A28 EVN "PID|||1^^^F01||\xE3\x81^B\r"));
    assert_string_equal(bench_mask(&b), ACK28 AA "ERR|||102^Data type error^HL70357|W\n");
    assert_non_null(strstr(b.registry->feed_text, "had_undecodable=Y\n"));
    bench_close(&b);
}

static void test_connection_of_one_facility(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, false);
    b.facility = "F02";
    (void)bench_send(&b, NY_S(A28 REST));
    assert_string_equal(bench_mask(&b),
                        ACK28 AR E204("MSH^1^4", "this connection is another facility's"));
    b.facility = "F01";
    (void)bench_send(&b, NY_S(A28 REST));
    assert_string_equal(bench_mask(&b), ACK28 AA);
    bench_close(&b);
}

static void test_retired_id(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, false);
    (void)fake_identity(b.registry, 1, NY_S("3"), 0);
    b.registry->identities[0].merged = true;
    (void)bench_send(&b, NY_S(A28 PID("3^^^F01")));
    assert_string_equal(bench_mask(&b),
                        ACK28 AA "ERR||PID^1^3^1^1|204^Unknown key identifier^HL70357|W\n");
    bench_close(&b);
}

static void test_registry_failures(void **state)
{
    /* clang-format off */
    static const struct {
        const char *name;
        ny_rc rc;
        const char *out;
    } failures[] = {
        {"database down", NY_EDB,
         ACK28 AR "ERR|||207^Application internal error^HL70357|E||||the registry is not available, try again\n"},
        {"another leads", NY_EFENCED,
         ACK28 AR "ERR|||207^Application internal error^HL70357|E||||the registry is not available, try again\n"},
        {"locked", NY_EAGAIN,
         ACK28 AR "ERR|||206^Application record locked^HL70357|E||||try again\n"},
        {"not storable", NY_ECONFLICT,
         ACK28 AE "ERR|||207^Application internal error^HL70357|E||||the message cannot be stored\n"},
    };
    /* clang-format on */
    struct bench b;

    (void)state;
    bench_open(&b, false);
    for (size_t i = 0; i < NY_ARRAY_LEN(failures); i++) {
        b.registry->fail = failures[i].rc;
        (void)bench_send(&b, NY_S(A28 REST));
        if (strcmp(bench_mask(&b), failures[i].out) != 0) {
            fail_msg("row %s: %s", failures[i].name, bench_mask(&b));
        }
        (void)bench_send(&b, NY_S(A28 PID(""))); /* the note of a refusal fails as well */
        assert_string_equal(bench_mask(&b), failures[i].out);
    }
    b.registry->fail = NY_OK;
    b.registry->not_ready = true;
    (void)bench_send(&b, NY_S(A28 PID("")));
    assert_string_equal(bench_mask(&b), failures[0].out);
    assert_int_equal(b.registry->n_notes, NY_ARRAY_LEN(failures)); /* none when it is not ready */
    bench_close(&b);
}

static void test_refusals_are_noted(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, false);
    (void)bench_send(&b, NY_S(A28 PID("1^^^X01")));
    assert_string_equal(b.registry->note_text,
                        "feed ITI-30 outcome=4 keep=0 patient=: told= hits=0 AE 204 PID^1^3^1^4");
    (void)bench_send(&b, NY_S(A28 EVN "PID|||1^^^F01||A^B||soon\r"));
    assert_string_equal(b.registry->note_text,
                        "feed ITI-30 outcome=4 keep=0 patient=F01:1 told= hits=0 AE 102 PID^1^7");
    (void)bench_send(&b, NY_S(HEAD "ADT^A11|M1|P|2.5\rEVN||2026\r"));
    assert_string_equal(b.registry->note_text,
                        "feed ITI-31 outcome=0 keep=1 patient=: told= hits=0 AA ");
    (void)bench_send(&b, NY_S("rubbish"));
    assert_int_equal(b.registry->n_notes, 3);
    assert_int_equal(b.registry->n_feeds, 0);
    bench_close(&b);
}

/* An arena of any size gives an answer or none, never a crash, and a refusal is a retry. */
static void test_small_arenas(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, false);
    for (size_t cap = 64; cap < 60000; cap += 97) {
        b.arena_cap = cap;
        (void)bench_send(&b, NY_S(A28 REST));
        assert_true(b.answer_n == 0 || strstr(b.answer, "MSA|A") != NULL);
    }
    assert_non_null(strstr(b.answer, "MSA|AA"));
    bench_close(&b);
}

static void test_control_ids_differ(void **state)
{
    struct bench b;
    char last[64] = "";

    (void)state;
    bench_open(&b, false);
    ny_clock_freeze_us(INT64_C(1767225600000000));
    for (int i = 0; i < 100; i++) {
        ny_str rest = bench_send(&b, NY_S(A28 REST));
        ny_str id = NY_STR_NONE;

        for (int f = 0; f < 10; f++) {
            id = ny_str_split(&rest, '|');
        }
        assert_true(id.n > 0 && id.n <= 20);
        assert_true(ny_str_compare(ny_str_from_c(last), id) < 0);
        snprintf(last, sizeof(last), "%.*s", NY_ARG(id));
    }
    ny_clock_freeze_us(0);
    bench_close(&b);
}

static void test_many_repetitions(void **state)
{
    static char in[400000];
    size_t n;
    struct bench b;

    (void)state;
    bench_open(&b, false);
    n = (size_t)snprintf(in, sizeof(in), "%s", A28 EVN "PID|||");
    for (int i = 0; i < 10000; i++) {
        n += (size_t)snprintf(in + n, sizeof(in) - n, "%d^^^F01~", i);
    }
    (void)bench_send(&b, ny_str_of(in, n));
    assert_string_equal(bench_mask(&b),
                        ACK28 AE E102("PID^1^3", "a value is too long or repeated too often"));
    n = (size_t)snprintf(in, sizeof(in), "%s", A28 EVN "PID|||1^^^F01||A^B||||||");
    for (int i = 0; i < 1000; i++) {
        n += (size_t)snprintf(in + n, sizeof(in) - n, "%d~", i);
    }
    (void)bench_send(&b, ny_str_of(in, n));
    assert_string_equal(bench_mask(&b),
                        ACK28 AE E102("PID^1^11", "a value is too long or repeated too often"));
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_situations),
        cmocka_unit_test(test_long_id_is_refused),
        cmocka_unit_test(test_nul_byte_is_refused),
        cmocka_unit_test(test_source_settings),
        cmocka_unit_test(test_connection_of_one_facility),
        cmocka_unit_test(test_retired_id),
        cmocka_unit_test(test_registry_failures),
        cmocka_unit_test(test_refusals_are_noted),
        cmocka_unit_test(test_small_arenas),
        cmocka_unit_test(test_control_ids_differ),
        cmocka_unit_test(test_many_repetitions),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
