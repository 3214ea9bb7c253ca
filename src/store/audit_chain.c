/* The hash chain of audit rows.
 *
 *   hash(n) = SHA-256( hash(n-1) ‖ canonical(row n) ),  hash(0) = 32 zero bytes
 *   canonical = every field as "<length in bytes>:<bytes>,", in this order: chain, seq, at (µs
 * since 1970 UTC), kind, outcome, requester, user_id, user_name, peer_addr, transaction,
 * message_id, patient_domain, patient_id, person, query_payload, domains_returned, hits, decision,
 * reason; numbers in decimal; then action, certificate, unless both are empty.
 *
 * nayose.audit_canonical() in sql/0014_audit.sql writes the same bytes. */

#include "store_priv.h"

static void field_add(struct ny_buf *b, ny_str s)
{
    ny_write_int(b, (int64_t)s.n);
    ny_buf_add_char(b, ':');
    ny_buf_add(b, s);
    ny_buf_add_char(b, ',');
}

static void number_add(struct ny_buf *b, int64_t v)
{
    size_t digits = v < 0 ? 2 : 1;

    for (int64_t rest = v / 10; rest != 0; rest /= 10) {
        digits++;
    }
    ny_write_int(b, (int64_t)digits);
    ny_buf_add_char(b, ':');
    ny_write_int(b, v);
    ny_buf_add_char(b, ',');
}

ny_rc ny_audit_hash(struct ny_arena *a, ny_str chain, int64_t seq, const struct ny_audit_row *row,
                    const uint8_t prev[NY_SHA256_LEN], uint8_t out[NY_SHA256_LEN])
{
    struct ny_buf b;
    ny_str parts[2] = {
        {(const char *)prev, NY_SHA256_LEN},
        NY_STR_NONE
    };
    ny_rc rc;

    ny_buf_init(&b, a);
    field_add(&b, chain);
    number_add(&b, seq);
    number_add(&b, row->at_us);
    field_add(&b, row->kind);
    number_add(&b, row->outcome);
    number_add(&b, row->requester);
    field_add(&b, row->user_id);
    field_add(&b, row->user_name);
    field_add(&b, row->peer_addr);
    field_add(&b, row->transaction);
    field_add(&b, row->message_id);
    field_add(&b, row->patient_domain);
    field_add(&b, row->patient_id);
    number_add(&b, row->person);
    field_add(&b, row->query_payload);
    field_add(&b, row->domains_returned);
    number_add(&b, row->hits);
    field_add(&b, row->decision);
    field_add(&b, row->reason);
    if (row->action.n > 0 || row->certificate.n > 0) {
        field_add(&b, row->action);
        field_add(&b, row->certificate);
    }
    rc = ny_buf_end(&b, &parts[1]);
    if (rc == NY_OK) {
        ny_sha256_parts(parts, 2, out);
    }
    return rc;
}

static void audit_columns(struct ny_columns *c, const struct ny_audit_row *row, int64_t seq,
                          const uint8_t prev[NY_SHA256_LEN], const uint8_t hash[NY_SHA256_LEN])
{
    ny_col_i64(c, seq);
    ny_col_time(c, row->at_us);
    ny_col_text(c, row->kind);
    ny_col_i16(c, row->outcome);
    ny_col_i32(c, row->requester);
    ny_col_text(c, row->user_id);
    ny_col_text(c, row->user_name);
    ny_col_text(c, row->peer_addr);
    ny_col_text(c, row->transaction);
    ny_col_text(c, row->message_id);
    ny_col_text(c, row->patient_domain);
    ny_col_text(c, row->patient_id);
    ny_col_i64(c, row->person);
    ny_col_bytes(c, row->query_payload);
    ny_col_text(c, row->domains_returned);
    ny_col_i32(c, row->hits);
    ny_col_text(c, row->decision);
    ny_col_text(c, row->reason);
    ny_col_bytes(c, ny_str_of((const char *)prev, NY_SHA256_LEN));
    ny_col_bytes(c, ny_str_of((const char *)hash, NY_SHA256_LEN));
    ny_col_text(c, row->action);
    ny_col_text(c, row->certificate);
    ny_col_end(c);
}

ny_rc ny_audit_write(struct ny_store *s, const struct ny_store_batch *b, struct audit_head *head)
{
    struct ny_columns c;

    if (b->audits.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_AUDIT_ADD, s->scratch);
    c.param[0] = ny_db_text(s->holder);
    for (size_t i = 0; i < b->audits.n; i++) {
        uint8_t hash[NY_SHA256_LEN];
        ny_rc rc =
            ny_audit_hash(s->scratch, s->holder, head->seq + 1, &b->audits.v[i], head->hash, hash);

        if (rc != NY_OK) {
            return rc;
        }
        head->seq++;
        audit_columns(&c, &b->audits.v[i], head->seq, head->hash, hash);
        memcpy(head->hash, hash, sizeof(hash));
    }
    return ny_columns_send(&c, s->write);
}

/* ---- text from outside ---- */

/* Length of the UTF-8 character at the start (no surrogates, nothing overlong, no NUL); 0 when bad.
 */
static size_t utf8_length(const unsigned char *p, size_t n)
{
    static const struct {
        unsigned char lead_min, lead_max, second_min, second_max;
        size_t length;
    } rows[] = {
        {0xC2, 0xDF, 0x80, 0xBF, 2},
        {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3},
        {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4},
        {0xF4, 0xF4, 0x80, 0x8F, 4},
    };

    if (p[0] > 0 && p[0] < 0x80) {
        return 1;
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        if (p[0] < rows[i].lead_min || p[0] > rows[i].lead_max) {
            continue;
        }
        if (n < rows[i].length || p[1] < rows[i].second_min || p[1] > rows[i].second_max) {
            return 0;
        }
        for (size_t k = 2; k < rows[i].length; k++) {
            if ((p[k] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return rows[i].length;
    }
    return 0;
}

ny_str ny_text_clean(struct ny_arena *a, ny_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    struct ny_buf b;
    size_t at = 0;
    size_t len = 1;

    while (at < s.n && (len = utf8_length(p + at, s.n - at)) > 0) {
        at += len;
    }
    if (at == s.n) {
        return s; /* nearly always */
    }
    ny_buf_init(&b, a);
    ny_buf_add(&b, ny_str_sub(s, 0, at));
    while (at < s.n) {
        len = utf8_length(p + at, s.n - at);
        ny_buf_add(&b, len > 0 ? ny_str_sub(s, at, len) : NY_S("\xEF\xBF\xBD"));
        at += len > 0 ? len : 1;
    }
    return ny_buf_str(&b); /* the batch's arena has no cap */
}
