/* A request of ours, and the answer to it as far as a client needs it. */

#include "nayose/http_answer.h"

ny_rc ny_http_post_write(struct ny_arena *a, ny_str host, ny_str path, ny_str content_type,
                         ny_str body, ny_str *out)
{
    struct ny_buf b;

    ny_buf_init(&b, a);
    ny_buf_printf(
        &b,
        "POST %.*s HTTP/1.0\r\nHost: %.*s\r\nContent-Type: %.*s\r\nContent-Length: %zu\r\n"
        "Connection: close\r\n\r\n",
        NY_ARG(path), NY_ARG(host), NY_ARG(content_type), body.n);
    ny_buf_add(&b, body);
    return ny_buf_end(&b, out);
}

/* The line without its end; *rest goes on behind it. */
static ny_str line_next(ny_str *rest)
{
    return ny_str_trim(ny_str_split(rest, '\n'));
}

/* Bytes up to and with the empty line; 0: it is not there yet. */
static size_t head_length(ny_str bytes)
{
    for (size_t i = 3; i < bytes.n && i < NY_HTTP_ANSWER_HEAD_MAX; i++) {
        if (memcmp(bytes.p + i - 3, "\r\n\r\n", 4) == 0) {
            return i + 1;
        }
    }
    return 0;
}

static bool status_read(ny_str line, int *out)
{
    uint64_t status = 0;

    if (!ny_str_starts_with(line, NY_S("HTTP/1.")) || line.n < 12 ||
        ny_str_to_u64(ny_str_sub(line, 9, 3), 100, 599, &status) != NY_OK) {
        return false;
    }
    *out = (int)status;
    return true;
}

/* Content-Length; false: it is no number. *has: there is one. */
static bool length_read(ny_str head, uint64_t *out, bool *has)
{
    while (head.p != NULL && head.n > 0) {
        ny_str value = line_next(&head);
        ny_str name = ny_str_split(&value, ':');

        if (ny_str_equals_nocase(ny_str_trim(name), NY_S("Content-Length"))) {
            *has = true;
            return ny_str_to_u64(ny_str_trim(value), 0, UINT32_MAX, out) == NY_OK;
        }
    }
    return true;
}

ny_rc ny_http_answer_read(ny_str bytes, bool closed, int *out_status, ny_str *out_body)
{
    size_t head = head_length(bytes);
    ny_str rest = ny_str_sub(bytes, 0, head);
    uint64_t length = 0;
    bool has = false;
    int status = 0;

    if (head == 0 && bytes.n >= NY_HTTP_ANSWER_HEAD_MAX) {
        return NY_ELIMIT;
    }
    if (head == 0) {
        return closed ? NY_ESYNTAX : NY_EAGAIN;
    }
    if (!status_read(line_next(&rest), &status) || !length_read(rest, &length, &has)) {
        return NY_ESYNTAX;
    }
    if (has ? bytes.n - head < length : !closed) {
        return closed ? NY_ESYNTAX : NY_EAGAIN;
    }
    *out_status = status;
    *out_body = ny_str_sub(bytes, head, has ? (size_t)length : bytes.n);
    return NY_OK;
}
