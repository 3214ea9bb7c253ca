/* Reading a loaded configuration, and comparing two. A name that is not in the table is a bug. */

#include "conf_priv.h"

static const struct conf_section *section_of(const struct ny_conf *c, const char *section,
                                             const char *name)
{
    for (size_t i = 0; i < c->n_sections; i++) {
        const struct conf_section *s = c->sections[i];

        if (strcmp(s->kind->section, section) == 0 && ny_str_equals(s->name, ny_str_from_c(name))) {
            return s;
        }
    }
    return NULL;
}

static const struct conf_value *value_of(const struct ny_conf *c, const char *section,
                                         const char *name, const char *key, unsigned types)
{
    const struct conf_section *s = section_of(c, section, name);

    NY_ASSERT(s != NULL);
    for (size_t o = 0; o < CONF_OPT_COUNT; o++) {
        if (strcmp(ny_conf_options[o].section, section) == 0 &&
            strcmp(ny_conf_options[o].key, key) == 0) {
            NY_ASSERT((types >> ny_conf_options[o].type) & 1U);
            return &s->values[o];
        }
    }
    ny_assert_failed("no such option", __FILE__, __LINE__);
}

bool ny_conf_has(const struct ny_conf *c, const char *section, const char *name, const char *key)
{
    return value_of(c, section, name, key, ~0U)->set;
}

int64_t ny_conf_int(const struct ny_conf *c, const char *section, const char *name, const char *key)
{
    return value_of(c, section, name, key, 1U << CONF_INT | 1U << CONF_SIZE | 1U << CONF_ZONE)->i;
}

bool ny_conf_bool(const struct ny_conf *c, const char *section, const char *name, const char *key)
{
    return value_of(c, section, name, key, 1U << CONF_BOOL)->i != 0;
}

const char *ny_conf_str(const struct ny_conf *c, const char *section, const char *name,
                        const char *key)
{
    const struct conf_value *v =
        value_of(c, section, name, key, 1U << CONF_STRING | 1U << CONF_ENUM | 1U << CONF_OID);

    return v->s.p != NULL ? v->s.p : "";
}

int64_t ny_conf_time_us(const struct ny_conf *c, const char *section, const char *name,
                        const char *key)
{
    return value_of(c, section, name, key, 1U << CONF_TIME)->i;
}

int64_t ny_conf_micro(const struct ny_conf *c, const char *section, const char *name,
                      const char *key)
{
    return value_of(c, section, name, key, 1U << CONF_DECIMAL)->i;
}

const char *ny_conf_named(const struct ny_conf *c, const char *section, size_t i)
{
    for (size_t k = 0; k < c->n_sections; k++) {
        const struct conf_section *s = c->sections[k];

        if (s->kind->named && strcmp(s->kind->section, section) == 0 && i-- == 0) {
            return s->name.p;
        }
    }
    return NULL;
}

/* ---- comparing ---- */

static ny_rc compare_section(const struct conf_section *a, const struct conf_section *b,
                             struct ny_error *err)
{
    for (size_t o = 0; o < CONF_OPT_COUNT; o++) {
        const struct conf_option *opt = &ny_conf_options[o];
        bool same = a->values[o].set == b->values[o].set && a->values[o].i == b->values[o].i &&
                    (opt->type != CONF_STRING || ny_str_equals(a->values[o].s, b->values[o].s)) &&
                    (opt->type != CONF_OID || ny_str_equals(a->values[o].s, b->values[o].s));

        if (!same && opt->apply == CONF_RESTART) {
            return ny_fail(err, NY_ECONFLICT, "[%s%s%.*s] %s changes with a restart only",
                           opt->section, b->name.n > 0 ? " " : "", NY_ARG(b->name), opt->key);
        }
    }
    return NY_OK;
}

ny_rc ny_conf_check_reload(const struct ny_conf *old, const struct ny_conf *fresh,
                           struct ny_error *err)
{
    ny_rc rc = NY_OK;

    if (old->n_sections != fresh->n_sections) {
        return ny_fail(err, NY_ECONFLICT, "sections come and go with a restart only");
    }
    for (size_t i = 0; i < fresh->n_sections && rc == NY_OK; i++) {
        const struct conf_section *b = fresh->sections[i];
        const struct conf_section *a = section_of(old, b->kind->section, b->name.p);

        rc = a != NULL ? compare_section(a, b, err)
                       : ny_fail(err, NY_ECONFLICT, "[%s %.*s] is new and needs a restart",
                                 b->kind->section, NY_ARG(b->name));
    }
    return rc;
}
