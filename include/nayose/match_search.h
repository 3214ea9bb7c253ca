/* match_search: who is asked for. A question (any of the texts of a field, all of the fields) is
 * made a plan: terms by which records are found, and a test that says whether a record is meant.
 * Pure; knows no model version, so a question finds the same records under each.
 * Spec: ITI TF-2 3.21; the project's HL7 v2 rules 7, matching rules 1. */
#ifndef NAYOSE_MATCH_SEARCH_H
#define NAYOSE_MATCH_SEARCH_H

#include "nayose/match.h"

/* ---- the question ---- */

enum ny_search_field {
    NY_SEARCH_FAMILY, /* kanji, kana or Latin by its script; '*' behind at least one character */
    NY_SEARCH_GIVEN,
    NY_SEARCH_MOTHER, /* her given name */
    NY_SEARCH_BIRTH,  /* YYYY, YYYYMM, YYYYMMDD, and what a feed may send; or FIRST..LAST, where one
                       * of both may be left out */
    NY_SEARCH_SEX,
    NY_SEARCH_PHONE,
    NY_SEARCH_POSTAL,
    NY_SEARCH_STATE, /* of an address; found anywhere in it */
    NY_SEARCH_CITY,
    NY_SEARCH_STREET,
    NY_SEARCH_OTHER,
    NY_SEARCH_WHOLE,
    NY_SEARCH_ACCOUNT,
    NY_SEARCH_MOTHER_ID, /* namespace^id, exactly */
    NY_SEARCH_MAIDEN,    /* her family name */
    NY_SEARCH_FIELD_COUNT
};

enum { NY_SEARCH_VALUES_MAX = 4, NY_SEARCH_IDS_MAX = 8 };

/* Fields are joined by AND, the values of one by OR, ids by OR, or by AND when every_id. Zeroed:
 * nothing is asked. */
struct ny_search {
    struct ny_search_values {
        ny_str v[NY_SEARCH_VALUES_MAX];
        size_t n;
    } field[NY_SEARCH_FIELD_COUNT];
    struct ny_search_id {
        int32_t domain;
        ny_str id;
    } ids[NY_SEARCH_IDS_MAX];
    size_t n_ids;
    bool every_id;
};

/* ---- terms: what a record is found by ---- */

enum ny_term_kind {
    NY_TERM_FAMILY_KANJI,
    NY_TERM_GIVEN_KANJI,
    NY_TERM_FAMILY_KANA, /* without long vowels, one byte a character */
    NY_TERM_GIVEN_KANA,
    NY_TERM_LATIN,  /* a token of a name that was sent in Latin letters */
    NY_TERM_BIRTH,  /* year (2 bytes, big-endian), month, day: a partial date is a prefix */
    NY_TERM_PHONE,  /* 8 bytes, big-endian */
    NY_TERM_POSTAL, /* 4 bytes, big-endian */
    NY_TERM_RECORD_KINDS,
    /* What kana sound like; such a term leads to terms of the kana kinds. */
    NY_TERM_FAMILY_SOUND = NY_TERM_RECORD_KINDS,
    NY_TERM_GIVEN_SOUND,
    NY_TERM_KIND_COUNT
};

enum { NY_TERMS_MAX = 256, NY_TERM_TEXT_MAX = 512 };

struct ny_term {
    uint8_t kind;
    ny_str text;
};
/* The terms of one record; a pure function of it. text belongs to buf or to the packed bytes. */
struct ny_terms {
    struct ny_term t[NY_TERMS_MAX];
    size_t n;
    char buf[NY_RECORD_NAMES_MAX * 3 * 240 + 256]; /* three texts of each name, and numbers */
    size_t buf_n;
};
void ny_search_terms(const struct ny_record *r, struct ny_terms *out);
/* The sound of a kana term, as letters; empty when there is none. out: arena. NY_ELIMIT. */
NY_MUST_USE ny_rc ny_search_sound(struct ny_arena *a, ny_str kana, ny_str *out);

/* ---- the plan ---- */

/* Every record that is meant has a term of each group: one that equals, or begins with, some text
 * of it. */
enum ny_search_group {
    NY_GROUP_FAMILY,
    NY_GROUP_GIVEN,
    NY_GROUP_BIRTH,
    NY_GROUP_PHONE,
    NY_GROUP_POSTAL,
    NY_GROUP_COUNT
};
struct ny_lookup {
    uint8_t kind; /* enum ny_term_kind */
    bool prefix;
    bool edit; /* or one letter another, missing or too many; not with prefix */
    ny_str text;
};
enum { NY_LOOKUPS_MAX = 32 };

struct ny_search_plan;
/* Folds the question. Everything in the arena; s is borrowed.
 * Errors: NY_ESYNTAX for a value that cannot be read (*bad and *bad_value tell which), NY_ECHARSET
 * likewise, NY_ELIMIT. */
NY_MUST_USE ny_rc ny_search_plan(struct ny_arena *a, const struct ny_search *s,
                                 struct ny_search_plan **out, enum ny_search_field *bad,
                                 size_t *bad_value);
/* The texts of a group; 0 when the question does not fill it. */
size_t ny_search_lookups(const struct ny_search_plan *p, enum ny_search_group g,
                         const struct ny_lookup **out);
/* From here on a name in kana or Latin letters, of four or more and without a star, may have one
 * letter another, missing or too many. False: it asks for no such name, or for nothing beside one,
 * and nothing changes. */
bool ny_search_misspelt(struct ny_search_plan *p);
/* False when a record born in that year (0: unknown) cannot be meant. */
bool ny_search_year_fits(const struct ny_search_plan *p, int year);
/* The record is meant, as far as it tells: names, birth date, sex, phone and postal code. */
bool ny_search_fits(const struct ny_search_plan *p, const struct ny_record *r);
/* What a record cannot tell: mother's name, address, account. */
bool ny_search_needs_patient(const struct ny_search_plan *p);
bool ny_search_fits_patient(const struct ny_search_plan *p, const struct ny_patient *patient);
/* The question as a record, for the matcher to rank what was found; cut names are left out. */
void ny_search_probe(const struct ny_search_plan *p, struct ny_record *out);

#endif
