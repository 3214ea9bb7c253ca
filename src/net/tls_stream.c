/* TLS as a filter: its ops stand before those of a socket (or of the pair), which move the records.
 *
 *   stream ── read, write ──▶ SSL ── BIO ──▶ lower ops ──▶ socket
 *
 * The BIO calls the lower ops and turns WANT_x into OpenSSL's retry flags; SSL turns those into
 * WANT_READ and WANT_WRITE of its own, which may be the other way round. A record that is read but
 * not yet taken is has_pending(): no readiness of the socket would tell of it. */

#include "net_priv.h"
#include "tls_priv.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

enum { RECORD_MAX = 16384 };

struct tls {
    SSL *ssl; /* NULL: closed */
    const struct ny_stream_ops *lower;
    struct ny_timer *deadline;
    bool eof;    /* the peer's TCP end */
    bool broken; /* after a fatal error SSL_shutdown() is not allowed */
    char certificate[2 * NY_SHA256_LEN + 1];
    char *credentials[NY_CREDENTIALS]; /* owned; NULL until the handshake is done */
};

/* ---- the BIO ---- */

static int lower_result(BIO *b, ssize_t n)
{
    struct ny_stream *s = BIO_get_data(b);

    BIO_clear_retry_flags(b);
    if (n > 0) {
        return (int)n;
    }
    if (n == NY_IO_WANT_READ) {
        BIO_set_retry_read(b);
    } else if (n == NY_IO_WANT_WRITE) {
        BIO_set_retry_write(b);
    } else if (n == NY_IO_EOF) {
        s->tls->eof = true;
        return 0;
    }
    return -1;
}

static int bio_read(BIO *b, char *p, int n)
{
    struct ny_stream *s = BIO_get_data(b);

    return lower_result(b, s->tls->lower->read(s, p, (size_t)n));
}

static int bio_write(BIO *b, const char *p, int n)
{
    struct ny_stream *s = BIO_get_data(b);
    union {
        const char *in;
        void *out;
    } base = {p}; /* a write takes what it only reads as void * */
    struct iovec v = {base.out, (size_t)n};

    return lower_result(b, s->tls->lower->write(s, &v, 1));
}

static long bio_ctrl(BIO *b, int cmd, long num, void *ptr)
{
    const struct ny_stream *s = BIO_get_data(b);

    (void)num;
    (void)ptr;
    if (cmd == BIO_CTRL_EOF) {
        return s->tls->eof ? 1 : 0;
    }
    return cmd == BIO_CTRL_FLUSH ? 1 : 0;
}

static BIO_METHOD *bio_method;

static void bio_method_make(void)
{
    bio_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ny_stream");
    NY_ASSERT(bio_method != NULL && BIO_meth_set_read(bio_method, bio_read) == 1 &&
              BIO_meth_set_write(bio_method, bio_write) == 1 &&
              BIO_meth_set_ctrl(bio_method, bio_ctrl) == 1);
}

static BIO *bio_make(struct ny_stream *s)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    BIO *b;

    (void)pthread_once(&once, bio_method_make);
    b = BIO_new(bio_method);
    NY_ASSERT(b != NULL);
    BIO_set_data(b, s);
    BIO_set_init(b, 1);
    return b;
}

/* ---- results ---- */

/* Why it broke: the certificate, the protocol, or (already told) the socket. */
static void error_tell(struct ny_stream *s, const char *what)
{
    const SSL *ssl = s->tls->ssl;
    long verify = SSL_get_verify_result(ssl);
    const char *reason = ERR_reason_error_string(ERR_peek_error());

    s->tls->broken = true;
    if (verify != X509_V_OK) {
        snprintf(s->error, sizeof(s->error), "%s: the certificate shown: %s", what,
                 X509_verify_cert_error_string(verify));
    } else if (reason != NULL) {
        snprintf(s->error, sizeof(s->error), "%s: %s", what, reason);
    } else if (s->error[0] == '\0') {
        snprintf(s->error, sizeof(s->error), "%s: the peer has gone", what);
    }
}

