/* What a feed says of its patient: PID, NK1 and IN1 in, the request to the registry out (as text).
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support.h"

#define MSH                                                                                        \
    "MSH|^~\\&|HIS|F01|NAYOSE|REG|20260102030405+0900||ADT^A28^ADT_A05|M1|P|2.5||||||UNICODE "     \
    "UTF-8\r"
#define EVN "EVN||20260102030405\r"
#define AT "ITI-30 A28 at 2026-01-01T18:04:05.000000Z\nid F01:1\n"

/* Unformatted: version 14 of clang-format ends on rows of joined literals. */
/* clang-format off */
static const struct {
    const char *name;
    const char *in; /* behind MSH */
    const char *out;
} rows[] = {
    {"kanji and kana are one name", EVN "PID|||1||山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P\r",
     AT "names t=L kf=山田 kg=太郎 pf=ヤマダ pg=タロウ\n"},
    {"all three scripts, latin first", EVN "PID|||1||Yamada^Taro^^^^^L^A~山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P\r",
     AT "names t=L kf=山田 kg=太郎 pf=ヤマダ pg=タロウ af=Yamada ag=Taro\n"},
    {"maiden name apart", EVN "PID|||1||山田^花子^^^^^L^I~ヤマダ^ハナコ^^^^^L^P~鈴木^花子^^^^^M^I~スズキ^ハナコ^^^^^M^P\r",
     AT "names t=L kf=山田 kg=花子 pf=ヤマダ pg=ハナコ\nnames t=M kf=鈴木 kg=花子 pf=スズキ pg=ハナコ\n"},
    {"two legal names: first with first", EVN "PID|||1||甲^一^^^^^L^I~乙^二^^^^^L^I~コウ^イチ^^^^^L^P~オツ^ニ^^^^^L^P\r",
     AT "names t=L kf=甲 kg=一 pf=コウ pg=イチ\nnames t=L kf=乙 kg=二 pf=オツ pg=ニ\n"},
    {"no representation code: by script", EVN "PID|||1||山田^太郎~ヤマダ^タロウ~YAMADA^TARO\r",
     AT "names kf=山田 kg=太郎 pf=ヤマダ pg=タロウ af=YAMADA ag=TARO\n"},
    {"one component early", EVN "PID|||1||山田^太郎^^^^L^I~ヤマダ^タロウ^^^^L^P\r",
     AT "names t=L kf=山田 kg=太郎 pf=ヤマダ pg=タロウ\n"},
    {"type only in the first repetition", EVN "PID|||1||山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^^P\r",
     AT "names t=L kf=山田 kg=太郎 pf=ヤマダ pg=タロウ\n"},
    {"codes of JP Core", EVN "PID|||1||山田^太郎^^^^^L^IDE~ヤマダ^タロウ^^^^^L^SYL\r",
     AT "names t=L kf=山田 kg=太郎 pf=ヤマダ pg=タロウ\n"},
    {"kana only", EVN "PID|||1||ヤマダ^タロウ\r", AT "names pf=ヤマダ pg=タロウ\n"},
    {"whole name in XPN-1 is left to text", EVN "PID|||1||山田　太郎^^^^^^L^I\r", AT "names t=L kf=山田　太郎\n"},
    {"gaiji stays", EVN "PID|||1||■田^太郎^^^^^L^I\r", AT "names t=L kf=■田 kg=太郎\n"},
    {"six carets", EVN "PID|||1||JOHNSTON^ROBERT^JAY^^^^L\r", AT "names t=L af=JOHNSTON ag=ROBERT am=JAY\n"},
    {"alias of PID-9", EVN "PID|||1||山田^太郎^^^^^L^I||||山本^太郎\r",
     AT "names t=L kf=山田 kg=太郎\nnames t=A kf=山本 kg=太郎\n"},
    {"alias alone says no name", EVN "PID|||1||||||山本^太郎\r", AT},
    {"empty name parts say nothing", EVN "PID|||1||^^^^^^L\r", AT},
    {"sub-components of the family name", EVN "PID|||1||van Beek&van&Beek^Ann\r", AT "names af=van Beek ag=Ann\n"},
    {"escapes", EVN "PID|||1||A\\T\\B^C\\F\\D^^^^^^A\r", AT "names af=A&B ag=C|D\n"},
    {"singles", EVN "PID|||1||||19480405120000|M||||||||||ACC9^^^F01||||||Y|2||||20260101|Y|N|AL~US|20251231\r",
     AT "birth_date=19480405120000\nsex=M\nmultiple_birth=Y\nbirth_order=2\ndeath_time=20260101\ndeath=Y\n"
        "account=ACC9\nidentity_unknown=N\nreliability=AL~US\n"},
    {"era birth date stays as received", EVN "PID|||1||||S23.4.5\r", AT "birth_date=S23.4.5\n"},
    {"deleted singles", EVN "PID|||1||||\"\"|\"\"\r", AT "birth_date=\nsex=\n"},
    {"address in XAD-8", EVN "PID|||1||||||||^^^^422-8033^JPN^H^静岡県静岡市登呂１−３−５ A&B\r",
     AT "addresses t=H z=422-8033 n=JPN w=静岡県静岡市登呂１−３−５ A&B\n"},
    {"address in parts, two", EVN "PID|||1||||||||1-2-3^x^静岡市^静岡県^4228033~2-1&Main&2^^Tokyo\r",
     AT "addresses s=1-2-3 o=x c=静岡市 p=静岡県 z=4228033\naddresses s=2-1 c=Tokyo\n"},
    {"country alone is no address", EVN "PID|||1||||||||^^^^^JPN^H\r", AT},
    {"addresses deleted", EVN "PID|||1||||||||\"\"\r", AT "addresses deleted\n"},
    {"one null repetition deletes all", EVN "PID|||1||||||||1^^a~\"\"\r", AT "addresses deleted\n"},
    {"null component only empties itself", EVN "PID|||1||||||||1^\"\"^a\r", AT "addresses s=1 c=a\n"},
    {"phones", EVN "PID|||1||||||||||^PRN^PH^^^^^^^^^054-000-0000~03-1^WPN^PH~^PRN^PH^^81^03^5999-9999~^^Internet^a@b|^WPN^CP^^1^212^5551234\r",
     AT "phones n=054-000-0000 u=PRN e=PH\nphones n=03-1 u=WPN e=PH\nphones n=03-5999-9999 u=PRN e=PH\n"
        "phones n=1-212-5551234 u=WPN e=CP\n"},
    {"phones deleted", EVN "PID|||1||||||||||\"\"\r", AT "phones deleted\n"},
    {"home phone deleted, business phone said", EVN "PID|||1||||||||||\"\"|090-1\r", AT "phones n=090-1\n"},
    {"business phone deleted: nothing", EVN "PID|||1|||||||||||\"\"\r", AT},
    {"insurance with repetitions", EVN "PID|||1\rIN1|1|67^国保^JHSD0001|67999991|||||||あいう~１８７~05||20091201|20301231\r",
     AT "insurances p=67 i=67999991 s=あいう n=１８７ b=05 f=20091201 u=20301231\n"},
    {"insurance with components", EVN "PID|||1\rIN1|1|06|06139999|||||||123^4567^01\r",
     AT "insurances p=06 i=06139999 s=123 n=4567 b=01\n"},
    {"insurance with a number only", EVN "PID|||1\rIN1|1|39|39131234|||||||12345678\r",
     AT "insurances p=39 i=39131234 n=12345678\n"},
    {"insurance without a symbol", EVN "PID|||1\rIN1|1|39|39131234|||||||~12345678\r",
     AT "insurances p=39 i=39131234 n=12345678\n"},
    {"two insurances, one empty", EVN "PID|||1\rIN1|1|06|1|||||||a~b\rIN1|2|OE\rIN1|3|C0|2\r",
     AT "insurances p=06 i=1 s=a n=b\ninsurances p=C0 i=2\n"},
    {"insurances deleted", EVN "PID|||1\rIN1|1||\"\"\r", AT "insurances deleted\n"},
    {"mother of PID-6 in kana", EVN "PID|||1|||山田^花子^^^^^L^I~ヤマダ^ハナコ^^^^^L^P\r", AT "mother_name=ハナコ\nmother_family=ヤマダ\n"},
    {"mother of NK1", EVN "PID|||1\rNK1|1|父^一郎|FTH\rNK1|2|山田^花子^^^^^L^I~ヤマダ^ハナコ^^^^^L^P|MTH^母^HL70063\r",
     AT "mother_name=ハナコ\nmother_family=ヤマダ\n"},
    {"mother without kana", EVN "PID|||1|||JONES^MARY\r", AT "mother_name=MARY\nmother_family=JONES\n"},
    {"mother's id, of another domain", EVN "PID|||1||||||||||||||||||9^^^F02\r", AT "mother_id=F02^9\n"},
    {"mother's id without an authority", EVN "PID|||1||||||||||||||||||9\r", AT "mother_id=F01^9\n"},
    {"mother's id of nobody we know", EVN "PID|||1||||||||||||||||||9^^^F99\r", AT},
    {"mother's id deleted", EVN "PID|||1||||||||||||||||||\"\"\r", AT "mother_id=\n"},
    {"mother of a family name alone", EVN "PID|||1|||JONES\r", AT "mother_name=\nmother_family=JONES\n"},
    {"mother deleted", EVN "PID|||1|||\"\"\r", AT "mother_name=\nmother_family=\n"},
    {"several domains, duplicates once", EVN "PID|||1~1^^^F01&1.2.392.1&ISO~ 2 ^^^&1.2.392.1&ISO\r",
     AT "id F01:2\n"},
    {"EVN-6 before EVN-2", "EVN||20260202||||20260101090000+0900\rPID|||1\r",
     "ITI-30 A28 at 2026-01-01T00:00:00.000000Z\nid F01:1\n"},
    {"EVN-2 with zone and fraction", "EVN||20260101093000.1234-0600\rPID|||1\r",
     "ITI-30 A28 at 2026-01-01T15:30:00.123400Z\nid F01:1\n"},
    {"PID-33 before MSH-7", "EVN\rPID|||1||||||||||||||||||||||||||||||20251224\r",
     "ITI-30 A28 at 2025-12-23T15:00:00.000000Z\nid F01:1\n"},
    {"MSH-7 last", "EVN\rPID|||1\r", AT},
    {"null time is none", "EVN||\"\"\rPID|||1\r", AT},
};
/* clang-format on */

