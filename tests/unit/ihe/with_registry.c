/* The registry of the tests, see its header. */

#include "with_registry.h"

#include <assert.h>
#include <stdio.h>

static struct ny_domain *fake_domain(struct ny_registry *r, const char *ns, const char *oid)
{
    struct ny_domain *d = &r->domains[r->n_domains];

    r->domain_list[r->n_domains++] = d;
    *d = (struct ny_domain){.id = (int32_t)r->n_domains,
                            .kind = NY_DOMAIN_FACILITY,
                            .listed = true,
                            .ns = ny_str_from_c(ns),
                            .oid = ny_str_from_c(oid),
                            .type = NY_S("ISO")};
    return d;
}

static struct ny_requester_row *fake_source(struct ny_registry *r, const char *app,
                                            const char *facility, int32_t default_domain)
{
    struct ny_requester_row *s = &r->sources[r->n_sources++];

    *s = (struct ny_requester_row){.id = (int32_t)r->n_sources,
                                   .app = ny_str_from_c(app),
                                   .facility = ny_str_from_c(facility),
                                   .default_domain = default_domain};
    return s;
}

struct ny_registry *fake_create(void)
{
    struct ny_registry *r = ny_calloc(1, sizeof(*r));
    struct ny_domain *d = fake_domain(r, "F01", "1.2.392.1");

    d->source_app = NY_S("HIS");
    d->source_facility = NY_S("F01");
    fake_domain(r, "F02", "1.2.392.2")->source_facility = NY_S("F02");
    fake_domain(r, "F03", "1.2.392.3")->source_facility = NY_S("NET");
    fake_domain(r, "F04", "1.2.392.4")->source_facility = NY_S("NET");
    fake_domain(r, "REG", "1.2.392.9")->kind = NY_DOMAIN_REGIONAL;
    fake_source(r, "HIS", "F01", 1);
    fake_source(r, "", "F02", 2);
    fake_source(r, "GW", "NET", 0);
    return r;
}

void fake_destroy(struct ny_registry *r)
{
    ny_free(r);
}

int64_t fake_identity(struct ny_registry *r, int32_t domain, ny_str id, int64_t person)
{
    struct fake_identity *i = &r->identities[r->n_identities++];

    assert(r->n_identities <= FAKE_MAX && id.n < sizeof(i->id));
    i->domain = &r->domains[domain - 1];
    memcpy(i->id, id.p, id.n);
    i->person = person > 0 ? person : ++r->last_person;
    return i->person;
}

static struct fake_identity *fake_find(struct ny_registry *r, const struct ny_domain *d, ny_str id)
{
    for (size_t i = 0; i < r->n_identities; i++) {
        if (r->identities[i].domain == d && ny_str_equals(ny_str_from_c(r->identities[i].id), id)) {
            return &r->identities[i];
        }
    }
    return NULL;
}

/* ---- requests as text ---- */

/* printf behind what is there; what does not fit is left out. */
static void put(char *out, size_t *at, const char *fmt, ...) NY_PRINTF(3, 4);
static void put(char *out, size_t *at, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(out + *at, FAKE_TEXT - *at, fmt, ap);
    va_end(ap);
    *at += n > 0 && (size_t)n < FAKE_TEXT - *at ? (size_t)n : 0;
}

static void fake_text_set(char *out, size_t *at, const struct ny_patient *p, enum ny_set_id set)
{
    const struct ny_set_info *info = ny_set_info(set);
    const struct ny_set *s = &p->sets[set];

    if (s->deleted.at_us != NY_NEVER) {
        put(out, at, "%s deleted\n", info->json);
    }
    for (size_t i = 0; i < s->n; i++) {
        put(out, at, "%s", info->json);
        for (size_t k = 0; k < info->n_parts; k++) {
            if (s->values[i].part[k].n > 0) {
                put(out, at, " %s=%.*s", ny_part_json(info->first_part + k),
                    NY_ARG(s->values[i].part[k]));
            }
        }
        put(out, at, "\n");
    }
}

