"""Floor 5. Organisations by what their names end with, and the places that their names begin with."""

from __future__ import annotations

import re

from bot.notices.sheet import Span
from bot.places import Gazetteer

LONGEST = 40
_END = (
    "局|委|委员会|委员会办公室|办公室|办公厅|政府|厅|部|处|署|司|院|所|局机关|街道办事处|办事处|街道办|街道|镇政府|乡政府|镇|乡|苏木|"
    "大队|支队|总队|中队|分局|派出所|中心|卫生院|监督站|管理站|服务站|监测站|防疫站|检测站|运输站|救助站|兽医站|推广站|法院|检察院|"
    "学校|大学|学院|小学|中学|高中|初中|幼儿园|医院|保健院|图书馆|博物馆|文化馆|美术馆|档案馆|体育馆|纪念馆|科技馆|馆|"
    "总工会|工会|联合会|联合社|合作社|供销社|总社|联社|协会|学会|商会|总会|研究会|基金会|红十字会|妇联|残联|侨联|文联|科协|团委|团县委|团市委|团区委|"
    "中心校|完小|村小|公司|集团|居委会|村委会|村民委员会|居民委员会|管委会|监委|纪委|党委|党工委|政法委|政协|人大|人大常委会|党校|"
    "社区|村|农场|林场|气象台|电视台|广播台|电台|报社|出版社|杂志社|融媒体|监狱|戒毒所|看守所|车管所|园区|开发区|高新区|管理区|示范区|景区管理处|指挥部|"
    "办|组委会|筹委会|理事会|公路段|管理段|工务段|养护段|海关|海事|边检站|供电所|信用社|农商行|敬老院|福利院|剧院|剧团|书院|银行|支行|分行|武装部|人武部|党组|书记处|老干局|史志办|(?<=[院局校府委馆会心])[\u4e00-\u9fff]{2,3}[科股]"
)
UNIT_END = re.compile(rf"(?:{_END})(?:\((?!原)[^()\n]{{1,12}}\))?\Z")
_LAST = frozenset({*")科股", *(end[-1] for end in _END.split("|"))})
# What a unit's name can begin with before its place.
_HEADS = (
    "中共",
    "中国共产党",
    "共青团",
    "国家税务总局",
    "中国共产主义青年团",
    "原",
    "国网",
    "中国人民政治协商会议",
)
# What a place stands behind in a unit's name, but for another place: 重庆市公安局北碚区分局. 下城区 is no 城区.
_BEFORE_PLACE = (
    *_HEADS,
    "局",
    "厅",
    "委",
    "会",
    "院",
    "队",
    "公司",
    "行",
    "府",
    "团",
    "处",
    "办",
    "社",
    "中心",
)
# 贵州 and 苏州 alone are short for what ends otherwise; 黔南州 is not.
_PLACE_END = re.compile(r"(?:省|市|县|区|旗|(?<=..)州|盟|新区|兵团|特别行政区)\Z")


def may_be_unit(text: str) -> bool:
    """Tell whether a levelled text ends with a character that an organisation's name can end with."""
    return text[-1:] in _LAST


def is_unit(text: str) -> bool:
    """Tell whether a levelled text is the name of an organisation, by how it ends."""
    if not 2 < len(text) <= LONGEST or text[-1] not in _LAST or UNIT_END.search(text) is None:
        return False
    return _SPOKEN.search(text) is None and _GENERAL.fullmatch(text) is None


