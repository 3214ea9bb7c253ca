/* nayose domain add */

#include "nayose_priv.h"

enum { KEY_NAMESPACE = 0x2000, KEY_OID, KEY_NAME, KEY_SOURCE };

static const struct argp_option options[] = {
    {.name = "namespace",
     .key = KEY_NAMESPACE,
     .arg = "NS",
     .doc = "Namespace ID, as in PID-3.4.1 (required)"},
    {.name = "oid",
     .key = KEY_OID,
     .arg = "OID",
     .doc = "Universal ID, as in PID-3.4.2 (required)"},
    {.name = "name",                                                 .key = KEY_NAME, .arg = "TEXT", .doc = "Name of the facility, for people"},
    {.name = "source",
     .key = KEY_SOURCE,
     .arg = "APP^FACILITY",
     .doc = "Who feeds it: MSH-3 and MSH-4. Default: any application whose MSH-4 is NS"},
    {0},
};

struct wish {
    const char *ns, *oid, *name, *source;
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    struct wish *w = ctx;

    (void)state;
    switch (key) {
    case KEY_NAMESPACE:
        w->ns = arg;
        return true;
    case KEY_OID:
        w->oid = arg;
        return true;
    case KEY_NAME:
        w->name = arg;
        return true;
    case KEY_SOURCE:
        w->source = arg;
        return true;
    default:
        return false;
    }
}

int verb_domain_add(struct cli *cli, const struct verb *verb)
{
    struct wish w = {.name = ""};
    const char *app = "";
    const char *facility = "";
    json_t *body;
    json_t *answer = NULL;
    int code;

    cli_args(cli, verb, options, option_set, &w, NULL);
    if (w.ns == NULL || w.oid == NULL) {
        cli_usage(verb, "%s is required", w.ns == NULL ? "--namespace" : "--oid");
    }
    if (w.source != NULL) {
        cli_split_source(cli, verb, w.source, &app, &facility);
    }
    body = json_pack("{s:s, s:s, s:s, s:s, s:s}", "namespace", w.ns, "oid", w.oid, "name", w.name,
                     "source_application", app, "source_facility", facility);
    if (body == NULL) {
        cli_usage(verb, "the arguments are not UTF-8");
    }
    code = cli_post_once(cli, "/domains", body, &answer);
    if (code == CLI_DONE) {
        bool same = strcmp(cli_json_text(answer, "result"), "same") == 0;

        printf(same ? "domain %s is known with these values, nothing changed\n"
                    : "domain %s added\n",
               w.ns);
    }
    json_decref(answer);
    return code;
}
