"""How soon the first page is of use on a slow phone: real Chromium, its processor slowed and its network narrowed.

python -m benchmarks.firstload

Each page is opened in a new browser context, so nothing is kept from before. Bytes are those that crossed the network,
headers and all files included; the other figures are milliseconds from the tap on a link, the median of the runs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bot import index
from bot.matcher import Matcher
from bot.setting import Setting
from bot.values import When
from handlers.limits import Rate
from handlers.web import application
from tests.served import serving

ROOT = Path(__file__).resolve().parent.parent
TODAY = When("2026-11-20")
PAGES = (
    "/",
    "/?q=未央正当时",
    "/?q=临沂交警",
    "/a/shuirungangcheng-wx",
    "/p/320582",
    "/changes",
    "/stats",
    "/about",
)
# A phone of the cheapest kind on a poor mobile network: how often slower than this machine; bits a second; seconds there and back.
SLOWER, BITS, TRIP = 4, 1_600_000, 0.150
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
MOST_BYTES, MOST_TIME = 60_000, 1000
# What the page itself knows of its first paint.
PAINTED = "(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null)"
FINISHED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
# When the box is there and takes what is typed: asked in each frame from the first on.
BOX = """
new MutationObserver((_, seen) => {
  const box = document.querySelector('textarea[name=q], input[name=q]');
  if (!box) return;
  seen.disconnect();
  const look = () => {
    box.focus({preventScroll: true});
    if (document.activeElement === box && box.getClientRects().length) window.takesText = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}).observe(document, {childList: true, subtree: true});
"""


@dataclass(frozen=True, slots=True)
class Load:
    """One first load: bytes over the network; milliseconds until something is painted, the box takes text, all is there."""

    size: float
    painted: float
    takes_text: float | None
    loaded: float


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the knowledge; yield the address."""
    target = folder / "index.sqlite"
    index.build(ROOT / "knowledge", target)
    matcher = Matcher(index.Base(target))
    app = application(Setting(lambda: matcher, lambda: TODAY))
    app.state.site.asking._rate = Rate(1e12, 1e12)  # noqa: SLF001  # all visitors are one
    with serving(app) as address:
        yield address


def opened(browser: Browser, url: str) -> Load:
    """Open a page for the first time on a slow phone."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale="zh-CN", bypass_csp=True)
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        received: list[float] = []
        session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        session.send("Network.enable")
        slow: dict[str, Any] = {
            "offline": False,
            "latency": TRIP * 1000,
            "downloadThroughput": BITS / 8,
            "uploadThroughput": BITS / 8,
        }
        session.send("Network.emulateNetworkConditions", slow)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.add_init_script(BOX)
        page.goto(url, wait_until="load")
        page.wait_for_function(f"{PAINTED} !== null && {FINISHED} > 0")
        return Load(sum(received), page.evaluate(PAINTED), _box(page), page.evaluate(FINISHED))
    finally:
        context.close()


def _box(page: Page) -> float | None:
    """Return when the box took text; `None` on a page without one."""
    if not page.locator("[name=q]:visible").count():
        return None
    page.wait_for_function("window.takesText !== undefined")
    return float(page.evaluate("window.takesText"))


def report(loads: dict[str, list[Load]]) -> str:
    """Return the table, and whether both goals hold."""
    lines = [f"{'':28} {'kB':>6} {'painted':>9} {'takes text':>11} {'loaded':>8}"]
    for path, runs in loads.items():
        texts = [r.takes_text for r in runs if r.takes_text is not None]
        took = f"{median(texts):11.0f}" if texts else f"{'-':>11}"
        lines.append(
            f"{path:28} {median(r.size for r in runs) / 1000:6.1f} {median(r.painted for r in runs):9.0f} {took}"
            f" {median(r.loaded for r in runs):8.0f}"
        )
    largest = max(r.size for runs in loads.values() for r in runs)
    slowest = max(median(r.takes_text or r.painted for r in runs) for runs in loads.values())
    lines += [
        f"the largest first load: {largest / 1000:.1f} kB (goal < {MOST_BYTES // 1000})",
        f"the slowest page is of use after {slowest:.0f} ms (goal ≤ {MOST_TIME})",
    ]
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Measure and print; where there is no Chromium, say so."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5, help="of each page")
    options = parser.parse_args(argv)
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        print("skipped: no Chromium found: apt-get install chromium, or CHROMIUM=/path/to/chromium")
        return 0
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        opened(browser, base + "/")  # the browser's own first page is no visitor's
        loads = {path: [opened(browser, base + path) for _ in range(options.runs)] for path in PAGES}
        browser.close()
    print(
        f"processor {SLOWER} times slower, {BITS / 1e6:g} Mbit/s, {TRIP * 1000:.0f} ms there and back, {options.runs} runs"
    )
    print(report(loads))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
