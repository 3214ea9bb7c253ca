/* What undoes a word, and the way of every undo: read what is to be undone, plan, look, say.
 *
 *   p12 ─▶ its row   ─▶ what was said of its two before it
 *   e41 ─▶ its sides ─▶ undo_event.c
 *
 * Other words, other pairs and what came since stay; so a word that something newer stands on top
 * of cannot be undone alone. The words that undo one thing carry its name in their stamps: to undo
 * one of them is to undo them all. */

#include "undo_priv.h"

/* ---- a word ---- */

/* Said together with it by a clerk, to undo one thing: no message has such a stamp. */
static bool is_of_stamp(const struct ny_index_pin *p, const struct ny_index_pin *said)
{
    static const uint8_t none[NY_SHA256_LEN];

    return p->stamp.control_id.n > 0 && memcmp(p->stamp.hash, none, sizeof(none)) == 0 &&
           ny_stamp_compare(&p->stamp, &said->stamp) == 0;
}

/* It was taken back, or said again, already. */
static bool is_turned(const struct ny_index *ix, const struct ny_index_pin *said)
{
    const struct ny_index_pin *p;
    uint32_t cursor = 0;

    while ((p = ny_index_pin_next(ix, said->a, &cursor)) != NULL) {
        if (ny_link_is_against(ix, p, said)) {
            return true;
        }
    }
    return false;
}

/* A merge that is undone has to stand, and the id that it gives back to have values. */
static enum ny_undo unmerge_check(const struct ny_index *ix, const struct ny_index_pin *said)
{
    const struct ny_index_pin *merge = ny_link_merge_of(ix, said->a);
    struct ny_index_identity x;
    struct ny_record record;

    if (merge == NULL || merge->b != said->b) {
        return NY_UNDO_NEWER;
    }
    ny_index_get(ix, said->a, &x);
    return ny_record_unpack(x.record, &record) != NY_OK || (record.flags & NY_RECORD_GONE) != 0
               ? NY_UNDO_NO_VALUES
               : NY_UNDO_FOUND;
}

static bool is_planned(const struct undoing *u, const struct ny_index_pin *word)
{
    for (size_t i = 0; i < u->words.n; i++) {
        const struct ny_index_pin *p = &u->words.said[i];

        if (p->kind == word->kind && p->role == word->role && p->a == word->a && p->b == word->b) {
            return true;
        }
    }
    return false;
}

/* A word is taken back in the role that said it, so that it alone goes. */
static enum ny_undo plan_word(struct undoing *u, const struct ny_index_pin *said)
{
    const struct ny_index *ix = u->r->index;
    const bool on_two = ny_link_is_on_two(said->kind);
    const struct ny_index_pin word = {
        .a = said->a,
        .b = said->b,
        .kind = (uint8_t)ny_link_kind_against((enum ny_pin_kind)said->kind),
        .role = (uint8_t)(on_two ? said->role : u->order.role)};
    enum ny_undo result = NY_UNDO_FOUND;

    if (is_planned(u, &word)) {
        return NY_UNDO_FOUND; /* met at its other end */
    }
    if (said->role > (unsigned)u->order.role) {
        return NY_UNDO_HIGHER;
    }
    if (is_turned(ix, said) ||
        (on_two && ny_link_is_overruled(&u->r->link, u->words.arena, said))) {
        return NY_UNDO_NEWER;
    }
    if (word.kind == NY_PIN_UNMERGE) {
        result = unmerge_check(ix, said);
    }
    if (result == NY_UNDO_FOUND) {
        ny_undo_plan(u, word.a, word.b, word.kind, word.role);
    }
    return result;
}

/* All that was said together with it: such words hang together by their identities. */
static enum ny_undo plan_words(struct undoing *u, const struct ny_index_pin *said)
{
    struct ny_link_set ends = {0};
    enum ny_undo result = NY_UNDO_FOUND;

    if (!is_of_stamp(said, said)) {
        return plan_word(u, said);
    }
    ny_link_set_add(&ends, u->words.arena, said->a);
    for (size_t i = 0; i < ends.n; i++) {
        const struct ny_index_pin *p;
        uint32_t cursor = 0;

        while ((p = ny_index_pin_next(u->r->index, ends.ids[i], &cursor)) != NULL) {
            if (is_of_stamp(p, said) && result == NY_UNDO_FOUND) {
                ny_link_set_add(&ends, u->words.arena, p->a == ends.ids[i] ? p->b : p->a);
                result = plan_word(u, p);
            }
        }
    }
    return result;
}

static ny_rc look_at_word(struct undoing *u)
{
    const struct ny_index_pin said = ny_pin_of_row(&u->word->row);

    u->out.result = plan_words(u, &said);
    return u->out.result == NY_UNDO_FOUND ? ny_words_look(u->r, &u->words, &u->out.outcome) : NY_OK;
}

/* ---- the way ---- */

static void undo_audit(const struct undoing *u, struct ny_store_batch *rows)
{
    const bool refused =
        u->out.result != NY_UNDO_FOUND || u->out.outcome.check.result == NY_WORD_CONTRADICTED;
    ny_str decision =
        ny_arena_printf(u->words.arena, "undo %c%lld%s", u->order.what, (long long)u->order.number,
                        refused            ? " refused"
                        : u->order.dry_run ? " looked at"
                                           : "");
    const struct ny_domain *d;
    ny_str id;

    if (u->out.result == NY_UNDO_FOUND && u->words.n > 0) {
        ny_words_audit_all(u->r, rows, &u->words, refused, decision);
        return;
    }
    ny_registry_identity_name(
        u->r, (uint32_t)(u->event != NULL ? u->event->identity : u->word->row.a), &d, &id);
    ny_words_audit(rows, &u->words, d->ns, ny_arena_str(u->words.arena, id), refused, decision);
}

