"""Floor 7. What a notice says of an account → what is put into the knowledge, as JSON, as YAML with its gaps marked.

Nothing is added to what the text says but where the text is from; what a maintainer adds by hand goes before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.codec import Fault
from bot.notice import Draft, DraftDestination
from bot.places import COUNTRY
from bot.records import Contact, Destination
from bot.upkeep.entries import Given, Reader
from bot.upkeep.placefile import Entry, flow, heading, lines_of
from bot.values import Basis, ContactBasis, ContactKind, Notice, When

# What a draft's gap is called, and the key of an entry that it leaves out.
GAPS = {
    "name": ("name", "账号名"),
    "platform": ("platform", "平台"),
    "platform_id": ("platform_id", "账号编号"),
    "unit": ("unit", "单位"),
    "place": ("place", "地方"),
    "announced": ("announced", "公告日期"),
    "stops": ("stopped", "停更日期"),
    "reason": ("reason", "原因"),
    "destinations": ("destinations", "去向"),
    "contacts": ("contacts", "公告里的地址、电话"),
}
# What a maintainer may add to or put in place of what the text says, by the key of its question.
TOLD = ("place", "unit", "platform_id", "reason", "announced", "stopped", "sources", "checked", "note")
_FORMER = "原"
_SECURE = "https://"


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of drafts beside their text.

    Attributes:
        today: the day it is.
        given: what a maintainer adds, in the words that answer the questions of `new`.
        url: where the text was found.
    """

    today: When
    given: Mapping[str, Sequence[str]]
    url: str | None = None


def as_json(draft: Draft) -> dict[str, Any]:
    """Return a draft as plain data: what it says, the stretch of the text behind each value, what it leaves open."""
    return {
        "name": draft.name,
        "platform": _text(draft.platform),
        "platform_id": draft.platform_id,
        "unit": draft.unit,
        "place": draft.place,
        "announced": _text(draft.announced),
        "stops": _text(draft.stops),
        "reason": _text(draft.reason),
        "state": str(draft.state),
        "notice": str(draft.notice),
        "destinations": [
            {"name": d.name, "platform": _text(d.platform), "scope": d.scope} for d in draft.destinations
        ],
        "contacts": [{"kind": str(c.kind), "value": c.value} for c in draft.contacts],
        "spans": {name: list(span) for name, span in draft.spans.items()},
        "gaps": list(draft.gaps),
    }


def entry_of(draft: Draft, reader: Reader, told: Told) -> tuple[Entry | None, list[Fault]]:
    """Return the entry that a draft becomes, its destinations as they are written, or what keeps it from being one."""
    found, faults = reader.entry(_given(draft, told))
    if found is None:
        return None, faults
    basis = draft.basis
    account = replace(
        found.account,
        aliases=draft.aliases,
        destinations=tuple(_destination(d, basis) for d in draft.destinations),
        contacts=tuple(
            Contact(c.kind, c.value, ContactBasis.NOTICE)
            for c in draft.contacts
            if c.kind is not ContactKind.WEBSITE or c.value.startswith(_SECURE)
        ),
    )
    return replace(found, account=account), []


def yaml_of(
    drafts: Sequence[Draft], reader: Reader, told: Told, file_of: Callable[[str], str]
) -> Iterator[str]:
    """Yield drafts as the lines of their places' files, a document for each place, a line for each gap.

    It is YAML that `check` reads; what has to be there and is not said stands empty.

    Args:
        drafts: what a text says.
        reader: what is known; the drafts are from then on.
        told: what is known of them beside the text.
        file_of: gives the file that belongs to the code of a place.
    """
    yield "# 草稿:从公告的文字读出来的,还没有人核实;“缺”的是文字里没有的,查到了再补,不要猜"
    made = [(draft, *_made(draft, reader, told)) for draft in drafts]
    place = unit = ""
    started = False
    for draft, entry, lacks in sorted(made, key=lambda m: (m[1].place, m[1].unit or "")):
        here = "" if "place" in lacks else entry.place
        if not started or here != place:
            yield from (["---"] if started else [])
            yield from _head(here, reader, file_of)
            place, unit, started = here, "", True
        if not entry.unit or entry.unit != unit:
            yield f"  - name: {flow(entry.unit)}" if entry.unit else "  - # 缺 name:单位"
            yield "    accounts:"
            unit = entry.unit or ""
        for line in lines_of(entry.account, 6):
            yield line.replace('"?"', '""  # 缺:谁发的,用 --source 补') if "publisher:" in line else line
        yield from (f"        # 缺 {key}:{name}" for key, name in _left_open(draft, told))


