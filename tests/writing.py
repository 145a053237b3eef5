"""What the tests of writing into place files share: a small town, its one file, and accounts to put in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from conftest import TODAY, state_of

from bot import knowledge
from bot.records import Account, Source
from bot.upkeep.editing import Written, add
from bot.upkeep.placefile import Entry
from bot.values import State, When

PLACES = """\
- {code: "100000", name: 中华人民共和国, short: 全国}
- {code: "320000", name: 江苏省, short: 江苏}
- {code: "320500", name: 苏州市, short: 苏州}
- {code: "320582", name: 张家港市, short: 张家港}
- {code: "320100", name: 南京市, short: 南京}
- {code: "320106", name: 鼓楼区, short: 鼓楼}
- {code: "320302", name: 鼓楼区, short: 鼓楼}
- {code: nj-jiangbei, name: 江北新区, short: 江北, parent: "320100"}
- {code: "500000", name: 重庆市, short: 重庆}
- {code: "610000", name: 陕西省, short: 陕西}
- {code: "610300", name: 宝鸡市, short: 宝鸡}
"""
FILE = """\
# 江苏省 · 苏州市 · 张家港市
place: "320582"

units:
  # 水务
  - name: 张家港市水务局   # 全称
    accounts:
      - id: shuirungangcheng-wx
        name: 水润港城
        state: active
        checked: 2024-06-15
        sources:
          - {publisher: 新京报, date: 2024-06-02}  # 转载
        # 还没有核实

  - accounts:
      - id: jinrizhangjiagang-app
        name: 今日张家港
        platform: app
        state: active
        checked: "2024"
        sources: [{publisher: 新京报}]
        note: |
          第一行

          第二行

# 完
"""
SOURCES = (Source("新京报", When("2024-06-02")),)


def account(name: str | None = "新账号", ident: str = "xinzhanghao", **more: object) -> Account:
    """Return an account in use, with further fields."""
    return replace(Account(ident, State.ACTIVE, When("2024-06-15"), SOURCES, name=name), **more)  # type: ignore[arg-type]


def entry(unit: str | None = "张家港市水务局", place: str = "320582", **more: object) -> Entry:
    """Return an entry for 张家港市水务局 unless told otherwise."""
    return Entry(place, account(**more), unit)  # type: ignore[arg-type]


def refused(found: Entry, folder: Path) -> list[str]:
    """Return why an entry is not put in, having made sure that no file changed."""
    before = state_of(folder)
    problems = add(found, folder, TODAY)
    assert isinstance(problems, list)
    assert state_of(folder) == before
    return [f"{p.line}: {p.field}: {p.found};应当是:{p.expected};{p.todo}" for p in problems]


def put(found: Entry, folder: Path) -> Written:
    """Put an entry in and return where it stands."""
    written = add(found, folder, TODAY)
    assert isinstance(written, Written), written
    return written


def only_inserted(before: bytes, after: bytes) -> bool:
    """Tell whether the one thing that happened to a text is that something was put into it at one place."""
    same = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
    return after.endswith(before[same:]) and len(after) > len(before)


def read_back(folder: Path, ident: str) -> tuple[str, str | None, Account]:
    """Return the place, the unit's name and the account that a folder holds under an id."""
    read = knowledge.read(folder)
    assert read.problems == []
    return next(
        (u.place, u.name, replace(a, unit="")) for u in read.units for a in u.accounts if a.id == ident
    )
