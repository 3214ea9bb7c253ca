/* Words that a clerk says together: held against what is in force, tried, said.
 *
 *   check ─▶ try: said in memory, groups before and after read, all taken back ─▶ keep
 *
 * A trial is the very thing: its rows go to a batch that is thrown away. */

#include "nayose/registry_pins.h"

#include "registry_priv.h"

/* ---- what is in force ---- */

static bool is_same_pin(const struct ny_index_pin *x, const struct ny_index_pin *y)
{
    return x->a == y->a && x->b == y->b && x->kind == y->kind && x->role == y->role &&
           x->pair == y->pair && ny_stamp_compare(&x->stamp, &y->stamp) == 0;
}

/* A word that could be followed before cannot be now: the others come between. */
static ny_rc disputes_check(struct ny_registry *r, const struct words *w,
                            const struct ny_link_set *seeds, const struct ny_link_dispute *before,
                            size_t n_before, struct ny_link_check *out)
{
    struct ny_link_dispute *now;
    size_t n;
    ny_rc rc = ny_link_disputes(&r->link, w->arena, seeds, &now, &n);

    for (size_t i = 0; rc == NY_OK && i < n; i++) {
        bool is_old = false;

        for (size_t k = 0; k < n_before; k++) {
            is_old |= is_same_pin(&before[k].said, &now[i].said);
        }
        if (!is_old) {
            out->result = NY_WORD_CONTRADICTED;
            out->steps = now[i].steps;
            out->n_steps = now[i].n_steps;
            return NY_OK;
        }
    }
    return rc;
}

/* Puts one word into memory when it is new; *kept is where the next one goes. */
static ny_rc word_check(struct ny_registry *r, struct words *w, size_t i, size_t *kept,
                        struct ny_link_check *out)
{
    struct ny_index_pin said = w->said[i];
    struct ny_link_check c;
    ny_rc rc = ny_link_word_check(&r->link, w->arena, &said, &c);

    if (rc != NY_OK) {
        return rc;
    }
    if (c.before != NULL) { /* the index moves its pins */
        struct ny_index_pin *before = NY_ARENA_NEW(w->arena, struct ny_index_pin);

        NY_ASSERT(before != NULL);
        *before = *c.before;
        c.before = before;
    }
    if (i == 0 || c.result == NY_WORD_CONTRADICTED) {
        *out = c;
    }
    if (c.result != NY_WORD_NEW) {
        return NY_OK;
    }
    /* What a clerk says is said of what he sees, however far ahead a sender's clock is. */
    said.stamp.at_us = *kept > 0 ? w->said[*kept - 1].stamp.at_us : ny_clock_now_us();
    if (c.newest_us != NY_NEVER && c.newest_us >= said.stamp.at_us) {
        said.stamp.at_us = c.newest_us + 1;
    }
    said.stamp.control_id = w->together;
    said.total_b1024 = c.total_b1024;
    said.pair = (uint16_t)*kept;
    w->said[(*kept)++] = said;
    ny_index_pin_add(r->index, &said);
    return NY_OK;
}

static ny_rc words_check(struct ny_registry *r, struct words *w, struct ny_link_check *out)
{
    uint64_t mark = ny_index_mark(r->index);
    struct ny_link_set seeds = {0};
    struct ny_link_dispute *before;
    size_t n_before;
    size_t kept = 0;
    ny_rc rc;

    for (size_t i = 0; i < w->n; i++) {
        ny_link_set_add(&seeds, w->arena, w->said[i].a);
        ny_link_set_add(&seeds, w->arena, w->said[i].b);
    }
    rc = ny_link_disputes(&r->link, w->arena, &seeds, &before, &n_before);
    for (size_t i = 0; i < w->n && rc == NY_OK && out->result != NY_WORD_CONTRADICTED; i++) {
        rc = word_check(r, w, i, &kept, out);
    }
    if (rc == NY_OK && out->result != NY_WORD_CONTRADICTED && kept > 0) {
        out->result = NY_WORD_NEW;
        rc = disputes_check(r, w, &seeds, before, n_before, out);
    }
    ny_index_undo_to(r->index, mark);
    w->n = kept;
    for (size_t i = 0; i < kept; i++) { /* at one moment */
        w->said[i].stamp.at_us = w->said[kept - 1].stamp.at_us;
    }
    return rc;
}

