"""The labelled closure notices are well-formed, say nothing their text does not say, and show every pattern twice over."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT

from bot.values import Basis, ContactKind, Notice, Platform, Reason, State, When

FOLDER = ROOT / "tests" / "notices"
KINDS = {"account", "unit", "website", "app", "path"}
FIELDS = {
    "name", "platform", "platform_id", "unit", "place", "announced", "stops", "reason", "state", "notice",
    "destinations", "contacts",
}  # fmt: skip
OPTIONAL = {"aliases", "unit_former"}
WORDS = {
    "stop-update": "停止更新 停更 不再更新 住手更新 停止内容更新 停止了更新",
    "stop-publish": "停止发布 停止發布 停发 停止推送",
    "stop-close": "关停 关闭 關閉 關停 封闭",
    "stop-cancel": "注销 註銷 登出 刊出 销号",
    "stop-operate": "停止运营 停止運營 停运",
    "stop-offline": "下线 下線",
    "stop-delist": "下架",
    "stop-freeze": "冻结 凍結",
    "stop-migrate": "迁 遷",
    "converted": "登出 釋出",
    "spun": "公家号 刊出 住手更新 存眷",
    "cue-step": "移步",
    "cue-follow": "关注 關注 存眷",
    "cue-publish": "发布 發佈 發布 釋出",
    "cue-login": "登录 登錄 登入 登陆 登岸 访问",
    "cue-move": "迁 遷 转移 轉移 转至 移至",
    "cue-merge": "并入 併入 合并 合併 归并",
    "cue-column": "栏目 专栏 频道",
    "cue-rename": "更名为 更名為 改名为 名称变更为",
    "former-name": "原 曾用名 旧称",
    "quote-curly": "“",
    "quote-single": "‘",
    "quote-corner": "「 『",
    "quote-book": "《",
    "quote-lenticular": "【",
    "quote-straight": '"',
    "quote-at": "@",
    "quote-hash": "#",
    "nested-name": "‘ ’ “ 「",
}
"""Words of which a text with the tag has at least one."""


def flat(text: str) -> str:
    """Return the text without white space and characters of no width."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")


@cache
def split(name: str) -> list[dict[str, Any]]:
    """Return the entries of one split, `development` or `final`."""
    paths = sorted(FOLDER.glob(f"{name}*.yaml"))
    return [entry for path in paths for entry in yaml.safe_load(path.read_text(encoding="utf-8"))]


ENTRIES = [(e["id"], e) for name in ("development", "final") for e in split(name)]
every_entry = pytest.mark.parametrize("entry", [e for _, e in ENTRIES], ids=[i for i, _ in ENTRIES])


def tags() -> set[str]:
    """Return the tags that the README lists."""
    section = Path(FOLDER / "README.md").read_text(encoding="utf-8").partition("\n## Tags\n")[2]
    return set(re.findall(r"`([a-z-]+)`", section))


def said(account: dict[str, Any]) -> list[str]:
    """Return every value of an account that its text must hold."""
    values = [account[key] for key in ("name", "platform_id", "unit", "place")]
    values += [name for key in OPTIONAL for name in account.get(key, ())]
    for place in account["destinations"]:
        values += [place["name"], place.get("url"), *place.get("path", ())]
        if place["scope"] not in {"information", "services", "all"}:
            values.append(place["scope"])
    values += [contact["value"] for contact in account["contacts"]]
    return [value for value in values if value is not None]


@every_entry
def test_no_value_is_unsaid(entry: dict[str, Any]) -> None:
    """Each name, unit, place, destination and contact stands in the text, white space aside."""
    assert [
        value
        for account in entry["accounts"]
        for value in said(account)
        if flat(value) not in flat(entry["text"])
    ] == []


@every_entry
def test_an_entry_has_its_fields_and_no_other(entry: dict[str, Any]) -> None:
    """The fields are those of the README; a text that closes nothing rests on nothing."""
    assert set(entry) == {"id", "patterns", "date", "basis", "text", "accounts"}
    assert entry["text"].strip()
    assert entry["basis"] in (
        {Basis.NOTICE, Basis.OFFICIAL_LIST, Basis.MEDIA} if entry["accounts"] else {None}
    )
    assert entry["date"] is None or dt.date.fromisoformat(entry["date"])
    for account in entry["accounts"]:
        assert FIELDS <= set(account) <= FIELDS | OPTIONAL


@every_entry
def test_values_are_those_of_the_records(entry: dict[str, Any]) -> None:
    """Platforms, states, reasons, notices and contact kinds are the enums' own, dates are of the calendar."""
    for account in entry["accounts"]:
        assert account["platform"] is None or Platform(account["platform"])
        assert account["reason"] is None or Reason(account["reason"])
        assert State(account["state"]).gone
        assert Notice(account["notice"]) is not Notice.UNSEEN
        for key in ("announced", "stops"):
            assert account[key] is None or When(account[key])
        for contact in account["contacts"]:
            assert set(contact) == {"kind", "value"}
            assert ContactKind(contact["kind"])


