/* Who could that be: the persons who fit what a clerk typed, best first.
 *
 *   words ─▶ questions ─▶ each searched in memory ─▶ one list ─▶ audit row ─▶ read ─▶ answer
 */

#include <stdlib.h>

#include "nayose/text.h"

#include "find_priv.h"

enum { SHOWN_MAX = 200 };

struct finding {
    struct request *q;
    struct find_questions questions;
    size_t asked; /* questions that were asked */
    struct ny_search_ask ask;
    struct ny_search_page page; /* what was found, together */
    bool more;                  /* there are more than are shown */
};

static const ny_str tag = {"find", 4};

static void find_next(struct finding *x);

/* ---- the answer ---- */

static void on_read(void *ctx, ny_rc rc, struct ny_search_page *page)
{
    struct finding *x = ctx;
    json_t *persons;

    if (rc != NY_OK) {
        ny_admin_fail_rc(x->q, rc);
        return;
    }
    persons = json_array();
    for (size_t i = 0; i < page->n; i++) {
        const struct ny_search_hit *h = &page->hits[i];
        json_t *o = ny_admin_record(x->q, ny_registry_regional(x->q->registry), h->regional_id,
                                    h->regional_id, h->patient);

        json_object_set_new(o, "ids", ny_admin_ids(x->q, h->members, h->n_members));
        json_array_append_new(persons, o);
    }
    ny_admin_json(x->q, 200, json_pack("{s:o, s:b}", "persons", persons, "more", x->more));
}

static void on_audited(void *ctx)
{
    struct finding *x = ctx;

    ny_registry_search_read(x->q->registry, x->q->call->arena, &x->page, on_read, x);
}

/* Best first; equal ones by regional id. */
static int by_fit(const void *pa, const void *pb)
{
    const struct ny_search_hit *a = pa;
    const struct ny_search_hit *b = pb;

    if (a->total_b1024 != b->total_b1024) {
        return a->total_b1024 > b->total_b1024 ? -1 : 1;
    }
    return ny_str_compare(a->regional_id, b->regional_id);
}

static void find_end(struct finding *x)
{
    struct access what = {.decision = "find"};
    struct ny_search_page *p = &x->page;

    ny_registry_search_cancel(x->q->registry, x->ask.who, tag);
    if (p->n > 1) {
        qsort(p->hits, p->n, sizeof(*p->hits), by_fit);
    }
    if (p->n > x->ask.page) {
        p->n = x->ask.page;
        x->more = true;
    }
    what.hits = (int32_t)p->n;
    ny_admin_audit(x->q, &what, on_audited, x);
}

/* ---- the questions ---- */

static bool is_there(const struct ny_search_page *p, int64_t person)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->hits[i].person == person) {
            return true;
        }
    }
    return false;
}

/* Puts what a question found behind what others did; a person once. */
static bool page_add(struct finding *x, const struct ny_search_page *found)
{
    struct ny_arena *a = x->q->call->arena;
    struct ny_search_page *p = &x->page;
    struct ny_search_hit *hits = NY_ARENA_ARRAY(a, struct ny_search_hit, p->n + found->n + 1);
    int64_t *records = NY_ARENA_ARRAY(a, int64_t, p->n_records + found->n_records + 1);

    if (hits == NULL || records == NULL) {
        return false;
    }
    for (size_t i = 0; i < p->n; i++) {
        hits[i] = p->hits[i];
    }
    p->hits = hits;
    for (size_t i = 0; i < found->n; i++) {
        if (!is_there(p, found->hits[i].person)) {
            p->hits[p->n++] = found->hits[i];
        }
    }
    for (size_t i = 0; i < p->n_records; i++) {
        records[i] = p->records[i];
    }
    p->records = records;
    for (size_t i = 0; i < found->n_records; i++) {
        records[p->n_records++] = found->records[i];
    }
    p->undone = found->undone;
    x->more = x->more || found->remaining > 0;
    return true;
}

/* A question that cannot be read that way, or fits too many, leaves the others. */
static void on_found(void *ctx, ny_rc rc, struct ny_search_page *page)
{
    struct finding *x = ctx;

    if (rc == NY_OK && page->result == NY_SEARCH_FOUND && !page_add(x, page)) {
        rc = NY_ELIMIT;
    }
    if (rc != NY_OK) {
        ny_admin_fail_rc(x->q, rc);
        return;
    }
    x->more = x->more || page->result == NY_SEARCH_TOO_MANY;
    find_next(x);
}

static void find_next(struct finding *x)
{
    if (x->asked == x->questions.n) {
        find_end(x);
        return;
    }
    x->ask.search = x->questions.v[x->asked++];
    ny_registry_search(x->q->registry, x->q->call->arena, &x->ask, on_found, x);
}

/* All domains, the regional one with them: a clerk sees every id. */
static bool domains_want(struct finding *x)
{
    const struct ny_domain *const *all = NULL;
    size_t n = ny_registry_domains(x->q->registry, &all);

    x->ask.wanted = NY_ARENA_ARRAY(x->q->call->arena, const struct ny_domain *, n + 1);
    for (size_t i = 0; i < n && x->ask.wanted != NULL; i++) {
        x->ask.wanted[x->ask.n_wanted++] = all[i];
    }
    if (x->ask.wanted != NULL) {
        x->ask.wanted[x->ask.n_wanted++] = ny_registry_regional(x->q->registry);
    }
    return x->ask.wanted != NULL;
}

void ny_admin_find(struct request *q)
{
    struct finding *x = NY_ARENA_NEW(q->call->arena, struct finding);
    const char *why;
    int32_t limit;
    ny_str text;

    if (!ny_admin_param(q, "words", &text) || !ny_admin_param_limit(q, SHOWN_MAX, &limit)) {
        return;
    }
    if (x == NULL || ny_text_fold(q->call->arena, text, &text) != NY_OK) {
        ny_admin_fail(q, 400, "the words cannot be read", "they have to be UTF-8");
        return;
    }
    x->q = q;
    x->ask = (struct ny_search_ask){.page = (size_t)limit, .who = q->call->user, .tag = tag};
    why = ny_find_read(q, text, &x->questions);
    if (why != NULL) {
        ny_admin_fail(q, 400, why, "for example: nayose find 山田 太郎 S34.5.1");
    } else if (!domains_want(x)) {
        ny_admin_fail_rc(q, NY_ELIMIT);
    } else {
        find_next(x);
    }
}
