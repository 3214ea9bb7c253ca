/* The report of a training as JSON: counts and numbers only. */

#include "learn_priv.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static const char *const outcomes[] = {
    [NY_LEARN_DONE] = "done", [NY_LEARN_REFUSED] = "refused", [NY_LEARN_STOPPED] = "stopped"};

static const char *const block_names[NY_LEARN_BLOCKS] = {
    [NY_BLOCK_T1] = "birth_and_given",
    [NY_BLOCK_T2] = "name_and_sex",
    [NY_BLOCK_T3] = "phone_and_year",
    [NY_BLOCK_PHONE] = "household_by_phone",
    [NY_BLOCK_ADDRESS] = "household_by_house",
    [NY_BLOCK_CARD] = "household_by_card",
    [NY_LEARN_RANDOM] = "random",
};

static const char *const reason_names[NY_REFUSE_COUNT] = {
    [NY_REFUSE_TOP_LEVEL] = "top_level",     [NY_REFUSE_ORDER] = "order",
    [NY_REFUSE_TOP_CHANGE] = "top_change",   [NY_REFUSE_SHARE] = "share",
    [NY_REFUSE_FEW_MATCHES] = "few_matches", [NY_REFUSE_DRIFT] = "drift"};

static const char *const mark_names[NY_MARK_COUNT] = {[NY_MARK_HOT] = "hot_keys",
                                                      [NY_MARK_SHARED_PHONE] = "shared_phones",
                                                      [NY_MARK_SHARED_ADDRESS] =
                                                          "shared_addresses"};

static json_t *settings_json(const struct ny_match_settings *s)
{
    return json_pack("{s:I, s:f, s:f, s:f, s:f}", "population", (json_int_t)s->population, "linked",
                     s->prior_linked, "household", s->household, "duplicates",
                     s->same_facility_duplicate, "tau", s->tau_auto);
}

static json_t *numbers_json(const struct ny_level_numbers *n)
{
    return json_pack("{s:f, s:f, s:f, s:f}", "m_f", n->m[0], "m_m", n->m[1], "u", n->u, "h", n->h);
}

static json_t *levels_json(const struct ny_learn_report *r)
{
    json_t *levels = json_object();

    for (int l = NY_LEVEL_NONE + 1; l < NY_LEVEL_COUNT; l++) {
        json_object_set_new(levels, ny_level_name((enum ny_level)l),
                            json_pack("{s:o, s:o}", "before", numbers_json(&r->level_before[l]),
                                      "after", numbers_json(&r->level_after[l])));
    }
    return levels;
}

static json_t *blocks_json(const struct ny_learn_report *r)
{
    json_t *all = json_object();

    for (size_t b = 0; b < NY_LEARN_BLOCKS; b++) {
        const struct ny_learn_block *k = &r->block[b];
        double n = k->pairs > 0 ? (double)k->pairs : 1;

        json_object_set_new(all, block_names[b],
                            json_pack("{s:I, s:I, s:f, s:f, s:f, s:f, s:f, s:f}", "pairs",
                                      (json_int_t)k->pairs, "patterns", (json_int_t)k->patterns,
                                      "expected_person", k->expected[NY_CLASS_PERSON],
                                      "expected_household", k->expected[NY_CLASS_HOUSEHOLD],
                                      "expected_unrelated", k->expected[NY_CLASS_UNRELATED],
                                      "share_person", k->expected[NY_CLASS_PERSON] / n,
                                      "share_household", k->expected[NY_CLASS_HOUSEHOLD] / n,
                                      "share_unrelated", k->expected[NY_CLASS_UNRELATED] / n));
    }
    return all;
}

static json_t *counts_json(const struct ny_learn_report *r)
{
    json_t *counts = json_object();
    json_t *listed = json_object();
    json_t *hot = json_object();

    for (int k = 0; k < NY_MARK_COUNT; k++) {
        json_object_set_new(counts, mark_names[k], json_integer((json_int_t)r->marked[k]));
    }
    for (int t = 0; t < NY_TF_COUNT; t++) {
        json_object_set_new(listed, ny_tf_table_name((enum ny_tf_table)t),
                            json_integer((json_int_t)r->listed[t]));
    }
    for (int k = 0; k < NY_KEY_KIND_COUNT; k++) {
        char name[8] = {'B', (char)('0' + k % 10)};

        if (k >= 10) {
            name[1] = '1';
            name[2] = (char)('0' + k - 10);
        }
        json_object_set_new(hot, name, json_integer((json_int_t)r->hot[k]));
    }
    json_object_set_new(counts, "hot_by_key", hot);
    json_object_set_new(counts, "listed", listed);
    json_object_set_new(counts, "b0_on", json_boolean(r->b0_on));
    json_object_set_new(counts, "b0_block", json_real(r->b0_block));
    return counts;
}

/* ---- what decisions did ---- */

static double bits_of(const struct ny_level_numbers *n, unsigned male)
{
    return log2(n->m[male] / n->u);
}

