/* What the server says of single pairs: of true ones whether they were ever compared, of missed and
 * false ones why. Pairs are asked about in batches while the groups are judged. */

#include "evaluate_priv.h"

enum { BATCH = 200 }; /* the most that the server takes */

struct asked {
    enum ny_pair_kind kind;
    size_t a, b;
};

struct asking {
    struct evaluation *e;
    struct cli_client *client;
    struct asked batch[BATCH];
    size_t n;
    json_t *pairs; /* [n] the body of the next request */
    int code;
};

/* ---- causes ---- */

/* "G1 S1 D1 X1 A1 +GD3" */
static void add_levels(struct ny_buf *b, const json_t *answer)
{
    const json_t *levels = json_object_get(answer, "levels");
    const json_t *guards = json_object_get(answer, "guards");

    for (size_t i = 0; i < json_array_size(levels); i++) {
        ny_buf_printf(b, " %s", json_string_value(json_array_get(levels, i)));
    }
    for (size_t i = 0; i < json_array_size(guards); i++) {
        ny_buf_printf(b, " +%s", json_string_value(json_array_get(guards, i)));
    }
}

/* Why two records of one person are not linked. */
static void add_why_missed(struct ny_buf *b, const json_t *answer)
{
    const char *band = cli_json_text(answer, "band");
    const char *reason = cli_json_text(json_object_get(answer, "question"), "reason");

    if (!json_is_true(json_object_get(answer, "compared"))) {
        ny_buf_add_c(b, "never compared:");
    } else if (strcmp(band, "auto") == 0) {
        ny_buf_printf(b, "sure enough, but kept apart%s%s:", reason[0] != '\0' ? " by " : "",
                      reason);
    } else if (strcmp(band, "parked") == 0) {
        ny_buf_add_c(b, "parked:");
    } else if (json_array_size(json_object_get(answer, "guards")) > 0) {
        ny_buf_add_c(b, "guard:");
    } else {
        ny_buf_add_c(b, "not sure enough:");
    }
}

/* Who the two people are to each other that are linked. */
static const char *relation(const struct evaluation *e, const struct asked *pair)
{
    const struct ny_judged_record *a = &ny_truth_judged(e->truth)[pair->a];
    const struct ny_judged_record *b = &ny_truth_judged(e->truth)[pair->b];
    const struct ny_truth_record *of_a = ny_truth_record(e->truth, pair->a);
    const struct ny_truth_record *of_b = ny_truth_record(e->truth, pair->b);

    if (a->never_linked || b->never_linked) {
        return "test, unknown or unnamed";
    }
    if (a->twins != 0 && a->twins == b->twins) {
        return "twins";
    }
    if (of_a->household != 0 && of_a->household == of_b->household) {
        return "household";
    }
    return ny_str_equals(of_a->kind, NY_S("namesake")) ||
                   ny_str_equals(of_b->kind, NY_S("namesake"))
               ? "namesakes"
               : "strangers";
}

static void add_why_false(struct ny_buf *b, const struct evaluation *e, const struct asked *pair,
                          const json_t *answer)
{
    bool direct = strcmp(cli_json_text(answer, "band"), "auto") == 0;

    ny_buf_printf(b, "%s%s%s:", relation(e, pair), pair->kind == NY_PAIR_EXEMPT ? ", alike" : "",
                  direct ? "" : ", through other records");
}

/* ---- counting ---- */

static void count(json_t *o, ny_str key)
{
    json_int_t n = json_integer_value(json_object_getn(o, key.p, key.n));

    json_object_setn_new(o, key.p, key.n, json_integer(n + 1));
}

/* A cause is "reason: levels". */
static void tally_add(struct tally *t, ny_str cause)
{
    count(t->by_reason, ny_str_sub(cause, 0, ny_str_find(cause, ':')));
    count(t->by_cause, cause);
}

static json_t *identity_json(const struct evaluation *e, size_t at)
{
    const struct ny_truth_record *r = ny_truth_record(e->truth, at);

    return json_sprintf("%.*s^%.*s", NY_ARG(r->domain), NY_ARG(r->local_id));
}

static void example(struct evaluation *e, const struct asked *pair, unsigned number,
                    const char *cause)
{
    static const char *const kinds[] = {"false", "missed", "never compared"};

    if (e->examples_n[number] < e->examples_max) {
        e->examples_n[number]++;
        json_array_append_new(e->examples, json_pack("{s:s, s:o, s:o, s:s}", "kind", kinds[number],
                                                     "a", identity_json(e, pair->a), "b",
                                                     identity_json(e, pair->b), "cause", cause));
    }
}

static void take(struct evaluation *e, const struct asked *pair, const json_t *answer)
{
    bool is_false = pair->kind == NY_PAIR_FALSE || pair->kind == NY_PAIR_EXEMPT;
    bool compared = json_is_true(json_object_get(answer, "compared"));
    struct ny_arena *a = ny_arena_create(0);
    struct ny_buf b;

    ny_buf_init(&b, a);
    if (is_false) {
        add_why_false(&b, e, pair, answer);
    } else {
        add_why_missed(&b, answer);
    }
    add_levels(&b, answer);
    ny_buf_add_char(&b, '\0');
    if (is_false) {
        tally_add(&e->wrong, ny_str_from_c(b.p));
        example(e, pair, 0, b.p);
    } else if (!json_is_true(json_object_get(answer, "known"))) {
        e->pairs.unknown++;
    } else {
        e->pairs.known++;
        e->pairs.uncompared += !compared;
    }
    if (pair->kind == NY_PAIR_MISSED) {
        tally_add(&e->missed, ny_str_from_c(b.p));
        example(e, pair, 1, b.p);
    }
    if (!is_false && !compared) {
        example(e, pair, 2, b.p);
    }
    ny_arena_destroy(a);
}

/* ---- asking ---- */

static void ask_batch(struct asking *q)
{
    json_t *answer = NULL;
    const json_t *list;

    if (q->n == 0 || q->code != CLI_DONE) {
        return;
    }
    q->code = cli_post(q->client, "/pairs", json_pack("{s:o}", "pairs", q->pairs), &answer);
    q->pairs = json_array();
    list = json_object_get(answer, "pairs");
    for (size_t i = 0; i < q->n && q->code == CLI_DONE; i++) {
        take(q->e, &q->batch[i], json_array_get(list, i));
    }
    q->n = 0;
    json_decref(answer);
}

static void on_pair(void *ctx, enum ny_pair_kind kind, size_t a, size_t b)
{
    struct asking *q = ctx;
    json_t *pair = json_pack("[o, o]", identity_json(q->e, a), identity_json(q->e, b));

    if (pair == NULL) { /* an id that is no UTF-8: the server has none like it */
        q->e->pairs.unknown++;
        return;
    }
    json_array_append_new(q->pairs, pair);
    q->batch[q->n++] = (struct asked){kind, a, b};
    if (q->n == BATCH) {
        ask_batch(q);
        q->n = 0; /* after a failure too: what follows is thrown away */
        json_array_clear(q->pairs);
    }
}

int evaluate_ask(struct evaluation *e)
{
    struct asking q = {.e = e, .client = cli_client_create(e->cli), .pairs = json_array()};

    ny_judge(ny_truth_judged(e->truth), ny_truth_count(e->truth), on_pair, &q, &e->judgement);
    ask_batch(&q);
    json_decref(q.pairs);
    cli_client_destroy(q.client);
    return q.code;
}
