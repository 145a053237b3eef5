"""The library's bot, with a way to send a message that makes no objects of what goes out and what comes back."""

from __future__ import annotations

from typing import Any

from telegram.ext import ExtBot

# What no link is looked up for.
NO_PREVIEW = {"is_disabled": True}


class Caller(ExtBot[bool]):
    """Calls Telegram as the library does; see `Patience` for what every call goes through."""

    async def send(
        self,
        chat: int,
        text: str,
        *,
        thread: int | None = None,
        markup: dict[str, Any] | None = None,
        to: int | None = None,
    ) -> int:
        """Send a text without previews and return the number of the message.

        The library's own way costs as much as the whole request: each object of it is made field by field.

        Args:
            chat: Where.
            text: At most as long as a message is.
            thread: The topic of a forum.
            markup: Buttons, as the Bot API takes them.
            to: The message it stands as a reply to, as long as that is there.

        Raises:
            TelegramError: as every call of the library does.
        """
        quoted = {"message_id": to, "allow_sending_without_reply": True} if to else None
        values = {
            "chat_id": chat,
            "text": text,
            "message_thread_id": thread,
            "link_preview_options": NO_PREVIEW,
            "reply_markup": markup,
            "reply_parameters": quoted,
        }
        sent = await self._post("sendMessage", values)
        return int(sent["message_id"])
