/* The terminal of `nayose review`: a grid of cells goes out, keys come in (ncursesw). */

#include <curses.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "nayose_priv.h"
#include "review_desk.h"

enum { COLOUR_GOOD = 1, COLOUR_BAD = 2 };

static volatile sig_atomic_t ended;
static bool colours;

static void on_end(int sig)
{
    (void)sig;
    ended = 1;
}

bool screen_begin(void)
{
    struct sigaction act = {.sa_handler = on_end};

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || newterm(NULL, stdout, stdin) == NULL) {
        return false;
    }
    sigaction(SIGHUP, &act, NULL); /* the connection went: what is open is given back */
    sigaction(SIGTERM, &act, NULL);
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    set_escdelay(50);
    curs_set(0);
    colours = cli_has_colours() && has_colors() && start_color() == OK && COLOR_PAIRS > COLOUR_BAD;
    if (colours) {
        use_default_colors();
        init_pair(COLOUR_GOOD, COLOR_GREEN, -1);
        init_pair(COLOUR_BAD, COLOR_RED, -1);
    }
    return true;
}

void screen_end(void)
{
    endwin();
}

bool screen_has_ended(void)
{
    return ended != 0;
}

static void cell_write(const struct ny_desk_cell *cell, int row, int col)
{
    attr_t attr = A_NORMAL;
    short pair = 0;
    cchar_t c;

    attr |= (cell->look & NY_DESK_BOLD) != 0 ? A_BOLD : A_NORMAL;
    attr |= (cell->look & NY_DESK_REVERSE) != 0 ? A_REVERSE : A_NORMAL;
    attr |= (cell->look & NY_DESK_UNDERLINE) != 0 ? A_UNDERLINE : A_NORMAL;
    attr |= (cell->look & NY_DESK_DIM) != 0 ? A_DIM : A_NORMAL;
    if (colours) {
        pair = (cell->look & NY_DESK_GOOD) != 0  ? COLOUR_GOOD
               : (cell->look & NY_DESK_BAD) != 0 ? COLOUR_BAD
                                                 : 0;
    }
    if (setcchar(&c, cell->text, attr, pair, NULL) == OK) {
        mvadd_wch(row, col, &c);
    }
}

void screen_draw(const struct ny_desk_view *view)
{
    struct ny_desk_grid g;

    ny_desk_grid_init(&g, LINES, COLS);
    ny_desk_draw(&g, view);
    erase();
    for (int row = 0; row < g.rows; row++) {
        for (int col = 0; col < g.cols; col++) {
            if (g.cells[row * g.cols + col].width > 0) {
                cell_write(&g.cells[row * g.cols + col], row, col);
            }
        }
    }
    ny_desk_grid_finish(&g);
    refresh();
}

void screen_forget_keys(void)
{
    flushinp();
}

wint_t screen_key(int wait_ms)
{
    wint_t c = 0;
    int kind;

    timeout(wait_ms);
    kind = get_wch(&c);
    if (kind == ERR) {
        return 0;
    }
    if (kind != KEY_CODE_YES) {
        return c == L'\n' ? SCREEN_ENTER : c == L'\r' ? SCREEN_ENTER : c;
    }
    switch (c) {
    case KEY_UP:
        return SCREEN_UP;
    case KEY_DOWN:
        return SCREEN_DOWN;
    case KEY_ENTER:
        return SCREEN_ENTER;
    case KEY_BACKSPACE:
        return SCREEN_BACK;
    default:
        return SCREEN_OTHER;
    }
}

bool screen_ask(const char *question, char *out, size_t n)
{
    size_t at = 0; /* bytes */

    for (out[0] = '\0';;) {
        struct ny_desk_grid g;
        wint_t c;

        ny_desk_grid_init(&g, 1, COLS);
        ny_desk_put(&g, 0, 1 + ny_desk_put(&g, 0, 1, COLS - 2, question, NY_DESK_BOLD) + 1, COLS,
                    out, 0);
        for (int col = 0; col < g.cols; col++) {
            if (g.cells[col].width > 0) {
                cell_write(&g.cells[col], LINES - 2, col);
            }
        }
        ny_desk_grid_finish(&g);
        refresh();
        c = screen_key(-1);
        if (c == SCREEN_ENTER) {
            return true;
        }
        if (c == 27 || (c == 0 && screen_has_ended())) {
            return false;
        }
        if (c == SCREEN_BACK || c == 127 || c == 8) {
            while (at > 0 && ((unsigned char)out[--at] & 0xC0U) == 0x80U) {
            }
            out[at] = '\0';
        } else if (c >= L' ' && c < SCREEN_UP && at + MB_CUR_MAX < n) {
            int bytes = wctomb(out + at, (wchar_t)c);

            at += bytes > 0 ? (size_t)bytes : 0;
            out[at] = '\0';
        }
    }
}
