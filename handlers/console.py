"""The bot as a chat in the terminal. The context of a question lives as long as the chat."""

from __future__ import annotations

import contextlib

from bot.commands.ask import shown
from bot.dialogue import Message, answer
from bot.reply import Asks, Reply
from bot.setting import Setting

GREETING = "发账号名字给我,比如“水润港城”;有选项时打数字。按 Ctrl-D 退出。"
FAREWELL = "再见。"
# What only a channel with a ledger can do is not promised here.
TRIAL = "(在终端里只是试试:没有真的转给维护者,以后也不会来告诉您。)"
PROMISES = (Asks.TELL, Asks.INQUIRE, Asks.DRAFT)


def run(setting: Setting) -> int:
    """Chat until the person leaves; 0."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  # lines can then be edited and recalled
    print(GREETING)
    last: Reply | None = None
    language: str | None = None
    while True:
        try:
            typed = input("> ")
        except (EOFError, KeyboardInterrupt):
            print(f"\n{FAREWELL}")
            return 0
        except UnicodeDecodeError:
            typed = ""
        last = answer(_message(typed, last, language), setting.matcher(), setting.today(), setting.published)
        if last.wish and last.wish.asks is Asks.LANGUAGE:
            language = last.wish.value
        print(shown(last) + "\n")
        if last.wish and last.wish.asks in PROMISES:
            print(TRIAL + "\n")


def _message(typed: str, last: Reply | None, language: str | None) -> Message:
    """Take a number as the button it stands beside, all else as text; both with the context of the last reply."""
    context = last.context if last else None
    if last and typed.strip().isdecimal() and 0 < int(typed) <= len(last.choices):
        choice = last.choices[int(typed) - 1].choice
        return Message(choice=choice, context=context, language=language or last.language)
    return Message(typed, context=context, language=language)
