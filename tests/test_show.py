"""A maintainer sees all there is of an account, what residents never see included."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import knowledge
from bot.cli import main
from bot.commands.show import meant, near
from bot.upkeep.spots import written_at

KNOWN = """\
place: "320582"
units:
  - name: 张家港市水务局
    aliases: [港城水务]
    note: 2019 年由水利局改名。
    accounts:
      - id: shuirun-wx
        name: 水润港城
        platform: wechat
        platform_id: gh_123
        state: closing
        stopped: 2024-04-19
        notice: named
        destinations:
          - {account: jinri-app, basis: notice, path: [政务号, 水务]}
          - {name: 某网站, platform: website, basis: media}
          - {unit: rongmei, basis: staff}
        contacts:
          - {kind: phone, value: 0512-1, basis: notice, note: 没有打过。}
        differs:
          - {what: 停更日期, says: 另一篇写 20 日, source: {publisher: 文摘报}}
        checked: 2024-06-15
        note: 报道只给日期。
        sources:
          - {publisher: 新京报, date: 2024-06-02, mirror: "https://mirror.example/1", reprint: true}
          - {publisher: 文摘报, url: "https://epaper.example/2"}
      - id: shuirun-wb
        name: 水润港城
        platform: weibo
        state: active
        checked: 2024-06-15
        sources: [{publisher: 新京报}]
  - id: rongmei
    name: 张家港市融媒体中心
    accounts:
      - id: jinri-app
        name: 今日张家港
        platform: app
        state: renamed
        notice: unseen
        destinations: [{account: xin-app, basis: media}]
        checked: 2024-06-15
        sources: [{publisher: 新京报}]
      - id: xin-app
        name: 新张家港
        platform: app
        state: closed
        notice: unseen
        checked: 2024-06-15
        sources: [{publisher: 新京报}]
"""


@pytest.fixture
def small(folder: Path) -> Path:
    """A knowledge folder with two units at one place."""
    (folder / "accounts" / "jiangsu" / "zhangjiagang.yaml").write_text(KNOWN, encoding="utf-8")
    (folder / "moved.yaml").write_text(
        "- {id: old-wx, moved_to: older-wx}\n- {id: older-wx, moved_to: shuirun-wx}\n- {id: gone-wx}\n- {id: loop, moved_to: loop}\n",
        encoding="utf-8",
    )
    return folder


def found(small: Path, wanted: str) -> list[str]:
    """Return the ids of the accounts that a word means."""
    return [a.id for a in meant(wanted, knowledge.read(small))]


def test_show_needs_a_name() -> None:
    assert main(["show"]) == 2


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("水润港成", "没有“水润港成”。名字相近的:水润港城\n"),
        ("shuirun-w", "没有“shuirun-w”。名字相近的:shuirun-wx、shuirun-wb\n"),
        ("不搭界", "没有“不搭界”。换个写法,或先试 python bot.py ask --knowledge DIR --why 不搭界\n"),
        ("?!", "没有“?!”。换个写法,或先试 python bot.py ask --knowledge DIR --why '?!'\n"),
        ("gone-wx", "“gone-wx”这个编号已经撤掉了,见 DIR/moved.yaml。\n"),
    ],
    ids=["a slip", "part of an id", "nothing near", "no letters", "withdrawn"],
)
def test_what_is_unknown_is_told_with_what_is_near(
    small: Path, wanted: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "--knowledge", str(small), wanted]) == 1
    assert capsys.readouterr().err.replace(str(small), "DIR") == said


def test_an_id_that_leads_to_itself_is_unknown(small: Path) -> None:
    assert found(small, "loop") == []


def test_an_empty_knowledge_knows_nothing_near(folder: Path) -> None:
    assert near("水润港城", knowledge.read(folder)) == []


def test_a_name_that_means_several_lists_them(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "--knowledge", str(small), "水润港城"]) == 0
    file = (small / "accounts" / "jiangsu" / "zhangjiagang.yaml").as_posix()
    assert capsys.readouterr().out == (
        "“水润港城”有 2 个,写编号再看:\n"
        f"shuirun-wx  水润港城(微信公众号)  已公告停更  {file}:7\n"
        f"shuirun-wb  水润港城(微博)        在用        {file}:27\n"
    )


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ("shuirun-wb", ["shuirun-wb"]),
        ("old-wx", ["shuirun-wx"]),
        ("GH_123", ["shuirun-wx"]),
        ("今日張家港", ["jinri-app"]),
        ("港城水务", ["shuirun-wx", "shuirun-wb"]),
        ("张家港市融媒体中心", ["jinri-app", "xin-app"]),
    ],
)
def test_any_whole_name_or_id_past_or_present_is_meant(small: Path, wanted: str, ids: list[str]) -> None:
    assert found(small, wanted) == ids


def test_the_code_on_a_forwarded_answer_is_meant(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "--knowledge", str(small), "shuirun-wx"]) == 0
    code = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("代码")).split()[1]
    assert found(small, code) == found(small, f"{code.lower()}-p2") == ["shuirun-wx"]


def test_everything_is_shown(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "--knowledge", str(small), "shuirun-wx"]) == 0
    file = (small / "accounts" / "jiangsu" / "zhangjiagang.yaml").as_posix()
    head, rest = capsys.readouterr().out.split("代码  QX-")
    assert head == (
        "编号  shuirun-wx\n"
        "名字  水润港城(微信公众号)\n"
        "单位  张家港市水务局\n"
        "地方  江苏省苏州市张家港市 320582\n"
        f"文件  {file}:7\n"
    )
    assert rest.partition("\n")[2] == (
        """
