/* XML read into a tree, looked up, and written. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "nayose/hl7v3_xml.h"

#define V3 NY_S("urn:hl7-org:v3")

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

static const struct ny_xml_node *read_ok(ny_str in)
{
    const struct ny_xml_node *root = NULL;
    struct ny_error err = {0};
    ny_rc rc = ny_xml_parse(arena, in, NY_STR_NONE, &root, &err);

    if (rc != NY_OK) {
        print_error("%.*s: %s\n", NY_ARG(in), err.text);
    }
    assert_int_equal(rc, NY_OK);
    return root;
}

static void assert_text(ny_str got, const char *want)
{
    assert_true(got.p != NULL);
    assert_string_equal(ny_arena_str(arena, got).p, want);
}

/* ---- what is read, and what is refused ---- */

static const struct {
    const char *name, *in, *charset;
    ny_rc rc;
    const char *text; /* of the root */
} rows[] = {
    {"text",                                "<a>x</a>",                                                              "",          NY_OK,       "x"             },
    {"references",                          "<a>&lt;&amp;&#x5C71;</a>",                                              "",          NY_OK,       "<&\xE5\xB1\xB1"},
    {"CDATA",                               "<a><![CDATA[<x>]]></a>",                                                "",          NY_OK,       "<x>"           },
    {"a comment is not there",              "<a>x<!-- y -->z</a>",                                                   "",          NY_OK,       "xz"            },
    {"a byte order mark",                   "\xEF\xBB\xBF<a>x</a>",                                                  "",          NY_OK,       "x"             },
    {"a byte order mark, told",             "\xEF\xBB\xBF<a>x</a>",                                                  "utf-8",     NY_OK,       "x"             },
    {"Shift_JIS",                           "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><a>\x8E\x52</a>",         "",          NY_OK,
     "\xE5\xB1\xB1"                                                                                                                                            },
    {"Windows-31J",                         "<?xml version=\"1.0\" encoding=\"Windows-31J\"?><a>\xFA\xB1</a>",       "",          NY_OK,
     "\xEF\xA8\x91"                                                                                                                                            },
    {"EUC-JP",                              "<?xml version=\"1.0\" encoding=\"EUC-JP\"?><a>\xBB\xB3</a>",            "",          NY_OK,
     "\xE5\xB1\xB1"                                                                                                                                            },
    {"ISO-2022-JP",                         "<?xml version=\"1.0\" encoding=\"ISO-2022-JP\"?><a>\x1B$B;3\x1B(B</a>", "",
     NY_OK,                                                                                                                                    "\xE5\xB1\xB1"  },
    {"the transport beats the declaration",
     "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><a>\xE5\xB1\xB1</a>",                                            "utf-8",     NY_OK,
     "\xE5\xB1\xB1"                                                                                                                                            },
    {"the transport alone",                 "<a>\x8E\x52</a>",                                                       "shift_jis", NY_OK,       "\xE5\xB1\xB1"  },
    {"broken UTF-8",                        "<a>\x8E\x52</a>",                                                       "",          NY_ECHARSET, NULL            },
    {"broken Shift_JIS",                    "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><a>\x8E</a>",             "",
     NY_ECHARSET,                                                                                                                              NULL            },
    {"UTF-7",                               "<?xml version=\"1.0\" encoding=\"UTF-7\"?><a>x</a>",                    "",          NY_ECHARSET, NULL            },
    {"UTF-7 told",                          "<a>x</a>",                                                              "UTF-7",     NY_ECHARSET, NULL            },
    {"nothing",                             "",                                                                      "",          NY_ESYNTAX,  NULL            },
    {"no XML",                              "MSH|^~\\&|",                                                            "",          NY_ESYNTAX,  NULL            },
    {"an open element",                     "<a><b></a>",                                                            "",          NY_ESYNTAX,  NULL            },
    {"two roots",                           "<a/><a/>",                                                              "",          NY_ESYNTAX,  NULL            },
    {"an attribute twice",                  "<a b=\"1\" b=\"2\"/>",                                                  "",          NY_ESYNTAX,  NULL            },
    {"an unbound prefix",                   "<p:a/>",                                                                "",          NY_ESYNTAX,  NULL            },
    {"an unknown entity",                   "<a>&x;</a>",                                                            "",          NY_ESYNTAX,  NULL            },
    {"a NUL",                               "<a>&#0;</a>",                                                           "",          NY_ESYNTAX,  NULL            },
    {"DOCTYPE",                             "<!DOCTYPE a><a/>",                                                      "",          NY_EUNSUPP,  NULL            },
    {"billion laughs",                      "<!DOCTYPE a [<!ENTITY b \"b\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>",      "",
     NY_EUNSUPP,                                                                                                                               NULL            },
    {"an entity in a file",                 "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
     "",                                                                                                                          NY_EUNSUPP,  NULL            },
    {"an outer DTD",                        "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/x.dtd\"><a/>",                  "",          NY_EUNSUPP,  NULL            },
    {"an instruction",                      "<a><?php x?></a>",                                                      "",          NY_EUNSUPP,  NULL            },
};

