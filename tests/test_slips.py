"""One slip, initials, descriptions, mistyped long names: what may still mean another is asked about, the rest is answered."""

from __future__ import annotations

import pytest
from conftest import TODAY
from hypothesis import given
from hypothesis import strategies as st

from bot import index
from bot.matcher import Matcher, Verdict
from bot.matching.mending import Mender

UNIT = """\
place: "{place}"
units:
  - name: {title}
    accounts:
      - {{id: {id}, name: {name}, platform: {platform}, state: active, checked: 2024-06-15, sources: [{{publisher: 新京报}}]}}
"""
ACCOUNTS = (
    ("150100", "jiaotong", "呼和浩特交通", "呼和浩特市交通运输局", "wechat"),
    ("522627", "gongjijin", "天柱公积金", "天柱县住房公积金管理中心", "wechat"),
    ("620700", "yiyuan", "张掖人民医院", "张掖市人民医院", "wechat"),
    ("341602", "jiaoyu", "谯城教育局", "谯城区教育局", "wechat"),
    ("361128", "hongshi", "鄱阳红十字会", "鄱阳县红十字会", "wechat"),
    ("511603", "zhongyi", "前锋中医院", "前锋区中医院", "wechat"),
    ("341100", "yunshu", "滁州交通运输", "滁州市交通运输局", "wechat"),
    ("532501", "caizheng", "个旧财政局", "个旧市财政局", "wechat"),
    ("520402", "youzheng", "西秀邮政管理", "西秀区邮政管理局", "wechat"),
    ("130503", "nongye", "信都农业农村", "信都区农业农村局", "wechat"),
    ("370900", "zhifa", "泰安综合行政执法队", "泰安市综合行政执法队", "wechat"),
    ("360829", "anfu", "安福文体旅", "安福县文体旅局", "douyin"),
    ("360828", "wanan", "万安博物馆", "万安县博物馆", "wechat"),
    ("131026", "wenan", "文博文安", "文安县博物馆", "wechat"),
    ("130481", "wuan", "文博武安", "武安市博物馆", "wechat"),
    ("522725", "wengan", "文博瓮安", "瓮安县博物馆", "wechat"),
    ("360829", "anfukeji", "安福县科学技术局", "安福县科学技术局", "wechat"),
    ("130209", "caofeidian", "曹妃甸应急", "曹妃甸区应急管理局", "wechat"),
    ("130304", "beidaihe", "北戴河应急", "北戴河区应急管理局", "wechat"),
    ("130209", "linye", "曹妃甸林业局", "曹妃甸区林业局", "wechat"),
    ("320700", "lianyungang", "连云港交警", "连云港市公安局交通警察支队", "wechat"),
    ("230603", "longfeng", "龙凤公积金", "龙凤区住房公积金管理中心", "wechat"),
    ("422827", "laifeng", "来凤公安", "来凤县公安局", "wechat"),
    ("610502", "linwei", "临渭信访", "临渭区信访局", "wechat"),
    ("450405", "changzhou", "长洲二中", "长洲区第二中学", "wechat"),
    ("341621", "guoyang", "涡阳二中", "涡阳县第二中学", "wechat"),
    ("320500", "jiankang", "苏州健康", "苏州市卫生健康委员会", "wechat"),
    ("320582", "shuiwu", "张家港市水务局", "张家港市水务局", "wechat"),
    ("130203", "zhengfu", "路北发布", "路北区人民政府办公室", "wechat"),
    ("130203", "zhen", "果园乡发布", "路北区果园乡人民政府", "wechat"),
    ("441802", "keji", "清城之窗", "清城区科学技术局", "weibo"),
    ("522627", "xinfang", "信访天柱", "天柱县信访局", "weibo"),
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    """A base of a few accounts."""
    folder = tmp_path_factory.mktemp("slips")
    (folder / "accounts").mkdir()
    for place, key, name, title, platform in ACCOUNTS:
        text = UNIT.format(place=place, id=key, name=name, title=title, platform=platform)
        (folder / "accounts" / f"{key}.yaml").write_text(text, encoding="utf-8")
    assert index.build(folder, folder / "index.sqlite", TODAY).errors == []
    return Matcher(index.Base(folder / "index.sqlite"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("张掖人民匿院", id="a mistaken character that leaves two kinds of agency"),
        pytest.param("谯城育局", id="a character left out that leaves two kinds of agency"),
        pytest.param("前锋医院", id="what is left out leaves a word"),
        pytest.param("旧财政局", id="a place's one character that is a word"),
        pytest.param("路北区和阳街道人民政府", id="a smaller place before the agency"),
        pytest.param("路北区果园镇政府", id="another town"),
        pytest.param("清城区科学技术局的快手", id="a platform that the unit is not on"),
        pytest.param("临湾信访", id="a mistaken character of a place that looks like others, too"),
        pytest.param("cangzhou erzhong", id="another place typed exactly"),
        pytest.param("张家港市水务局金港", id="a place of its own behind a title"),
        pytest.param("苏州健康我做主怎么停了", id="a motto behind a name"),
        pytest.param("苏州健康在行动", id="a motto alone behind a name"),
        pytest.param("wabgj", id="initials of nothing here"),
        pytest.param("曹甸应急", id="a town, where a character is missing from a place of three"),
        pytest.param("北戴山应急", id="a place of three with another character"),
        pytest.param("曹妃甸林管局", id="a body of its own a character away from an agency"),
        pytest.param("张掖路人民医院", id="a road called after a place"),
        pytest.param("连云港高新交警", id="a zone of a place"),
        pytest.param("信都农业农村八站", id="a numeral behind a name"),
    ],
)
def test_a_slip_that_may_be_another_name_is_asked_about(small: Matcher, text: str) -> None:
    assert small.match(text).verdict is not Verdict.SURE


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("呼和特交通", "jiaotong"),
        ("天柱分积金", "gongjijin"),
        ("鄱阳红字会", "hongshi"),
        ("滁交通运输", "yunshu"),
        ("西秀邮政管老理", "youzheng"),
        ("泰安综合行政法执队", "zhifa"),
        ("路北区政府的公众号", "zhengfu"),
        ("清城区科学技术局的官微", "keji"),
        ("天柱公积金官微", "gongjijin"),
        ("changzhou erzhong", "changzhou"),
        ("woyang erzhong", "guoyang"),
        ("guo yang er zhong", "guoyang"),
        ("没有苏州健康我公积金去哪查", "jiankang"),
        ("苏州健康我找不到了", "jiankang"),
        ("苏州健康不知道为什么停了", "jiankang"),
        ("去张家港市水务局交水费", "shuiwu"),
    ],
)
def test_a_slip_that_can_only_be_one_is_answered(small: Matcher, text: str, account: str) -> None:
    match = small.match(text)
    assert match.verdict is Verdict.SURE
    assert match.accounts[0].id == account


