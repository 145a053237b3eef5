"""`new`: what is typed wrongly is explained and asked again, what is left changes nothing, what is written is found."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, state_of

from bot.cli import main
from bot.knowledge import read

AT_A_TERMINAL = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
GOOD = {
    "--place": "张家港市", "--name": "健康港城", "--platform": "微信公众号", "--state": "已公告停更", "--notice": "没见到公告",
    "--source": "新京报|2024-06-02", "--checked": "2024-06-15",
}  # fmt: skip
# Seconds a terminal may take to say something on a busy machine.
PATIENCE = 60


def flags(folder: Path, *more: str, **changed: str | None) -> list[str]:
    """Return the command line of a good account with some flags changed, added or left out."""
    chosen: dict[str, str | None] = GOOD | {f"--{k.replace('_', '-')}": v for k, v in changed.items()}
    given = [word for flag, value in chosen.items() if value is not None for word in (flag, value)]
    return ["new", *given, *more, "--knowledge", str(folder)]


def refused(folder: Path, capsys: pytest.CaptureFixture[str], *more: str, **changed: str | None) -> list[str]:
    """Return what is said to a command line that is refused, having made sure that nothing changed."""
    before = state_of(folder)
    assert main(flags(folder, *more, **changed)) == 1
    assert state_of(folder) == before
    said = capsys.readouterr()
    assert said.out == ""
    return said.err.splitlines()


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"place": "鼓楼区"}, "--place: “鼓楼区”有 4 个;应当是:其中一个的代码;写代码:320106(江苏省 · 南京市 · 鼓楼区)、320302(江苏省 · 徐州市 · 鼓楼区)、350102(福建省 · 福州市 · 鼓楼区)、410204(河南省 · 开封市 · 鼓楼区)"),
        ({"place": "张家港区"}, "--place: “张家港区”;应当是:区划表里有的名称或代码,如 张家港市、320582;是不是 张家港?"),
        ({"place": "某某"}, "--place: “某某”;应当是:区划表里有的名称或代码,如 张家港市、320582;到 knowledge/places/ 里查名称和代码"),
        ({"place": "320589"}, "--place: “320589”;应当是:区划表里有的名称或代码,如 张家港市、320582;是不是 320585?"),
        ({"place": None}, "--place: 没有写;应当是:区划表里有的名称或代码,如 张家港市、320582;补上地方"),
        ({"checked": "昨天"}, "--checked: “昨天”;应当是:日期,如 2024-04-19、2024年4月19日、2024-04 或 2024;按 2024-04-19 的样子写;只知道年月就写 2024-04"),
        ({"announced": "2024年2月30日"}, "--announced: “2024年2月30日”;应当是:日期,如 2024-04-19、2024年4月19日、2024-04 或 2024;按 2024-04-19 的样子写;只知道年月就写 2024-04"),
        ({"reason": "机构改各"}, "--reason: “机构改各”;应当是:下面之一:organ-reform(机构改革)、burden-reduction(基层减负)、consolidation(整合)、dormancy(长期不更新)、other(其他);是不是想写 机构改革?"),
        ({"source": "|2024"}, "--source: “|2024”;应当是:发布者|日期|网址;转载的再写 |转载;中间用 | 隔开,不知道的空着"),
        ({"source": "甲|2024|https://a.cn|乙"}, "--source: “甲|2024|https://a.cn|乙”;应当是:发布者|日期|网址;转载的再写 |转载;中间用 | 隔开,不知道的空着"),
        ({"source": None}, "--source: 没有写;应当是:来源,至少一个;补上来源"),
        ({"destination": "今日张家港"}, "--destination: “今日张家港”;应当是:名字或编号|平台|依据|管什么;中间用 | 隔开,平台不知道就空着;依据写:公告、官方名单、工作人员、媒体报道、地方规定、推断、居民反映"),
        ({"destination": "今日张家港||听说"}, "--destination: “听说”;应当是:下面之一:notice(公告)、official-list(官方名单)、staff(工作人员)、media(媒体报道)、rule(地方规定)、inferred(推断)、reported(居民反映);删掉它,或对照上面改正"),
        ({"destination": "张家港教育||媒体报道"}, "--destination: “张家港教育”在本库有 2 个;应当是:说清是哪一个账号;写编号:zhangjiagangjiaoyu-wx(微信公众号,张家港市)、zhangjiagangjiaoyu-sph(微信视频号,张家港市);都不是就写 库外:张家港教育"),
        ({"destination": "zhangjiagangjiaoyu-wx|微博|媒体报道"}, "--destination: “zhangjiagangjiaoyu-wx”不在微博;应当是:说清是哪一个账号;写编号:zhangjiagangjiaoyu-wx(微信公众号,张家港市);都不是就写 库外:zhangjiagangjiaoyu-wx"),
        ({"state": "已改名"}, "--state: 现状是“已改名”,去向写了 0 个;应当是:去向1 个;改现状,或补上、删掉去向"),
        ({"notice": None}, "--notice: 没有写;应当是:named、vague、none 或 unseen;没读过公告就写 unseen;读过而没写去向才写 none"),
        ({"name": None}, "--name: 账号名和单位名都没有写;应当是:至少写一个;补上 name,或给单位补上 name"),
        ({"source": "甲|2024|http://a.cn/"}, "--source: “http://a.cn/”;应当是:https:// 开头的网址;试试把 http 改成 https;打不开就把域名和理由写进 knowledge/excused-hosts.txt"),
        ({"note": "坏\udcff"}, "--note: “坏?”;应当是:UTF-8 文字;终端或文件的编码不对,换成 UTF-8 再试"),
    ],
    ids=lambda v: " ".join(f"{k}={w}" for k, w in v.items()).encode(errors="replace").decode() if isinstance(v, dict) else "",
)  # fmt: skip
def test_a_flag_that_is_wrong_is_named_in_the_words_of_check(
    base: Path, capsys: pytest.CaptureFixture[str], changed: dict[str, str | None], expected: str
) -> None:
    assert refused(base, capsys, **changed) == [expected]


def test_all_that_is_wrong_is_said_at_once(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(base, capsys, place="某某", state="停", checked="45402", source="|")
    assert [line.partition(":")[0] for line in said] == ["--place", "--source", "--state", "--checked"]
    assert said[3].endswith("这是 Excel 把日期变成的数字:在 Excel 里把那一格设成“文本”,再写 2024-04-19")


def test_a_flag_that_has_one_value_is_written_once(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(base, capsys, "--name", "另一个")
    assert said == ["--name: 写了 2 次;应当是:只写一次;留下一个"]


def test_a_near_account_stops_flags_without_yes(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heading, line, rest = refused(base, capsys, name="水润港诚")
    assert heading == "已经有差不多的账号:"
    assert line.startswith("  水润港城(微信公众号,张家港市,张家港市水务局,已公告停更)shuirungangcheng-wx ")
    assert line.endswith("accounts/jiangsu/zhangjiagang.yaml:23")
    assert rest == "没有改动任何文件。确实是另一个账号,就再加 --yes。"
    assert main(flags(base, "--yes", name="水润港诚")) == 0


def test_a_folder_without_knowledge_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = refused(tmp_path / "none", capsys)
    assert line.endswith("1: 文件夹: 没有这个文件夹;应当是:放知识文件的文件夹;检查 --knowledge 写的路径")
    assert not (tmp_path / "none").exists()
    other = tmp_path / "other"
    other.mkdir()
    (line,) = refused(other, capsys)
    assert line.endswith(
        "1: 文件夹: 里面没有 accounts 文件夹;应当是:放知识文件的文件夹;检查 --knowledge 写的路径"
    )
    (other / "accounts").mkdir()
    (other / "places").mkdir()
    assert refused(other, capsys) == [f"{other} 里没有区划表 places/;检查 --knowledge 写的路径。"]


def test_a_mistake_in_another_file_does_not_stand_in_the_way(base: Path) -> None:
    path = base / "accounts" / "jiangsu" / "bad.yaml"
    account = "{id: a, name: 健康港诚, state: active, checked: 2024, sources: [{publisher: 报}]}"
    path.write_text(f'place: "999999"\nunits: [{{name: 甲局, accounts: [{account}]}}]', encoding="utf-8")
    assert main(flags(base)) == 1  # the other one is told of
    assert (
        main(flags(base, "--yes", destination="健康港诚||媒体报道")) == 1
    )  # which place it is in is not known
    assert main(flags(base, "--yes")) == 0


def test_a_folder_that_cannot_be_written_is_said(
    base: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "zhangjiagang.yaml")

    monkeypatch.setattr(os, "fsync", full)
    said = refused(base, capsys)
    assert said == ["写不了 zhangjiagang.yaml:磁盘满了;换个地方,或检查磁盘空间和权限。没有改动任何文件。"]


def test_flags_write_an_account_and_say_where(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = [
        "--unit", "张家港市 水务局", "--platform-id", "gh_1", "--reason", "基层减负", "--announced", "2024年4月", "--stopped",
        "2024/4/19", "--seen", "2024", "--destination", "今日张家港|手机App|媒体报道|信息", "--destination", "库外:今日张家港||居民反映|公示",
        "--destination", "港城水务\uff5c微信公众号\uff5c推断", "--source", "某网|2024-06-03|http://a.cn/|转载", "--note", '一句: "话"',
    ]  # fmt: skip
    assert main(flags(base, *more)) == 0
    path = base / "accounts" / "jiangsu" / "zhangjiagang.yaml"
    assert capsys.readouterr().out.splitlines() == [
        f"写进了 {path.as_posix()} 第 35 行:",
        "      - id: jiankanggangcheng-wx",
        "        name: 健康港城",
        "        platform: wechat",
        "        platform_id: gh_1",
        "        state: closing",
        "        reason: burden-reduction",
        "        announced: 2024-04",
        "        stopped: 2024-04-19",
        "        seen: 2024",
        "        notice: unseen",
        "        destinations:",
        "          - {account: jinrizhangjiagang-app, basis: media, scope: information}",
        "          - {name: 今日张家港, basis: reported, scope: 公示}",
        "          - {name: 港城水务, platform: wechat, basis: inferred}",
        "        checked: 2024-06-15",
        "        sources:",
        "          - {publisher: 新京报, date: 2024-06-02}",
        '          - {publisher: 某网, date: 2024-06-03, mirror: "http://a.cn/", reprint: true}',
        '        note: "一句: \\"话\\""',
        f"下一步:python bot.py check --knowledge {base}",
        f"再问问看:python bot.py ask --knowledge {base} 健康港城",
    ]
    assert main(["check", "--knowledge", str(base)]) == 0
    assert main(flags(base)) == 1  # it is there now


def test_an_account_without_a_name_is_asked_for_by_its_unit(
    base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(flags(base, "--unit", "张家港市气象局", name=None)) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith(" 张家港市气象局")


def typed(folder: Path, *lines: str | bytes, code: int) -> str:
    """Return what the real process says to lines of standard input, having made sure how it ends."""
    content = b"".join((t if isinstance(t, bytes) else t.encode()) + b"\n" for t in lines)
    done = subprocess.run(
        [sys.executable, "bot.py", "new", "--knowledge", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
        input=content,
        capture_output=True,
        timeout=PATIENCE,
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (code, False), done.stderr.decode()
    return done.stdout.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("count", [0, 1, 5, 11])
def test_an_end_of_input_anywhere_changes_nothing_and_says_so(base: Path, count: int) -> None:
    lines = ["张家港", "健康港城", "微信公众号", "", "张家港市水务局", "已关停", "", "", "", "", "没见到公告"]
    before = state_of(base)
    assert typed(base, *lines[:count], code=1).endswith("\n没有改动任何文件。\n")
    assert state_of(base) == before


def test_a_wrong_line_is_explained_and_asked_again(base: Path) -> None:
    said = typed(
        base,
        "", "鼓楼区", "7", "2", "健康鼓楼", "微信", "微信公众号", "", "徐州市鼓楼区卫健委", "停了", "已关停", "", "昨天", "2024年4月",
        "", b"\xff\xfe", "2024", "没见到公告", "甲|乙", "甲||推断", "", "", "新京报|昨天", "新京报|2024-06-02", "", "45402", "2024-06-15", "",
        code=0,
    )  # fmt: skip
    for line in (
        "没有写;应当是:区划表里有的名称或代码,如 张家港市、320582;补上地方",
        "“鼓楼区”有 4 个,写前面的数字:\n  1. 江苏省 · 南京市 · 鼓楼区(320106)\n  2. 江苏省 · 徐州市 · 鼓楼区(320302)\n",
        "“7”;应当是:区划表里有的名称或代码,如 张家港市、320582;到 knowledge/places/ 里查名称和代码",
        "“微信”;应当是:下面之一:wechat(微信公众号)、",
        "“停了”;应当是:下面之一:active(在用)、",
        "“昨天”;应当是:日期,如 2024-04-19、2024年4月19日、2024-04 或 2024;按 2024-04-19 的样子写;只知道年月就写 2024-04",
        "“??”;应当是:UTF-8 文字;终端或文件的编码不对,换成 UTF-8 再试",
        "“甲|乙”;应当是:名字或编号|平台|依据|管什么;中间用 | 隔开,平台不知道就空着;依据写:公告、",
        "没有写;应当是:来源,至少一个;补上来源",
        "这是 Excel 把日期变成的数字:在 Excel 里把那一格设成“文本”,再写 2024-04-19",
    ):
        assert line in said
    (path,) = (base / "accounts" / "jiangsu").glob("gulou*")
    assert f"写进了 {path.as_posix()} 第 5 行:" in said
    assert path.read_text(encoding="utf-8").splitlines()[:5] == [
        "# 江苏省 · 徐州市 · 鼓楼区", 'place: "320302"', "", "units:", "  - name: 徐州市鼓楼区卫健委",
    ]  # fmt: skip


def test_what_a_rule_refuses_is_asked_again_and_the_rest_is_kept(base: Path) -> None:
    said = typed(
        base,
        "张家港", "", "", "", "", "已改名", "", "", "", "", "写明", "今日张家港||媒体报道", "", "新京报||http://a.cn/", "", "2024-06-15", "",
        "健康港城", "", "没见到公告", "", "", "-", "新京报||https://a.cn/", "",
        code=0,
    )  # fmt: skip
    assert "账号名和单位名都没有写;应当是:至少写一个;补上 name,或给单位补上 name\n" in said
    assert (
        "notice 是 named(写明),依据是公告的去向没有;应当是:两者一致;改 notice(公告怎么写去向),或改去向的 basis(依据)\n"
        in said
    )
    assert "“http://a.cn/”;应当是:https:// 开头的网址;" in said
    assert "原来写的:写明;不改就回车,写 - 清空" in said
    (account,) = (a for u in read(base).units for a in u.accounts if a.name == "健康港城")
    assert (account.state.value, str(account.notice), len(account.destinations)) == ("renamed", "unseen", 1)
    assert [s.url for s in account.sources] == ["https://a.cn/"]


def test_a_question_that_makes_no_sense_for_a_state_is_not_asked(base: Path) -> None:
    said = typed(
        base, "张家港", "健康港城", "微博", "", "", "在用", "2024-06", "新京报", "", "2024-06-15", "", code=0
    )
    assert "去向" not in said
    assert "原因(" not in said


@pytest.mark.parametrize(("reply", "code"), [("否", 1), ("", 1), ("是", 0)])
def test_a_near_account_is_shown_before_anything_else_is_asked(base: Path, reply: str, code: int) -> None:
    lines = ["张家港", "水润港城", "微博", "", "张家港市水务局", reply]
    rest = ["在用", "", "新京报", "", "2024-06-15", ""]
    before = state_of(base)
    said = typed(base, *lines, *(rest if code == 0 else []), code=code)
    assert (
        "已经有差不多的账号:\n  水润港城(微信公众号,张家港市,张家港市水务局,已公告停更)shuirungangcheng-wx "
        in said
    )
    assert said.count("现状(") == (1 if code == 0 else 0)
    assert (state_of(base) == before) == (code == 1)
    assert ("没有改动任何文件。" in said) == (code == 1)


# Tests that run in the background have Ctrl-C ignored, and so has all that they start, unless it is heeded first.
HEEDING = """\
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