# What no name has in it: words of a sentence, dates, marks.
_SPOKEN = re.compile(
    r"停止|关注|转发|变更|多所|多家|多地|多个|各地|几所|各[乡镇街村县区市级部单]|不少|部分|一些|孩子|家长|更名|并入|决定|公告|特此|请|我[局们委]|的|[0-9]{4}年|[0-9]月|[^\u4e00-\u9fffa-z0-9·()〇]"
)
_GENERAL = re.compile(
    r"(?:各|有关|相关|其他|其它|上级|下属|所属|什么|广大)(?:.{0,8})|"
    # 我局, 两家单位; not 三门县, 贵阳市, 全椒县, which are places
    r"(?:本|我|该|此|贵|咱|某)(?:局|委|办|厅|院|校|园|镇|乡|县|市|区|村|街道|单位|中心|站|所|馆|公司|部|会|处|社|台|队|系统|级|地|旗).{0,8}|我州.{0,8}|"
    r"(?:这|那|两|三|几|每|哪|多|某)(?:个|家|所|些|类|级|地|部门|单位).{0,8}|全(?:市|县|区|省|国|旗|州|镇|乡|系统|体).{0,8}|"
    r"(?:基层|政府|部门|单位|学校|街道|社区|乡镇|机关|公安|医院|办公室|委员会|村|镇|乡|街道社区|县级部门|市直部门|党委政府|中心|干部)"
)


def start_in(text: str, places: Gazetteer) -> int:
    """Return where in a stretch the name of an organisation or a site may start: at a place written in full.

    财政信息将在德庆县人民政府: at 德庆县. What may stand before its place, like 中共, is left there.
    """
    start = 0
    for found in places.mentions(text):
        if found.start <= start or not _PLACE_END.search(text[found.start : found.end]):
            continue
        before = text[start : found.start]
        if any(before.endswith(h) for h in _HEADS):
            head = max((h for h in _HEADS if before.endswith(h)), key=len)
            return start + len(before) - len(head)
        if not _PLACE_END.search(before):
            return found.start
        return start
    return start


def is_short_for(short: str, full: str, places: Gazetteer) -> bool:
    """Tell whether a name is a shorter form of another: its end, or its characters in their order behind the place.

    市科协 of 桐乡市科学技术协会, 越城区市场监管局 of 绍兴市越城区市场监督管理局; not 体育局 of 文化体育局.
    """
    ends = (short, short.replace("政府", "人民政府"), *(short + body for body in _BODIES))
    if full.endswith(ends):
        return True
    one, other = _agency(short, places), _agency(full, places)
    if not 1 < len(one) < len(other) or one[0] != other[0] or other[-1] != _TAILS.get(one[-1], one[-1]):
        return False
    rest = iter(other)
    return all(c in rest for c in one)


# 矿安社区 of 达连河镇矿安社区居民委员会
_BODIES = (
    "居民委员会",
    "村民委员会",
    "居委会",
    "村委会",
    "委员会",
    "人民政府",
    "政府",
    "办事处",
    "街道办事处",
)


def _agency(unit: str, places: Gazetteer) -> str:
    """Return a unit's name without its place: 科学技术协会, and 科协 of 市科协."""
    place = place_of(unit, places)
    return unit[place[1] :] if place else _RANK.sub("", unit, count=1)


# 市科协: the place itself is known from elsewhere.
_RANK = re.compile(r"^[省市县区旗州盟镇乡](?!场|政|容|民|委|域)")
# 科协 ends with the middle of 科学技术协会.
_TAILS = {"协": "会", "联": "会"}


# 昆山经济技术开发区, 横琴粤澳深度合作区: zones count as places.
_ZONE = re.compile(
    r"[\u4e00-\u9fff]{2,10}?(?:(?:经济技术|高新技术产业|经济|高新|旅游经济)开发区|高新区|经开区|深度合作区|合作示范区|旅游度假区|综合保税区|保税区|高新技术开发区)"
)


def place_of(unit: str, places: Gazetteer) -> Span | None:
    """Return where in a unit's levelled name its places stand, the longest chain: 临沂市河东区 of 临沂市河东区水利局.

    Only divisions of county level and above count, each written in full: 河东 may be the name of anything.
    """
    start = end = 0
    for found in places.mentions(unit):
        apart = found.start in (0, end) or unit[: found.start].endswith(_BEFORE_PLACE)
        if apart and _PLACE_END.search(unit[found.start : found.end]):
            start = (
                start if found.start == end and end else found.start
            )  # 重庆市公安局北碚区分局 is of 北碚区
            end = found.end
    zone = _ZONE.match(unit, end)
    end = zone.end() if zone else end
    return (start, end) if end else None
