/* Words that wait for a second person: kept when they are proposed, said when another user confirms
 * them, dropped when somebody rejects them. Memory knows what is committed. */

#include "nayose/registry_pins.h"

#include "registry_priv.h"

struct proposal {
    struct ny_proposal view; /* first: the list is one of views, too */
    struct ny_arena *arena;
    struct ny_index_pin *said; /* [cap] */
    size_t cap;
};

/* ---- memory ---- */

static void proposal_destroy(struct proposal *p)
{
    ny_free(p->said);
    ny_arena_destroy(p->arena);
    ny_free(p);
}

void ny_proposals_free(struct proposals *all)
{
    for (size_t i = 0; i < all->n; i++) {
        proposal_destroy(all->v[i]);
    }
    ny_free(all->v);
    *all = (struct proposals){0};
}

static size_t proposal_place(const struct ny_registry *r, int64_t number)
{
    size_t i = 0;

    while (i < r->proposals.n && r->proposals.v[i]->view.number != number) {
        i++;
    }
    return i;
}

static struct proposal *proposal_new(struct ny_registry *r, const struct ny_proposal_row *row)
{
    struct proposals *all = &r->proposals;
    struct proposal *p = ny_calloc(1, sizeof(*p));

    if (all->n == all->cap) {
        all->cap = all->cap > 0 ? 2 * all->cap : 8;
        all->v = ny_realloc(all->v, ny_mul_size(all->cap, sizeof(*all->v)));
    }
    p->arena = ny_arena_create(0);
    p->view = (struct ny_proposal){.number = row->number,
                                   .at_us = row->at_us,
                                   .role = row->role,
                                   .who = ny_arena_str(p->arena, row->who),
                                   .reason = ny_arena_str(p->arena, row->reason),
                                   .together = ny_arena_str(p->arena, row->together),
                                   .size = (size_t)row->size};
    return all->v[all->n++] = p;
}

/* A word more of the proposal that it is of; words of one come together. */
static void word_keep(struct ny_registry *r, const struct ny_proposal_row *row)
{
    size_t at = proposal_place(r, row->number);
    struct proposal *p = at < r->proposals.n ? r->proposals.v[at] : proposal_new(r, row);

    if (p->view.n_said == p->cap) {
        p->cap = p->cap > 0 ? 2 * p->cap : 1;
        p->said = ny_realloc(p->said, ny_mul_size(p->cap, sizeof(*p->said)));
    }
    p->said[p->view.n_said++] = (struct ny_index_pin){.a = (uint32_t)row->a,
                                                      .b = (uint32_t)row->b,
                                                      .kind = (uint8_t)row->kind,
                                                      .role = (uint8_t)row->role};
    p->view.said = p->said;
}

ny_rc ny_proposal_load(struct ny_registry *r, const struct ny_proposal_row *row, int64_t last)
{
    r->last_proposal = last;
    if (row != NULL) {
        word_keep(r, row);
    }
    return NY_OK;
}

size_t ny_registry_proposals(const struct ny_registry *r, const struct ny_proposal *const **out)
{
    *out = (const struct ny_proposal *const *)r->proposals.v;
    return r->proposals.n;
}

static bool is_of_pair(const struct ny_index_pin *p, int64_t a, int64_t b)
{
    return (p->a == a && p->b == b) || (p->a == b && p->b == a);
}

int64_t ny_registry_proposal_of(const struct ny_registry *r, int64_t a, int64_t b)
{
    for (size_t i = 0; i < r->proposals.n; i++) {
        const struct ny_proposal *p = &r->proposals.v[i]->view;

        for (size_t k = 0; k < p->n_said; k++) {
            if (is_of_pair(&p->said[k], a, b)) {
                return p->number;
            }
        }
    }
    return 0;
}

/* ---- proposing ---- */

static struct ny_proposal_row row_of(const struct words *w, size_t i, size_t size)
{
    return (struct ny_proposal_row){.number = w->number,
                                    .pair = (int32_t)i,
                                    .a = w->said[i].a,
                                    .b = w->said[i].b,
                                    .kind = (enum ny_pin_kind)w->said[i].kind,
                                    .role = (enum ny_pin_role)w->said[i].role,
                                    .who = w->who,
                                    .at_us = w->said[0].stamp.at_us,
                                    .reason = w->reason,
                                    .together = w->together,
                                    .size = (int32_t)size,
                                    .undoes = w->undoes};
}

