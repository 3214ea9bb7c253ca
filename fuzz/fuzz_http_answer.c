/* module: http */
/* Whatever a consumer answers: a part of it is never more than the whole, and what is whole stays
 * so when the connection ends. */

#include "nayose/http_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ny_str in = ny_str_of((const char *)data, size);
    int status = 0;
    int again = 0;
    ny_str body = NY_STR_NONE;
    ny_str same = NY_STR_NONE;

    if (ny_http_answer_read(in, false, &status, &body) == NY_OK) {
        NY_ASSERT(status >= 100 && status <= 599 && body.n <= size);
        NY_ASSERT(ny_http_answer_read(in, true, &again, &same) == NY_OK);
        NY_ASSERT(again == status && ny_str_equals(same, body));
    }
    NY_ASSERT(ny_http_answer_read(in, true, &status, &body) != NY_EAGAIN);
    return 0;
}
