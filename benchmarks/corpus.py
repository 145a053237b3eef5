"""A synthetic knowledge base of any size: real divisions × agencies × the ways such accounts are named.

Deterministic: the same size and seed give the same files. The agency list is the benchmark's own, kept apart from
`knowledge/lexicon/`, so that neither is tuned to the other.

    python benchmarks/corpus.py 11000 /tmp/corpus
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot import knowledge  # noqa: E402
from bot.records import Place  # noqa: E402

# (what it is called in full, what people call it, brand names with X for the place)
AGENCIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("公安局", "公安", ("平安X", "X警方", "X公安在线")),
    ("公安局交通警察大队", "交警", ("X交警", "畅行X")),
    ("人民检察院", "检察", ("X检察", "正义X")),
    ("人民法院", "法院", ("X法院", "X法苑")),
    ("司法局", "司法", ("法治X", "X普法")),
    ("教育局", "教育", ("X教育", "学在X")),
    ("科学技术局", "科技", ("X科技", "创新X")),
    ("工业和信息化局", "工信", ("X工信",)),
    ("民政局", "民政", ("X民政", "暖心X")),
    ("财政局", "财政", ("X财政",)),
    ("人力资源和社会保障局", "人社", ("X人社", "X就业")),
    ("自然资源局", "自然资源", ("X自然资源", "X国土")),
    ("生态环境局", "生态环境", ("X生态环境", "X环保", "美丽X")),
    ("住房和城乡建设局", "住建", ("X住建", "宜居X")),
    ("交通运输局", "交通运输", ("X交通", "X交通运输")),
    ("水务局", "水务", ("X水务", "水润X")),
    ("水利局", "水利", ("X水利", "X河长")),
    ("农业农村局", "农业农村", ("X农业", "X三农")),
    ("商务局", "商务", ("X商务", "惠购X")),
    ("文化和旅游局", "文旅", ("X文旅", "乐游X", "诗画X")),
    ("文化广电旅游体育局", "文广旅体", ("X文体旅",)),
    ("卫生健康局", "卫健", ("健康X", "X卫健")),
    ("疾病预防控制中心", "疾控", ("X疾控", "X疾控中心")),
    ("退役军人事务局", "退役军人", ("X老兵", "X退役军人")),
    ("应急管理局", "应急", ("X应急", "X应急管理")),
    ("审计局", "审计", ("X审计",)),
    ("市场监督管理局", "市场监管", ("X市场监管", "X市监")),
    ("统计局", "统计", ("X统计",)),
    ("医疗保障局", "医保", ("X医保",)),
    ("城市管理局", "城管", ("X城管", "X城市管理")),
    ("行政审批局", "行政审批", ("X政务服务", "X审批")),
    ("信访局", "信访", ("X信访",)),
    ("林业局", "林业", ("X林业", "绿色X")),
    ("气象局", "气象", ("X气象", "X天气")),
    ("税务局", "税务", ("X税务",)),
    ("消防救援大队", "消防", ("X消防",)),
    ("住房公积金管理中心", "公积金", ("X公积金", "X住房公积金")),
    ("融媒体中心", "融媒", ("X发布", "爱X", "今日X", "X融媒")),
    ("人民政府办公室", "政府", ("X政府网", "X政务")),
    ("委宣传部", "宣传", ("文明X", "X宣传")),
    ("委组织部", "组织", ("X先锋", "X党建")),
    ("委老干部局", "老干部", ("X老干部", "X夕阳红")),
    ("总工会", "工会", ("X工会", "X职工之家")),
    ("妇女联合会", "妇联", ("X妇联", "X女声")),
    ("残疾人联合会", "残联", ("X残联",)),
    ("红十字会", "红十字", ("X红十字会",)),
    ("文学艺术界联合会", "文联", ("X文艺", "X文联")),
    ("科学技术协会", "科协", ("X科普", "X科协")),
    ("图书馆", "图书馆", ("X图书馆", "书香X")),
    ("博物馆", "博物馆", ("X博物馆",)),
    ("文化馆", "文化馆", ("X文化馆",)),
    ("档案馆", "档案", ("X档案",)),
    ("人民医院", "人民医院", ("X人民医院", "X市民医院")),
    ("中医医院", "中医院", ("X中医院",)),
    ("妇幼保健院", "妇幼", ("X妇幼",)),
    ("第一中学", "一中", ("X一中",)),
    ("第二中学", "二中", ("X二中",)),
    ("第三中学", "三中", ("X三中",)),
    ("实验小学", "实小", ("X实验小学",)),
    ("实验幼儿园", "实幼", ("X实验幼儿园",)),
    ("公共资源交易中心", "公共资源交易", ("X公共资源交易",)),
    ("不动产登记中心", "不动产", ("X不动产", "X不动产登记")),
    ("大数据局", "大数据", ("X大数据", "数字X")),
    ("招商局", "招商", ("投资X", "X招商")),
    ("金融工作局", "金融", ("X金融",)),
    ("乡村振兴局", "乡村振兴", ("X乡村振兴",)),
    ("机关事务管理局", "机关事务", ("X机关事务",)),
    ("供销合作社", "供销社", ("X供销",)),
    ("烟草专卖局", "烟草", ("X烟草",)),
    ("邮政管理局", "邮政", ("X邮政管理",)),
    ("体育局", "体育", ("X体育", "X健身")),
    ("发展和改革局", "发改", ("X发改",)),
    ("民族宗教事务局", "民宗", ("X民宗",)),
    ("人民武装部", "武装部", ("X人武", "X征兵")),
    ("委政法委员会", "政法", ("X政法", "长安X")),
    ("纪律检查委员会", "纪委", ("清风X", "廉洁X", "X纪检监察")),
    ("委统一战线工作部", "统战", ("X统战", "同心X")),
    ("共青团委员会", "团委", ("青春X", "X共青团", "X青年")),
    ("自来水公司", "自来水", ("X供水", "X自来水")),
    ("公共交通公司", "公交", ("X公交",)),
)
TOWN_AGENCIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("人民政府", "政府", ("X发布", "魅力X", "幸福X", "今日X")),
    ("派出所", "派出所", ("X派出所", "平安X")),
    ("卫生院", "卫生院", ("X卫生院", "健康X")),
    ("中心小学", "小学", ("X小学", "X中心小学")),
    ("综合行政执法队", "执法", ("X执法", "X城管")),
)
TOWN_CHARACTERS = "湖溪山桥塘河店集庄坪岭口江泉石龙凤金银沙堰坝潭浦港湾洲岗屯堡营寨坊场镇门关林梅柳杨桃李竹松柏兰菊荷莲云霞星月阳安平和顺兴旺福康乐"
# The share of each place's agencies that the base lacks.
ABSENT = 0.15
PLATFORMS = (
    "wechat",
    "wechat",
    "wechat",
    "wechat",
    "weibo",
    "weibo",
    "douyin",
    "wechat-channels",
    "toutiao",
    "kuaishou",
)
SUFFIX = {
    "wechat": "wx",
    "weibo": "wb",
    "douyin": "dy",
    "wechat-channels": "sph",
    "toutiao": "tt",
    "kuaishou": "ks",
}
STATES = ("closed", "closed", "closed", "closing", "active", "active", "active", "merged", "dormant")


@dataclass(frozen=True, slots=True)
class Made:
    """A synthetic account."""

    id: str
    name: str
    platform: str
    state: str
    to: str | None = None


@dataclass(slots=True)
class Body:
    """A synthetic unit with its accounts, at a place."""

    place: Place
    name: str
    agency: str
    accounts: list[Made] = field(default_factory=list)


def places(folder: Path = ROOT / "knowledge") -> list[Place]:
    """Return the real divisions that can have agencies: cities and counties."""
    read = knowledge.read(folder)
    return [p for p in read.places.values() if p.code.isdigit() and not p.code.endswith("0000") and p.short]


def bodies(size: int, seed: int = 1, only: str = "") -> Iterator[Body]:
    """Yield units with together `size` accounts, place after place; `only` keeps the places of one province.

    Some agencies of each place are left out (`ABSENT`), so that there is something true to ask for that is not there;
    once a place has its agencies, its towns follow.
    """
    rng = random.Random(seed)
    wanted = [p for p in places() if p.code.startswith(only)]
    each = size / len(wanted)
    made, due = 0, 0.0
    for number, place in enumerate(wanted):
        due += each
        kept = [a for a in AGENCIES if rng.random() >= ABSENT]
        rng.shuffle(kept)
        subjects = ((place.short or place.name, place.name, a) for a in kept)
        for turn, (called, titled, agency) in enumerate(chain(subjects, _towns(place, rng))):
            if made >= round(due):
                break
            body = _body(place, called, titled, agency, f"{number:04d}{turn:03d}", rng, round(due) - made)
            made += len(body.accounts)
            yield body


def _towns(place: Place, rng: random.Random) -> Iterator[tuple[str, str, tuple[str, str, tuple[str, ...]]]]:
    """Yield the agencies of made-up towns of a place, without end."""
    while True:
        called = "".join(rng.sample(TOWN_CHARACTERS, 2))
        kind = rng.choice(("镇", "街道", "乡"))
        for agency in TOWN_AGENCIES:
            yield called, f"{place.name}{called}{kind}", agency


def _body(
    place: Place,
    called: str,
    titled: str,
    agency: tuple[str, str, tuple[str, ...]],
    key: str,
    rng: random.Random,
    most: int,
) -> Body:
    full, short, _ = agency
    body = Body(place, f"{titled}{full}", short)
    count = min(most, rng.choice((1, 1, 1, 2, 2, 3)))
    name = _name(called, titled, agency, rng)
    platforms = rng.sample(sorted(set(PLATFORMS)), count) if count > 1 else [rng.choice(PLATFORMS)]
    for index, platform in enumerate(platforms):
        named = name if index == 0 or rng.random() < 0.6 else _name(called, titled, agency, rng)
        body.accounts.append(Made(f"s{key}-{SUFFIX[platform]}", named, platform, rng.choice(STATES)))
    _lead(body)
    return body


def _name(called: str, titled: str, agency: tuple[str, str, tuple[str, ...]], rng: random.Random) -> str:
    full, short, brands = agency
    style = rng.random()
    if style < 0.55:
        return rng.choice(brands).replace("X", called)
    return f"{called}{short}" if style < 0.8 else f"{titled}{full}"


def _lead(body: Body) -> None:
    """Give merged accounts a destination: an account of the same unit that is in use, or one outside."""
    live = next((a.id for a in body.accounts if a.state == "active"), None)
    body.accounts = [
        Made(a.id, a.name, a.platform, a.state, live or "outside") if a.state == "merged" else a
        for a in body.accounts
    ]


def write(size: int, folder: Path, seed: int = 1, only: str = "") -> int:
    """Write a knowledge folder with `size` accounts, one file a place; return how many files."""
    for name in ("places", "lexicon", "contacts/hotlines.yaml", "topics.yaml", "platforms.yaml"):
        source, target = ROOT / "knowledge" / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)
    files: dict[str, list[str]] = {}
    for body in bodies(size, seed, only):
        lines = files.setdefault(body.place.code, [f'place: "{body.place.code}"', "units:"])
        lines += _entry(body)
    for code, lines in files.items():
        path = folder / "accounts" / code[:2] / f"{code}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(files)


def _entry(body: Body) -> Iterator[str]:
    yield f"  - name: {body.name}"
    yield "    accounts:"
    for account in body.accounts:
        yield f"      - id: {account.id}"
        yield f"        name: {account.name}"
        yield f"        platform: {account.platform}"
        yield f"        state: {account.state}"
        if account.state in ("closed", "closing", "merged"):
            yield "        reason: burden-reduction"
            yield "        stopped: 2024-04-19"
            yield "        notice: unseen"
        if account.to == "outside":
            yield "        destinations: [{name: 上级单位的公众号, platform: wechat, basis: media}]"
        elif account.to:
            yield f"        destinations: [{{account: {account.to}, basis: media}}]"
        yield "        checked: 2024-06-15"
        yield "        sources: [{publisher: 某某日报, date: 2024-06-02}]"


def main(argv: list[str] | None = None) -> int:
    """Write a corpus and say how large it is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("size", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="two digits of one province")
    options = parser.parse_args(argv)
    count = write(options.size, options.folder, options.seed, options.only)
    print(f"{options.size} accounts in {count} files below {options.folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
