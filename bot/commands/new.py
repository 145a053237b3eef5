"""`new`: one account put into the knowledge, asked for line by line or given whole as flags."""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
from collections.abc import Sequence

from bot import knowledge
from bot.checks.accounts import DESTINATIONS
from bot.codec import Fault
from bot.commands.adding import UNTOUCHED, next_step, unusable, unwritten
from bot.setting import add_knowledge, contact, today
from bot.upkeep.editing import ChangedError, Written, add
from bot.upkeep.entries import Given, Reader
from bot.upkeep.likeness import Alike, similar
from bot.upkeep.placefile import Entry
from bot.upkeep.questions import IDENTITY, QUESTIONS, Question
from bot.values import State
from bot.yamlfile import Problem, shown

HELP = "添一个账号"
DESCRIPTION = "添一个账号:什么参数都不写就一项一项地问。先看有没有差不多的,查过没有错才写,写完说写在哪里。"
EXAMPLES = """\
  python bot.py new      一问一答
  python bot.py new --place 张家港 --name 健康港城 --platform 微信公众号 --state 已公告停更 \\
    --notice 没见到公告 --source "新京报|2024-06-02" --checked 2024-06-15"""
CLEAR = "-"
# What is asked again when a rule complains of a field: what it depends on too.
AGAIN = {
    "state": ("state", "notice", "destinations"),
    "notice": ("notice", "destinations"),
    "accounts": ("name", "unit"),
    "url": ("sources",),
    "account": ("destinations",),
}
# Stands in for what is not asked yet, so that an account can be compared by what is known of it.
LATER: Given = {"state": ["active"], "checked": ["2000"], "sources": ["?"]}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `new` takes."""
    add_knowledge(parser)
    for q in QUESTIONS.values():
        says = f"{q.label}:{'、'.join(q.options) or q.says}"
        says += f";可以写几次;例:{q.example}" if q.many else ""
        parser.add_argument(q.flag, dest=q.key, metavar="TEXT", action="append", help=says)
    parser.add_argument("--yes", action="store_true", help="有差不多的账号也接着添")
    if address := contact():
        parser.epilog = (
            f"{parser.epilog}\n\n没装这个程序的人:填一张表(python bot.py import --template),发到 {address}"
        )


def run(options: argparse.Namespace) -> int:
    """Put one account into the knowledge; 1 when it cannot be or should not be."""
    known = knowledge.read(options.knowledge)
    if not known.places:
        return _refused(unusable(known, options.knowledge))
    given = {key: texts for key in QUESTIONS if (texts := getattr(options, key)) is not None}
    try:
        put = _from_flags(given, Reader(known), options) if given else _from_answers(Reader(known), options)
    except (EOFError, KeyboardInterrupt):
        print(f"\n{UNTOUCHED}")
        return 1
    except (ChangedError, OSError) as error:
        return _refused([unwritten(error)])
    if put is None:
        return 1
    entry, written = put
    print(f"写进了 {shown(written.path)} 第 {written.line} 行:")
    print(*written.lines, next_step(entry, options), sep="\n")
    return 0


def _from_flags(given: Given, reader: Reader, options: argparse.Namespace) -> tuple[Entry, Written] | None:
    """Put in what the flags say; say what is wrong with it and return `None`. Raises: ChangedError, OSError."""
    twice = [q for q in QUESTIONS.values() if not q.many and len(given.get(q.key, ())) > 1]
    wrong = [f"{q.flag}: 写了 {len(given[q.key])} 次;应当是:只写一次;留下一个" for q in twice]
    entry, faults = reader.read(given)
    wrong += [f"{_flag(str(f.path[0]))}: {f.said}" for f in faults]
    alike = similar(entry, reader.known) if entry and not wrong and not options.yes else []
    if alike:
        lines = _listed(alike, reader)
        wrong = [*lines, f"{UNTOUCHED}确实是另一个账号,就再加 --yes。"]
    if entry and not wrong:
        result = add(entry, options.knowledge, today())
        if isinstance(result, Written):
            return entry, result
        wrong = [f"{_flag(p.field)}: {p.said}" for p in result]
    _refused(wrong)
    return None


def _from_answers(reader: Reader, options: argparse.Namespace) -> tuple[Entry, Written] | None:
    """Ask for everything and put it in; `None` when that is not wished. Raises: EOFError, ChangedError, OSError."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  # lines can then be edited and recalled
    if isinstance(sys.stdin, io.TextIOWrapper):  # what is no text is then told of like any other mistake
        sys.stdin.reconfigure(errors="surrogateescape")
    print("一项一项地问;可以不写的直接回车;按 Ctrl-D 放弃,什么都不会改。")
    given: dict[str, list[str]] = {}
    for key in IDENTITY:
        _ask(QUESTIONS[key], reader, given)
    entry, _ = reader.entry({**LATER, **given})
    alike = similar(entry, reader.known) if entry and not options.yes else []
    if alike:
        print(*_listed(alike, reader), sep="\n")
        print("要添的确实是另一个账号吗?(是/否):")
        if input("> ").strip() not in ("是", "y", "Y", "yes"):
            print(UNTOUCHED)
            return None
    again = [key for key in QUESTIONS if key not in IDENTITY]
    while again:
        for key in again:
            if _applies(key, given):
                _ask(QUESTIONS[key], reader, given)
            else:
                given.pop(key, None)
        entry, faults = reader.read(given)
        wrong: list[Fault | Problem] = [*faults]
        if entry and not faults:
            result = add(entry, options.knowledge, today())
            if isinstance(result, Written):
                return entry, result
            wrong += result
        print(*(w.said for w in wrong), sep="\n")
        fields = [p.field if isinstance(p, Problem) else str(p.path[0]) for p in wrong]
        again = [k for k in QUESTIONS if any(k in AGAIN.get(f, (f,)) for f in fields)]
    _refused([UNTOUCHED])
    return None


