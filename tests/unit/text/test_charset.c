/* Character sets: the table "MSH-18 seen, decode as", escapes, extensions, broken bytes, and back.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>
#include <unicode/ucnv.h>

#include "nayose/text_charset.h"

#define IR87 NY_CHARSET_IR87

#define PLAIN
#define ROMAN .roman = true
#define EXTENSIONS .extensions = true
#define ESCAPES .hl7_escape = '\\'
#define SPEC(set, r, flag)                                                                         \
    {                                                                                              \
        .charset = NY_CHARSET_##set, .reps = (r), flag                                             \
    }

/* ---- decoding ---- */

static const struct {
    const char *name;
    struct ny_charset_spec spec;
    const char *in;
    size_t n;
    const char *out; /* NULL: refused */
    size_t bad_at;
    size_t tolerated;
    unsigned warnings;
} decodes[] = {
#define D(name, set, reps, flag, in, out, bad_at, tolerated, warnings)                             \
    {                                                                                              \
        name, SPEC(set, reps, flag), in, sizeof(in) - 1, out, bad_at, tolerated, warnings          \
    }
    D("ascii", ASCII, 0, PLAIN, "MSH|^~\\&", "MSH|^~\\&", 0, 0, 0),
    D("ascii with a high byte", ASCII, 0, PLAIN, "ab\xE3", NULL, 2, 0, 0),
    D("latin 1", LATIN1, 0, PLAIN, "M\xFCller", "Müller", 0, 0, 0),
    D("utf-8", UTF8, 0, PLAIN, "山田𠮷", "山田𠮷", 0, 0, 0),
    D("utf-8 with a byte order mark", UTF8, 0, PLAIN, "\xEF\xBB\xBFMSH", "MSH", 0, 0, 0),
    D("utf-8 overlong", UTF8, 0, PLAIN, "a\xC1\xBC", NULL, 1, 0, 0),
    D("utf-8 overlong, 3 bytes", UTF8, 0, PLAIN, "\xE0\x81\xBC", NULL, 0, 0, 0),
    D("utf-8 surrogate", UTF8, 0, PLAIN, "ab\xED\xA0\x80", NULL, 2, 0, 0),
    D("utf-8 above the last plane", UTF8, 0, PLAIN, "\xF4\x90\x80\x80", NULL, 0, 0, 0),
    D("utf-8 cut", UTF8, 0, PLAIN, "ab\xE3\x81", NULL, 2, 0, 0),
    D("ESC $ B", ISO2022JP, IR87, PLAIN, "\x1B$B;3ED\x1B(B^", "山田^", 0, 0, 0),
    D("ESC $ @, the set of 1978", ISO2022JP, IR87, PLAIN, "\x1B$@;3\x1B(J", "山", 0, 0, 0),
    D("ESC $ ( B", ISO2022JP, IR87, PLAIN, "\x1B$(B;3\x1B(B", "山", 0, 0, 0),
    D("ESC $ ( D", ISO2022JP, IR87 | NY_CHARSET_IR159, PLAIN, "\x1B$(D\x30\x21\x1B(B", "丂", 0, 0,
      0),
    D("ESC $ ( D not declared", ISO2022JP, IR87, PLAIN, "\x1B$(D\x30\x21\x1B(B", "丂", 0, 0,
      NY_CHARSET_W_UNDECLARED),
    D("ESC ( I half-width kana", ISO2022JP, NY_CHARSET_IR13, PLAIN,
      "\x1B(I\x54\x4F\x40\x5E\x1B(B^A", "ﾔﾏﾀﾞ^A", 0, 0, 0),
    D("ESC) I and high bytes", ISO2022JP, NY_CHARSET_IR13, PLAIN, "\x1B)I\xD4\xCF^", "ﾔﾏ^", 0, 0,
      0),
    D("IR13 declared, high bytes", ISO2022JP, NY_CHARSET_IR13, PLAIN, "\xD4\xCF", "ﾔﾏ", 0, 0, 0),
    D("high bytes without IR13", ISO2022JP, IR87, PLAIN, "ab\xD4", NULL, 2, 0, 0),
    D("roman yen and overline are delimiters", ISO2022JP, IR87, ROMAN, "\x1B(J\\~", "\\~", 0, 0, 0),
    D("kanji of | ^ & ~ \\", ISO2022JP, IR87, PLAIN,
      "\x1B$B\x30\x7C\x30\x5E\x24\x26\x30\x7E\x30\x5C\x5C\x5C\x1B(B|",
      "淫緯う蔭移樛"
      "|",
      0, 0, 0),
    D("no return to ASCII at the end", ISO2022JP, IR87, PLAIN, "\x1B$B;3", "山", 0, 0,
      NY_CHARSET_W_UNCLOSED),
    D("CR inside kanji resets", ISO2022JP, IR87, PLAIN, "\x1B$B;3\rPID|", "山\rPID|", 0, 0,
      NY_CHARSET_W_RESET),
    D("LF inside kanji resets", ISO2022JP, IR87, PLAIN, "\x1B$B;3\nPID|", "山\nPID|", 0, 0,
      NY_CHARSET_W_RESET),
    D("CR after half a kanji", ISO2022JP, IR87, PLAIN, "\x1B$B;\rPID|", NULL, 3, 0, 0),
    D("NEC row 13 inside IR87", ISO2022JP, IR87, PLAIN, "\x1B$B\x2D\x21\x2D\x6A\x1B(B", "①㈱", 0, 2,
      0),
    D("NEC selected IBM inside IR87", ISO2022JP, IR87, PLAIN, "\x1B$B\x7C\x62\x79\x75\x1B(B",
      "髙﨑", 0, 2, 0),
    D("IBM rows of IR159", ISO2022JP, NY_CHARSET_IR159, PLAIN, "\x1B$(D\x74\x63\x1B(B", "﨡", 0, 1,
      0),
    D("blank inside kanji", ISO2022JP, IR87, PLAIN, "\x1B$B;3 ED\x1B(B", "山 田", 0, 1, 0),
    D("empty cell", ISO2022JP, IR87, PLAIN, "\x1B$B\x29\x21\x1B(B", NULL, 3, 0, 0),
    D("JIS X 0213", ISO2022JP, IR87, PLAIN, "\x1B$(Q\x2E\x21\x1B(B", NULL, 4, 0, 0),
    D("unknown escape", ISO2022JP, IR87, PLAIN, "a\x1B%G", NULL, 1, 0, 0),
    D("HL7 2.3 switches", ISO2022JP, IR87, ESCAPES, "\\M2442\\;3ED\\C2842\\^\\T\\", "山田^\\T\\", 0,
      0, 0),
    D("HL7 2.3 JIS X 0212", ISO2022JP, NY_CHARSET_IR159, ESCAPES, "\\M242844\\\x30\x21\\C284A\\",
      "丂", 0, 0, 0),
    D("HL7 2.3 katakana", ISO2022JP, NY_CHARSET_IR13, ESCAPES,
      "\\C2949\\\xD4\\C2849\\\x54\\C2842\\", "ﾔﾔ", 0, 0, 0),
    D("switches stay text without 2.3", ISO2022JP, IR87, PLAIN, "\\C2842\\", "\\C2842\\", 0, 0, 0),
    D("cp932", CP932, 0, PLAIN, "\x8E\x52\x93\x63^\xD4\xCF", "山田^ﾔﾏ", 0, 0, 0),
    D("cp932 bytes like delimiters", CP932, 0, PLAIN, "\x83\x5C\x95\x5C\x89\x5E\x83\x7C\x83\x7E|",
      "ソ表運ポミ|", 0, 0, 0),
    D("cp932 NEC row 13 and IBM rows", CP932, 0, PLAIN, "\x87\x40\xFB\xFC\xED\x95", "①髙﨑", 0, 3,
      0),
    D("cp932 private use", CP932, 0, PLAIN, "\xF0\x40\xF9\xFC", "\xEE\x80\x80\xEE\x9D\x97", 0, 2,
      0),
    D("cp932 half a pair", CP932, 0, PLAIN, "ab\x8E", NULL, 2, 0, 0),
    D("cp932 bad trail", CP932, 0, PLAIN, "a\x8E\r", NULL, 1, 0, 0),
    D("euc-jp", EUCJP, 0, PLAIN, "\xBB\xB3\xC5\xC4|\x8E\xD4\x8F\xB0\xA1", "山田|ﾔ丂", 0, 0, 0),
    D("euc-jp NEC row 13", EUCJP, 0, PLAIN, "\xAD\xA1", "①", 0, 1, 0),
    D("euc-jp IBM rows of plane 2", EUCJP, 0, PLAIN, "\x8F\xF4\xE3", "﨡", 0, 1, 0),
    D("euc-jp half a pair", EUCJP, 0, PLAIN, "a\xBB|", NULL, 1, 0, 0),
    D("euc-jp, cp932 values of row 1", EUCJP, 0, PLAIN, "\xA1\xC1\xA1\xDD\xA1\xC2", "～－∥", 0, 0,
      0),
    D("cp932, row 1", CP932, 0, PLAIN, "\x81\x60\x81\x7C\x81\x61", "～－∥", 0, 0, 0),
    D("iso 2022, row 1", ISO2022JP, IR87, PLAIN, "\x1B$B\x21\x41\x21\x5D\x21\x42\x1B(B", "～－∥", 0,
      0, 0),
    D("nothing", UTF8, 0, PLAIN, "", "", 0, 0, 0),
#undef D
};

