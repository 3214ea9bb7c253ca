/* The tables of src/text/charset*.c. */
#ifndef NAYOSE_TEXT_CHARSET_PRIV_H
#define NAYOSE_TEXT_CHARSET_PRIV_H

#include "nayose/base.h"

#define CHARSET_REPLACEMENT 0xFFFDu
#define CHARSET_GETA 0x3013u /* 〓, the sign printers put for a missing sort */

enum { CHARSET_ROW_NEC = 13, CHARSET_ROW_NEC_IBM = 89, CHARSET_ROW_IBM_0212 = 83 };

/* A cell is (row - 1) * 94 + column - 1, rows and columns counting from 1 to 94. */
static inline unsigned charset_cell(unsigned row, unsigned column)
{
    return (row - 1) * 94 + column - 1;
}
static inline unsigned charset_cell_row(unsigned cell)
{
    return cell / 94 + 1;
}

/* Rows 13 and 89-92 are no part of JIS X 0208; rows 83 and 84 no part of JIS X 0212. */
static inline bool charset_is_extension(bool plane2, unsigned row)
{
    return plane2 ? row >= CHARSET_ROW_IBM_0212
                  : row == CHARSET_ROW_NEC || row >= CHARSET_ROW_NEC_IBM;
}

/* Cell to Unicode, 0 when empty. cell < 94 * 94. */
uint32_t charset_0208_get(unsigned cell);
uint32_t charset_0212_get(unsigned cell);
/* Code page 932 0xFA40-0xFC4B: lead 0xFA-0xFC, index = (lead - 0xFA) * 188 + trail; 0 when empty.
 */
uint32_t charset_ibm_get(unsigned index);

/* Unicode to cell, -1 when there is none. find_like takes the characters that other tables have at
 * the cell of one of ours (U+301C for U+FF5E …). */
int charset_0208_find(uint32_t c);
int charset_0208_find_like(uint32_t c);
int charset_0212_find(uint32_t c);
int charset_ibm_find(uint32_t c);

/* Half-width kana U+FF61-U+FF9F and a following mark (0 when none) to the full-width character;
 * *used_mark tells whether the mark went into it. */
uint32_t charset_kana_widen(uint32_t c, uint32_t mark, bool *used_mark);

/* Reads one character at s[at]: its length, and the character in *out; 0 when not well-formed. */
unsigned charset_utf8_read(ny_str s, size_t at, uint32_t *out);
/* Writes c to dst (room for 4), returns the length. */
unsigned charset_utf8_write(uint32_t c, char *dst);

#endif
