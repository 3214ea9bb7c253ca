/* What follows from the meters: expected false pairs, their bound, the threshold.
 *
 *   bound · L = Q( decoys' upper + exposure · facility's upper ) + margin's upper · margin
 *
 * The meters speak for the links beyond the margin, its labels for those in it. The uppers bound
 * expected numbers; Q goes from the largest expected number to the largest number that may have
 * come of it. Each step may fail with the probability left by its confidence; the sum of these is 5
 * % (calibrate.h), so all hold together, and with them the sum, at 95 %. */

#include "nayose/learn_calibrate.h"

#include <math.h>

#include "calibrate_priv.h"
#include "nayose/evaluate.h"

static const double decoy_confidence = .995;
static const double facility_confidence = .99;
static const double duplicates_confidence = .995;
static const double outcome_error = .005;
static const double margin_confidence = .975;

static const double agreement_factor = 3;
static const double curve_step_bits = .25;
static const double curve_last_bits = 20;
static const double tau_least_bits = 10.5;

/* ---- weighted counts ---- */

void cal_tally_add(struct cal_tally *t, double weight)
{
    t->sum += weight;
    t->squares += weight * weight;
}

/* Events of unequal weight are taken as a smaller number of equal ones with the same sum and the
 * same spread. */
static double events(const struct cal_tally *t)
{
    return t->sum > 0 ? t->sum * t->sum / t->squares : 0;
}

double cal_tally_upper(const struct cal_tally *t, double unit, double confidence)
{
    double weight = t->sum > 0 ? t->squares / t->sum : unit;

    return weight * ny_poisson_upper((uint64_t)ceil(events(t)), confidence);
}

static double tally_lower(const struct cal_tally *t)
{
    return t->sum > 0 ? t->squares / t->sum * ny_poisson_interval((uint64_t)events(t), .95).low : 0;
}

