/* ITI-47, more pages: QUQI_IN000003UV01 asks for the next one or drops the query (statusCode
 * aborted, quantity 0, or the element _Cancel).
 *
 * Only the id of the query comes with it, so the question is kept beside the pointer into the
 * registry's snapshot, under who asked and that id: nobody pages through another's query. The
 * oldest gives way; a question too large to be kept has no second page. A page is as large as
 * the one before, or has continuationQuantity persons; it begins behind the one before, or with
 * startResultNumber. Spec: ITI TF-2 3.47.4.3; our HL7 v3 rules 10.1. */

#include "v3_priv.h"

enum { PAGES_MAX = 256, KEPT_MAX = 64 * 1024 };

struct ihe_pages {
    struct page {
        struct ny_arena *arena; /* NULL: free */
        ny_str who, id;
        ny_str qbp;     /* the question as v2 */
        ny_str query;   /* queryByParameter */
        ny_str pointer; /* of the next page */
        uint64_t size;  /* that a continuation asked for last; 0: none did */
        uint64_t used;
    } page[PAGES_MAX];
    uint64_t clock;
};

static void page_drop(struct page *p)
{
    ny_arena_destroy(p->arena);
    *p = (struct page){.arena = NULL};
}

void ihe_pages_destroy(struct ihe_pages *all)
{
    for (size_t i = 0; all != NULL && i < PAGES_MAX; i++) {
        page_drop(&all->page[i]);
    }
    ny_free(all);
}

static struct page *page_find(struct ihe_pages *all, ny_str who, ny_str id)
{
    for (size_t i = 0; all != NULL && i < PAGES_MAX; i++) {
        struct page *p = &all->page[i];

        if (p->arena != NULL && ny_str_equals(p->who, who) && ny_str_equals(p->id, id)) {
            return p;
        }
    }
    return NULL;
}

static struct page *page_oldest(struct ihe_pages *all)
{
    struct page *oldest = &all->page[0];

    for (size_t i = 1; i < PAGES_MAX; i++) {
        if (all->page[i].used < oldest->used) {
            oldest = &all->page[i];
        }
    }
    page_drop(oldest);
    return oldest;
}

void ihe_pages_keep(const struct ihe_exchange *ex, ny_str pointer)
{
    struct ny_ihe *ihe = ex->ihe;
    ny_str id = ihe_v3_query_id(ex->arena, ex->v3->query);
    struct page *p = page_find(ihe->pages, ex->request.user, id);
    const ny_str query = ihe_v3_query_text(ex);

    if (p != NULL) {
        page_drop(p);
    }
    if (pointer.n == 0) {
        return;
    }
    if (query.n == 0 || id.p == NULL || query.n + ex->v3->qbp.n > KEPT_MAX) {
        return;
    }
    ihe->pages = ihe->pages != NULL ? ihe->pages : ny_calloc(1, sizeof(*ihe->pages));
    p = p != NULL ? p : page_oldest(ihe->pages);
    p->arena = ny_arena_create(0);
    p->who = ny_arena_str(p->arena, ex->request.user);
    p->id = ny_arena_str(p->arena, id);
    p->qbp = ny_arena_str(p->arena, ex->v3->qbp);
    p->query = ny_arena_str(p->arena, query);
    p->pointer = ny_arena_str(p->arena, pointer);
    p->size = ex->page_size;
    p->used = ++ihe->pages->clock;
}

/* ---- QUQI ---- */

static bool is_cancel(const struct ihe_v3 *v3, const struct ny_xml_node *more)
{
    return ny_str_ends_with(ny_str_from_c(v3->x->operation->request), NY_S("_Cancel")) ||
           ny_str_equals(ny_xml_attr(ihe_v3_child(more, "statusCode"), "code"), NY_S("aborted")) ||
           ny_str_equals(ny_xml_attr(ihe_v3_child(more, "continuationQuantity"), "value"),
                         NY_S("0"));
}

/* Puts the question that was kept, and the pointer, into ex. */
static bool question_again(struct ihe_exchange *ex, const struct page *p)
{
    ny_str qbp;

    if (p == NULL) {
        return ihe_refuse(ex, IHE_FAULT_QUERY_POINTER, NULL);
    }
    ex->page_size = ex->page_size > 0 ? ex->page_size : p->size;
    ex->v3->qbp = ny_arena_str(ex->arena, p->qbp);
    ex->v3->query_text = ny_arena_str(ex->arena, p->query);
    qbp = ny_arena_printf(ex->arena, "%.*sDSC|%.*s|I\r", NY_ARG(p->qbp), NY_ARG(p->pointer));
    if (ny_xml_parse(ex->arena, ex->v3->query_text, NY_S("UTF-8"), &ex->v3->query, NULL) != NY_OK) {
        return ihe_refuse(ex, IHE_FAULT_TOO_LARGE, NULL);
    }
    return ihe_v3_take_text(ex, qbp);
}

/* A number of the continuation; 0: none. False: it cannot be one. */
static bool number_read(struct ihe_exchange *ex, const char *name, uint64_t *out)
{
    const struct ny_xml_node *n = ihe_v3_child(ex->v3->query, name);
    ny_str value = ny_str_trim(ny_xml_attr(n, "value"));

    *out = 0;
    return value.n == 0 || ny_str_to_u64(value, 1, 1000000000, out) == NY_OK ||
           ihe_v3_refuse(ex, IHE_FAULT_QUERY_VALUE, n);
}

static void cancel(struct ihe_exchange *ex, struct page *p)
{
    if (p == NULL) {
        (void)ihe_refuse(ex, IHE_FAULT_QUERY_POINTER, NULL);
    } else {
        ny_registry_search_cancel(ex->ihe->cfg.registry, p->who, p->id);
        page_drop(p);
    }
    ihe_finish(ex);
}

void ihe_iti47_more(struct ihe_exchange *ex)
{
    static const struct ihe_event next = {"QBP", "Q22", IHE_ITI21, "ITI-47", IHE_VISIT_NONE, "E"};
    static const struct ihe_event stop = {"QCN", "J01", IHE_CANCEL, "ITI-47", IHE_VISIT_NONE, "E"};
    struct ihe_v3 *v3 = ex->v3;
    const struct ny_xml_node *act = ihe_v3_child(v3->x->message, "controlActProcess");
    const struct ny_xml_node *more = ihe_v3_child(act, "queryContinuation");
    bool cancels = is_cancel(v3, more);
    struct page *p;

    v3->query = more; /* for the queryId of a refusal */
    v3->accept = cancels;
    if (!ihe_v3_begin(ex, cancels ? &stop : &next, true)) {
        return;
    }
    p = page_find(ex->ihe->pages, ex->request.user, ihe_v3_query_id(ex->arena, more));
    if (cancels) {
        cancel(ex, p);
    } else if (!number_read(ex, "startResultNumber", &ex->page_start) ||
               !number_read(ex, "continuationQuantity", &ex->page_size) || !question_again(ex, p)) {
        ihe_finish(ex);
    } else {
        ihe_iti21(ex);
    }
}
