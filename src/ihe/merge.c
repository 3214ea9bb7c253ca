/* Messages about two identifiers: merges and renames (MRG beside PID), links (two PIDs).
 *
 *   A40, older A18 A30 A34 A36 A39   PID-3 survives, MRG-1 is retired; groups in order
 *   A47, older A46 A48               MRG-1 was wrong, PID-3 is right and must not be
 *                                    somebody else's
 *   A43                              MRG-1 moves to the patient of PID-3; both stay
 *   A24, A37                         the ids of both PIDs are one patient, or are two
 *
 * The older forms may carry their ids in MRG-4 and PID-2, or MRG-2 and PID-4. Demographics in these
 * messages are not taken over: an A08 or A31 follows. Spec: ITI TF-2 3.8.4.2, 3.30.4.3–5. */

#include "ihe_priv.h"

/* Where identifiers stand, tried in order until MRG has a value. The older changes of an external
 * or alternate id name the patient in PID-3 and MRG-1 as well, where nothing changes. */
static const struct places {
    const char *event; /* NULL: every other */
    struct {
        unsigned pid, mrg;
    } at[3];
} all_places[] = {
    {"A46", {{2, 4}, {3, 1}, {4, 2}}},
    {"A48", {{4, 2}, {3, 1}, {2, 4}}},
    {NULL,  {{3, 1}, {2, 4}, {4, 2}}},
};

static const struct places *places_of(ny_str event)
{
    const struct places *p = all_places;

    while (p->event != NULL && !ny_str_equals(event, ny_str_from_c(p->event))) {
        p++;
    }
    return p;
}

static bool pair_add(struct ihe_exchange *ex, const struct ihe_cx *a, const struct ihe_cx *b)
{
    struct ny_feed *f = &ex->feed;
    struct ny_feed_pair pair;

    if (f->n_pairs == NY_FEED_PAIRS_MAX) {
        return ihe_refuse_at(ex, IHE_FAULT_FIELD_LIMIT, "%s^%zu^%u", a->segment, a->number,
                             a->field);
    }
    if (!ihe_feed_id(ex, a, &pair.a) || !ihe_feed_id(ex, b, &pair.b)) {
        return false;
    }
    f->pairs[f->n_pairs++] = pair;
    return true;
}

/* Which of the survivors an old id goes to: of its domain, of its type where the domain has
 * several. */
static const struct ihe_cx *survivor_of(const struct ihe_cx *old, const struct ihe_cx *ids,
                                        size_t n)
{
    const struct ihe_cx *found = NULL;

    for (size_t i = 0; i < n; i++) {
        if (ids[i].domain == old->domain &&
            (found == NULL ||
             (!ny_str_equals(found->type, old->type) && ny_str_equals(ids[i].type, old->type)))) {
            found = &ids[i];
        }
    }
    return found;
}

/* One PID with one MRG. */
static bool group_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                       const struct ny_hl7v2_segment *mrg)
{
    const struct places *places = places_of(ex->msh.event);
    struct ihe_cx olds[NY_FEED_IDS_MAX];
    struct ihe_cx news[NY_FEED_IDS_MAX];
    size_t n_olds;
    size_t n_news;
    size_t at = 0;

    while (at < NY_ARRAY_LEN(places->at) - 1 &&
           ny_hl7v2_presence(mrg, places->at[at].mrg) != NY_HL7V2_VALUE) {
        at++;
    }
    if (ny_hl7v2_presence(mrg, places->at[at].mrg) != NY_HL7V2_VALUE ||
        ny_hl7v2_presence(pid, places->at[at].pid) != NY_HL7V2_VALUE) {
        at = 0; /* what is missing is told of the usual place */
    }
    if (!ihe_ids_read(ex, pid, places->at[at].pid, news, &n_news) ||
        !ihe_ids_read(ex, mrg, places->at[at].mrg, olds, &n_olds)) {
        return false;
    }
    for (size_t i = 0; i < n_olds; i++) {
        const struct ihe_cx *to = survivor_of(&olds[i], news, n_news);

        if (to == NULL && ex->feed.kind == NY_FEED_MOVE) {
            to = &news[0]; /* a patient may take in an id of another domain */
        }
        if (to == NULL) {
            return ihe_refuse_at(ex, IHE_FAULT_MERGE_DOMAINS, "MRG^%zu^%u^%zu^4", olds[i].number,
                                 olds[i].field, olds[i].rep);
        }
        if (to->domain == olds[i].domain && ny_str_equals(to->id, olds[i].id)) {
            return ihe_refuse_at(ex, IHE_FAULT_MERGE_ITSELF, "MRG^%zu^%u^%zu^1", olds[i].number,
                                 olds[i].field, olds[i].rep);
        }
        if (!pair_add(ex, &olds[i], to)) {
            return false;
        }
    }
    return true;
}