def _listed(alike: Sequence[Alike], reader: Reader) -> list[str]:
    return ["已经有差不多的账号:", *(f"  {reader.told(a)}" for a in alike)]


def _ask(question: Question, reader: Reader, given: dict[str, list[str]]) -> None:
    """Ask one thing until what is typed can be understood; Enter keeps what was said before."""
    before, answers = given.get(question.key, []), list[str]()
    choices = list(question.options)
    while True:
        print(_asked(question, before, len(answers)))
        typed = input("> ").strip()
        if not typed and (answers or before or not question.required):
            given[question.key] = answers or before
            return
        if typed == CLEAR and before:
            before = []
            continue
        if typed.isdecimal() and 0 < int(typed) <= len(choices):
            typed = choices[int(typed) - 1]
        trial = {**given, question.key: [*answers, *([typed] if typed else [])]}
        faults = [f for f in reader.read({**LATER, **trial})[1] if f.path[0] == question.key]
        if not faults:
            answers.append(typed)
            if question.many:
                continue
            given[question.key] = answers
            return
        found = reader.places.meant(typed) if question.key == "place" and typed else []
        if len(found) > 1:
            choices = found
            print(f"“{typed}”有 {len(found)} 个,写前面的数字:")
            print(*(f"  {i}. {reader.places.where(c)}({c})" for i, c in enumerate(found, 1)), sep="\n")
        else:
            print(*(f.said for f in faults), sep="\n")


def _asked(question: Question, before: Sequence[str], answered: int) -> str:
    """Return a question as it is put: what is expected, an example, what Enter does."""
    if answered:
        return f"第 {answered + 1} 个{question.label}(没有就回车):"
    numbered = "、".join(f"{number} {option}" for number, option in enumerate(question.options, 1))
    expected = f"写名字或数字:{numbered}" if numbered else question.says
    skip = "" if question.required else ";没有就回车"
    if before:
        skip = f";原来写的:{' ; '.join(before)};不改就回车,写 {CLEAR} 清空"
    number = "第 1 个" if question.many else ""
    return f"{number}{question.label}({expected};例:{question.example}{skip}):"


def _applies(key: str, given: Given) -> bool:
    """Tell whether a question makes sense for the state that was answered."""
    state = next((s for s in State if given.get("state", [""])[0] in (s.value, s.label)), None)
    if state is None or key not in ("reason", "announced", "stopped", "last_post", "notice", "destinations"):
        return True
    if key == "last_post":
        return state in (State.DORMANT, State.REVIVED)
    return DESTINATIONS.get(state, (0, None))[1] != 0 if key == "destinations" else state.gone


def _flag(field: str) -> str:
    """Return the flag for a field that a rule complains of, the field itself where there is none."""
    key = AGAIN.get(field, (field,))[0]
    return QUESTIONS[key].flag if key in QUESTIONS else field


def _refused(lines: Sequence[str]) -> int:
    print(*lines, sep="\n", file=sys.stderr)
    return 1
