"""The maintainers' queue on Telegram: what was asked in vain and what people corrected, each settled by a button.

Who is no maintainer never gets here: their `/queue` is a command like any other that we do not have.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.following.publisher import answered
from bot.ledger import Correction, OpenQuestion, Outcome
from bot.upkeep.queue import LABELS, Group, counts, draft, entry_of, grouped, mark_of
from handlers.telegram_kinds import rest
from handlers.telegram_menu import for_maintainers
from handlers.telegram_room import Room
from handlers.telegram_show import busy, hush, say
from handlers.telegram_text import cut

# Questions that are looked at, groups of a page, questions of a group that are told.
MOST, A_PAGE, MOST_TOLD = 500, 8, 10
MOST_LABEL = 30
# What a maintainer's next message names: the entry that answers a group. So many seconds.
ENTRY, PATIENCE = "entry", 3600.0
PRESSED = r"queue:(page:\d{1,4}|show:[0-9a-f]{16}|drop:[0-9a-f]{16}|entry:[0-9a-f]{16}|draft:[0-9a-f]{16}"
PRESSED += r"|is:[0-9a-f]{16}:[a-z0-9-]{1,32}|fixes|fix:\d{1,18}|(dropfix|donefix):\d{1,18}|leave)"
GONE = "这一组已经处理过了。发 /queue 看还有什么。"
Rows = list[list[InlineKeyboardButton]]


async def queue(update: Update, room: Room) -> None:
    """Show what waits to be looked at; whoever looks gets the maintainers' menu."""
    if room.chat:
        await for_maintainers(room.house, room.chat.id)
    page = rest(update, room)
    async with busy(room):  # hundreds of questions are grouped
        await _show(int(page) - 1 if page.isascii() and page.isdecimal() and int(page[:4]) > 0 else 0, room)


async def pressed_queue(update: Update, room: Room) -> None:
    """Do what a button of the queue says."""
    await hush(update)
    async with busy(room):
        await _pressed(update, room)


async def _pressed(update: Update, room: Room) -> None:
    query = update.callback_query
    _, what, value, more = f"{(query.data if query else None) or ''}:::".split(":")[:4]
    if what == "page":
        await _show(int(value), room)
    elif what == "leave":
        await room.ledger.people.remember(room.key, ENTRY, "", 0)
        await say(room, "好,这一组先放着。发 /queue 接着看。")
    elif what == "fixes":
        await _corrections(room)
    elif what.endswith("fix"):
        await _correction(what, int(value), room)
    else:
        group = await _group(value, room)
        if group is None:
            await say(room, GONE)
        else:
            await _act(what, group, more, room)


async def named_entry(update: Update, room: Room) -> None:
    """Take the entry that a maintainer names as the answer to a group."""
    text = (update.message.text or "") if update.message else ""
    group = await _group(room.memory[ENTRY], room)
    account = entry_of(text, room.house.matcher())
    if group is None:
        await room.ledger.people.remember(room.key, ENTRY, "", 0)
        await say(room, GONE)
    elif account is None:
        leave = [[InlineKeyboardButton("先放着", callback_data="queue:leave")]]
        said = f"没有“{cut(text, 60)}”这个条目;要写条目的编号、回答末尾的代码(QX-…)或账号全名。新条目先用 python bot.py build 换上。再发一次。"
        await say(room, said, InlineKeyboardMarkup(leave))
    else:
        await _answered(group, account, room)
        await room.ledger.people.remember(room.key, ENTRY, "", 0)


async def _act(what: str, group: Group, account: str, room: Room) -> None:
    if what == "show":
        await _detail(group, room)
    elif what == "drop":
        for question in group.questions:
            await room.ledger.questions.settle(question.missing, question.key, Outcome.DISMISSED)
        await say(room, f"不管“{_short(group.name)}”了({len(group.questions)} 种问法)。发 /queue 看下一个。")
    elif what == "entry":
        await room.remember(ENTRY, group.mark, PATIENCE)
        await say(room, f"哪个条目回答“{_short(group.name)}”?发它的编号、代码(QX-…)或账号全名。")
    elif what == "is":
        await _answered(group, account, room)
    elif what == "draft":
        await _draft(group, room)


async def _answered(group: Group, account: str, room: Room) -> None:
    """Settle a group by an entry, and let those be told who asked to be."""
    base = room.house.matcher().base
    now = base.moved(account)
    if base.account(now) is None:
        await say(room, f"没有 {account} 这个条目。发 /queue 再选。")
        return
    told = await room.ledger.outbox.announce(
        [answered(f"?{q.key}", now, room.house.now()) for q in group.questions]
    )
    for question in group.questions:
        await room.ledger.questions.settle(question.missing, question.key, Outcome.ANSWERED, now)
    waited = f"告诉 {told} 个等着的人" if told else "没有人在等"
    await say(room, f"“{_short(group.name)}”由 {now} 回答,{waited}。发 /queue 看下一个。")


