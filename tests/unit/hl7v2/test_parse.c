/* Parsing: delimiters, segments, presence, escapes, character sets, limits. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "nayose/hl7v2.h"

#define H "MSH|^~\\&|A|B|C|D|20260101||ADT^A08^ADT_A01|77|P|2.5"
#define HJ H "||||||~ISO IR87||ISO 2022-1994\r"

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

static const struct ny_hl7v2_msg *parsed(ny_str bytes, const struct ny_hl7v2_options *options)
{
    struct ny_hl7v2_msg *msg = NULL;
    struct ny_error err = {0};
    ny_rc rc = ny_hl7v2_parse(arena, bytes, options, &msg, &err);

    if (rc != NY_OK) {
        fail_msg("%d %s %s", rc, err.field, err.text);
    }
    return msg;
}

/* ---- values: {message, segment, field, rep, component, sub} ---- */

static const struct {
    const char *name;
    const char *in;
    size_t n;
    const char *segment;
    unsigned at[4];
    enum ny_hl7v2_presence presence;
    const char *text;
} values[] = {
#define V(name, in, seg, f, r, c, s, presence, text)                                               \
    {                                                                                              \
        name, in, sizeof(in) - 1, seg, {f, r, c, s}, NY_HL7V2_##presence, text                     \
    }
    V("segments end with CR", H "\rPID|1||x\r", "PID", 3, 1, 1, 1, VALUE, "x"),
    V("segments end with CRLF", H "\r\nPID|1||x\r\n", "PID", 3, 1, 1, 1, VALUE, "x"),
    V("segments end with LF", H "\nPID|1||x\n", "PID", 3, 1, 1, 1, VALUE, "x"),
    V("no CR at the end", H "\rPID|1||x", "PID", 3, 1, 1, 1, VALUE, "x"),
    V("blank lines", H "\r\r\n\nPID|1||x\r\r", "PID", 3, 1, 1, 1, VALUE, "x"),
    V("byte order mark and blank lines first", "\xEF\xBB\xBF\r\n" H "\rPID|1||x\r", "PID", 3, 1, 1,
      1, VALUE, "x"),
    V("MSH-1", H, "MSH", 1, 1, 1, 1, VALUE, "|"),
    V("MSH-2 is not cut", H, "MSH", 2, 1, 1, 1, VALUE, "^~\\&"),
    V("MSH-9.2", H, "MSH", 9, 1, 2, 1, VALUE, "A08"),
    V("other delimiters", "MSH$%*!@$A$B\rPID$$$1%%%x@2.3@ISO*4!S!5\r", "PID", 3, 1, 4, 2, VALUE,
      "2.3"),
    V("other delimiters, escaped", "MSH$%*!@$A$B\rPID$$$1*4!S!5!E!|^~\\&\r", "PID", 3, 2, 1, 1,
      VALUE, "4%5!|^~\\&"),
    V("five characters in MSH-2", "MSH|^~\\&#|A\rPID|||1\\P\\2\r", "PID", 3, 1, 1, 1, VALUE, "1#2"),
    V("MSH-2 is all there is", "MSH|^~\\&\rPID|||1\r", "PID", 3, 1, 1, 1, VALUE, "1"),
    V("repetition", H "\rPID|||1~2~3\r", "PID", 3, 2, 1, 1, VALUE, "2"),
    V("repetition beyond", H "\rPID|||1~2~3\r", "PID", 3, 4, 1, 1, ABSENT, NULL),
    V("component", H "\rPID|||1^^^N&1.2&ISO\r", "PID", 3, 1, 4, 1, VALUE, "N"),
    V("subcomponent", H "\rPID|||1^^^N&1.2&ISO\r", "PID", 3, 1, 4, 3, VALUE, "ISO"),
    V("component as a whole", H "\rPID|||1^^^N&1.2&ISO\r", "PID", 3, 1, 4, 0, VALUE, "N&1.2&ISO"),
    V("repetition as a whole", H "\rPID|||1^^^N&1\r", "PID", 3, 1, 0, 0, VALUE, "1^^^N&1"),
    V("field as a whole", H "\rPID|||1^2~3\r", "PID", 3, 0, 0, 0, VALUE, "1^2~3"),
    V("field beyond the last", H "\rPID|||1\r", "PID", 30, 1, 1, 1, ABSENT, NULL),
    V("empty field", H "\rPID|||1||x\r", "PID", 4, 1, 1, 1, ABSENT, NULL),
    V("only delimiters are absent", H "\rPID|||^^~^&&\r", "PID", 3, 0, 0, 0, ABSENT, NULL),
    V("empty subcomponents are absent", H "\rPID|||1^^^&&\r", "PID", 3, 1, 4, 0, ABSENT, NULL),
    V("authority with type only", H "\rPID|||1^^^&&ISO\r", "PID", 3, 1, 4, 3, VALUE, "ISO"),
    V("no such segment", H "\r", "PID", 3, 1, 1, 1, ABSENT, NULL),
    V("null field", H "\rPID|||\"\"\r", "PID", 3, 0, 0, 0, NULL, NULL),
    V("null field, first component", H "\rPID|||\"\"\r", "PID", 3, 1, 1, 1, NULL, NULL),
    V("null repetition", H "\rPID|||1~\"\"\r", "PID", 3, 2, 0, 0, NULL, NULL),
    V("null repetition, the field has a value", H "\rPID|||1~\"\"\r", "PID", 3, 0, 0, 0, VALUE,
      "1~\"\""),
    V("null component", H "\rPID|||1^\"\"^3\r", "PID", 3, 1, 2, 1, NULL, NULL),
    V("beside a null component", H "\rPID|||1^\"\"^3\r", "PID", 3, 1, 3, 1, VALUE, "3"),
    V("null subcomponent", H "\rPID|||1^^^\"\"&2\r", "PID", 3, 1, 4, 1, NULL, NULL),
    V("quotes inside a value", H "\rPID|||a\"\"\r", "PID", 3, 1, 1, 1, VALUE, "a\"\""),
    V("control id with a leading blank", "MSH|^~\\&|A|B|C|D|E||ADT^A01| 12 |P|2.5", "MSH", 10, 1, 0,
      0, VALUE, " 12 "),
    V("2.3.1 name with carets", H "\rPID|||||JOHNSTON^ROBERT^^^^^L\r", "PID", 5, 1, 7, 1, VALUE,
      "L"),
    V("\\F\\ \\S\\ \\T\\ \\R\\ \\E\\", H "\rPID|||\\F\\\\S\\\\T\\\\R\\\\E\\\r", "PID", 3, 1, 1, 1,
      VALUE, "|^&~\\"),
    V("highlighting is dropped", H "\rPID|||a\\H\\b\\N\\c\r", "PID", 3, 1, 1, 1, VALUE, "abc"),
    V("nothing but highlighting", H "\rPID|||\\H\\\\N\\\r", "PID", 3, 1, 1, 1, ABSENT, NULL),
    V("hexadecimal", H "\rPID|||\\X41627c\\\r", "PID", 3, 1, 1, 1, VALUE, "Ab|"),
    V("hexadecimal does not delimit", H "\rPID|||\\X5E\\x\r", "PID", 3, 1, 2, 1, ABSENT, NULL),
    V("hexadecimal CR does not end the segment", H "\rPID|||a\\X0D\\b|4\r", "PID", 4, 1, 1, 1,
      VALUE, "4"),
    V("hexadecimal in ISO 2022", HJ "PID|||\\X1B243B331B2842\\\r", "PID", 3, 1, 1, 1, VALUE,
      "\\X1B243B331B2842\\"),
    V("hexadecimal kanji in ISO 2022", HJ "PID|||\\X1B24423B331B2842\\x\r", "PID", 3, 1, 1, 1,
      VALUE, "山x"),
    V("hexadecimal in UTF-8", H "||||||UNICODE UTF-8\rPID|||\\XE5B1B1\\\r", "PID", 3, 1, 1, 1,
      VALUE, "山"),
    V("odd hexadecimal stays", H "\rPID|||\\X414\\\r", "PID", 3, 1, 1, 1, VALUE, "\\X414\\"),
    V("hexadecimal NUL stays", H "\rPID|||\\X00\\\r", "PID", 3, 1, 1, 1, VALUE, "\\X00\\"),
    V("local escape is dropped", H "\rPID|||a\\Z12\\b\r", "PID", 3, 1, 1, 1, VALUE, "ab"),
    V("line break", H "\rPID|||a\\.br\\b\\.sp2\\c\\.ce\\d\r", "PID", 3, 1, 1, 1, VALUE,
      "a\nb\nc\nd"),
    V("indents", H "\rPID|||a\\.in+5\\b\\.ti-2\\c\\.sk3\\d\\.fi\\e\\.nf\\f\r", "PID", 3, 1, 1, 1,
      VALUE, "a b c d e f"),
    V("unknown escape stays", H "\rPID|||a\\Q\\b\\.xy\\c\r", "PID", 3, 1, 1, 1, VALUE,
      "a\\Q\\b\\.xy\\c"),
    V("unknown, then a known one", H "\rPID|||C:\\dir\\T\\x\r", "PID", 3, 1, 1, 1, VALUE,
      "C:\\dir&x"),
    V("unterminated escape stays", H "\rPID|||a\\T\r", "PID", 3, 1, 1, 1, VALUE, "a\\T"),
    V("yen sign in a name", H "\rPID|||\\\\100\r", "PID", 3, 1, 1, 1, VALUE, "\\\\100"),
    V("switches without 2.3 stay", HJ "PID|||\\C2842\\\r", "PID", 3, 1, 1, 1, VALUE, "\\C2842\\"),
    V("switches of 2.3", H "||||||~ISO IR87||2.3\rPID|||\\M2442\\\x30\x5E\x30\x7C\\C2842\\^b\r",
      "PID", 3, 1, 1, 1, VALUE, "緯淫"),
    V("switches of 2.3, next component",
      H "||||||~ISO IR87||2.3\rPID|||\\M2442\\\x30\x5E\x30\x7C\\C2842\\^b\r", "PID", 3, 1, 2, 1,
      VALUE, "b"),
    V("ISO 2022 kanji of | ^ & ~ \\",
      HJ "PID|||\x1B$B\x30\x7C\x30\x5E\x24\x26\x30\x7E\x30\x5C\x1B(B^z\r", "PID", 3, 1, 1, 1, VALUE,
      "淫緯う蔭移"),
    V("ISO 2022, component after them",
      HJ "PID|||\x1B$B\x30\x7C\x30\x5E\x24\x26\x30\x7E\x30\x5C\x1B(B^z\r", "PID", 3, 1, 2, 1, VALUE,
      "z"),
    V("spelling ~ISOIR87 ISO2022-1994",
      H "||||||~ISOIR87||ISO2022-1994\rPID|||\x1B$@\x30\x5E\x1B(J\r", "PID", 3, 1, 1, 1, VALUE,
      "緯"),
    V("missing final ESC ( B, CR resets", HJ "PID|||\x1B$B\x30\x5E\rPV1||N\r", "PV1", 2, 1, 1, 1,
      VALUE, "N"),
    V("kanji in MSH-4 before MSH-18",
      "MSH|^~\\&|A|\x1B$B\x30\x7C\x3B\x33\x1B(B|C|D|E||ADT^A01|7|P|2.5||||||~ISO IR87", "MSH", 4, 1,
      1, 1, VALUE, "淫山"),
    V("UTF-8", H "||||||UNICODE UTF-8\rPID|||山田\r", "PID", 3, 1, 1, 1, VALUE, "山田"),
    V("nothing declared, UTF-8 bytes", H "\rPID|||山田\r", "PID", 3, 1, 1, 1, VALUE, "山田"),
    V("nothing declared, ESC $", H "\rPID|||\x1B$B\x30\x5E\x1B(B^b\r", "PID", 3, 1, 2, 1, VALUE,
      "b"),
    V("nothing declared, source sends CP932",
      H "\rPID|||\x83\x5C\x95\x5C\x89\x5E\x83\x7C\x83\x7E^b\r", "PID", 3, 1, 1, 1, VALUE,
      "ソ表運ポミ"),
    V("CP932, component after them", H "\rPID|||\x83\x5C\x95\x5C\x89\x5E\x83\x7C\x83\x7E^b\r",
      "PID", 3, 1, 2, 1, VALUE, "b"),
    V("CP932 in MSH-4", "MSH|^~\\&|A|\x83\x7C|C|D|E||ADT^A01|7|P|2.5", "MSH", 10, 1, 1, 1, VALUE,
      "7"),
    V("unknown segment", H "\rZXY|1\rPID|||x\r", "ZXY", 1, 1, 1, 1, VALUE, "1"),
#undef V
};

