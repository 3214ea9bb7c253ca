/* Hashes: XXH3 for keys, SHA-256 for fingerprints of messages and the audit chain. */

#include "nayose/base.h"

#include <pthread.h>

#include <openssl/evp.h>
#include <xxhash.h>

uint64_t ny_hash64(ny_str s)
{
    return XXH3_64bits(s.p, s.n);
}

uint64_t ny_hash64_seeded(ny_str s, uint64_t seed)
{
    return XXH3_64bits_withSeed(s.p, s.n, seed);
}

/* Looking an algorithm up by its name takes longer than hashing a message with it. */
static EVP_MD *sha256;

static void sha256_fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    NY_ASSERT(sha256 != NULL);
}

void ny_sha256_parts(const ny_str *parts, size_t n, uint8_t out[NY_SHA256_LEN])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    unsigned len = 0;
    int ok;

    NY_ASSERT(ctx != NULL && pthread_once(&once, sha256_fetch) == 0);
    ok = EVP_DigestInit_ex(ctx, sha256, NULL);
    for (size_t i = 0; i < n && ok == 1; i++) {
        ok = EVP_DigestUpdate(ctx, parts[i].p, parts[i].n);
    }
    ok = ok == 1 && EVP_DigestFinal_ex(ctx, out, &len) == 1;
    EVP_MD_CTX_free(ctx);
    NY_ASSERT(ok == 1 && len == NY_SHA256_LEN);
}

void ny_sha256(ny_str s, uint8_t out[NY_SHA256_LEN])
{
    ny_sha256_parts(&s, 1, out);
}
