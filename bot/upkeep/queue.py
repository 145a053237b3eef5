"""Floor 7. What people asked in vain, grouped by what it seems to mean; and a group as a draft of an entry. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.ledger.feedback import Missing, OpenQuestion
from bot.matcher import Match, Matcher, Verdict
from bot.text import fold
from bot.upkeep.naming import slug
from bot.values import Platform, When

# Names that are as near as this, of 100, are taken for one that was mistyped.
NEAR = 75
LABELS = {
    Missing.ACCOUNT: "有人要我们去查",
    Missing.DESTINATION: "有人在等去向",
    Missing.LOOKUP: "没查到",
}
UNKNOWN = "待查"
DRAFT = """\
# 草稿,还不能直接用。问过 {times} 次,最后一次 {last}:
{asked}
# 查到公告或报道后,把“待查”都换掉,放进 knowledge/accounts/<省>/<地方>.yaml,再运行 python bot.py check。
place: "{place}"{where}
units:
  - name: {unknown}
    accounts:
      - id: {id}
        name: {name}
        platform: {platform}
        state: {unknown}      # closed 已关停、closing 已公告停更、renamed 已改名 ……
        notice: unseen   # 没读过公告就是 unseen;读过才写 none、vague 或 named
        checked: {today}
        sources:
          - {{publisher: {unknown}, date: {today}}}
"""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that seem to mean the same, the most asked first; `account` is one of ours that they may mean."""

    questions: tuple[OpenQuestion, ...]
    account: str | None = None

    @property
    def times(self) -> int:
        """How often it was asked."""
        return sum(q.times for q in self.questions)

    @property
    def name(self) -> str:
        """The words that were used most."""
        return self.questions[0].question

    @property
    def mark(self) -> str:
        """What stands for the group in a button, for as long as its most asked question is in it."""
        return mark_of(self.questions[0])


def mark_of(question: OpenQuestion) -> str:
    """Return what stands for a question in a button."""
    return hashlib.sha256(f"{question.missing}:{question.key}".encode()).hexdigest()[:16]


def grouped(questions: Iterable[OpenQuestion], matcher: Matcher) -> list[Group]:
    """Return the questions in groups, the most asked first. Those that a name of ours answers are one group each."""
    found: dict[str, list[OpenQuestion]] = {}
    accounts: dict[str, str] = {}
    for question in sorted(questions, key=lambda q: (-q.times, q.key)):
        match = matcher.match(question.question)
        account = _meant(match)
        key = f"a {account}" if account else _near(match.question.core or question.key, found)
        if account:
            accounts[key] = account
        found.setdefault(key, []).append(question)
    groups = (Group(tuple(members), accounts.get(key)) for key, members in found.items())
    return sorted(groups, key=lambda g: (-g.times, g.name))


def draft(group: Group, matcher: Matcher, today: When, last: str, taken: Collection[str]) -> str:
    """Return a group as the beginning of an entry: what people said is filled in, all else is to be found out.

    Args:
        group: The questions.
        matcher: What tells places and platforms.
        today: The day of the draft.
        last: The day of the last question.
        taken: Ids that there are already.
    """
    question = matcher.match(group.name).question
    places = question.places[-1].meaning if question.places else ()
    place = places[0] if len(places) == 1 else UNKNOWN
    platform = question.platforms[0] if question.platforms else None
    known = matcher.base.places.get(place)
    return DRAFT.format(
        times=group.times,
        last=last,
        asked="\n".join(f"#   {_line(q.question)}({q.times} 次)" for q in group.questions[:10]),
        place=place,
        where=f"   # {known.name},核对一下" if known else "   # 六位区划代码",
        unknown=UNKNOWN,
        id=slug(group.name, platform or Platform.WECHAT, None, taken),
        name=json.dumps(_line(group.name), ensure_ascii=False),
        platform=platform or UNKNOWN,
        today=today,
    )


def entry_of(text: str, matcher: Matcher) -> str | None:
    """Return the id of the account that a maintainer names: by id, by the code on an answer, or by a sure name."""
    base, word = matcher.base, text.strip()
    by_id = base.moved(word)
    if base.account(by_id):
        return by_id
    coded = base.coded(word.upper().removeprefix("QX-").partition("-")[0])
    if len(coded) == 1:
        return coded[0].id
    match = matcher.match(word)
    return match.accounts[0].id if match.verdict is Verdict.SURE else None


def _meant(match: Match) -> str | None:
    """Return the account of ours that a question may mean, were somebody to say so: nothing speaks against it."""
    if match.verdict is Verdict.SURE:
        return match.accounts[0].id
    best = match.candidates[0] if match.candidates else None
    return best.accounts[0] if best and best.accounts and not best.vetoes else None


def _near(core: str, known: Iterable[str]) -> str:
    """Return the key of a group whose name is nearly this, or a new one."""
    key = f"q {fold(core)}"
    return next((k for k in known if k[0] == "q" and fuzz.ratio(k[2:], key[2:]) >= NEAR), key)


def _line(text: str) -> str:
    return " ".join(text.split())


def counts(questions: Sequence[OpenQuestion]) -> str:
    """Return how many questions of each kind there are, in words."""
    numbers = {m: sum(q.missing is m for q in questions) for m in Missing}
    return "、".join(f"{LABELS[m]} {n} 个" for m, n in numbers.items() if n) or "没有"
