/* A clerk's word about two identities: looked at first, then said.
 *
 *   check against what is in force ─▶ groups before and after ─▶ pin, regroup   (unless dry_run)
 *                └▶ refused with the way of the contradiction ─▶ audit
 *
 * The groups to come are computed on the index itself and taken back. */

#include <stdlib.h>

#include "nayose/registry_desk.h"
#include "nayose/registry_pins.h"

#include "registry_priv.h"

/* A word under way; lives in its own arena. */
struct saying {
    struct ny_arena *arena;
    struct ny_word word;
    struct ny_word_outcome out;
    void (*fn)(void *ctx, ny_rc rc, const struct ny_word_outcome *out);
    void *ctx;
};

/* ---- groups before and after ---- */

/* A node with the person that it belongs to. */
struct belonging {
    uint32_t person, node;
};

static int by_person(const void *pa, const void *pb)
{
    const struct belonging *a = pa;
    const struct belonging *b = pb;

    if (a->person != b->person) {
        return a->person < b->person ? -1 : 1;
    }
    return (a->node > b->node) - (a->node < b->node);
}

/* before[i]: the first node of node i's person. */
static void groups_now(const struct ny_registry *r, struct ny_arena *a,
                       const struct ny_link_groups *g, uint32_t *before)
{
    struct belonging *all = NY_ARENA_ARRAY(a, struct belonging, g->n);

    NY_ASSERT(all != NULL);
    for (uint32_t i = 0; i < g->n; i++) {
        struct ny_index_identity x;

        ny_index_get(r->index, g->nodes[i], &x);
        all[i] = (struct belonging){x.person, i};
    }
    qsort(all, g->n, sizeof(*all), by_person);
    for (size_t i = 0, first = 0; i < g->n; i++) {
        first = all[i].person == all[first].person ? first : i;
        before[all[i].node] = all[first].node;
    }
}

/* Keeps the groups that change, and those of the two, before or after. */
static void members_collect(struct saying *s, const struct ny_link_groups *g,
                            const uint32_t *before, const struct ny_index_pin *said)
{
    bool *told = NY_ARENA_ARRAY(s->arena, bool, 2 * g->n); /* groups before, groups after */
    struct ny_word_member *out = NY_ARENA_ARRAY(s->arena, struct ny_word_member, g->n);

    NY_ASSERT(told != NULL && out != NULL);
    for (size_t i = 0; i < g->n; i++) {
        if (g->nodes[i] == said->a || g->nodes[i] == said->b ||
            g->group[before[i]] != g->group[i] || before[g->group[i]] != before[i]) {
            told[before[i]] = told[g->n + g->group[i]] = true;
        }
    }
    s->out.members = out;
    s->out.n_members = 0;
    for (size_t i = 0; i < g->n; i++) {
        if (told[before[i]] || told[g->n + g->group[i]]) {
            out[s->out.n_members++] =
                (struct ny_word_member){g->nodes[i], g->nodes[before[i]], g->nodes[g->group[i]]};
        }
    }
}

static ny_rc groups_foresee(struct ny_registry *r, struct saying *s,
                            const struct ny_index_pin *said, const struct ny_link_set *seeds)
{
    uint64_t mark = ny_index_mark(r->index);
    struct ny_link quiet = r->link;
    struct ny_link_groups g;
    ny_rc rc;

    quiet.sink = (struct ny_link_sink){.domain_is_held = r->link.sink.domain_is_held,
                                       .ctx = r->link.sink.ctx};
    ny_index_pin_add(r->index, said);
    rc = ny_link_regroup(&quiet, s->arena, seeds, &g);
    if (rc == NY_OK) {
        uint32_t *before = NY_ARENA_ARRAY(s->arena, uint32_t, g.n);

        NY_ASSERT(before != NULL);
        groups_now(r, s->arena, &g, before);
        members_collect(s, &g, before, said);
    }
    ny_index_undo_to(r->index, mark);
    return rc;
}

/* ---- the word ---- */

