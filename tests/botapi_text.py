"""Text as the Bot API server sees it: UTF-16 lengths, HTML markup, and the entities it finds by itself.

Offsets and lengths of entities are UTF-16 code units, byte offsets in error messages are UTF-8 bytes.
Wordings and the order of the checks follow the open-source Bot API server 10.0 and the TDLib it is built on.
"""

import html
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]

MAX_TEXT_BYTES = 1 << 15  # Bot API server: a text longer than 32 KiB is refused before it is parsed

# Bot API, "Formatting options", HTML style.
TAG_ENTITY = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
KNOWN_ENTITY_TYPES = frozenset(TAG_ENTITY.values()) | {
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "expandable_blockquote",
    "text_mention",
    "custom_emoji",
    "date_time",
}
# Inside these the server looks for no links, mentions or commands.
OPAQUE_ENTITY_TYPES = frozenset({"code", "pre", "text_link", "text_mention"})

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(//)?", re.IGNORECASE)
_DROPPED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_CHARACTER_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot)(?![A-Za-z])|#(\d{1,8})|#x([0-9A-Fa-f]{1,7}));?")
_ATTRIBUTE_NAME = re.compile(r"""[^\s=>/"']*""")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_BARE_DOMAIN = r"(?:[a-z0-9-]+\.)+(?:cn|com|net|org|gov|edu|io|me|info|app|dev|hk|tw|uk|us|jp|ru)"
_FOUND = re.compile(
    rf"""
    (?P<email>(?<![\w.+-])[\w.+-]+@{_BARE_DOMAIN}(?![\w-]))
  | (?P<url>(?<![\w@])(?:https?|tg)://[^\s<>"'，。；！？、（）《》]+
          | (?<![\w.@/-]){_BARE_DOMAIN}(?![\w-])(?:[/?\#][^\s<>"'，。；！？、（）《》]*)?)
  | (?P<mention>(?<![\w@])@[a-z][a-z0-9_]{{2,31}}(?!\w))
  | (?P<bot_command>(?<![\w/<>@])/[a-z0-9_]{{1,64}}(?:@[a-z0-9_]{{3,32}})?(?![\w/<>@]))
  | (?P<hashtag>(?<![\w\#])\#(?=\w*[^\W\d])\w{{1,256}})
    """,
    re.IGNORECASE | re.VERBOSE,
)


class MarkupError(ValueError):
    """A text that the server can't parse; the message is what it says after "can't parse entities: "."""


def utf16(text: str) -> int:
    """Returns the length of a text in UTF-16 code units, which is how the Bot API counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def slice_utf16(text: str, offset: int, length: int) -> str:
    """Returns the part of a text that an entity covers (offset and length in UTF-16 code units)."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def clean(text: str) -> str:
    """Returns a text as the server stores it: control characters become spaces, CR and bidi marks go."""
    return _CONTROL.sub(" ", _DROPPED.sub("", text))


def check_url(raw: str) -> str:
    """Checks a link the way the server does.

    Args:
        raw: The link: http, https, tg or ton; without a scheme it is taken for http.

    Returns:
        The link as the server gives it back (lower-case host, "/" for an empty path).

    Raises:
        ValueError: The reason, in the server's words.
    """
    scheme = _SCHEME.match(raw)
    name = scheme.group(1).lower() if scheme else ""
    if name in {"tg", "ton"}:
        return f"{name}://{raw[scheme.end() :] if scheme else ''}"
    if scheme and scheme.group(2) and name not in {"http", "https"}:
        raise ValueError("Unsupported URL protocol")
    try:
        parts = urlsplit(raw if scheme and scheme.group(2) else f"http://{raw}")
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError("Wrong HTTP URL") from error
    if ("." not in host and ":" not in host) or re.search(r"[\s<>\"]", parts.netloc) or port == 0:
        raise ValueError("Wrong HTTP URL")
    return parts._replace(
        scheme=parts.scheme.lower(), netloc=parts.netloc.lower(), path=parts.path or "/"
    ).geturl()


