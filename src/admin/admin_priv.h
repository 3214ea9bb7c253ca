/* admin, private: helpers of the routes. */
#ifndef NAYOSE_ADMIN_PRIV_H
#define NAYOSE_ADMIN_PRIV_H

#include <jansson.h>

#include "nayose/admin.h"
#include "nayose/registry.h"
#include "nayose/registry_pins.h"

struct ny_admin {
    struct ny_admin_config cfg;
};

/* A call with the server it goes to; lives in the call's arena. */
struct request {
    struct ny_admin *admin;
    struct ny_registry *registry;
    struct ny_admin_call *call;
};

typedef void (*route_fn)(struct request *q);

/* reply.c: each of these ends the request. */
void ny_admin_json(struct request *q, unsigned status, json_t *body); /* takes the reference */
void ny_admin_text(struct request *q, unsigned status, ny_str content_type, ny_str body);
void ny_admin_fail(struct request *q, unsigned status, const char *error, const char *hint);
/* 503 for the database, 500 else. */
void ny_admin_fail_rc(struct request *q, ny_rc rc);

/* A query parameter, decoded, empty when absent. False (and answered 400) when broken. */
bool ny_admin_param(struct request *q, const char *name, ny_str *out);
/* The body as a JSON object, owned; answered 400 and NULL when it is none. */
json_t *ny_admin_body_object(struct request *q);
/* "NS^ID" → domain and id. NY_ESYNTAX: it is not one; NY_ENOTFOUND: there is no such domain. */
NY_MUST_USE ny_rc ny_admin_identity(const struct request *q, ny_str text,
                                    const struct ny_domain **domain, ny_str *id);
/* A text of an object in the call's arena, empty when absent. */
ny_str ny_admin_text_of(struct request *q, const json_t *o, const char *key);
/* What an object says of something that is true or not; nothing is left as it was. */
void ny_admin_bool_take(const json_t *o, const char *key, bool *out);
/* "NS^ID" in a parameter → domain and id; answered 400 or 404 when it is not one. */
bool ny_admin_param_identity(struct request *q, const char *name, const struct ny_domain **domain,
                             ny_str *id);
/* The limit parameter, 1 … max; max when absent. */
bool ny_admin_param_limit(struct request *q, int32_t max, int32_t *out);
/* A number of a listing's `next`, 0 when absent. */
bool ny_admin_param_i64(struct request *q, const char *name, int64_t *out);
/* A past moment in a parameter, "2026-11-25T11:04:05.678901Z" (less of it allowed from the right,
 * down to the second); NY_NEVER when absent. Answered 400 when it is none or lies ahead. */
bool ny_admin_param_moment(struct request *q, const char *name, int64_t *out);
/* A moment in UTC, null for 0. */
json_t *ny_admin_time(int64_t us);
/* The end of a change of settings: {"result": "changed"}, or why it failed. ctx: the request. */
void ny_admin_changed(void *ctx, ny_rc rc);
json_t *ny_admin_str(ny_str s); /* a JSON string; bytes that are not UTF-8 are replaced */

/* The word for why a pair did not join. */
const char *ny_admin_reason(enum ny_review_reason reason);
const char *ny_admin_band(enum ny_band band);
/* The question between two groups: state and reason, or null. */
json_t *ny_admin_question(const struct ny_comparison *pair);

/* record.c: a record as people read it: its id and regional id, names by script, birth date as
 * received and (a whole date) in both calendars, sex, addresses, phones, insurances, and "times":
 * since when each value of a list is known. Owned. */
json_t *ny_admin_record(struct request *q, const struct ny_domain *d, ny_str id, ny_str regional_id,
                        const struct ny_patient *p);
/* The identifiers of a person: [{domain, id}]. */
json_t *ny_admin_ids(const struct request *q, const struct ny_resolved_member *members, size_t n);

/* Commits the audit row of an access to patient data, then sends body. takes the reference. */
struct access {
    ny_str domain, id; /* of the patient */
    int64_t person;
    int32_t hits;
    const char *decision;
};
void ny_admin_json_audited(struct request *q, const struct access *what, json_t *body);
/* Commits the audit row, then goes on with fn (not called when that fails: the request is
 * answered).
 */
void ny_admin_audit(struct request *q, const struct access *what, void (*fn)(void *ctx), void *ctx);

/* A page of a listing: {name: list, "next": next}; audited under its name. Takes both references;
 * next NULL: nothing follows. */
void ny_admin_page(struct request *q, const char *name, json_t *list, json_t *next);

/* models.c: starts a study for the user of the call, answers 202, or why it cannot be. */
struct ny_study_order;
void ny_admin_study_start(struct request *q, struct ny_study_order *order);
/* A whole number of the body, `missing` when absent; false and answered 400 when it is none. */
bool ny_admin_body_number(struct request *q, const json_t *o, const char *key, int64_t missing,
                          int64_t max, int64_t *out);

/* variants.c: of two records (ny_admin_record) the kanji of their current names that are one
 * character in two forms, as texts "髙 = 高". */
json_t *ny_admin_variants(struct request *q, const json_t *a, const json_t *b);

/* people.c: both records, the bars, what keeps them apart; and the words in force between their
 * groups. fn gets the whole, owned (NULL unless rc is NY_OK). */
