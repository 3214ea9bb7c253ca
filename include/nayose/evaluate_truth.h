/* evaluate_truth: who the records of a registry really belong to, read from a CSV file.
 *
 * Columns are found by their names in the first row; other columns are allowed.
 *   domain, local_id, person   whose record it is; needed
 *   kind                       test, unknown, newborn: never linked; anything else: linked
 *   phone, address_key, insurance_key   contacts in the record, each a list separated by blanks;
 *                              where all three are absent, every pair of a person is within reach
 *   likeness                   equal where nobody could tell two records apart
 *   household, twins           one value, one household; one birth
 *   errors                     kinds of error in the record, separated by blanks */
#ifndef NAYOSE_EVALUATE_TRUTH_H
#define NAYOSE_EVALUATE_TRUTH_H

#include "nayose/evaluate.h"

struct ny_truth_record {
    ny_str domain, local_id; /* namespace of the domain */
    ny_str kind;
    uint64_t household; /* 0 = not told */
};

struct ny_truth;

/* Reads a file's text, which must outlive the truth. Owned.
 * Errors: NY_ESYNTAX (a column is missing, a row is too short or has no domain, id or person),
 * NY_ECONFLICT (a record stands twice), NY_ELIMIT (more than 64 columns, kinds of error or contacts
 * of a record, 2^32 records); err says the line and holds no patient data. */
NY_MUST_USE ny_rc ny_truth_read(ny_str text, struct ny_truth **out, struct ny_error *err);
void ny_truth_destroy(struct ny_truth *t); /* NULL allowed */

size_t ny_truth_count(const struct ny_truth *t);
/* [count], in the order of the file; groups are the caller's to set, 0 at first. */
struct ny_judged_record *ny_truth_judged(struct ny_truth *t);
const struct ny_truth_record *ny_truth_record(const struct ny_truth *t, size_t at);
/* The place of a record, or the count. */
size_t ny_truth_find(const struct ny_truth *t, ny_str domain, ny_str local_id);
/* Kinds of error by their bits in tags; [*n]. */
const ny_str *ny_truth_tags(const struct ny_truth *t, size_t *n);

#endif
