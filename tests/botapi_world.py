"""What the emulated Telegram knows: users, chats, messages, files, questions that wait for an answer."""

import hashlib
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from telegram.constants import FileSizeLimit

from tests.botapi_faults import Faults
from tests.botapi_rules import ApiError, Params, Upload, bad
from tests.botapi_text import Json
from tests.botapi_updates import Poller, Queue, Signal, WebhookSender

# Seconds for which the server takes an answer; Bot API server 10.0 keeps the updates for as long.
QUERY_LIFETIME = {"callback": 150, "inline": 30, "guest": 86400}
DELETABLE_FOR = 48 * 3600  # seconds; Bot API, deleteMessage
INSIDE = frozenset({"creator", "administrator", "member", "restricted"})
IMAGE_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF")
# Bot API, ChatMemberAdministrator and ChatMemberRestricted: the fields that are always there.
ADMINISTRATOR_RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories", "can_pin_messages",
)  # fmt: skip
RESTRICTED_RIGHTS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_react_to_messages", "can_change_info", "can_invite_users", "can_pin_messages",
    "can_manage_topics", "can_edit_tag",
)  # fmt: skip


class Message(dict[str, Any]):
    """A message as the Bot API shows it, and as a person sees it: edits change it in place.

    Attributes:
        inline_message_id: Set if the bot can reach the message only by this id, "" otherwise.
        deleted: Whether it is gone from the chat.
        keyboard: The reply keyboard, its removal or the forced reply that came with it; the Bot API shows it nowhere.
    """

    inline_message_id: str = ""
    deleted: bool = False
    keyboard: Json | None = None

    @property
    def id(self) -> int:
        """The message_id."""
        return int(self["message_id"])

    @property
    def chat_id(self) -> int:
        """The id of the chat it is in."""
        return int(self["chat"]["id"])

    @property
    def text(self) -> str:
        """The text or the caption, "" if it has neither."""
        return str(self.get("text", self.get("caption", "")))

    @property
    def buttons(self) -> list[Json]:
        """The inline buttons, row after row."""
        rows = self.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]

    @property
    def labels(self) -> list[str]:
        """The texts of the inline buttons."""
        return [button["text"] for button in self.buttons]

    def replied(self) -> Json:
        """Returns the message as `reply_to_message` of another one shows it (Bot API: without its own)."""
        return {name: value for name, value in self.items() if name != "reply_to_message"}


