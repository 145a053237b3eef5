"""The command line speaks Chinese: every wrong use says what to write and how to ask for help, and ends with 2."""

from __future__ import annotations

import re
import shlex

import pytest

from bot.cli import COMMANDS, main, module, parser

# The words of argparse itself, which nobody should meet.
ENGLISH = re.compile(
    r"\b(usage|error|options|positional|arguments?|required|unrecognized|invalid|choose|expected|show this)\b"
)
ALL = "、".join(COMMANDS)


def lines_of(text: str) -> list[str]:
    """Return the commands of some examples, a command over two lines as one."""
    joined = re.sub(r" \\\n +", " ", text)
    return [line.strip() for line in joined.splitlines() if line.strip()]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "还要写:命令。看怎么用:python bot.py --help"),
        ("chekc", "命令: 没有“chekc”;是不是想写 check?看怎么用:python bot.py --help"),
        ("zzz", f"命令: 没有“zzz”;可以写:{ALL}。看怎么用:python bot.py --help"),
        ("new --platfrom x", "不认识“--platfrom x”;是不是想写 --platform?看怎么用:python bot.py new --help"),
        ("stats x", "不认识“x”。看怎么用:python bot.py stats --help"),
        ("stats --zzz", "不认识“--zzz”。看怎么用:python bot.py stats --help"),
        ("stats --plot", "--plot 后面要写一个值。看怎么用:python bot.py stats --help"),
        ("due --all=3", "--all 后面不写值,多了“3”。看怎么用:python bot.py due --help"),
        ("show", "还要写:ID|NAME。看怎么用:python bot.py show --help"),
        ("export --format jsn", "--format: 没有“jsn”;是不是想写 json?看怎么用:python bot.py export --help"),
        ("export --format 表", "--format: 没有“表”;可以写:json、csv、xlsx、sqlite。看怎么用:python bot.py export --help"),
        ("links --limit 0", "--limit: “0”不是 1 以上的整数。看怎么用:python bot.py links --help"),
        ("ask --candidates x y", "--candidates: “x”不是整数。看怎么用:python bot.py ask --help"),
        ("ask --js x", "--js 太短,是 --json, --jsonl 里的哪个?看怎么用:python bot.py ask --help"),
        ("ask --today 昨天 x", "--today: “昨天”不是日期;应当是:日期,如 2024-04-19、2024年4月19日、2024-04 或 2024。看怎么用:python bot.py ask --help"),
    ],
)  # fmt: skip
def test_wrong_use_is_told_with_what_was_probably_meant(
    capsys: pytest.CaptureFixture[str], typed: str, said: str
) -> None:
    assert main(typed.split()) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", said + "\n")


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_no_help_has_a_word_of_argparse(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main([*([name] if name else []), "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("用法:bot.py ")
    assert "例子:\n  " in out
    assert ENGLISH.findall(out.replace("warning、error", "")) == []  # the levels of a log are its own words


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_of_a_help_is_taken(name: str) -> None:
    """It is a command line that the program understands, and that shows this command."""
    for line in lines_of(module(name).EXAMPLES):
        call = re.split(" {2,}| [<>] ", line.partition("python bot.py ")[2])[0]
        words = shlex.split(call)
        assert parser().parse_args(words).command == name, line


def test_a_date_may_be_written_as_people_write_it() -> None:
    assert str(parser().parse_args(["ask", "x", "--today", "2026年11月20日"]).today) == "2026-11-20"
