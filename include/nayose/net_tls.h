/* net_tls: what a stream needs to speak TLS: our certificate and key, whom we trust, and how strict
 * we are. Both ends show certificates, always. Streams get it by ny_listener_options.tls and
 * ny_stream_connect_tls(). Spec: our security rules 1 (ITI-19 node authentication) and 2. */
#ifndef NAYOSE_NET_TLS_H
#define NAYOSE_NET_TLS_H

#include "nayose/base.h"

struct ny_tls;

enum ny_tls_profile {
    NY_TLS_JP_HIGH = 1, /* TLS 1.3 only */
    NY_TLS_IHE,         /* TLS 1.2 and 1.3, ephemeral keys and AEAD only */
};

struct ny_tls_options {
    const char *name; /* of these settings, for messages */
    enum ny_tls_profile profile;
    const char *certificate; /* file: ours, then those between it and its authority */
    const char *key;         /* file: no pass phrase, nobody else may read it */
    const char *ca;          /* file: authorities; NULL none */
    const char *peers;       /* file: certificates that are trusted as they are; NULL none */
    const char *crl;         /* file: what the authorities have revoked; NULL: not checked */
    int64_t handshake_us;    /* most time until a handshake is done; 0: 10 s */
};

/* Reads the files (PEM, or one item of DER each). out: owned. NY_ECONFIG and a sentence that names
 * the settings and the file: one that cannot be read or is none, a key of another certificate, a
 * key others may read, nobody to trust. Never a word of the key. */
NY_MUST_USE ny_rc ny_tls_create(const struct ny_tls_options *options, struct ny_tls **out,
                                struct ny_error *err);
/* Reads everything again, maybe from other files; the handshakes from now on use it, connections
 * that stand stay as they are. On failure (also when the new certificate is not valid now) nothing
 * has changed. */
NY_MUST_USE ny_rc ny_tls_reload(struct ny_tls *tls, const struct ny_tls_options *options,
                                struct ny_error *err);
/* NY_ECONFIG and a sentence when our certificate is not valid now. */
NY_MUST_USE ny_rc ny_tls_check_validity(const struct ny_tls *tls, struct ny_error *err);
/* The last second of our certificate, in microseconds UTC. */
int64_t ny_tls_not_after_us(const struct ny_tls *tls);
const char *ny_tls_name(const struct ny_tls *tls); /* borrowed */
/* Streams that use it live on. NULL allowed. */
void ny_tls_destroy(struct ny_tls *tls);

#endif
