/* What pins say together, whatever order they were said or learned in.
 *
 *   merges ─▶ who stands for whom ─▶ pins between survivors ─▶ one word a pair ─▶ musts, cannots
 *
 * A pin follows its identities to their survivors; between two of one survivor it is settled by the
 * merge. Of the words on a pair the highest role counts, of one role the newest; a NONE takes back
 * what was said before it by roles up to its own. A SAME that would put two into one who are said
 * to be DIFFERENT is refused: those of a lower role or older go first. What is gone is left out,
 * and so is the SAME of one who moved away since (MOVE). A merge or move that was taken back is
 * as if it had not been said. Spec: the project's matching rules 6.4, 7. */

#include <stdlib.h>

#include "link_priv.h"

/* ---- merges ---- */

bool ny_link_pin_is_newer(const struct ny_index_pin *x, const struct ny_index_pin *y)
{
    int d = ny_stamp_compare(&x->stamp, &y->stamp);

    return d > 0 || (d == 0 && x->pair > y->pair);
}

/* x, of a kind that takes back what y says, came later by a role as high. */
static bool takes_back(const struct ny_index_pin *x, const struct ny_index_pin *y)
{
    return x->role >= y->role && (y->role == NY_ROLE_IMPLIED || ny_link_pin_is_newer(x, y));
}

enum ny_pin_kind ny_link_kind_against(enum ny_pin_kind kind)
{
    static const uint8_t kinds[] = {
        [NY_PIN_SAME] = NY_PIN_UNSAME,
        [NY_PIN_DIFFERENT] = NY_PIN_UNDIFFERENT,
        [NY_PIN_NONE] = NY_PIN_UNNONE,
        [NY_PIN_MERGE] = NY_PIN_UNMERGE,
        [NY_PIN_MOVE] = NY_PIN_UNMOVE,
        [NY_PIN_UNMERGE] = NY_PIN_MERGE_AGAIN,
        [NY_PIN_MERGE_AGAIN] = NY_PIN_UNMERGE,
        [NY_PIN_UNMOVE] = NY_PIN_MOVE_AGAIN,
        [NY_PIN_MOVE_AGAIN] = NY_PIN_UNMOVE,
        [NY_PIN_UNSAME] = NY_PIN_SAME_AGAIN,
        [NY_PIN_SAME_AGAIN] = NY_PIN_UNSAME,
        [NY_PIN_UNDIFFERENT] = NY_PIN_DIFFERENT_AGAIN,
        [NY_PIN_DIFFERENT_AGAIN] = NY_PIN_UNDIFFERENT,
        [NY_PIN_UNNONE] = NY_PIN_NONE_AGAIN,
        [NY_PIN_NONE_AGAIN] = NY_PIN_UNNONE,
    };

    return (enum ny_pin_kind)kinds[kind];
}

bool ny_link_is_on_two(unsigned kind)
{
    return kind <= NY_PIN_NONE || kind >= NY_PIN_UNSAME;
}

static bool is_said_of(const struct ny_index_pin *p, uint32_t a, uint32_t b)
{
    return (p->a == a && p->b == b) || (p->a == b && p->b == a);
}

/* The same role said the same of the same two after y and before x. Of a hospital's words the older
 * of two that say the same may never have been kept: they go and come together. */
static bool is_repeated_before(const struct ny_index *ix, const struct ny_index_pin *x,
                               const struct ny_index_pin *y)
{
    const struct ny_index_pin *z;
    uint32_t cursor = 0;

    while (y->role >= NY_ROLE_CLERK && (z = ny_index_pin_next(ix, y->a, &cursor)) != NULL) {
        if (z->kind == y->kind && z->role == y->role && is_said_of(z, y->a, y->b) &&
            ny_link_pin_is_newer(z, y) && ny_link_pin_is_newer(x, z)) {
            return true;
        }
    }
    return false;
}

bool ny_link_is_against(const struct ny_index *ix, const struct ny_index_pin *x,
                        const struct ny_index_pin *y)
{
    if (x->kind != ny_link_kind_against((enum ny_pin_kind)y->kind)) {
        return false;
    }
    if (!ny_link_is_on_two(y->kind)) {
        return x->a == y->a && x->b == y->b && takes_back(x, y);
    }
    return is_said_of(x, y->a, y->b) && x->role == y->role &&
           ((y->role == NY_ROLE_IMPLIED && y->kind == NY_PIN_SAME) || ny_link_pin_is_newer(x, y)) &&
           !is_repeated_before(ix, x, y);
}

/* Somebody took it back, and did not take that back in turn. What is said again is taken back by
 * what takes back the first. */
