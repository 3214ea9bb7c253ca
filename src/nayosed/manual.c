/* The manual page nayosed(8): options and counters come from their tables. */

#include "nayose/base_roff.h"

#include "server.h"

static void counters_write(void)
{
    char name[128];

    ny_roff_heading(stdout, "METRICS");
    ny_roff_paragraph(stdout, "What /metrics counts, beside gauges of queues, questions, "
                              "certificates and the last calibration:");
    for (size_t i = 0; i < NY_COUNTER_COUNT; i++) {
        const struct ny_counter_info *c = ny_counter_describe((enum ny_counter)i);

        snprintf(name, sizeof(name), "nayose_%s", c->name);
        ny_roff_item(stdout, name, c->help);
    }
}

void server_manual_print(const struct argp_option *options)
{
    ny_roff_begin(stdout, "nayosed", 8, "patient identity cross-reference server");
    ny_roff_heading(stdout, "SYNOPSIS");
    ny_roff_paragraph(stdout, "nayosed --config FILE [OPTION...]");
    ny_roff_heading(stdout, "DESCRIPTION");
    ny_roff_paragraph(stdout,
                      "nayosed takes the HL7 feeds of hospitals, decides which records are one "
                      "person, gives each person a regional ID and answers PIX and PDQ queries. An "
                      "acknowledgement leaves only after PostgreSQL has committed everything that "
                      "the message meant. nayose(1) is its tool for people.");
    ny_roff_heading(stdout, "OPTIONS");
    for (const struct argp_option *o = options; o->name != NULL; o++) {
        ny_roff_option(stdout, o->key, o->name, o->arg, o->doc);
    }
    ny_roff_heading(stdout, "SIGNALS");
    ny_roff_item(stdout, "SIGHUP", "Reads the configuration and the certificates anew.");
    ny_roff_item(stdout, "SIGTERM, SIGINT", "Ends, after the open batch.");
    counters_write();
    ny_roff_heading(stdout, "EXIT STATUS");
    ny_roff_paragraph(stdout, "0 done, 1 failed (the sentence names file, line and key), 2 no "
                              "configuration was named.");
    ny_roff_end(stdout, "nayosed.conf(5), nayose(1)");
}