static void fake_text_visit(char *out, size_t *at, const struct ny_visit *v)
{
    static const char *const states[] = {"", " there", " cancelled"};
    char when[NY_TIMESTAMP_LEN];

    if (v == NULL) {
        return;
    }
    ny_timestamp_write(v->stamp.at_us, when);
    put(out, at, "visit %.*s at %s%s", NY_ARG(v->number), when, states[v->state]);
    for (size_t f = 0; f < NY_VISIT_COUNT; f++) {
        if (v->field[f].said) {
            put(out, at, " %u:%.*s", ny_visit_pv1((enum ny_visit_field)f),
                NY_ARG(v->field[f].text));
        }
        for (size_t i = 0; i < v->field[f].n_terms; i++) {
            put(out, at, " [%.*s]", NY_ARG(v->field[f].terms[i]));
        }
    }
    put(out, at, "\n");
}

static const char *const fake_kinds[] = {
    [NY_FEED_MERGE] = "merge",   [NY_FEED_RENAME] = "rename", [NY_FEED_LINK] = "link",
    [NY_FEED_UNLINK] = "unlink", [NY_FEED_MOVE] = "move",
};

static void fake_text_feed(char *out, const struct ny_feed *f)
{
    char when[NY_TIMESTAMP_LEN];
    size_t at = 0;

    ny_timestamp_write(f->patient.seen.at_us, when);
    put(out, &at, "%.*s %.*s at %s%s%s\n", NY_ARG(f->request.transaction),
        NY_ARG(f->request.trigger), when, f->is_test ? " test" : "",
        f->strict_update ? " strict" : "");
    for (size_t i = 0; i < f->n_ids && f->n_pairs == 0; i++) {
        put(out, &at, "id %.*s:%.*s\n", NY_ARG(f->domains[i]->ns), NY_ARG(f->ids[i]));
    }
    for (size_t i = 0; i < f->n_pairs; i++) {
        uint8_t a = f->pairs[i].a;
        uint8_t b = f->pairs[i].b;

        put(out, &at, "%s %.*s:%.*s %.*s:%.*s\n", fake_kinds[f->kind], NY_ARG(f->domains[a]->ns),
            NY_ARG(f->ids[a]), NY_ARG(f->domains[b]->ns), NY_ARG(f->ids[b]));
    }
    for (size_t i = 0; i < NY_SET_COUNT; i++) {
        fake_text_set(out, &at, &f->patient, (enum ny_set_id)i);
    }
    for (size_t i = 0; i < NY_SINGLE_COUNT; i++) {
        const struct ny_single *s = &f->patient.singles[i];

        if (s->stamp.at_us != NY_NEVER) {
            put(out, &at, "%s=%.*s\n", ny_single_json((enum ny_single_id)i), NY_ARG(s->value));
        }
    }
    fake_text_visit(out, &at, f->visit);
}

static void fake_text_note(char *out, const struct ny_note *n)
{
    snprintf(out, FAKE_TEXT,
             "%.*s %.*s outcome=%d keep=%d patient=%.*s:%.*s told=%.*s hits=%d %.*s %.*s",
             NY_ARG(n->kind), NY_ARG(n->request.transaction), n->outcome, n->keep_message,
             NY_ARG(n->patient_domain), NY_ARG(n->patient_id), NY_ARG(n->domains_returned), n->hits,
             NY_ARG(n->decision), NY_ARG(n->reason));
}

/* ---- running ---- */

static struct ny_feed_outcome fake_apply(struct ny_registry *r, const struct ny_feed *f)
{
    struct ny_feed_outcome o = {0};
    int64_t person = 0;

    for (size_t i = 0; i < f->n_ids; i++) {
        struct fake_identity *known = fake_find(r, f->domains[i], f->ids[i]);

        o.retired |= (uint32_t)(known != NULL && known->merged) << i;
        o.unknown |= (uint32_t)(known == NULL) << i;
        person = person == 0 && known != NULL ? known->person : person;
    }
    if (o.unknown != 0 && f->strict_update) {
        o.result = NY_FEED_UNKNOWN_PATIENT;
        return o;
    }
    if (f->is_test && (o.unknown & 1U) == 0) { /* all whom it knows are real */
        o.result = NY_FEED_IN_PRODUCTION;
        return o;
    }
    if (f->kind == NY_FEED_RENAME && (o.unknown >> f->pairs[0].b & 1U) == 0) {
        o.result = NY_FEED_ID_TAKEN;
        return o;
    }
    for (size_t i = 0; i < f->n_ids; i++) {
        if (fake_find(r, f->domains[i], f->ids[i]) == NULL) {
            person = fake_identity(r, f->domains[i]->id, f->ids[i], person);
        }
    }
    return o;
}