/* NOLINTNEXTLINE(misc-no-recursion): a word, what takes it back, and what says it again */
static bool is_taken_back(const struct ny_index *ix, const struct ny_index_pin *p)
{
    const struct ny_index_pin *x;
    uint32_t cursor = 0;

    if (p->kind == NY_PIN_MERGE_AGAIN || p->kind == NY_PIN_MOVE_AGAIN ||
        p->kind == NY_PIN_SAME_AGAIN || p->kind == NY_PIN_DIFFERENT_AGAIN ||
        p->kind == NY_PIN_NONE_AGAIN) {
        return false;
    }
    while ((x = ny_index_pin_next(ix, p->a, &cursor)) != NULL) {
        if (ny_link_is_against(ix, x, p) && !is_taken_back(ix, x)) {
            return true;
        }
    }
    return false;
}

const struct ny_index_pin *ny_link_merge_of(const struct ny_index *ix, uint32_t id)
{
    const struct ny_index_pin *newest = NULL;
    const struct ny_index_pin *p;
    uint32_t cursor = 0;

    while ((p = ny_index_pin_next(ix, id, &cursor)) != NULL) {
        if (p->kind == NY_PIN_MERGE && p->a == id &&
            (newest == NULL || ny_link_pin_is_newer(p, newest)) && !is_taken_back(ix, p)) {
            newest = p;
        }
    }
    return newest;
}

/* `at` is in a circle: whoever the oldest merge of it retired stands. */
static uint32_t circle_survivor(const struct ny_index *ix, uint32_t at)
{
    const struct ny_index_pin *oldest = ny_link_merge_of(ix, at);

    for (const struct ny_index_pin *p = ny_link_merge_of(ix, oldest->b); p->a != at;
         p = ny_link_merge_of(ix, p->b)) {
        oldest = ny_link_pin_is_newer(oldest, p) ? p : oldest;
    }
    return oldest->a;
}

uint32_t ny_link_survivor(const struct ny_index *ix, uint32_t id)
{
    const struct ny_index_pin *out;
    uint32_t at = id;
    uint32_t mark = id; /* moves on at every power of two, so that a circle meets it */
    size_t steps = 0;
    size_t lap = 1;

    while ((out = ny_link_merge_of(ix, at)) != NULL) {
        at = out->b;
        if (at == mark) {
            return circle_survivor(ix, at);
        }
        if (++steps == lap) {
            mark = at;
            steps = 0;
            lap *= 2;
        }
    }
    return at;
}

/* ---- words on pairs ---- */

static bool is_gone(const struct closure *c, uint32_t number)
{
    struct ny_index_identity x;

    ny_index_get(c->link->index, c->nodes.ids[number], &x);
    return x.status == NY_IDENTITY_DELETED;
}

/* Weight of two words: the higher role, then the newer; IMPLIED ones are all alike. */
static int by_weight(const struct ny_index_pin *x, const struct ny_index_pin *y)
{
    if (x->role != y->role) {
        return x->role > y->role ? -1 : 1;
    }
    if (x->role == NY_ROLE_IMPLIED) {
        return 0;
    }
    return ny_link_pin_is_newer(x, y) ? -1 : ny_link_pin_is_newer(y, x);
}

static int by_pair(const void *px, const void *py)
{
    const struct word *x = px;
    const struct word *y = py;

    if (x->a != y->a) {
        return x->a < y->a ? -1 : 1;
    }
    if (x->b != y->b) {
        return x->b < y->b ? -1 : 1;
    }
    return by_weight(x->pin, y->pin);
}

static int by_weight_of_words(const void *px, const void *py)
{
    const struct word *x = px;
    const struct word *y = py;
    int d = by_weight(x->pin, y->pin);

    return d != 0 ? d : by_pair(px, py);
}

static size_t words_count(const struct closure *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->nodes.n; i++) {
        uint32_t cursor = 0;

        while (ny_index_pin_next(c->link->index, c->nodes.ids[i], &cursor) != NULL) {
            n++;
        }
    }
    return n;
}

/* Number of an identity's survivor + 1, 0 when it is not of the closure. */
static uint32_t survivor_number(const struct closure *c, uint32_t id)
{
    return ny_closure_number(c, ny_link_survivor(c->link->index, id));
}

bool ny_pin_joins(const struct ny_index_pin *p)
{
    return p->kind == NY_PIN_SAME || p->kind == NY_PIN_MOVE;
}

/* One end of a pin that says SAME moved to somebody else by a word as high that came later. */
static bool end_moved(const struct ny_index *ix, const struct ny_index_pin *p, uint32_t end)
{
    const struct ny_index_pin *m;
    uint32_t other = p->a == end ? p->b : p->a;
    uint32_t cursor = 0;

    while ((m = ny_index_pin_next(ix, end, &cursor)) != NULL) {
        if (m->kind == NY_PIN_MOVE && m->a == end && m->b != other && takes_back(m, p) &&
            !is_taken_back(ix, m)) {
            return true;
        }
    }
    return false;
}

