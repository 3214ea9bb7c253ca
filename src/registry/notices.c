/* Consumers, and their outbox as it is read and ended. */

#include "nayose/registry_notices.h"

#include "registry_priv.h"

/* ---- consumers ---- */

static struct ny_consumer_row *consumer_of(const struct ny_registry *r, int32_t id)
{
    for (size_t i = 0; i < r->n_consumers; i++) {
        if (r->consumers[i]->id == id) {
            return r->consumers[i];
        }
    }
    return NULL;
}

struct ny_consumer_row *ny_consumer_named(const struct ny_registry *r, ny_str name)
{
    for (size_t i = 0; i < r->n_consumers; i++) {
        if (ny_str_equals(r->consumers[i]->name, name)) {
            return r->consumers[i];
        }
    }
    return NULL;
}

void ny_directory_set_consumer(struct ny_registry *r, const struct ny_consumer_row *row)
{
    struct ny_consumer_row *copy = consumer_of(r, row->id);

    if (copy == NULL) {
        copy = NY_ARENA_NEW(r->directory, struct ny_consumer_row);
        NY_ASSERT(copy != NULL);
        r->consumers =
            ny_realloc(r->consumers, ny_mul_size(r->n_consumers + 1, sizeof(*r->consumers)));
        r->consumers[r->n_consumers++] = copy;
    }
    ny_consumer_copy(r->directory, row, copy);
    r->last_consumer = row->id > r->last_consumer ? row->id : r->last_consumer;
}

void ny_consumer_copy(struct ny_arena *a, const struct ny_consumer_row *row,
                      struct ny_consumer_row *out)
{
    *out = *row;
    out->name = ny_arena_str(a, row->name);
    out->host = ny_arena_str(a, row->host);
    out->path = ny_arena_str(a, row->path);
    out->app = ny_arena_str(a, row->app);
    out->facility = ny_arena_str(a, row->facility);
    out->domains = ny_arena_str(a, row->domains);
}

size_t ny_registry_consumers(const struct ny_registry *r, const struct ny_consumer_row *const **out)
{
    *out = (const struct ny_consumer_row *const *)r->consumers;
    return r->n_consumers;
}

const struct ny_consumer_row *ny_registry_consumer(const struct ny_registry *r, int32_t id)
{
    return consumer_of(r, id);
}

void ny_notices_wake(struct ny_registry *r)
{
    if (r->on_notices.fn != NULL) {
        r->on_notices.fn(r->on_notices.ctx);
    }
}

void ny_registry_on_notices(struct ny_registry *r, void (*fn)(void *ctx), void *ctx)
{
    r->on_notices.fn = fn;
    r->on_notices.ctx = ctx;
}

/* ---- works: each lives in its own arena ---- */

struct change {
    struct ny_arena *arena;
    struct ny_registry *registry;
    struct ny_consumer_row consumer; /* of a change of a consumer */
    struct ny_notice_end_row end;
    ny_str ids, domains; /* that were told */
    size_t n_ids;
    bool again; /* the person is told of anew */
    ny_str peer, who, reason;
    void (*fn)(void *ctx, ny_rc rc);
    void *ctx;
};

static struct change *change_create(struct ny_registry *r, void (*fn)(void *ctx, ny_rc rc),
                                    void *ctx)
{
    struct ny_arena *a = ny_arena_create(0);
    struct change *c = NY_ARENA_NEW(a, struct change);

    NY_ASSERT(c != NULL);
    *c = (struct change){.arena = a, .registry = r, .fn = fn, .ctx = ctx};
    return c;
}

static void change_done(void *ctx, ny_rc rc)
{
    struct change *c = ctx;
    struct ny_arena *a = c->arena;

    if (c->fn != NULL) {
        c->fn(c->ctx, rc);
    }
    ny_arena_destroy(a);
}

static ny_rc consumer_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    struct change *c = ctx;
    const struct ny_consumer_row *known = ny_consumer_named(r, c->consumer.name);

    /* Two of one name: the table refuses, once. */
    c->consumer.id = known != NULL ? known->id : ++r->last_consumer;
    ny_store_add_consumer(rows, &c->consumer);
    return NY_OK;
}

static void consumer_confirmed(struct ny_registry *r, void *ctx)
{
    const struct change *c = ctx;

    ny_directory_set_consumer(r, &c->consumer);
}

