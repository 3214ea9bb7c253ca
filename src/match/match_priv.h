/* match, private: the frozen tables of a model version, and the steps of a comparison.
 * Sections: bits · frequencies · marks · model · kana · names · other fields · weighing · guards.
 */
#ifndef NAYOSE_MATCH_PRIV_H
#define NAYOSE_MATCH_PRIV_H

#include "nayose/match.h"
#include "nayose/match_draft.h"
#include "nayose/text.h"

/* ---- bits ---- */

/* log2 of something impossible: far below everything that counts, far from overflow. */
#define NY_BITS_NEVER (-(1 << 20))

int32_t ny_bits_of(double p); /* log2(p) in 1/1024 bit, NY_BITS_NEVER for p <= 0 */

/* log2(1 + 2^x) for x in [-16, 16] in steps of 1/128 bit, in 1/65536 bit. */
enum { NY_LOG1P_LEN = 4096 };
struct ny_log1p {
    int32_t at[NY_LOG1P_LEN + 1];
};
void ny_log1p_init(struct ny_log1p *t);
/* log2(1 + 2^x), x and result in 1/1024 bit. */
int32_t ny_log1p_bits(const struct ny_log1p *t, int32_t x_b1024);

/* Longest part of a name in a packed record, in bytes; longer ones are cut. */
enum { NY_NAME_PART_MAX = 240 };

/* ---- frequencies (3.2) ---- */

/* Texts of enum ny_tf_table: folded kanji; k2 as one byte a character; kanji '/' kana; "1980";
 * "19500101". Cells of the given-name tables: sex and birth decade. */
enum {
    NY_TF_DECADE_FIRST = 1920,
    NY_TF_DECADES = 11,
    NY_TF_CELLS = 2 * NY_TF_DECADES,
    NY_TF_CELL_ANY =
        NY_TF_CELLS, /* the largest share over all cells; also: the table has no cells */
    NY_TF_TEXT_MAX = 1024
};

struct ny_tf_entry {
    uint8_t table, cell;
    uint16_t text_len;
    uint32_t text_at; /* in ny_tf.text */
    int32_t bits;     /* log2 of the frequency */
};
struct ny_tf_slot {
    uint64_t hash; /* 0 = free */
    int32_t bits;
};
struct ny_tf {
    struct ny_tf_entry *entries; /* in the order in which they were added; what is written */
    size_t n, cap;
    char *text;
    size_t text_n, text_cap;
    struct ny_tf_slot *slots; /* made by ny_tf_index */
    size_t mask;
    int32_t tail[NY_TF_COUNT][NY_TF_CELLS + 1]; /* what is not listed */
};

void ny_tf_finish(struct ny_tf *tf);
/* One tail for all cells. */
void ny_tf_tail_set(struct ny_tf *tf, enum ny_tf_table table, int32_t bits);
uint64_t ny_tf_hash(enum ny_tf_table table, unsigned cell, ny_str text); /* never 0 */
/* text at most NY_TF_TEXT_MAX bytes; a longer one is left out (it takes the tail). */
void ny_tf_add(struct ny_tf *tf, enum ny_tf_table table, unsigned cell, ny_str text, int32_t bits);
/* Takes the entries of these tables out. */
void ny_tf_drop(struct ny_tf *tf, const bool tables[NY_TF_COUNT]);
/* Makes the entries findable; adds NY_TF_CELL_ANY of the given-name tables. Once, after all adds.
 */
void ny_tf_index(struct ny_tf *tf);
ny_str ny_tf_entry_text(const struct ny_tf *tf, const struct ny_tf_entry *e);
/* True and the frequency of a listed value. */
bool ny_tf_find(const struct ny_tf *tf, enum ny_tf_table table, unsigned cell, ny_str text,
                int32_t *out_bits);
/* The frequency, or the table's tail. */
int32_t ny_tf_get(const struct ny_tf *tf, enum ny_tf_table table, unsigned cell, ny_str text);
/* The cells that a person of this sex and birth date may stand in, as bits. */
uint32_t ny_tf_cells(char sex, ny_date birth);
/* Largest frequency over the cells. kanji or kana may be empty, then the other one alone counts;
 * both: of the pair, or the smaller of the two where the pair is not listed. */
int32_t ny_tf_given(const struct ny_tf *tf, uint32_t cells, ny_str kanji, ny_str kana);
/* The pair as the table of both has it, in buf (kanji '/' kana); empty when it is too long. */
ny_str ny_tf_pair(ny_str kanji, ny_str kana, char buf[NY_NAME_PART_MAX * 2 + 1]);
/* Text of a birth date; the first four digits are that of the year. */
ny_str ny_tf_date(ny_date d, char buf[8]);
/* Fills tf with the starting frequencies and tails (10). */
void ny_tf_add_priors(struct ny_tf *tf);

