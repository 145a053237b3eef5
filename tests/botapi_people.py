"""The person's side of the emulated Telegram: what people do in their apps, and what the bot is told of it.

Every step a real app would not let a person take - tapping a button that is not there, writing to a blocked bot -
raises AssertionError, so that a test can't go on with something impossible.
"""

import zlib
from typing import Any

from telegram.constants import InlineQueryLimit, MessageLimit

from tests.botapi_messages import content_of
from tests.botapi_text import Json, find_entities, slice_utf16, utf16
from tests.botapi_world import INSIDE, Chat, Message, Query, User, World, media

# A PNG of one black pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63600000000200"
    "0148afa4710000000049454e44ae426082"
)

ChatLike = Chat | User | int


class People:
    """What people can do; mixed into the server.

    Attributes:
        world: The state of the server.
    """

    world: World

    # Who there is -----------------------------------------------------------------------------------------------

    def user(
        self,
        *,
        id: int | None = None,  # noqa: A002 - the Bot API calls it so
        first_name: str = "Li",
        last_name: str = "",
        username: str = "",
        language_code: str = "",
        is_premium: bool = False,
        started: bool = False,
    ) -> User:
        """Makes a person.

        Args:
            id: User id; None for the next free one from 1001 on.
            first_name: As in the Bot API object User.
            last_name: As in User.
            username: As in User, without "@".
            language_code: IETF tag of the app's language; "" for none.
            is_premium: As in User.
            started: Whether the person has already written to the bot; until then the bot can't write either.
        """
        user_id = id or 1000 + len(self.world.users)
        assert user_id not in self.world.users, f"there is already a user {user_id}"
        user = User(user_id, first_name, last_name, username, language_code, is_premium=is_premium)
        self.world.users[user_id] = user
        members = {self.world.bot.id: "member", user_id: "member"}
        self.world.chats[user_id] = Chat(user_id, "private", user=user, members=members, open=started)
        return user

    def group(
        self,
        title: str = "Group",
        *,
        id: int | None = None,  # noqa: A002 - the Bot API calls it so
        type: str = "supergroup",  # noqa: A002 - the Bot API calls it so
        username: str = "",
        members: tuple[User, ...] = (),
        bot: str = "left",
        topics: tuple[int, ...] = (),
    ) -> Chat:
        """Makes a group.

        Args:
            title: Its title.
            id: Chat id; None for the next free one.
            type: "group", "supergroup" or "channel".
            username: Public name without "@"; "" for a private group.
            members: Its people.
            bot: The bot's status in it: "left", "member", "administrator", "restricted" or "kicked".
            topics: The message_thread_id of each topic; with any it is a forum.
        """
        number = 1 + len(self.world.chats)
        chat_id = id or (-number if type == "group" else -1_000_000_000_000 - number)
        assert chat_id not in self.world.chats, f"there is already a chat {chat_id}"
        chat = Chat(
            chat_id, type, title, username, members={user.id: "member" for user in members}, topics=topics
        )
        chat.members[self.world.bot.id] = bot
        self.world.chats[chat_id] = chat
        return chat

    def chat(self, chat: ChatLike) -> Chat:
        """Returns a chat by its id, or the private chat of a user; `.messages` is what a person sees in it."""
        if isinstance(chat, Chat):
            return chat
        chat_id = chat.id if isinstance(chat, User) else chat
        assert chat_id in self.world.chats, f"there is no chat {chat_id}"
        return self.world.chats[chat_id]

    # Messages ---------------------------------------------------------------------------------------------------

    async def say(self, user: User, text: str, chat: ChatLike | None = None, **extra: Any) -> Message:
        """Writes a text.

        Args:
            user: Who writes.
            text: The words, 1-4096 UTF-16 units; the app finds commands, mentions and links in it.
            chat: Where; None for the private chat with the bot.
            extra: More fields of the Bot API object Message, e.g. `reply_to_message=<Message>`.
        """
        assert 1 <= utf16(text) <= MessageLimit.MAX_TEXT_LENGTH, "an app sends a text of 1-4096 characters"
        return self._write(user, chat, {"text": text, "entities": find_entities(text), **extra})

    async def photo(
        self, user: User, data: bytes = PIXEL, caption: str = "", chat: ChatLike | None = None, **extra: Any
    ) -> Message:
        """Sends an image."""
        return self._write_file(user, chat, data, "photo.jpg", "photo", {"caption": caption, **extra})

    async def document(
        self,
        user: User,
        data: bytes,
        name: str,
        caption: str = "",
        chat: ChatLike | None = None,
        mime: str = "application/octet-stream",
        **extra: Any,
    ) -> Message:
        """Sends a file."""
        return self._write_file(user, chat, data, name, "document", {"caption": caption, **extra}, mime)

    async def sticker(self, user: User, chat: ChatLike | None = None, **extra: Any) -> Message:
        """Sends a sticker."""
        return self._write_file(user, chat, PIXEL, "sticker.webp", "sticker", extra)

    async def voice(
        self, user: User, data: bytes = b"OggS", chat: ChatLike | None = None, **extra: Any
    ) -> Message:
        """Sends a voice note."""
        return self._write_file(user, chat, data, "voice.ogg", "voice", extra, "audio/ogg")

    async def location(
        self, user: User, latitude: float, longitude: float, chat: ChatLike | None = None, **extra: Any
    ) -> Message:
        """Sends a place; latitude and longitude in degrees."""
        return self._write(user, chat, {"location": {"latitude": latitude, "longitude": longitude}, **extra})

    async def forward(self, user: User, message: Message, chat: ChatLike | None = None) -> Message:
        """Forwards a message."""
        kept = {
            name: value
            for name, value in message.items()
            if name
            not in {"message_id", "from", "chat", "date", "edit_date", "reply_markup", "reply_to_message"}
        }
        origin = {"type": "user", "date": message["date"], "sender_user": message["from"]}
        return self._write(user, chat, {"forward_origin": origin, **kept})

    async def edit(self, user: User, message: Message, new_text: str) -> Message:
        """Changes a text the person has written."""
        assert message["from"]["id"] == user.id, (
            f"user {user.id} can't edit a message of {message['from']['id']}"
        )
        self._check_there(message)
        message.pop("entities", None)
        message |= {"text": new_text, "edit_date": self.world.now()}
        if entities := find_entities(new_text):
            message["entities"] = entities
        if self._bot_hears(self.chat(message.chat_id), message):
            self.world.tell({"edited_message": message}, user)
        self.world.signal.fire()
        return message

    def _write_file(
        self,
        user: User,
        chat: ChatLike | None,
        data: bytes,
        name: str,
        kind: str,
        fields: Json,
        mime: str = "application/octet-stream",
    ) -> Message:
        stored = self.world.store_file(data, name, f"{kind}s")
        caption = fields.pop("caption", "")
        if caption:
            fields |= {"caption": caption, "caption_entities": find_entities(caption)}
        return self._write(user, chat, {**media(stored, kind, mime), **fields})

    def _write(self, user: User, chat: ChatLike | None, fields: Json) -> Message:
        where = self.chat(user if chat is None else chat)
        if where.type == "private":
            assert where.user is user, f"user {user.id} can't write in the private chat of another person"
            blocked = where.members[self.world.bot.id] == "kicked"
            assert not blocked, f"user {user.id} has blocked the bot: first my_chat_member(user, 'member')"
            where.open = True
        else:
            where.members.setdefault(user.id, "member")
        reply = fields.get("reply_to_message")
        if isinstance(reply, Message):
            fields["reply_to_message"] = reply.replied()
        message = self.world.compose(where, user, fields)
        if self._bot_hears(where, message):
            self.world.tell({"message": message}, user)
        return message

    def _bot_hears(self, chat: Chat, message: Message) -> bool:
        """Returns whether a message reaches the bot; see "Privacy mode" in Telegram's features of bots."""
        bot, status = self.world.bot, chat.members.get(self.world.bot.id, "left")
        if chat.type == "private":
            return True
        if status not in INSIDE:
            return False
        if not self.world.privacy or status == "administrator":
            return True
        reply_to, via = message.get("reply_to_message", {}), message.get("via_bot", {})
        if bot.id in {reply_to.get("from", {}).get("id"), via.get("id")}:
            return True
        return any(self._is_for_bot(message.text, entity) for entity in self._entities(message))

    def _entities(self, message: Message) -> list[Json]:
        return [*message.get("entities", []), *message.get("caption_entities", [])]

    def _is_for_bot(self, text: str, entity: Json) -> bool:
        words = slice_utf16(text, entity["offset"], entity["length"])
        name = f"@{self.world.bot.username}".lower()
        if entity["type"] == "bot_command":
            return "@" not in words or words.lower().endswith(name)
        return entity["type"] == "mention" and words.lower() == name

    # Buttons, inline mode, guest mode ---------------------------------------------------------------------------

    def _check_there(self, message: Message) -> None:
        assert not message.deleted, f"message {message.id} is no longer in the chat"

    async def tap(self, user: User, message: Message, label_or_index: str | int) -> Query:
        """Presses a button under a message.

        Args:
            user: Who presses.
            message: The message as the chat shows it now.
            label_or_index: The button's text, or its place counted row after row from 0 (negative: from the end).

        Raises:
            AssertionError: There is no such button, it does not go to the bot, or the message is gone.
        """
        self._check_there(message)
        labels = message.labels
        known = (
            label_or_index in labels
            if isinstance(label_or_index, str)
            else -len(labels) <= label_or_index < len(labels)
        )
        assert known, f"message {message.id} has no button {label_or_index!r}, it has {labels}"
        index = labels.index(label_or_index) if isinstance(label_or_index, str) else label_or_index
        button = message.buttons[index]
        assert "callback_data" in button, f"the button {button} does not go to the bot"
        return await self.tap_raw(user, message, button["callback_data"])

    async def tap_raw(self, user: User, message: Message, data: str) -> Query:
        """Sends a callback query with any data, as a forged app can, also under a message that is gone."""
        query = self.world.ask("callback", user)
        body: Json = {"id": query.id, "from": user.info(), "data": data}
        body["chat_instance"] = str(zlib.crc32(str(message.chat_id).encode()))
        if message.inline_message_id:
            body["inline_message_id"] = message.inline_message_id
        elif message.deleted:
            body["message"] = {"chat": message["chat"], "message_id": message.id, "date": 0}
        else:
            body["message"] = message
        self.world.tell({"callback_query": body}, user)
        return query

    async def inline(self, user: User, query: str, offset: str = "", chat_type: str = "sender") -> Query:
        """Types an inline query (0-256 characters); `.answer` of what comes back is what the bot answers."""
        assert self.world.supports_inline, "the bot has no inline mode"
        assert utf16(query) <= InlineQueryLimit.MAX_QUERY_LENGTH, (
            "an app sends an inline query of 0-256 characters"
        )
        asked = self.world.ask("inline", user, query)
        body = {"id": asked.id, "from": user.info(), "query": query, "offset": offset, "chat_type": chat_type}
        self.world.tell({"inline_query": body}, user)
        return asked

    async def choose(self, query: Query, result_id: str, chat: ChatLike | None = None) -> Message:
        """Sends one of the results of an answered inline query to a chat (None: the private one with the bot)."""
        results = (query.answer or {}).get("results", [])
        result = next((result for result in results if result["id"] == result_id), None)
        assert result is not None, f"no result {result_id!r} among {[found['id'] for found in results]}"
        fields = {**content_of(result), "via_bot": self.world.bot.info()}
        message = self._write(query.user, chat, fields)
        chosen = {"result_id": result_id, "from": query.user.info(), "query": query.text}
        if message.buttons:
            chosen["inline_message_id"] = self.world.make_inline(message)
        if self.world.inline_feedback:
            self.world.tell({"chosen_inline_result": chosen}, query.user)
        return message

    async def guest(self, user: User, text: str, chat: ChatLike, **extra: Any) -> Query:
        """Calls the bot in a chat it is not in; the bot's @username is put before a text that lacks it.

        `extra` are more fields of the Bot API object Message, e.g. `reply_to_message=<Message>`.
        """
        where = self.chat(chat)
        assert self.world.supports_guests, "the bot has no guest mode"
        assert where.members.get(self.world.bot.id) not in INSIDE, "the bot is in this chat and no guest"
        name = f"@{self.world.bot.username}"
        text = text if name.lower() in text.lower() else f"{name} {text}"
        message = self._write(user, where, {"text": text, "entities": find_entities(text), **extra})
        query = self.world.ask("guest", user, text, where)
        self.world.tell({"guest_message": {**message, "guest_query_id": query.id}}, user)
        return query

    # Membership -------------------------------------------------------------------------------------------------

    async def my_chat_member(self, user: User, status: str, chat: ChatLike | None = None) -> None:
        """Changes the bot's status in a chat.

        Args:
            user: Who changes it.
            status: "kicked" (in a private chat: blocks the bot), "member", "administrator", "restricted" or "left".
            chat: None for the private chat.
        """
        self.world.change_member(self.chat(user if chat is None else chat), self.world.bot, status, user)

    async def add_to_group(self, user: User, chat: ChatLike, status: str = "member") -> Message:
        """Adds the bot to a group; returns the service message about it."""
        where = self.chat(chat)
        await self.my_chat_member(user, status, where)
        return self._service(user, where, {"new_chat_members": [self.world.bot.info()]})

    async def migrate(self, user: User, chat: ChatLike) -> Chat:
        """Turns a group into a supergroup and returns that; the bot can no longer write to the old id."""
        old = self.chat(chat)
        new = self.group(old.title, bot=old.members[self.world.bot.id])
        new.members = dict(old.members)
        self._service(user, old, {"migrate_to_chat_id": new.id})
        self._service(user, new, {"migrate_from_chat_id": old.id})
        old.migrated_to = new.id
        return new

    async def deactivate(self, user: User) -> None:
        """Deletes a person's account."""
        self.chat(user).deactivated = True

    def _service(self, user: User, chat: Chat, fields: Json) -> Message:
        message = self.world.compose(chat, user, fields)
        self.world.tell({"message": message}, user)
        return message

    async def push(self, update: Json) -> int | None:
        """Queues an update as it is, also a malformed one; see `Queue.add`."""
        return self.world.tell(update)