void ny_registry_consumer_set(struct ny_registry *r, const struct ny_consumer_row *row, ny_str who,
                              void (*fn)(void *ctx, ny_rc rc), void *ctx)
{
    static const struct work work = {"consumer set", consumer_decide, consumer_confirmed,
                                     change_done};
    struct change *c = change_create(r, fn, ctx);

    ny_consumer_copy(c->arena, row, &c->consumer);
    ny_registry_work_on(r, &work, who, c->consumer.name, c);
}

/* ---- ending a notice ---- */

/* A notice is audited when the consumer has the identifiers, refused or not (our audit rules 3). */
static void end_audit(const struct ny_registry *r, struct ny_store_batch *rows,
                      const struct change *c)
{
    const struct ny_consumer_row *consumer = ny_registry_consumer(r, c->end.consumer);
    const bool sent = c->end.end != NY_NOTICE_DROPPED;
    const struct ny_audit_row row = {
        .at_us = c->end.at_us,
        .kind = sent ? NY_S("notify") : NY_S("admin"),
        .action = sent ? NY_S("R") : NY_S("E"),
        .outcome = c->end.end == NY_NOTICE_PARKED ? NY_AUDIT_MINOR : NY_AUDIT_OK,
        .user_id = sent && consumer != NULL ? consumer->name : c->who,
        .peer_addr = c->peer,
        .transaction = consumer != NULL && consumer->path.n > 0 ? NY_S("ITI-46") : NY_S("ITI-10"),
        .message_id = ny_arena_printf(c->arena, "N%lld", (long long)c->end.seq),
        .person = c->end.person,
        .query_payload = c->ids,
        .domains_returned = c->domains,
        .hits = (int32_t)c->n_ids,
        .decision = !sent ? (c->again ? NY_S("notify retry") : NY_S("notify drop"))
                    : c->end.end == NY_NOTICE_TOLD ? NY_S("AA")
                                                   : c->end.answer,
        .reason = c->reason,
    };

    ny_store_add_audit(rows, &row);
}

static ny_rc end_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    struct change *c = ctx;
    const struct ny_consumer_row *consumer = ny_registry_consumer(r, c->end.consumer);

    ny_store_end_notice(rows, &c->end);
    end_audit(r, rows, c);
    if (c->again && consumer != NULL) {
        (void)ny_outbox_add(r, rows, consumer, (uint32_t)c->end.person);
    }
    return NY_OK;
}

static const struct work end_work = {"notice end", end_decide, NULL, change_done};

/* What was told, for the audit: "F01^1~F02^7", and the domains. */
static void told_write(struct change *c, const struct ny_notice *n)
{
    struct ny_buf ids;

    ny_buf_init(&ids, c->arena);
    for (size_t i = 0; i < n->n_ids; i++) {
        const struct ny_domain *d = n->ids[i].domain;

        ny_buf_printf(&ids, "%s%.*s^%.*s", i > 0 ? "~" : "", NY_ARG(d->ns), NY_ARG(n->ids[i].id));
    }
    c->ids = ny_buf_str(&ids);
    c->domains = ny_known_ids_domains(c->arena, n->ids, n->n_ids);
    c->n_ids = n->n_ids;
}

void ny_registry_notice_end(struct ny_registry *r, const struct ny_notice *notice,
                            enum ny_notice_end end, ny_str answer, ny_str peer_addr,
                            void (*fn)(void *ctx, ny_rc rc), void *ctx)
{
    struct change *c = change_create(r, fn, ctx);

    c->end = (struct ny_notice_end_row){.seq = notice->seq,
                                        .consumer = notice->consumer,
                                        .person = notice->person,
                                        .end = end,
                                        .answer = ny_arena_str(c->arena, answer),
                                        .at_us = ny_clock_now_us()};
    c->peer = ny_arena_str(c->arena, peer_addr);
    told_write(c, notice);
    ny_registry_work(r, &end_work, NY_STR_NONE, c);
}

/* The row of the notice was read. */
static void on_found(void *ctx, ny_rc rc, const struct ny_notice_view *rows, size_t n)
{
    struct change *c = ctx;

    if (rc != NY_OK || n == 0 || rows[0].seq != c->end.seq) {
        change_done(c, rc != NY_OK ? rc : NY_ENOTFOUND);
        return;
    }
    c->end.consumer = rows[0].row.consumer;
    c->end.person = rows[0].row.person;
    c->end.end = NY_NOTICE_DROPPED;
    c->end.at_us = ny_clock_now_us();
    ny_registry_work(c->registry, &end_work, NY_STR_NONE, c);
}

