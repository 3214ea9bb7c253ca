/* The dictionary: terms of the records of everybody who may be found, and of retired ones, which
 * may speak for who took their place; sorted, each with its identities.
 *
 *   slots ─hash─▶ term ─▶ postings: (identity, year of birth), sorted by identity
 *                  └ next[0..] ─▶ the next term in the order of (kind, text): a skip list
 *
 * A term stays when nobody has it any more: names come back. What a kana term sounds like is a term
 * too; its postings are numbers of kana terms. How high a term stands in the skip list follows from
 * its hash. */

#include "nayose/index.h"

#include <stdlib.h>

#include "index_priv.h"

enum { SLOTS_FIRST = 4096, LEVELS = 12 };

struct term_posting {
    uint32_t id;
    int16_t year; /* of birth, 0 = unknown */
};

struct term {
    char *text;
    uint32_t hash;
    uint16_t text_n;
    uint8_t kind;
    uint8_t levels;
    uint32_t *next; /* [levels] numbers of terms, 0 ends */
    uint32_t n, cap;
    struct term_posting *postings;
};

struct term_table {
    struct term *terms; /* [n + 1]; 0 is the head of the skip list */
    uint32_t n, cap;
    uint32_t *slots;
    uint32_t mask;
    size_t bytes;
    struct ny_arena *scratch;
    struct ny_terms now; /* of the record at hand */
};

static ny_str term_text(const struct term *t)
{
    return ny_str_of(t->text, t->text_n);
}

static int term_order(const struct term *t, enum ny_term_kind kind, ny_str text)
{
    return t->kind != kind ? (int)t->kind - (int)kind : ny_str_compare(term_text(t), text);
}

/* ---- life ---- */

void ny_index_terms_keep(struct ny_index *ix)
{
    struct term_table *t = ny_calloc(1, sizeof(*t));

    NY_ASSERT(ix->terms == NULL && ix->n == 0);
    t->terms = ny_index_grow(NULL, &t->cap, 0, sizeof(*t->terms));
    t->terms[0] = (struct term){.levels = LEVELS, .next = ny_calloc(LEVELS, sizeof(uint32_t))};
    t->slots = ny_calloc(SLOTS_FIRST, sizeof(*t->slots));
    t->mask = SLOTS_FIRST - 1;
    t->scratch = ny_arena_create(0);
    ix->terms = t;
}

void ny_index_terms_free(struct ny_index *ix)
{
    struct term_table *t = ix->terms;

    if (t == NULL) {
        return;
    }
    for (uint32_t i = 0; i <= t->n; i++) {
        ny_wipe(t->terms[i].text, t->terms[i].text_n);
        ny_free(t->terms[i].text);
        ny_free(t->terms[i].next);
        ny_free(t->terms[i].postings);
    }
    ny_arena_destroy(t->scratch);
    ny_free(t->terms);
    ny_free(t->slots);
    ny_free(t);
}

size_t ny_index_terms_bytes(const struct ny_index *ix)
{
    const struct term_table *t = ix->terms;

    return t == NULL
               ? 0
               : t->bytes + t->n * sizeof(*t->terms) + ((size_t)t->mask + 1) * sizeof(*t->slots);
}

/* ---- finding and making a term ---- */

static uint32_t text_hash(enum ny_term_kind kind, ny_str text)
{
    return (uint32_t)(ny_hash64_seeded(text, kind) >> 32);
}

static uint32_t slot_of(const struct term_table *t, uint32_t hash, enum ny_term_kind kind,
                        ny_str text)
{
    uint32_t at = hash & t->mask;

    while (t->slots[at] != 0 && (t->terms[t->slots[at]].hash != hash ||
                                 term_order(&t->terms[t->slots[at]], kind, text) != 0)) {
        at = (at + 1) & t->mask;
    }
    return at;
}

static void slots_grow(struct term_table *t)
{
    t->mask = t->mask * 2 + 1;
    ny_free(t->slots);
    t->slots = ny_calloc((size_t)t->mask + 1, sizeof(*t->slots));
    for (uint32_t i = 1; i <= t->n; i++) {
        uint32_t at = t->terms[i].hash & t->mask;

        while (t->slots[at] != 0) {
            at = (at + 1) & t->mask;
        }
        t->slots[at] = i;
    }
}

