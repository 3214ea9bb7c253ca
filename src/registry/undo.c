/* What takes a word back: what was said of its two before it is said again. Other words, other
 * pairs and what came since stay; so a word that something newer stands on top of cannot be undone
 * alone.
 */

#include "nayose/registry_pins.h"

#include "registry_priv.h"

static bool is_word(const struct ny_index_pin *p)
{
    return p->role != NY_ROLE_IMPLIED &&
           (p->kind == NY_PIN_SAME || p->kind == NY_PIN_DIFFERENT || p->kind == NY_PIN_NONE);
}

static bool is_of_pair(const struct ny_index_pin *p, uint32_t a, uint32_t b)
{
    return (p->a == a && p->b == b) || (p->a == b && p->b == a);
}

enum ny_undo ny_registry_undo(const struct ny_registry *r, const struct ny_pin_row *row,
                              enum ny_pin_kind *out)
{
    const struct ny_index_pin event = {.a = (uint32_t)row->a,
                                       .b = (uint32_t)row->b,
                                       .kind = (uint8_t)row->kind,
                                       .role = (uint8_t)row->role,
                                       .pair = (uint16_t)row->pair,
                                       .stamp = row->stamp};
    const struct ny_index_pin *before = NULL;
    const struct ny_index_pin *p;
    uint32_t cursor = 0;

    if (!is_word(&event)) {
        return NY_UNDO_NO_WORD;
    }
    while ((p = ny_index_pin_next(r->index, event.a, &cursor)) != NULL) {
        if (!is_word(p) || !is_of_pair(p, event.a, event.b)) {
            continue;
        }
        if (ny_link_pin_is_newer(p, &event) && p->role >= event.role) {
            return NY_UNDO_NEWER;
        }
        if (ny_link_pin_is_newer(&event, p) &&
            (before == NULL || ny_link_pin_is_newer(p, before))) {
            before = p;
        }
    }
    *out = before != NULL ? (enum ny_pin_kind)before->kind : NY_PIN_NONE;
    return NY_UNDO_FOUND;
}
