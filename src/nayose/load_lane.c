/* One lane: sends messages one after the other.
 *
 *   next message ─▶ POST /feed ─▶ AA AE AR ─────────▶ counted, next message
 *        ▲                      ├▶ 503, AR 206/207,
 *        └── waits 0.1 … 2 s ◀──┘  connection lost      until retry_us is over
 *
 * Sending again is safe: the server knows a message by source, control id and body, and answers a
 * repeated one with the first acknowledgement. */

#include "load_priv.h"

enum { FEED_ANSWER_MAX = 8 << 20, FEED_TIMEOUT_S = 60, MESSAGE_ARENA_MAX = 64 << 20 };

void load_lane_init(struct load_lane *lane, struct load *load)
{
    *lane = (struct load_lane){.load = load, .body = {.max = FEED_ANSWER_MAX}};
    lane->easy = cli_easy_create(load->cli, &lane->body);
    curl_easy_setopt(lane->easy, CURLOPT_PRIVATE, lane);
    curl_easy_setopt(lane->easy, CURLOPT_URL, load->url);
    curl_easy_setopt(lane->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(lane->easy, CURLOPT_HTTPHEADER, load->headers);
    curl_easy_setopt(lane->easy, CURLOPT_ERRORBUFFER, lane->error);
    curl_easy_setopt(lane->easy, CURLOPT_TIMEOUT, (long)FEED_TIMEOUT_S);
}

void load_lane_finish(struct load_lane *lane)
{
    if (lane->is_sending) {
        curl_multi_remove_handle(lane->load->multi, lane->easy);
    }
    curl_easy_cleanup(lane->easy);
    cli_body_finish(&lane->body);
}

/* ---- failures ---- */

void load_lane_fail(struct load_lane *lane, const struct load_answer *answer, ny_str why)
{
    struct ny_arena *a = ny_arena_create(MESSAGE_ARENA_MAX);
    struct load_failure f = {.file = lane->file, .number = lane->number};
    struct ny_hl7v2_msh msh;

    if (lane->message.n > 0 && ny_hl7v2_salvage(a, lane->message, NULL, &msh) == NY_OK) {
        f.control_id = msh.control_id;
    }
    if (answer != NULL) {
        f.msa_1 = ny_str_from_c(answer->code);
        f.err_2 = answer->err_2;
        f.err_3 = answer->err_3;
        f.err_8 = answer->err_8;
    }
    if (why.n > 0) {
        f.err_8 = why;
    }
    lane->load->count.failed++;
    load_report_add(&lane->load->report, &f);
    ny_arena_destroy(a);
}

/* ---- sending ---- */

/* What came of the message is final. */
static void settle(struct load_lane *lane, bool accepted)
{
    if (lane->load->source->done != NULL) {
        lane->load->source->done(lane, accepted);
    }
}

static void refused(struct load_lane *lane, const struct load_answer *answer, ny_str why)
{
    load_lane_fail(lane, answer, why);
    settle(lane, false);
}

bool load_lane_step(struct load_lane *lane, int64_t now_us)
{
    if (lane->is_sending || lane->due_us > now_us) {
        return true;
    }
    if (lane->due_us == 0) {
        enum load_next next = lane->load->source->next(lane);

        if (next != LOAD_MESSAGE) {
            lane->load->is_looking = lane->load->is_looking || next == LOAD_LATER;
            return next == LOAD_LATER;
        }
        lane->load->count.messages++;
        lane->first_try_us = 0;
        lane->tries = 0;
    }
    lane->due_us = 0;
    lane->tries++;
    lane->first_try_us = lane->first_try_us != 0 ? lane->first_try_us : now_us;
    lane->body.n = 0;
    lane->error[0] = '\0';
    curl_easy_setopt(lane->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)lane->message.n);
    curl_easy_setopt(lane->easy, CURLOPT_POSTFIELDS, lane->message.p);
    NY_ASSERT(curl_multi_add_handle(lane->load->multi, lane->easy) == CURLM_OK);
    lane->is_sending = true;
    return true;
}

/* Tries again later; false when its time is over. */
static bool try_again(struct load_lane *lane, int64_t now_us, const char *why)
{
    struct load *load = lane->load;
    int64_t wait_us = INT64_C(100000) << (lane->tries < 5 ? lane->tries - 1 : 4);

    if (load->lost_us == 0) {
        load->lost_us = now_us;
    }
    if (now_us - load->lost_us > load->retry_us) {
        load->is_lost = true;
        snprintf(load->lost_why, sizeof(load->lost_why), "%s", why);
    }
    if (load->is_lost || now_us - lane->first_try_us > load->retry_us) {
        return false;
    }
    /* The lanes come one after the other. */
    lane->due_us = now_us + wait_us + (lane - load->lanes) * 5000;
    return true;
}

static void count_answer(struct load_lane *lane, const struct load_answer *answer)
{
    struct load *load = lane->load;

    load->lost_us = 0;
    switch (answer->code[1]) {
    case 'A':
        load->count.aa++;
        settle(lane, true);
        return;
    case 'E':
        load->count.ae++;
        break;
    default:
        load->count.ar++;
        break;
    }
    refused(lane, answer, NY_STR_NONE);
}

static bool is_known_code(const char *code)
{
    return (code[0] == 'A' || code[0] == 'C') &&
           (code[1] == 'A' || code[1] == 'E' || code[1] == 'R');
}

static void judge(struct load_lane *lane, long status, int64_t now_us)
{
    struct ny_arena *a = ny_arena_create(MESSAGE_ARENA_MAX);
    struct load_answer answer = {0};
    ny_str body = ny_str_of(lane->body.p, lane->body.n);

    if (status == 200) {
        load_answer_read(a, body, &answer);
    }
    if (status == 503 || answer.is_transient) {
        if (!try_again(lane, now_us, "the server is there but its registry is not available")) {
            if (answer.code[0] != '\0') {
                lane->load->count.ar++;
            }
            refused(lane, &answer, answer.code[0] != '\0' ? NY_STR_NONE : NY_S("HTTP status 503"));
        }
    } else if (is_known_code(answer.code)) {
        count_answer(lane, &answer);
    } else if (status == 200) {
        refused(lane, NULL, NY_S("the acknowledgement cannot be read"));
    } else {
        refused(lane, NULL, ny_arena_printf(a, "HTTP status %ld", status));
    }
    ny_arena_destroy(a);
}

void load_lane_done(struct load_lane *lane, CURLcode rc, int64_t now_us)
{
    long status = 0;

    curl_multi_remove_handle(lane->load->multi, lane->easy);
    lane->is_sending = false;
    if (rc == CURLE_OK) {
        curl_easy_getinfo(lane->easy, CURLINFO_RESPONSE_CODE, &status);
        judge(lane, status, now_us);
        return;
    }
    if (!try_again(lane, now_us, lane->error[0] != '\0' ? lane->error : curl_easy_strerror(rc))) {
        refused(lane, NULL, NY_S("no answer: connection lost"));
    }
}
