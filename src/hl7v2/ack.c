/* Headers of our messages and answers; MSA, ERR and the whole acknowledgement.
 *
 *   MSH|^~\&|<5>|<6>|<3>|<4>|now||ACK^A01|new id|<11>|<12>||||||<18>||<20>     <n> = MSH-n received
 *   MSA|AE|<10>
 *   ERR|PID^1^3^204&Unknown key identifier|PID^1^3^1^4|204^Unknown key identifier^HL70357|E
 *       └ up to 2.4                         └ from 2.5; older receivers ignore these
 */

#include "nayose/hl7v2.h"

#include <stdio.h>

static const struct {
    int code;
    const char *text;
} error_texts[] = {
#define NY_HL7V2_ERR(code, text) {(code), (text)},
#include "tbl/err0357.def"
#undef NY_HL7V2_ERR
};

const char *ny_hl7v2_error_text(int code)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(error_texts); i++) {
        if (error_texts[i].code == code) {
            return error_texts[i].text;
        }
    }
    return "Application internal error";
}

const char *ny_hl7v2_ack_code_name(enum ny_hl7v2_ack_code code)
{
    static const char *const names[] = {"", "AA", "AE", "AR", "CA", "CE", "CR"};

    NY_ASSERT(code >= NY_HL7V2_AA && code <= NY_HL7V2_CR);
    return names[code];
}

/* MSH-1 and MSH-2. */
static void begin_msh(struct ny_hl7v2_writer *w)
{
    const struct ny_hl7v2_delims *d = &w->delims;

    ny_hl7v2_w_begin(w, NY_S("MSH"));
    ny_hl7v2_w_raw(w, ny_str_of((const char[]){d->component, d->repetition, d->escape,
                                               d->subcomponent, d->truncation},
                                d->truncation != '\0' ? 5 : 4));
}

/* MSH-7 to MSH-10. */
static void middle_write(struct ny_hl7v2_writer *w, int64_t now_us, const ny_str type[3],
                         ny_str control_id)
{
    char now[NY_HL7V2_TS_LEN];

    ny_hl7v2_ts_write(now_us, now);
    ny_hl7v2_w_text(w, ny_str_from_c(now));
    ny_hl7v2_w_skip(w, 1);
    ny_hl7v2_w_text(w, type[0]);
    ny_hl7v2_w_value(w, type[1]);
    ny_hl7v2_w_value(w, type[2]);
    ny_hl7v2_w_text(w, control_id);
}

void ny_hl7v2_header_write(struct ny_hl7v2_writer *w, const struct ny_hl7v2_header_fields *h)
{
    const ny_str type[3] = {h->type, h->event, h->structure};

    begin_msh(w);
    ny_hl7v2_w_hd(w, &h->sending_application);
    ny_hl7v2_w_hd(w, &h->sending_facility);
    ny_hl7v2_w_hd(w, &h->receiving_application);
    ny_hl7v2_w_hd(w, &h->receiving_facility);
    middle_write(w, h->now_us, type, h->control_id);
    ny_hl7v2_w_text(w, h->processing_id);
    ny_hl7v2_w_text(w, h->version);
    ny_hl7v2_w_skip(w, 2);
    ny_hl7v2_w_text(w, h->accept_ack);
    ny_hl7v2_w_text(w, h->application_ack);
    ny_hl7v2_w_skip(w, 1);
    ny_hl7v2_w_field(w);
    if (h->charset == NY_CHARSET_ISO2022JP) { /* the first repetition, ASCII, is empty */
        ny_hl7v2_w_rep(w);
        ny_hl7v2_w_value(w, NY_S("ISO IR87"));
        ny_hl7v2_w_skip(w, 1);
        ny_hl7v2_w_text(w, NY_S("ISO 2022-1994"));
    } else if (h->charset == NY_CHARSET_UTF8) {
        ny_hl7v2_w_value(w, NY_S("UNICODE UTF-8"));
    }
    ny_hl7v2_w_end(w);
}

