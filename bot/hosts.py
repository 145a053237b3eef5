"""Floor 2. Lists of hosts that a rule leaves alone: a line each, the host, a tab, the reason.

`.gov.cn` stands for all hosts below it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot import yamlfile
from bot.yamlfile import Problem


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why a host is left alone, and the file and line (from 1) that say so."""

    reason: str
    file: str
    line: int


def read(path: Path, problems: list[Problem]) -> dict[str, Excuse]:
    """Return the hosts of a list; none where there is no file. What is wrong with a line is added to the problems."""
    found: dict[str, Excuse] = {}
    if not path.exists():
        return found
    file = yamlfile.shown(path)
    lines = yamlfile.content(path, problems).decode("utf-8-sig", errors="replace").splitlines()
    for number, line in enumerate(lines, 1):
        host, _, reason = (part.strip() for part in line.partition("\t"))
        if not line.strip() or line.startswith("#"):
            continue
        if not host or not reason or "\ufffd" in line:
            texts = ("写法不对", "域名<Tab>理由,中间是一个制表符,UTF-8 编码", "照上面几行的样子改")
            problems.append(Problem(file, number, "域名", *texts))
        elif host in found:
            texts = (f"“{host}”写了两次", "每个域名一行", "留下一行")
            problems.append(Problem(file, number, "域名", *texts))
        else:
            found[host] = Excuse(reason, file, number)
    return found


def covering(host: str, listed: Iterable[str]) -> str | None:
    """Return the entry of a list that stands for a host, `None` when there is none."""
    return next((e for e in listed if host == e or (e.startswith(".") and host.endswith(e))), None)
