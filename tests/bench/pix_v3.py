"""PIXV3 queries over connections that stay open, one in flight on each."""
import random
import selectors
import socket
import time

END = b"</env:Envelope>"
MESSAGE = """<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>
<PRPA_IN201309UV02 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0"><id root="1.2.3" extension="V%d"/>
<creationTime value="20260102030405"/><interactionId root="2.16.840.1.113883.1.6" extension="PRPA_IN201309UV02"/>
<processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="AL"/>
<receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE"><id root="2.999.9"/></device></receiver>
<sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE"><id root="2.999.8"/></device></sender>
<controlActProcess classCode="CACT" moodCode="EVN"><code code="PRPA_TE201309UV02" codeSystem="2.16.840.1.113883.1.6"/>
<queryByParameter><queryId root="1.2.5" extension="7"/><statusCode code="new"/><responsePriorityCode code="I"/>
<parameterList><patientIdentifier><value root="%s" extension="%s"/><semanticsText>Patient.id</semanticsText>
</patientIdentifier></parameterList></queryByParameter></controlActProcess></PRPA_IN201309UV02></e:Body></e:Envelope>"""


def requests(keys, n):
    """n requests about random patients; keys: pairs of OID and local id."""
    made = []
    for i in range(n):
        body = (MESSAGE % (i, *random.choice(keys))).encode()
        made.append(b"POST /pixmanager HTTP/1.1\r\nHost: x\r\nContent-Type: application/soap+xml; "
                    b"charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    return made


def run(port, keys, connections, seconds):
    """Answers a second, and how many of them were OK."""
    todo = requests(keys, 2000)
    chosen = selectors.DefaultSelector()
    answered = ok = sent = 0
    got = {}
    for _ in range(connections):
        s = socket.create_connection(("127.0.0.1", port))
        chosen.register(s, selectors.EVENT_READ)
        got[s] = b""
        s.sendall(todo[sent % len(todo)])
        sent += 1
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        for key, _ in chosen.select(1):
            s = key.fileobj
            got[s] += s.recv(65536)
            if got[s].endswith(END):
                answered += 1
                ok += b'<queryResponseCode code="OK"/>' in got[s]
                got[s] = b""
                s.sendall(todo[sent % len(todo)])
                sent += 1
    passed = time.monotonic() - begin
    for s in got:
        s.close()
    return answered / passed, ok / max(answered, 1)
