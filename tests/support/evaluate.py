#!/usr/bin/env python3
"""Judges the links of a registry against the truth of nayose-population.

usage: evaluate.py TRUTH.csv LINKS.csv [--domains domains.txt] [--min-recall R] [--max-false N]
                   [--max-twins N] [--list N]

LINKS.csv has a header or not, and the columns domain,local_id,regional_id; domain is the namespace
of the facility or, with --domains, its OID. A record that LINKS does not have is linked to nobody.

A pair is two records. True pair: both belong to one person (test patients, unknown people and babies
that never got a name are left out). A true pair counts as reachable when the two records agree on a
contact (telephone, address, insurance) or hang together through records of the same person that do:
name, sex and birth date alone are never enough for an automatic link.
False pair: one group, two people. Exempt is a pair that is equal in kanji, kana, birth date, sex and
address, since nobody could tell those two apart.

Exit status 1 when recall among reachable pairs is below --min-recall, when there are more false pairs
(without the exempt ones) than --max-false, or more joined twins than --max-twins.
"""
import argparse
import collections
import csv
import itertools
import sys

NEVER_LINKED = {"test", "unknown", "newborn"}


class Record:
    __slots__ = ("name", "person", "kind", "contacts", "likeness", "twins", "group")

    def __init__(self, row, group):
        self.name = row[0] + "/" + row[1]
        self.person = sys.intern(row[2])
        self.kind = sys.intern(row[3])
        self.contacts = tuple(
            prefix + value for prefix, field in zip("pai", row[4:7]) for value in field.split())
        self.likeness = row[7]
        self.twins = row[9]
        self.group = group


def pair_count(sizes):
    return sum(n * (n - 1) // 2 for n in sizes)


def read_links(path, name_spaces):
    links = {}
    with open(path, newline="", encoding="utf-8") as f:
        for row in csv.reader(f):
            if len(row) < 3 or row[0] == "domain":
                continue
            links[sys.intern(name_spaces.get(row[0], row[0])), row[1]] = sys.intern(row[2])
    return links


def read_truth(path, links):
    with open(path, newline="", encoding="utf-8") as f:
        rows = csv.reader(f)
        header = next(rows)
        if header[:4] != ["domain", "local_id", "person", "kind"]:
            sys.exit(f"{path}: not a truth file")
        for row in rows:
            yield Record(row, links.pop((row[0], row[1]), None))


def components(records):
    """Numbers the records of one person by what hangs together through agreeing contacts."""
    number = list(range(len(records)))
    seen = {}
    for i, record in enumerate(records):
        for contact in record.contacts:
            j = seen.setdefault(contact, i)
            a, b = number[i], number[j]
            if a != b:
                number = [b if n == a else n for n in number]
    return number


def recall_of_person(records, total):
    total["true"] += pair_count([len(records)])
    for (a, x), (b, y) in itertools.combinations(zip(records, components(records)), 2):
        linked = a.group is not None and a.group == b.group
        total["true_linked"] += linked
        total["reachable"] += x == y
        total["reachable_linked"] += linked and x == y


def judge_group(records, total, bad):
    """Counts the false pairs of a group and remembers the groups that hold two people."""
    total["linked"] += pair_count([len(records)])
    if len({r.person for r in records}) == 1:
        return
    total["bad_groups"] += 1
    is_exempt = True
    for a, b in itertools.combinations(records, 2):
        if a.person == b.person:
            continue
        exempt = a.likeness == b.likeness
        is_exempt = is_exempt and exempt
        total["exempt" if exempt else "false"] += 1
        if a.twins and a.twins == b.twins:
            total["twins"] += 1
        if a.kind in NEVER_LINKED or b.kind in NEVER_LINKED:
            total["never"] += 1
    bad.append((is_exempt, records))


def share(part, whole):
    return part / whole if whole else 1.0


def report(total, bad, show):
    recall = share(total["reachable_linked"], total["reachable"])
    print(f"records                      {total['records']}")
    print(f"records without a link row   {total['missing']}")
    print(f"link rows without a record   {total['strange']}")
    print(f"true pairs                   {total['true']}")
    print(f"  linked                     {total['true_linked']}"
          f"  ({share(total['true_linked'], total['true']):.5f})")
    print(f"  reachable                  {total['reachable']}"
          f"  ({share(total['reachable'], total['true']):.5f} of all)")
    print(f"  reachable and linked       {total['reachable_linked']}")
    print(f"recall of reachable pairs    {recall:.5f}")
    print(f"linked pairs                 {total['linked']}")
    print(f"false pairs                  {total['false']}")
    print(f"false pairs, exempt          {total['exempt']}")
    print(f"precision                    "
          f"{1 - share(total['false'], total['linked']) if total['linked'] else 1:.6f}")
    print(f"false per 100000 links       "
          f"{100000 * total['false'] / total['linked'] if total['linked'] else 0:.3f}")
    print(f"groups holding two people    {total['bad_groups']}")
    print(f"pairs of twins joined        {total['twins']}")
    print(f"test/unknown/unnamed joined  {total['never']}")
    for is_exempt, records in bad[:show]:
        print(("exempt: " if is_exempt else "FALSE:  ")
              + " ".join(f"{r.name}={r.person}({r.kind})" for r in records))
    return recall


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("truth")
    p.add_argument("links")
    p.add_argument("--domains", help="domains.txt, when the links name OIDs")
    p.add_argument("--min-recall", type=float, default=0.0)
    p.add_argument("--max-false", type=int)
    p.add_argument("--max-twins", type=int)
    p.add_argument("--list", type=int, default=20, help="show so many groups holding two people")
    o = p.parse_args()

    name_spaces = {}
    if o.domains:
        with open(o.domains, encoding="utf-8") as f:
            name_spaces = {oid: ns for ns, oid, _ in (line.split(" ", 2) for line in f)}
    total = collections.Counter()
    people = collections.defaultdict(list)
    groups = collections.defaultdict(list)
    links = read_links(o.links, name_spaces)
    for record in read_truth(o.truth, links):
        total["records"] += 1
        if record.kind not in NEVER_LINKED:
            people[record.person].append(record)
        if record.group is not None:
            groups[record.group].append(record)
        else:
            total["missing"] += 1
    total["strange"] = len(links)
    for records in people.values():
        if len(records) > 1:
            recall_of_person(records, total)
    bad = []
    for records in groups.values():
        if len(records) > 1:
            judge_group(records, total, bad)
    bad.sort(key=lambda b: b[0])
    recall = report(total, bad, o.list)
    failed = recall < o.min_recall
    failed |= o.max_false is not None and total["false"] > o.max_false
    failed |= o.max_twins is not None and total["twins"] > o.max_twins
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