/* The largest number that comes of a Poisson mean, but for outcome_error. */
static double outcome_upper(double mean)
{
    uint64_t low = 0;
    uint64_t high = 1;

    while (ny_poisson_interval(high + 1, 1 - 2 * outcome_error).low < mean) {
        low = high;
        high *= 2;
    }
    while (low < high) { /* the smallest count beyond which the tail is small enough */
        uint64_t mid = low + (high - low) / 2;

        if (ny_poisson_interval(mid + 1, 1 - 2 * outcome_error).low < mean) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return (double)low;
}

/* ---- facility ---- */

struct facility {
    uint64_t hits, namesakes, judged, different;
    double expected, lower, upper; /* false pairs in the registry */
};

/* Labelled in full there is nothing to bound. */
static double share_upper(uint64_t different, uint64_t n, uint64_t of, double confidence)
{
    if (of == 0) {
        return 0;
    }
    return n == of ? (double)different / (double)of : ny_binomial_upper(different, n, confidence);
}

static struct facility facility_at(const struct cal_run *r, int32_t tau_b1024)
{
    struct facility f = {0};
    double family = r->out->exposure_ratio;
    double namesakes = r->contact_required ? family : r->out->exposure_namesakes;
    double two_people;

    for (size_t i = 0; i < r->n_hits; i++) {
        const struct cal_facility_hit *h = &r->hits[i];

        if (h->strength_b1024 >= tau_b1024) {
            f.hits++;
            f.namesakes += h->namesakes;
            f.judged += h->judged;
            f.different += h->different;
            f.expected += (h->namesakes ? namesakes : family) *
                          (h->judged ? (double)h->different : h->p_false);
        }
    }
    two_people =
        ceil((double)f.hits * share_upper(f.different, f.judged, f.hits, duplicates_confidence));
    f.lower = fmin(family, namesakes) * ny_poisson_interval(f.different, .95).low;
    /* whoever they are, none weighs more than the larger of the two */
    f.upper = fmax(family, namesakes) * ny_poisson_upper((uint64_t)two_people, facility_confidence);
    return f;
}

/* ---- margin ---- */

static void margin_count(struct cal_run *r)
{
    struct ny_calibration *out = r->out;

    out->margin_from_b1024 = INT32_MAX;
    out->margin_to_b1024 = 0;
    for (size_t i = 0; i < r->links.n; i++) {
        const struct cal_link *l = &r->links.v[i];
        const struct ny_learn_decision *label;

        if (!cal_is_in_margin(r, l)) {
            continue;
        }
        out->margin_links++;
        if (l->strength_b1024 < out->margin_from_b1024) {
            out->margin_from_b1024 = l->strength_b1024;
        }
        if (l->strength_b1024 > out->margin_to_b1024) {
            out->margin_to_b1024 = l->strength_b1024;
        }
        label = cal_label(r, l->a, l->b);
        out->margin_labelled += label != NULL;
        out->margin_different += label != NULL && !label->same;
    }
    if (out->margin_links == 0) {
        out->margin_from_b1024 = out->margin_to_b1024 = out->tau_b1024;
    }
}

/* A link found false was taken apart since and is in the margin no more, but the sample that found
 * it must not look better for that. */
static void margin_count_parted(struct cal_run *r)
{
    for (size_t i = 0; i < r->n_labels; i++) {
        const struct ny_learn_decision *l = &r->labels[i];
        struct ny_index_identity a;
        struct ny_index_identity b;

        ny_index_get(r->ix, l->a, &a);
        ny_index_get(r->ix, l->b, &b);
        if (!l->same && a.person != b.person && a.domain != b.domain) {
            r->out->margin_links++;
            r->out->margin_labelled++;
            r->out->margin_different++;
        }
    }
}

/* Expected false pairs of the margin at or above a threshold, by its labels. */
static double margin_expected(const struct cal_run *r, int32_t tau_b1024)
{
    const struct ny_calibration *c = r->out;
    uint64_t different = c->margin_different;

    for (size_t i = 0; i < r->links.n; i++) {
        const struct cal_link *l = &r->links.v[i];
        const struct ny_learn_decision *label;

        if (l->strength_b1024 >= tau_b1024 || !cal_is_in_margin(r, l)) {
            continue;
        }
        label = cal_label(r, l->a, l->b);
        different -= label != NULL && !label->same;
    }
    return c->margin_labelled > 0
               ? (double)different * (double)c->margin_links / (double)c->margin_labelled
               : 0;
}

static double margin_share(const struct ny_calibration *c)
{
    return c->links > 0 ? fmin(1, (double)c->margin_links / (double)c->links) : 0;
}

/* Labels that bring the margin's part of the bound to half of the target. */
static uint64_t labels_needed(const struct ny_calibration *c)
{
    double goal = c->target / 2;
    uint64_t low = c->margin_labelled;
    uint64_t high = c->margin_links;

    if (margin_share(c) * c->margin_upper <= goal) {
        return 0;
    }
    while (low < high) {
        uint64_t mid = low + (high - low) / 2;
        double upper = share_upper(c->margin_different, mid, c->margin_links, margin_confidence);

        if (margin_share(c) * upper <= goal) {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    return high;
}

/* ---- the curve ---- */

void cal_curve_begin(struct cal_run *r)
{
    struct ny_calibration *out = r->out;
    int32_t step = (int32_t)(curve_step_bits * 1024);
    int32_t tau = out->tau_b1024;
    int32_t first = NY_BITS(tau_least_bits);

    while (first > tau) {
        first -= step;
    }
    for (int32_t at = first; out->n_curve < NY_CALIBRATION_TAUS_MAX - 1 &&
                             (at <= NY_BITS(curve_last_bits) || at <= tau);
         at += step) {
        if (tau > at - step && tau < at) { /* the active one may stand between two steps */
            out->curve[out->n_curve++].tau_b1024 = tau;
        }
        out->curve[out->n_curve++].tau_b1024 = at;
    }
    for (size_t i = 0; i < out->n_curve; i++) {
        r->active = out->curve[i].tau_b1024 <= tau ? i : r->active;
    }
}

/* Pairs at or above a threshold, and the sum of their risks. */
static uint64_t links_at(const struct cal_links *l, int32_t tau_b1024, double *risk)
{
    uint64_t n = 0;

    for (size_t i = 0; i < l->n; i++) {
        if (l->v[i].strength_b1024 >= tau_b1024) {
            n++;
            *risk += ny_match_p_false(l->v[i].strength_b1024);
        }
    }
    return n;
}

/* From which point of the curve on the meters have to speak, at the threshold of point i: labels
 * speak for all that the margin holds. The last point that misses no link beyond it. */
static size_t beyond_margin(const struct cal_run *r, size_t i)
{
    const struct ny_calibration *out = r->out;

    while (i + 1 < out->n_curve && out->curve[i + 1].tau_b1024 <= r->margin_cut_b1024 + 1) {
        i++;
    }
    return i;
}

static double counted_at(const struct cal_run *r, size_t i)
{
    return r->decoys[i].sum + facility_at(r, r->out->curve[i].tau_b1024).expected;
}

static void point_fill(struct cal_run *r, size_t i)
{
    struct ny_calibration *out = r->out;
    struct ny_calibration_point *p = &out->curve[i];
    size_t beyond = beyond_margin(r, i);
    double decoys = cal_tally_upper(&r->decoys[beyond], r->decoy_unit, decoy_confidence);
    double families = facility_at(r, out->curve[beyond].tau_b1024).upper;
    double weight = r->join_pairs > 1 ? r->join_pairs : 1;
    double risk = 0;
    uint64_t gained = links_at(&r->gained, p->tau_b1024, &risk);
    double counted;
    double n;

    p->links = links_at(&r->links, p->tau_b1024, &risk) + gained;
    p->facility_hits = facility_at(r, p->tau_b1024).hits;
    n = p->links > 0 ? (double)p->links : 1;
    p->model_mean = risk / n;
    counted = fmax(counted_at(r, i), margin_expected(r, p->tau_b1024) + counted_at(r, beyond));
    p->estimate = fmin(1, fmax(counted / n, p->model_mean));
    p->bound = fmin(1, (weight * outcome_upper((decoys + families) / weight) + (double)gained) / n +
                           margin_share(out) * out->margin_upper);
}

static void active_fill(struct cal_run *r)
{
    struct ny_calibration *out = r->out;
    const struct ny_calibration_point *p = &out->curve[r->active];
    struct facility f = facility_at(r, p->tau_b1024);
    double n = p->links > 0 ? (double)p->links : 1;
    double low;
    double high;

    out->decoy_pairs = r->decoys[r->active].sum;
    out->decoy_pairs_upper =
        cal_tally_upper(&r->decoys[r->active], r->decoy_unit, decoy_confidence);
    out->facility_hits = f.hits;
    out->facility_namesakes = f.namesakes;
    out->facility_judged = f.judged;
    out->facility_different = f.different;
    out->facility_expected = f.expected;
    out->facility_upper = f.upper;
    out->model_mean = p->model_mean;
    low = (tally_lower(&r->decoys[r->active]) + f.lower) / n;
    high = (out->decoy_pairs_upper + f.upper) / n;
    out->meters_agree =
        p->model_mean <= high * agreement_factor && p->model_mean >= low / agreement_factor;
    out->estimate = p->estimate;
    out->bound = p->bound;
}

void cal_conclude(struct cal_run *r)
{
    struct ny_calibration *out = r->out;

    margin_count(r);
    margin_count_parted(r);
    out->margin_upper = share_upper(out->margin_different, out->margin_labelled, out->margin_links,
                                    margin_confidence);
    out->labels_needed = labels_needed(out);
    for (size_t i = 0; i < out->n_curve; i++) {
        point_fill(r, i);
        if (!out->tau_found && out->curve[i].tau_b1024 >= NY_BITS(tau_least_bits) &&
            out->curve[i].estimate <= out->target) {
            out->tau_found = true;
            out->tau_best_b1024 = out->curve[i].tau_b1024;
        }
    }
    active_fill(r);
}
