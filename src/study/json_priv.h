/* study, private: what the writers of results share. */
#ifndef NAYOSE_STUDY_JSON_PRIV_H
#define NAYOSE_STUDY_JSON_PRIV_H

#include <jansson.h>

#include "study_priv.h"

/* A JSON string, empty when it cannot be one. */
json_t *ny_job_text(ny_str s);
/* The text, in the job's arena; takes the reference. p NULL: o is NULL, or there is no room. */
ny_str ny_job_dump(struct job *j, json_t *o);

#endif
