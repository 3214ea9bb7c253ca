/* module: ihe */
/* A message of any bytes gets exactly one answer (or none, when it has no MSH): one that parses,
 * names what it acknowledges and can be framed. Byte 0 chooses the source's settings. */

#include <stdint.h>

#include "nayose/hl7v2.h"
#include "nayose/ihe.h"

/* The stand-in registry is no library: NOLINTNEXTLINE(bugprone-suspicious-include) */
#include "../tests/unit/ihe/with_registry.c"

enum { SIZE_MAX_IN = 65536 };

struct result {
    int answers;
    struct ny_arena *arena;
    bool framable; /* the message came in a frame: it has no framing byte, so the answer has none */
};

static bool has_framing_byte(ny_str s)
{
    return ny_str_find(s, '\x0B') < s.n || ny_str_find(s, '\x1C') < s.n;
}

static void on_answer(void *ctx, ny_str out)
{
    struct result *r = ctx;
    struct ny_hl7v2_options options = {.replace = true};
    struct ny_hl7v2_msg *msg = NULL;
    struct ny_arena *a = ny_arena_create(0);
    ny_rc rc;

    r->answers++;
    if (out.n > 0) {
        NY_ASSERT(!r->framable || !has_framing_byte(out));
        rc = ny_hl7v2_parse(a, out, &options, &msg, NULL);
        /* MSH-3 to 6 and 18 are mirrored, also a character set that only the sender knows and parts
         * above our limits. */
        NY_ASSERT(rc == NY_OK || rc == NY_EUNSUPP || rc == NY_ELIMIT);
        NY_ASSERT(rc != NY_OK || ny_hl7v2_find(msg, NY_S("MSA"), 1) != NULL);
    }
    ny_arena_destroy(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ny_registry *registry = fake_create();
    struct ny_ihe_config cfg = {.registry = registry, .timezone_s = 32400};
    struct ny_ihe *ihe = ny_ihe_create(&cfg);
    struct result result = {.arena = ny_arena_create((size_t)16 * SIZE_MAX_IN)};
    struct ny_ihe_exchange x = {.arena = result.arena,
                                .peer_addr = NY_S("fuzz"),
                                .may_query = true,
                                .answer = on_answer,
                                .ctx = &result};

    ny_log_level_set(NY_LOG_ERROR);
    if (size > 0 && size <= SIZE_MAX_IN) {
        registry->sources[0].undecodable_replace = (data[0] & 1) != 0;
        registry->sources[0].ignore_unknown_authority = (data[0] & 2) != 0;
        registry->sources[0].strict_update = (data[0] & 4) != 0;
        registry->sources[0].accept_test = (data[0] & 8) != 0;
        fake_identity(registry, 1, NY_S("1"), 0);
        fake_identity(registry, 2, NY_S("2"), 1);
        x.in = ny_str_of((const char *)data + 1, size - 1);
        result.framable = !has_framing_byte(x.in);
        ny_ihe_receive(ihe, &x);
        (void)fake_run(registry);
        NY_ASSERT(result.answers == 1);
    }
    ny_arena_destroy(result.arena);
    ny_ihe_destroy(ihe);
    fake_destroy(registry);
    return 0;
}