static ny_rc undo_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    struct undoing *u = ctx;
    ny_rc rc;

    u->words.n = 0;
    u->words.number = 0; /* decided again: a batch was taken back */
    u->out = (struct ny_undo_outcome){.word = u->word, .event = u->event};
    rc = u->event != NULL ? ny_undo_look_at_event(u) : look_at_word(u);
    if (rc != NY_OK) {
        return rc;
    }
    if (u->out.result == NY_UNDO_FOUND && u->out.outcome.check.result == NY_WORD_STANDS) {
        u->out.result = NY_UNDO_NOTHING;
    }
    u->out.said = u->words.said;
    u->out.n_said = u->words.n;
    if (u->out.result == NY_UNDO_FOUND && u->out.outcome.check.result == NY_WORD_NEW &&
        !u->order.dry_run) {
        ny_words_say(r, rows, &u->words, &u->out.outcome);
    }
    undo_audit(u, rows);
    return NY_OK;
}

static void undo_confirmed(struct ny_registry *r, void *ctx)
{
    const struct undoing *u = ctx;

    ny_words_committed(r, &u->words, u->out.outcome.size);
}

static void undo_done(void *ctx, ny_rc rc)
{
    struct undoing *u = ctx;
    struct ny_arena *a = u->words.arena;

    u->fn(u->ctx, rc, rc == NY_OK ? &u->out : NULL);
    ny_arena_destroy(a);
}

/* What is to be undone was read, or is not there. */
static void undo_begin(struct undoing *u, ny_rc rc)
{
    static const struct work work = {"undo", undo_decide, undo_confirmed, undo_done};

    if (rc != NY_OK || (u->word == NULL && u->event == NULL)) {
        u->out.result = NY_UNDO_UNKNOWN;
        undo_done(u, rc);
        return;
    }
    ny_registry_work(u->r, &work, NY_STR_NONE, u); /* its audit rows name the patients */
}

static void on_word(void *ctx, ny_rc rc, const struct ny_pin_view *rows, size_t n)
{
    struct undoing *u = ctx;
    struct ny_arena *a = u->words.arena;

    if (rc == NY_OK && n > 0 && rows[0].number == u->order.number) {
        u->word = NY_ARENA_NEW(a, struct ny_pin_view);
        NY_ASSERT(u->word != NULL);
        *u->word = rows[0];
        u->word->row.who = ny_arena_str(a, rows[0].row.who);
        u->word->row.reason = ny_arena_str(a, rows[0].row.reason);
        u->word->row.stamp.control_id = ny_arena_str(a, rows[0].row.stamp.control_id);
        u->word->ns_a = ny_arena_str(a, rows[0].ns_a);
        u->word->id_a = ny_arena_str(a, rows[0].id_a);
        u->word->ns_b = ny_arena_str(a, rows[0].ns_b);
        u->word->id_b = ny_arena_str(a, rows[0].id_b);
    }
    undo_begin(u, rc);
}

static int64_t *ids_copy(struct ny_arena *a, const int64_t *ids, size_t n)
{
    int64_t *out = NY_ARENA_ARRAY(a, int64_t, n + 1);

    NY_ASSERT(out != NULL);
    if (n > 0) {
        memcpy(out, ids, n * sizeof(*out));
    }
    return out;
}

static void on_event(void *ctx, ny_rc rc, const struct ny_event_view *v)
{
    struct undoing *u = ctx;

    if (rc == NY_OK && v->identity != 0) {
        u->event = NY_ARENA_NEW(u->words.arena, struct ny_event_view);
        NY_ASSERT(u->event != NULL);
        *u->event = *v;
        u->event->moved = ids_copy(u->words.arena, v->moved, v->n_moved);
        u->event->there = ids_copy(u->words.arena, v->there, v->n_there);
        u->event->stayed = ids_copy(u->words.arena, v->stayed, v->n_stayed);
    }
    undo_begin(u, rc);
}

void ny_registry_undo(struct ny_registry *r, const struct ny_undo_order *order,
                      void (*fn)(void *ctx, ny_rc rc, const struct ny_undo_outcome *out), void *ctx)
{
    struct ny_arena *a = ny_arena_create(0);
    struct undoing *u = NY_ARENA_NEW(a, struct undoing);
    ny_str name = ny_arena_printf(a, "undo %c%lld", order->what, (long long)order->number);
    ny_rc rc;

    NY_ASSERT(u != NULL);
    *u = (struct undoing){.r = r, .order = *order, .fn = fn, .ctx = ctx};
    u->words = (struct words){
        .arena = a,
        .said = NY_ARENA_ARRAY(a, struct ny_index_pin, 2 * NY_UNDO_WORDS_MAX),
        .who = ny_arena_str(a, order->who),
        .reason = ny_str_is_empty(order->reason) ? name : ny_arena_str(a, order->reason),
        .dry_run = order->dry_run,
        .together = name};
    NY_ASSERT(u->words.said != NULL);
    rc = order->what == 'p' ? ny_store_pins(r->store, order->number - 1, 1, on_word, u)
                            : ny_store_event(r->store, order->number, on_event, u);
    if (rc != NY_OK) {
        undo_done(u, rc);
    }
}