static void test_values(void **state)
{
    const struct ny_hl7v2_options options = {.source_sets = NY_CHARSET_CP932};

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(values); i++) {
        const struct ny_hl7v2_msg *msg = parsed(ny_str_of(values[i].in, values[i].n), &options);
        const unsigned *at = values[i].at;
        struct ny_hl7v2_value v = ny_hl7v2_get(
            ny_hl7v2_find(msg, ny_str_from_c(values[i].segment), 1), at[0], at[1], at[2], at[3]);

        if (v.presence != values[i].presence ||
            !ny_str_equals(v.text, ny_str_from_c(values[i].text))) {
            fail_msg("row %s: %d %.*s", values[i].name, v.presence, NY_ARG(v.text));
        }
        assert_false(ny_hl7v2_failed(msg));
    }
}

/* ---- refusals ---- */

static const struct {
    const char *name;
    const char *in;
    size_t n;
    ny_rc rc;
    const char *field;
} refusals[] = {
#define R(name, in, rc, field)                                                                     \
    {                                                                                              \
        name, in, sizeof(in) - 1, rc, field                                                        \
    }
    R("empty", "", NY_ESYNTAX, "MSH^1^2"),
    R("no MSH", "PID|1\r", NY_ESYNTAX, "MSH^1^2"),
    R("MSH alone", "MSH", NY_ESYNTAX, "MSH^1^2"),
    R("MSHX", "MSHX^~\\&|", NY_ESYNTAX, "MSH^1^2"),
    R("no MSH-2", "MSH||A|B\r", NY_ESYNTAX, "MSH^1^2"),
    R("two delimiters", "MSH|^~|A|B\r", NY_ESYNTAX, "MSH^1^2"),
    R("three delimiters", "MSH|^~\\|A|B\r", NY_ESYNTAX, "MSH^1^2"),
    R("six delimiters", "MSH|^~\\&#!|A|B\r", NY_ESYNTAX, "MSH^1^2"),
    R("duplicate delimiters", "MSH|^^\\&|A|B\r", NY_ESYNTAX, "MSH^1^2"),
    R("letter as delimiter", "MSH|^~\\x|A|B\r", NY_ESYNTAX, "MSH^1^2"),
    R("quote as delimiter", "MSH|^~\\\"|A|B\r", NY_ESYNTAX, "MSH^1^2"),
    R("second MSH", H "\rPID|||1\r" H "\r", NY_ESYNTAX, "MSH^2"),
    R("NUL byte", H "\rPID|1|2|a\0b\r", NY_ESYNTAX, "PID^1^3"),
    R("bytes not in the declared set", H "||||||UNICODE UTF-8\rPV1||N\rPID|1|2|3\rPID|1|2|a\xFF\r",
      NY_ECHARSET, "PID^2^3"),
    R("bytes not ASCII, source unknown", H "\rPID|1|2|a\xFF\r", NY_ECHARSET, "PID^1^3"),
    R("broken kanji, the place is right",
      HJ "PID|1|2|\x1B$B\x30\x7C\x1B(B|\x1B$B\x30\x7C\x29\x21\x1B(B\r", NY_ECHARSET, "PID^1^4"),
    R("broken byte in MSH", "MSH|^~\\&|A|\xFF|C|D|E||ADT^A01|7|P|2.5||||||UNICODE UTF-8\r",
      NY_ECHARSET, "MSH^1^4"),
    R("unknown character set", H "||||||BIG-5\rPID|||\xA4\xA4\r", NY_EUNSUPP, "MSH^1^18"),
#undef R
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(refusals); i++) {
        struct ny_hl7v2_msg *msg = NULL;
        struct ny_error err = {0};
        ny_rc rc =
            ny_hl7v2_parse(arena, ny_str_of(refusals[i].in, refusals[i].n), NULL, &msg, &err);

        if (rc != refusals[i].rc || strcmp(err.field, refusals[i].field) != 0 || msg != NULL) {
            fail_msg("row %s: %d %s %s", refusals[i].name, rc, err.field, err.text);
        }
    }
}

