/* Responses as one piece of bytes, so that an answer is one write. */

#include "http_priv.h"

static const struct {
    int status;
    const char *text;
} statuses[] = {
#define NY_HTTP_STATUS(status, text) {(status), (text)},
#include "tbl/status.def"
#undef NY_HTTP_STATUS
};

const char *ny_http_status_text(int status)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(statuses); i++) {
        if (statuses[i].status == status) {
            return statuses[i].text;
        }
    }
    return "Unknown";
}

bool ny_http_is_token(ny_str s)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

        if (!alnum && (c == '\0' || strchr(marks, c) == NULL)) {
            return false;
        }
    }
    return s.n > 0;
}

/* No control character but tab: a value can never start a line of its own. */
static bool is_value(ny_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if ((c < 0x20 && c != '\t') || c == 0x7F) {
            return false;
        }
    }
    return true;
}

static bool add_header(struct ny_buf *b, ny_str name, ny_str value)
{
    if (!ny_http_is_token(name) || !is_value(value)) {
        return false;
    }
    ny_buf_add(b, name);
    ny_buf_add(b, NY_S(": "));
    ny_buf_add(b, value);
    ny_buf_add(b, NY_S("\r\n"));
    return true;
}

ny_rc ny_http_response_write(const struct ny_http_response *r, struct ny_arena *a, ny_str *out)
{
    struct ny_buf b;
    bool fine = true;

    ny_buf_init(&b, a);
    ny_buf_printf(&b, "HTTP/1.1 %d %s\r\n", r->status, ny_http_status_text(r->status));
    if (r->content_type.n > 0) {
        fine = add_header(&b, NY_S("Content-Type"), r->content_type);
    }
    for (size_t i = 0; i < r->n_headers && fine; i++) {
        fine = add_header(&b, r->headers[i].name, r->headers[i].value);
    }
    if (!fine) {
        return NY_ESYNTAX;
    }
    if (r->status != 204 && r->status != 304) { /* which have no body: RFC 9110 8.6 */
        ny_buf_printf(&b, "Content-Length: %zu\r\n", r->body.n);
    }
    ny_buf_add_c(&b,
                 r->keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
    if (!r->head_only && r->status != 204 && r->status != 304) {
        ny_buf_add(&b, r->body);
    }
    return ny_buf_end(&b, out);
}

ny_rc ny_http_error_write(struct ny_arena *a, int status, const char *text, bool keep_alive,
                          ny_str *out)
{
    ny_str body = ny_arena_printf(a, "%s\n", text);
    struct ny_http_response r = {.status = status,
                                 .content_type = NY_S("text/plain; charset=utf-8"),
                                 .body = body,
                                 .keep_alive = keep_alive};

    return body.p != NULL ? ny_http_response_write(&r, a, out) : NY_ELIMIT;
}