static bool groups_read(struct ihe_exchange *ex)
{
    const struct ny_hl7v2_segment *pid = NULL;
    bool any = false;

    for (size_t i = 0; i < ny_hl7v2_segment_count(ex->msg); i++) {
        const struct ny_hl7v2_segment *seg = ny_hl7v2_segment_at(ex->msg, i);
        ny_str name = ny_hl7v2_segment_name(seg);

        if (ny_str_equals(name, NY_S("PID"))) {
            pid = seg;
        } else if (ny_str_equals(name, NY_S("MRG"))) {
            if (pid == NULL || !group_read(ex, pid, seg)) {
                return ihe_is_refused(ex) ? false : ihe_refuse(ex, IHE_FAULT_SEGMENT, "PID^1");
            }
            any = true;
        }
    }
    return any || ihe_refuse(ex, IHE_FAULT_SEGMENT, "MRG^1");
}

/* Until 2.3.1 these are messages of ITI-8. */
static void transaction_name(struct ihe_exchange *ex)
{
    if (ny_str_starts_with(ex->msh.version, NY_S("2.3"))) {
        ex->request.transaction = NY_S("ITI-8");
    }
}

void ihe_merge(struct ihe_exchange *ex, enum ny_feed_kind kind)
{
    const struct ny_hl7v2_segment *pid = ny_hl7v2_find(ex->msg, NY_S("PID"), 1);
    struct ny_hl7v2_ts when;

    transaction_name(ex);
    ex->feed.kind = kind;
    ihe_feed_end(ex,
                 ihe_feed_segments_check(ex) && ihe_feed_begin(ex, pid, &when) && groups_read(ex));
}

/* ---- links ---- */

static bool lists_read(struct ihe_exchange *ex)
{
    struct ihe_cx ids[2][NY_FEED_IDS_MAX];
    size_t n[2];

    for (size_t k = 0; k < 2; k++) {
        const struct ny_hl7v2_segment *pid = ny_hl7v2_find(ex->msg, NY_S("PID"), k + 1);

        if (pid == NULL) {
            return ihe_refuse(ex, IHE_FAULT_SEGMENT, "PID^2");
        }
        if (!ihe_ids_read(ex, pid, 3, ids[k], &n[k])) {
            return false;
        }
    }
    for (size_t i = 0; i < n[0]; i++) {
        for (size_t k = 0; k < n[1]; k++) {
            const struct ihe_cx *a = &ids[0][i];
            const struct ihe_cx *b = &ids[1][k];

            if (a->domain == b->domain && ny_str_equals(a->id, b->id)) {
                return ihe_refuse_at(ex, IHE_FAULT_MERGE_ITSELF, "PID^2^3^%zu^1", b->rep);
            }
            if (!pair_add(ex, a, b)) {
                return false;
            }
        }
    }
    return true;
}

void ihe_link(struct ihe_exchange *ex, bool unlink)
{
    const struct ny_hl7v2_segment *pid = ny_hl7v2_find(ex->msg, NY_S("PID"), 1);
    struct ny_hl7v2_ts when;

    ex->feed.kind = unlink ? NY_FEED_UNLINK : NY_FEED_LINK;
    ihe_feed_end(ex,
                 ihe_feed_segments_check(ex) && ihe_feed_begin(ex, pid, &when) && lists_read(ex));
}
