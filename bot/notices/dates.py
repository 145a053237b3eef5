"""Floor 5. The days a notice speaks of, as written; which day that is follows from the notice's own date."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from bot.values import When

_DIGITS = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")} | {
    "○": "0",
    "零": "0",
    "0": "0",
    "o": "0",
    "两": "2",
}
_NUMBER = "[0-9〇○零一二三四五六七八九十廿]"
_DATE = re.compile(
    rf"""
    (?=[0-9〇○零一二三四五六七八九十廿本当下上今明去同即昨前后自公通声此该发印次翌这月元])(?:
    (?P<y>[12][0-9]{{3}}|[一二][〇○零o一二三四五六七八九]{{3}})年(?:(?P<m>{_NUMBER}{{1,3}}|元)月(?:份)?(?:(?P<d>{_NUMBER}{{1,3}})[日号]|(?P<e>[底末]))?)?(?P<ye>底)?
    |(?P<y2>[12][0-9]{{3}})(?P<sep>[-./])(?P<m2>[0-9]{{1,2}})(?P=sep)(?P<d2>[0-9]{{1,2}})(?![0-9])
    |(?P<m5>1[0-2]|0?[1-9])[./](?P<d5>[0-3]?[0-9])(?=起|停|止|前|后|正式|开始|关停|注销|下线|零时|0时|24时|[(（]|日)
    |(?P<rm>本月|这个月|这月|当月|下月|上月|下个月|上个月)(?:(?P<rd>{_NUMBER}{{1,3}})[日号]|(?P<re>[底末]))
    |(?<=[于在])(?P<rp>上个?月|下个?月|本月)(?=[已将起停关注下更])|(?<![0-9〇○零一二三四五六七八九十元个本当这上下])(?P<rb>月底|月末)(?=前|停|关|注|下线|正式|起|将|完成|,)
    |(?P<yo>今年|明年|去年)(?:年底|年初|年末|底|初|末)
    |(?P<ry>今年|明年|去年|本年|同年|当年)(?P<m4>{_NUMBER}{{1,3}})月(?:(?P<d4>{_NUMBER}{{1,3}})[日号]|(?P<e4>[底末]))?
    |(?P<m3>{_NUMBER}{{1,3}}|元)月(?:份)?(?:(?P<d3>{_NUMBER}{{1,3}})[日号]|(?P<e3>[底末]))?
    |(?P<w>即日|今日(?!头条|头條)|今天|今晚|今夜|当日|当天|本日|昨日|昨天|前日|前天|明日|明天|后天|(?:本|此|该)?(?:公告|通知|通告|声明|公示)?(?:自)?(?:发布|发出|公布|公告|通知|发文|印发)之日|同日|今起|次日|翌日)
    )""",
    re.VERBOSE,
)
_SHIFTS = {
    "昨日": -1,
    "昨天": -1,
    "前日": -2,
    "前天": -2,
    "明日": 1,
    "明天": 1,
    "后天": 2,
    "次日": 1,
    "翌日": 1,
}
_MONTHS = {
    "本月": 0,
    "当月": 0,
    "这个月": 0,
    "这月": 0,
    "月底": 0,
    "月末": 0,
    "下月": 1,
    "下个月": 1,
    "上月": -1,
    "上个月": -1,
}
# 同年 is the year of the date before it.
_SAME_YEAR = frozenset({"同年", "当年"})
_IN_A_ROW = frozenset("、和与及至到-—")
_YEARS = {"今年": 0, "同年": 0, "当年": 0, "本年": 0, "明年": 1, "去年": -1}


class Day(NamedTuple):
    """A date as it is written. What is not said is `None`; `shift` counts from the notice's own date.

    Attributes:
        start: where it starts in the levelled text.
        end: where it ends.
        year: the year, as a number.
        month: 1 to 12.
        day: 1 to 31.
        shift: days from the notice's date: 即日 is 0, 昨日 -1.
        months: months from the notice's date: 下月 is 1.
        years: years from the notice's date: 明年 is 1.
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    shift: int | None = None
    months: int | None = None
    years: int | None = None

    @property
    def whole(self) -> bool:
        """Whether it says the year, the month and the day."""
        return None not in (self.year, self.month, self.day)

    def when(self, notice: When | None) -> When | None:
        """Return the date it is in a notice of a date, `None` when that cannot be said."""
        if self.year:
            return _when(self.year, self.month, self.day)
        base = _calendar(notice)
        if base is None:
            return None
        if self.shift is not None:
            return _shifted(base, self.shift)
        if self.months is not None:
            count = base.year * 12 + base.month - 1 + self.months
            return _when(count // 12, count % 12 + 1, self.day)
        if self.years is not None:
            return _when(base.year + self.years, self.month, self.day)
        return _nearest(base, self.month, self.day)


def days(plain: str) -> list[Day]:
    """Return the dates that a levelled text speaks of, in order."""
    found: list[Day] = []
    for match in _DATE.finditer(plain):
        day = _day(match)
        if (
            day
            and match["ry"] in _SAME_YEAR
            and (before := next((d for d in reversed(found) if d.year), None))
        ):
            day = day._replace(year=before.year, years=None)
        if day and found and _in_a_row(found[-1], day, plain):
            day = day._replace(year=found[-1].year)
        if day:
            found.append(day)
    return found


def _in_a_row(last: Day, day: Day, plain: str) -> bool:
    """Tell whether a day without a year stands in a list behind one with a year: 2019年3月20日、3月25日."""
    unsaid = day.year is None and day.years is None and day.month is not None
    return unsaid and last.year is not None and plain[last.end : day.start] in _IN_A_ROW


def _day(match: re.Match[str]) -> Day | None:
    start, end = match.span()
    word, rm, rp, rb, yo, ry, y, y2 = match.group("w", "rm", "rp", "rb", "yo", "ry", "y", "y2")
    if word:
        return Day(start, end, shift=_SHIFTS.get(word, 0))
    day = _number(_one_of(match.group("d", "d2", "d3", "d4", "d5", "rd")))
    if from_now := rm or rp or rb:
        return Day(start, end, day=day, months=_MONTHS[from_now])
    month = _number(_one_of(match.group("m", "m2", "m3", "m4", "m5")))
    if month is not None and not 1 <= month <= 12:
        return None
    if yo:
        return Day(start, end, years=_YEARS[yo])
    if ry:
        return Day(start, end, month=month, day=day, years=_YEARS[ry])
    return Day(start, end, _year(y or y2), month, day)


def _one_of(groups: Sequence[str | None]) -> str | None:
    return next(filter(None, groups), None)


def _year(text: str | None) -> int | None:
    return int("".join(_DIGITS.get(c, c) for c in text)) if text else None


@cache
def _number(text: str | None) -> int | None:
    """Return the number that digits of either kind write: 二十八, 廿八, 28."""
    if not text:
        return None
    text = text.replace("廿", "二十").replace("元", "1")
    tens, ten, units = text.rpartition("十")
    if ten:
        whole = [_DIGITS.get(c, c) for c in (tens or "一", units or "0")]
        return int(whole[0]) * 10 + int(whole[1]) if all(w.isdigit() for w in whole) else None
    return int("".join(_DIGITS.get(c, c) for c in text))


@lru_cache(maxsize=4096)
def _when(year: int, month: int | None, day: int | None) -> When | None:
    text = f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if month and day else "")
    try:
        return When(text)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _nearest(base: dt.date, month: int | None, day: int | None) -> When | None:
    """Return the date in the year that puts it nearest to a day: in December, 1月1日 is next year's."""
    tries = [w for year in (base.year, base.year + 1, base.year - 1) if (w := _when(year, month, day))]
    middle = [dt.date.fromisoformat(w.text if len(w.text) == 10 else f"{w.text}-15") for w in tries]
    apart = [abs((m - base).days) for m in middle]
    return tries[apart.index(min(apart))] if tries else None


def _calendar(when: When | None) -> dt.date | None:
    return dt.date.fromisoformat(when.text) if when and len(when.text) == 10 else None


def _shifted(base: dt.date, days_: int) -> When | None:
    try:
        return When((base + dt.timedelta(days=days_)).isoformat())
    except OverflowError:
        return None
