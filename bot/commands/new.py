"""`new`: one account put into the knowledge, asked for line by line or given whole as flags.

`Reader` turns texts as a person writes them into an entry; `import` reads its rows by it too.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import io
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from yaml.nodes import Node

from bot import codec, knowledge, yamlfile
from bot.checks.accounts import DESTINATIONS
from bot.codec import Fault
from bot.knowledge import Knowledge
from bot.places import Gazetteer
from bot.records import Account, Basis, Destination, Labelled, Place, State, Unit
from bot.setting import KNOWLEDGE, add_folders, today
from bot.text import fold
from bot.upkeep.editing import NATIONAL, Alike, ChangedError, Entry, Written, add, similar, slug
from bot.yamlfile import Problem

HELP = "添一个账号"
DESCRIPTION = "添一个账号:什么参数都不写就一项一项地问。先看有没有差不多的,查过没有错才写,写完说写在哪里。"

Given = Mapping[str, Sequence[str]]

DESTINATION = "名字或编号|平台|依据|管什么"
SOURCE = "发布者|日期|网址;转载的再写 |转载"
REPRINT = "转载"
# Before a name that is also one of ours: the other one is meant.
OUTSIDE = re.compile(r"库外[:\uff1a]\s*")
SCOPES = {
    "全部": "all",
    "信息": "information",
    "信息发布": "information",
    "办事": "services",
    "咨询": "enquiries",
}
CLEAR = "-"
UNTOUCHED = "没有改动任何文件。"
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


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to be known of an account: its key, what people call it, what is expected, an example."""

    key: str
    label: str
    says: str
    example: str
    options: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """Its flag on the command line."""
        return "--" + {"destinations": "destination", "sources": "source"}.get(self.key, self.key).replace(
            "_", "-"
        )

    @property
    def many(self) -> bool:
        """Whether it has any number of answers."""
        return self.key in ("destinations", "sources")

    @property
    def required(self) -> bool:
        """Whether an account cannot be without it."""
        return self.key in ("place", "state", "sources", "checked")


def _question(key: str, label: str, example: str, says: str = "") -> Question:
    member = codec.members(Account).get(key)
    kind = member.kind if member else None
    options = tuple(o.label for o in kind) if isinstance(kind, type) and issubclass(kind, Labelled) else ()
    says = says or (member.says if member else "")
    return Question(key, label, says.removeprefix(f"{label};"), example, options)


# In the order they are asked: first what tells one account from another.
QUESTIONS = {
    q.key: q
    for q in (
        _question("place", "地方", "张家港市", "名称或区划代码;全国性的写 全国"),
        _question("name", "账号名", "水润港城"),
        _question("platform", "平台", "微信公众号"),
        _question("platform_id", "账号编号", "gh_0123456789ab"),
        _question("unit", "单位", "张家港市水务局", codec.members(Unit)["name"].says),
        _question("state", "现状", "已公告停更"),
        _question("reason", "原因", "基层减负"),
        _question("announced", "公告日期", "2024年4月16日"),
        _question("stopped", "停更日期", "2024-04-19"),
        _question("seen", "最后见到", "2024-03"),
        _question("notice", "公告怎么写去向", "没见到公告"),
        _question("destinations", "去向", "今日张家港|手机App|媒体报道|办事", DESTINATION),
        _question("sources", "来源", "新京报|2024-06-02|https://www.bjnews.com.cn/", SOURCE),
        _question("checked", "核对日期", "2024-06-15"),
        _question("note", "备注", "报道只给停更日期"),
    )
}
IDENTITY = ("place", "name", "platform", "platform_id", "unit")


