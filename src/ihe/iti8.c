/* ITI-8 Patient Identity Feed (HL7 v2.3.1): A01 A04 A05 A08, and the other ADT events that show a
 * patient.
 *
 * A01, A04 and A05 of a known id revise it, A08 of an unknown id adds it: a hospital's feed starts
 * in the middle of its life. A source may ask for the strict reading of A08 (AE 204). Spec: ITI
 * TF-2 3.8. DEVIATION: the missing PV1 of a feed is not an error, because nothing in it is used and
 * ITI-30 wants it empty. */

#include "ihe_priv.h"

void ihe_iti8(struct ihe_exchange *ex)
{
    bool is_update = ny_str_equals(ex->msh.event, NY_S("A08"));

    if (!ihe_feed_segments_check(ex)) {
        ihe_finish(ex);
        return;
    }
    ihe_feed(ex, is_update && ex->request.source != NULL && ex->request.source->strict_update);
}

void ihe_moves_remark(struct ihe_exchange *ex)
{
    const struct ny_hl7v2_segment *pid = ny_hl7v2_find(ex->msg, NY_S("PID"), 1);
    const struct ny_hl7v2_segment *mrg = ny_hl7v2_find(ex->msg, NY_S("MRG"), 1);
    ny_str from = ny_hl7v2_text(mrg, 1, 1, 1, 1);
    bool moves =
        ny_str_equals(ex->msh.event, NY_S("A44")) || ny_str_equals(ex->msh.event, NY_S("A45"));

    if (moves && from.n > 0 && !ny_str_equals(from, ny_hl7v2_text(pid, 3, 1, 1, 1))) {
        ny_log(NY_LOG_WARN, "visit_moved", "msg=%s", ny_log_safe(ex->msh.control_id));
        ihe_warn(ex, 102, "MRG^1^1");
    }
}

/* Accepted, no effect on identities. */
void ihe_ignore(struct ihe_exchange *ex)
{
    ihe_moves_remark(ex);
    ihe_finish(ex);
}

/* Encounter events: their PID is taken when it names a patient. */
static bool names_patient(const struct ny_hl7v2_segment *pid)
{
    return ny_hl7v2_presence(pid, 3) == NY_HL7V2_VALUE &&
           ny_hl7v2_presence(pid, 5) == NY_HL7V2_VALUE;
}

void ihe_demo(struct ihe_exchange *ex)
{
    if (names_patient(ny_hl7v2_find(ex->msg, NY_S("PID"), 1))) {
        ihe_feed(ex, false);
    } else {
        ihe_visit(ex);
    }
}

/* Where the patient is or who treats him: of a source whose wards write what they like into PID
 * there, only the visit is taken. */
void ihe_track(struct ihe_exchange *ex)
{
    if (ex->request.source != NULL && ex->request.source->ignore_tracking) {
        ihe_visit(ex);
    } else {
        ihe_demo(ex);
    }
}

/* Two patients change places: each PID is taken, and nothing links them. */
void ihe_swap(struct ihe_exchange *ex)
{
    const struct ny_hl7v2_segment *first = ny_hl7v2_find(ex->msg, NY_S("PID"), 1);
    const struct ny_hl7v2_segment *second = ny_hl7v2_find(ex->msg, NY_S("PID"), 2);

    second = names_patient(second) ? second : NULL;
    if (names_patient(first)) {
        ihe_feed_of(ex, first, second);
    } else if (second != NULL) {
        ihe_feed_of(ex, second, NULL);
    } else {
        ihe_ignore(ex);
    }
}
