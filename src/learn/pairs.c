/* Pairs to learn from (4.1 to 4.3): random ones, those of a household, those of one person. Of each
 * only its pattern is counted. */

#include "learn_priv.h"

enum {
    DRAWS_MAX = 10000000,
    DRAWS_A_RECORD = 50,
    PARTNERS = 8,          /* drawn for each record drawn */
    RUN_MAX = 60,          /* records that share a block value; more of them say less each */
    BLOCK_PAIRS = 2000000, /* of a block; of more, a share of the values is taken by their hash */
    TELL_EVERY = 65536
};

/* SplitMix64: the same draws on every machine. */
static uint64_t roll(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static size_t roll_below(uint64_t *state, size_t n)
{
    return (size_t)(((roll(state) >> 32) * (uint64_t)n) >> 32);
}

/* Two people as far as the registry knows, at different facilities. */
static bool is_stranger(const struct place *a, const struct place *b)
{
    return a->active && b->active && a->domain != b->domain && a->person != b->person;
}

bool ny_learn_draw(struct learn *l)
{
    const struct sample *s = &l->sample;
    uint64_t state = l->o->seed;
    size_t draws = s->n < DRAWS_MAX / DRAWS_A_RECORD ? s->n * DRAWS_A_RECORD : DRAWS_MAX;

    for (size_t i = 0; i < draws; i += PARTNERS) {
        size_t at = roll_below(&state, s->n);
        struct ny_record a;

        if (i % TELL_EVERY == 0 && !ny_learn_goes_on(l, NY_LEARN_DRAW, i, draws)) {
            return false;
        }
        ny_sample_record(s, at, &a);
        for (size_t k = 0; k < PARTNERS; k++) {
            size_t other = roll_below(&state, s->n);
            struct ny_pattern p;
            struct ny_record b;

            if (is_stranger(&s->places[at], &s->places[other])) {
                ny_sample_record(s, other, &b);
                ny_match_pattern(l->m, &a, &b, &p, NULL);
                ny_histogram_add(&l->pairs[NY_LEARN_RANDOM], &p);
            }
        }
    }
    ny_histogram_sort(&l->pairs[NY_LEARN_RANDOM]);
    return true;
}

/* ---- blocks ---- */

/* Pairs of different facilities for what one person looks like; of one facility, and held to be two
 * people, for a household. */
static bool is_wanted(const struct sample *s, enum ny_block block, size_t at, size_t other)
{
    const struct place *a = &s->places[at];
    const struct place *b = &s->places[other];

    if (block < NY_BLOCK_PHONE) {
        return a->domain != b->domain;
    }
    return a->domain == b->domain && a->person != b->person && !ny_sample_is_pinned(s, at, other);
}

static void pair_add(struct learn *l, enum ny_block block, size_t at, size_t other,
                     const struct ny_record *a, const struct ny_record *b)
{
    const struct place *places = l->sample.places;
    const bool taught = block < NY_BLOCK_PHONE && l->words.n > 0;
    enum word word = WORD_NONE;
    unsigned band = 0;
    struct ny_pattern p;
    struct ny_score score;

    ny_match_pattern(l->m, a, b, &p, taught ? &score : NULL);
    if (taught) {
        word = ny_words_of(&l->words, places[at].id, places[other].id);
        band = ny_words_band(l->m, &score);
    }
    ny_histogram_add_told(&l->pairs[block], &p, band, word);
}

static void run_add(struct learn *l, enum ny_block block, const struct valued *run, size_t n,
                    struct ny_record records[RUN_MAX])
{
    for (size_t i = 0; i < n; i++) {
        ny_sample_record(&l->sample, run[i].at, &records[i]);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n; k++) {
            if (is_wanted(&l->sample, block, run[i].at, run[k].at)) {
                pair_add(l, block, run[i].at, run[k].at, &records[i], &records[k]);
            }
        }
    }
}

/* The share of the values that is looked at, in 1/2^32. */
static uint64_t share_of(const struct valued_list *list)
{
    uint64_t pairs = 1;

    for (size_t from = 0; from < list->n;) {
        size_t to = ny_valued_run(list, from);

        pairs += to - from <= RUN_MAX ? (uint64_t)(to - from) * (to - from - 1) / 2 : 0;
        from = to;
    }
    return pairs <= BLOCK_PAIRS ? UINT64_C(1) << 32 : ((uint64_t)BLOCK_PAIRS << 32) / pairs;
}

static void block_add(struct learn *l, enum ny_block block)
{
    struct ny_record *records = ny_calloc(RUN_MAX, sizeof(*records));
    struct valued_list list;
    uint64_t share;

    ny_valued_collect(&l->sample, l->m, block, &list);
    share = share_of(&list);
    for (size_t from = 0; from < list.n;) {
        size_t to = ny_valued_run(&list, from);
        uint64_t state = list.v[from].value ^ l->o->seed;

        if (to - from > 1 && to - from <= RUN_MAX && roll(&state) >> 32 < share) {
            run_add(l, block, list.v + from, to - from, records);
        }
        from = to;
    }
    ny_histogram_sort(&l->pairs[block]);
    ny_valued_finish(&list);
    ny_free(records);
}

bool ny_learn_pair(struct learn *l)
{
    for (int block = 0; block < NY_BLOCK_COUNT; block++) {
        if (!ny_learn_goes_on(l, NY_LEARN_PAIR, (size_t)block, NY_BLOCK_COUNT)) {
            return false;
        }
        block_add(l, (enum ny_block)block);
    }
    return true;
}