void ny_admin_explanation(struct request *q, const struct ny_explanation *e,
                          void (*fn)(void *ctx, ny_rc rc, json_t *explanation), void *ctx);

/* pins.c: a word under way. */
struct telling {
    struct request *q;
    struct ny_word word;
    ny_str names[2]; /* NS^ID as asked */
};
/* "a" and "b" of a body. False, and answered, when they are not two ids of known domains. */
bool ny_admin_pair_read(struct telling *t, const json_t *o);
/* What the asker may say: CLERK or SUPERVISOR. */
enum ny_pin_role ny_admin_role(const struct request *q);
/* The words for them. */
const char *ny_admin_pin_kind(enum ny_pin_kind kind);
const char *ny_admin_pin_role(enum ny_pin_role role);
/* What was said, by whom, when and why. */
json_t *ny_admin_pin(const struct ny_pin_view *v, bool stands, bool doubted);
/* "F01^0001234", in the arena of the call. */
ny_str ny_admin_name_of(const struct request *q, uint32_t id);
/* Lists of names, one for each group; of: 0 the groups before, 1 after the word. */
json_t *ny_admin_groups(const struct request *q, const struct ny_word_outcome *o, size_t of);
/* Both, with the regional ids of the groups (null: a new one), and whether a second person has to
 * confirm them, into a JSON object. */
void ny_admin_groups_put(const struct request *q, const struct ny_word_outcome *o, json_t *body);
/* The regional id of a person; null for nobody. */
json_t *ny_admin_regional(const struct request *q, int64_t person);
/* The word for why somebody came to a person. */
const char *ny_admin_cause(enum ny_membership_cause cause);
/* True, and answered, when nothing came of the word. */
bool ny_admin_word_refused(struct telling *t, ny_rc rc, const struct ny_word_outcome *o);

/* certificates.c: those of a row as a JSON list; those of a body, into out when it names them.
 * False: one is none. */
#define NY_ADMIN_CERTIFICATE_HINT                                                                  \
    "a SHA-256 fingerprint in hexadecimal, spki:DIGEST of its key, or subject=NAME;issuer=NAME"
json_t *ny_admin_certificates(ny_str certificates);
bool ny_admin_certificates_take(struct request *q, const json_t *o, ny_str *out);

/* desk.c, listings.c: a question of a listing; what stands in the word of a review reason. */
enum ny_review_reason ny_admin_reason_parse(ny_str word);
/* The filters of a listing of questions. False, and answered, when one is none. */
bool ny_admin_review_filter(struct request *q, struct ny_review_filter *f);

/* notices.c: NY_VIEW_QUEUES as gauges. */
void ny_admin_queues_write(ny_str queues, struct ny_buf *b);

/* routes */
void ny_admin_feed(struct request *q);
void ny_admin_domains_get(struct request *q);
void ny_admin_domains_post(struct request *q);
void ny_admin_sources_get(struct request *q);
void ny_admin_sources_post(struct request *q);
void ny_admin_requesters_get(struct request *q);
void ny_admin_requesters_post(struct request *q);
void ny_admin_resolve(struct request *q);
void ny_admin_find(struct request *q);
void ny_admin_person(struct request *q);
void ny_admin_explain(struct request *q);
void ny_admin_pairs(struct request *q);
void ny_admin_links(struct request *q);
void ny_admin_reviews(struct request *q);
void ny_admin_review_counts(struct request *q);
void ny_admin_review_case(struct request *q);
void ny_admin_review_take(struct request *q);
void ny_admin_review_decide(struct request *q);
void ny_admin_review_undo(struct request *q);
void ny_admin_review_release(struct request *q);
void ny_admin_review_log(struct request *q);
void ny_admin_holds(struct request *q);
void ny_admin_hold_release(struct request *q);
void ny_admin_pins_get(struct request *q);
void ny_admin_pins_post(struct request *q);
void ny_admin_undo(struct request *q);
void ny_admin_proposals_get(struct request *q);
void ny_admin_proposals_post(struct request *q);
void ny_admin_consumers_get(struct request *q);
void ny_admin_consumers_post(struct request *q);
void ny_admin_consumer_resync(struct request *q);
void ny_admin_notices(struct request *q);
void ny_admin_notice_retry(struct request *q);
void ny_admin_notice_drop(struct request *q);
void ny_admin_jobs(struct request *q);
void ny_admin_models_get(struct request *q);
void ny_admin_model_get(struct request *q);
void ny_admin_models_train(struct request *q);
void ny_admin_models_stage(struct request *q);
void ny_admin_models_activate(struct request *q);
void ny_admin_reports_post(struct request *q);
void ny_admin_report_get(struct request *q);
void ny_admin_rebuild_post(struct request *q);
void ny_admin_rebuild_get(struct request *q);
void ny_admin_rebuild_differences(struct request *q);
void ny_admin_calibration_get(struct request *q);
void ny_admin_calibration_post(struct request *q);
void ny_admin_labels_get(struct request *q);
void ny_admin_labels_draw(struct request *q);
void ny_admin_labels_answer(struct request *q);
void ny_admin_status(struct request *q);
void ny_admin_livez(struct request *q);
void ny_admin_readyz(struct request *q);
void ny_admin_metrics(struct request *q);

#endif
