/* From bytes to the message in an envelope.
 *
 *   XML ─▶ Envelope of which version? ─▶ header blocks: addressing, mustUnderstand ─▶ Body's child
 *
 * Addressing is read leniently: a sender may leave all of it out, may leave out mustUnderstand, may
 * put blanks around its values. What it says twice cannot be trusted. */

#include "soap_priv.h"

#define WSSE_NS "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
#define WSSE11_NS "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"

static enum ny_soap_fault fault_of(ny_rc rc)
{
    switch (rc) {
    case NY_ECHARSET:
        return NY_SOAP_CHARSET;
    case NY_EUNSUPP:
        return NY_SOAP_DOCTYPE;
    case NY_ELIMIT:
        return NY_SOAP_TOO_LARGE;
    default:
        return NY_SOAP_MALFORMED;
    }
}

/* ---- headers ---- */

/* For us: no role, or one that every receiver plays (SOAP 1.2 part 1, 2.2). */
static bool is_for_us(const struct ny_xml_node *header)
{
    ny_str role = ny_str_trim(ny_xml_attr_ns(header, NY_S(SOAP12_NS), "role"));

    return role.n == 0 || ny_str_equals(role, NY_S(SOAP12_NS "/role/next")) ||
           ny_str_equals(role, NY_S(SOAP12_NS "/role/ultimateReceiver"));
}

static bool must_be_understood(const struct ny_xml_node *header)
{
    ny_str must = ny_str_trim(ny_xml_attr_ns(header, NY_S(SOAP12_NS), "mustUnderstand"));

    return ny_str_equals(must, NY_S("1")) || ny_str_equals(must, NY_S("true"));
}

static bool is_understood(const struct ny_xml_node *header, bool ignore_security)
{
    ny_str ns = ny_xml_ns_of(header);

    return ny_str_equals(ns, NY_S(WSA_NS)) ||
           (ignore_security &&
            (ny_str_equals(ns, NY_S(WSSE_NS)) || ny_str_equals(ns, NY_S(WSSE11_NS))));
}

/* The wsa header of that name; there twice, it is the message's problem. */
static const struct ny_xml_node *addressing_find(const struct ny_xml_node *headers,
                                                 const char *name, struct ny_soap_message *out)
{
    const struct ny_xml_node *h = ny_xml_child(headers, NY_S(WSA_NS), name);

    out->header = ny_xml_again(h) != NULL ? h : out->header;
    return h;
}

static enum ny_soap_fault reply_to_read(struct ny_arena *a, const struct ny_xml_node *reply_to,
                                        struct ny_soap_message *out)
{
    ny_str to = ny_xml_text(a, ny_xml_child(reply_to, NY_S(WSA_NS), "Address"));

    out->no_reply = ny_str_equals(to, NY_S(WSA_NS "/none"));
    if (to.n == 0 || out->no_reply || ny_str_equals(to, NY_S(WSA_NS "/anonymous"))) {
        return NY_SOAP_FINE;
    }
    out->header = reply_to;
    return NY_SOAP_REPLY_TO;
}

static enum ny_soap_fault addressing_read(struct ny_arena *a, const struct ny_xml_node *headers,
                                          struct ny_soap_message *out)
{
    const struct ny_xml_node *action = addressing_find(headers, "Action", out);
    const struct ny_xml_node *id = addressing_find(headers, "MessageID", out);
    const struct ny_xml_node *reply_to = addressing_find(headers, "ReplyTo", out);

    (void)addressing_find(headers, "To", out);
    out->addressed = action != NULL;
    out->action = ny_xml_text(a, action);
    out->message_id = ny_xml_text(a, id);
    return out->header != NULL ? NY_SOAP_HEADER_TWICE : reply_to_read(a, reply_to, out);
}

static enum ny_soap_fault headers_read(struct ny_arena *a, const struct ny_xml_node *headers,
                                       bool ignore_security, struct ny_soap_message *out)
{
    enum ny_soap_fault fault = addressing_read(a, headers, out);

    for (const struct ny_xml_node *h = ny_xml_first(headers); h != NULL; h = ny_xml_next(h)) {
        if (must_be_understood(h) && is_for_us(h) && !is_understood(h, ignore_security)) {
            out->header = h;
            return NY_SOAP_NOT_UNDERSTOOD;
        }
    }
    return fault;
}

/* ---- faults ---- */

ny_str ny_soap_fault_code(struct ny_arena *a, const struct ny_xml_node *payload)
{
    const struct ny_xml_node *code = ny_xml_child(payload, NY_S(SOAP12_NS), "Code");
    const struct ny_xml_node *value = ny_xml_child(code, NY_S(SOAP12_NS), "Value");
    ny_str ns = NY_STR_NONE;
    ny_str name = NY_STR_NONE;

    return ny_xml_is(payload, NY_S(SOAP12_NS), "Fault") &&
                   ny_xml_qname(value, ny_xml_text(a, value), &ns, &name) &&
                   ny_str_equals(ns, NY_S(SOAP12_NS))
               ? name
               : NY_STR_NONE;
}

/* ---- envelope ---- */

enum ny_soap_fault ny_soap_read(struct ny_arena *a, ny_str bytes, ny_str charset,
                                bool ignore_security, struct ny_soap_message *out)
{
    const struct ny_xml_node *root = NULL;
    const struct ny_xml_node *body;
    enum ny_soap_fault fault;
    struct ny_error err = {0};
    ny_rc rc = ny_xml_parse(a, bytes, charset, &root, &err);

    *out = (struct ny_soap_message){.payload = NULL};
    if (rc != NY_OK) {
        return fault_of(rc);
    }
    if (!ny_xml_is(root, NY_S(SOAP12_NS), "Envelope")) {
        out->soap11 = ny_xml_is(root, NY_S(SOAP11_NS), "Envelope");
        return ny_str_equals(root->name, NY_S("Envelope")) ? NY_SOAP_VERSION : NY_SOAP_NO_ENVELOPE;
    }
    fault = headers_read(a, ny_xml_child(root, NY_S(SOAP12_NS), "Header"), ignore_security, out);
    body = ny_xml_child(root, NY_S(SOAP12_NS), "Body");
    out->payload = ny_xml_first(body);
    if (fault == NY_SOAP_FINE && (out->payload == NULL || ny_xml_next(out->payload) != NULL)) {
        return NY_SOAP_NO_ENVELOPE;
    }
    return fault;
}
