/* module: hl7v3 */
/* Envelopes from outside bytes: what is read is whole, and every answer and fault to it is XML. */

#include "nayose/hl7v3_soap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIZE_MAX_IN = 16384 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ny_arena *a = ny_arena_create(16 << 20);
    const struct ny_xml_node *root = NULL;
    struct ny_soap_message m;
    struct ny_error err = {0};
    enum ny_soap_fault fault;
    ny_str out = NY_STR_NONE;
    ny_rc rc;

    if (size > SIZE_MAX_IN) {
        ny_arena_destroy(a);
        return 0;
    }
    fault = ny_soap_read(a, ny_str_of((const char *)data, size), NY_STR_NONE, false, &m);
    NY_ASSERT(fault != NY_SOAP_FINE || ny_xml_is_element(m.payload));
    if (fault == NY_SOAP_FINE) {
        rc = ny_soap_answer_write(a, &m, NY_S("urn:a"), NY_S("urn:1"), NY_S("<x/>"), &out);
    } else {
        rc = ny_soap_fault_write(a, &m, fault, NY_S("urn:1"), &out);
    }
    if (rc == NY_OK) {
        NY_ASSERT(ny_xml_parse(a, out, NY_STR_NONE, &root, &err) == NY_OK);
    }
    ny_arena_destroy(a);
    return 0;
}
