"""What a run is set by: an address may be unset, a command can be copied into a terminal as it is told."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from conftest import ROOT, matcher_of, unit

from bot import setting
from bot.cli import main


def chosen(folder: Path | str, index: Path | None = None) -> argparse.Namespace:
    """Return the options of a command over a knowledge folder."""
    return argparse.Namespace(knowledge=Path(folder), index=index)


@pytest.mark.parametrize("value", [None, "", " \n"])
def test_an_address_that_is_not_set_is_none(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("CONTACT_ADDRESS", raising=False)
    if value is not None:
        monkeypatch.setenv("CONTACT_ADDRESS", value)
    assert setting.contact() is None


def test_an_address_stays_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACT_ADDRESS", " 邮箱 post@quxiang.example\n或 010-1 ")
    assert setting.contact() == "邮箱 post@quxiang.example 或 010-1"


@pytest.mark.parametrize("folder", [ROOT / "knowledge", "knowledge", "./bot/../knowledge/"])
def test_the_projects_own_folder_is_known_however_it_is_written(
    monkeypatch: pytest.MonkeyPatch, folder: Path | str
) -> None:
    monkeypatch.chdir(ROOT)
    assert setting.is_own(Path(folder))
    assert setting.call("check", chosen(folder)) == "python bot.py check"


def test_another_folder_is_named_in_the_next_command() -> None:
    assert not setting.is_own(Path("knowledge/accounts"))
    assert setting.call("check", chosen("另一个")) == "python bot.py check --knowledge 另一个"


@pytest.mark.parametrize(
    ("word", "quoted"),
    [("水润港城", "水润港城"), ("a b", '"a b"'), ("甲(乙)", '"甲(乙)"'), ("?", '"?"'), ('$a"b', "'$a\"b'")],
)
def test_a_word_that_a_shell_would_take_apart_is_quoted(word: str, quoted: str) -> None:
    assert setting.call("ask", chosen(setting.KNOWLEDGE), word) == f"python bot.py ask {quoted}"


def test_ids_must_not_disappear_from_the_index_in_service_of_the_own_knowledge_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.chdir(ROOT)
    assert setting.in_service(chosen("knowledge")) is None
    (tmp_path / "index.sqlite").touch()
    assert setting.in_service(chosen("knowledge")) == tmp_path / "index.sqlite"
    assert setting.in_service(chosen(tmp_path)) is None
    assert setting.in_service(chosen("knowledge", tmp_path / "other.sqlite")) is None


@pytest.mark.parametrize("set_", [True, False])
def test_new_and_the_template_name_the_address_only_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, *, set_: bool
) -> None:
    import openpyxl

    monkeypatch.setenv("CONTACT_ADDRESS", "post@quxiang.example" if set_ else "")
    main(["new", "--help"])
    assert ("发到 post@quxiang.example" in capsys.readouterr().out) is set_
    main(["import", "--template", str(tmp_path / "t.xlsx")])
    assert capsys.readouterr().out.endswith(";或者发到 post@quxiang.example\n") is set_
    notes = openpyxl.load_workbook(tmp_path / "t.xlsx")["说明"]
    last = [cell.value for cell in list(notes.rows)[-1]]
    assert (last == ["填好后", None, None, "发到 post@quxiang.example", None, None]) is set_


def test_a_log_begins_with_an_index_of_ones_own_and_not_where_another_machines_was_to_be_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that cannot take the index yet builds one; the log that comes later is the first there is."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    knowledge = tmp_path / "knowledge"
    matcher_of(
        knowledge, unit("张家港市水务局", "id: huan-wx, name: 换来换去, platform: wechat, state: active")
    )
    worker = chosen(knowledge, tmp_path / "data" / "index.sqlite")
    assert setting.matcher(worker)
    assert setting.publications(worker).latest() is None
    assert setting.matcher(chosen(knowledge))
    assert setting.publications(chosen(knowledge)).latest() is None, "the index was there already"
    (tmp_path / "data" / "index.sqlite").unlink()
    assert setting.matcher(chosen(knowledge))
    assert setting.publications(chosen(knowledge)).latest() == 0


@pytest.mark.parametrize("own", [True, False], ids=["built here", "taken from elsewhere"])
def test_a_service_begins_the_log_of_an_index_that_it_builds_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    """The index may be older than the log: the first change of it is news all the same."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("bot.logs.begin", lambda *_: None)
    monkeypatch.setattr("bot.commands.run.channel", lambda *_: lambda *_: 0)
    knowledge = tmp_path / "knowledge"
    matcher_of(
        knowledge, unit("张家港市水务局", "id: huan-wx, name: 换来换去, platform: wechat, state: active")
    )
    index_file = tmp_path / "data" / "index.sqlite"
    assert main(["build", "--knowledge", str(knowledge)]) == 0
    log = setting.publications(chosen(knowledge, None if own else index_file))
    log.path.unlink(missing_ok=True)
    given = ["--knowledge", str(knowledge)] if own else ["--index", str(index_file)]
    assert main(["run", *given]) == 0
    assert log.latest() == (0 if own else None)
