/* The visit that PV1 tells, and a visit as PV1.
 *
 *   PV1 field ─▶ text in the usual delimiters (told again as it came)
 *            └─▶ terms "7.1=D12" (folded): a question @PV1.7.1^D12 is the same term
 *
 * A visit is known by PV1-19, else by PV1-44; a PV1 with neither (A28: PV1-2 N) is none. Where its
 * number changes (A42, A50) or its patient does (A45), MRG-5 is the number that it had. */

#include "nayose/text.h"

#include "ihe_priv.h"

#include <stdio.h>

/* Parts that a field is found by; more are told, but not found. */
enum { COMPONENTS = 4, SUBS = 3, TERM_MAX = 256 };

static enum ihe_visit_word word_of(const struct ihe_exchange *ex)
{
    return ex->event != NULL ? ex->event->visit : IHE_VISIT_NONE;
}

/* ---- terms ---- */

static bool is_name(enum ny_visit_field f, unsigned component)
{
    bool doctor = f == NY_VISIT_ATTENDING || f == NY_VISIT_REFERRING || f == NY_VISIT_CONSULTING ||
                  f == NY_VISIT_ADMITTING;

    return doctor && (component == 2 || component == 3);
}

ny_str ihe_visit_term(struct ny_arena *a, enum ny_visit_field f, unsigned component, unsigned sub,
                      ny_str value)
{
    ny_str folded = NY_STR_NONE;
    char head[24];
    char *text;
    int n = snprintf(head, sizeof(head), "%u.%u.%u=", ny_visit_pv1(f), component, sub);
    ny_rc rc = is_name(f, component) ? ny_text_kanji_fold(a, value, &folded)
                                     : ny_text_fold(a, value, &folded);

    if (rc != NY_OK || folded.n == 0 || folded.n > TERM_MAX) {
        return NY_STR_NONE;
    }
    text = ny_arena_alloc(a, (size_t)n + folded.n);
    if (text == NULL) {
        return NY_STR_NONE;
    }
    memcpy(text, head, (size_t)n);
    for (size_t i = 0; i < folded.n; i++) {
        char c = folded.p[i];

        text[(size_t)n + i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    return ny_str_of(text, (size_t)n + folded.n);
}

bool ihe_visit_path(unsigned field, unsigned component, unsigned sub, enum ny_visit_field *out)
{
    for (enum ny_visit_field f = 0; f < NY_VISIT_ADMITTED; f++) {
        if (ny_visit_pv1(f) == field && component <= COMPONENTS && sub <= SUBS) {
            *out = f;
            return true;
        }
    }
    return false;
}

static void terms_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pv1,
                       enum ny_visit_field f, struct ny_visit_value *v)
{
    ny_str *terms = NY_ARENA_ARRAY(ex->arena, ny_str, NY_VISIT_TERMS_MAX);
    ny_str rest = ny_hl7v2_field(pv1, ny_visit_pv1(f));
    ny_str rep;

    v->terms = terms;
    while (terms != NULL && ny_hl7v2_rep_next(pv1, &rest, &rep)) {
        for (unsigned i = 0; i < COMPONENTS * SUBS && v->n_terms < NY_VISIT_TERMS_MAX; i++) {
            unsigned c = i / SUBS + 1;
            unsigned s = i % SUBS + 1;
            ny_str term = ihe_visit_term(ex->arena, f, c, s, ny_hl7v2_part(pv1, rep, c, s).text);

            if (term.n > 0) {
                terms[v->n_terms++] = term;
            }
        }
    }
}

/* ---- reading ---- */

/* The field in the usual delimiters. */
static ny_str field_text(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pv1,
                         unsigned field)
{
    struct ny_hl7v2_writer w;
    ny_str raw = ny_hl7v2_field(pv1, field);
    char where[IHE_LOCATION_LEN];

    (void)snprintf(where, sizeof(where), "PV1^1^%u", field);
    if (raw.n > 4096) {
        (void)ihe_refuse(ex, IHE_FAULT_FIELD_LIMIT, where);
    }
    ny_hl7v2_writer_init(&w, ex->arena, NULL);
    ny_hl7v2_w_copy(&w, raw, &ex->msh.delims);
    return w.out.n > 1 ? ny_str_sub(ny_buf_str(&w.out), 1, w.out.n - 1) : NY_STR_NONE;
}

static void field_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pv1,
                       enum ny_visit_field f, struct ny_visit_value *v)
{
    unsigned field = ny_visit_pv1(f);
    enum ny_hl7v2_presence presence = ny_hl7v2_presence(pv1, field);

    v->said = presence != NY_HL7V2_ABSENT;
    if (presence == NY_HL7V2_VALUE) {
        v->text = field_text(ex, pv1, field);
        if (f < NY_VISIT_ADMITTED) {
            terms_read(ex, pv1, f, v);
        }
    }
}

/* MRG-5 of an event that changes it; empty: none. */
static ny_str number_before(const struct ihe_exchange *ex)
{
    bool turns = ex->event != NULL && ex->event->action == IHE_TURN;

    return turns ? ny_str_trim(ny_hl7v2_text(ny_hl7v2_find(ex->msg, NY_S("MRG"), 1), 5, 1, 1, 1))
                 : NY_STR_NONE;
}