class Reader:
    """Turns what a person writes of accounts into entries, knowing what is there already."""

    def __init__(self, known: Knowledge) -> None:
        self.known = replace(known, units=[*known.units])
        self.places = Gazetteer(known.places)
        self._words = {p.code: _words(p) for p in known.places.values()}
        self._taken = {*known.moved}
        self._trees: dict[Path, Node | None] = {}
        self._places: dict[str, str] = {}
        self._units: dict[tuple[str, str], str | None] = {}
        self._accounts: dict[str, Account] = {}
        self._named: dict[str, list[Account]] = {}
        for unit in known.units:
            self._note(unit)

    def entry(self, given: Given) -> tuple[Entry | None, list[Fault]]:
        """Return the entry that texts mean, or all that is wrong with them; destinations are as they were written."""
        faults = [f for key, texts in given.items() for text in texts for f in _garbled(key, text)]
        if faults:
            return None, faults
        one = {key: texts[0].strip() for key, texts in given.items() if texts}
        place = self._place(one.get("place", ""), faults)
        data: dict[str, Any] = {k: v for k, v in one.items() if k in codec.members(Account)} | {"id": "x"}
        for key, parse in (("destinations", _destination), ("sources", _source)):
            data.pop(key, None)
            if texts := given.get(key):
                data[key] = [parse(text, (key, number), faults) for number, text in enumerate(texts)]
        account = codec.decode(Account, data, faults)
        if account is None or place is None or faults:
            return None, faults
        unit = one.get("unit") or None
        if unit:  # by the name its place's file has for it, where it is there under this name or another
            unit = self._units.get((place, fold(unit)), unit)
        code = slug(account.name, account.platform, unit, self._taken)
        return Entry(place, replace(account, id=code), unit), faults

    def linked(self, entry: Entry) -> tuple[Entry, list[Fault]]:
        """Return an entry whose destinations are our own accounts where that is certain, and where somebody must say."""
        faults: list[Fault] = []
        links = [self._link(d, n, entry, faults) for n, d in enumerate(entry.account.destinations)]
        return replace(entry, account=replace(entry.account, destinations=tuple(links))), faults

    def read(self, given: Given) -> tuple[Entry | None, list[Fault]]:
        """Return the entry that texts mean with its destinations linked, or all that is wrong with them."""
        entry, faults = self.entry(given)
        return self.linked(entry) if entry else (None, faults)

    def take(self, entry: Entry) -> None:
        """Count an entry among what is known, so that the next ones are compared with it and may lead to it."""
        unit = Unit((entry.account,), name=entry.unit, place=entry.place)
        self.known.units.append(unit)
        self._note(unit)

    def named(self, text: str) -> list[str]:
        """Return the codes of the places a text may mean: a code, 鼓楼区, 张家港, 南京鼓楼, 江苏省南京市鼓楼区."""
        if text in self.known.places:
            return [text]
        folded = fold(text)
        exact = [code for code, words in self._words.items() if words[0] == folded]
        return sorted(exact or (c for c in self._words if self._means(folded, self.places.chain(c))))

    def where(self, code: str) -> str:
        """Return a place with all it lies in: 江苏省 · 苏州市 · 张家港市."""
        return " · ".join(self.known.places[c].name for c in self.places.chain(code)[::-1])

    def spot(self, account: Account) -> str:
        """Return the file and line where a known account stands; each file is read once."""
        path, entry = self.known.spots[account.id]
        if path not in self._trees:
            self._trees[path] = yamlfile.tree(path, yamlfile.content(path, []), [])
        node = self._trees[path]
        return f"{yamlfile.shown(path)}:{yamlfile.line(node, entry) if node else 1}"

    def _means(self, folded: str, chain: Sequence[str]) -> bool:
        """Tell whether a text is a name of a chain's first place, with any names of those it lies in before it."""
        rests = [folded.removesuffix(w) for w in self._words[chain[0]] if folded.endswith(w)]
        return "" in rests or any(
            self._means(rest, chain[above:]) for rest in rests for above in range(1, len(chain))
        )

    def _note(self, unit: Unit) -> None:
        for word in filter(None, map(fold, (unit.name or "", *unit.aliases))):
            self._units.setdefault((unit.place, word), unit.name)
        for account in unit.accounts:
            self._taken.add(account.id)
            self._places[account.id] = unit.place
            self._accounts[account.id] = account
            if name := fold(account.name or ""):
                self._named.setdefault(name, []).append(account)

    def _place(self, text: str, faults: list[Fault]) -> str | None:
        codes = self.named(text) if text else []
        if len(codes) == 1:
            return codes[0]
        expected = "区划表里有的名称或代码,如 张家港市、320582"
        if not text:
            fault = Fault(("place",), "没有写", expected, "补上地方")
        elif codes:
            listed = "、".join(f"{c}({self.where(c)})" for c in codes)
            fault = Fault(("place",), f"“{text}”有 {len(codes)} 个", "其中一个的代码", f"写代码:{listed}")
        else:
            places = self.known.places.values()
            names = [w for p in places for w in ((p.code,) if text.isdecimal() else (p.name, p.short)) if w]
            near = difflib.get_close_matches(text, names, 1, 0.6)
            todo = f"是不是 {near[0]}?" if near else "到 knowledge/places/ 里查名称和代码"
            fault = Fault(("place",), f"“{text}”", expected, todo)
        faults.append(fault)
        return None

    def _link(self, d: Destination, number: int, entry: Entry, faults: list[Fault]) -> Destination:
        name = d.name or ""
        if OUTSIDE.match(name):
            return replace(d, name=OUTSIDE.sub("", name, count=1))
        if any(u.id == name for u in self.known.units):
            return replace(d, name=None, platform=None, unit=name)
        by_id = [self._accounts[name]] if name in self._accounts else []
        found = by_id or [a for a in self._named.get(fold(name), ()) if a.id != entry.account.id]
        found = [a for a in found if d.platform in (None, a.platform)]
        if not found and not by_id:
            return d
        places = (entry.place, *(self._places[a.id] for a in found))
        provinces = {code for place in places for code in self.places.chain(place)[-1:] or [place]}
        if len(found) == 1 and (by_id or len(provinces - {NATIONAL}) <= 1):
            return replace(d, name=None, platform=None, account=found[0].id)
        listed = "、".join(f"{a.id}({self.described(a)})" for a in found or by_id)
        what = (
            f"“{name}”在本库有 {len(found)} 个" if found else f"“{name}”不在{d.platform and d.platform.label}"
        )
        todo = f"写编号:{listed};都不是就写 库外:{name}"
        faults.append(Fault(("destinations", number, "account"), what, "说清是哪一个账号", todo))
        return d

    def described(self, account: Account) -> str:
        """Return what tells an account from its namesakes: its platform and its place."""
        platform = account.platform.label if account.platform else "平台没有说"
        code = self._places[account.id]
        place = self.known.places.get(code)
        return f"{platform},{place.name if place else code}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `new` takes."""
    add_folders(parser)
    for q in QUESTIONS.values():
        says = f"{q.label}:{'、'.join(q.options) or q.says}"
        parser.add_argument(
            q.flag, dest=q.key, metavar="TEXT", action="append", help=says + (";可以写几次" if q.many else "")
        )
    parser.add_argument("--yes", action="store_true", help="有差不多的账号也接着添")


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
    print(f"写进了 {yamlfile.shown(written.path)} 第 {written.line} 行:")
    print(*written.lines, next_step(entry, options.knowledge), sep="\n")
    return 0


