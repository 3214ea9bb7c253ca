/* mllp: the minimal lower layer protocol: 0x0B payload 0x1C 0x0D.
 * A frame cursor that is fed bytes as they come, and the encoder. No sockets, no timers.
 * Spec: HL7 v2 Appendix C; deviations of real senders in our HL7 v2 rules 10.1. */
#ifndef NAYOSE_MLLP_H
#define NAYOSE_MLLP_H

#include "nayose/base.h"

#define NY_MLLP_START '\x0B'
#define NY_MLLP_END '\x1C'
/* Most bytes other than CR, LF, NUL and blanks that are skipped between two frames: a peer that
 * never speaks MLLP is told so instead of being read for ever. */
#define NY_MLLP_MAX_GARBAGE 65536

struct ny_mllp_reader;

enum ny_mllp_status {
    NY_MLLP_MORE = 0,  /* all bytes taken, no frame yet */
    NY_MLLP_FRAME = 1, /* one frame is complete; feed the rest afterwards */
    NY_MLLP_ERROR = 2  /* protocol error; every later feed says the same: close the connection */
};

struct ny_mllp_facts {
    uint64_t frames;
    uint64_t restarts; /* 0x0B inside a frame: what came before it was dropped */
    uint64_t garbage;  /* bytes between frames other than CR, LF, NUL and blanks */
};

/* max_frame: largest payload in bytes. Owned by the caller until destroy. */
struct ny_mllp_reader *ny_mllp_reader_create(size_t max_frame);
void ny_mllp_reader_destroy(struct ny_mllp_reader *r); /* NULL allowed; contents are wiped */

/* Takes bytes until a frame is complete or none are left.
 *
 * *consumed  bytes taken, <= n; with FRAME the rest belongs to the next call
 * Errors (sticky): payload above max_frame (NY_ELIMIT), 0x1C without 0x0D (NY_ESYNTAX), too much
 * between frames (NY_ESYNTAX). */
enum ny_mllp_status ny_mllp_reader_feed(struct ny_mllp_reader *r, const void *bytes, size_t n,
                                        size_t *consumed);

/* The payload after FRAME; borrowed until the next feed or destroy. May be empty. */
ny_str ny_mllp_reader_frame(const struct ny_mllp_reader *r);
/* True between 0x0B and the end of the frame: a partial-frame timeout applies. */
bool ny_mllp_reader_in_frame(const struct ny_mllp_reader *r);
/* After ERROR: what happened; offset = payload bytes of the frame at that point. */
const struct ny_error *ny_mllp_reader_error(const struct ny_mllp_reader *r);
const struct ny_mllp_facts *ny_mllp_reader_facts(const struct ny_mllp_reader *r);

/* The three parts of a frame around payload (borrowed), to be sent as one write without a copy.
 * NY_ESYNTAX when payload has 0x0B or 0x1C. */
NY_MUST_USE ny_rc ny_mllp_frame(ny_str payload, ny_str out_parts[3]);
/* Appends payload as one frame to out.
 * Errors: NY_ESYNTAX when payload has 0x0B or 0x1C (nothing appended), NY_ELIMIT (arena cap). */
NY_MUST_USE ny_rc ny_mllp_write(struct ny_buf *out, ny_str payload);

#endif