static ssize_t result(struct ny_stream *s, int r, const char *what)
{
    if (r > 0) {
        return r;
    }
    switch (SSL_get_error(s->tls->ssl, r)) {
    case SSL_ERROR_WANT_READ:
        return NY_IO_WANT_READ;
    case SSL_ERROR_WANT_WRITE:
        return NY_IO_WANT_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return NY_IO_EOF;
    default:
        error_tell(s, what);
        return NY_IO_ERROR;
    }
}

/* ---- ops ---- */

static ssize_t tls_read(struct ny_stream *s, void *p, size_t n)
{
    ERR_clear_error();
    return result(s, SSL_read(s->tls->ssl, p, n < RECORD_MAX ? (int)n : RECORD_MAX), "TLS read");
}

/* Several parts go as one record. After WANT_x the stream comes again with the same bytes first,
 * which is what OpenSSL asks for. */
static ssize_t tls_write(struct ny_stream *s, const struct iovec *v, int n)
{
    char record[RECORD_MAX];
    size_t used = 0;
    ssize_t sent;

    ERR_clear_error();
    if (n == 1) {
        size_t len = v->iov_len < RECORD_MAX ? v->iov_len : RECORD_MAX;

        return result(s, SSL_write(s->tls->ssl, v->iov_base, (int)len), "TLS write");
    }
    for (int i = 0; i < n; i++) {
        size_t room = sizeof(record) - used;
        size_t take = v[i].iov_len < room ? v[i].iov_len : room;

        memcpy(record + used, v[i].iov_base, take);
        used += take;
    }
    sent = result(s, SSL_write(s->tls->ssl, record, (int)used), "TLS write");
    ny_wipe(record, used); /* patient data */
    return sent;
}

static void tls_want(struct ny_stream *s, bool read, bool write)
{
    s->tls->lower->want(s, read, write);
}

static ny_rc tls_connected(struct ny_stream *s)
{
    return s->tls->lower->connected(s);
}

static void deadline_stop(struct tls *t)
{
    ny_timer_destroy(t->deadline);
    t->deadline = NULL;
}

/* Says goodbye when that is possible at once, and lets the transport go. */
static void tls_close(struct ny_stream *s)
{
    struct tls *t = s->tls;

    deadline_stop(t);
    ERR_clear_error();
    if (!t->broken && SSL_is_init_finished(t->ssl)) {
        (void)SSL_shutdown(t->ssl);
        ERR_clear_error();
    }
    SSL_free(t->ssl);
    t->ssl = NULL;
    t->lower->close(s);
}

/* ---- the certificate shown ---- */

void ny_tls_shown(const SSL *ssl, const X509 *x)
{
    struct tls *t = SSL_get_app_data(ssl);
    uint8_t digest[NY_SHA256_LEN];
    unsigned n = sizeof(digest);

    if (X509_digest(x, EVP_sha256(), digest, &n) == 1) {
        ny_hex(digest, sizeof(digest), t->certificate);
    }
}

/* What was written to a BIO in memory, as text; owned. */
static char *text_take(BIO *b)
{
    char *p = NULL;
    long n = BIO_get_mem_data(b, &p);
    char *text = ny_str_dup(ny_str_of(p, (size_t)n));

    BIO_free(b);
    return text;
}

static char *digest_text(const char *kind, const char *hex)
{
    BIO *b = BIO_new(BIO_s_mem());

    NY_ASSERT(b != NULL && BIO_printf(b, "%s:%s", kind, hex) > 0);
    return text_take(b);
}

static char *names_text(const X509 *x)
{
    BIO *b = BIO_new(BIO_s_mem());

    NY_ASSERT(b != NULL && BIO_puts(b, "subject=") > 0 &&
              X509_NAME_print_ex(b, X509_get_subject_name(x), 0, XN_FLAG_RFC2253) >= 0 &&
              BIO_puts(b, ";issuer=") > 0 &&
              X509_NAME_print_ex(b, X509_get_issuer_name(x), 0, XN_FLAG_RFC2253) >= 0);
    return text_take(b);
}

