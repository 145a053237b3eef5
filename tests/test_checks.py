"""Each rule of the knowledge is broken once; what the maintainer then reads is asserted word for word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import TODAY

from bot import knowledge
from bot.checks import RULES, check, vanished
from bot.values import State, When

HEAD = 'place: "320582"\nunits:\n'
ACCOUNT = """\
  - name: 某单位{unit}
    accounts:
      - id: {id}
        name: 某账号{unit}
        state: {state}
        checked: 2024-06-15
        sources: [{{publisher: 新京报}}]
"""


def found(folder: Path, text: str, today: When = TODAY) -> list[tuple[int, str, str, bool]]:
    """Return (line, field, found, warning) of every problem of one accounts file."""
    (folder / "accounts" / "jiangsu" / "x.yaml").write_text(text, encoding="utf-8")
    return [(p.line, p.field, p.found, p.warning) for p in check(knowledge.read(folder), today)]


def account(state: str, more: str = "", *, name: str = "a", unit: str = "甲") -> str:
    """Return an account's entry with further lines."""
    text = ACCOUNT.format(id=name, unit=unit, state=state)
    return text + "".join(f"        {line}\n" for line in more.splitlines())


def test_the_real_knowledge_has_no_errors(known: knowledge.Knowledge) -> None:
    """The only reminders are the ones we know the reason of: 汕头金融 stopped before it was announced."""
    problems = check(known, TODAY)
    assert [p for p in problems if not p.warning] == []
    assert [(Path(p.file).name, p.field) for p in problems] == [("shantou.yaml", "stopped")]


@pytest.mark.parametrize("name", ["A", "x_y", "-a", "a-", "水", "a" * 33])
def test_an_id_has_only_what_travels_in_buttons_and_links(folder: Path, name: str) -> None:
    assert found(folder, HEAD + account("active", name=name)) == [(5, "id", f"“{name}”", False)]


def test_a_place_is_one_of_the_divisions(folder: Path) -> None:
    assert found(folder, HEAD.replace("320582", "320589") + account("active")) == [
        (1, "place", "“320589”", False)
    ]


@pytest.mark.parametrize(
    ("state", "count", "wrong"),
    [
        ("merged", 0, True), ("merged", 1, False), ("merged", 2, True),
        ("renamed", 0, True), ("renamed", 1, False), ("renamed", 2, True),
        ("split", 1, True), ("split", 2, False),
        ("migrated", 0, True), ("migrated", 1, False),
        ("closed", 0, False), ("closed", 2, False), ("closing", 0, False),
        ("active", 1, True), ("dormant", 1, True), ("hijacked", 1, True), ("impostor", 1, True), ("revived", 1, True),
    ],
)  # fmt: skip
def test_each_state_has_as_many_destinations_as_it_may(
    folder: Path, state: str, count: int, *, wrong: bool
) -> None:
    more = "notice: unseen\n" if State(state).gone else ""
    if count:
        more += "destinations:\n" + "\n".join(f"  - {{name: 去向{i}, basis: media}}" for i in range(count))
    problems = found(folder, HEAD + account(state, more))
    assert [(field, text.endswith(f"去向写了 {count} 个")) for _, field, text, _ in problems] == (
        [("state", True)] if wrong else []
    )


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        ("{basis: media}", (12, "destinations", "account、unit、name 写了零个或几个", False)),
        (
            "{basis: media, name: 乙, account: a}",
            (12, "destinations", "account、unit、name 写了零个或几个", False),
        ),
        ("{basis: media, account: nobody}", (12, "account", "没有账号“nobody”", False)),
        ("{basis: media, unit: nobody}", (12, "unit", "没有单位“nobody”", False)),
        (
            "{basis: notice, name: 乙}",
            (10, "notice", "notice 是 unseen(没见到公告),依据是公告的去向有", False),
        ),
    ],
)
def test_a_destination_is_one_thing_that_exists(
    folder: Path, destination: str, expected: tuple[int, str, str, bool]
) -> None:
    more = f"notice: unseen\ndestinations:\n  - {destination}"
    assert expected in found(folder, HEAD + account("closed", more))


def test_nobody_is_led_to_a_hijacked_or_fake_account(folder: Path) -> None:
    more = "notice: unseen\ndestinations:\n  - {account: b, basis: media}"
    text = HEAD + account("closed", more) + account("hijacked", name="b", unit="乙")
    assert found(folder, text) == [(12, "destinations", "去向 b 现状是“被盗用”", False)]


def test_a_trail_that_returns_is_named(folder: Path) -> None:
    def to(other: str) -> str:
        return f"notice: unseen\ndestinations:\n  - {{account: {other}, basis: media}}"

    text = HEAD + account("closed", to("b")) + account("closed", to("a"), name="b", unit="乙")
    assert [(f, t) for _, f, t, _ in found(folder, text)] == [("destinations", "去向绕了一圈又回到自己")] * 2


def test_a_destination_that_has_itself_closed_with_nowhere_to_go_is_an_error_until_somebody_looked(
    folder: Path,
) -> None:
    more = "notice: unseen\ndestinations:\n  - {account: b, basis: media}"
    text = HEAD + account("closed", more) + account("closed", "notice: unseen", name="b", unit="乙")
    assert found(folder, text) == [(12, "destinations", "去向 b 自己也“已关停”,没有下一个去向", False)]
    assert found(folder, text.replace("account: b,", "account: b, ends_here: true,")) == []


