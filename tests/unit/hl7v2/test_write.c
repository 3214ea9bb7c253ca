/* Writing: the cursor, escapes, acknowledgements byte for byte, salvage of broken headers. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "nayose/hl7v2.h"

/* 2011-12-20 22:44:47 in Japan */
#define NOW INT64_C(1324388687339900)
#define NOW_TEXT "20111220224447+0900"

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

static void check(const char *name, ny_str got, const char *expected)
{
    if (!ny_str_equals(got, ny_str_from_c(expected))) {
        struct ny_buf b;

        ny_buf_init(&b, arena);
        for (size_t i = 0; i < got.n; i++) {
            ny_buf_add_char(&b, got.p[i] == '\r' ? '\n' : got.p[i]);
        }
        fail_msg("%s:\n%.*s", name, NY_ARG(ny_buf_str(&b)));
    }
}

/* ---- acknowledgements: {request, remark, answer} ---- */

#define REQ_231 "MSH|^~\\&|HIS|HOSP|NAYOSE|REGION|20260101||ADT^A01|77|P|2.3.1\r"
#define ANS_231 "MSH|^~\\&|NAYOSE|REGION|HIS|HOSP|" NOW_TEXT "||ACK^A01|N1|P|2.3.1\r"
#define REQ_25 "MSH|^~\\&|HIS|HOSP|NAYOSE|REGION|20260101||ADT^A28^ADT_A05|77|P|2.5\r"
#define ANS_25 "MSH|^~\\&|NAYOSE|REGION|HIS|HOSP|" NOW_TEXT "||ACK^A28^ACK|N1|P|2.5\r"

