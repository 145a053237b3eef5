"""The Official Account: forged requests first, then what WeChat sends, signed and sealed by an independent implementation."""

from __future__ import annotations

import asyncio
import base64
import io
import re
import time
import warnings
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest
import webs
from conftest import Turn, conversations
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from starlette.applications import Starlette

from bot.dialogue import Message, answer
from bot.drawing.fonts import Fonts
from bot.hosting import Hosting, WeChat
from bot.ledger import Missing, open_ledger
from bot.matcher import Matcher
from bot.reply import Reply
from bot.upkeep.readable import UnreadableError
from bot.values import When
from handlers import wechat, wechat_pictures
from handlers.limits import Rate
from handlers.wechat_crypto import ForgedError, Seal
from handlers.wechat_messages import answer_to, fields, incoming
from handlers.wechat_talk import LONGEST, MOST_BYTES, Talk, fit, rendered

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from wechatpy import parse_message
    from wechatpy.crypto import WeChatCrypto
    from wechatpy.utils import WeChatSigner

TOKEN, APP_ID, PERSON, US = "quxiangtoken", "wx0123456789abcdef", "oPersonPersonPersonPerson00", "gh_quxiang"
SECRET = bytes(range(32))
KEY = base64.b64encode(SECRET).decode().rstrip("=")
NUMBER = iter(range(1, 1_000_000))


def signed(*parts: str) -> str:
    """Sign as wechatpy does."""
    signer = WeChatSigner()
    signer.add_data(TOKEN, *parts)
    found: str = signer.signature
    return found


