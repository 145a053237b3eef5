"""Floor 7. What is asked about an account, in order, and how the answers that have several parts are written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot import codec
from bot.codec import Fault
from bot.records import Account, Unit
from bot.values import Basis, Labelled

DESTINATION = "名字或编号|平台|依据|管什么"
SOURCE = "发布者|日期|网址;转载的再写 |转载"
REPRINT = "转载"
SCOPES = {
    "全部": "all",
    "信息": "information",
    "信息发布": "information",
    "办事": "services",
    "咨询": "enquiries",
}
_BAR = re.compile(r"[|\uff5c]")


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to be known of an account: its key, what people call it, what is expected, an example."""

    key: str
    label: str
    says: str
    example: str
    options: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """Its flag on the command line."""
        return "--" + {"destinations": "destination", "sources": "source"}.get(self.key, self.key).replace(
            "_", "-"
        )

    @property
    def many(self) -> bool:
        """Whether it has any number of answers."""
        return self.key in ("destinations", "sources")

    @property
    def required(self) -> bool:
        """Whether an account cannot be without it."""
        return self.key in ("place", "state", "sources", "checked")


def _question(key: str, label: str, example: str, says: str = "") -> Question:
    member = codec.members(Account).get(key)
    kind = member.kind if member else None
    options = tuple(o.label for o in kind) if isinstance(kind, type) and issubclass(kind, Labelled) else ()
    says = says or (member.says if member else "")
    return Question(key, label, says.removeprefix(f"{label};"), example, options)


# In the order they are asked: first what tells one account from another.
QUESTIONS = {
    q.key: q
    for q in (
        _question("place", "地方", "张家港市", "名称或区划代码;全国性的写 全国"),
        _question("name", "账号名", "水润港城"),
        _question("platform", "平台", "微信公众号"),
        _question("platform_id", "账号编号", "gh_0123456789ab"),
        _question("unit", "单位", "张家港市水务局", codec.members(Unit)["name"].says),
        _question("state", "现状", "已公告停更"),
        _question("reason", "原因", "基层减负"),
        _question("announced", "公告日期", "2024年4月16日"),
        _question("stopped", "停更日期", "2024-04-19"),
        _question("last_post", "最后更新", "2023-11"),
        _question("seen", "最后见到", "2024-03"),
        _question("notice", "公告怎么写去向", "没见到公告"),
        _question("destinations", "去向", "今日张家港|手机App|媒体报道|办事", DESTINATION),
        _question("sources", "来源", "新京报|2024-06-02|https://www.bjnews.com.cn/", SOURCE),
        _question("checked", "核对日期", "2024-06-15"),
        _question("note", "备注", "报道只给停更日期"),
    )
}
IDENTITY = ("place", "name", "platform", "platform_id", "unit")


def destination(text: str, path: codec.Path, faults: list[Fault]) -> dict[str, str]:
    """Return a destination as plain data; whether it is one of ours is found out later."""
    parts = _parts(text)
    if not parts[0] or not 3 <= len(parts) <= 4:
        bases = "、".join(b.label for b in Basis)
        faults.append(Fault(path, f"“{text}”", DESTINATION, f"中间用 | 隔开,平台不知道就空着;依据写:{bases}"))
        return {"name": text, "basis": Basis.REPORTED}  # lets the rest be checked
    name, platform, basis, scope = [*parts, "", "", ""][:4]
    return {"name": name, "platform": platform, "basis": basis, "scope": SCOPES.get(scope, scope)}


def source(text: str, path: codec.Path, faults: list[Fault]) -> dict[str, str]:
    """Return a source as plain data. The address of a reprint is kept from people."""
    parts = _parts(text)
    if not parts[0] or len(parts) > 4 or parts[3:] not in ([], [""], [REPRINT]):
        faults.append(Fault(path, f"“{text}”", SOURCE, "中间用 | 隔开,不知道的空着"))
        return {"publisher": text}  # lets the rest be checked
    publisher, date, url, reprint = [*parts, "", "", ""][:4]
    where = "mirror" if reprint else "url"
    return {"publisher": publisher, "date": date, where: url, "reprint": "true" if reprint else ""}


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _BAR.split(text)]
