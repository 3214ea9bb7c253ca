/* What of a status somebody has to look at: a word for tools, a sentence for people. */

#include "status_priv.h"

enum {
    CERTIFICATE_DAYS = 30,  /* time to have one made */
    WAIT_S = 900,           /* a notification */
    PROPOSAL_S = 7 * 86400, /* a link that waits for a second person */
    LAG_S = 60,             /* a standby */
    RETENTION_S = 86400,    /* it runs every hour */
    DISK_PERCENT = 10
};

struct judge {
    struct cli *cli;
    json_t *list;
};

/* Takes a sentence of ny_arena_printf. */
static void problem(struct judge *j, const char *code, ny_str text)
{
    json_array_append_new(j->list, json_pack("{s:s, s:s}", "code", code, "text", text.p));
}

static const char *pick(const struct judge *j, const char *en, const char *ja)
{
    return j->cli->is_japanese ? ja : en;
}

static void judge_server(struct judge *j, const json_t *status)
{
    const json_t *meters = json_object_get(status, "calibration");
    struct ny_arena *a = j->cli->arena;

    if (!json_is_true(json_object_get(status, "ready"))) {
        problem(j, "not-ready",
                ny_arena_printf(
                    a, "%s",
                    pick(j, "not ready: the database is away, or another server leads",
                         "準備ができていません：データベース不通、または別のサーバーが主")));
    }
    if (json_is_object(meters) &&
        status_number(meters, "estimate") > status_number(meters, "target")) {
        problem(
            j, "meters",
            ny_arena_printf(a, "%s",
                            pick(j, "more false links than the target: nayose report calibration",
                                 "誤リンクが目標を超えています：nayose report calibration")));
    }
}

static void judge_records(struct judge *j, const json_t *status)
{
    double older = status_number(status, "older_records");

    if (older > 0) {
        problem(j, "records-older",
                ny_arena_printf(
                    j->cli->arena, "%.0f %s", older,
                    pick(j, "records were packed by an older version: nayose rebuild --apply",
                         "件の記録は旧版で作成：nayose rebuild --apply")));
    }
}

static void judge_proposals(struct judge *j, const json_t *status)
{
    if (status_number(status, "proposal_oldest_s") > PROPOSAL_S) {
        problem(j, "proposal",
                ny_arena_printf(j->cli->arena, "%s",
                                pick(j,
                                     "a link has waited for a second person for more than a week: "
                                     "nayose pin list",
                                     "一週間以上、二人目の確認を待つ指定があります："
                                     "nayose pin list")));
    }
}

static void judge_feeds(struct judge *j, const json_t *feeds)
{
    for (size_t i = 0; i < json_array_size(feeds); i++) {
        const json_t *f = json_array_get(feeds, i);

        if (json_is_true(json_object_get(f, "alarm"))) {
            problem(j, "source-alarm",
                    ny_arena_printf(j->cli->arena, "%s^%s %s", cli_json_text(f, "application"),
                                    cli_json_text(f, "facility"),
                                    pick(j, "is not what it was: nayose hold list",
                                         "の傾向が変わりました：nayose hold list")));
        }
    }
}

static void judge_certificates(struct judge *j, const json_t *certificates)
{
    for (size_t i = 0; i < json_array_size(certificates); i++) {
        const json_t *c = json_array_get(certificates, i);
        double days = status_number(c, "days");

        if (days < CERTIFICATE_DAYS) {
            problem(j, "certificate",
                    ny_arena_printf(j->cli->arena, "[tls %s]: %s %.0f", cli_json_text(c, "tls"),
                                    pick(j, "days until the certificate ends:", "証明書の残り日数"),
                                    days));
        }
    }
}

static void judge_consumers(struct judge *j, const json_t *consumers)
{
    struct ny_arena *a = j->cli->arena;

    for (size_t i = 0; i < json_array_size(consumers); i++) {
        const json_t *c = json_array_get(consumers, i);
        const char *name = cli_json_text(c, "consumer");

        if (status_number(c, "parked") > 0) {
            problem(j, "notification-parked",
                    ny_arena_printf(a, "%s %s", name,
                                    pick(j, "refused notifications: nayose notify list --parked",
                                         "が通知を拒否：nayose notify list --parked")));
        }
        if (status_number(c, "oldest_s") > WAIT_S) {
            problem(j, "notification-late",
                    ny_arena_printf(a, "%s %s", name,
                                    pick(j, "does not take its notifications: nayose consumer list",
                                         "が通知を受け取りません：nayose consumer list")));
        }
    }
}

static void judge_database(struct judge *j, const json_t *database)
{
    const json_t *standbys = json_object_get(database, "standbys");
    double all = status_number(database, "disk_bytes");
    double left = status_number(database, "disk_free_bytes");

    if (all > 0 && left * 100 < all * DISK_PERCENT) {
        problem(j, "disk",
                ny_arena_printf(
                    j->cli->arena, "%s: %.0f %%",
                    pick(j, "room left on the disk of the database", "データベースのディスク残量"),
                    100 * left / all));
    }
    for (size_t i = 0; i < json_array_size(standbys); i++) {
        const json_t *s = json_array_get(standbys, i);

        if (status_number(s, "lag_s") > LAG_S) {
            problem(j, "standby-late",
                    ny_arena_printf(j->cli->arena, "%s %s", cli_json_text(s, "name"),
                                    pick(j, "is more than a minute behind", "の遅れが一分超")));
        }
    }
}

static void judge_retention(struct judge *j, const json_t *retention)
{
    if (status_number(retention, "age_s") > RETENTION_S) {
        problem(
            j, "retention-late",
            ny_arena_printf(
                j->cli->arena, "%s",
                pick(j, "what was kept long enough has not gone for a day: see the log",
                     "保存期限の切れた電文・監査記録が一日以上削除できていません：ログを参照")));
    }
}

json_t *status_judge(struct cli *cli, const json_t *status)
{
    struct judge j = {cli, json_array()};

    judge_server(&j, status);
    judge_records(&j, status);
    judge_proposals(&j, status);
    judge_feeds(&j, json_object_get(status, "feeds"));
    judge_certificates(&j, json_object_get(status, "certificates"));
    judge_consumers(&j, json_object_get(status, "consumers"));
    judge_database(&j, json_object_get(status, "database"));
    judge_retention(&j, json_object_get(status, "retention"));
    return j.list;
}