/* The first term that does not come before; before[] (or NULL) gets the last ones that do. */
static uint32_t term_seek(const struct term_table *t, enum ny_term_kind kind, ny_str text,
                          uint32_t before[LEVELS])
{
    uint32_t at = 0;

    for (unsigned level = LEVELS; level-- > 0;) {
        uint32_t next = t->terms[at].next[level];

        while (next != 0 && term_order(&t->terms[next], kind, text) < 0) {
            at = next;
            next = t->terms[at].next[level];
        }
        if (before != NULL) {
            before[level] = at;
        }
    }
    return t->terms[at].next[0];
}

static uint32_t term_make(struct term_table *t, uint32_t hash, enum ny_term_kind kind, ny_str text)
{
    uint32_t before[LEVELS];
    uint32_t number = t->n + 1;
    uint8_t levels = 1;

    (void)term_seek(t, kind, text, before);
    while (levels < LEVELS && (hash >> (2 * levels + 4) & 3) == 0) { /* one of four goes on */
        levels++;
    }
    t->terms = ny_index_grow(t->terms, &t->cap, number, sizeof(*t->terms));
    t->terms[number] = (struct term){.text = ny_malloc(text.n),
                                     .hash = hash,
                                     .text_n = (uint16_t)text.n,
                                     .kind = (uint8_t)kind,
                                     .levels = levels,
                                     .next = ny_calloc(levels, sizeof(uint32_t))};
    memcpy(t->terms[number].text, text.p, text.n);
    for (unsigned level = 0; level < levels; level++) {
        t->terms[number].next[level] = t->terms[before[level]].next[level];
        t->terms[before[level]].next[level] = number;
    }
    t->bytes += text.n + levels * sizeof(uint32_t);
    t->n = number;
    if (t->n > t->mask / 2) {
        slots_grow(t);
    } else {
        t->slots[slot_of(t, hash, kind, text)] = number;
    }
    return number;
}

/* ---- postings ---- */

/* The first posting whose id is not smaller. */
static uint32_t posting_seek(const struct term *t, uint32_t id)
{
    uint32_t from = 0;
    uint32_t to = t->n;

    if (t->n > 0 && t->postings[t->n - 1].id < id) {
        return t->n; /* most identities are new ones */
    }
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;

        if (t->postings[mid].id < id) {
            from = mid + 1;
        } else {
            to = mid;
        }
    }
    return from;
}

static void posting_put(struct term_table *table, struct term *t, struct term_posting p)
{
    uint32_t at = posting_seek(t, p.id);

    if (t->n == t->cap) {
        uint32_t cap = t->cap > 0 ? t->cap + t->cap / 2 + 1 : 1;

        t->postings = ny_realloc(t->postings, ny_mul_size(cap, sizeof(*t->postings)));
        table->bytes += (cap - t->cap) * sizeof(*t->postings);
        t->cap = cap;
    }
    memmove(t->postings + at + 1, t->postings + at, (t->n - at) * sizeof(*t->postings));
    t->postings[at] = p;
    t->n++;
}

/* A new kana term is found by its sound as well. */
static void sound_put(struct term_table *t, uint32_t number)
{
    enum ny_term_kind kind =
        t->terms[number].kind == NY_TERM_FAMILY_KANA ? NY_TERM_FAMILY_SOUND : NY_TERM_GIVEN_SOUND;
    ny_str sound = NY_STR_NONE;
    uint32_t hash;
    uint32_t at;

    ny_arena_reset(t->scratch);
    if (ny_search_sound(t->scratch, term_text(&t->terms[number]), &sound) != NY_OK ||
        sound.n == 0 || sound.n > NY_TERM_TEXT_MAX) {
        return;
    }
    hash = text_hash(kind, sound);
    at = t->slots[slot_of(t, hash, kind, sound)];
    at = at != 0 ? at : term_make(t, hash, kind, sound);
    posting_put(t, &t->terms[at], (struct term_posting){number, 0});
}