/* head, then `part` n times, then tail */
static ny_str repeated(const char *head, const char *part, unsigned n, const char *tail)
{
    struct ny_buf b;

    ny_buf_init(&b, arena);
    ny_buf_add_c(&b, head);
    for (unsigned i = 0; i < n; i++) {
        ny_buf_add_c(&b, part);
    }
    ny_buf_add_c(&b, tail);
    return ny_buf_str(&b);
}

static const struct {
    const char *name, *head, *part;
    unsigned n;
    ny_rc rc;
    const char *field;
} limits[] = {
    {"1024 repetitions",            H "\rPID|1||x",        "~y",      1023, NY_OK,     ""         },
    {"1025 repetitions",            H "\rPID|1||x",        "~y",      1024, NY_ELIMIT, "PID^1^3"  },
    {"10000 repetitions",           H "\rPID|1\rPID|1||x", "~y",      9999, NY_ELIMIT, "PID^2^3"  },
    {"10000 repetitions in MSH",    "MSH|^~\\&|A|",        "~y",      9999, NY_ELIMIT, "MSH^1^4"  },
    {"64 components",               H "\rPID|x",           "^y",      63,   NY_OK,     ""         },
    {"65 components",               H "\rPID|x",           "^y",      64,   NY_ELIMIT, "PID^1^1"  },
    {"64 subcomponents",            H "\rPID|x",           "&y",      63,   NY_OK,     ""         },
    {"65 subcomponents",            H "\rPID|x",           "&y",      64,   NY_ELIMIT, "PID^1^1"  },
    {"512 fields",                  H "\rPID",             "|y",      512,  NY_OK,     ""         },
    {"513 fields",                  H "\rPID",             "|y",      513,  NY_ELIMIT, "PID^1^513"},
    {"4096 segments",               H,                     "\rNTE|1", 4095, NY_OK,     ""         },
    {"4097 segments",               H,                     "\rNTE|1", 4096, NY_ELIMIT, ""         },
    {"blank lines are no segments", H,                     "\r\n",    9000, NY_OK,     ""         },
};

