/* hl7v3, schemas: messages held against the operator's copy of the HL7 V3 schemas. */
#ifndef NAYOSE_HL7V3_SCHEMAS_H
#define NAYOSE_HL7V3_SCHEMAS_H

#include "nayose/hl7v3_soap.h"

struct ny_schemas;

/* Reads the schemas of every message that the services take: some tenths of a second, some 30 MB.
 * dir: holds multicacheschemas/NAME.xsd. Owned. NY_ENOTFOUND: a file is not there; NY_ESYNTAX: the
 * schemas cannot be used. */
NY_MUST_USE ny_rc ny_schemas_load(const char *dir, const struct ny_soap_service *services, size_t n,
                                  struct ny_schemas **out, struct ny_error *err);
void ny_schemas_destroy(struct ny_schemas *s); /* NULL allowed */

/* How many errors the schemas find in a message; 0: it is valid. The errors themselves may quote
 * the patient and are not told. out_code: what libxml2 calls the first one, 0 when there is none.
 * NY_ELIMIT: it cannot be
 * written anew. */
NY_MUST_USE ny_rc ny_schemas_check(const struct ny_schemas *s, const struct ny_xml_node *message,
                                   size_t *out_errors, int *out_code);

#endif