@dataclass
class _OpenTag:
    name: str
    offset: int  # UTF-16 units of plain text before it
    start: int  # characters of plain text before it
    argument: str = ""


@dataclass
class HtmlParser:
    """One pass over a text with HTML markup.

    Args:
        source: The text as the bot sent it.
        strict: Whether a "&" that starts no character reference is refused. The documentation forbids it
            ("All <, > and & symbols that are not a part of a tag or an HTML entity must be replaced"), the real
            server lets it pass and shows it as it is.
    """

    source: str
    strict: bool
    position: int = 0
    plain: list[str] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)
    nested: list[_OpenTag] = field(default_factory=list)

    def parse(self) -> tuple[str, list[Json]]:
        """Returns the plain text and its entities, outermost first.

        Raises:
            MarkupError: The markup is broken.
        """
        while self.position < len(self.source):
            character = self.source[self.position]
            if character == "<":
                self._tag()
            elif character == "&":
                self._reference()
            else:
                self.plain.append(character)
                self.position += 1
        if self.nested:
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{self.nested[-1].name}"')
        return self._text(), sort_entities(self.entities)

    def _text(self) -> str:
        return "".join(self.plain)

    def _byte_offset(self, position: int) -> int:
        return len(self.source[:position].encode())

    def _fail(self, reason: str, position: int) -> MarkupError:
        return MarkupError(f"{reason} at byte offset {self._byte_offset(position)}")

    def _peek(self) -> str:
        return self.source[self.position : self.position + 1]

    def _skip_spaces(self) -> None:
        while self._peek().isspace():
            self.position += 1

    def _reference(self) -> None:
        found = _CHARACTER_REFERENCE.match(self.source, self.position)
        if found is None or (self.strict and not found.group().endswith(";")):
            if self.strict:
                raise self._fail('Unescaped "&"', self.position)
            self.plain.append("&")
            self.position += 1
            return
        self.plain.extend(html.unescape(found.group()))
        self.position = found.end()

    def _tag(self) -> None:
        begin = self.position
        closing = self.source.startswith("</", begin)
        self.position += 2 if closing else 1
        name_begin = self.position
        while self._peek() and not self._peek().isspace() and self._peek() != ">":
            self.position += 1
        name = self.source[name_begin : self.position].lower()
        if closing:
            self._close(name, begin)
        else:
            self._open(name, begin)

    def _open(self, name: str, begin: int) -> None:
        if not self._peek():
            raise self._fail("Unclosed start tag", begin)
        if name not in TAG_ENTITY:
            raise self._fail(f'Unsupported start tag "{name}"', begin)
        text = self._text()
        tag = _OpenTag(name, utf16(text), len(text))
        while True:
            self._skip_spaces()
            if self._peek() == ">":
                break
            self._attribute(tag, begin)
        self.position += 1
        if name == "span" and tag.argument != "tg-spoiler":
            raise self._fail('Tag "span" must have class "tg-spoiler"', begin)
        self.nested.append(tag)

    def _attribute(self, tag: _OpenTag, begin: int) -> None:
        found = _ATTRIBUTE_NAME.match(self.source, self.position)
        name = found.group() if found else ""
        self.position += len(name)
        self._skip_spaces()
        if not self._peek():
            raise self._fail(f'Unclosed start tag "{tag.name}"', begin)
        if not name:
            raise self._fail(f'Empty attribute name in the tag "{tag.name}"', begin)
        value = "1"
        if self._peek() == "=":
            self.position += 1
            self._skip_spaces()
            value = self._attribute_value()
        if not self._peek():
            raise self._fail("Unclosed start tag", begin)
        if (tag.name, name) in {("a", "href"), ("span", "class"), ("blockquote", "expandable")}:
            tag.argument = value
        elif (tag.name, name) == ("code", "class") and value.startswith("language-"):
            tag.argument = value.removeprefix("language-")

    def _attribute_value(self) -> str:
        quote = self._peek()
        if quote in {'"', "'"}:
            end = self.source.find(quote, self.position + 1)
            end = len(self.source) if end < 0 else end
            value = self.source[self.position + 1 : end]
            self.position = end + 1
            return _CHARACTER_REFERENCE.sub(lambda found: html.unescape(found.group()), value)
        begin = self.position
        found = _NAME_TOKEN.match(self.source, begin)
        self.position = found.end() if found else begin
        if self._peek() and not self._peek().isspace() and self._peek() != ">":
            raise self._fail("Unexpected end of name token", begin)
        return self.source[begin : self.position].lower()

    def _close(self, name: str, begin: int) -> None:
        if not self.nested:
            raise self._fail("Unexpected end tag", begin)
        self._skip_spaces()
        if self._peek() != ">":
            raise self._fail("Unclosed end tag", begin)
        self.position += 1
        tag = self.nested.pop()
        if name and name != tag.name:
            where = f"at byte offset {self._byte_offset(begin)}"
            raise MarkupError(f'Unmatched end tag {where}, expected "</{tag.name}>", found "</{name}>"')
        self._add_entity(tag)

    def _add_entity(self, tag: _OpenTag) -> None:
        text = self._text()
        length = utf16(text) - tag.offset
        if length == 0:
            return
        entity: Json = {"type": TAG_ENTITY[tag.name], "offset": tag.offset, "length": length}
        if tag.name == "a":
            try:
                entity["url"] = check_url(tag.argument or text[tag.start :])
            except ValueError:
                return  # the server shows the words without the link and says nothing
        elif tag.name == "blockquote" and tag.argument:
            entity["type"] = "expandable_blockquote"
        elif tag.name == "code" and tag.argument:
            entity["language"] = tag.argument
        elif tag.name == "pre" and self.entities and self._is_code_of(entity):
            entity["language"] = self.entities.pop()["language"]
        self.entities.append(entity)

    def _is_code_of(self, pre: Json) -> bool:
        last = self.entities[-1]
        same_range = last["offset"] == pre["offset"] and last["length"] == pre["length"]
        return last["type"] == "code" and "language" in last and same_range