static const struct {
    const char *name, *request;
    enum ny_hl7v2_ack_code code;
    char severity; /* 0: no ERR */
    int error;
    const char *places[3];
    const char *answer;
} acks[] = {
    {"2.3.1 accepted",                          REQ_231,                         NY_HL7V2_AA, 0, 0,   {0}, ANS_231 "MSA|AA|77\r"},
    {"2.5 accepted",                            REQ_25,                          NY_HL7V2_AA, 0, 0,   {0}, ANS_25 "MSA|AA|77\r" },
    {"commit accepted",                         REQ_25,                          NY_HL7V2_CA, 0, 0,   {0}, ANS_25 "MSA|CA|77\r" },
    {"unsupported message type",
     REQ_25,                                                                     NY_HL7V2_AR,
     'E',                                                                                        200,
     {"MSH^1^9^1^1"},
     ANS_25 "MSA|AR|77\rERR||MSH^1^9^1^1|200^Unsupported message type^HL70357|E\r"                                              },
    {"unsupported event",
     REQ_25,                                                                     NY_HL7V2_AR,
     'E',                                                                                        201,
     {"MSH^1^9^1^2"},
     ANS_25 "MSA|AR|77\rERR||MSH^1^9^1^2|201^Unsupported event code^HL70357|E\r"                                                },
    {"MSH-10 missing",
     "MSH|^~\\&|HIS|HOSP|NAYOSE|REGION|20260101||ADT^A28^ADT_A05||P|2.5\r",      NY_HL7V2_AR,
     'E',                                                                                        101,
     {"MSH^1^10"},
     ANS_25 "MSA|AR\rERR||MSH^1^10|101^Required field missing^HL70357|E\r"                                                      },
    {"processing id",
     REQ_25,                                                                     NY_HL7V2_AR,
     'E',                                                                                        202,
     {"MSH^1^11"},
     ANS_25 "MSA|AR|77\rERR||MSH^1^11|202^Unsupported processing id^HL70357|E\r"                                                },
    {"version",
     REQ_25,                                                                     NY_HL7V2_AR,
     'E',                                                                                        203,
     {"MSH^1^12"},
     ANS_25 "MSA|AR|77\rERR||MSH^1^12|203^Unsupported version id^HL70357|E\r"                                                   },
    {"segment missing",
     REQ_25,                                                                     NY_HL7V2_AE,
     'E',                                                                                        100,
     {"PID^1"},
     ANS_25 "MSA|AE|77\rERR||PID^1|100^Segment sequence error^HL70357|E\r"                                                      },
    {"unknown authority, 2.3.1 has both forms",
     REQ_231,                                                                    NY_HL7V2_AE,
     'E',                                                                                        204,
     {"PID^1^3^2^4"},
     ANS_231 "MSA|AE|77\rERR|PID^1^3^204&Unknown key identifier|PID^1^3^2^4|204^Unknown key "
             "identifier^HL70357|E\r"                                                                                           },
    {"several places",
     REQ_25,                                                                     NY_HL7V2_AE,
     'E',                                                                                        204,
     {"QPD^1^4^2", "QPD^1^4^3"},
     ANS_25 "MSA|AE|77\rERR||QPD^1^4^2~QPD^1^4^3|204^Unknown key identifier^HL70357|E\r"                                        },
    {"several places, 2.3.1",
     REQ_231,                                                                    NY_HL7V2_AE,
     'E',                                                                                        204,
     {"PID^1^3^1^4", "MRG^1"},
     ANS_231 "MSA|AE|77\rERR|PID^1^3^204&Unknown key identifier~MRG^1^^204&Unknown key "
             "identifier|PID^1^3^1^4~MRG^1|204^Unknown key identifier^HL70357|E\r"                                              },
    {"database down",
     REQ_25,                                                                     NY_HL7V2_AR,
     'E',                                                                                        207,
     {0},
     ANS_25 "MSA|AR|77\rERR|||207^Application internal error^HL70357|E\r"                                                       },
    {"database down, 2.3.1",
     REQ_231,                                                                    NY_HL7V2_AR,
     'E',                                                                                        207,
     {0},
     ANS_231 "MSA|AR|77\rERR|^^^207&Application internal error||207^Application internal "
             "error^HL70357|E\r"                                                                                                },
    {"record locked",
     REQ_25,                                                                     NY_HL7V2_AR,
     'E',                                                                                        206,
     {0},
     ANS_25 "MSA|AR|77\rERR|||206^Application record locked^HL70357|E\r"                                                        },
    {"accepted with a remark",
     REQ_25,                                                                     NY_HL7V2_AA,
     'W',                                                                                        102,
     {"PID^1^7"},
     ANS_25 "MSA|AA|77\rERR||PID^1^7|102^Data type error^HL70357|W\r"                                                           },
    {"control id with blanks",
     "MSH|^~\\&|HIS||NAYOSE||20260101||ADT^A28| 7 7|P|2.5\r",                    NY_HL7V2_AA,
     0,                                                                                          0,
     {0},
     "MSH|^~\\&|NAYOSE||HIS||" NOW_TEXT "||ACK^A28^ACK|N1|P|2.5\rMSA|AA| 7 7\r"                                                 },
    {"control id with escapes and components",
     "MSH|^~\\&|HIS||NAYOSE||20260101||ADT^A28|a\\T\\b^c\\x|P|2.5\r",            NY_HL7V2_AA,
     0,                                                                                          0,
     {0},
     "MSH|^~\\&|NAYOSE||HIS||" NOW_TEXT "||ACK^A28^ACK|N1|P|2.5\rMSA|AA|a\\T\\b^c\\x\r"                                         },
    {"version and processing id are copied",
     "MSH|^~\\&|HIS^1.2^ISO|H|N^3^ISO|R|2026||ADT^A28|7|P^T|2.5^DEU\r",          NY_HL7V2_AA,
     0,                                                                                          0,
     {0},
     "MSH|^~\\&|N^3^ISO|R|HIS^1.2^ISO|H|" NOW_TEXT "||ACK^A28^ACK|N1|P^T|2.5^DEU\rMSA|AA|7\r"                                   },
    {"other delimiters are exchanged",
     "MSH$%~!@$A%x|y@z$B$C$D$E$$ADT%A01$5!T!$P$2.3.1\r",                         NY_HL7V2_AA,
     0,                                                                                          0,
     {0},
     "MSH|^~\\&|C|D|A^x\\F\\y&z|B|" NOW_TEXT "||ACK^A01|N1|P|2.3.1\rMSA|AA|5\\T\\\r"                                            },
    {"character set mirrored",
     "MSH|^~\\&|HIS|\x1B$B;3\x30\x7C\x1B(B|NAYOSE|R|20260101||ADT^A08|77|P|2.5||||||~ISO IR87||ISO "
     "2022-1994\r",                                                              NY_HL7V2_AA,
     0,                                                                                          0,
     {0},
     "MSH|^~\\&|NAYOSE|R|HIS|\x1B$B;3\x30\x7C\x1B(B|" NOW_TEXT
     "||ACK^A08^ACK|N1|P|2.5||||||~ISO IR87||ISO 2022-1994\rMSA|AA|77\r"                                                        },
    {"spelling mirrored",
     "MSH|^~\\&|HIS|H|N|R|2026||ADT^A08|77|P|2.5||||||~ISOIR87||ISO2022-1994\r", NY_HL7V2_AA,
     0,                                                                                          0,
     {0},
     "MSH|^~\\&|N|R|HIS|H|" NOW_TEXT
     "||ACK^A08^ACK|N1|P|2.5||||||~ISOIR87||ISO2022-1994\rMSA|AA|77\r"                                                          },
    {"undeclared CP932 goes back as it came",
     "MSH|^~\\&|HIS|\x83\x7C|N|R|2026||ADT^A08|77|P|2.5\r",                      NY_HL7V2_AA,
     0,                                                                                          0,
     {0},
     "MSH|^~\\&|N|R|HIS|\x83\x7C|" NOW_TEXT "||ACK^A08^ACK|N1|P|2.5\rMSA|AA|77\r"                                               },
    {"no event",
     "MSH|^~\\&|HIS|H|N|R|2026|||77|P|2.5\r",                                    NY_HL7V2_AR,
     'E',                                                                                        200,
     {"MSH^1^9^1^1"},
     "MSH|^~\\&|N|R|HIS|H|" NOW_TEXT
     "||ACK^^ACK|N1|P|2.5\rMSA|AR|77\rERR||MSH^1^9^1^1|200^Unsupported message type^HL70357|E\r"                                },
};

