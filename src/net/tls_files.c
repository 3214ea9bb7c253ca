/* Certificates, revocations and keys from files: PEM with any number of items, or one item of DER.
 * OpenSSL's own loaders would ask on the terminal for a pass phrase, and say less. */

#include "tls_priv.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>

/* A key with a pass phrase cannot be used: there is nobody to ask. */
static int no_pass_phrase(char *buf, int size, int is_write, void *ctx)
{
    (void)buf;
    (void)size;
    (void)is_write;
    (void)ctx;
    return -1;
}

static BIO *file_open(const char *name, const char *what, const char *path, struct ny_error *err)
{
    BIO *b = BIO_new_file(path, "re");

    ERR_clear_error();
    if (b == NULL) {
        (void)ny_fail(err, NY_ECONFIG, "[tls %s] %s %s: %s", name, what, path, strerror(errno));
    }
    return b;
}

STACK_OF(X509) * ny_tls_read_certificates(const char *name, const char *what, const char *path,
                                          struct ny_error *err)
{
    BIO *b = file_open(name, what, path, err);
    STACK_OF(X509) * list;
    X509 *x;

    if (b == NULL) {
        return NULL;
    }
    list = sk_X509_new_null();
    NY_ASSERT(list != NULL);
    while ((x = PEM_read_bio_X509(b, NULL, no_pass_phrase, NULL)) != NULL) {
        NY_ASSERT(sk_X509_push(list, x) > 0);
    }
    if (sk_X509_num(list) == 0 && BIO_reset(b) == 0 && (x = d2i_X509_bio(b, NULL)) != NULL) {
        NY_ASSERT(sk_X509_push(list, x) > 0);
    }
    ERR_clear_error(); /* the end of the file is an error to it */
    BIO_free(b);
    if (sk_X509_num(list) == 0) {
        (void)ny_fail(err, NY_ECONFIG, "[tls %s] %s %s holds no certificate", name, what, path);
        sk_X509_free(list);
        return NULL;
    }
    return list;
}

STACK_OF(X509_CRL) * ny_tls_read_crls(const char *name, const char *path, struct ny_error *err)
{
    BIO *b = file_open(name, "crl", path, err);
    STACK_OF(X509_CRL) * list;
    X509_CRL *x;

    if (b == NULL) {
        return NULL;
    }
    list = sk_X509_CRL_new_null();
    NY_ASSERT(list != NULL);
    while ((x = PEM_read_bio_X509_CRL(b, NULL, no_pass_phrase, NULL)) != NULL) {
        NY_ASSERT(sk_X509_CRL_push(list, x) > 0);
    }
    if (sk_X509_CRL_num(list) == 0 && BIO_reset(b) == 0 &&
        (x = d2i_X509_CRL_bio(b, NULL)) != NULL) {
        NY_ASSERT(sk_X509_CRL_push(list, x) > 0);
    }
    ERR_clear_error();
    BIO_free(b);
    if (sk_X509_CRL_num(list) == 0) {
        (void)ny_fail(err, NY_ECONFIG, "[tls %s] crl %s holds no revocation list", name, path);
        sk_X509_CRL_free(list);
        return NULL;
    }
    return list;
}

static bool is_private(const struct stat *st)
{
    if (st->st_uid == 0 && geteuid() != 0) {
        return (st->st_mode & (S_IWGRP | S_IXGRP | S_IRWXO)) == 0;
    }
    return (st->st_uid == geteuid() || geteuid() == 0) && (st->st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

EVP_PKEY *ny_tls_read_key(const char *name, const char *path, struct ny_error *err)
{
    struct stat st;
    EVP_PKEY *key;
    BIO *b;

    if (stat(path, &st) == 0 && !is_private(&st)) {
        (void)ny_fail(err, NY_ECONFIG,
                      "[tls %s] key %s must be readable by its owner alone, this user or root",
                      name, path);
        return NULL;
    }
    b = file_open(name, "key", path, err);
    if (b == NULL) {
        return NULL;
    }
    key = PEM_read_bio_PrivateKey(b, NULL, no_pass_phrase, NULL);
    if (key == NULL && BIO_reset(b) == 0) {
        key = d2i_PrivateKey_bio(b, NULL);
    }
    ERR_clear_error();
    BIO_free(b);
    if (key == NULL) {
        (void)ny_fail(err, NY_ECONFIG, "[tls %s] key %s holds no private key without a pass phrase",
                      name, path);
    }
    return key;
}