static void test_decode(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(decodes); i++) {
        struct ny_arena *a = ny_arena_create(0);
        struct ny_charset_facts f = {0};
        struct ny_error err = {0};
        ny_str in = ny_str_of(decodes[i].in, decodes[i].n);
        ny_str out = NY_STR_NONE;
        ny_rc rc = ny_charset_decode(a, &decodes[i].spec, in, false, &out, &f, &err);

        if (decodes[i].out == NULL) {
            if (rc != NY_ECHARSET || err.offset != decodes[i].bad_at || out.p != NULL) {
                fail_msg("row %s: rc %d at %zu (%.*s)", decodes[i].name, rc, err.offset,
                         NY_ARG(out));
            }
            assert_int_equal(ny_charset_decode(a, &decodes[i].spec, in, true, &out, &f, NULL),
                             NY_OK);
            if (f.replaced == 0 || !ny_charset_is_utf8(out)) {
                fail_msg("row %s: replacement", decodes[i].name);
            }
        } else if (rc != NY_OK || !ny_str_equals(out, ny_str_from_c(decodes[i].out)) ||
                   f.tolerated != decodes[i].tolerated || f.warnings != decodes[i].warnings ||
                   f.replaced != 0) {
            fail_msg("row %s: rc %d %.*s tolerated %zu warnings %u", decodes[i].name, rc,
                     NY_ARG(out), f.tolerated, f.warnings);
        }
        ny_arena_destroy(a);
    }
}

