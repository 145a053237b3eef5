"""In groups: whether a message is meant for the bot, what it asks, and who may change how the bot behaves."""

from __future__ import annotations

from telegram import Chat, ChatMember, Message, MessageEntity, Update

from bot.matcher import Verdict
from bot.talk.hearing import heard
from bot.text import fold
from handlers.telegram_room import Room

GROUPS = (Chat.GROUP, Chat.SUPERGROUP)


def in_group(update: Update, room: Room) -> bool:
    """Tell whether it happened in a group."""
    return room.chat is not None and room.chat.type in GROUPS


def addressed(update: Update, room: Room) -> bool:
    """Tell whether a new message of a group mentions the bot or replies to it."""
    message = update.message
    return message is not None and (bool(_mentions(message, room)) or _to_us(message, room))


def question_in(message: Message, room: Room) -> str:
    """Return what a message asks: its words without our name; those it replies to where they name an account better."""
    text = message.text or message.caption or ""
    for mention in _mentions(message, room):
        text = text.replace(mention, " ")
    own, other = " ".join(text.split(" ")).strip(), _other(message, room)
    if not other:
        return own
    match = room.house.matcher().match
    named = match(own).verdict if own and heard(fold(own)) is None else Verdict.NONE
    if named is Verdict.UNSURE and match(other).verdict is Verdict.SURE:
        return other
    return other if named is Verdict.NONE else own


def is_bare(message: Message, room: Room) -> bool:
    """Tell whether a message calls the bot and asks nothing, nor replies to what could be asked."""
    return bool(message.text) and message.reply_to_message is None and not question_in(message, room)


async def by_admin(room: Room) -> bool:
    """Tell whether a person may decide for this chat: in private anybody, in a group its administrators."""
    if room.is_private or room.chat is None:
        return True
    message = room.update.message
    if message and message.sender_chat:  # an anonymous administrator speaks as the group itself
        return message.sender_chat.id == room.chat.id
    if room.user is None:
        return False
    member = await room.bot.get_chat_member(room.chat.id, room.user.id)
    return member.status in (ChatMember.ADMINISTRATOR, ChatMember.OWNER)


def _mentions(message: Message, room: Room) -> list[str]:
    """Return the words by which a message mentions the bot."""
    entities = {**message.parse_entities(), **message.parse_caption_entities()}
    name = f"@{room.house.username}".lower()
    return [
        text
        for entity, text in entities.items()
        if (entity.type == MessageEntity.MENTION and text.lower() == name)
        or (entity.user is not None and entity.user.id == room.bot.id)
    ]


def _to_us(message: Message, room: Room) -> bool:
    replied = message.reply_to_message
    return replied is not None and replied.from_user is not None and replied.from_user.id == room.bot.id


def _other(message: Message, room: Room) -> str:
    """Return the words of somebody else that a message replies to, or the part of them that it quotes."""
    if _to_us(message, room):
        return ""
    replied = message.reply_to_message
    quoted = message.quote.text if message.quote else ""
    return quoted or ((replied.text or replied.caption or "") if replied else "")
