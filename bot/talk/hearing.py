"""Floor 6. What people say besides names: greetings, follow-ups, questions of trust, danger; in any of our languages.

A whole message is compared for what may also stand in a name; only what never does is looked for inside one.
"""

from __future__ import annotations

import re
from functools import cache

from bot.text import fold, is_han
from bot.vocabulary import Found, Vocabulary, positions
from bot.wording import LANGUAGES, words

# Longer than this nobody only greets or scolds: the rest is a question.
SHORT = 12
# What stands between a word of greeting and the question after it.
_MARKS = re.compile(r"[\s,,。.!!::、??~]+")


def heard(folded: str) -> str | None:
    """Return which of the things people say a whole folded text is, with or without its particles."""
    phrases = _phrases()
    return phrases.get(folded) or phrases.get(bare(folded))


def scolds(folded: str) -> bool:
    """Tell whether a short text is abuse, whatever words stand around it."""
    return len(folded) <= SHORT and bool(spans("curse", folded))


def danger(folded: str) -> list[str]:
    """Return the dangers a folded text speaks of, the gravest first."""
    met = {found.meaning for found in _dangers().find(folded)}
    return [kind for kind in words(LANGUAGES[0]).danger if kind in met]


def doubts(folded: str) -> str | None:
    """Return what is left of a folded text when it asks whether that is real; `None` when it asks no such thing."""
    found = spans("real", folded)
    if not found:
        return None
    taken = positions(found)
    return "".join(c for i, c in enumerate(folded) if i not in taken)


def wants_done(folded: str) -> bool:
    """Tell whether a text speaks of getting something done rather than reading."""
    return bool(spans("doing", folded))


def asks(folded: str) -> bool:
    """Tell whether a text asks or tells something rather than only naming."""
    return bool(spans("asking", folded))


def bare(folded: str) -> str:
    """Return a folded text without the particles it begins and ends with: 那抖音呢 is 抖音."""
    starts, ends = _particles()
    changed = True
    while changed:
        start = next((s for s in starts if folded.startswith(s) and len(folded) > len(s)), "")
        folded = folded[len(start) :]
        end = next((e for e in ends if folded.endswith(e) and len(folded) > len(e)), "")
        folded = folded[: len(folded) - len(end)]
        changed = bool(start or end)
    return folded


def spans(name: str, folded: str) -> list[Found[str]]:
    """Return where a folded text holds words of one sort."""
    return _within(name).find(folded)


@cache
def _phrases() -> dict[str, str]:
    """Return what each whole phrase means; phrases looked for inside a text are no whole ones."""
    inside = {"curse", "real", "doing", "asking", "starts", "ends", "english"}
    return {
        fold(phrase): name
        for language in reversed(LANGUAGES)
        for name, phrases in words(language).hear.items()
        if name not in inside
        for phrase in phrases
    }


@cache
def _within(name: str) -> Vocabulary[str]:
    return Vocabulary((fold(p), name) for language in LANGUAGES for p in words(language).hear[name])


@cache
def _dangers() -> Vocabulary[str]:
    return Vocabulary(
        (fold(p), kind)
        for language in LANGUAGES
        for kind, said in words(language).danger.items()
        for p in said
    )


@cache
def _particles() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words that may stand before and after what is meant, the longest first."""
    both = []
    for name in ("starts", "ends"):
        said = {fold(p) for language in LANGUAGES for p in words(language).hear[name]}
        both.append(tuple(sorted(said, key=len, reverse=True)))
    return both[0], both[1]


def english(text: str) -> bool:
    """Tell whether a text is English: two of its commonest words, or a phrase of ours; a name in it may be Chinese."""
    if not any("a" <= c <= "z" or "A" <= c <= "Z" for c in text[:200]):
        return False
    spoken = re.findall("[a-z]+", text[:200].lower())
    common = set(words("en").hear["english"])
    return sum(word in common for word in spoken) > 1 or fold(text) in _english_phrases()


def question_in(text: str) -> str:
    """Return a text without what stands around its question: a greeting before it, English around it."""
    first, *rest = _MARKS.split(text.strip(), maxsplit=1)
    if rest and fold(rest[0]) and heard(fold(first)) in ("hello", "thanks", "this"):
        text = rest[0]
    if english(text) and any(map(is_han, text)):
        common = set(words("en").hear["english"])
        text = re.sub("[A-Za-z]+", lambda m: " " if m[0].lower() in common else m[0], text)
    return text


def without_danger(folded: str) -> str:
    """Return a folded text without its words of danger, nothing where it has none."""
    taken = positions(_dangers().find(folded))
    return "".join(c for i, c in enumerate(folded) if i not in taken) if taken else ""


@cache
def _english_phrases() -> frozenset[str]:
    hear = words("en").hear
    return frozenset(fold(p) for name, said in hear.items() if name != "english" for p in said)
