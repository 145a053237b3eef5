"""`doctor`: look at everything a service needs, and say of each what is wrong with it and what to do."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from email.utils import parsedate_to_datetime
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot import hosting, index, inventory, logs, serving, setting
from bot.drawing.face import NoCardError
from bot.drawing.fonts import Fonts
from bot.files import why
from bot.ledger import LedgerError, open_ledger
from bot.ledger.engine import FILE, SERVERS, engine_at
from bot.ledger.schema import NEWEST, version_of
from bot.serving import Serving, SettingError

HELP = "体检:运行要用的东西好不好"
DESCRIPTION = "把运行要用的东西都看一遍:设置、令牌、webhook、时钟、磁盘、索引、账本、字体、识图。每样一行,有问题说怎么办;有问题退出码 1。"
EXAMPLES = """\
  python bot.py doctor
  DATA_DIR=/var/lib/quxiang python bot.py doctor"""
# Seconds an answer may take, and that the clock may be wrong; bytes that should be free.
PATIENCE, SKEW, ROOM = 10.0, 30.0, 500 * 2**20
WELL, BAD, NOTE = "✓", "✗", "-"
BROWSER = "不用装浏览器;Chromium 只有开发时的网页测试才用。"


class WrongError(Exception):
    """Something is wrong; the text says what, and what to do."""


class NoteError(Exception):
    """Something is not there and need not be; the text says what it is for."""


class Patient:
    """What is looked at: settings, and what Telegram answered, asked once."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.folder = setting.data_folder(options)
        self.index = setting.index_path(options)
        self.ledger = serving.ledger_of(options, os.environ, self.folder)

    @cached_property
    def served(self) -> Serving:
        """The settings. Raises: SettingError."""
        return serving.read(self.options, os.environ, self.folder)

    @cached_property
    def answered(self) -> Any:
        """What the Bot API says of the token. Raises: WrongError, NoteError."""
        return self.asked("getMe")

    def asked(self, method: str) -> Any:
        """Ask the Bot API. Raises: WrongError, NoteError."""
        import httpx

        try:
            served = self.served
        except SettingError as error:
            raise NoteError("设置改好以后再看。") from error
        if served.token is None:
            raise NoteError(f"没有设 {serving.TOKEN},不接 Telegram。")
        base = (served.api_base or "https://api.telegram.org").rstrip("/")
        try:
            return httpx.get(f"{base}/bot{served.token}/{method}", timeout=PATIENCE)
        except httpx.HTTPError as error:
            kind = type(error).__name__  # its text may hold the address, and the address holds the token
            raise WrongError(f"连不上 {base}({kind})。检查网络;要经过代理就设 HTTPS_PROXY。") from None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `doctor` takes."""
    setting.add_folders(parser)
    serving.add_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Look at everything, whatever fails; 1 when something is wrong."""
    patient, wrong = Patient(options), 0
    mask = logs.Mask(logs.secrets_in(os.environ, patient.ledger))
    for name, check in CHECKS.items():
        mark, said = _looked(check, patient)
        wrong += mark == BAD
        print(f"{mark} {name}:{mask.text(said)}", flush=True)
    print(
        "都好,可以启动:python bot.py run"
        if not wrong
        else f"有 {wrong} 处要改,照上面的话改好,再运行一次 doctor。"
    )
    return int(wrong > 0)


def _looked(check: Callable[[Patient], str], patient: Patient) -> tuple[str, str]:
    try:
        return WELL, check(patient)
    except WrongError as error:
        return BAD, str(error)
    except NoteError as error:
        return NOTE, str(error)
    except SettingError:
        return NOTE, "设置改好以后再看。"
    except Exception as error:  # noqa: BLE001 - one check that fails keeps no other from being made
        return BAD, f"没查成({type(error).__name__}: {error})。把这一行发给维护者。"


def _settings(patient: Patient) -> str:
    problems: list[str] = []
    for read in (lambda: patient.served, lambda: hosting.read(os.environ, setting.card_font())):
        try:
            read()
        except SettingError as error:
            problems += error.problems
    if problems:
        raise WrongError(" ".join(problems))
    return "写得都对。"


def _token(patient: Patient) -> str:
    answer = patient.answered
    if answer.status_code in (401, 404):
        raise WrongError("Telegram 不认这个令牌。向 @BotFather 重新要一个,设到 TELEGRAM_BOT_TOKEN。")
    return f"@{_result(answer)['username']}。"


def _webhook(patient: Patient) -> str:
    found, wanted = _result(patient.asked("getWebhookInfo")), patient.served.webhook
    url, last = str(found.get("url") or ""), found.get("last_error_message")
    if wanted is None and url:
        raise NoteError(f"设的是轮询,Telegram 那边还登记着 {url};启动时会撤掉,别处在用就别启动。")
    if wanted and url != f"{wanted.base}/telegram":
        raise NoteError(
            f"登记的是“{url}”,设的是 {wanted.base};启动时会登记。已经在跑的话,是别的程序用了这个令牌:停掉它,再重启。"
        )
    if last and time.time() - int(found.get("last_error_date") or 0) < 3600:
        raise WrongError(f"一小时内 Telegram 送不进来:{last}。检查域名、证书、反向代理和端口。")
    return f"{'webhook' if wanted else '轮询'},在 Telegram 那边等着的消息 {found.get('pending_update_count', 0)} 条。"


