/* match, private: from a patient to a packed record. */
#ifndef NAYOSE_MATCH_RECORD_PRIV_H
#define NAYOSE_MATCH_RECORD_PRIV_H

#include "match_priv.h"

/* The bytes of a filled-in record (record.c). Days outside 1970–2149 are cut. NY_ELIMIT. */
NY_MUST_USE ny_rc ny_record_encode(struct ny_arena *a, const struct ny_record *r, ny_str *out);

/* Name variants of a patient, current legal first (record_name.c); sets the flags that names set.
 * r->birth must be filled in. NY_ECHARSET, NY_ELIMIT. */
NY_MUST_USE ny_rc ny_record_fill_names(struct ny_arena *a, const struct ny_patient *p,
                                       struct ny_record *r);
/* Addresses, phones and insurances (record_contact.c). */
NY_MUST_USE ny_rc ny_record_fill_contacts(struct ny_arena *a, const struct ny_patient *p,
                                          struct ny_record *r);

/* The text of an address: XAD-8, or its parts in the order in which they are written (4, 3, 1, 2).
 */
ny_str ny_address_text(struct ny_arena *a, const struct ny_value *v);

/* Day since 1970 in Japan of an instant, cut to 1970–2149. */
int32_t ny_day_in_japan(int64_t at_us);
/* Never 0 for a text that is there; 0 for an empty one. */
uint32_t ny_hash32(ny_str s);

#endif