static void test_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        const struct ny_xml_node *root = NULL;
        struct ny_error err = {0};
        ny_rc rc = ny_xml_parse(arena, ny_str_from_c(rows[i].in), ny_str_from_c(rows[i].charset),
                                &root, &err);

        if (rc != rows[i].rc) {
            print_error("%s: %d %s\n", rows[i].name, rc, err.text);
        }
        assert_int_equal(rc, rows[i].rc);
        assert_int_equal(err.rc, rows[i].rc);
        if (rc == NY_OK) {
            assert_text(ny_xml_text(arena, root), rows[i].text);
        } else {
            assert_null(root);
        }
    }
}

static void test_utf16(void **state)
{
    static const char in[] = "\xFF\xFE<\0a\0>\0\x71\x5C<\0/\0a\0>";
    const struct ny_xml_node *root = NULL;

    (void)state;
    assert_int_equal(ny_xml_parse(arena, ny_str_of(in, sizeof(in)), NY_STR_NONE, &root, NULL),
                     NY_OK);
    assert_text(ny_xml_text(arena, root), "\xE5\xB1\xB1");
    assert_int_equal(ny_xml_parse(arena, ny_str_of(in, sizeof(in)), NY_S("UTF-16"), &root, NULL),
                     NY_OK);
    assert_text(ny_xml_text(arena, root), "\xE5\xB1\xB1");
}

/* ---- caps ---- */

static ny_rc read_repeated(const char *before, const char *each, size_t n, const char *after)
{
    const struct ny_xml_node *root;
    struct ny_arena *a = ny_arena_create(0);
    struct ny_buf b;
    ny_rc rc;

    ny_buf_init(&b, a);
    ny_buf_add_c(&b, before);
    for (size_t i = 0; i < n; i++) {
        ny_str rest = ny_str_from_c(each);

        ny_buf_add(&b, ny_str_split(&rest, '#'));
        if (rest.p != NULL) { /* a number makes each one different */
            ny_buf_printf(&b, "%zu%.*s", i, NY_ARG(rest));
        }
    }
    ny_buf_add_c(&b, after);
    rc = ny_xml_parse(a, ny_buf_str(&b), NY_STR_NONE, &root, NULL);
    ny_arena_destroy(a);
    return rc;
}

