"""Floor 0. Files put in place whole, and why one cannot be: nobody meets half of a file, a full disk costs nothing."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What an operating system says most often, for people who read Chinese.
WHY = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "这个盘是只读的",
    errno.ENOSPC: "磁盘满了",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径中间有一个不是文件夹",
    errno.EEXIST: "已经有了",
    errno.ENAMETOOLONG: "名字太长",
    errno.ELOOP: "链接绕成了圈",
}


@contextmanager
def aside(target: Path) -> Iterator[Path]:
    """Give an empty file beside the target to write to, then put what was written in the target's place, synced.

    A file that was there keeps its permissions. After an error it is what it was, and nothing is left beside it.

    Raises:
        OSError: no room or no right to write.
    """
    path = target.with_name(f"{target.name}.{os.getpid()}.part")
    path.touch()
    try:
        yield path
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, path)
        path.replace(target)
    finally:
        path.unlink(missing_ok=True)


def put(content: bytes, target: Path) -> None:
    """Make this a file's whole content. Raises: OSError."""
    with aside(target) as path:
        path.write_bytes(content)


def why(error: OSError) -> str:
    """Return why the operating system refused, in Chinese where that is known."""
    return WHY.get(error.errno or 0) or error.strerror or str(error)
