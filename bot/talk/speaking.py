"""Floor 6. Which language a person is answered in: the one they set, else the script they write, else that of their app."""

from __future__ import annotations

from bot.reply import Asks, Choice, Kind, Reply, Wish
from bot.talk.desk import Scene
from bot.talk.hearing import english
from bot.talk.tokens import language_choice
from bot.text import fold, is_han, is_traditional
from bot.wording import DEFAULT, LANGUAGES, language_of


def language_for(text: str, language: str | None, locale: str | None) -> str:
    """Return the language to answer in.

    Args:
        text: What was typed, empty for a button.
        language: What the person set.
        locale: What their app is set to.
    """
    if language:
        return language_of(language)
    app = language_of(locale) if locale else None
    text = text.partition(" ")[2] if text.startswith("/") else text
    if english(text):
        return "en"
    if any(map(is_traditional, text)):
        return "zh-Hant"
    if any(map(is_han, text)):
        return "zh-Hant" if app == "zh-Hant" and not any(map(_simplified_only, text)) else DEFAULT
    return app or DEFAULT


def in_language(language: str, scene: Scene) -> Reply:
    """Say in a language that it will be spoken from now on, which the channel remembers."""
    voice = scene.desk.voice(language)
    wish = Wish(Asks.LANGUAGE, language)
    return Reply(
        Kind.CHAT, voice.say("language_set"), context=scene.thread.token(), wish=wish, language=language
    )


def language_choices(scene: Scene) -> Reply:
    """Offer the languages, each by its own name."""
    voices = [scene.desk.voice(language) for language in LANGUAGES]
    buttons = tuple(Choice(v.say("language_name"), language_choice(v.language)) for v in voices)
    return Reply(Kind.CHAT, scene.voice.say("ask_language"), choices=buttons, context=scene.thread.token())


def _simplified_only(character: str) -> bool:
    """Tell whether only somebody who writes Simplified characters types this one."""
    if not is_han(character):
        return False
    try:
        character.encode("big5")
    except UnicodeEncodeError:
        return fold(character) == character
    return False
