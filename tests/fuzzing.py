"""What fuzzing throws at the bot, and what it is thrown at: no exception, a valid reply, bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from bot import knowledge
from bot.dialogue import Message, answer
from bot.matcher import Matcher, Verdict
from bot.talk import tokens
from bot.text import fold
from bot.values import When

TODAY = When("2026-11-20")
# Processor seconds after which an input is taken for one that runs away; the slowest honest one takes a twentieth.
TOO_LONG = 2.0

# What people, forwarded posts, other programs and attackers put beside one another.
PIECES = (
    "水润港城", "南京质检", "临沂河东交警", "平安", "发布", "公众号", "抖音", "江苏省", "鼓楼区", "公积金查询", "去哪了", "着火了", "是真的吗", "都不是", "上一个",
    "停更公告", "即日起停止更新", "请关注", "“", "”", "《", "》", "、", ",", "。", "\n", " ", "\u3000", "\u200b", "\u202e", "\u2066", "\ufeff", "\0", "\ud800",
    "水潤港城", "shuirungangcheng", "srgc", "QX-0RTWB-KG", "QX-", "/start ", "/area", "@", "#", "<b>", "</b>", "&lt;", "<script>", "`", "*", "_", "[x](http://e.vil)",
    "http://www.gov.cn", "https://mp.weixin.qq.com/s/", "weibo.com/", "tg://", "12345", "0512-", "1", "２", "９９", "三", "ａ", "а", "é", "e\u0301", "👨‍👩‍👧", "🇨🇳", "𠮷",
    "%s", "{0}", "{name}", "'; drop table unit; --", "../../etc/passwd", "none", "null", "true",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=14).map("".join)
LONG_TEXTS = st.tuples(TEXTS, st.integers(1, 10_000)).map(lambda found: (found[0] * found[1])[:10_000])
FORGED = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789:|.,;~-_ \u6c34", max_size=64) | TEXTS


class Targets:
    """Everything that takes text from outside, over one base."""

    def __init__(self, matcher: Matcher, folder: Path) -> None:
        """Take a base, and a folder to write knowledge files to."""
        self.matcher = matcher
        self.file = folder / "accounts" / "fuzz.yaml"
        self.file.parent.mkdir(parents=True, exist_ok=True)

    @property
    def all(self) -> dict[str, Callable[[str], None]]:
        """Each target by its name."""
        return {
            "fold": self.fold,
            "match": self.match,
            "answer": self.answer,
            "button": self.button,
            "token": self.token,
            "knowledge": self.knowledge,
        }

    def bounded(self, name: str, text: str) -> None:
        """Run a target, and fail when it takes as long as only what runs away does."""
        started = time.process_time()
        self.all[name](text)
        assert time.process_time() - started < TOO_LONG, (name, text[:80])

    def fold(self, text: str) -> None:
        """Folding twice changes nothing."""
        assert fold(fold(text)) == fold(text)

    def match(self, text: str) -> None:
        """Any text has a verdict, and a sure one has an account."""
        found = self.matcher.match(text)
        assert bool(found.accounts) is (found.verdict is Verdict.SURE)

    def answer(self, text: str) -> None:
        """Any text has a reply, and so has a second one with the context of the first."""
        first = answer(Message(text), self.matcher, TODAY)
        second = answer(Message(text[::-1], context=first.context), self.matcher, TODAY)
        assert first.text.strip()
        assert second.text.strip()

    def button(self, text: str) -> None:
        """A forged button and a forged context get a reply."""
        assert answer(Message(choice=text, context=text), self.matcher, TODAY).text.strip()

    def token(self, text: str) -> None:
        """What a button or a context says is read or is not; nothing else."""
        tokens.thread(text)
        tokens.need(text)
        tokens.chosen_account(text)
        tokens.chosen_tell(text)
        tokens.chosen_language(text)

    def knowledge(self, text: str) -> None:
        """A knowledge file of any text gives entries or problems, each with its file."""
        self.file.write_text(text, encoding="utf-8", errors="surrogatepass")
        part = knowledge.read_file(self.file, self.file.parent.parent)
        assert all(Path(p.file).resolve() == self.file.resolve() for p in part.problems)
