"""Floor 7. What every channel does with a forwarded notice: it is remembered until its sender says that it was read rightly.

The conversation keeps nothing; a channel that has a ledger lets each reply through `granted` before it is sent.
"""

from __future__ import annotations

from dataclasses import replace

from bot.ledger import Ledger
from bot.reply import Asks, Reply
from bot.wording import words

# What the notice is remembered as, and for how long, in seconds.
MEMORY = "notice"
A_DAY = 86_400.0


async def granted(reply: Reply, chat: str, ledger: Ledger) -> Reply:
    """Do what a reply wishes of a forwarded notice; the reply, or another where the notice is no longer known.

    Args:
        reply: any reply; one without such a wish comes back as it is.
        chat: what the ledger calls the chat.
        ledger: where the notice is kept.

    Raises:
        LedgerError: it could not be kept.
    """
    wish = reply.wish
    if wish and wish.asks is Asks.HOLD:
        await ledger.people.remember(chat, MEMORY, wish.value, A_DAY)
    elif wish and wish.asks is Asks.DRAFT:
        text = (await ledger.people.recall(chat)).get(MEMORY)
        if not text:
            return replace(reply, text=words(reply.language).say("notice_gone"), wish=None)
        await ledger.drafts.put(text, chat=chat, tell=wish.value == "tell")
    return reply
