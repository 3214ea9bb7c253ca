/* nayose load ssmix2: a standardised storage as the feed of one domain.
 *
 *   folders ─▶ patient ─▶ which files ─▶ known? ─▶ message ─▶ lane ─▶ AA ─▶ state file
 *                              └ refused, and why ─▶ report ◀┄┄┄┄┄┄┄┘ AE AR
 *
 * What the files say of their sender is not reliable: the storage belongs to the domain that is
 * named, and its messages go as those of the domain's source. */

#include <errno.h>
#include <sys/stat.h>

#include "ssmix2_priv.h"

enum { KEY_DOMAIN = LOAD_KEY_FREE, KEY_STATE };

static const struct argp_option options[] = {
    {.name = "domain",
     .key = KEY_DOMAIN,
     .arg = "NS",
     .doc = "The domain whose patients the storage holds; needed"},
    {.name = "state",
     .key = KEY_STATE,
     .arg = "FILE",
     .doc = "Remembers what the server has; default nayose-ssmix2-NS.state"},
    LOAD_OPTIONS("Patients"),
    {0               },
};

struct setting {
    struct load *load;
    const char *domain, *state;
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    struct setting *set = ctx;

    switch (key) {
    case KEY_DOMAIN:
        set->domain = arg;
        return true;
    case KEY_STATE:
        set->state = arg;
        return true;
    default:
        return load_option_set(set->load, key, arg, state);
    }
}

/* ---- who sends ---- */

static const json_t *row_find(const json_t *rows, const char *key, const char *value,
                              const char *key_2, const char *value_2)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);

        if (strcmp(cli_json_text(row, key), value) == 0 &&
            (key_2 == NULL || strcmp(cli_json_text(row, key_2), value_2) == 0)) {
            return row;
        }
    }
    return NULL;
}

static bool is_plain(ny_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < 0x20 || s.p[i] > 0x7E || strchr("|^~\\&", s.p[i]) != NULL) {
            return false;
        }
    }
    return true;
}

/* Sets the sender and *oid to what the server knows of the domain. */
static int sender_find(struct cli *cli, const char *domain, struct ssmix2 *s, const char **oid)
{
    json_t *domains = NULL;
    json_t *sources = NULL;
    const json_t *d = NULL;
    const json_t *source;
    int code = cli_get_once(cli, "/domains", NULL, 0, &domains);

    code = code == CLI_DONE ? cli_get_once(cli, "/sources", NULL, 0, &sources) : code;
    if (code == CLI_DONE) {
        d = row_find(json_object_get(domains, "domains"), "namespace", domain, NULL, NULL);
    }
    if (d != NULL) {
        const char *application = cli_json_text(d, "source_application");
        const char *facility = cli_json_text(d, "source_facility");

        s->sender.application = ny_arena_str(cli->arena, ny_str_from_c(application));
        s->sender.facility = ny_arena_str(cli->arena, ny_str_from_c(facility));
        *oid = ny_arena_str(cli->arena, ny_str_from_c(cli_json_text(d, "oid"))).p;
        source = row_find(json_object_get(sources, "sources"), "application", application,
                          "facility", facility);
        s->sender.cp932 = source != NULL && strcmp(cli_json_text(source, "charset"), "CP932") == 0;
    }
    json_decref(domains);
    json_decref(sources);
    if (code == CLI_DONE && d == NULL) {
        cli_error("there is no domain %s; nayose domain list shows those there are", domain);
        return CLI_REFUSED;
    }
    if (code == CLI_DONE && (!is_plain(s->sender.application) || !is_plain(s->sender.facility))) {
        cli_error("the source of %s has a name that is not plain ASCII", domain);
        return CLI_REFUSED;
    }
    return code;
}

/* A state that says much of a registry that is empty is of another registry. */
static int state_check(struct cli *cli, const struct ssmix2_state *state, const char *path)
{
    json_t *status = NULL;
    int code = cli_get_once(cli, "/status", NULL, 0, &status);

    if (code == CLI_DONE && ssmix2_state_count(state) > 0 &&
        json_integer_value(json_object_get(status, "identities")) == 0) {
        cli_error("%s says that files were loaded, but the registry is empty: it is the state of "
                  "another registry. Remove it, or name another with --state",
                  path);
        code = CLI_REFUSED;
    }
    json_decref(status);
    return code;
}

/* ---- the run ---- */

static const char *state_path(struct cli *cli, const struct setting *set)
{
    if (set->state != NULL) {
        return set->state;
    }
    return ny_arena_printf(cli->arena, "nayose-ssmix2-%s.state", set->domain).p;
}

static int storage_load(struct ssmix2 *s, const char *root, const struct setting *set,
                        const char *oid)
{
    struct cli *cli = s->load->cli;
    const char *path = state_path(cli, set);
    int code;

    s->state = ssmix2_state_open(path, set->domain, oid);
    if (s->state == NULL) {
        return CLI_REFUSED;
    }
    code = state_check(cli, s->state, path);
    if (code == CLI_DONE) {
        s->walk = ssmix2_walk_create(root, ssmix2_odd, s);
        load_run(s->load);
        ssmix2_report(s, set->domain);
        code = load_code(s->load);
    }
    ssmix2_walk_destroy(s->walk);
    ssmix2_state_close(s->state);
    return code;
}

int verb_load_ssmix2(struct cli *cli, const struct verb *verb)
{
    static struct ssmix2 s;
    static struct load load = {LOAD_DEFAULTS, .source = &ssmix2_source, .own = &s};
    struct setting set = {.load = &load};
    const char *oid = "";
    struct stat st;
    char **args;
    int code;

    load.cli = cli;
    s.load = &load;
    args = cli_args(cli, verb, options, option_set, &set, NULL);
    if (set.domain == NULL) {
        cli_usage(verb, "--domain is needed: whose patients are these?");
    }
    if (stat(args[0], &st) != 0 || !S_ISDIR(st.st_mode)) {
        cli_error("%s is not a folder that can be read; nothing was sent", args[0]);
        return CLI_REFUSED;
    }
    code = sender_find(cli, set.domain, &s, &oid);
    if (code == CLI_DONE) {
        code = storage_load(&s, args[0], &set, oid);
    }
    ssmix2_lanes_finish(&s);
    return code;
}
