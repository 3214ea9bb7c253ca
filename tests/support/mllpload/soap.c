/* --http: a frame of a file holds a whole HTTP request with an HL7 v3 message, which is sent
 * without its framing bytes. What is read of request and answer is found by its text alone. */

#include "load.h"

/* Behind the first `what` in s; NY_STR_NONE when there is none. */
static ny_str behind(ny_str s, const char *what)
{
    size_t n = strlen(what);
    const char *at = s.n > 0 ? memmem(s.p, s.n, what, n) : NULL;

    return at != NULL ? ny_str_sub(s, (size_t)(at - s.p) + n, s.n) : NY_STR_NONE;
}

/* The attribute of the first such element. */
static ny_str attribute(ny_str s, const char *element, const char *name)
{
    ny_str tag = behind(s, element);
    ny_str value = behind(ny_str_split(&tag, '>'), name);

    return value.p != NULL ? ny_str_split(&value, '"') : NY_STR_NONE;
}

ny_str load_http_request(ny_str frame)
{
    return ny_str_sub(frame, 1, frame.n - 3);
}

bool load_http_is_whole(ny_str answer)
{
    ny_str body = behind(answer, "\r\n\r\n");
    ny_str length = behind(ny_str_sub(answer, 0, answer.n - body.n), "Content-Length: ");
    uint64_t n = 0;

    return body.p != NULL && length.p != NULL &&
           ny_str_to_u64(ny_str_split(&length, '\r'), 0, LOAD_MESSAGE_MAX, &n) == NY_OK &&
           body.n >= n;
}

ny_str load_v3_id(ny_str request)
{
    return attribute(request, "<id ", "extension=\"");
}

ny_str load_v3_answers(ny_str answer)
{
    return attribute(behind(answer, "<targetMessage"), "<id ", "extension=\"");
}

ny_str load_v3_code(ny_str answer)
{
    return attribute(answer, "<typeCode ", "code=\"");
}

ny_str load_v3_query_code(ny_str answer)
{
    return attribute(answer, "<queryResponseCode ", "code=\"");
}
