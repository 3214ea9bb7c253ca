/* hl7v3, private: namespaces of SOAP. */
#ifndef NAYOSE_HL7V3_SOAP_PRIV_H
#define NAYOSE_HL7V3_SOAP_PRIV_H

#include "nayose/hl7v3_soap.h"

#define SOAP12_NS "http://www.w3.org/2003/05/soap-envelope"
#define SOAP11_NS "http://schemas.xmlsoap.org/soap/envelope/"
#define WSA_NS "http://www.w3.org/2005/08/addressing"

#endif