/* Adds the entries and sets the tails of names and birth years, which tf has none of (3.2). */
void ny_census_put(const struct ny_match_census *c, struct ny_tf *tf);

/* ---- marks: values that a model version has singled out ---- */

struct ny_marks {
    uint64_t *v; /* sorted by ny_marks_sort */
    size_t n, cap;
};
void ny_marks_add(struct ny_marks *s, uint64_t v);
void ny_marks_sort(struct ny_marks *s);
bool ny_marks_has(const struct ny_marks *s, uint64_t v);

/* ---- first days of domains (GD14) ---- */

struct ny_first_day {
    char *oid; /* owned, terminated */
    int32_t day;
};
struct ny_first_days {
    struct ny_first_day *v; /* in the order of their setting */
    size_t n;
};
void ny_first_days_finish(struct ny_first_days *d);
void ny_first_days_copy(struct ny_first_days *dst, const struct ny_first_days *src);
/* The later word of a domain counts. */
void ny_first_days_set(struct ny_first_days *d, ny_str oid, int32_t day);

/* ---- model ---- */

enum ny_model_setting {
#define NY_SETTING(id, text) NY_SETTING_##id,
#include "tbl/settings.def"
#undef NY_SETTING
    NY_SETTING_COUNT
};
extern const char *const ny_model_setting_names[NY_SETTING_COUNT];

struct ny_level_bits {
    int32_t m[2]; /* column F, column M */
    int32_t u, h;
};

struct ny_match_model {
    int64_t setting[NY_SETTING_COUNT];
    struct ny_level_bits level[NY_LEVEL_COUNT];
    struct ny_tf tf;
    struct ny_marks mark[NY_MARK_COUNT];
    struct ny_first_days first_days;
    struct ny_log1p log1p;
    int32_t log_count[NY_RECORD_NAMES_MAX * NY_RECORD_NAMES_MAX + 1]; /* log2(n) */
};

/* log2 of settings, from their numbers. */
void ny_match_model_settings_put(struct ny_match_model *m, const struct ny_match_settings *s);
/* An empty model with its arithmetic tables; levels, settings and frequencies are to be filled in.
 */
struct ny_match_model *ny_match_model_new(void);
/* Makes everything findable. */
void ny_match_model_seal(struct ny_match_model *m);

/* ---- levels ---- */

struct ny_level_info {
    const char *name;
    const char *help;
    uint8_t field;
    bool has_tf;           /* a frequency replaces u_r */
    bool given_agrees;     /* the same given name as far as twins are concerned (GD3, household) */
    uint8_t whole_surname; /* the surname level that a whole-name level brings along, or NONE */
    double m_f, m_m, u_r, u_h; /* starting numbers */
};
const struct ny_level_info *ny_level_info(enum ny_level l);
bool ny_level_parse(ny_str name, enum ny_level *out);

/* ---- kana, one byte a character ---- */

/* UTF-8 katakana to bytes (what is no katakana is left out) and back; dst has room for in.n bytes.
 * Returns the count. */
size_t ny_kana_pack(ny_str in, char *dst);
void ny_kana_write(ny_str kana, struct ny_buf *out);
/* k3 and k4 of k2; dst has room for k2.n bytes. */
ny_str ny_kana_k3(ny_str k2, char *dst);
ny_str ny_kana_k4(ny_str k2, char *dst);

enum { NY_KANA_K2 = 1, NY_KANA_K3 = 2, NY_KANA_K4 = 4, NY_KANA_EDIT1 = 8 };
/* How two k2 forms agree, as bits of the above; a nearer form implies the farther ones, but for
 * EDIT1, which stands for itself (both of at least 3 characters). */
unsigned ny_kana_relation(ny_str a, ny_str b);
/* One character is another one, missing or too many; both of at least three bytes. */
bool ny_is_one_edit(ny_str a, ny_str b);

/* ---- kanji ---- */