static void test_replaced_bytes_are_counted(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_charset_spec spec = {.charset = NY_CHARSET_ISO2022JP, .reps = IR87};
    struct ny_charset_facts f;
    ny_str out;

    (void)state;
    /* Pairs of an unknown set are skipped as pairs: `|` inside them is no delimiter. */
    assert_int_equal(ny_charset_decode(a, &spec, NY_S("\x1B$(Q||\x1B(B|"), true, &out, &f, NULL),
                     NY_OK);
    assert_true(ny_str_equals(out, NY_S("\xEF\xBF\xBD|")));
    assert_int_equal(f.replaced, 1);
    ny_arena_destroy(a);
}

/* ---- choosing ---- */

static const struct {
    const char *msh18, *msh20;
    const char *bytes;
    enum ny_charset source, expected;
    unsigned reps;
    bool roman;
    unsigned warnings;
} detects[] = {
    {"",                                    "",              "abc",              NY_CHARSET_CP932, NY_CHARSET_ASCII,     0,                       false, 0                   },
    {"",                                    "",              "山田",           NY_CHARSET_CP932, NY_CHARSET_UTF8,      0,                       false, NY_CHARSET_W_GUESSED},
    {"",                                    "",              "\x1B$B;3\x1B(B",   NY_CHARSET_CP932, NY_CHARSET_ISO2022JP, 0,                       false,
     NY_CHARSET_W_GUESSED                                                                                                                                                    },
    {"",                                    "",              "\x8E\x52\x93\x63", NY_CHARSET_CP932, NY_CHARSET_CP932,     0,                       false,
     NY_CHARSET_W_GUESSED                                                                                                                                                    },
    {"",                                    "",              "\xBB\xB3\xC5\xC4", NY_CHARSET_EUCJP, NY_CHARSET_EUCJP,     0,                       false,
     NY_CHARSET_W_GUESSED                                                                                                                                                    },
    {"",                                    "",              "\x8E\x52",         NY_CHARSET_NONE,  NY_CHARSET_ASCII,     0,                       false, NY_CHARSET_W_GUESSED},
    {"~ISO IR87",                           "ISO 2022-1994", "abc",              0,                NY_CHARSET_ISO2022JP, IR87,                    false, 0                   },
    {"~ISOIR87",                            "ISO2022-1994",  "abc",              0,                NY_CHARSET_ISO2022JP, IR87,                    false, 0                   },
    {"~iso ir87",                           "",              "山",              0,                NY_CHARSET_ISO2022JP, IR87,                    false, 0                   },
    {"~ISO IR-87",                          "",              "abc",              0,                NY_CHARSET_ISO2022JP, IR87,                    false, 0                   },
    {"ISO IR87",                            "",              "abc",              0,                NY_CHARSET_ISO2022JP, IR87,                    false, 0                   },
    {"ISO IR14~ISO IR87",                   "",              "abc",              0,                NY_CHARSET_ISO2022JP, IR87 | NY_CHARSET_IR14,  true,  0                   },
    {"~ISO IR87~ISO IR159",                 "",              "abc",              0,                NY_CHARSET_ISO2022JP, IR87 | NY_CHARSET_IR159, false, 0                   },
    {"ISO IR6~ISO IR14~ISO IR87",           "",              "abc",              0,                NY_CHARSET_ISO2022JP,
     NY_CHARSET_IR6 | NY_CHARSET_IR14 | IR87,                                                                                                     false, 0                   },
    {"UNICODE UTF-8",                       "",              "abc",              0,                NY_CHARSET_UTF8,      0,                       false, 0                   },
    {"UNICODE",                             "",              "\x8E",             NY_CHARSET_CP932, NY_CHARSET_UTF8,      0,                       false, 0                   },
    {"UTF-8",                               "",              "abc",              0,                NY_CHARSET_UTF8,      0,                       false, 0                   },
    {"ASCII",                               "",              "abc",              0,                NY_CHARSET_ASCII,     NY_CHARSET_IR6,          false, 0                   },
    {"ASCII",                               "",              "山",              0,                NY_CHARSET_UTF8,      NY_CHARSET_IR6,          false, NY_CHARSET_W_GUESSED},
    {"ISO IR6",                             "",              "\x8E\x52",         NY_CHARSET_CP932, NY_CHARSET_CP932,     NY_CHARSET_IR6,          false,
     NY_CHARSET_W_GUESSED                                                                                                                                                    },
    {"8859/1",                              "",              "\xFC",             0,                NY_CHARSET_LATIN1,    0,                       false, 0                   },
    {"8859/15",                             "",              "abc",              0,                NY_CHARSET_ASCII,     0,                       false, 0                   },
    {"8859/15",                             "",              "\xFC",             0,                NY_CHARSET_NONE,      0,                       false, 0                   },
    {"BIG-5",                               "",              "\xFC",             0,                NY_CHARSET_NONE,      0,                       false, 0                   },
    {"a name that is much longer than any", "",              "\xFC",             0,                NY_CHARSET_NONE,      0,                       false, 0                   },
    {"JAS2020",                             "",              "abc",              0,                NY_CHARSET_ISO2022JP, IR87,                    false, 0                   },
    {"Shift_JIS",                           "",              "abc",              0,                NY_CHARSET_CP932,     0,                       false, 0                   },
};

