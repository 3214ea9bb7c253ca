/* Domains and sources: who numbers patients, and who may tell us so. */

#include "registry_priv.h"

/* ---- keeping them ---- */

/* The texts go into the arena, which has no cap. */
static void domain_copy(struct ny_arena *a, const struct ny_domain *d, struct ny_domain *out)
{
    *out = *d;
    out->ns = ny_arena_str(a, d->ns);
    out->oid = ny_arena_str(a, d->oid);
    out->type = ny_arena_str(a, d->type);
    out->name = ny_arena_str(a, d->name);
    out->source_app = ny_arena_str(a, d->source_app);
    out->source_facility = ny_arena_str(a, d->source_facility);
}

static void requester_copy(struct ny_arena *a, const struct ny_requester_row *row,
                           struct ny_requester_row *out)
{
    *out = *row;
    out->app = ny_arena_str(a, row->app);
    out->facility = ny_arena_str(a, row->facility);
    out->charset = ny_arena_str(a, row->charset);
    out->habits = ny_arena_str(a, row->habits);
    out->certificates = ny_arena_str(a, row->certificates);
}

static bool is_source_of(const struct ny_requester_row *s, const struct ny_domain *d)
{
    return ny_str_equals(s->app, d->source_app) && ny_str_equals(s->facility, d->source_facility);
}

/* The setting of the domain's own source. */
static unsigned width_of(const struct ny_registry *r, const struct ny_domain *d)
{
    for (size_t i = 0; i < r->n_sources; i++) {
        if (is_source_of(r->sources[i], d)) {
            return (unsigned)r->sources[i]->id_width;
        }
    }
    return 0;
}

static void widths_spread(struct ny_registry *r, const struct ny_requester_row *s)
{
    for (size_t i = 0; i < r->n_domains; i++) {
        if (is_source_of(s, r->domains[i])) {
            r->domains[i]->id_width = (unsigned)s->id_width;
        }
    }
}

void ny_directory_add_domain(struct ny_registry *r, const struct ny_domain *d)
{
    struct ny_domain *copy;

    ny_index_domain_set(r->index, d->id, d->oid);
    for (size_t i = 0; i < r->n_domains; i++) {
        if (r->domains[i]->id == d->id) {
            return; /* known before memory was rebuilt; a domain never changes */
        }
    }
    copy = NY_ARENA_NEW(r->directory, struct ny_domain);
    NY_ASSERT(copy != NULL);
    domain_copy(r->directory, d, copy);
    copy->id_width = width_of(r, copy);
    r->domains = ny_realloc(r->domains, ny_mul_size(r->n_domains + 1, sizeof(*r->domains)));
    r->domains[r->n_domains++] = copy;
}

struct ny_requester_row *ny_requester_of(const struct ny_registry *r, int32_t id)
{
    for (size_t i = 0; i < r->n_sources; i++) {
        if (r->sources[i]->id == id) {
            return r->sources[i];
        }
    }
    return NULL;
}

ny_str ny_requester_name(struct ny_arena *a, const struct ny_requester_row *row)
{
    return ny_arena_printf(a, "%.*s^%.*s", NY_ARG(row->app), NY_ARG(row->facility));
}

void ny_directory_set_source(struct ny_registry *r, const struct ny_requester_row *row)
{
    struct ny_requester_row *copy = ny_requester_of(r, row->id);

    if (copy == NULL) {
        copy = NY_ARENA_NEW(r->directory, struct ny_requester_row);
        NY_ASSERT(copy != NULL);
        r->sources = ny_realloc(r->sources, ny_mul_size(r->n_sources + 1, sizeof(*r->sources)));
        r->sources[r->n_sources++] = copy;
    }
    requester_copy(r->directory, row, copy);
    widths_spread(r, copy);
}

/* ---- asking for them ---- */

size_t ny_registry_domains(const struct ny_registry *r, const struct ny_domain *const **out)
{
    *out = (const struct ny_domain *const *)r->domains;
    return r->n_domains;
}

