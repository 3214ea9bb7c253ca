/* nayosed, private: the wiring of the rooms. */
#ifndef NAYOSE_NAYOSED_SERVER_H
#define NAYOSE_NAYOSED_SERVER_H

#include <argp.h>

#include "nayose/base.h"
#include "nayose/conf.h"

/* Applies the migrations and writes model version 1 where there is none. */
NY_MUST_USE ny_rc server_migrate(const struct ny_conf *conf, struct ny_error *err);

/* Runs until SIGINT or SIGTERM; NY_OK after an orderly stop. path: the file of conf, read again on
 * SIGHUP. */
NY_MUST_USE ny_rc server_run(const struct ny_conf *conf, const char *path, struct ny_error *err);

/* What the file alone cannot show: that the certificates and keys it names are there, belong
 * together and are valid now. */
NY_MUST_USE ny_rc server_tls_check(const struct ny_conf *conf, struct ny_error *err);

/* manual.c: nayosed(8), on the standard output. */
void server_manual_print(const struct argp_option *options);

#endif