/* The row of the desk that goes with the pin. */
static void desk_keep(struct ny_store_batch *rows, const struct saying *s,
                      const struct ny_index_pin *said)
{
    const struct ny_decision_undo_row undo = {s->word.undoes, s->word.who, said->stamp.at_us};
    const struct ny_index_pin *before = s->out.check.before;

    if (s->word.undoes != 0) {
        ny_store_undo_decision(rows, &undo);
    }
    if (s->word.decision != NULL) {
        struct ny_decision_row row = *s->word.decision;

        row.a = said->a;
        row.b = said->b;
        row.said_us = said->stamp.at_us;
        row.before = before != NULL ? (enum ny_pin_kind)before->kind : 0;
        ny_store_add_decision(rows, &row);
    }
}

/* A decision answers a question that stands; an undo takes back the word that is in force. */
static bool is_moot(struct ny_registry *r, const struct saying *s, const uint32_t ids[2])
{
    const struct ny_index_pin *before = s->out.check.before;
    struct ny_case c;

    if (s->word.undoes != 0) {
        return before == NULL || before->role != (uint8_t)s->word.role ||
               before->stamp.at_us != s->word.said_us;
    }
    if (s->word.decision == NULL) {
        return false;
    }
    ny_registry_case(r, ids[0], ids[1], &c);
    return c.state == 0;
}

static void pin_keep(struct ny_registry *r, struct ny_store_batch *rows, const struct saying *s,
                     const struct ny_index_pin *said, const struct ny_link_set *seeds)
{
    const struct ny_pin_row row = {.a = said->a,
                                   .b = said->b,
                                   .kind = s->word.kind,
                                   .role = s->word.role,
                                   .who = s->word.who,
                                   .stamp = said->stamp,
                                   .total_b1024 = said->total_b1024,
                                   .reason = s->word.reason};
    const struct reason why = {NY_CAUSE_DECISION, 0};

    ny_index_pin_add(r->index, said);
    ny_store_add_pin(rows, &row);
    desk_keep(rows, s, said);
    ny_registry_regroup(r, seeds, &why);
}

/* Numbers of the two; what cannot be found is told in out.missing. */
static void identities_find(const struct ny_registry *r, struct saying *s, uint32_t ids[2])
{
    s->out.missing = 0;
    for (int k = 1; k >= 0; k--) {
        struct ny_index_identity x;

        ids[k] = ny_registry_identity_number(r, s->word.domains[k], s->word.ids[k]);
        if (ids[k] != 0) {
            ny_index_get(r->index, ny_link_survivor(r->index, ids[k]), &x);
        }
        if (ids[k] == 0 || x.status == NY_IDENTITY_DELETED) {
            s->out.missing = k + 1;
        }
    }
}

static ny_rc word_look(struct ny_registry *r, struct ny_store_batch *rows, struct saying *s)
{
    struct ny_index_pin said = {.kind = (uint8_t)s->word.kind, .role = (uint8_t)s->word.role};
    struct ny_link_set seeds = {0};
    uint32_t ids[2];
    ny_rc rc;

    identities_find(r, s, ids);
    if (s->out.missing != 0) {
        return NY_OK;
    }
    said.a = ids[0];
    said.b = ids[1];
    ny_link_set_add(&seeds, s->arena, said.a);
    ny_link_set_add(&seeds, s->arena, said.b);
    rc = ny_link_word_check(&r->link, s->arena, &said, &s->out.check);
    s->out.is_moot = rc == NY_OK && is_moot(r, s, ids);
    if (rc != NY_OK || s->out.is_moot || s->out.check.result != NY_WORD_NEW) {
        return rc;
    }
    said.total_b1024 = s->out.check.total_b1024;
    /* What a clerk says is said of what he sees, however far ahead a sender's clock is. */
    said.stamp.at_us = ny_clock_now_us();
    if (s->out.check.newest_us != NY_NEVER && s->out.check.newest_us >= said.stamp.at_us) {
        said.stamp.at_us = s->out.check.newest_us + 1;
    }
    rc = groups_foresee(r, s, &said, &seeds);
    if (rc == NY_OK && !s->word.dry_run) {
        pin_keep(r, rows, s, &said, &seeds);
    }
    return rc;
}

