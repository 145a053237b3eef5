"""What a person did on WeChat → a message to the dialogue, and a Reply → one text with numbers for its buttons."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.dialogue import Message
from bot.reply import Reply
from bot.talk.tokens import DROP, INQUIRE, PASS, account_choice
from bot.wording import words
from handlers.wechat_messages import Incoming

# A text that a person reads on one screen; WeChat itself takes 2048 bytes, which are 682 Chinese characters.
LONGEST = 600
MOST_BYTES = 2000
# What of a link stands before it goes too.
_LINK = re.compile(r"[::]?\s*https?://[^\s,,。;;、()()「」]+")
_ACCOUNT = re.compile(r"(?:qrscene_)?([a-z0-9-]{1,32})")
# What a menu entry may be called in the console of WeChat; any other key is asked as if it were typed.
_MENU = {"hello": "/start", "help": "/help", "language": "/language"}
# Offers that can be kept here. Nobody is told anything later: not every Official Account may write first.
KEPT = (INQUIRE, PASS, DROP)
_SCANNED = ("subscribe", "scan")


@dataclass(frozen=True, slots=True)
class Talk:
    """What is remembered between two messages: the context, what each number stands for, and the language of that."""

    context: str | None = None
    choices: tuple[str, ...] = ()
    language: str | None = None

    def dumped(self) -> str:
        """Return it as text."""
        return json.dumps([self.context, self.choices, self.language])

    @classmethod
    def loaded(cls, text: str | None) -> Talk:
        """Return it out of its text; nothing out of any other."""
        try:
            context, choices, language = json.loads(text or "")
            return cls(context, tuple(choices), language)
        except (ValueError, TypeError):
            return cls()


def message(said: Incoming, talk: Talk, language: str | None) -> Message | None:
    """Return what the dialogue is asked; `None` for what cannot be read, or is nobody's question."""
    if said.kind in ("text", "voice") and said.text.strip():
        number = said.text.strip()
        if number.isdecimal() and 0 < int(number[:9]) <= len(talk.choices):
            choice = talk.choices[int(number[:9]) - 1]
            return Message(choice=choice, context=talk.context, language=language or talk.language)
        return Message(said.text, context=talk.context, language=language)
    if said.kind != "event":
        return None
    scanned = _ACCOUNT.fullmatch(said.key)
    if said.event in _SCANNED and said.key and scanned:
        return Message(choice=account_choice(scanned[1]), language=language)
    if said.event == "subscribe":
        return Message("/start", language=language)
    if said.event == "click" and said.key:
        return Message(_MENU.get(said.key, said.key), context=talk.context, language=language)
    return None


def rendered(reply: Reply, *, keeps: bool, link: str | None = None, links: bool = False) -> tuple[str, Talk]:
    """Return a reply as one text of at most `LONGEST` characters, and what its numbers stand for.

    Args:
        reply: The reply.
        keeps: Whether there is a ledger, so that a question or a notice can be passed on to the maintainers.
        link: The page of the account, where links are sent.
        links: Whether links stay in the text.
    """
    say = words(reply.language).say
    choices = [*reply.choices, *(o for o in reply.offers if keeps and o.choice in KEPT)]
    tail = [say("wechat_numbers"), *(f"{n} {c.label}" for n, c in enumerate(choices, 1))] if choices else []
    tail += [link] if link and links else []
    text = reply.text if links else _LINK.sub("", reply.text)
    talk = Talk(reply.context, tuple(c.choice for c in choices), reply.language)
    # The last lines say where to turn, when it was checked, and ask on.
    ending = 3 if reply.choices else 2
    return fit(text.split("\n"), tail, say("wechat_more"), ending), talk


def fit(lines: Sequence[str], tail: Sequence[str], more: str, ending: int) -> str:
    """Return lines as one text that is short enough; what is least needed stands before the ending and goes first."""
    kept = [line for line in lines if line]
    text = "\n".join((*kept, *tail))
    while _long(text) and len(kept) > 1:
        kept.pop(-ending - 1 if len(kept) > ending + 1 else -1)
        text = "\n".join((*kept, more, *tail))
    while _long(text):
        text = text[: min(len(text) - 2, LONGEST - 1)] + "…"
    return text


def _long(text: str) -> bool:
    return len(text) > LONGEST or len(text.encode("utf-8", "replace")) > MOST_BYTES
