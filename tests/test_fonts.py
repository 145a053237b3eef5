"""The cards' font: where it comes from, and what it cannot draw is known before anything is drawn."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.drawing import fonts as module
from bot.drawing.face import NoCardError
from bot.drawing.fonts import SHAPES, Fonts
from bot.knowledge import Knowledge
from bot.wording import FOLDER, LANGUAGES


def test_a_machine_without_fontconfig_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoCardError, match=r"fonts-noto-cjk.*CARD_FONT"):
        Fonts().at(40, "zh-Hans", bold=False)


@pytest.mark.parametrize("error", [subprocess.TimeoutExpired("fc-match", 1), OSError("gone")])
def test_a_fontconfig_that_does_not_answer_is_told_of(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: Any, **options: Any) -> None:
        raise error

    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(module.subprocess, "run", broken)
    with pytest.raises(NoCardError, match="CARD_FONT"):
        Fonts().at(40, "zh-Hans", bold=False)


def test_a_machine_without_any_font_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*arguments: Any, **options: Any) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess([], 0, stdout=b"")

    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(module.subprocess, "run", silent)
    with pytest.raises(NoCardError, match="没有字体"):
        Fonts().at(40, "zh-Hans", bold=False)


def test_a_file_that_is_no_font_or_not_there_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "font.ttf"
    wrong.write_text("no font", encoding="utf-8")
    for path in (wrong, tmp_path / "none.ttf"):
        with pytest.raises(NoCardError, match=path.name):
            Fonts(path).at(40, "zh-Hans", bold=False)


def test_a_font_without_chinese_is_refused(fonts: Fonts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROBE", "去🐼")
    with pytest.raises(NoCardError, match="画不出中文"):
        Fonts().at(40, "zh-Hans", bold=False)


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("水润港城 APP 12345", ""),
        ("平安北京🐼", "🐼"),
        ("ئۈرۈمچى", "ئۈرمچى"),
        ("བོད", "བོད"),
        ("a\u0323b", "\u0323"),
        ("\ud800", "\ud800"),
        ("\ue000\U0010fffe", "\ue000\U0010fffe"),
        ("\u3164", "\u3164"),
    ],
    ids=ascii,
)
def test_what_would_be_an_empty_box_is_known(text: str, lacks: str, fonts: Fonts) -> None:
    assert fonts.lacking(text, "zh-Hans") == lacks


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_font_draws_every_word_of_ours(language: str, fonts: Fonts) -> None:
    said = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    text = "".join([*said["say"].values(), *(v for group in said["names"].values() for v in group.values())])
    # The thumbs of a vote are drawn by the channel, never on a card.
    assert fonts.lacking(text.replace("\n", " "), language).strip("👍👎") == ""


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_the_font_draws_every_name_we_know(language: str, fonts: Fonts, known: Knowledge) -> None:
    names = [n for u in known.units for n in (u.name, *(a.name for a in u.accounts)) if n]
    assert len(names) > 100
    assert fonts.lacking("".join(names), language) == ""


def test_characters_have_the_shape_of_their_place_and_weight(fonts: Fonts) -> None:
    """骨 is drawn differently on the mainland and in Taiwan; bold is bolder."""

    def drawn(language: str, *, bold: bool) -> bytes:
        return bytes(fonts.at(72, language, bold=bold).getmask("骨"))

    if fonts.at(72, "zh-Hant", bold=False).path == fonts.at(72, "zh-Hans", bold=False).path:
        assert drawn("zh-Hans", bold=False) != drawn("zh-Hant", bold=False)
    assert sum(drawn("zh-Hans", bold=True)) > sum(drawn("zh-Hans", bold=False))


def test_a_collection_named_by_hand_gives_the_right_font_of_it(fonts: Fonts) -> None:
    path = Path(str(fonts.at(40, "zh-Hans", bold=False).path))
    for language, (ending, _) in SHAPES.items():
        family, _ = Fonts(path).at(40, language, bold=False).getname()
        if path.suffix == ".ttc" and "Noto" in str(family):
            assert str(family).endswith(ending)
            assert "Mono" not in str(family)


def test_a_width_is_the_sum_of_its_characters(fonts: Fonts) -> None:
    text = "打 0512-12345 AV 张家港"
    font = fonts.at(44, "zh-Hans", bold=True)
    assert fonts.measure(44, "zh-Hans", bold=True)(text) == pytest.approx(font.getlength(text), abs=4)
