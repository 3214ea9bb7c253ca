/* match_draft: a new model version made from an old one, and what learning may ask of records: the
 * levels of a pair without its weights, the values that are counted. Floating point is at home here
 * and nowhere behind it. Sections: numbers of a version · draft · census · patterns · block values.
 * Spec: the project's matching rules 1.5, 1.7, 1.8, 3.1, 3.2, 4, 5. */
#ifndef NAYOSE_MATCH_DRAFT_H
#define NAYOSE_MATCH_DRAFT_H

#include "nayose/match.h"

/* ---- numbers of a version ---- */

/* Probabilities of a level: given one person (surname column F and M), unrelated people, two
 * members of a household. */
struct ny_level_numbers {
    double m[2];
    double u, h;
};

/* As a version has them. */
void ny_match_model_level(const struct ny_match_model *m, enum ny_level l,
                          struct ny_level_numbers *out);
/* As learning starts from them, whatever the version before has learned (2). */
void ny_match_level_start(enum ny_level l, struct ny_level_numbers *out);
/* As the settings of version 1 would have to be to give those of m. */
void ny_match_model_settings(const struct ny_match_model *m, struct ny_match_settings *out);

/* The first level of the run of levels of which a pair has one, G1 … G7 for example; NONE for a
 * level that stands outside such a run (SWAP, partial dates): learning leaves it alone. */
enum ny_level ny_level_mode(enum ny_level l);
enum ny_field ny_level_field(enum ny_level l); /* NY_FIELD_COUNT for NY_LEVEL_NONE */

/* Tables of frequencies. */
enum ny_tf_table {
    NY_TF_SURNAME_KANJI,
    NY_TF_SURNAME_KANA,
    NY_TF_GIVEN_KANJI,
    NY_TF_GIVEN_KANA,
    NY_TF_GIVEN_BOTH,
    NY_TF_BIRTH_YEAR,
    NY_TF_BIRTH_SPIKE, /* dates that senders write for an unknown one (1.5) */
    NY_TF_COUNT
};
const char *ny_tf_table_name(enum ny_tf_table t);
/* How many values a table lists, each cell of sex and decade counted. */
size_t ny_match_model_listed(const struct ny_match_model *m, enum ny_tf_table t);

/* Values that a version has singled out. */
enum ny_mark { NY_MARK_HOT, NY_MARK_SHARED_PHONE, NY_MARK_SHARED_ADDRESS, NY_MARK_COUNT };
size_t ny_match_model_marked(const struct ny_match_model *m, enum ny_mark mark);

/* ---- draft ---- */

struct ny_match_draft; /* a model that can still be changed */

/* A copy of a version. Owned; ends in seal or destroy. */
struct ny_match_draft *ny_match_draft_create(const struct ny_match_model *from);
void ny_match_draft_destroy(struct ny_match_draft *d); /* NULL allowed */
/* The draft becomes a version. d is moved; the result is owned. */
struct ny_match_model *ny_match_draft_seal(struct ny_match_draft *d);

void ny_match_draft_version_set(struct ny_match_draft *d, int32_t version);
void ny_match_draft_settings_set(struct ny_match_draft *d, const struct ny_match_settings *s);
/* All four probabilities above 0. */
void ny_match_draft_level_set(struct ny_match_draft *d, enum ny_level l,
                              const struct ny_level_numbers *n);
/* Forgets marks and spikes. From here on marks alone decide about B6: a marked value is off, where
 * version 1 guessed from the frequencies. */
void ny_match_draft_counts_clear(struct ny_match_draft *d);
/* B0, the birth date alone, on or off as a blocking key. */
void ny_match_draft_b0_set(struct ny_match_draft *d, bool on);
void ny_match_draft_mark(struct ny_match_draft *d, enum ny_mark mark, uint64_t value);
/* A date with its share of the birth dates of a facility. A spike counts at every facility, since a
 * record does not say where it comes from: with the largest share told, which errs to the safe
 * side. */
void ny_match_draft_spike_add(struct ny_match_draft *d, ny_date date, double share);
/* The day (since 1970) of a domain's first message, by its OID: what is said in the 30 days from
 * there on tells nothing of people's moving (GD14). */
void ny_match_draft_first_day_set(struct ny_match_draft *d, ny_str oid, int32_t day);

/* ---- census: names and birth years of the registry's people (3.2) ---- */

struct ny_match_census;

/* Owned. */
struct ny_match_census *ny_match_census_create(void);
void ny_match_census_destroy(struct ny_match_census *c); /* NULL allowed */
enum { NY_CENSUS_PERSON = 16 };
/* The records that follow belong to the next person, who counts as weight / NY_CENSUS_PERSON
 * people: each value of them once. */
void ny_match_census_person(struct ny_match_census *c, unsigned weight);
void ny_match_census_record(struct ny_match_census *c, const struct ny_record *r);
/* Replaces the frequencies of names and birth years:
 *   tf(v) = (c_v + a p0_v) / (n + a), a = 20 000, p0 from the shipped frequencies,
 * n = people with such a value in the cell. A value seen at most once is not listed; the tail
 * counts what is not listed as seen once. The same whatever order people came in. */
void ny_match_draft_census_put(struct ny_match_draft *d, const struct ny_match_census *c);

/* ---- patterns ---- */

/* What learning sees of a pair. */
struct ny_pattern {
    uint8_t level[NY_FIELD_COUNT]; /* enum ny_level */
    uint8_t male;                  /* both sexes known and male: column M */
};
/* The best pair of name variants under m; symmetric. score: as ny_match_score() of two facilities
 * has it; NULL: not asked for. */
void ny_match_pattern(const struct ny_match_model *m, const struct ny_record *a,
                      const struct ny_record *b, struct ny_pattern *out, struct ny_score *score);
/* What a pattern's probability in a household is multiplied by, since given name and birth date
 * depend on each other there (3.1): 1 or 1/1024. */
double ny_pattern_household_factor(const struct ny_pattern *p);

/* ---- block values: pairs that share one are looked at (4) ---- */

enum ny_block {
    NY_BLOCK_T1, /* birth date and given name (k3) */
    NY_BLOCK_T2, /* surname and given name (k3) and sex */
    NY_BLOCK_T3, /* phone and birth year */
    NY_BLOCK_PHONE,
    NY_BLOCK_ADDRESS, /* house */
    NY_BLOCK_CARD,    /* insurer, symbol and number, where they name a family */
    NY_BLOCK_COUNT
};
enum { NY_BLOCK_VALUES_MAX = 64 };
/* The distinct values of a record, without those that m marks as shared; phones and addresses are
 * the values that can be marked. Returns the count. */
size_t ny_match_block_values(const struct ny_match_model *m, enum ny_block block,
                             const struct ny_record *r, uint64_t out[NY_BLOCK_VALUES_MAX]);
/* Whether two records tell of different people by name or birth date (1.7): different values, but
 * equal ones say little. Given name and birth date as first said. */
uint64_t ny_match_who(const struct ny_record *r);

#endif
