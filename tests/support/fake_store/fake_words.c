/* What was said and what it came to: pins by their numbers, events of membership with their sides,
 * words that wait. */

#include "fake_store_priv.h"

void ny_store_add_proposal(struct ny_store_batch *b, const struct ny_proposal_row *row)
{
    ADD(&b->proposals, *row);
}

void ny_store_end_proposal(struct ny_store_batch *b, const struct ny_proposal_end_row *row)
{
    ADD(&b->proposal_ends, *row);
}

static bool has_ended(const struct ny_store *s, int64_t number)
{
    for (size_t i = 0; i < s->proposal_ends.n; i++) {
        if (s->proposal_ends.v[i].number == number) {
            return true;
        }
    }
    return false;
}

ny_rc fake_words_check(const struct ny_store *s, const struct ny_store_batch *b)
{
    for (size_t i = 0; i < b->proposal_ends.n; i++) {
        bool twice = has_ended(s, b->proposal_ends.v[i].number);

        for (size_t k = 0; k < i; k++) {
            twice |= b->proposal_ends.v[k].number == b->proposal_ends.v[i].number;
        }
        if (twice) {
            return NY_ECONFLICT;
        }
    }
    return NY_OK;
}

void fake_words_apply(struct ny_store *s, const struct ny_store_batch *b)
{
    int64_t batch = s->events.n > 0 ? s->events.v[s->events.n - 1].batch + 1 : 1;

    for (size_t i = 0; i < b->memberships.n; i++) {
        struct fake_event e = {b->memberships.v[i], batch};

        e.row.receipt = NY_STR_NONE;
        ADD(&s->events, e);
    }
    for (size_t i = 0; i < b->proposals.n; i++) {
        struct ny_proposal_row row = b->proposals.v[i];

        row.who = ny_arena_str(s->arena, row.who);
        row.reason = ny_arena_str(s->arena, row.reason);
        row.together = ny_arena_str(s->arena, row.together);
        ADD(&s->proposals, row);
    }
    for (size_t i = 0; i < b->proposal_ends.n; i++) {
        struct ny_proposal_end_row row = b->proposal_ends.v[i];

        row.who = row.reason = NY_STR_NONE;
        ADD(&s->proposal_ends, row);
    }
}

ny_rc fake_proposals_load(const struct ny_store *s, const struct ny_store_visitor *v)
{
    int64_t last = 0;
    ny_rc rc;

    for (size_t i = 0; i < s->proposals.n; i++) {
        last = s->proposals.v[i].number > last ? s->proposals.v[i].number : last;
    }
    rc = v->proposal(v->ctx, NULL, last);
    for (size_t i = 0; i < s->proposals.n && rc == NY_OK; i++) {
        rc = has_ended(s, s->proposals.v[i].number) ? NY_OK
                                                    : v->proposal(v->ctx, &s->proposals.v[i], last);
    }
    return rc;
}

size_t fake_store_proposal_words(const struct ny_store *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->proposals.n; i++) {
        n += !has_ended(s, s->proposals.v[i].number);
    }
    return n;
}

size_t fake_store_event_count(const struct ny_store *s)
{
    return s->events.n;
}

/* One at most. */
ny_rc ny_store_pins(struct ny_store *s, int64_t after, int32_t limit,
                    void (*fn)(void *ctx, ny_rc rc, const struct ny_pin_view *rows, size_t n),
                    void *ctx)
{
    struct ny_pin_view v = {.number = after + 1};
    bool found = after >= 0 && (size_t)after < s->pins.n && limit > 0;

    if (found) {
        v.row = s->pins.v[after];
    }
    fn(ctx, NY_OK, &v, found);
    return NY_OK;
}

/* ---- events ---- */

static bool is_of_moment(const struct fake_event *x, const struct fake_event *e)
{
    return x->batch == e->batch && x->row.cause == e->row.cause && x->row.message == e->row.message;
}

static bool came_with(const struct fake_event *x, const struct fake_event *e)
{
    return is_of_moment(x, e) && x->row.from_person == e->row.from_person &&
           x->row.to_person == e->row.to_person;
}

/* The newest event of an identity among 0 … last; NULL: there is none. */
static const struct fake_event *newest_event(const struct ny_store *s, int64_t identity,
                                             size_t last)
{
    const struct fake_event *newest = NULL;

    for (size_t i = 0; i <= last; i++) {
        newest = s->events.v[i].row.identity == identity ? &s->events.v[i] : newest;
    }
    return newest;
}

/* Those who are of the event's person behind it, and those who stayed where it came from. */
static void others_find(const struct ny_store *s, const struct fake_event *e, size_t last,
                        struct ny_event_view *v, int64_t *there, int64_t *stayed)
{
    for (int64_t id = 1; id <= (int64_t)s->identities.n; id++) {
        const struct fake_event *x = newest_event(s, id, last);

        if (x == NULL || came_with(x, e)) {
            continue;
        }
        if (x->row.to_person == v->person) {
            there[v->n_there++] = id;
        } else if (x->row.to_person == v->from_person && !is_of_moment(x, e)) {
            stayed[v->n_stayed++] = id;
        }
    }
}

ny_rc ny_store_event(struct ny_store *s, int64_t number,
                     void (*fn)(void *ctx, ny_rc rc, const struct ny_event_view *v), void *ctx)
{
    int64_t *moved = ny_calloc(3 * s->identities.n + 1, sizeof(*moved));
    int64_t *there = moved + s->identities.n;
    int64_t *stayed = there + s->identities.n;
    struct ny_event_view v = {.moved = moved, .there = there, .stayed = stayed};
    size_t last = (size_t)number - 1;

    if (number > 0 && last < s->events.n) {
        const struct fake_event *e = &s->events.v[last];

        v.identity = e->row.identity;
        v.from_person = e->row.from_person;
        v.person = e->row.to_person;
        v.cause = e->row.cause;
        for (size_t i = 0; i < s->events.n; i++) {
            if (came_with(&s->events.v[i], e)) {
                moved[v.n_moved++] = s->events.v[i].row.identity;
                last = i > last ? i : last;
            }
        }
        others_find(s, e, last, &v, there, stayed);
    }
    fn(ctx, NY_OK, &v);
    ny_free(moved);
    return NY_OK;
}
