/* Local ids: of one length, and the domains of several. */

#include "nayose/model.h"

ny_str ny_domain_local_id(const struct ny_domain *d, ny_str id, char buf[NY_ID_WIDTH_MAX])
{
    const size_t width = d->id_width;
    size_t zeros = 0;

    for (size_t i = 0; i < id.n; i++) {
        if (id.p[i] < '0' || id.p[i] > '9') {
            return id;
        }
        zeros += id.p[i] == '0' && zeros == i;
    }
    if (width == 0 || width > NY_ID_WIDTH_MAX || id.n == 0 || id.n == width) {
        return id;
    }
    if (id.n > width) {
        return ny_str_sub(id, id.n - width < zeros ? id.n - width : zeros, id.n);
    }
    memset(buf, '0', width - id.n);
    memcpy(buf + (width - id.n), id.p, id.n);
    return ny_str_of(buf, width);
}

ny_str ny_known_ids_domains(struct ny_arena *a, const struct ny_known_id *ids, size_t n)
{
    struct ny_buf b;

    ny_buf_init(&b, a);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || ids[i].domain != ids[i - 1].domain) {
            ny_buf_add_c(&b, i > 0 ? "," : "");
            ny_buf_add(&b, ids[i].domain->ns);
        }
    }
    return b.failed ? NY_STR_NONE : ny_buf_str(&b);
}
