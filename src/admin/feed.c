/* POST /feed: one HL7 v2 message, dispatched like one that came over MLLP. */

#include "nayose/ihe.h"

#include "admin_priv.h"

struct feeding {
    struct request *q;
    struct ny_ihe_exchange x;
};

static void on_answer(void *ctx, ny_str out)
{
    struct feeding *f = ctx;

    if (ny_str_is_empty(out)) {
        ny_admin_fail(f->q, 400, "this is not an HL7 message: no MSH segment can be found",
                      "send one message, without MLLP framing");
        return;
    }
    ny_admin_text(f->q, 200, NY_S("x-application/hl7-v2+er7"), out);
}

void ny_admin_feed(struct request *q)
{
    struct feeding *f = NY_ARENA_NEW(q->call->arena, struct feeding);

    if (f == NULL) {
        ny_admin_fail_rc(q, NY_ELIMIT);
        return;
    }
    f->q = q;
    f->x = (struct ny_ihe_exchange){
        .arena = q->call->arena,
        .in = q->call->body,
        .peer_addr = q->call->peer_addr,
        .user = q->call->user,
        .may_query = true,
        .speaker = {.is_local = true},
        .answer = on_answer,
        .ctx = f,
    };
    ny_ihe_receive(q->admin->cfg.ihe, &f->x);
}