static void test_detect(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(detects); i++) {
        struct ny_charset_declared d = {ny_str_from_c(detects[i].msh18), '~',
                                        ny_str_from_c(detects[i].msh20), '\\', detects[i].source};
        struct ny_charset_spec spec = {0};
        struct ny_error err = {0};
        unsigned warnings = 0;
        ny_rc rc = ny_charset_detect(&d, ny_str_from_c(detects[i].bytes), &spec, &warnings, &err);
        bool refused = detects[i].expected == NY_CHARSET_NONE;

        if (refused != (rc == NY_EUNSUPP) || spec.charset != detects[i].expected ||
            (refused && strcmp(err.field, "MSH^1^18") != 0) || spec.reps != detects[i].reps ||
            spec.roman != detects[i].roman || warnings != detects[i].warnings ||
            spec.hl7_escape != 0) {
            fail_msg("row %zu %s: %d %s %x", i, detects[i].msh18, rc, ny_charset_name(spec.charset),
                     spec.reps);
        }
    }
}

static void test_detect_2_3_escapes(void **state)
{
    struct ny_charset_declared d = {NY_S("~ISO IR87"), '~', NY_S("2.3"), '!', NY_CHARSET_NONE};
    struct ny_charset_spec spec;
    unsigned warnings = 0;

    (void)state;
    assert_int_equal(ny_charset_detect(&d, NY_S("abc"), &spec, &warnings, NULL), NY_OK);
    assert_int_equal(spec.hl7_escape, '!');
}