static void credentials_keep(struct tls *t)
{
    const X509 *x = SSL_get0_peer_certificate(t->ssl);
    unsigned char *spki = NULL;
    uint8_t digest[NY_SHA256_LEN];
    char hex[2 * sizeof(digest) + 1];
    int n;

    if (x == NULL) {
        return;
    }
    n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
    NY_ASSERT(n > 0);
    ny_sha256(ny_str_of((const char *)spki, (size_t)n), digest);
    ny_hex(digest, sizeof(digest), hex);
    OPENSSL_free(spki);
    t->credentials[0] = digest_text("sha256", t->certificate);
    t->credentials[1] = digest_text("spki", hex);
    t->credentials[2] = names_text(x);
}

static ssize_t tls_handshake(struct ny_stream *s)
{
    ssize_t r;

    ERR_clear_error();
    r = result(s, SSL_do_handshake(s->tls->ssl), "TLS handshake");
    if (r == NY_IO_EOF) {
        error_tell(s, "TLS handshake");
        return NY_IO_ERROR;
    }
    if (r == NY_IO_DONE) {
        deadline_stop(s->tls);
        credentials_keep(s->tls);
    }
    return r;
}

static bool tls_has_pending(const struct ny_stream *s)
{
    return SSL_pending(s->tls->ssl) > 0;
}

static const struct ny_stream_ops tls_ops = {
    .read = tls_read,
    .write = tls_write,
    .want = tls_want,
    .connected = tls_connected,
    .close = tls_close,
    .handshake = tls_handshake,
    .has_pending = tls_has_pending,
};

/* ---- beginning and end ---- */

static void on_deadline(void *ctx)
{
    struct ny_stream *s = ctx;

    s->tls->broken = true;
    snprintf(s->error, sizeof(s->error), "TLS handshake: it took too long");
    ny_stream_fail(s);
}

/* What the other end's certificate must say: an address or a name, which is also asked for (SNI).
 */
static void name_set(SSL *ssl, const char *name)
{
    struct in6_addr any;
    union {
        const char *in;
        char *out;
    } host = {name}; /* OpenSSL's macro casts const away and only reads it */

    if (inet_pton(AF_INET, name, &any) == 1 || inet_pton(AF_INET6, name, &any) == 1) {
        NY_ASSERT(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1);
        return;
    }
    NY_ASSERT(SSL_set1_host(ssl, name) == 1 && SSL_set_tlsext_host_name(ssl, host.out) == 1);
}

void ny_tls_begin(struct ny_stream *s, struct ny_tls *tls, bool as_client, const char *name)
{
    struct tls *t = ny_calloc(1, sizeof(*t));
    BIO *b;

    s->tls = t;
    t->ssl = ny_tls_session(tls);
    t->lower = s->ops;
    NY_ASSERT(SSL_set_app_data(t->ssl, t) == 1);
    b = bio_make(s);
    SSL_set_bio(t->ssl, b, b);
    if (as_client) {
        SSL_set_connect_state(t->ssl);
    } else {
        SSL_set_accept_state(t->ssl);
    }
    if (name != NULL) {
        name_set(t->ssl, name);
    }
    s->ops = &tls_ops;
    if (s->state == NY_STREAM_OPEN) {
        s->state = NY_STREAM_HANDSHAKING;
        s->read_wants_write = as_client; /* who speaks first is ready to write */
    }
    t->deadline = ny_timer_create(s->loop, on_deadline, s);
    ny_timer_start(t->deadline, ny_tls_handshake_us(tls), 0);
    ny_stream_update(s);
}

void ny_tls_release(struct ny_stream *s)
{
    for (size_t i = 0; s->tls != NULL && i < NY_CREDENTIALS; i++) {
        ny_free(s->tls->credentials[i]);
    }
    ny_free(s->tls);
    s->tls = NULL;
}

const char *ny_stream_peer_certificate(const struct ny_stream *s)
{
    return s->tls != NULL ? s->tls->certificate : "";
}

size_t ny_stream_peer_credentials(const struct ny_stream *s, const char *(*out)[NY_CREDENTIALS])
{
    if (s->tls == NULL || s->tls->credentials[0] == NULL) {
        return 0;
    }
    for (size_t i = 0; i < NY_CREDENTIALS; i++) {
        (*out)[i] = s->tls->credentials[i];
    }
    return NY_CREDENTIALS;
}
