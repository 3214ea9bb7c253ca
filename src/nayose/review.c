/* nayose review: the clerk's desk on a terminal.
 *
 *   list ──Enter, i──▶ case ──s d l a──▶ next case … ──▶ list when none waits
 *                       ▲ └─ n r u stay, h: what the fields were
 *
 * A case on the screen is held by this desk; the server hears of it again every minute, and says
 * when later messages have settled it. */

#include <stdlib.h>
#include <unistd.h>

#include "nayose/model_reason.h"

#include "nayose_priv.h"
#include "review_desk.h"

enum { WAIT_MS = 60000 };

struct desk {
    struct cli *cli;
    struct cli_client *client;
    struct ny_desk_view view;
    json_t *kase, *list, *counts; /* owned */
    char name[64];                /* of this desk */
    char message[600];
    char reason[24]; /* code for the next decision */
    char pair[2][200];
    char only[64]; /* a hospital, a reason or "parked"; empty: everything that is open */
};

static const char *say(const struct desk *d, const char *en, const char *ja)
{
    return d->cli->is_japanese ? ja : en;
}

/* ---- the server ---- */

static int post(struct desk *d, const char *path, json_t *body, json_t **out)
{
    json_object_set_new(body, "desk", json_string(d->name));
    return cli_post(d->client, path, body, out);
}

/* The refusal goes into the message line. */
static void tell_refusal(struct desk *d, int code, const json_t *answer)
{
    const char *error = cli_json_text(answer, "error");

    if (code == CLI_NO_SERVER) {
        error = say(d, "the server does not answer", "サーバーが応答しません");
    }
    snprintf(d->message, sizeof(d->message), "%s", error);
}

/* Times of the server as the place's clock says them. */
static void time_localise(struct desk *d, json_t *o, const char *key)
{
    const char *utc = cli_json_text(o, key);

    if (utc[0] != '\0') {
        json_object_set_new(o, key, json_string(cli_time_text(d->cli, utc)));
    }
}

static void times_localise(struct desk *d, json_t *times)
{
    const char *key;
    json_t *list;
    json_t *o;
    size_t i;

    json_object_foreach(times, key, list)
    {
        json_array_foreach(list, i, o)
        {
            time_localise(d, o, "since");
            time_localise(d, o, "last");
        }
    }
}

static void kase_set(struct desk *d, json_t *kase)
{
    static const char *const members[] = {"a", "b"};
    const json_t *decisions = json_object_get(kase, "decisions");
    const json_t *pins = json_object_get(kase, "pins");

    json_decref(d->kase);
    d->kase = kase;
    d->view.kase = kase;
    for (size_t k = 0; kase != NULL && k < 2; k++) {
        const json_t *record = json_object_get(kase, members[k]);

        snprintf(d->pair[k], sizeof(d->pair[k]), "%s^%s", cli_json_text(record, "domain"),
                 cli_json_text(record, "id"));
        times_localise(d, json_object_get(record, "times"));
    }
    for (size_t i = 0; i < json_array_size(decisions); i++) {
        time_localise(d, json_array_get(decisions, i), "at");
    }
    for (size_t i = 0; i < json_array_size(pins); i++) {
        time_localise(d, json_array_get(pins, i), "said");
    }
    d->view.history = false;
    snprintf(d->reason, sizeof(d->reason), "records");
}

static void counts_get(struct desk *d)
{
    json_t *counts = NULL;

    if (cli_get(d->client, "/review/counts", NULL, 0, &counts) == CLI_DONE) {
        json_decref(d->counts);
        d->view.counts = d->counts = counts;
    } else {
        json_decref(counts);
    }
}

/* What the word of the filter is: the name of its parameter. */
static const char *only_kind(const struct desk *d)
{
    static const char *const reasons[] = {"band", "guard", "runner-up", "groups",
                                          "hold", "pins",  "overlay"};

    for (size_t i = 0; i < NY_ARRAY_LEN(reasons); i++) {
        if (strcmp(d->only, reasons[i]) == 0) {
            return "reason";
        }
    }
    return strcmp(d->only, "parked") == 0 ? "state" : "domain";
}

static void list_get(struct desk *d)
{
    const struct cli_param params[] = {
        {"later",      "no"   },
        {"limit",      "200"  },
        {only_kind(d), d->only}
    };
    json_t *page = NULL;
    int code = cli_get(d->client, "/reviews", params, NY_ARRAY_LEN(params), &page);

    if (code == CLI_DONE) {
        json_decref(d->list);
        d->view.list = d->list = json_incref(json_object_get(page, "reviews"));
        if (d->view.selected >= json_array_size(d->list)) {
            d->view.selected = 0;
        }
    } else {
        tell_refusal(d, code, page);
    }
    json_decref(page);
    counts_get(d);
}

/* Opens a case: this pair, or (a NULL) the oldest that nobody has. Back to the list when there is
 * none. */
