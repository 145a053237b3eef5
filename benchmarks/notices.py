"""How right the parser of closure notices is on the labelled ones, field by field, and how fast.

python benchmarks/notices.py            both splits
python benchmarks/notices.py --misses   and what is wrong in the development split; the other one is never shown
"""

from __future__ import annotations

import argparse
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot import knowledge, notice  # noqa: E402
from bot.notice import Draft  # noqa: E402
from bot.places import Gazetteer  # noqa: E402
from bot.values import When  # noqa: E402

NOTICES = ROOT / "tests" / "notices"
# What must be right: issue 7's reach is for these.
REACH = ("name", "platform", "stops", "notice", "destinations")
FIELDS = (
    *REACH,
    "accounts",
    "platform_id",
    "unit",
    "place",
    "announced",
    "reason",
    "state",
    "kind",
    "path",
    "scope",
    "contacts",
    "aliases",
)
# Of these an account has one value or none.
SINGLE = (
    "name",
    "platform",
    "platform_id",
    "unit",
    "place",
    "announced",
    "stops",
    "reason",
    "state",
    "notice",
)

Score = dict[str, Counter[str]]


def entries(split: str) -> list[dict[str, Any]]:
    """Return the labelled notices of a split, `development` or `final`."""
    return [
        e
        for path in sorted(NOTICES.glob(f"{split}*.yaml"))
        for e in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  # dates stay as written
    ]


def read(entry: dict[str, Any], places: Gazetteer) -> tuple[Draft, ...]:
    """Return what the parser makes of a labelled notice."""
    date = entry["date"]
    return notice.read(entry["text"], places, When(date) if said(date) else None)


def said(value: Any) -> bool:
    """Tell whether a label says anything: `null` is text to a loader that converts nothing."""
    return value not in (None, "null", "", "~")


def bare(text: str) -> str:
    """Return a text without white space and the marks that have no width, as values are."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")


def squeezed(value: Any) -> str | None:
    """Return a value as labels are compared: without white space."""
    return "".join(str(value).split()) if said(value) else None


def labelled(account: dict[str, Any]) -> dict[str, list[Any]]:
    """Return an account's labels as lists of comparable values, empty where nothing is said."""
    one = {k: squeezed(account.get(k)) for k in SINGLE}
    leads = account.get("destinations") or []
    return {k: [v] if v else [] for k, v in one.items()} | {
        "destinations": [(squeezed(d["name"]), squeezed(d["platform"])) for d in leads],
        "kind": [(squeezed(d["name"]), d["kind"]) for d in leads],
        "path": [(squeezed(d["name"]), *map(squeezed, d["path"])) for d in leads if d.get("path")],
        "scope": [(squeezed(d["name"]), squeezed(d["scope"])) for d in leads if said(d.get("scope"))],
        "contacts": [(c["kind"], squeezed(c["value"])) for c in account.get("contacts") or []],
        "aliases": [squeezed(a) for a in account.get("aliases") or []],
        "accounts": [True],
    }


def drafted(draft: Draft) -> dict[str, list[Any]]:
    """Return a draft in the same shape."""
    one = {k: squeezed(getattr(draft, k)) for k in SINGLE}
    return {k: [v] if v else [] for k, v in one.items()} | {
        "destinations": [(squeezed(d.name), squeezed(d.platform)) for d in draft.destinations],
        "kind": [(squeezed(d.name), d.kind.value) for d in draft.destinations],
        "path": [(squeezed(d.name), *map(squeezed, d.path)) for d in draft.destinations if d.path],
        "scope": [(squeezed(d.name), squeezed(d.scope)) for d in draft.destinations if d.scope],
        "contacts": [(c.kind.value, squeezed(c.value)) for c in draft.contacts],
        "aliases": [squeezed(a) for a in draft.aliases],
        "accounts": [True],
    }


def pairs(
    right: Sequence[dict[str, list[Any]]], found: Sequence[dict[str, list[Any]]]
) -> Iterator[tuple[Any, Any]]:
    """Yield labels with the draft of the same account, `None` for one without the other.

    The same account is the same name and platform; then the same name, the same platform, the same unit.
    """
    left, rest = list(right), list(found)
    for keys in (("name", "platform"), ("name",), ("platform", "unit"), ("platform",)):
        for one in [*left]:
            same = next((f for f in rest if all(f[k] == one[k] for k in keys)), None)
            if same is not None:
                yield one, same
                left.remove(one)
                rest.remove(same)
    yield from ((one, None) for one in left)
    yield from ((None, one) for one in rest)


