/* registry, private: an undo under way; undo.c takes it its way, undo_event.c plans those of
 * events. */
#ifndef NAYOSE_REGISTRY_UNDO_PRIV_H
#define NAYOSE_REGISTRY_UNDO_PRIV_H

#include "nayose/registry_pins.h"

#include "registry_priv.h"

struct undoing {
    struct ny_registry *r;
    struct ny_undo_order order;
    struct words words; /* said: room for 2 * NY_UNDO_WORDS_MAX */
    struct ny_pin_view *word;
    struct ny_event_view *event;
    struct ny_undo_outcome out;
    void (*fn)(void *ctx, ny_rc rc, const struct ny_undo_outcome *out);
    void *ctx;
};

static inline void ny_undo_plan(struct undoing *u, uint32_t a, uint32_t b, unsigned kind,
                                unsigned role)
{
    u->words.said[u->words.n++] =
        (struct ny_index_pin){.a = a, .b = b, .kind = (uint8_t)kind, .role = (uint8_t)role};
}

/* Plans what undoes the event and looks at it: u->words and u->out. */
NY_MUST_USE ny_rc ny_undo_look_at_event(struct undoing *u);

#endif