/* ---- encoding ---- */

static const struct {
    const char *name;
    struct ny_charset_spec spec;
    const char *in;
    const char *out;
    size_t n;
    size_t substituted;
} encodes[] = {
#define E(name, set, reps, flag, in, out, substituted)                                             \
    {                                                                                              \
        name, SPEC(set, reps, flag), in, out, sizeof(out) - 1, substituted                         \
    }
    E("returns to ASCII before delimiters and at the end", ISO2022JP, IR87, PLAIN, "山田^太郎|x山",
      "\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B|x\x1B$B;3\x1B(B", 0),
    E("returns to Roman when that is G0", ISO2022JP, IR87, ROMAN, "山^", "\x1B$B;3\x1B(J^", 0),
    E("JIS X 0212 not declared", ISO2022JP, IR87, PLAIN, "丂^", "\x1B$B\x22\x2E\x1B(B^", 1),
    E("JIS X 0212 declared", ISO2022JP, IR87 | NY_CHARSET_IR159, PLAIN, "丂山",
      "\x1B$(D\x30\x21\x1B$B;3\x1B(B", 0),
    E("IBM characters are no JIS", ISO2022JP, IR87, PLAIN, "髙①", "\x1B$B\x22\x2E\x22\x2E\x1B(B",
      2),
    E("unless asked for", ISO2022JP, IR87, EXTENSIONS, "髙①", "\x1B$B\x7C\x62\x2D\x21\x1B(B", 0),
    E("half-width kana widened", ISO2022JP, IR87, PLAIN, "ﾀﾞﾊﾟｳﾞｱﾞ",
      "\x1B$B\x25\x40\x25\x51\x25\x74\x25\x22\x21\x2B\x1B(B", 5),
    E("half-width kana declared", ISO2022JP, NY_CHARSET_IR13, PLAIN, "ﾀﾞ^", "\x1B(I\x40\x5E\x1B(B^",
      0),
    E("outside the plane", ISO2022JP, IR87, PLAIN, "𠮷", "\x1B$B\x22\x2E\x1B(B", 1),
    E("other tables' choices", ISO2022JP, IR87, PLAIN, "〜−‖",
      "\x1B$B\x21\x41\x21\x5D\x21\x42\x1B(B", 0),
    E("cp932", CP932, 0, PLAIN, "山ソﾔ髙①纊", "\x8E\x52\x83\x5C\xD4\xFB\xFC\x87\x40\xFA\x5C", 0),
    E("cp932 private use", CP932, 0, PLAIN, "\xEE\x80\x80", "\xF0\x40", 0),
    E("cp932 missing", CP932, 0, PLAIN, "𠮷", "\x81\xAC", 1),
    E("euc-jp", EUCJP, 0, PLAIN, "山丂ﾔ", "\xBB\xB3\x8F\xB0\xA1\x8E\xD4", 0),
    E("ascii", ASCII, 0, PLAIN, "a山", "a?", 1),
    E("latin 1", LATIN1, 0, PLAIN, "Mü山", "M\xFC?", 1),
    E("utf-8", UTF8, 0, PLAIN, "山𠮷", "山𠮷", 0),
    E("not UTF-8 inside", UTF8, 0, PLAIN, "a\xFF", "a\xEF\xBF\xBD", 0),
    E("nothing", ISO2022JP, 0, PLAIN, "", "", 0),
#undef E
};