/* The levels that decisions moved by a hundredth of a bit or more. */
static json_t *moved_json(const struct ny_learn_report *r)
{
    static const char *const columns[] = {"F", "M"};
    const struct ny_learn_taught *t = &r->taught;
    json_t *list = json_array();

    for (int l = NY_LEVEL_NONE + 1; l < NY_LEVEL_COUNT; l++) {
        const bool has_columns = ny_level_field((enum ny_level)l) == NY_FIELD_SURNAME;

        for (unsigned male = 0; male < (has_columns ? 2U : 1U); male++) {
            double alone = t->alone[l].u > 0 ? bits_of(&t->alone[l], male) : 0;
            double bits = bits_of(&r->level_after[l], male);

            if (t->alone[l].u > 0 && fabs(bits - alone) >= .01) {
                json_array_append_new(list,
                                      json_pack("{s:s, s:s, s:f, s:f, s:f, s:f}", "level",
                                                ny_level_name((enum ny_level)l), "column",
                                                has_columns ? columns[male] : "", "bits_before",
                                                bits_of(&r->level_before[l], male), "bits_alone",
                                                alone, "bits", bits, "taken", t->taken[l][male]));
            }
        }
    }
    return list;
}

static json_t *bands_json(const struct ny_learn_report *r)
{
    static const char *const stops[NY_STOP_COUNT] = {[NY_STOP_NOTHING] = "nothing",
                                                     [NY_STOP_CONTACT] = "contact",
                                                     [NY_STOP_GUARD] = "guard",
                                                     [NY_STOP_NEVER] = "never"};
    json_t *list = json_array();

    for (size_t k = 0; k < NY_LEARN_BANDS; k++) {
        const struct ny_learn_band *b = &r->taught.band[k];
        const size_t total = k % NY_LEARN_TOTALS;

        if (b->same + b->different > 0) {
            json_array_append_new(
                list, json_pack("{s:s, s:o, s:o, s:I, s:I, s:I, s:f, s:f}", "stopped_by",
                                stops[k / NY_LEARN_TOTALS], "from_bits",
                                total > 0 ? json_real(ny_words_total_from(&r->before, total))
                                          : json_null(),
                                "to_bits",
                                total + 1 < NY_LEARN_TOTALS
                                    ? json_real(ny_words_total_from(&r->before, total + 1))
                                    : json_null(),
                                "pairs", (json_int_t)b->pairs, "same", (json_int_t)b->same,
                                "different", (json_int_t)b->different, "expected_same_before",
                                b->expected_before, "expected_same", b->expected));
        }
    }
    return list;
}

static json_t *taught_json(const struct ny_learn_report *r)
{
    const struct ny_learn_taught *t = &r->taught;

    return json_pack("{s:I, s:I, s:I, s:I, s:f, s:f, s:f, s:o, s:o}", "told", (json_int_t)t->told,
                     "used", (json_int_t)t->used, "compared", (json_int_t)t->compared, "agreed",
                     (json_int_t)t->agreed, "error", t->error, "raise_max_bits",
                     (double)NY_LEARN_RAISE_MAX, "lower_max_bits", (double)NY_LEARN_LOWER_MAX,
                     "bands", bands_json(r), "moved", moved_json(r));
}

static json_t *refusals_json(const struct ny_learn_report *r)
{
    json_t *list = json_array();

    for (size_t i = 0; i < r->n_refusals && i < NY_LEARN_REFUSALS_MAX; i++) {
        const struct ny_learn_refusal *f = &r->refusal[i];

        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:f, s:f}", "reason",
                                              reason_names[f->reason], "text",
                                              ny_learn_reason_text(f->reason), "level",
                                              ny_level_name(f->level), "block",
                                              f->block >= 0 ? block_names[f->block] : "", "value",
                                              f->value, "limit", f->limit));
    }
    return list;
}

ny_rc ny_learn_report_write(const struct ny_learn_report *r, struct ny_buf *out)
{
    json_t *root = json_pack(
        "{s:s, s:i, s:i, s:I, s:b, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:[iii]}",
        "outcome", outcomes[r->outcome], "version_before", r->version_before, "version", r->version,
        "seed", (json_int_t)r->seed, "counts_only", r->counts_only, "records",
        (json_int_t)r->records, "persons", (json_int_t)r->persons, "settings_before",
        settings_json(&r->before), "settings_after", settings_json(&r->after), "counts",
        counts_json(r), "pairs", blocks_json(r), "levels", levels_json(r), "decisions",
        taught_json(r), "refusals", refusals_json(r), "rounds", (int)r->rounds[NY_CLASS_PERSON],
        (int)r->rounds[NY_CLASS_HOUSEHOLD], (int)r->rounds[NY_CLASS_UNRELATED]);
    char *text = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6));
    ny_str written;

    NY_ASSERT(root != NULL && text != NULL); /* numbers and our own words only */
    ny_buf_add_c(out, text);
    free(text);
    json_decref(root);
    return ny_buf_end(out, &written);
}
