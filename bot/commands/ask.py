"""`ask`: one question, or a line each from standard input; in words, with reasons, or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from bot.codec import DATES, date
from bot.dialogue import Message, answer
from bot.matcher import Match, Matcher
from bot.matching.question import Question
from bot.phonetics import is_typed
from bot.reply import Reply, as_csv, as_json
from bot.setting import add_folders, publications
from bot.setting import matcher as load
from bot.setting import today as date_today
from bot.talk.desk import Published
from bot.talk.forwarded import untaken
from bot.values import When
from bot.vocabulary import Found

HELP = "问一句"
DESCRIPTION = "问一句,打印居民会看到的回答。"

EXAMPLES = """\
  python bot.py ask 水润港城
  python bot.py ask --why 水润岗城         再说说是怎么认出来的
  python bot.py ask --json 临淄交警
  python bot.py ask --jsonl < 问题.txt     一行一问"""
FIELDS = {"text", "lang", "context", "choice"}


class BadLineError(ValueError):
    """A line of `--jsonl` that is no question; its text says why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `ask` takes to its parser."""
    add_folders(parser)
    parser.add_argument("text", nargs="*", metavar="TEXT", help="要问的话,不用加引号")
    parser.add_argument("--why", action="store_true", help="再说说是怎么认出来的")
    parser.add_argument("--json", action="store_true", help="打印一个 JSON 对象")
    parser.add_argument(
        "--jsonl", action="store_true", help="从标准输入一行读一问,一行写一个 JSON 对象,顺序不变"
    )
    parser.add_argument("--csv", action="store_true", help="一次问好几个名字时,打印成表格(CSV)")
    parser.add_argument("--lang", metavar="LANG", help="用哪种语言回答:zh-Hans、zh-Hant、en(默认看问句)")
    parser.add_argument("--candidates", type=int, default=0, metavar="N", help="JSON 里再列出 N 个候选和分数")
    parser.add_argument(
        "--today", type=when, metavar="DATE", help="当作今天的日期,如 2026-11-20(默认真的今天)"
    )


def run(options: argparse.Namespace) -> int:
    """Answer what the options ask; 2 when they ask nothing, 1 when there is no index to answer from."""
    if not options.jsonl and not options.text:
        print("要问什么?例如:python bot.py ask 水润港城", file=sys.stderr)
        return 2
    matcher = load(options)
    if matcher is None:
        return 1
    today = options.today or date_today()
    published = publications(options).line
    if options.jsonl:
        return _lines(options, matcher, today, published)
    message = Message(" ".join(options.text), language=options.lang)
    if options.json:
        print(_dump(answered(message, matcher, today, options.candidates, published)))
        return 0
    reply = untaken(answer(message, matcher, today, published))
    if options.csv:
        print(as_csv(reply.rows), end="")
        return 0
    print(shown(reply))
    if options.why:
        print("\n" + "\n".join(why(matcher.match(message.text))))
    return 0


def answered(
    message: Message, matcher: Matcher, today: When, candidates: int = 0, published: Published | None = None
) -> dict[str, Any]:
    """Return the JSON object of one question: the reply, what was asked, and how long it took in milliseconds."""
    started = time.perf_counter()
    reply = answer(message, matcher, today, published)
    taken = (time.perf_counter() - started) * 1000
    found: dict[str, Any] = {"query": message.choice or message.text, **as_json(reply), "ms": round(taken, 3)}
    if candidates:
        found["candidates"] = _candidates(matcher.match(message.text), matcher, candidates)
    return found


def shown(reply: Reply) -> str:
    """Return a reply as a terminal shows it: the text, then the buttons, numbered."""
    return "\n".join([reply.text, *(f"  {i}. {c.label}" for i, c in enumerate(reply.choices, 1))])


def why(match: Match) -> list[str]:
    """Return how a question was matched, in words."""
    question = match.question
    lines = [f"折叠后:{question.folded or '(空)'}", f"结论:{match.verdict}"]
    if match.platforms:
        lines.append("说到的平台:" + "、".join(p.label for p in match.platforms))
    if question.places:
        said = (f"{_written(question, m)}({'/'.join(m.meaning)})" for m in question.places)
        lines.append("说到的地方:" + "、".join(said))
    if question.agencies:
        said = (_written(question, a) for a in question.agencies)
        lines.append("说到的部门:" + "、".join(said))
    for candidate in match.candidates:
        lines.append(f"候选:{candidate.name} 分数 {candidate.score:.3f}")
        lines.append(
            "  怎么来的:" + ",".join(f"{PARTS[name]} {value:+.3f}" for name, value in candidate.parts)
        )
        if candidate.vetoes:
            lines.append("  不能直接答:" + "、".join(VETOES[v] for v in candidate.vetoes))
    return lines


def _written(question: Question, found: Found[Any]) -> str:
    """Return a word of a question as it was written; what was typed in pinyin shows as dots."""
    return "".join("·" if is_typed(c) else c for c in question.ways[0].letters[found.start : found.end])


PARTS = {
    "said": "一字不差", "heard": "音同字不同", "alike": "形近", "swapped": "前后颠倒", "cut": "两头没说全", "extra": "中间多了字",
    "inside": "中间少了字", "contradicted": "说成了别的字", "known": "有名称用字没有着落", "half": "有半个名称用字没有着落",
    "unread": "拼音没有着落", "described": "说的是地方和部门", "several": "这样的单位不止一个", "initials": "拼音首字母相同",
}  # fmt: skip
VETOES = {
    "place": "问的是别的地方", "agency": "问的是别的部门", "number": "数字不同", "platform": "问的是别的平台",
    "unsaid": "名字里有要紧的字没说到", "initials": "首字母相同的可能还有别家,或字母太少", "changed": "有字和名字里的对不上",
    "heard": "多半只是音相同", "beside": "前后还连着别的话,可能是另一个名字",
}  # fmt: skip


def _lines(options: argparse.Namespace, matcher: Matcher, today: When, published: Published) -> int:
    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            found = answered(_message(line, options.lang), matcher, today, options.candidates, published)
        except BadLineError as error:
            found = {"query": None, "error": f"第 {number} 行:{error}"}
        print(_dump(found), flush=True)
    return 0


def _message(line: bytes, language: str | None) -> Message:
    try:
        text = line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise BadLineError("不是 UTF-8 文字;存成 UTF-8 再试") from error
    if not text.lstrip().startswith("{"):
        return Message(text, language=language)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadLineError('以 { 开头却不是 JSON;写成 {"text": "水润港城"},或直接写文字') from error
    return message_of(data, language)


def message_of(data: Any, language: str | None = None) -> Message:
    """Return the message of a JSON object. Raises: BadLineError when it is none of ours."""
    if not isinstance(data, dict):
        raise BadLineError('不是 JSON 对象;写成 {"text": "水润港城"}')
    wrong = [k for k, v in data.items() if k not in FIELDS or not isinstance(v, str | None)]
    if wrong or (data.get("text") is None and data.get("choice") is None):
        raise BadLineError("只能有 text、lang、context、choice,值是文字,text 和 choice 至少写一个")
    return Message(
        data.get("text") or "", data.get("choice"), data.get("context"), data.get("lang") or language
    )


def _candidates(match: Match, matcher: Matcher, most: int) -> list[dict[str, Any]]:
    accounts = ((matcher.base.account(c.accounts[0]), c.score) for c in match.candidates[:most])
    return [
        {"id": a.id, "name": a.name, "platform": a.platform, "score": score} for a, score in accounts if a
    ]


def _dump(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False)


def when(text: str) -> When:
    """Return the date of an argument, however a person writes it. Raises: argparse.ArgumentTypeError."""
    try:
        return date(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期;应当是:{DATES}") from error