static void test_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(limits); i++) {
        struct ny_hl7v2_msg *msg = NULL;
        struct ny_error err = {0};
        ny_str in = repeated(limits[i].head, limits[i].part, limits[i].n, "\r");
        ny_rc rc = ny_hl7v2_parse(arena, in, NULL, &msg, &err);

        if (rc != limits[i].rc || strcmp(err.field, limits[i].field) != 0) {
            fail_msg("row %s: %d %s", limits[i].name, rc, err.field);
        }
    }
}

static void test_caps_of_the_caller(void **state)
{
    struct ny_hl7v2_options options = {.max_bytes = 20};
    struct ny_arena *small = ny_arena_create(1500);
    struct ny_hl7v2_msg *msg = NULL;
    struct ny_error err = {0};
    ny_str in = repeated(H "\rPID|1||", "x\\T\\", 250, "\r");

    (void)state;
    assert_int_equal(ny_hl7v2_parse(arena, in, &options, &msg, &err), NY_ELIMIT);
    assert_int_equal(ny_hl7v2_parse(small, in, NULL, &msg, &err), NY_ELIMIT);
    assert_null(msg);
    ny_arena_destroy(small);

    /* Room for the message, none for the unescaped value: it sticks. */
    small = ny_arena_create(6000);
    assert_int_equal(ny_hl7v2_parse(small, in, NULL, &msg, &err), NY_OK);
    while (ny_arena_alloc(small, 16) != NULL) {
    }
    assert_false(ny_hl7v2_failed(msg));
    (void)ny_hl7v2_text(ny_hl7v2_find(msg, NY_S("PID"), 1), 3, 1, 1, 1);
    assert_true(ny_hl7v2_failed(msg));
    ny_arena_destroy(small);
}

