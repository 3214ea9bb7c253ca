/* The WSDL of a service, written from its table of operations.
 *
 * Two flavours: with the operator's copy of the HL7 schemas every message has its type; without,
 * every message is anyType, which is what a client wants that brings its XML ready-made. Both
 * spellings of the Action attribute are there, and a soapAction that nobody requires: some clients
 * read one, some the other, and without soapAction some send action="None". Spec: our HL7 v3 rules
 * 1, 13. */

#include "soap_priv.h"

/* Name i of all that the operations take and give. */
static const char *element(const struct ny_soap_service *s, size_t i)
{
    return i % 2 == 0 ? s->operations[i / 2].request : s->operations[i / 2].answer;
}

/* An element, or the schema of several, is told once. */
static bool is_told(const struct ny_soap_service *s, size_t i, bool typed)
{
    for (size_t k = 0; k < i; k++) {
        if (typed ? ny_str_equals(soap_schema_of(element(s, k)), soap_schema_of(element(s, i)))
                  : strcmp(element(s, k), element(s, i)) == 0) {
            return true;
        }
    }
    return false;
}

static void types_write(struct ny_buf *b, const struct ny_soap_service *s, ny_str schemas)
{
    ny_buf_add(b, NY_S("<wsdl:types><xsd:schema elementFormDefault=\"qualified\" "
                       "targetNamespace=\"urn:hl7-org:v3\">\n"));
    for (size_t i = 0; i < 2 * s->n_operations; i++) {
        if (is_told(s, i, schemas.n > 0)) {
            continue;
        }
        if (schemas.n > 0) {
            ny_buf_printf(b, "<xsd:include schemaLocation=\"%.*s/multicacheschemas/%.*s.xsd\"/>\n",
                          NY_ARG(schemas), NY_ARG(soap_schema_of(element(s, i))));
        } else {
            ny_buf_printf(b, "<xsd:element name=\"%s\" type=\"xsd:anyType\"/>\n", element(s, i));
        }
    }
    ny_buf_add(b, NY_S("</xsd:schema></wsdl:types>\n"));
}

static void messages_write(struct ny_buf *b, const struct ny_soap_service *s)
{
    for (size_t i = 0; i < s->n_operations; i++) {
        const struct ny_soap_operation *o = &s->operations[i];

        ny_buf_printf(b,
                      "<wsdl:message name=\"%s_Message\">"
                      "<wsdl:part name=\"Body\" element=\"hl7:%s\"/></wsdl:message>\n"
                      "<wsdl:message name=\"%s_Answer\">"
                      "<wsdl:part name=\"Body\" element=\"hl7:%s\"/></wsdl:message>\n",
                      o->name, o->request, o->name, o->answer);
    }
}

static void port_type_write(struct ny_buf *b, const struct ny_soap_service *s)
{
    ny_buf_printf(b, "<wsdl:portType name=\"%s_PortType\">\n", s->name);
    for (size_t i = 0; i < s->n_operations; i++) {
        const struct ny_soap_operation *o = &s->operations[i];

        ny_buf_printf(b,
                      "<wsdl:operation name=\"%s\">"
                      "<wsdl:input message=\"tns:%s_Message\" wsam:Action=\"%s\" "
                      "wsaw:Action=\"%s\"/>"
                      "<wsdl:output message=\"tns:%s_Answer\" wsam:Action=\"%s\" "
                      "wsaw:Action=\"%s\"/></wsdl:operation>\n",
                      o->name, o->name, o->action, o->action, o->name, o->answer_action,
                      o->answer_action);
    }
    ny_buf_add(b, NY_S("</wsdl:portType>\n"));
}

static void binding_write(struct ny_buf *b, const struct ny_soap_service *s)
{
    ny_buf_printf(b,
                  "<wsdl:binding name=\"%s_Binding_Soap12\" type=\"tns:%s_PortType\">"
                  "<soap12:binding style=\"document\" "
                  "transport=\"http://schemas.xmlsoap.org/soap/http\"/>"
                  "<wsaw:UsingAddressing wsdl:required=\"false\"/>\n",
                  s->name, s->name);
    for (size_t i = 0; i < s->n_operations; i++) {
        ny_buf_printf(b,
                      "<wsdl:operation name=\"%s\">"
                      "<soap12:operation soapAction=\"%s\" soapActionRequired=\"false\"/>"
                      "<wsdl:input><soap12:body use=\"literal\"/></wsdl:input>"
                      "<wsdl:output><soap12:body use=\"literal\"/></wsdl:output>"
                      "</wsdl:operation>\n",
                      s->operations[i].name, s->operations[i].action);
    }
    ny_buf_add(b, NY_S("</wsdl:binding>\n"));
}

ny_rc ny_soap_wsdl_write(struct ny_arena *a, const struct ny_soap_service *service, ny_str url,
                         ny_str schemas, ny_str *out)
{
    struct ny_buf b;

    url = ny_xml_escape(a, url);
    schemas = ny_xml_escape(a, schemas);
    if (url.p == NULL || schemas.p == NULL) {
        return NY_ELIMIT;
    }
    ny_buf_init(&b, a);
    ny_buf_printf(&b,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<wsdl:definitions name=\"%s\" targetNamespace=\"%s\" xmlns:tns=\"%s\"\n"
                  " xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\""
                  " xmlns:soap12=\"http://schemas.xmlsoap.org/wsdl/soap12/\"\n"
                  " xmlns:wsam=\"http://www.w3.org/2007/05/addressing/metadata\""
                  " xmlns:wsaw=\"http://www.w3.org/2006/05/addressing/wsdl\"\n"
                  " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
                  " xmlns:hl7=\"urn:hl7-org:v3\">\n",
                  service->name, service->space, service->space);
    types_write(&b, service, schemas);
    messages_write(&b, service);
    port_type_write(&b, service);
    binding_write(&b, service);
    ny_buf_printf(&b,
                  "<wsdl:service name=\"%s_Service\"><wsdl:port name=\"%s_Port_Soap12\" "
                  "binding=\"tns:%s_Binding_Soap12\"><soap12:address location=\"%.*s%s\"/>"
                  "</wsdl:port></wsdl:service>\n</wsdl:definitions>\n",
                  service->name, service->name, service->name, NY_ARG(url), service->path);
    return ny_buf_end(&b, out);
}
