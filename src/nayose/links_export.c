/* nayose links export: printed page by page, so that a registry of millions needs no memory here.
 */

#include "nayose_priv.h"

enum { KEY_FORMAT = 0x2000 };

static const struct argp_option options[] = {
    {.name = "format",   .key = KEY_FORMAT, .arg = "csv|json", .doc = "Default csv"},
    CLI_AS_OF_OPTION,
    {0},
};

struct asked {
    struct cli_as_of as_of;
    bool json;
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    struct asked *x = ctx;

    if (key != KEY_FORMAT) {
        return cli_as_of_option(&x->as_of, key, arg, state);
    }
    x->json = strcmp(arg, "json") == 0;
    if (!x->json && strcmp(arg, "csv") != 0) {
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
    struct asked x = {.as_of = {.cli = cli}};
    struct cli_param params[2] = {
        {"limit", "10000"}
    };
    struct cli_json_list list;
    size_t n;
    int code;

    cli_args(cli, verb, options, option_set, &x, NULL);
    params[1] = x.as_of.param;
    n = x.as_of.param.value != NULL ? 2 : 1;
    if (x.json || cli->json) {
        cli_json_list_begin(&list, "links");
        code = cli_pages(cli, "/links", "links", params, n, cli_json_list_add, &list);
        cli_json_list_end(&list);
        return code;
    }
    puts("domain,local_id,regional_id");
    return cli_pages(cli, "/links", "links", params, n, link_print, NULL);
}