static void test_undecodable_replaced(void **state)
{
    const struct ny_hl7v2_options options = {.replace = true};
    const struct ny_hl7v2_msg *msg = parsed(NY_S(H "||||||UNICODE UTF-8\rPID|||a\xFF"
                                                   "b\r"),
                                            &options);

    (void)state;
    assert_int_equal(ny_hl7v2_header(msg)->charset_facts.replaced, 1);
    assert_true(ny_str_equals(ny_hl7v2_text(ny_hl7v2_find(msg, NY_S("PID"), 1), 3, 1, 1, 1),
                              NY_S("a\xEF\xBF\xBD"
                                   "b")));
}

static void test_header(void **state)
{
    const struct ny_hl7v2_msh *m = ny_hl7v2_header(parsed(
        NY_S("MSH|^~\\&|APP^1.2^ISO|FAC|RAPP|RFAC^3.4^ISO|20090226131520-0600|x|ADT^A40^ADT_A39| "
             "01|P^T|2.5^DEU^x|||AL|ER||~ISO IR87||ISO 2022-1994\r"),
        NULL));

    (void)state;
    assert_true(ny_str_equals(m->sending_application.namespace_id, NY_S("APP")));
    assert_true(ny_str_equals(m->sending_application.universal_id, NY_S("1.2")));
    assert_true(ny_str_equals(m->sending_application.universal_id_type, NY_S("ISO")));
    assert_true(ny_str_equals(m->sending_facility.namespace_id, NY_S("FAC")));
    assert_true(ny_str_equals(m->receiving_application.namespace_id, NY_S("RAPP")));
    assert_true(ny_str_equals(m->receiving_facility.universal_id, NY_S("3.4")));
    assert_true(ny_str_equals(m->time, NY_S("20090226131520-0600")));
    assert_true(ny_str_equals(m->type, NY_S("ADT")));
    assert_true(ny_str_equals(m->event, NY_S("A40")));
    assert_true(ny_str_equals(m->structure, NY_S("ADT_A39")));
    assert_true(ny_str_equals(m->control_id, NY_S(" 01")));
    assert_true(ny_str_equals(m->processing_id, NY_S("P")));
    assert_true(ny_str_equals(m->version, NY_S("2.5")));
    assert_true(ny_str_equals(m->raw_15, NY_S("AL")));
    assert_true(ny_str_equals(m->raw_16, NY_S("ER")));
    assert_int_equal(m->charset.charset, NY_CHARSET_ISO2022JP);
    assert_int_equal(m->charset.reps, NY_CHARSET_IR87);
    assert_int_equal(m->charset_facts.warnings, 0);
}

