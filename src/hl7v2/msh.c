/* The message header as a struct. */

#include "hl7v2_priv.h"

static ny_str text_of(struct ny_hl7v2_msg *msg, ny_str rep, unsigned component)
{
    struct ny_hl7v2_value v = hl7v2_part(msg, rep, component, component > 0 ? 1 : 0);

    return v.presence == NY_HL7V2_VALUE ? v.text : NY_S("");
}

void hl7v2_msh_fill(struct ny_hl7v2_msg *msg, const ny_str raw[HL7V2_MSH_FIELDS + 1])
{
    struct ny_hl7v2_msh *m = &msg->msh;

    m->delims = msg->delims;
    m->sending_application = hl7v2_hd(msg, raw[3], 0);
    m->sending_facility = hl7v2_hd(msg, raw[4], 0);
    m->receiving_application = hl7v2_hd(msg, raw[5], 0);
    m->receiving_facility = hl7v2_hd(msg, raw[6], 0);
    m->time = text_of(msg, raw[7], 1);
    m->type = ny_str_trim(text_of(msg, raw[9], 1));
    m->event = ny_str_trim(text_of(msg, raw[9], 2));
    m->structure = ny_str_trim(text_of(msg, raw[9], 3));
    m->control_id = text_of(msg, raw[10], 0);
    m->processing_id = ny_str_trim(text_of(msg, raw[11], 1));
    m->version = ny_str_trim(text_of(msg, raw[12], 1));
    m->raw_3 = raw[3];
    m->raw_4 = raw[4];
    m->raw_5 = raw[5];
    m->raw_6 = raw[6];
    m->raw_10 = raw[10];
    m->raw_11 = raw[11];
    m->raw_12 = raw[12];
    m->raw_15 = raw[15];
    m->raw_16 = raw[16];
    m->raw_18 = raw[18];
    m->raw_20 = raw[20];
}
