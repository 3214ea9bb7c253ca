/* Patient identifiers (CX) with their authorities.
 *
 *   field rep n ─▶ HD ─▶ empty: the source's default domain   unknown, malformed, mixed: AE 204
 *                     └▶ found: may this source feed it?       no: AR 204
 *
 * One repetition at fault refuses the whole message, so that nothing is half applied. */

#include <stdio.h>

#include "ihe_priv.h"

enum { ID_MAX = 200 };

/* `&&` is an authority with nothing in it, which is malformed; no component at all is an empty one.
 */
static bool authority_is_hollow(const struct ihe_exchange *ex, ny_str rep, const struct ny_hd *hd)
{
    ny_str raw = NY_STR_NONE;

    for (unsigned i = 0; i < 4 && rep.p != NULL; i++) {
        raw = ny_str_split(&rep, ex->msh.delims.component);
        if (i < 3) {
            raw = NY_STR_NONE;
        }
    }
    return raw.n > 0 && !ny_str_equals(raw, NY_S("\"\"")) && hd->ns.n == 0 && hd->oid.n == 0 &&
           hd->type.n == 0;
}

/* An id without authority is the source's own only when its type says nothing else: an insurance or
 * account number must not become a patient number (a family shares the former). */
static bool type_is_patient_number(ny_str type)
{
    return type.n == 0 || ny_str_equals(type, NY_S("PI")) || ny_str_equals(type, NY_S("MR")) ||
           ny_str_equals(type, NY_S("PT")) || ny_str_equals(type, NY_S("PN"));
}

/* The field as an ERL, and a component of its repetition n. */
static const char *field_at(const struct ihe_cx *cx, char out[IHE_LOCATION_LEN])
{
    (void)snprintf(out, IHE_LOCATION_LEN, "%s^%zu^%u", cx->segment, cx->number, cx->field);
    return out;
}

static bool refuse_at(struct ihe_exchange *ex, enum ihe_fault f, const struct ihe_cx *cx,
                      unsigned component)
{
    return ihe_refuse_at(ex, f, "%s^%zu^%u^%zu^%u", cx->segment, cx->number, cx->field, cx->rep,
                         component);
}

/* The domain of a repetition, NULL and the fault when there is none. */
static const struct ny_domain *id_domain(struct ihe_exchange *ex,
                                         const struct ny_hl7v2_segment *seg, ny_str rep,
                                         const struct ihe_cx *cx)
{
    const struct ny_registry *r = ex->ihe->cfg.registry;
    struct ny_hl7v2_hd written = ny_hl7v2_hd_part(seg, rep, 4);
    struct ny_hd hd = ihe_hd(&written);
    const struct ny_domain *d = NULL;
    enum ihe_fault fault = IHE_FAULT_NONE;

    if (authority_is_hollow(ex, rep, &hd)) {
        (void)refuse_at(ex, IHE_FAULT_BAD_AUTHORITY, cx, 4);
        return NULL;
    }
    switch (ny_registry_authority(r, &hd, &d)) {
    case NY_AUTHORITY_FOUND:
        break;
    case NY_AUTHORITY_EMPTY:
        d = ny_registry_default_domain(r, ex->request.source);
        if (!type_is_patient_number(cx->type)) {
            fault = IHE_FAULT_UNKNOWN_AUTHORITY;
        } else if (d == NULL) {
            fault = IHE_FAULT_NO_AUTHORITY;
        }
        break;
    case NY_AUTHORITY_MALFORMED:
        fault = IHE_FAULT_BAD_AUTHORITY;
        break;
    case NY_AUTHORITY_UNKNOWN:
        fault = IHE_FAULT_UNKNOWN_AUTHORITY;
        break;
    case NY_AUTHORITY_CONFLICT:
        fault = IHE_FAULT_AUTHORITY_MIXED;
        break;
    }
    if (fault == IHE_FAULT_NONE && !ny_registry_may_feed(r, ex->request.source, d)) {
        fault = IHE_FAULT_NOT_YOUR_DOMAIN;
    }
    if (fault != IHE_FAULT_NONE) {
        (void)refuse_at(ex, fault, cx, 4);
        return NULL;
    }
    return d;
}

/* One repetition; *skipped: its authority is unknown and the source wants such ones ignored. */
static bool id_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *seg, ny_str rep,
                    struct ihe_cx *cx, bool *skipped)
{
    struct ny_hl7v2_value v = ny_hl7v2_part(seg, rep, 1, 1);
    char field[IHE_LOCATION_LEN];
    char buf[NY_ID_WIDTH_MAX];

    *skipped = false;
    if (v.presence != NY_HL7V2_VALUE) {
        return refuse_at(ex, IHE_FAULT_FIELD_MISSING, cx, 1);
    }
    cx->id = ny_str_trim(v.text);
    if (cx->id.n == 0) {
        return refuse_at(ex, IHE_FAULT_FIELD_VALUE, cx, 1);
    }
    cx->type = ihe_text(ex, seg, rep, 5, 1, field_at(cx, field));
    cx->domain = id_domain(ex, seg, rep, cx);
    if (cx->domain == NULL) {
        *skipped = ex->fault == IHE_FAULT_UNKNOWN_AUTHORITY &&
                   ex->request.source->ignore_unknown_authority;
        return false;
    }
    if (cx->id.n > ID_MAX) {
        return refuse_at(ex, IHE_FAULT_FIELD_LIMIT, cx, 1);
    }
    cx->id = ny_arena_str(ex->arena, ny_domain_local_id(cx->domain, cx->id, buf));
    return cx->id.p != NULL || ihe_refuse(ex, IHE_FAULT_TOO_LARGE, NULL);
}

