"""What several test modules share: the real knowledge as an index, and conversations run as data."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import postgres
import pytest
import yaml
from hypothesis import settings
from ledgers import Office

from bot import index, knowledge
from bot.drawing.face import NoCardError
from bot.drawing.fonts import Fonts
from bot.matcher import Matcher
from bot.values import When

# How fast something is, is measured in `benchmarks/`, never judged by a test on a busy machine.
settings.register_profile("quxiang", deadline=None)
settings.load_profile("quxiang")

ROOT = Path(__file__).resolve().parent.parent
TODAY = When("2026-11-20")


def pytest_xdist_auto_num_workers() -> int:
    """Return how many tests run at once: many wait for a process, a socket or a clock, so half as many again as cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + (cores + 1) // 2


def load(name: str) -> Any:
    """Return a data file of the tests."""
    return yaml.safe_load((ROOT / "tests" / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def known() -> knowledge.Knowledge:
    """The real knowledge, read once."""
    return knowledge.read(ROOT / "knowledge")


@pytest.fixture(scope="session")
def index_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the real knowledge."""
    target = tmp_path_factory.mktemp("index") / "index.sqlite"
    index.build(ROOT / "knowledge", target)
    return target


@pytest.fixture(scope="session")
def matcher(index_file: Path) -> Matcher:
    """A matcher over the real knowledge."""
    return Matcher(index.Base(index_file))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty knowledge folder with the places and topics of the real one."""
    target = tmp_path / "knowledge"
    for name in (
        "places/divisions.yaml",
        "places/zones.yaml",
        "topics.yaml",
        "contacts/hotlines.yaml",
        "platforms.yaml",
    ):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes((ROOT / "knowledge" / name).read_bytes())
    (target / "accounts" / "jiangsu").mkdir(parents=True)
    return target


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    """The system's Chinese font; without one a test is skipped aloud, and fails where CI has installed it."""
    found = Fonts()
    try:
        found.at(40, "zh-Hans", bold=True)
    except NoCardError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    return found


def state_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its content."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def base(folder: Path) -> Path:
    """The folder with one real file of accounts."""
    real = ROOT / "knowledge" / "accounts" / "jiangsu" / "zhangjiagang.yaml"
    shutil.copy(real, folder / "accounts" / "jiangsu")
    return folder


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A knowledge folder with a few places and one file of accounts."""
    import writing

    target = tmp_path / "knowledge"
    (target / "places").mkdir(parents=True)
    (target / "places" / "places.yaml").write_text(writing.PLACES, encoding="utf-8")
    (target / "accounts" / "jiangsu").mkdir(parents=True)
    (target / "accounts" / "jiangsu" / "zhangjiagang.yaml").write_text(writing.FILE, encoding="utf-8")
    return target


@pytest.fixture
def town_file(town: Path) -> Path:
    """The one file of accounts."""
    return town / "accounts" / "jiangsu" / "zhangjiagang.yaml"


@dataclass(frozen=True)
class Turn:
    """One step of a conversation: what the person does, and what must hold of the reply."""

    you: str | None
    tap: str | None
    expected: dict[str, Any]

    @classmethod
    def of(cls, data: dict[str, Any]) -> Turn:
        """Read a turn from its YAML."""
        return cls(
            data.get("you"), data.get("tap"), {k: v for k, v in data.items() if k not in ("you", "tap")}
        )

    def check_text(self, text: str) -> None:
        """Fail when what a person reads lacks or holds the wrong words."""
        for words in self.expected.get("says", []):
            assert words in text, f"{words!r} is not in:\n{text}"
        for words in self.expected.get("lacks", []):
            assert words not in text, f"{words!r} is in:\n{text}"


def conversations() -> list[Any]:
    """Return every conversation as a pytest parameter (turns), named by its sentence."""
    found = [pytest.param([Turn.of(t) for t in load("conversations/readme.yaml")], id="the README's sample")]
    for path in sorted((ROOT / "tests" / "conversations").glob("*.yaml")):
        if path.name != "readme.yaml":
            found += [
                pytest.param([Turn.of(t) for t in c["turns"]], id=c["name"])
                for c in yaml.safe_load(path.read_text(encoding="utf-8"))
            ]
    return found


def matcher_of(folder: Path, accounts: str, rules: str = "") -> Matcher:
    """Return a matcher over the real places, topics and contact points, and accounts of 张家港市 written for a test."""
    if not folder.exists():
        shutil.copytree(ROOT / "knowledge", folder, ignore=shutil.ignore_patterns("accounts", "rules"))
        _drop_stale_excuses(folder)
    (folder / "accounts").mkdir(exist_ok=True)
    (folder / "accounts" / "town.yaml").write_text(f'place: "320582"\nunits:\n{accounts}', encoding="utf-8")
    if rules:
        (folder / "rules").mkdir(exist_ok=True)
        (folder / "rules" / "rules.yaml").write_text(rules, encoding="utf-8")
    target = folder.parent / f"index-{len(list(folder.parent.iterdir()))}.sqlite"
    built = index.build(folder, target)
    assert not built.errors, [str(p) for p in built.errors]
    return Matcher(index.Base(target))


def _drop_stale_excuses(folder: Path) -> None:
    """Leave out the excused hosts that only the accounts and rules left out had addresses at."""
    stale = {p.field for p in index.build(folder, None).errors if p.file.endswith("excused-hosts.txt")}
    path = folder / "excused-hosts.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text(
        "\n".join(x for x in lines if not x.split() or x.split()[0] not in stale), encoding="utf-8"
    )


def unit(name: str, *accounts: str) -> str:
    """Return a unit as YAML, with accounts in flow style; each has a source and a day where it says none."""
    rest = "checked: 2024-05-01, sources: [{publisher: 某报, date: 2024-05-01}]"
    lines = "".join(f"      - {{{a}{'' if 'checked' in a else ', ' + rest}}}\n" for a in accounts)
    return f"  - name: {name}\n    accounts:\n{lines}"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgres.Server]:
    """A PostgreSQL server for the whole run; without its programs the test is skipped, in CI it fails."""
    if not postgres.programs():
        if os.environ.get("CI"):
            pytest.fail(postgres.MISSING)
        pytest.skip(postgres.MISSING)
    with postgres.server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty ledger, in a file and on a server in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.sqlite")
    server: postgres.Server = request.getfixturevalue("postgresql")
    return server.fresh()


@pytest.fixture
async def office(ledger_url: str) -> AsyncIterator[Office]:
    """Workers on one empty ledger."""
    at_work = Office(ledger_url)
    yield at_work
    await at_work.close()
