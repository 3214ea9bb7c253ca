/* registry: security alerts. What somebody does who is not let in, or cannot be understood, becomes
 * audit rows (kind "alert"), but only so many: the first time at once, repetitions as a number once
 * an hour.
 * Spec: ITI TF-2 3.19 and 3.20 (node authentication failure); our audit rules 4. */
#ifndef NAYOSE_REGISTRY_ALERTS_H
#define NAYOSE_REGISTRY_ALERTS_H

#include "nayose/store.h"

struct ny_registry;

struct ny_alert {
    ny_str what; /* "node authentication", "unreadable message" */
    enum ny_audit_outcome outcome;
    ny_str peer;        /* its address; the port does not count */
    ny_str why;         /* a sentence of ours, never what the peer has sent */
    ny_str certificate; /* "sha256:…" that it has shown; may be empty */
};

/* Alerts that are alike (all four texts, which are cut to 160 bytes) are one. Above 256 different
 * ones all others are counted as one more. */
void ny_registry_alert(struct ny_registry *r, const struct ny_alert *a);
/* Writes how often each was repeated, and begins anew; every hour, and at the end. What could not
 * be written is counted on. */
void ny_registry_alerts_tell(struct ny_registry *r);

/* An audit row (kind "server") of what becomes of the server itself: "start", "stop", "reload".
 * who: program and process. Lost when nothing can be written now: the log has it. */
void ny_registry_server_event(struct ny_registry *r, ny_str what, ny_str who, ny_str why);

#endif
