/* nayose domain list */

#include "nayose_priv.h"

static void domains_print(struct cli *cli, const json_t *answer)
{
    static const struct cli_column columns[] = {
        {"NAMESPACE", false, false},
        {"OID",       false, false},
        {"SOURCE",    false, false},
        {"NAME",      false, false}
    };
    const json_t *domains = json_object_get(answer, "domains");
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));

    for (size_t i = 0; i < json_array_size(domains); i++) {
        const json_t *d = json_array_get(domains, i);
        ny_str source = ny_arena_printf(cli->arena, "%s^%s", cli_json_text(d, "source_application"),
                                        cli_json_text(d, "source_facility"));
        const char *const cells[] = {cli_json_text(d, "namespace"), cli_json_text(d, "oid"),
                                     source.n > 1 ? source.p : "", cli_json_text(d, "name")};

        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
    cli_table_print(t);
}

int verb_domain_list(struct cli *cli, const struct verb *verb)
{
    cli_args(cli, verb, NULL, NULL, NULL, NULL);
    return cli_get_print(cli, "/domains", NULL, 0, domains_print);
}
