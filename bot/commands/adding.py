"""What `new` and `import` both say: when nothing can be added, and what to do after something was."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot import setting
from bot.knowledge import Knowledge
from bot.setting import call
from bot.upkeep.editing import ChangedError
from bot.upkeep.placefile import Entry

UNTOUCHED = "没有改动任何文件。"


def unusable(known: Knowledge, folder: Path) -> list[str]:
    """Return what to tell a maintainer whose folder knows of no place."""
    return [*map(str, known.problems)] or [f"{folder} 里没有区划表 places/;检查 --knowledge 写的路径。"]


def unwritten(error: ChangedError | OSError) -> str:
    """Return what to tell a maintainer whose account could not be written."""
    if isinstance(error, ChangedError):
        return f"{error} 刚刚被别的程序改过,没有写;再运行一次。"
    return setting.unwritten(error.filename or "知识文件", error) + UNTOUCHED


def next_step(entry: Entry, options: argparse.Namespace) -> str:
    """Return what to do after an entry was written."""
    word = entry.account.name or entry.unit or entry.account.id
    return f"下一步:{call('check', options)}\n再问问看:{call('ask', options, word)}"
