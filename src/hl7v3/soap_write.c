/* Envelopes around answers and faults. A fault that answers SOAP 1.1 is written as 1.1, with the
 * header that names what is spoken here (SOAP 1.2 part 1, appendix A). */

#include "soap_priv.h"

enum detail { DETAIL_NONE, DETAIL_ACTION, DETAIL_HEADER };

/* clang-format off */
static const struct {
    const char *name, *code, *subcodes;
    enum detail detail;
    const char *reason;
} faults[] = {
    [NY_SOAP_FINE] = {"", "", "", DETAIL_NONE, ""},
#define NY_SOAP_FAULT(id, code, subcode, detail, reason)                                           \
    [NY_SOAP_##id] = {#id, code, subcode, DETAIL_##detail, reason},
#include "nayose/tbl/soap_faults.def"
#undef NY_SOAP_FAULT
};
/* clang-format on */

const char *ny_soap_fault_name(enum ny_soap_fault fault)
{
    NY_ASSERT((size_t)fault < NY_ARRAY_LEN(faults));
    return faults[fault].name;
}

/* ---- the envelope ---- */

static void envelope_open(struct ny_xml_writer *w, struct ny_arena *a)
{
    ny_xml_w_init(w, a);
    ny_xml_w_raw(w, NY_S("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    ny_xml_w_open(w, "env:Envelope");
    ny_xml_w_attr_c(w, "xmlns:env", SOAP12_NS);
    ny_xml_w_attr_c(w, "xmlns:wsa", WSA_NS);
}

static void action_write(struct ny_xml_writer *w, ny_str action, ny_str id)
{
    ny_xml_w_open(w, "wsa:Action");
    ny_xml_w_attr_c(w, "env:mustUnderstand", "1");
    ny_xml_w_text(w, action);
    ny_xml_w_close(w);
    ny_xml_w_element(w, "wsa:MessageID", id);
}

static void addressing_write(struct ny_xml_writer *w, const struct ny_soap_message *request,
                             ny_str action, ny_str id)
{
    if (!request->addressed) { /* a sender that does not use it may not know it */
        return;
    }
    action_write(w, action, id);
    if (request->message_id.n > 0) {
        ny_xml_w_element(w, "wsa:RelatesTo", request->message_id);
    }
}

static ny_rc envelope_close(struct ny_xml_writer *w, ny_str *out)
{
    ny_xml_w_close(w); /* Body */
    ny_xml_w_close(w); /* Envelope */
    return ny_xml_w_end(w, out);
}

ny_rc ny_soap_answer_write(struct ny_arena *a, const struct ny_soap_message *request, ny_str action,
                           ny_str id, ny_str payload, ny_str *out)
{
    struct ny_xml_writer w;

    envelope_open(&w, a);
    ny_xml_w_open(&w, "env:Header");
    addressing_write(&w, request, action, id);
    ny_xml_w_close(&w);
    ny_xml_w_open(&w, "env:Body");
    ny_xml_w_raw(&w, payload);
    return envelope_close(&w, out);
}

ny_rc ny_soap_request_write(struct ny_arena *a, ny_str action, ny_str id, ny_str to, ny_str payload,
                            ny_str *out)
{
    struct ny_xml_writer w;

    envelope_open(&w, a);
    ny_xml_w_open(&w, "env:Header");
    action_write(&w, action, id);
    ny_xml_w_open(&w, "wsa:ReplyTo");
    ny_xml_w_element(&w, "wsa:Address", NY_S(WSA_NS "/anonymous"));
    ny_xml_w_close(&w);
    ny_xml_w_element(&w, "wsa:To", to);
    ny_xml_w_close(&w);
    ny_xml_w_open(&w, "env:Body");
    ny_xml_w_raw(&w, payload);
    return envelope_close(&w, out);
}

/* ---- faults ---- */

static void upgrade_write(struct ny_xml_writer *w)
{
    ny_xml_w_open(w, "env:Upgrade");
    ny_xml_w_open(w, "env:SupportedEnvelope");
    ny_xml_w_attr_c(w, "qname", "env:Envelope");
    ny_xml_w_close(w);
    ny_xml_w_close(w);
}

static ny_rc fault11_write(struct ny_arena *a, enum ny_soap_fault fault, ny_str *out)
{
    struct ny_xml_writer w;

    ny_xml_w_init(&w, a);
    ny_xml_w_open(&w, "old:Envelope");
    ny_xml_w_attr_c(&w, "xmlns:old", SOAP11_NS);
    ny_xml_w_attr_c(&w, "xmlns:env", SOAP12_NS);
    ny_xml_w_open(&w, "old:Header");
    upgrade_write(&w);
    ny_xml_w_close(&w);
    ny_xml_w_open(&w, "old:Body");
    ny_xml_w_open(&w, "old:Fault");
    ny_xml_w_element(&w, "faultcode", NY_S("old:VersionMismatch"));
    ny_xml_w_element(&w, "faultstring", ny_str_from_c(faults[fault].reason));
    ny_xml_w_close(&w);
    return envelope_close(&w, out);
}

/* "Outer Inner" as nested codes. */
static void subcodes_write(struct ny_xml_writer *w, struct ny_arena *a, ny_str names)
{
    size_t n = 0;

    while (names.n > 0) {
        ny_str name = ny_str_split(&names, ' ');

        ny_xml_w_open(w, "env:Subcode");
        ny_xml_w_element(w, "env:Value", ny_arena_printf(a, "wsa:%.*s", NY_ARG(name)));
        n++;
    }
    while (n-- > 0) {
        ny_xml_w_close(w);
    }
}

static void header_write(struct ny_xml_writer *w, const struct ny_soap_message *request,
                         enum ny_soap_fault fault, ny_str id)
{
    bool by_addressing = faults[fault].subcodes[0] != '\0';

    ny_xml_w_open(w, "env:Header");
    addressing_write(w, request, by_addressing ? NY_S(WSA_NS "/fault") : NY_S(WSA_NS "/soap/fault"),
                     id);
    if (fault == NY_SOAP_VERSION) {
        upgrade_write(w);
    }
    if (fault == NY_SOAP_NOT_UNDERSTOOD && request->header != NULL) {
        ny_str name = ny_arena_printf(w->buf.arena, "n:%.*s", NY_ARG(request->header->name));

        ny_xml_w_open(w, "env:NotUnderstood");
        ny_xml_w_attr(w, "xmlns:n", ny_xml_ns_of(request->header));
        ny_xml_w_attr(w, "qname", name);
        ny_xml_w_close(w);
    }
    ny_xml_w_close(w);
}

/* What of the addressing is wrong. */
static void detail_write(struct ny_xml_writer *w, const struct ny_soap_message *request,
                         enum detail detail)
{
    if (detail == DETAIL_NONE || (detail == DETAIL_HEADER && request->header == NULL)) {
        return;
    }
    ny_xml_w_open(w, "env:Detail");
    if (detail == DETAIL_ACTION) {
        ny_xml_w_open(w, "wsa:ProblemAction");
        ny_xml_w_element(w, "wsa:Action", request->action);
        ny_xml_w_close(w);
    } else {
        ny_xml_w_element(w, "wsa:ProblemHeaderQName",
                         ny_arena_printf(w->buf.arena, "wsa:%.*s", NY_ARG(request->header->name)));
    }
    ny_xml_w_close(w);
}

ny_rc ny_soap_fault_write(struct ny_arena *a, const struct ny_soap_message *request,
                          enum ny_soap_fault fault, ny_str id, ny_str *out)
{
    struct ny_xml_writer w;

    NY_ASSERT(fault != NY_SOAP_FINE && (size_t)fault < NY_ARRAY_LEN(faults));
    if (request->soap11) {
        return fault11_write(a, fault, out);
    }
    envelope_open(&w, a);
    header_write(&w, request, fault, id);
    ny_xml_w_open(&w, "env:Body");
    ny_xml_w_open(&w, "env:Fault");
    ny_xml_w_open(&w, "env:Code");
    ny_xml_w_element(&w, "env:Value", ny_arena_printf(a, "env:%s", faults[fault].code));
    subcodes_write(&w, a, ny_str_from_c(faults[fault].subcodes));
    ny_xml_w_close(&w);
    ny_xml_w_open(&w, "env:Reason");
    ny_xml_w_open(&w, "env:Text");
    ny_xml_w_attr_c(&w, "xml:lang", "en");
    ny_xml_w_text(&w, ny_str_from_c(faults[fault].reason));
    ny_xml_w_close(&w);
    ny_xml_w_close(&w);
    detail_write(&w, request, faults[fault].detail);
    ny_xml_w_close(&w); /* Fault */
    return envelope_close(&w, out);
}
