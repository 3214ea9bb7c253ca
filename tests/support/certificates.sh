#!/bin/sh
# Throw-away certificates for tests of TLS: certificates.sh DIR
#   ca.pem other-ca.pem    two authorities
#   NAME.pem NAME.key      server client renewed expired (ca) · stranger (other-ca) · lone (its own) ·
#                          rsa (ca; RSA 2048) · weak (ca; RSA 1024) · revoked (ca; listed in crl.pem)
#   empty.crl crl.pem      what ca has revoked: nothing; revoked.pem
#   locked.key             server.key with a pass phrase
set -eu
dir=$1
mkdir -p "$dir"
cd "$dir"

key() # NAME [BITS of RSA]
{
    if [ -n "${2:-}" ]; then
        openssl genrsa -out "$1.key" "$2" 2>/dev/null
    else
        openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
    fi
    chmod 600 "$1.key"
}

own() # NAME: signed by itself
{
    key "$1"
    openssl req -x509 -new -key "$1.key" -subj "/O=nayose test/CN=$1" -days 30 -out "$1.pem" \
        2>/dev/null
}

signed() # NAME AUTHORITY DAYS [BITS]
{
    key "$1" "${4:-}"
    openssl req -new -key "$1.key" -subj "/O=nayose test/CN=$1" -out "$1.csr"
    printf 'subjectAltName=DNS:%s.example.org,IP:127.0.0.1\n' "$1" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days "$3" \
        -extfile "$1.ext" -out "$1.pem" 2>/dev/null
    rm "$1.csr" "$1.ext"
}

own ca
own other-ca
own lone
for name in server client renewed revoked; do
    signed "$name" ca 30
done
signed stranger other-ca 30
signed expired ca -1
signed rsa ca 30 2048
signed weak ca 30 1024
openssl pkcs8 -topk8 -in server.key -passout pass:secret -out locked.key
chmod 600 locked.key

printf '[ca]\ndefault_ca=c\n[c]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=30\n' >ca.cnf
: >index.txt
openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.pem -out empty.crl 2>/dev/null
openssl ca -config ca.cnf -revoke revoked.pem -keyfile ca.key -cert ca.pem 2>/dev/null
openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.pem -out crl.pem 2>/dev/null