def _clock(patient: Patient) -> str:
    told = patient.answered.headers.get("date")
    if not told:
        raise NoteError("服务器没有说几点,没法比。")
    off = time.time() - parsedate_to_datetime(told).timestamp()
    if abs(off) > SKEW:
        raise WrongError(
            f"{'快' if off > 0 else '慢'}了 {abs(off):.0f} 秒。开自动对时:timedatectl set-ntp true。"
        )
    return "准。"


def _disk(patient: Patient) -> str:
    folder = patient.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        raise WrongError(f"{folder} 写不了({why(error)})。改权限,或用 DATA_DIR 换个地方。") from error
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        raise WrongError(
            f"{folder} 只剩 {free // 2**20} MiB,至少留 {ROOM // 2**20} MiB。清一清,或用 DATA_DIR 换个地方。"
        )
    return f"{folder} 能写,还有 {free // 2**20} MiB。"


def _index(patient: Patient) -> str:
    source = _source(patient)
    if not patient.index.exists():
        if source:
            raise NoteError(f"还没有 {patient.index};启动时从 {source} 取。")
        raise NoteError(f"还没有 {patient.index};启动时会建,也可以先 python bot.py build。")
    try:
        with closing(index.Base(patient.index, check=True)) as base:
            digest, size = base.digest, base.size
    except (index.StaleIndexError, OSError) as error:
        again = f"删掉它,启动时从 {source} 再取" if source else "运行 python bot.py build 重建"
        raise WrongError(f"{patient.index} 读不了,或是旧的格式。{again}。") from error
    if source:
        return f"{size} 个名字,没有坏;从 {source} 取。"
    if digest != inventory.digest(patient.options.knowledge):
        raise NoteError(f"{size} 个名字,没有坏;比知识文件旧,运行 python bot.py build 更新。")
    return f"{size} 个名字,没有坏,和知识文件一致。"


def _source(patient: Patient) -> str | None:
    """Return where the index is taken from, if anywhere. Raises: WrongError, where it cannot be had."""
    try:
        source = patient.served.index_from
    except SettingError:  # told already
        return None
    if source:
        from bot.supply import SupplyError, offered

        try:
            offered(source)
        except SupplyError as error:
            raise WrongError(str(error)) from error
    return source


def _ledger(patient: Patient) -> str:
    url = patient.ledger
    if not url.startswith(SERVERS) and not _is_there(Path(url.removeprefix(FILE))):
        raise NoteError("还没有,启动时会建。")
    try:
        with engine_at(url).transaction(reading=True) as database:
            version = version_of(database) if database.tables() else 0
        if not version:
            raise NoteError("是空的,启动时会建表。")
        if version < NEWEST:
            raise NoteError(f"第 {version} 版,启动时升到第 {NEWEST} 版;先 python bot.py backup 备份一份。")
        return asyncio.run(_written(url))
    except LedgerError as error:
        raise WrongError(str(error)) from error


def _is_there(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


async def _written(url: str) -> str:
    ledger = await open_ledger(url, time.time, time.monotonic, room=0)
    try:
        await ledger.probe()
        counts = await ledger.counts()
    finally:
        await ledger.close()
    return f"第 {NEWEST} 版,能写;等着答的 {counts.waiting} 条,发不出的 {counts.failed} 条,读不懂的 {counts.dead} 条。"


def _fonts(_patient: Patient) -> str:
    try:
        lacking = Fonts(setting.card_font()).lacking("去向", "zh-Hans")
    except NoCardError as error:
        raise NoteError(f"没有卡片,回答照样发文字。{error}") from error
    if lacking:
        raise NoteError(f"字体画不出“{lacking}”,没有卡片。用 CARD_FONT 换一个中文字体。")
    return "能画卡片。"


def _ocr(_patient: Patient) -> str:
    if not all(map(find_spec, ("rapidocr", "onnxruntime"))):
        raise NoteError(
            "没装;只有从图片读公告才用:python -m pip install 'rapidocr>=3.10,<4' 'onnxruntime>=1.31,<2'"
        )
    return "装了,能从图片读公告。"


def _browser(_patient: Patient) -> str:
    return BROWSER


def _result(answer: Any) -> dict[str, Any]:
    """Return what the Bot API answered. Raises: WrongError."""
    try:
        data = answer.json()
    except ValueError:
        data = {}
    if not isinstance(data, dict) or not data.get("ok"):
        raise WrongError(f"Bot API 答的是 {answer.status_code}。过一会儿再试;自己的服务器就看它的日志。")
    found: dict[str, Any] = data["result"]
    return found


CHECKS: dict[str, Callable[[Patient], str]] = {
    "设置": _settings,
    "令牌": _token,
    "收消息": _webhook,
    "时钟": _clock,
    "磁盘": _disk,
    "索引": _index,
    "账本": _ledger,
    "字体": _fonts,
    "识图": _ocr,
    "浏览器": _browser,
}
