"""What holds of the matcher whatever the base: what is added beside, in which order, from how many threads, how long a question."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from benchmarks import corpus
from benchmarks.agencies import AGENCIES
from benchmarks.questions import Question, questions
from benchmarks.world import World
from bot import index
from bot.index.layer import Layer
from bot.matcher import Match, Matcher, Verdict
from bot.matching.comparing import Comparer
from bot.text import fold

SIZE, PROVINCE = 1500, "36"
EACH = 4
LONG = 10_000
# A question is looked at up to so many characters.
READ = 120


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small synthetic base: its knowledge, and its index beside it."""
    folder = tmp_path_factory.mktemp("made")
    corpus.write(SIZE, folder / "knowledge", only=PROVINCE)
    assert not index.build(folder / "knowledge", folder / "index.sqlite").errors
    return folder


@pytest.fixture(scope="module")
def asked() -> list[Question]:
    """Some questions of every kind about it."""
    return list(questions(World(list(corpus.bodies(SIZE, only=PROVINCE))), "dev", EACH))


def ending(match: Match) -> tuple[Verdict, list[str]]:
    """Return what a person is told: the verdict and the accounts answered."""
    return match.verdict, sorted(a.id for a in match.accounts)


def offered(match: Match, base: index.Base) -> list[tuple[float, str]]:
    """Return the units a person is asked about, each with its score, whoever stands first of equals."""
    return sorted((c.score, base.unit_at(c.ref.unit).key) for c in match.candidates)


# What is added beside -----------------------------------------------------------------------------------------------


@st.composite
def additions(draw: st.DrawFn) -> tuple[str, str]:
    """Return the code of a place and the name of an account there."""
    place = draw(st.sampled_from([p for p in corpus.places() if not p.code.startswith(PROVINCE)]))
    agency = draw(st.sampled_from(AGENCIES))
    called = place.short or place.name
    brands = [b.replace("X", called) for b in agency.brands]
    return place.code, draw(
        st.sampled_from([*brands, f"{called}{agency.short}", f"{place.name}{agency.full}"])
    )