static void test_encode(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(encodes); i++) {
        struct ny_arena *a = ny_arena_create(0);
        struct ny_charset_facts f = {0};
        ny_str out = NY_STR_NONE;
        ny_rc rc = ny_charset_encode(a, &encodes[i].spec, ny_str_from_c(encodes[i].in), &out, &f);

        if (rc != NY_OK || !ny_str_equals(out, ny_str_of(encodes[i].out, encodes[i].n)) ||
            f.substituted != encodes[i].substituted) {
            char hex[200];

            ny_hex(out.p, out.n < 99 ? out.n : 99, hex);
            fail_msg("row %s: %s, %zu", encodes[i].name, hex, f.substituted);
        }
        ny_arena_destroy(a);
    }
}

/* ---- properties ---- */

/* Every two-byte code of a set: what decodes to one character encodes back to the same bytes (where
 * a character has two codes, to one that decodes to it), and is never ASCII. Returns how many. */
static unsigned round_trip(enum ny_charset charset, unsigned reps, const char *before,
                           const char *after, unsigned lo, unsigned hi, unsigned *other)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_charset_spec spec = {.charset = charset, .reps = reps, .extensions = true};
    unsigned count = 0;

    for (unsigned b = lo; b <= hi; b++) {
        for (unsigned t = 0x21; t <= 0xFE; t++) {
            char bytes[16];
            size_t n =
                (size_t)snprintf(bytes, sizeof(bytes), "%s%c%c%s", before, (int)b, (int)t, after);
            ny_str text = NY_STR_NONE;
            ny_str back = NY_STR_NONE;
            ny_str again = NY_STR_NONE;
            struct ny_charset_facts f;

            if (ny_charset_decode(a, &spec, ny_str_of(bytes, n), false, &text, NULL, NULL) !=
                NY_OK) {
                continue;
            }
            if (text.n < 2 || (unsigned char)text.p[0] < 0x80) {
                fail_msg("%02X%02X is %.*s", b, t, NY_ARG(text));
            }
            assert_int_equal(ny_charset_encode(a, &spec, text, &back, &f), NY_OK);
            assert_int_equal(f.substituted, 0);
            assert_int_equal(ny_charset_decode(a, &spec, back, false, &again, NULL, NULL), NY_OK);
            assert_true(ny_str_equals(text, again));
            *other += !ny_str_equals(back, ny_str_of(bytes, n));
            count++;
        }
        ny_arena_reset(a);
    }
    ny_arena_destroy(a);
    return count;
}

static void test_every_double_byte_character_round_trips(void **state)
{
    unsigned other = 0;

    (void)state;
    /* 6879 of JIS X 0208, 83 of row 13, 374 of rows 89-92; ten of them are there twice. */
    assert_int_equal(round_trip(NY_CHARSET_ISO2022JP, IR87, "\x1B$B", "\x1B(B", 0x21, 0x7E, &other),
                     6879 + 83 + 374);
    assert_int_equal(other, 10);
    other = 0;
    round_trip(NY_CHARSET_ISO2022JP, NY_CHARSET_IR159, "\x1B$(D", "\x1B(B", 0x21, 0x72, &other);
    assert_int_equal(other, 281); /* JIS X 0208 with its extensions has these too */
    other = 0;
    round_trip(NY_CHARSET_CP932, 0, "", "", 0x81, 0x9F, &other);
    round_trip(NY_CHARSET_CP932, 0, "", "", 0xE0, 0xEC, &other);
    assert_int_equal(other, 9); /* row 13: 9 that JIS X 0208 has too */
}

