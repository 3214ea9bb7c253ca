/* tls_priv: OpenSSL as the files of TLS share it. No header but this one and those files know it.
 */
#ifndef NAYOSE_NET_TLS_PRIV_H
#define NAYOSE_NET_TLS_PRIV_H

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "nayose/net_tls.h"

/* What a file of certificates, of revocations, or of a key holds; owned, OpenSSL's own free. NULL
 * and a sentence when there is nothing, or something else. name: the settings'. */
STACK_OF(X509) * ny_tls_read_certificates(const char *name, const char *what, const char *path,
                                          struct ny_error *err);
STACK_OF(X509_CRL) * ny_tls_read_crls(const char *name, const char *path, struct ny_error *err);
/* The key file must belong to this user (mode 0600 at most) or to root (0640 at most). */
EVP_PKEY *ny_tls_read_key(const char *name, const char *path, struct ny_error *err);

/* A new connection with the settings as they are now; owned. */
SSL *ny_tls_session(const struct ny_tls *tls);
/* The other end of a connection has shown this certificate; nobody has looked at it yet. */
void ny_tls_shown(const SSL *ssl, const X509 *x);
int64_t ny_tls_handshake_us(const struct ny_tls *tls);

#endif