static ny_str visit_number(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pv1)
{
    ny_str number = ny_str_trim(ny_hl7v2_text(pv1, 19, 1, 1, 1));
    ny_str since = ny_str_trim(ny_hl7v2_text(pv1, 44, 1, 1, 1));

    number = number.n > 0 ? number : number_before(ex);
    if (number.n > 0 || since.n == 0) {
        return number;
    }
    return ny_arena_printf(ex->arena, "@%.*s", NY_ARG(since));
}

/* The PV1 behind a PID, before the next one; NULL: there is none. */
static const struct ny_hl7v2_segment *pv1_of(const struct ihe_exchange *ex,
                                             const struct ny_hl7v2_segment *pid)
{
    bool behind = false;

    for (size_t i = 0; i < ny_hl7v2_segment_count(ex->msg); i++) {
        const struct ny_hl7v2_segment *seg = ny_hl7v2_segment_at(ex->msg, i);
        ny_str name = ny_hl7v2_segment_name(seg);

        if (behind && ny_str_equals(name, NY_S("PV1"))) {
            return seg;
        }
        if (behind && ny_str_equals(name, NY_S("PID"))) {
            return NULL;
        }
        behind = behind || seg == pid;
    }
    return NULL;
}

bool ihe_has_visit(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid)
{
    const struct ny_hl7v2_segment *pv1 = pv1_of(ex, pid);

    /* What was said for practice goes when the id becomes a real patient's; so nothing is kept. */
    return pv1 != NULL && word_of(ex) != IHE_VISIT_NONE &&
           ny_str_equals(ex->msh.processing_id, NY_S("P")) && visit_number(ex, pv1).n > 0;
}

/* A discharge without its time was at the time of the event. */
static void end_read(struct ihe_exchange *ex, int64_t at_us, struct ny_visit_value *v)
{
    char text[NY_HL7V2_TS_LEN];

    if (!v->said) {
        ny_hl7v2_ts_write(at_us, text);
        *v = (struct ny_visit_value){.said = true,
                                     .text = ny_arena_str(ex->arena, ny_str_from_c(text))};
    }
}

bool ihe_visit_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                    const struct ny_stamp *stamp, const struct ny_visit **out)
{
    const struct ny_hl7v2_segment *pv1 = pv1_of(ex, pid);
    enum ihe_visit_word what = word_of(ex);
    struct ny_visit *v = NULL;

    *out = NULL;
    if (!ihe_has_visit(ex, pid)) {
        return true;
    }
    v = NY_ARENA_NEW(ex->arena, struct ny_visit);
    if (v == NULL) {
        return ihe_refuse(ex, IHE_FAULT_TOO_LARGE, NULL);
    }
    v->number = visit_number(ex, pv1);
    v->was = number_before(ex);
    v->stamp = *stamp;
    for (enum ny_visit_field f = 0; f < NY_VISIT_COUNT; f++) {
        field_read(ex, pv1, f, &v->field[f]);
    }
    if (what == IHE_VISIT_END) {
        end_read(ex, stamp->at_us, &v->field[NY_VISIT_DISCHARGED]);
    } else if (what == IHE_VISIT_UNEND) {
        v->field[NY_VISIT_DISCHARGED] = (struct ny_visit_value){.said = true};
    }
    v->stamp.at_us += what == IHE_VISIT_DROP || what == IHE_VISIT_BACK || what == IHE_VISIT_UNEND;
    v->state = what == IHE_VISIT_BEGIN  ? NY_VISIT_THERE
               : what == IHE_VISIT_DROP ? NY_VISIT_CANCELLED
                                        : NY_VISIT_UNSAID;
    *out = v;
    if (v->number.n > NY_VISIT_NUMBER_MAX || v->was.n > NY_VISIT_NUMBER_MAX) {
        return ihe_refuse(ex, IHE_FAULT_FIELD_LIMIT, "PV1^1^19");
    }
    return !ihe_is_refused(ex);
}

/* ---- writing ---- */

void ihe_visit_write(struct ny_hl7v2_writer *w, const struct ny_stored_visit *v)
{
    static const struct ny_hl7v2_delims usual = NY_HL7V2_DELIMS_DEFAULT;
    unsigned at = 1; /* PV1-1 is empty */

    ny_hl7v2_w_begin(w, NY_S("PV1"));
    ny_hl7v2_w_skip(w, 1);
    if (v == NULL || v->text[NY_VISIT_CLASS].n == 0) {
        ny_hl7v2_w_text(w, NY_S("N")); /* PV1-2 is required */
        at++;
    }
    for (enum ny_visit_field f = 0; v != NULL && f < NY_VISIT_COUNT; f++) {
        unsigned field = ny_visit_pv1(f);

        if (v->text[f].n > 0) {
            ny_hl7v2_w_skip(w, field - at - 1);
            ny_hl7v2_w_copy(w, v->text[f], &usual);
            at = field;
        }
    }
    ny_hl7v2_w_end(w);
}
