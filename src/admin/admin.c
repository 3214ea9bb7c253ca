/* The table of routes. */

#include "nayose/admin.h"
#include "nayose/registry_alerts.h"

#include "admin_priv.h"

static const struct {
    const char *method, *path;
    bool is_public;
    route_fn fn;
} routes[] = {
    {"GET",  "/livez",               true,  ny_admin_livez              },
    {"GET",  "/readyz",              true,  ny_admin_readyz             },
    {"GET",  "/metrics",             true,  ny_admin_metrics            },
    {"GET",  "/status",              false, ny_admin_status             },
    {"POST", "/feed",                false, ny_admin_feed               },
    {"GET",  "/domains",             false, ny_admin_domains_get        },
    {"POST", "/domains",             false, ny_admin_domains_post       },
    {"GET",  "/sources",             false, ny_admin_sources_get        },
    {"POST", "/sources",             false, ny_admin_sources_post       },
    {"GET",  "/requesters",          false, ny_admin_requesters_get     },
    {"POST", "/requesters",          false, ny_admin_requesters_post    },
    {"GET",  "/resolve",             false, ny_admin_resolve            },
    {"GET",  "/find",                false, ny_admin_find               },
    {"GET",  "/person",              false, ny_admin_person             },
    {"GET",  "/explain",             false, ny_admin_explain            },
    {"POST", "/pairs",               false, ny_admin_pairs              },
    {"GET",  "/links",               false, ny_admin_links              },
    {"GET",  "/reviews",             false, ny_admin_reviews            },
    {"GET",  "/review/counts",       false, ny_admin_review_counts      },
    {"GET",  "/review/case",         false, ny_admin_review_case        },
    {"POST", "/review/take",         false, ny_admin_review_take        },
    {"POST", "/review/decide",       false, ny_admin_review_decide      },
    {"POST", "/review/undo",         false, ny_admin_review_undo        },
    {"POST", "/review/release",      false, ny_admin_review_release     },
    {"GET",  "/review/log",          false, ny_admin_review_log         },
    {"GET",  "/jobs",                false, ny_admin_jobs               },
    {"GET",  "/models",              false, ny_admin_models_get         },
    {"GET",  "/model",               false, ny_admin_model_get          },
    {"POST", "/models/train",        false, ny_admin_models_train       },
    {"POST", "/models/stage",        false, ny_admin_models_stage       },
    {"POST", "/models/activate",     false, ny_admin_models_activate    },
    {"POST", "/reports",             false, ny_admin_reports_post       },
    {"GET",  "/report",              false, ny_admin_report_get         },
    {"POST", "/rebuild",             false, ny_admin_rebuild_post       },
    {"GET",  "/rebuild",             false, ny_admin_rebuild_get        },
    {"GET",  "/rebuild/differences", false, ny_admin_rebuild_differences},
    {"GET",  "/calibration",         false, ny_admin_calibration_get    },
    {"POST", "/calibration",         false, ny_admin_calibration_post   },
    {"GET",  "/labels",              false, ny_admin_labels_get         },
    {"POST", "/labels/draw",         false, ny_admin_labels_draw        },
    {"POST", "/labels/answer",       false, ny_admin_labels_answer      },
    {"GET",  "/holds",               false, ny_admin_holds              },
    {"POST", "/holds/release",       false, ny_admin_hold_release       },
    {"GET",  "/pins",                false, ny_admin_pins_get           },
    {"POST", "/pins",                false, ny_admin_pins_post          },
    {"POST", "/undo",                false, ny_admin_undo               },
    {"GET",  "/proposals",           false, ny_admin_proposals_get      },
    {"POST", "/proposals",           false, ny_admin_proposals_post     },
    {"GET",  "/consumers",           false, ny_admin_consumers_get      },
    {"POST", "/consumers",           false, ny_admin_consumers_post     },
    {"POST", "/resync",              false, ny_admin_consumer_resync    },
    {"GET",  "/notices",             false, ny_admin_notices            },
    {"POST", "/notices/retry",       false, ny_admin_notice_retry       },
    {"POST", "/notices/drop",        false, ny_admin_notice_drop        },
};

struct ny_admin *ny_admin_create(const struct ny_admin_config *cfg)
{
    struct ny_admin *a = ny_calloc(1, sizeof(*a));

    a->cfg = *cfg;
    return a;
}

void ny_admin_destroy(struct ny_admin *a)
{
    ny_free(a);
}

/* Somebody asks for what the operator alone may; he is answered as if it were not there. */
static void restricted_tell(const struct request *q, const char *path)
{
    const struct ny_alert alert = {.what = NY_S("restricted function"),
                                   .outcome = NY_AUDIT_DENIED,
                                   .peer = q->call->peer_addr,
                                   .why = ny_str_from_c(path)};

    ny_registry_alert(q->registry, &alert);
}

void ny_admin_handle(struct ny_admin *a, struct ny_admin_call *call)
{
    struct request *q = NY_ARENA_NEW(call->arena, struct request);
    bool path_known = false;

    if (q == NULL) {
        call->reply(call->ctx, 500, NY_S("text/plain"), NY_S("out of memory for this request\n"));
        return;
    }
    *q = (struct request){.admin = a, .registry = a->cfg.registry, .call = call};
    for (size_t i = 0; i < NY_ARRAY_LEN(routes); i++) {
        if (!ny_str_equals(call->path, ny_str_from_c(routes[i].path))) {
            continue;
        }
        if (!call->is_private && !routes[i].is_public) {
            restricted_tell(q, routes[i].path);
            break;
        }
        path_known = true;
        if (ny_str_equals(call->method, ny_str_from_c(routes[i].method))) {
            routes[i].fn(q);
            return;
        }
    }
    if (path_known) {
        ny_admin_fail(q, 405, "this path does not know that method", "");
    } else {
        ny_admin_fail(q, 404, "no such path", "");
    }
}
