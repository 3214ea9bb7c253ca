/* nayose, private: the status of a server (answer of GET /status). */
#ifndef NAYOSE_STATUS_PRIV_H
#define NAYOSE_STATUS_PRIV_H

#include "nayose_priv.h"

/* A number of an object, 0 when absent. */
double status_number(const json_t *object, const char *key);
/* What somebody has to look at: [{code, text}], owned; empty when all is well. */
json_t *status_judge(struct cli *cli, const json_t *status);

#endif
