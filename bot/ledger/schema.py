"""Floor 7. The tables of the ledger, as numbered steps: people's data is migrated, never rebuilt.

worker, lane, inbox, dead, role   who is at work, which chat each has in hand, what came in, what nobody could read
outbox                            what is to be sent by itself, once
follow, feedback, question        what people asked to be told, thought of an answer, and asked in vain
draft, draft_sender                notices that wait for a maintainer, and who wants to hear of them
setting, memory                   what a chat wishes, and what we remember of it for a while
mark                              how far the bot's own work has come; nothing of people

Whatever belongs to a person has a column `chat`, and is named in `bot/ledger/people.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.ledger.database import Database, RefusedError

# One step a release that changed the tables; never edited once released, only added to.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        "create table worker (id text primary key, beat bigint not null) @compact",
        "create table role (name text primary key, worker text not null) @compact",
        # A chat with updates waiting; nobody's while `worker` is empty.
        "create table lane (chat text primary key, worker text not null, since double precision not null) @compact",
        "create index lane_worker on lane (worker, since)",
        # `deaths`: workers that ended with this update in hand. Handled: no chat, no payload, only the number.
        """create table inbox (update_id @number, chat text, payload text, at double precision not null,
           deaths bigint not null default 0, done_at double precision)""",
        "create index inbox_waiting on inbox (chat, update_id) where payload is not null",
        """create table dead (id @serial, at double precision not null, update_id bigint, chat text,
           payload text not null, error text not null)""",
        """create table outbox (id @serial, key text not null, cause text not null, kind text not null,
           about text not null, chat text not null, payload text, due double precision not null,
           state text not null default 'waiting', attempts bigint not null default 0,
           doubtful bigint not null default 0, error text, ended_at double precision)""",
        "create index outbox_due on outbox (due, id) where state = 'waiting'",
        "create unique index outbox_once on outbox (chat, key)",
        "create index outbox_cause on outbox (cause)",
        """create table follow (chat text not null, kind text not null, about text not null, question text,
           since double precision not null, primary key (chat, kind, about)) @compact""",
        "create index follow_about on follow (about, kind)",
        """create table feedback (id @serial, chat text not null, about text not null, kind text not null,
           reason text, correction text, source text, at double precision not null,
           state text not null default 'open', entry text)""",
        "create unique index feedback_vote on feedback (chat, about) where kind <> 'correction'",
        "create index feedback_open on feedback (state, at)",
        """create table question (kind text not null, key text not null, question text not null, times bigint not null,
           first_at double precision not null, last_at double precision not null,
           state text not null default 'open', entry text, primary key (kind, key)) @compact""",
        "create index question_open on question (state, times)",
        """create table setting (chat text primary key, language text, area text, digest text,
           speaks bigint not null default 0, changed_at double precision not null) @compact""",
        "create index setting_digest on setting (digest) where digest is not null",
        """create table memory (chat text not null, name text not null, value text not null,
           until double precision not null, primary key (chat, name)) @compact""",
        "create table mark (name text primary key, value text not null) @compact",
    ),
    (
        """create table draft (id @serial, digest text not null unique, text text not null, date text, url text,
           at double precision not null, state text not null default 'open', entry text, reason text,
           settled_at double precision)""",
        "create index draft_open on draft (at, id) where state = 'open'",
        """create table draft_sender (chat text not null, draft bigint not null, tell bigint not null,
           since double precision not null, primary key (chat, draft)) @compact""",
        "create index draft_sender_of on draft_sender (draft)",
    ),
)
NEWEST = len(STEPS)
NEWER = (
    "账本是更新的版本写的(第 {found} 版),这个程序只认到第 {known} 版,不敢动它。"
    "请升级程序;要退回旧程序,就换回升级前的备份。"
)
UNKNOWN = "这个数据库里有一个表叫 ledger_schema,可里面没有版本,不像是账本。换一个空的数据库或文件。"
FOREIGN = "这个数据库里已有别的表({tables} 等),不是账本,不敢动它。换一个空的文件、数据库或 schema。"


def migrate(database: Database, asked: Sequence[None]) -> Sequence[int]:
    """Bring the tables up to date, in the one transaction it is called in; the version there was before.

    One worker does it, the others wait for it and find it done.

    Raises:
        RefusedError: the ledger is newer than this program, or no ledger.
    """
    database.guard_migration()
    found = version_of(database)
    if found > NEWEST:
        raise RefusedError(NEWER.format(found=found, known=NEWEST))
    for step in STEPS[found:]:
        for statement in step:
            database.run(statement)
    if found < NEWEST:
        database.run("delete from ledger_schema")
        database.run("insert into ledger_schema values (?)", NEWEST)
    return [found] * len(asked)


def version_of(database: Database) -> int:
    """Return the version of the tables there are, 0 for an empty database. Raises: RefusedError for what is no ledger."""
    tables = database.tables()
    if "ledger_schema" in tables:
        rows = database.run("select version from ledger_schema")
        if len(rows) != 1:
            raise RefusedError(UNKNOWN)
        return int(rows[0][0])
    if tables:
        raise RefusedError(FOREIGN.format(tables=", ".join(sorted(tables)[:3])))
    database.run("create table ledger_schema (version bigint not null)")
    return 0