static void test_segments_and_repetitions(void **state)
{
    const struct ny_hl7v2_msg *msg = parsed(NY_S(H "\rPID|||1~~3~\rMRG|8\rPID|||2\rMRG|9\r"), NULL);
    const char *names[] = {"MSH", "PID", "MRG", "PID", "MRG"};
    const char *reps[] = {"1", "", "3", ""};
    const struct ny_hl7v2_segment *pid = ny_hl7v2_find(msg, NY_S("PID"), 1);
    ny_str rest = ny_hl7v2_field(pid, 3);
    ny_str rep;
    size_t n = 0;

    (void)state;
    assert_int_equal(ny_hl7v2_segment_count(msg), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_true(ny_str_equals(ny_hl7v2_segment_name(ny_hl7v2_segment_at(msg, i)),
                                  ny_str_from_c(names[i])));
    }
    assert_null(ny_hl7v2_segment_at(msg, 5));
    assert_null(ny_hl7v2_find(msg, NY_S("PID"), 3));
    assert_int_equal(ny_hl7v2_segment_number(ny_hl7v2_find(msg, NY_S("MRG"), 2)), 2);
    assert_true(ny_str_equals(ny_hl7v2_segment_raw(pid), NY_S("PID|||1~~3~")));
    while (ny_hl7v2_rep_next(pid, &rest, &rep)) {
        assert_true(n < 4 && ny_str_equals(rep, ny_str_from_c(reps[n])));
        n++;
    }
    assert_int_equal(n, 4);
    assert_int_equal(ny_hl7v2_reps(pid, 3), 4);
    assert_int_equal(ny_hl7v2_reps(pid, 4), 0);
    assert_int_equal(ny_hl7v2_reps(ny_hl7v2_segment_at(msg, 0), 2), 1);
    assert_int_equal(ny_hl7v2_presence(pid, 3), NY_HL7V2_VALUE);
    assert_int_equal(ny_hl7v2_presence(pid, 1), NY_HL7V2_ABSENT);
}

