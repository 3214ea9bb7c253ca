/* nayose report same-facility */

#include "report_priv.h"

static const struct report_column columns[] = {
    {"DOMAIN", "施設",       "domain",     NULL, false},
    {"A",      "患者番号", "local_id_a", NULL, false},
    {"B",      "患者番号", "local_id_b", NULL, false},
    {"STATE",  "状態",       "state",      NULL, false},
};

static void pairs_print(struct cli *cli, const json_t *report)
{
    const json_t *pairs = json_object_get(report, "pairs");

    report_table_print(cli, columns, NY_ARRAY_LEN(columns), pairs);
    if (json_array_size(pairs) == 0) {
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
