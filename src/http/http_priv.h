/* http_priv: what requests and responses share. */
#ifndef NAYOSE_HTTP_PRIV_H
#define NAYOSE_HTTP_PRIV_H

#include "nayose/http.h"

/* A header's name: RFC 9110 5.6.2. */
bool ny_http_is_token(ny_str s);

#endif