@pytest.fixture(scope="module")
def before(made: Path, asked: list[Question]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The questions that are answered: the unit answered, and its names."""
    base = index.Base(made / "index.sqlite")
    matcher = Matcher(base)
    sure = {q.text: m for q in asked for m in [matcher.match(q.text)] if m.verdict is Verdict.SURE}
    units = {text: base.unit_at(m.candidates[0].ref.unit) for text, m in sure.items()}
    return {
        text: (u.key, tuple(n for n in (u.name, *(a.name for a in u.accounts)) if n))
        for text, u in units.items()
    }


@given(added=additions())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_account_added_elsewhere_never_turns_a_sure_answer_into_another_account(
    made: Path,
    tmp_path: Path,
    before: dict[str, tuple[str, tuple[str, ...]]],
    added: tuple[str, str],
) -> None:
    """It may raise a doubt; it takes the answer over only where the question is nearer to its name."""
    code, name = added
    folder = tmp_path / "knowledge"
    if not folder.exists():
        shutil.copytree(made / "knowledge", folder)
        shutil.copy(made / "index.sqlite", tmp_path)
    entry = {"id": "added", "name": name, "platform": "weibo", "state": "active", "checked": "2024-06-15"}
    entry["sources"] = [{"publisher": "某某日报"}]  # type: ignore[assignment]
    path = folder / "accounts" / "added.yaml"
    path.write_text(yaml.safe_dump({"place": code, "units": [{"accounts": [entry]}]}), encoding="utf-8")
    built = index.update(folder, tmp_path / "index.sqlite")
    assert built is not None
    assert not built.errors
    base = index.Base(tmp_path / "index.sqlite")
    matcher = Matcher(base)
    met = 0
    for text, (key, names) in before.items():
        if nearest(text, (name,)) <= nearest(text, names) or fold(name) in fold(text):
            continue
        met += 1
        match = matcher.match(text)
        if match.verdict is Verdict.SURE:
            assert base.unit_at(match.candidates[0].ref.unit).key == key, text
    base.close()
    assume(met)


def nearest(text: str, names: tuple[str, ...]) -> int:
    """Return the fewest changes that make one of some names of a text."""
    return min(OSA.distance(fold(text), fold(name)) for name in names)


# The order of the base ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shuffled(made: Path, tmp_path_factory: pytest.TempPathFactory) -> index.Base:
    """The same base, its files and the entries in them in another order."""
    rng = random.Random(1)
    folder = tmp_path_factory.mktemp("shuffled")
    shutil.copytree(made / "knowledge", folder / "knowledge")
    paths = sorted((folder / "knowledge" / "accounts").rglob("*.yaml"))
    for number, path in zip(rng.sample(range(len(paths)), len(paths)), paths, strict=True):
        head, *entries = path.read_text(encoding="utf-8").split("\n  - name: ")
        rng.shuffle(entries)
        text = "\n  - name: ".join([head, *(e.rstrip("\n") for e in entries)]) + "\n"
        path.with_name(f"{number:04}.yaml").write_text(text, encoding="utf-8")
        path.unlink()
    assert not index.build(folder / "knowledge", folder / "index.sqlite").errors
    return index.Base(folder / "index.sqlite")


def test_the_verdict_does_not_depend_on_the_order_of_the_base(
    made: Path, shuffled: index.Base, asked: list[Question]
) -> None:
    base = index.Base(made / "index.sqlite")
    assert sorted(base.ids()) == sorted(shuffled.ids())
    assert list(base.ids()) != list(shuffled.ids())
    first, second = Matcher(base), Matcher(shuffled)
    for question in asked:
        there, here = first.match(question.text), second.match(question.text)
        assert ending(there) == ending(here), question
        assert offered(there, base) == offered(here, shuffled), question


# How long a question ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Work:
    """What is done for a question: queries, rows read, names compared."""

    queries: int = 0
    rows: int = 0
    compared: int = 0


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """A count of the work done, to be set to nothing between questions."""
    done = Work()
    rows, compare = Layer.rows, Comparer.compare

    def counted(self: Layer, *args: object) -> list[object]:
        found = rows(self, *args)  # type: ignore[arg-type]
        done.queries += 1
        done.rows += len(found)
        return found

    def held(self: Comparer, *args: object) -> Iterator[object]:
        done.compared += 1
        return compare(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Layer, "rows", counted)
    monkeypatch.setattr(Comparer, "compare", held)
    return done


@pytest.mark.parametrize(
    "text",
    [
        "赣州市章贡区教育局的公众号怎么不更新了",
        "宜春",
        "jiangxi",
        "赣",
        "zhang",
        "\u0301",
        "﷽",
        "7",
        "a1",
        "😀",
        "南昌 ",
    ],
)
def test_a_question_of_ten_thousand_characters_costs_what_its_beginning_costs(
    made: Path, work: Work, text: str
) -> None:
    spent = []
    for size in (4 * READ, LONG):
        # A matcher of its own each time: units that were asked for before are kept.
        matcher = Matcher(index.Base(made / "index.sqlite"))
        matcher.match("热身 warm up")
        work.queries = work.rows = work.compared = 0
        matcher.match((text * size)[:size])
        spent.append(astuple(work))
    assert spent[0] == spent[1]


def test_no_question_costs_more_than_a_few_queries(made: Path, work: Work, asked: list[Question]) -> None:
    matcher = Matcher(index.Base(made / "index.sqlite"))
    for text in [q.text for q in asked] + ["".join(q.text for q in asked)]:
        work.queries = work.rows = work.compared = 0
        matcher.match(text)
        assert work.queries <= MOST_QUERIES, text
        assert work.rows <= MOST_ROWS, text
        assert work.compared <= MOST_COMPARED, text


# What one question may cost at most, whatever is asked.
MOST_QUERIES, MOST_ROWS, MOST_COMPARED = 60, 1500, 40


# From many threads --------------------------------------------------------------------------------------------------


def test_many_threads_get_the_answers_that_one_gets(made: Path, asked: list[Question]) -> None:
    base = index.Base(made / "index.sqlite")
    alone = Matcher(base)
    expected = [alone.match(q.text) for q in asked]
    shared = Matcher(index.Base(made / "index.sqlite"))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda q: shared.match(q.text), asked))
    assert found == expected
