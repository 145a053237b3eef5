"""Floor 8. `argparse` in Chinese: help that fits a terminal of wide characters, and errors that say what to write."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from bot.terminal import wrapped

# What stands for a command in the help.
COMMAND = "COMMAND"
# What argparse says, and what we say instead; a group of its words may stand in ours. Checked against the argparse of
# Python 3.11 to 3.14 by tests/test_flags.py.
ERRORS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"the following arguments are required: (?P<what>.+)", re.DOTALL), "还要写:{what}"),
    (re.compile(r"unrecognized arguments: (?P<what>.+)", re.DOTALL), "不认识“{what}”"),
    (re.compile(r"argument (?P<flag>\S+): expected one argument"), "{flag} 后面要写一个值"),
    (re.compile(r"argument (?P<flag>\S+): expected at least one argument"), "{flag} 后面至少写一个值"),
    (re.compile(r"argument (?P<flag>\S+): ignored explicit argument '(?P<what>.*)'", re.DOTALL), "{flag} 后面不写值,多了“{what}”"),
    (re.compile(r"argument (?P<flag>\S+): invalid int value: '(?P<what>.*)'", re.DOTALL), "{flag}: “{what}”不是整数"),
    (re.compile(r"argument (?P<flag>\S+): not allowed with argument (?P<what>\S+)"), "{flag} 和 {what} 只写一个"),
    (re.compile(r"ambiguous option: (?P<flag>\S+) could match (?P<what>.+)", re.DOTALL), "{flag} 太短,是 {what} 里的哪个?"),
    (re.compile(r"argument (?P<flag>\S+): (?P<what>.+)", re.DOTALL), "{flag}: {what}"),
)  # fmt: skip
_CHOICE = re.compile(
    r"argument (?P<flag>\S+): invalid choice: '(?P<what>.*?)'[^(]*\(choose from .*\)", re.DOTALL
)
_UNKNOWN = re.compile(r"unrecognized arguments: (?P<flag>--?[\w-]+)")


class Shape(argparse.RawDescriptionHelpFormatter):
    """Lays out help by what a terminal shows: a Chinese character is two columns wide."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """Begin with 用法 instead of usage."""
        super().add_usage(usage, actions, groups, "用法:" if prefix is None else prefix)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width)


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks Chinese. Wrong use ends with exit code 2 and the command to ask for help."""

    def __init__(self, prog: str | None = None, **named: Any) -> None:
        super().__init__(prog, **{**named, "formatter_class": Shape, "add_help": False})
        self._positionals.title, self._optionals.title = "要写的", "可以加的"
        self.add_argument("-h", "--help", action="help", help="显示这段说明")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Refuse what no argument takes here, where its command is known; argparse itself would at the very end."""
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            self.error(f"unrecognized arguments: {' '.join(rest)}")
        return found, rest

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, and end with 2."""
        told = self._told(message)
        end = "" if told.endswith("?") else "。"
        self.exit(2, f"{told}{end}看怎么用:python {self.prog} --help\n")

    def _told(self, message: str) -> str:
        """Return what argparse says in Chinese, with what was probably meant."""
        if found := _CHOICE.fullmatch(message):
            named = [a for a in self._actions if a.choices and _called(a) == found["flag"]]
            options = [str(option) for action in named for option in action.choices or ()]
            todo = _near(found["what"], options) or f"可以写:{'、'.join(options)}"
            return f"{found['flag'].replace(COMMAND, '命令')}: 没有“{found['what']}”;{todo}"
        matches = ((pattern.fullmatch(message), words) for pattern, words in ERRORS)
        told = next((words.format_map(m.groupdict()) for m, words in matches if m), message)
        unknown = _UNKNOWN.match(message)
        near = _near(unknown["flag"], self._option_string_actions) if unknown else ""
        return f"{told.replace(COMMAND, '命令')};{near}" if near else told.replace(COMMAND, "命令")


def _called(action: argparse.Action) -> str:
    """Return an argument as argparse calls it in its errors."""
    return "/".join(action.option_strings) or str(action.metavar or action.dest)


def _near(word: str, options: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(options), 1, 0.6)
    return f"是不是想写 {close[0]}?" if close else ""