def unusable(known: Knowledge, folder: Path) -> list[str]:
    """Return what to tell a maintainer whose folder knows of no place."""
    return [*map(str, known.problems)] or [f"{folder} 里没有区划表 places/;检查 --knowledge 写的路径。"]


def unwritten(error: ChangedError | OSError) -> str:
    """Return what to tell a maintainer whose account could not be written."""
    if isinstance(error, ChangedError):
        return f"{error} 刚刚被别的程序改过,没有写;再运行一次。"
    return f"写不了 {error.filename or '知识文件'}:{error.strerror or error};检查磁盘空间和权限。"


def said(fault: Fault | Problem) -> str:
    """Return what is wrong in the words of `check`, without where."""
    return f"{fault.found};应当是:{fault.expected};{fault.todo}"


def alike_line(alike: Alike, reader: Reader) -> str:
    """Return an existing account as one line: what it is, its id, where it stands."""
    account, unit = alike.account, alike.unit
    name = account.name or "(没有账号名)"
    details = ",".join(filter(None, (reader.described(account), unit.name, account.state.label)))
    return f"{name}({details}){account.id} {reader.spot(account)}"


def next_step(entry: Entry, folder: Path) -> str:
    """Return what to do after an entry was written."""
    other = "" if folder == KNOWLEDGE else f" --knowledge {folder}"
    word = entry.account.name or entry.unit
    return f"下一步:python bot.py check{other}\n再问问看:python bot.py ask{other} {word}"


def _from_flags(given: Given, reader: Reader, options: argparse.Namespace) -> tuple[Entry, Written] | None:
    """Put in what the flags say; say what is wrong with it and return `None`. Raises: ChangedError, OSError."""
    twice = [q for q in QUESTIONS.values() if not q.many and len(given.get(q.key, ())) > 1]
    wrong = [f"{q.flag}: 写了 {len(given[q.key])} 次;应当是:只写一次;留下一个" for q in twice]
    entry, faults = reader.read(given)
    wrong += [f"{_flag(str(f.path[0]))}: {said(f)}" for f in faults]
    alike = similar(entry, reader.known) if entry and not wrong and not options.yes else []
    if alike:
        lines = _listed(alike, reader)
        wrong = [*lines, f"{UNTOUCHED}确实是另一个账号,就再加 --yes。"]
    if entry and not wrong:
        result = add(entry, options.knowledge, today())
        if isinstance(result, Written):
            return entry, result
        wrong = [f"{_flag(p.field)}: {said(p)}" for p in result]
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
        print(*map(said, wrong), sep="\n")
        fields = [p.field if isinstance(p, Problem) else str(p.path[0]) for p in wrong]
        again = [k for k in QUESTIONS if any(k in AGAIN.get(f, (f,)) for f in fields)]
    _refused([UNTOUCHED])
    return None


