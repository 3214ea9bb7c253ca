/* match, private: patterns of a question. */
#ifndef NAYOSE_MATCH_SEARCH_PRIV_H
#define NAYOSE_MATCH_SEARCH_PRIV_H

#include "nayose/match_search.h"

#include "match_priv.h"

enum {
    NY_PIECES_MAX = 4,
    NY_NAME_WHOLE_MAX = 2 * NY_NAME_PART_MAX,
    NY_MISSPELT_MIN = 4 /* bytes of a text that may be misspelt */
};

/* A text with '*' between and behind its pieces, folded as its script is. */
struct ny_name_pattern {
    enum ny_text_script script;
    bool open;                   /* '*' at the end */
    size_t n;                    /* 1 … NY_PIECES_MAX; one and not open: the text itself */
    ny_str piece[NY_PIECES_MAX]; /* kanji folded; kana k2, one byte a character; Latin skeletons */
    ny_str near[NY_PIECES_MAX];  /* kana without long vowels; Latin as a sound; kanji as piece */
};

static inline bool ny_name_pattern_is_exact(const struct ny_name_pattern *p)
{
    return p->n == 1 && !p->open;
}
/* NY_ESYNTAX: nothing before the first '*', too many of them, or nothing that can be compared. */
NY_MUST_USE ny_rc ny_name_pattern_make(struct ny_arena *a, ny_str text,
                                       struct ny_name_pattern *out);
bool ny_name_pattern_fits(const struct ny_name_pattern *p, const ny_str pieces[], ny_str text);
/* A surname and a given name that can be one unsplit name: of one script, not Latin, and whole. */
bool ny_name_patterns_join(const struct ny_name_pattern *f, const struct ny_name_pattern *g);
/* That name as an unsplit record has it; dst has room for NY_NAME_WHOLE_MAX bytes. */
ny_str ny_name_whole(const struct ny_name_pattern *f, const struct ny_name_pattern *g, char *dst);

/* Letters of a skeleton as a sound: what full-size kana hide (キヤ or キャ, ツ or ッ) falls
 * together. dst has room for in.n bytes. */
ny_str ny_sound_of(ny_str skeleton, char *dst);
/* The skeleton of kana bytes; arena. */
NY_MUST_USE ny_rc ny_kana_skeleton(struct ny_arena *a, ny_str kana, ny_str *out);

/* Days as YYYYMMDD: a birth date is meant when no day it leaves open is outside. */
struct ny_birth_span {
    uint32_t from, to; /* from > to: nobody's */
    ny_date date;      /* asked as one date; else precision NY_DATE_NONE */
};
/* From the first to the last day that a date may be. */
struct ny_birth_span ny_birth_span_of(ny_date d);

struct ny_search_plan {
    const struct ny_search *asked;
    struct ny_name_pattern family[NY_SEARCH_VALUES_MAX], given[NY_SEARCH_VALUES_MAX];
    size_t n_family, n_given;
    struct ny_birth_span birth[NY_SEARCH_VALUES_MAX];
    char sex[NY_SEARCH_VALUES_MAX];
    uint64_t phone[NY_SEARCH_VALUES_MAX];
    uint32_t postal[NY_SEARCH_VALUES_MAX];
    ny_str folded[NY_SEARCH_FIELD_COUNT][NY_SEARCH_VALUES_MAX]; /* mother, address, account */
    ny_str latin_tokens; /* of a whole name asked in Latin letters; sorted */
    struct ny_lookup lookups[NY_GROUP_COUNT][NY_LOOKUPS_MAX];
    size_t n_lookups[NY_GROUP_COUNT];
    bool misspelt; /* ny_search_misspelt */
};

/* What is compared of a field that only the patient tells; arena. */
NY_MUST_USE ny_rc ny_search_fold(struct ny_arena *a, enum ny_search_field f, ny_str text,
                                 ny_str *out);

#endif
