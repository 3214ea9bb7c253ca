/* nayose status: one screen of 80 columns, what somebody has to look at first. */

#include <stdlib.h>

#include "status_priv.h"

enum { FEEDS_MOST = 8 };

struct screen {
    struct cli *cli;
    struct libscols_table *table;
};

double status_number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static const char *pick(const struct screen *s, const char *en, const char *ja)
{
    return s->cli->is_japanese ? ja : en;
}

static void row(struct screen *s, const char *en, const char *ja, ny_str text)
{
    const char *const cells[] = {pick(s, en, ja), text.p};

    cli_table_row(s->table, cells, NY_ARRAY_LEN(cells));
}

static const char *size(const struct screen *s, double bytes)
{
    double mib = bytes / (1 << 20);

    return ny_arena_printf(s->cli->arena, mib < 2048 ? "%.0f MiB" : "%.1f GiB",
                           mib < 2048 ? mib : mib / 1024)
        .p;
}

/* ---- rows ---- */

static void server_rows(struct screen *s, const json_t *status)
{
    struct ny_arena *a = s->cli->arena;
    const json_t *meters = json_object_get(status, "calibration");
    const json_t *database = json_object_get(status, "database");

    row(s, "server", "サーバー",
        ny_arena_printf(a, "%s, %s %.0f, epoch %.0f",
                        json_is_true(json_object_get(status, "ready"))
                            ? pick(s, "ready", "稼働中")
                            : pick(s, "not ready", "準備中"),
                        pick(s, "model", "モデル"), status_number(status, "model_version"),
                        status_number(status, "epoch")));
    row(s, "registry", "台帳",
        ny_arena_printf(a, "%.0f %s, %.0f %s, %s", status_number(status, "identities"),
                        pick(s, "identities", "件"), status_number(status, "persons"),
                        pick(s, "persons", "人"), size(s, status_number(status, "index_bytes"))));
    row(s, "questions", "要確認",
        ny_arena_printf(a, "%.0f %s (%s %s), %.0f %s, %.0f %s, %.0f %s",
                        status_number(status, "reviews_open"), pick(s, "open", "未判断"),
                        pick(s, "oldest", "最古"),
                        cli_age(s->cli, json_object_get(database, "review_oldest_s")),
                        status_number(status, "reviews_parked"), pick(s, "parked", "待機"),
                        status_number(database, "holds"), pick(s, "holds", "保留"),
                        status_number(status, "proposals"),
                        pick(s, "for a second person", "二人目の確認待ち")));
    if (json_is_object(meters)) {
        row(s, "false links", "誤リンク",
            ny_arena_printf(
                a, "%.2g %s %.2g, %s %.2g (/100 000)", 1e5 * status_number(meters, "estimate"),
                pick(s, "estimated, at most", "推定、上限"), 1e5 * status_number(meters, "bound"),
                pick(s, "target", "目標"), 1e5 * status_number(meters, "target")));
    } else {
        row(s, "false links", "誤リンク",
            ny_arena_printf(a, "%s: nayose report calibration --run",
                            pick(s, "not measured yet", "未測定")));
    }
    row(s, "batches", "書込み",
        ny_arena_printf(a, "%.0f, %s %.0f; AA %.0f  AE %.0f  AR %.0f",
                        status_number(status, "batches"), pick(s, "failed", "失敗"),
                        status_number(status, "batch_failures"),
                        status_number(status, "feed_accepted"), status_number(status, "feed_error"),
                        status_number(status, "feed_rejected")));
}

/* The silent ones first: who was never heard, then the oldest. */
static int feed_compare(const void *a, const void *b)
{
    const json_t *x = json_object_get(*(json_t *const *)a, "age_s");
    const json_t *y = json_object_get(*(json_t *const *)b, "age_s");

    if (json_is_null(x) != json_is_null(y)) {
        return json_is_null(x) ? -1 : 1;
    }
    return json_integer_value(x) < json_integer_value(y)   ? 1
           : json_integer_value(x) > json_integer_value(y) ? -1
                                                           : 0;
}

static void feed_rows(struct screen *s, const json_t *feeds)
{
    size_t n = json_array_size(feeds);
    json_t **sorted = ny_calloc(n + 1, sizeof(json_t *));

    for (size_t i = 0; i < n; i++) {
        sorted[i] = json_array_get(feeds, i);
    }
    qsort(sorted, n, sizeof(json_t *), feed_compare);
    for (size_t i = 0; i < n && i < FEEDS_MOST; i++) {
        const json_t *f = sorted[i];

        row(s, i == 0 ? "feeds" : "", i == 0 ? "受信" : "",
            ny_arena_printf(s->cli->arena, "%s^%s: %s %s, %s %.0f, %s %.0f%s",
                            cli_json_text(f, "application"), cli_json_text(f, "facility"),
                            pick(s, "last message", "最終受信"),
                            cli_age(s->cli, json_object_get(f, "age_s")),
                            pick(s, "accepted", "受理"), status_number(f, "accepted"),
                            pick(s, "refused", "拒否"), status_number(f, "refused"),
                            json_is_true(json_object_get(f, "alarm")) ? " !" : ""));
    }
    if (n > FEEDS_MOST) {
        row(s, "", "",
            ny_arena_printf(s->cli->arena, "%zu %s", n - FEEDS_MOST,
                            pick(s, "more, heard later than these", "件は、より最近に受信")));
    }
    ny_free(sorted);
}