bool ny_pin_counts(const struct ny_index *ix, const struct ny_index_pin *p)
{
    if (p->kind == NY_PIN_MERGE || p->kind > NY_PIN_MOVE || is_taken_back(ix, p)) {
        return false;
    }
    return !ny_pin_joins(p) || (!end_moved(ix, p, p->a) && !end_moved(ix, p, p->b));
}

static size_t words_collect(const struct closure *c, struct word *out)
{
    size_t n = 0;

    for (size_t i = 0; i < c->nodes.n; i++) {
        const struct ny_index_pin *p;
        uint32_t cursor = 0;

        while ((p = ny_index_pin_next(c->link->index, c->nodes.ids[i], &cursor)) != NULL) {
            uint32_t a;
            uint32_t b;

            if (p->a != c->nodes.ids[i] || !ny_pin_counts(c->link->index, p)) {
                continue; /* a pin is met at both of its ends */
            }
            a = survivor_number(c, p->a);
            b = survivor_number(c, p->b);
            if (a != 0 && b != 0 && a != b && !is_gone(c, a - 1) && !is_gone(c, b - 1)) {
                out[n++] = (struct word){a < b ? a - 1 : b - 1, a < b ? b - 1 : a - 1, p};
            }
        }
    }
    if (n > 1) {
        qsort(out, n, sizeof(*out), by_pair);
    }
    return n;
}

/* The word in force among words[0 … n) of one pair, which come by weight; NULL: none is. */
static const struct word *word_in_force(const struct word *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool stands = words[i].pin->kind != NY_PIN_NONE;

        for (size_t k = 0; k < n && stands; k++) {
            stands = words[k].pin->kind != NY_PIN_NONE || !takes_back(words[k].pin, words[i].pin);
        }
        if (stands) {
            return &words[i];
        }
    }
    return NULL;
}

/* A word on the two of p takes it back. */
static bool is_word_taken_back(const struct ny_index *ix, const struct ny_index_pin *p)
{
    const struct ny_index_pin *x;
    uint32_t cursor = 0;

    while ((x = ny_index_pin_next(ix, p->a, &cursor)) != NULL) {
        if (x->kind == NY_PIN_NONE && is_said_of(x, p->a, p->b) && takes_back(x, p) &&
            ny_pin_counts(ix, x)) {
            return true;
        }
    }
    return false;
}

enum ny_pin_kind ny_link_word(const struct ny_index *ix, uint32_t a, uint32_t b)
{
    const struct ny_index_pin *word = NULL;
    const struct ny_index_pin *p;
    uint32_t cursor = 0;

    if (ny_link_survivor(ix, a) == ny_link_survivor(ix, b)) {
        return NY_PIN_SAME;
    }
    while ((p = ny_index_pin_next(ix, a, &cursor)) != NULL) {
        if (is_said_of(p, a, b) && p->kind != NY_PIN_NONE && ny_pin_counts(ix, p) &&
            (word == NULL || by_weight(p, word) < 0) && !is_word_taken_back(ix, p)) {
            word = p;
        }
    }
    return word == NULL ? NY_PIN_NONE : ny_pin_joins(word) ? NY_PIN_SAME : NY_PIN_DIFFERENT;
}

bool ny_link_is_of_two(const struct ny_index *ix, const struct ny_index_pin *p,
                       const struct ny_index_pin *said)
{
    uint32_t a = ny_link_survivor(ix, said->a);
    uint32_t b = ny_link_survivor(ix, said->b);
    uint32_t x = ny_link_survivor(ix, p->a);
    uint32_t y = ny_link_survivor(ix, p->b);

    if (a == b) {
        return is_said_of(p, said->a, said->b);
    }
    return (x == a && y == b) || (x == b && y == a);
}

bool ny_link_is_overruled(struct ny_link *l, struct ny_arena *a, const struct ny_index_pin *said)
{
    struct closure c = {.link = l, .arena = a, .by_pins = true};
    struct ny_link_set seeds = {0};

    ny_link_set_add(&seeds, a, said->a);
    ny_closure_collect(&c, &seeds);
    for (size_t i = 0; i < c.nodes.n; i++) {
        const struct ny_index_pin *p;
        uint32_t cursor = 0;

        while ((p = ny_index_pin_next(l->index, c.nodes.ids[i], &cursor)) != NULL) {
            bool later = said->role == NY_ROLE_IMPLIED
                             ? p->role != NY_ROLE_IMPLIED
                             : ny_stamp_compare(&p->stamp, &said->stamp) > 0;

            if (later && p->role >= said->role && ny_pin_counts(l->index, p) &&
                ny_link_is_of_two(l->index, p, said)) {
                return true;
            }
        }
    }
    return false;
}

