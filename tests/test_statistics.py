"""What is counted, what is told apart, and how the counts look on a terminal and as a picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import knowledge
from bot.cli import main
from bot.upkeep.statistics import Census, census, panels

KNOWN = """\
place: "320582"
units:
  - name: 张家港市水务局
    accounts:
      - {id: a-wx, name: 甲, platform: wechat, state: closing, stopped: 2024-04-19, notice: none, checked: 2024-06-15, sources: [{publisher: 新京报}]}
      - {id: b-wx, name: 乙, platform: wechat, state: closed, announced: 2024-07, notice: named, reason: organ-reform, checked: 2019-06, sources: [{publisher: 新京报}], destinations: [{account: c-wb, basis: notice}]}
      - {id: c-wb, name: 丙, platform: weibo, state: active, checked: 2024-06-15, sources: [{publisher: 新京报}]}
      - {id: d, name: 丁, state: closed, stopped: 2019, notice: unseen, checked: 2019-06, sources: [{publisher: 新京报}], destinations: [{account: a-wx, basis: media}]}
"""


@pytest.fixture
def small(folder: Path) -> Path:
    """A knowledge folder with four accounts of one unit."""
    (folder / "accounts" / "jiangsu" / "zhangjiagang.yaml").write_text(KNOWN, encoding="utf-8")
    return folder


@pytest.fixture
def counted(small: Path) -> Census:
    """What is counted of the four accounts."""
    return census(knowledge.read(small))


def rows(counted: Census, title: str) -> list[tuple[str, int]]:
    """Return the rows of the table of a title."""
    return next(list(t.rows) for t in counted.tables if t.title == title)


def test_a_notice_that_named_nothing_is_not_counted_with_what_nobody_wrote(counted: Census) -> None:
    assert rows(counted, "停了的,按公告怎么写去向") == [("写明", 1), ("没写", 1), ("没见到公告", 1)]
    assert rows(counted, "停了的,按原因") == [("机构改革", 1), ("(没填)", 2)]


def test_a_destination_that_closed_with_nowhere_to_go_is_no_live_one(counted: Census) -> None:
    assert (counted.gone, counted.live) == (3, 1)


def test_a_closure_known_to_the_year_stands_in_no_month(counted: Census) -> None:
    assert counted.months == (("2024-04", 1), ("2024-05", 0), ("2024-06", 0), ("2024-07", 1))
    assert counted.undated == 1
    assert panels(counted)[2].note == "另有 1 个不知道是哪个月停的。"


def test_nothing_at_all_can_be_counted(folder: Path) -> None:
    counted = census(knowledge.read(folder))
    assert (counted.accounts, counted.live, counted.oldest, counted.months) == (0, 0, (), ())


def test_each_account_is_counted_once_by_province_platform_and_state(counted: Census) -> None:
    assert rows(counted, "按省") == [("江苏省", 4)]
    assert rows(counted, "按平台") == [("微信公众号", 2), ("微博", 1), ("(没填)", 1)]
    assert rows(counted, "按现状") == [("已关停", 2), ("在用", 1), ("已公告停更", 1)]
    assert rows(counted, "去向,按依据") == [("公告", 1), ("媒体报道", 1)]


def test_the_country_itself_is_no_province(folder: Path) -> None:
    text = KNOWN.replace('"320582"', '"100000"')
    (folder / "accounts" / "national.yaml").write_text(text, encoding="utf-8")
    assert rows(census(knowledge.read(folder)), "按省") == [("全国", 4)]


def test_the_oldest_check_names_all_of_that_date(counted: Census) -> None:
    assert [a.id for a in counted.oldest] == ["b-wx", "d"]


def test_the_real_tables_add_up(known: knowledge.Knowledge) -> None:
    counted = census(known)
    for title in ("按省", "按平台", "按现状"):
        assert sum(n for _, n in rows(counted, title)) == counted.accounts
    assert sum(n for _, n in counted.months) + counted.undated == counted.gone


def test_stats_prints_aligned_tables(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats", "--knowledge", str(small)]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        "地方                   1\n"
        "单位                   1\n"
        "账号                   4\n"
        "停了的                 3  75.0%\n"
        "停了的里,有能用的去向  1  33.3%\n"
        "\n"
        "最久没核对:2019-06(b-wx、d)\n"
        "\n"
        "按省\n"
        "  江苏省  4  100.0%\n"
    )


def test_stats_says_what_it_could_not_read(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small / "accounts" / "bad.yaml").write_text("units: [", encoding="utf-8")
    assert main(["stats", "--knowledge", str(small)]) == 0
    captured = capsys.readouterr()
    assert captured.err == f"有 1 处没读进来,不算在内。先运行 python bot.py check --knowledge {small}\n"
    assert "账号                   4" in captured.out


def test_stats_draws_a_picture(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "stats.svg"
    assert main(["stats", "--knowledge", str(small), "--plot", str(target)]) == 0
    assert capsys.readouterr().out.endswith(f"图画好了:{target}\n")
    assert "4 个账号,按省:江苏省 4。" in target.read_text(encoding="utf-8")


def test_a_picture_that_cannot_be_written_is_told(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "none" / "stats.svg"
    assert main(["stats", "--knowledge", str(small), "--plot", str(target)]) == 1
    assert capsys.readouterr().err.startswith(f"写不了 {target}:")
