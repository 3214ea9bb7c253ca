/* The message of a file, for the feed.
 *
 *   MSH|^~\&|HIS|SEND|GW|RCV|time||ADT^A08|20111220000001|P|…
 *            ▼   ▼                         ▼
 *            3   4  the source             10 transaction time-patient-type
 *
 * It is edited as bytes: what the file says in whichever character set, the server decodes as it
 * does for every message of the source. Whether the edit is right is seen by reading the result. */

#include "nayose/hl7v2.h"
#include "nayose/importer.h"

enum { MSH_PARTS = 12, PID_PARTS = 4 };

/* A file under way. */
struct work {
    const struct ny_ssmix2_sender *sender;
    const struct ny_ssmix2_file *file;
    ny_str last;
    struct ny_buf out;
};

/* ---- segments ---- */

/* The next segment with its line end; the last may have none. */
static ny_str segment_next(ny_str *rest)
{
    size_t n = 0;

    while (n < rest->n && rest->p[n] != '\r' && rest->p[n] != '\n') {
        n++;
    }
    while (n < rest->n && (rest->p[n] == '\r' || rest->p[n] == '\n')) {
        n++;
    }
    ny_str line = ny_str_sub(*rest, 0, n);

    *rest = ny_str_sub(*rest, n, rest->n - n);
    return line;
}

static ny_str without_end(ny_str line)
{
    while (line.n > 0 && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == '\n')) {
        line.n--;
    }
    return line;
}

static bool is_segment(ny_str line, const char *name)
{
    return line.n > 3 && ny_str_starts_with(line, ny_str_from_c(name)) && line.p[3] == '|';
}

/* ---- the edit ---- */

/* Of a withdrawal it comes after those of all files, in byte order, too: where event times are the
 * same, the control id decides which was last. */
static void add_control_id(struct work *w)
{
    const struct ny_ssmix2_name *n = &w->file->name;
    bool is_withdrawal = w->file->act == NY_SSMIX2_WITHDRAW;

    ny_buf_printf(&w->out, "%.*s-%.*s-%.*s", NY_ARG(is_withdrawal ? w->last : n->at),
                  NY_ARG(n->patient), NY_ARG(is_withdrawal ? NY_S("deleted") : n->type));
}

/* MSH with fields 3, 4, 10 and, of a withdrawal, 9 replaced. False: there are not enough of them.
 */
static bool add_msh(struct work *w, ny_str line)
{
    ny_str part[MSH_PARTS]; /* part[n - 1] is MSH-n */
    ny_str rest;
    size_t n = ny_hl7v2_raw_parts(without_end(line), w->sender->cp932, part, MSH_PARTS, &rest);

    if (n < MSH_PARTS) {
        return false;
    }
    part[2] = w->sender->application.n > 0 ? w->sender->application : part[2];
    part[3] = w->sender->facility;
    part[8] = w->file->act == NY_SSMIX2_WITHDRAW ? NY_S("ADT^A23^ADT_A21") : part[8];
    for (size_t i = 0; i < n; i++) {
        ny_buf_add_c(&w->out, i > 0 ? "|" : "");
        if (i == 9) {
            add_control_id(w);
        } else {
            ny_buf_add(&w->out, part[i]);
        }
    }
    if (rest.p != NULL) {
        ny_buf_add_char(&w->out, '|');
        ny_buf_add(&w->out, rest);
    }
    ny_buf_add_char(&w->out, '\r');
    return true;
}

/* PID with nothing but PID-3. */
static bool add_pid(struct work *w, ny_str line)
{
    ny_str part[PID_PARTS];

    if (ny_hl7v2_raw_parts(without_end(line), w->sender->cp932, part, PID_PARTS, NULL) <
        PID_PARTS) {
        return false;
    }
    ny_buf_printf(&w->out, "PID|1||%.*s\r", NY_ARG(part[3]));
    return true;
}

/* "20111220224447339" → 20111220224447.339 */
static void add_evn(struct work *w, ny_str last)
{
    ny_buf_printf(&w->out, "EVN||%.*s.%.*s\r", NY_ARG(ny_str_sub(last, 0, 14)),
                  NY_ARG(ny_str_sub(last, 14, 3)));
}

