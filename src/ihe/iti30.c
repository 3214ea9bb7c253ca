/* ITI-30 Patient Identity Management (HL7 v2.5): A28 create, A31 update.
 *
 * Both carry the complete demographics and both are an upsert: A28 of a known id revises it, A31 of
 * an unknown one adds it (the standard says so). The link, merge and change events stand in
 * events.def. Spec: ITI TF-2 3.30. PV1 is required there with PV1-2 = N; its absence is no error.
 */

#include "ihe_priv.h"

void ihe_iti30(struct ihe_exchange *ex)
{
    if (!ihe_feed_segments_check(ex)) {
        ihe_finish(ex);
        return;
    }
    ihe_feed(ex, false);
}
