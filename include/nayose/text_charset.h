/* text_charset: bytes of a Japanese character set to UTF-8 and back. Part of the text module.
 * Pure: static tables, no converter objects, no globals that change; usable from any thread.
 *
 * One rule that readers of delimited text rely on: no multi-byte character decodes to a character
 * below U+0080. So a '|' in the decoded text was a '|' of a single-byte set, never half a kanji.
 *
 * JIS X 0208 cells decode to the values of Windows code page 932 in every character set (0x2141 is
 * U+FF5E, 0x215D U+FF0D, 0x2142 U+2225, 0x2171 U+FFE0), so one name gives the same text whichever
 * way it came; the encoder also takes the other tables' choices (U+301C, U+2212, U+2016, U+00A2 …).
 * 0x5C and 0x7E of JIS X 0201 Roman and of code page 932 are `\` and `~`: they serve as delimiters.
 */
#ifndef NAYOSE_TEXT_CHARSET_H
#define NAYOSE_TEXT_CHARSET_H

#include "nayose/base.h"

enum ny_charset {
    NY_CHARSET_NONE = 0, /* not known */
    NY_CHARSET_ASCII = 1,
    NY_CHARSET_UTF8 = 2,
    NY_CHARSET_ISO2022JP = 3, /* G0 switched by escape sequences: ISO IR6 13 14 87 159 */
    NY_CHARSET_CP932 = 4,     /* Shift_JIS with the Windows extensions */
    NY_CHARSET_EUCJP = 5,
    NY_CHARSET_LATIN1 = 6, /* ISO 8859-1 */
    NY_CHARSET_COUNT
};

/* Declared members of the ISO 2022 family. */
enum ny_charset_rep {
    NY_CHARSET_IR6 = 1 << 0,
    NY_CHARSET_IR13 = 1 << 1,  /* JIS X 0201 Katakana */
    NY_CHARSET_IR14 = 1 << 2,  /* JIS X 0201 Roman */
    NY_CHARSET_IR87 = 1 << 3,  /* JIS X 0208 */
    NY_CHARSET_IR159 = 1 << 4, /* JIS X 0212 */
};

/* What was noticed while decoding. */
enum ny_charset_warning {
    NY_CHARSET_W_GUESSED = 1 << 0,   /* the character set was not declared */
    NY_CHARSET_W_RESET = 1 << 1,     /* CR or LF came while G0 was not single-byte; G0 was reset */
    NY_CHARSET_W_UNCLOSED = 1 << 2,  /* the text ended without the return to ASCII */
    NY_CHARSET_W_UNDECLARED = 1 << 3 /* a set was designated that was not declared */
};

/* How a text is encoded. A zeroed one with only charset set is valid. */
struct ny_charset_spec {
    enum ny_charset charset;
    unsigned reps;   /* enum ny_charset_rep, ISO2022JP only */
    bool roman;      /* ISO2022JP: the initial G0 is JIS X 0201 Roman (first repetition ISO IR14) */
    bool extensions; /* ISO2022JP encoder: NEC and IBM characters may be written in IR87 */
    char hl7_escape; /* ISO2022JP decoder: not 0 = `\M2442\` forms of HL7 2.3 switch too, and this
                        is the escape character */
};

/* What happened; counts of characters (or of bytes that could not be read as one). */
struct ny_charset_facts {
    size_t replaced;    /* decoder: undecodable, became U+FFFD */
    size_t tolerated;   /* decoder: NEC or IBM extension, private use, blank inside kanji */
    size_t substituted; /* encoder: written as U+3013 (or '?'), or in another width */
    unsigned warnings;  /* enum ny_charset_warning */
};

/* "ISO-2022-JP", "CP932" …; never NULL. */
const char *ny_charset_name(enum ny_charset c);

/* Reads a name as people write it (configuration, HL7 table 0211): blanks, case, '-', '_' and '/'
 * do not count. NY_CHARSET_NONE when unknown; members of ISO 2022 give ISO2022JP. */
enum ny_charset ny_charset_from_name(ny_str name);

/* Decodes bytes into a, always a copy, NUL-terminated beyond its length.
 *
 * replace  true: what cannot be decoded becomes U+FFFD and is counted; false: NY_ECHARSET
 * out      the UTF-8 text; a leading byte order mark of UTF-8 is dropped; NUL bytes are kept
 * facts    overwritten; NULL allowed
 * Errors: NY_ECHARSET (err->offset = byte offset in bytes), NY_ELIMIT (arena cap). */
NY_MUST_USE ny_rc ny_charset_decode(struct ny_arena *a, const struct ny_charset_spec *spec,
                                    ny_str bytes, bool replace, ny_str *out,
                                    struct ny_charset_facts *facts, struct ny_error *err);

/* Encodes UTF-8 text into a. A character the target cannot hold becomes U+3013 〓 ('?' where even
 * that is missing) and is counted; so is a byte that is not UTF-8. JIS X 0212 is written in ISO
 * 2022 only when spec->reps has IR159, in EUC-JP always; half-width kana only with IR13, else in
 * full width. ISO 2022 output is in its initial G0 before every ASCII character and at the end.
 * Errors: NY_ELIMIT. */
NY_MUST_USE ny_rc ny_charset_encode(struct ny_arena *a, const struct ny_charset_spec *spec,
                                    ny_str text, ny_str *out, struct ny_charset_facts *facts);

/* True for well-formed UTF-8: no overlong form, no surrogate, at most U+10FFFF. */
bool ny_charset_is_utf8(ny_str s);

/* What a message says of its encoding, and what its source is known to send. */
struct ny_charset_declared {
    ny_str msh18;                /* as received, repetitions included */
    char repetition;             /* the repetition separator of msh18 */
    ny_str msh20;                /* as received */
    char escape;                 /* the message's escape character, for MSH-20 = 2.3 */
    enum ny_charset source_sets; /* what the source sends when it does not say; NONE = unknown */
};

/* Decides how bytes are to be decoded (HL7 table 0211, 0356; our HL7 v2 rules 10.6).
 *
 * Nothing declared, or ASCII / ISO IR6: ASCII; but with bytes >= 0x80 UTF-8 when they are valid
 * UTF-8; else ISO 2022 when an ESC $ or ESC ( I is seen; else source_sets. Each of these guesses
 * sets NY_CHARSET_W_GUESSED in *warnings (which is only added to).
 * Errors: NY_EUNSUPP when MSH-18 names what is not read here, unless all bytes are ASCII. */
NY_MUST_USE ny_rc ny_charset_detect(const struct ny_charset_declared *d, ny_str bytes,
                                    struct ny_charset_spec *out, unsigned *warnings,
                                    struct ny_error *err);

#endif
