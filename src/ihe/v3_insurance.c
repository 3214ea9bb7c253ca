/* Health-insurance numbers among asOtherIDs, written as IN1: a family shares one, so that it must
 * never become a patient's id.
 *
 *   roots …20.3.61 insurer, .62 symbol, .63 number: one card, until a part comes again
 *   a number that is the whole key, INSURER:SYMBOL:NUMBER:BRANCH: one card
 *   an insurer with nullFlavor, and no card: all insurance is deleted
 *
 * Spec: our HL7 v2 rules 12, 12.1; HL7 v3 rules 6. */

#include <stdio.h>

#include "v3_priv.h"

#define JAPAN "1.2.392.100495.20.3."

enum part { INSURER, SYMBOL, NUMBER, BRANCH, PART_COUNT };

struct cards {
    struct ny_hl7v2_writer *w;
    ny_str part[PART_COUNT]; /* of the card that is being put together */
    uint64_t n;
    bool deleted;
};

/* False: no number of a card. */
static bool part_of(ny_str root, enum part *out)
{
    static const struct {
        const char *root;
        enum part part;
    } roots[] = {
        {JAPAN "61", INSURER},
        {JAPAN "62", SYMBOL },
        {JAPAN "63", NUMBER },
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(roots); i++) {
        if (ny_str_equals(root, ny_str_from_c(roots[i].root))) {
            *out = roots[i].part;
            return true;
        }
    }
    return false;
}

bool ihe_v3_is_insurance(const struct ny_xml_node *id)
{
    enum part part;

    return part_of(ihe_v3_root(id), &part);
}

static bool is_whole_key(ny_str number)
{
    size_t colons = 0;

    for (size_t i = 0; i < number.n; i++) {
        colons += number.p[i] == ':';
    }
    return colons == BRANCH;
}

/* IN1-3 insurer, IN1-10 symbol ~ number ~ branch. */
static void card_end(struct cards *c)
{
    char set_id[24];

    if (c->part[INSURER].n + c->part[NUMBER].n > 0) {
        (void)snprintf(set_id, sizeof(set_id), "%llu", (unsigned long long)++c->n);
        ny_hl7v2_w_begin(c->w, NY_S("IN1"));
        ny_hl7v2_w_text(c->w, ny_str_from_c(set_id));
        ny_hl7v2_w_skip(c->w, 1);
        ny_hl7v2_w_text(c->w, c->part[INSURER]);
        ny_hl7v2_w_skip(c->w, 6);
        ny_hl7v2_w_field(c->w);
        for (enum part p = SYMBOL; p < PART_COUNT; p++) {
            if (p > SYMBOL) {
                ny_hl7v2_w_rep(c->w);
            }
            ny_hl7v2_w_value(c->w, c->part[p]);
        }
        ny_hl7v2_w_end(c->w);
    }
    memset(c->part, 0, sizeof(c->part));
}

static void id_read(struct cards *c, const struct ny_xml_node *id)
{
    ny_str text = ny_str_trim(ny_xml_attr(id, "extension"));
    enum part p = INSURER;

    if (!part_of(ihe_v3_root(id), &p)) {
        return;
    }
    if (p == NUMBER && is_whole_key(text)) {
        card_end(c);
        for (p = INSURER; p < PART_COUNT; p++) {
            c->part[p] = ny_str_split(&text, ':');
        }
        card_end(c);
        return;
    }
    if (c->part[p].n > 0) {
        card_end(c);
    }
    c->part[p] = text;
    c->deleted = c->deleted || (p == INSURER && ny_xml_attr(id, "nullFlavor").n > 0);
}

void ihe_v3_insurances_write(struct ny_hl7v2_writer *w, const struct ny_xml_node *person)
{
    struct cards c = {.w = w};
    const struct ny_xml_node *other = ihe_v3_child(person, "asOtherIDs");

    for (; other != NULL; other = ny_xml_again(other)) {
        const struct ny_xml_node *id = ihe_v3_child(other, "id");

        for (; id != NULL; id = ny_xml_again(id)) {
            id_read(&c, id);
        }
    }
    card_end(&c);
    if (c.deleted && c.n == 0) {
        ny_hl7v2_w_begin(w, NY_S("IN1"));
        ny_hl7v2_w_text(w, NY_S("1"));
        ny_hl7v2_w_skip(w, 1);
        ny_hl7v2_w_text(w, NY_S("\"\""));
        ny_hl7v2_w_end(w);
    }
}
