"""Floor 6. Pasted links and platform ids as identities, and "is this one real?": what we know, and how to verify.

An id belongs to one account of one platform. A link or an id that we do not know is never taken for a name like it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.matcher import Verdict
from bot.records import Account, Advice
from bot.reply import Kind, Known, Reply
from bot.talk.account import Asked, about
from bot.talk.desk import Scene
from bot.talk.saying import contact
from bot.talk.screen import Line, fit
from bot.text import fold, is_han
from bot.values import Platform, State

# A link, with or without its scheme; host and path are bounded, so that no text costs more than its length.
_LINK = re.compile(
    r"(?:https?://)?((?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,8})(?::\d{1,5})?((?:[/?#][\w.~%!$&'()*+,;=:@/?#-]{0,400})?)",
    re.IGNORECASE | re.ASCII,
)
# An original id of WeChat, or an id that the text calls one.
_ORIGINAL = re.compile(r"\bgh_[0-9a-f]{12}\b", re.IGNORECASE)
_CALLED = re.compile(
    r"(微信号|公众号|视频号|抖音号|快手号|头条号|小红书号|微博|原始id|(?<![a-z])id)[\s::是为]{1,3}([a-z][\w.-]{3,30}|\d{5,20})(?![\w.-])",
    re.IGNORECASE,
)
_WORDS = {
    "微信号": Platform.WECHAT, "公众号": Platform.WECHAT, "原始id": Platform.WECHAT, "视频号": Platform.CHANNELS,
    "抖音号": Platform.DOUYIN, "快手号": Platform.KUAISHOU, "头条号": Platform.TOUTIAO, "小红书号": Platform.XIAOHONGSHU,
    "微博": Platform.WEIBO, "id": None,
}  # fmt: skip
# An id that stands alone may be pinyin too: only one we know is taken for an id.
_ALONE = re.compile(r"[A-Za-z][\w.-]{4,40}", re.ASCII)
_WECHATS = frozenset({Platform.WECHAT, Platform.CHANNELS, Platform.MINIPROGRAM})
# Domains that nobody mistakes for something else: where "gov" stands before another ending, it is a trick.
GOVERNMENT = (".gov.cn", ".政务")
MOST_ADVICE = 2


@dataclass(frozen=True, slots=True)
class Identity:
    """What a text points at: possible ids, their platform where it is said, the host of a link, the text without it."""

    ids: tuple[str, ...]
    platform: Platform | None = None
    host: str = ""
    rest: str = ""


def identity(text: str, scene: Scene) -> Identity | None:
    """Return what a text points at by link or id, `None` when it holds neither."""
    link = next((m for m in _LINK.finditer(text) if _is_link(m)), None)
    if link:
        host = link[1].lower().removeprefix("www.")
        parts = re.split(r"[/?#&=]", _unquoted(link[2]))
        rest = text[: link.start()] + " " + text[link.end() :]
        names = [p for p in parts if any(map(is_han, p))]
        return Identity(
            tuple(p for p in parts if len(p) > 3), _platform(host, scene), host, rest + " ".join(names)
        )
    called, original = _CALLED.search(text), _ORIGINAL.search(text)
    if original:
        return Identity((original[0],), Platform.WECHAT, "", text.replace(original[0], " "))
    if called:
        return Identity((called[2],), _WORDS[called[1].lower()], "", text.replace(called[2], " "))
    alone = _ALONE.fullmatch(text.strip())
    if alone and _accounts(Identity((alone[0],)), scene):
        return Identity((alone[0],))
    return None


def pointed_at(found: Identity, scene: Scene) -> Reply | None:
    """Answer a link or id: the account that has it, else what its address shows; `None` when other words stand beside it."""
    accounts = _accounts(found, scene)
    if len(accounts) == 1:
        known = Known.of(accounts[0], scene.matcher)
        return about(known, scene, Asked(lead=(scene.voice.say("by_id"),)))
    match = scene.match(found.rest)
    if len(match.folded) > 1 and match.verdict is not Verdict.NONE:
        return None
    w, desk = scene.voice, scene.desk
    site = desk.sites.get(found.host)
    lines = [Line(w.say("id_unknown" if not found.host else "link_unknown"))]
    if site:
        lines = [Line(w.say("link_site", contact=contact(site, site.place, w)))]
    elif found.platform:
        lines.append(Line(w.say("link_platform", platform=w.name("platforms", found.platform))))
    elif found.host.endswith(GOVERNMENT):
        lines.append(Line(w.say("link_government")))
    elif "gov" in found.host:
        lines = [Line(w.say("link_trick"))]
    hotline = desk.directory.hotline(site.place if site else None)
    lines += [Line(line, 1) for line in advice(None, found.platform or Platform.WEBSITE, scene)]
    return Reply(
        Kind.NOT_FOUND, fit([*lines, Line(w.say("send_name"))], w), contacts=(hotline,) if hotline else (),
        context=scene.thread.token(),
    )  # fmt: skip


def doubted(account: Account | None, scene: Scene) -> Reply:
    """Answer whether an account is real: what we know of it and how to verify; in general where none was named."""
    w = scene.voice
    if account is None:
        lines = [Line(w.say("real_which")), *(Line(line) for line in advice(None, None, scene))]
        hotline = scene.desk.directory.hotline(None)
        lines.append(Line(w.say("send_name")))
        contacts = (hotline,) if hotline else ()
        return Reply(Kind.CHAT, fit(lines, w), contacts=contacts, context=scene.thread.token())
    known = Known.of(account, scene.matcher)
    lead = () if account.state.unsafe else (w.say("real_name_proves_nothing"),)
    told = tuple(advice(account.state, account.platform, scene))
    return about(known, scene, Asked(lead=lead, advice=told))


def advice(state: State | None, platform: Platform | None, scene: Scene) -> list[str]:
    """Return how to tell an official account: what fits its platform and state, then what always holds."""
    fits = [a for a in scene.matcher.base.advice if _fits(a, state, platform)]
    fits.sort(key=lambda a: (not a.platforms, not a.when))
    return [scene.voice.advice(a) for a in fits[:MOST_ADVICE]]


def _fits(said: Advice, state: State | None, platform: Platform | None) -> bool:
    if said.platforms:
        return platform in said.platforms
    return not said.when or (state is not None and state in said.when)


def _accounts(found: Identity, scene: Scene) -> list[Account]:
    """Return the accounts that have one of the ids, on the platform where one is said."""
    base = scene.matcher.base
    wanted = {fold(i) for i in found.ids} - {""}
    same = _WECHATS if found.platform in _WECHATS else {found.platform}
    refs = {ref.unit for held in base.exact(wanted).values() for ref in held if ref.own} if wanted else set()
    return [
        a
        for unit in sorted(refs)
        for a in base.unit_at(unit).accounts
        if a.platform_id
        and fold(a.platform_id) in wanted
        and (found.platform is None or a.platform in same)
        and (not found.host or found.platform)
    ]


def _platform(host: str, scene: Scene) -> Platform | None:
    """Return the platform whose links have a host."""
    ends = (host.split(".", n)[-1] for n in range(host.count(".")))
    return next((scene.desk.hosts[e] for e in ends if e in scene.desk.hosts), None)


def _unquoted(path: str) -> str:
    """Return a path with its escaped characters as they are read."""
    escaped = "(?:%[0-9a-fA-F]{2})+"
    return re.sub(escaped, lambda m: bytes.fromhex(m[0].replace("%", "")).decode("utf-8", "ignore"), path)


def _is_link(found: re.Match[str]) -> bool:
    """Tell a link from words with dots in them."""
    known = (".com", ".cn", ".org", ".net", ".gov", ".top", ".xyz", ".cc", ".info", ".vip", ".site")
    return found[0].lower().startswith("http") or found[1].lower().endswith(known)