async def _draft(group: Group, room: Room) -> None:
    """Send a group as a draft of an entry."""
    if room.chat is None:
        return
    matcher = room.house.matcher()
    last = dt.datetime.fromtimestamp(max(q.last_at for q in group.questions), dt.UTC).date().isoformat()
    taken = set(await asyncio.to_thread(list, matcher.base.ids()))
    text = draft(group, matcher, room.house.today(), last, taken)
    note = "查到公告或报道,把“待查”换掉再放进 knowledge/。"
    await room.bot.send_document(
        room.chat.id, text.encode(), note, filename="draft.yaml", message_thread_id=room.thread
    )


async def _show(page: int, room: Room) -> None:
    questions = await room.ledger.questions.open(MOST)
    groups = await asyncio.to_thread(grouped, questions, room.house.matcher())
    corrections = await room.ledger.feedback.corrections(MOST)
    pages = max(1, -(-len(groups) // A_PAGE))
    page = min(page, pages - 1)
    lines = [
        f"问了没答上的:{counts(questions)},合成 {len(groups)} 组。",
        f"纠错:{len(corrections) or '没有'}",
    ]
    rows: Rows = []
    if corrections:
        rows.append([InlineKeyboardButton(f"看纠错({len(corrections)})", callback_data="queue:fixes")])
    for group in groups[page * A_PAGE : (page + 1) * A_PAGE]:
        label = f"{group.times} 次 {_short(group.name)}"
        rows.append([InlineKeyboardButton(label, callback_data=f"queue:show:{group.mark}")])
    if page + 1 < pages:
        rows.append(
            [InlineKeyboardButton(f"下一页({page + 2}/{pages})", callback_data=f"queue:page:{page + 1}")]
        )
    lines.append("点一组看细节。" if groups else "没有要看的了。")
    await say(room, "\n".join(lines), InlineKeyboardMarkup(rows) if rows else None)


async def _detail(group: Group, room: Room) -> None:
    """Show the questions of a group, and what can be done with it."""
    lines = [f"“{_short(group.name)}”:{group.times} 次,{len(group.questions)} 种问法"]
    lines += [
        f"· {_short(q.question)}({LABELS[q.missing]},{q.times} 次)" for q in group.questions[:MOST_TOLD]
    ]
    lines += [f"还有 {len(group.questions) - MOST_TOLD} 种。"] if len(group.questions) > MOST_TOLD else []
    mark = group.mark
    rows: Rows = []
    if group.account:
        lines.append(f"像是我们有的:{group.account}")
        rows.append(
            [InlineKeyboardButton(f"就是 {group.account}", callback_data=f"queue:is:{mark}:{group.account}")]
        )
    rows += [
        [InlineKeyboardButton("由别的条目回答…", callback_data=f"queue:entry:{mark}")],
        [
            InlineKeyboardButton("导出草稿", callback_data=f"queue:draft:{mark}"),
            InlineKeyboardButton("不管", callback_data=f"queue:drop:{mark}"),
        ],
    ]
    await say(room, "\n".join(lines), InlineKeyboardMarkup(rows))


async def _corrections(room: Room) -> None:
    found = await room.ledger.feedback.corrections(A_PAGE)
    rows = [
        [InlineKeyboardButton(_short(f"{c.about}:{c.text}"), callback_data=f"queue:fix:{c.id}")]
        for c in found
    ]
    text = "最早的几条,点一条看细节:" if rows else "没有纠错了。发 /queue 看别的。"
    await say(room, text, InlineKeyboardMarkup(rows) if rows else None)


async def _correction(what: str, number: int, room: Room) -> None:
    """Show a correction, or settle it."""
    found = next((c for c in await room.ledger.feedback.corrections(MOST) if c.id == number), None)
    if found is None:
        await say(room, "这条纠错已经处理过了。发 /queue 看还有什么。")
    elif what == "fix":
        rows = [
            [
                InlineKeyboardButton("已改", callback_data=f"queue:donefix:{number}"),
                InlineKeyboardButton("不管", callback_data=f"queue:dropfix:{number}"),
            ]
        ]
        await say(room, _told(found), InlineKeyboardMarkup(rows))
    else:
        outcome = Outcome.ANSWERED if what == "donefix" else Outcome.DISMISSED
        await room.ledger.feedback.settle(number, outcome, found.about if what == "donefix" else None)
        await say(room, "记下了。发 /queue 看下一个。")


def _told(found: Correction) -> str:
    day = dt.datetime.fromtimestamp(found.at, dt.UTC).date().isoformat()
    return f"{found.about}({day}):\n{found.text}\n出处:{found.source or '没有说'}\n看原来的:python bot.py show {found.about}"


async def _group(mark: str, room: Room) -> Group | None:
    """Return the group that has the question of a button in it, as groups are now."""
    questions: Sequence[OpenQuestion] = await room.ledger.questions.open(MOST)
    groups = await asyncio.to_thread(grouped, questions, room.house.matcher())
    return next((g for g in groups if mark in map(mark_of, g.questions)), None)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_LABEL else f"{line[: MOST_LABEL - 1]}…"