static void word_audit(struct ny_store_batch *rows, const struct saying *s)
{
    static const char *const names[] = {
        [NY_PIN_SAME] = "link", [NY_PIN_DIFFERENT] = "unlink", [NY_PIN_NONE] = "pin withdraw"};
    const bool refused =
        s->out.missing != 0 || s->out.is_moot || s->out.check.result == NY_WORD_CONTRADICTED;
    const char *what = refused                                 ? " refused"
                       : s->word.dry_run                       ? " looked at"
                       : s->out.check.result == NY_WORD_STANDS ? " stands"
                                                               : "";

    for (size_t k = 0; k < 2; k++) {
        const struct ny_audit_row audit = {
            .at_us = ny_clock_now_us(),
            .kind = NY_S("admin"),
            .action = s->word.dry_run ? NY_S("R") : NY_S("U"),
            .outcome = refused ? NY_AUDIT_MINOR : NY_AUDIT_OK,
            .user_id = s->word.who,
            .patient_domain = s->word.domains[k]->ns,
            .patient_id = s->word.ids[k],
            .decision = ny_arena_printf(s->arena, "%s%s", names[s->word.kind], what),
            .reason = s->word.reason,
        };

        ny_store_add_audit(rows, &audit);
    }
}

static ny_rc word_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    struct saying *s = ctx;
    ny_rc rc = word_look(r, rows, s);

    if (rc == NY_OK) {
        word_audit(rows, s);
    }
    return rc;
}

static void word_done(void *ctx, ny_rc rc)
{
    struct saying *s = ctx;
    struct ny_arena *a = s->arena;

    s->fn(s->ctx, rc, rc == NY_OK ? &s->out : NULL);
    ny_arena_destroy(a);
}

void ny_registry_word(struct ny_registry *r, const struct ny_word *word,
                      void (*fn)(void *ctx, ny_rc rc, const struct ny_word_outcome *out), void *ctx)
{
    static const struct work work = {"word", word_decide, NULL, word_done};
    struct ny_arena *a = ny_arena_create(0);
    struct saying *s = NY_ARENA_NEW(a, struct saying);

    NY_ASSERT(s != NULL);
    *s = (struct saying){.arena = a, .word = *word, .fn = fn, .ctx = ctx};
    for (size_t k = 0; k < 2; k++) {
        s->word.ids[k] = ny_arena_str(a, word->ids[k]);
    }
    if (word->decision != NULL) {
        struct ny_decision_row *row = NY_ARENA_NEW(a, struct ny_decision_row);

        NY_ASSERT(row != NULL);
        ny_decision_row_copy(a, word->decision, row);
        s->word.decision = row;
    }
    s->word.who = ny_arena_str(a, word->who);
    s->word.reason = ny_arena_str(a, word->reason);
    ny_registry_work(r, &work, NY_STR_NONE, s); /* its audit rows name the patients */
}

/* ---- what was said ---- */

void ny_registry_identity_name(const struct ny_registry *r, uint32_t id,
                               const struct ny_domain **domain, ny_str *local_id)
{
    struct ny_index_identity x;

    ny_index_get(r->index, id, &x);
    *domain = ny_registry_domain(r, x.domain);
    *local_id = x.local_id;
}

void ny_registry_pins(struct ny_registry *r, int64_t after, int32_t limit,
                      void (*fn)(void *ctx, ny_rc rc, const struct ny_pin_view *rows, size_t n),
                      void *ctx)
{
    ny_rc rc = ny_store_pins(r->store, after, limit, fn, ctx);

    if (rc != NY_OK) {
        fn(ctx, rc, NULL, 0);
    }
}

bool ny_registry_pin_stands(struct ny_registry *r, const struct ny_pin_row *row, bool *doubted)
{
    const struct ny_index_pin pin = {.a = (uint32_t)row->a,
                                     .b = (uint32_t)row->b,
                                     .kind = (uint8_t)row->kind,
                                     .role = (uint8_t)row->role,
                                     .pair = (uint16_t)row->pair,
                                     .total_b1024 = row->total_b1024,
                                     .stamp = row->stamp};
    struct ny_arena *a = ny_arena_create(0);
    struct ny_link_check c;
    bool stands = ny_link_word_check(&r->link, a, &pin, &c) == NY_OK && c.before != NULL &&
                  c.before->kind == pin.kind && c.before->role == pin.role &&
                  c.before->pair == pin.pair && ny_stamp_compare(&c.before->stamp, &pin.stamp) == 0;

    *doubted = stands && ny_link_pin_is_doubted(&r->link, &pin);
    ny_arena_destroy(a);
    return stands;
}