static uint32_t term_of(struct term_table *t, const struct ny_term *text)
{
    uint32_t hash = text_hash(text->kind, text->text);
    uint32_t number = t->slots[slot_of(t, hash, text->kind, text->text)];

    if (number == 0) {
        number = term_make(t, hash, text->kind, text->text);
        if (text->kind == NY_TERM_FAMILY_KANA || text->kind == NY_TERM_GIVEN_KANA) {
            sound_put(t, number);
        }
    }
    return number;
}

/* ---- records come and go ---- */

/* The terms of an identity as it is now, in t->now; false: nothing is found by it. */
static bool ident_terms(struct ny_index *ix, uint32_t id, int16_t *year)
{
    const struct ident *i = &ix->idents[id];
    struct ny_record r;

    if (ix->terms == NULL || i->record_len == 0 || i->status == NY_IDENTITY_DELETED ||
        ny_record_unpack(ny_index_ident_record(i), &r) != NY_OK ||
        (r.flags & NY_RECORD_GONE) != 0) {
        return false;
    }
    ny_search_terms(&r, &ix->terms->now);
    *year = r.birth.y;
    return true;
}

void ny_index_terms_add(struct ny_index *ix, uint32_t id)
{
    struct term_table *t = ix->terms;
    int16_t year = 0;

    if (!ident_terms(ix, id, &year)) {
        return;
    }
    for (size_t k = 0; k < t->now.n; k++) {
        uint32_t number = term_of(t, &t->now.t[k]);

        posting_put(t, &t->terms[number], (struct term_posting){id, year});
    }
}

void ny_index_terms_remove(struct ny_index *ix, uint32_t id)
{
    struct term_table *t = ix->terms;
    int16_t year = 0;

    if (!ident_terms(ix, id, &year)) {
        return;
    }
    for (size_t k = 0; k < t->now.n; k++) {
        struct term *x = &t->terms[term_of(t, &t->now.t[k])];
        uint32_t at = posting_seek(x, id);

        NY_ASSERT(at < x->n && x->postings[at].id == id);
        x->n--;
        memmove(x->postings + at, x->postings + at + 1, (x->n - at) * sizeof(*x->postings));
    }
}

/* ---- looking up ---- */

/* What a walk over the terms of a group does with each posting list; false ends it. */
typedef bool (*list_fn)(void *ctx, const struct term *t);

/* The list itself, or the lists of the kana that a sound stands for. */
static bool list_give(const struct term_table *table, const struct term *t, list_fn fn, void *ctx)
{
    if (t->kind < NY_TERM_RECORD_KINDS) {
        return fn(ctx, t);
    }
    for (uint32_t i = 0; i < t->n; i++) {
        if (!fn(ctx, &table->terms[t->postings[i].id])) {
            return false;
        }
    }
    return true;
}

static bool text_walk(const struct term_table *t, enum ny_term_kind kind, ny_str text, list_fn fn,
                      void *ctx)
{
    uint32_t at = t->slots[slot_of(t, text_hash(kind, text), kind, text)];

    return at == 0 || list_give(t, &t->terms[at], fn, ctx);
}

/* The text with `skip` letters left out at a place, and a letter (0: none) put in there. */
static bool spliced_walk(const struct term_table *t, const struct ny_lookup *l, size_t at,
                         size_t skip, unsigned letter, list_fn fn, void *ctx)
{
    char text[NY_TERM_TEXT_MAX + 1];
    size_t n = at;

    memcpy(text, l->text.p, at);
    if (letter != 0) {
        text[n++] = (char)letter;
    }
    memcpy(text + n, l->text.p + at + skip, l->text.n - at - skip);
    n += l->text.n - at - skip;
    return text_walk(t, l->kind, ny_str_of(text, n), fn, ctx);
}

/* The text and all that are one letter beside it: some hundred look-ups, and no walk over the
 * dictionary. */