def test_initials_are_asked_about_where_another_place_may_have_an_account_that_is_not_here(
    small: Matcher,
) -> None:
    """龙凤 and 来凤 are both lf, and of 来凤 no 公积金 is known."""
    match = small.match("lfgjj")
    assert (match.verdict, match.candidates[0].vetoes) == (Verdict.UNSURE, ("initials",))


def test_two_letters_beside_a_place_say_no_agency(small: Matcher) -> None:
    """连云港's jj may be 交警, 经济 or 基建."""
    assert small.match("lygjj").verdict is Verdict.UNSURE


def test_initials_are_answered_where_each_other_place_has_its_own_account_under_another_name(
    small: Matcher,
) -> None:
    """万安, 文安, 武安 and 瓮安 are all wa; the museums of the other three are called otherwise."""
    match = small.match("wabwg")
    assert match.verdict is Verdict.SURE
    assert match.accounts[0].id == "wanan"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("龙岩满族自治县教育局", id="another real place before the rest of a long name"),
        pytest.param("石柱县教育局", id="no long name"),
        pytest.param("石柱土家族自治县教育局", id="a long name as it is"),
        pytest.param("自治区教育厅", id="no place at all"),
        pytest.param("察布查尔锡伯自治xian", id="typed in letters"),
        pytest.param("石柱土家族自治州民政局", id="another kind of place"),
        pytest.param("石柱苗家族自治县民政局", id="another people"),
        pytest.param("新城哈尼族彝族自治县财政局", id="another name of two characters"),
    ],
)
def test_what_is_no_mistyped_long_name_stays_as_it_is(small: Matcher, text: str) -> None:
    assert Mender(small.gazetteer).mend(text) == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("石柱土家族自治民政局", "石柱土家族自治县民政局"),
        ("石柱土家组自治县民政局", "石柱土家族自治县民政局"),
        ("石柱土家族自县治民政局", "石柱土家族自治县民政局"),
        ("连南瑶族自治咸水利局", "连南瑶族自治县水利局"),
        ("降城哈尼族彝族自治县财政局", "江城哈尼族彝族自治县财政局"),
        ("问下石柱土家族治县民政局", "问下石柱土家族自治县民政局"),
    ],
)
def test_a_mistyped_long_name_is_read_as_what_it_can_only_be(small: Matcher, text: str, meant: str) -> None:
    assert Mender(small.gazetteer).mend(text) == meant


@given(text=st.text(alphabet="石柱土家族自治县州彝旗局", max_size=24))
def test_what_was_put_right_stays_so(small: Matcher, text: str) -> None:
    mender = Mender(small.gazetteer)
    once = mender.mend(text)
    assert mender.mend(once) == once
