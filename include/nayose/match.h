/* match: who could two records be, and how sure is that. Levels, weights, keys, guards,
 * explanation. Pure integer arithmetic on immutable inputs: the same answer on every machine, in
 * both argument orders. Sections: model version · record · overlay · blocking keys · score · guards
 * · band · explanation. The grouping of a component is in match_group.h. Spec: the project's
 * matching rules 2, 3, 5, 6. */
#ifndef NAYOSE_MATCH_H
#define NAYOSE_MATCH_H

#include "nayose/base.h"
#include "nayose/model.h"

/* Bits are int32_t in 1/1024 bit, suffix _b1024. */
#define NY_BITS(x) ((int32_t)((x)*1024))

/* ---- model version: everything that a decision reads, frozen ---- */

struct ny_match_model; /* immutable after creation; may be shared between threads */

/* The settings from which version 1 is made ([match] of the configuration). */
struct ny_match_settings {
    int64_t population;             /* N, people in the catchment */
    double prior_linked;            /* q, default .5 */
    double household;               /* h, default 2.0 */
    double same_facility_duplicate; /* prior of GD1, default .005 */
    double tau_auto;                /* bits, default 13 */
    bool require_contact;           /* GD15, default yes */
    int32_t candidate_max;          /* safety stop, default 400 */
};

void ny_match_settings_default(struct ny_match_settings *s);
/* Version 1: starting levels (2), prior frequencies (10), B0 on, B6 off for common listed names, B0
 * of every 1 January hot, nothing shared, no spikes. Owned; never NULL. */
struct ny_match_model *ny_match_model_create_v1(const struct ny_match_settings *s);
void ny_match_model_destroy(struct ny_match_model *m);
/* The whole version as text, one fact a line, and back: what `model.body` stores.
 * parse(write(m)) behaves as m for every pair. Errors: NY_ESYNTAX with the line in err. */
NY_MUST_USE ny_rc ny_match_model_write(const struct ny_match_model *m, struct ny_buf *out);
NY_MUST_USE ny_rc ny_match_model_parse(ny_str text, struct ny_match_model **out,
                                       struct ny_error *err);

/* True when a new version 1 made from these settings would have the settings of m. */
bool ny_match_model_has_settings(const struct ny_match_model *m, const struct ny_match_settings *s);
int32_t ny_match_model_version(const struct ny_match_model *m);
int32_t ny_match_model_tau_b1024(const struct ny_match_model *m);
int32_t ny_match_model_candidate_max(const struct ny_match_model *m);

/* ---- record: the packed comparison form of one identity ---- */

/* A packed record: bytes that hold all that a comparison reads (at most 16 name variants, 8
 * addresses, 8 phones, 8 insurances, current first). Same patient, same norm version: same bytes.
 * out: arena. oid and status of the identity are not part of it. Errors: NY_ECHARSET, NY_ELIMIT. */
NY_MUST_USE ny_rc ny_record_pack(struct ny_arena *a, const struct ny_patient *p, ny_str *out);

enum { NY_RECORD_NAMES_MAX = 16, NY_RECORD_CONTACTS_MAX = 8 };

/* Flags of a record. */
enum {
    NY_RECORD_NEWBORN = 1,      /* GD4: placeholder given name, or ≤ 60 days old without one */
    NY_RECORD_TEST = 2,         /* GD11 */
    NY_RECORD_UNKNOWN_NAME = 4, /* GD11 */
    NY_RECORD_IDENTITY_UNKNOWN =
        8, /* PID-31 Y or PID-32 AL: never by name alone, treated as GD11 */
    NY_RECORD_UNDECODABLE = 16,
    NY_RECORD_BIRTH_PLACEHOLDER = 32,
    NY_RECORD_MULTIPLE_BIRTH = 64,
    NY_RECORD_GONE = 128 /* never seen, or taken back: takes no part in anything */
};

/* Kana in a record: one byte a character, U+30A0 + byte. */
struct ny_record_name {
    ny_str kanji_family, kanji_given; /* folded UTF-8 */
    ny_str kana_family, kana_given;   /* k2, one byte a character */
    ny_str latin_tokens;              /* sorted skeletons; only where a Latin form was sent */
    uint32_t bag;                     /* hash of the sorted skeletons, of the kana's where no Latin
                                       * form was sent; 0 = none */
    uint8_t type;                     /* table 0200 letter or 0 */
    bool kanji_unsplit, kana_unsplit, kanji_wild, kanji_is_kana;
};
struct ny_record_address {
    uint32_t postal, municipality, town, digits, room; /* hashes but postal; 0 = missing */
    int32_t first_day;                                 /* days since 1970 */
};
struct ny_record_insurance {
    uint32_t insurer; /* 8 digits */
    int8_t branch;    /* -1 missing */
    uint64_t number;  /* hash of symbol and number; of the number alone for law category 39 */
    int32_t from_day, to_day; /* period, a year added on both sides where it was guessed */
};