size_t ny_registry_sources(const struct ny_registry *r, const struct ny_requester_row *const **out)
{
    *out = (const struct ny_requester_row *const *)r->sources;
    return r->n_sources;
}

const struct ny_domain *ny_registry_domain(const struct ny_registry *r, int32_t id)
{
    for (size_t i = 0; i < r->n_domains; i++) {
        if (r->domains[i]->id == id) {
            return r->domains[i];
        }
    }
    return id == 0 ? r->regional : NULL;
}

const struct ny_domain *ny_registry_regional(const struct ny_registry *r)
{
    return r->regional;
}

static bool hd_names(const struct ny_hd *hd, const struct ny_domain *d)
{
    return (!ny_str_is_empty(hd->ns) && ny_str_equals(hd->ns, d->ns)) ||
           (!ny_str_is_empty(hd->oid) && ny_str_equals(hd->oid, d->oid));
}

static bool hd_contradicts(const struct ny_hd *hd, const struct ny_domain *d)
{
    return (!ny_str_is_empty(hd->ns) && !ny_str_equals(hd->ns, d->ns)) ||
           (!ny_str_is_empty(hd->oid) && !ny_str_equals(hd->oid, d->oid)) ||
           (!ny_str_is_empty(hd->type) && !ny_str_equals_nocase(hd->type, d->type));
}

enum ny_authority_result ny_registry_authority(const struct ny_registry *r, const struct ny_hd *hd,
                                               const struct ny_domain **out)
{
    const struct ny_domain *named = NULL;
    bool conflict = false;

    if (ny_str_is_empty(hd->ns) && ny_str_is_empty(hd->oid) && ny_str_is_empty(hd->type)) {
        return NY_AUTHORITY_EMPTY;
    }
    if (ny_str_is_empty(hd->oid) != ny_str_is_empty(hd->type) ||
        (ny_str_is_empty(hd->ns) && ny_str_is_empty(hd->oid))) {
        return NY_AUTHORITY_MALFORMED;
    }
    for (size_t i = 0; i <= r->n_domains; i++) {
        const struct ny_domain *d = i < r->n_domains ? r->domains[i] : r->regional;

        if (hd_names(hd, d)) {
            named = d;
            conflict |= hd_contradicts(hd, d);
        }
    }
    if (named == NULL) {
        return NY_AUTHORITY_UNKNOWN;
    }
    if (conflict) {
        return NY_AUTHORITY_CONFLICT;
    }
    *out = named;
    return NY_AUTHORITY_FOUND;
}

const struct ny_requester_row *ny_requester_find(const struct ny_registry *r, ny_str app,
                                                 ny_str facility, ny_requester_fn *fits)
{
    const struct ny_requester_row *any = NULL;

    for (size_t i = 0; i < r->n_sources; i++) {
        const struct ny_requester_row *s = r->sources[i];

        if (!ny_str_equals(s->facility, facility) || !fits(s)) {
            continue;
        }
        if (ny_str_equals(s->app, app) && !ny_str_is_empty(app)) {
            return s;
        }
        if (ny_str_is_empty(s->app)) {
            any = s;
        }
    }
    return any;
}

static bool is_known(const struct ny_requester_row *row)
{
    return row->id != 0;
}

static bool feeds(const struct ny_requester_row *row)
{
    return !row->only_asks;
}

static bool has_criteria(const struct ny_requester_row *row)
{
    return row->query_criteria != 0;
}

const struct ny_requester_row *ny_registry_source(const struct ny_registry *r, ny_str app,
                                                  ny_str facility)
{
    return ny_requester_find(r, app, facility, feeds);
}

const struct ny_requester_row *ny_registry_requester(const struct ny_registry *r, ny_str app,
                                                     ny_str facility)
{
    return ny_requester_find(r, app, facility, is_known);
}

size_t ny_registry_query_criteria(const struct ny_registry *r, ny_str app, ny_str facility,
                                  size_t standard)
{
    const struct ny_requester_row *s = ny_requester_find(r, app, facility, has_criteria);

    return s != NULL ? (size_t)s->query_criteria : standard;
}