bool ihe_ids_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *seg, unsigned field,
                  struct ihe_cx out[NY_FEED_IDS_MAX], size_t *out_n)
{
    const struct ihe_cx here = {
        .segment = ny_str_equals(ny_hl7v2_segment_name(seg), NY_S("MRG")) ? "MRG" : "PID",
        .number = ny_hl7v2_segment_number(seg),
        .field = field,
    };
    ny_str rest = ny_hl7v2_field(seg, field);
    ny_str rep;
    struct ihe_cx first_skipped = {0};
    char where[IHE_LOCATION_LEN];

    *out_n = 0;
    if (ny_hl7v2_presence(seg, field) != NY_HL7V2_VALUE) {
        return ihe_refuse(ex, IHE_FAULT_FIELD_MISSING, field_at(&here, where));
    }
    for (size_t n = 1; ny_hl7v2_rep_next(seg, &rest, &rep); n++) {
        struct ihe_cx cx = here;
        bool skipped;

        cx.rep = n;
        if (ny_hl7v2_part(seg, rep, 0, 0).presence == NY_HL7V2_ABSENT) {
            continue;
        }
        if (id_read(ex, seg, rep, &cx, &skipped)) {
            if (*out_n == NY_FEED_IDS_MAX) {
                return ihe_refuse(ex, IHE_FAULT_FIELD_LIMIT, field_at(&here, where));
            }
            out[(*out_n)++] = cx;
        } else if (skipped) {
            first_skipped = first_skipped.rep == 0 ? cx : first_skipped;
            ex->fault = IHE_FAULT_NONE;
        } else {
            return false;
        }
    }
    return *out_n > 0 || refuse_at(ex, IHE_FAULT_UNKNOWN_AUTHORITY, &first_skipped, 4);
}

ny_str ihe_id_text(struct ny_arena *a, const struct ny_domain *d, ny_str id)
{
    char buf[NY_ID_WIDTH_MAX];

    return ny_arena_printf(a, "%.*s^%.*s", NY_ARG(d->ns), NY_ARG(ny_domain_local_id(d, id, buf)));
}

bool ihe_mother_id_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                        const struct ny_stamp *stamp, struct ny_patient *out)
{
    const struct ny_registry *r = ex->ihe->cfg.registry;
    ny_str id = ny_str_trim(ny_hl7v2_text(pid, 21, 1, 1, 1));
    struct ny_hl7v2_hd written = ny_hl7v2_hd_part(pid, ny_hl7v2_field(pid, 21), 4);
    struct ny_hd hd = ihe_hd(&written);
    const struct ny_domain *d = NULL;
    enum ny_authority_result found;
    ny_str text;

    if (ny_hl7v2_presence(pid, 21) == NY_HL7V2_NULL) {
        ny_patient_say_single(out, NY_SINGLE_MOTHER_ID, NY_STR_NONE, stamp);
    }
    if (id.n == 0) {
        return true;
    }
    found = ny_registry_authority(r, &hd, &d);
    if (found == NY_AUTHORITY_EMPTY) {
        d = ny_registry_default_domain(r, ex->request.source);
    }
    if (d == NULL || id.n > ID_MAX) {
        ihe_warn(ex, 204, "PID^1^21");
        return true;
    }
    text = ihe_id_text(ex->arena, d, id);
    if (text.p == NULL) {
        return ihe_refuse(ex, IHE_FAULT_TOO_LARGE, NULL);
    }
    ny_patient_say_single(out, NY_SINGLE_MOTHER_ID, text, stamp);
    return true;
}

bool ihe_feed_id(struct ihe_exchange *ex, const struct ihe_cx *cx, uint8_t *out_place)
{
    struct ny_feed *f = &ex->feed;
    char field[IHE_LOCATION_LEN];
    size_t k = 0;

    while (k < f->n_ids && (f->domains[k] != cx->domain || !ny_str_equals(f->ids[k], cx->id))) {
        k++;
    }
    if (k == NY_FEED_IDS_MAX) {
        return ihe_refuse(ex, IHE_FAULT_FIELD_LIMIT, field_at(cx, field));
    }
    if (k == f->n_ids) {
        f->domains[k] = cx->domain;
        f->ids[k] = cx->id;
        ex->cx[k] = *cx;
        f->n_ids++;
    }
    *out_place = (uint8_t)k;
    return true;
}

void ihe_warn_id(struct ihe_exchange *ex, size_t k)
{
    const struct ihe_cx *cx = &ex->cx[k];
    char where[IHE_LOCATION_LEN];

    (void)snprintf(where, sizeof(where), "%s^%zu^%u^%zu^1", cx->segment, cx->number, cx->field,
                   cx->rep);
    ihe_warn(ex, 204, where);
}
