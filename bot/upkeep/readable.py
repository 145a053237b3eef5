"""Floor 7. Bytes that somebody sends as a notice → its text, or one sentence that says why there is none.

Nothing in them is run or followed: of a page only its text is taken, of an archive nothing at all.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from bot.text import is_han
from bot.upkeep.markup import looks_like_markup, page_text
from bot.values import When

# A page with its scripts is rarely half of this; a notice's text hardly a hundredth of the second.
MOST_BYTES = 2_000_000
MOST_CHARACTERS = 100_000
# What files that are no text begin with, and what they are to a person.
_KINDS = (
    (b"PK\x03\x04", "压缩包,或 Word、Excel 文件(docx、xlsx)", "打开它,把公告的文字复制出来"),
    (b"PK\x05\x06", "空的压缩包", "找到原来的公告再试"),
    (b"%PDF", "PDF 文件", "打开它,把文字复制出来;是扫描件就截成图片"),
    (b"Rar!", "压缩包", "解开以后再试"),
    (b"7z\xbc\xaf\x27\x1c", "压缩包", "解开以后再试"),
    (b"\x1f\x8b", "压缩包", "解开以后再试"),
    (b"\xd0\xcf\x11\xe0", "旧的 Word、Excel 文件(doc、xls)", "打开它,把公告的文字复制出来"),
    (b"SQLite format 3", "数据库文件", "把公告的文字另存成 .txt"),
    (b"\x7fELF", "程序", "把公告的文字另存成 .txt"),
    (b"MZ\x90", "程序", "把公告的文字另存成 .txt"),
)
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What a page may say it is written in, by the codec that reads all of it.
_CHARSETS = {
    "utf-8": "utf-8", "utf8": "utf-8", "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs",
}  # fmt: skip
_CHARSET = re.compile(rb"charset\s{0,3}=\s{0,3}[\"']?\s{0,3}([\w-]{3,20})", re.IGNORECASE)
# Characters that any Chinese text has many of: they tell the codecs of Chinese apart.
_COMMON = frozenset(
    "的一是不了在有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年關這為個國時來們對會發說微信公众号公眾號停止更新关请請注销平台"
)
# The share of odd characters above which bytes are no text.
_ODD = 0.05
_TAIL = 3


class UnreadableError(ValueError):
    """There is no text to be had; the sentence says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Readable:
    """A text to be read by rules.

    Attributes:
        text: the text.
        date: the day a page says it was published.
        remarks: what a person should know of how it was read: an ending cut off, lines that are unclear.
    """

    text: str
    date: When | None = None
    remarks: tuple[str, ...] = ()


def is_picture(content: bytes) -> bool:
    """Tell whether bytes begin like a picture's."""
    return content.startswith(_PICTURES) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")


def readable(content: bytes, charset: str = "") -> Readable:
    """Return the text of a file or page that is no picture.

    Args:
        content: the bytes.
        charset: what the server says they are written in.

    Raises:
        UnreadableError: they are no text, too many, or none.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableError(
            f"有 {len(content) / 1e6:.1f} MB,公告没有这么长(最多 {MOST_BYTES // 1_000_000} MB);只留公告那一段再试。"
        )
    for start, kind, todo in _KINDS:
        if content.startswith(start):
            raise UnreadableError(f"这是{kind},不是文字;{todo}。")
    text, cut = _decoded(content, charset)
    if not text.strip("\ufeff\0 \t\r\n\u3000"):
        raise UnreadableError("里面没有文字;把公告的文字复制进来再试。")
    if _is_odd(text):
        raise UnreadableError("这不是文字,或者编码认不出来;另存成 UTF-8 的 .txt 再试。")
    remarks = ("最后一个字断了:文件可能没有传完",) if cut else ()
    found = Readable(text, remarks=remarks)
    if looks_like_markup(text):
        page = page_text(text)
        if page is None:
            raise UnreadableError("这个网页写得太乱,没有读;在浏览器里打开,把公告的文字复制出来。")
        found = Readable(page.text, page.date, remarks)
        if not found.text:
            raise UnreadableError(
                "这个网页里没有文字:内容可能要运行脚本才出来;在浏览器里打开,把文字复制出来。"
            )
    if len(found.text) > MOST_CHARACTERS:
        raise UnreadableError(
            f"有 {len(found.text)} 个字,公告没有这么长(最多 {MOST_CHARACTERS} 个字);只留公告那一段再试。"
        )
    return found


def is_chinese(text: str) -> bool:
    """Tell whether a text has any Chinese in it."""
    return any(map(is_han, text))


def _decoded(content: bytes, charset: str) -> tuple[str, bool]:
    """Return bytes as text, and whether the last character is cut off."""
    for mark, codec in _MARKS:
        if content.startswith(mark):
            return _in(content[len(mark) :], codec) or (content.decode(codec, "replace"), False)
    declared = _CHARSET.search(content[:4096])
    said = [charset.lower(), declared[1].decode("ascii", "replace").lower() if declared else ""]
    for name in ("utf-8", *(_CHARSETS[s] for s in said if s in _CHARSETS)):
        if found := _in(content, name):
            return found
    ways = [found for name in ("gb18030", "big5hkscs") if (found := _in(content, name))]
    return max(ways, key=lambda way: _common(way[0]), default=(content.decode("utf-8", "replace"), False))


def _in(content: bytes, codec: str) -> tuple[str, bool] | None:
    """Return bytes in a codec, and whether their last character is cut off; `None` where they are not in it."""
    try:
        return content.decode(codec), False
    except UnicodeDecodeError as error:
        if error.start < len(content) - _TAIL or not error.start:
            return None
        return content[: error.start].decode(codec), True


def _common(text: str) -> int:
    return sum(c in _COMMON for c in text[:20_000])


def _is_odd(text: str) -> bool:
    """Tell whether a text has more of what nobody types than a text can have."""
    sample: Iterable[str] = text[:20_000]
    odd = sum(unicodedata.category(c) in ("Cc", "Co", "Cn") and c not in "\t\r\n\f\v" for c in sample)
    odd += text.count("\ufffd", 0, 20_000)
    return odd > max(2, len(text[:20_000]) * _ODD)
