"""Messages of HL7 v3 for the tests, each valid by its schema, and one conversation of all transactions
that several clients hold with the server.

Senders are known by the OID of their domain, OID + its number. In: NAYOSE_HL7V3_SCHEMAS, a copy of the
HL7 V3 schemas of 2008 with its folders coreschemas and multicacheschemas (default: one beside the
repository). What needs the schemas is left out, and says so, without them.
"""
import http.client
import os
import re
import subprocess
import tempfile

from lxml import etree, isoschematron

import harness

SCHEMAS = os.path.realpath(os.environ.get("NAYOSE_HL7V3_SCHEMAS") or os.path.join(
    harness.ROOT, "..", "shared", "hl7v3-schemas", "HL7V3", "NE2008"))
FOLDER = os.path.join(SCHEMAS, "multicacheschemas")
HAVE_SCHEMAS = os.path.isdir(FOLDER)
OID = "1.2.392.100495.20.3.51."
HL7 = "{urn:hl7-org:v3}"
SCHEMATRON = "{http://purl.oclc.org/dsdl/schematron}"
ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://www.w3.org/2005/08/addressing"
SOAP = "application/soap+xml; charset=utf-8"
PIX, PDQ = "/pixmanager", "/pdsupplier"
PARSED = {}
NUMBER = iter(range(1, 100000))


# ---- messages ----

def device(kind, kind_code, root, organization=""):
    agent = (f'<asAgent classCode="AGNT"><representedOrganization classCode="ORG" determinerCode="INSTANCE">'
             f'<id root="{organization}"/></representedOrganization></asAgent>' if organization else "")
    return (f'<{kind} typeCode="{kind_code}"><device classCode="DEV" determinerCode="INSTANCE">'
            f'<id root="{root}"/>{agent}</device></{kind}>')


def message(kind, sender, act, element=None, number=None):
    """number: of the message, default a new one. sender: number of its organisation's domain."""
    element = element or kind
    trigger = kind.replace("_IN", "_TE").replace("QUQI_TE000003UV01", "PRPA_TE000003UV01")
    before = ('<acknowledgement><typeCode code="AA"/><targetMessage><id root="2.999.1" extension="1"/></targetMessage>'
              "</acknowledgement>" if kind.startswith("QUQI") else "")
    return f"""<{element} xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0">
<id root="1.2.3.4" extension="T{number or next(NUMBER)}"/><creationTime value="20260102030405"/>
<interactionId root="2.16.840.1.113883.1.6" extension="{kind}"/>
<processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="AL"/>
{device("receiver", "RCV", "2.999.9")}{device("sender", "SND", "2.999.8", f"{OID}{sender}")}
{before}<controlActProcess classCode="CACT" moodCode="EVN"><code code="{trigger}" codeSystem="2.16.840.1.113883.1.6"/>{act}</controlActProcess></{element}>"""


def person(i, local_id, given="太郎", kana="タロウ", birth="19700101", rest="", family=("山田", "ヤマダ"), others=""):
    return f"""<subject typeCode="SUBJ"><registrationEvent classCode="REG" moodCode="EVN"><statusCode code="active"/>
<subject1 typeCode="SBJ"><patient classCode="PAT"><id root="{OID}{i}" extension="{local_id}"/><statusCode code="active"/>
<patientPerson classCode="PSN" determinerCode="INSTANCE"><name use="L IDE"><family>{family[0]}</family><given>{given}</given></name>
<name use="L SYL"><family>{family[1]}</family><given>{kana}</given></name><telecom use="HP" value="tel:0312345678"/>
<administrativeGenderCode code="M"/><birthTime value="{birth}"/>
<addr use="H"><streetAddressLine>丸の内1-1-1</streetAddressLine><city>千代田区</city><state>東京都</state><postalCode>1000005</postalCode></addr>
{others}</patientPerson><providerOrganization classCode="ORG" determinerCode="INSTANCE"><id root="{OID}{i}"/><contactParty classCode="CON"/>
</providerOrganization></patient></subject1><custodian typeCode="CST"><assignedEntity classCode="ASSIGNED"><id root="{OID}{i}"/>
</assignedEntity></custodian>{rest}</registrationEvent></subject>"""