static void test_hd(void **state)
{
    const struct ny_hl7v2_segment *pid =
        ny_hl7v2_find(parsed(NY_S(H "\rPID|||1^^^&1.2&ISO~2^^^N&&~3\r"), NULL), NY_S("PID"), 1);
    ny_str rest = ny_hl7v2_field(pid, 3);
    ny_str rep;
    struct ny_hl7v2_hd hd;

    (void)state;
    assert_true(ny_hl7v2_rep_next(pid, &rest, &rep));
    hd = ny_hl7v2_hd_part(pid, rep, 4);
    assert_int_equal(hd.namespace_id.n, 0);
    assert_true(ny_str_equals(hd.universal_id, NY_S("1.2")));
    assert_true(ny_str_equals(hd.universal_id_type, NY_S("ISO")));
    assert_true(ny_hl7v2_rep_next(pid, &rest, &rep));
    hd = ny_hl7v2_hd_part(pid, rep, 4);
    assert_true(ny_str_equals(hd.namespace_id, NY_S("N")));
    assert_int_equal(hd.universal_id.n, 0);
    assert_true(ny_hl7v2_rep_next(pid, &rest, &rep));
    assert_int_equal(ny_hl7v2_hd_part(pid, rep, 4).namespace_id.n, 0);
    assert_false(ny_hl7v2_rep_next(pid, &rest, &rep));
}

static void test_unknown_escapes_are_counted(void **state)
{
    const struct ny_hl7v2_msg *msg = parsed(NY_S(H "\rPID|||\\Q\\a\\T\\\\\r"), NULL);

    (void)state;
    (void)ny_hl7v2_text(ny_hl7v2_find(msg, NY_S("PID"), 1), 3, 1, 1, 1);
    assert_int_equal(ny_hl7v2_unknown_escapes(msg), 3);
}

static void test_speed(void **state)
{
    static const char in[] = "MSH|^~\\&|HIS|FAC1|NAYOSE|REGION|20111220224447.3399||ADT^A08^ADT_"
                             "A01|20111220000001|P|2.5||||||~ISO IR87||ISO 2022-1994\r"
                             "EVN||20111220224447|||1234\r"
                             "PID|0001||9999013^^^^PI||\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B^^^^^L^I~"
                             "\x1B$B%d%^%@\x1B(B^\x1B$B%?%m%&\x1B(B^^^^^L^P||19480405|M|||^^^^422-"
                             "8033^JPN^H^\x1B$B@E2,8)@E2,;T\x1B(B||^PRN^PH^^^^^^^^^054-000-0000\r"
                             "NK1|1|\x1B$B;3ED\x1B(B^\x1B$B2V;R\x1B(B^^^^^L^I|SPO^\x1B$BG[6v<T\x1B("
                             "B^HL70063\rPV1|0001|N\r"
                             "IN1|1|06^\x1B$BAH9g\x1B(B^JHSD0001|06050116||||||\x1B$B5-9f\x1B(B~"
                             "123|||20100401|20120331||OJ\r";
    struct timespec t0;
    struct timespec t1;
    double us;

    (void)state;
    clock_gettime(CLOCK_MONOTONIC, &t0);
    for (int i = 0; i < 10000; i++) {
        const struct ny_hl7v2_msg *msg = parsed(ny_str_of(in, sizeof(in) - 1), NULL);

        assert_int_equal(ny_hl7v2_segment_count(msg), 6);
        ny_arena_reset(arena);
    }
    clock_gettime(CLOCK_MONOTONIC, &t1);
    us = ((double)(t1.tv_sec - t0.tv_sec) * 1e9 + (double)(t1.tv_nsec - t0.tv_nsec)) / 10000 / 1000;
    print_message("%zu bytes of ISO 2022 parsed: %.2f us\n", sizeof(in) - 1, us);
    assert_true(us < 400); /* a bound for sanitized builds on a busy machine */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refusals, setup, teardown),
        cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_caps_of_the_caller, setup, teardown),
        cmocka_unit_test_setup_teardown(test_undecodable_replaced, setup, teardown),
        cmocka_unit_test_setup_teardown(test_header, setup, teardown),
        cmocka_unit_test_setup_teardown(test_segments_and_repetitions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hd, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unknown_escapes_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_speed, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
