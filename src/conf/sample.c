/* The commented sample, from the table. Its three listeners are set, everything else is shown as a
 * comment with its default, so that the sample loads and means the defaults. */

#include "conf_priv.h"

static const struct {
    const char *name, *type, *key, *value;
} listeners[] = {
    {"mllp-main", "mllp",  "port", "2575"                  },
    {"http-main", "http",  "port", "8080"                  },
    {"admin",     "admin", "path", "/run/nayose/admin.sock"},
};

void ny_conf_limits(const struct conf_option *o, char out[NY_CONF_LIMITS_MAX])
{
    long long scale = o->type == CONF_DECIMAL ? 1000000 : 1;

    switch (o->type) {
    case CONF_ENUM:
        snprintf(out, NY_CONF_LIMITS_MAX, "One of %s.", o->unit);
        break;
    case CONF_BOOL:
        snprintf(out, NY_CONF_LIMITS_MAX, "yes or no.");
        break;
    case CONF_STRING:
    case CONF_OID:
        snprintf(out, NY_CONF_LIMITS_MAX, "At most %lld bytes.", (long long)o->max);
        break;
    case CONF_ZONE:
        snprintf(out, NY_CONF_LIMITS_MAX, "+HH:MM or -HH:MM.");
        break;
    case CONF_INT:
    case CONF_TIME:
    case CONF_SIZE:
    case CONF_DECIMAL:
    default:
        snprintf(out, NY_CONF_LIMITS_MAX, "%lld to %lld%s%s.", (long long)o->min / scale,
                 (long long)o->max / scale, o->unit[0] != '\0' ? " " : "", o->unit);
        break;
    }
}

static void print_options(FILE *f, const char *section)
{
    char limits[NY_CONF_LIMITS_MAX];

    for (size_t o = 0; o < CONF_OPT_COUNT; o++) {
        const struct conf_option *opt = &ny_conf_options[o];

        if (strcmp(opt->section, section) == 0) {
            fprintf(f, "# %s\n", opt->help);
            ny_conf_limits(opt, limits);
            fprintf(f, "# %s Changes with a %s.\n", limits,
                    opt->apply == CONF_RELOAD ? "reload" : "restart");
            fprintf(f, "#%s =%s%s\n", opt->key, opt->def[0] != '\0' ? " " : "", opt->def);
        }
    }
}

void ny_conf_print_sample(FILE *f)
{
    fputs("# nayosed.conf: every option with its default. Sections in [ ], key = value, comments\n"
          "# after # at the start of a line or after a blank and ;. Unknown keys are errors.\n",
          f);
    for (size_t k = 0; k < ny_conf_kinds_n; k++) {
        const struct conf_kind *kind = &ny_conf_kinds[k];

        fprintf(f, "\n# %s\n", kind->help);
        if (!kind->named) {
            fprintf(f, "[%s]\n", kind->section);
            print_options(f, kind->section);
            continue;
        }
        print_options(f, kind->section);
        if (strcmp(kind->section, "listener") != 0) {
            fprintf(f, "#[%s NAME]\n", kind->section);
            continue;
        }
        for (size_t i = 0; i < NY_ARRAY_LEN(listeners); i++) {
            fprintf(f, "[%s %s]\ntype = %s\n%s = %s\n", kind->section, listeners[i].name,
                    listeners[i].type, listeners[i].key, listeners[i].value);
        }
    }
}
