"""A knowledge folder of four places and one account, whose name is edited: building it again and again is soon done."""

from __future__ import annotations

from pathlib import Path

from conftest import ROOT

PLACES = """
- {code: "320000", name: 江苏省, short: 江苏}
- {code: "320500", name: 苏州市, short: 苏州}
- {code: "320581", name: 常熟市, short: 常熟}
- {code: "320582", name: 张家港市, short: 张家港}
"""
ACCOUNT = """
place: "320582"
units:
  - name: 张家港市水务局
    accounts:
      - {id: huan-wx, name: %s, platform: wechat, state: active, checked: 2024-06-15, sources: [{publisher: 某某日报}]}
"""


def few_places(folder: Path) -> Path:
    """Make the folder, without an account yet, and return it."""
    for name in ("accounts", "places"):
        (folder / name).mkdir(parents=True)
    for name in ("topics.yaml", "platforms.yaml"):
        (folder / name).write_bytes((ROOT / "knowledge" / name).read_bytes())
    (folder / "places" / "places.yaml").write_text(PLACES, encoding="utf-8")
    return folder


def edit(folder: Path, name: str) -> Path:
    """Give the one account of a folder a name; return its file."""
    path = folder / "accounts" / "huan.yaml"
    path.write_text(ACCOUNT % name, encoding="utf-8")
    return path
