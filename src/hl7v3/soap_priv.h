/* hl7v3, private: namespaces of SOAP. */
#ifndef NAYOSE_HL7V3_SOAP_PRIV_H
#define NAYOSE_HL7V3_SOAP_PRIV_H

#include "nayose/hl7v3_soap.h"

#define SOAP12_NS "http://www.w3.org/2003/05/soap-envelope"
#define SOAP11_NS "http://schemas.xmlsoap.org/soap/envelope/"
#define WSA_NS "http://www.w3.org/2005/08/addressing"

/* The schema that declares an element: that of its interaction, whose _Cancel it may be. */
static inline ny_str soap_schema_of(const char *element)
{
    ny_str name = ny_str_from_c(element);
    size_t first = ny_str_find(name, '_') + 1;

    return ny_str_sub(name, 0, first + ny_str_find(ny_str_sub(name, first, name.n), '_'));
}

#endif