def score(entry: dict[str, Any], drafts: Sequence[Draft]) -> tuple[Score, list[str]]:
    """Return right, wrong and missed values by field, and each miss as a line."""
    counts: Score = {field: Counter() for field in FIELDS}
    misses: list[str] = []
    for one, other in pairs([labelled(a) for a in entry["accounts"]], [drafted(d) for d in drafts]):
        for field in FIELDS:
            want, got = Counter(one[field] if one else ()), Counter(other[field] if other else ())
            counts[field].update(
                right=(want & got).total(), wrong=(got - want).total(), missed=(want - got).total()
            )
            if want != got:
                name = (one or other)["name"]
                misses.append(f"{entry['id']} {name} {field}: want {list(want - got)} got {list(got - want)}")
    return counts, misses


def invented(entry: dict[str, Any], drafts: Iterable[Draft]) -> list[str]:
    """Return the values that do not stand in the text: every value has a span, and the span says it."""
    text = bare(entry["text"])
    found = []
    for draft in drafts:
        values = [
            draft.name,
            draft.platform_id,
            draft.unit,
            draft.place,
            *draft.aliases,
            *(c.value for c in draft.contacts),
        ]
        for d in draft.destinations:
            values += [d.name, d.url, *d.path]
        found += [f"{entry['id']}: {v}" for v in values if v and bare(v) not in text]
    return found


def total(scores: Iterable[Score]) -> Score:
    """Return scores added up."""
    whole: Score = {field: Counter() for field in FIELDS}
    for one in scores:
        for field in FIELDS:
            whole[field].update(one[field])
    return whole


def precision(count: Counter[str]) -> float:
    """Return the share of what was found that is right; 1 when nothing was found."""
    return (
        count["right"] / ((count["right"] + count["wrong"]) or 1) if count["right"] + count["wrong"] else 1.0
    )


def recall(count: Counter[str]) -> float:
    """Return the share of what is there that was found; 1 when nothing is there."""
    return count["right"] / (count["right"] + count["missed"]) if count["right"] + count["missed"] else 1.0


def table(scores: Score) -> str:
    """Return the figures of each field as a table."""
    lines = [f"{'field':13} {'precision':>9} {'recall':>7} {'right':>6} {'wrong':>6} {'missed':>6}"]
    for field in FIELDS:
        c = scores[field]
        mark = " *" if field in REACH else ""
        lines.append(
            f"{field:13} {precision(c):9.3f} {recall(c):7.3f} {c['right']:6} {c['wrong']:6} {c['missed']:6}{mark}"
        )
    return "\n".join(lines)


def speed(places: Gazetteer) -> str:
    """Return how long texts of 2,000 and 100,000 characters take, beside an empty pass over the first in the same run."""
    texts = {
        "the longest labelled text, over and over": max((e["text"] for e in entries("development")), key=len),
        "all labelled notices one after another": "\n".join(
            e["text"] for e in entries("development") if e["accounts"]
        ),
        "texts that close nothing": "\n".join(e["text"] for e in entries("development") if not e["accounts"]),
    }
    lines = []
    for name, text in texts.items():
        short, long = ((text * (size // len(text) + 1))[:size] for size in (2_000, 100_000))
        took = min(_ms(partial(notice.read, short, places)) for _ in range(40))
        took_long = min(_ms(partial(notice.read, long, places)) for _ in range(3))
        empty = min(_ms(partial(str.count, short, "\0")) for _ in range(20))
        accounts = len(notice.read(short, places))
        lines.append(
            f"{name}: 2,000 characters ({accounts} accounts) {took:.2f} ms, {took / empty:,.0f} times a search through it; "
            f"100,000 characters {took_long:.0f} ms, {took_long / took:.0f} times as long"
        )
    return "\n".join(lines)


def _ms(call: Any) -> float:
    started = time.process_time()  # of this process alone, on a machine that does other things too
    call()
    return (time.process_time() - started) * 1000


def main() -> int:
    """Print the table of each split, and the speed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--misses", action="store_true")
    options.add_argument("--split", choices=("development", "final"), action="append")
    chosen = options.parse_args()
    places = Gazetteer(knowledge.read(ROOT / "knowledge").places)
    for split in chosen.split or ("development", "final"):
        found = [(e, read(e, places)) for e in entries(split)]
        scores = [score(e, drafts) for e, drafts in found]
        if chosen.misses and split == "development":
            print(*(m for _, misses in scores for m in misses), sep="\n")
        print(f"{split}: {len(found)} texts, {sum(len(e['accounts']) for e, _ in found)} accounts")
        print(table(total(counts for counts, _ in scores)))
        print(f"invented values: {sum(len(invented(e, drafts)) for e, drafts in found)}\n")
    print(speed(places))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
