"""What is due to be looked at again is told, the oldest first, and reading refreshes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TODAY

from bot import knowledge
from bot.cli import main
from bot.commands.due import LIMITS, Age, listed
from bot.records import Account, Source, Unit
from bot.values import State, When

ENTRY = """\
place: "{place}"
units:
  - name: {unit}
    accounts:
      - id: {id}
        name: {name}
        platform: wechat
        state: {state}
        notice: unseen
        checked: {checked}
        sources: [{{publisher: 新京报}}]
"""


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.commands.due.today", lambda: TODAY)


@pytest.fixture
def small(folder: Path) -> Path:
    """A knowledge folder with one account that is due, one that is older but not due, and one that is fresh."""
    entries = (
        ("a-wx", "closing", "2026-08-01", "320582", "张家港市水务局", "水润港城"),
        ("b-wx", "closed", "2025-03", "320506", "吴中区某局", "吴中某号"),
        ("c-wx", "active", "2026-11-19", "320582", "张家港市公安局", "张家港公安"),
    )
    for name, state, checked, place, unit, title in entries:
        text = ENTRY.format(id=name, state=state, checked=checked, place=place, unit=unit, name=title)
        (folder / "accounts" / "jiangsu" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def age(account: Account, now: When) -> Age:
    """Return the age of an account's check on a day."""
    return Age.of(account, Unit((account,)), now)


def account(state: State, checked: str) -> Account:
    """Return an account of a state that was checked on a day."""
    return Account("x", state, When(checked), (Source("x"),))


def test_reading_refreshes_nothing(small: Path) -> None:
    files = sorted(p for p in small.rglob("*") if p.is_file())
    before = [(p.read_bytes(), p.stat().st_mtime_ns) for p in files]
    assert main(["due", "--all", "--knowledge", str(small)]) == 0
    assert sorted(p for p in small.rglob("*") if p.is_file()) == files
    assert [(p.read_bytes(), p.stat().st_mtime_ns) for p in files] == before


def test_a_place_that_is_none_is_wrong_use(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["due", "--knowledge", str(small), "--place", "张家刚市"]) == 2
    assert capsys.readouterr().err == "没有叫“张家刚市”的地方。相近的:张家界市、张家港市、张家口市。\n"
    assert main(["due", "--knowledge", str(small), "--place", "x"]) == 2
    assert capsys.readouterr().err == "没有叫“x”的地方。写全称或六位区划代码。\n"


@pytest.mark.parametrize("state", State, ids=str)
def test_every_state_has_a_limit_and_its_reason(state: State) -> None:
    limit = LIMITS[state]
    assert limit.days > 0
    assert limit.why
    first = When("2025-01-01")
    assert not Age(account(state, first.text), Unit(), limit.days).over
    assert Age(account(state, first.text), Unit(), limit.days + 1).over


def test_a_check_known_to_the_year_counts_from_its_first_day() -> None:
    assert age(account(State.ACTIVE, "2026"), When("2026-07-01")).days == 181
    assert age(account(State.ACTIVE, "2026-01"), When("2026-07-01")).days == 181
    assert age(account(State.ACTIVE, "2026-12-01"), When("2026-11-30")).days == -1


def test_the_oldest_stands_first(small: Path) -> None:
    ages = listed(knowledge.read(small), TODAY)
    assert [(a.account.id, a.days, a.over) for a in ages] == [
        ("b-wx", 629, False),
        ("a-wx", 111, True),
        ("c-wx", 1, False),
    ]


def test_due_names_file_and_line_and_says_why(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["due", "--knowledge", str(small)]) == 0
    file = small / "accounts" / "jiangsu" / "a-wx.yaml"
    title = "水润港城(微信公众号)"
    assert capsys.readouterr().out == (
        f"核对于      天数  现状        编号  名字{' ' * 18}文件\n"
        f"2026-08-01  111!  已公告停更  a-wx  {title}  {file.as_posix()}:5\n"
        "\n"
        "多少天算到期(! 是已经到期):\n"
        "  已公告停更  90 天  公告停更还没注销,随时可能再变\n"
        "\n"
        "3 个账号里,1 个该重新核对。\n"
    )


def test_all_are_listed_when_asked_for(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["due", "--all", "--knowledge", str(small)]) == 0
    out = capsys.readouterr().out
    assert [line.split()[3] for line in out.splitlines()[1:4]] == ["b-wx", "a-wx", "c-wx"]
    assert [line.split()[1] for line in out.splitlines()[1:4]] == ["629", "111!", "1"]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("张家港", "江苏省 · 苏州市 · 张家港市:2 个账号里,1 个该重新核对。"),
        ("320582", "江苏省 · 苏州市 · 张家港市:2 个账号里,1 个该重新核对。"),
        ("苏州市", "江苏省 · 苏州市:3 个账号里,1 个该重新核对。"),
        ("江苏", "江苏省:3 个账号里,1 个该重新核对。"),
        ("上海市", "上海市:0 个账号里,0 个该重新核对。"),
        ("南京鼓楼", "江苏省 · 南京市 · 鼓楼区:0 个账号里,0 个该重新核对。"),
        ("吉林", "吉林省、吉林省 · 吉林市:0 个账号里,0 个该重新核对。"),
    ],
)
def test_a_place_holds_those_below_it(
    small: Path, place: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["due", "--knowledge", str(small), "--place", place]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == said


def test_nothing_due_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["due", "--knowledge", str(folder)]) == 0
    assert capsys.readouterr().out == "0 个账号里,0 个该重新核对。\n"
