/* Records side by side, and how a birth date and an identity are written for people. */

#include "nayose_priv.h"

/* ---- words ---- */

const char *cli_birth_text(struct cli *cli, const json_t *record)
{
    const char *iso = cli_json_text(record, "birth_iso");
    const char *era = cli_json_text(record, "birth_era");

    if (iso[0] == '\0') {
        return cli_json_text(record, "birth_date");
    }
    return era[0] != '\0' ? ny_arena_printf(cli->arena, "%s (%s)", iso, era).p : iso;
}

const char *cli_identity_text(struct cli *cli, const json_t *record)
{
    return ny_arena_printf(cli->arena, "%s^%s", cli_json_text(record, "domain"),
                           cli_json_text(record, "id"))
        .p;
}

/* ---- side by side ---- */

/* A table of records, one a column. */
struct side {
    struct cli *cli;
    struct libscols_table *table;
    const json_t *const *records; /* [n] */
    size_t n;
    const char *cells[1 + CLI_RECORDS_MAX];
};

/* The cells behind the label are filled; a row of nothing is left out. */
static void row_put(struct side *s, const char *label)
{
    bool any = false;

    s->cells[0] = label;
    for (size_t k = 1; k <= s->n; k++) {
        any = any || s->cells[k][0] != '\0';
    }
    if (any) {
        cli_table_row(s->table, s->cells, s->n + 1);
    }
}

static void row_of_member(struct side *s, const char *en, const char *ja, const char *member)
{
    for (size_t k = 0; k < s->n; k++) {
        s->cells[k + 1] = cli_json_text(s->records[k], member);
    }
    row_put(s, cli_label(s->cli, en, ja));
}

/* The longest of a member that is a list. */
static size_t list_size(const struct side *s, const char *list)
{
    size_t most = 0;

    for (size_t k = 0; k < s->n; k++) {
        size_t n = json_array_size(json_object_get(s->records[k], list));

        most = n > most ? n : most;
    }
    return most;
}

/* A value with the days between which it was known, where there are several; one that is still said
 * has no last day. */
static const char *dated(const struct side *s, size_t k, const char *list, size_t i,
                         const char *text)
{
    const json_t *times = json_object_get(json_object_get(s->records[k], "times"), list);
    const json_t *when = json_array_get(times, i);
    const char *since = cli_time_text(s->cli, cli_json_text(when, "since"));
    const char *last = cli_time_text(s->cli, cli_json_text(when, "last"));

    if (text[0] == '\0' || since[0] == '\0' || list_size(s, list) < 2) {
        return text;
    }
    return json_is_true(json_object_get(when, "current"))
               ? ny_arena_printf(s->cli->arena, "%s (%.10s -)", text, since).p
               : ny_arena_printf(s->cli->arena, "%s (%.10s - %.10s)", text, since, last).p;
}

/* One row per value; the label stands at the first. */
static void rows_of_list(struct side *s, const char *en, const char *ja, const char *list)
{
    for (size_t i = 0; i < list_size(s, list); i++) {
        for (size_t k = 0; k < s->n; k++) {
            const char *text =
                json_string_value(json_array_get(json_object_get(s->records[k], list), i));

            s->cells[k + 1] = text != NULL ? dated(s, k, list, i, text) : "";
        }
        row_put(s, i == 0 ? cli_label(s->cli, en, ja) : "");
    }
}

static void rows_of_names(struct side *s)
{
    static const struct {
        const char *key, *en, *ja;
    } scripts[] = {
        {"kanji", "name",    "氏名"},
        {"kana",  "reading", "カナ"},
        {"latin", "Latin",   "英字"}
    };

    for (size_t i = 0; i < list_size(s, "names"); i++) {
        for (size_t x = 0; x < NY_ARRAY_LEN(scripts); x++) {
            for (size_t k = 0; k < s->n; k++) {
                const json_t *name = json_array_get(json_object_get(s->records[k], "names"), i);
                const char *text = cli_json_text(name, scripts[x].key);

                s->cells[k + 1] = x == 0 ? dated(s, k, "names", i, text) : text;
            }
            row_put(s, i == 0 ? cli_label(s->cli, scripts[x].en, scripts[x].ja) : "");
        }
    }
}

void cli_records_print(struct cli *cli, const json_t *const *records, size_t n)
{
    struct cli_column columns[1 + CLI_RECORDS_MAX] = {{.name = ""}};
    struct side s = {.cli = cli, .records = records, .n = n};

    NY_ASSERT(n > 0 && n <= CLI_RECORDS_MAX);
    for (size_t k = 0; k < n; k++) {
        columns[k + 1] =
            (struct cli_column){.name = cli_identity_text(cli, records[k]), .wraps = true};
    }
    s.table = cli_table_create(columns, n + 1);
    rows_of_names(&s);
    rows_of_list(&s, "birth date", "生年月日", "birth_dates");
    row_of_member(&s, "as received", "受信値", "birth_date");
    rows_of_list(&s, "sex", "性別", "sexes");
    rows_of_list(&s, "address", "住所", "addresses");
    rows_of_list(&s, "phone", "電話", "phones");
    rows_of_list(&s, "insurance", "保険", "insurances");
    row_of_member(&s, "regional ID", "地域ID", "regional_id");
    cli_table_print(s.table);
}
