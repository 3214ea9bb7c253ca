/* What a population is promised, and the links for somebody else to look at. */

#include "lab.h"

#include "message.h"

/* One line of the promise: part is at least, or at most, limit of whole. */
static bool line_holds(const char *what, int64_t part, int64_t whole, double limit, bool at_least,
                       FILE *to)
{
    double rate = whole > 0 ? (double)part / (double)whole : 0;
    bool holds = whole > 0 && (at_least ? rate >= limit : rate <= limit);

    if (!holds) {
        fprintf(to, "broken: %s: %lld of %lld, not %s %g\n", what, (long long)part,
                (long long)whole, at_least ? "at least" : "at most", limit);
    }
    return holds;
}

bool lab_result_holds(const struct lab_result *r, double questions, FILE *to)
{
    const int64_t *c = r->count;
    bool ok =
        line_holds("recall of the ceiling", c[LAB_CEILING_LINKED], c[LAB_CEILING], .98, true, to);

    ok = line_holds("false links", c[LAB_FALSE_PAIRS], c[LAB_LINKED], 0, false, to) && ok;
    ok = line_holds("twins joined", c[LAB_TWINS_JOINED], c[LAB_TWINS_SEEN], 0, false, to) && ok;
    ok = line_holds("open questions of people", c[LAB_OPEN], c[LAB_PEOPLE], questions, false, to) &&
         ok;
    ok = line_holds("pairs never compared", c[LAB_UNCOMPARED], c[LAB_TRUE_PAIRS], 60e-5, false,
                    to) &&
         ok;
    return line_holds("messages refused", c[LAB_REFUSED], c[LAB_RECORDS], 0, false, to) && ok;
}

bool lab_links_write(const struct lab_world *w, const char *path)
{
    FILE *f = fopen(path, "w");
    bool ok = f != NULL;

    if (ok) {
        ok = fputs("domain,local_id,regional_id\n", f) >= 0;
    }
    for (size_t i = 0; i < w->n && ok; i++) {
        const struct lab_record *r = &w->records[i];
        const struct pop_facility *at = pop_source_facility(w->source, r->facility);
        char id[16];

        pop_local_id(at, r->local_id, id);
        ok = fprintf(f, "%s,%s,%lld\n", at->name_space, id, (long long)r->group) > 0;
    }
    if (f != NULL && fclose(f) != 0) {
        ok = false;
    }
    if (!ok) {
        perror(path);
    }
    return ok;
}
