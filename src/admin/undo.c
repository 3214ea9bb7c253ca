/* What has to be said to undo a word, by its number. It is said as any other (POST /pins). */

#include "nayose/registry_pins.h"

#include "admin_priv.h"

struct undoing {
    struct request *q;
    int64_t number;
};

static json_t *name_json(const struct request *q, ny_str ns, ny_str id)
{
    return ny_admin_str(ny_arena_printf(q->call->arena, "%.*s^%.*s", NY_ARG(ns), NY_ARG(id)));
}

static void tell(struct undoing *x, const struct ny_pin_view *v, enum ny_pin_kind kind)
{
    const struct access what = {.domain = v->ns_a, .id = v->id_a, .hits = 1, .decision = "undo"};
    char said[NY_TIMESTAMP_LEN];

    ny_timestamp_write(v->row.stamp.at_us, said);
    ny_admin_json_audited(
        x->q, &what,
        json_pack("{s:o, s:o, s:s, s:s, s:s, s:o, s:o}", "a", name_json(x->q, v->ns_a, v->id_a),
                  "b", name_json(x->q, v->ns_b, v->id_b), "kind", ny_admin_pin_kind(kind), "undone",
                  ny_admin_pin_kind(v->row.kind), "said", said, "who", ny_admin_str(v->row.who),
                  "reason", ny_admin_str(v->row.reason)));
}

static void on_pin(void *ctx, ny_rc rc, const struct ny_pin_view *rows, size_t n)
{
    struct undoing *x = ctx;
    enum ny_pin_kind kind = NY_PIN_NONE;

    if (rc != NY_OK) {
        ny_admin_fail_rc(x->q, rc);
        return;
    }
    if (n == 0 || rows[0].number != x->number) {
        ny_admin_fail(x->q, 404, "there is no word of that number", "see: nayose history NS^ID");
        return;
    }
    switch (ny_registry_undo(x->q->registry, &rows[0].row, &kind)) {
    case NY_UNDO_FOUND:
        tell(x, &rows[0], kind);
        break;
    case NY_UNDO_NEWER:
        ny_admin_fail(x->q, 409, "a newer word about the two stands on top of it",
                      "undo that one first; see: nayose history NS^ID");
        break;
    case NY_UNDO_NO_WORD:
        ny_admin_fail(x->q, 409,
                      "it is a merge, a move or a message's own ids: its facility's to mend",
                      "say what is right with nayose link or nayose unlink");
        break;
    }
}

void ny_admin_undo(struct request *q)
{
    struct undoing *x = NY_ARENA_NEW(q->call->arena, struct undoing);

    if (x == NULL) {
        ny_admin_fail_rc(q, NY_ELIMIT);
        return;
    }
    x->q = q;
    if (!ny_admin_param_i64(q, "number", &x->number)) {
        return;
    }
    if (x->number == 0) {
        ny_admin_fail(q, 400, "the number of a word is missing", "see: nayose history NS^ID");
        return;
    }
    ny_registry_pins(q->registry, x->number - 1, 1, on_pin, x);
}
