/* store, visits: rows of nayose.visit; and children by their mother's id. */
#ifndef NAYOSE_STORE_VISITS_H
#define NAYOSE_STORE_VISITS_H

#include "nayose/model_visit.h"

struct ny_store;
struct ny_store_batch;

/* What a message says of a visit joins what is known of it (nayose.visit_join). Borrowed until the
 * batch ends. A batch holds one word of a visit at most. */
void ny_store_add_visit(struct ny_store_batch *b, int64_t identity, const struct ny_visit *v);
/* What is known of the visit that was v->was of another identity (or the same) joins what is known
 * of v; the old one is cancelled by v's stamp. What comes of it later than this stays there. */
void ny_store_move_visit(struct ny_store_batch *b, int64_t from, int64_t identity,
                         const struct ny_visit *v);
/* A visit as a whole row of its table, JSON; "null": there is none. */
struct ny_visit_row {
    int64_t identity;
    ny_str number;
    ny_str stood, said;
};
/* A visit that stands otherwise than its messages say becomes what they say, unless it is not what
 * stood any more. Borrowed until the batch ends. */
void ny_store_mend_visit(struct ny_store_batch *b, const struct ny_visit_row *row);

/* Which visits: those with all terms that were not cancelled; of these identities, or (ids NULL) of
 * anybody, then at most n visits. Texts are copied. */
struct ny_visit_question {
    const ny_str *terms;
    size_t n_terms;
    const int64_t *ids;
    size_t n;
};
/* The identities of such visits, in any order, one perhaps several times. fn as for the reads of
 * store.h. */
NY_MUST_USE ny_rc ny_store_find_visits(struct ny_store *s, const struct ny_visit_question *q,
                                       void (*fn)(void *ctx, ny_rc rc, const int64_t *ids,
                                                  size_t n),
                                       void *ctx);

/* Those whose messages name one of these as the mother (namespace^id, PID-21), or did before: at
 * most limit. fn likewise. */
NY_MUST_USE ny_rc
ny_store_find_children(struct ny_store *s, const ny_str *mothers, size_t n, size_t limit,
                       void (*fn)(void *ctx, ny_rc rc, const int64_t *ids, size_t n), void *ctx);

struct ny_stored_visit {
    int64_t identity;
    ny_str text[NY_VISIT_COUNT]; /* empty: not said, or deleted */
};
/* Such visits of these identities, those last spoken of first. */
NY_MUST_USE ny_rc ny_store_read_visits(struct ny_store *s, const struct ny_visit_question *q,
                                       void (*fn)(void *ctx, ny_rc rc,
                                                  const struct ny_stored_visit *rows, size_t n),
                                       void *ctx);

#endif
