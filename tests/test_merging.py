"""A draft is held against a record side by side; what differs is kept beside it, and the file changes only there."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import state_of

from bot.knowledge import read
from bot.records import Account, Contact, Destination, Source
from bot.upkeep import editing
from bot.upkeep.amending import amend
from bot.upkeep.merging import Merge, Verdict, changed, merge
from bot.upkeep.placefile import Entry, UnfitError
from bot.values import Basis, ContactBasis, ContactKind, Notice, Platform, Reason, State, When

PAPER = Source("新京报", When("2024-06-02"))
NOTICE = Source("平湖市科学技术协会", When("2024-06-28"))
OURS = Account(
    "pinghukepu-wx",
    State.CLOSING,
    When("2024-06-15"),
    (PAPER,),
    "平湖科普",
    Platform.WECHAT,
    notice=Notice.UNSEEN,
)
GOAL = Destination(Basis.NOTICE, name="平湖发布", platform=Platform.WECHAT)


def theirs(**more: object) -> Entry:
    values: dict[str, object] = {"notice": Notice.NONE, **more}
    account = Account(
        "x", State.CLOSING, When("2024-06-28"), (NOTICE,), "平湖科普", Platform.WECHAT, **values
    )  # type: ignore[arg-type]
    return Entry("330482", account, "平湖市科学技术协会")


def merged(ours: Account, entry: Entry, unit: str | None = "平湖市科学技术协会") -> Merge:
    return merge(ours, unit, entry)


def verdicts(found: Merge) -> dict[str, Verdict]:
    return {row.what: row.verdict for row in found.rows}


def with_(ours: Account, **values: object) -> Account:
    from dataclasses import replace

    return replace(ours, **values)  # type: ignore[arg-type]


def test_what_both_say_differently_is_kept_twice_and_ours_stays() -> None:
    ours = with_(OURS, stopped=When("2024-07-01"), reason=Reason.BURDEN)
    found = merged(ours, theirs(stopped=When("2024-08-01"), reason=Reason.REFORM))
    assert (found.account.stopped, found.account.reason) == (ours.stopped, ours.reason)
    assert [(d.what, d.says, d.source) for d in found.account.differs] == [
        ("原因", "机构改革", NOTICE),
        ("停更日期", "2024-08-01", NOTICE),
    ]
    assert verdicts(found)["停更日期"] is Verdict.DIFFERS


def test_the_same_difference_is_kept_once() -> None:
    ours = with_(OURS, stopped=When("2024-07-01"))
    once = merged(ours, theirs(stopped=When("2024-08-01"))).account
    assert len(merged(once, theirs(stopped=When("2024-08-01"))).account.differs) == 1


def test_two_units_are_both_kept() -> None:
    found = merged(OURS, theirs(), unit="平湖市科协")
    assert [d.says for d in found.account.differs] == ["平湖市科学技术协会"]


def test_a_second_end_of_an_account_is_another_word_and_not_the_truth() -> None:
    found = merged(with_(OURS, state=State.CLOSED), theirs())
    assert found.account.state is State.CLOSED
    assert verdicts(found)["现状"] is Verdict.DIFFERS


def test_a_renamed_account_gets_no_second_name() -> None:
    ours = with_(OURS, state=State.RENAMED, destinations=(Destination(Basis.MEDIA, name="科普平湖"),))
    found = merged(ours, theirs(destinations=(GOAL,), notice=Notice.NAMED))
    assert found.account.destinations == ours.destinations
    assert "平湖发布(微信公众号)" in [d.says for d in found.account.differs]


def test_that_an_account_in_use_closes_is_news() -> None:
    assert merged(with_(OURS, state=State.ACTIVE), theirs()).account.state is State.CLOSING


def test_what_we_lacked_is_filled_in_and_the_source_stands_beside_ours() -> None:
    contact = Contact(ContactKind.PHONE, "0573-85012345", ContactBasis.NOTICE)
    entry = theirs(
        stopped=When("2024-07-01"), announced=When("2024-06-28"), destinations=(GOAL,), notice=Notice.NAMED,
        contacts=(contact,), platform_id="gh_0123456789ab",
    )  # fmt: skip
    account = merged(OURS, entry).account
    assert (account.stopped, account.announced, account.platform_id) == (
        When("2024-07-01"), When("2024-06-28"), "gh_0123456789ab",
    )  # fmt: skip
    assert account.destinations == (GOAL,)
    assert (account.notice, account.contacts, account.sources) == (Notice.NAMED, (contact,), (PAPER, NOTICE))
    assert account.checked == When("2024-06-28")
    assert not account.differs


def test_a_day_fills_in_a_month() -> None:
    account = merged(with_(OURS, stopped=When("2024-07")), theirs(stopped=When("2024-07-01"))).account
    assert account.stopped == When("2024-07-01")
    assert not account.differs


def test_a_place_to_go_that_both_name_has_the_better_word() -> None:
    ours = with_(OURS, destinations=(Destination(Basis.MEDIA, name="平湖发布"),))
    account = merged(ours, theirs(destinations=(GOAL,), notice=Notice.NAMED)).account
    assert [(d.name, d.basis) for d in account.destinations] == [("平湖发布", Basis.NOTICE)]
    assert account.notice is Notice.NAMED


def test_what_the_draft_does_not_say_stays() -> None:
    ours = with_(OURS, stopped=When("2024-07-01"), destinations=(Destination(Basis.MEDIA, name="平湖发布"),))
    account = merged(ours, theirs(notice=None)).account
    assert set(changed(ours, account)) == {"sources", "checked"}


FILE = """# 浙江省 · 嘉兴市 · 平湖市
place: "330482"

