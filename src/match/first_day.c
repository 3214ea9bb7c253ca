/* First days of domains, frozen in a model version: what a source said when it began is no news, so
 * GD14 does not read people's moving from it. A handful of domains: a walk finds one. */

#include "match_priv.h"

#include "nayose/match_group.h"

void ny_first_days_finish(struct ny_first_days *d)
{
    for (size_t i = 0; i < d->n; i++) {
        ny_free(d->v[i].oid);
    }
    ny_free(d->v);
    *d = (struct ny_first_days){0};
}

static struct ny_first_day *find(const struct ny_first_days *d, ny_str oid)
{
    for (size_t i = 0; i < d->n; i++) {
        if (ny_str_equals(oid, ny_str_from_c(d->v[i].oid))) {
            return &d->v[i];
        }
    }
    return NULL;
}

void ny_first_days_copy(struct ny_first_days *dst, const struct ny_first_days *src)
{
    *dst = (struct ny_first_days){0};
    for (size_t i = 0; i < src->n; i++) {
        ny_first_days_set(dst, ny_str_from_c(src->v[i].oid), src->v[i].day);
    }
}

void ny_first_days_set(struct ny_first_days *d, ny_str oid, int32_t day)
{
    struct ny_first_day *known = find(d, oid);

    if (known != NULL) {
        known->day = day;
        return;
    }
    d->v = ny_realloc(d->v, ny_mul_size(d->n + 1, sizeof(*d->v)));
    d->v[d->n++] = (struct ny_first_day){.oid = ny_str_dup(oid), .day = day};
}

int32_t ny_match_settled_day(const struct ny_match_model *m, ny_str oid, const struct ny_record *r)
{
    const struct ny_first_day *known = find(&m->first_days, oid);

    return (known != NULL ? known->day : r->first_day) + NY_GROUP_MOVES_DAYS;
}
