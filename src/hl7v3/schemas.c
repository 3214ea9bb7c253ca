/* XML Schema by libxml2: one schema that includes those of all messages is compiled at start; a
 * message is checked as a stream, so that no second tree of it is made. */

#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <unistd.h>

#include "nayose/hl7v3_schemas.h"

#include "soap_priv.h"

enum { PATH_LEN = 1200 };

struct ny_schemas {
    xmlSchema *schema;
};

/* ---- loading ---- */

static void ignore(void *ctx, xmlError *error)
{
    (void)ctx;
    (void)error;
}

static ny_rc include(struct ny_xml_writer *w, const char *dir, ny_str name, struct ny_error *err)
{
    char path[PATH_LEN];

    snprintf(path, sizeof(path), "%s/multicacheschemas/%.*s.xsd", dir, NY_ARG(name));
    if (access(path, R_OK) != 0) {
        return ny_fail(err, NY_ENOTFOUND, "%s cannot be read", path);
    }
    ny_xml_w_open(w, "xs:include");
    ny_xml_w_attr_c(w, "schemaLocation", path);
    ny_xml_w_close(w);
    return NY_OK;
}

/* The schema that includes the others. */
static ny_rc driver_write(struct ny_arena *a, const char *dir,
                          const struct ny_soap_service *services, size_t n, ny_str *out,
                          struct ny_error *err)
{
    struct ny_xml_writer w;
    ny_rc rc = NY_OK;

    ny_xml_w_init(&w, a);
    ny_xml_w_open(&w, "xs:schema");
    ny_xml_w_attr_c(&w, "xmlns:xs", "http://www.w3.org/2001/XMLSchema");
    ny_xml_w_attr(&w, "targetNamespace", NY_HL7V3_NS);
    ny_xml_w_attr_c(&w, "elementFormDefault", "qualified");
    for (size_t i = 0; i < n && rc == NY_OK; i++) {
        for (size_t k = 0; k < services[i].n_operations && rc == NY_OK; k++) {
            rc = include(&w, dir, soap_schema_of(services[i].operations[k].request), err);
        }
    }
    ny_xml_w_close(&w);
    return rc == NY_OK ? ny_xml_w_end(&w, out) : rc;
}

ny_rc ny_schemas_load(const char *dir, const struct ny_soap_service *services, size_t n,
                      struct ny_schemas **out, struct ny_error *err)
{
    struct ny_arena *a = ny_arena_create(0);
    xmlSchemaParserCtxt *parser = NULL;
    xmlSchema *schema = NULL;
    ny_str driver = NY_STR_NONE;
    ny_rc rc = driver_write(a, dir, services, n, &driver, err);

    if (rc == NY_OK) {
        parser = xmlSchemaNewMemParserCtxt(driver.p, (int)driver.n);
    }
    if (parser != NULL) {
        xmlSchemaSetParserStructuredErrors(parser, ignore, NULL);
        schema = xmlSchemaParse(parser);
        xmlSchemaFreeParserCtxt(parser);
    }
    if (rc == NY_OK && schema == NULL) {
        rc = ny_fail(err, NY_ESYNTAX, "the schemas below %s cannot be used", dir);
    }
    if (rc == NY_OK) {
        *out = ny_calloc(1, sizeof(**out));
        (*out)->schema = schema;
    }
    ny_arena_destroy(a);
    return rc;
}

void ny_schemas_destroy(struct ny_schemas *s)
{
    if (s != NULL) {
        xmlSchemaFree(s->schema);
        ny_free(s);
    }
}

/* ---- checking ---- */

struct findings {
    size_t n;
    int first;
};

static void on_error(void *ctx, xmlError *error)
{
    struct findings *f = ctx;

    f->first = f->n == 0 ? error->code : f->first;
    f->n++;
}

static ny_rc check(const struct ny_schemas *s, ny_str text, struct findings *found)
{
    xmlSchemaValidCtxt *valid = xmlSchemaNewValidCtxt(s->schema);
    /* A copy: in static memory the parser of 2.9 loses its place. */
    xmlParserInputBuffer *input =
        xmlParserInputBufferCreateMem(text.p, (int)text.n, XML_CHAR_ENCODING_UTF8);

    if (valid == NULL || input == NULL) {
        xmlSchemaFreeValidCtxt(valid);
        xmlFreeParserInputBuffer(input);
        return NY_ELIMIT;
    }
    xmlSchemaSetValidStructuredErrors(valid, on_error, found);
    if (xmlSchemaValidateStream(valid, input, XML_CHAR_ENCODING_UTF8, NULL, NULL) != 0 &&
        found->n == 0) {
        found->n = 1;
    }
    xmlSchemaFreeValidCtxt(valid);
    return NY_OK;
}

ny_rc ny_schemas_check(const struct ny_schemas *s, const struct ny_xml_node *message,
                       size_t *out_errors, int *out_code)
{
    struct ny_arena *a = ny_arena_create(0); /* the message's own would keep the copy */
    struct findings found = {0};
    ny_str text = NY_STR_NONE;
    ny_rc rc = ny_xml_copy(a, message, &text);

    if (rc == NY_OK) {
        rc = check(s, text, &found);
    }
    ny_arena_destroy(a);
    *out_errors = found.n;
    *out_code = found.first;
    return rc;
}