uint32_t ny_registry_identity_number(const struct ny_registry *r, const struct ny_domain *domain,
                                     ny_str id)
{
    char buf[NY_ID_WIDTH_MAX];

    return ny_index_find(r->index, domain->id, ny_domain_local_id(domain, id, buf));
}

bool ny_registry_may_feed(const struct ny_registry *r, const struct ny_requester_row *source,
                          const struct ny_domain *domain)
{
    return domain != r->regional && ny_str_equals(domain->source_facility, source->facility) &&
           (ny_str_is_empty(domain->source_app) || ny_str_equals(domain->source_app, source->app));
}

const struct ny_domain *ny_registry_default_domain(const struct ny_registry *r,
                                                   const struct ny_requester_row *source)
{
    const struct ny_domain *only = NULL;
    size_t n = 0;

    if (source->default_domain != 0) {
        return ny_registry_domain(r, source->default_domain);
    }
    for (size_t i = 0; i < r->n_domains; i++) {
        if (ny_registry_may_feed(r, source, r->domains[i])) {
            only = r->domains[i];
            n++;
        }
    }
    return n == 1 ? only : NULL;
}

/* ---- changing them ---- */

static bool domain_is_same(const struct ny_domain *a, const struct ny_domain *b)
{
    return ny_str_equals(a->ns, b->ns) && ny_str_equals(a->oid, b->oid) &&
           ny_str_equals_nocase(a->type, b->type) && ny_str_equals(a->name, b->name) &&
           ny_str_equals(a->source_app, b->source_app) &&
           ny_str_equals(a->source_facility, b->source_facility) && a->kind == b->kind &&
           a->listed == b->listed;
}

/* A change of the directory under way; lives in its own arena. */
struct change {
    struct ny_arena *arena;
    struct ny_domain *domain;           /* new, NULL = none */
    struct ny_requester_row *requester; /* new or changed, NULL = none */
    struct ny_registry *registry;       /* that has a width before the commit, NULL = none */
    int width_before;
    void (*added)(void *ctx, ny_rc rc, enum ny_domain_add_result result);
    void (*set)(void *ctx, ny_rc rc);
    void *ctx;
};

static struct change *change_create(void *ctx)
{
    struct ny_arena *a = ny_arena_create(0);
    struct change *c = NY_ARENA_NEW(a, struct change);

    NY_ASSERT(c != NULL);
    *c = (struct change){.arena = a, .ctx = ctx};
    return c;
}

/* Every id that is known stays what it is under another width. */
static bool width_fits(const struct ny_registry *r, const struct ny_requester_row *to)
{
    char buf[NY_ID_WIDTH_MAX];

    for (uint32_t id = 1; id <= ny_index_count(r->index); id++) {
        struct ny_index_identity x;
        const struct ny_domain *d;
        struct ny_domain then;

        ny_index_get(r->index, id, &x);
        d = ny_registry_domain(r, x.domain);
        if (d == NULL || !is_source_of(to, d)) {
            continue;
        }
        then = *d;
        then.id_width = (unsigned)to->id_width;
        if (!ny_str_equals(ny_domain_local_id(&then, x.local_id, buf), x.local_id)) {
            return false;
        }
    }
    return true;
}

/* A width holds from here on, not only from the commit on: what is decided in between would else
 * bring an id of the old form behind the look that has just been taken. */
static ny_rc width_change(struct ny_registry *r, struct change *c)
{
    struct ny_requester_row *s = ny_requester_of(r, c->requester->id);

    if (s == NULL || s->id_width == c->requester->id_width) {
        return NY_OK;
    }
    if (!width_fits(r, c->requester)) {
        return NY_ECONFLICT;
    }
    c->registry = r;
    c->width_before = s->id_width;
    s->id_width = c->requester->id_width;
    widths_spread(r, s);
    return NY_OK;
}

static ny_rc change_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    struct change *c = ctx;

    if (c->requester != NULL && width_change(r, c) != NY_OK) {
        return NY_ECONFLICT;
    }
    if (c->domain != NULL) {
        ny_store_add_domain(rows, c->domain);
    }
    if (c->requester != NULL) {
        ny_store_add_requester(rows, c->requester);
    }
    return NY_OK;
}

