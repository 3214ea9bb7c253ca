/* nayose links export: printed page by page, so that a registry of millions needs no memory here.
 */

#include "nayose_priv.h"

enum { KEY_FORMAT = 0x2000 };

static const struct argp_option options[] = {
    {.name = "format",   .key = KEY_FORMAT, .arg = "csv|json", .doc = "Default csv"},
    {0},
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    bool *json = ctx;

    if (key != KEY_FORMAT) {
        return false;
    }
    *json = strcmp(arg, "json") == 0;
    if (!*json && strcmp(arg, "csv") != 0) {
        argp_error(state, "`%s' is no format: csv or json", arg);
    }
    return true;
}

static int link_print(void *ctx, const json_t *link)
{
    const char *const fields[] = {cli_json_text(link, "domain"), cli_json_text(link, "local_id"),
                                  cli_json_text(link, "regional_id")};

    (void)ctx;
    cli_csv_row(stdout, fields, NY_ARRAY_LEN(fields));
    return ferror(stdout) ? CLI_REFUSED : CLI_DONE;
}

int verb_links_export(struct cli *cli, const struct verb *verb)
{
    static const struct cli_param limit = {"limit", "10000"};
    struct cli_json_list list;
    bool json = false;
    int code;

    cli_args(cli, verb, options, option_set, &json, NULL);
    if (json || cli->json) {
        cli_json_list_begin(&list, "links");
        code = cli_pages(cli, "/links", "links", &limit, 1, cli_json_list_add, &list);
        cli_json_list_end(&list);
        return code;
    }
    puts("domain,local_id,regional_id");
    return cli_pages(cli, "/links", "links", &limit, 1, link_print, NULL);
}