def replaced(i, gone):
    return f"""<replacementOf typeCode="RPLC"><priorRegistration classCode="REG" moodCode="EVN"><statusCode code="obsolete"/>
<subject1 typeCode="SBJ"><priorRegisteredRole classCode="PAT"><id root="{OID}{i}" extension="{gone}"/></priorRegisteredRole></subject1></priorRegistration></replacementOf>"""


def pix_query(i, local_id):
    return f"""<queryByParameter><queryId root="1.2.3.5" extension="77"/><statusCode code="new"/><responsePriorityCode code="I"/>
<parameterList><patientIdentifier><value root="{OID}{i}" extension="{local_id}"/><semanticsText>Patient.id</semanticsText></patientIdentifier>
</parameterList></queryByParameter>"""


def named(family, given):
    return ("<livingSubjectName><value><family>" + family + "</family><given>" + given
            + "</given></value><semanticsText>LivingSubject.name</semanticsText></livingSubjectName>")


def pdq_query(parameters, quantity=0, query_id="1", criteria=""):
    initial = f'<initialQuantity value="{quantity}"/>' if quantity else ""
    return f"""<queryByParameter><queryId root="1.2.3.5" extension="{query_id}"/><statusCode code="new"/>
<responseModalityCode code="R"/><responsePriorityCode code="I"/>{initial}{criteria}<parameterList>{parameters}</parameterList></queryByParameter>"""


def continuation(query_id, status="waitContinuedQueryResponse"):
    return (f'<queryContinuation><queryId root="1.2.3.5" extension="{query_id}"/><statusCode code="{status}"/>'
            "</queryContinuation>")


def envelope(text, header=""):
    """A header may use the prefix a of addressing."""
    return (f'<e:Envelope xmlns:e="{ENVELOPE}" xmlns:a="{ADDRESSING}"><e:Header>{header}</e:Header>'
            f"<e:Body>{text}</e:Body></e:Envelope>").encode()


# ---- answers ----

def ask(server, path, text, header=""):
    """The element that a server answers with, which is valid."""
    conn = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=60)
    try:
        conn.request("POST", path, body=envelope(text, header), headers={"Content-Type": SOAP})
        reply = conn.getresponse()
        text = reply.read()
        assert reply.status == 200, text
    finally:
        conn.close()
    answer = body(text)
    validate(answer)
    return answer


def code(answer, name):
    return answer.find(f".//{HL7}{name}").get("code")


def ids(answer):
    return {(i.get("root"), i.get("extension")) for i in answer.iterfind(f".//{HL7}patient/{HL7}id")}


def said(answer):
    """"CA"; "AA OK F02:1" (ids of facilities, by ITI-45); "AA OK 3 1 2" (total, here, behind, by ITI-47)."""
    words = [code(answer, "typeCode")]
    if answer.find(f".//{HL7}queryAck") is not None:
        words.append(code(answer, "queryResponseCode"))
    if answer.tag == HL7 + "PRPA_IN201306UV02":
        words += [answer.find(f".//{HL7}result{n}Quantity").get("value") for n in ("Total", "Current", "Remaining")]
    elif answer.tag == HL7 + "PRPA_IN201310UV02":
        words += sorted(f"F0{root.removeprefix(OID)}:{i}" for root, i in ids(answer) if root.startswith(OID))
    return " ".join(words)


def body(text):
    """What stands in an envelope."""
    return etree.fromstring(text.encode() if isinstance(text, str) else text).find(f"{{{ENVELOPE}}}Body")[0]


def validate(element):
    name = etree.QName(element).localname
    path = os.path.join(FOLDER, name + ".xsd")
    if os.path.exists(path):
        if name not in PARSED:
            PARSED[name] = etree.XMLSchema(etree.parse(path))
        PARSED[name].assertValid(etree.fromstring(etree.tostring(element)))


def xmllint(elements):
    """Validates with the program, a run for each schema."""
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for n, element in enumerate(elements):
            name = etree.QName(element).localname.removesuffix("_Cancel")
            path = os.path.join(folder, f"{n}.xml")
            with open(path, "wb") as f:
                f.write(etree.tostring(element))
            files.setdefault(name, []).append(path)
        for name, paths in files.items():
            if HAVE_SCHEMAS:
                run = subprocess.run(
                    ["xmllint", "--noout", "--nonet", "--schema", os.path.join(FOLDER, name + ".xsd"), *paths],
                    capture_output=True, text=True, check=False)
                if run.returncode != 0:
                    raise AssertionError(run.stderr)


