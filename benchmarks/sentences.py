"""What people say around a name, and what they say that names no account: `dev` to fit by, `final` to report.

The sentences stand in `said-dev.yaml` and in `said-final.yaml`, which is measured and never read: `chatty` and the longer
`rambling` have {} for the name, `describe` has {place} and {agency}, `shops` have X for a place; `others` name nothing,
`added` are characters that slip in, `shapes` pairs that are mistaken for one another by eye or hand, some by ear too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

Split = str
SPLITS: tuple[Split, ...] = ("dev", "final")


def _said(split: Split) -> dict[str, Any]:
    text = Path(__file__).with_name(f"said-{split}.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def _each(kind: str) -> dict[Split, tuple[str, ...]]:
    return {split: tuple(_SAID[split][kind]) for split in SPLITS}


_SAID = {split: _said(split) for split in SPLITS}
CHATTY, RAMBLING, DESCRIBE = _each("chatty"), _each("rambling"), _each("describe")
OTHERS, SHOPS = _each("others"), _each("shops")
SHAPES: dict[Split, tuple[str, ...]] = {split: tuple(_SAID[split]["shapes"].split()) for split in SPLITS}
ADDED: dict[Split, str] = {split: _SAID[split]["added"] for split in SPLITS}
LINKS = {
    "wechat": ("微信号:{}", "公众号ID {}", "{}"),
    "weibo": ("https://weibo.com/{}", "weibo.com/{}?refer_flag=1001030103_", "m.weibo.cn/{}"),
    "douyin": ("抖音号:{}", "https://www.douyin.com/user/{}", "{}"),
    "wechat-channels": ("视频号 {}", "{}"),
    "toutiao": ("https://www.toutiao.com/c/user/{}/", "头条号{}"),
    "kuaishou": ("https://www.kuaishou.com/profile/{}", "快手号:{}"),
}
PLATFORM_WORDS = {
    "wechat": ("公众号", "微信公众号", "微信"),
    "weibo": ("微博", "官方微博"),
    "douyin": ("抖音", "抖音号"),
    "wechat-channels": ("视频号",),
    "toutiao": ("头条号", "今日头条"),
    "kuaishou": ("快手",),
}
