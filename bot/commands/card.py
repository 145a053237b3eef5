"""`card`: the share card of an account as a PNG, as people would forward it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot import files, setting
from bot.card import Cards, NoCardError, checked_base, face
from bot.commands.ask import shown
from bot.dialogue import Message, answer

HELP = "画一张卡片"
DESCRIPTION = "把一个账号的去向画成一张可以转发的图片(PNG)。字体用 --font、$CARD_FONT 或系统里的中文字体。"
EXAMPLES = """\
  python bot.py card 水润港城 --output card.png
  python bot.py card 水润港城 --output card.png --link https://example.org    带二维码"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `card` takes."""
    setting.add_folders(parser)
    parser.add_argument("name", nargs="+", metavar="NAME", help="账号的名字,像问机器人那样写,不用加引号")
    parser.add_argument(
        "--output", "--out", type=Path, required=True, metavar="FILE", help="图片写到哪里,如 card.png"
    )
    help_ = "网页的地址,如 https://example.org;写了就有二维码,指到它下面的 /a/编号"
    parser.add_argument("--link", type=_base, metavar="BASE", help=help_)
    parser.add_argument("--font", type=Path, metavar="FILE", help="用哪个字体文件(默认 $CARD_FONT 或系统的)")
    parser.add_argument("--lang", metavar="LANG", help="用哪种文字:zh-Hans、zh-Hant、en(默认看名字)")


def run(options: argparse.Namespace) -> int:
    """Draw the card; 1 when the name is not clear or the card cannot be drawn."""
    matcher = setting.matcher(options)
    if matcher is None:
        return 1
    reply = answer(Message(" ".join(options.name), language=options.lang), matcher, setting.today())
    said = face(reply)
    if said is None:
        print(f"认不准是哪个账号,没有画。机器人的回答是:\n{shown(reply)}", file=sys.stderr)
        return 1
    try:
        content = Cards(options.link, options.font or setting.card_font()).png(said)
        files.put(content, options.output)
    except NoCardError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(setting.unwritten(options.output, error), file=sys.stderr)
        return 1
    print(f"{options.output}({len(content) // 1000} kB)")
    return 0


def _base(text: str) -> str:
    try:
        return checked_base(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
