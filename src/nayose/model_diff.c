/* nayose model diff: what would change under a version that was rehearsed, and what of it comes
 * from clerks' decisions. */

#include "nayose_priv.h"

static json_int_t number(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

/* Pairs by their band now (rows) and under the version (columns). */
static void bands_print(struct cli *cli, const json_t *pairs)
{
    static const char *const bands[] = {"auto", "review", "parked", "none"};
    static const struct cli_column columns[] = {
        {"PAIRS NOW \\ THEN", false, false},
        {"auto",              true,  false},
        {"review",            true,  false},
        {"parked",            true,  false},
        {"none",              true,  false}
    };
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));

    for (size_t i = 0; i < NY_ARRAY_LEN(bands); i++) {
        const char *cells[1 + NY_ARRAY_LEN(bands)] = {bands[i]};

        for (size_t k = 0; k < NY_ARRAY_LEN(bands); k++) {
            cells[1 + k] = ny_arena_printf(cli->arena, "%lld",
                                           number(json_object_get(pairs, bands[i]), bands[k]))
                               .p;
        }
        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
    cli_table_print(t);
}

static const char *bits(struct cli *cli, const json_t *v)
{
    return json_is_number(v) ? ny_arena_printf(cli->arena, "%.2f", json_number_value(v)).p : "-";
}

static void moved_print(struct cli *cli, const json_t *moved)
{
    static const struct cli_column columns[] = {
        {"NOW",       false, false},
        {"THEN",      false, false},
        {"A",         false, false},
        {"B",         false, false},
        {"BITS NOW",  true,  false},
        {"BITS THEN", true,  false}
    };
    struct libscols_table *t;
    const json_t *m;
    size_t i;

    if (json_array_size(moved) == 0) {
        return;
    }
    printf("\n%s\n", cli_label(cli, "examples of pairs that move", "判定が変わる組の例"));
    t = cli_table_create(columns, NY_ARRAY_LEN(columns));
    json_array_foreach(moved, i, m)
    {
        const char *cells[] = {cli_json_text(m, "before"),
                               cli_json_text(m, "after"),
                               cli_json_text(m, "a"),
                               cli_json_text(m, "b"),
                               bits(cli, json_object_get(m, "bits_before")),
                               bits(cli, json_object_get(m, "bits_after"))};

        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
    cli_table_print(t);
}

static void groups_print(struct cli *cli, const json_t *groups, const char *title)
{
    const json_t *group;
    size_t i;

    if (json_array_size(groups) > 0) {
        printf("\n%s\n", title);
    }
    json_array_foreach(groups, i, group)
    {
        const json_t *member;
        size_t k;

        json_array_foreach(group, k, member)
        {
            printf("  %s %-24s %s %s  %s %s\n", k == 0 ? "*" : " ", cli_json_text(member, "id"),
                   cli_label(cli, "now", "現在"), cli_json_text(member, "regional_id"),
                   cli_label(cli, "then with", "変更後"), cli_json_text(member, "group"));
        }
    }
}

void cli_rehearsal_print(struct cli *cli, const json_t *r)
{
    const json_t *linked = json_object_get(r, "linked");
    const json_t *groups = json_object_get(r, "groups");
    const json_t *questions = json_object_get(r, "questions");

    printf("%s %lld %s %lld  (%s, %lld identities, %.0f s)\n", cli_label(cli, "version", "版"),
           number(r, "version"), cli_label(cli, "against", "比較対象"), number(r, "against"),
           cli_json_text(r, "at"), number(r, "identities"),
           json_number_value(json_object_get(r, "seconds")));
    bands_print(cli, json_object_get(r, "pairs"));
    printf("%s: %lld -> %lld (+%lld, -%lld)\n",
           cli_label(cli, "pairs of records in one group", "同一人とされる組"),
           number(linked, "before"), number(linked, "after"), number(linked, "gained"),
           number(linked, "lost"));
    printf("%s: %lld %s, %lld %s, %lld %s\n", cli_label(cli, "groups", "集まり"),
           number(groups, "joined"), cli_label(cli, "join others", "統合"), number(groups, "split"),
           cli_label(cli, "come apart", "分離"), number(groups, "identities"),
           cli_label(cli, "identities in them", "件"));
    printf("%s: %lld -> %lld, %s %lld -> %lld\n", cli_label(cli, "questions", "要確認"),
           number(questions, "open_before"), number(questions, "open_after"),
           cli_label(cli, "parked", "保留"), number(questions, "parked_before"),
           number(questions, "parked_after"));
    moved_print(cli, json_object_get(r, "moved_examples"));
    groups_print(cli, json_object_get(r, "joined_examples"),
                 cli_label(cli, "groups that would become one", "統合される集まりの例"));
    groups_print(cli, json_object_get(r, "split_examples"),
                 cli_label(cli, "groups that would come apart", "分離される集まりの例"));
}

int cli_diff(struct cli *cli, const char *version)
{
    const json_t *rehearsal;
    json_t *answer = NULL;
    int code = cli_model_get(cli, version, &answer);

    if (code != CLI_DONE) {
        return code;
    }
    rehearsal = json_object_get(answer, "rehearsal");
    if (!json_is_object(rehearsal)) {
        cli_error("version %s was not rehearsed; nayose model stage %s", version, version);
        code = CLI_REFUSED;
    } else if (cli->json) {
        cli_json_print(rehearsal);
    } else {
        cli_rehearsal_print(cli, rehearsal);
        cli_taught_print(cli, json_object_get(answer, "report"));
    }
    json_decref(answer);
    return code;
}

int verb_model_diff(struct cli *cli, const struct verb *verb)
{
    char **operands = cli_args(cli, verb, NULL, NULL, NULL, NULL);

    return cli_diff(cli, operands[0]);
}