/* An unpacked record. Slices point into the packed bytes, which must outlive it. */
struct ny_record {
    ny_date birth; /* precision 0: missing */
    char sex;      /* M, F or 0 */
    uint8_t birth_order;
    uint16_t flags;
    int32_t first_day, last_day; /* first and last event time, days */
    int32_t death_day;           /* INT32_MAX: not known to be dead */
    uint8_t n_names, n_addresses, n_phones, n_insurances;
    struct ny_record_name names[NY_RECORD_NAMES_MAX];
    struct ny_record_address addresses[NY_RECORD_CONTACTS_MAX];
    uint64_t phones[NY_RECORD_CONTACTS_MAX];
    struct ny_record_insurance insurances[NY_RECORD_CONTACTS_MAX];
};

/* Unpacks bytes made by ny_record_pack of this norm version, or of an older one down to
 * NY_RECORD_NORM_OLDEST: the form is the same. NY_ESYNTAX on anything else; never
 * reads outside packed. Only the used array entries are written; after a failure out holds no
 * record. */
NY_MUST_USE ny_rc ny_record_unpack(ny_str packed, struct ny_record *out);
enum { NY_RECORD_NORM_OLDEST = 1 };
/* Packed under an older norm version than this one. */
bool ny_record_is_older(ny_str packed);
/* The day up to which a record's addresses are those of a beginning (GD14): 30 days behind the
 * first day of its domain (by OID) in the model version. A version that does not know the domain
 * goes by the record's own first day, which is never earlier: the guard then fires less often,
 * never wrongly.
 */
int32_t ny_match_settled_day(const struct ny_match_model *m, ny_str oid, const struct ny_record *r);
/* True for a record that never takes part in matching (test, unknown name or unknown identity). */
bool ny_record_stands_alone(const struct ny_record *r);

/* ---- overlay: an id that turned into another person ---- */

/* The patient that a record is to be made of. Claims are read in the order of their first stamps;
 * one that names another person than those before it (another given name, and another birth date or
 * the other sex) is set aside with all that was said only then, until somebody releases it. A
 * pure function of what was said, whatever the order of arrival, and of no model version.
 *
 * out       p itself where nothing is set aside; arrays in the arena, slices borrowed from p
 * *overlaid true while the newest claim is one that is set aside; *out_since is its first stamp
 * Errors: as ny_record_pack. */
NY_MUST_USE ny_rc ny_match_patient(struct ny_arena *a, const struct ny_patient *p,
                                   struct ny_patient *out, bool *overlaid,
                                   struct ny_stamp *out_since);
/* Says that the overlay which stands in p is right: from now on the patient is who was claimed then
 * (false: none stands). It does not release a later one. */
NY_MUST_USE ny_rc ny_match_overlay_release(struct ny_arena *a, struct ny_patient *p, bool *out);

/* ---- blocking keys (5) ---- */

enum ny_key_kind {
    NY_KEY_B0,
    NY_KEY_B1,
    NY_KEY_B2,
    NY_KEY_B3,
    NY_KEY_B4,
    NY_KEY_B5,
    NY_KEY_B6,
    NY_KEY_B7,
    NY_KEY_B8,
    NY_KEY_B9,
    NY_KEY_B10,
    NY_KEY_KIND_COUNT
};

struct ny_key {
    uint64_t hash;
    uint8_t kind;
};

enum { NY_KEYS_MAX = 256, NY_PROBES_MAX = 1024 };

/* The keys under which a record is stored, without duplicates, in a fixed order; a pure function of
 * record and model (hot values are narrowed or skipped). Returns the count; *skipped counts hot
 * values that could not be narrowed. */
size_t ny_match_keys(const struct ny_match_model *m, const struct ny_record *r,
                     struct ny_key out[NY_KEYS_MAX], unsigned *skipped);
/* The keys to look up for an incoming record: its own and the query-time probes of 5. */
size_t ny_match_probes(const struct ny_match_model *m, const struct ny_record *r,
                       struct ny_key out[NY_PROBES_MAX]);

/* ---- score (3) ---- */

enum ny_field {
    NY_FIELD_GIVEN,
    NY_FIELD_SURNAME,
    NY_FIELD_BIRTH,
    NY_FIELD_SEX,
    NY_FIELD_ADDRESS,
    NY_FIELD_PHONE,
    NY_FIELD_INSURANCE,
    NY_FIELD_COUNT
};

