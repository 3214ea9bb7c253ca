/* A stored message goes the way that it came once more, for whoever listens to the registry behind
 * it (ny_snapshot_listen). Only feeds that were accepted count: queries are not asked again, and
 * who spoke was proved then. */

#include "v3_priv.h"

static void answer_forget(void *ctx, ny_str out)
{
    (void)ctx;
    (void)out;
}

static void v2_replay(struct ny_ihe *ihe, struct ny_arena *a, ny_str body)
{
    struct ny_ihe_exchange *x = NY_ARENA_NEW(a, struct ny_ihe_exchange);

    if (x == NULL) {
        return;
    }
    *x = (struct ny_ihe_exchange){
        .arena = a, .in = body, .speaker.is_local = true, .answer = answer_forget};
    ny_ihe_receive(ihe, x);
}

/* typeCode of an MCCI of ours. */
static bool mcci_is_positive(struct ny_arena *a, ny_str ack)
{
    const struct ny_xml_node *root = NULL;
    const struct ny_xml_node *type;

    if (ny_xml_parse(a, ack, NY_STR_NONE, &root, NULL) != NY_OK) {
        return false;
    }
    type = ihe_v3_child(ihe_v3_child(root, "acknowledgement"), "typeCode");
    return ny_str_equals(ny_xml_attr(type, "code"), NY_S("CA"));
}

/* The character set that HTTP told of is not kept: the declaration counts. */
static void v3_replay(struct ny_ihe *ihe, struct ny_arena *a, ny_str body, ny_str ack)
{
    struct ny_ihe_v3 *x = NY_ARENA_NEW(a, struct ny_ihe_v3);
    struct ny_soap_message m = {.payload = NULL};

    if (x == NULL || ny_soap_read(a, body, NY_STR_NONE, true, &m) != NY_SOAP_FINE ||
        !mcci_is_positive(a, ack)) {
        return;
    }
    *x = (struct ny_ihe_v3){.arena = a,
                            .operation = ihe_v3_feed_operation(m.payload),
                            .message = m.payload,
                            .in = body,
                            .speaker.is_local = true,
                            .stored = true,
                            .answer = answer_forget};
    if (x->operation != NULL) {
        ny_ihe_v3_receive(ihe, x);
    }
}

void ny_ihe_replay(struct ny_ihe *ihe, struct ny_arena *a, ny_str body, ny_str ack)
{
    struct ny_hl7v2_msh *msh = NY_ARENA_NEW(a, struct ny_hl7v2_msh);

    if (msh == NULL) {
        return;
    }
    if (ny_hl7v2_salvage(a, body, NULL, msh) != NY_OK) {
        v3_replay(ihe, a, body, ack);
    } else if (ny_str_equals(msh->type, NY_S("ADT")) &&
               ny_str_equals(ihe_answer_code(ack), NY_S("AA"))) {
        v2_replay(ihe, a, body);
    }
}
