"""The pages in a real Chromium: asked, tapped, copied, shared, printed; narrow, enlarged, dark, without scripts, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import webs
from axe_playwright_python.sync_playwright import Axe
from browsers import Visit, launched
from playwright.sync_api import Browser, Route, expect
from served import serving

from bot.matcher import Matcher
from handlers.limits import Rate

LOST, MOVED = "shuirungangcheng-wx", "weiyangzhengdangshi-wx"
PAGES = ("/", "/?q=水润港城", "/?q=未央正当时", "/?q=临沂交警", "/?q=江夏五里界城管中队", "/?q=不存在的号", "/?q=水润港城、月安社区", "/?q=因工作需要,“平湖科普”微信公众号自2024年7月1日起停止更新,特此公告。平湖市科学技术协会", f"/a/{LOST}", f"/a/{MOVED}",
         "/p/320582", "/p/100000", "/p/320582?print=1", "/p/320582?print=1&lang=en", "/p/100000?lang=en",
         "/changes", "/stats", "/stats?lang=en", "/about", "/thanks", "/c/QX-0A00D-T7", "/nothing")  # fmt: skip
WIDE = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for this module; it is gone before other tests run a loop of their own."""
    with launched() as found:
        yield found


@pytest.fixture(scope="module")
def base(matcher: Matcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, with a ledger."""
    app = webs.site(matcher, ledger=tmp_path_factory.mktemp("data") / "ledger.sqlite")
    app.state.site.asking._rate = Rate(1e9, 1e9)
    with serving(app) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, base: str) -> Iterator[Callable[..., Visit]]:
    """Opens the site as somebody sees it; whatever a page complained of fails the test."""
    visits: list[Visit] = []

    def come(**more: Any) -> Visit:
        visits.append(Visit(browser, base, **more))
        return visits[-1]

    yield come
    for one in visits:
        one.context.close()
    for one in visits:
        # A page that is not there is what some tests ask for.
        assert [c for c in one.complaints if "404" not in c] == []
        assert [u for u in one.loaded if not u.startswith(base)] == [], "nothing comes from elsewhere"


def test_an_answer_comes_while_one_types_and_stays_when_it_is_sent(visit: Callable[..., Visit]) -> None:
    page = visit().open("/")
    page.get_by_label("写下还记得的名字").press_sequentially("未央正")
    page.get_by_label("写下还记得的名字").press_sequentially("当时")
    expect(page.locator("#answer")).to_contain_text("现在看:「长乐未央」")
    assert page.url.endswith("/")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=*")
    expect(page.locator("#answer")).to_contain_text("现在看:「长乐未央」")
    expect(page.get_by_label("写下还记得的名字")).to_have_value("未央正当时")


def test_what_is_not_clear_while_one_types_is_told_quietly(visit: Callable[..., Visit]) -> None:
    page = visit().open("/")
    page.get_by_label("写下还记得的名字").press_sequentially("胡乱打的字")
    expect(page.locator("#hint")).to_have_text("还认不出来。再写几个字,或点“查”。")
    expect(page.locator("#answer")).to_be_empty()


def test_who_types_too_fast_is_answered_a_little_later(visit: Callable[..., Visit]) -> None:
    one = visit()
    page, refused = one.open("/"), []

    def once(route: Route) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=429, headers={"retry-after": "1"})

    page.route(re.compile(r"part=1"), once)
    page.locator("#q").press_sequentially("水润港城")
    expect(page.locator("#answer")).to_contain_text("水润港城")
    assert len(refused) == 1
    one.complaints.clear()


def test_letters_still_being_put_together_are_not_asked(visit: Callable[..., Visit]) -> None:
    """With an input method, what is typed first are letters; only the characters that come of them are a question."""
    one = visit()
    page = one.open("/")
    page.get_by_label("写下还记得的名字").focus()
    session = one.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "shuirun", "selectionStart": 7, "selectionEnd": 7})
    page.wait_for_timeout(800)
    assert not [u for u in one.loaded if "part=1" in u]
    session.send("Input.insertText", {"text": "水润港城"})
    expect(page.locator("#answer")).to_contain_text("张家港市水务局")


def test_a_question_is_answered_by_a_tap_and_back_goes_back(visit: Callable[..., Visit]) -> None:
    page = visit().open("/?q=临沂交警")
    page.get_by_role("link", name="临沂河东交警").click()
    expect(page.locator(".lead")).to_contain_text("临沂河东交警")
    page.go_back()
    expect(page.locator(".lead")).to_have_text("您问的是哪一个?")
    page.get_by_role("link", name="都不是").click()
    expect(page.locator("#answer")).to_contain_text("办什么事")
    page.get_by_label("写下还记得的名字").fill("跳过")
    page.get_by_role("button", name="查").click()
    expect(page.locator("#answer")).to_contain_text("12345")


@pytest.mark.parametrize("old", [False, True], ids=["clipboard", "an old browser"])
def test_the_answer_is_copied_with_its_page(visit: Callable[..., Visit], base: str, *, old: bool) -> None:
    one = visit(permissions=["clipboard-read", "clipboard-write"])
    if old:
        one.page.add_init_script(
            "window.kept = navigator.clipboard; Object.defineProperty(navigator, 'clipboard', {value: undefined})"
        )
    page = one.open("/?q=未央正当时")
    page.get_by_role("button", name="复制文字").click()
    expect(page.get_by_text("复制好了")).to_be_visible()
    copied = page.evaluate("(window.kept || navigator.clipboard).readText()")
    assert copied.startswith("「未央正当时」(微信公众号)的去向:")
    assert copied.endswith(f"{base}/a/{MOVED}")


def test_the_answer_is_handed_to_the_share_sheet_where_there_is_one(visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.open("/?q=未央正当时")
    expect(page.get_by_role("button", name="转发")).to_be_hidden()
    one.page.add_init_script("navigator.share = async (data) => { window.shared = data; }")
    page = one.open("/?q=未央正当时")
    page.get_by_role("button", name="转发").click()
    assert "QX-3RPBC-E4" in page.evaluate("window.shared.text")


def test_all_of_it_works_without_scripts(visit: Callable[..., Visit]) -> None:
    page = visit(java_script_enabled=False).open("/")
    page.get_by_label("写下还记得的名字").fill("水润港城")
    page.get_by_role("button", name="查").click()
    expect(page.locator(".lead")).to_contain_text("不能乱指")
    expect(page.get_by_role("button", name="复制文字")).to_be_hidden()
    page.get_by_text("依据和来源").click()
    expect(page.get_by_role("link", name="文摘报 2024-06-15")).to_be_visible()
    page.get_by_role("link", name="水电气/供水供暖").click()
    expect(page.locator("#answer")).to_contain_text("江苏政务服务网")
    for typed in ("未央正当时", "上一个"):
        page.get_by_label("写下还记得的名字").fill(typed)
        page.get_by_role("button", name="查").click()
    expect(page.locator(".lead")).to_contain_text("「水润港城」")


def test_a_report_is_sent_from_the_page_and_not_from_another(visit: Callable[..., Visit], base: str) -> None:
    page = visit(java_script_enabled=False).open(f"/a/{LOST}")
    page.get_by_text("报错").click()
    page.get_by_label("哪里错了?").fill("现在看今日张家港")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_role("heading", name="收到了,谢谢")).to_be_visible()
    other = visit()
    other.page.route("http://elsewhere.test/", lambda route: route.fulfill(
        content_type="text/html",
        body=f'<form method=post action="{base}/report"><input name=about value={LOST}><input name=text value=x><button>x</button></form>',
    ))  # fmt: skip
    other.page.goto("http://elsewhere.test/")
    other.page.get_by_role("button").click()
    expect(other.page.locator("main")).to_contain_text("不是从我们的网页发来的")
    assert [u for u in other.loaded if u.startswith("http://elsewhere.test/")] == ["http://elsewhere.test/"]
    other.loaded.clear()
    other.complaints.clear()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_a_narrow_screen_even_with_letters_twice_as_big(
    visit: Callable[..., Visit], path: str
) -> None:
    page = visit(viewport={"width": 320, "height": 640}).open(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320 or "print" in path


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_a_chart_is_seen_whole_with_letters_that_can_be_read(visit: Callable[..., Visit], width: int) -> None:
    """A bar that is cut off is as long as any other; a picture made for a wide screen is too small on a phone."""
    page = visit(viewport={"width": width, "height": 800}).open("/stats")
    for picture in page.locator(".chart img").all():
        box = picture.bounding_box()
        assert box
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
        scale = box["width"] / picture.evaluate("i => i.naturalWidth")
        assert 14 * scale > 11
    assert (
        page.evaluate(
            "[...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'auto').length"
        )
        == 0
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(visit: Callable[..., Visit], path: str, scheme: str) -> None:
    """WCAG 2.2 AA as far as a program can tell, every disclosure opened; axe itself is no part of our pages."""
    one = visit(color_scheme=scheme, bypass_csp=True)
    page = one.open(path)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page, options={"runOnly": list(WIDE)})
    assert found.violations_count == 0, found.generate_report()
    one.complaints.clear()


def test_the_chart_shows_its_own_style_when_it_is_opened_alone(visit: Callable[..., Visit]) -> None:
    page = visit(color_scheme="light").open("/stats.svg")
    assert page.evaluate("getComputedStyle(document.querySelector('.bar')).fill") == "rgb(47, 109, 179)"


def test_an_answer_leads_to_where_an_error_is_reported(visit: Callable[..., Visit]) -> None:
    page = visit().open("/?q=未央正当时")
    page.get_by_role("link", name="报错").click()
    expect(page.get_by_label("哪里错了?")).to_be_visible()


def test_dark_and_light_differ_and_print_is_light(visit: Callable[..., Visit]) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    light, dark = (visit(color_scheme=scheme).open("/").evaluate(paper) for scheme in ("light", "dark"))
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(18, 22, 27)")
    printed = visit(color_scheme="dark").open(f"/a/{MOVED}")
    printed.emulate_media(media="print", color_scheme="dark")
    assert printed.evaluate(paper) == light


def test_the_keyboard_reaches_everything_in_order(visit: Callable[..., Visit]) -> None:
    page = visit().open("/?q=临沂交警")
    focused = "(document.activeElement.innerText || document.activeElement.id).trim()"
    met = []
    for _ in range(9):
        page.keyboard.press("Tab")
        met.append(page.evaluate(focused))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert met[0] == "跳到正文"
    assert met[2:4] == ["q", "查"]
    assert met[4].startswith("临沂")
    assert "都不是" in met


def test_what_a_finger_taps_is_big_enough(visit: Callable[..., Visit]) -> None:
    page = visit(viewport={"width": 320, "height": 640}).open("/?q=临沂交警")
    for button in page.locator("button:visible, a.choice, summary:visible").all():
        box = button.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["width"] >= 44


@pytest.mark.parametrize("place", ["320582", "320000", "100000", "610000"])
@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_a_sheet_is_one_sheet(visit: Callable[..., Visit], tmp_path: Path, place: str, language: str) -> None:
    page = visit().open(f"/p/{place}?print=1&lang={language}")
    content = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", content)) == 1


def test_the_first_visit_loads_less_than_60_kilobytes(visit: Callable[..., Visit]) -> None:
    page = visit().open("/?q=未央正当时")
    sizes = page.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(e => e.transferSize)"
    )
    assert len(sizes) >= 3
    assert 0 < sum(sizes) < 60_000