/* ---- who must be one ---- */

bool ny_pins_join(const struct pins *p, uint32_t a, uint32_t b)
{
    uint32_t at = a;

    do {
        if (at == b) {
            return true;
        }
        at = p->next[at];
    } while (at != a);
    return false;
}

static void rings_join(struct pins *p, uint32_t a, uint32_t b)
{
    uint32_t next = p->next[a];

    if (!ny_pins_join(p, a, b)) {
        p->next[a] = p->next[b];
        p->next[b] = next;
    }
}

const struct word *ny_pins_obstacle(const struct pins *p, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < p->n_cannot; i++) {
        const struct word *x = &p->cannot[i];

        if ((ny_pins_join(p, a, x->a) && ny_pins_join(p, b, x->b)) ||
            (ny_pins_join(p, a, x->b) && ny_pins_join(p, b, x->a))) {
            return x;
        }
    }
    return NULL;
}

/* All whom one identity survived are one; it as well, unless it is gone. */
static ny_rc merges_join(struct closure *c)
{
    uint32_t *first = NY_ARENA_ARRAY(c->arena, uint32_t, c->nodes.n); /* of a survivor, + 1 */

    if (first == NULL) {
        return NY_ELIMIT;
    }
    for (uint32_t i = 0; i < c->nodes.n; i++) {
        uint32_t s = survivor_number(c, c->nodes.ids[i]);

        if (s == 0 || (s - 1 == i && is_gone(c, i))) {
            continue;
        }
        if (first[s - 1] != 0) {
            rings_join(&c->pins, first[s - 1] - 1, i);
        } else {
            first[s - 1] = i + 1;
        }
    }
    return NY_OK;
}

/* The SAMEs by weight; those that join stay in front. */
static void sames_join(struct closure *c, struct word *sames, size_t n)
{
    struct pins *p = &c->pins;

    p->joins = sames;
    for (size_t i = 0; i < n; i++) {
        if (ny_pins_obstacle(p, sames[i].a, sames[i].b) != NULL) {
            p->refused[p->n_refused++] = sames[i];
        } else {
            rings_join(p, sames[i].a, sames[i].b);
            sames[p->n_joins++] = sames[i];
        }
    }
}

/* Both ends of the pair whose words are left aside. */
static bool is_aside(const struct closure *c, const struct word *w)
{
    uint32_t x = c->aside[0] != 0 ? survivor_number(c, c->aside[0]) : 0;
    uint32_t y = c->aside[1] != 0 ? survivor_number(c, c->aside[1]) : 0;

    return x != 0 && y != 0 &&
           ((w->a == x - 1 && w->b == y - 1) || (w->a == y - 1 && w->b == x - 1));
}

/* Puts the words in force where they belong: cannots into c->pins, SAMEs to the front. */
static size_t words_settle(struct closure *c, struct word *words, size_t n)
{
    size_t n_same = 0;
    size_t end;

    for (size_t at = 0; at < n; at = end) {
        const struct word *w;

        end = at + 1;
        while (end < n && words[end].a == words[at].a && words[end].b == words[at].b) {
            end++;
        }
        w = word_in_force(&words[at], end - at);
        if (w != NULL && is_aside(c, w)) {
            c->pins.aside = w->pin;
        } else if (w != NULL && ny_pin_joins(w->pin)) {
            words[n_same++] = *w;
        } else if (w != NULL) {
            c->pins.cannot[c->pins.n_cannot++] = *w;
        }
    }
    return n_same;
}

ny_rc ny_closure_pins(struct closure *c)
{
    size_t cap = words_count(c);
    struct word *words;
    size_t n;
    ny_rc rc;

    c->pins = (struct pins){0};
    if (cap == 0) {
        return NY_OK; /* nearly always */
    }
    words = NY_ARENA_ARRAY(c->arena, struct word, cap);
    c->pins.next = NY_ARENA_ARRAY(c->arena, uint32_t, c->nodes.n);
    c->pins.cannot = NY_ARENA_ARRAY(c->arena, struct word, cap);
    c->pins.refused = NY_ARENA_ARRAY(c->arena, struct word, cap);
    if (words == NULL || c->pins.next == NULL || c->pins.cannot == NULL ||
        c->pins.refused == NULL) {
        return NY_ELIMIT;
    }
    for (uint32_t i = 0; i < c->nodes.n; i++) {
        c->pins.next[i] = i;
    }
    rc = merges_join(c);
    if (rc != NY_OK) {
        return rc;
    }
    n = words_settle(c, words, words_collect(c, words));
    if (n > 1) {
        qsort(words, n, sizeof(*words), by_weight_of_words);
    }
    sames_join(c, words, n);
    return NY_OK;
}
