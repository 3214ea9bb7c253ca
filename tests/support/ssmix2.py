"""Writes SS-MIX2 standardised storages: the messages of nayose-population as a hospital keeps them.

A file is <root>/<id[0:3]>/<id[3:6]>/<id>/<date or ->/<type>/<id>_<date>_<type>_<order>_<time>_<dept>_<flag>.
"""
import os
import shutil

ORDER = "9" * 15
VISITS = {"ADT-12": b"ADT^A04^ADT_A01", "ADT-22": b"ADT^A01^ADT_A01", "ADT-52": b"ADT^A03^ADT_A03"}


def folder(root, patient, kind="ADT-00", date="-"):
    return os.path.join(root, patient[:3], patient[3:6] or "000", patient, date, kind)


def put(root, patient, message, at, kind="ADT-00", date="-", flag="1"):
    """Writes one version; its path."""
    where = folder(root, patient, kind, date)
    os.makedirs(where, exist_ok=True)
    path = os.path.join(where, f"{patient}_{date}_{kind}_{ORDER}_{at}_-_{flag}")
    with open(path, "wb") as f:
        f.write(message)
    return path


def flagged(path, flag):
    """Renames a file to another condition flag, as a storage does in place."""
    new = path[:-1] + flag
    shutil.move(path, new)
    return new


def basic(frame):
    """Patient id, transaction time and ADT-00 message of a frame of the population: an A08 that does
    not know its facility, the id bare. Only ASCII fields are touched."""
    msh, rest = frame.split(b"\r", 1)
    fields = msh.split(b"|")
    fields[2:4] = [b"HIS123", b"SEND"]
    fields[8] = b"ADT^A08^ADT_A01"
    start = rest.index(b"PID|")
    pid = rest[start:].split(b"|", 4)
    patient = pid[3].split(b"^", 1)[0]
    pid[3] = patient
    at = fields[6].decode()[:14] + "000"
    return patient.decode(), at, b"|".join(fields) + b"\r" + rest[:start] + b"|".join(pid)


def visit(message, kind):
    """The message of a visit of the same patient, whose PID has names but no address."""
    segments = message.split(b"\r")
    fields = segments[0].split(b"|")
    fields[8] = VISITS[kind]
    pid = next(s for s in segments if s.startswith(b"PID|"))
    return b"\r".join([b"|".join(fields), segments[1], b"|".join(pid.split(b"|", 4)[:4]) + b"||X^Y",
                       b"PV1|1|O"]) + b"\r"


def storage(root, frames, visits=()):
    """A storage of the patients of the frames; {patient: path of the basic data}."""
    made = {}
    for frame in frames:
        patient, at, message = basic(frame)
        if patient in made:
            continue  # the patient's first message only
        made[patient] = put(root, patient, message, at)
        for kind in visits:
            put(root, patient, visit(message, kind), at, kind, at[:8])
    return made