static void test_acks(void **state)
{
    const struct ny_hl7v2_options options = {.source_sets = NY_CHARSET_CP932};

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(acks); i++) {
        struct ny_hl7v2_msg *msg;
        struct ny_hl7v2_msh salvaged;
        ny_str places[3];
        struct ny_hl7v2_remark remark = {
            .severity = acks[i].severity, .code = acks[i].error, .locations = places};
        struct ny_hl7v2_ack ack = {acks[i].code, NY_S("N1"), NOW, &remark, acks[i].severity != 0};
        ny_str in = ny_str_from_c(acks[i].request);
        ny_str out = NY_STR_NONE;

        while (remark.location_count < 3 && acks[i].places[remark.location_count] != NULL) {
            places[remark.location_count] = ny_str_from_c(acks[i].places[remark.location_count]);
            remark.location_count++;
        }
        assert_int_equal(ny_hl7v2_parse(arena, in, &options, &msg, NULL), NY_OK);
        assert_int_equal(ny_hl7v2_ack_write(arena, ny_hl7v2_header(msg), &ack, &out), NY_OK);
        check(acks[i].name, out, acks[i].answer);
        /* The salvaged header of a good message answers alike. */
        assert_int_equal(ny_hl7v2_salvage(arena, in, &options, &salvaged), NY_OK);
        assert_int_equal(ny_hl7v2_ack_write(arena, &salvaged, &ack, &out), NY_OK);
        check(acks[i].name, out, acks[i].answer);
    }
}

