/* Merges, renames, links and withdrawals on the wire: message in, what the registry is told, exact
 * answer out. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support.h"

#define MSH(event, version)                                                                        \
    "MSH|^~\\&|HIS|F01|NAYOSE|REG|20260102030405||" event "|M1|P|" version "\r"                    \
    "EVN||20260102030405\r"
#define A40 MSH("ADT^A40^ADT_A39", "2.5")
#define A47 MSH("ADT^A47^ADT_A30", "2.5")
#define A24 MSH("ADT^A24^ADT_A24", "2.5")
#define A23 MSH("ADT^A23^ADT_A21", "2.5")
#define PID(id) "PID|||" id "||A^B\r"
#define MRG(id) "MRG|" id "\r"
#define NET_A40 "MSH|^~\\&|GW|NET|NAYOSE|REG|20260102||ADT^A40|M1|P|2.5\rEVN||2026\r"

#define AA "MSA|AA|M1\n"
#define AE "MSA|AE|M1\n"
#define AR "MSA|AR|M1\n"
#define E(where, code_text, user) "ERR||" where "|" code_text "^HL70357|E||||" user "\n"
#define E204(where, user) E(where, "204^Unknown key identifier", user)
#define W204(where) "ERR||" where "|204^Unknown key identifier^HL70357|W\n"

enum { KNOWN_1 = 1, KNOWN_2 = 2, RETIRED_1 = 4 };

/* Unformatted: version 14 of clang-format ends on rows of joined literals. */
/* clang-format off */
static const struct {
    const char *name;
    unsigned known; /* F01:1 and F01:2 */
    const char *in;
    const char *told; /* without the first line; NULL: the registry hears nothing */
    const char *out;  /* without MSH */
} rows[] = {
    {"both known", KNOWN_1 | KNOWN_2, A40 PID("2^^^F01") MRG("1^^^F01"), "merge F01:1 F01:2\n", AA},
    {"authorities left to the source", KNOWN_1 | KNOWN_2, A40 PID("2") MRG("1"),
     "merge F01:1 F01:2\n", AA},
    {"subsumed unknown", KNOWN_2, A40 PID("2^^^F01") MRG("1^^^F01"), "merge F01:1 F01:2\n",
     AA W204("MRG^1^1^1^1")},
    {"surviving unknown", KNOWN_1, A40 PID("2^^^F01") MRG("1^^^F01"), "merge F01:1 F01:2\n", AA},
    {"both unknown", 0, A40 PID("2^^^F01") MRG("1^^^F01"), "merge F01:1 F01:2\n",
     AA W204("MRG^1^1^1^1")},
    {"surviving id retired itself", KNOWN_1 | KNOWN_2 | RETIRED_1,
     A40 PID("1^^^F01") MRG("2^^^F01"), "merge F01:2 F01:1\n", AA W204("PID^1^3^1^1")},
    {"the same id twice", KNOWN_1, A40 PID("1^^^F01") MRG("1^^^F01"), NULL,
     AE E("MRG^1^1^1^1", "102^Data type error", "both identifiers are the same")},
    {"ids of two domains of one source", 0, NET_A40 PID("1^^^F03") MRG("2^^^F04"), NULL,
     AE E204("MRG^1^1^1^4", "no surviving identifier of this assigning authority")},
    {"surviving id of another source", KNOWN_1, A40 PID("2^^^F02") MRG("1^^^F01"), NULL,
     AR E204("PID^1^3^1^4", "this sender may not feed this assigning authority")},
    {"subsumed id of another source", KNOWN_1, A40 PID("1^^^F01") MRG("2^^^F02"), NULL,
     AR E204("MRG^1^1^1^4", "this sender may not feed this assigning authority")},
    {"subsumed id of an unknown authority", KNOWN_1, A40 PID("1^^^F01") MRG("2^^^X01"), NULL,
     AE E204("MRG^1^1^1^4", "the assigning authority is not known")},
    {"no MRG", KNOWN_1, A40 PID("1^^^F01"), NULL,
     AE E("MRG^1", "100^Segment sequence error", "a segment is missing or out of order")},
    {"MRG-1 empty", KNOWN_1, A40 PID("1^^^F01") "MRG||\r", NULL,
     AE E("MRG^1^1", "101^Required field missing", "a required field is empty")},
    {"several groups, in order", 0,
     A40 PID("2^^^F01") MRG("1^^^F01") PID("3^^^F01") "PD1|\r" MRG("2^^^F01"),
     "merge F01:1 F01:2\nmerge F01:2 F01:3\n",
     AA W204("MRG^1^1^1^1") W204("PID^1^3^1^1")},
    {"several domains: paired by authority", 0,
     NET_A40 PID("1^^^F03~2^^^F04") MRG("8^^^F04~7^^^F03"),
     "merge F04:8 F04:2\nmerge F03:7 F03:1\n", AA W204("MRG^1^1^1^1") W204("MRG^1^1^2^1")},
    {"several types of one domain: paired by type", 0,
     NET_A40 PID("1^^^F03^PI~2^^^F03^MR") MRG("8^^^F03^MR~7^^^F03^PI"),
     "merge F03:8 F03:2\nmerge F03:7 F03:1\n", AA W204("MRG^1^1^1^1") W204("MRG^1^1^2^1")},
    {"A34, ids in PID-2 and MRG-4", KNOWN_1 | KNOWN_2,
     MSH("ADT^A34", "2.3") "PID||2|9^^^X01||A^B\rMRG||||1\r", "merge F01:1 F01:2\n", AA},
    {"A18 as an A40", KNOWN_1 | KNOWN_2, MSH("ADT^A18", "2.3") PID("2") MRG("1"),
     "merge F01:1 F01:2\n", AA},
    {"A47 to a new id", KNOWN_1, A47 PID("2^^^F01") MRG("1^^^F01"), "rename F01:1 F01:2\n", AA},
    {"A47 to an id that is taken", KNOWN_1 | KNOWN_2, A47 PID("2^^^F01") MRG("1^^^F01"),
     "rename F01:1 F01:2\n",
     AE E("PID^1^3^1^1", "205^Duplicate key identifier", "the identifier belongs to another patient")},
    {"link", KNOWN_1, A24 PID("1^^^F01") PID("2^^^F01"), "link F01:1 F01:2\n", AA},
    {"link of lists", 0,
     "MSH|^~\\&|GW|NET|NAYOSE|REG|20260102||ADT^A24|M1|P|2.5\rEVN||2026\r" PID("1^^^F03~2^^^F04")
         PID("3^^^F03"),
     "link F03:1 F03:3\nlink F04:2 F03:3\n", AA},
    {"link of an id with itself", 0, A24 PID("1^^^F01") PID("1^^^F01"), NULL,
     AE E("PID^2^3^1^1", "102^Data type error", "both identifiers are the same")},
    {"link with an id of another source", 0, A24 PID("1^^^F01") PID("2^^^F02"), NULL,
     AR E204("PID^2^3^1^4", "this sender may not feed this assigning authority")},
    {"link without the second PID", 0, A24 PID("1^^^F01"), NULL,
     AE E("PID^2", "100^Segment sequence error", "a segment is missing or out of order")},
    {"unlink, never linked", 0, MSH("ADT^A37^ADT_A37", "2.5") PID("1^^^F01") PID("2^^^F01"),
     "unlink F01:1 F01:2\n", AA},
    {"withdrawal", KNOWN_1, A23 PID("1^^^F01"), "id F01:1\nwithdrawn=Y\n", AA},
    {"withdrawal of an unknown id", 0, A23 PID("1^^^F01"), "id F01:1\nwithdrawn=Y\n",
     AA W204("PID^1^3^1^1")},
    {"A29 is a withdrawal, too", KNOWN_1, MSH("ADT^A29^ADT_A21", "2.5") PID("1^^^F01"),
     "id F01:1\nwithdrawn=Y\n", AA},
    {"feed of a retired id", KNOWN_1 | RETIRED_1, MSH("ADT^A08", "2.5") "PID|||1^^^F01||||||M\r",
     "id F01:1\n", AA W204("PID^1^3^1^1")},
};
/* clang-format on */

