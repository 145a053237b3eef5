"""How the Bot API server reads a request: errors in its own wordings, parameters, texts and captions.

Nothing here keeps state. A check returns the value as the server stores it or raises `ApiError`. Where the emulator
is stricter than the real server, the docstring says so.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from telegram.constants import MessageLimit

from tests.botapi_text import (
    KNOWN_ENTITY_TYPES,
    MAX_TEXT_BYTES,
    HtmlParser,
    Json,
    MarkupError,
    clean,
    find_entities,
    trim,
    utf16,
)


class ApiError(Exception):
    """A request the server answers with ok=false.

    Attributes:
        code: HTTP status and `error_code`.
        description: The words of the answer.
        parameters: ResponseParameters of the Bot API (`retry_after` in seconds, `migrate_to_chat_id`), or empty.
    """

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(reason: str, **parameters: int) -> ApiError:
    """Returns the error 400 with these words; the server begins them in lower case, except a CONSTANT_NAME."""
    if not re.match(r".[A-Z_]", reason):
        reason = reason[:1].lower() + reason[1:]
    return ApiError(400, f"Bad Request: {reason}", **parameters)


@dataclass(frozen=True)
class Upload:
    """A file in a multipart request."""

    name: str
    data: bytes
    content_type: str

    def __repr__(self) -> str:
        return f"<{self.name}, {len(self.data)} bytes>"


class Params:
    """The parameters of one request, whichever of the four ways they came.

    Args:
        values: Name to value: text from a query or a form, any JSON value from a JSON body, `Upload` for a file.
        is_connected: Returns whether whoever sent the request still waits for the answer.
    """

    def __init__(self, values: dict[str, Any], is_connected: Callable[[], bool] = lambda: True) -> None:
        self.values = values
        self.is_connected = is_connected

    def __contains__(self, name: str) -> bool:
        return self.text(name) != ""

    def text(self, name: str) -> str:
        """Returns the parameter as the server reads it: text, with JSON for what came structured; "" if absent."""
        value = self.values.get(name)
        if value is None or isinstance(value, Upload):
            return ""
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise bad("strings must be encoded in UTF-8") from None
        return text

    def integer(self, name: str, default: int = 0, low: int | None = None, high: int | None = None) -> int:
        """Returns a whole number; like the server it reads garbage as 0 and moves a value into [low, high]."""
        text = self.text(name)
        found = re.match(r"-?\d+", text)
        value = default if not text else int(found.group()) if found else 0
        if low is not None:
            value = max(value, low)
        return value if high is None else min(value, high)

    def flag(self, name: str) -> bool:
        """Returns whether the parameter says yes ("true", "yes" or "1")."""
        return self.text(name).lower() in {"true", "yes", "1"}

    def json(self, name: str, what: str) -> Any:
        """Returns the decoded JSON of a parameter, or None if it is absent.

        Raises:
            ApiError: It is not JSON; `what` names it in the words of the server.
        """
        text = self.text(name)
        if not text:
            return None
        try:
            value = json.loads(text)
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise bad("strings must be encoded in UTF-8") from None
        except ValueError:
            raise bad(f"can't parse {what} JSON object") from None
        return value

    def upload(self, name: str) -> Upload | None:
        """Returns the uploaded file of a parameter (directly or by attach://<name>), or None."""
        value = self.values.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            value = self.values.get(value.removeprefix("attach://"))
        return value if isinstance(value, Upload) else None


class FieldError(ValueError):
    """A JSON object lacks a field or has a wrong one; the message is what the server says after "can't parse …: "."""


@contextmanager
def parsing(what: str) -> Iterator[None]:
    """Turns a `FieldError` inside into the server's "can't parse <what>: <reason>"."""
    try:
        yield
    except FieldError as error:
        raise bad(f"can't parse {what}: {error}") from None


def required(data: Json, name: str) -> Any:
    """Returns a field of a JSON object.

    Raises:
        FieldError: It is not there.
    """
    if data.get(name) is None:
        raise FieldError(f'Can\'t find field "{name}"')
    return data[name]


def required_text(data: Json, name: str) -> str:
    """Returns a field of a JSON object as text; like the server it takes a number for text.

    Raises:
        FieldError: It is not there or of another type.
    """
    value = required(data, name)
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise FieldError(f'Field "{name}" must be of type String')
    return str(value)


def an_object(value: Any, name: str) -> Json:
    """Returns a value that must be a JSON object.

    Raises:
        FieldError: It is something else.
    """
    if not isinstance(value, dict):
        raise FieldError(f"{name} must be an Object")
    return value


# Text ----------------------------------------------------------------------------------------------------------------


def parse_text(text: str, parse_mode: str, entities: Any, *, strict_html: bool) -> tuple[str, list[Json]]:
    """Turns a bot's text into the plain text and entities that people get; "" stays "".

    Raises:
        ApiError: The text is over 32 KiB, the parse mode is unknown, the markup or an entity is broken. Markdown
            and MarkdownV2 are legal on the real server, but this one reads only HTML and says so loudly.
    """
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise bad("text is too long")
    mode = parse_mode.lower()
    text = clean(text)
    if mode in {"", "none"} or not text:
        explicit = [_entity(entity) for entity in entities] if isinstance(entities, list) else []
        return trim(text, find_entities(text, explicit))
    if mode in {"markdown", "markdownv2"}:
        raise bad("can't parse entities: this server reads only HTML")
    if mode != "html":
        raise bad("unsupported parse_mode")
    try:
        plain, found = HtmlParser(text, strict_html).parse()
    except MarkupError as error:
        raise bad(f"can't parse entities: {error}") from None
    return trim(plain, find_entities(plain, found))


def _entity(value: Any) -> Json:
    with parsing("MessageEntity"):
        entity = an_object(value, "entity")
        if required_text(entity, "type") not in KNOWN_ENTITY_TYPES:
            raise FieldError("Unsupported type specified")
        for name in ("offset", "length"):
            if not isinstance(required(entity, name), int):
                raise FieldError(f'Field "{name}" must be of type Number')
    return dict(entity)


def message_text(text: str, parse_mode: str, entities: Any, *, strict_html: bool) -> tuple[str, list[Json]]:
    """Checks the text of a message.

    Raises:
        ApiError: As `parse_text`; the text is empty, or over 4096 characters after entities parsing (Bot API,
            sendMessage), counted in UTF-16 code units.
    """
    if not text:
        raise bad("message text is empty")
    plain, found = parse_text(text, parse_mode, entities, strict_html=strict_html)
    if not plain:
        raise bad("text must be non-empty")
    if utf16(plain) > MessageLimit.MAX_TEXT_LENGTH:
        raise bad("message is too long")
    return plain, found


def caption_text(params: Params, *, strict_html: bool) -> tuple[str, list[Json]]:
    """Checks a caption: 0-1024 characters after entities parsing (Bot API, sendPhoto)."""
    entities = params.json("caption_entities", "caption entities")
    plain, found = parse_text(
        params.text("caption"), params.text("parse_mode"), entities, strict_html=strict_html
    )
    if utf16(plain) > MessageLimit.CAPTION_LENGTH:
        raise bad("message caption is too long")
    return plain, found
