"""Consumers of notifications in HL7 v3 (ITI-46): a server for the time of a test, what it may answer,
and one that answers as it is told to."""
import http.server
import threading

from messages_v3 import HL7, body, envelope, ids, validate


def serve(test, handler, tls=None):
    """The port at which handler listens until the test is over, over TLS with a context."""
    service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if tls is not None:
        service.socket = tls.wrap_socket(service.socket, server_side=True, do_handshake_on_connect=False)
        service.handle_error = lambda *_: None  # a handshake may be meant to fail
    threading.Thread(target=service.serve_forever, daemon=True).start()
    test.addCleanup(service.server_close)
    test.addCleanup(service.shutdown)
    return service.server_address[1]


def acknowledgement(number, code="CA"):
    """Of the message with that number."""
    return f"""<MCCI_IN000002UV01 xmlns="urn:hl7-org:v3"><acknowledgement><typeCode code="{code}"/>
<targetMessage><id root="1.2" extension="{number}"/></targetMessage></acknowledgement></MCCI_IN000002UV01>"""


class Consumer(http.server.BaseHTTPRequestHandler):
    """A PIXV3 consumer: refuses whom it is told to, and is broken the first time."""
    told = []  # (what it answered, ids, message id)
    changed = threading.Condition()
    words = {}  # what it answers of an id

    def do_POST(self):
        message = body(self.rfile.read(int(self.headers["Content-Length"])))
        validate(message)
        number = message.find(HL7 + "id").get("extension")
        told = ids(message)
        word = next((w for i, w in Consumer.words.items() if i in told), "CA") if Consumer.told else "Receiver"
        if len(word) > 2:
            said = f"<e:Fault><e:Code><e:Value>e:{word}</e:Value></e:Code></e:Fault>"
        else:
            said = acknowledgement(number, word)
        self.send_response(500 if len(word) > 2 else 200)
        self.end_headers()  # no Content-Length: the end of the connection ends it
        self.wfile.write(envelope(said))
        with Consumer.changed:
            Consumer.told.append((word, told, number))
            Consumer.changed.notify_all()

    def log_message(self, *args):
        pass

    @classmethod
    def wait(cls, wanted):
        with cls.changed:
            assert cls.changed.wait_for(lambda: any(wanted(*t) for t in cls.told), 60), cls.told
