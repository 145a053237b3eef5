"""The methods of the Bot API that send, change and delete messages and answer what people ask; see `botapi_methods`."""

from telegram.constants import CallbackQueryLimit, InlineQueryLimit

from tests.botapi_methods import method
from tests.botapi_objects import (
    CHAT_ACTIONS,
    check_markup,
    inline_result,
    inline_results,
    reply_markup,
    results_button,
)
from tests.botapi_rules import FieldError, Params, bad, caption_text, message_text, required
from tests.botapi_text import Json, utf16
from tests.botapi_world import DELETABLE_FOR, Chat, Message, World, media

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
CONTENT_FIELDS = (
    "text", "entities", "caption", "caption_entities", "photo", "document", "sticker", "voice", "location",
    "link_preview_options",
)  # fmt: skip


def _text(world: World, params: Params) -> Json:
    text, entities = message_text(
        params.text("text"),
        params.text("parse_mode"),
        params.json("entities", "entities"),
        strict_html=world.strict_html,
    )
    preview = params.json("link_preview_options", "link preview options")
    if preview is not None and not isinstance(preview, dict):
        raise bad("object expected as link preview options")
    return {"text": text, "entities": entities, "link_preview_options": preview or None}


def _caption(world: World, params: Params) -> Json:
    caption, entities = caption_text(params, strict_html=world.strict_html)
    return {"caption": caption or None, "caption_entities": entities}


def _origin(message: Message) -> Json:
    return {"type": "user", "date": message["date"], "sender_user": message["from"]}


def _reply_fields(world: World, params: Params, chat: Chat) -> Json:
    """Finds the message a new one replies to.

    Raises:
        ApiError: There is none, and the bot did not allow to send without it.
    """
    value = params.json("reply_parameters", "reply parameters")
    if value is None:
        names = {
            "message_id": "reply_to_message_id",
            "allow_sending_without_reply": "allow_sending_without_reply",
        }
        value = {name: params.text(old) for name, old in names.items() if old in params}
    if not isinstance(value, dict):
        raise bad("object expected as reply parameters")
    if not value or ("message_id" not in value and "reply_parameters" not in params):
        return {}
    try:
        message_id = Params({"id": required(value, "message_id")}).integer("id")
    except FieldError as error:
        raise bad(str(error)) from None
    other = Params(value)
    where = world.find_chat(other) if "chat_id" in other else chat
    target = where.find(message_id)
    if target is None:
        if other.flag("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")
    if where is not chat:
        origin = {"origin": _origin(target), "chat": where.info(), "message_id": target.id}
        return {"external_reply": origin}
    return {"reply_to_message": target.replied()}


def _topic(params: Params, chat: Chat) -> Json:
    """Finds the topic of a forum that a message goes to.

    Raises:
        ApiError: The chat has no such topic.
    """
    thread = params.integer("message_thread_id")
    if not thread:
        return {}
    if thread not in chat.topics:
        raise bad("message thread not found")
    return {"message_thread_id": thread, "is_topic_message": True}


def _send(world: World, params: Params, content: Json, what: str) -> Message:
    """Sends a message; `what` names its kind where the bot has not the right to send it."""
    markup = reply_markup(params)
    chat = world.find_chat(params, write=True)
    world.check_may_send(chat, what)
    fields = {**content, **_reply_fields(world, params, chat), **_topic(params, chat)}
    if params.flag("protect_content"):
        fields["has_protected_content"] = True
    inline = markup is not None and "inline_keyboard" in markup
    message = world.bot_says(chat, {**fields, "reply_markup": markup if inline else None})
    message.keyboard = None if inline else markup
    return message


@method("sendMessage")
def send_message(world: World, params: Params) -> Message:
    """Sends a text."""
    return _send(world, params, _text(world, params), "text messages")


@method("sendPhoto")
def send_photo(world: World, params: Params) -> Message:
    """Sends an image: an upload of at most 10 MB or a file_id."""
    caption = _caption(world, params)
    stored = world.take_file(params, "photo", "photos")
    return _send(world, params, {**media(stored, "photo"), **caption}, "photos")


@method("sendDocument")
def send_document(world: World, params: Params) -> Message:
    """Sends a file: an upload of at most 50 MB or a file_id."""
    caption = _caption(world, params)
    stored = world.take_file(params, "document", "documents")
    upload = params.upload("document")
    mime = upload.content_type if upload is not None else "application/octet-stream"
    return _send(world, params, {**media(stored, "document", mime), **caption}, "documents")


