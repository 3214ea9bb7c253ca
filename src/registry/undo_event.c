/* What undoes an event of membership: a link, or a split.
 *
 *   a link  ─▶ DIFFERENT between all of those who came and those they came to
 *   a split ─▶ SAME between one of those who left and one of those whom they left
 *
 * Of a link only those are parted who are together now, or would be behind the words so far. An
 * event that did both is a link: who is kept from there goes back by what the records say. */

#include "undo_priv.h"

/* ---- a link ---- */

/* Of each side, one for those who are one by words. */
struct side {
    uint32_t *ids; /* [n] */
    size_t *ones;  /* [n] who is one with it */
    size_t n;
};

static void side_add(const struct ny_registry *r, struct side *s, uint32_t id, size_t one)
{
    struct ny_index_identity x;
    size_t k = 0;

    while (k < s->n && s->ones[k] != one) {
        k++;
    }
    if (k < s->n) {
        ny_index_get(r->index, s->ids[k], &x);
        s->ids[k] =
            x.status == NY_IDENTITY_MERGED ? id : s->ids[k]; /* a live one, for the reader */
        return;
    }
    s->ids[s->n] = id;
    s->ones[s->n++] = one;
}

static ny_rc sides_make(struct undoing *u, struct side sides[2])
{
    const struct ny_event_view *e = u->event;
    struct ny_arena *a = u->words.arena;
    size_t n = e->n_moved + e->n_there;
    uint32_t *ids = NY_ARENA_ARRAY(a, uint32_t, n);
    size_t *ones = NY_ARENA_ARRAY(a, size_t, n);
    ny_rc rc;

    for (size_t k = 0; k < 2; k++) {
        sides[k] = (struct side){.ids = NY_ARENA_ARRAY(a, uint32_t, n),
                                 .ones = NY_ARENA_ARRAY(a, size_t, n)};
        NY_ASSERT(sides[k].ids != NULL && sides[k].ones != NULL);
    }
    NY_ASSERT(ids != NULL && ones != NULL);
    for (size_t i = 0; i < n; i++) {
        ids[i] = (uint32_t)(i < e->n_moved ? e->moved[i] : e->there[i - e->n_moved]);
    }
    rc = ny_link_ones(&u->r->link, a, ids, n, ones);
    for (size_t i = 0; i < n && rc == NY_OK; i++) {
        side_add(u->r, &sides[i < e->n_moved ? 0 : 1], ids[i], ones[i]);
    }
    return rc;
}

/* In one group now, or, once there was a look, behind the words that were looked at. */
static bool is_together(const struct undoing *u, bool looked, uint32_t x, uint32_t y)
{
    const struct ny_word_outcome *o = &u->out.outcome;
    uint32_t groups[2] = {0, 0};
    const uint32_t ids[2] = {x, y};

    for (size_t k = 0; k < 2; k++) {
        groups[k] = looked ? 0 : ny_index_person_of(u->r->index, ids[k]);
        for (size_t m = 0; m < o->n_members && looked; m++) {
            groups[k] = o->members[m].id == ids[k] ? o->members[m].after : groups[k];
        }
    }
    return groups[0] != 0 && groups[0] == groups[1];
}

/* Adds a DIFFERENT for every two of both sides who are together and have none planned yet. */
static size_t plan_apart(struct undoing *u, const struct side sides[2], bool *planned, bool looked)
{
    size_t n = 0;

    for (size_t i = 0; i < sides[0].n; i++) {
        for (size_t k = 0; k < sides[1].n; k++) {
            bool *p = &planned[i * sides[1].n + k];

            if (!*p && is_together(u, looked, sides[0].ids[i], sides[1].ids[k])) {
                *p = true;
                n++;
            }
        }
    }
    return n;
}

static void plan_take(struct undoing *u, const struct side sides[2], const bool *planned)
{
    u->words.n = 0;
    for (size_t i = 0; i < sides[0].n * sides[1].n; i++) {
        if (planned[i]) {
            ny_undo_plan(u, sides[0].ids[i / sides[1].n], sides[1].ids[i % sides[1].n],
                         NY_PIN_DIFFERENT, u->order.role);
        }
    }
}