units:
  - name: 平湖市科学技术协会  # 全称
    accounts:
      - id: pinghukepu-wx
        name: 平湖科普
        platform: wechat
        state: closing   # 公告说的
        notice: unseen
        destinations:
          - {name: 平湖发布, basis: media}  # 报上写的
        checked: 2024年6月15日
        sources:
          - {publisher: 新京报, date: 2024-06-02}
        # 这一条还要再查
      - id: pinghutiyu-wx
        name: 平湖体育
        platform: wechat
        state: active
        checked: 2024-06-15
        sources: [{publisher: 新京报, date: 2024-06-02}]
"""


@pytest.fixture
def file(folder: Path) -> Path:
    path = folder / "accounts" / "zhejiang" / "pinghu.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(FILE, encoding="utf-8", newline="")
    return path


def into(folder: Path, ident: str, entry: Entry) -> editing.Plan:
    known = read(folder)
    unit, account = next((u, a) for u in known.units for a in u.accounts if a.id == ident)
    planned = amend(merge(account, unit.name, entry).account, known, folder, When("2026-01-01"))
    if not planned.troubles:
        editing.write(planned)
    return planned


FULL = theirs(stopped=When("2024-07-01"), destinations=(GOAL,), notice=Notice.NAMED, aliases=("平湖市科普",))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_a_file_changes_only_where_the_record_does(file: Path, folder: Path, newline: str, end: str) -> None:
    file.write_text((FILE.rstrip("\n") + end).replace("\n", newline), encoding="utf-8", newline="")
    assert not into(folder, "pinghukepu-wx", FULL).troubles
    after = file.read_bytes().decode().replace(newline, "\n").splitlines()
    assert after == [
        *FILE.splitlines()[:10],
        "        notice: named",
        "        destinations:",
        "          - {name: 平湖发布, basis: notice}  # 报上写的",
        "        checked: 2024-06-28",
        "        sources:",
        "          - {publisher: 新京报, date: 2024-06-02}",
        "          - {publisher: 平湖市科学技术协会, date: 2024-06-28}",
        "        aliases: [平湖市科普]",
        "        stopped: 2024-07-01",
        *FILE.splitlines()[16:],
    ]


def test_a_list_in_brackets_grows_in_its_brackets(file: Path, folder: Path) -> None:
    assert not into(folder, "pinghutiyu-wx", theirs(notice=Notice.NONE)).troubles
    assert (
        "sources: [{publisher: 新京报, date: 2024-06-02}, {publisher: 平湖市科学技术协会, date: 2024-06-28}]"
        in (file.read_text(encoding="utf-8"))
    )


def test_the_last_lines_of_a_file_without_an_end_are_ended(file: Path, folder: Path) -> None:
    file.write_text(FILE.rstrip("\n"), encoding="utf-8")
    assert not into(folder, "pinghutiyu-wx", FULL).troubles
    account = next(a for u in read(folder).units for a in u.accounts if a.id == "pinghutiyu-wx")
    assert (account.state, account.stopped, account.aliases) == (
        State.CLOSING,
        When("2024-07-01"),
        ("平湖市科普",),
    )


def test_what_breaks_a_rule_changes_nothing(file: Path, folder: Path) -> None:
    before = state_of(folder)
    planned = into(folder, "pinghukepu-wx", theirs(announced=When("2029-01-01")))
    assert "在今天之后" in str(planned.troubles[0].problem)
    assert state_of(folder) == before


def test_a_record_changed_since_it_was_read_is_not_written_over(file: Path, folder: Path) -> None:
    known = read(folder)
    file.write_text(FILE.replace("平湖发布", "平湖新闻"), encoding="utf-8")
    unit, account = next((u, a) for u in known.units for a in u.accounts if a.id == "pinghukepu-wx")
    assert amend(merge(account, unit.name, FULL).account, known, folder).troubles
    file.write_text("place: '330482'\n", encoding="utf-8")
    with pytest.raises(UnfitError):
        amend(merge(account, unit.name, FULL).account, known, folder)
