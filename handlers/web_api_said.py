"""What a request to the API says, checked before anything is looked up; and data as it is sent back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from bot.values import When
from handlers.web_faults import problem

# Headers of an answer that a script of another site may read.
EXPOSED = ("ETag", "Retry-After", "Content-Disposition")
NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")


class BadRequestError(ValueError):
    """A request that says something else than it may; its text says what it may."""


def refused(_request: Request, error: Exception) -> Response:
    """Tell of a bad request what a good one is."""
    return problem(400, str(error))


def fields(query: bytes) -> dict[str, str]:
    """Return what the query of an address says; of a name that is said twice, the last."""
    return dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))


def short(name: str, text: str | None, most: int) -> None:
    """Check how many characters a text has. Raises: BadRequestError."""
    if text and len(text) > most:
        raise BadRequestError(f"{name}: at most {most} characters")


def number(given: Mapping[str, str], name: str, least: int, most: int, otherwise: int) -> int:
    """Return a number that an address gives. Raises: BadRequestError."""
    said = given.get(name)
    if said is None:
        return otherwise
    if not NUMBER.fullmatch(said) or not least <= int(said) <= most:
        raise BadRequestError(f"{name}: a whole number from {least} to {most}")
    return int(said)


def day(said: str) -> str:
    """Return a day as it was given. Raises: BadRequestError."""
    try:
        found = When(said)
    except ValueError:
        found = None
    if found is None or not said.isascii() or found.first != said:
        raise BadRequestError("since: a day like 2026-11-20")
    return said


def json_of(found: Mapping[str, Any]) -> bytes:
    """Return data as JSON; halves of characters, which JSON may hold and UTF-8 may not, become question marks."""
    return json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
