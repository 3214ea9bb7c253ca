/* Names: listed ones by the project's priors, unlisted ones put together from pieces. */
#ifndef POPULATION_NAMES_H
#define POPULATION_NAMES_H

#include "rng.h"

#include <stdbool.h>

struct pop_name {
    char form[80]; /* kanji, or kana or Latin where the name is written so */
    char kana[64]; /* full-width katakana */
};

struct pop_names;

struct pop_names *pop_names_create(void);
void pop_names_destroy(struct pop_names *n);

void pop_names_surname(const struct pop_names *n, struct pop_rng *r, struct pop_name *out);
void pop_names_given(const struct pop_names *n, struct pop_rng *r, char sex, int year,
                     struct pop_name *out);
/* Another given name that begins with the same kanji as like (twins, parent and child); false and
 * *out untouched when no piece begins so. */
bool pop_names_given_like(struct pop_rng *r, char sex, int year, const struct pop_name *like,
                          struct pop_name *out);
/* Another given name that differs in at most one kana, so that a slip can make one of the other;
 * false likewise. */
bool pop_names_given_near(struct pop_rng *r, char sex, int year, const struct pop_name *like,
                          struct pop_name *out);
/* Another listed spelling of the same reading; false when there is none. */
bool pop_names_given_homophone(char sex, const struct pop_name *like, struct pop_name *out);

/* A foreign resident: Latin surname and given name with a free transcription each. */
void pop_names_foreign(struct pop_rng *r, char sex, struct pop_name *surname,
                       struct pop_name *given);

/* The family's own variant forms put into a name (高橋 → 髙橋), by the table's shares. */
void pop_names_use_variants(struct pop_name *name, struct pop_rng *r);
/* The base forms again; true when there was a variant. */
bool pop_names_fold_variants(struct pop_name *name);
/* What becomes of characters outside JIS X 0208. */
enum pop_gaiji {
    POP_GAIJI_FOLD,    /* 高: the base form */
    POP_GAIJI_GETA,    /* 〓 */
    POP_GAIJI_SQUARE,  /* ■ */
    POP_GAIJI_VENDOR,  /* the bytes of Windows inside a JIS X 0208 field; 〓 where it has none */
    POP_GAIJI_PRIVATE, /* a character of the system's own: U+E000 … */
    POP_GAIJI_SELECTOR /* all are there, with variation selectors behind them */
};
/* Puts what the system has in their place; true when something was lost by it. */
bool pop_names_lose_gaiji(struct pop_name *name, enum pop_gaiji policy);
/* Variation selectors behind every character that has variants. */
void pop_names_add_selectors(struct pop_name *name);
/* Row and cell of a character in the vendors' extension of JIS X 0208, or 0. */
uint16_t pop_vendor_code(uint32_t cp);
/* A kanji slip that folding does not undo: one kanji becomes another. */
void pop_names_kanji_slip(struct pop_name *name, struct pop_rng *r);

#endif
