/* Model versions as text. */

#include "nayose/match.h"

#include "fake_store.h"

ny_str fake_model_text(struct ny_arena *a, int32_t candidate_max)
{
    struct ny_match_settings settings;
    struct ny_match_model *m;
    struct ny_buf b;

    ny_match_settings_default(&settings);
    settings.candidate_max = candidate_max > 0 ? candidate_max : settings.candidate_max;
    m = ny_match_model_create_v1(&settings);
    ny_buf_init(&b, a);
    NY_ASSERT(ny_match_model_write(m, &b) == NY_OK);
    ny_match_model_destroy(m);
    return ny_buf_str(&b);
}

ny_str fake_model_changed(struct ny_arena *a, ny_str from, int version, const char *tau_b1024)
{
    struct ny_buf b;
    ny_str rest = from;

    ny_buf_init(&b, a);
    while (rest.p != NULL) {
        ny_str line = ny_str_split(&rest, '\n');

        if (ny_str_starts_with(line, NY_S("setting version "))) {
            ny_buf_printf(&b, "setting version %d\n", version);
        } else if (ny_str_starts_with(line, NY_S("setting tau_b1024 "))) {
            ny_buf_printf(&b, "setting tau_b1024 %s\n", tau_b1024);
        } else if (ny_str_starts_with(line, NY_S("setting population_b1024 "))) {
            ny_buf_add_c(&b, "setting population_b1024 19000\n");
        } else if (ny_str_starts_with(line, NY_S("setting b0 "))) {
            ny_buf_add_c(&b, "setting b0 0\n");
        } else if (line.n > 0) {
            ny_buf_printf(&b, "%.*s\n", NY_ARG(line));
        }
    }
    return ny_buf_str(&b);
}
