/* A clerk's word about two identities: looked at first, then said (say.c), with what the desk keeps
 * of it. */

#include "nayose/registry_desk.h"
#include "nayose/registry_pins.h"

#include "registry_priv.h"

/* A word under way; lives in its own arena. */
struct saying {
    struct ny_word word;
    struct words words;
    struct ny_word_outcome out;
    void (*fn)(void *ctx, ny_rc rc, const struct ny_word_outcome *out);
    void *ctx;
};

/* The row of the desk that goes with the pin, or with what waits to be one: whoever says again what
 * waits already adds nothing to it. */
static void desk_keep(struct ny_store_batch *rows, const struct saying *s)
{
    const bool waits = s->out.proposed != 0;
    const struct ny_index_pin *said = &s->words.said[0];
    const struct ny_decision_undo_row undo = {s->word.undoes, s->word.who, said->stamp.at_us};
    const struct ny_index_pin *before = s->out.check.before;

    if (s->word.undoes != 0 && !waits) {
        ny_store_undo_decision(rows, &undo);
    }
    if (s->word.decision != NULL && (!waits || s->words.number != 0)) {
        struct ny_decision_row row = *s->word.decision;

        row.a = said->a;
        row.b = said->b;
        row.said_us = waits ? 0 : said->stamp.at_us;
        row.proposal = s->words.number;
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
    uint32_t ids[2];
    ny_rc rc;

    s->words.number = 0; /* decided again: a batch was taken back */
    identities_find(r, s, ids);
    if (s->out.missing != 0) {
        return NY_OK;
    }
    s->words.n = 1;
    s->words.said[0] = (struct ny_index_pin){
        .a = ids[0], .b = ids[1], .kind = (uint8_t)s->word.kind, .role = (uint8_t)s->word.role};
    rc = ny_words_look(r, &s->words, &s->out);
    s->out.is_moot = rc == NY_OK && is_moot(r, s, ids);
    if (rc == NY_OK && !s->out.is_moot && s->out.check.result == NY_WORD_NEW && !s->word.dry_run) {
        ny_words_say(r, rows, &s->words, &s->out);
        desk_keep(rows, s);
    }
    return rc;
}

static void word_audit(struct ny_store_batch *rows, const struct saying *s)
{
    static const char *const names[] = {
        [NY_PIN_SAME] = "link", [NY_PIN_DIFFERENT] = "unlink", [NY_PIN_NONE] = "pin withdraw"};
    const char *name = s->word.undoes != 0 ? "review undo" : names[s->word.kind];
    const bool refused =
        s->out.missing != 0 || s->out.is_moot || s->out.check.result == NY_WORD_CONTRADICTED;
    const char *what = refused                                 ? " refused"
                       : s->word.dry_run                       ? " looked at"
                       : s->out.proposed != 0                  ? " proposed"
                       : s->out.check.result == NY_WORD_STANDS ? " stands"
                                                               : "";

    for (size_t k = 0; k < 2; k++) {
        ny_words_audit(rows, &s->words, s->word.domains[k]->ns, s->word.ids[k], refused,
                       ny_arena_printf(s->words.arena, "%s%s", name, what));
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

static void word_confirmed(struct ny_registry *r, void *ctx)
{
    const struct saying *s = ctx;

    ny_words_committed(r, &s->words, s->out.size);
}

static void word_done(void *ctx, ny_rc rc)
{
    struct saying *s = ctx;
    struct ny_arena *a = s->words.arena;

    s->fn(s->ctx, rc, rc == NY_OK ? &s->out : NULL);
    ny_arena_destroy(a);
}

void ny_registry_word(struct ny_registry *r, const struct ny_word *word,
                      void (*fn)(void *ctx, ny_rc rc, const struct ny_word_outcome *out), void *ctx)
{
    static const struct work work = {"word", word_decide, word_confirmed, word_done};
    struct ny_arena *a = ny_arena_create(0);
    struct saying *s = NY_ARENA_NEW(a, struct saying);

    NY_ASSERT(s != NULL);
    *s = (struct saying){.word = *word, .fn = fn, .ctx = ctx};
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
    s->words = (struct words){.arena = a,
                              .said = NY_ARENA_NEW(a, struct ny_index_pin),
                              .who = s->word.who,
                              .reason = ny_arena_str(a, word->reason),
                              .dry_run = word->dry_run,
                              .undoes = word->undoes};
    NY_ASSERT(s->words.said != NULL);
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
    const struct ny_index_pin pin = ny_pin_of_row(row);
    struct ny_arena *a = ny_arena_create(0);
    struct ny_link_check c;
    bool stands = ny_link_word_check(&r->link, a, &pin, &c) == NY_OK && c.before != NULL &&
                  c.before->kind == pin.kind && c.before->role == pin.role &&
                  c.before->pair == pin.pair && ny_stamp_compare(&c.before->stamp, &pin.stamp) == 0;

    *doubted = stands && ny_link_pin_is_doubted(&r->link, &pin);
    ny_arena_destroy(a);
    return stands;
}
