"""Write `knowledge/places/area-codes.yaml` from the number metadata of `phonenumbers`.

The package (Apache-2.0) is the Python form of Google's libphonenumber.

    pip install phonenumbers
    python scripts/make_area_codes.py

People outside a place reach its 12345 through the area code, so every city needs one.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

PLACES = Path(__file__).resolve().parent.parent / "knowledge" / "places"
HEADER = """\
# 长途区号。由 scripts/make_area_codes.py 从 phonenumbers(libphonenumber,Apache-2.0)的号段资料生成,不要手改。
# 县(市、区)用所在城市的区号,所以这里只有城市;外地人打当地 12345 要先拨区号。
"""
# Places that the metadata names by a former name or by their seat, leaves out beside a neighbour, or gives a shorter prefix.
BY_HAND = {
    "130300": "0335", "140600": "0349", "330900": "0580", "360600": "0701",
    "533400": "0887", "533100": "0692", "540400": "0894", "540300": "0895", "540200": "0892", "540500": "0893",
    "540600": "0896", "542500": "0897", "520500": "0857", "520600": "0856", "650500": "0902", "650400": "0995",
    "630200": "0972", "460000": "0898", "341600": "0558", "419001": "0391", "429021": "0719",
    "152200": "0482", "410200": "0371", "430200": "0731", "450800": "0775", "451100": "0774",
    "451300": "0772", "620200": "0937", "620300": "0935", "659002": "0997", "659003": "0998", "659004": "0994",
    "659005": "0906", "659006": "0996", "659007": "0909", "659008": "0999", "659009": "0903",
}  # fmt: skip


def main() -> int:
    """Write the file; name the cities that are left without a code."""
    from phonenumbers.geodata import GEOCODE_DATA

    divisions = yaml.safe_load((PLACES / "divisions.yaml").read_text(encoding="utf-8"))
    cities = {d["code"]: d for d in divisions if d["code"].endswith("00") and d["code"] != "100000"}
    cities |= {d["code"]: d for d in divisions if d["code"][2:4] == "90"}
    found = dict(BY_HAND)
    for prefix, texts in GEOCODE_DATA.items():
        if prefix.startswith("86") and len(prefix) <= 5 and "zh" in texts and prefix != "86173":
            text = (
                re.sub(r"^.*?(省|自治区)|^(内蒙古|广西|西藏|宁夏|新疆|云南|四川|贵州|甘肃)", "", texts["zh"])
                or texts["zh"]
            )
            for code in matches(text, texts["zh"], cities):
                found.setdefault(code, "0" + prefix[2:])
    lines = [
        f'- {{code: "{c}", name: {cities[c]["name"]}, area_code: "{found[c]}"}}'
        for c in sorted(found)
        if c in cities
    ]
    (PLACES / "area-codes.yaml").write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    left = [c["name"] for code, c in cities.items() if code not in found and not covered(code, found)]
    print(f"{len(lines)} cities; without a code: {'、'.join(left)}")
    return 0


def covered(code: str, found: dict[str, str]) -> bool:
    """Tell whether a province needs no code of its own (its cities have theirs) or its province's code serves."""
    return code.endswith("0000") or code[:2] + "0000" in found


def matches(text: str, whole: str, cities: dict[str, dict[str, str]]) -> list[str]:
    """Return the codes of the cities that an entry of the metadata names."""
    names = re.split("[、,]", text)
    province = [
        c
        for c, d in cities.items()
        if c.endswith("0000") and whole.startswith((d["name"], d.get("short", "-")))
    ]
    return [
        code
        for code, city in cities.items()
        if any(code[:2] == p[:2] for p in province)
        and any(n in (city["name"], city.get("short")) for n in names)
        and (len(province) == 1)
    ]


if __name__ == "__main__":
    raise SystemExit(main())