@dataclass
class User:
    """A person, or the bot itself."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False
    is_premium: bool = False
    seen: bool = False  # whether the bot has got an update from this person

    def info(self) -> Json:
        """Returns the Bot API object User."""
        found: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code", "is_premium"):
            if getattr(self, name):
                found[name] = getattr(self, name)
        return found


@dataclass
class Chat:
    """A chat.

    Attributes:
        type: "private", "group", "supergroup" or "channel".
        user: The person of a private chat.
        members: User id to status (ChatMember.status); the bot's own among them.
        open: Of a private chat: whether the person has ever written to the bot.
        deactivated: Of a private chat: whether the person's account is gone.
        migrated_to: Id of the supergroup a group became, 0 for none.
        topics: Of a forum: the message_thread_id of each topic that is open.
        messages: What a person sees in the chat now, oldest first.
        untaken: Messages of the bot that no test has taken yet, oldest first.
    """

    id: int
    type: str
    title: str = ""
    username: str = ""
    user: User | None = None
    members: dict[int, str] = field(default_factory=dict)
    open: bool = False
    deactivated: bool = False
    migrated_to: int = 0
    topics: tuple[int, ...] = ()
    messages: list[Message] = field(default_factory=list)
    untaken: deque[Message] = field(default_factory=deque)
    last_message_id: int = 0

    def info(self) -> Json:
        """Returns the Bot API object Chat."""
        found: Json = {"id": self.id, "type": self.type}
        if self.user is not None:
            person = self.user.info()
            found |= {
                name: person[name] for name in ("first_name", "last_name", "username") if name in person
            }
        for name in ("title", "username"):
            if getattr(self, name):
                found[name] = getattr(self, name)
        if self.topics:
            found["is_forum"] = True
        return found

    def find(self, message_id: int) -> Message | None:
        """Returns the message with this id, None if there is none or it was deleted."""
        return next((message for message in self.messages if message.id == message_id), None)


@dataclass
class Query:
    """A question of a person that the bot has to answer: a tap on a button, an inline query, a guest message.

    Attributes:
        kind: "callback", "inline" or "guest".
        id: What the bot answers to.
        user: Who asks.
        asked_at: Unix time in seconds.
        text: The words of an inline query.
        answer: The parameters the bot answered with, None until it does.
        message: What a guest query was answered with.
        chat: Where a guest message was written.
    """

    kind: str
    id: str
    user: User
    asked_at: float
    text: str = ""
    answer: Json | None = None
    message: Message | None = None
    chat: Chat | None = None


@dataclass
class StoredFile:
    """A file on the server; `path` works only once getFile was called for it."""

    id: str
    data: bytes
    name: str
    path: str
    opened: bool = False


class World:
    """The state of the server and the operations on it that methods and people share.

    Args:
        bot: The bot.
        clock: Returns the Unix time in seconds.
        rng: Source of ids; the same seed gives the same ids.
        privacy: Whether the bot reads in groups only what is meant for it (privacy mode, the default of Telegram).
        strict_html: See `HtmlParser`.

    Attributes:
        sender: Delivers to the webhook; the server that owns this world puts it here.
        supports_inline: Whether people can ask the bot inline queries.
        supports_guests: Whether people can call the bot in chats it is not in.
        inline_feedback: Whether the bot learns which inline result a person chose.
    """

    sender: WebhookSender
    supports_inline: bool = True
    supports_guests: bool = True
    inline_feedback: bool = False

    def __init__(
        self, bot: User, *, clock: Callable[[], float], rng: random.Random, privacy: bool, strict_html: bool
    ) -> None:
        self.bot = bot
        self.clock = clock
        self.rng = rng
        self.privacy = privacy
        self.strict_html = strict_html
        self.signal = Signal()
        self.faults = Faults(rng)
        self.queue = Queue(rng, self.faults, self.signal)
        self.poller = Poller(self.queue, self.signal)
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, Query] = {}
        self.inline_messages: dict[str, Message] = {}
        self.files: dict[str, StoredFile] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}  # (scope as JSON, language code)
        self.profile: dict[
            tuple[str, str], str
        ] = {}  # ("name", "description", "short_description"; language code)
        self.menu_buttons: dict[int, Json] = {}  # by chat id, 0 is the default one
        self.started_at = clock()
        self.logged_out = False

    def now(self) -> int:
        """Returns the Unix time in whole seconds, as dates in the Bot API are."""
        return int(self.clock())

    def new_id(self) -> int:
        """Returns a number nothing has as its id yet (64 bits on the real server, too)."""
        return self.rng.randrange(10**17, 9 * 10**17)

    # Chats ------------------------------------------------------------------------------------------------------

    def find_chat(self, params: Params, name: str = "chat_id", *, write: bool = False) -> Chat:
        """Returns the chat a request is about.

        Args:
            params: The request.
            name: The parameter, an id or "@username".
            write: Whether the bot wants to send or change something there.

        Raises:
            ApiError: There is no such chat, or the bot has no access to it.
        """
        text = params.text(name)
        if not text:
            raise bad(f"{name} is empty")
        if text.startswith("@"):
            names = (chat for chat in self.chats.values() if chat.type != "private" and chat.username)
            chat = next((chat for chat in names if chat.username.lower() == text[1:].lower()), None)
        else:
            chat = self.chats.get(params.integer(name))
        if chat is None:
            raise bad("chat not found")
        self._check_access(chat, write)
        return chat

    def _check_access(self, chat: Chat, write: bool) -> None:
        if chat.user is not None:
            self._check_private(chat, chat.user, write)
        elif chat.migrated_to and write:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
        else:
            status = chat.members.get(self.bot.id, "left")
            if status in INSIDE or (chat.username and not write):
                return
            verb = "was kicked from" if status == "kicked" else "is not a member of"
            raise ApiError(403, f"Forbidden: bot {verb} the {chat.type} chat")

    def _check_private(self, chat: Chat, user: User, write: bool) -> None:
        if not (chat.open or user.seen):
            raise bad("chat not found")
        if not write:
            return
        if chat.deactivated:
            raise ApiError(403, "Forbidden: user is deactivated")
        if chat.members.get(self.bot.id) == "kicked":
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if not chat.open:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")

    def check_may_send(self, chat: Chat, what: str) -> None:
        """Raises ApiError if the bot is restricted in a group; `what` is e.g. "text messages"."""
        if chat.members.get(self.bot.id) == "restricted":
            raise bad(f"not enough rights to send {what} to the chat")

    def member(self, chat: Chat, user: User) -> Json:
        """Returns the Bot API object ChatMember."""
        status = chat.members.get(user.id, "left")
        found: Json = {"user": user.info(), "status": status}
        if status == "creator":
            found["is_anonymous"] = False
        elif status == "administrator":
            found |= {right: right not in {"can_be_edited", "is_anonymous"} for right in ADMINISTRATOR_RIGHTS}
        elif status == "restricted":
            found |= dict.fromkeys(RESTRICTED_RIGHTS, False) | {"is_member": True, "until_date": 0}
        elif status == "kicked":
            found["until_date"] = 0
        return found

    def change_member(self, chat: Chat, user: User, status: str, by: User) -> None:
        """Gives a user another status in a chat; the bot learns of a change of its own, or others' if it asked."""
        before = self.member(chat, user)
        chat.members[user.id] = status
        kind = "my_chat_member" if user is self.bot else "chat_member"
        self.tell(
            {
                kind: {
                    "chat": chat.info(),
                    "from": by.info(),
                    "date": self.now(),
                    "old_chat_member": before,
                    "new_chat_member": self.member(chat, user),
                }
            },
            by,
        )

    # Messages ---------------------------------------------------------------------------------------------------

    def compose(self, chat: Chat, sender: User, fields: Json) -> Message:
        """Puts a new message into a chat and returns it; `fields` are those of the Bot API object Message."""
        chat.last_message_id += 1
        message = Message(
            message_id=chat.last_message_id,
            **{"from": sender.info()},
            chat=chat.info(),
            date=self.now(),
        )
        message.update({name: value for name, value in fields.items() if value not in (None, [])})
        chat.messages.append(message)
        return message

    def bot_says(self, chat: Chat, fields: Json) -> Message:
        """Puts a message of the bot into a chat, where a test can take it."""
        message = self.compose(chat, self.bot, fields)
        chat.untaken.append(message)
        self.signal.fire()
        return message

    def tell(self, update: Json, sender: User | None = None) -> int | None:
        """Queues an update for the bot; see `Queue.add`."""
        update_id = self.queue.add(update)
        if sender is not None and update_id is not None:
            sender.seen = True
        return update_id

    def delete(self, chat: Chat, message: Message) -> None:
        """Takes a message out of its chat."""
        message.deleted = True
        chat.messages.remove(message)
        self.signal.fire()

    def make_inline(self, message: Message) -> str:
        """Gives a message an inline_message_id and returns it."""
        message.inline_message_id = f"AAMC{self.new_id():x}"
        self.inline_messages[message.inline_message_id] = message
        return message.inline_message_id

    # Questions --------------------------------------------------------------------------------------------------

    def ask(self, kind: str, user: User, text: str = "", chat: Chat | None = None) -> Query:
        """Returns a new question that waits for the bot's answer."""
        query = Query(kind, str(self.new_id()), user, self.clock(), text, chat=chat)
        self.queries[query.id] = query
        return query

    def answer(self, kind: str, query_id: str, params: Json) -> Query:
        """Takes the bot's answer to a question: once, and only while the question is fresh.

        Raises:
            ApiError: The question is unknown, too old or answered.
        """
        query = self.queries.get(query_id)
        if (
            query is None
            or query.kind != kind
            or query.answer is not None
            or self.clock() - query.asked_at > QUERY_LIFETIME[kind]
        ):
            raise bad("query is too old and response timeout expired or query ID is invalid")
        query.answer = params
        self.signal.fire()
        return query

    # Files ------------------------------------------------------------------------------------------------------

    def store_file(self, data: bytes, name: str, folder: str) -> StoredFile:
        """Keeps a file and returns it; `folder` is the first part of its file_path, e.g. "photos"."""
        number = len(self.files)
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        file_id = f"BQACAgIAAxk{self.new_id():x}"
        stored = StoredFile(file_id, data, name, f"{folder}/file_{number}.{suffix}")
        self.files[stored.id] = stored
        return stored

    def take_file(self, params: Params, name: str, folder: str) -> StoredFile:
        """Returns the file a request sends: an upload or the file_id of one the server has.

        Raises:
            ApiError: There is none, it is empty, unknown or no image (photos); a URL is always refused, because this
                server fetches nothing.
        """
        upload = params.upload(name)
        if upload is None:
            return self._known_file(params.text(name), name)
        if not upload.data:
            raise bad("file must be non-empty")
        if name == "photo":
            check_photo(upload)
        return self.store_file(upload.data, upload.name, folder)

    def _known_file(self, reference: str, name: str) -> StoredFile:
        if not reference or reference.startswith("attach://"):
            raise bad(f"there is no {name} in the request")
        if reference.startswith(("http://", "https://")):
            raise bad("failed to get HTTP URL content")
        if reference not in self.files:
            raise bad("wrong file identifier/HTTP URL specified")
        return self.files[reference]


