/* The settings of TLS: profile, certificates and trust become one OpenSSL context. A reload makes a
 * new context; each connection holds the one that it began with.
 *
 *   options ─▶ files ─▶ SSL_CTX ◀── SSL of each connection
 *                          └─ extra data: the certificates trusted as they are
 *
 * Whom we trust: a certificate of ours by name (peers), or one whose chain ends at an authority
 * (ca). What a certificate says inside does not count (ITI-19), except its dates, its key's size
 * and, when we connect, the configured name of the other end. */

#include "tls_priv.h"

#include <pthread.h>
#include <time.h>

#include <openssl/err.h>

enum { RSA_BITS_MIN = 2048, EC_BITS_MIN = 256, SECURITY_LEVEL = 2 };
static const int64_t HANDSHAKE_DEFAULT_US = 10 * NY_US_PER_SECOND;

struct ny_tls {
    SSL_CTX *ctx;
    char *name;
    int64_t handshake_us;
};

static const struct {
    int min_version;
    const char *ciphers; /* of TLS 1.2 */
} profiles[] = {
    [NY_TLS_JP_HIGH] = {TLS1_3_VERSION, NULL                                                                                      },
    [NY_TLS_IHE] = {TLS1_2_VERSION, "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                                    "DHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:"
                                    "ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256"},
};
static const char suites_13[] =
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";

/* ---- whom we trust ---- */

static int peers_index = -1;

static void peers_free(void *parent, void *peers, CRYPTO_EX_DATA *ad, int idx, long argl,
                       void *argp)
{
    (void)parent;
    (void)ad;
    (void)idx;
    (void)argl;
    (void)argp;
    sk_X509_pop_free(peers, X509_free);
}

static void peers_index_make(void)
{
    peers_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, peers_free);
    NY_ASSERT(peers_index >= 0);
}

static bool is_peer(const SSL_CTX *ctx, const X509 *x)
{
    STACK_OF(X509) *peers = SSL_CTX_get_ex_data(ctx, peers_index);

    for (int i = 0; i < sk_X509_num(peers); i++) { /* -1 of NULL */
        if (X509_cmp(sk_X509_value(peers, i), x) == 0) {
            return true;
        }
    }
    return false;
}

static bool key_is_strong(const X509 *x)
{
    EVP_PKEY *key = X509_get0_pubkey(x);
    int bits = key != NULL ? EVP_PKEY_get_bits(key) : 0;

    if (key != NULL && (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA ||
                        EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS)) {
        return bits >= RSA_BITS_MIN;
    }
    return bits >= EC_BITS_MIN - 3; /* Ed25519 calls itself 253 */
}

/* Dates of a certificate that is trusted as it is; X509_V_OK when it is valid now. */
static int dates_check(const X509 *x)
{
    if (X509_cmp_current_time(X509_get0_notBefore(x)) > 0) {
        return X509_V_ERR_CERT_NOT_YET_VALID;
    }
    if (X509_cmp_current_time(X509_get0_notAfter(x)) < 0) {
        return X509_V_ERR_CERT_HAS_EXPIRED;
    }
    return X509_V_OK;
}

static int on_verify(X509_STORE_CTX *store, void *arg)
{
    const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    const X509 *x = X509_STORE_CTX_get0_cert(store);
    int e;

    (void)arg;
    if (x != NULL) {
        ny_tls_shown(ssl, x);
    }
    if (x == NULL || !key_is_strong(x)) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_EE_KEY_TOO_SMALL);
        return 0;
    }
    if (!is_peer(SSL_get_SSL_CTX(ssl), x)) {
        return X509_verify_cert(store) > 0;
    }
    e = dates_check(x);
    X509_STORE_CTX_set_error(store, e);
    return e == X509_V_OK;
}

/* ---- a context ---- */

