"""Floor 7. The open dump: what is known as plain tables, and these as JSON and CSV. Pure.

Every table and column is explained in `docs/data.md`. Addresses of mirrors and the maintainers' notes never leave.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.index.layout import CODE_LENGTH, long_code
from bot.knowledge import Knowledge
from bot.places import Gazetteer
from bot.records import Account, Contact, Destination, Rule, Source, Unit

Value = str | bool | int | list[str] | None
Row = dict[str, Value]
Tables = Mapping[str, Sequence[Row]]

# Raised when a table or column is taken away or changes its meaning; more of them do not raise it.
FORMAT = "1"
# A table stands after those it points into.
COLUMNS: dict[str, tuple[str, ...]] = {
    "about": ("key", "value"),
    "place": ("code", "name", "short", "parent", "former", "area_code", "towns"),
    "unit": ("id", "place", "name", "aliases", "town", "topics"),
    "account": (
        "id", "unit", "name", "platform", "platform_id", "aliases", "state", "reason", "notice", "announced",
        "stopped", "last_post", "seen", "checked", "remark", "code",
    ),
    "rule": ("id", "place", "covers", "level", "since", "says"),
    "contact": (
        "id", "account", "kind", "value", "name", "place", "topics", "scope", "hours", "basis", "partial",
        "merged_into",
    ),
    "destination": (
        "id", "account", "rule", "position", "to_account", "to_unit", "to_name", "platform", "path", "scope", "url",
        "seen", "basis", "ends_here",
    ),
    "differing": ("id", "account", "what", "says"),
    "source": ("id", "owner_table", "owner", "publisher", "date", "url", "reprint"),
    "topic": ("id", "name", "words", "hints", "agencies", "first", "urgent"),
    "moved": ("id", "moved_to"),
}  # fmt: skip
# Column → the table and column it points into.
POINTERS: dict[str, dict[str, tuple[str, str]]] = {
    "unit": {"place": ("place", "code")},
    "account": {"unit": ("unit", "id")},
    "destination": {
        "account": ("account", "id"), "rule": ("rule", "id"), "to_account": ("account", "id"), "to_unit": ("unit", "id"),
    },
    "contact": {"account": ("account", "id"), "place": ("place", "code")},
    "differing": {"account": ("account", "id")},
    "rule": {"place": ("place", "code")},
}  # fmt: skip
# The columns that hold whole numbers; true and false are 1 and 0 in a database. All others hold text.
WHOLE = {"position", "ends_here", "partial", "reprint", "first"}
# What joins a list in a format that has none.
JOINT = "|"
# A spreadsheet runs a cell that begins with one of these (OWASP, CSV Injection; full-width forms included).
FORMULA = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
# Hexadecimal digits that tell two things of one record apart.
SHORT = 8


def tables(knowledge: Knowledge) -> dict[str, list[Row]]:
    """Return all tables, each in the order of its ids, so that the same knowledge always gives the same text."""
    units = sorted((u for u in knowledge.units), key=lambda u: u.key)
    accounts = sorted((a for u in units for a in u.accounts), key=lambda a: a.id)
    contacts = sorted(((_contact_id("contact", c), c) for c in knowledge.contacts), key=lambda pair: pair[0])
    rules = sorted(knowledge.rules, key=lambda r: r.id)
    codes = answer_codes([a.id for a in accounts])
    found: dict[str, list[Row]] = {name: [] for name in COLUMNS}
    found["about"] = [{"key": "format", "value": FORMAT}, {"key": "knowledge", "value": knowledge.digest}]
    found["place"] = _places(knowledge, units)
    found["unit"] = [_picked("unit", u, id=u.key) for u in units]
    found["account"] = [_picked("account", a, code=codes[a.id]) for a in accounts]
    found["rule"] = [_picked("rule", r) for r in rules]
    found["contact"] = [_picked("contact", c, id=key) for key, c in contacts]
    found["topic"] = [_picked("topic", knowledge.topics[i]) for i in sorted(knowledge.topics)]
    found["moved"] = [{"id": i, "moved_to": knowledge.moved[i]} for i in sorted(knowledge.moved)]
    for account in accounts:
        _parts(account, found)
    for key, contact in contacts:
        found["source"] += _sources("contact", key, contact.sources)
    for rule in rules:
        found["destination"] += _destinations(rule)
        found["source"] += _sources("rule", rule.id, rule.sources)
    return {name: _each_once(name, rows) for name, rows in found.items()}


def answer_codes(ids: Sequence[str]) -> dict[str, str]:
    """Return the code that stands for each account on an answer: the short form where that is its alone."""
    shared = Counter(long_code(i)[:CODE_LENGTH] for i in ids)
    return {
        i: code[:CODE_LENGTH] if shared[code[:CODE_LENGTH]] == 1 else code
        for i in ids
        if (code := long_code(i))
    }


def as_json(found: Tables) -> bytes:
    """Return all tables as one JSON object: table → rows."""
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def as_csv(name: str, rows: Iterable[Row]) -> bytes:
    """Return one table as CSV with a heading; a cell that a spreadsheet would run begins with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS[name])
    for row in rows:
        texts = (flat(row[c]) for c in COLUMNS[name])
        writer.writerow([f"'{t}" if runs(t) else t for t in texts])
    return out.getvalue().encode()


