/* http, as a client: one request whose answer ends the connection, and that answer.
 * HTTP/1.0 is spoken, so that no answer comes in chunks or after a 100 Continue. */
#ifndef NAYOSE_HTTP_ANSWER_H
#define NAYOSE_HTTP_ANSWER_H

#include "nayose/base.h"

enum { NY_HTTP_ANSWER_HEAD_MAX = 16384 };

/* A POST. host: with its port. out: a. NY_ELIMIT. */
NY_MUST_USE ny_rc ny_http_post_write(struct ny_arena *a, ny_str host, ny_str path,
                                     ny_str content_type, ny_str body, ny_str *out);

/* Looks at what has come. closed: no more will. out_status, out_body (borrowed from bytes): with
 * NY_OK, the answer is whole. NY_EAGAIN: not yet. NY_ESYNTAX: no answer of HTTP/1, or cut off.
 * NY_ELIMIT: its head is too long. */
NY_MUST_USE ny_rc ny_http_answer_read(ny_str bytes, bool closed, int *out_status, ny_str *out_body);

#endif