static void test_several_remarks_with_texts(void **state)
{
    const ny_str place = NY_S("PID^1^7");
    const struct ny_hl7v2_remark remarks[] = {
        {.severity = 'W',
         .code = 102,
         .locations = &place,
         .location_count = 1,
         .user_message = NY_S("a|b")},
        {.severity = 'I', .code = 0, .diagnostic = NY_S("山&1")},
        {.severity = 'E',     .code = 999 },
    };
    const struct ny_hl7v2_ack ack = {NY_HL7V2_AA, NY_S("N1"), NOW, remarks, 3};
    struct ny_hl7v2_msg *msg;
    ny_str out;

    (void)state;
    assert_int_equal(
        ny_hl7v2_parse(arena, NY_S("MSH|^~\\&|HIS|H|N|R|2026||ADT^A08|77|P|2.5||||||~ISO IR87\r"),
                       NULL, &msg, NULL),
        NY_OK);
    assert_int_equal(ny_hl7v2_ack_write(arena, ny_hl7v2_header(msg), &ack, &out), NY_OK);
    check("remarks", out,
          "MSH|^~\\&|N|R|HIS|H|" NOW_TEXT "||ACK^A08^ACK|N1|P|2.5||||||~ISO IR87\rMSA|AA|77\r"
          "ERR||PID^1^7|102^Data type error^HL70357|W||||a\\F\\b\r"
          "ERR|||0^Message accepted^HL70357|I|||\x1B$B;3\x1B(B\\T\\1\r"
          "ERR|||999^Application internal error^HL70357|E\r");
}

/* ---- salvage: {bytes, answer to AR 102 at MSH^1^2} ---- */

static const struct {
    const char *name;
    const char *in;
    size_t n;
    const char *control_id, *sender, *version; /* NULL: nothing found */
} salvages[] = {
#define S(name, in, id, sender, version)                                                           \
    {                                                                                              \
        name, in, sizeof(in) - 1, id, sender, version                                              \
    }
    S("three delimiters", "MSH|^~\\|HIS|H|N|R|2026||ADT^A08|77|P|2.5\rPID|1\r", "77", "HIS", "2.5"),
    S("duplicate delimiters", "MSH|^^\\&|HIS|H|N|R|2026||ADT^A08|77|P|2.5^DEU\r", "77", "HIS",
      "2.5"),
    S("no delimiters", "MSH||HIS|H|N|R|2026||ADT^A08|77|P|2.5\r", "77", "HIS", "2.5"),
    S("other separator", "MSH$^^\\&$HIS$H$N$R$2026$$ADT^A08$77$P$2.3.1\r", "77", "HIS", "2.3.1"),
    S("junk before MSH", "xx\r\nMSH|^~\\&|HIS|H|N|R|2026||ADT^A08|77|P|2.5\r", "77", "HIS", "2.5"),
    S("broken bytes elsewhere",
      "MSH|^~\\&|HIS|H|N|R|2026||ADT^A08|77|P|2.5||||||UNICODE UTF-8\rPID|\xFF\r", "77", "HIS",
      "2.5"),
    S("broken bytes in MSH", "MSH|^~\\&|HIS|\xFF|N|R|2026||ADT^A08|77|P|2.5\r", "77", "HIS", "2.5"),
    S("unknown character set", "MSH|^~\\&|HIS|\xA4\xA4|N|R|2026||ADT^A08|77|P|2.5||||||BIG-5\r",
      "77", "HIS", "2.5"),
    S("NUL in another field", "MSH|^~\\&|HIS|a\0b|N|R|2026||ADT^A08|77|P|2.5\r", "77", "HIS",
      "2.5"),
    S("cut short", "MSH|^~\\&|HIS|H", "", "HIS", ""),
    S("nothing", "", NULL, NULL, NULL),
    S("no MSH at all", "PID|1|MSH|\r\nGET / HTTP/1.1", NULL, NULL, NULL),
#undef S
};