/* Levels of all fields in one enumeration; NY_LEVEL_NONE = not compared. SWAP and whole-name levels
 * stand in GIVEN while SURNAME is NY_LEVEL_NONE. Generated from tbl/match_levels.def. */
enum ny_level {
    NY_LEVEL_NONE = 0,
#define NY_LEVEL(field, id, m_f, m_m, u_r, u_h, help) NY_LEVEL_##id,
#include "nayose/tbl/match_levels.def"
#undef NY_LEVEL
    NY_LEVEL_COUNT
};

/* Guards of 6.2 as bits: 1u << NY_GUARD_GD3 … */
enum ny_guard {
#define NY_GUARD(id, effect, en, ja) NY_GUARD_##id,
#include "nayose/tbl/match_guards.def"
#undef NY_GUARD
    NY_GUARD_COUNT
};

enum ny_guard_effect_kind {
    NY_EFFECT_HARD,    /* never automatic, not even with a strong ID; asks no question */
    NY_EFFECT_REVIEW,  /* a question at best */
    NY_EFFECT_NONLINK, /* neither automatic nor a question */
    NY_EFFECT_PARK     /* parked when it is the only one (GD15) */
};
enum ny_guard_effect_kind ny_guard_effect(enum ny_guard g);
const char *ny_guard_name(enum ny_guard g); /* "GD3" */
const char *ny_guard_text(enum ny_guard g, bool japanese);

struct ny_score {
    int32_t total_b1024;
    uint8_t level[NY_FIELD_COUNT]; /* enum ny_level */
    uint8_t name_a, name_b;        /* variant pair that scored best */
    uint32_t guards;               /* bits of enum ny_guard; pair guards only */
};

/* Scores two records. same_authority: both are ACTIVE ids of one assigning authority (GD1).
 * Symmetric: swapping a and b gives the same score with name_a and name_b exchanged (where several
 * pairs of variants stand at the same levels and weights, any one of them may be named). */
void ny_match_score(const struct ny_match_model *m, const struct ny_record *a,
                    const struct ny_record *b, bool same_authority, struct ny_score *out);
/* The same with the address, phone and insurance levels given instead of compared (6.3 d): levels
 * as enum ny_level, NY_LEVEL_NONE = not compared. Guards are judged on the result. */
void ny_match_score_with_contacts(const struct ny_match_model *m, const struct ny_record *a,
                                  const struct ny_record *b, bool same_authority, uint8_t address,
                                  uint8_t phone, uint8_t insurance, struct ny_score *out);
/* Of two levels of one contact field the one with the larger weight log2(m/uR); NONE loses. */
uint8_t ny_match_better_contact(const struct ny_match_model *m, uint8_t level_a, uint8_t level_b);
bool ny_match_contact_agrees(const struct ny_score *s); /* A1/A2, phone, I1/I2 */
const char *ny_level_name(enum ny_level l);             /* "G1" */

/* ---- band (6.1) ---- */

enum ny_band { NY_BAND_NONE = 0, NY_BAND_PARKED = 1, NY_BAND_REVIEW = 2, NY_BAND_AUTO = 3 };

#define NY_TOTAL_REVIEW_B1024 (-3246) /* P(false) = .9 */
#define NY_TOTAL_CROSS_B1024 (-4096)  /* least total of a cross pair in a group, 6.3 c */

/* The band of a pair by its own score and guards; group guards and holds come on top. A HARD or
 * NONLINK guard gives NY_BAND_NONE: no link and no question. */
enum ny_band ny_match_band(const struct ny_match_model *m, const struct ny_score *s);
/* True when an edge is stored: P(false) ≤ .9. */
bool ny_match_is_edge(const struct ny_score *s);
/* P(false) = 1 / (1 + 2^total), for print only. */
double ny_match_p_false(int32_t total_b1024);
/* How sure a total is, as a query is told it and may ask for at least: of NY_CONFIDENCE_ONE, never
 * rounded up. */
enum { NY_CONFIDENCE_ONE = 10000 };
int ny_match_confidence(int32_t total_b1024);

/* ---- explanation ---- */

/* One bar of the score: label, what was compared, bits. Texts are static or in the arena. */
struct ny_bar {
    const char *label;    /* "given name", "name rarity", "family" … */
    const char *label_ja; /* 名, 名の珍しさ, 家族 … */
    const char *level;    /* "G1", or "" */
    const char *help;     /* one sentence of the level, or "" */
    int32_t bits_b1024;
};
enum { NY_BARS_MAX = 16 };
/* The bars of a score, in the order of 3.1; they add up to total_b1024 exactly. Returns the count.
 */
size_t ny_match_explain(const struct ny_match_model *m, const struct ny_record *a,
                        const struct ny_record *b, bool same_authority,
                        struct ny_bar out[NY_BARS_MAX]);

#endif
