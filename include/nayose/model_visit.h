/* model, visits: what a message says of one stay or attendance (PV1). Of each field the newest
 * stamp counts, as in a patient. Visits are no evidence of who somebody is: they live in the
 * database alone. Spec: ITI TF-2 3.22; the project's HL7 v2 rules 8, 9. */
#ifndef NAYOSE_MODEL_VISIT_H
#define NAYOSE_MODEL_VISIT_H

#include "nayose/model.h"

enum ny_visit_field {
#define NY_VISIT(id, field) NY_VISIT_##id,
#include "nayose/tbl/model_visit.def"
#undef NY_VISIT
    NY_VISIT_COUNT
};
/* Its number in PV1. */
unsigned ny_visit_pv1(enum ny_visit_field f);
/* A term, "7.1.1=D1", that few visits have: one of the first two components of a number, a doctor
 * or a place. */
bool ny_visit_term_is_key(ny_str term);

enum { NY_VISIT_NUMBER_MAX = 200, NY_VISIT_TERMS_MAX = 32 };

enum ny_visit_state { NY_VISIT_UNSAID, NY_VISIT_THERE, NY_VISIT_CANCELLED };

/* What one message says. Slices are borrowed from it or in its arena. */
struct ny_visit {
    ny_str number;         /* by which it is known within its identity; never empty */
    ny_str was;            /* the number that it had before (A42, A45, A50); empty: this one */
    struct ny_stamp stamp; /* of all that is said */
    enum ny_visit_state state;
    struct ny_visit_value {
        bool said;
        ny_str text;         /* in the usual delimiters; empty: deleted */
        const ny_str *terms; /* [n_terms] what it is found by, "field.component.sub=text" */
        size_t n_terms;
    } field[NY_VISIT_COUNT];
};

#endif
