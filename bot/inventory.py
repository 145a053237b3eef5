"""Floor 2. Which files a folder of knowledge is read from, and what they are to the letter: nothing here reads what they mean."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from bot import yamlfile
from bot.files import why
from bot.yamlfile import Problem

ACCOUNTS = "accounts"
# The project's own knowledge, and what of it a folder of nothing but accounts is read with: all that stands around
# accounts and speaks of none of them.
OWN = Path(__file__).resolve().parent.parent / "knowledge"
LENT = ("places", "contacts", "lexicon", "platforms.yaml", "topics.yaml", "verification.yaml")


def digests(folder: Path, skip: str = "", problems: list[Problem] | None = None) -> dict[str, str]:
    """Return the digest of each YAML file of a folder, by its name, without reading what it means.

    What is wrong with the folder around the files is added to the problems.
    """
    found = files(folder, [] if problems is None else problems)
    names = ((path, path.as_posix().removeprefix(f"{root.as_posix()}/")) for path, root in found)
    return {
        name: hashlib.sha256(yamlfile.content(path, [])).hexdigest()
        for path, name in names
        if not skip or name.split("/", 1)[0] != skip
    }


def combined(digests: dict[str, str]) -> str:
    """Return one digest for a folder, from those of its files."""
    return hashlib.sha256("\n".join(f"{n} {d}" for n, d in sorted(digests.items())).encode()).hexdigest()


def digest(folder: Path) -> str:
    """Return the digest of a folder's YAML as `read` gives it."""
    return combined(digests(folder))


def files(folder: Path, problems: list[Problem]) -> Iterator[tuple[Path, Path]]:
    """Yield the YAML files that a folder is read from, each with the folder that its name is below.

    A folder that holds accounts but no places is read with the project's own records around them.
    """
    if folder.is_dir() and not (folder / ACCOUNTS).is_dir():
        texts = ("里面没有 accounts 文件夹", "放知识文件的文件夹", "检查 --knowledge 写的路径")
        problems.append(Problem(yamlfile.shown(folder), 1, "文件夹", *texts))
        return
    yield from ((path, folder) for path in yaml_files(folder, problems))
    if lacks_places(folder):
        lent = [name for name in LENT if not (folder / name).exists()]
        for path in yaml_files(OWN, problems):
            if path.relative_to(OWN).parts[0] in lent:
                yield path, OWN


def lacks_places(folder: Path) -> bool:
    """Tell whether a folder holds accounts alone, so that it cannot stand on its own."""
    return (folder / ACCOUNTS).is_dir() and not (folder / "places").exists()


def yaml_files(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    """Yield the YAML files below a folder in the order of their names; links are not followed, hidden files not seen."""
    if not folder.is_dir():
        texts = ("没有这个文件夹", "放知识文件的文件夹", "检查 --knowledge 写的路径")
        problems.append(Problem(str(folder), 1, "文件夹", *texts))
        return
    for entry in _below(folder, problems):
        if entry.is_symlink():
            texts = ("是一个链接", "普通文件或文件夹", "把内容直接放在这里,不要用链接")
            problems.append(odd(Path(entry), *texts))
        elif entry.name.endswith((".yaml", ".yml")):
            if entry.is_file():
                yield Path(entry)
        elif Path(entry).relative_to(folder).parts[0] == ACCOUNTS:
            texts = ("没有读这个文件", "以 .yaml 结尾的文件", "是知识就把文件名改成 .yaml 结尾,不是就移走")
            problems.append(odd(Path(entry), *texts, warning=True))


def _below(folder: Path, problems: list[Problem]) -> Iterator[os.DirEntry[str]]:
    """Yield all that stands below a folder but folders; a folder that is a link is yielded, not entered."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        texts = (f"打不开:{why(error)}", "能读的文件夹", "检查有没有读的权限")
        problems.append(odd(folder, *texts))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry), problems)
        else:
            yield entry


def odd(path: Path, found: str, expected: str, todo: str, *, warning: bool = False) -> Problem:
    """Return the problem of something that is no file of ours; a link is named, not what it leads to."""
    return Problem(f"{yamlfile.shown(path.parent)}/{path.name}", 1, "文件", found, expected, todo, warning)