static bool says_the_same(const struct ny_proposal *p, const struct words *w)
{
    bool same = p->n_said == w->n;

    for (size_t i = 0; i < w->n && same; i++) {
        same = p->said[i].kind == w->said[i].kind &&
               is_of_pair(&p->said[i], w->said[i].a, w->said[i].b);
    }
    return same;
}

int64_t ny_proposal_add(struct ny_registry *r, struct ny_store_batch *rows, struct words *w,
                        size_t size)
{
    for (size_t i = 0; i < r->proposals.n; i++) {
        if (says_the_same(&r->proposals.v[i]->view, w)) {
            return r->proposals.v[i]->view.number;
        }
    }
    w->number = ++r->last_proposal;
    for (size_t i = 0; i < w->n; i++) {
        const struct ny_proposal_row row = row_of(w, i, size);

        ny_store_add_proposal(rows, &row);
    }
    return w->number;
}

void ny_words_committed(struct ny_registry *r, const struct words *w, size_t size)
{
    for (size_t i = 0; i < w->n && w->number != 0; i++) {
        const struct ny_proposal_row row = row_of(w, i, size);

        word_keep(r, &row);
    }
}

/* ---- confirming ---- */

struct confirming {
    struct ny_registry *r;
    struct ny_confirm_order order;
    struct words words;
    struct ny_proposal proposal; /* as it was when it was decided */
    struct ny_confirm_outcome out;
    void (*fn)(void *ctx, ny_rc rc, const struct ny_confirm_outcome *out);
    void *ctx;
};

/* A word by a role as high, of a clerk at least if it is not to be taken back, said of the two
 * after they had been proposed to be what `said` says. */
static bool is_overruled(struct ny_registry *r, struct ny_arena *a, const struct ny_proposal *p,
                         const struct ny_index_pin *said)
{
    struct ny_index_pin then = *said;

    then.stamp = (struct ny_stamp){.at_us = p->at_us};
    if (said->kind <= NY_PIN_NONE) {
        then.role = NY_ROLE_CLERK;
    }
    return ny_link_is_on_two(said->kind) && ny_link_is_overruled(&r->link, a, &then);
}

/* Something was said of the same after it had been proposed. */
static bool is_overtaken(struct ny_registry *r, struct ny_arena *a, const struct ny_proposal *p)
{
    for (size_t i = 0; i < p->n_said; i++) {
        const struct ny_index_pin *said;
        uint32_t cursor = 0;

        if (is_overruled(r, a, p, &p->said[i])) {
            return true;
        }
        while ((said = ny_index_pin_next(r->index, p->said[i].a, &cursor)) != NULL) {
            if (said->role >= NY_ROLE_CLERK && said->stamp.at_us > p->at_us &&
                ny_pins_are_about(r->index, said, &p->said[i])) {
                return true;
            }
        }
    }
    return false;
}

/* The proposal and its words, in the arena: who ends it first may free it. */
static void proposal_copy(struct confirming *c, const struct ny_proposal *p)
{
    struct ny_arena *a = c->words.arena;
    struct ny_index_pin *said = NY_ARENA_ARRAY(a, struct ny_index_pin, 2 * p->n_said);

    NY_ASSERT(said != NULL);
    memcpy(said, p->said, p->n_said * sizeof(*said));
    memcpy(said + p->n_said, p->said, p->n_said * sizeof(*said));
    c->words.said = said; /* a look drops what stands */
    c->words.n = p->n_said;
    c->words.who = ny_arena_str(a, p->who);
    c->words.together = ny_arena_str(a, p->together);
    c->words.reason =
        ny_arena_printf(a, "%.*s (confirmed by %.*s)", NY_ARG(p->reason), NY_ARG(c->order.who));
    c->proposal = *p;
    c->proposal.who = c->words.who;
    c->proposal.together = c->words.together;
    c->proposal.reason = ny_arena_str(a, p->reason);
    c->proposal.said = said + p->n_said;
    c->out.proposal = &c->proposal;
}