@every_entry
def test_destinations_agree_with_their_kind(entry: dict[str, Any]) -> None:
    """A website is on no other platform, a path has a way, a unit that took over duties has no platform."""
    for account in entry["accounts"]:
        for place in account["destinations"]:
            assert (
                {"name", "platform", "kind", "scope"}
                <= set(place)
                <= {"name", "platform", "kind", "scope", "path", "url"}
            )
            assert place["name"]
            assert place["kind"] in KINDS
            assert ("path" in place) == (place["kind"] == "path")
            on = place["platform"]
            fitting = {
                "website": {"website"},
                "app": {"app", "miniprogram"},
                "path": {"app", "miniprogram", "website"},
                "unit": {None, *Platform} - {"app", "miniprogram", "website"},
                "account": {None, *Platform} - {"app", "miniprogram", "website"},
            }
            assert on in fitting[place["kind"]]
        kinds = [(p["name"], p["platform"], tuple(p.get("path", ()))) for p in account["destinations"]]
        assert len(kinds) == len(set(kinds))


@every_entry
def test_notice_and_state_agree_with_the_destinations(entry: dict[str, Any]) -> None:
    """`named` is one destination and more; who merged or was renamed has one, who was split two and more."""
    for account in entry["accounts"]:
        count = len(account["destinations"])
        assert (account["notice"] == "named") == (count > 0)
        assert {"merged": count == 1, "renamed": count == 1, "split": count > 1, "migrated": count > 0}.get(
            account["state"], True
        )


@every_entry
def test_an_account_is_listed_once(entry: dict[str, Any]) -> None:
    """One object for each name and platform; only nameless accounts are told apart by their unit."""
    keys = [(a["name"], a["platform"], a["name"] or a["unit"]) for a in entry["accounts"]]
    assert len(keys) == len(set(keys))


@every_entry
def test_tags_are_true_of_the_text(entry: dict[str, Any]) -> None:
    """A tag is on the list and the text shows what can be seen of it."""
    text, has = flat(entry["text"]), set(entry["patterns"])
    accounts = entry["accounts"]
    assert has <= tags()
    assert len(has) == len(entry["patterns"])
    assert [tag for tag in has & set(WORDS) if not any(word in text for word in WORDS[tag].split())] == []
    assert ("long" in has) == (len(text) >= 800)
    assert "one-line" not in has or ("\n" not in entry["text"] and len(text) <= 80)
    assert ("several-accounts" in has) == (len(accounts) > 1)
    seen = {
        "several-targets": any(len(a["destinations"]) > 1 for a in accounts),
        "vague": any(a["notice"] == "vague" for a in accounts),
        "no-target": any(a["notice"] == "none" for a in accounts),
        "nameless": any(a["name"] is None for a in accounts),
        "platform-id": any(a["platform_id"] for a in accounts),
        "past": any(a["state"] == "closed" for a in accounts),
        "contacts": any(a["contacts"] for a in accounts),
        "unit-target": any(p["kind"] == "unit" for a in accounts for p in a["destinations"]),
    }
    assert [tag for tag, true in seen.items() if (tag in has) != true] == []
    assert entry["basis"] != "media" or "media" in has
    if has & {"ordinary", "temporary"}:
        assert accounts == []
    if has & {"ordinary", "temporary", "denial", "dormant"} == set():
        assert accounts


def test_ids_are_unique() -> None:
    """No two entries of the two splits share an id or a text."""
    assert len({i for i, _ in ENTRIES}) == len(ENTRIES)
    assert len({flat(e["text"]) for _, e in ENTRIES}) == len(ENTRIES)


def test_there_are_enough() -> None:
    """At least 100 for writing rules and 40 that are held out."""
    assert len(split("development")) >= 100
    assert len(split("final")) >= 40


@pytest.mark.parametrize("name", ["development", "final"])
def test_every_pattern_is_in_both_splits(name: str) -> None:
    """Each tag of the README is on some entry of either split."""
    assert tags() - {tag for entry in split(name) for tag in entry["patterns"]} == set()


def test_the_splits_share_no_sentence() -> None:
    """A sentence of 18 characters and more stands in one split only, so the held-out texts are not known by heart."""

    def sentences(name: str) -> set[str]:
        text = "。".join(flat(entry["text"]) for entry in split(name))
        return {s for s in re.split(r"[。！？；，,!?;：:]", text) if len(s) >= 18}

    assert sentences("development") & sentences("final") == set()


def test_the_splits_share_no_account() -> None:
    """An account closed in one split is in no account of the other."""

    def names(name: str) -> set[str]:
        return {a["name"] for entry in split(name) for a in entry["accounts"]} - {None}

    assert names("development") & names("final") == set()
