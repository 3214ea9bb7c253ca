/* What clerks' decisions did to a version that was trained: how many taught, how they fit, which
 * weights they moved. */

#include "nayose_priv.h"

/* A number with so many decimals; nothing for null. */
static const char *number(struct cli *cli, const json_t *o, const char *key, int decimals)
{
    const json_t *v = json_object_get(o, key);

    return json_is_number(v) ? ny_arena_printf(cli->arena, "%.*f", decimals, json_number_value(v)).p
                             : "";
}

static const char *bits(struct cli *cli, const json_t *o, const char *key)
{
    return ny_arena_printf(cli->arena, "%+.2f", json_number_value(json_object_get(o, key))).p;
}

static void bands_print(struct cli *cli, const json_t *bands)
{
    static const struct cli_column columns[] = {
        {"HELD BACK BY",    false, false},
        {"FROM BITS",       true,  false},
        {"TO",              true,  false},
        {"PAIRS",           true,  false},
        {"SAID SAME",       true,  false},
        {"DIFFERENT",       true,  false},
        {"SAME BY VERSION", true,  false},
        {"BY NEW ONE",      true,  false}
    };
    static const struct cli_word stops[] = {
        {"nothing", "nothing",                "なし"                     },
        {"contact", "no contact that agrees", "連絡先が一致しない"},
        {"guard",   "a guard",                "抑止"                     },
        {"never",   "a guard for ever",       "禁止"                     },
    };
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));
    const json_t *b;
    size_t i;

    json_array_foreach(bands, i, b)
    {
        const char *cells[] = {
            cli_word_label(cli, stops, NY_ARRAY_LEN(stops), cli_json_text(b, "stopped_by")),
            number(cli, b, "from_bits", 0),
            number(cli, b, "to_bits", 0),
            number(cli, b, "pairs", 0),
            number(cli, b, "same", 0),
            number(cli, b, "different", 0),
            number(cli, b, "expected_same_before", 1),
            number(cli, b, "expected_same", 1)};

        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
    cli_table_print(t);
}

static void moved_print(struct cli *cli, const json_t *moved)
{
    static const struct cli_column columns[] = {
        {"LEVEL",         false, false},
        {"BITS IN FORCE", true,  false},
        {"WITHOUT THEM",  true,  false},
        {"WITH THEM",     true,  false},
        {"TAKEN",         true,  false}
    };
    struct libscols_table *t;
    const json_t *m;
    size_t i;

    if (json_array_size(moved) == 0) {
        puts(cli_label(cli, "they moved no weight by a hundredth of a bit",
                       "判断による重みの変化は 0.01 ビット未満です"));
        return;
    }
    t = cli_table_create(columns, NY_ARRAY_LEN(columns));
    json_array_foreach(moved, i, m)
    {
        const char *column = cli_json_text(m, "column");
        double taken = json_number_value(json_object_get(m, "taken"));
        const char *cells[] = {ny_arena_printf(cli->arena, "%s%s%s", cli_json_text(m, "level"),
                                               column[0] != '\0' ? " " : "", column)
                                   .p,
                               bits(cli, m, "bits_before"), bits(cli, m, "bits_alone"),
                               bits(cli, m, "bits"),
                               ny_arena_printf(cli->arena, "%.0f %%", 100 * taken).p};

        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
    cli_table_print(t);
}

void cli_taught_print(struct cli *cli, const json_t *report)
{
    const json_t *d = json_object_get(report, "decisions");

    if (json_integer_value(json_object_get(d, "told")) == 0) {
        return;
    }
    printf("\n%s: %s / %s; %s: %s / %s; %s: %s %%\n",
           cli_label(cli, "decisions of clerks that taught / in all", "学習に使った判断 / 全判断"),
           number(cli, d, "used", 0), number(cli, d, "told", 0),
           cli_label(cli, "pairs told twice alike / in all", "二度の判断の一致 / 全件"),
           number(cli, d, "agreed", 0), number(cli, d, "compared", 0),
           cli_label(cli, "taken to be wrong", "誤りと見込む率"),
           ny_arena_printf(cli->arena, "%.1f", 100 * json_number_value(json_object_get(d, "error")))
               .p);
    bands_print(cli, json_object_get(d, "bands"));
    printf("%s %s, %s %s %s\n", cli_label(cli, "what they move: at most", "重みの変化の上限: 上げ"),
           number(cli, d, "raise_max_bits", 1), cli_label(cli, "bits up and", "ビット・下げ"),
           number(cli, d, "lower_max_bits", 1), cli_label(cli, "down", "ビット"));
    moved_print(cli, json_object_get(d, "moved"));
}