def query(timestamp: str | None = None, nonce: str = "n0nce", **more: str) -> dict[str, str]:
    """Return what stands in the address of every request of WeChat's."""
    timestamp = timestamp or str(int(time.time()))
    return {
        "signature": signed(timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": PERSON,
        **more,
    }


def xml(kind: str = "text", person: str = PERSON, **more: str) -> str:
    """Return a message as WeChat writes it; each has another number unless one is given."""
    number = {} if kind == "event" else {"MsgId": more.pop("MsgId", str(next(NUMBER)))}
    given_ = {
        "ToUserName": US,
        "FromUserName": person,
        "CreateTime": "1700000000",
        "MsgType": kind,
        **more,
        **number,
    }
    return "<xml>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in given_.items()) + "</xml>"


def account(
    matcher: Matcher, tmp_path: Path, *, key: bytes | None = None, links: bool = False, ledger: bool = True
) -> Starlette:
    """Return the site of an account."""
    hosting = Hosting(
        wechat=WeChat(TOKEN, key, APP_ID if key else None, links),
        url="https://example.org" if links else None,
    )
    return webs.site(matcher, hosting, ledger=tmp_path / "ledger.sqlite" if ledger else None)


@pytest.fixture
async def plain(matcher: Matcher, tmp_path: Path) -> AsyncIterator[Starlette]:
    """An account in plain mode."""
    app = account(matcher, tmp_path)
    yield app
    await app.state.site.close()


@pytest.fixture
async def sealed(matcher: Matcher, tmp_path: Path) -> AsyncIterator[Starlette]:
    """An account in AES mode."""
    app = account(matcher, tmp_path, key=SECRET)
    yield app
    await app.state.site.close()


async def send(app: Starlette, body: str | bytes, given_: dict[str, str] | None = None) -> httpx.Response:
    """Send a request to the account."""
    content = body.encode() if isinstance(body, str) else body
    async with webs.client(app) as client:
        return await client.post("/wechat", params=query() if given_ is None else given_, content=content)


async def say(app: Starlette, text: str, **more: str) -> str:
    """Send a text and return the answer's."""
    return read(await send(app, xml(Content=text, **more)))


def read(got: httpx.Response) -> str:
    """Return the text of an answer, read by wechatpy."""
    assert got.status_code == 200
    if got.text == "success":
        return ""
    message = parse_message(got.content)
    assert (message.source, message.type) == (US, "text")
    content: str = message.content
    return content


def sealing() -> WeChatCrypto:
    """Return the independent other end."""
    return WeChatCrypto(TOKEN, KEY, APP_ID)


def seal(body: str, nonce: str = "n0nce") -> tuple[str, dict[str, str]]:
    """Return a message as WeChat sends it in AES mode, with its address."""
    timestamp = str(int(time.time()))
    content = sealing().encrypt_message(body, nonce, timestamp)
    given_ = {"msg_signature": fields(content.encode())["MsgSignature"], "encrypt_type": "aes"}
    return content, query(timestamp, nonce, **given_)


# Forged --------------------------------------------------------------------------------------------------------

OLD, SOON = str(int(time.time()) - 3600), str(int(time.time()) + 3600)


@pytest.mark.parametrize(
    "given_",
    [{}, {"signature": "0" * 40}, {**query(), "signature": "0" * 40}, {**query(), "nonce": "other"}, {**query(), "timestamp": "1"},
     {**query(), "signature": query()["signature"].upper()}, query(OLD), query(SOON), query("x"), query("١٧"), query("9" * 400), query(nonce=""),
     {**query(), "signature": "é"}],
    ids=lambda g: str(sorted(g))[:30],
)  # fmt: skip
async def test_a_request_that_is_not_signed_is_refused(plain: Starlette, given_: dict[str, str]) -> None:
    got = await send(plain, xml(Content="水润港城"), given_)
    assert (got.status_code, got.text) == (403, "forged")
    async with webs.client(plain) as client:
        greeted = await client.get("/wechat", params={**given_, "echostr": "123"})
    assert (greeted.status_code, greeted.text) == (403, "forged")


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>'


@pytest.mark.parametrize(
    "body",
    ["", "x", "<xml>", "<xml></xml>", "<a/>", '{"text": 1}', BOMB, OUTSIDE, "<xml>" + "<a>1</a>" * 100 + "</xml>", xml(Content="x", person=""),
     xml(Content="x", person="o" * 65), "\x00", "<?xml version='1.0' encoding='nothing'?><xml/>"],
    ids=lambda b: b[:20],
)  # fmt: skip
async def test_what_is_no_message_is_refused(plain: Starlette, body: str) -> None:
    assert (await send(plain, body)).status_code == 403


async def test_a_sealed_account_takes_nothing_in_plain(sealed: Starlette) -> None:
    assert (await send(sealed, xml(Content="水润港城"))).status_code == 403


async def test_a_sealed_message_that_was_changed_is_refused(sealed: Starlette) -> None:
    content, given_ = seal(xml(Content="水润港城"))
    text = fields(content.encode())["Encrypt"]
    other = sealing().encrypt_message(xml(Content="南京质检"), "n0nce", given_["timestamp"])
    for changed in (
        content.replace(text, text[:-8] + "AAAAAAA="),
        other,
        content.replace(text, ""),
        content.replace(text, "!" + text[1:]),
    ):
        assert (await send(sealed, changed, given_)).status_code == 403
    without = {k: v for k, v in given_.items() if k != "msg_signature"}
    assert (await send(sealed, content, without)).status_code == 403
    assert (await send(sealed, content, given_)).status_code == 200


async def test_a_message_sealed_for_another_account_is_refused(sealed: Starlette) -> None:
    for key, app_id in ((KEY, "wxother"), (base64.b64encode(b"k" * 32).decode().rstrip("="), APP_ID)):
        timestamp = str(int(time.time()))
        content = WeChatCrypto(TOKEN, key, app_id).encrypt_message(xml(Content="水润港城"), "n", timestamp)
        given_ = query(timestamp, "n", msg_signature=fields(content.encode())["MsgSignature"])
        assert (await send(sealed, content, given_)).status_code == 403


@given(st.binary(max_size=200))
def test_nothing_that_was_not_sealed_opens(data: bytes) -> None:
    with pytest.raises(ForgedError):
        Seal(SECRET, APP_ID).open(base64.b64encode(data).decode())


@given(st.text(max_size=50))
def test_no_text_that_is_not_sealed_breaks_anything(text: str) -> None:
    with pytest.raises(ForgedError):
        Seal(SECRET, APP_ID).open(text)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    try:
        incoming(data)
    except ForgedError:
        return
    raise AssertionError("no bytes at random are a message")


@given(st.text(max_size=100))
def test_what_is_sealed_here_opens_there_and_the_other_way(text: str) -> None:
    content = "<xml><Content>" + "".join(c for c in text if c.isalnum()) + "</Content></xml>"
    timestamp, nonce = "1700000000", "n"
    there = sealing().encrypt_message(content, nonce, timestamp)
    assert Seal(SECRET, APP_ID).open(fields(there.encode())["Encrypt"]).decode() == content
    here = Seal(SECRET, APP_ID).seal(content.encode())
    opened = sealing().decrypt_message(
        f"<xml><Encrypt>{here}</Encrypt></xml>", signed(timestamp, nonce, here), timestamp, nonce
    )
    assert (opened if isinstance(opened, str) else opened.decode()) == content


# What WeChat sends ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["plain", "sealed"])
async def test_the_address_is_confirmed_to_wechat(
    request: pytest.FixtureRequest, matcher: Matcher, mode: str, tmp_path: Path
) -> None:
    app = account(matcher, tmp_path, key=SECRET if mode == "sealed" else None)
    async with webs.client(app) as client:
        got = await client.get("/wechat", params=query(echostr="5837492847"))
    assert (got.status_code, got.text) == (200, "5837492847")


async def test_without_a_token_there_is_no_account(matcher: Matcher) -> None:
    async with webs.client(webs.site(matcher)) as client:
        assert (await client.get("/wechat", params=query(echostr="1"))).status_code == 404


async def test_a_sealed_question_gets_a_sealed_answer(sealed: Starlette) -> None:
    got = await send(sealed, *seal(xml(Content="未央正当时")))
    found = fields(got.content)
    opened = sealing().decrypt_message(got.text, found["MsgSignature"], found["TimeStamp"], found["Nonce"])
    message = parse_message(opened)
    assert (message.source, message.target) == (US, PERSON)
    assert "现在看:「长乐未央」" in message.content
    assert "长乐未央" not in got.text


@pytest.mark.parametrize(
    ("body", "says"),
    [(xml("voice", MediaId="1", Format="amr", Recognition="水润港城。"), "张家港市水务局"), (xml("voice", MediaId="1", Format="amr"), "只看得懂文字"),
     (xml("image", PicUrl="http://127.0.0.1:1/x", MediaId="1"), "只看得懂文字"), (xml("location", Label="南京"), "只看得懂文字"),
     (xml("event", Event="subscribe"), "把账号名字发给我"), (xml("event", Event="subscribe", EventKey="qrscene_shuirungangcheng-wx"), "张家港市水务局"),
     (xml("event", Event="SCAN", EventKey="shuirungangcheng-wx"), "张家港市水务局"), (xml("event", Event="SCAN", EventKey="1"), "按钮用不了"),
     (xml("event", Event="CLICK", EventKey="help"), "发账号名字给我"), (xml("event", Event="CLICK", EventKey="未央正当时"), "长乐未央"),
     (xml("event", Event="VIEW", EventKey="https://example.org"), ""), (xml("event", Event="LOCATION"), ""), (xml("event", Event="unsubscribe"), ""),
     (xml(Content=""), "只看得懂文字")],
    ids=lambda v: v[v.find("MsgType") :][:60],
)  # fmt: skip
async def test_each_kind_of_message_gets_what_fits_it(plain: Starlette, body: str, says: str) -> None:
    said = read(await send(plain, body))
    assert says in said
    assert bool(said) == bool(says)


@pytest.fixture(autouse=True)
def without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are not read unless a test says so, whatever is installed."""
    monkeypatch.setattr(wechat_pictures, "available", lambda: False)


@pytest.mark.parametrize("mode", ["ledger", "memory"])
@pytest.mark.parametrize("turns", conversations())
async def test_conversations_go_as_written(
    matcher: Matcher, tmp_path: Path, turns: list[Turn], mode: str
) -> None:
    """A tap is the number beside the choice, whether the ledger remembers what it stands for or this process does."""
    app = account(matcher, tmp_path, ledger=mode == "ledger", links=True)
    last = ""
    for turn in turns:
        typed = turn.you or ""
        if turn.tap:
            numbered = (line.partition(" ") for line in last.splitlines())
            typed = next(n for n, _, label in numbered if n.isdecimal() and label.startswith(turn.tap))
        last = await say(app, typed)
        assert last
        assert len(last) <= LONGEST
        # A long list of numbers may leave no room for what else is said.
        if "没写" not in last and not (mode == "memory" and "没存下来" in last):
            turn.check_text(last)
    await app.state.site.close()


async def test_a_person_is_not_mixed_up_with_another(plain: Starlette) -> None:
    await say(plain, "水润港城")
    assert "水电气/供水供暖的事" in await say(plain, "1")
    assert "水电气" not in await say(plain, "1", person="oAnother")


async def test_a_language_stays_and_goes_with_the_person(plain: Starlette, tmp_path: Path) -> None:
    await say(plain, "English")
    assert "Reply with a number" in await say(plain, "水润港城")
    await send(plain, xml("event", Event="unsubscribe"))
    assert "回复数字选" in await say(plain, "水润港城")
    ledger = await open_ledger(tmp_path / "ledger.sqlite", time.time, time.monotonic, room=0)
    try:
        await send(plain, xml("event", Event="unsubscribe", CreateTime="1700000001"))
        assert not any((await ledger.people.person(f"wechat:{PERSON}")).values())
    finally:
        await ledger.close()


async def test_a_question_nobody_could_answer_is_passed_on_by_its_number(
    plain: Starlette, tmp_path: Path
) -> None:
    said = await say(plain, "不存在的某某号")
    number = next(line.split(" ")[0] for line in said.splitlines() if line.endswith("转给维护者去查"))
    assert "转给维护者了" in await say(plain, number)
    ledger = await open_ledger(tmp_path / "ledger.sqlite", time.time, time.monotonic, room=0)
    try:
        assert [(q.missing, q.question) for q in await ledger.questions.open()] == [
            (Missing.ACCOUNT, "不存在的某某号")
        ]
    finally:
        await ledger.close()


NOTICE = (
    "因工作需要,“平湖科普”微信公众号自2024年7月1日起停止更新,后续信息请关注“平湖发布”微信公众号。"
    "感谢支持。平湖市科学技术协会 2024年6月28日"
)


@pytest.mark.parametrize("keeps", [True, False])
async def test_a_notice_is_passed_on_by_its_number_and_only_said_to_be_when_it_is(
    matcher: Matcher, tmp_path: Path, *, keeps: bool
) -> None:
    app = account(matcher, tmp_path, ledger=keeps)
    said = await say(app, NOTICE)
    assert "您转来的公告说:" in said
    assert "告诉我" not in said, "nobody is told later on WeChat"
    if keeps:
        number = next(line.split(" ")[0] for line in said.splitlines() if line[2:].startswith("对"))
        assert "转给维护者核实了" in await say(app, number)
        ledger = await open_ledger(tmp_path / "ledger.sqlite", time.time, time.monotonic, room=0)
        assert [d.text for d in await ledger.drafts.open()] == [NOTICE]
        await ledger.close()
    else:
        assert "没存下来" in await say(app, "对")
    await app.state.site.close()


# Pictures ------------------------------------------------------------------------------------------------------


class Pictures(httpx.AsyncBaseTransport):
    """WeChat's picture server: counts what is asked of it."""

    def __init__(self, content: bytes = b"picture", status: int = 200) -> None:
        self.asked: list[str] = []
        self.content, self.status = content, status

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with the picture."""
        self.asked.append(str(request.url))
        return httpx.Response(self.status, content=self.content, headers={"location": "http://127.0.0.1/"})


@pytest.mark.parametrize(
    "url",
    ["", "x", "http://127.0.0.1/x", "http://169.254.169.254/latest", "file:///etc/passwd", "http://qpic.cn.evil.example/x", "http://evilqpic.cn/x",
     "http://mmbiz.qpic.cn:8080/x", "http://mmbiz.qpic.cn@evil.example/x", "http://evil.example\\.qpic.cn/x", "ftp://mmbiz.qpic.cn/x", "http://[::1/"],
)  # fmt: skip
async def test_no_picture_is_fetched_from_anywhere_but_wechat(url: str) -> None:
    server = Pictures()
    with pytest.raises(UnreadableError):
        await wechat_pictures.text_in(url, server)
    assert server.asked == []


@pytest.mark.parametrize(
    "server",
    [Pictures(status=302), Pictures(status=404), Pictures(b"x" * 8_000_001), Pictures(b"no picture")],
)
async def test_a_picture_that_cannot_be_had_is_unreadable_and_no_redirect_is_followed(
    server: Pictures,
) -> None:
    with pytest.raises(UnreadableError):
        await wechat_pictures.text_in("http://mmbiz.qpic.cn/a/0", server)
    assert server.asked == ["http://mmbiz.qpic.cn/a/0"]


@pytest.mark.parametrize(("read_", "says"), [("水润港城", "张家港市水务局"), (None, "我认不清")])
async def test_the_text_in_a_screenshot_is_the_question(
    plain: Starlette, monkeypatch: pytest.MonkeyPatch, read_: str | None, says: str
) -> None:
    async def text_in(url: str) -> str:
        assert url == "http://mmbiz.qpic.cn/a/0"
        if read_ is None:
            raise UnreadableError("blurred")
        return read_

    monkeypatch.setattr(wechat_pictures, "available", lambda: True)
    monkeypatch.setattr(wechat_pictures, "text_in", text_in)
    assert says in read(await send(plain, xml("image", PicUrl="http://mmbiz.qpic.cn/a/0", MediaId="1")))


@pytest.mark.skipif(find_spec("rapidocr") is None, reason="the extra [ocr] is not installed")
async def test_a_screenshot_is_really_read_once_and_its_name_answered(
    plain: Starlette, monkeypatch: pytest.MonkeyPatch, fonts: Fonts
) -> None:
    """A drawn screenshot of an account's page goes through the reader that is installed."""
    picture = Image.new("RGB", (1080, 400), "white")
    ImageDraw.Draw(picture).text((90, 150), "水润港城", "black", fonts.at(72, "zh-Hans", bold=False))
    out = io.BytesIO()
    picture.save(out, "PNG")
    server = Pictures(out.getvalue())
    fetched = wechat_pictures.text_in
    monkeypatch.setattr(wechat_pictures, "available", lambda: True)
    monkeypatch.setattr(wechat_pictures, "text_in", lambda url: fetched(url, server))
    impatient(plain).patience = 60
    asked = xml("image", PicUrl="http://mmbiz.qpic.cn/a/0", MediaId="1")
    assert "张家港市水务局" in read(await send(plain, asked))
    assert "张家港市水务局" in read(await send(plain, asked))
    assert server.asked == ["http://mmbiz.qpic.cn/a/0"]


# Retries -------------------------------------------------------------------------------------------------------


class Slow:
    """Counts answers, and makes each wait until it may go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        self.go = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        monkeypatch.setattr(wechat, "answer", self._answer)

    def _answer(self, *asked: Any) -> Reply:
        self.times += 1
        asyncio.run_coroutine_threadsafe(self.go.wait(), self._loop).result(30)
        return answer(*asked[1:])


def impatient(app: Starlette) -> wechat.Channel:
    """Return the channel of a site, which now hardly waits."""
    route = next(r for r in app.routes if getattr(r, "path", "") == "/wechat")
    channel: wechat.Channel = route.endpoint.__self__  # type: ignore[attr-defined]
    channel.patience = 0.05
    return channel


async def test_an_answer_that_takes_too_long_is_told_and_given_on_the_retry(
    plain: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WeChat's own retry, with the number it had, gets the answer that was made meanwhile; it was made once."""
    slow = Slow(monkeypatch)
    channel = impatient(plain)
    body = xml(Content="水润港城")
    assert read(await send(plain, body)) == "正在查。请过几秒发 0 看结果。"
    slow.go.set()
    channel.patience = 10
    assert "张家港市水务局" in read(await send(plain, body))
    assert slow.times == 1


async def test_a_person_fetches_a_late_answer_with_a_number(
    plain: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    channel = impatient(plain)
    await say(plain, "水润港城")
    assert "正在查" in await say(plain, "0")
    slow.go.set()
    channel.patience = 10
    assert "张家港市水务局" in await say(plain, "0")
    assert slow.times == 1
    assert "张家港市水务局" not in await say(plain, "0")


async def test_the_same_message_twice_is_one_question(plain: Starlette, tmp_path: Path) -> None:
    """Also at the same time, and also for an event, which has no number."""
    said = await say(plain, "不存在的某某号")
    number = next(line.split(" ")[0] for line in said.splitlines() if line.endswith("转给维护者去查"))
    body = xml(Content=number)
    first, second = await asyncio.gather(send(plain, body), send(plain, body))
    assert read(first) == read(second) == read(await send(plain, body))
    ledger = await open_ledger(tmp_path / "ledger.sqlite", time.time, time.monotonic, room=0)
    try:
        assert [q.times for q in await ledger.questions.open()] == [1]
    finally:
        await ledger.close()


async def test_a_flood_from_one_person_slows_no_other(plain: Starlette) -> None:
    plain.state.site.asking._rate = Rate(2, 0.1)
    said = [await say(plain, "未央正当时") for _ in range(3)]
    assert ["长乐未央" in s for s in said] == [True, True, False]
    assert said[2] == "您查得太快了。请过 10 秒再试。"
    assert "长乐未央" in await say(plain, "未央正当时", person="oAnother")


async def test_a_fault_is_told_by_its_number(
    plain: Starlette, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> Reply:
        raise RuntimeError("secret")

    monkeypatch.setattr(wechat, "answer", broken)
    said = await say(plain, "水润港城")
    assert "secret" not in said
    assert said.split("编号 ")[1][:6] in caplog.text


async def test_a_ledger_in_trouble_keeps_nobody_from_an_answer(matcher: Matcher, tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"this is no ledger" * 100)
    app = account(matcher, tmp_path)
    assert "张家港市水务局" in await say(app, "水润港城")
    assert "水电气" in await say(app, "1")


# How an answer looks -------------------------------------------------------------------------------------------


async def test_links_are_sent_only_when_the_operator_says_so(matcher: Matcher, tmp_path: Path) -> None:
    without, with_ = (account(matcher, tmp_path, links=links, ledger=False) for links in (False, True))
    for app in (without, with_):
        await say(app, "水润港城")
    assert "https://www.jszwfw.gov.cn/" in await say(with_, "1")
    said = await say(without, "1")
    assert "江苏政务服务网(来自网友整理" in said
    assert "http" not in said
    assert "https://example.org/a/weiyangzhengdangshi-wx" in await say(with_, "未央正当时")


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_every_answer_fits_and_begins_and_ends_as_it_should(matcher: Matcher, language: str) -> None:
    today = When("2026-11-20")
    for account_id in matcher.base.ids():
        reply = answer(Message(choice=f"a.{account_id}", language=language), matcher, today)
        text, talk = rendered(reply, keeps=True)
        assert len(text) <= LONGEST
        assert len(text.encode()) <= MOST_BYTES
        assert text.split("\n")[0] == reply.text.split("\n")[0]
        assert "http" not in text
        assert not re.search("点一|點一|[Pp]ress (one|to|your)", text), "there is nothing to press on WeChat"
        assert len(talk.choices) == len(reply.choices)
        assert reply.code is None or reply.code in text


LINES = st.builds(lambda c, n: c * n, st.sampled_from("字a€😀\ud800 "), st.integers(0, 900))


@given(st.lists(LINES, max_size=12), st.lists(LINES, max_size=6), st.integers(1, 4))
def test_any_text_is_made_to_fit(lines: list[str], tail: list[str], ending: int) -> None:
    text = fit([x.replace("\n", "") for x in lines], tail, "…", ending)
    assert len(text) <= LONGEST
    assert len(text.encode("utf-8", "replace")) <= MOST_BYTES


@given(st.text(max_size=60))
def test_a_talk_that_is_none_is_forgotten(text: str) -> None:
    assert Talk.loaded(text) == Talk() or Talk.loaded(text).dumped()
    kept = Talk("c", ("a", "b"), "en")
    assert Talk.loaded(kept.dumped()) == kept


@given(st.text(max_size=60))
def test_an_answer_is_xml_whatever_stands_in_it(text: str) -> None:
    message = incoming(xml(Content="x").encode())
    found = fields(answer_to(message, text, 1))
    assert found["ToUserName"] == PERSON
    letters = iter(text)
    assert all(c in letters for c in found["Content"])


async def test_a_number_that_stands_for_nothing_is_a_question_like_any_other(plain: Starlette) -> None:
    for text in ("7", "0", "9" * 50, "٣"):
        assert await say(plain, text)