static void test_salvage(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(salvages); i++) {
        struct ny_hl7v2_msh m;
        ny_rc rc = ny_hl7v2_salvage(arena, ny_str_of(salvages[i].in, salvages[i].n), NULL, &m);

        if (salvages[i].control_id == NULL) {
            assert_int_equal(rc, NY_ENOTFOUND);
        } else if (rc != NY_OK ||
                   !ny_str_equals(m.control_id, ny_str_from_c(salvages[i].control_id)) ||
                   !ny_str_equals(m.sending_application.namespace_id,
                                  ny_str_from_c(salvages[i].sender)) ||
                   !ny_str_equals(m.version, ny_str_from_c(salvages[i].version))) {
            fail_msg("row %s: %d id %.*s version %.*s", salvages[i].name, rc, NY_ARG(m.control_id),
                     NY_ARG(m.version));
        }
    }
}

/* ---- the writer ---- */

static void test_cursor(void **state)
{
    const struct ny_hl7v2_hd domain = {NY_S("N"), NY_S("1.2"), NY_S("ISO")};
    const struct ny_hl7v2_hd named = {.namespace_id = NY_S("M")};
    struct ny_hl7v2_writer w;

    (void)state;
    ny_hl7v2_writer_init(&w, arena, NULL);
    ny_hl7v2_w_begin(&w, NY_S("PID"));
    ny_hl7v2_w_skip(&w, 2);
    ny_hl7v2_w_text(&w, NY_S("1"));
    ny_hl7v2_w_value(&w, NY_S(""));
    ny_hl7v2_w_value(&w, NY_S(""));
    ny_hl7v2_w_hd_component(&w, &domain);
    ny_hl7v2_w_value(&w, NY_S(""));
    ny_hl7v2_w_rep(&w);
    ny_hl7v2_w_value(&w, NY_S("2"));
    ny_hl7v2_w_component(&w);
    ny_hl7v2_w_component(&w);
    ny_hl7v2_w_hd_component(&w, &named);
    ny_hl7v2_w_text(&w, NY_S(""));
    ny_hl7v2_w_field(&w); /* ITI-9: `~^^^^^^S` */
    ny_hl7v2_w_rep(&w);
    for (int i = 0; i < 6; i++) {
        ny_hl7v2_w_component(&w);
    }
    ny_hl7v2_w_value(&w, NY_S("S"));
    ny_hl7v2_w_text(&w, NY_S(""));
    ny_hl7v2_w_raw(&w, NY_S("a^b"));
    ny_hl7v2_w_hd(&w, &named);
    ny_hl7v2_w_skip(&w, 9);
    ny_hl7v2_w_end(&w);
    check("cursor", ny_buf_str(&w.out), "PID|||1^^^N&1.2&ISO~2^^^M||~^^^^^^S||a^b|M\r");
}

static void test_own_header(void **state)
{
    struct ny_hl7v2_header_fields h = {
        .sending_application = {NY_S("NAYOSE"), NY_S("1.2"), NY_S("ISO")},
        .receiving_facility = {.namespace_id = NY_S("R|F")  },
        .now_us = NOW,
        .type = NY_S("ADT"),
        .event = NY_S("A31"),
        .structure = NY_S("ADT_A05"),
        .control_id = NY_S("N1"),
        .processing_id = NY_S("P"),
        .version = NY_S("2.5"),
    };
    static const struct {
        enum ny_charset charset;
        const char *tail;
    } rows[] = {
        {NY_CHARSET_ASCII,     "\r"                              },
        {NY_CHARSET_UTF8,      "||||||UNICODE UTF-8\r"           },
        {NY_CHARSET_ISO2022JP, "||||||~ISO IR87||ISO 2022-1994\r"},
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_hl7v2_writer w;
        ny_str expected;

        h.charset = rows[i].charset;
        ny_hl7v2_writer_init(&w, arena, NULL);
        ny_hl7v2_header_write(&w, &h);
        expected = ny_arena_printf(
            arena, "MSH|^~\\&|NAYOSE^1.2^ISO|||R\\F\\F|" NOW_TEXT "||ADT^A31^ADT_A05|N1|P|2.5%s",
            rows[i].tail);
        check("own header", ny_buf_str(&w.out), expected.p);
    }
}