/* A merge made one of two on both sides: only what takes it back parts them. */
static bool are_merged(const struct ny_index *ix, const struct ny_event_view *e)
{
    for (size_t i = 0; i < e->n_moved; i++) {
        uint32_t survivor = ny_link_survivor(ix, (uint32_t)e->moved[i]);

        for (size_t k = 0; k < e->n_there; k++) {
            if (ny_link_survivor(ix, (uint32_t)e->there[k]) == survivor) {
                return true;
            }
        }
    }
    return false;
}

static ny_rc look_at_link(struct undoing *u)
{
    struct side sides[2];
    bool *planned;
    bool looked = false;
    ny_rc rc = sides_make(u, sides);

    if (rc != NY_OK) {
        return rc;
    }
    u->out.result = sides[0].n > NY_UNDO_WORDS_MAX / sides[1].n ? NY_UNDO_TOO_MANY
                    : are_merged(u->r->index, u->event)         ? NY_UNDO_NEWER
                                                                : NY_UNDO_FOUND;
    planned = NY_ARENA_ARRAY(u->words.arena, bool, sides[0].n *sides[1].n + 1);
    NY_ASSERT(planned != NULL);
    if (u->out.result != NY_UNDO_FOUND) {
        return NY_OK;
    }
    while (rc == NY_OK && plan_apart(u, sides, planned, looked) > 0) {
        plan_take(u, sides, planned);
        rc = ny_words_look(u->r, &u->words, &u->out.outcome);
        looked = true;
        if (u->out.outcome.check.result == NY_WORD_CONTRADICTED) {
            return rc;
        }
    }
    u->out.result = looked ? NY_UNDO_FOUND : NY_UNDO_NOTHING;
    return rc;
}

/* ---- a split ---- */

/* The first of ids [n] who is of the person (0: of any), one in answers before a merged one; 0:
 * nobody is there any more. */
static uint32_t member_find(const struct ny_registry *r, const int64_t *ids, size_t n,
                            int64_t person)
{
    uint32_t found = 0;
    bool is_merged = false;

    for (size_t i = 0; i < n; i++) {
        struct ny_index_identity x;

        ny_index_get(r->index, (uint32_t)ids[i], &x);
        if (x.status != NY_IDENTITY_DELETED && (person == 0 || x.person == person) &&
            (found == 0 || (is_merged && x.status != NY_IDENTITY_MERGED))) {
            found = (uint32_t)ids[i];
            is_merged = x.status == NY_IDENTITY_MERGED;
        }
    }
    return found;
}

/* One who is with the event's identity still, and one of those whom it left; who left either of the
 * two since stays away. */
static ny_rc look_at_split(struct undoing *u)
{
    const struct ny_event_view *e = u->event;
    const struct ny_registry *r = u->r;
    uint32_t here = ny_index_person_of(r->index, (uint32_t)e->identity);
    uint32_t a = member_find(r, e->moved, e->n_moved, here);
    uint32_t b = member_find(r, e->stayed, e->n_stayed, e->from_person);

    b = b != 0 ? b : member_find(r, e->stayed, e->n_stayed, 0);
    if (a == 0 || b == 0 || here == ny_index_person_of(r->index, b)) {
        u->out.result = NY_UNDO_NOTHING;
        return NY_OK;
    }
    ny_undo_plan(u, a, b, NY_PIN_SAME, u->order.role);
    return ny_words_look(u->r, &u->words, &u->out.outcome);
}

ny_rc ny_undo_look_at_event(struct undoing *u)
{
    if (u->event->n_there > 0) {
        return look_at_link(u);
    }
    if (u->event->n_stayed > 0) {
        return look_at_split(u);
    }
    u->out.result = NY_UNDO_NOBODY;
    return NY_OK;
}
