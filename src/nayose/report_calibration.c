/* nayose report calibration: how many automatic links are false, as a table, as JSON, as a page. */

#include "calibration_priv.h"
#include "page.h"

enum { KEY_RUN = 0x2000, KEY_RECORDS, KEY_FROM, KEY_HTML };

static const struct argp_option options[] = {
    {.name = "run",                                            .key = KEY_RUN, .doc = "Have the server calibrate now, and wait for it"},
    {.name = "records",
     .key = KEY_RECORDS,
     .arg = "N",
     .doc = "With --run: decoys of so many records (default: the server's)"},
    {.name = "html",
     .key = KEY_HTML,
     .arg = "FILE",
     .doc = "Write a page that stands alone, for a browser or a printer"},
    {.name = "from",
     .key = KEY_FROM,
     .arg = "FILE",
     .doc = "Read what --json has written instead of asking a server"},
    {0                                                       },
};

struct report {
    bool run;
    int64_t records;
    const char *from, *html;
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    struct report *r = ctx;

    switch (key) {
    case KEY_RUN:
        r->run = true;
        return true;
    case KEY_RECORDS:
        if (ny_str_to_i64(ny_str_from_c(arg), 1, INT32_MAX, &r->records) != NY_OK) {
            argp_error(state, "`%s' is no number of records", arg);
        }
        return true;
    case KEY_FROM:
        r->from = arg;
        return true;
    case KEY_HTML:
        r->html = arg;
        return true;
    default:
        return false;
    }
}

/* ---- numbers ---- */

double calibration_number(const json_t *current, const char *path)
{
    ny_str rest = ny_str_from_c(path);

    while (rest.p != NULL && current != NULL) {
        ny_str key = ny_str_split(&rest, '.');

        current = json_object_getn(current, key.p, key.n);
    }
    return json_number_value(current);
}

const char *calibration_per_100k(struct cli *cli, double share)
{
    double n = share * 1e5;

    if (n <= 0) {
        return "0";
    }
    return ny_arena_printf(cli->arena, n < .001 ? "%.0e" : n < 10 ? "%.2g" : "%.0f", n).p;
}

const char *calibration_count(struct cli *cli, double n)
{
    ny_str digits = ny_arena_printf(cli->arena, "%.0f", n);
    struct ny_buf b;

    ny_buf_init(&b, cli->arena);
    for (size_t i = 0; i < digits.n; i++) {
        if (i > 0 && (digits.n - i) % 3 == 0) {
            ny_buf_add_char(&b, ' ');
        }
        ny_buf_add_char(&b, digits.p[i]);
    }
    ny_buf_add_char(&b, '\0');
    return b.p;
}

/* ---- words ---- */

static void row(struct libscols_table *t, const char *name, const char *value)
{
    const char *const cells[] = {name, value};

    cli_table_row(t, cells, NY_ARRAY_LEN(cells));
}

