"""Words for people are data: every sentence exists in every language, and every placeholder in it is the same."""

from __future__ import annotations

import re
import string

import pytest
import yaml
from conftest import ROOT, TODAY

from bot.dialogue import Message, answer
from bot.matcher import Matcher
from bot.talk.desk import desk
from bot.talk.voice import traditional
from bot.values import Basis, ContactBasis, ContactKind, Labelled, Platform, Reason, State
from bot.wording import FOLDER, LANGUAGES, language_of, words

GROUPS: dict[str, type[Labelled]] = {
    "platforms": Platform, "states": State, "reasons": Reason, "bases": Basis, "contact_bases": ContactBasis,
    "contact_kinds": ContactKind,
}  # fmt: skip
FILES = {
    language: yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    for language in LANGUAGES
}


def placeholders(sentence: str) -> set[str]:
    """Return the names of the placeholders of a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language: str) -> None:
    first, other = FILES["zh-Hans"], FILES[language]
    assert list(other["say"]) == list(first["say"])
    assert {g: set(v) for g, v in other["names"].items()} == {g: set(v) for g, v in first["names"].items()}
    assert set(other["hear"]) == set(first["hear"])
    for key, sentence in first["say"].items():
        assert placeholders(other["say"][key]) == placeholders(sentence), key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", GROUPS)
def test_every_value_has_a_name(language: str, group: str) -> None:
    for value in GROUPS[group]:
        assert words(language).name(group, value)


def test_every_sentence_is_used_and_every_used_one_exists() -> None:
    """A key that no module asks for is deleted; one that is asked for by a name put together is listed here."""
    files = (p for d in ("bot", "handlers") for p in (ROOT / d).rglob("*") if p.suffix in (".py", ".html"))
    code = "".join(p.read_text(encoding="utf-8") for p in files)
    together = (
        "lost_",
        "headline_",
        "closing_",
        "command_",
        "danger_",
        "why_",
        "batch_",
        "area_",
        "digest_",
        "code_",
        "account_",
        "source_",
        "route_step_",
        "kept_",
    )
    values = {*map(str, State), *FILES["zh-Hans"]["hear"]}
    for key in FILES["zh-Hans"]["say"]:
        stem = key.removesuffix("_one").removesuffix("_owner")
        assert f'"{key}"' in code or f'"{stem}"' in code or key.startswith(together) or key in values, (
            f"nobody says {key!r}"
        )
    for key in re.findall(r'(?:say|count)\(\s*"([a-z_]+)"', code):
        assert key in FILES["zh-Hans"]["say"], f"{key!r} is said but stands in no wording"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_of_the_knowledge_has_a_name_in_every_language(matcher: Matcher, language: str) -> None:
    """Chinese takes the topic's own name; English has one of its own for each, and none for a topic that is gone."""
    own = words(language).topics
    assert set(own) == (set(matcher.base.topics) if language == "en" else set())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_placeholder_is_left_unfilled_and_every_sentence_can_be_said(language: str) -> None:
    for key, sentence in FILES[language]["say"].items():
        said = words(language).say(key, **dict.fromkeys(placeholders(sentence), "x"))
        assert "{" not in said
        assert said.strip(), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_danger_has_a_sentence(language: str) -> None:
    assert list(words(language).danger) == list(words("zh-Hans").danger)
    for kind in words(language).danger:
        assert words(language).say(f"danger_{kind}")


# What is neither a record's text nor a wording's: dates, codes, numbers of a list, marks between; pinyin in English.
BETWEEN = re.compile(r"QX-[0-9A-Z]{5,9}-[0-9A-Z]{2}|\d+|[\s\W_]+")
PINYIN = re.compile(r"\[[a-z ]+\]")


def fragments(matcher: Matcher, language: str) -> list[str]:
    """Return every text that may leave: names and sentences of records, and the wording between its placeholders."""
    base, voice = matcher.base, desk(matcher).voice(language)
    found: set[str] = set()
    for unit in base.units():
        found |= {unit.name or "", *(a.value for x in unit.accounts for a in x.contacts)}
        for a in unit.accounts:
            found |= {a.name or "", a.remark or "", *(t for d in a.differs for t in (d.what, d.says))}
            found |= {t for d in a.destinations for t in (d.name or "", d.scope or "", *d.path)}
            found |= {s.publisher for s in (*a.sources, *(d.source for d in a.differs))}
    for rule in base.rules:
        found |= {rule.says, *(s.publisher for s in rule.sources), *(d.name or "" for d in rule.destinations)}
    found |= {t for c in base.contacts for t in (c.value, c.name or "")}
    found |= {p.name for p in base.places.values()} | {t.name for t in base.topics.values()}
    found |= {voice.advice(a) for a in base.advice}
    found |= {traditional(t) for t in found} if language == "zh-Hant" else set()
    found |= set(voice.words.topics.values())
    data = FILES[language]
    found |= {n for group in data["names"].values() for n in group.values()}
    for sentence in data["say"].values():
        found |= {piece for piece, *_ in string.Formatter().parse(sentence)}
    return sorted({f.strip() for f in found} - {""}, key=len, reverse=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_but_text_from_records_and_wording_leaves(matcher: Matcher, language: str) -> None:
    """Every reply to every account and its first questions is put together of these alone, whatever was typed."""
    known = fragments(matcher, language)
    pattern = re.compile("|".join(map(re.escape, known)))
    asked = [Message(choice=f"a.{i}", language=language) for i in matcher.base.ids()]
    asked += [
        Message(t, language=language)
        for t in ("胡乱打的字", "张家港", "是真的吗", "weibo.com/x", "QX-ZZZZZ-ZZ", "滚蛋")
    ]
    for message in asked:
        reply = answer(message, matcher, TODAY)
        ends = [answer(Message(choice=c.choice, language=language), matcher, TODAY) for c in reply.choices]
        for said in (reply.text, reply.plain, *(c.label for c in reply.choices), *(e.text for e in ends)):
            rest = BETWEEN.sub("", pattern.sub("", PINYIN.sub("", said)))
            assert rest == "", f"{rest!r} in {said}"


def test_no_traditional_character_stands_in_the_simplified_words() -> None:
    from bot.text import is_traditional

    assert [c for c in (FOLDER / "zh-Hans.yaml").read_text(encoding="utf-8") if is_traditional(c)] == []


def test_the_traditional_words_hold_no_wrong_conversion() -> None:
    text = (FOLDER / "zh-Hant.yaml").read_text(encoding="utf-8")
    assert not any(wrong in text for wrong in ("登出", "影片號", "里面"))


@pytest.mark.parametrize(
    ("tag", "language"),
    [(None, "zh-Hans"), ("", "zh-Hans"), ("zh", "zh-Hans"), ("zh-hans", "zh-Hans"), ("zh-CN", "zh-Hans"),
     ("zh-TW", "zh-Hant"), ("zh-Hant-HK", "zh-Hant"), ("zh_hk", "zh-Hant"), ("en-GB", "en"), ("de", "zh-Hans")],
)  # fmt: skip
def test_a_language_tag_finds_one_of_ours(tag: str | None, language: str) -> None:
    assert language_of(tag) == language
