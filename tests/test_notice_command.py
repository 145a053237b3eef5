"""`notice`: whatever is not a notice gets one sentence and changes nothing; a notice becomes drafts, and entries if wished."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
import yaml
from conftest import state_of

from bot.cli import main
from bot.knowledge import read

NOTICE = """关于“平湖科普”微信公众号、视频号停止更新的公告
因工作需要,“平湖科普”微信公众号、视频号自2024年7月1日起停止更新,后续信息请关注“平湖发布”微信公众号。咨询电话:0573-85012345。
平湖市科学技术协会
2024年6月28日
"""
KEYS = [
    "name", "platform", "platform_id", "unit", "place", "announced", "stops", "reason", "state", "notice",
    "destinations", "contacts", "spans", "gaps",
]  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "公告.txt"
    path.write_text(NOTICE, encoding="utf-8")
    return path


def refused(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    before = state_of(folder)
    assert main(["notice", *words, "--knowledge", str(folder)]) == 1
    assert state_of(folder) == before
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "里面没有文字"),
        (b"\n \t\n", "里面没有文字"),
        (b"PK\x03\x04" + b"\0" * 90, "压缩包"),
        (b"%PDF-1.7\n", "PDF"),
        (bytes(range(256)) * 30, "不是文字"),
        ("小说" .encode() * 900_000, "公告没有这么长"),
        ("小说".encode() * 60_000, "公告没有这么长"),
        (b"An account will stop updating.", "没有中文"),
        ("今天天气很好。".encode(), "没有读出关停的账号"),
        ("“平湖科普”微信公众号没有关停,请勿轻信。".encode(), "没有读出关停的账号"),
        (b"<html><script>document.write('x')</script></html>", "网页里没有文字"),
        (b"<html>" + b"<b><p>" * 30_000, "写得太乱"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "打不开"),
    ],
    ids=["empty", "blank", "zip", "pdf", "noise", "novel", "long", "english", "ordinary", "denial", "script", "tags", "png"],
)  # fmt: skip
def test_what_is_no_notice_gets_a_sentence_and_changes_nothing(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    path = tmp_path / "公告.txt"
    path.write_bytes(content)
    told = refused(folder, capsys, str(path), "--apply")
    assert said in told
    assert told.strip().endswith("。")


@pytest.mark.parametrize(("name", "said"), [("没有.txt", "没有这个文件"), ("", "文件夹")])
def test_a_file_that_cannot_be_read_is_told_of(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    assert said in refused(folder, capsys, str(tmp_path / name))


def test_a_date_that_is_none_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notice", "--date", "昨天", "x"]) == 2
    assert "不是日期" in capsys.readouterr().err


def test_an_account_that_is_there_is_not_written_twice(
    folder: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notice", str(file), "--apply", "--knowledge", str(folder)]) == 0
    assert "已经有了:平湖科普" in refused(folder, capsys, str(file), "--apply")


def test_an_account_nearly_there_is_shown_first(
    folder: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notice", str(file), "--apply", "--knowledge", str(folder)]) == 0
    file.write_text(NOTICE.replace("平湖科普", "平湖科谱"), encoding="utf-8")
    assert "差不多的账号" in refused(folder, capsys, str(file), "--apply")
    assert main(["notice", str(file), "--apply", "--yes", "--knowledge", str(folder)]) == 0


def test_what_has_no_place_is_not_written_until_one_is_given(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.txt"
    path.write_text("“幸福里科普”微信公众号停止更新。", encoding="utf-8")
    assert "place: 没有写" in refused(folder, capsys, str(path), "--apply")
    words = ["--place", "平湖市", "--source", "平湖市科协|2024-06-28", "--checked", "2024-06-28"]
    assert main(["notice", str(path), "--apply", *words, "--knowledge", str(folder)]) == 0
    unit = next(u for u in read(folder).units for a in u.accounts if a.name == "幸福里科普")
    assert (unit.place, unit.accounts[0].sources[0].publisher) == ("330482", "平湖市科协")


def test_a_report_needs_to_be_told_who_published_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.txt"
    text = "2024年第一季度政务新媒体检查情况通报\n“平湖旅游观察”微信公众号已注销。\n平湖市人民政府办公室\n2024年4月2日"
    path.write_text(text, encoding="utf-8")
    assert "sources: 没有写" in refused(folder, capsys, str(path), "--apply")
    source = ["--source", "平湖市人民政府办公室|2024-04-02"]
    assert main(["notice", str(path), "--apply", *source, "--knowledge", str(folder)]) == 0
    account = next(a for u in read(folder).units for a in u.accounts if a.name == "平湖旅游观察")
    assert account.notice == "unseen"  # the report was read, the notice was not


def test_the_draft_is_yaml_for_the_places_file_with_its_gaps_marked(
    folder: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state_of(folder)
    assert main(["notice", str(file), "--knowledge", str(folder)]) == 0
    said = capsys.readouterr().out
    assert state_of(folder) == before
    assert "accounts/zhejiang/pinghu.yaml" in said
    assert said.count("# 缺 platform_id") == 2
    data = yaml.safe_load(said)
    assert data["place"] == "330482"
    assert [a["platform"] for a in data["units"][0]["accounts"]] == ["wechat", "wechat-channels"]
    assert len({a["id"] for a in data["units"][0]["accounts"]}) == 2


def test_json_has_one_object_an_account_with_exactly_the_keys_promised(
    folder: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notice", str(file), "--json", "--knowledge", str(folder)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [list(one) for one in found] == [KEYS, KEYS]
    one = found[0]
    assert one["destinations"] == [{"name": "平湖发布", "platform": "wechat", "scope": "information"}]
    assert one["contacts"] == [{"kind": "phone", "value": "0573-85012345"}]
    assert one["gaps"] == ["platform_id"]
    start, end = one["spans"]["destinations.0.name"]
    assert NOTICE[start:end] == "平湖发布"


def test_json_of_a_text_that_closes_nothing_is_an_empty_list(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.txt"
    path.write_text("今天天气很好。", encoding="utf-8")
    assert main(["notice", str(path), "--json", "--knowledge", str(folder)]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_relative_dates_count_from_the_date_given(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "“平湖科普”微信公众号即日起停止更新。".encode("gbk")
    for words, stops in (([], None), (["--date", "2024-06-05"], "2024-06-05")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        assert main(["notice", "-", "--json", *words, "--knowledge", str(folder)]) == 0
        assert json.loads(capsys.readouterr().out)[0]["stops"] == stops


def test_applying_keeps_comments_and_what_is_written_reads_back(folder: Path, file: Path) -> None:
    assert main(["notice", str(file), "--apply", "--knowledge", str(folder)]) == 0
    path = folder / "accounts" / "zhejiang" / "pinghu.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("    accounts:", "    accounts:  # 两个号"), encoding="utf-8"
    )
    file.write_text(NOTICE.replace("微信公众号、视频号", "微博"), encoding="utf-8")
    assert main(["notice", str(file), "--apply", "--yes", "--knowledge", str(folder)]) == 0
    assert "# 两个号" in path.read_text(encoding="utf-8")
    unit = next(u for u in read(folder).units if u.name == "平湖市科学技术协会")
    assert [a.platform for a in unit.accounts] == ["wechat", "wechat-channels", "weibo"]
    account = unit.accounts[0]
    assert (str(account.announced), str(account.stopped)) == ("2024-06-28", "2024-07-01")
    assert account.contacts[0].value == "0573-85012345"
    assert account.destinations[0].basis == "notice"
