/* The dictionary: terms of the records of everybody who may be found, and of retired ones, which
 * may speak for who took their place; sorted, each with its identities.
 *
 *   slots ─hash─▶ term ─▶ identities, ascending          years[identity]: of birth
 *                  └ next[0..] ─▶ the next term in the order of (kind, text): a skip list
 *
 * A term stays when nobody has it any more: names come back. Many terms have one or two
 * identities (a phone, a rare name), which stand in the term itself. What a kana term sounds like
 * is a term too; its "identities" are numbers of kana terms. How high a term stands in the skip
 * list follows from its hash. */

#include "nayose/index.h"

#include "terms_priv.h"

enum { SLOTS_FIRST = 4096, LEVELS = 12 };

static int term_order(const struct term *t, enum ny_term_kind kind, ny_str text)
{
    return t->kind != kind ? (int)t->kind - (int)kind : ny_str_compare(ny_term_text(t), text);
}

/* ---- life ---- */

void ny_index_terms_keep(struct ny_index *ix)
{
    struct term_table *t = ny_calloc(1, sizeof(*t));

    NY_ASSERT(ix->terms == NULL && ix->n == 0);
    t->terms = ny_index_grow(NULL, &t->cap, 0, sizeof(*t->terms));
    t->texts = ny_arena_create(0);
    t->terms[0] = (struct term){
        .levels = LEVELS, .next = NY_ARENA_ARRAY(t->texts, uint32_t, LEVELS), .cap = FEW};
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
        if (t->terms[i].cap > FEW) {
            ny_free(t->terms[i].ids.many);
        }
    }
    ny_arena_destroy(t->texts);
    ny_arena_destroy(t->scratch);
    ny_free(t->years);
    ny_free(t->terms);
    ny_free(t->slots);
    ny_free(t);
}

size_t ny_index_terms_bytes(const struct ny_index *ix)
{
    const struct term_table *t = ix->terms;

    return t == NULL ? 0
                     : t->bytes + t->n * sizeof(*t->terms) + ix->n * sizeof(*t->years) +
                           ((size_t)t->mask + 1) * sizeof(*t->slots);
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

uint32_t ny_terms_find(const struct term_table *t, enum ny_term_kind kind, ny_str text)
{
    return t->slots[slot_of(t, text_hash(kind, text), kind, text)];
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

uint32_t ny_terms_seek(const struct term_table *t, enum ny_term_kind kind, ny_str text)
{
    return term_seek(t, kind, text, NULL);
}

static uint32_t term_make(struct term_table *t, uint32_t hash, enum ny_term_kind kind, ny_str text)
{
    uint32_t before[LEVELS];
    uint32_t number = t->n + 1;
    uint8_t levels = 1;
    uint32_t *next;

    (void)term_seek(t, kind, text, before);
    while (levels < LEVELS && (hash >> (2 * levels + 4) & 3) == 0) { /* one of four goes on */
        levels++;
    }
    t->terms = ny_index_grow(t->terms, &t->cap, number, sizeof(*t->terms));
    next = ny_arena_alloc(t->texts, levels * sizeof(*next) + text.n);
    NY_ASSERT(next != NULL); /* it has no cap */
    memcpy(next + levels, text.p, text.n);
    for (unsigned level = 0; level < levels; level++) {
        next[level] = t->terms[before[level]].next[level];
        t->terms[before[level]].next[level] = number;
    }
    t->terms[number] = (struct term){.next = next,
                                     .hash = hash,
                                     .text_n = (uint16_t)text.n,
                                     .kind = (uint8_t)kind,
                                     .levels = levels,
                                     .cap = FEW};
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

static uint32_t *ids_of(struct term *t)
{
    return t->cap == FEW ? t->ids.few : t->ids.many;
}

/* Where the id stands, or would stand. */
static uint32_t id_seek(const struct term *t, uint32_t id)
{
    const uint32_t *ids = ny_term_ids(t);
    uint32_t from = 0;
    uint32_t to = t->n;

    if (t->n > 0 && ids[t->n - 1] < id) {
        return t->n; /* most identities are new ones */
    }
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;

        if (ids[mid] < id) {
            from = mid + 1;
        } else {
            to = mid;
        }
    }
    return from;
}

static void ids_grow(struct term_table *table, struct term *t)
{
    uint32_t cap = t->cap + t->cap / 2 + 1;
    uint32_t *old = t->cap == FEW ? NULL : t->ids.many;
    uint32_t *many = ny_realloc(old, ny_mul_size(cap, sizeof(*many)));

    if (old == NULL) {
        memcpy(many, t->ids.few, sizeof(t->ids.few));
    }
    table->bytes += (cap - (old != NULL ? t->cap : 0)) * sizeof(*many);
    t->ids.many = many;
    t->cap = cap;
}

static void id_put(struct term_table *table, struct term *t, uint32_t id)
{
    uint32_t at = id_seek(t, id);
    uint32_t *ids;

    if (t->n == t->cap) {
        ids_grow(table, t);
    }
    ids = ids_of(t);
    memmove(ids + at + 1, ids + at, (t->n - at) * sizeof(*ids));
    ids[at] = id;
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
    if (ny_search_sound(t->scratch, ny_term_text(&t->terms[number]), &sound) != NY_OK ||
        sound.n == 0 || sound.n > NY_TERM_TEXT_MAX) {
        return;
    }
    hash = text_hash(kind, sound);
    at = t->slots[slot_of(t, hash, kind, sound)];
    at = at != 0 ? at : term_make(t, hash, kind, sound);
    id_put(t, &t->terms[at], number);
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

/* The record of an identity as it is now, and its terms in t->now; false: nothing is found by it.
 */
static bool ident_terms(struct ny_index *ix, uint32_t id, struct ny_record *r)
{
    const struct ident *i = &ix->idents[id];

    if (ix->terms == NULL || i->record_len == 0 || i->status == NY_IDENTITY_DELETED ||
        ny_record_unpack(ny_index_ident_record(i), r) != NY_OK ||
        (r->flags & NY_RECORD_GONE) != 0) {
        return false;
    }
    ny_search_terms(r, &ix->terms->now);
    return true;
}

void ny_index_terms_add(struct ny_index *ix, uint32_t id)
{
    struct term_table *t = ix->terms;
    struct ny_record r;

    if (!ident_terms(ix, id, &r)) {
        return;
    }
    t->years = ny_index_grow(t->years, &t->cap_years, id, sizeof(*t->years));
    t->years[id] = r.birth.y;
    for (size_t k = 0; k < t->now.n; k++) {
        uint32_t number = term_of(t, &t->now.t[k]);

        id_put(t, &t->terms[number], id);
    }
}

void ny_index_terms_remove(struct ny_index *ix, uint32_t id)
{
    struct term_table *t = ix->terms;
    struct ny_record r;

    if (!ident_terms(ix, id, &r)) {
        return;
    }
    for (size_t k = 0; k < t->now.n; k++) {
        struct term *x = &t->terms[term_of(t, &t->now.t[k])];
        uint32_t *ids = ids_of(x);
        uint32_t at = id_seek(x, id);

        NY_ASSERT(at < x->n && ids[at] == id);
        x->n--;
        memmove(ids + at, ids + at + 1, (x->n - at) * sizeof(*ids));
    }
}