/* ---- saying ---- */

void ny_words_keep(struct ny_registry *r, struct ny_store_batch *rows, const struct words *w)
{
    const struct reason why = {NY_CAUSE_DECISION, 0};
    struct ny_link_set touched = {0};
    bool merges = false;

    for (size_t i = 0; i < w->n; i++) {
        const struct ny_index_pin *said = &w->said[i];
        struct ny_pin_row row = ny_pin_to_row(said);

        row.who = w->who;
        row.reason = w->reason;
        ny_index_pin_add(r->index, said);
        ny_store_add_pin(rows, &row);
        ny_link_set_add(&touched, w->arena, said->a);
        ny_link_set_add(&touched, w->arena, said->b);
        merges |= said->kind == NY_PIN_UNMERGE || said->kind == NY_PIN_MERGE_AGAIN;
    }
    if (merges) {
        const struct ny_link_set named = touched;

        ny_merges_settle(r, rows, w->arena, named.ids, named.n, &touched);
    }
    ny_registry_regroup(r, &touched, &why);
}

void ny_words_say(struct ny_registry *r, struct ny_store_batch *rows, struct words *w,
                  struct ny_word_outcome *out)
{
    if (out->waits) {
        out->proposed = ny_proposal_add(r, rows, w, out->size);
    } else {
        ny_words_keep(r, rows, w);
    }
}

/* ---- groups before and after ---- */

/* Everybody of the persons whom somebody left or came to, and of those who are named. */
static void members_find(const struct ny_registry *r, const struct words *w,
                         const struct ny_index_move *moves, size_t n_moves, struct ny_link_set *out)
{
    struct ny_link_set persons = {0};

    for (size_t i = 0; i < n_moves; i++) {
        ny_link_set_add(&persons, w->arena, moves[i].person);
        ny_link_set_add(&persons, w->arena, ny_index_person_of(r->index, moves[i].id));
    }
    for (size_t i = 0; i < w->n; i++) {
        ny_link_set_add(&persons, w->arena, ny_index_person_of(r->index, w->said[i].a));
        ny_link_set_add(&persons, w->arena, ny_index_person_of(r->index, w->said[i].b));
    }
    for (size_t i = 0; i < persons.n; i++) {
        for (uint32_t m = ny_index_member_first(r->index, persons.ids[i]); m != 0;
             m = ny_index_member_next(r->index, m)) {
            ny_link_set_add(out, w->arena, m);
        }
    }
    ny_link_set_sort(r->index, out);
}

/* The active members of the largest group that was several before. */
static size_t joined_size(const struct ny_registry *r, const struct ny_word_member *m, size_t n)
{
    size_t most = 0;

    for (size_t i = 0; i < n; i++) {
        size_t size = 0;
        bool joined = false;

        for (size_t k = i; k < n && m[i].after == m[i].id; k++) {
            struct ny_index_identity x;

            if (m[k].after == m[i].id) {
                ny_index_get(r->index, m[k].id, &x);
                size += x.status == NY_IDENTITY_ACTIVE;
                joined |= m[k].before != m[i].before;
            }
        }
        most = joined && size > most ? size : most;
    }
    return most;
}

/* Reads, while the words are said, what has changed since the mark. Persons above `last` are new.
 */
