/* nayose report same-facility */

#include "report_priv.h"

static void pairs_print(struct cli *cli, json_t *report, const struct report_options *o)
{
    static const struct cli_column columns[] = {
        {"DOMAIN", false, false},
        {"A",      false, false},
        {"B",      false, false},
        {"STATE",  false, false}
    };
    const json_t *pairs = json_object_get(report, "pairs");
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *p = json_array_get(pairs, i);
        const char *const cells[] = {cli_json_text(p, "domain"), cli_json_text(p, "local_id_a"),
                                     cli_json_text(p, "local_id_b"), cli_json_text(p, "state")};

        if (o->domain == NULL || strcmp(o->domain, cells[0]) == 0) {
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
static void pairs_filter(json_t *report, const struct report_options *o)
{
    json_t *pairs = json_object_get(report, "pairs");

    for (size_t i = json_array_size(pairs); i-- > 0 && o->domain != NULL;) {
        if (strcmp(cli_json_text(json_array_get(pairs, i), "domain"), o->domain) != 0) {
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
    static const struct report_kind kind = {"same-facility", "most", pairs_print, pairs_filter,
                                            NULL};

    return report_run(cli, verb, options, &kind);
}
