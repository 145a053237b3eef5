"""Floor 6. Words for people, one YAML file per language beside this one; code holds none of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
LANGUAGES = ("zh-Hans", "zh-Hant", "en")
DEFAULT = "zh-Hans"


class Words:
    """The words of one language: `names` of values (platforms, states …), sentences to `say`, phrases to `hear`.

    Attributes:
        topics: What the topics of `knowledge/topics.yaml` are called, where it is not their own name.
        hear: What people say besides names, by what it means.
        danger: Words of danger, by the sentence that comes before anything else.
    """

    def __init__(self, language: str, data: Mapping[str, Any]) -> None:
        self.language = language
        self._names: dict[str, dict[str, str]] = data["names"]
        self._say: dict[str, str] = data["say"]
        self.topics: dict[str, str] = data["topics"]
        self.hear: dict[str, list[str]] = data["hear"]
        self.danger: dict[str, list[str]] = data["danger"]

    def name(self, group: str, value: str) -> str:
        """Return what people call a value: `name("platforms", "wechat")` is 微信公众号. Raises: KeyError."""
        return self._names[group][value]

    def say(self, key: str, **values: str) -> str:
        """Return a sentence with its placeholders filled. Raises: KeyError for a sentence or placeholder unknown."""
        return self._say[key].format_map(values)

    def count(self, key: str, number: int, **values: str) -> str:
        """Return a sentence about a number of things: `key` for several, `key_one` for one."""
        return self.say(f"{key}_one" if number == 1 else key, number=str(number), **values)


@cache
def words(language: str) -> Words:
    """Return the words of a language of `LANGUAGES`. Raises: FileNotFoundError for any other."""
    text = (FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    return Words(language, yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506  # nosec B506


def language_of(wanted: str | None) -> str:
    """Return the language of ours that suits a language tag (`zh-tw`, `zh-Hant-HK`, `en-GB`); Simplified by default."""
    tag = (wanted or "").lower().replace("_", "-")
    if tag.startswith("zh"):
        return "zh-Hant" if any(part in tag for part in ("hant", "tw", "hk", "mo")) else "zh-Hans"
    return "en" if tag.startswith("en") else DEFAULT
