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
    ("320508", "zhujian", "姑苏住房和城乡建设局", "wechat"),
    ("620400", "hezhai", "白银市河寨镇派出所", "wechat"),
    ("620402", "hezhai-elsewhere", "河寨派出所", "wechat"),
    ("340500", "zhengwu", "马鞍山政务服务", "wechat"),
    ("510524", "xuyong", "叙永实验小学", "wechat"),
    ("130609", "xushui", "徐水统计", "wechat"),
    ("371702", "mudan", "牡丹区财政局", "wechat"),
    ("341203", "yingdong", "颍东区财政局", "wechat"),
    ("520200", "shichang", "六盘水市场监管", "wechat"),
    *(
        (place, f"life-{place}", f"{name}生活", "wechat")
        for place, name in (
            ("320100", "南京"),
            ("320200", "无锡"),
            ("320400", "常州"),
            ("320600", "南通"),
            ("330100", "杭州"),
            ("330200", "宁波"),
            ("370100", "济南"),
            ("510100", "成都"),
        )
    ),
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
        pytest.param("苏州市住房和城乡建设局", id="an agency of a city, and a district's"),
        pytest.param("马鞍山教务服务", id="a look-alike that is another word"),
        pytest.param("颍区财政局", id="a place short of one character that may be two"),
        pytest.param("徐永区实验小学", id="a place that is only heard, with the ending of another"),
        pytest.param("问的是马鞍山公安不是本溪民政", id="another agency is asked for"),
        pytest.param("马鞍山那边的本溪民政停了吗", id="another place is said of it"),
        pytest.param("我在成都,南京生活和本溪民政停了吗", id="two names"),
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
        ("白很市河寨镇派出所", "hezhai"),
        ("马鞍山政务服务", "zhengwu"),
        ("生活里看老河口人武怎么停了", "renwu"),
        ("我在成都打工,平时看老河口人武了解老家的事", "renwu"),
        ("消防检查的通知以前都从老河口人武上面看,怎么没了", "renwu"),
        ("马鞍山政务服务一早就推天气,今天没推", "zhengwu"),
        ("翻遍微信都没看见马鞍山政务服务", "zhengwu"),
        ("六盘水的市场监管停更了吗", "shichang"),
        ("以前在马鞍山政务服务交水费", "zhengwu"),
        ("马鞍山政务眼务", "zhengwu"),
        ("牡区财政局", "mudan"),
    ],
)
def test_the_name_itself_is_answered(small: Matcher, text: str, account: str) -> None:
    match = small.match(text)
    assert match.verdict is Verdict.SURE
    assert match.accounts[0].id == account
