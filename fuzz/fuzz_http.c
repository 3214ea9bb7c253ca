/* module: http */
/* Requests from outside bytes: whole and byte by byte give the same requests and the same end. */

#include "nayose/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIZE_MAX_IN = 16384, BODY_MAX = 1024 };

/* All requests of the input as one hash; step bytes at a time. */
static uint64_t run(ny_str in, size_t step)
{
    struct ny_http_parser *p = ny_http_parser_create(BODY_MAX);
    uint64_t sum = 0;
    enum ny_http_step end = NY_HTTP_DONE;

    while (end == NY_HTTP_DONE && in.n > 0) {
        struct ny_arena *a = ny_arena_create(1 << 20);
        struct ny_http_request *req = NULL;
        struct ny_http_refusal refusal = {0};

        ny_http_parser_begin(p, a);
        do {
            size_t used = 0;
            ny_str piece = ny_str_sub(in, 0, step);

            end = ny_http_parser_feed(p, piece, &used, &req, &refusal);
            NY_ASSERT(used <= piece.n);
            NY_ASSERT(end == NY_HTTP_DONE || end == NY_HTTP_BAD || used == piece.n);
            in = ny_str_sub(in, used, in.n);
        } while ((end == NY_HTTP_MORE || end == NY_HTTP_CONTINUE) && in.n > 0);
        if (end == NY_HTTP_DONE) {
            ny_str value = NY_STR_NONE;

            NY_ASSERT(req->body.n <= BODY_MAX && req->n_headers <= NY_HTTP_HEADERS_MAX);
            NY_ASSERT(req->path.n > 0);
            sum = ny_hash64_seeded(req->path, sum);
            sum = ny_hash64_seeded(req->body, sum);
            for (size_t i = 0; i < req->n_headers; i++) {
                sum = ny_hash64_seeded(req->headers[i].name, sum);
                sum = ny_hash64_seeded(req->headers[i].value, sum);
            }
            if (ny_http_query_get(a, req->query, NY_S("q"), &value) == NY_OK) {
                sum = ny_hash64_seeded(value, sum);
            }
        } else if (end == NY_HTTP_BAD) {
            NY_ASSERT(refusal.status >= 400);
            sum += (uint64_t)refusal.status;
        }
        ny_arena_destroy(a);
    }
    ny_http_parser_destroy(p);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ny_str in = ny_str_of((const char *)data, size);

    if (size > SIZE_MAX_IN) {
        return 0;
    }
    NY_ASSERT(run(in, SIZE_MAX) == run(in, 1));
    return 0;
}
