/* registry: who stands at the other end of a connection, and in whose name that may speak. */
#ifndef NAYOSE_REGISTRY_SPEAKER_H
#define NAYOSE_REGISTRY_SPEAKER_H

#include "nayose/base.h"

struct ny_registry;

/* What a connection proves by itself. All zero: an unknown peer of another host. */
struct ny_speaker {
    bool is_local;             /* on this host */
    ny_str facility;           /* the only one that is heard here; empty: any */
    const ny_str *credentials; /* [n_credentials] of the certificate shown, as
                                  ny_stream_peer_credentials() gives them; 0: none was */
    size_t n_credentials;
};

/* Whether s may send (asks: a query; else a feed) in the name of app and facility, MSH-3 and MSH-4
 * or what stands for them. Sources and requesters may have certificates of their own: then only
 * these speak for them, and for nobody else. Without any of its own an application has those of
 * its facility's row for any application. A peer on this host that shows no certificate is whom its
 * messages say. Spec: ITI TF-2 3.19; our rules of access 3.6. */
bool ny_registry_may_speak(const struct ny_registry *r, const struct ny_speaker *s, ny_str app,
                           ny_str facility, bool asks);

#endif
