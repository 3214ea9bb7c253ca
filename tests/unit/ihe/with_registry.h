/* A registry in memory, for the tests of the floors above it: the same face, no index, no database.
 *
 * Requests wait until fake_run(), as the real ones wait for their commit. Domains: F01 (fed by
 * HIS^F01), F02 (by any application of F02), F03 and F04 (both by GW^NET, which has no default),
 * REG (regional). */
#ifndef NAYOSE_TESTS_WITH_REGISTRY_H
#define NAYOSE_TESTS_WITH_REGISTRY_H

#include "nayose/registry.h"
#include "nayose/registry_alerts.h"
#include "nayose/registry_search.h"
#include "nayose/registry_speaker.h"

enum { FAKE_MAX = 64, FAKE_TEXT = 16384 };

struct fake_identity {
    const struct ny_domain *domain;
    char id[256];
    int64_t person;
    bool merged;
};

struct fake_request {
    const struct ny_feed *feed;
    const struct ny_note *note;
    const struct ny_reply *reply;
};

struct ny_registry {
    struct ny_domain domains[FAKE_MAX];
    const struct ny_domain *domain_list[FAKE_MAX];
    size_t n_domains;
    struct ny_requester_row sources[FAKE_MAX];
    size_t n_sources;
    struct fake_identity identities[FAKE_MAX];
    size_t n_identities;
    struct fake_request pending[FAKE_MAX];
    size_t n_pending;
    int64_t last_person;
    bool not_ready;
    ny_rc fail;         /* what done gets, NY_OK = success */
    ny_rc fail_resolve; /* what resolve and search give */
    ny_rc fail_read;    /* what reading one patient gives */
    enum ny_search_result search_result;
    bool search_nobody;
    size_t n_feeds, n_notes;
    char feed_text[FAKE_TEXT];   /* the last feed, as text */
    char note_text[FAKE_TEXT];   /* the last note, as text */
    char search_text[FAKE_TEXT]; /* the last question, as text */
    char cancel_text[FAKE_TEXT];
};

struct ny_registry *fake_create(void);
void fake_destroy(struct ny_registry *r);
/* An identity of a person; person 0: a new one. Returns the person. */
int64_t fake_identity(struct ny_registry *r, int32_t domain, ny_str id, int64_t person);
/* Does everything that waits; true when there was something. A feed is composed twice, as after a
 * batch that failed. */
bool fake_run(struct ny_registry *r);
/* Searches find every person, whatever is asked, in pages; a pointer is the number of those sent.
 */

#endif