static void end_by_clerk(struct ny_registry *r, int64_t seq, struct change *c)
{
    ny_rc rc;

    c->end.seq = seq;
    rc = ny_store_notices(r->store, false, seq - 1, 1, on_found, c);
    if (rc != NY_OK) {
        change_done(c, rc);
    }
}

void ny_registry_notice_retry(struct ny_registry *r, int64_t seq, ny_str who,
                              void (*fn)(void *ctx, ny_rc rc), void *ctx)
{
    struct change *c = change_create(r, fn, ctx);

    c->again = true;
    c->who = ny_arena_str(c->arena, who);
    end_by_clerk(r, seq, c);
}

void ny_registry_notice_drop(struct ny_registry *r, int64_t seq, ny_str who, ny_str reason,
                             void (*fn)(void *ctx, ny_rc rc), void *ctx)
{
    struct change *c = change_create(r, fn, ctx);

    c->who = ny_arena_str(c->arena, who);
    c->reason = ny_arena_str(c->arena, reason);
    end_by_clerk(r, seq, c);
}

/* ---- reading the outbox ---- */

struct reading {
    struct ny_registry *registry;
    ny_notices_fn fn;
    void *ctx;
};

/* Identities never change their names: what is in memory now is what they were called then. */
static void notice_fill(const struct ny_registry *r, struct ny_arena *a,
                        const struct ny_notice_view *v, struct ny_notice *out)
{
    const struct ny_consumer_row *c = ny_registry_consumer(r, v->row.consumer);
    ny_str rest = v->row.identities;
    uint64_t id = 0;

    *out = (struct ny_notice){.seq = v->seq,
                              .consumer = v->row.consumer,
                              .person = v->row.person,
                              .at_us = v->row.at_us,
                              .parked = v->parked,
                              .answer = v->answer};
    out->ids = NY_ARENA_ARRAY(a, struct ny_known_id, rest.n / 2 + 2);
    NY_ASSERT(out->ids != NULL);
    while (!ny_str_is_empty(rest)) {
        struct ny_index_identity x;

        if (ny_str_to_u64(ny_str_split(&rest, ','), 1, ny_index_count(r->index), &id) == NY_OK) {
            ny_index_get(r->index, (uint32_t)id, &x);
            out->ids[out->n_ids++] =
                (struct ny_known_id){ny_registry_domain(r, x.domain), ny_arena_str(a, x.local_id)};
        }
    }
    if (c != NULL && ny_consumer_wants(c, r->regional)) {
        out->ids[out->n_ids++] = (struct ny_known_id){
            r->regional, ny_registry_regional_id(r, (uint32_t)v->row.person, a)};
    }
}

static void on_rows(void *ctx, ny_rc rc, const struct ny_notice_view *rows, size_t n)
{
    struct reading x = *(struct reading *)ctx;
    struct ny_arena *a = ny_arena_create(0);
    struct ny_notice *notices = NY_ARENA_ARRAY(a, struct ny_notice, n + 1);

    ny_free(ctx);
    NY_ASSERT(notices != NULL);
    for (size_t i = 0; i < n; i++) {
        notice_fill(x.registry, a, &rows[i], &notices[i]);
    }
    x.fn(x.ctx, rc, notices, n);
    ny_arena_destroy(a);
}

static struct reading *reading_create(struct ny_registry *r, ny_notices_fn fn, void *ctx)
{
    struct reading *x = ny_calloc(1, sizeof(*x));

    *x = (struct reading){r, fn, ctx};
    return x;
}

void ny_registry_notices_next(struct ny_registry *r, int32_t consumer, int64_t after, int32_t limit,
                              ny_notices_fn fn, void *ctx)
{
    struct reading *x = reading_create(r, fn, ctx);
    ny_rc rc = ny_store_notices_next(r->store, consumer, after, limit, on_rows, x);

    if (rc != NY_OK) {
        on_rows(x, rc, NULL, 0);
    }
}

void ny_registry_notices(struct ny_registry *r, bool parked_only, int64_t after, int32_t limit,
                         ny_notices_fn fn, void *ctx)
{
    struct reading *x = reading_create(r, fn, ctx);
    ny_rc rc = ny_store_notices(r->store, parked_only, after, limit, on_rows, x);

    if (rc != NY_OK) {
        on_rows(x, rc, NULL, 0);
    }
}