static void change_confirmed(struct ny_registry *r, void *ctx)
{
    const struct change *c = ctx;

    if (c->domain != NULL) {
        ny_directory_add_domain(r, c->domain);
    }
    if (c->requester != NULL) {
        ny_directory_set_source(r, c->requester);
        ny_thaw_begin(r); /* watching may have ended */
    }
}

static void width_take_back(const struct change *c)
{
    if (c->registry != NULL) {
        struct ny_requester_row *s = ny_requester_of(c->registry, c->requester->id);

        s->id_width = c->width_before;
        widths_spread(c->registry, s);
    }
}

static void change_done(void *ctx, ny_rc rc)
{
    struct change *c = ctx;
    struct ny_arena *a = c->arena;

    if (rc != NY_OK) {
        width_take_back(c);
    }
    if (c->added != NULL) {
        c->added(c->ctx, rc, rc == NY_ECONFLICT ? NY_DOMAIN_CONFLICT : NY_DOMAIN_ADDED);
    } else {
        c->set(c->ctx, rc);
    }
    ny_arena_destroy(a);
}

/* The source of a new domain, unless it is known already. */
static struct ny_requester_row *new_source(const struct ny_registry *r, struct ny_arena *a,
                                           const struct ny_domain *d)
{
    struct ny_requester_row *row = NY_ARENA_NEW(a, struct ny_requester_row);

    NY_ASSERT(row != NULL);
    for (size_t i = 0; i < r->n_sources; i++) {
        if (is_source_of(r->sources[i], d)) {
            *row = *r->sources[i];
            row->only_asks = false; /* until now */
            return r->sources[i]->only_asks ? row : NULL;
        }
    }
    *row = (struct ny_requester_row){.id = (int32_t)r->n_sources + 1,
                                     .app = d->source_app,
                                     .facility = d->source_facility,
                                     .probation = r->cfg.probation};
    return row;
}

void ny_registry_domain_add(struct ny_registry *r, const struct ny_domain *d, ny_str who,
                            void (*fn)(void *ctx, ny_rc rc, enum ny_domain_add_result result),
                            void *ctx)
{
    static const struct work work = {"domain add", change_decide, change_confirmed, change_done};
    struct change *c;

    for (size_t k = 0; k <= r->n_domains; k++) {
        const struct ny_domain *known = k < r->n_domains ? r->domains[k] : r->regional;

        if (domain_is_same(known, d)) {
            fn(ctx, NY_OK, NY_DOMAIN_SAME);
            return;
        }
        if (ny_str_equals(known->ns, d->ns) || ny_str_equals(known->oid, d->oid)) {
            fn(ctx, NY_OK, NY_DOMAIN_CONFLICT);
            return;
        }
    }
    c = change_create(ctx);
    c->added = fn;
    c->domain = NY_ARENA_NEW(c->arena, struct ny_domain);
    NY_ASSERT(c->domain != NULL);
    domain_copy(c->arena, d, c->domain);
    c->domain->id = (int32_t)r->n_domains + 1;
    c->requester = new_source(r, c->arena, c->domain);
    ny_registry_work_on(r, &work, who, c->domain->ns, c);
}

void ny_registry_source_set(struct ny_registry *r, const struct ny_requester_row *row, ny_str who,
                            void (*fn)(void *ctx, ny_rc rc), void *ctx)
{
    static const struct work work = {"source set", change_decide, change_confirmed, change_done};
    struct change *c = change_create(ctx);

    c->set = fn;
    c->requester = NY_ARENA_NEW(c->arena, struct ny_requester_row);
    NY_ASSERT(c->requester != NULL);
    requester_copy(c->arena, row, c->requester);
    if (row->id == 0) {
        c->requester->id = (int32_t)r->n_sources + 1; /* two at once: the table refuses one */
    }
    ny_registry_work_on(r, &work, who, ny_requester_name(c->arena, c->requester), c);
}
