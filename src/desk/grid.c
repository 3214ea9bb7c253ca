/* A grid of cells: text as a terminal would show it. */

#include <stdlib.h>
#include <wchar.h>

#include "nayose/desk.h"

void ny_desk_grid_init(struct ny_desk_grid *g, int rows, int cols)
{
    NY_ASSERT(rows > 0 && cols > 0);
    *g = (struct ny_desk_grid){rows, cols,
                               ny_calloc((size_t)rows * (size_t)cols, sizeof(struct ny_desk_cell))};
    for (int i = 0; i < rows * cols; i++) {
        g->cells[i] = (struct ny_desk_cell){.text = L" ", .width = 1};
    }
}

void ny_desk_grid_finish(struct ny_desk_grid *g)
{
    ny_free(g->cells);
    g->cells = NULL;
}

/* The next character; 0 at the end. What is no text becomes '?'. */
static wchar_t next_char(const char **at)
{
    mbstate_t state = {0};
    wchar_t c = 0;
    size_t n = mbrtowc(&c, *at, strlen(*at), &state);

    if (**at == '\0') {
        return 0;
    }
    if (n == (size_t)-1 || n == (size_t)-2 || n == 0) {
        ++*at;
        return L'?';
    }
    *at += n;
    return c;
}

static struct ny_desk_cell *cell_at(const struct ny_desk_grid *g, int row, int col)
{
    return row >= 0 && row < g->rows && col >= 0 && col < g->cols ? &g->cells[row * g->cols + col]
                                                                  : NULL;
}

/* A character that takes no column joins the one before it; what cannot be printed is dropped. */
static void combine(struct ny_desk_cell *before, wchar_t c)
{
    size_t n = before != NULL ? wcslen(before->text) : 0;

    if (n > 0 && n < NY_DESK_MARKS) {
        before->text[n] = c;
    }
}

int ny_desk_put_marked(struct ny_desk_grid *g, int row, int col, int max, const char *text,
                       unsigned look, struct ny_desk_marks marks)
{
    struct ny_desk_cell *before = NULL;
    int room = max < g->cols - col ? max : g->cols - col;
    bool cut = ny_desk_width(text) > room;
    int at = 0;
    wchar_t c;

    if (room <= 0 || row < 0 || row >= g->rows || col < 0) {
        return 0;
    }
    for (size_t i = 0; (c = next_char(&text)) != 0; i++) {
        int width = wcwidth(c);
        bool marked = i < marks.n && marks.v[i];

        if (width <= 0) {
            combine(before, width == 0 ? c : 0);
            continue;
        }
        if (cut && at + width > room - 1) {
            c = L'…';
            width = 1;
        }
        before = cell_at(g, row, col + at);
        *before = (struct ny_desk_cell){
            .text = {c},
            .width = (uint8_t)width,
            .look = (uint8_t)(look | (marked ? NY_DESK_UNDERLINE | NY_DESK_BOLD : 0U))};
        if (width == 2) {
            *cell_at(g, row, col + at + 1) = (struct ny_desk_cell){.look = before->look};
        }
        at += width;
        if (c == L'…' && cut && at >= room - 1) {
            break;
        }
    }
    return at;
}

int ny_desk_put(struct ny_desk_grid *g, int row, int col, int max, const char *text, unsigned look)
{
    return ny_desk_put_marked(g, row, col, max, text, look, (struct ny_desk_marks){0});
}

void ny_desk_paint(struct ny_desk_grid *g, int row, unsigned look)
{
    for (int col = 0; col < g->cols; col++) {
        struct ny_desk_cell *c = cell_at(g, row, col);

        if (c != NULL) {
            c->look |= (uint8_t)look;
        }
    }
}

int ny_desk_width(const char *text)
{
    int n = 0;
    wchar_t c;

    while ((c = next_char(&text)) != 0) {
        int width = wcwidth(c);

        n += width > 0 ? width : 0;
    }
    return n;
}

size_t ny_desk_fit(const char *text, int cols, size_t *chars)
{
    const char *at = text;
    const char *before = text;
    wchar_t c;

    for (*chars = 0; (c = next_char(&at)) != 0; ++*chars) {
        int width = wcwidth(c);

        cols -= width > 0 ? width : 0;
        if (cols < 0 && *chars > 0) {
            break;
        }
        before = at;
    }
    return (size_t)(before - text);
}

void ny_desk_row_text(const struct ny_desk_grid *g, int row, char *out, size_t n)
{
    size_t at = 0;
    size_t end = 0;

    for (int col = 0; col < g->cols; col++) {
        const struct ny_desk_cell *c = cell_at(g, row, col);

        for (size_t k = 0; c->width > 0 && c->text[k] != 0 && at + MB_CUR_MAX < n; k++) {
            mbstate_t state = {0};
            size_t bytes = wcrtomb(out + at, c->text[k], &state);

            at += bytes != (size_t)-1 ? bytes : 0;
            end = c->text[k] != L' ' ? at : end;
        }
    }
    out[end] = '\0';
}

/* ---- differences ---- */

static size_t chars_of(const char *text, wchar_t *out)
{
    size_t n = 0;
    wchar_t c;

    while ((c = next_char(&text)) != 0) {
        if (n == NY_DESK_DIFF_MAX) {
            return SIZE_MAX;
        }
        out[n++] = c;
    }
    return n;
}

void ny_desk_diff(const char *a, const char *b, bool mark_a[NY_DESK_DIFF_MAX],
                  bool mark_b[NY_DESK_DIFF_MAX])
{
    static uint8_t best[NY_DESK_DIFF_MAX + 1][NY_DESK_DIFF_MAX + 1]; /* of what is behind i, k */
    wchar_t x[NY_DESK_DIFF_MAX];
    wchar_t y[NY_DESK_DIFF_MAX];
    size_t n = chars_of(a, x);
    size_t m = chars_of(b, y);
    size_t i = 0;
    size_t k = 0;

    memset(mark_a, 0, NY_DESK_DIFF_MAX * sizeof(*mark_a));
    memset(mark_b, 0, NY_DESK_DIFF_MAX * sizeof(*mark_b));
    if (n == SIZE_MAX || m == SIZE_MAX) {
        return;
    }
    memset(best, 0, sizeof(best));
    for (i = n; i-- > 0;) {
        for (k = m; k-- > 0;) {
            uint8_t skip = best[i + 1][k] > best[i][k + 1] ? best[i + 1][k] : best[i][k + 1];

            best[i][k] = x[i] == y[k] ? (uint8_t)(best[i + 1][k + 1] + 1) : skip;
        }
    }
    for (i = k = 0; i < n || k < m;) {
        if (i < n && k < m && x[i] == y[k]) {
            i++;
            k++;
        } else if (k == m || (i < n && best[i + 1][k] >= best[i][k + 1])) {
            mark_a[i++] = true;
        } else {
            mark_b[k++] = true;
        }
    }
}