/* A feed is composed twice, as after a batch that failed. */
static void fake_run_feed(struct ny_registry *r, const struct fake_request *q)
{
    const struct ny_feed_outcome other = {.result = NY_FEED_ID_TAKEN, .retired = 1};
    struct ny_feed_outcome o;
    ny_str answer = NY_STR_NONE;
    ny_rc rc;

    fake_text_feed(r->feed_text, q->feed);
    r->n_feeds++;
    if (r->fail != NY_OK) {
        q->reply->done(q->reply->ctx, r->fail, NY_STR_NONE);
        return;
    }
    o = fake_apply(r, q->feed);
    rc = q->reply->compose(q->reply->ctx, &other, &answer);
    rc = rc == NY_OK ? q->reply->compose(q->reply->ctx, &o, &answer) : rc;
    q->reply->done(q->reply->ctx, rc, answer);
}

bool fake_run(struct ny_registry *r)
{
    struct fake_request q;
    bool any = r->n_pending > 0;

    while (r->n_pending > 0) {
        q = r->pending[0];
        memmove(r->pending, r->pending + 1, --r->n_pending * sizeof(q));
        if (q.feed != NULL) {
            fake_run_feed(r, &q);
            continue;
        }
        fake_text_note(r->note_text, q.note);
        r->n_notes++;
        q.reply->done(q.reply->ctx, r->fail, r->fail == NY_OK ? q.note->answer : NY_STR_NONE);
    }
    return any;
}

/* ---- the face ---- */

bool ny_registry_is_ready(const struct ny_registry *r)
{
    return !r->not_ready;
}

enum ny_authority_result ny_registry_authority(const struct ny_registry *r, const struct ny_hd *hd,
                                               const struct ny_domain **out)
{
    const struct ny_domain *by_ns = NULL;
    const struct ny_domain *by_oid = NULL;

    if (hd->ns.n == 0 && hd->oid.n == 0 && hd->type.n == 0) {
        return NY_AUTHORITY_EMPTY;
    }
    if ((hd->oid.n > 0 && hd->type.n == 0) || (hd->ns.n == 0 && hd->oid.n == 0)) {
        return NY_AUTHORITY_MALFORMED;
    }
    for (size_t i = 0; i < r->n_domains; i++) {
        const struct ny_domain *d = &r->domains[i];

        by_ns = ny_str_equals(d->ns, hd->ns) ? d : by_ns;
        by_oid = ny_str_equals(d->oid, hd->oid) && ny_str_equals(d->type, hd->type) ? d : by_oid;
    }
    if ((hd->ns.n > 0 && by_ns == NULL && by_oid == NULL) ||
        (hd->oid.n > 0 && by_oid == NULL && by_ns == NULL)) {
        return NY_AUTHORITY_UNKNOWN;
    }
    if (hd->ns.n > 0 && hd->oid.n > 0 && by_ns != by_oid) {
        return NY_AUTHORITY_CONFLICT;
    }
    *out = by_ns != NULL ? by_ns : by_oid;
    return NY_AUTHORITY_FOUND;
}

const struct ny_domain *ny_registry_domain(const struct ny_registry *r, int32_t id)
{
    return id > 0 && (size_t)id <= r->n_domains ? &r->domains[id - 1] : NULL;
}

const struct ny_domain *ny_registry_regional(const struct ny_registry *r)
{
    return &r->domains[4];
}

const struct ny_requester_row *ny_registry_source(const struct ny_registry *r, ny_str app,
                                                  ny_str facility)
{
    for (size_t i = 0; i < r->n_sources; i++) {
        const struct ny_requester_row *s = &r->sources[i];

        if (ny_str_equals(s->facility, facility) && (s->app.n == 0 || ny_str_equals(s->app, app))) {
            return s;
        }
    }
    return NULL;
}

const struct ny_requester_row *ny_registry_requester(const struct ny_registry *r, ny_str app,
                                                     ny_str facility)
{
    return ny_registry_source(r, app, facility);
}

