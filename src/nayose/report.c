/* What the reports share: options, the way to the server, tables on the terminal and in a page. */

#include "report_priv.h"

#include <math.h>

#include "page.h"
#include "plot.h"

enum { KEY_WANT = 0x2000, KEY_HTML, KEY_DOMAIN };

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    struct report_options *o = ctx;

    switch (key) {
    case KEY_WANT:
        if (ny_str_to_i64(ny_str_from_c(arg), 1, INT32_MAX, &o->want) != NY_OK) {
            argp_error(state, "`%s' is not a number from 1 on", arg);
        }
        return true;
    case KEY_HTML:
        o->html = arg;
        return true;
    case KEY_DOMAIN:
        o->domain = arg;
        return true;
    default:
        return false;
    }
}

/* Has the server make the report (with a bar on a terminal) and fetches it; *out is owned. */
static int report_get(struct cli *cli, const struct report_kind *kind, int64_t want, json_t **out)
{
    json_t *order = json_pack("{s:s}", "report", kind->name);
    int code;

    if (want > 0) {
        json_object_set_new(order, kind->want, json_integer(want));
    }
    code = cli_study(cli, "/reports", order, NULL);
    return code == CLI_DONE ? cli_get_once(cli, "/report", NULL, 0, out) : code;
}

static int page_write(struct cli *cli, const struct report_page *page, const json_t *report,
                      const char *path)
{
    FILE *out = page_open(path);

    if (out == NULL) {
        return CLI_REFUSED;
    }
    page_begin(out, page->title);
    fprintf(out, "<header><h1>%s<small>%s</small></h1>", page->title, page->title_en);
    if (page->facts != NULL) {
        fprintf(out, "<div class=\"facts\">%s</div>", page->facts(cli, report).p);
    }
    fputs("</header>\n", out);
    page->body(cli, report, out);
    page_end(out, page->foot);
    return page_close(out, path);
}

int report_run(struct cli *cli, const struct verb *verb, const struct report_kind *kind)
{
    struct argp_option options[4] = {
        {.name = kind->want, .key = KEY_WANT, .arg = "N", .doc = kind->want_doc}
    };
    size_t n = 1;
    struct report_options o = {0};
    json_t *report = NULL;
    int code;

    if (kind->domain_doc != NULL) {
        options[n++] = (struct argp_option){
            .name = "domain", .key = KEY_DOMAIN, .arg = "NS", .doc = kind->domain_doc};
    }
    if (kind->page != NULL) {
        options[n++] = (struct argp_option){.name = "html",
                                            .key = KEY_HTML,
                                            .arg = "FILE",
                                            .doc = "Write a page that stands alone"};
    }
    cli_args(cli, verb, options, option_set, &o, NULL);
    code = report_get(cli, kind, o.want, &report);
    if (code == CLI_DONE && kind->complete != NULL) {
        kind->complete(report, &o);
    }
    if (code == CLI_DONE && cli->json) {
        cli_json_print(report);
    } else if (code == CLI_DONE) {
        kind->print(cli, report);
    }
    if (code == CLI_DONE && o.html != NULL) {
        code = page_write(cli, kind->page, report, o.html);
    }
    json_decref(report);
    return code;
}

/* ---- cells ---- */

double report_number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

const char *report_count(struct cli *cli, const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);

    if (json_is_string(v)) {
        return json_string_value(v);
    }
    return json_is_number(v) ? ny_arena_printf(cli->arena, "%.0f", json_number_value(v)).p : "-";
}

const char *report_share(struct cli *cli, const json_t *object, const char *key, const char *of)
{
    double n = report_number(object, key);
    double all = report_number(object, of);

    return all > 0 ? ny_arena_printf(cli->arena, "%.0f (%.1f %%)", n, 100 * n / all).p : "-";
}

static const char *cell(struct cli *cli, const struct report_column *c, const json_t *object)
{
    return c->of != NULL ? report_share(cli, object, c->key, c->of)
                         : report_count(cli, object, c->key);
}

/* ---- tables ---- */

enum { COLUMNS_MAX = 16 };

void report_table_print(struct cli *cli, const struct report_column *columns, size_t n,
                        const json_t *list)
{
    struct cli_column heads[COLUMNS_MAX];
    const char *cells[COLUMNS_MAX];
    struct libscols_table *t;

    NY_ASSERT(n <= COLUMNS_MAX);
    for (size_t k = 0; k < n; k++) {
        heads[k] = (struct cli_column){cli->is_japanese ? columns[k].ja : columns[k].en,
                                       columns[k].is_number, false};
    }
    t = cli_table_create(heads, n);
    for (size_t i = 0; i < json_array_size(list); i++) {
        for (size_t k = 0; k < n; k++) {
            cells[k] = cell(cli, &columns[k], json_array_get(list, i));
        }
        cli_table_row(t, cells, n);
    }
    cli_table_print(t);
}

void report_table_page(struct cli *cli, const struct report_column *columns, size_t n,
                       const json_t *list, FILE *out)
{
    fputs("<table><tr>", out);
    for (size_t k = 0; k < n; k++) {
        fprintf(out, "<th%s>%s<br><small>%s</small></th>", columns[k].is_number ? " class=n" : "",
                columns[k].ja, columns[k].en);
    }
    fputs("</tr>\n", out);
    for (size_t i = 0; i < json_array_size(list); i++) {
        fputs("<tr>", out);
        for (size_t k = 0; k < n; k++) {
            fprintf(out, "<td%s>", columns[k].is_number ? " class=n" : "");
            html_text(out, cell(cli, &columns[k], json_array_get(list, i)));
            fputs("</td>", out);
        }
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

/* ---- a plot ---- */

/* A round step that gives at most six lines up to `most`. */
static double step_for(double most)
{
    double step = pow(10, floor(log10(fmax(most, 1))));

    return most / step > 5 ? 2 * step : most / step > 2 ? step : step / 2;
}

void report_bars(const json_t *list, const char *name, const char *key, const char *label,
                 FILE *out)
{
    struct plot p = {
        .out = out, .width = 860, .height = 210, .left = 56, .top = 30, .right = 12, .bottom = 44};
    size_t n = json_array_size(list);

    p.x1 = fmax(1, (double)n);
    p.y1 = 1;
    for (size_t i = 0; i < n; i++) {
        p.y1 = fmax(p.y1, report_number(json_array_get(list, i), key));
    }
    plot_begin(&p, label);
    plot_y_axis(&p, step_for(p.y1), label);
    for (size_t i = 0; i < n; i++) {
        const json_t *o = json_array_get(list, i);
        double width = (p.width - p.left - p.right) / p.x1;

        plot_bar(&p, (double)i + .15, (double)i + .85, report_number(o, key), "links");
        fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">",
                p.left + width * ((double)i + .5), p.height - p.bottom + 16);
        html_text(out, n <= 16 || i % (n / 12 + 1) == 0 ? cli_json_text(o, name) : "");
        fputs("</text>\n", out);
    }
    plot_end(&p);
}