static void test_what_a_feed_says(void **state)
{
    struct bench b;

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        char in[4096];

        bench_open(&b, false);
        snprintf(in, sizeof(in), MSH "%s", rows[i].in);
        (void)bench_send(&b, ny_str_from_c(in));
        if (strstr(b.answer, "MSA|AA") == NULL || strcmp(b.registry->feed_text, rows[i].out) != 0) {
            fail_msg("row %s:\n%s\nexpected:\n%s\nanswer:\n%s", rows[i].name, b.registry->feed_text,
                     rows[i].out, bench_mask(&b));
        }
        bench_close(&b);
    }
}

/* Other events take the patient too, under their transaction. */
static void test_events(void **state)
{
    static const struct {
        const char *event;
        const char *head; /* of the request, NULL: no feed */
    } events[] = {
        {"A01", "ITI-8 A01 at " },
        {"A04", "ITI-8 A04 at " },
        {"A05", "ITI-8 A05 at " },
        {"A08", "ITI-8 A08 at " },
        {"A31", "ITI-30 A31 at "},
        {"A02", "ITI-31 A02 at "},
        {"A03", "ITI-31 A03 at "},
        {"A54", "ITI-31 A54 at "},
        {"A11", NULL            },
        {"A17", "ITI-31 A17 at "},
        {"A60", NULL            },
        {"A44", NULL            },
    };
    struct bench b;

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(events); i++) {
        char in[512];

        bench_open(&b, false);
        snprintf(in, sizeof(in),
                 "MSH|^~\\&|HIS|F01|||20260102||ADT^%s|M1|P|2.5\r" EVN "PID|||1||A^B\r",
                 events[i].event);
        (void)bench_send(&b, ny_str_from_c(in));
        assert_non_null(strstr(b.answer, "MSA|AA|M1\r"));
        assert_int_equal(b.registry->n_feeds, events[i].head != NULL);
        if (events[i].head != NULL) {
            assert_true(ny_str_starts_with(ny_str_from_c(b.registry->feed_text),
                                           ny_str_from_c(events[i].head)));
        }
        bench_close(&b);
    }
}

/* ISO-2022-JP in, ISO-2022-JP out; 0x7C in kanji (淫 is 0x307C) is no separator. */
static void test_character_set_is_mirrored(void **state)
{
    static const char in[] = "MSH|^~\\&|\x1B$B;3ED\x1B(B|F02|NAYOSE|REG|20260102||ADT^A28|M1|P|2.5"
                             "||||||~ISO IR87||ISO 2022-1994\r"
                             "EVN||2026\rPID|||1||\x1B$B0|\x1B(B^\x1B$BB@O:\x1B(B^^^^^L^I\r";
    static const char out[] = "MSH|^~\\&|NAYOSE|REG|\x1B$B;3ED\x1B(B|F02|TIME||ACK^A28^ACK|ID|P|2.5"
                              "||||||~ISO IR87||ISO 2022-1994\nMSA|AA|M1\n";
    struct bench b;

    (void)state;
    bench_open(&b, false);
    (void)bench_send(&b, ny_str_from_c(in));
    assert_string_equal(bench_mask(&b), out);
    assert_non_null(strstr(b.registry->feed_text, "names t=L kf=淫 kg=太郎\n"));
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_feed_says),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_character_set_is_mirrored),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