static void take(struct desk *d, const char *a, const char *b)
{
    json_t *body = json_object();
    json_t *answer = NULL;
    int code;

    if (strcmp(only_kind(d), "state") == 0) {
        json_object_set_new(body, "parked", json_true());
    } else if (d->only[0] != '\0') {
        json_object_set_new(body, only_kind(d), json_string(d->only));
    }
    if (a != NULL) {
        json_object_set_new(body, "a", json_string(a));
        json_object_set_new(body, "b", json_string(b));
    }
    code = post(d, "/review/take", body, &answer);
    if (code == CLI_DONE && json_is_object(json_object_get(answer, "a"))) {
        kase_set(d, answer);
        counts_get(d);
    } else {
        if (code != CLI_DONE) {
            tell_refusal(d, code, answer);
        }
        json_decref(answer);
        kase_set(d, NULL);
        list_get(d);
    }
    screen_forget_keys();
}

static void release(struct desk *d)
{
    json_t *answer = NULL;

    (void)(post(d, "/review/release", json_object(), &answer) == CLI_DONE);
    json_decref(answer);
}

/* ---- keys of a case ---- */

static void decide(struct desk *d, const char *decision, const char *label, const char *note,
                   const char *whom)
{
    const bool stays = strcmp(decision, "note") == 0;
    const bool is_word = strcmp(decision, "same") == 0 || strcmp(decision, "different") == 0;
    json_t *body =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "a", d->pair[0], "b", d->pair[1], "decision",
                  decision, "reason", is_word ? d->reason : "", "note", note, "whom", whom);
    json_t *answer = NULL;
    int code = body != NULL ? post(d, "/review/decide", body, &answer) : CLI_REFUSED;
    char pair[2][200];

    memcpy(pair, d->pair, sizeof(pair));
    if (code == CLI_DONE) {
        d->view.decided++;
        if (strcmp(cli_json_text(answer, "result"), "proposed") == 0) {
            label = cli_said_text(d->cli, answer);
        }
        snprintf(d->message, sizeof(d->message), "%s: %s ⇔ %s", label, pair[0], pair[1]);
        take(d, stays ? pair[0] : NULL, stays ? pair[1] : NULL);
    } else {
        const bool closed = json_is_true(json_object_get(answer, "closed"));

        tell_refusal(d, code, answer);
        if (closed) {
            release(d);
            take(d, NULL, NULL);
        }
    }
    json_decref(answer);
}

static void ask_and_decide(struct desk *d, const char *decision, const char *question,
                           const char *label)
{
    char text[200];

    if (screen_ask(question, text, sizeof(text))) {
        const bool is_note = strcmp(decision, "note") == 0;

        decide(d, decision, label, is_note ? text : "", is_note ? "" : text);
    }
}

/* A number for each coded reason; it goes with the next decision of this case. */
static void choose_reason(struct desk *d)
{
    const struct ny_reason *reasons;
    const size_t n_reasons = ny_reasons(&reasons);
    size_t n = 0;
    wint_t c;

    d->message[0] = '\0';
    for (size_t i = 0; i < n_reasons && n + 1 < sizeof(d->message); i++) {
        n += (size_t)snprintf(d->message + n, sizeof(d->message) - n, "%s%zu %s", i > 0 ? " " : "",
                              i + 1, d->cli->is_japanese ? reasons[i].ja : reasons[i].code);
    }
    screen_draw(&d->view);
    c = screen_key(-1);
    if (c >= L'1' && c < L'1' + n_reasons) {
        const struct ny_reason *r = &reasons[c - L'1'];

        snprintf(d->reason, sizeof(d->reason), "%s", r->code);
        snprintf(d->message, sizeof(d->message), "%s: %s", say(d, "reason", "理由"),
                 d->cli->is_japanese ? r->ja : r->en);
    } else {
        d->message[0] = '\0';
    }
}

/* The case that was decided last is back on the desk. */
static void undo(struct desk *d)
{
    json_t *answer = NULL;
    int code = post(d, "/review/undo", json_object(), &answer);
    const json_t *u = json_object_get(answer, "undone");
    const bool waits = strcmp(cli_json_text(answer, "result"), "proposed") == 0;
    char pair[2][200];

    if (code != CLI_DONE) {
        tell_refusal(d, code, answer);
    } else {
        snprintf(pair[0], sizeof(pair[0]), "%s^%s", cli_json_text(u, "domain_a"),
                 cli_json_text(u, "local_id_a"));
        snprintf(pair[1], sizeof(pair[1]), "%s^%s", cli_json_text(u, "domain_b"),
                 cli_json_text(u, "local_id_b"));
        d->view.decided -= d->view.decided > 0;
        snprintf(d->message, sizeof(d->message), "%s: %s ⇔ %s",
                 waits ? cli_said_text(d->cli, answer) : say(d, "undone", "取り消し"), pair[0],
                 pair[1]);
        release(d);
        take(d, waits ? NULL : pair[0], waits ? NULL : pair[1]);
    }
    json_decref(answer);
}

