"""HL7 v3 requests for the load driver: the v2 messages of a population said in v3, and PIX queries."""

from xml.sax.saxutils import escape, quoteattr

OID = "2.16.840.1.113883.1.6"
USES = {"I": "IDE", "P": "SYL", "A": "ABC"}
FEEDS = {"A28": "PRPA_IN201301UV02", "A04": "PRPA_IN201301UV02", "A01": "PRPA_IN201301UV02",
         "A31": "PRPA_IN201302UV02", "A08": "PRPA_IN201302UV02"}


def request(path, kind, number, sender, act):
    """A frame of the driver that holds the whole HTTP request."""
    body = f"""<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>
<{kind} xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0"><id root="1.2.3.4" extension={quoteattr(number)}/>
<creationTime value="20260102030405"/><interactionId root="{OID}" extension="{kind}"/>
<processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="AL"/>
<receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE"><id root="2.999.9"/></device></receiver>
<sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE"><id root="2.999.8"/>
<asAgent classCode="AGNT"><representedOrganization classCode="ORG" determinerCode="INSTANCE"><id root="{sender}"/>
</representedOrganization></asAgent></device></sender>
<controlActProcess classCode="CACT" moodCode="EVN">{act}</controlActProcess></{kind}></e:Body></e:Envelope>""".encode()
    return (b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Type: application/soap+xml; "
            b"charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def query(number, oid, local_id):
    return request(b"/pixmanager", "PRPA_IN201309UV02", number, "2.999.7", f"""
<code code="PRPA_TE201309UV02" codeSystem="{OID}"/><queryByParameter><queryId root="1.2.5" extension="7"/>
<statusCode code="new"/><responsePriorityCode code="I"/><parameterList><patientIdentifier>
<value root="{oid}" extension="{local_id}"/><semanticsText>Patient.id</semanticsText></patientIdentifier>
</parameterList></queryByParameter>""")


def decoded(message):
    charset = message.split(b"\r", 1)[0].split(b"|")[17:18]
    name = ("iso2022_jp_ext" if b"ISO IR87" in charset[0] else "utf-8" if b"UNICODE" in charset[0]
            else "cp932") if charset else "cp932"
    return message.decode(name, "replace")


def segments(message):
    return {s[:3]: s.split("|") for s in decoded(message).split("\r") if s}


def plain(message):
    """The v2 message with PID alone, which is what the v3 one says; None: no add or revision."""
    kept = [s for s in message.split(b"\r") if s[:3] in (b"MSH", b"EVN", b"PID")]
    event = kept[0].split(b"|")[8].decode().split("^")[1] if len(kept) == 3 else ""
    return b"\r".join(kept) + b"\r" if event in FEEDS else None


def part(field, i):
    pieces = field.split("^")
    return escape(pieces[i - 1].strip()) if len(pieces) >= i else ""


def element(name, value):
    return f"<{name}>{value}</{name}>" if value else ""


def person(pid):
    pid = pid + [""] * 14
    names = "".join(
        f'<name use="L {USES.get(part(rep, 8), "IDE")}">{element("family", part(rep, 1))}'
        f'{element("given", part(rep, 2))}</name>' for rep in pid[5].split("~") if rep)
    addresses = "".join(
        f'<addr use="H">{element("streetAddressLine", part(rep, 8) or part(rep, 1))}'
        f'{element("postalCode", part(rep, 5))}</addr>' for rep in pid[11].split("~") if rep)
    phones = "".join(f'<telecom use="HP" value="tel:{part(rep, 12) or part(rep, 1)}"/>'
                     for rep in pid[13].split("~") if part(rep, 12) or part(rep, 1))
    birth = f'<birthTime value="{escape(pid[7])}"/>' if pid[7] else ""
    sex = f'<administrativeGenderCode code="{pid[8]}"/>' if pid[8] in ("M", "F") else ""
    return names + phones + sex + birth + addresses


def feed(message):
    """The request that says in v3 what plain() says in v2."""
    s = segments(message)
    event = s["MSH"][8].split("^")[1]
    authority = part(s["PID"][3], 4).split("&amp;")[1]
    return request(b"/pixmanager", FEEDS[event], s["MSH"][9], authority, f"""
<subject typeCode="SUBJ"><registrationEvent classCode="REG" moodCode="EVN"><statusCode code="active"/>
<subject1 typeCode="SBJ"><patient classCode="PAT"><id root="{authority}" extension="{part(s["PID"][3], 1)}"/>
<statusCode code="active"/><patientPerson classCode="PSN" determinerCode="INSTANCE">{person(s["PID"])}</patientPerson>
</patient></subject1></registrationEvent></subject>""")