def _listed(alike: Sequence[Alike], reader: Reader) -> list[str]:
    return ["已经有差不多的账号:", *(f"  {alike_line(a, reader)}" for a in alike)]


def _ask(question: Question, reader: Reader, given: dict[str, list[str]]) -> None:
    """Ask one thing until what is typed can be understood; Enter keeps what was said before."""
    before, answers = given.get(question.key, []), list[str]()
    choices: list[str] = []
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
        found = reader.named(typed) if question.key == "place" and typed else []
        if len(found) > 1:
            choices = found
            print(f"“{typed}”有 {len(found)} 个,写前面的数字:")
            print(*(f"  {i}. {reader.where(c)}({c})" for i, c in enumerate(found, 1)), sep="\n")
        else:
            print(*map(said, faults), sep="\n")


def _asked(question: Question, before: Sequence[str], answered: int) -> str:
    expected = "可以写:" + "、".join(question.options) if question.options else question.says
    skip = "" if question.required and not answered else ";没有就回车"
    if before and not answered:
        skip = f";原来写的:{' ; '.join(before)};不改就回车,写 {CLEAR} 清空"
    number = f"第 {answered + 1} 个" if question.many else ""
    return f"{number}{question.label}({expected};例:{question.example}{skip}):"


def _applies(key: str, given: Given) -> bool:
    """Tell whether a question makes sense for the state that was answered."""
    state = next((s for s in State if given.get("state", [""])[0] in (s.value, s.label)), None)
    if state is None or key not in ("reason", "announced", "stopped", "notice", "destinations"):
        return True
    return DESTINATIONS.get(state, (0, None))[1] != 0 if key == "destinations" else state.gone


def _flag(field: str) -> str:
    """Return the flag for a field that a rule complains of, the field itself where there is none."""
    key = AGAIN.get(field, (field,))[0]
    return QUESTIONS[key].flag if key in QUESTIONS else field


def _refused(lines: Sequence[str]) -> int:
    print(*lines, sep="\n", file=sys.stderr)
    return 1


def _garbled(key: str, text: str) -> list[Fault]:
    """Return a fault for text that came in through a terminal or file of another encoding."""
    shown = text.encode(errors="replace").decode()
    fault = Fault((key,), f"“{shown}”", "UTF-8 文字", "终端或文件的编码不对,换成 UTF-8 再试")
    return [fault] if shown != text else []


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[|\uff5c]", text)]


def _destination(text: str, path: codec.Path, faults: list[Fault]) -> dict[str, str]:
    """Return a destination as plain data; whether it is one of ours is found out later."""
    parts = _parts(text)
    if not parts[0] or not 3 <= len(parts) <= 4:
        bases = "、".join(b.label for b in Basis)
        faults.append(Fault(path, f"“{text}”", DESTINATION, f"中间用 | 隔开,平台不知道就空着;依据写:{bases}"))
        return {"name": text, "basis": Basis.REPORTED}  # lets the rest be checked
    name, platform, basis, scope = [*parts, "", "", ""][:4]
    return {"name": name, "platform": platform, "basis": basis, "scope": SCOPES.get(scope, scope)}


def _source(text: str, path: codec.Path, faults: list[Fault]) -> dict[str, str]:
    """Return a source as plain data. The address of a reprint is kept from people."""
    parts = _parts(text)
    if not parts[0] or len(parts) > 4 or parts[3:] not in ([], [""], [REPRINT]):
        faults.append(Fault(path, f"“{text}”", SOURCE, "中间用 | 隔开,不知道的空着"))
        return {"publisher": text}  # lets the rest be checked
    publisher, date, url, reprint = [*parts, "", "", ""][:4]
    where = "mirror" if reprint else "url"
    return {"publisher": publisher, "date": date, where: url, "reprint": "true" if reprint else ""}


def _words(place: Place) -> tuple[str, ...]:
    """Return the folded names of a place, the full one first."""
    return tuple(dict.fromkeys(w for w in map(fold, (place.name, place.short or "", *place.former)) if w))