static ny_rc confirm_look(struct confirming *c, struct ny_store_batch *rows,
                          const struct ny_proposal *p)
{
    const bool confirms = c->order.how == NY_PROPOSAL_CONFIRMED;
    struct ny_proposal_end_row end = {.number = p->number,
                                      .how = c->order.how,
                                      .who = c->order.who,
                                      .reason = c->order.reason,
                                      .at_us = ny_clock_now_us()};
    ny_rc rc = NY_OK;

    proposal_copy(c, p);
    c->out.result = !confirms                               ? NY_CONFIRM_DONE
                    : ny_str_equals(p->who, c->order.who)   ? NY_CONFIRM_OWN
                    : is_overtaken(c->r, c->words.arena, p) ? NY_CONFIRM_OVERTAKEN
                                                            : NY_CONFIRM_DONE;
    if (confirms && c->out.result == NY_CONFIRM_DONE) {
        rc = ny_words_look(c->r, &c->words, &c->out.outcome);
    }
    if (rc != NY_OK || c->out.result != NY_CONFIRM_DONE || c->order.dry_run ||
        c->out.outcome.check.result == NY_WORD_CONTRADICTED) {
        return rc;
    }
    if (confirms && c->out.outcome.check.result == NY_WORD_NEW) {
        const struct ny_index_pin *before = c->out.outcome.check.before;

        ny_words_keep(c->r, rows, &c->words);
        end.said_us = c->words.said[0].stamp.at_us;
        end.before = before != NULL ? (enum ny_pin_kind)before->kind : 0;
    }
    ny_store_end_proposal(rows, &end);
    return NY_OK;
}

static void confirm_audit(struct confirming *c, struct ny_store_batch *rows)
{
    const bool refused =
        c->out.result != NY_CONFIRM_DONE || c->out.outcome.check.result == NY_WORD_CONTRADICTED;
    struct words by = c->words;

    /* NOLINTNEXTLINE(performance-no-int-to-ptr): our own copy (proposal_copy) */
    by.said = (struct ny_index_pin *)(uintptr_t)c->proposal.said;
    by.n = c->proposal.n_said;
    by.who = c->order.who;
    by.reason = c->order.reason;
    ny_words_audit_all(c->r, rows, &by, refused,
                       ny_arena_printf(by.arena, "pin %s %lld%s",
                                       c->order.how == NY_PROPOSAL_CONFIRMED ? "confirm" : "reject",
                                       (long long)c->order.number,
                                       refused            ? " refused"
                                       : c->order.dry_run ? " looked at"
                                                          : ""));
}

static ny_rc confirm_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    struct confirming *c = ctx;
    size_t at = proposal_place(r, c->order.number);
    ny_rc rc;

    c->out = (struct ny_confirm_outcome){.result = NY_CONFIRM_UNKNOWN};
    if (at == r->proposals.n) {
        return NY_OK;
    }
    rc = confirm_look(c, rows, &r->proposals.v[at]->view);
    if (rc == NY_OK) {
        confirm_audit(c, rows);
    }
    return rc;
}

static void confirm_confirmed(struct ny_registry *r, void *ctx)
{
    const struct confirming *c = ctx;
    struct proposals *all = &r->proposals;
    size_t at = proposal_place(r, c->order.number);

    if (c->out.result != NY_CONFIRM_DONE || c->order.dry_run || at == all->n ||
        c->out.outcome.check.result == NY_WORD_CONTRADICTED) {
        return;
    }
    proposal_destroy(all->v[at]);
    memmove(&all->v[at], &all->v[at + 1], (--all->n - at) * sizeof(struct proposal *));
}

static void confirm_done(void *ctx, ny_rc rc)
{
    struct confirming *c = ctx;
    struct ny_arena *a = c->words.arena;

    c->fn(c->ctx, rc, rc == NY_OK ? &c->out : NULL);
    ny_arena_destroy(a);
}

void ny_registry_confirm(struct ny_registry *r, const struct ny_confirm_order *order,
                         void (*fn)(void *ctx, ny_rc rc, const struct ny_confirm_outcome *out),
                         void *ctx)
{
    static const struct work work = {"confirm", confirm_decide, confirm_confirmed, confirm_done};
    struct ny_arena *a = ny_arena_create(0);
    struct confirming *c = NY_ARENA_NEW(a, struct confirming);

    NY_ASSERT(c != NULL);
    *c = (struct confirming){.r = r, .order = *order, .fn = fn, .ctx = ctx};
    c->order.who = ny_arena_str(a, order->who);
    c->order.reason = ny_arena_str(a, order->reason);
    c->words.arena = a;
    c->words.dry_run = order->dry_run;
    ny_registry_work(r, &work, NY_STR_NONE, c); /* its audit rows name the patients */
}