static void choose_only(struct desk *d)
{
    char text[sizeof(d->only)];

    if (screen_ask(
            say(d, "hospital, reason or parked (empty: all):", "施設・理由・parked（空: すべて）:"),
            text, sizeof(text))) {
        memcpy(d->only, text, sizeof(text));
        snprintf(d->message, sizeof(d->message), "%s: %s", say(d, "only", "絞込"),
                 text[0] != '\0' ? text : say(d, "everything", "すべて"));
        release(d);
        kase_set(d, NULL);
        d->view.selected = 0;
        list_get(d);
    }
}

static void key_of_case(struct desk *d, enum ny_desk_key key)
{
    switch (key) {
    case NY_DESK_KEY_SAME:
        decide(d, "same", say(d, "one person", "同一人"), "", "");
        break;
    case NY_DESK_KEY_DIFFERENT:
        decide(d, "different", say(d, "two people", "別人"), "", "");
        break;
    case NY_DESK_KEY_LATER:
        decide(d, "later", say(d, "put off", "後で"), "", "");
        break;
    case NY_DESK_KEY_ASSIGN:
        ask_and_decide(d, "assign", say(d, "to whom?", "誰に?"), say(d, "given away", "割当"));
        break;
    case NY_DESK_KEY_NOTE:
        ask_and_decide(d, "note", say(d, "note:", "メモ:"), say(d, "noted", "メモ"));
        break;
    case NY_DESK_KEY_WHY:
        choose_reason(d);
        break;
    case NY_DESK_KEY_LIST:
        release(d);
        kase_set(d, NULL);
        list_get(d);
        break;
    case NY_DESK_KEY_HISTORY:
        d->view.history = !d->view.history;
        d->view.scrolled = 0;
        break;
    case NY_DESK_KEY_ONLY:
    case NY_DESK_KEY_UNDO:
    case NY_DESK_KEY_QUIT:
    case NY_DESK_KEY_NONE:
    case NY_DESK_KEY_COUNT:
        break;
    }
}

static void history_scroll(struct desk *d, wint_t c)
{
    if (c == SCREEN_DOWN) {
        d->view.scrolled++;
    } else if (c == SCREEN_UP && d->view.scrolled > 0) {
        d->view.scrolled--;
    }
}

static void take_selected(struct desk *d)
{
    const json_t *r = json_array_get(d->list, d->view.selected);
    const char *a = ny_arena_printf(d->cli->arena, "%s^%s", cli_json_text(r, "domain_a"),
                                    cli_json_text(r, "local_id_a"))
                        .p;
    const char *b = ny_arena_printf(d->cli->arena, "%s^%s", cli_json_text(r, "domain_b"),
                                    cli_json_text(r, "local_id_b"))
                        .p;

    if (r != NULL) {
        d->message[0] = '\0';
        take(d, a, b);
    }
}

static void key_of_list(struct desk *d, wint_t c)
{
    if (c == SCREEN_DOWN && d->view.selected + 1 < json_array_size(d->list)) {
        d->view.selected++;
    } else if (c == SCREEN_UP && d->view.selected > 0) {
        d->view.selected--;
    } else if (c == SCREEN_ENTER) {
        take_selected(d);
    }
}

/* ---- the loop ---- */

/* Tells the server that the case is still looked at; it may have closed meanwhile. */
static void keep(struct desk *d)
{
    char pair[2][200];

    memcpy(pair, d->pair, sizeof(pair));
    if (d->kase != NULL) {
        take(d, pair[0], pair[1]);
    } else {
        list_get(d);
    }
}

static void run(struct desk *d)
{
    take(d, NULL, NULL);
    while (!screen_has_ended()) {
        enum ny_desk_key key;
        wint_t c;

        screen_draw(&d->view);
        c = screen_key(WAIT_MS);
        key = c < SCREEN_UP ? ny_desk_key_of((wchar_t)c) : NY_DESK_KEY_NONE;
        if (key == NY_DESK_KEY_QUIT) {
            break;
        }
        if (key == NY_DESK_KEY_UNDO) {
            undo(d);
        } else if (key == NY_DESK_KEY_ONLY) {
            choose_only(d);
        } else if (c == 0) {
            keep(d);
        } else if (d->kase != NULL && d->view.history && key == NY_DESK_KEY_NONE) {
            history_scroll(d, c);
        } else if (d->kase != NULL) {
            key_of_case(d, key);
        } else {
            key_of_list(d, c);
        }
    }
    release(d);
}

int verb_review(struct cli *cli, const struct verb *verb)
{
    struct desk d = {.cli = cli, .view = {.is_japanese = cli->is_japanese}};
    char host[32] = "";

    cli_args(cli, verb, NULL, NULL, NULL, NULL);
    (void)gethostname(host, sizeof(host) - 1);
    snprintf(d.name, sizeof(d.name), "%s:%ld", host, (long)getpid());
    d.view.message = d.message;
    if (!screen_begin()) {
        cli_usage(verb, "this needs a terminal; scripts take review list, take, decide, undo");
    }
    d.client = cli_client_create(cli);
    cli_client_quiet(d.client);
    run(&d);
    screen_end();
    json_decref(d.kase);
    json_decref(d.list);
    json_decref(d.counts);
    cli_client_destroy(d.client);
    return CLI_DONE;
}
