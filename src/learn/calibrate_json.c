/* The result of a calibration as JSON, and the gauges that follow from it. */

#include "nayose/learn_calibrate.h"

#include <jansson.h>

#include "calibrate_priv.h"

static json_t *bits(int32_t b1024)
{
    return json_real(b1024 / 1024.0);
}

static json_t *count(uint64_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *part(const char *key, const char *name, const struct ny_calibration_part *p)
{
    return json_pack("{s:s, s:o, s:o, s:o}", key, name, "records", count(p->records), "tries",
                     count(p->tries), "hits", count(p->hits));
}

static json_t *rarities(const struct ny_calibration *c)
{
    static const char *const names[NY_CALIBRATION_RARITIES] = {"common", "usual", "rare"};
    json_t *list = json_array();

    for (size_t i = 0; i < NY_CALIBRATION_RARITIES; i++) {
        json_array_append_new(list, part("name", names[i], &c->decoy_rarity[i]));
    }
    return list;
}

static json_t *contact_sets(const struct ny_calibration *c)
{
    static const char *const names[NY_CALIBRATION_CONTACT_SETS] = {
        "none",      "address",           "phone",           "address+phone",
        "insurance", "address+insurance", "phone+insurance", "all"};
    json_t *list = json_array();

    for (size_t i = 0; i < NY_CALIBRATION_CONTACT_SETS; i++) {
        json_array_append_new(list, part("present", names[i], &c->decoy_contacts[i]));
    }
    return list;
}

static json_t *decoys(const struct ny_calibration *c)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:f, s:f, s:o, s:o}", "records",
                     count(c->decoy.records), "tries", count(c->decoy.tries), "hits",
                     count(c->decoy.hits), "excluded", count(c->decoy_excluded), "unseen",
                     count(c->decoy_unseen), "false_pairs", c->decoy_pairs, "false_pairs_upper",
                     c->decoy_pairs_upper, "by_rarity", rarities(c), "by_contacts",
                     contact_sets(c));
}

static json_t *facility(const struct ny_calibration *c)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:f, s:b, s:f, s:f, s:f}", "pairs",
                     count(c->facility_pairs), "hits", count(c->facility_hits), "namesakes",
                     count(c->facility_namesakes), "judged", count(c->facility_judged), "different",
                     count(c->facility_different), "exposure_ratio", c->exposure_ratio,
                     "exposure_by_household", c->exposure_by_household, "exposure_namesakes",
                     c->exposure_namesakes, "false_pairs", c->facility_expected,
                     "false_pairs_upper", c->facility_upper);
}

static json_t *margin(const struct ny_calibration *c)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:f, s:o}", "links", count(c->margin_links), "from",
                     bits(c->margin_from_b1024), "to", bits(c->margin_to_b1024), "labelled",
                     count(c->margin_labelled), "different", count(c->margin_different), "upper",
                     c->margin_upper, "labels_needed", count(c->labels_needed));
}

static json_t *curve(const struct ny_calibration *c)
{
    json_t *list = json_array();

    for (size_t i = 0; i < c->n_curve; i++) {
        const struct ny_calibration_point *p = &c->curve[i];

        json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o, s:f, s:f, s:f}", "tau",
                                              bits(p->tau_b1024), "links", count(p->links),
                                              "decoy_hits", count(p->decoy_hits), "facility_hits",
                                              count(p->facility_hits), "model_mean", p->model_mean,
                                              "estimate", p->estimate, "bound", p->bound));
    }
    return list;
}

static json_t *bins(const uint64_t v[NY_CALIBRATION_BINS])
{
    json_t *list = json_array();

    for (size_t i = 0; i < NY_CALIBRATION_BINS; i++) {
        json_array_append_new(list, count(v[i]));
    }
    return list;
}

