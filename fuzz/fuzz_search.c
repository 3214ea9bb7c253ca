/* module: match */
/* A question and a record of any texts, one a line: whoever is meant is found by the terms of his
 * record in every group that the question fills; a question that is not read says which value. */

#include <stdint.h>

#include "nayose/match_search.h"

enum { LINES = 14, SIZE_MAX_IN = 4096 };

static const enum ny_search_field asked[] = {NY_SEARCH_FAMILY, NY_SEARCH_GIVEN,  NY_SEARCH_BIRTH,
                                             NY_SEARCH_PHONE,  NY_SEARCH_POSTAL, NY_SEARCH_SEX};
static const enum ny_part_id name_parts[] = {NY_PART_NAME_KANJI_FAMILY, NY_PART_NAME_KANJI_GIVEN,
                                             NY_PART_NAME_KANA_FAMILY,  NY_PART_NAME_KANA_GIVEN,
                                             NY_PART_NAME_LATIN_FAMILY, NY_PART_NAME_LATIN_GIVEN};

static bool is_met(struct ny_arena *a, const struct ny_lookup *l, const struct ny_term *t)
{
    ny_str text = t->text;
    uint8_t kind = t->kind;

    if (l->kind >= NY_TERM_RECORD_KINDS &&
        (kind == NY_TERM_FAMILY_KANA || kind == NY_TERM_GIVEN_KANA)) {
        NY_ASSERT(ny_search_sound(a, t->text, &text) == NY_OK);
        kind = kind == NY_TERM_FAMILY_KANA ? NY_TERM_FAMILY_SOUND : NY_TERM_GIVEN_SOUND;
    }
    return l->kind == kind &&
           (l->prefix ? ny_str_starts_with(text, l->text) : ny_str_equals(text, l->text));
}

static bool group_is_met(struct ny_arena *a, const struct ny_search_plan *p, enum ny_search_group g,
                         const struct ny_terms *terms)
{
    const struct ny_lookup *l = NULL;
    size_t n = ny_search_lookups(p, g, &l);
    bool met = n == 0;

    for (size_t i = 0; i < n * terms->n && !met; i++) {
        met = is_met(a, &l[i / terms->n], &terms->t[i % terms->n]);
    }
    return met;
}

/* NY_OK and the packed record of lines 6 … 13. */
static ny_rc record_make(struct ny_arena *a, const ny_str line[LINES], ny_str *out)
{
    struct ny_stamp s = {.at_us = INT64_C(1775012400) * NY_US_PER_SECOND};
    struct ny_value name = {0};
    struct ny_value phone = {0};
    struct ny_value address = {0};
    struct ny_patient p;
    ny_rc rc;

    ny_patient_init(&p);
    p.seen = s;
    for (size_t i = 0; i < NY_ARRAY_LEN(name_parts); i++) {
        ny_value_part_set(&name, name_parts[i], line[6 + i]);
    }
    ny_value_part_set(&phone, NY_PART_PHONE_NUMBER, line[12]);
    ny_value_part_set(&address, NY_PART_ADDRESS_POSTAL, line[13]);
    ny_patient_say_single(&p, NY_SINGLE_BIRTH_DATE, line[2], &s); /* often the one that is asked */
    rc = ny_patient_say(&p, a, NY_SET_NAME, &name, &s);
    rc = rc == NY_OK ? ny_patient_say(&p, a, NY_SET_PHONE, &phone, &s) : rc;
    rc = rc == NY_OK ? ny_patient_say(&p, a, NY_SET_ADDRESS, &address, &s) : rc;
    return rc == NY_OK ? ny_record_pack(a, &p, out) : rc;
}

static void check(struct ny_arena *a, const struct ny_search_plan *p, ny_str packed)
{
    struct ny_terms *terms = NY_ARENA_NEW(a, struct ny_terms);
    struct ny_record record;
    struct ny_record probe;

    NY_ASSERT(terms != NULL && ny_record_unpack(packed, &record) == NY_OK);
    ny_search_probe(p, &probe);
    ny_search_terms(&record, terms);
    for (enum ny_search_group g = 0; ny_search_fits(p, &record) && g < NY_GROUP_COUNT; g++) {
        NY_ASSERT(group_is_met(a, p, g, terms));
    }
    NY_ASSERT(!ny_search_fits(p, &record) || ny_search_year_fits(p, record.birth.y));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_search s = {0};
    struct ny_search_plan *plan = NULL;
    enum ny_search_field bad = NY_SEARCH_FIELD_COUNT;
    size_t bad_value = 0;
    ny_str rest = ny_str_of((const char *)data, size < SIZE_MAX_IN ? size : SIZE_MAX_IN);
    ny_str line[LINES] = {
        {NULL, 0}
    };
    ny_str packed = NY_STR_NONE;
    ny_rc rc;

    for (size_t i = 0; i < LINES && rest.p != NULL && rest.n > 0; i++) {
        line[i] = ny_str_split(&rest, '\n');
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(asked); i++) {
        if (line[i].n > 0) {
            s.field[asked[i]].v[0] = line[i];
            s.field[asked[i]].n = 1;
        }
    }
    rc = ny_search_plan(a, &s, &plan, &bad, &bad_value);
    NY_ASSERT(rc == NY_OK || (bad < NY_SEARCH_FIELD_COUNT && s.field[bad].n > 0));
    if (rc == NY_OK && record_make(a, line, &packed) == NY_OK) {
        check(a, plan, packed);
    }
    ny_arena_destroy(a);
    return 0;
}
