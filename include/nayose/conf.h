/* conf: the configuration file. INI with sections and named sections; the options, their types,
 * limits and defaults come from one table (src/conf/tbl/options.def). A loaded configuration never
 * changes: a reload makes a new one. Domains and requesters are in the database, not here.
 * Sections: loading · reading · comparing · printing. */
#ifndef NAYOSE_CONF_H
#define NAYOSE_CONF_H

#include <stdio.h>

#include "nayose/base.h"

struct ny_conf;

enum { NY_CONF_FILE_MAX = 1048576, NY_CONF_SECTIONS_MAX = 64, NY_CONF_NAME_MAX = 32 };

/* ---- loading ---- */

/* Reads a file; out: owned. NY_ECONFIG with "file:line: what" in err->text for an unknown section
 * or key, a value out of its limits, a repeated or missing one; NY_EIO when it cannot be read. */
NY_MUST_USE ny_rc ny_conf_load(const char *path, struct ny_conf **out, struct ny_error *err);
/* The same from memory; name stands for the file in messages. */
NY_MUST_USE ny_rc ny_conf_load_str(ny_str text, const char *name, struct ny_conf **out,
                                   struct ny_error *err);
void ny_conf_destroy(struct ny_conf *c); /* NULL allowed */

/* ---- reading: name is NULL for a plain section; an unknown option or section is a bug ---- */

/* False when the option has no default and was not given. */
bool ny_conf_has(const struct ny_conf *c, const char *section, const char *name, const char *key);
int64_t ny_conf_int(const struct ny_conf *c, const char *section, const char *name,
                    const char *key); /* INT; SIZE in bytes; ZONE in minutes east */
bool ny_conf_bool(const struct ny_conf *c, const char *section, const char *name, const char *key);
/* STRING, ENUM, OID; NUL-terminated, "" when not given; borrowed from c. */
const char *ny_conf_str(const struct ny_conf *c, const char *section, const char *name,
                        const char *key);
int64_t ny_conf_time_us(const struct ny_conf *c, const char *section, const char *name,
                        const char *key);
/* DECIMAL, in millionths. */
int64_t ny_conf_micro(const struct ny_conf *c, const char *section, const char *name,
                      const char *key);
/* The names of the sections of a kind in the order of the file: number i, or NULL at the end. */
const char *ny_conf_named(const struct ny_conf *c, const char *section, size_t i);

/* ---- comparing ---- */

/* NY_OK when a running server may change from old to fresh; NY_ECONFLICT and the first option (or
 * section) that only a restart can change. */
NY_MUST_USE ny_rc ny_conf_check_reload(const struct ny_conf *old, const struct ny_conf *fresh,
                                       struct ny_error *err);

/* ---- printing ---- */

/* The commented sample: every option with its sentence, unit, limits and default. It loads. */
void ny_conf_print_sample(FILE *f);
/* The manual page nayosed.conf(5). */
void ny_conf_print_manual(FILE *f);

#endif
