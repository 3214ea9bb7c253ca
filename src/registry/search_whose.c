/* Who answers a question: a person, of whom all his records speak; or, where one facility is asked,
 * each of its records for itself. And which ids are told of him. */

#include "search_priv.h"

uint32_t ny_search_whose(const struct ny_index *ix, bool by_record, uint32_t id)
{
    return by_record ? ny_link_survivor(ix, id) : ny_index_person_of(ix, id);
}

bool ny_search_is_of(const struct ny_index *ix, const struct ny_search_hit *h, uint32_t id)
{
    return ny_index_person_of(ix, id) == h->person &&
           (h->record == 0 || ny_search_whose(ix, true, id) == h->record);
}

/* 1: a name; 0: none; -1: it is not there. */
static int name_of(const struct ny_index *ix, uint32_t id)
{
    struct ny_index_identity x;
    struct ny_record record;

    ny_index_get(ix, id, &x);
    if (!ny_identity_is_there(x.status)) {
        return -1;
    }
    return ny_record_unpack(x.record, &record) != NY_OK || record.n_names > 0;
}

static bool is_of_facility(const struct searching *s, uint32_t record)
{
    struct ny_index_identity x;

    ny_index_get(s->r->index, record, &x);
    return x.domain == s->ask->of->id;
}

uint32_t ny_search_speaks_for(const struct searching *s, uint32_t id)
{
    const struct ny_index *ix = s->r->index;
    const bool by_record = s->ask->of != NULL;
    const uint32_t whose = ny_search_whose(ix, by_record, id);
    struct ny_index_identity x;
    int best = -1;

    if (by_record && !is_of_facility(s, whose)) {
        return 0;
    }
    ny_index_get(ix, id, &x);
    if (x.status != NY_IDENTITY_MERGED) {
        return ny_identity_is_there(x.status) ? whose : 0;
    }
    for (uint32_t m = ny_index_member_first(ix, x.person); m != 0 && best < 1;
         m = ny_index_member_next(ix, m)) {
        if (!by_record || m == whose) {
            int name = name_of(ix, m);

            best = name > best ? name : best;
        }
    }
    return best == 0 ? whose : 0;
}

/* ---- which ids are told ---- */

static bool is_wanted(const struct searching *s, const struct ny_domain *d)
{
    const struct ny_search_ask *ask = s->ask;

    for (size_t i = 0; i < ask->n_wanted; i++) {
        if (ask->wanted[i]->id == d->id) {
            return true;
        }
    }
    return ask->n_wanted == 0 && d->listed;
}

bool ny_search_is_regional_told(const struct searching *s)
{
    return (s->ask->of == NULL || s->ask->n_wanted > 0) && is_wanted(s, s->r->regional);
}

bool ny_search_is_told(const struct searching *s, uint32_t whose, uint32_t member)
{
    const struct ny_search_ask *ask = s->ask;
    const struct ny_domain *d;
    struct ny_index_identity x;

    ny_index_get(s->r->index, member, &x);
    d = ny_registry_domain(s->r, x.domain);
    if (d == NULL || !ny_identity_is_there(x.status)) {
        return false;
    }
    if (ask->of != NULL && (d->id == ask->of->id || ask->n_wanted == 0)) {
        return member == whose && (ask->n_wanted == 0 || is_wanted(s, d));
    }
    return is_wanted(s, d);
}
