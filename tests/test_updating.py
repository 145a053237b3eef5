"""After an edit the index with its overlay answers as one built anew would; a broken edit changes nothing."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from conftest import ROOT, TODAY
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import index, inventory
from bot.index import Base, Built, StaleIndexError, overlay_of
from bot.index.layout import character_pairs, hashed, unit_hash
from bot.index.rows import grams, row
from bot.index.seal import seal
from bot.index.updating import MOST_FILES
from bot.matcher import MOST_OFFERED, Match, Matcher
from bot.text import fold

# A world small enough that random edits meet: the same names, ids and places again and again.
PLACES = [
    {"code": "320000", "name": "江苏省", "short": "江苏"},
    {"code": "320100", "name": "南京市", "short": "南京"},
    {"code": "320106", "name": "鼓楼区", "short": "鼓楼"},
    {"code": "320582", "name": "张家港市", "short": "张家港"},
    {"code": "350102", "name": "鼓楼区", "short": "鼓楼"},
]
AGENCIES = [
    {"id": "traffic-police", "words": ["交警大队", "交警"]},
    {"id": "water", "words": ["水务局", "水务"]},
    {"id": "school", "words": ["第一中学", "一中"]},
]
PLATFORMS = [{"id": "wechat", "words": ["公众号"]}, {"id": "weibo", "words": ["微博"]}]
CODES = ["320106", "320582", "350102"]
IDS = [f"a{n}" for n in range(16)]
UNIT_IDS = ["u0", "u1", "u2"]
FILES = ["a", "b", "c"]
NAMES = ["鼓楼交警", "张家港水务", "水润港城", "平安鼓楼", "鼓楼一中", "港城水润", "srgc", "鼓楼区交警大队"]
QUESTIONS = [
    *NAMES, "水润岗城", "鼓楼交警公众号", "鼓楼区水务局的微博", "张家港市水务局", "shui run gang cheng", "gljj", "请问水润港城去哪了", "鼓楼二中", "福州", "交警", "",
]  # fmt: skip
# Some that a world has once or not at all, so that names come and go.
RARE = ["青山湖畔", "桃花渡口", "望江楼", "石桥镇"]
NAMED = st.sampled_from([*NAMES, *RARE, None])

Account = dict[str, Any]
Entry = dict[str, Any]


@dataclass
class World:
    """A knowledge folder as data: the units of each file, the ids that moved, the topics."""

    files: dict[str, list[Entry]] = field(default_factory=dict)
    moved: dict[str, str | None] = field(default_factory=dict)
    topics: list[str] = field(default_factory=lambda: ["utility"])
    excused: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """The ids of all accounts."""
        return [a["id"] for units in self.files.values() for u in units for a in u["accounts"]]

    @property
    def named(self) -> list[str]:
        """The ids of all units that have one."""
        return [u["id"] for units in self.files.values() for u in units if "id" in u]

    def write(self, folder: Path) -> None:
        """Make a folder hold exactly this."""
        shutil.rmtree(folder, ignore_errors=True)
        put(folder / "places/divisions.yaml", PLACES)
        put(folder / "lexicon/agencies.yaml", AGENCIES)
        put(folder / "platforms.yaml", PLATFORMS)
        (folder / "excused-hosts.txt").write_text(
            "".join(f"{h}\t只有 http\n" for h in self.excused), encoding="utf-8"
        )
        put(folder / "topics.yaml", [{"id": t, "name": t, "words": [t, f"{t}的事"]} for t in self.topics])
        if self.moved:
            put(
                folder / "moved.yaml",
                [{"id": i} | ({"moved_to": to} if to else {}) for i, to in self.moved.items()],
            )
        for name, units in self.files.items():
            put(folder / f"accounts/{name}.yaml", {"place": CODES[FILES.index(name)], "units": units})


def put(path: Path, data: Any) -> None:
    """Write a YAML file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


def account(key: str, name: str | None = "水润港城", **more: Any) -> Account:
    """Return an account's entry."""
    plain = {"id": key, "name": name, "platform": "wechat", "state": "active", "checked": "2024-06-15"}
    return {**plain, "sources": [{"publisher": "某某日报", "date": "2024-06-02"}], **more}