@pytest.mark.parametrize(
    ("state", "more", "expected"),
    [
        ("closed", "", ("notice", "没有写")),
        ("closed", "notice: named", ("notice", "notice 是 named(写明),依据是公告的去向没有")),
        ("closed", "notice: none\nstopped: 2027-01-01", None),
        ("active", "seen: 2024-07-01", ("seen", "2024-07-01,在核对日期 2024-06-15 之后")),
        ("closed", "notice: none\nannounced: 2027-01-01", ("announced", "2027-01-01,在今天之后")),
    ],
)
def test_notice_and_dates_agree(
    folder: Path, state: str, more: str, expected: tuple[str, str] | None
) -> None:
    problems = [(field, text) for _, field, text, _ in found(folder, HEAD + account(state, more))]
    assert problems == ([expected] if expected else [])


def test_stopped_before_announced_is_a_reminder_only(folder: Path) -> None:
    more = "notice: none\nstopped: 2024-05-10\nannounced: 2024-05-20"
    assert found(folder, HEAD + account("closed", more)) == [
        (11, "stopped", "停更 2024-05-10 早于公告 2024-05-20", True)
    ]


def test_an_account_without_a_name_needs_its_units(folder: Path) -> None:
    text = HEAD + account("active").replace("        name: 某账号甲\n", "").replace(
        "- name: 某单位甲\n    accounts", "- accounts"
    )
    assert [f for _, f, _, _ in found(folder, text)] == ["accounts"]


def test_every_rule_says_in_chinese_what_it_asks() -> None:
    for rule in RULES:
        assert rule.__doc__
        assert rule.__doc__.endswith("。")


def test_an_id_that_disappeared_must_lead_somewhere(folder: Path) -> None:
    path = folder / "accounts" / "jiangsu" / "x.yaml"
    path.write_text(HEAD + account("active"), encoding="utf-8")
    (problem,) = vanished(["gone"], {})
    assert (problem.field, problem.found) == ("id", "编号“gone”以前有,现在没有了")
    (folder / "moved.yaml").write_text("- {id: gone, moved_to: a}\n- {id: dropped}\n", encoding="utf-8")
    read = knowledge.read(folder)
    assert check(read, TODAY) == []
    assert vanished(["gone", "dropped"], read.moved) == []


def test_a_moved_id_leads_to_an_account_and_is_not_used_again(folder: Path) -> None:
    (folder / "moved.yaml").write_text("- {id: a, moved_to: b}\n", encoding="utf-8")
    assert [(line, field) for line, field, _, _ in found(folder, HEAD + account("active"))] == [
        (1, "id"),
        (1, "moved_to"),
    ]


@pytest.mark.parametrize(
    ("address", "good"),
    [("https://www.zjg.gov.cn/a", True), ("http://www.zjg.gov.cn/", False), ("javascript:alert(1)", False), ("www.zjg.gov.cn", False),
     ("https://evil.example/ x", False), ("ftp://x.cn/", False)],
)  # fmt: skip
def test_an_address_people_are_shown_is_https(folder: Path, address: str, *, good: bool) -> None:
    text = HEAD + account("active").replace(
        "{publisher: 新京报}", f"{{publisher: 新京报, url: {json.dumps(address)}}}"
    )
    assert [field for _, field, _, _ in found(folder, text)] == ([] if good else ["url"])


def test_an_excused_host_may_be_http_and_an_excuse_nobody_needs_is_a_problem(folder: Path) -> None:
    (folder / "excused-hosts.txt").write_text("# 说明\n.gov.cn\t只有 http\n", encoding="utf-8")
    text = HEAD + account("active").replace(
        "{publisher: 新京报}", "{publisher: 新京报, url: 'http://www.zjg.gov.cn/'}"
    )
    assert found(folder, text) == []
    assert [f for _, _, f, _ in found(folder, HEAD + account("active"))] == ["已经没有网址用到它"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("contacts/x.yaml", "- {id: c, kind: hotline, value: '1', basis: press, topics: [nothing]}", "没有“nothing”这类事"),
        ("contacts/x.yaml", "- {id: c, kind: hotline, value: '1', basis: press, place: '999999'}", "“999999”"),
        ("contacts/x.yaml", "- {id: c, kind: hotline, value: '1', basis: press, merged_into: '2'}", "“2”"),
        ("rules/x.yaml", "- {id: r, place: '999999', covers: [any], since: 2019, says: x, sources: [{publisher: x}]}", "“999999”"),
        ("rules/x.yaml", "- {id: r, place: '320582', covers: [any], since: 2019, says: x, sources: [{publisher: x}], destinations: [{basis: rule}]}", "account、unit、name 写了零个或几个"),
        ("rules/x.yaml", "- {id: r, place: '320582', covers: [any], since: 2019, says: x, sources: [{publisher: x}], destinations: [{name: x, basis: notice}]}", "“notice”"),
    ],
)  # fmt: skip
def test_contacts_and_rules_speak_of_what_exists(folder: Path, name: str, text: str, expected: str) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    assert [(p.line, p.found) for p in check(knowledge.read(folder), TODAY)] == [(1, expected)]