static void report_print(struct cli *cli, const json_t *c)
{
    static const struct cli_column columns[] = {
        {"NAME",  false, false},
        {"VALUE", true,  false}
    };
    static const struct {
        const char *en, *ja, *path;
    } counts[] = {
        {"records",                          "記録",                                      "records"             },
        {"automatic links (pairs)",          "自動リンク（組）",                    "links"               },
        {"decoys tried",                     "おとりの試行",                          "decoys.tries"        },
        {"decoys hit",                       "おとりの当たり",                       "decoys.hits"         },
        {"pairs of one facility hit",        "同一施設内の当たり",                 "facility.hits"       },
        {"… namesakes, no contact agrees", "… 連絡先の一致しない同姓同名", "facility.namesakes"  },
        {"… not judged yet",               "… 未判定",                               NULL                  },
        {"… two people",                   "… 別人",                                  "facility.different"  },
        {"margin links",                     "余白のリンク",                          "margin.links"        },
        {"margin labelled",                  "余白の判定済み",                       "margin.labelled"     },
        {"margin: two people",               "余白の別人",                             "margin.different"    },
        {"labels needed",                    "必要なラベル",                          "margin.labels_needed"},
    };
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));
    const json_t *best = json_object_get(c, "tau_best");

    row(t, cli_label(cli, "estimate, false per 100 000", "推定（十万件あたりの誤り）"),
        calibration_per_100k(cli, calibration_number(c, "estimate")));
    row(t, cli_label(cli, "bound at 95 %", "上限（95 %）"),
        calibration_per_100k(cli, calibration_number(c, "bound")));
    row(t, cli_label(cli, "target", "目標"),
        calibration_per_100k(cli, calibration_number(c, "target")));
    row(t, cli_label(cli, "threshold in use, bits", "現行のしきい値"),
        ny_arena_printf(cli->arena, "%.2f", calibration_number(c, "tau")).p);
    row(t, cli_label(cli, "least threshold for the target, bits", "目標を守る最小のしきい値"),
        json_is_number(best) ? ny_arena_printf(cli->arena, "%.2f", json_number_value(best)).p
                             : "-");
    row(t, cli_label(cli, "model and meters agree", "モデルと計測の一致"),
        cli_json_yes_no(c, "meters_agree"));
    for (size_t i = 0; i < NY_ARRAY_LEN(counts); i++) {
        double n = counts[i].path != NULL ? calibration_number(c, counts[i].path)
                                          : calibration_number(c, "facility.hits") -
                                                calibration_number(c, "facility.judged");

        row(t, cli_label(cli, counts[i].en, counts[i].ja), calibration_count(cli, n));
    }
    cli_table_print(t);
}

/* ---- the server ---- */

static int run(struct cli *cli, const struct report *r, json_t **out)
{
    json_t *order = json_object();
    int code = CLI_DONE;

    if (r->records > 0) {
        json_object_set_new(order, "records", json_integer(r->records));
    }
    if (r->run) {
        code = cli_study(cli, "/calibration", json_incref(order), NULL);
    }
    json_decref(order);
    return code == CLI_DONE ? cli_get_once(cli, "/calibration", NULL, 0, out) : code;
}

/* ---- the verb ---- */

static int file_read(const char *path, json_t **out)
{
    json_error_t err;

    *out = json_load_file(path, 0, &err);
    if (*out == NULL) {
        cli_error("%s, line %d: %s; --from reads what `nayose report calibration --json' wrote",
                  path, err.line, err.text);
        return CLI_REFUSED;
    }
    return CLI_DONE;
}

static int page_write(struct cli *cli, const json_t *answer, const char *path)
{
    FILE *out = page_open(path);

    if (out == NULL) {
        return CLI_REFUSED;
    }
    calibration_page(cli, json_object_get(answer, "current"), json_object_get(answer, "history"),
                     out);
    return page_close(out, path);
}

static int answer_show(struct cli *cli, const struct report *r, const json_t *answer)
{
    const json_t *current = json_object_get(answer, "current");

    if (!json_is_object(current)) {
        cli_error("there is no calibration yet; nayose report calibration --run makes one");
        return CLI_REFUSED;
    }
    if (cli->json) {
        cli_json_print(answer);
    } else {
        report_print(cli, current);
    }
    return r->html != NULL ? page_write(cli, answer, r->html) : CLI_DONE;
}

int verb_report_calibration(struct cli *cli, const struct verb *verb)
{
    struct report r = {0};
    json_t *answer = NULL;
    int code;

    cli_args(cli, verb, options, option_set, &r, NULL);
    if (r.from != NULL && r.run) {
        cli_usage(verb, "--from and --run do not go together");
    }
    code = r.from != NULL ? file_read(r.from, &answer) : run(cli, &r, &answer);
    code = code == CLI_DONE ? answer_show(cli, &r, answer) : code;
    json_decref(answer);
    return code;
}
