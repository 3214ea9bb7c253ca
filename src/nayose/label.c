/* nayose label draw, list, same, different: a sample of the weakest links, judged by clerks who do
 * not see the scores: two who agree, or two of three, make a label. And a small share of what was
 * decided at the desk, asked again of another clerk who does not see what the first one said. */

#include <pwd.h>
#include <unistd.h>

#include "nayose_priv.h"

enum { DRAW_USUAL = 100, DRAW_MOST = 5000 };

int verb_label_draw(struct cli *cli, const struct verb *verb)
{
    uint64_t want = DRAW_USUAL;
    int n = 0;
    char **operands = cli_args(cli, verb, NULL, NULL, NULL, &n);
    int code;

    if (n > 0 && ny_str_to_u64(ny_str_from_c(operands[0]), 1, DRAW_MOST, &want) != NY_OK) {
        cli_usage(verb, "N is a number from 1 to %d", DRAW_MOST);
    }
    code = cli_study(cli, "/labels/draw", json_pack("{s:I}", "records", (json_int_t)want), NULL);
    if (code == CLI_DONE) {
        printf("%s: nayose label list\n",
               cli_label(cli, "drawn; see them with", "抽出しました。一覧"));
    }
    return code;
}

/* The name that the server knows the caller by. */
static const char *self(void)
{
    const struct passwd *p = getpwuid(geteuid());

    return p != NULL ? p->pw_name : "";
}

static bool is_judged_by(const json_t *label, const char *who)
{
    const json_t *answer;
    size_t i;

    json_array_foreach(json_object_get(label, "answers"), i, answer)
    {
        if (strcmp(cli_json_text(answer, "who"), who) == 0) {
            return true;
        }
    }
    return false;
}

static void list_print(struct cli *cli, const json_t *labels)
{
    static const struct cli_column columns[] = {
        {"A", false, false},
        {"B", false, false}
    };
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));
    const json_t *label;
    size_t open = 0;
    size_t i;

    json_array_foreach(labels, i, label)
    {
        const char *cells[] = {
            ny_arena_printf(cli->arena, "%s^%s", cli_json_text(label, "domain_a"),
                            cli_json_text(label, "local_id_a"))
                .p,
            ny_arena_printf(cli->arena, "%s^%s", cli_json_text(label, "domain_b"),
                            cli_json_text(label, "local_id_b"))
                .p};

        if (!is_judged_by(label, self())) {
            cli_table_row(t, cells, NY_ARRAY_LEN(cells));
            open++;
        }
    }
    cli_table_print(t);
    printf("%zu %s, %zu %s\n", open, cli_label(cli, "for you to judge", "件が未判定"),
           json_array_size(labels), cli_label(cli, "drawn", "件を抽出"));
}

int verb_label_list(struct cli *cli, const struct verb *verb)
{
    cli_args(cli, verb, NULL, NULL, NULL, NULL);
    return cli_get_print(cli, "/labels", NULL, 0, list_print);
}

static int answer(struct cli *cli, const struct verb *verb, bool same)
{
    char **operands = cli_args(cli, verb, NULL, NULL, NULL, NULL);
    json_t *kept = NULL;
    int code;

    cli_check_identity(verb, operands[0]);
    cli_check_identity(verb, operands[1]);
    code = cli_post_once(
        cli, "/labels/answer",
        json_pack("{s:s, s:s, s:b}", "a", operands[0], "b", operands[1], "same", same), &kept);
    if (code == CLI_DONE) {
        puts(cli_label(cli, "kept", "記録しました"));
    }
    json_decref(kept);
    return code;
}

int verb_label_same(struct cli *cli, const struct verb *verb)
{
    return answer(cli, verb, true);
}

int verb_label_different(struct cli *cli, const struct verb *verb)
{
    return answer(cli, verb, false);
}
