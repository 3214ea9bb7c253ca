/* A draft: a copy of a version whose numbers are replaced one by one, then sealed. */

#include "match_priv.h"

#include <math.h>

struct ny_match_draft {
    struct ny_match_model *m; /* not sealed */
};

/* ---- numbers of a version ---- */

static double share_of(int32_t bits)
{
    return exp2(bits / 1024.0);
}

void ny_match_model_level(const struct ny_match_model *m, enum ny_level l,
                          struct ny_level_numbers *out)
{
    const struct ny_level_bits *b = &m->level[l];

    *out = (struct ny_level_numbers){
        .m = {share_of(b->m[0]), share_of(b->m[1])},
          .u = share_of(b->u), .h = share_of(b->h)
    };
}

void ny_match_level_start(enum ny_level l, struct ny_level_numbers *out)
{
    const struct ny_level_info *info = ny_level_info(l);

    *out = (struct ny_level_numbers){
        .m = {info->m_f, info->m_m},
          .u = info->u_r, .h = info->u_h
    };
}

void ny_match_model_settings(const struct ny_match_model *m, struct ny_match_settings *out)
{
    *out = (struct ny_match_settings){
        .population = m->setting[NY_SETTING_population],
        .prior_linked = share_of((int32_t)m->setting[NY_SETTING_linked_b1024]),
        .household = share_of((int32_t)m->setting[NY_SETTING_household_b1024]),
        .same_facility_duplicate = share_of((int32_t)m->setting[NY_SETTING_duplicate_b1024]),
        .tau_auto = (double)m->setting[NY_SETTING_tau_b1024] / 1024,
        .require_contact = m->setting[NY_SETTING_require_contact] != 0,
        .candidate_max = ny_match_model_candidate_max(m)};
}

size_t ny_match_model_listed(const struct ny_match_model *m, enum ny_tf_table t)
{
    size_t n = 0;

    for (size_t i = 0; i < m->tf.n; i++) {
        n += m->tf.entries[i].table == t;
    }
    return n;
}

size_t ny_match_model_marked(const struct ny_match_model *m, enum ny_mark mark)
{
    return m->mark[mark].n;
}

/* ---- draft ---- */

static void *copy_of(const void *p, size_t n)
{
    void *copy = NULL;

    if (n > 0) {
        copy = ny_malloc(n);
        memcpy(copy, p, n);
    }
    return copy;
}

struct ny_match_draft *ny_match_draft_create(const struct ny_match_model *from)
{
    struct ny_match_draft *d = ny_calloc(1, sizeof(*d));
    struct ny_match_model *m = copy_of(from, sizeof(*from));

    m->tf.entries = copy_of(from->tf.entries, ny_mul_size(from->tf.n, sizeof(*from->tf.entries)));
    m->tf.cap = from->tf.n;
    m->tf.text = copy_of(from->tf.text, from->tf.text_n);
    m->tf.text_cap = from->tf.text_n;
    m->tf.slots = NULL;
    for (size_t i = 0; i < NY_MARK_COUNT; i++) {
        m->mark[i].v =
            copy_of(from->mark[i].v, ny_mul_size(from->mark[i].n, sizeof(*from->mark[i].v)));
        m->mark[i].cap = from->mark[i].n;
    }
    ny_first_days_copy(&m->first_days, &from->first_days);
    d->m = m;
    return d;
}

void ny_match_draft_destroy(struct ny_match_draft *d)
{
    if (d != NULL) {
        ny_match_model_destroy(d->m);
        ny_free(d);
    }
}

struct ny_match_model *ny_match_draft_seal(struct ny_match_draft *d)
{
    struct ny_match_model *m = d->m;

    ny_match_model_seal(m);
    ny_free(d);
    return m;
}

void ny_match_draft_version_set(struct ny_match_draft *d, int32_t version)
{
    d->m->setting[NY_SETTING_version] = version;
    d->m->setting[NY_SETTING_norm] = NY_TEXT_NORM_VERSION;
}

void ny_match_draft_settings_set(struct ny_match_draft *d, const struct ny_match_settings *s)
{
    ny_match_model_settings_put(d->m, s);
}

void ny_match_draft_level_set(struct ny_match_draft *d, enum ny_level l,
                              const struct ny_level_numbers *n)
{
    NY_ASSERT(n->m[0] > 0 && n->m[1] > 0 && n->u > 0 && n->h > 0);
    d->m->level[l] = (struct ny_level_bits){
        .m = {ny_bits_of(n->m[0]), ny_bits_of(n->m[1])},
        .u = ny_bits_of(n->u),
        .h = ny_bits_of(n->h)
    };
}

void ny_match_draft_counts_clear(struct ny_match_draft *d)
{
    static const bool spikes[NY_TF_COUNT] = {[NY_TF_BIRTH_SPIKE] = true};

    for (size_t i = 0; i < NY_MARK_COUNT; i++) {
        d->m->mark[i].n = 0;
    }
    ny_tf_drop(&d->m->tf, spikes);
    d->m->setting[NY_SETTING_b6_block_b1024] = 0;
}

void ny_match_draft_b0_set(struct ny_match_draft *d, bool on)
{
    d->m->setting[NY_SETTING_b0] = on;
}

void ny_match_draft_mark(struct ny_match_draft *d, enum ny_mark mark, uint64_t value)
{
    ny_marks_add(&d->m->mark[mark], value);
}

void ny_match_draft_first_day_set(struct ny_match_draft *d, ny_str oid, int32_t day)
{
    ny_first_days_set(&d->m->first_days, oid, day);
}

void ny_match_draft_spike_add(struct ny_match_draft *d, ny_date date, double share)
{
    char buf[8];

    ny_tf_add(&d->m->tf, NY_TF_BIRTH_SPIKE, NY_TF_CELL_ANY, ny_tf_date(date, buf),
              ny_bits_of(share));
}

void ny_match_draft_census_put(struct ny_match_draft *d, const struct ny_match_census *c)
{
    static const bool counted[NY_TF_COUNT] = {
        [NY_TF_SURNAME_KANJI] = true, [NY_TF_SURNAME_KANA] = true, [NY_TF_GIVEN_KANJI] = true,
        [NY_TF_GIVEN_KANA] = true,    [NY_TF_GIVEN_BOTH] = true,   [NY_TF_BIRTH_YEAR] = true};

    ny_tf_drop(&d->m->tf, counted);
    ny_census_put(c, &d->m->tf);
}
