/* Pins against records. A pin stays whatever the records come to say, but the clerk is told when
 * they say the contrary beyond doubt, and did not when he said it.
 *
 *   SAME:      P(false) > .99          DIFFERENT:  P(false) < 1e-6, and nothing keeps it from
 * linking
 *
 * A pure function of the records, the pins with what was seen then, and the model.
 * Spec: the project's matching rules 7. */

#include "link_priv.h"

enum { SAME_LEAST_B1024 = -6788, DIFFERENT_MOST_B1024 = 20410 };

bool ny_link_score(const struct ny_link *l, uint32_t a, uint32_t b, struct ny_score *out)
{
    struct ny_index_identity x;
    struct ny_index_identity y;
    struct ny_record ra;
    struct ny_record rb;

    ny_index_get(l->index, a, &x);
    ny_index_get(l->index, b, &y);
    if (!ny_index_takes_part(l->index, a) || !ny_index_takes_part(l->index, b) ||
        ny_record_unpack(x.record, &ra) != NY_OK || ny_record_unpack(y.record, &rb) != NY_OK) {
        return false;
    }
    ny_match_score(l->model, &ra, &rb, ny_index_same_authority(l->index, a, b), out);
    return true;
}

static bool says_the_contrary(const struct ny_index_pin *pin, int32_t total_b1024)
{
    return ny_pin_joins(pin) ? total_b1024 < SAME_LEAST_B1024 : total_b1024 > DIFFERENT_MOST_B1024;
}

bool ny_link_pin_is_doubted(const struct ny_link *l, const struct ny_index_pin *pin)
{
    struct ny_score s;

    return pin->total_b1024 != NY_PIN_UNSEEN && !says_the_contrary(pin, pin->total_b1024) &&
           ny_link_score(l, ny_link_survivor(l->index, pin->a), ny_link_survivor(l->index, pin->b),
                         &s) &&
           says_the_contrary(pin, s.total_b1024) &&
           (ny_pin_joins(pin) || ny_match_band(l->model, &s) == NY_BAND_AUTO);
}

/* The smaller end of a pin carries its notice. */
void ny_closure_doubts(const struct closure *c)
{
    const struct ny_link_sink *s = &c->link->sink;
    bool *doubted = NY_ARENA_ARRAY(c->arena, bool, c->nodes.n);

    NY_ASSERT(doubted != NULL);
    if (s->doubt == NULL || c->pins.next == NULL) {
        return;
    }
    for (size_t i = 0; i < c->pins.n_joins; i++) {
        doubted[c->pins.joins[i].a] |= ny_link_pin_is_doubted(c->link, c->pins.joins[i].pin);
    }
    for (size_t i = 0; i < c->pins.n_cannot; i++) {
        doubted[c->pins.cannot[i].a] |= ny_link_pin_is_doubted(c->link, c->pins.cannot[i].pin);
    }
    for (size_t i = 0; i < c->nodes.n; i++) {
        s->doubt(s->ctx, c->nodes.ids[i], doubted[i]);
    }
}
