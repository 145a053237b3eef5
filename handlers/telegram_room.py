"""What every handler on Telegram is given: the house it works in, and the room of the chat it answers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from telegram import Chat, Message, Update, User

from bot.card import Cards
from bot.ledger import Ledger, Settings
from bot.matcher import Matcher
from bot.setting import Setting
from bot.talk.lately import Lately
from bot.values import When
from bot.wording import Words, language_of, words
from handlers.telegram_caller import Caller
from handlers.telegram_pace import Pace, Refusal

# Chats of other channels may stand in the same ledger.
CHANNEL = "tg:"
# Letters that tell maintainers of an error; they answer no follow.
ERROR = "error"
# Keyboards that are kept.
MOST_KEYBOARDS = 512


def key_of(chat: int) -> str:
    """Return what a chat, or a person's private chat, is called in the ledger."""
    return f"{CHANNEL}{chat}"


def chat_of(key: str) -> int | None:
    """Return the chat that the ledger calls so; `None` for one of another channel."""
    return int(key.removeprefix(CHANNEL)) if key.startswith(CHANNEL) else None


class Pictures(OrderedDict[str, str]):
    """The last pictures that were sent; the oldest make way."""

    MOST = 1024

    def __setitem__(self, name: str, file: str) -> None:
        super().__setitem__(name, file)
        if len(self) > self.MOST:
            self.popitem(last=False)


@dataclass(frozen=True, slots=True)
class House:
    """What all rooms share, from start to end.

    Attributes:
        bot: Calls Telegram; every call waits, tries again and goes out through `handlers/telegram_patience.py`.
        setting: What the bot was started with.
        ledger: What came in, is to go out, and is kept of chats.
        now: Gives the seconds since 1970.
        cards: Draws pictures of answers.
        pictures: What Telegram calls the pictures that it has of us already, by what they show.
        pace: How much each person and each group may ask.
        keyboards: The last keyboards as the Bot API takes them, of some 2 kB each; see `handlers/telegram_keys.py`.
    """

    bot: Caller
    setting: Setting
    ledger: Ledger
    now: Callable[[], float]
    cards: Cards
    pictures: Pictures = field(default_factory=Pictures)
    pace: Pace = field(default_factory=Pace)
    keyboards: Lately[Hashable, dict[str, Any]] = field(default_factory=lambda: Lately(MOST_KEYBOARDS))

    @property
    def username(self) -> str:
        """The bot's public name without "@"."""
        return str(self.bot.username)

    @property
    def maintainers(self) -> frozenset[int]:
        """The ids of people and chats that look after the knowledge."""
        return self.setting.maintainers

    def matcher(self) -> Matcher:
        """Return the matcher in service; whoever answers asks once and keeps it till the end."""
        return self.setting.matcher()

    def today(self) -> When:
        """Return the day it is."""
        return self.setting.today()


@dataclass(slots=True)
class Room:
    """What one update is handled in. Made anew for each; what is to last goes to the ledger.

    Attributes:
        house: What all rooms share.
        key: The chat's name in the ledger: a private chat's is the person's; an inline query's, too.
        settings: What the chat wishes; change it with `keep`.
        memory: What is remembered of the chat for a while, by name; add to it with `remember`.
        asked: What was typed, or what the answer that a button stands under had been asked.
        spoken: The language of the answer that a pressed button stands under, where it is remembered.
        counted, refusal: Whether the limits have counted it, and what they said; see `handlers/telegram_limits.py`.
    """

    house: House
    update: Update
    key: str
    settings: Settings = field(default_factory=Settings)
    memory: dict[str, str] = field(default_factory=dict)
    asked: str = ""
    spoken: str | None = None
    counted: bool = False
    refusal: Refusal | None = None

    @property
    def bot(self) -> Caller:
        """Calls Telegram."""
        return self.house.bot

    @property
    def ledger(self) -> Ledger:
        """Where things are kept."""
        return self.house.ledger

    @property
    def message(self) -> Message | None:
        """The message that came, was edited, or that a pressed button stands under if it can be seen."""
        return self.update.effective_message

    @property
    def user(self) -> User | None:
        """Who sent it; an anonymous administrator is nobody."""
        return self.update.effective_user

    @property
    def chat(self) -> Chat | None:
        """Where it came; nowhere for an inline query."""
        return self.update.effective_chat

    @property
    def is_private(self) -> bool:
        """Whether the bot and one person are alone."""
        return self.chat is None or self.chat.type == Chat.PRIVATE

    @property
    def thread(self) -> int | None:
        """The topic of a forum that it came in."""
        message = self.message
        return message.message_thread_id if message and getattr(message, "is_topic_message", None) else None

    @property
    def locale(self) -> str | None:
        """The language of the person's app."""
        return self.user.language_code if self.user else None

    @property
    def language(self) -> str:
        """The language that was set here, else that of the answer whose button was pressed, else that of their app.

        A text's script may overrule the app.
        """
        return self.settings.language or self.spoken or language_of(self.locale)

    @property
    def words(self) -> Words:
        """The words of that language."""
        return words(self.language)

    @property
    def is_maintainers(self) -> bool:
        """Whether a maintainer asks, or it is a chat of the maintainers."""
        here = (self.user, self.chat)
        return any(one is not None and one.id in self.house.maintainers for one in here)

    async def keep(self, settings: Settings) -> None:
        """Keep what the chat wishes from now on."""
        self.settings = settings
        await self.ledger.people.keep(self.key, settings)

    async def remember(self, name: str, value: str, seconds: float) -> None:
        """Remember something of the chat for a while."""
        self.memory[name] = value
        await self.ledger.people.remember(self.key, name, value, seconds)
