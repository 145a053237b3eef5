"""A browser without JavaScript, as small as the tests need: it reads a page, taps its links and fills in its forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
from conftest import TODAY
from starlette.applications import Starlette

from bot.hosting import Hosting
from bot.matcher import Matcher
from bot.publication import Log
from bot.setting import Setting
from handlers.web import application

BASE = "http://quxiang.test"
CHINESE = {"accept-language": "zh-CN,zh;q=0.9"}
# Elements that have no end.
VOID = {"meta", "link", "input", "img", "br", "source"}


@dataclass
class Form:
    """A form: where it goes, how, and what is in its fields."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    button: str = ""


class Page(HTMLParser):
    """What stands on a page: its text, its links in order, its forms, its elements with their attributes."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.response = response
        self.status = response.status_code
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self._texts: list[str] = []
        self._open: list[str] = []
        self.feed(response.text)
        self.text = "".join(self._texts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        given = {k: v or "" for k, v in attrs}
        self.elements.append((tag, given))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "a":
            self.links.append(("", given["href"]))
        if tag == "form":
            self.forms.append(Form(given["action"], given["method"]))
        if tag in ("input", "textarea") and self.forms:
            self.forms[-1].fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Close an element; every one that was opened is closed in order."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note text."""
        self._texts.append(data)
        if "a" in self._open and self.links:
            label, href = self.links[-1]
            self.links[-1] = (label + data, href)
        if "textarea" in self._open:
            self.forms[-1].fields[next(reversed(self.forms[-1].fields))] += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of each element of a kind."""
        return [given for name, given in self.elements if name == tag]

    def href(self, label: str) -> str:
        """Return where the first link that begins with a label leads."""
        found = [href for text, href in self.links if text.startswith(label)]
        assert found, f"no link {label!r} among {self.links}"
        return found[0]


def client(app: Starlette, **more: Any) -> httpx.AsyncClient:
    """Return a client of an application, without a network between."""
    headers = {**CHINESE, **more.pop("headers", {})}
    address = more.pop("address", "192.0.2.7")
    transport = httpx.ASGITransport(app, client=(address, 50000))
    return httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers, **more)


def site(
    matcher: Matcher | Callable[[], Matcher],
    hosting: Hosting | None = None,
    log: Log | None = None,
    ledger: Path | None = None,
) -> Starlette:
    """Return the application over an index, on the day that the tests take for today."""
    given = (lambda: matcher) if isinstance(matcher, Matcher) else matcher
    setting = Setting(given, lambda: TODAY, published=log.line if log else None, log=log)
    kept = str(ledger) if ledger else None
    return application(replace(setting, hosting=hosting or Hosting(), ledger=kept))
