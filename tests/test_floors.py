"""The house: each room imports only from lower floors, no room but Telegram's knows telegram, none is overgrown."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from conftest import ROOT

FLOORS: tuple[tuple[str, ...], ...] = (
    ("bot.text", "bot.vocabulary", "bot.progress", "bot.files", "bot.terminal"),
    ("bot.values",),
    ("bot.records", "bot.phonetics"),
    ("bot.codec", "bot.places"),
    ("bot.yamlfile",),
    ("bot.hosts", "bot.inventory"),
    ("bot.knowledge",),
    ("bot.checks.world",),
    ("bot.checks.accounts", "bot.checks.addresses", "bot.checks.others"),
    ("bot.checks",),
    ("bot.index.layout", "bot.index.seal"),
    ("bot.index.rows", "bot.index.postings"),
    ("bot.index.writing", "bot.index.layer"),
    ("bot.index.layers",),
    ("bot.index.holdings",),
    ("bot.index.base",),
    ("bot.index.reading",),
    ("bot.index.building",),
    ("bot.index.updating",),
    ("bot.index",),
    ("bot.matching",),
    ("bot.matching.weights", "bot.matching.alignment", "bot.matching.marks", "bot.matching.speech", "bot.matching.spelled"),
    ("bot.matching.mending",),
    ("bot.matching.question",),
    ("bot.matching.slips",),
    ("bot.matching.gathering", "bot.matching.surroundings", "bot.matching.placing"),
    ("bot.matching.vetoes",),
    ("bot.matching.comparing",),
    ("bot.matching.initials", "bot.matching.rivals"),
    ("bot.matcher",),
    ("bot.trail", "bot.contacts"),
    ("bot.notices", "bot.notices.dates", "bot.notices.quotes", "bot.notices.sheet", "bot.notices.words"),
    ("bot.notices.contacts", "bot.notices.mention", "bot.notices.page", "bot.notices.reasons", "bot.notices.units", "bot.notices.whole"),
    ("bot.notices.before", "bot.notices.change", "bot.notices.items", "bot.notices.mood", "bot.notices.signing", "bot.notices.tables"),
    ("bot.notices.grouping", "bot.notices.subjects", "bot.notices.timing"),
    ("bot.notices.changes", "bot.notices.unquoted"),
    ("bot.notices.mentions", "bot.notices.sentences"),
    ("bot.notices.asking", "bot.notices.hearsay", "bot.notices.invited", "bot.notices.listing", "bot.notices.reach", "bot.notices.scopes", "bot.notices.staying"),
    ("bot.notices.events", "bot.notices.targets"),
    ("bot.notices.closing", "bot.notices.destinations"),
    ("bot.notices.closings", "bot.notices.unsaid"),
    ("bot.notices.leading", "bot.notices.operators", "bot.notices.outcome", "bot.notices.reported", "bot.notices.rows", "bot.notices.running", "bot.notices.spoken"),
    ("bot.notices.reading",),
    ("bot.notice",),
    ("bot.wording", "bot.reply", "bot.talk", "bot.talk.lately", "bot.talk.tokens"),
    ("bot.talk.voice", "bot.talk.hearing"),
    ("bot.talk.screen", "bot.talk.saying", "bot.talk.story", "bot.talk.desk"),
    ("bot.talk.telling", "bot.talk.above"),
    ("bot.talk.helping",),
    ("bot.talk.clarify",),
    ("bot.talk.account", "bot.talk.listing", "bot.talk.unknown", "bot.talk.speaking"),
    ("bot.talk.identity", "bot.talk.which"),
    ("bot.talk.codes", "bot.talk.follow", "bot.talk.forwarded"),
    ("bot.dialogue",),
    ("bot.publication", "bot.suggesting"),
    ("bot.ledger.database", "bot.ledger.scrubbing", "bot.ledger.presence"),
    ("bot.ledger.sqlite", "bot.ledger.postgres", "bot.ledger.batching", "bot.ledger.schema"),
    ("bot.ledger.engine", "bot.ledger.store"),
    ("bot.ledger.workers", "bot.ledger.inbox", "bot.ledger.outbox", "bot.ledger.follows", "bot.ledger.feedback",
     "bot.ledger.marks", "bot.ledger.people", "bot.ledger.retention", "bot.ledger.drafts"),
    ("bot.ledger", "bot.ledger.backup"),
    ("bot.forwarding",),
    ("bot.following", "bot.following.waiting", "bot.following.area"),
    ("bot.following.news", "bot.following.publisher"),
    ("bot.upkeep", "bot.upkeep.chart", "bot.upkeep.naming", "bot.upkeep.placefile",
     "bot.upkeep.placenames", "bot.upkeep.questions", "bot.upkeep.sheets", "bot.upkeep.spots", "bot.upkeep.markup", "bot.upkeep.manners"),
    ("bot.upkeep.statistics", "bot.upkeep.editing", "bot.upkeep.exporting", "bot.upkeep.answerdiff", "bot.upkeep.likeness",
     "bot.upkeep.columns", "bot.upkeep.readable", "bot.upkeep.linkcheck"),
    ("bot.upkeep.entries", "bot.upkeep.queue", "bot.upkeep.ocr", "bot.upkeep.fetching"),
    ("bot.upkeep.importing", "bot.upkeep.drafts"),
    ("bot.upkeep.applying", "bot.upkeep.merging", "bot.upkeep.amending"),
    ("bot.batch",),
    ("bot.drawing",),
    ("bot.drawing.face", "bot.drawing.lines"),
    ("bot.drawing.fonts", "bot.drawing.inks"),
    ("bot.drawing.sheet", "bot.drawing.plot"),
    ("bot.drawing.paint",),
    ("bot.drawing.studio",),
    ("bot.card",),
    ("bot.logs", "bot.looking", "bot.pulse", "bot.metrics"),
    ("bot.serving.said",),
    ("bot.serving.problems",),
    ("bot.serving",),
    ("bot.hosting",),
    ("bot.setting", "bot.live", "bot.supply", "bot.commands", "bot.flags"),
    ("bot.commands.pull",),
    ("bot.commands.adding", "bot.commands.filing", "bot.commands.ask", "bot.commands.build", "bot.commands.check", "bot.commands.run",
     "bot.commands.show"),
    ("bot.commands.drafting",),
    ("bot.commands.merging", "bot.commands.fetching"),
    ("bot.commands.backup", "bot.commands.card", "bot.commands.changes", "bot.commands.chat", "bot.commands.diff", "bot.commands.doctor", "bot.commands.due",
     "bot.commands.export", "bot.commands.import_", "bot.commands.links", "bot.commands.new", "bot.commands.notice", "bot.commands.queue",
     "bot.commands.restore", "bot.commands.stats"),
    ("bot.cli",),
    ("handlers.health", "handlers.limits", "handlers.web_wait"),
    ("handlers.telegram_caller", "handlers.telegram_pace", "handlers.supplying", "handlers.telegram_http"),
    ("handlers.telegram_patience", "handlers.telegram_room", "handlers.telegram_text",
     "handlers.telegram_stop"),
    ("handlers.telegram_rows",),
    ("handlers.telegram_following",),
    ("handlers.telegram_addressed", "handlers.telegram_intake", "handlers.telegram_kinds", "handlers.telegram_keys", "handlers.telegram_links", "handlers.telegram_menu",
     "handlers.telegram_said", "handlers.telegram_trouble", "handlers.telegram_wishes"),
    ("handlers.telegram_watch",),
    ("handlers.telegram_polling", "handlers.telegram_webhook", "handlers.telegram_show", "handlers.telegram_post"),
    ("handlers.telegram_limits",),
    ("handlers.telegram_batch", "handlers.telegram_desk", "handlers.telegram_votes"),
    ("handlers.telegram_pictures",),
    ("handlers.telegram_commands", "handlers.telegram_personal", "handlers.telegram_residents",
     "handlers.telegram_tools"),
    ("handlers.telegram_follow", "handlers.telegram_feedback", "handlers.telegram_area", "handlers.telegram_inline", "handlers.telegram_queue", "handlers.telegram_groups",
     "handlers.telegram_guests"),
    ("handlers.telegram_upkeep",),
    ("handlers.telegram_rooms",),
    ("handlers.telegram_lines",),
    ("handlers.console", "handlers.telegram_bot"),
    ("handlers.web_limits", "handlers.web_exports", "handlers.web_told"),
    ("handlers.web_site",),
    ("handlers.web_html", "handlers.web_kept"),
    ("handlers.web_faults",),
    ("handlers.web_guard", "handlers.web_answers", "handlers.web_about", "handlers.web_stats", "handlers.web_api_said"),
    ("handlers.web_records",),
    ("handlers.web_places", "handlers.web_reports"),
    ("handlers.web_news", "handlers.web_api_ask"),
    ("handlers.web_api",),
    ("handlers.wechat_crypto", "handlers.wechat_pictures"),
    ("handlers.wechat_messages",),
    ("handlers.wechat_talk",),
    ("handlers.wechat",),
    ("handlers.web",),
)  # fmt: skip
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
PURE = ("bot.text", "bot.vocabulary", "bot.phonetics", "bot.values", "bot.records", "bot.codec", "bot.places", "bot.matching.alignment",
        "bot.matching.question", "bot.matching.gathering", "bot.matching.initials", "bot.matching.rivals", "bot.matching.slips", "bot.matching.mending", "bot.matching.comparing", "bot.matching.vetoes", "bot.matching.placing", "bot.matching.spelled", "bot.matching.marks", "bot.matching.speech",
        "bot.matching.surroundings", "bot.matching.weights", "bot.matcher", "bot.trail", "bot.contacts", "bot.reply", "bot.dialogue",
        "bot.talk.tokens", "bot.talk.voice", "bot.talk.hearing", "bot.talk.screen", "bot.talk.saying", "bot.talk.story",
        "bot.talk.desk", "bot.talk.telling", "bot.talk.above", "bot.talk.helping", "bot.talk.clarify", "bot.talk.account",
        "bot.talk.listing", "bot.talk.unknown", "bot.talk.speaking", "bot.talk.identity", "bot.talk.which", "bot.talk.codes",
        "bot.talk.follow", "bot.upkeep.chart", "bot.upkeep.statistics", "bot.upkeep.exporting",
        "bot.drawing.face", "bot.drawing.inks", "bot.drawing.lines", "bot.drawing.sheet", "bot.drawing.paint",
        "bot.terminal", "bot.upkeep.naming", "bot.upkeep.placenames", "bot.upkeep.questions", "bot.upkeep.likeness",
        "bot.upkeep.queue", "bot.ledger.scrubbing", "bot.suggesting", "bot.following.waiting", "bot.following.news", "bot.following.area",
        "bot.notices.asking", "bot.notices.before", "bot.notices.change", "bot.notices.changes",
        "bot.notices.closings", "bot.notices.contacts", "bot.notices.dates", "bot.notices.destinations",
        "bot.notices.events", "bot.notices.grouping", "bot.notices.invited", "bot.notices.items",
        "bot.notices.leading", "bot.notices.listing", "bot.notices.mention", "bot.notices.mentions",
        "bot.notices.operators", "bot.notices.page", "bot.notices.quotes", "bot.notices.reading",
        "bot.notices.reasons", "bot.notices.rows", "bot.notices.running", "bot.notices.scopes",
        "bot.notices.sentences", "bot.notices.sheet", "bot.notices.signing", "bot.notices.spoken",
        "bot.notices.subjects", "bot.notices.tables", "bot.notices.timing", "bot.notices.units",
        "bot.notices.unquoted", "bot.notices.whole", "bot.notices.words",
        "bot.notice", "bot.upkeep.markup", "bot.upkeep.readable", "bot.upkeep.drafts", "bot.upkeep.merging")  # fmt: skip
IMPURE = {
    "datetime",
    "time",
    "random",
    "os",
    "socket",
    "asyncio",
    "urllib",
    "http",
    "logging",
    "telegram",
    "httpx",
    "aiohttp",
}


def rooms() -> dict[str, Path]:
    """Return every module of the house by its name."""
    found = {}
    for path in [*(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")]:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if name not in ("bot", "handlers"):
            found[name] = path
    return found


def imported(path: Path) -> set[str]:
    """Return the modules a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def test_every_room_has_a_floor() -> None:
    assert set(rooms()) == set(FLOOR)


@pytest.mark.parametrize("room", FLOOR)
def test_a_room_imports_only_from_lower_floors(room: str) -> None:
    for other in imported(rooms()[room]) & set(FLOOR):
        assert FLOOR[other] < FLOOR[room], f"{room} imports {other}"


@pytest.mark.parametrize("room", FLOOR)
def test_only_telegrams_rooms_know_telegram(room: str) -> None:
    knows = any(name.split(".")[0] == "telegram" for name in imported(rooms()[room]))
    assert not knows or room.startswith("handlers.telegram_")


@pytest.mark.parametrize("room", PURE)
def test_the_core_has_no_clock_network_or_environment(room: str) -> None:
    outside = {name.split(".")[0] for name in imported(rooms()[room])} & IMPURE
    # A partial date asks the calendar whether it exists; that is arithmetic, not a clock.
    assert outside <= ({"datetime"} if room in ("bot.values", "bot.notices.dates") else set())


def test_nobody_imports_the_door() -> None:
    assert not [room for room, path in rooms().items() if "bot.py" in path.name and path.parent == ROOT]
    assert len((ROOT / "bot.py").read_text(encoding="utf-8").splitlines()) <= 12
