"""Floor 8. The log: one line for each event, for a person or as JSON, and no secret in any of them.

Modules log with the standard library; structlog makes the lines. `begin` is called once, where the program starts.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

# structlog takes longer to load than a question to answer: only what writes logs loads it.
if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor

CONSOLE, JSON = "console", "json"
FORMATS = (CONSOLE, JSON)
LEVELS = ("debug", "info", "warning", "error")
MASK = "***"
# What the environment calls the secrets that are kept nowhere else.
SECRETS = ("TELEGRAM_BOT_TOKEN", "WEBHOOK_SECRET", "WECHAT_TOKEN", "WECHAT_AES_KEY")
# A shorter one would take ordinary words out of lines with it.
SHORTEST = 4
# What looks like a bot's token, or stands as a password in an address, whoever's it is.
_TOKEN = re.compile(r"\d{5,20}(?::|%3[Aa])[A-Za-z0-9_-]{20,}")
_PASSWORD = re.compile(r"(?<=://)([^\s:/@]*):[^\s/@]+(?=@)")
_LIBRARIES = {"httpx": logging.WARNING, "uvicorn.error": logging.WARNING}

log = logging.getLogger(__name__)


class Mask:
    """Takes secrets out of what is logged: those that are known, in each way they are written, and what looks like one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        ways = {way for secret in secrets if len(secret) >= SHORTEST for way in _spelled(secret)}
        # A longer one first: a shorter one may be a part of it.
        self._known = re.compile("|".join(map(re.escape, sorted(ways, key=len, reverse=True))) or r"(?!)")

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        return _PASSWORD.sub(rf"\1:{MASK}", _TOKEN.sub(MASK, self._known.sub(MASK, text)))

    def __call__(self, _logger: object, _method: str, event: EventDict) -> EventDict:
        """Return an event without secrets, wherever in it they were; structlog's processor."""
        return {name: self._value(value) for name, value in event.items()}

    def _value(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            return {self.text(str(k)): self._value(v) for k, v in value.items()}
        if isinstance(value, list | tuple | set):
            return [self._value(v) for v in value]
        return self.text(value if isinstance(value, str) else repr(value))


def _spelled(secret: str) -> tuple[str, ...]:
    """Return the ways a secret may be written: as it is, in an address, by Python, in JSON."""
    return secret, quote(secret), quote(secret, safe=""), repr(secret)[1:-1], json.dumps(secret)[1:-1]


def secrets_in(environ: Mapping[str, str], ledger: str = "", *others: str) -> list[str]:
    """Return what no line may show: the secrets of the environment, the password in the ledger's address, and others."""
    try:
        password = urlsplit(ledger).password or ""
    except ValueError:
        password = ""
    found = [environ.get(name, "").strip() for name in SECRETS]
    return [secret for secret in (*found, password, unquote(password), *others) if secret]


def begin(
    form: str = CONSOLE,
    level: str = "info",
    secrets: Iterable[str] = (),
    to: IO[str] | None = None,
) -> None:
    """Have everything that is logged from now on written as lines, errors that nobody caught among it.

    Args:
        form: One of FORMATS.
        level: One of LEVELS; what is below it is not written.
        secrets: What no line may show.
        to: Where lines go; standard error without.
    """
    stream = to or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(form, Mask(secrets), colors=form == CONSOLE and stream.isatty()))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, least in _LIBRARIES.items():
        logging.getLogger(name).setLevel(max(least, logging.getLogger().level))
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda given: _uncaught(
        given.exc_type, given.exc_value or given.exc_type(), given.exc_traceback
    )


def formatter(form: str, mask: Mask, *, colors: bool = False) -> logging.Formatter:
    """Return what makes a line of a record."""
    import structlog

    class Masked(structlog.stdlib.ProcessorFormatter):
        """Looks at the finished line once more: what stood in two values may stand together now."""

        def format(self, record: logging.LogRecord) -> str:
            """Return the line of a record."""
            return mask.text(super().format(record))

    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == JSON
        else structlog.dev.ConsoleRenderer(
            colors=colors, pad_event_to=0, pad_level=False, exception_formatter=structlog.dev.plain_traceback
        )
    )
    return Masked(
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name],
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            mask,
            last,
        ],
    )


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    log.critical("nobody caught this", exc_info=(kind, error, trace))
