"""Chromium, driven as a person uses it: without it the tests are skipped aloud, and where CI has installed it they fail."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium found: apt-get install chromium (.ci/run does), or CHROMIUM=/path/to/chromium"
# A container has no namespaces to build a sandbox of, and nothing but our own pages is opened.
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage")


def program() -> str | None:
    """Return Chromium's path."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def launched() -> Iterator[Browser]:
    """Yield a browser."""
    found = program()
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """One person's browser on the site: what it loaded from where, and what it complained of."""

    def __init__(self, browser: Browser, base: str, **more: Any) -> None:
        self.base = base
        given = {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN", **more}
        self.context: BrowserContext = browser.new_context(**given)
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.loaded: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.loaded.append(request.url))
        self.page.on("console", lambda said: self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def open(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(self.base + path)
        return self.page