def sort_entities(entities: list[Json]) -> list[Json]:
    """Returns the entities in the server's order: by offset, the longer one first; code carries no language."""
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def find_entities(text: str, taken: list[Json] | None = None) -> list[Json]:
    """Returns `taken` together with the links, mentions, commands, hashtags and e-mails the server finds itself.

    The real server knows every top-level domain; this one finds a bare domain only under the common ones.
    """
    taken = taken or []
    blocked = [
        range(entity["offset"], entity["offset"] + entity["length"])
        for entity in taken
        if entity["type"] in OPAQUE_ENTITY_TYPES
    ]
    found = list(taken)
    for match in _FOUND.finditer(text):
        words = match.group().rstrip(".,:;!?)'\"") if match.lastgroup == "url" else match.group()
        offset, length = utf16(text[: match.start()]), utf16(words)
        if not any(offset < span.stop and span.start < offset + length for span in blocked):
            found.append({"type": match.lastgroup, "offset": offset, "length": length})
    return sort_entities(found)


def trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Returns a text without spaces and line ends around it, and its entities moved and cut accordingly."""
    ended = text.rstrip(" \n")
    first = min((entity["offset"] for entity in entities), default=utf16(ended))
    start = 0
    while start < min(len(ended), first) and ended[start] in " \n":
        start += 1
    end = utf16(ended)
    kept = []
    for entity in entities:
        stop = min(entity["offset"] + entity["length"], end)
        if stop > entity["offset"]:
            kept.append({**entity, "offset": entity["offset"] - start, "length": stop - entity["offset"]})
    return ended[start:], kept