static void edits_walk(const struct term_table *t, const struct ny_lookup *l, list_fn fn, void *ctx)
{
    bool kana = l->kind == NY_TERM_FAMILY_KANA || l->kind == NY_TERM_GIVEN_KANA;
    unsigned first = kana ? 0x01 : 'A'; /* kana are bytes behind U+30A0 */
    unsigned last = kana ? 0x5C : 'Z';
    bool more = l->text.n <= NY_TERM_TEXT_MAX;

    for (size_t at = 0; at <= l->text.n && more; at++) {
        size_t one = at < l->text.n;

        more = one == 0 || spliced_walk(t, l, at, 1, 0, fn, ctx);
        for (unsigned c = first; c <= last && more; c++) {
            more = (one == 0 || spliced_walk(t, l, at, 1, c, fn, ctx)) &&
                   spliced_walk(t, l, at, 0, c, fn, ctx);
        }
    }
}

static void lookup_walk(const struct term_table *t, const struct ny_lookup *l, list_fn fn,
                        void *ctx)
{
    uint32_t at;

    if (l->edit) {
        edits_walk(t, l, fn, ctx);
        return;
    }
    if (!l->prefix) {
        (void)text_walk(t, l->kind, l->text, fn, ctx);
        return;
    }
    for (at = term_seek(t, l->kind, l->text, NULL);
         at != 0 && t->terms[at].kind == l->kind &&
         ny_str_starts_with(term_text(&t->terms[at]), l->text);
         at = t->terms[at].next[0]) {
        if (!list_give(t, &t->terms[at], fn, ctx)) {
            return;
        }
    }
}

static void group_walk(const struct term_table *t, const struct ny_search_plan *p,
                       enum ny_search_group g, list_fn fn, void *ctx)
{
    const struct ny_lookup *l = NULL;
    size_t n = ny_search_lookups(p, g, &l);

    for (size_t i = 0; i < n; i++) {
        lookup_walk(t, &l[i], fn, ctx);
    }
}

struct measure {
    size_t n, max;
};

/* A list counts its length and what it costs to come by. */
static bool on_measure(void *ctx, const struct term *t)
{
    struct measure *m = ctx;

    m->n += t->n + 1;
    return m->n < m->max;
}

struct gathering {
    const struct ny_search_plan *plan;
    uint32_t *ids;
    size_t n;
};

static bool on_gather(void *ctx, const struct term *t)
{
    struct gathering *g = ctx;

    for (uint32_t i = 0; i < t->n; i++) {
        if (ny_search_year_fits(g->plan, t->postings[i].year)) {
            g->ids[g->n++] = t->postings[i].id;
        }
    }
    return true;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

bool ny_index_fits(const struct ny_index *ix, const struct ny_search_plan *p, uint32_t id)
{
    const struct ident *i = &ix->idents[id];
    struct ny_record r;

    return i->status != NY_IDENTITY_DELETED &&
           ny_record_unpack(ny_index_ident_record(i), &r) == NY_OK && ny_search_fits(p, &r);
}

/* Ascending, each once. */
static size_t ids_order(uint32_t *ids, size_t n)
{
    size_t kept = 0;

    qsort(ids, n, sizeof(*ids), by_number);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || ids[i] != ids[i - 1]) {
            ids[kept++] = ids[i];
        }
    }
    return kept;
}

ny_rc ny_index_search(const struct ny_index *ix, struct ny_arena *a, const struct ny_search_plan *p,
                      size_t max, uint32_t **out, size_t *out_n)
{
    struct measure best = {0, max};
    struct gathering g = {.plan = p};
    enum ny_search_group driver = NY_GROUP_COUNT;

    NY_ASSERT(ix->terms != NULL);
    for (enum ny_search_group i = 0; i < NY_GROUP_COUNT; i++) {
        const struct ny_lookup *l = NULL;
        struct measure m = {0, driver == NY_GROUP_COUNT ? max : best.n};

        if (ny_search_lookups(p, i, &l) == 0) {
            continue;
        }
        group_walk(ix->terms, p, i, on_measure, &m);
        if (m.n < m.max) {
            driver = i;
            best = m;
        }
    }
    if (driver == NY_GROUP_COUNT) {
        return NY_ELIMIT;
    }
    g.ids = ny_arena_alloc(a, ny_mul_size(best.n + 1, sizeof(*g.ids)));
    if (g.ids == NULL) {
        return NY_ELIMIT;
    }
    group_walk(ix->terms, p, driver, on_gather, &g);
    *out = g.ids;
    *out_n = ids_order(g.ids, g.n);
    return NY_OK;
}