static void test_caps(void **state)
{
    static const struct {
        const char *name, *before, *each;
        size_t n;
        const char *after;
        ny_rc rc;
    } cap[] = {
        {"deep enough",         "",       "<a>",           NY_XML_DEPTH_MAX,          "",     NY_ESYNTAX},
        {"too deep",            "",       "<a>",           NY_XML_DEPTH_MAX + 1,      "",     NY_ELIMIT },
        {"many elements",       "<a>",    "<b/>",          NY_XML_NODES_MAX - 1,      "</a>", NY_OK     },
        {"too many elements",   "<a>",    "<b/>",          NY_XML_NODES_MAX,          "</a>", NY_ELIMIT },
        {"a long text",         "<a>",    "12345678",      NY_XML_TEXT_MAX / 8,       "</a>", NY_OK     },
        {"too long a text",     "<a>",    "12345678",      NY_XML_TEXT_MAX / 8 + 1,   "</a>", NY_ELIMIT },
        {"too long a value",    "<a b='", "12345678",      NY_XML_TEXT_MAX / 8 + 1,   "'/>",  NY_ELIMIT },
        {"many attributes",     "<a",     " a#=''",        NY_XML_ATTRIBUTES_MAX,     "/>",   NY_OK     },
        {"too many attributes", "<a",     " a#='>'",       NY_XML_ATTRIBUTES_MAX + 1, "/>",   NY_ELIMIT },
        {"many namespaces",     "<a",     " xmlns:a#='u'", NY_XML_NAMESPACES_MAX,     "/>",   NY_OK     },
        {"too many namespaces", "<a",     " xmlns:a#='u'", NY_XML_NAMESPACES_MAX + 1, "/>",   NY_ELIMIT },
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(cap); i++) {
        ny_rc rc = read_repeated(cap[i].before, cap[i].each, cap[i].n, cap[i].after);

        if (rc != cap[i].rc) {
            print_error("%s: %d\n", cap[i].name, rc);
        }
        assert_int_equal(rc, cap[i].rc);
    }
}

static void test_small_arena(void **state)
{
    (void)state;
    for (size_t cap = 1; cap < 3000; cap += 7) {
        struct ny_arena *a = ny_arena_create(cap);
        const struct ny_xml_node *root = NULL;
        ny_rc rc =
            ny_xml_parse(a, NY_S("<a xmlns='u' b='c'><d>e</d><f/></a>"), NY_STR_NONE, &root, NULL);

        assert_true(rc == NY_OK || rc == NY_ELIMIT);
        assert_true((rc == NY_OK) == (root != NULL));
        ny_arena_destroy(a);
    }
}

/* ---- look-ups ---- */

static void test_lookup(void **state)
{
    const struct ny_xml_node *root = read_ok(NY_S(
        "<p:A xmlns:p='urn:hl7-org:v3' xmlns='urn:x' xmlns:i='"
        "http://www.w3.org/2001/"
        "XMLSchema-instance'>\n <p:b root='1.2' p:root='no'/> text <b/> <p:c/> <p:b i:type='p:II'>"
        "<p:d/></p:b></p:A>"));
    const struct ny_xml_node *b = ny_xml_child(root, V3, "b");
    const struct ny_xml_node *again = ny_xml_again(b);
    ny_str ns;
    ny_str name;

    (void)state;
    assert_true(ny_xml_is(root, V3, "A"));
    assert_text(ny_xml_attr(b, "root"), "1.2");
    assert_text(ny_xml_attr_ns(b, V3, "root"), "no");
    assert_null(ny_xml_attr(b, "extension").p);
    assert_true(ny_xml_first(root) == b);
    assert_true(ny_xml_is(ny_xml_next(b), NY_S("urn:x"), "b"));
    assert_non_null(ny_xml_child(again, V3, "d"));
    assert_null(ny_xml_again(again));
    assert_null(ny_xml_child(root, NY_S(""), "b"));
    assert_text(ny_xml_text(arena, root), "text");
    assert_null(ny_xml_text(arena, b).p);
    assert_true(ny_xml_qname(again, ny_xml_attr_ns(again, NY_XML_XSI, "type"), &ns, &name));
    assert_true(ny_str_equals(ns, V3) && ny_str_equals(name, NY_S("II")));
    assert_true(ny_xml_qname(again, NY_S("II"), &ns, &name));
    assert_text(ns, "urn:x");
    assert_false(ny_xml_qname(again, NY_S("q:II"), &ns, &name));
    assert_text(ny_xml_path(arena, root, ny_xml_child(again, V3, "d")), "/A/b[2]/d");
    assert_text(ny_xml_path(arena, root, ny_xml_child(root, V3, "c")), "/A/c");
    assert_text(ny_xml_path(arena, root, root), "/A");
    assert_null(ny_xml_child(NULL, V3, "b"));
    assert_null(ny_xml_attr(NULL, "b").p);
    assert_null(ny_xml_text(arena, NULL).p);
}

