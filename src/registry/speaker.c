/* In whose name a connection may speak.
 *
 *   sender ─▶ its row with certificates, else its facility's ─▶ one of them was shown?
 *        └─ neither has any ─▶ was one shown that is somebody's?
 *
 * So a certificate that is bound speaks for its rows alone, and one that is not for no row that has
 * some. */

#include "nayose/registry_speaker.h"

#include "registry_priv.h"

static bool is_shown(const struct ny_speaker *s, ny_str credential)
{
    for (size_t i = 0; i < s->n_credentials; i++) {
        if (ny_str_equals(s->credentials[i], credential)) {
            return true;
        }
    }
    return false;
}

/* One of the row's certificates was shown. */
static bool row_is_shown(const struct ny_requester_row *row, const struct ny_speaker *s)
{
    ny_str rest = row->certificates;

    while (rest.n > 0) {
        if (is_shown(s, ny_str_split(&rest, '\n'))) {
            return true;
        }
    }
    return false;
}

static bool is_somebodys(const struct ny_registry *r, const struct ny_speaker *s)
{
    for (size_t i = 0; i < r->n_sources; i++) {
        if (row_is_shown(r->sources[i], s)) {
            return true;
        }
    }
    return false;
}

static bool is_bound(const struct ny_requester_row *row)
{
    return row->certificates.n > 0;
}

static bool feeds_and_is_bound(const struct ny_requester_row *row)
{
    return !row->only_asks && is_bound(row);
}

bool ny_registry_may_speak(const struct ny_registry *r, const struct ny_speaker *s, ny_str app,
                           ny_str facility, bool asks)
{
    const struct ny_requester_row *row =
        ny_requester_find(r, app, facility, asks ? is_bound : feeds_and_is_bound);

    if (s->facility.n > 0 && !ny_str_equals(s->facility, facility)) {
        return false;
    }
    if (s->is_local && s->n_credentials == 0) {
        return true;
    }
    return row != NULL ? row_is_shown(row, s) : !is_somebodys(r, s);
}
