/* Second pass: the messages facility by facility, and the truth beside them. */

#include "output.h"

#include "message.h"
#include "source.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>

#define QUERY_SHARE 64 /* one record of so many is in queries.txt … */
#define QUERY_MAX 100000

struct output {
    const struct pop_plan_options *o;
    const struct pop_plan *plan;
    const char *dir;
    struct pop_source *source;
    FILE *truth, *domains, *queries;
    uint32_t query_n;
};

static FILE *open_in(const char *dir, const char *name)
{
    char path[1024] = "";
    FILE *f;

    pop_catf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "wb");
    if (f == NULL) {
        fprintf(stderr, "nayose-population: %s: %s\n", path, strerror(errno));
    }
    return f;
}

static bool close_written(FILE *f, const char *name)
{
    bool ok = f != NULL && !ferror(f);

    if (f != NULL && fclose(f) != 0) {
        ok = false;
    }
    if (!ok) {
        fprintf(stderr, "nayose-population: could not write %s\n", name);
    }
    return ok;
}

static void truth_write(struct output *out, const struct pop_record *rec, size_t record)
{
    const struct pop_facility *f = pop_source_facility(out->source, rec->facility);
    struct pop_truth t;
    char id[16];
    char twins[24] = "";
    char errors[512] = "";

    pop_source_truth(out->source, record, &t);
    if (t.twin_order > 0) {
        pop_catf(twins, sizeof twins, "%u.%d", t.household, t.birth);
    }
    for (unsigned e = 0; e < POP_ERROR_COUNT; e++) {
        if ((t.errors >> e & 1) != 0) {
            POP_CAT(errors, sizeof errors, errors[0] != '\0' ? " " : "", pop_error_name(e));
        }
    }
    pop_local_id(f, rec->local_id, id);
    fprintf(out->truth, "%s,%s,P%08u,%s,%s,%s,%s,%016llx,H%08u,%s,%s\n", f->name_space, id,
            t.person_no, pop_kind_name(t.kind), t.phone, t.address, t.card,
            (unsigned long long)t.likeness, t.household, twins, errors);
    if (out->query_n < QUERY_MAX &&
        pop_mix(out->o->world.seed ^ pop_mix(rec->household * 64ULL + rec->slot + rec->serial)) %
                QUERY_SHARE ==
            0) {
        fprintf(out->queries, "%s %s\n", f->name_space, id);
        out->query_n++;
    }
}

/* 0x0B message 0x1C 0x0D. */
static bool frame_write(ny_str m, FILE *to)
{
    return putc(0x0B, to) != EOF && fwrite(m.p, 1, m.n, to) == m.n && fputs("\x1C\r", to) != EOF;
}

static bool delivery_write(struct output *out, size_t at, FILE *to)
{
    const struct pop_delivery *d = &out->plan->deliveries[at];

    if (!d->is_follow) {
        truth_write(out, &out->plan->records[d->record], d->record);
    }
    return frame_write(pop_source_message(out->source, at), to);
}

/* One facility: the deliveries [*at, …) that are its own. */
static bool facility_write(struct output *out, uint32_t index, size_t *at)
{
    const struct pop_facility *f = pop_source_facility(out->source, index);
    char name[24] = "";
    FILE *to;
    bool ok = true;

    fprintf(out->domains, "%s %s %s\n", f->name_space, f->oid, f->name);
    pop_catf(name, sizeof name, "%s.hl7", f->name_space);
    to = open_in(out->dir, name);
    while (to != NULL && ok && *at < out->plan->delivery_n &&
           out->plan->deliveries[*at].facility == index) {
        ok = delivery_write(out, (*at)++, to);
    }
    return close_written(to, name) && ok;
}

bool pop_output_write(const struct pop_names *names, const struct pop_plan_options *o,
                      const struct pop_plan *plan, const char *dir)
{
    struct output out = {.o = o, .plan = plan, .dir = dir};
    size_t at = 0;
    bool ok;

    out.truth = open_in(dir, "truth.csv");
    out.domains = open_in(dir, "domains.txt");
    out.queries = open_in(dir, "queries.txt");
    out.source = pop_source_create(names, o, plan);
    ok = out.truth != NULL && out.domains != NULL && out.queries != NULL;
    if (ok) {
        fputs("domain,local_id,person,kind,phone,address_key,insurance_key,likeness,household,"
              "twins,errors\n",
              out.truth);
    }
    for (uint32_t i = 0; ok && i < o->facilities; i++) {
        ok = facility_write(&out, i, &at);
    }
    pop_source_destroy(out.source);
    ok = close_written(out.truth, "truth.csv") && ok;
    ok = close_written(out.domains, "domains.txt") && ok;
    ok = close_written(out.queries, "queries.txt") && ok;
    return ok;
}
