/* Of services of HL7 v3, the operation that a message asks for. */
#ifndef NAYOSE_TESTS_IHE_V3_OPERATION_H
#define NAYOSE_TESTS_IHE_V3_OPERATION_H

#include "nayose/ihe_v3.h"

/* NULL: none. */
static inline const struct ny_soap_operation *v3_operation(const struct ny_xml_node *message)
{
    const struct ny_soap_service *services;
    size_t n = ny_ihe_v3_services(&services);

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < services[i].n_operations; k++) {
            if (ny_xml_is(message, NY_HL7V3_NS, services[i].operations[k].request)) {
                return &services[i].operations[k];
            }
        }
    }
    return NULL;
}

#endif