static void members_collect(const struct ny_registry *r, const struct words *w, uint64_t mark,
                            uint32_t last, struct ny_word_outcome *out)
{
    struct ny_link_set all = {0};
    struct ny_index_move *moves;
    size_t n_moves = ny_index_moves(r->index, mark, w->arena, &moves);
    struct ny_word_member *m;

    members_find(r, w, moves, n_moves, &all);
    m = NY_ARENA_ARRAY(w->arena, struct ny_word_member, all.n + 1);
    NY_ASSERT(m != NULL);
    for (size_t i = 0; i < all.n; i++) {
        m[i] = (struct ny_word_member){.id = all.ids[i]};
        m[i].person_after = m[i].person_before = ny_index_person_of(r->index, all.ids[i]);
        for (size_t k = 0; k < n_moves; k++) {
            m[i].person_before = moves[k].id == m[i].id ? moves[k].person : m[i].person_before;
        }
        for (size_t k = i + 1; k-- > 0;) {
            m[i].before = m[k].person_before == m[i].person_before ? m[k].id : m[i].before;
            m[i].after = m[k].person_after == m[i].person_after ? m[k].id : m[i].after;
        }
    }
    out->size = joined_size(r, m, all.n);
    out->waits = r->cfg.two_person_above > 0 && out->size > r->cfg.two_person_above;
    for (size_t i = 0; i < all.n; i++) {
        m[i].person_after = m[i].person_after > last ? 0 : m[i].person_after;
    }
    out->members = m;
    out->n_members = all.n;
}

static void words_try(struct ny_registry *r, const struct words *w, struct ny_word_outcome *out)
{
    struct batch *open = r->open;
    const struct ny_link_sink sink = r->link.sink;
    uint32_t last = ny_index_person_count(r->index);
    uint64_t mark = ny_index_mark(r->index);

    r->open = NULL;
    r->link.sink.doubt = NULL; /* a notice is of what was said */
    ny_words_keep(r, ny_registry_open_batch(r)->rows, w);
    members_collect(r, w, mark, last, out);
    ny_index_undo_to(r->index, mark);
    ny_batch_destroy(r->open);
    r->link.sink = sink;
    r->open = open;
}

ny_rc ny_words_look(struct ny_registry *r, struct words *w, struct ny_word_outcome *out)
{
    ny_rc rc;

    out->check = (struct ny_link_check){0};
    out->n_members = 0;
    out->size = 0;
    out->waits = false;
    out->proposed = 0;
    rc = words_check(r, w, &out->check);
    if (rc == NY_OK && w->n > 0 && out->check.result == NY_WORD_NEW) {
        words_try(r, w, out);
    }
    return rc;
}

/* Words on a pair, on a merge, on a move. */
static int subject_of(unsigned kind)
{
    return ny_link_is_on_two(kind)                                                        ? 0
           : kind == NY_PIN_MERGE || kind == NY_PIN_UNMERGE || kind == NY_PIN_MERGE_AGAIN ? 1
                                                                                          : 2;
}

bool ny_pins_are_about(const struct ny_index *ix, const struct ny_index_pin *p,
                       const struct ny_index_pin *said)
{
    if (subject_of(said->kind) == 0) { /* to move there is to be one with whom one moves to */
        return (subject_of(p->kind) == 0 || p->kind == NY_PIN_MOVE) &&
               ny_link_is_of_two(ix, p, said);
    }
    return p->a == said->a && p->b == said->b && subject_of(p->kind) == subject_of(said->kind);
}

/* ---- audit ---- */

void ny_words_audit(struct ny_store_batch *rows, const struct words *w, ny_str ns, ny_str id,
                    bool refused, ny_str decision)
{
    const struct ny_audit_row audit = {
        .at_us = ny_clock_now_us(),
        .kind = NY_S("admin"),
        .action = w->dry_run ? NY_S("R") : NY_S("U"),
        .outcome = refused ? NY_AUDIT_MINOR : NY_AUDIT_OK,
        .user_id = w->who,
        .patient_domain = ns,
        .patient_id = id,
        .decision = decision,
        .reason = w->reason,
    };

    ny_store_add_audit(rows, &audit);
}

void ny_words_audit_all(const struct ny_registry *r, struct ny_store_batch *rows,
                        const struct words *w, bool refused, ny_str decision)
{
    struct ny_link_set named = {0};

    for (size_t i = 0; i < w->n; i++) {
        ny_link_set_add(&named, w->arena, w->said[i].a);
        ny_link_set_add(&named, w->arena, w->said[i].b);
    }
    for (size_t i = 0; i < named.n; i++) {
        const struct ny_domain *d;
        ny_str id;

        ny_registry_identity_name(r, named.ids[i], &d, &id);
        ny_words_audit(rows, w, d->ns, ny_arena_str(w->arena, id), refused, decision);
    }
}