bool ny_registry_may_speak(const struct ny_registry *r, const struct ny_speaker *s, ny_str app,
                           ny_str facility, bool asks)
{
    (void)r;
    (void)app;
    (void)asks;
    return s->facility.n == 0 || ny_str_equals(s->facility, facility);
}

void ny_registry_alert(struct ny_registry *r, const struct ny_alert *a)
{
    (void)r;
    (void)a;
}

size_t ny_registry_query_criteria(const struct ny_registry *r, ny_str app, ny_str facility,
                                  size_t standard)
{
    (void)r;
    (void)app;
    (void)facility;
    return standard;
}

bool ny_registry_may_feed(const struct ny_registry *r, const struct ny_requester_row *source,
                          const struct ny_domain *domain)
{
    (void)r;
    return ny_str_equals(domain->source_facility, source->facility) &&
           (domain->source_app.n == 0 || ny_str_equals(domain->source_app, source->app));
}

const struct ny_domain *ny_registry_default_domain(const struct ny_registry *r,
                                                   const struct ny_requester_row *source)
{
    return ny_registry_domain(r, source->default_domain);
}

static void fake_wait(struct ny_registry *r, struct fake_request q)
{
    assert(r->n_pending < FAKE_MAX);
    r->pending[r->n_pending++] = q;
}

void ny_registry_feed(struct ny_registry *r, const struct ny_feed *feed,
                      const struct ny_reply *reply)
{
    fake_wait(r, (struct fake_request){.feed = feed, .reply = reply});
}

void ny_registry_heard(struct ny_registry *r, const struct ny_requester_row *source, bool accepted)
{
    (void)r;
    (void)source;
    (void)accepted;
}

void ny_registry_note(struct ny_registry *r, const struct ny_note *note,
                      const struct ny_reply *reply)
{
    fake_wait(r, (struct fake_request){.note = note, .reply = reply});
}

static int fake_member_order(const struct ny_resolved_member *a, const struct ny_resolved_member *b)
{
    return a->domain != b->domain ? a->domain - b->domain
                                  : ny_str_compare(a->local_id, b->local_id);
}

void ny_registry_resolve(struct ny_registry *r, const struct ny_domain *domain, ny_str id,
                         void (*fn)(void *ctx, ny_rc rc, const struct ny_resolved *res), void *ctx)
{
    struct ny_resolved_member members[FAKE_MAX];
    struct ny_resolved res = {.members = members};
    char regional[32];
    int64_t person = 0;

    if (r->fail_resolve != NY_OK) {
        fn(ctx, r->fail_resolve, NULL);
        return;
    }
    for (size_t i = 0; i < r->n_identities; i++) {
        struct fake_identity *k = &r->identities[i];
        bool by_regional = domain == ny_registry_regional(r);

        snprintf(regional, sizeof(regional), "R%04d", (int)k->person);
        if (!k->merged && ((by_regional && ny_str_equals(ny_str_from_c(regional), id)) ||
                           (k->domain == domain && ny_str_equals(ny_str_from_c(k->id), id)))) {
            person = k->person;
        }
    }
    for (size_t i = 0; person > 0 && i < r->n_identities; i++) {
        struct fake_identity *k = &r->identities[i];
        struct ny_resolved_member m = {k->domain->id, ny_str_from_c(k->id)};
        size_t at = res.n_members;

        if (k->person != person || k->merged) {
            continue;
        }
        for (; at > 0 && fake_member_order(&m, &members[at - 1]) < 0; at--) {
            members[at] = members[at - 1];
        }
        members[at] = m;
        res.n_members++;
    }
    snprintf(regional, sizeof(regional), "R%04d", (int)person);
    res.found = person > 0;
    res.person = person;
    res.regional_id = ny_str_from_c(regional);
    fn(ctx, NY_OK, &res);
}

size_t ny_registry_domains(const struct ny_registry *r, const struct ny_domain *const **out)
{
    *out = (const struct ny_domain *const *)(uintptr_t)r->domain_list;
    return r->n_domains;
}

/* ---- search ---- */

