"""The share card: it says what the answer says, keeps apart what must not blur, and its code leads to the account."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from conftest import ROOT, TODAY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from test_sheet import FACE

from bot.card import MOST_SPOTS, Cards, NoCardError, checked_base, face
from bot.cli import main
from bot.dialogue import Message, answer
from bot.drawing import studio
from bot.drawing.face import Face, Spot, Tone
from bot.drawing.fonts import Fonts
from bot.drawing.lines import clean
from bot.drawing.sheet import LEAST_HEIGHT, WIDTH
from bot.matcher import Matcher
from bot.records import Account, Contact, Destination, Source, Unit  # fmt: skip
from bot.reply import Goal, Kind, Known, Reply
from bot.values import Basis, ContactBasis, ContactKind, Notice, Platform, State, When  # fmt: skip

BASE = "https://example.org"
ACCOUNT = Account(
    "shuirungangcheng-wx", State.CLOSING, When("2024-06-15"), (Source("新京报", When("2024-06-02"), reprint=True),),
    name="水润港城", platform=Platform.WECHAT, stopped=When("2024-04-19"), notice=Notice.UNSEEN,
)  # fmt: skip
UNIT = Unit(name="张家港市水务局")
HOTLINE = Contact(ContactKind.HOTLINE, "0512-12345", ContactBasis.OFFICIAL, "政务服务便民热线")
SITE = Contact(ContactKind.WEBSITE, "https://www.jszwfw.gov.cn/", ContactBasis.OFFICIAL, "江苏政务服务网")
GOAL = Goal("张家港发布", Platform.WECHAT, "account", Basis.NOTICE, seen=When("2026-01"))


def reply(
    *goals: Goal,
    contacts: tuple[Contact, ...] = (SITE, HOTLINE),
    language: str = "zh-Hans",
    **account: object,
) -> Reply:
    """Return a reply about an account like ours."""
    told = replace(ACCOUNT, **account)  # type: ignore[arg-type]
    known = Known(told, UNIT, "江苏省苏州市张家港市", "苏州市张家港市")
    return Reply(
        Kind.MOVED if goals else Kind.ASK, "", account=known, goals=goals, contacts=contacts, sources=told.sources,
        code="QX-0RTWB-P2", language=language,
    )  # fmt: skip


def said(told: Reply) -> Face:
    """Return the face of a reply that has one."""
    found = face(told)
    assert found
    return found


def words(told: Face) -> str:
    """Return all that a card says."""
    return "\n".join(told.texts())


def test_a_reply_that_is_not_about_one_account_has_no_card() -> None:
    assert face(Reply(Kind.NOT_FOUND, "没查到", contacts=(HOTLINE,))) is None


def test_the_notice_named_none_and_we_have_not_seen_it_are_two_cards() -> None:
    headings = {n: said(reply(notice=n)).heading for n in Notice}
    assert len(set(headings.values())) == len(Notice)
    assert "没有写" in headings[Notice.NONE]
    assert "没见到公告" in headings[Notice.UNSEEN]
    assert said(reply(notice=None)).heading == headings[Notice.UNSEEN]
    for state in State:
        unseen = words(said(reply(notice=Notice.UNSEEN, state=state)))
        assert "公告没" not in unseen
        assert "公告说" not in unseen


def test_where_it_went_and_closed_too_is_not_called_unnamed() -> None:
    dead = said(reply(notice=Notice.NAMED, destinations=(Destination(Basis.NOTICE, account="x"),)))
    assert dead.heading == "它去的地方后来也停了"
    assert dead.tone is Tone.DOUBT


def test_a_card_without_a_destination_names_whom_to_call_and_on_whose_word() -> None:
    told = said(reply())
    assert [s.name for s in told.spots] == ["0512-12345"]
    assert "官方公布" in told.spots[0].details
    assert told.lead
    assert told.step == ""


def test_what_the_notice_left_stands_before_the_hotline() -> None:
    address = Contact(ContactKind.ADDRESS, "人民中路 66 号", ContactBasis.NOTICE)
    told = said(reply(contacts=(SITE, HOTLINE, address)))
    assert [s.name for s in told.spots] == ["人民中路 66 号", "0512-12345"]
    assert "公告里写的" in told.spots[0].details


def test_two_notices_that_differ_are_both_shown_and_it_is_said() -> None:
    one, other = (
        Contact(ContactKind.ADDRESS, v, ContactBasis.NOTICE) for v in ("人民中路 66 号", "人民西路 8 号")
    )
    told = reply(contacts=(one, other, HOTLINE))
    assert said(told).more == ""
    assert told.account
    known = replace(told.account, account=replace(told.account.account, contacts=(one,)))
    differ = said(replace(told, account=known))
    assert [s.name for s in differ.spots][:2] == [one.value, other.value]
    assert "不一样" in differ.more


def test_a_destination_has_its_platform_its_day_and_its_basis() -> None:
    told = said(reply(GOAL))
    assert told.spots == (Spot("张家港发布", ("微信公众号", "2026-01 时在用,之后未核")),)
    assert (told.tone, told.heading, told.basis) == (Tone.GO, "现在看", "依据:停更公告写明")
    assert told.step == "找不到、要办事,打 0512-12345"
    assert told.struck
    assert told.event == "已公告 2024-04-19 起停更"


def test_destinations_on_different_words_say_so_each() -> None:
    told = said(reply(GOAL, replace(GOAL, name="张家港水务", basis=Basis.MEDIA)))
    assert told.basis == ""
    assert [s.details[-1] for s in told.spots] == ["停更公告写明", "媒体报道的,不是公告原文"]


@pytest.mark.parametrize("basis", Basis)
def test_a_weak_word_changes_the_colour(basis: Basis) -> None:
    weak = basis in (Basis.RULE, Basis.INFERRED, Basis.REPORTED)
    assert said(reply(replace(GOAL, basis=basis))).tone is (Tone.DOUBT if weak else Tone.GO)


def test_what_a_card_has_no_room_for_is_counted() -> None:
    many = tuple(replace(GOAL, name=f"张家港{n}") for n in range(MOST_SPOTS + 2))
    told = said(reply(*many))
    assert len(told.spots) == MOST_SPOTS
    assert told.more == "还有 2 处,这里没列"


def test_an_account_whose_name_nobody_reported_gets_none() -> None:
    old = said(reply(name=None))
    assert (old.old, old.whose) == ("张家港市水务局的微信公众号", ("账号名没有报道",))
    new = said(reply(replace(GOAL, name=None, unit=UNIT, platform=Platform.WEIBO)))
    assert new.spots[0].name == "张家港市水务局的微博"
    assert "账号名没有报道" in new.spots[0].details


def test_a_platform_nobody_named_is_not_made_up_and_a_path_is_told() -> None:
    assert "在哪个平台没有说" in said(reply(replace(GOAL, platform=None))).spots[0].details
    path = replace(GOAL, name="爱槐荫", platform=Platform.APP, kind="path", path=("政务号", "振兴街街道"))
    assert "进去点 政务号 → 振兴街街道" in said(reply(path)).spots[0].details
    unit = replace(GOAL, name="市水务局", platform=None, kind="unit", seen=None)
    assert said(reply(unit)).spots[0].details == ()


@pytest.mark.parametrize("state", [s for s in State if not s.gone])
def test_an_account_that_is_not_gone_is_not_struck(state: State) -> None:
    told = said(reply(GOAL, state=state, stopped=None, seen=When("2026-02")))
    assert not told.struck
    assert "张家港发布" not in words(told)


def test_a_fake_is_not_shown_as_the_unit_it_imitates() -> None:
    told = said(reply(state=State.IMPOSTOR, stopped=None))
    assert told.tone is Tone.CARE
    assert "张家港市水务局" not in words(told)
    assert "不要转钱" in told.heading


def test_an_account_in_use_is_in_use_on_a_day_and_not_today() -> None:
    told = said(reply(state=State.ACTIVE, stopped=None, seen=When("2026-02")))
    assert told.heading == "2026-02 时在用,之后未核"
    assert told.spots == ()


@pytest.mark.parametrize(
    ("language", "heading", "checked"),
    [("zh-Hans", "现在看", "查于 2024-06-15"), ("zh-Hant", "現在看", "查於 2024-06-15"),
     ("en", "Look here now", "Checked 2024-06-15")],
)  # fmt: skip
def test_the_card_speaks_the_language_of_the_answer(language: str, heading: str, checked: str) -> None:
    told = said(reply(GOAL, language=language))
    assert (told.heading, told.checked) == (heading, checked)
    assert told.unofficial in ("非官方", "unofficial")


@pytest.mark.parametrize(
    "base",
    ["", "example.org", "ftp://example.org", "https://", "https://a b", "https://例子.中国", "https://x/?q=1", "https://x/#a",
     "https://me:pw@x", "https://x:99999", "https://[::1", "https://x/\n", "https://" + "x" * 200],
)  # fmt: skip
def test_an_address_that_cannot_stand_in_a_code_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="写成 https"):
        checked_base(base)


@pytest.mark.parametrize("base", [BASE, BASE + "/", "http://127.0.0.1:8000", "https://xn--fiqs8s.example/qx"])
@pytest.mark.parametrize("account", ["a", "shuirungangcheng-wx", "x" * 32])
def test_the_code_leads_to_the_account(base: str, account: str, fonts: Fonts) -> None:
    content = Cards(base).png(replace(FACE, account=account))
    image = Image.open(io.BytesIO(content)).convert("L")
    expected = f"{base.rstrip('/')}/a/{account}"
    assert [code.text for code in zxingcpp.read_barcodes(image)] == [expected]
    # As a phone's screen shows it.
    small = image.resize((WIDTH // 2, image.height // 2))
    assert [code.text for code in zxingcpp.read_barcodes(small)] == [expected]


def test_the_longest_address_can_still_be_read(fonts: Fonts) -> None:
    base = "https://" + "x" * (studio.LONGEST_BASE - 8)
    image = Image.open(io.BytesIO(Cards(base).png(replace(FACE, account="x" * 32)))).convert("L")
    assert [code.text for code in zxingcpp.read_barcodes(image)] == [f"{base}/a/{'x' * 32}"]


def test_without_an_address_there_is_no_code(fonts: Fonts) -> None:
    image = Image.open(io.BytesIO(Cards().png(FACE))).convert("L")
    assert zxingcpp.read_barcodes(image) == []


@pytest.mark.parametrize("query", ["水润港城", "北京健康宝", "苏服办", "临淄交警", "振兴街街道"])
@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_a_real_account_has_a_card_of_less_than_120_kb(
    query: str, language: str, matcher: Matcher, fonts: Fonts
) -> None:
    content = Cards(BASE).png(said(answer(Message(query, language=language), matcher, TODAY)))
    assert len(content) < 120_000
    image = Image.open(io.BytesIO(content))
    assert image.width == WIDTH
    assert image.height >= LEAST_HEIGHT


def test_the_fullest_card_is_less_than_120_kb(fonts: Fonts) -> None:
    """Every name is as long as a card takes and there are three, each with all that can be said of it."""
    name = ("张家港市水务局镇江公安交警微信公众号江苏省苏州市人民政府" * 4)[: studio.LONGEST_NAME]
    details = (
        "微信公众号",
        "管的是:原公众号的服务功能整体迁移",
        "2026-01-10 时在用,之后未核",
        "按上级单位推的,公告没有写",
    )
    spots = tuple(Spot(name[n:] + name[:n], details) for n in range(MOST_SPOTS))
    full = replace(
        FACE, old=name, whose=("微信公众号", name), spots=spots, more="还有 2 处,这里没列", sources=name * 3
    )
    assert len(Cards("https://" + "x" * 100).png(full)) < 120_000


def test_the_same_card_has_the_same_bytes(fonts: Fonts) -> None:
    assert Cards(BASE).png(FACE) == Cards(BASE).png(FACE)
    assert Cards(BASE).png(FACE) != Cards(BASE).png(replace(FACE, code="QX-0RTWB-P3"))
    assert Cards(BASE).png(FACE) != Cards(BASE).png(replace(FACE, account="other"))


def test_a_card_is_drawn_once_and_only_so_many_are_kept(
    fonts: Fonts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio, "MOST_KEPT", 2)
    cards = Cards()
    first = cards.png(FACE)
    assert cards.png(replace(FACE)) is first
    for number in range(2):
        cards.png(replace(FACE, code=f"QX-{number}"))
    again = cards.png(FACE)
    assert again == first
    assert again is not first


def test_many_threads_draw_the_same_cards(fonts: Fonts) -> None:
    cards = Cards(BASE)
    faces = [
        replace(FACE, old=FACE.old[n:], language=lang) for n in range(3) for lang in ("zh-Hans", "zh-Hant")
    ]
    alone = [Cards(BASE).png(f) for f in faces]
    drawn: dict[tuple[int, int], bytes] = {}

    def draw(worker: int) -> None:
        for n in range(len(faces)):
            number = (n + worker) % len(faces)
            drawn[worker, number] = cards.png(faces[number])

    workers = [threading.Thread(target=draw, args=(w,)) for w in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(drawn) == 6 * len(faces)
    assert all(content == alone[number] for (_, number), content in drawn.items())


NAMES = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="水润港城 \u200b\u200d\u202e\u2066\ufe0f\u0301🐼👨é()《", max_size=70),
    st.text(alphabet="水润港城发布", min_size=1, max_size=60),
)


@given(old=NAMES, new=NAMES, detail=NAMES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_name_at_all_gives_a_whole_card_or_a_reason(
    old: str, new: str, detail: str, fonts: Fonts
) -> None:
    odd = replace(FACE, old=old, spots=(Spot(new, (detail,)),), sources=detail)
    try:
        content = Cards(BASE).png(odd)
    except NoCardError:
        assert fonts.lacking("".join(map(clean, (old, new, detail))), "zh-Hans") or not (
            0 < len(clean(old)) <= studio.LONGEST_NAME and 0 < len(clean(new)) <= studio.LONGEST_NAME
        )
        return
    with Image.open(io.BytesIO(content)) as image:
        assert image.width == WIDTH
        image.load()
    assert len(content) < 120_000


@pytest.mark.parametrize("name", ["", "\u200b", " ", "水" * 41, "平安北京🐼", "བོད", "\u0301"], ids=ascii)
def test_a_name_that_cannot_be_drawn_whole_is_not_drawn(name: str, fonts: Fonts) -> None:
    for odd in (replace(FACE, old=name), replace(FACE, spots=(Spot(name),))):
        with pytest.raises(NoCardError):
            Cards().png(odd)


def test_what_is_unseen_in_a_name_changes_nothing_on_the_card(fonts: Fonts) -> None:
    assert Cards().png(replace(FACE, old="水\u200b润\u202e港城")) == Cards().png(FACE)


@pytest.mark.parametrize("program", ["bot.cli", "bot.commands.run", "handlers.web", "handlers.telegram_bot"])
def test_nobody_who_draws_no_card_loads_a_picture_library(program: str) -> None:
    code = f"import sys, {program}, bot.card; bot.card.Cards(); print([m for m in ('PIL', 'segno') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_command_writes_the_card(
    tmp_path: Path, index_file: Path, fonts: Fonts, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "card.png"
    common = ["card", "水润港城", "--index", str(index_file), "--out", str(out)]
    assert main([*common, "--link", BASE, "--lang", "zh-Hant"]) == 0
    assert str(out) in capsys.readouterr().out
    codes = zxingcpp.read_barcodes(Image.open(out).convert("L"))
    assert [c.text for c in codes] == [f"{BASE}/a/shuirungangcheng-wx"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["水润港城"], 2, "--output"),
        (["水润港城", "--out", "x.png", "--link", "ftp://x"], 2, "https://example.org"),
        (["今天天气不错", "--out", "x.png"], 1, "没有画"),
        (["水润港城", "--out", "no/such/folder/x.png"], 1, "写不了"),
        (["水润港城", "--out", "x.png", "--font", "none.ttf"], 1, "none.ttf"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_command_says_what_is_wrong(
    arguments: list[str], code: int, says: str, tmp_path: Path, index_file: Path, fonts: Fonts,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["card", *arguments, "--index", str(index_file)]) == code
    assert says in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_environment_may_name_the_font(
    tmp_path: Path, index_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARD_FONT", str(tmp_path / "mine.ttf"))
    assert main(["card", "水润港城", "--out", str(tmp_path / "x.png"), "--index", str(index_file)]) == 1
    assert "mine.ttf" in capsys.readouterr().err
