#!/usr/bin/env python3
"""Recomputes a hammered ledger from PostgreSQL's tables and what clients wrote down.

check.py CONNINFO FOLDER

Shares no code with the product: the rules are those of services/common/ledger/hash_chain.h and of the
contract. Ends with 1 and names what it found.
"""

import csv
import hashlib
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone

MAX_SHOWN = 20
# What the clock of the machine and the database's may differ by, and the run's own ends.
TIME_SLACK = timedelta(minutes=2)
COLUMNS = """t.sequence, t.id, f.name, o.name, t.amount, t.from_previous, t.to_previous, t.from_balance,
  t.to_balance, (extract(epoch FROM t.create_time) * 1000000)::bigint, coalesce(t.reverses::text, ''),
  encode(t.hash, 'hex'), t.currency, t.caller, t.description, t.metadata IS NULL"""

found = []


def report(text):
    found.append(text)
    if len(found) <= MAX_SHOWN:
        print("FOUND:", text)


def field(value):
    data = str(value).encode()
    return str(len(data)).encode() + b":" + data + b"\n"


def rows_of(conninfo, sql):
    process = subprocess.Popen(
        ["psql", "-Xq", conninfo, "-c", f"COPY ({sql}) TO STDOUT (FORMAT csv)"], stdout=subprocess.PIPE, text=True)
    yield from csv.reader(process.stdout)
    if process.wait() != 0:
        raise SystemExit("psql failed")


def lines_of(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        yield from csv.reader(file)


def check_ledger(conninfo):
    """The table by itself. Answers the rows by id and in order."""
    ledger = next(rows_of(conninfo, "SELECT ledger FROM ledger"))[0]
    limits = {name: int(limit) if limit else None
              for name, limit in rows_of(conninfo, "SELECT name, minimum_balance FROM accounts")}
    digest = hashlib.sha256(field(ledger)).hexdigest()
    newest, by_id, order = {}, {}, []
    now = datetime.now(timezone.utc)
    last_micros, first = 0, None
    for row in rows_of(conninfo, f"SELECT {COLUMNS} FROM transactions t JOIN accounts f ON f.id = t.from_account "
                                 "JOIN accounts o ON o.id = t.to_account ORDER BY t.sequence"):
        (sequence, number, source, target, amount, from_previous, to_previous, from_balance, to_balance, micros,
         reverses, digest_there, currency, caller, description, plain) = row
        where = f"transaction {sequence}"
        if int(sequence) != len(order) + 1:
            report(f"{where} follows {len(order)}")
        if number in by_id:
            report(f"{where} has the id of another one")
        for name, previous, balance, sign in ((source, from_previous, from_balance, -1), (target, to_previous, to_balance, 1)):
            before, held = newest.get(name, (0, 0))
            if int(previous) != before or int(balance) != held + sign * int(amount):
                report(f"{where}: {name} had {held} by {before}, the row says {balance} after {previous}")
            newest[name] = (int(sequence), held + sign * int(amount))
        limit = limits[source]
        if limit is not None and newest[source][1] < limit:
            report(f"{where}: {source} falls to {newest[source][1]}, below {limit}")
        if int(micros) < last_micros:
            report(f"{where} is older than the one before it")
        last_micros = int(micros)
        first = first or last_micros
        if not caller or plain != "t":
            report(f"{where}: caller '{caller}', metadata that nobody gave: {plain}")
        content = [digest, sequence, number, source, target, amount, currency, description, micros, reverses,
                   from_previous, to_previous, from_balance, to_balance]
        digest = hashlib.sha256(b"".join(map(field, content))).hexdigest()
        if digest != digest_there:
            report(f"{where}: its hash is not that of its content")
            digest = digest_there
        by_id[number] = row
        order.append((sequence, number, source, target, amount, from_balance, to_balance, digest_there))
    if sum(balance for _, balance in newest.values()) != 0:
        report("the balances do not add up to zero")
    end = datetime.fromtimestamp(last_micros / 1e6, timezone.utc)
    start = datetime.fromtimestamp((first or 0) / 1e6, timezone.utc)
    if not start - TIME_SLACK <= end <= now + TIME_SLACK:
        report(f"the newest transaction is of {end}, it is {now}")
    return by_id, order


def check_callers(folder, by_id):
    acknowledged = set()
    for number, source, target, amount, sequence in lines_of(folder, "acknowledged.csv"):
        acknowledged.add(number)
        row = by_id.get(number)
        if row is None:
            report(f"{number} was acknowledged as {sequence} and is lost")
        elif (row[0], row[2], row[3], row[4]) != (sequence, source, target, amount):
            report(f"{number} was acknowledged as {sequence}, the ledger has {row[:5]}")
    refused = 0
    for (number,) in lines_of(folder, "refused.csv"):
        refused += 1
        # Another caller of the same id may have been luckier, and was told so then.
        if number in by_id and number not in acknowledged:
            report(f"{number} was refused and is in the ledger")
    return len(acknowledged), refused


def check_reader(folder, name, order):
    count = 0
    for count, told in enumerate(lines_of(folder, name), start=1):
        if count > len(order) or tuple(told) != order[count - 1]:
            report(f"{name}: line {count} is {told}")
            return
    if count != len(order):
        report(f"{name} has {count} of {len(order)} transactions")


def main():
    conninfo, folder = sys.argv[1:]
    by_id, order = check_ledger(conninfo)
    acknowledged, refused = check_callers(folder, by_id)
    readers = sorted(name for name in os.listdir(folder) if name.startswith("reader-"))
    for name in readers:
        check_reader(folder, name, order)
    print(f"{len(order)} transactions recomputed, {acknowledged} acknowledged, {refused} refused, "
          f"{len(readers)} readers compared: {len(found)} found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
