"""A home area tells names apart that are as good otherwise, and nothing else; changes there are told to who asked."""

from __future__ import annotations

import json
import shutil

import pytest
from conftest import ROOT, TODAY, matcher_of

from bot.dialogue import Message, answer
from bot.following.area import area_letters, digest
from bot.ledger import Subscriber
from bot.matcher import Matcher, Verdict
from bot.talk.desk import Scene, desk

ENTRY = """\
  - name: {town}公安局
    accounts:
      - {{id: {id}, name: {name}, platform: wechat, state: closed, notice: unseen, checked: 2024-05-01, sources: [{{publisher: 某报, date: 2024-05-01}}]}}
"""
ZHANGJIAGANG, KUNSHAN, SUZHOU, JIANGSU, NANJING = "320582", "320583", "320500", "320000", "320100"


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    """Two units of different places with an account of the same name, and one with a name like it."""
    folder = tmp_path_factory.mktemp("area") / "knowledge"
    text = ENTRY.format(town="张家港市", id="z-wx", name="水乡平安")
    other = ENTRY.format(town="昆山市", id="k-wx", name="水乡平安")
    more = ENTRY.format(town="南京市", id="n-wx", name="秦淮灯火")
    shutil.copytree(ROOT / "knowledge", folder, ignore=shutil.ignore_patterns("accounts", "rules"))
    (folder / "accounts").mkdir()
    (folder / "accounts" / "k.yaml").write_text(f'place: "{KUNSHAN}"\nunits:\n{other}', encoding="utf-8")
    (folder / "accounts" / "n.yaml").write_text(f'place: "{NANJING}"\nunits:\n{more}', encoding="utf-8")
    return matcher_of(folder, text)


def asked(matcher: Matcher, text: str, area: str | None) -> tuple[Verdict, str | None, list[str]]:
    """Return how a question ends for somebody at home somewhere, the account, and what the buttons lead to."""
    reply = answer(Message(text, area=area), matcher, TODAY)
    account = reply.account.account.id if reply.account else None
    return reply.verdict, account, [c.choice for c in reply.choices]


@pytest.mark.parametrize("area", [None, SUZHOU, JIANGSU, NANJING, "nowhere"])
def test_an_area_that_tells_nothing_apart_leaves_the_question(twins: Matcher, area: str | None) -> None:
    """Both lie in 苏州市; neither lies in 南京市."""
    verdict, account, _ = asked(twins, "水乡平安", area)
    assert (verdict, account) == (Verdict.UNSURE, None)


@pytest.mark.parametrize(("area", "account"), [(ZHANGJIAGANG, "z-wx"), (KUNSHAN, "k-wx")])
def test_of_two_of_the_same_name_the_one_at_home_is_meant_and_the_answer_says_why(
    twins: Matcher, area: str, account: str
) -> None:
    reply = answer(Message("水乡平安", area=area), twins, TODAY)
    assert reply.account
    assert reply.account.account.id == account
    assert reply.text.startswith("同名的不止一个,按您的家乡")
    other = answer(Message("不是这个", context=reply.context, area=area), twins, TODAY)
    assert any(c.choice.startswith("a.") and account not in c.choice for c in other.choices)


def test_a_place_that_is_said_counts_more_than_home(twins: Matcher) -> None:
    assert asked(twins, "昆山水乡平安", ZHANGJIAGANG)[1] == "k-wx"


def test_a_name_like_it_is_not_taken_for_it_because_somebody_lives_there(twins: Matcher) -> None:
    with_home = asked(twins, "秦淮灯光", NANJING)
    assert with_home[:2] == asked(twins, "秦淮灯光", None)[:2]


def test_what_lies_at_home_is_offered_first(twins: Matcher) -> None:
    both = asked(twins, "水乡平安", SUZHOU)[2]
    assert {c.split(".")[1] for c in both[:2]} == {"z-wx", "k-wx"}


def test_each_subscriber_hears_of_what_lies_in_their_area_and_nobody_else(twins: Matcher) -> None:
    subscribers = [
        Subscriber("tg:1", ZHANGJIAGANG, None),
        Subscriber("tg:2", JIANGSU, "en"),
        Subscriber("tg:3", "110000", None),
        Subscriber("tg:4", None, None),
    ]
    letters = area_letters(subscribers, ["z-wx", "k-wx", "gone"], twins, "week 1", 5.0)
    assert [(x.chat, json.loads(x.payload), x.key, x.due) for x in letters] == [
        ("tg:1", ["z-wx"], "week 1", 5.0),
        ("tg:2", ["z-wx", "k-wx"], "week 1", 5.0),
    ]


def test_a_digest_says_each_account_and_how_to_end_it(twins: Matcher) -> None:
    scene = Scene(twins, desk(twins).voice("zh-Hans"), TODAY)
    text = digest(["z-wx", "k-wx", "gone"], JIANGSU, scene)
    assert text
    assert text.startswith("江苏省有 2 个账号的去向有变化:\n· 「水乡平安」(微信公众号):")
    assert text.endswith("不想再收,点下面的“不要摘要”。")
    assert digest(["gone"], JIANGSU, scene) is None


def test_a_digest_of_very_many_fits_one_message(matcher: Matcher) -> None:
    for language in ("zh-Hans", "zh-Hant", "en"):
        scene = Scene(matcher, desk(matcher).voice(language), TODAY)
        text = digest(list(matcher.base.ids())[:400], JIANGSU, scene)
        assert text
        assert len(text) < 4096