static json_t *histogram(const struct ny_calibration *c)
{
    return json_pack("{s:i, s:o, s:o, s:o, s:o}", "from", (int)NY_CALIBRATION_BIN_FIRST, "decoys",
                     bins(c->histogram_decoy), "facility", bins(c->histogram_facility), "links",
                     bins(c->histogram_links), "questions", bins(c->histogram_questions));
}

static int add_to_buf(const char *p, size_t n, void *out)
{
    ny_buf_add(out, ny_str_of(p, n));
    return 0;
}

ny_rc ny_calibration_write(const struct ny_calibration *c, struct ny_buf *out)
{
    json_t *o = json_pack(
        "{s:i, s:i, s:o, s:o, s:f, s:o, s:o, s:o, s:f, s:f, s:o, s:f, s:b, s:o, s:o, s:o, s:o, "
        "s:o}",
        "format", 1, "model", (int)c->model_version, "tau", bits(c->tau_b1024), "seed",
        count(c->seed), "target", c->target, "records", count(c->records), "persons",
        count(c->persons), "links", count(c->links), "estimate", c->estimate, "bound", c->bound,
        "tau_best", c->tau_found ? bits(c->tau_best_b1024) : json_null(), "model_mean",
        c->model_mean, "meters_agree", c->meters_agree, "decoys", decoys(c), "facility",
        facility(c), "margin", margin(c), "curve", curve(c), "histogram", histogram(c));
    int failed;

    NY_ASSERT(o != NULL);
    failed = json_dump_callback(o, add_to_buf, out, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(o);
    return failed == 0 && !out->failed ? NY_OK : NY_ELIMIT;
}

/* ---- metrics ---- */

static const struct {
    const char *name, *object, *member, *help;
} gauges[] = {
    {"estimate",           NULL,       "estimate",      "Share of false links, on average."                },
    {"bound",              NULL,       "bound",         "Share of false links, at most, at 95 percent."    },
    {"target",             NULL,       "target",        "Share of false links that is promised."           },
    {"tau_bits",           NULL,       "tau",           "Threshold when the meters ran."                   },
    {"tau_best_bits",      NULL,       "tau_best",      "Least threshold that keeps the target on average."},
    {"meters_agree",       NULL,       "meters_agree",  "1: meters and model agree within a factor 3."     },
    {"links",              NULL,       "links",         "Automatic links, in pairs."                       },
    {"decoy_hits",         "decoys",   "hits",          "False pairs that the decoys found."               },
    {"facility_hits",      "facility", "hits",
     "Pairs of one facility that would link between facilities."                                           },
    {"facility_different", "facility", "different",     "Of these, people whom somebody told apart."       },
    {"margin_links",       "margin",   "links",         "The weakest links, of which a sample is labelled."},
    {"margin_labelled",    "margin",   "labelled",      "Labels in the margin."                            },
    {"margin_different",   "margin",   "different",     "Of these, false links."                           },
    {"labels_needed",      "margin",   "labels_needed",
     "Labels that the margin needs in all; 0: it has them."                                                },
};

ny_rc ny_calibration_metrics(ny_str json, struct ny_buf *out)
{
    json_t *root = json_loadb(json.p, json.n, 0, NULL);

    if (!json_is_object(root)) {
        json_decref(root);
        return NY_ESYNTAX;
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(gauges); i++) {
        const json_t *o = gauges[i].object != NULL ? json_object_get(root, gauges[i].object) : root;
        const json_t *v = json_object_get(o, gauges[i].member);

        if (json_is_number(v) || json_is_boolean(v)) {
            ny_buf_printf(out,
                          "# HELP nayose_calibration_%s %s\n# TYPE nayose_calibration_%s gauge\n"
                          "nayose_calibration_%s %.9g\n",
                          gauges[i].name, gauges[i].help, gauges[i].name, gauges[i].name,
                          json_is_boolean(v) ? (double)json_is_true(v) : json_number_value(v));
        }
    }
    json_decref(root);
    return out->failed ? NY_ELIMIT : NY_OK;
}
