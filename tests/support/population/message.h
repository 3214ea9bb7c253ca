/* A view written as an HL7 v2.5 ADT message in the habits and the charset of its facility. */
#ifndef POPULATION_MESSAGE_H
#define POPULATION_MESSAGE_H

#include "view.h"

#include "nayose/base.h"

enum pop_event { POP_A28, POP_A31, POP_A08 };

struct pop_writer; /* charset conversion state */

struct pop_writer *pop_writer_create(void);
void pop_writer_destroy(struct pop_writer *w);

struct pop_message {
    const struct pop_view *view;
    const struct pop_facility *facility;
    enum pop_event event;
    uint32_t time_s;
    uint32_t serial; /* of the facility's messages: the control id */
    uint32_t local_id;
    uint64_t spelling; /* key of the small variations */
};

/* The bytes of a message, without framing; borrowed until the next call. */
ny_str pop_message_make(struct pop_writer *w, const struct pop_message *m);
/* The local id as the facility writes it. */
void pop_local_id(const struct pop_facility *f, uint32_t local_id, char out[16]);

#endif
