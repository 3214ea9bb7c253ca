/* A model version: levels, settings, frequencies and marks, frozen. Version 1 is made here from the
 * settings of the installation and the starting numbers; later ones come from text (model_text.c)
 * or from a draft (draft.c). */

#include "match_priv.h"

const char *const ny_model_setting_names[NY_SETTING_COUNT] = {
#define NY_SETTING(id, text) #id,
#include "tbl/settings.def"
#undef NY_SETTING
};

enum { B6_BLOCK_MAX = 60 };

void ny_match_settings_default(struct ny_match_settings *s)
{
    *s = (struct ny_match_settings){.population = 1000000,
                                    .prior_linked = .5,
                                    .household = 2.0,
                                    .same_facility_duplicate = .005,
                                    .tau_auto = 13,
                                    .require_contact = true,
                                    .candidate_max = 400};
}

struct ny_match_model *ny_match_model_new(void)
{
    struct ny_match_model *m = ny_calloc(1, sizeof(*m));

    ny_log1p_init(&m->log1p);
    for (size_t i = 1; i < NY_ARRAY_LEN(m->log_count); i++) {
        m->log_count[i] = ny_bits_of((double)i);
    }
    return m;
}

void ny_match_model_destroy(struct ny_match_model *m)
{
    if (m == NULL) {
        return;
    }
    ny_tf_finish(&m->tf);
    ny_first_days_finish(&m->first_days);
    for (size_t i = 0; i < NY_MARK_COUNT; i++) {
        ny_free(m->mark[i].v);
    }
    ny_free(m);
}

void ny_match_model_seal(struct ny_match_model *m)
{
    ny_tf_index(&m->tf);
    for (size_t i = 0; i < NY_MARK_COUNT; i++) {
        ny_marks_sort(&m->mark[i]);
    }
}

void ny_match_model_settings_put(struct ny_match_model *m, const struct ny_match_settings *s)
{
    int64_t population = s->population > 0 ? s->population : 1;

    m->setting[NY_SETTING_population] = population;
    m->setting[NY_SETTING_population_b1024] = ny_bits_of((double)population);
    m->setting[NY_SETTING_linked_b1024] = ny_bits_of(s->prior_linked);
    m->setting[NY_SETTING_duplicate_b1024] = ny_bits_of(s->same_facility_duplicate);
    m->setting[NY_SETTING_household_b1024] = ny_bits_of(s->household);
    m->setting[NY_SETTING_tau_b1024] = NY_BITS(s->tau_auto);
    m->setting[NY_SETTING_require_contact] = s->require_contact;
    m->setting[NY_SETTING_candidate_max] = s->candidate_max;
}

struct ny_match_model *ny_match_model_create_v1(const struct ny_match_settings *s)
{
    struct ny_match_model *m = ny_match_model_new();

    ny_match_model_settings_put(m, s);
    m->setting[NY_SETTING_version] = 1;
    m->setting[NY_SETTING_norm] = NY_TEXT_NORM_VERSION;
    m->setting[NY_SETTING_b0] = 1;
    m->setting[NY_SETTING_b0_january_hot] = 1;
    m->setting[NY_SETTING_b6_block_b1024] = ny_bits_of(B6_BLOCK_MAX);
    for (int l = NY_LEVEL_NONE + 1; l < NY_LEVEL_COUNT; l++) {
        const struct ny_level_info *info = ny_level_info((enum ny_level)l);

        m->level[l] = (struct ny_level_bits){
            .m = {ny_bits_of(info->m_f), ny_bits_of(info->m_m)},
            .u = ny_bits_of(info->u_r),
            .h = ny_bits_of(info->u_h)
        };
    }
    ny_tf_add_priors(&m->tf);
    ny_match_model_seal(m);
    return m;
}

bool ny_match_model_has_settings(const struct ny_match_model *m, const struct ny_match_settings *s)
{
    struct ny_match_model *fresh = ny_match_model_create_v1(s);
    bool same = true;

    for (int i = NY_SETTING_population; i < NY_SETTING_COUNT; i++) {
        same = same && m->setting[i] == fresh->setting[i];
    }
    ny_match_model_destroy(fresh);
    return same;
}

int32_t ny_match_model_version(const struct ny_match_model *m)
{
    return (int32_t)m->setting[NY_SETTING_version];
}

int32_t ny_match_model_tau_b1024(const struct ny_match_model *m)
{
    return (int32_t)m->setting[NY_SETTING_tau_b1024];
}

int32_t ny_match_model_candidate_max(const struct ny_match_model *m)
{
    return (int32_t)m->setting[NY_SETTING_candidate_max];
}