记录
  id: shuirun-wx
  state: closing(已公告停更)
  checked: 2024-06-15
  name: 水润港城
  platform: wechat(微信公众号)
  platform_id: gh_123
  stopped: 2024-04-19
  notice: named(写明)
  destinations:
    - basis: notice(公告)
      account: jinri-app
      path: 政务号、水务
    - basis: media(媒体报道)
      name: 某网站
      platform: website(网站)
    - basis: staff(工作人员)
      unit: rongmei
  contacts:
    - kind: phone(电话)
      value: 0512-1
      basis: notice(公告)
  differs:
    - what: 停更日期
      says: 另一篇写 20 日
      source:
        - publisher: 文摘报

去向
  1. 走不通:最后一个也停了,没写下一个;最弱的依据:媒体报道
     水润港城(微信公众号) → 今日张家港(手机App) jinri-app,已改名 › 政务号 › 水务;依据:公告
     今日张家港(手机App) → 新张家港(手机App) xin-app,已关停;依据:媒体报道
  2. 走到能用的地方;最弱的依据:媒体报道
     水润港城(微信公众号) → 某网站(网站,不在本库);依据:媒体报道
  3. 走到能用的地方;最弱的依据:工作人员
     水润港城(微信公众号) → 张家港市融媒体中心(单位 rongmei);依据:工作人员

来源(镜像只给维护者看)
  新京报 2024-06-02(转载)
    镜像 https://mirror.example/1
  文摘报 (没写日期)
    网址 https://epaper.example/2
  另有说法(停更日期):文摘报 (没写日期)

备注(居民看不到)
  报道只给日期。
  单位:2019 年由水利局改名。
  0512-1:没有打过。

同一单位的
  shuirun-wb  水润港城(微博)  在用
"""
    )


def test_an_account_that_names_nowhere_says_what_the_notice_said(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "--knowledge", str(small), "xin-app"]) == 0
    assert "没有写去向;公告:没见到公告\n" in capsys.readouterr().out


def test_what_could_not_be_read_is_told(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small / "accounts" / "bad.yaml").write_text("units: [", encoding="utf-8")
    assert main(["show", "--knowledge", str(small), "xin-app"]) == 0
    assert (
        capsys.readouterr().err
        == f"有 1 处没读进来,不算在内。先运行 python bot.py check --knowledge {small}\n"
    )


def test_every_real_account_can_be_shown(known: knowledge.Knowledge) -> None:
    ids = [a.id for u in known.units for a in u.accounts]
    for (account, _), place in written_at(known, [(i, ()) for i in ids]).items():
        assert [a.id for a in meant(account, known)] == [account]
        file, _, number = place.rpartition(":")
        assert f"id: {account}" in Path(file).read_text(encoding="utf-8").splitlines()[int(number) - 1]


def test_a_file_that_went_away_is_still_named(small: Path) -> None:
    read = knowledge.read(small)
    path = small / "accounts" / "jiangsu" / "zhangjiagang.yaml"
    path.unlink()
    assert written_at(read, [("xin-app", ())]) == {("xin-app", ()): f"{path.as_posix()}:1"}
