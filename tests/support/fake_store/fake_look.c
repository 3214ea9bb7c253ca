/* What was committed, for the test. */

#include "fake_store_priv.h"

size_t fake_store_identities(const struct ny_store *s)
{
    return s->identities.n;
}

size_t fake_store_messages(const struct ny_store *s)
{
    return s->messages.n;
}

size_t fake_store_versions(const struct ny_store *s)
{
    return s->n_versions;
}

size_t fake_store_audits(const struct ny_store *s)
{
    return s->n_audits;
}

const char *fake_store_audit(const struct ny_store *s, size_t i)
{
    NY_ASSERT(i < s->n_audits && s->n_audits - i <= AUDITS_KEPT);
    return s->audits[i % AUDITS_KEPT];
}

size_t fake_store_edges(const struct ny_store *s)
{
    return s->n_edges;
}

int64_t fake_store_edge_bits(const struct ny_store *s)
{
    int64_t sum = 0;

    for (size_t i = 0; i < s->edges.n; i++) {
        sum += s->edges.v[i].remove ? 0 : s->edges.v[i].row.total_b1024;
    }
    return sum;
}

size_t fake_store_edge_rows(const struct ny_store *s)
{
    return s->edges.n;
}

const struct ny_edge_row *fake_store_edge(const struct ny_store *s, size_t i)
{
    return s->edges.v[i].remove ? NULL : &s->edges.v[i].row;
}

static bool has_edge(const struct ny_store *s, int64_t a, int64_t b)
{
    size_t row = s->edge_of.size > 0 ? fake_pair_slot(&s->edge_of, a, b)->row : 0;

    return row != 0 && !s->edges.v[row - 1].remove;
}

bool fake_store_has_edge(const struct ny_store *s, int64_t a, int64_t b)
{
    return has_edge(s, a, b) || has_edge(s, b, a);
}

size_t fake_store_reviews(const struct ny_store *s, enum ny_review_state state)
{
    size_t n = 0;

    for (size_t i = 0; i < s->reviews.n; i++) {
        n += s->reviews.v[i].state == state;
    }
    return n;
}

size_t fake_store_review_count(const struct ny_store *s)
{
    return s->reviews.n;
}

const struct ny_review_row *fake_store_review(const struct ny_store *s, size_t i)
{
    return &s->reviews.v[i];
}

bool fake_store_has_hold(const struct ny_store *s, int64_t identity, int32_t source,
                         enum ny_hold_kind kind, enum ny_hold_why why)
{
    for (size_t i = 0; i < s->holds.n; i++) {
        if (fake_is_hold_of(&s->holds.v[i], identity, source, why) && s->holds.v[i].kind == kind) {
            return true;
        }
    }
    return false;
}

const struct ny_identity_row *fake_store_identity(const struct ny_store *s, size_t i)
{
    return &s->identities.v[i];
}

size_t fake_store_row(const struct ny_store *s, int domain, const char *local_id)
{
    size_t i = 0;

    while (i < s->identities.n &&
           (s->identities.v[i].domain != domain ||
            !ny_str_equals(s->identities.v[i].local_id, ny_str_from_c(local_id)))) {
        i++;
    }
    NY_ASSERT(i < s->identities.n);
    return i;
}

int64_t fake_store_person(const struct ny_store *s, size_t i)
{
    return s->identities.v[i].person;
}

size_t fake_store_pin_count(const struct ny_store *s)
{
    return s->pins.n;
}

const struct ny_pin_row *fake_store_pin(const struct ny_store *s, size_t i)
{
    return &s->pins.v[i];
}

size_t fake_store_person_count(const struct ny_store *s)
{
    return s->persons.n;
}

const struct ny_person_row *fake_store_person_row(const struct ny_store *s, size_t i)
{
    return &s->persons.v[i];
}

size_t fake_store_notice_count(const struct ny_store *s)
{
    return s->notices.n;
}

const struct ny_notice_view *fake_store_notice(const struct ny_store *s, size_t i)
{
    NY_ASSERT(i < s->notices.n);
    return &s->notices.v[i];
}