void ny_hl7v2_answer_header_write(struct ny_hl7v2_writer *w, const struct ny_hl7v2_msh *req,
                                  ny_str type, ny_str event, ny_str structure, ny_str control_id,
                                  int64_t now_us)
{
    const struct ny_hl7v2_delims *from = &req->delims;
    const ny_str types[3] = {type, event, structure};

    begin_msh(w);
    ny_hl7v2_w_copy(w, req->raw_5, from);
    ny_hl7v2_w_copy(w, req->raw_6, from);
    ny_hl7v2_w_copy(w, req->raw_3, from);
    ny_hl7v2_w_copy(w, req->raw_4, from);
    middle_write(w, now_us, types, control_id);
    ny_hl7v2_w_copy(w, req->raw_11, from);
    ny_hl7v2_w_copy(w, req->raw_12, from);
    ny_hl7v2_w_skip(w, 5);
    ny_hl7v2_w_copy(w, req->raw_18, from);
    ny_hl7v2_w_skip(w, 1);
    ny_hl7v2_w_copy(w, req->raw_20, from);
    ny_hl7v2_w_end(w);
}

void ny_hl7v2_msa_write(struct ny_hl7v2_writer *w, const struct ny_hl7v2_msh *req,
                        enum ny_hl7v2_ack_code code)
{
    ny_hl7v2_w_begin(w, NY_S("MSA"));
    ny_hl7v2_w_text(w, ny_str_from_c(ny_hl7v2_ack_code_name(code)));
    ny_hl7v2_w_copy(w, req->raw_10, &req->delims);
    ny_hl7v2_w_end(w);
}

/* 2.1 to 2.4: ERR-1 is all that such a receiver reads. */
static bool is_before_2_5(ny_str version)
{
    return version.n >= 3 && ny_str_starts_with(version, NY_S("2.")) && version.p[2] >= '1' &&
           version.p[2] <= '4';
}

/* The first count parts of an ERL as components; with them all for count 0. */
static void location_write(struct ny_hl7v2_writer *w, ny_str location, unsigned count)
{
    for (unsigned i = 0; count > 0 ? i < count : location.p != NULL; i++) {
        ny_hl7v2_w_value(w, location.p != NULL ? ny_str_split(&location, '^') : NY_S(""));
    }
}

/* ERR-1 of version 2.3.1: segment ^ sequence ^ field ^ code & text, repeated. */
static void err_1_write(struct ny_hl7v2_writer *w, const struct ny_hl7v2_remark *r, ny_str code)
{
    for (size_t i = 0; i == 0 || i < r->location_count; i++) {
        if (i > 0) {
            ny_hl7v2_w_rep(w);
        }
        location_write(w, r->location_count > 0 ? r->locations[i] : NY_STR_NONE, 3);
        ny_hl7v2_w_value(w, code);
        ny_hl7v2_w_sub(w, ny_str_from_c(ny_hl7v2_error_text(r->code)));
    }
}

void ny_hl7v2_err_write(struct ny_hl7v2_writer *w, const struct ny_hl7v2_msh *req,
                        const struct ny_hl7v2_remark *r)
{
    char code[12];

    snprintf(code, sizeof(code), "%d", r->code);
    ny_hl7v2_w_begin(w, NY_S("ERR"));
    ny_hl7v2_w_field(w);
    if (is_before_2_5(req->version)) {
        err_1_write(w, r, ny_str_from_c(code));
    }
    ny_hl7v2_w_field(w);
    for (size_t i = 0; i < r->location_count; i++) {
        if (i > 0) {
            ny_hl7v2_w_rep(w);
        }
        location_write(w, r->locations[i], 0);
    }
    ny_hl7v2_w_text(w, ny_str_from_c(code));
    ny_hl7v2_w_value(w, ny_str_from_c(ny_hl7v2_error_text(r->code)));
    ny_hl7v2_w_value(w, NY_S("HL70357"));
    ny_hl7v2_w_text(w, ny_str_of(&r->severity, 1));
    ny_hl7v2_w_skip(w, 2);
    ny_hl7v2_w_text(w, r->diagnostic);
    ny_hl7v2_w_text(w, r->user_message);
    ny_hl7v2_w_end(w);
}

ny_rc ny_hl7v2_ack_write(struct ny_arena *a, const struct ny_hl7v2_msh *req,
                         const struct ny_hl7v2_ack *ack, ny_str *out)
{
    struct ny_hl7v2_writer w;
    ny_str structure = is_before_2_5(req->version) ? NY_S("") : NY_S("ACK");

    ny_hl7v2_writer_init(&w, a, NULL);
    ny_hl7v2_answer_header_write(&w, req, NY_S("ACK"), req->event, structure, ack->control_id,
                                 ack->now_us);
    ny_hl7v2_msa_write(&w, req, ack->code);
    for (size_t i = 0; i < ack->remark_count; i++) {
        ny_hl7v2_err_write(&w, req, &ack->remarks[i]);
    }
    return ny_hl7v2_finish(&w, &req->charset, out, NULL);
}
