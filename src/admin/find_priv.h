/* admin, private: what a clerk types to find somebody. */
#ifndef NAYOSE_ADMIN_FIND_PRIV_H
#define NAYOSE_ADMIN_FIND_PRIV_H

#include "nayose/registry_models.h"
#include "nayose/registry_search.h"

#include "admin_priv.h"

enum { FIND_WORDS_MAX = 6, FIND_CUTS_MAX = 7, FIND_QUESTIONS_MAX = 36 };

/* Whoever fits any of these is meant. */
struct find_questions {
    struct ny_search v[FIND_QUESTIONS_MAX];
    size_t n;
};

/* Reads words between blanks: names in kanji, kana or Latin letters ('*' behind a beginning), birth
 * dates of either calendar, telephone numbers, ids (bare, or F01:0001234). Slices are borrowed from
 * text. NULL, or why they cannot be asked. */
const char *ny_find_read(const struct request *q, ny_str text, struct find_questions *out);

#endif