def runs(text: str) -> bool:
    """Tell whether a spreadsheet would take a cell's text for a formula."""
    return text.startswith(tuple(FORMULA))


def flat(value: Value) -> str:
    """Return a value as the text of one cell."""
    if isinstance(value, list):
        return JOINT.join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _picked(table: str, record: object, **more: Value) -> Row:
    """Return the columns of a table that a record has under the same name."""
    return {c: more[c] if c in more else _value(getattr(record, c, None)) for c in COLUMNS[table]}


def _value(value: object) -> Value:
    if isinstance(value, tuple):
        return [str(v) for v in value]
    return value if value is None or isinstance(value, bool) else str(value)


def _places(knowledge: Knowledge, units: Iterable[Unit]) -> list[Row]:
    """Return the places that something exported is at, and those above them."""
    gazetteer = Gazetteer(knowledge.places)
    named = [*(u.place for u in units), *(r.place for r in knowledge.rules)]
    named += [c.place for c in knowledge.contacts if c.place]
    codes = {code for place in named for code in gazetteer.chain(place)}
    return [_picked("place", p, parent=p.above) for p in (knowledge.places[code] for code in sorted(codes))]


def _destinations(owner: Account | Rule) -> Iterator[Row]:
    of_rule = isinstance(owner, Rule)
    for position, d in enumerate(owner.destinations, 1):
        yield _picked(
            "destination",
            d,
            id=_id(owner.id, *_goal(d)),
            account=None if of_rule else owner.id,
            rule=owner.id if of_rule else None,
            position=position,
            to_account=d.account,
            to_unit=d.unit,
            to_name=d.name,
        )


def _goal(d: Destination) -> tuple[str | None, ...]:
    """Return what makes a destination the one it is: the rest may be corrected without changing its id."""
    return (d.account, d.unit, d.name, d.platform, d.scope, *d.path)


def _parts(account: Account, found: dict[str, list[Row]]) -> None:
    """Add an account's destinations, contact points, differing reports and sources to their tables."""
    found["destination"] += _destinations(account)
    found["source"] += _sources("account", account.id, account.sources)
    for contact in account.contacts:
        key = _contact_id(account.id, contact)
        found["contact"].append(_picked("contact", contact, id=key, account=account.id))
        found["source"] += _sources("contact", key, contact.sources)
    for differing in account.differs:
        key = _id(account.id, differing.what, differing.says)
        found["differing"].append(
            {"id": key, "account": account.id, "what": differing.what, "says": differing.says}
        )
        found["source"] += _sources("differing", key, (differing.source,))


def _contact_id(owner: str, contact: Contact) -> str:
    return contact.id or _id(owner, contact.place, contact.kind, contact.value)


def _sources(table: str, owner: str, sources: Iterable[Source]) -> Iterator[Row]:
    for s in sources:
        key = _id(owner, s.publisher, str(s.date or ""), s.url)
        reprint = s.reprint or s.mirror is not None
        yield _picked("source", s, id=key, owner_table=table, owner=owner, reprint=reprint)


def _each_once(table: str, rows: Iterable[Row]) -> list[Row]:
    """Return the first row of each id: without their mirrors, two sources may say the same."""
    found: dict[Value, Row] = {}
    for row in rows:
        found.setdefault(str(row[COLUMNS[table][0]]), row)
    return list(found.values())


def _id(owner: str, *parts: str | None) -> str:
    """Return an id that depends on what a thing is, not on where in its list it stands."""
    text = "\0".join(part or "" for part in parts)
    return f"{owner}.{hashlib.sha256(text.encode()).hexdigest()[:SHORT]}"