/* Every value that is written is read again, in each encoding and with each delimiter set. */
static void test_written_values_are_read_again(void **state)
{
    static const char *const texts[] = {
        "a",          "|^&~\\", "\\T\\",      "a\rb\nc", "\\X41\\", "山田", "淫緯う蔭移",
        "ソ表運ポミ", "$%*!@",  "C:\\dir\\E", "\t\x7F",  "~～－∥",  "\\",
    };
    static const struct ny_hl7v2_delims delims[] = {
        {'|', '^', '~', '\\', '&', 0  },
        {'|', '^', '~', '\\', '&', '#'},
        {'$', '%', '*', '!',  '@', 0  }
    };
    static const char *const sets[] = {"UNICODE UTF-8", "~ISO IR87", "Shift_JIS", "EUC-JP"};

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(delims) * NY_ARRAY_LEN(sets); i++) {
        const struct ny_hl7v2_delims *d = &delims[i % NY_ARRAY_LEN(delims)];
        const char *set = sets[i / NY_ARRAY_LEN(delims)];
        struct ny_charset_spec spec = {
            .charset = ny_charset_from_name(ny_str_from_c(set[0] == '~' ? set + 1 : set))};
        struct ny_hl7v2_writer w;
        struct ny_hl7v2_msg *msg;
        ny_str bytes;

        ny_hl7v2_writer_init(&w, arena, d);
        ny_buf_printf(&w.out, "MSH%c%c%c%c%c", d->field, d->component, d->repetition, d->escape,
                      d->subcomponent);
        ny_buf_printf(&w.out, "%.*s", d->truncation != 0, &d->truncation);
        for (int f = 2; f < 18; f++) {
            ny_buf_add_char(&w.out, d->field);
        }
        ny_buf_printf(&w.out, "%s\r", set[0] == '~' ? set + 1 : set);
        ny_hl7v2_w_begin(&w, NY_S("ZZZ"));
        for (size_t t = 0; t < NY_ARRAY_LEN(texts); t++) {
            ny_hl7v2_w_text(&w, ny_str_from_c(texts[t]));
            ny_hl7v2_w_rep(&w);
            ny_hl7v2_w_component(&w);
            ny_hl7v2_w_component(&w);
            ny_hl7v2_w_sub(&w, NY_S("x"));
            ny_hl7v2_w_sub(&w, ny_str_from_c(texts[t]));
        }
        ny_hl7v2_w_end(&w);
        assert_int_equal(ny_hl7v2_finish(&w, &spec, &bytes, NULL), NY_OK);
        assert_int_equal(ny_hl7v2_parse(arena, bytes, NULL, &msg, NULL), NY_OK);
        for (unsigned t = 0; t < NY_ARRAY_LEN(texts); t++) {
            const struct ny_hl7v2_segment *seg = ny_hl7v2_find(msg, NY_S("ZZZ"), 1);

            check(texts[t], ny_hl7v2_text(seg, t + 1, 1, 1, 1), texts[t]);
            check(texts[t], ny_hl7v2_text(seg, t + 1, 2, 2, 2), texts[t]);
        }
    }
}

static void test_arena_cap_is_reported(void **state)
{
    struct ny_arena *small = ny_arena_create(300);
    const struct ny_hl7v2_ack ack = {NY_HL7V2_AA, NY_S("N1"), NOW, NULL, 0};
    struct ny_hl7v2_msg *msg;
    ny_str out = NY_STR_NONE;

    (void)state;
    assert_int_equal(ny_hl7v2_parse(arena, NY_S(REQ_25), NULL, &msg, NULL), NY_OK);
    assert_int_equal(ny_hl7v2_ack_write(small, ny_hl7v2_header(msg), &ack, &out), NY_ELIMIT);
    assert_null(out.p);
    ny_arena_destroy(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_acks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_several_remarks_with_texts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_salvage, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cursor, setup, teardown),
        cmocka_unit_test_setup_teardown(test_own_header, setup, teardown),
        cmocka_unit_test_setup_teardown(test_written_values_are_read_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_arena_cap_is_reported, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