/* ---- writing ---- */

static void test_write(void **state)
{
    struct ny_xml_writer w;
    ny_str out;

    (void)state;
    ny_xml_w_init(&w, arena);
    ny_xml_w_open(&w, "a");
    ny_xml_w_attr_c(&w, "xmlns", "urn:hl7-org:v3");
    ny_xml_w_attr(&w, "b", NY_S("<\"'\n\t&>\x01"));
    ny_xml_w_element(&w, "c", NY_S("<\"'\n\t&>\r\xEF\xBF\xBE\xEF\xBF\xBD"));
    ny_xml_w_element(&w, "d", NY_S(""));
    ny_xml_w_open(&w, "e");
    ny_xml_w_close(&w);
    ny_xml_w_raw(&w, NY_S("<f/>"));
    ny_xml_w_close(&w);
    assert_int_equal(ny_xml_w_end(&w, &out), NY_OK);
    assert_text(out, "<a xmlns=\"urn:hl7-org:v3\" b=\"&lt;&quot;'&#10;&#9;&amp;&gt;\xEF\xBF\xBD\">"
                     "<c>&lt;\"'\n\t&amp;&gt;&#13;\xEF\xBF\xBD\xEF\xBF\xBD</c><d></d><e/><f/></a>");
}

/* A copy means the same wherever it is put. */
static void test_copy(void **state)
{
    static const struct {
        const char *name, *in, *out; /* the first child of in, put into <z xmlns="urn:z"> */
    } copies[] = {
        {"default namespace", "<a xmlns='u'><b c='1'>x<d/>y</b></a>",
         "<b xmlns=\"u\" c=\"1\">x<d/>y</b>"                                                                                       },
        {"none",              "<a><b><c/></b></a>",                                              "<b xmlns=\"\"><c/></b>"          },
        {"prefixes",          "<p:a xmlns:p='u' xmlns:q='v'><p:b q:c='1'/></p:a>",
         "<p:b xmlns:p=\"u\" xmlns:q=\"v\" xmlns=\"\" q:c=\"1\"/>"                                                                 },
        {"the nearest wins",  "<a xmlns:p='u' xmlns='w'><b xmlns:p='v'><p:c xmlns=''/></b></a>",
         "<b xmlns:p=\"v\" xmlns=\"w\"><p:c xmlns=\"\"/></b>"                                                                      },
        {"a type",            "<a xmlns='u' xmlns:i='s'><b i:type='INT' value='50'/></a>",
         "<b xmlns=\"u\" xmlns:i=\"s\" i:type=\"INT\" value=\"50\"/>"                                                              },
        {"xml:lang",          "<a xmlns='u'><b xml:lang='ja'/></a>",                             "<b xmlns=\"u\" xml:lang=\"ja\"/>"},
        {"escapes",           "<a xmlns='u'><b c='&quot;&lt;'>&amp;</b></a>",
         "<b xmlns=\"u\" c=\"&quot;&lt;\">&amp;</b>"                                                                               },
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(copies); i++) {
        struct ny_xml_writer w;
        char want[256];
        ny_str out;

        ny_xml_w_init(&w, arena);
        ny_xml_w_open(&w, "z");
        ny_xml_w_attr_c(&w, "xmlns", "urn:z");
        ny_xml_w_copy(&w, ny_xml_first(read_ok(ny_str_from_c(copies[i].in))));
        ny_xml_w_close(&w);
        assert_int_equal(ny_xml_w_end(&w, &out), NY_OK);
        (void)snprintf(want, sizeof(want), "<z xmlns=\"urn:z\">%s</z>", copies[i].out);
        assert_text(out, want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_utf16, setup, teardown),
        cmocka_unit_test_setup_teardown(test_caps, setup, teardown),
        cmocka_unit_test_setup_teardown(test_small_arena, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lookup, setup, teardown),
        cmocka_unit_test_setup_teardown(test_write, setup, teardown),
        cmocka_unit_test_setup_teardown(test_copy, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