static bool edit(struct work *w, ny_str message)
{
    bool is_withdrawal = w->file->act == NY_SSMIX2_WITHDRAW;
    bool is_whole = w->file->type->is_basic && !is_withdrawal;
    ny_str rest = message;
    bool ok = add_msh(w, segment_next(&rest));

    if (is_withdrawal) {
        add_evn(w, w->last);
    }
    while (ok && rest.n > 0) {
        ny_str line = segment_next(&rest);

        if (!is_whole && is_segment(line, "PID")) {
            ok = add_pid(w, line);
        } else if (!is_withdrawal) {
            ny_buf_add(&w->out, line);
        }
    }
    return ok && !w->out.failed;
}

/* ---- the check ---- */

/* True when a repetition of PID-3 is this patient. */
static bool is_of_patient(const struct ny_hl7v2_msg *msg, ny_str patient)
{
    const struct ny_hl7v2_segment *pid = ny_hl7v2_find(msg, NY_S("PID"), 1);
    ny_str rest = pid != NULL ? ny_hl7v2_field(pid, 3) : NY_STR_NONE;
    ny_str rep;

    while (pid != NULL && ny_hl7v2_rep_next(pid, &rest, &rep)) {
        if (ny_str_equals(ny_str_trim(ny_hl7v2_part(pid, rep, 1, 1).text), patient)) {
            return true;
        }
    }
    return false;
}

static bool is_of_type(const struct ny_hl7v2_msh *msh, const struct ny_ssmix2_file *f)
{
    bool is_event = ny_str_equals(msh->event, ny_str_from_c(f->type->event));
    bool is_cancel = ny_str_equals(msh->event, ny_str_from_c(f->type->cancel));
    bool may_cancel = !f->type->is_basic || f->name.flag == NY_SSMIX2_DELETED;

    return ny_str_equals(msh->type, NY_S("ADT")) && (is_event || (is_cancel && may_cancel));
}

/* The server will read the message as it was meant. */
static bool is_from_sender(const struct ny_hl7v2_msh *msh, const struct work *w)
{
    return ny_str_equals(msh->sending_facility.namespace_id, w->sender->facility) &&
           (w->sender->application.n == 0 ||
            ny_str_equals(msh->sending_application.namespace_id, w->sender->application)) &&
           ny_str_ends_with(msh->control_id, w->file->act == NY_SSMIX2_WITHDRAW
                                                 ? NY_S("-deleted")
                                                 : w->file->name.type);
}

static enum ny_ssmix2_fault check(struct ny_arena *a, const struct work *w,
                                  const struct ny_hl7v2_msh *original)
{
    const struct ny_hl7v2_options options = {
        .source_sets = w->sender->cp932 ? NY_CHARSET_CP932 : NY_CHARSET_NONE,
        .replace = true,
    };
    struct ny_hl7v2_msg *msg;

    if (!is_of_type(original, w->file)) {
        return NY_SSMIX2_EVENT;
    }
    if (ny_hl7v2_parse(a, ny_buf_str(&w->out), &options, &msg, NULL) != NY_OK ||
        !is_from_sender(ny_hl7v2_header(msg), w)) {
        return NY_SSMIX2_NO_MESSAGE;
    }
    return is_of_patient(msg, w->file->name.patient) ? NY_SSMIX2_FINE : NY_SSMIX2_PATIENT;
}

enum ny_ssmix2_fault ny_ssmix2_message(struct ny_arena *a, ny_str bytes,
                                       const struct ny_ssmix2_sender *sender,
                                       const struct ny_ssmix2_file *file, ny_str last, ny_str *out)
{
    struct ny_hl7v2_splitter split = {.bytes = bytes};
    struct work w = {.sender = sender, .file = file, .last = last};
    struct ny_hl7v2_msh original;
    enum ny_ssmix2_fault fault;
    ny_str message;
    ny_str more;

    if (!ny_hl7v2_split_next(&split, &message, NULL) || split.skipped > 0 ||
        ny_hl7v2_salvage(a, message, NULL, &original) != NY_OK || original.delims.field != '|') {
        return NY_SSMIX2_NO_MESSAGE;
    }
    if (ny_hl7v2_split_next(&split, &more, NULL)) {
        return NY_SSMIX2_NO_MESSAGE;
    }
    ny_buf_init(&w.out, a);
    if (!edit(&w, message)) {
        return NY_SSMIX2_NO_MESSAGE;
    }
    fault = check(a, &w, &original);
    if (fault == NY_SSMIX2_FINE) {
        *out = ny_buf_str(&w.out);
    }
    return fault;
}