def unit(*accounts: Account, name: str | None = "张家港市水务局", **more: Any) -> Entry:
    """Return a unit's entry."""
    return {"name": name, "accounts": list(accounts), **more}


def leads(to: dict[str, str]) -> dict[str, Any]:
    """Return what makes an account one that was merged into another, a unit, or a name."""
    return {"state": "merged", "notice": "unseen", "destinations": [{**to, "basis": "media"}]}


def states(ids: list[str], named: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Return what may have become of an account, where some ids are there to lead to."""
    lead = [leads({"account": i}) for i in ids] + [leads({"unit": i}) for i in named]
    return st.one_of(
        st.just({}),
        st.just({"state": "closed", "notice": "unseen"}),
        st.sampled_from([leads({"name": n}) for n in NAMES]),
        st.sampled_from(lead) if lead else st.nothing(),
        st.just({"sources": [{"publisher": "某某日报", "date": "2024-06-02", "url": "http://a.cn/1"}]}),
    )


def a_unit(data: st.DataObject, world: World) -> Entry:
    """Return a unit with ids that are free, now and then one that is not."""
    free = [i for i in IDS if i not in world.ids and i not in world.moved] or IDS
    ids = data.draw(st.lists(st.sampled_from(free), max_size=2, unique=True))
    if data.draw(st.integers(0, 9)) == 9:
        ids.append(data.draw(st.sampled_from(IDS)))
    accounts = [account(i, data.draw(NAMED), **data.draw(states(world.ids, world.named))) for i in ids]
    named = [i for i in UNIT_IDS if i not in world.named]
    called = data.draw(st.sampled_from([*named, None, None]))
    return unit(*accounts, name=data.draw(st.sampled_from(NAMES)), **({"id": called} if called else {}))


def replace(data: st.DataObject, world: World) -> None:
    """Put another unit in the place of one, or at the end."""
    units = world.files.setdefault(data.draw(st.sampled_from(FILES)), [])
    at = data.draw(st.integers(0, len(units)))
    units[at : at + 1] = [a_unit(data, world)]


def add(data: st.DataObject, world: World) -> None:
    """Add a unit at the end of a file."""
    world.files.setdefault(data.draw(st.sampled_from(FILES)), []).append(a_unit(data, world))


def remove(data: st.DataObject, world: World) -> None:
    """Take a unit out."""
    units = world.files.get(data.draw(st.sampled_from(FILES)))
    if units:
        units.pop(data.draw(st.integers(0, len(units) - 1)))


def carry(data: st.DataObject, world: World) -> None:
    """Move a unit from one file to the end of another, or of its own."""
    units = world.files.get(data.draw(st.sampled_from(FILES)))
    if units:
        world.files.setdefault(data.draw(st.sampled_from(FILES)), []).append(units.pop(0))


def rename(data: st.DataObject, world: World) -> None:
    """Give a unit, or an account, another name."""
    units = [u for units in world.files.values() for u in units]
    if units:
        one = data.draw(st.sampled_from([*units, *(a for u in units for a in u["accounts"])]))
        one["name"] = data.draw(NAMED)


def lead(data: st.DataObject, world: World) -> None:
    """Let an account lead elsewhere, or nowhere."""
    accounts = [a for units in world.files.values() for u in units for a in u["accounts"]]
    if accounts:
        one = data.draw(st.sampled_from(accounts))
        one |= account(one["id"], one["name"], **data.draw(states(world.ids, world.named)))


def drop(data: st.DataObject, world: World) -> None:
    """Remove a whole file."""
    world.files.pop(data.draw(st.sampled_from(FILES)), None)


def move(data: st.DataObject, world: World) -> None:
    """Say what became of an id, or take that back."""
    key = data.draw(st.sampled_from(IDS))
    if key in world.moved:
        del world.moved[key]
    else:
        world.moved[key] = data.draw(st.sampled_from([*IDS, None]))


def learn(data: st.DataObject, world: World) -> None:
    """Change what stands around the accounts."""
    world.topics = data.draw(st.sampled_from([["utility"], ["utility", "traffic"]]))


def excuse(data: st.DataObject, world: World) -> None:
    """Excuse a host, or do so no longer."""
    world.excused = data.draw(st.sampled_from([[], ["a.cn"]]))


EDITS = [add, add, add, replace, replace, remove, carry, rename, rename, lead, drop, move, learn, excuse]


def whole(folder: Path, base: Base) -> dict[str, Any]:
    """Return all that an index answers, in terms that do not depend on how it numbers things."""
    units = {base.unit_at(n).key: base.unit_at(n) for i in IDS for n in base.numbers(hashed(i))}
    units |= {u.key: u for u in base.units()}
    names = {n for u in units.values() for n, _ in row(u, base.lexicon()).names} | {fold(n) for n in NAMES}
    unit_keys = {k for u in units.values() for k in row(u, base.lexicon()).grams}
    name_keys = {k for n in names for k in grams(n, base.lexicon(), own=True)}
    pairs = {p for n in names for p in character_pairs(n)}
    found: dict[str, Any] = {
        "digest": base.digest,
        "files": base.files(),
        "units": sorted((u.key, u) for u in base.units()),
        "ids": sorted(base.ids()),
        "held": {i: base.holder(i) for i in IDS},
        "accounts": {i: (base.account(i), base.moved(i), base.code(i), base.coded(base.code(i))) for i in IDS},
        "files of": {i: base.file_of(i) for i in IDS if base.account(i)},
        "named units": {i: base.unit_of_id(i) for i in UNIT_IDS},
        "exact": {n: _borne(refs, base) for n, refs in base.exact(names).items()},
        "unit postings": {k: sorted(base.unit_at(n).key for n in base.posting(k)) for k in unit_keys},
        "name postings": {k: sorted((t, _borne(r, base)) for _, t, r in base.names(base.posting(k))) for k in name_keys},
        "counts": base.counts([*unit_keys, *name_keys]),
        "counted": {k: len(base.posting(k)) for k in (*unit_keys, *name_keys) if base.posting(k)},
        "pairs": base.pairs(pairs),
        "letters": base.letters,
        "size": base.size,
        "leading": sorted(base.unit_at(n).key for n in base.leading()),
        "led to": {h: sorted(base.unit_at(n).key for n in base.leading_to(h)) for h in map(hashed, IDS)},
        "named led to": {h: sorted(base.unit_at(n).key for n in base.leading_to(h)) for h in map(unit_hash, UNIT_IDS)},
        "hosts": base.hosts(),
        "around": base.around(),
    }  # fmt: skip
    matcher = Matcher(base)
    for question in QUESTIONS:
        match = matcher.match(question)
        found[f"asked {question}"] = (match.verdict, [a.id for a in match.accounts], *_offered(match, base))
    return found


def _offered(match: Match, base: Base) -> tuple[list[float], list[Any]]:
    """Return the scores of what is offered, and the candidates; of those that share the last place any may be left out."""
    scores = [c.score for c in match.candidates]
    least = scores[-1] if len(scores) == MOST_OFFERED else -1
    candidates = [
        (c.name, c.score, c.vetoes, c.accounts, base.unit_at(c.ref.unit).key)
        for c in match.candidates
        if c.score > least
    ]
    return scores, sorted(candidates)


def _borne(refs: list[Any], base: Base) -> list[tuple[str, int, bool]]:
    return sorted((base.unit_at(r.unit).key, r.place, r.own) for r in refs)


@contextmanager
def service(world: World) -> Iterator[tuple[Path, Path]]:
    """Give a folder of a world's knowledge, and where its index goes."""
    with TemporaryDirectory() as name:
        folder, target = Path(name) / "knowledge", Path(name) / "i.sqlite"
        world.write(folder)
        yield folder, target


def same(folder: Path, target: Path, anew: Path) -> None:
    """Fail when the index in service does not answer as the one built anew does."""
    with closing(Base(target)) as base, closing(Base(anew)) as other:
        assert whole(folder, base) == whole(folder, other)
        assert base.lost(other) == other.lost(base) == []


TWO = {"a": [unit(account("a0"), name="张家港市水务局"), unit(account("a1", "平安鼓楼"), name=None)]}


@pytest.fixture
def served(tmp_path: Path) -> tuple[World, Path, Path]:
    """A small world, its folder, and its index in service."""
    world = World(deepcopy(TWO) | {"b": [unit(account("a2", "鼓楼一中"), name=None)]})
    folder, target = tmp_path / "knowledge", tmp_path / "i.sqlite"
    world.write(folder)
    assert index.build(folder, target, TODAY).errors == []
    return world, folder, target


def renamed(world: World, key: str, name: str) -> World:
    """Return a world in which one account has another name."""
    found = deepcopy(world)
    for units in found.files.values():
        for one in (a for u in units for a in u["accounts"] if a["id"] == key):
            one["name"] = name
    return found


def named(target: Path, *ids: str) -> list[str | None]:
    """Return the names of accounts in service, `None` for one that is not there."""
    with closing(Base(target)) as base:
        return [getattr(base.account(i), "name", None) for i in ids]


def test_a_broken_edit_leaves_the_last_overlay_in_service_and_says_where(
    served: tuple[World, Path, Path],
) -> None:
    world, folder, target = served
    renamed(world, "a0", "港城水润").write(folder)
    index.update(folder, target, TODAY)
    before = overlay_of(target).read_bytes()
    broken = renamed(world, "a0", "港城水润")
    broken.files["b"][0]["accounts"][0] |= leads({"account": "nobody"})
    broken.write(folder)
    written = (folder / "accounts/b.yaml").read_text(encoding="utf-8").splitlines()
    line = 1 + next(n for n, text in enumerate(written) if "nobody" in text)
    built = index.update(folder, target, TODAY)
    assert built is not None
    assert [(Path(p.file).name, p.line, p.field) for p in built.errors] == [("b.yaml", line, "account")]
    assert overlay_of(target).read_bytes() == before
    assert named(target, "a0", "a2") == ["港城水润", "鼓楼一中"]


def test_an_id_in_service_must_not_disappear_unless_it_is_said_where_to(
    served: tuple[World, Path, Path],
) -> None:
    world, folder, target = served
    less = deepcopy(world)
    less.files["a"].pop()
    less.write(folder)
    built = index.update(folder, target, TODAY, ids_stay=True)
    assert built is not None
    assert ["a1" in p.found for p in built.errors] == [True]
    assert named(target, "a1") == ["平安鼓楼"]
    less.moved = {"a1": "a0"}
    less.write(folder)
    built = index.update(folder, target, TODAY, ids_stay=True)
    assert built is not None
    assert built.errors == []
    assert named(target, "a1") == [None]
    with closing(Base(target)) as base:
        assert base.moved("a1") == "a0"


def test_an_id_that_only_the_overlay_has_must_not_disappear_either(served: tuple[World, Path, Path]) -> None:
    world, folder, target = served
    more = deepcopy(world)
    more.files["b"].append(unit(account("a3")))
    more.write(folder)
    index.update(folder, target, TODAY, ids_stay=True)
    world.write(folder)
    built = index.update(folder, target, TODAY, ids_stay=True)
    assert built is not None
    assert ["a3" in p.found for p in built.errors] == [True]
    assert named(target, "a3") == ["水润港城"]
    assert index.update(folder, target, TODAY) == Built()  # any other index may forget
    assert named(target, "a3") == [None]
    assert not overlay_of(target).exists()


def test_what_leads_to_a_changed_account_is_held_against_the_rules_again(
    served: tuple[World, Path, Path],
) -> None:
    world, folder, target = served
    world.files["b"].append(unit(account("a3", **leads({"account": "a0"}))))
    world.write(folder)
    assert index.build(folder, target, TODAY).errors == []
    world.files["a"][0]["accounts"][0] |= {"state": "closed", "notice": "unseen"}
    world.write(folder)
    built = index.update(folder, target, TODAY)
    assert built is not None
    assert [(Path(p.file).name, "a0" in p.found) for p in built.errors] == [("b.yaml", True)]


def test_an_id_that_another_file_has_is_refused(served: tuple[World, Path, Path]) -> None:
    world, folder, target = served
    world.files["b"].append(unit(account("a0")))
    world.write(folder)
    built = index.update(folder, target, TODAY)
    assert built is not None
    assert [(Path(p.file).name, p.field, p.found) for p in built.errors] == [("b.yaml", "id", "“a0”用了两次")]


@pytest.mark.parametrize("fault", ["disk full", "killed"])
def test_a_fault_while_an_overlay_is_written_leaves_the_last_one(
    served: tuple[World, Path, Path], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    world, folder, target = served
    renamed(world, "a0", "港城水润").write(folder)
    index.update(folder, target, TODAY)
    before = overlay_of(target).read_bytes()
    renamed(world, "a0", "水润港").write(folder)
    if fault == "disk full":

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            index.update(folder, target, TODAY)
        assert list(target.parent.glob("*.part")) == []
    else:
        assert _killed_at_fsync(folder, target) == -signal.SIGKILL
        assert len(list(target.parent.glob("*.part"))) == 1
    assert overlay_of(target).read_bytes() == before
    assert named(target, "a0") == ["港城水润"]


def _killed_at_fsync(folder: Path, target: Path) -> int:
    """Update in another process, which is killed when what it wrote would be made durable; return its exit code."""
    script = (
        "import os, pathlib, signal, sys; from bot import index\n"
        "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "index.update(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))"
    )
    return subprocess.run([sys.executable, "-c", script, folder, target], cwd=ROOT, timeout=60).returncode


def test_what_a_killed_build_left_is_swept_away_when_it_is_old(served: tuple[World, Path, Path]) -> None:
    world, folder, target = served
    old, new = target.with_name("quxiang-1.part"), target.with_name("quxiang-2.part")
    old.touch()
    new.touch()
    os.utime(old, (0, 0))
    renamed(world, "a0", "港城水润").write(folder)
    index.update(folder, target, TODAY)
    assert [p.name for p in target.parent.glob("*.part")] == [new.name]


@pytest.mark.parametrize("told", ["base", "format"])
def test_an_overlay_made_for_another_index_or_format_does_not_count_and_is_replaced(
    served: tuple[World, Path, Path], told: str
) -> None:
    world, folder, target = served
    renamed(world, "a0", "港城水润").write(folder)
    index.update(folder, target, TODAY)
    with closing(sqlite3.connect(overlay_of(target))) as connection, connection:
        connection.execute("update meta set value = 'another' where key = ?", (told,))
    seal(overlay_of(target))
    assert named(target, "a0") == ["水润港城"]
    index.update(folder, target, TODAY)
    assert named(target, "a0") == ["港城水润"]


def test_a_broken_overlay_is_told_so_and_replaced(served: tuple[World, Path, Path]) -> None:
    world, folder, target = served
    overlay_of(target).write_bytes(b"SQLite format 3\x00" + b"\xff" * 4096)
    with pytest.raises(StaleIndexError):
        Base(target)
    renamed(world, "a0", "港城水润").write(folder)
    index.update(folder, target, TODAY)
    assert named(target, "a0") == ["港城水润"]


def test_where_nothing_changed_an_overlay_that_cannot_count_is_taken_away(
    served: tuple[World, Path, Path],
) -> None:
    _, folder, target = served
    overlay_of(target).write_bytes(b"nonsense")
    index.update(folder, target, TODAY)
    assert not overlay_of(target).exists()
    assert index.update(folder, target, TODAY) == Built(fresh=True)


@pytest.mark.parametrize("name", ["places/more.yaml", "lexicon/agencies.yaml", "lexicon/readings.yaml"])
def test_a_change_beneath_all_names_asks_for_a_rebuild(served: tuple[World, Path, Path], name: str) -> None:
    _, folder, target = served
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("[]", encoding="utf-8")
    assert index.update(folder, target, TODAY) is None


def test_a_large_edit_asks_for_a_rebuild(served: tuple[World, Path, Path]) -> None:
    _, folder, target = served
    for number in range(MOST_FILES + 1):
        put(folder / f"accounts/more/{number}.yaml", {"place": CODES[0], "units": []})
    assert index.update(folder, target, TODAY) is None


def test_without_an_index_there_is_nothing_to_update(served: tuple[World, Path, Path]) -> None:
    _, folder, target = served
    target.write_bytes(b"")
    assert index.update(folder, target, TODAY) is None
    target.unlink()
    assert index.update(folder, target, TODAY) is None


def test_two_edits_told_one_by_one_both_count(served: tuple[World, Path, Path]) -> None:
    """Also where only the file of the second is named: the first is in the overlay that is replaced."""
    world, folder, target = served
    once = renamed(world, "a0", "港城水润")
    once.write(folder)
    index.update(folder, target, TODAY, only=[folder / "accounts/a.yaml"])
    renamed(once, "a2", "鼓楼二中").write(folder)
    built = index.update(folder, target, TODAY, only=[folder / "accounts/b.yaml"])
    assert built is not None
    assert built.accounts == 1
    assert named(target, "a0", "a2") == ["港城水润", "鼓楼二中"]
    anew = target.with_name("anew.sqlite")
    index.build(folder, anew, TODAY)
    same(folder, target, anew)


def test_a_file_that_is_gone_and_one_that_is_new_need_no_more_than_their_names(
    served: tuple[World, Path, Path],
) -> None:
    _, folder, target = served
    (folder / "accounts/b.yaml").rename(folder / "accounts/c.yaml")
    paths = [folder / "accounts/b.yaml", folder / "accounts/c.yaml"]
    built = index.update(folder, target, TODAY, only=paths, ids_stay=True)
    assert built is not None
    assert built.errors == []
    with closing(Base(target)) as base:
        assert base.file_of("a2") == "accounts/c.yaml"
        assert base.digest == inventory.digest(folder)


def test_only_what_differs_goes_into_an_overlay(served: tuple[World, Path, Path]) -> None:
    world, folder, target = served
    renamed(world, "a0", "港城水润").write(folder)
    index.update(folder, target, TODAY)
    with closing(Base(target)) as base:
        assert [u.key for u in base.laid_over()] == ["a0"]


def test_an_index_opened_again_shares_what_did_not_change(served: tuple[World, Path, Path]) -> None:
    world, folder, target = served
    first = Base(target)
    renamed(world, "a0", "港城水润").write(folder)
    index.update(folder, target, TODAY, like=first)
    second = first.again()
    assert second.lexicon() is first.lexicon()
    first.close()
    assert [getattr(second.account("a0"), "name", "")] == ["港城水润"]
    index.build(folder, target, TODAY)
    third = second.again()
    assert third.lexicon() is not second.lexicon()
    second.close()
    third.close()


@settings(max_examples=50)
@given(st.data())
def test_an_updated_index_answers_every_look_up_and_question_as_one_built_anew(data: st.DataObject) -> None:
    """Edits one after the other, valid or not: the update and the rebuild agree on whether it may go into service."""
    world = World(
        {
            f: [
                unit(account(f"a{n}"), account(f"a{n + 3}", f"平安鼓楼{f}"), id=f"u{n}"),
                unit(account(f"a{n + 6}", NAMES[n]), name=None),
            ]
            for n, f in enumerate(FILES)
        }
    )
    with service(world) as (folder, target):
        anew = target.with_name("anew.sqlite")
        assert index.build(folder, target, TODAY).errors == []
        for _ in range(data.draw(st.integers(1, 4))):
            edited = deepcopy(world)
            for _ in range(data.draw(st.integers(1, 2))):
                data.draw(st.sampled_from(EDITS))(data, edited)
            edited.write(folder)
            before = index.digest_of(target)
            rebuilt = index.build(folder, anew, TODAY, before=target)
            built = index.update(folder, target, TODAY, ids_stay=True)
            if built is None:  # an excuse was taken back: only a rebuild can say for which entries
                assert rebuilt.errors
                built = index.build(folder, target, TODAY, before=target)
            if not built.fresh:
                assert set(built.problems) <= set(rebuilt.problems)
                assert bool(built.errors) == bool(rebuilt.errors)
            if rebuilt.errors:
                assert index.digest_of(target) == before
            else:
                world = edited
                same(folder, target, anew)