class Terminal:
    """`new` at a pseudo-terminal, as a person has it before them."""

    def __init__(self, folder: Path) -> None:
        import pty

        self._screen, inside = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", HEEDING, "bot.py", "new", "--knowledge", str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONUTF8": "1", "TERM": "dumb"},
            stdin=inside,
            stdout=inside,
            stderr=inside,
        )
        os.close(inside)
        self._said = b""

    @property
    def shown(self) -> str:
        """What the screen has shown so far."""
        return self._said.decode(errors="replace")

    def wait_for(self, words: str) -> None:
        """Read the screen until it shows something."""
        assert self._shows(words, PATIENCE), f"{words!r} is not in:\n{self.shown}"

    def interrupt_until(self, words: str) -> None:
        """Press Ctrl-C; again when it came in the moment before readline waits for a key, and was not heeded."""
        for _ in range(6):
            self.process.send_signal(signal.SIGINT)
            if self._shows(words, 5):
                return
        self.wait_for(words)

    def _shows(self, words: str, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while words not in self.shown and time.monotonic() < end:
            if select.select([self._screen], [], [], 0.2)[0]:
                self._said += self._read()
        return words in self.shown

    def press(self, keys: bytes) -> None:
        """Type something."""
        os.write(self._screen, keys)

    def close(self) -> None:
        """Leave the terminal."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._screen)

    def _read(self) -> bytes:
        try:
            return os.read(self._screen, 65536)
        except OSError:  # the other end is closed: the process has ended
            return b""


@pytest.fixture
def terminal(base: Path) -> Iterator[Terminal]:
    """A terminal with `new` started in it."""
    one = Terminal(base)
    yield one
    one.close()


@AT_A_TERMINAL
@pytest.mark.parametrize("leave", ["Ctrl-D", "Ctrl-C"])
def test_leaving_at_the_terminal_changes_nothing_and_says_so(
    base: Path, terminal: Terminal, leave: str
) -> None:
    before = state_of(base)
    terminal.wait_for("张家港市):\r\n> ")
    terminal.press("张家港\n".encode())
    terminal.wait_for("水润港城;没有就回车):\r\n> ")
    if leave == "Ctrl-D":
        terminal.press(b"\x04")
    else:
        terminal.interrupt_until("没有改动任何文件。")
    terminal.wait_for("没有改动任何文件。")
    assert terminal.process.wait(PATIENCE) == 1
    assert state_of(base) == before


@AT_A_TERMINAL
def test_a_person_at_the_terminal_is_asked_line_by_line(base: Path, terminal: Terminal) -> None:
    for asked, said in (
        ("地方(名称或区划代码;全国性的写 全国;例:张家港市):\r\n> ", "张家港"),
        ("账号名(报道只写了单位就不写;例:水润港城;没有就回车):\r\n> ", "健康港城"),
        ("平台(写名字或数字:1 微信公众号、2 微信视频号、", "1"),
        ("账号编号(", ""),
        ("单位(", "张家港市水务局"),
        ("现状(写名字或数字:1 在用、2 已公告停更、", "在用"),
        ("最后见到(", "2024年6月"),
        ("第 1 个来源(发布者|日期|网址;转载的再写 |转载;例:", "新京报|2024-06-02"),
        ("第 2 个来源(", ""),
        ("核对日期(", "2024-06-15"),
        ("备注(", ""),
    ):
        terminal.wait_for(asked)
        terminal.press(f"{said}\n".encode())
    terminal.wait_for("再问问看:python bot.py ask")
    assert terminal.process.wait(PATIENCE) == 0
    assert "jiankanggangcheng-wx" in {a.id for u in read(base).units for a in u.accounts}
