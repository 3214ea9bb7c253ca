/* What people and tools read: sentences, labels in two languages, JSON, CSV, tables.
 * Tables are libsmartcols', which knows that a kanji is two columns wide. */

#include <libsmartcols.h>

#include "nayose_priv.h"

void cli_error(const char *fmt, ...)
{
    va_list ap;

    fputs("nayose: ", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
}

const char *cli_label(struct cli *cli, const char *en, const char *ja)
{
    ny_str text;

    if (ja[0] == '\0' || en[0] == '\0') {
        return ja[0] == '\0' ? en : ja;
    }
    text = ny_arena_printf(cli->arena, "%s %s", cli->is_japanese ? ja : en,
                           cli->is_japanese ? en : ja);
    return text.p;
}

const struct cli_word *cli_word_find(const struct cli_word *all, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(all[i].word, word) == 0) {
            return &all[i];
        }
    }
    return NULL;
}

const char *cli_word_label(struct cli *cli, const struct cli_word *all, size_t n, const char *word)
{
    const struct cli_word *w = cli_word_find(all, n, word);

    return w != NULL ? cli_label(cli, w->en, w->ja) : word;
}

/* ---- JSON ---- */

void cli_json_print(const json_t *value)
{
    cli_pager_begin();
    json_dumpf(value, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12) | JSON_ENCODE_ANY);
    putchar('\n');
}

const char *cli_json_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "";
}

const char *cli_json_yes_no(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key)) ? "yes" : "no";
}

/* ---- CSV ---- */

void cli_csv_field(FILE *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            fputc('"', out);
        }
        fputc(*text, out);
    }
    fputc('"', out);
}

void cli_csv_row(FILE *out, const char *const *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            fputc(',', out);
        }
        cli_csv_field(out, fields[i]);
    }
    fputc('\n', out);
}

/* ---- tables ---- */

enum { WRAP_MIN = 60 }; /* columns of a terminal */

struct libscols_table *cli_table_create(const struct cli_column *columns, size_t n)
{
    struct libscols_table *t = scols_new_table();
    bool wraps = false;

    NY_ASSERT(t != NULL);
    for (size_t i = 0; i < n; i++) {
        int flags =
            (columns[i].is_number ? SCOLS_FL_RIGHT : 0) | (columns[i].wraps ? SCOLS_FL_WRAP : 0);

        NY_ASSERT(scols_table_new_column(t, columns[i].name, 0, flags) != NULL);
        wraps = wraps || columns[i].wraps;
    }
    /* Else whole lines, nothing cut: the terminal breaks them better than columns of one letter. */
    scols_table_set_termforce(t,
                              wraps && cli_is_terminal() && scols_table_get_termwidth(t) >= WRAP_MIN
                                  ? SCOLS_TERMFORCE_ALWAYS
                                  : SCOLS_TERMFORCE_NEVER);
    return t;
}

void cli_table_row(struct libscols_table *t, const char *const *cells, size_t n)
{
    struct libscols_line *line = scols_table_new_line(t, NULL);

    NY_ASSERT(line != NULL);
    for (size_t i = 0; i < n; i++) {
        NY_ASSERT(scols_line_set_data(line, i, cells[i]) == 0);
    }
}

void cli_table_print(struct libscols_table *t)
{
    cli_pager_begin();
    scols_print_table(t);
    scols_unref_table(t);
}
