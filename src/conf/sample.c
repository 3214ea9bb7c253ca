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

static void print_limits(FILE *f, const struct conf_option *o)
{
    long long scale = o->type == CONF_DECIMAL ? 1000000 : 1;

    switch (o->type) {
    case CONF_ENUM:
        fprintf(f, "# One of %s.", o->unit);
        break;
    case CONF_BOOL:
        fputs("# yes or no.", f);
        break;
    case CONF_STRING:
    case CONF_OID:
        fprintf(f, "# At most %lld bytes.", (long long)o->max);
        break;
    case CONF_ZONE:
        fputs("# +HH:MM or -HH:MM.", f);
        break;
    case CONF_INT:
    case CONF_TIME:
    case CONF_SIZE:
    case CONF_DECIMAL:
    default:
        fprintf(f, "# %lld to %lld%s%s.", (long long)o->min / scale, (long long)o->max / scale,
                o->unit[0] != '\0' ? " " : "", o->unit);
        break;
    }
    fprintf(f, " Changes with a %s.\n", o->apply == CONF_RELOAD ? "reload" : "restart");
}

static void print_options(FILE *f, const char *section)
{
    for (size_t o = 0; o < CONF_OPT_COUNT; o++) {
        const struct conf_option *opt = &ny_conf_options[o];

        if (strcmp(opt->section, section) == 0) {
            fprintf(f, "# %s\n", opt->help);
            print_limits(f, opt);
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