static void fake_text_search(char *out, const struct ny_search_ask *ask)
{
    static const char *const names[NY_SEARCH_FIELD_COUNT] = {
        "family", "given",  "mother", "birth", "sex",     "phone",     "postal",       "state",
        "city",   "street", "other",  "whole", "account", "mother_id", "mother_family"};
    size_t at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < ask->search.n_ids; i++) {
        put(out, &at, "id=%d:%.*s ", ask->search.ids[i].domain, NY_ARG(ask->search.ids[i].id));
    }
    for (size_t f = 0; f < NY_SEARCH_FIELD_COUNT; f++) {
        for (size_t i = 0; i < ask->search.field[f].n; i++) {
            put(out, &at, "%s=%.*s ", names[f], NY_ARG(ask->search.field[f].v[i]));
        }
    }
    for (size_t i = 0; i < ask->n_wanted; i++) {
        put(out, &at, "wants=%.*s ", NY_ARG(ask->wanted[i]->ns));
    }
    if (ask->of != NULL) {
        put(out, &at, "of=%.*s ", NY_ARG(ask->of->ns));
    }
    for (size_t i = 0; i < ask->n_visit_terms; i++) {
        put(out, &at, "visit=%.*s ", NY_ARG(ask->visit_terms[i]));
    }
    if (ask->least > 0) {
        put(out, &at, "least=%d ", ask->least);
    }
    if (ask->search.every_id && ask->search.n_ids > 1) {
        put(out, &at, "every ");
    }
    if (ask->visits) {
        put(out, &at, "keys=%zu ", ask->n_visit_keys);
    }
    put(out, &at, "page=%zu who=%.*s tag=%.*s", ask->page, NY_ARG(ask->who), NY_ARG(ask->tag));
}

static bool fake_is_wanted(const struct ny_search_ask *ask, const struct ny_domain *d)
{
    for (size_t i = 0; i < ask->n_wanted; i++) {
        if (ask->wanted[i] == d) {
            return true;
        }
    }
    return ask->n_wanted == 0 && d->listed;
}

/* False: nothing of the person is wanted. */
static bool fake_hit(struct ny_registry *r, struct ny_arena *a, const struct ny_search_ask *ask,
                     int64_t person, struct ny_search_hit *h)
{
    *h = (struct ny_search_hit){.person = person,
                                .regional_id = ny_arena_printf(a, "R%04d", (int)person),
                                .total_b1024 = (int32_t)(10 - person) * 1024,
                                .members = NY_ARENA_ARRAY(a, struct ny_resolved_member, FAKE_MAX),
                                .regional = fake_is_wanted(ask, ny_registry_regional(r))};
    for (size_t i = 0; i < r->n_identities && h->members != NULL; i++) {
        struct fake_identity *k = &r->identities[i];

        if (k->person == person && !k->merged && fake_is_wanted(ask, k->domain)) {
            h->members[h->n_members++] =
                (struct ny_resolved_member){k->domain->id, ny_str_from_c(k->id)};
        }
    }
    return h->members != NULL && (h->regional || h->n_members > 0);
}

void ny_registry_search(struct ny_registry *r, struct ny_arena *a, const struct ny_search_ask *ask,
                        void (*fn)(void *ctx, ny_rc rc, struct ny_search_page *page), void *ctx)
{
    struct ny_search_page *p = NY_ARENA_NEW(a, struct ny_search_page);
    struct ny_search_hit *hits = NY_ARENA_ARRAY(a, struct ny_search_hit, FAKE_MAX);
    uint64_t from = 0;

    fake_text_search(r->search_text, ask);
    if (p == NULL || hits == NULL || r->fail_resolve != NY_OK) {
        fn(ctx, r->fail_resolve != NY_OK ? r->fail_resolve : NY_ELIMIT, NULL);
        return;
    }
    p->result = r->search_result;
    if (ask->pointer.n > 0 && ny_str_to_u64(ask->pointer, 1, FAKE_MAX, &from) != NY_OK) {
        p->result = NY_SEARCH_NO_POINTER;
    }
    from = ask->pointer.n > 0 && ask->start > 0 ? ask->start - 1 : from;
    for (int64_t person = 1; person <= r->last_person && !r->search_nobody; person++) {
        p->total += fake_hit(r, a, ask, person, &hits[p->total]);
    }
    from = from < p->total ? from : p->total;
    p->hits = hits + from;
    p->n = p->total - (size_t)from;
    p->n = ask->page > 0 && p->n > ask->page ? ask->page : p->n;
    p->remaining = p->total - (size_t)from - p->n;
    p->next = p->remaining > 0 ? ny_arena_printf(a, "%zu", (size_t)from + p->n) : NY_STR_NONE;
    fn(ctx, NY_OK, p);
}