static void outward_rows(struct screen *s, const json_t *status)
{
    const json_t *consumers = json_object_get(status, "consumers");
    const json_t *certificates = json_object_get(status, "certificates");
    struct ny_arena *a = s->cli->arena;

    for (size_t i = 0; i < json_array_size(consumers); i++) {
        const json_t *c = json_array_get(consumers, i);

        row(s, i == 0 ? "consumers" : "", i == 0 ? "通知先" : "",
            ny_arena_printf(a, "%s: %.0f %s (%s), %.0f %s", cli_json_text(c, "consumer"),
                            status_number(c, "waiting"), pick(s, "wait", "待ち"),
                            cli_age(s->cli, json_object_get(c, "oldest_s")),
                            status_number(c, "parked"), pick(s, "refused", "拒否")));
    }
    for (size_t i = 0; i < json_array_size(certificates); i++) {
        const json_t *c = json_array_get(certificates, i);

        row(s, i == 0 ? "certificates" : "", i == 0 ? "証明書" : "",
            ny_arena_printf(a, "%s: %s %.10s (%.0f d)", cli_json_text(c, "tls"),
                            pick(s, "until", "期限"), cli_json_text(c, "not_after"),
                            status_number(c, "days")));
    }
}

static void database_rows(struct screen *s, const json_t *database)
{
    const json_t *standbys = json_object_get(database, "standbys");
    double all = status_number(database, "disk_bytes");
    struct ny_arena *a = s->cli->arena;
    ny_str room = NY_S("");

    if (!json_is_object(database)) {
        return;
    }
    if (all > 0) {
        double left = status_number(database, "disk_free_bytes");

        room = ny_arena_printf(a, ", %s %s (%.0f %%)", pick(s, "free on disk", "ディスク空き"),
                               size(s, left), 100 * left / all);
    }
    row(s, "database", "データベース",
        ny_arena_printf(a, "%s%s%s", size(s, status_number(database, "bytes")), room.p,
                        json_is_true(json_object_get(database, "replica"))
                            ? pick(s, ", a replica", "、複製")
                            : ""));
    for (size_t i = 0; i < json_array_size(standbys); i++) {
        const json_t *b = json_array_get(standbys, i);

        row(s, i == 0 ? "standbys" : "", i == 0 ? "待機系" : "",
            ny_arena_printf(a, "%s: %s, %s, %.1f s", cli_json_text(b, "name"),
                            cli_json_text(b, "state"), cli_json_text(b, "sync"),
                            status_number(b, "lag_s")));
    }
}

/* What messages and audit rows went last, a month of one of the two each. */
static void retention_row(struct screen *s, const json_t *retention)
{
    struct ny_arena *a = s->cli->arena;
    size_t n = json_array_size(json_object_get(retention, "took"));
    ny_str took =
        n == 0 ? ny_arena_printf(a, "%s", pick(s, "nothing went yet", "削除なし"))
               : ny_arena_printf(
                     a, "%s %.10s: %s%s", pick(s, "last took", "最終削除"),
                     cli_json_text(retention, "took_at"),
                     json_string_value(json_array_get(json_object_get(retention, "took"), 0)),
                     n > 1 ? pick(s, " and more", " 他") : "");

    row(s, "retention", "保存期限",
        ny_arena_printf(a, s->cli->is_japanese ? "最終実行 %s前、%s" : "ran %s ago, %s",
                        cli_age(s->cli, json_object_get(retention, "age_s")), took.p));
}

/* ---- the screen ---- */

static void problems_print(struct cli *cli, const json_t *problems)
{
    for (size_t i = 0; i < json_array_size(problems); i++) {
        puts(cli_paint(
            cli, TONE_BAD,
            ny_arena_printf(cli->arena, "! %s", cli_json_text(json_array_get(problems, i), "text"))
                .p));
    }
    if (json_array_size(problems) == 0) {
        puts(cli_paint(cli, TONE_GOOD,
                       cli->is_japanese ? "異常はありません" : "nothing to look at"));
    }
}

static void status_print(struct cli *cli, const json_t *status, const json_t *problems)
{
    static const struct cli_column columns[] = {
        {"NAME",  false, false},
        {"VALUE", false, false}
    };
    struct screen s = {cli, cli_table_create(columns, NY_ARRAY_LEN(columns))};

    problems_print(cli, problems);
    server_rows(&s, status);
    feed_rows(&s, json_object_get(status, "feeds"));
    outward_rows(&s, status);
    database_rows(&s, json_object_get(status, "database"));
    retention_row(&s, json_object_get(status, "retention"));
    cli_table_print(s.table);
}

int verb_status(struct cli *cli, const struct verb *verb)
{
    json_t *answer = NULL;
    int code;

    cli_args(cli, verb, NULL, NULL, NULL, NULL);
    code = cli_get_once(cli, "/status", NULL, 0, &answer);
    if (code == CLI_DONE) {
        json_t *problems = status_judge(cli, answer);

        if (cli->json) {
            json_object_set(answer, "problems", problems);
            cli_json_print(answer);
        } else {
            status_print(cli, answer, problems);
        }
        code = json_array_size(problems) > 0 ? CLI_REFUSED : CLI_DONE;
        json_decref(problems);
    }
    json_decref(answer);
    return code;
}
