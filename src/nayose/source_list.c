/* nayose source list */

#include "nayose_priv.h"

static void sources_print(struct cli *cli, const json_t *answer)
{
    static const struct cli_column columns[] = {
        {"SOURCE",                   false, false},
        {"CHARSET",                  false, false},
        {"UNDECODABLE",              false, false},
        {"STRICT-UPDATE",            false, false},
        {"ACCEPT-TEST",              false, false},
        {"IGNORE-UNKNOWN-AUTHORITY", false, false},
        {"PROBATION",                false, false},
        {"DRIFT",                    false, false},
        {"DEFAULT-DOMAIN",           false, false},
        {"ID-WIDTH",                 true,  false},
        {"ADDRESS",                  false, false},
        {"CERTIFICATES",             true,  false},
        {"STRICT-V3",                false, false},
        {"IGNORE-TRACKING",          false, false},
        {"ALARM",                    false, true }
    };
    const json_t *sources = json_object_get(answer, "sources");
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));

    (void)cli;
    for (size_t i = 0; i < json_array_size(sources); i++) {
        const json_t *s = json_array_get(sources, i);
        ny_str source = ny_arena_printf(cli->arena, "%s^%s", cli_json_text(s, "application"),
                                        cli_json_text(s, "facility"));
        char width[8];
        char certificates[24];
        const char *const cells[] = {source.p,
                                     cli_json_text(s, "charset"),
                                     cli_json_text(s, "undecodable"),
                                     cli_json_yes_no(s, "strict_update"),
                                     cli_json_yes_no(s, "accept_test"),
                                     cli_json_yes_no(s, "ignore_unknown_authority"),
                                     cli_json_yes_no(s, "probation"),
                                     cli_json_text(s, "drift"),
                                     cli_json_text(s, "default_domain"),
                                     width,
                                     cli_json_text(s, "address"),
                                     certificates,
                                     cli_json_yes_no(s, "strict_v3"),
                                     cli_json_yes_no(s, "ignore_tracking"),
                                     cli_json_text(s, "alarm")};

        (void)snprintf(width, sizeof(width), "%d",
                       (int)json_integer_value(json_object_get(s, "id_width")));
        (void)snprintf(certificates, sizeof(certificates), "%zu",
                       json_array_size(json_object_get(s, "certificates")));
        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
    cli_table_print(t);
}

int verb_source_list(struct cli *cli, const struct verb *verb)
{
    cli_args(cli, verb, NULL, NULL, NULL, NULL);
    return cli_get_print(cli, "/sources", NULL, 0, sources_print);
}