def _source(world: World, params: Params, verb: str) -> Message:
    chat = world.find_chat(params, "from_chat_id")
    message = chat.find(params.integer("message_id"))
    if message is None:
        raise bad(f"message to {verb} not found")
    if message.get("has_protected_content") or not any(name in message for name in CONTENT_FIELDS):
        raise bad(f"message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return message


@method("copyMessage")
def copy_message(world: World, params: Params) -> Json:
    """Sends a copy of a message, with another caption if one is given; returns MessageId."""
    source = _source(world, params, "copy")
    content = {name: source[name] for name in CONTENT_FIELDS if name in source}
    if "caption" in params.values and "text" not in source:
        content |= _caption(world, params)
    return {"message_id": _send(world, params, content, "messages").id}


@method("forwardMessage")
def forward_message(world: World, params: Params) -> Message:
    """Forwards a message."""
    source = _source(world, params, "forward")
    content = {name: source[name] for name in CONTENT_FIELDS if name in source}
    content["forward_origin"] = source.get("forward_origin", _origin(source))
    return _send(world, params, content, "messages")


def _message_to_edit(world: World, params: Params) -> Message:
    """Returns the bot's message that an edit is about, by chat_id and message_id or by inline_message_id."""
    message_id = params.integer("message_id")
    if "chat_id" not in params and not message_id:
        if "inline_message_id" not in params:
            raise bad("message identifier is not specified")
        message = world.inline_messages.get(params.text("inline_message_id"))
        if message is None or message.deleted:
            raise bad("MESSAGE_ID_INVALID")
        return message
    message = world.find_chat(params, write=True).find(message_id)
    if message is None:
        raise bad("message to edit not found")
    if message["from"]["id"] != world.bot.id or message.inline_message_id:
        raise bad("message can't be edited")
    return message


def _edit(world: World, message: Message, changes: Json) -> Message | bool:
    """Changes a message in place; None or an empty list takes a field away.

    Returns:
        The message, or True for one that has an inline_message_id (Bot API, editMessageText).
    """
    if all((message.get(name) or None) == (value or None) for name, value in changes.items()):
        raise bad(NOT_MODIFIED)
    for name, value in changes.items():
        message.pop(name, None)
        if value:
            message[name] = value
    message["edit_date"] = world.now()
    world.signal.fire()
    return True if message.inline_message_id else message


@method("editMessageText")
def edit_message_text(world: World, params: Params) -> Message | bool:
    """Changes the text and the keyboard of a message of the bot; without reply_markup the keyboard goes."""
    content = _text(world, params)
    markup = reply_markup(params, inline_only=True)
    message = _message_to_edit(world, params)
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    return _edit(world, message, {**content, "reply_markup": markup})


@method("editMessageReplyMarkup")
def edit_message_reply_markup(world: World, params: Params) -> Message | bool:
    """Changes only the keyboard of a message of the bot."""
    markup = reply_markup(params, inline_only=True)
    return _edit(world, _message_to_edit(world, params), {"reply_markup": markup})


@method("deleteMessage")
def delete_message(world: World, params: Params) -> bool:
    """Deletes a message that is under 48 hours old: the bot's own, any in a private chat, any as administrator."""
    if "chat_id" not in params:
        raise bad("chat identifier is not specified")
    message_id = params.integer("message_id")
    if not message_id:
        raise bad("message identifier is not specified")
    chat = world.find_chat(params, write=True)
    message = chat.find(message_id)
    if message is None:
        raise bad("message to delete not found")
    is_mine = message["from"]["id"] == world.bot.id
    may = is_mine or chat.type == "private" or chat.members.get(world.bot.id) == "administrator"
    if not may or world.now() - message["date"] > DELETABLE_FOR:
        raise bad("message can't be deleted")
    world.delete(chat, message)
    return True


@method("sendChatAction")
def send_chat_action(world: World, params: Params) -> bool:
    """Shows that the bot is busy."""
    if params.text("action").lower() not in CHAT_ACTIONS:
        raise bad("wrong parameter action in request")
    _topic(params, world.find_chat(params, write=True))
    return True


# Answers to questions ------------------------------------------------------------------------------------------------


@method("answerCallbackQuery")
def answer_callback_query(world: World, params: Params) -> bool:
    """Answers a tap on a button, with a notice of 0-200 characters."""
    if utf16(params.text("text")) > CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH:
        raise bad("MESSAGE_TOO_LONG")
    url = params.text("url")
    if url and not url.startswith(
        (f"https://t.me/{world.bot.username}?start=", f"t.me/{world.bot.username}?start=")
    ):
        raise bad("URL_INVALID")  # Bot API, answerCallbackQuery: only a link to the bot itself, or a game's
    answer = {
        "text": params.text("text"),
        "show_alert": params.flag("show_alert"),
        "url": url,
        "cache_time": params.integer("cache_time", 0, 0),
    }
    world.answer("callback", params.text("callback_query_id"), answer)
    return True


@method("answerInlineQuery")
def answer_inline_query(world: World, params: Params) -> bool:
    """Answers an inline query with at most 50 results."""
    answer: Json = {
        "button": results_button(params),
        "results": inline_results(params, strict_html=world.strict_html),
        "cache_time": params.integer("cache_time", 300, 0),
        "is_personal": params.flag("is_personal"),
        "next_offset": params.text("next_offset"),
    }
    # Bot API, answerInlineQuery: the offset can't exceed 64 bytes.
    if len(answer["next_offset"].encode()) > InlineQueryLimit.MAX_OFFSET_LENGTH:
        raise bad("NEXT_OFFSET_INVALID")
    world.answer("inline", params.text("inline_query_id"), answer)
    return True


@method("answerGuestQuery")
def answer_guest_query(world: World, params: Params) -> Json:
    """Answers a guest message with one message in the chat where the bot was called; returns SentGuestMessage."""
    value = params.json("result", "JSON encoded web view query results")
    if value is None:
        raise bad("result isn't specified")
    content = content_of(inline_result(value, strict_html=world.strict_html))
    query = world.answer("guest", params.text("guest_query_id"), {"result": value})
    assert query.chat is not None, "a guest query always has a chat"
    query.message = world.bot_says(query.chat, {**content, "guest_bot_caller_user": query.user.info()})
    return {"inline_message_id": world.make_inline(query.message)}


def content_of(result: Json) -> Json:
    """Returns the fields of the message that a checked InlineQueryResult makes.

    Raises:
        ApiError: The result has no text content; other kinds are legal, but this server can't send them.
    """
    content = result.get("input_message_content") or {}
    if "text" not in content:
        raise bad(f"this server can't send an inline result of the type {result['type']}")
    return {
        "text": content["text"],
        "entities": content["entities"],
        "link_preview_options": content.get("link_preview_options"),
        "reply_markup": check_markup(result.get("reply_markup"), inline_only=True),
    }