def schematron_failures(path, element):
    """What the rules of a Schematron file say against a message, by the phase of its name; lxml knows XPath 1.0
    alone, so that the two pieces of 2.0 that IHE's rules use are put in its words."""
    name = etree.QName(element).localname.removesuffix("_Cancel")
    if (path, name) not in PARSED:
        rules = etree.parse(path).getroot()
        for pattern in rules.iter(SCHEMATRON + "pattern"):
            pattern.attrib.pop("name", None)
        for rule in rules.iter(SCHEMATRON + "assert", SCHEMATRON + "report"):
            test = re.sub(r"(?<![\w:-])matches\(", "x:matches(", rule.get("test"))
            rule.set("test", re.sub(r"\beq\b", "=", test))
        rules.find(SCHEMATRON + "ns").addnext(etree.Element(SCHEMATRON + "ns", prefix="x", uri="urn:xpath2"))
        etree.FunctionNamespace("urn:xpath2")["matches"] = (
            lambda _, nodes, pattern: any(re.search(pattern, str(n)) for n in nodes))
        PARSED[path, name] = isoschematron.Schematron(rules, phase=name, store_report=True)
    schema = PARSED[path, name]
    schema.validate(etree.ElementTree(etree.fromstring(etree.tostring(element))))
    return [" ".join(f.itertext()).strip() for f in schema.validation_report.iter(
        "{http://purl.oclc.org/dsdl/svrl}failed-assert")]


# ---- the conversation ----

def conversation(tag, family, year):
    """Adds, revisions, a merge, queries, pages and a cancel as (path, operation, message, what is said).
    tag: letters in front of ids; family: name in kanji and kana; year of the first birth: clients must not
    meet each other's patients."""
    people = [("1", f"{year}0203"), ("2", f"{year + 13}0517"), ("3", f"{year + 29}1128")]
    pix, pdq = "PIXManager_PRPA_IN20130", "PDSupplier_"

    def feed(kind, i, act):
        return PIX, f"{pix}{kind}UV02", message(f"PRPA_IN20130{kind}UV02", i, act), "CA"

    def more(status, element="QUQI_IN000003UV01"):
        name = "Continue" if element == "QUQI_IN000003UV01" else "Cancel"
        return (PDQ, f"{pdq}QUQI_IN000003UV01_{name}",
                message("QUQI_IN000003UV01", 1, continuation(tag, status), element))

    def ask(parameters, quantity):
        return PDQ, f"{pdq}PRPA_IN201305UV02", message("PRPA_IN201305UV02", 1, pdq_query(parameters, quantity, tag))

    waiting, cancel = "waitContinuedQueryResponse", "QUQI_IN000003UV01_Cancel"
    return [
        *(feed(1, 1, person(1, tag + n, "花子", "ハナコ", birth, family=family)) for n, birth in people),
        feed(1, 2, person(2, tag + "1", "花子", "ハナコ", people[0][1], family=family)),
        (PIX, pix + "9UV02", message("PRPA_IN201309UV02", 2, pix_query(1, tag + "1")), f"AA OK F02:{tag}1"),
        (*ask(named(family[0], "花子"), 1), "AA OK 3 1 2"),
        (*more(waiting), "AA OK 3 1 1"),
        (*more(waiting), "AA OK 3 1 0"),
        (*more(waiting), "AE AE 0 0 0"),
        feed(2, 1, person(1, tag + "3", "桃子", "モモコ", people[2][1], family=family)),
        (*ask(named(family[0], "桃子"), 5), "AA OK 1 1 0"),
        feed(4, 1, person(1, tag + "3", rest=replaced(1, tag + "2"))),
        (*ask(named(family[0], "花子"), 1), "AA OK 2 1 1"),
        (*more("aborted", cancel), "CA"),
        (*more("aborted", cancel), "CE"),
        (*ask(named(family[0], "三郎"), 1), "AA NF 0 0 0"),
    ]
