/* desk, private. */
#ifndef NAYOSE_DESK_PRIV_H
#define NAYOSE_DESK_PRIV_H

#include "nayose/desk.h"

/* A text member, "" when absent. */
const char *ny_desk_text(const struct json_t *o, const char *key);
/* Between the title and the last two rows. */
void ny_desk_draw_case(struct ny_desk_grid *g, const struct ny_desk_view *v);
void ny_desk_draw_history(struct ny_desk_grid *g, const struct ny_desk_view *v);

enum { LABEL = 10 };

/* Where things of a case stand; the records take what is left of the width. */
struct page {
    struct ny_desk_grid *g;
    const struct ny_desk_view *v;
    int row, half; /* next free row; columns of a record */
};

const char *ny_desk_say(const struct page *p, const char *en, const char *ja);
/* A sex as messages have it (M, F, …), in the clerk's language. */
const char *ny_desk_sex(const struct page *p, const char *sex);
/* The two ids, each above its record. */
void ny_desk_ids_put(struct page *p);
/* One value over as many lines as it takes, two at most; returns how many. */
int ny_desk_value_put(struct page *p, int col, int width, const char *text, unsigned look,
                      struct ny_desk_marks marks);

#endif
