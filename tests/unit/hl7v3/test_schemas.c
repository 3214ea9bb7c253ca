/* Messages against a small schema of our own. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "nayose/hl7v3_schemas.h"

static const struct ny_soap_operation operations[] = {
    {"A_1", "R1", "S", "urn:r1", "urn:s"}
};
static const struct ny_soap_service service = {"A", "urn:space", "/a", operations, 1};

/* A folder with the schema R1, which says text; removed by folder_end(). */
static void folder_begin(char dir[64], const char *text)
{
    char path[128];
    FILE *f;

    snprintf(dir, 64, "/tmp/nayose-xsd-XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/multicacheschemas", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/multicacheschemas/R1.xsd", dir);
    f = fopen(path, "we");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void folder_end(const char *dir)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/multicacheschemas/R1.xsd", dir);
    (void)unlink(path);
    snprintf(path, sizeof(path), "%s/multicacheschemas", dir);
    (void)rmdir(path);
    (void)rmdir(dir);
}

#define SCHEMA                                                                                     \
    "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:hl7-org:v3' "     \
    "elementFormDefault='qualified'><xs:element name='R1'><xs:complexType><xs:sequence>"           \
    "<xs:element name='a' type='xs:int'/></xs:sequence></xs:complexType></xs:element></xs:schema>"

static void test_messages(void **state)
{
    static const struct {
        const char *in;
        bool valid;
    } rows[] = {
        {"<R1 xmlns='urn:hl7-org:v3'><a>1</a></R1>",           true },
        {"<h:R1 xmlns:h='urn:hl7-org:v3'><h:a>1</h:a></h:R1>", true },
        {"<R1 xmlns='urn:hl7-org:v3'><a>x</a></R1>",           false},
        {"<R1 xmlns='urn:hl7-org:v3'><a>1</a><a>2</a></R1>",   false},
        {"<R1 xmlns='urn:hl7-org:v3'/>",                       false},
        {"<R2 xmlns='urn:hl7-org:v3'/>",                       false},
        {"<R1><a>1</a></R1>",                                  false},
    };
    struct ny_schemas *s = NULL;
    struct ny_error err = {0};
    char dir[64];

    (void)state;
    folder_begin(dir, SCHEMA);
    assert_int_equal(ny_schemas_load(dir, &service, 1, &s, &err), NY_OK);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_arena *a = ny_arena_create(0);
        const struct ny_xml_node *root = NULL;
        size_t errors = 0;
        int code = 0;

        assert_int_equal(ny_xml_parse(a, ny_str_from_c(rows[i].in), NY_STR_NONE, &root, &err),
                         NY_OK);
        assert_int_equal(ny_schemas_check(s, root, &errors, &code), NY_OK);
        if ((errors == 0) != rows[i].valid || (code == 0) != rows[i].valid) {
            fail_msg("row %s: %zu errors", rows[i].in, errors);
        }
        ny_arena_destroy(a);
    }
    ny_schemas_destroy(s);
    folder_end(dir);
}

static void test_schemas_that_cannot_be_used(void **state)
{
    struct ny_schemas *s = NULL;
    struct ny_error err = {0};
    char dir[64];

    (void)state;
    assert_int_equal(ny_schemas_load("/nowhere", &service, 1, &s, &err), NY_ENOTFOUND);
    folder_begin(dir, "<x/>");
    assert_int_equal(ny_schemas_load(dir, &service, 1, &s, &err), NY_ESYNTAX);
    assert_null(s);
    folder_end(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_schemas_that_cannot_be_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
