/* The tables of levels and guards with what follows from a row. */

#include "match_priv.h"

/* clang-format off */
static const struct ny_level_info infos[NY_LEVEL_COUNT] = {
    [NY_LEVEL_NONE] = {.name = "", .help = "", .field = NY_FIELD_COUNT},
#define NY_LEVEL(field_, id, mf, mm, ur, uh, help_)                                                \
    [NY_LEVEL_##id] = {                                                                            \
        .name = #id,                                                                               \
        .help = (help_),                                                                           \
        .field = NY_FIELD_##field_,                                                                \
        .has_tf = NY_LEVEL_##id == NY_LEVEL_G1 || NY_LEVEL_##id == NY_LEVEL_G5 ||                  \
                  NY_LEVEL_##id == NY_LEVEL_N1 || NY_LEVEL_##id == NY_LEVEL_J1 ||                  \
                  NY_LEVEL_##id == NY_LEVEL_S1 || NY_LEVEL_##id == NY_LEVEL_SN1 ||                 \
                  NY_LEVEL_##id == NY_LEVEL_SJ1 || NY_LEVEL_##id == NY_LEVEL_SWAP ||               \
                  NY_LEVEL_##id == NY_LEVEL_D1,                                                    \
        .given_agrees = (NY_LEVEL_##id >= NY_LEVEL_G1 && NY_LEVEL_##id <= NY_LEVEL_G5) ||          \
                        NY_LEVEL_##id == NY_LEVEL_N1 || NY_LEVEL_##id == NY_LEVEL_J1 ||            \
                        NY_LEVEL_##id == NY_LEVEL_SWAP,                                            \
        .whole_surname =                                                                           \
            NY_LEVEL_##id >= NY_LEVEL_G1 && NY_LEVEL_##id <= NY_LEVEL_G5      ? NY_LEVEL_S1        \
            : NY_LEVEL_##id == NY_LEVEL_N1 || NY_LEVEL_##id == NY_LEVEL_N2    ? NY_LEVEL_SN1       \
            : NY_LEVEL_##id == NY_LEVEL_J1 || NY_LEVEL_##id == NY_LEVEL_J2    ? NY_LEVEL_SJ1       \
                                                                              : NY_LEVEL_NONE,    \
        .m_f = (mf),                                                                               \
        .m_m = (mm),                                                                               \
        .u_r = (ur),                                                                               \
        .u_h = (uh)},
#include "nayose/tbl/match_levels.def"
#undef NY_LEVEL
};

static const struct {
    const char *name;
    enum ny_guard_effect_kind effect;
    const char *en;
    const char *ja;
} guards[NY_GUARD_COUNT] = {
#define NY_GUARD(id, effect, en, ja) [NY_GUARD_##id] = {#id, NY_EFFECT_##effect, en, ja},
#include "nayose/tbl/match_guards.def"
#undef NY_GUARD
};

/* clang-format on */

const struct ny_level_info *ny_level_info(enum ny_level l)
{
    NY_ASSERT(l < NY_LEVEL_COUNT);
    return &infos[l];
}

const char *ny_level_name(enum ny_level l)
{
    return ny_level_info(l)->name;
}

bool ny_level_parse(ny_str name, enum ny_level *out)
{
    for (int l = NY_LEVEL_NONE + 1; l < NY_LEVEL_COUNT; l++) {
        if (ny_str_equals(name, ny_str_from_c(infos[l].name))) {
            *out = (enum ny_level)l;
            return true;
        }
    }
    return false;
}

enum ny_guard_effect_kind ny_guard_effect(enum ny_guard g)
{
    NY_ASSERT(g < NY_GUARD_COUNT);
    return guards[g].effect;
}

const char *ny_guard_name(enum ny_guard g)
{
    NY_ASSERT(g < NY_GUARD_COUNT);
    return guards[g].name;
}

const char *ny_guard_text(enum ny_guard g, bool japanese)
{
    NY_ASSERT(g < NY_GUARD_COUNT);
    return japanese ? guards[g].ja : guards[g].en;
}
