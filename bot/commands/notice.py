"""`notice`: a closure notice read into drafts, each value with the words it is from; put into the knowledge if wished."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bot import knowledge, notice
from bot.commands.adding import unusable
from bot.commands.drafting import add_told, put_in, refused, show, told_by
from bot.commands.fetching import fetch
from bot.commands.filing import add_ledger
from bot.files import why
from bot.places import Gazetteer
from bot.setting import add_knowledge, call, seconds
from bot.upkeep import ocr
from bot.upkeep.drafts import as_json
from bot.upkeep.manners import Manners
from bot.upkeep.readable import Readable, UnreadableError, is_chinese, is_picture, readable
from bot.values import When

HELP = "从公告读出草稿"
DESCRIPTION = "读一份停更、注销、迁移的公告(文字、网页、截图),给每个账号写一份草稿:文字里没有的留着空,不猜。"
EXAMPLES = """\
  python bot.py notice 公告.txt                     看草稿
  python bot.py notice - < 公告.html                从管道读
  python bot.py notice 截图.png                     图片:先 python -m pip install '.[ocr]'
  python bot.py notice 公告.txt --date 2024-06-05   公告里写“即日起”而没写日期时
  python bot.py notice 公告.txt --json              给程序用
  python bot.py notice --urls 网址.txt              一个一个地抓,慢慢来,读出的放进 queue
  python bot.py notice 公告.txt --apply             先比一比有没有差不多的,再写进知识文件"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `notice` takes."""
    add_knowledge(parser)
    what = "公告:文字、网页或图片文件;- 是从管道读(不写也是)"
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help=what)
    parser.add_argument("--date", type=_when, metavar="DATE", help="公告自己的日期,文字里没写时用")
    parser.add_argument("--url", metavar="URL", help="公告的网址,https:// 开头")
    urls = "抓这个文件里的网页(一行一个网址),读出的公告放进 queue;断了再运行就接着抓"
    parser.add_argument("--urls", metavar="FILE", help=urls)
    pause = "--urls:同一个域名两次之间停几秒(默认 2)"
    parser.add_argument("--pause", type=seconds, default=Manners().pause, metavar="SECONDS", help=pause)
    kept = "--urls:抓到的记在哪里(默认 FILE.jsonl)"
    parser.add_argument("--output", type=Path, metavar="FILE", help=kept)
    add_ledger(parser)
    parser.add_argument("--json", action="store_true", help="打印 JSON:一个账号一个对象")
    parser.add_argument("--apply", action="store_true", help="写进知识文件,再查一遍")
    add_told(parser)


def run(options: argparse.Namespace) -> int:
    """Print the drafts of a notice, or put them into the knowledge; 1 when there are none or they cannot be put in."""
    if options.urls:
        return fetch(options)
    known = knowledge.read(options.knowledge)
    if not known.places:
        return refused(unusable(known, options.knowledge))
    try:
        read = content_of(options.file)
    except UnreadableError as error:
        return refused([f"{options.file}: {error}"])
    except OSError as error:
        return refused([f"读不了 {options.file}:{why(error)};检查文件名,或用 - 从管道读。"])
    drafts = notice.read(read.text, Gazetteer(known.places), options.date or read.date)
    for remark in read.remarks:
        print(f"提醒: {remark}", file=sys.stderr)
    if options.json:
        print(json.dumps([as_json(d) for d in drafts], ensure_ascii=False, indent=2))
        return 0
    if not drafts:
        return refused([nothing(read.text)])
    told = told_by(options, options.url)
    if options.apply:
        put = put_in(drafts, known, told, options)
        return 0 if put and put.ids and not put.errors else 1
    show(drafts, known, told, options)
    again = call("notice", options, options.file, "--apply")
    print(f"\n# {len(drafts)} 个账号。核对无误就写进去:{again}")
    return 0


def content_of(file: str) -> Readable:
    """Return the text of a file, a page or a picture. Raises: UnreadableError, OSError."""
    if file == "-":
        content = sys.stdin.buffer.read(ocr.MOST_BYTES + 1)
    else:
        with Path(file).open("rb") as stream:
            content = stream.read(ocr.MOST_BYTES + 1)
    return ocr.read(content) if is_picture(content) else readable(content)


def nothing(text: str) -> str:
    """Return what to tell somebody whose text closes no account."""
    if not is_chinese(text):
        return "里面没有中文,没有读出关停的账号;这个程序只读中文公告。"
    return "没有读出关停的账号:文字里要有账号和“停止更新、注销、迁移、更名”这样的话。确实关停了,就用 python bot.py new 添。"


def _when(text: str) -> When:
    try:
        return When(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"“{text}”不是日期;按 2024-06-05 的样子写,只知道年月就写 2024-06"
        ) from error