static void limits_set(SSL_CTX *ctx, enum ny_tls_profile profile)
{
    char groups[] = "X25519:P-256:P-384"; /* OpenSSL's macro casts const away */
    int ok = SSL_CTX_set_min_proto_version(ctx, profiles[profile].min_version) == 1 &&
             SSL_CTX_set_ciphersuites(ctx, suites_13) == 1 &&
             (profiles[profile].ciphers == NULL ||
              SSL_CTX_set_cipher_list(ctx, profiles[profile].ciphers) == 1) &&
             SSL_CTX_set1_groups_list(ctx, groups) == 1 && SSL_CTX_set_dh_auto(ctx, 1) == 1 &&
             SSL_CTX_set_num_tickets(ctx, 0) == 1;

    NY_ASSERT(ok);
    SSL_CTX_set_security_level(ctx, SECURITY_LEVEL);
    /* No resumption: each connection shows its certificate anew. A TCP end without TLS's own is no
     * attack here: MLLP and HTTP say where their messages end. */
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(ctx, on_verify, NULL);
}

/* Our certificate, what stands between it and its authority, and its key. */
static ny_rc identity_read(SSL_CTX *ctx, const struct ny_tls_options *o, struct ny_error *err)
{
    STACK_OF(X509) *chain = ny_tls_read_certificates(o->name, "certificate", o->certificate, err);
    EVP_PKEY *key = NULL;
    ny_rc rc = NY_ECONFIG;

    if (chain == NULL || (key = ny_tls_read_key(o->name, o->key, err)) == NULL) {
        goto out;
    }
    if (X509_check_private_key(sk_X509_value(chain, 0), key) != 1) {
        (void)ny_fail(err, NY_ECONFIG, "[tls %s] key %s does not belong to certificate %s", o->name,
                      o->key, o->certificate);
        goto out;
    }
    if (!key_is_strong(sk_X509_value(chain, 0)) ||
        SSL_CTX_use_certificate(ctx, sk_X509_value(chain, 0)) != 1 ||
        SSL_CTX_use_PrivateKey(ctx, key) != 1) {
        (void)ny_fail(err, NY_ECONFIG,
                      "[tls %s] certificate %s is too weak: RSA needs %d bits, EC %d", o->name,
                      o->certificate, RSA_BITS_MIN, EC_BITS_MIN);
        goto out;
    }
    rc = NY_OK;
    for (int i = 1; i < sk_X509_num(chain) && rc == NY_OK; i++) {
        if (SSL_CTX_add1_chain_cert(ctx, sk_X509_value(chain, i)) != 1) {
            rc = ny_fail(err, NY_ECONFIG, "[tls %s] certificate %s: number %d in it is too weak",
                         o->name, o->certificate, i + 1);
        }
    }
out:
    ERR_clear_error();
    EVP_PKEY_free(key);
    sk_X509_pop_free(chain, X509_free);
    return rc;
}

static ny_rc authorities_read(SSL_CTX *ctx, const struct ny_tls_options *o, struct ny_error *err)
{
    STACK_OF(X509) *list = ny_tls_read_certificates(o->name, "ca", o->ca, err);

    if (list == NULL) {
        return NY_ECONFIG;
    }
    for (int i = 0; i < sk_X509_num(list); i++) {
        X509 *x = sk_X509_value(list, i);

        NY_ASSERT(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), x) == 1 &&
                  SSL_CTX_add_client_CA(ctx, x) == 1);
    }
    sk_X509_pop_free(list, X509_free);
    return NY_OK;
}

static ny_rc revocations_read(SSL_CTX *ctx, const struct ny_tls_options *o, struct ny_error *err)
{
    X509_STORE *store = SSL_CTX_get_cert_store(ctx);
    STACK_OF(X509_CRL) *list = ny_tls_read_crls(o->name, o->crl, err);

    if (list == NULL) {
        return NY_ECONFIG;
    }
    for (int i = 0; i < sk_X509_CRL_num(list); i++) {
        NY_ASSERT(X509_STORE_add_crl(store, sk_X509_CRL_value(list, i)) == 1);
    }
    sk_X509_CRL_pop_free(list, X509_CRL_free);
    NY_ASSERT(X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK) == 1);
    return NY_OK;
}

static ny_rc peers_read(SSL_CTX *ctx, const struct ny_tls_options *o, struct ny_error *err)
{
    STACK_OF(X509) *list = ny_tls_read_certificates(o->name, "peers", o->peers, err);

    if (list == NULL) {
        return NY_ECONFIG;
    }
    NY_ASSERT(SSL_CTX_set_ex_data(ctx, peers_index, list) == 1);
    return NY_OK;
}