/* ICU is the second opinion on the tables; rows where vendors' tables differ stand apart. */
static void compare_with_icu(const char *converter, const struct ny_charset_spec *spec,
                             const char *before, unsigned from, unsigned to, unsigned high,
                             unsigned allowed)
{
    struct ny_arena *a = ny_arena_create(0);
    UErrorCode status = U_ZERO_ERROR;
    UConverter *c = ucnv_open(converter, &status);
    unsigned differ = 0;
    unsigned same = 0;

    assert_true(U_SUCCESS(status));
    for (unsigned row = from; row <= to; row++) {
        for (unsigned column = 1; column <= 94; column++) {
            char bytes[8];
            UChar u[4] = {0};
            char utf8[16];
            ny_str text = NY_S("");
            size_t n = (size_t)snprintf(bytes, sizeof(bytes), "%s%c%c", before, (int)(row + high),
                                        (int)(column + high));
            int32_t un;

            status = U_ZERO_ERROR;
            un = ucnv_toUChars(c, u, 4, bytes, (int32_t)n, &status);
            if (un != 1 || u[0] == 0xFFFD || u[0] == 0x1A || (u[0] >= 0xE000 && u[0] < 0xF900)) {
                continue;
            }
            if (ny_charset_decode(a, spec, ny_str_of(bytes, n), false, &text, NULL, NULL) !=
                NY_OK) {
                differ++;
                continue;
            }
            n = (size_t)snprintf(utf8, sizeof(utf8), "%c%c%c", 0xE0 | u[0] >> 12,
                                 0x80 | (u[0] >> 6 & 63), 0x80 | (u[0] & 63));
            if (u[0] < 0x800) {
                n = (size_t)snprintf(utf8, sizeof(utf8), "%c%c", 0xC0 | u[0] >> 6,
                                     0x80 | (u[0] & 63));
            }
            differ += !ny_str_equals(text, ny_str_of(utf8, n));
            same += ny_str_equals(text, ny_str_of(utf8, n));
        }
    }
    ucnv_close(c);
    ny_arena_destroy(a);
    if (differ > allowed || same < 6000) {
        fail_msg("%s: %u differ, %u same", converter, differ, same);
    }
}

static void test_tables_agree_with_icu(void **state)
{
    struct ny_charset_spec euc = {.charset = NY_CHARSET_EUCJP};

    (void)state;
    compare_with_icu("EUC-JP", &euc, "", 1, 84, 0xA0, 8);
    compare_with_icu("EUC-JP", &euc, "\x8F", 1, 82, 0xA0, 8);
}

static void test_speed(void **state)
{
    struct ny_charset_spec spec = {.charset = NY_CHARSET_ISO2022JP, .reps = IR87};
    char message[600];
    struct ny_arena *a = ny_arena_create(0);
    struct timespec t0;
    struct timespec t1;
    double us;

    (void)state;
    for (size_t i = 0; i < sizeof(message); i++) {
        message[i] =
            "PID|1||123456^^^&1.2.3&ISO||\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B^^^^^L^I\r"[i % 58];
    }
    clock_gettime(CLOCK_MONOTONIC, &t0);
    for (int i = 0; i < 20000; i++) {
        ny_str out;

        assert_int_equal(
            ny_charset_decode(a, &spec, ny_str_of(message, 600), true, &out, NULL, NULL), NY_OK);
        ny_arena_reset(a);
    }
    clock_gettime(CLOCK_MONOTONIC, &t1);
    ny_arena_destroy(a);
    us = ((double)(t1.tv_sec - t0.tv_sec) * 1e9 + (double)(t1.tv_nsec - t0.tv_nsec)) / 20000 / 1000;
    print_message("600 bytes of ISO 2022: %.2f us\n", us);
    assert_true(us < 200); /* a bound for sanitized builds on a busy machine */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_replaced_bytes_are_counted),
        cmocka_unit_test(test_detect),
        cmocka_unit_test(test_detect_2_3_escapes),
        cmocka_unit_test(test_encode),
        cmocka_unit_test(test_every_double_byte_character_round_trips),
        cmocka_unit_test(test_tables_agree_with_icu),
        cmocka_unit_test(test_speed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