static const char *behind_first_line(const char *text)
{
    const char *lf = strchr(text, '\n');

    return lf != NULL ? lf + 1 : text;
}

static void test_pairs(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct bench b;
        const char *told;
        const char *out;

        bench_open(&b, false);
        if ((rows[i].known & KNOWN_1) != 0) {
            (void)fake_identity(b.registry, 1, NY_S("1"), 0);
            b.registry->identities[0].merged = (rows[i].known & RETIRED_1) != 0;
        }
        if ((rows[i].known & KNOWN_2) != 0) {
            (void)fake_identity(b.registry, 1, NY_S("2"), 0);
        }
        (void)bench_send(&b, ny_str_from_c(rows[i].in));
        out = behind_first_line(bench_mask(&b));
        told = b.registry->n_feeds > 0 ? behind_first_line(b.registry->feed_text) : NULL;
        if (strcmp(out, rows[i].out) != 0) {
            fail_msg("row %s:\n%s\nexpected:\n%s", rows[i].name, out, rows[i].out);
        }
        if ((told == NULL) != (rows[i].told == NULL) ||
            (told != NULL && strcmp(told, rows[i].told) != 0)) {
            fail_msg("row %s told:\n%s\nexpected:\n%s", rows[i].name, told != NULL ? told : "-",
                     rows[i].told != NULL ? rows[i].told : "-");
        }
        bench_close(&b);
    }
}

static void test_transaction(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, false);
    (void)bench_send(&b, NY_S(A40 PID("2") MRG("1")));
    assert_true(ny_str_starts_with(ny_str_from_c(b.registry->feed_text), NY_S("ITI-30 A40 at ")));
    (void)bench_send(&b, NY_S(MSH("ADT^A40", "2.3.1") PID("2") MRG("1")));
    assert_true(ny_str_starts_with(ny_str_from_c(b.registry->feed_text), NY_S("ITI-8 A40 at ")));
    bench_close(&b);
}

static void test_more_pairs_than_ids_fit(void **state)
{
    struct bench b;
    char in[4096];
    size_t at = (size_t)snprintf(in, sizeof(in), "%s", A40);

    (void)state;
    bench_open(&b, false);
    for (int i = 0; i < NY_FEED_IDS_MAX; i++) {
        at += (size_t)snprintf(in + at, sizeof(in) - at, "PID|||9\rMRG|1%d\r", i);
    }
    (void)bench_send(&b, ny_str_from_c(in));
    assert_string_equal(
        behind_first_line(bench_mask(&b)),
        AE E("MRG^32^1", "102^Data type error", "a value is too long or repeated too often"));
    assert_int_equal(b.registry->n_feeds, 0);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_transaction),
        cmocka_unit_test(test_more_pairs_than_ids_fit),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
