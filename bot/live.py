"""Floor 8. The index a running bot answers from: when its files change, the new one is taken up whole or not at all.

A thread watches the files. What is there anew is opened, checked page for page and made into a matcher beside the one
in service, then put in its place; a question under way goes on with the one it began with, and the files of that are
closed when nobody reads them any more.
"""

from __future__ import annotations

import logging
from pathlib import Path

from bot.index import stamps_of
from bot.looking import Looking
from bot.matcher import Matcher

log = logging.getLogger(__name__)

# Seconds between two looks at the files.
EVERY = 0.5


class Live(Looking):
    """Holds the matcher in service. Safe to ask from any thread."""

    def __init__(self, path: Path, matcher: Matcher, every: float = EVERY) -> None:
        """Begin with a matcher over the index at a path; look for another `every` so many seconds."""
        super().__init__(every, "live-index")
        self._path = path
        self._matcher = matcher
        self._failed: tuple[object, Exception] | None = None
        self._told: object = None

    def matcher(self) -> Matcher:
        """Return the matcher in service; whoever answers a question asks once and keeps it till the end."""
        return self._matcher

    def look(self) -> None:
        """Take up the index as it is now; one that cannot be used is reported once, and changes nothing.

        It is reported at the second look that finds it: at the first it may not have been all there.
        """
        found = stamps_of(self._path)
        if found == self._matcher.base.stamps:
            return
        if self._failed and self._failed[0] == found:
            if self._told != found:
                self._told = found
                why = self._failed[1]
                log.error(
                    "新的索引 %s 用不了(%r),还在用原来的;运行 python bot.py build 重建一次。", self._path, why
                )
            return
        try:
            self._matcher = self._matcher.again()
        except Exception as error:  # noqa: BLE001  # whatever is wrong with it, the one in service goes on
            self._failed = (found, error)
        else:
            log.info("换上了新的索引 %s", self._path)
