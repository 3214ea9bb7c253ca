/* Reports of the whole registry: made in the background, kept until the next study, read with an
 * audit row, for one of them names patients. */

#include "nayose/study.h"

#include "admin_priv.h"

static const struct {
    const char *name, *arg;
    int64_t usual, max;
} reports[NY_REPORT_COUNT] = {
    [NY_REPORT_FEEDS] = {"feeds",         "days",   30,    366   },
    [NY_REPORT_SAME_FACILITY] = {"same-facility", "most",   10000, 100000},
    [NY_REPORT_KPI] = {"kpi",           "months", 12,    60    },
    [NY_REPORT_WORKLOAD] = {"workload",      "days",   30,    366   },
};

void ny_admin_reports_post(struct request *q)
{
    json_t *o = ny_admin_body_object(q);
    ny_str name = ny_admin_text_of(q, o, "report");
    int64_t want = 0;

    for (size_t i = 0; o != NULL && i < NY_REPORT_COUNT; i++) {
        struct ny_study_order order = {.kind = NY_STUDY_REPORT, .report = (enum ny_store_report)i};

        if (!ny_str_equals(name, ny_str_from_c(reports[i].name))) {
            continue;
        }
        if (ny_admin_body_number(q, o, reports[i].arg, reports[i].usual, reports[i].max, &want)) {
            order.want = (uint32_t)(want > 0 ? want : 1);
            ny_admin_study_start(q, &order);
        }
        json_decref(o);
        return;
    }
    if (o != NULL) {
        json_decref(o);
        ny_admin_fail(q, 400, "there is no such report", "feeds, same-facility, kpi or workload");
    }
}

void ny_admin_report_get(struct request *q)
{
    static const struct access what = {.decision = "report"};
    ny_str text = ny_study_report(q->admin->cfg.study);
    json_t *body = text.n > 0 ? json_loadb(text.p, text.n, 0, NULL) : NULL;

    if (body == NULL) {
        ny_admin_fail(q, 404,
                      "there is no report: another study has come between, or none was made",
                      "ask for it again");
        return;
    }
    ny_admin_json_audited(q, &what, body);
}