def check_photo(upload: Upload) -> None:
    """Raises ApiError unless the file is an image of at most 10 MB (Bot API, sendPhoto)."""
    if len(upload.data) > FileSizeLimit.PHOTOSIZE_UPLOAD:
        raise bad(f"file of size {len(upload.data)} bytes is too big for a photo")
    if not upload.data.startswith(IMAGE_BEGINNINGS):
        raise bad("IMAGE_PROCESS_FAILED")


def file_info(stored: StoredFile) -> Json:
    """Returns the fields that every Bot API object of a file has."""
    unique = f"AgAD{hashlib.sha256(stored.data).hexdigest()[:12]}"
    return {"file_id": stored.id, "file_unique_id": unique, "file_size": len(stored.data)}


def media(stored: StoredFile, kind: str, mime: str = "application/octet-stream") -> Json:
    """Returns the field of a message that holds a file.

    Args:
        stored: The file.
        kind: "photo", "document", "sticker" or "voice".
        mime: MIME type of a document or a voice.
    """
    info = file_info(stored)
    if kind == "photo":
        return {"photo": [{**info, "width": 320, "height": 320}]}
    if kind == "sticker":
        shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
        return {"sticker": {**info, **shape, "emoji": "👍"}}
    if kind == "voice":
        return {"voice": {**info, "duration": 1, "mime_type": mime}}
    return {"document": {**info, "file_name": stored.name, "mime_type": mime}}