static struct ny_patient *fake_patient(struct ny_arena *a, int64_t person)
{
    static const struct ny_stamp stamp = {.at_us = 1};
    struct ny_patient *p = NY_ARENA_NEW(a, struct ny_patient);
    struct ny_value v = {0};
    ny_rc rc = p != NULL ? NY_OK : NY_ELIMIT;

    if (rc != NY_OK) {
        return NULL;
    }
    ny_patient_init(p);
    ny_value_part_set(&v, NY_PART_NAME_KANJI_FAMILY, NY_S("山田"));
    ny_value_part_set(&v, NY_PART_NAME_KANJI_GIVEN, person == 1 ? NY_S("太郎") : NY_S("花子"));
    ny_value_part_set(&v, NY_PART_NAME_KANA_FAMILY, NY_S("ヤマダ"));
    ny_value_part_set(&v, NY_PART_NAME_KANA_GIVEN, person == 1 ? NY_S("タロウ") : NY_S("ハナコ"));
    rc = ny_patient_say(p, a, NY_SET_NAME, &v, &stamp);
    v = (struct ny_value){0};
    ny_value_part_set(&v, NY_PART_ADDRESS_WHOLE, NY_S("静岡県静岡市葵区追手町9-6"));
    ny_value_part_set(&v, NY_PART_ADDRESS_POSTAL, NY_S("420-0853"));
    rc = rc == NY_OK ? ny_patient_say(p, a, NY_SET_ADDRESS, &v, &stamp) : rc;
    v = (struct ny_value){0};
    ny_value_part_set(&v, NY_PART_PHONE_NUMBER, NY_S("054-000-0000"));
    rc = rc == NY_OK ? ny_patient_say(p, a, NY_SET_PHONE, &v, &stamp) : rc;
    ny_patient_say_single(p, NY_SINGLE_BIRTH_DATE, NY_S("S34.5.1"), &stamp);
    ny_patient_say_single(p, NY_SINGLE_SEX, person == 1 ? NY_S("1") : NY_S("F"), &stamp);
    ny_patient_say_single(p, NY_SINGLE_ACCOUNT, NY_S("A&1"), &stamp);
    return rc == NY_OK ? p : NULL;
}

void ny_registry_search_read(struct ny_registry *r, struct ny_arena *a, struct ny_search_page *page,
                             void (*fn)(void *ctx, ny_rc rc, struct ny_search_page *page),
                             void *ctx)
{
    static struct ny_stored_visit visit;

    (void)r;
    visit.text[NY_VISIT_CLASS] = NY_S("I");
    visit.text[NY_VISIT_ATTENDING] = NY_S("D1^髙橋&A^一郎~D\\T\\2");
    visit.text[NY_VISIT_DISCHARGED] = NY_S("20260102");
    for (size_t i = 0; i < page->n; i++) {
        page->hits[i].patient = fake_patient(a, page->hits[i].person);
        page->hits[i].visit = page->hits[i].person == 1 ? &visit : NULL;
        if (page->hits[i].patient == NULL) {
            fn(ctx, NY_ELIMIT, NULL);
            return;
        }
    }
    fn(ctx, NY_OK, page);
}

void ny_registry_patient_read(struct ny_registry *r, struct ny_arena *a, int64_t person,
                              void (*fn)(void *ctx, ny_rc rc, const struct ny_patient *patient),
                              void *ctx)
{
    fn(ctx, r->fail_read, r->fail_read == NY_OK ? fake_patient(a, person) : NULL);
}

void ny_registry_search_cancel(struct ny_registry *r, ny_str who, ny_str tag)
{
    snprintf(r->cancel_text, FAKE_TEXT, "%.*s %.*s", NY_ARG(who), NY_ARG(tag));
}
