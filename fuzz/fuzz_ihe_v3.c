/* module: ihe */
/* A message of HL7 v3 with anything in it gets exactly one answer, which is well-formed, is what
 * its operation answers, and names the message. What is no XML is the envelope's matter. */

#include <stdint.h>

#include "nayose/ihe_v3.h"

/* The stand-in registry is no library: NOLINTNEXTLINE(bugprone-suspicious-include) */
#include "../tests/unit/ihe/with_registry.c"

#include "../tests/unit/ihe/v3_operation.h"

enum { SIZE_MAX_IN = 65536 };

static void on_answer(void *ctx, ny_str xml)
{
    int *answers = ctx;
    struct ny_arena *a = ny_arena_create(0);
    const struct ny_xml_node *root = NULL;

    (*answers)++;
    if (xml.n > 0) {
        NY_ASSERT(ny_xml_parse(a, xml, NY_S("UTF-8"), &root, NULL) == NY_OK);
        NY_ASSERT(ny_xml_child(ny_xml_child(root, NY_HL7V3_NS, "acknowledgement"), NY_HL7V3_NS,
                               "targetMessage") != NULL);
    }
    ny_arena_destroy(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ny_registry *registry = fake_create();
    struct ny_ihe_config cfg = {.registry = registry, .timezone_s = 32400};
    struct ny_ihe *ihe = ny_ihe_create(&cfg);
    int answers = 0;
    struct ny_ihe_v3 x = {.arena = ny_arena_create((size_t)64 * SIZE_MAX_IN),
                          .in = ny_str_of((const char *)data, size),
                          .peer_addr = NY_S("fuzz"),
                          .may_query = true,
                          .answer = on_answer,
                          .ctx = &answers};

    ny_log_level_set(NY_LOG_ERROR);
    (void)fake_identity(registry, 1, NY_S("1"), 0);
    (void)fake_identity(registry, 2, NY_S("2"), 1);
    if (size <= SIZE_MAX_IN &&
        ny_xml_parse(x.arena, x.in, NY_STR_NONE, &x.message, NULL) == NY_OK) {
        x.operation = v3_operation(x.message);
        if (x.operation != NULL) {
            ny_ihe_v3_receive(ihe, &x);
            (void)fake_run(registry);
            NY_ASSERT(answers == 1);
        }
    }
    ny_arena_destroy(x.arena);
    ny_ihe_destroy(ihe);
    fake_destroy(registry);
    return 0;
}
