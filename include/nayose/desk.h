/* desk: what the clerk's terminal shows, drawn into a grid of cells that needs no terminal: a case
 * with both records side by side, and the list of cases. Widths are those of the locale's wcwidth,
 * as a terminal has them. Pure: JSON of the server in, cells out. */
#ifndef NAYOSE_DESK_H
#define NAYOSE_DESK_H

#include "nayose/base.h"

struct json_t;

/* ---- the grid ---- */

/* How a cell looks; each stands for itself without colour, too. */
enum {
    NY_DESK_BOLD = 1,
    NY_DESK_REVERSE = 2,
    NY_DESK_UNDERLINE = 4,
    NY_DESK_DIM = 8,
    NY_DESK_GOOD = 16, /* green where there is colour */
    NY_DESK_BAD = 32   /* red */
};

enum { NY_DESK_MARKS = 3 }; /* characters of a cell: one, and what combines with it */

struct ny_desk_cell {
    wchar_t text[NY_DESK_MARKS + 1]; /* terminated; empty: the right half of the one before */
    uint8_t width;                   /* columns, 0 for a right half */
    uint8_t look;
};

struct ny_desk_grid {
    int rows, cols;
    struct ny_desk_cell *cells; /* [rows × cols] */
};

void ny_desk_grid_init(struct ny_desk_grid *g, int rows, int cols); /* blank; owned */
void ny_desk_grid_finish(struct ny_desk_grid *g);
/* Writes text (UTF-8) at a place, at most `max` columns of it; what does not fit ends in "…".
 * Outside the grid nothing happens. Returns the columns written. */
int ny_desk_put(struct ny_desk_grid *g, int row, int col, int max, const char *text, unsigned look);
/* Characters to underline, one a character of a text; those behind the end are not. */
struct ny_desk_marks {
    const bool *v;
    size_t n;
};
int ny_desk_put_marked(struct ny_desk_grid *g, int row, int col, int max, const char *text,
                       unsigned look, struct ny_desk_marks marks);
/* Bytes of text that fit into so many columns, at least one character; *chars: characters in them.
 */
size_t ny_desk_fit(const char *text, int cols, size_t *chars);
/* A whole row in one look. */
void ny_desk_paint(struct ny_desk_grid *g, int row, unsigned look);
/* Columns that a text takes. */
int ny_desk_width(const char *text);
/* The text of a row without blanks at its end; out: [4 × cols + 1] bytes at least. */
void ny_desk_row_text(const struct ny_desk_grid *g, int row, char *out, size_t n);

/* ---- why a question is asked ---- */

struct ny_desk_why {
    const char *word, *word_ja; /* the server's, and what stands for it */
    const char *en, *ja;        /* a sentence */
};
/* reason: as the server has it, "band" or "guard: GD3". NULL: there is none of that word. */
const struct ny_desk_why *ny_desk_why_find(const char *reason);
/* The same in a list: where a Japanese reads, "抑止: GD3", in out [n]; else as it is. */
const char *ny_desk_why_text(const char *reason, bool is_japanese, char *out, size_t n);

/* ---- differences ---- */

enum { NY_DESK_DIFF_MAX = 96 }; /* characters compared; longer texts are not marked */

/* Which characters of two texts are not in both (longest common subsequence). */
void ny_desk_diff(const char *a, const char *b, bool mark_a[NY_DESK_DIFF_MAX],
                  bool mark_b[NY_DESK_DIFF_MAX]);

/* ---- screens ---- */

struct ny_desk_view {
    const struct json_t *kase;   /* as POST /review/take gives it; NULL: none is open */
    const struct json_t *list;   /* rows of GET /reviews; shown when no case is open */
    const struct json_t *counts; /* of GET /review/counts; may be NULL */
    size_t selected;             /* in the list */
    bool history;                /* of the case: what its fields were, and since when */
    size_t scrolled;             /* rows of the history above the screen */
    int decided;                 /* at this desk so far, without what was undone */
    const char *message;         /* what happened last; "" */
    bool is_japanese;
};

void ny_desk_draw(struct ny_desk_grid *g, const struct ny_desk_view *v);

/* ---- keys ---- */

enum ny_desk_key {
    NY_DESK_KEY_NONE = 0,
#define NY_DESK_KEY(id, key, en, ja) NY_DESK_KEY_##id,
#include "nayose/tbl/desk_keys.def"
    NY_DESK_KEY_COUNT
};
/* What a character means; NONE: nothing. */
enum ny_desk_key ny_desk_key_of(wchar_t c);

#endif
