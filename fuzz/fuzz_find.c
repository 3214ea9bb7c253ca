/* module: admin */
/* What a clerk types to find somebody: any bytes become questions that can be asked, each of which
 * asks something that was typed, or a sentence why not. */

#include <stdint.h>

#include "../src/admin/find_priv.h"
#include "nayose/match_search.h"
#include "nayose/text.h"

enum { SIZE_MAX_IN = 4096, DOMAINS = 12 };

static struct ny_domain domains[DOMAINS];
static const struct ny_domain *all[DOMAINS];
static struct ny_domain regional = {.id = DOMAINS + 1};

/* ---- the stand-in: all that the reader of words asks of the registry ---- */

enum ny_authority_result ny_registry_authority(const struct ny_registry *r, const struct ny_hd *hd,
                                               const struct ny_domain **out)
{
    (void)r;
    for (size_t i = 0; i < DOMAINS; i++) {
        if (ny_str_equals(hd->ns, domains[i].ns)) {
            *out = &domains[i];
            return NY_AUTHORITY_FOUND;
        }
    }
    return NY_AUTHORITY_UNKNOWN;
}

size_t ny_registry_domains(const struct ny_registry *r, const struct ny_domain *const **out)
{
    (void)r;
    *out = all;
    return DOMAINS;
}

/* Every second domain knows every id. */
uint32_t ny_registry_identity_number(const struct ny_registry *r, const struct ny_domain *domain,
                                     ny_str id)
{
    (void)r;
    return id.n > 0 ? (uint32_t)domain->id % 2 : 0;
}

const struct ny_domain *ny_registry_regional(const struct ny_registry *r)
{
    (void)r;
    return &regional;
}

static void domains_make(void)
{
    for (int32_t i = 0; i < DOMAINS; i++) {
        domains[i] = (struct ny_domain){.id = i + 1, .ns = i % 2 == 0 ? NY_S("F01") : NY_S("F02")};
        all[i] = &domains[i];
    }
}

/* ---- the check ---- */

static bool is_within(ny_str text, ny_str part)
{
    return part.n == 0 || (part.p >= text.p && part.p + part.n <= text.p + text.n);
}

static void check(struct ny_arena *a, ny_str text, const struct ny_search *s)
{
    struct ny_search_plan *plan = NULL;
    enum ny_search_field bad = NY_SEARCH_FIELD_COUNT;
    size_t bad_value = 0;
    size_t asked = s->n_ids;
    ny_rc rc;

    for (size_t f = 0; f < NY_SEARCH_FIELD_COUNT; f++) {
        NY_ASSERT(s->field[f].n <= 1);
        NY_ASSERT(s->field[f].n == 0 || is_within(text, s->field[f].v[0]));
        asked += s->field[f].n;
    }
    for (size_t i = 0; i < s->n_ids; i++) {
        NY_ASSERT(s->ids[i].domain > 0 && is_within(text, s->ids[i].id));
    }
    NY_ASSERT(asked > 0);
    rc = ny_search_plan(a, s, &plan, &bad, &bad_value);
    NY_ASSERT(rc == NY_OK || s->n_ids > 0 || bad < NY_SEARCH_FIELD_COUNT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ny_arena *a = ny_arena_create(0);
    const struct request q = {0};
    struct find_questions out;
    ny_str text = ny_str_of((const char *)data, size < SIZE_MAX_IN ? size : SIZE_MAX_IN);
    const char *why;

    domains_make();
    if (ny_text_fold(a, text, &text) == NY_OK) {
        why = ny_find_read(&q, text, &out);
        NY_ASSERT(why == NULL || why[0] != '\0');
        NY_ASSERT(out.n <= FIND_QUESTIONS_MAX);
        NY_ASSERT(why != NULL || out.n > 0);
        for (size_t i = 0; i < out.n && why == NULL; i++) {
            check(a, text, &out.v[i]);
        }
    }
    ny_arena_destroy(a);
    return 0;
}
