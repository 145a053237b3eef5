"""What maintainers ask of a running bot on Telegram: how much there is, whether it is well, a new index taken up now."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from telegram import Update

from bot.drawing.face import NoCardError
from bot.ledger import Counts, Votes
from bot.matcher import Matcher
from bot.setting import card_font
from bot.upkeep.queue import counts
from bot.upkeep.statistics import Census, census, panels
from bot.wording import Words
from handlers.telegram_room import Room
from handlers.telegram_show import busy, say
from handlers.telegram_votes import REASONS

A_WEEK = 7 * 86_400.0
MOST = 500
TITLE = "去向收了哪些政务账号"


async def stats(update: Update, room: Room) -> None:
    """Say what the knowledge and the ledger hold, and draw it."""
    async with busy(room):
        counted = await asyncio.to_thread(_census, room.house.matcher())
        votes = await room.ledger.feedback.votes(room.house.now() - A_WEEK)
        questions = await room.ledger.questions.open(MOST)
        now = await room.ledger.counts()
        text = "\n".join(
            [
                *_knowledge(counted),
                *_people(now, votes, room.words),
                f"没答上的:{counts(questions)}",
                "细看发 /queue。",
            ]
        )
        from bot.drawing.plot import plotted  # the first chart loads it

        picture = None
        try:
            picture = await asyncio.to_thread(plotted, panels(counted), card_font())
        except NoCardError as error:
            text += f"\n没有画图:{error}"
    await say(room, text)
    if picture and room.chat:
        await room.bot.send_photo(room.chat.id, picture, TITLE, message_thread_id=room.thread)


async def health(update: Update, room: Room) -> None:
    """Say whether all is well: the index, what waits, what failed."""
    base, now = room.house.matcher().base, await room.ledger.counts()
    failures = await room.ledger.outbox.failures(3)
    waited = round(room.house.now() - now.oldest) if now.oldest else 0
    lines = [
        f"索引:{base.digest[:12]}{'(有增补)' if base.overlaid else ''}",
        f"进程:{now.workers};手上的聊天:{now.chats};没处理的消息:{now.waiting}"
        + (f",最早的等了 {waited} 秒" if waited > 1 else ""),
        f"要发的通知:{now.letters}(现在该发 {now.due});发不出的:{now.failed};读不懂的消息:{now.dead}",
        *(f"· 没发出:{f.error[:100]}" for f in failures),
    ]
    lines.append(_advice(now, waited))
    await say(room, "\n".join(lines))


async def reload(update: Update, room: Room) -> None:
    """Take up the index as it is now."""
    before = room.house.matcher().base.digest
    if room.house.setting.look:
        await asyncio.to_thread(room.house.setting.look)
    base = room.house.matcher().base
    if base.digest == before:
        await say(
            room, f"还是原来的索引({base.digest[:12]})。改了知识先运行 python bot.py build,再发 /reload。"
        )
    else:
        await say(
            room, f"换上了新的索引({base.digest[:12]}),{len(list(base.ids()))} 个账号。发一个账号名字试试。"
        )


def _census(matcher: Matcher) -> Census:
    return census(replace(matcher.base.around(), units=[*matcher.base.units()]))


def _knowledge(counted: Census) -> list[str]:
    return [
        f"知识:{counted.places} 个地方,{counted.units} 个单位,{counted.accounts} 个账号",
        f"停了 {counted.gone} 个,其中 {counted.live} 个有能用的去向",
    ]


def _people(now: Counts, votes: list[Votes], w: Words) -> list[str]:
    up = sum(v.people for v in votes if v.kind == "up")
    down = sum(v.people for v in votes if v.kind == "down")
    reasons: dict[str, int] = {}
    for vote in votes:
        if vote.kind == "down" and vote.reason:
            reasons[vote.reason] = reasons.get(vote.reason, 0) + vote.people
    ranked = sorted(reasons.items(), key=lambda r: -r[1])
    why = "、".join(f"{w.say(f'why_{r}') if r in REASONS else r} {number}" for r, number in ranked)
    return [f"关注:{now.follows} 个;近 7 天 👍 {up}、👎 {down}{f'({why})' if why else ''}"]


def _advice(now: Counts, waited: int) -> str:
    if now.dead or now.failed:
        return "有读不懂的或发不出的,在日志里搜 unreadable、given up。"
    return "消息处理得慢,看看日志和磁盘。" if waited > 60 else "一切正常。发 /queue 看要处理的。"
