/* The certificates of sources and requesters: JSON lists on the wire, one a line inside. */

#include "admin_priv.h"

json_t *ny_admin_certificates(ny_str certificates)
{
    json_t *list = json_array();

    while (certificates.n > 0) {
        json_array_append_new(list, ny_admin_str(ny_str_split(&certificates, '\n')));
    }
    return list;
}

/* 64 hexadecimal digits, with or without colons between them, in lower case. */
static bool digest_read(ny_str text, char out[2 * NY_SHA256_LEN])
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        int digit = ny_hex_value(text.p[i]);

        if (text.p[i] == ':') {
            continue;
        }
        if (digit < 0 || n == (size_t)2 * NY_SHA256_LEN) {
            return false;
        }
        out[n++] = "0123456789abcdef"[digit];
    }
    return n == (size_t)2 * NY_SHA256_LEN;
}

static bool names_are(ny_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if ((unsigned char)text.p[i] < 0x20) {
            return false;
        }
    }
    return ny_str_starts_with(text, NY_S("subject=")) && strstr(text.p, ";issuer=") != NULL;
}

static bool certificate_add(struct ny_buf *b, ny_str text)
{
    char digest[2 * NY_SHA256_LEN];
    bool spki = ny_str_starts_with(text, NY_S("spki:"));
    ny_str hex = text;

    if (b->n > 0) {
        ny_buf_add_char(b, '\n');
    }
    if (names_are(text)) {
        ny_buf_add(b, text);
        return true;
    }
    if (spki || ny_str_starts_with(text, NY_S("sha256:"))) {
        (void)ny_str_split(&hex, ':');
    }
    if (!digest_read(hex, digest)) {
        return false;
    }
    ny_buf_add(b, spki ? NY_S("spki:") : NY_S("sha256:"));
    ny_buf_add(b, ny_str_of(digest, sizeof(digest)));
    return true;
}

bool ny_admin_certificates_take(struct request *q, const json_t *o, ny_str *out)
{
    const json_t *list = json_object_get(o, "certificates");
    struct ny_buf b;

    if (list == NULL) {
        return true;
    }
    ny_buf_init(&b, q->call->arena);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text == NULL || !certificate_add(&b, ny_str_from_c(text))) {
            return false;
        }
    }
    return json_is_array(list) && ny_buf_end(&b, out) == NY_OK;
}
