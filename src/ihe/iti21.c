/* ITI-21 Patient Demographics Query: QBP^Q22 describes a patient, RSP^K22 tells who fits; and
 * ITI-22, QBP^ZV1 and RSP^ZV2, the same with visits: each PID is followed by a PV1.
 *
 *   read ─▶ search (ids, from memory) ─▶ note committed ─▶ details of the page read ─▶ answer
 *
 * One PID group stands for one person with all his ids; QPD-8 limits the ids, and who has none of
 * them is no hit. Nobody found: AA and NF. A pointer (DSC) leads on in a snapshot of ids.
 * QCN^J01 drops it. Spec: ITI TF-2 3.21, 3.22; the silent spots are decided in our HL7 v2 rules 7.
 */

#include "ihe_priv.h"

ny_rc ihe_iti21_write(struct ihe_exchange *ex, struct ny_arena *a, ny_str *out)
{
    const struct ny_search_page *p = ihe_is_refused(ex) ? NULL : ex->page;
    struct ihe_counts counts = {0};
    struct ny_hl7v2_writer w;

    if (ex->v3 != NULL) {
        return ihe_iti47_write(ex, a, out);
    }
    if (p != NULL) {
        counts = (struct ihe_counts){p->total, p->n, p->remaining};
    }
    ihe_query_head_write(ex, &w, a, p != NULL ? &counts : NULL, p != NULL && p->total > 0);
    for (size_t i = 0; p != NULL && i < p->n; i++) {
        ihe_hit_write(&w, ex->ihe->cfg.registry, &p->hits[i], i + 1, ex->event->action == IHE_ITI22,
                      a);
    }
    if (p != NULL && p->next.n > 0) {
        ny_hl7v2_w_begin(&w, NY_S("DSC"));
        ny_hl7v2_w_text(&w, p->next);
        ny_hl7v2_w_text(&w, NY_S("I"));
        ny_hl7v2_w_end(&w);
    }
    return ny_hl7v2_finish(&w, &ex->msh.charset, out, NULL);
}

/* ---- behind the note ---- */

static void on_read(void *ctx, ny_rc rc, struct ny_search_page *page)
{
    struct ihe_exchange *ex = ctx;
    ny_str answer = NY_STR_NONE;

    if (rc == NY_OK) {
        ex->page = page;
        rc = ihe_iti21_write(ex, ex->arena, &answer);
    }
    if (rc != NY_OK) {
        ex->page = NULL;
        ihe_finish_unavailable(ex, rc);
        return;
    }
    ex->composed = true;
    ihe_send_answer(ex, answer);
}

static ny_rc nothing_compose(void *ctx, const struct ny_feed_outcome *o, ny_str *out)
{
    (void)ctx;
    (void)o;
    *out = NY_S("");
    return NY_OK;
}

static void on_noted(void *ctx, ny_rc rc, ny_str answer)
{
    struct ihe_exchange *ex = ctx;

    (void)answer;
    if (rc != NY_OK) {
        ex->page = NULL;
        ihe_finish_unavailable(ex, rc);
        return;
    }
    ny_registry_search_read(ex->ihe->cfg.registry, ex->arena, ex->page, on_read, ex);
}

/* The namespaces told in a page, each once. */
static ny_str domains_of_page(struct ihe_exchange *ex)
{
    const struct ny_registry *r = ex->ihe->cfg.registry;
    struct ny_known_id all[IHE_LOCATIONS_MAX];
    size_t n_all = 0;

    for (size_t i = 0; i < ex->page->n; i++) {
        size_t n = 0;
        struct ny_known_id *ids = ihe_hit_ids(r, &ex->page->hits[i], ex->arena, &n);

        for (size_t k = 0; k < n; k++) {
            size_t j = 0;

            while (j < n_all && all[j].domain != ids[k].domain) {
                j++;
            }
            if (j == n_all && n_all < IHE_LOCATIONS_MAX) {
                all[n_all++] = ids[k];
            }
        }
    }
    return ny_known_ids_domains(ex->arena, all, n_all);
}

static void note(struct ihe_exchange *ex)
{
    struct ny_note *n = &ex->note;

    n->request = ex->request;
    n->kind = NY_S("query");
    n->outcome = NY_AUDIT_OK;
    n->person = ex->page->n == 1 ? ex->page->hits[0].person : 0;
    n->query_payload = ihe_query_payload(ex);
    n->domains_returned = domains_of_page(ex);
    n->hits = (int32_t)ex->page->n;
    n->decision = ex->page->total > 0 ? NY_S("AA") : NY_S("NF");
    ex->reply = (struct ny_reply){nothing_compose, on_noted, ex};
    ny_registry_note(ex->ihe->cfg.registry, n, &ex->reply);
}

static void on_found(void *ctx, ny_rc rc, struct ny_search_page *page)
{
    struct ihe_exchange *ex = ctx;

    if (rc != NY_OK) {
        ihe_finish_unavailable(ex, rc);
        return;
    }
    switch (page->result) {
    case NY_SEARCH_FOUND:
        ex->page = page;
        note(ex);
        return;
    case NY_SEARCH_UNREADABLE:
        (void)ihe_refuse_at(ex, IHE_FAULT_QUERY_VALUE, "QPD^1^3^%zu",
                            ihe_pdq_place(ex, page->bad, page->bad_value));
        break;
    case NY_SEARCH_TOO_FEW:
        (void)ihe_refuse(ex, IHE_FAULT_QUERY_FEW, NULL);
        break;
    case NY_SEARCH_TOO_MANY:
        (void)ihe_refuse(ex, IHE_FAULT_QUERY_MANY, NULL);
        break;
    case NY_SEARCH_NO_POINTER:
        (void)ihe_refuse(ex, IHE_FAULT_QUERY_POINTER, NULL);
        break;
    }
    ihe_finish(ex);
}

void ihe_iti21(struct ihe_exchange *ex)
{
    if (ihe_query_begin(ex, ihe_pdq_read)) {
        ny_registry_search(ex->ihe->cfg.registry, ex->arena, ex->ask, on_found, ex);
    }
}

/* QID-1 is the tag of the query. Nothing to drop is no error. */
void ihe_cancel(struct ihe_exchange *ex)
{
    const struct ny_hl7v2_segment *qid = ny_hl7v2_find(ex->msg, NY_S("QID"), 1);

    if (qid == NULL) {
        (void)ihe_refuse(ex, IHE_FAULT_SEGMENT, "QID^1");
    } else {
        ny_registry_search_cancel(ex->ihe->cfg.registry, ex->request.user,
                                  ny_hl7v2_text(qid, 1, 1, 1, 1));
    }
    ihe_finish(ex);
}