def _made(draft: Draft, reader: Reader, told: Told) -> tuple[Entry, set[str]]:
    """Return a draft as an entry, with words that stand in for what it lacks, and the keys of these."""
    entry, faults = entry_of(draft, reader, told)
    lacks = {str(f.path[0]) for f in faults}
    if entry is None:
        stand_in = {"place": [COUNTRY], "sources": ["?"]}
        kept = {key: texts for key, texts in told.given.items() if key not in lacks}
        given = {**kept, **{key: stand_in[key] for key in lacks & set(stand_in)}}
        entry, _ = entry_of(replace(draft, place=None), reader, replace(told, given=given))
    if entry is None:
        raise AssertionError(lacks)  # all else that a draft has is as the codec wants it
    reader.take(entry)
    return entry, lacks


def _head(place: str, reader: Reader, file_of: Callable[[str], str]) -> Iterator[str]:
    if not place:
        yield from ('place: ""  # 缺:地方;查到了用 --place 补', "", "units:")
        return
    yield f"# 放进 {file_of(place)}"
    yield from heading(place, reader.places.gazetteer).decode().splitlines()


def _left_open(draft: Draft, told: Told) -> Iterator[tuple[str, str]]:
    for gap in draft.gaps:
        key, name = GAPS[gap]
        if gap not in ("unit", "place") and key not in told.given:
            yield key, name


def _given(draft: Draft, told: Told) -> Given:
    """Return a draft as the answers to the questions of `new`."""
    read = {
        "place": draft.place,
        "name": draft.name,
        "platform": _text(draft.platform),
        "platform_id": draft.platform_id,
        "unit": _unit(draft),
        "state": str(draft.state),
        "reason": _text(draft.reason),
        "announced": _text(draft.announced),
        "stopped": _text(draft.stops),
        "notice": str(_notice(draft)),
        "checked": str(_checked(draft, told)),
        "sources": _source(draft, told),
        # An address that may not be shown to people is still where the notice is.
        "note": f"公告网址:{told.url}" if told.url and not told.url.startswith(_SECURE) else None,
    }
    found = {key: [value] for key, value in read.items() if value}
    return {**found, **{key: list(texts) for key, texts in told.given.items()}}


def _unit(draft: Draft) -> str | None:
    """Return the unit's name; that it was called so before is the account's story and not part of the name."""
    unit = draft.unit
    return unit.removeprefix(_FORMER) if unit and len(unit) > 3 else unit


def _notice(draft: Draft) -> Notice:
    """Return what is known of the notice: whoever only read of it has not seen it."""
    return draft.notice if draft.basis is Basis.NOTICE else Notice.UNSEEN


def _checked(draft: Draft, told: Told) -> When:
    """Return the day of the text, which is the last that anybody vouches for; today where it says none."""
    dated = draft.announced if draft.basis is Basis.NOTICE else None
    return dated if dated and dated.first <= told.today.last else told.today


def _source(draft: Draft, told: Told) -> str | None:
    """Return who says so: of a notice whoever runs the account; who wrote an article its text rarely says."""
    if draft.basis is not Basis.NOTICE:
        return None
    publisher = _unit(draft) or (f"“{draft.name}”" if draft.name else None)
    date = str(draft.announced or "")
    secure = told.url if told.url and told.url.startswith(_SECURE) else ""
    return "|".join((publisher, date, secure)).rstrip("|") if publisher else None


def _destination(d: DraftDestination, basis: Basis) -> Destination:
    url = d.url if d.url and d.url.startswith(_SECURE) else None
    return Destination(basis, name=d.name, platform=d.platform, path=d.path, scope=d.scope, url=url)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def title(draft: Draft) -> str:
    """Return a draft in one line: its name, platform and unit."""
    told = "、".join(filter(None, (draft.platform.label if draft.platform else "", draft.unit)))
    return (draft.name or "(没有账号名)") + (f"({told})" if told else "")
