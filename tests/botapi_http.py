"""HTTP of the emulated Bot API server: reading requests, recording them, sending answers and broken answers."""

import asyncio
import json
from dataclasses import dataclass

from aiohttp import web

from tests.botapi_faults import Fault
from tests.botapi_rules import ApiError, Upload, bad
from tests.botapi_text import Json

LARGEST_REQUEST = 51 << 20  # bytes: a file of 50 MB (Bot API, sendDocument) and the fields around it
# Parameters that are JSON; in the record they are decoded.
STRUCTURED = {
    "reply_markup", "entities", "caption_entities", "results", "result", "commands", "scope", "allowed_updates",
    "reply_parameters", "link_preview_options", "menu_button", "button",
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One request the server has dealt with.

    Attributes:
        method: The method, spelt as in the documentation.
        params: Its parameters as sent, with JSON decoded.
        answer: What the server answered (or would have, if a fault kept the answer back).
        at: Unix time in seconds.
        status: HTTP status.
        fault: Kind of the injected fault, "" for none.
        in_webhook: Whether the request came in the answer to a webhook.
    """

    method: str
    params: Json
    answer: Json
    at: float
    status: int
    fault: str = ""
    in_webhook: bool = False

    @property
    def chat(self) -> int | None:
        """The chat id of the request, None if it has none."""
        return chat_id_of(self.params)

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        result = self.answer.get("description", "ok")
        return f"{self.method}({shown}) -> {self.status} {result}{f' [{self.fault}]' if self.fault else ''}"


def chat_id_of(values: Json) -> int | None:
    """Returns the parameter chat_id of a request as a number, None if it is absent or none."""
    try:
        return int(values["chat_id"])
    except (KeyError, ValueError, TypeError):
        return None


def readable(values: Json) -> Json:
    """Returns parameters for the record, with JSON decoded."""
    found = dict(values)
    for name in STRUCTURED & set(values):
        try:
            found[name] = json.loads(values[name])
        except (ValueError, TypeError):
            continue  # broken, or decoded already: shown as it came
    return found


async def read(request: web.Request) -> Json:
    """Returns the parameters of a request, whichever way they came.

    Raises:
        ApiError: The body is over 50 MB or can't be parsed.
    """
    values: Json = dict(request.query)
    try:
        if request.content_type == "application/json" and request.can_read_body:
            body = json.loads(await request.text())
            if not isinstance(body, dict):
                raise bad("can't parse request: expected an Object")
            return values | body
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                values[name] = Upload(value.filename, value.file.read(), value.content_type)
            else:
                values[name] = value
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(413, "Request Entity Too Large") from None
    except ValueError:
        raise bad("can't parse request") from None
    return values


def failure(error: ApiError) -> Json:
    """Returns the answer for a refused request."""
    answer: Json = {"ok": False, "error_code": error.code, "description": error.description}
    return {**answer, "parameters": error.parameters} if error.parameters else answer


def refuse(fault: Fault) -> None:
    """Raises the error of a fault that keeps a method from having an effect."""
    if fault.kind == "flood":
        wait = fault.retry_after
        raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
    if fault.kind == "server":
        raise ApiError(
            fault.status, {500: "Internal Server Error", 502: "Bad Gateway"}.get(fault.status, "Error")
        )
    if fault.kind == "drop":
        raise ApiError(502, "Bad Gateway")


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()


async def respond(
    request: web.Request, fault: Fault | None, done: Call, data: bytes | None = None
) -> web.StreamResponse:
    """Sends the answer, or what a fault makes of it.

    Args:
        request: The request.
        fault: The fault, None if all goes well.
        done: What was done.
        data: The content of a file to send instead of the JSON of `done`.
    """
    body = json.dumps(done.answer).encode() if data is None else data
    kind = "" if fault is None else fault.kind
    if fault is not None and kind == "late":
        await asyncio.sleep(fault.delay)
    elif kind in {"drop", "drop_after"}:
        _hang_up(request)
    elif kind == "half":
        return await _respond_half(request, done.status, body)
    elif kind == "garbage":
        body = b"<html>\xff not JSON"
    wait = done.answer.get("parameters", {}).get("retry_after")
    return web.Response(
        body=body,
        status=done.status,
        headers={"Retry-After": str(wait)} if wait else {},
        content_type="application/json" if data is None else "application/octet-stream",
    )


async def _respond_half(request: web.Request, status: int, body: bytes) -> web.StreamResponse:
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    response = web.StreamResponse(status=status, headers=headers)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    _hang_up(request)
    return response