static ny_rc context_make(const struct ny_tls_options *o, SSL_CTX **out, struct ny_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    SSL_CTX *ctx;
    ny_rc rc;

    (void)pthread_once(&once, peers_index_make);
    if (o->ca == NULL && o->peers == NULL) {
        return ny_fail(err, NY_ECONFIG, "[tls %s] trusts nobody: set ca, peers or both", o->name);
    }
    ctx = SSL_CTX_new(TLS_method());
    NY_ASSERT(ctx != NULL);
    limits_set(ctx, o->profile);
    rc = identity_read(ctx, o, err);
    if (rc == NY_OK && o->ca != NULL) {
        rc = authorities_read(ctx, o, err);
    }
    if (rc == NY_OK && o->peers != NULL) {
        rc = peers_read(ctx, o, err);
    }
    if (rc == NY_OK && o->crl != NULL) {
        rc = revocations_read(ctx, o, err);
    }
    if (rc != NY_OK) {
        SSL_CTX_free(ctx);
        return rc;
    }
    *out = ctx;
    return NY_OK;
}

/* ---- dates ---- */

static int64_t time_us(const ASN1_TIME *t)
{
    struct tm tm = {0};

    return ASN1_TIME_to_tm(t, &tm) == 1 ? (int64_t)timegm(&tm) * NY_US_PER_SECOND : 0;
}

static ny_rc context_check(const SSL_CTX *ctx, const char *name, struct ny_error *err)
{
    const X509 *x = SSL_CTX_get0_certificate(ctx);
    int64_t now = ny_clock_now_us();
    int64_t from = time_us(X509_get0_notBefore(x));
    int64_t until = time_us(X509_get0_notAfter(x));
    char text[NY_TIMESTAMP_LEN];

    ny_timestamp_write(now < from ? from : until, text);
    if (now < from) {
        return ny_fail(err, NY_ECONFIG, "[tls %s] our certificate is valid from %.10s only", name,
                       text);
    }
    if (now > until) {
        return ny_fail(err, NY_ECONFIG, "[tls %s] our certificate has expired on %.10s", name,
                       text);
    }
    return NY_OK;
}

/* ---- life ---- */

ny_rc ny_tls_create(const struct ny_tls_options *options, struct ny_tls **out, struct ny_error *err)
{
    SSL_CTX *ctx = NULL;
    struct ny_tls *t;
    ny_rc rc = context_make(options, &ctx, err);

    if (rc != NY_OK) {
        return rc;
    }
    t = ny_calloc(1, sizeof(*t));
    t->ctx = ctx;
    t->name = ny_str_dup(ny_str_from_c(options->name));
    t->handshake_us = options->handshake_us > 0 ? options->handshake_us : HANDSHAKE_DEFAULT_US;
    *out = t;
    return NY_OK;
}

ny_rc ny_tls_reload(struct ny_tls *tls, const struct ny_tls_options *options, struct ny_error *err)
{
    SSL_CTX *ctx = NULL;
    ny_rc rc = context_make(options, &ctx, err);

    if (rc == NY_OK) {
        rc = context_check(ctx, tls->name, err);
    }
    if (rc != NY_OK) {
        SSL_CTX_free(ctx);
        return rc;
    }
    SSL_CTX_free(tls->ctx);
    tls->ctx = ctx;
    tls->handshake_us = options->handshake_us > 0 ? options->handshake_us : HANDSHAKE_DEFAULT_US;
    return NY_OK;
}

ny_rc ny_tls_check_validity(const struct ny_tls *tls, struct ny_error *err)
{
    return context_check(tls->ctx, tls->name, err);
}

int64_t ny_tls_not_after_us(const struct ny_tls *tls)
{
    return time_us(X509_get0_notAfter(SSL_CTX_get0_certificate(tls->ctx)));
}

const char *ny_tls_name(const struct ny_tls *tls)
{
    return tls->name;
}

void ny_tls_destroy(struct ny_tls *tls)
{
    if (tls != NULL) {
        SSL_CTX_free(tls->ctx);
        ny_free(tls->name);
        ny_free(tls);
    }
}

SSL *ny_tls_session(const struct ny_tls *tls)
{
    SSL *ssl = SSL_new(tls->ctx);

    NY_ASSERT(ssl != NULL);
    return ssl;
}

int64_t ny_tls_handshake_us(const struct ny_tls *tls)
{
    return tls->handshake_us;
}
