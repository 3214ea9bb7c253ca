/* One message of HL7 v3 in, its answer out. */
#ifndef NAYOSE_TESTS_IHE_V3_SUPPORT_H
#define NAYOSE_TESTS_IHE_V3_SUPPORT_H

#include "support.h"
#include "v3_operation.h"

/* A message of the device 1.2.7; agent: "" or V3_AGENT(). Literals, or conversions of printf in
 * this order: kind, kind, processing, agent, act, kind. */
#define V3_MESSAGE(kind, processing, agent, act)                                                   \
    "<PRPA_IN" kind " xmlns='urn:hl7-org:v3' ITSVersion='XML_1.0'><id root='1.2.9' "               \
    "extension='M1'/><creationTime value='20260102030405.123456+0900'/>"                           \
    "<interactionId root='2.16.840.1.113883.1.6' extension='PRPA_IN" kind "'/>"                    \
    "<processingCode code='" processing "'/><processingModeCode code='T'/>"                        \
    "<acceptAckCode code='AL'/><receiver typeCode='RCV'><device classCode='DEV' "                  \
    "determinerCode='INSTANCE'><id root='1.2.8'/></device></receiver><sender typeCode='SND'>"      \
    "<device classCode='DEV' determinerCode='INSTANCE'><id root='1.2.7'/>" agent                   \
    "</device></sender><controlActProcess classCode='CACT' moodCode='EVN'>" act                    \
    "</controlActProcess></PRPA_IN" kind ">"
/* The organisation that the device speaks for. */
#define V3_AGENT(root)                                                                             \
    "<asAgent classCode='AGNT'><representedOrganization classCode='ORG' "                          \
    "determinerCode='INSTANCE'><id root='" root "'/></representedOrganization></asAgent>"

/* The answer, terminated. */
static inline const char *v3_send(struct bench *b, ny_str in)
{
    struct ny_ihe_v3 x = {.arena = ny_arena_create(16 * 1024 * 1024),
                          .in = in,
                          .peer_addr = NY_S("127.0.0.1:40000"),
                          .may_query = !b->may_not_query,
                          .speaker = {.is_local = true},
                          .invalid = b->invalid,
                          .strict = b->strict,
                          .stored = b->stored,
                          .answer = bench_on_answer,
                          .ctx = b};

    assert_int_equal(ny_xml_parse(x.arena, x.in, NY_STR_NONE, &x.message, NULL), NY_OK);
    x.operation = v3_operation(x.message);
    assert_non_null(x.operation);
    b->answers = 0;
    b->registry->search_text[0] = '\0';
    ny_ihe_v3_receive(b->ihe, &x);
    (void)fake_run(b->registry);
    assert_int_equal(b->answers, 1);
    ny_arena_destroy(x.arena);
    return b->answer;
}

/* ---- around a test: its state before is a bench ---- */

static inline int v3_open(void **state)
{
    bench_open(*state, false);
    return 0;
}

/* F01:1 is somebody. */
static inline int v3_open_one(void **state)
{
    struct bench *b = *state;

    bench_open(b, false);
    (void)fake_identity(b->registry, 1, NY_S("1"), 0);
    return 0;
}

static inline int v3_close(void **state)
{
    bench_close(*state);
    return 0;
}

#endif
