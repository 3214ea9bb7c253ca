/* index, private: the dictionary of terms, as terms.c keeps it and search.c looks up in it. */
#ifndef NAYOSE_TERMS_PRIV_H
#define NAYOSE_TERMS_PRIV_H

#include "index_priv.h"

enum { FEW = 2 };

struct term {
    uint32_t *next; /* [levels] numbers of terms, 0 ends; the text stands behind them */
    uint32_t hash;
    uint16_t text_n;
    uint8_t kind;
    uint8_t levels;
    uint32_t n, cap;
    union {
        uint32_t few[FEW]; /* while cap is FEW */
        uint32_t *many;    /* [cap] */
    } ids;
};

struct term_table {
    struct term *terms; /* [n + 1]; 0 is the head of the skip list */
    uint32_t n, cap;
    struct ny_arena *texts; /* of the terms, with their places in the skip list */
    uint32_t *slots;
    uint32_t mask;
    int16_t *years; /* of birth by identity, 0 = unknown */
    uint32_t cap_years;
    size_t bytes;
    struct ny_arena *scratch;
    struct ny_terms now; /* of the record at hand */
};

/* The number of the term, 0 when there is none. */
uint32_t ny_terms_find(const struct term_table *t, enum ny_term_kind kind, ny_str text);
/* The first term that does not come before (kind, text), 0 at the end. */
uint32_t ny_terms_seek(const struct term_table *t, enum ny_term_kind kind, ny_str text);

static inline ny_str ny_term_text(const struct term *t)
{
    return ny_str_of((const char *)(t->next + t->levels), t->text_n);
}

static inline const uint32_t *ny_term_ids(const struct term *t)
{
    return t->cap == FEW ? t->ids.few : t->ids.many;
}

#endif
