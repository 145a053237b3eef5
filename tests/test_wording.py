"""Words for people are data: every sentence exists in every language, and every placeholder in it is the same."""

from __future__ import annotations

import string

import pytest
import yaml
from conftest import ROOT

from bot.records import Basis, ContactBasis, ContactKind, Labelled, Platform, Reason, State
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
    code = "".join(
        p.read_text(encoding="utf-8") for d in ("bot", "handlers") for p in (ROOT / d).glob("*.py")
    )
    together = (
        "lost_",
        "closing_",
        "ask_",
        "command_",
        "dormant",
        "revived",
        "hijacked",
        "impostor",
        "hello",
        "help",
        "thanks",
        "who",
    )
    for key in FILES["zh-Hans"]["say"]:
        assert f'"{key}"' in code or key.startswith(together), f"nobody says {key!r}"


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
