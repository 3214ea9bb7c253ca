/* The manual page of the configuration file, from the table of its options. */

#include "nayose/base_roff.h"

#include "conf_priv.h"

static void option_write(FILE *f, const struct conf_option *o)
{
    char text[1024];
    char limits[NY_CONF_LIMITS_MAX];
    int n;

    ny_conf_limits(o, limits);
    n = snprintf(text, sizeof(text), "%s %s Default: %s. Changes with a %s.", o->help, limits,
                 o->def[0] != '\0' ? o->def : "not set",
                 o->apply == CONF_RELOAD ? "reload" : "restart");
    NY_ASSERT(n > 0 && (size_t)n < sizeof(text));
    ny_roff_item(f, o->key, text);
}

static void section_write(FILE *f, const struct conf_kind *kind)
{
    char title[64];

    snprintf(title, sizeof(title), "[%s%s]", kind->section, kind->named ? " NAME" : "");
    ny_roff_subheading(f, title);
    ny_roff_paragraph(f, kind->help);
    for (size_t o = 0; o < CONF_OPT_COUNT; o++) {
        if (strcmp(ny_conf_options[o].section, kind->section) == 0) {
            option_write(f, &ny_conf_options[o]);
        }
    }
}

void ny_conf_print_manual(FILE *f)
{
    ny_roff_begin(f, "nayosed.conf", 5, "configuration of the nayose server");
    ny_roff_heading(f, "DESCRIPTION");
    ny_roff_paragraph(f, "Sections in [ ], key = value, comments after # at the start of a line or "
                         "after a blank and ;. Unknown sections and keys are errors. Domains, "
                         "sources and consumers are in the database, set by nayose(1).");
    ny_roff_paragraph(f, "A sample with every option, and a check with file and line:");
    ny_roff_example(f, "nayosed --print-config-sample > nayosed.conf\n"
                       "nayosed --config nayosed.conf --check-config");
    ny_roff_paragraph(f, "SIGHUP reads the file anew; a change that needs a restart is refused and "
                         "the old configuration stays in force.");
    ny_roff_heading(f, "SECTIONS");
    for (size_t k = 0; k < ny_conf_kinds_n; k++) {
        section_write(f, &ny_conf_kinds[k]);
    }
    ny_roff_end(f, "nayosed(8), nayose(1)");
}