enum ny_kanji_relation {
    NY_KANJI_MISSING, /* on a side, or only a wildcard stands in the way */
    NY_KANJI_EQUAL,
    NY_KANJI_NEAR, /* one character differs, and the two are a `near` pair */
    NY_KANJI_DIFFERENT
};
enum ny_kanji_relation ny_kanji_relation(ny_str a, ny_str b, bool wild);
/* Equal once ノ between ideographs is left out (and not equal before). */
bool ny_kanji_equal_without_no(ny_str a, ny_str b);
bool ny_kanji_is_kana(ny_str s); /* written in kana throughout */
/* Next code point of s at *i, 0 at the end; a broken byte counts as U+FFFD. */
uint32_t ny_utf8_next(ny_str s, size_t *i);

/* ---- names ---- */

/* What one pair of name variants gives. */
struct ny_name_match {
    uint8_t given, surname;       /* enum ny_level */
    uint8_t compared;             /* names compared: 0 to 2 */
    bool tried;                   /* counts as a chance to agree */
    bool whole;                   /* given holds the level of the whole name */
    bool reading_equal;           /* given names equal at k2 */
    int32_t tf_given, tf_surname; /* where the level asks for them; SWAP and whole: in tf_given */
};
void ny_name_compare(const struct ny_match_model *m, uint32_t cells, const struct ny_record_name *a,
                     const struct ny_record_name *b, struct ny_name_match *out);
/* The given names differ, and nothing explains it: not a slip of the reading within a family, not
 * another way to write it, not the other order. False also where they cannot be compared. Knows no
 * model. */
bool ny_name_is_another(const struct ny_record_name *a, const struct ny_record_name *b);
/* The same names in another order, by reading or by token bag: true and the match. */
bool ny_name_is_swapped(const struct ny_match_model *m, uint32_t cells,
                        const struct ny_record_name *a, const struct ny_record_name *b,
                        struct ny_name_match *out);

/* ---- birth date, address, phone, insurance ---- */

uint8_t ny_birth_level(ny_date a, ny_date b);
uint8_t ny_sex_level(char a, char b);

struct ny_contacts {
    uint8_t address, phone, insurance; /* enum ny_level */
    bool shared_address;               /* the address level rests on an address marked shared */
};
void ny_contacts_compare(const struct ny_match_model *m, const struct ny_record *a,
                         const struct ny_record *b, struct ny_contacts *out);
/* The level of two addresses; NONE where neither town nor municipality can be compared. */
enum ny_level ny_address_level(const struct ny_record_address *a,
                               const struct ny_record_address *b);
/* What an address is marked shared by; 0 when it is not complete. */
uint64_t ny_address_hash(const struct ny_record_address *a);
/* The room as well; 0 when it is not told. */
uint64_t ny_room_hash(const struct ny_record_address *a);
/* Insurances of one card, branches present and different, in any period. */
bool ny_insurance_branches_differ(const struct ny_record *a, const struct ny_record *b);

/* ---- weighing (3.1) ---- */

enum { NY_RARITY_GIVEN, NY_RARITY_SURNAME, NY_RARITY_BIRTH, NY_RARITY_COUNT };

/* All that the formula reads of a pair. */
struct ny_evidence {
    uint8_t level[NY_FIELD_COUNT];
    int32_t tf[NY_RARITY_COUNT]; /* log2; read only where the level has one */
    bool whole_name;
    bool male; /* both sexes known and male */
    bool same_authority;
    unsigned names_tried;
};
struct ny_waterfall {
    int32_t prior;
    int32_t field[NY_FIELD_COUNT];
    int32_t rarity[NY_RARITY_COUNT];
    int32_t floor;
    int32_t names;
    int32_t family;
    int32_t total;
};
void ny_evidence_weigh(const struct ny_match_model *m, const struct ny_evidence *e,
                       struct ny_waterfall *out);

/* A whole comparison: evidence of the best pair of name variants and what it weighs. */
struct ny_comparison {
    struct ny_evidence e;
    struct ny_waterfall w;
    struct ny_name_match name;
    uint8_t name_a, name_b;
    bool spike;          /* the equal birth date is one that senders invent */
    bool shared_address; /* see ny_contacts */
};
/* contacts: given instead of compared (6.3 d), or NULL. */
void ny_compare(const struct ny_match_model *m, const struct ny_record *a,
                const struct ny_record *b, bool same_authority, const struct ny_contacts *contacts,
                struct ny_comparison *out);
/* With the guards, judged on it. */
void ny_comparison_score(const struct ny_match_model *m, const struct ny_record *a,
                         const struct ny_record *b, const struct ny_comparison *c,
                         struct ny_score *out);

/* ---- guards (6.2) ---- */

uint32_t ny_guards_judge(const struct ny_match_model *m, const struct ny_record *a,
                         const struct ny_record *b, const struct ny_comparison *c);

#endif
