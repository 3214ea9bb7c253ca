/* nayose review, private: the terminal and the desk that works on it. */
#ifndef NAYOSE_REVIEW_DESK_H
#define NAYOSE_REVIEW_DESK_H

#include <wchar.h>

#include "nayose/desk.h"

/* ---- review_screen.c: the terminal ---- */

enum { SCREEN_UP = 0x110000, SCREEN_DOWN, SCREEN_ENTER, SCREEN_BACK, SCREEN_OTHER };

bool screen_begin(void); /* false: there is no terminal */
void screen_end(void);
bool screen_has_ended(void); /* somebody hung up, or asked the program to end */
void screen_draw(const struct ny_desk_view *view);
/* A key, or one of SCREEN_*; 0: none came in time (-1: waits for ever). */
wint_t screen_key(int wait_ms);
/* What was typed ahead is meant for a case that was not on the screen yet. */
void screen_forget_keys(void);
/* Asks for a line of text; out: [n] UTF-8. False: given up. */
bool screen_ask(const char *question, char *out, size_t n);

#endif
