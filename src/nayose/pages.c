/* Listings that come in pages: {"<list>": […], "next": null | {…}}; the members of next, with
 * after_ before their names, are the position of the next request. */

#include "nayose_priv.h"

enum { FIXED_MAX = 4, POSITION_MAX = 4 };

/* The next position as parameters, in the arena; 0 at the end of the list. */
static size_t position_read(struct cli *cli, json_t *next, struct cli_param *out)
{
    const char *key;
    json_t *value;
    void *it = json_object_iter(next);
    size_t n = 0;

    for (; it != NULL && n < POSITION_MAX; it = json_object_iter_next(next, it)) {
        key = json_object_iter_key(it);
        value = json_object_iter_value(it);
        out[n].name = ny_arena_printf(cli->arena, "after_%s", key).p;
        out[n].value = json_is_integer(value)
                           ? ny_arena_printf(cli->arena, "%lld", json_integer_value(value)).p
                           : ny_arena_str(cli->arena, ny_str_from_c(cli_json_text(next, key))).p;
        n++;
    }
    return n;
}

static int page_walk(const json_t *list, cli_element_fn fn, void *ctx)
{
    int code = CLI_DONE;

    for (size_t i = 0; i < json_array_size(list) && code == CLI_DONE; i++) {
        code = fn(ctx, json_array_get(list, i));
    }
    return code;
}

int cli_pages(struct cli *cli, const char *path, const char *list, const struct cli_param *params,
              size_t n, cli_element_fn fn, void *ctx)
{
    struct cli_client *c = cli_client_create(cli);
    struct cli_param all[FIXED_MAX + POSITION_MAX];
    struct cli_wait wait;
    size_t n_position = 0;
    size_t read = 0;
    bool more = true;
    int code = CLI_DONE;

    NY_ASSERT(n <= FIXED_MAX);
    for (size_t i = 0; i < n; i++) {
        all[i] = params[i];
    }
    cli_wait_begin(&wait);
    while (more && code == CLI_DONE) {
        json_t *page = NULL;

        code = cli_get(c, path, all, n + n_position, &page);
        if (code == CLI_DONE) {
            code = page_walk(json_object_get(page, list), fn, ctx);
            n_position = position_read(cli, json_object_get(page, "next"), all + n);
            more = n_position > 0;
            read += json_array_size(json_object_get(page, list));
            cli_wait_tell(&wait, "%zu %s", read, list);
        }
        json_decref(page);
    }
    cli_wait_end(&wait);
    cli_client_destroy(c);
    return code;
}

/* ---- questions ---- */

enum { KEY_PARKED = 0x2000 };

const struct argp_option cli_review_options[] = {
    {.name = "parked",
     .key = KEY_PARKED,
     .doc = "Also those that nobody can decide until a contact is known"},
    {0},
};

bool cli_review_option(void *ctx, int key, char *arg, struct argp_state *state)
{
    (void)arg;
    (void)state;
    if (key != KEY_PARKED) {
        return false;
    }
    *(bool *)ctx = true;
    return true;
}

int cli_reviews(struct cli *cli, const struct cli_questions *which, cli_element_fn fn, void *ctx)
{
    struct cli_param params[] = {
        {"state",  "open"                                    },
        {"domain", which->domain != NULL ? which->domain : ""},
        {"reason", which->reason != NULL ? which->reason : ""},
        {"clerk",  which->clerk != NULL ? which->clerk : ""  }
    };
    int code = cli_pages(cli, "/reviews", "reviews", params, NY_ARRAY_LEN(params), fn, ctx);

    if (code == CLI_DONE && which->parked) {
        params[0].value = "parked";
        code = cli_pages(cli, "/reviews", "reviews", params, NY_ARRAY_LEN(params), fn, ctx);
    }
    return code;
}

/* ---- a list printed while it comes ---- */

void cli_json_list_begin(struct cli_json_list *l, const char *name)
{
    cli_pager_begin();
    *l = (struct cli_json_list){.name = name};
    printf("{\"%s\": [", name);
}

int cli_json_list_add(void *list, const json_t *element)
{
    struct cli_json_list *l = list;

    fputs(l->n++ > 0 ? ",\n  " : "\n  ", stdout);
    json_dumpf(element, stdout, JSON_REAL_PRECISION(12));
    return CLI_DONE;
}

void cli_json_list_end(struct cli_json_list *l)
{
    puts(l->n > 0 ? "\n]}" : "]}");
}
