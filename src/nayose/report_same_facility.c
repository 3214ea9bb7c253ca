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
    static const struct report_kind kind = {.name = "same-facility",
                                            .want = "most",
                                            .want_doc = "At most so many pairs (10000)",
                                            .domain_doc = "Those of this hospital only",
                                            .print = pairs_print,
                                            .complete = pairs_filter};

    return report_run(cli, verb, &kind);
}
