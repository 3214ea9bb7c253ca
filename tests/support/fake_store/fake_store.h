/* A store in memory, for tests of the registry and for the lab: commits when the test pumps it,
 * fails when it is told to. */
#ifndef NAYOSE_TEST_FAKE_STORE_H
#define NAYOSE_TEST_FAKE_STORE_H

#include "nayose/store_desk.h"
#include "nayose/store_models.h"

/* A model version 1 with the settings of an installation, as text; arena. candidate_max: 0 =
 * theirs.
 */
ny_str fake_model_text(struct ny_arena *a, int32_t candidate_max);
/* It with another number and threshold, other scores and other keys. */
ny_str fake_model_changed(struct ny_arena *a, ny_str from, int version, const char *tau_b1024);

struct ny_store *fake_store_create(ny_str model_text);
void fake_store_destroy(struct ny_store *s);
void fake_store_add_domain(struct ny_store *s, const struct ny_domain *d);
/* Facilities F01 … with the OIDs 1.2.3.1 …, a source each; their names live in a. */
void fake_store_add_facilities(struct ny_store *s, struct ny_arena *a, int n);
/* What the source of the i-th domain sends links nothing automatically. */
void fake_store_set_probation(struct ny_store *s, size_t i);
/* Sources of domains added so far are watched for drift; else nobody is. */
void fake_store_watch(struct ny_store *s);
/* Runs one asynchronous step (a commit or a read); false when there was none. */
bool fake_store_pump(struct ny_store *s);
/* While held, reads stay under way and commits go before them. */
void fake_store_hold_reads(struct ny_store *s, bool hold);
void fake_store_hold_resolves(struct ny_store *s, bool hold);
/* The next commits fail with this rc, `times` times. */
void fake_store_fail(struct ny_store *s, ny_rc rc, int times);
/* The next batch that makes a version active fails with NY_ECONFLICT. */
void fake_store_refuse_version(struct ny_store *s);
/* The next commit is done, but its answer is lost: NY_EDB. */
void fake_store_lose_answer(struct ny_store *s);
/* Any batch that holds this control id fails with NY_ECONFLICT. */
void fake_store_poison(struct ny_store *s, const char *control_id);
void fake_store_lose(struct ny_store *s, bool ready); /* the write connection goes, or comes back */

/* As when the server stops: the batch in flight never arrives, and whoever waits for it is told. */
void fake_store_stop(struct ny_store *s);

/* What was committed. */
size_t fake_store_identities(const struct ny_store *s);
size_t fake_store_messages(const struct ny_store *s);
size_t fake_store_versions(const struct ny_store *s);
size_t fake_store_audits(const struct ny_store *s);
/* "kind action outcome patient id: decision (hits)", of one of the newest 512. */
const char *fake_store_audit(const struct ny_store *s, size_t i);
size_t fake_store_edges(const struct ny_store *s);
int64_t fake_store_edge_bits(const struct ny_store *s); /* totals of all edges, 1/1024 bit */
/* Edges one by one, NULL for one that was removed; there are fake_store_edge_rows of them. */
size_t fake_store_edge_rows(const struct ny_store *s);
const struct ny_edge_row *fake_store_edge(const struct ny_store *s, size_t i);
bool fake_store_has_edge(const struct ny_store *s, int64_t a, int64_t b); /* in any order */
/* Questions that were committed, those of a state, and one by one. */
size_t fake_store_reviews(const struct ny_store *s, enum ny_review_state state);
size_t fake_store_review_count(const struct ny_store *s);
const struct ny_review_row *fake_store_review(const struct ny_store *s, size_t i);
/* A hold in force; identity or source is 0. */
bool fake_store_has_hold(const struct ny_store *s, int64_t identity, int32_t source,
                         enum ny_hold_kind kind, enum ny_hold_why why);
/* The outbox, in order. */
size_t fake_store_notice_count(const struct ny_store *s);
const struct ny_notice_view *fake_store_notice(const struct ny_store *s, size_t i);
const struct ny_identity_row *fake_store_identity(const struct ny_store *s, size_t i);
/* Which one it is; that there is none is a bug. */
size_t fake_store_row(const struct ny_store *s, int domain, const char *local_id);
int64_t fake_store_person(const struct ny_store *s, size_t i);
/* Persons, and the row of the i-th one: retired or not, and where it points to. */
size_t fake_store_person_count(const struct ny_store *s);
const struct ny_person_row *fake_store_person_row(const struct ny_store *s, size_t i);
/* Events of membership; their numbers are 1 … count. */
size_t fake_store_event_count(const struct ny_store *s);
/* Proposals that wait, by the words of them. */
size_t fake_store_proposal_words(const struct ny_store *s);
size_t fake_store_pin_count(const struct ny_store *s);
const struct ny_pin_row *fake_store_pin(const struct ny_store *s, size_t i);

#endif
