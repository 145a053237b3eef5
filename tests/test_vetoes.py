"""What forbids to answer without asking, each on the one base where nothing else forbids it."""

from __future__ import annotations

import pytest
from conftest import TODAY

from bot import index
from bot.matcher import Matcher, Verdict

UNIT = """\
place: "{place}"
units:
  - accounts:
      - {{id: {id}, name: {name}, platform: {platform}, state: active, checked: 2024-06-15, sources: [{{publisher: 新京报}}]}}
"""
ACCOUNTS = (
    ("320582", "lian", "今日李安", "wechat"),
    ("420682", "renwu", "老河口人武", "wechat"),
    ("540323", "yangpu", "杨浦中心小学", "wechat"),
    ("210500", "minzheng-wx", "本溪民政", "wechat"),
    ("210500", "minzheng-dy", "本溪民政局", "douyin"),
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    """A base of a few accounts, each with a name that something else comes near."""
    folder = tmp_path_factory.mktemp("vetoes")
    (folder / "accounts").mkdir()
    for place, key, name, platform in ACCOUNTS:
        text = UNIT.format(place=place, id=key, name=name, platform=platform)
        (folder / "accounts" / f"{key}.yaml").write_text(text, encoding="utf-8")
    assert index.build(folder, folder / "index.sqlite", TODAY).errors == []
    return Matcher(index.Base(folder / "index.sqlite"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("jinri qilian", id="a typed syllable that nothing explains"),
        pytest.param("老河口人才网", id="a name left before its end, and another word"),
        pytest.param("杨浦区中心小学", id="a place written out, and a town of its name elsewhere"),
        pytest.param("本溪民政抖音号", id="who is called so has no account on the platform asked for"),
    ],
)
def test_what_comes_near_a_name_is_asked_about(small: Matcher, text: str) -> None:
    assert small.match(text).verdict is not Verdict.SURE


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("jinri lian", "lian"),
        ("老河口人武", "renwu"),
        ("杨浦中心小学", "yangpu"),
        ("本溪民政局抖音号", "minzheng-dy"),
    ],
)
def test_the_name_itself_is_answered(small: Matcher, text: str, account: str) -> None:
    match = small.match(text)
    assert match.verdict is Verdict.SURE
    assert match.accounts[0].id == account
