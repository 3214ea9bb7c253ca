/* desk, private. */
#ifndef NAYOSE_DESK_PRIV_H
#define NAYOSE_DESK_PRIV_H

#include "nayose/desk.h"

/* A text member, "" when absent. */
const char *ny_desk_text(const struct json_t *o, const char *key);
/* Between the title and the last two rows. */
void ny_desk_draw_case(struct ny_desk_grid *g, const struct ny_desk_view *v);

#endif
