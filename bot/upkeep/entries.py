"""Floor 7. What a person writes of an account → an entry, or all that is wrong with it; for `new` and `import` alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot import codec
from bot.codec import MISSING, Fault
from bot.knowledge import Knowledge
from bot.places import COUNTRY
from bot.records import Account, Destination, Unit
from bot.text import fold
from bot.upkeep.likeness import Alike
from bot.upkeep.naming import slug
from bot.upkeep.placefile import Entry
from bot.upkeep.placenames import PlaceNames
from bot.upkeep.questions import QUESTIONS, destination, source
from bot.upkeep.spots import Finder

# The texts a person gave, by the key of the question they answer.
Given = Mapping[str, Sequence[str]]

# Before a name that is also one of ours: the other one is meant.
OUTSIDE = re.compile(r"库外[:\uff1a]\s*")


class Reader:
    """Turns what a person writes of accounts into entries, knowing what is there already."""

    def __init__(self, known: Knowledge) -> None:
        self.known = replace(known, units=[*known.units])
        self.places = PlaceNames(known.places)
        self._finder = Finder(known)
        self._taken = {*known.moved}
        self._places: dict[str, str] = {}
        self._unit_ids: set[str | None] = set()
        self._units: dict[tuple[str, str], str | None] = {}
        self._accounts: dict[str, Account] = {}
        self._named: dict[str, list[Account]] = {}
        for unit in known.units:
            self._note(unit)

    def entry(self, given: Given) -> tuple[Entry | None, list[Fault]]:
        """Return the entry that texts mean, or all that is wrong with them; destinations are as they were written."""
        faults = [f for key, texts in given.items() for text in texts for f in _garbled(key, text)]
        if faults:
            return None, faults
        one = {key: texts[0].strip() for key, texts in given.items() if texts}
        place = self._place(one.get("place", ""), faults)
        data: dict[str, Any] = {k: v for k, v in one.items() if k in codec.members(Account)} | {"id": "x"}
        for key, parse in (("destinations", destination), ("sources", source)):
            data.pop(key, None)
            if texts := given.get(key):
                data[key] = [parse(text, (key, number), faults) for number, text in enumerate(texts)]
        unasked = len(faults)
        account = codec.decode(Account, data, faults)
        faults[unasked:] = map(_asked_for, faults[unasked:])
        if account is None or place is None or faults:
            return None, faults
        unit = one.get("unit") or None
        if unit:  # by the name its place's file has for it, where it is there under this name or another
            unit = self._units.get((place, fold(unit)), unit)
        code = slug(account.name, account.platform, unit, self._taken)
        return Entry(place, replace(account, id=code), unit), faults

    def linked(self, entry: Entry) -> tuple[Entry, list[Fault]]:
        """Return an entry whose destinations are our own accounts where that is certain, and where somebody must say."""
        faults: list[Fault] = []
        links = [self._link(d, n, entry, faults) for n, d in enumerate(entry.account.destinations)]
        return replace(entry, account=replace(entry.account, destinations=tuple(links))), faults

    def read(self, given: Given) -> tuple[Entry | None, list[Fault]]:
        """Return the entry that texts mean with its destinations linked, or all that is wrong with them."""
        entry, faults = self.entry(given)
        return self.linked(entry) if entry else (None, faults)

    def take(self, entry: Entry) -> None:
        """Count an entry among what is known, so that the next ones are compared with it and may lead to it."""
        unit = Unit((entry.account,), name=entry.unit, place=entry.place)
        self.known.units.append(unit)
        self._note(unit)

    def told(self, alike: Alike) -> str:
        """Return an existing account as one line: what it is, its id, where it stands."""
        account, unit = alike.account, alike.unit
        name = account.name or "(没有账号名)"
        details = ",".join(filter(None, (self._described(account), unit.name, account.state.label)))
        return f"{name}({details}){account.id} {self._finder.at(account.id)}"

    def _described(self, account: Account) -> str:
        """Return what tells an account from its namesakes: its platform and its place."""
        platform = account.platform.label if account.platform else "平台没有说"
        code = self._places[account.id]
        place = self.known.places.get(code)
        return f"{platform},{place.name if place else code}"

    def _note(self, unit: Unit) -> None:
        self._unit_ids.add(unit.id)
        for word in filter(None, map(fold, (unit.name or "", *unit.aliases))):
            self._units.setdefault((unit.place, word), unit.name)
        for account in unit.accounts:
            self._taken.add(account.id)
            self._places[account.id] = unit.place
            self._accounts[account.id] = account
            if name := fold(account.name or ""):
                self._named.setdefault(name, []).append(account)

    def _place(self, text: str, faults: list[Fault]) -> str | None:
        codes = self.places.meant(text) if text else []
        if len(codes) == 1:
            return codes[0]
        expected = "区划表里有的名称或代码,如 张家港市、320582"
        if not text:
            fault = Fault(("place",), MISSING, expected, "补上地方")
        elif codes:
            listed = "、".join(f"{c}({self.places.where(c)})" for c in codes)
            fault = Fault(("place",), f"“{text}”有 {len(codes)} 个", "其中一个的代码", f"写代码:{listed}")
        else:
            near = self.places.near(text)
            todo = f"是不是 {near[0]}?" if near else "到 knowledge/places/ 里查名称和代码"
            fault = Fault(("place",), f"“{text}”", expected, todo)
        faults.append(fault)
        return None

    def _link(self, d: Destination, number: int, entry: Entry, faults: list[Fault]) -> Destination:
        """Return a destination as the account or unit of ours that it certainly is; as it was written otherwise."""
        name = d.name or ""
        if OUTSIDE.match(name):
            return replace(d, name=OUTSIDE.sub("", name, count=1))
        if name in self._unit_ids:
            return replace(d, name=None, platform=None, unit=name)
        by_id = [self._accounts[name]] if name in self._accounts else []
        found = by_id or [a for a in self._named.get(fold(name), ()) if a.id != entry.account.id]
        found = [a for a in found if d.platform in (None, a.platform)]
        if not found and not by_id:
            return d
        provinces = {self.places.province(p) for p in (entry.place, *(self._places[a.id] for a in found))}
        if len(found) == 1 and (by_id or len(provinces - {COUNTRY}) <= 1):
            return replace(d, name=None, platform=None, account=found[0].id)
        listed = "、".join(f"{a.id}({self._described(a)})" for a in found or by_id)
        what = (
            f"“{name}”在本库有 {len(found)} 个" if found else f"“{name}”不在{d.platform and d.platform.label}"
        )
        todo = f"写编号:{listed};都不是就写 库外:{name}"
        faults.append(Fault(("destinations", number, "account"), what, "说清是哪一个账号", todo))
        return d


def _asked_for(fault: Fault) -> Fault:
    """Return a fault with what to do about a field left out in the words of its question, not those of the YAML."""
    question = QUESTIONS.get(str(fault.path[0])) if len(fault.path) == 1 and fault.found == MISSING else None
    return replace(fault, todo=f"补上{question.label}") if question else fault


def _garbled(key: str, text: str) -> list[Fault]:
    """Return a fault for text that came in through a terminal or file of another encoding."""
    shown = text.encode(errors="replace").decode()
    fault = Fault((key,), f"“{shown}”", "UTF-8 文字", "终端或文件的编码不对,换成 UTF-8 再试")
    return [fault] if shown != text else []
