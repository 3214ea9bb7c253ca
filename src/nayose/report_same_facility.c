/* nayose report same-facility */

#include "report_priv.h"

static void pairs_print(struct cli *cli, const json_t *pairs, const char *domain)
{
    static const struct cli_column columns[] = {
        {"DOMAIN", false, false},
        {"A",      false, false},
        {"B",      false, false},
        {"STATE",  false, false}
    };
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *p = json_array_get(pairs, i);
        const char *const cells[] = {cli_json_text(p, "domain"), cli_json_text(p, "local_id_a"),
                                     cli_json_text(p, "local_id_b"), cli_json_text(p, "state")};

        if (domain == NULL || strcmp(domain, cells[0]) == 0) {
            cli_table_row(t, cells, NY_ARRAY_LEN(cells));
            n++;
        }
    }
    cli_table_print(t);
    if (n == 0) {
        puts(cli_label(cli, "no pair", "該当する組はありません"));
    }
}

/* Those of other domains go. */
static void pairs_filter(json_t *pairs, const char *domain)
{
    for (size_t i = json_array_size(pairs); i-- > 0 && domain != NULL;) {
        if (strcmp(cli_json_text(json_array_get(pairs, i), "domain"), domain) != 0) {
            json_array_remove(pairs, i);
        }
    }
}

int verb_report_same_facility(struct cli *cli, const struct verb *verb)
{
    static const struct argp_option options[] = {
        {.name = "domain",
         .key = REPORT_KEY_DOMAIN,
         .arg = "NS",
         .doc = "Those of this hospital only"},
        {.name = "most",
         .key = REPORT_KEY_WANT,
         .arg = "N",
         .doc = "At most so many pairs (10000)"},
        {0               },
    };
    struct report_options o = {0};
    json_t *report = NULL;
    int code;

    cli_args(cli, verb, options, report_option, &o, NULL);
    code = report_get(cli, "same-facility", "most", o.want, &report);
    if (code == CLI_DONE && cli->json) {
        pairs_filter(json_object_get(report, "pairs"), o.domain);
        cli_json_print(report);
    } else if (code == CLI_DONE) {
        pairs_print(cli, json_object_get(report, "pairs"), o.domain);
    }
    json_decref(report);
    return code;
}
