/* module: conf */
/* Configuration text: loads or names the line; what loaded reloads as itself. */

#include "nayose/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { MAX_IN = 8192 };
    ny_str in = ny_str_of((const char *)data, size);
    struct ny_conf *c = NULL;
    struct ny_error err = {0};

    if (size > MAX_IN) {
        return 0;
    }
    if (ny_conf_load_str(in, "f", &c, &err) == NY_OK) {
        NY_ASSERT(ny_conf_int(c, "match", NULL, "candidate_max") >= 1);
        NY_ASSERT(ny_conf_check_reload(c, c, &err) == NY_OK);
        for (size_t i = 0; ny_conf_named(c, "listener", i) != NULL; i++) {
            NY_ASSERT(ny_conf_time_us(c, "listener", ny_conf_named(c, "listener", i),
                                      "idle_timeout") > 0);
        }
    } else {
        NY_ASSERT(c == NULL && err.text[0] == 'f');
    }
    ny_conf_destroy(c);
    return 0;
}
