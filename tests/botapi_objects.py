"""The structured objects of a request - keyboards, commands, inline results - and what the server refuses in them.

Where the emulator is stricter than the real server (which would silently drop or cut something a person then never
sees), the docstring says so.
"""

import re
from collections.abc import Callable
from typing import Any

from telegram.constants import (
    BotCommandLimit,
    InlineKeyboardButtonLimit,
    InlineKeyboardMarkupLimit,
    InlineQueryLimit,
    InlineQueryResultLimit,
    InlineQueryResultsButtonLimit,
)

from tests.botapi_rules import (
    FieldError,
    Params,
    an_object,
    bad,
    caption_text,
    message_text,
    parsing,
    required,
    required_text,
)
from tests.botapi_text import Json, check_url, clean, utf16

BUTTON_STYLES = {"", "default", "primary", "success", "danger"}
# Bot API, InlineQueryResult*: the fields without which the server refuses a result; "a|b" means one of the two.
RESULT_FIELDS: dict[str, tuple[str, ...]] = {
    "article": ("title", "input_message_content"),
    "photo": ("photo_url|photo_file_id",),
    "gif": ("gif_url|gif_file_id",),
    "mpeg4_gif": ("mpeg4_url|mpeg4_file_id",),
    "video": ("video_url|video_file_id", "title"),
    "audio": ("audio_url|audio_file_id",),
    "voice": ("voice_url|voice_file_id", "title"),
    "document": ("document_url|document_file_id", "title"),
    "location": ("latitude", "longitude", "title"),
    "venue": ("latitude", "longitude", "title", "address"),
    "contact": ("phone_number", "first_name"),
    "game": ("game_short_name",),
    "sticker": ("sticker_file_id",),
}
SCOPES_WITH_CHAT = ("chat", "chat_administrators", "chat_member")
SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators", *SCOPES_WITH_CHAT)
CHAT_ACTIONS = {
    "cancel", "typing", "record_video", "upload_video", "record_audio", "record_voice", "upload_audio",
    "upload_voice", "upload_photo", "upload_document", "choose_sticker", "pick_up_location", "find_location",
    "record_video_note", "upload_video_note",
}  # fmt: skip


# Keyboards -----------------------------------------------------------------------------------------------------------


def reply_markup(params: Params, *, inline_only: bool = False) -> Json | None:
    """Checks the parameter `reply_markup`.

    Args:
        params: The request.
        inline_only: Whether only an inline keyboard will do (edits).

    Returns:
        The markup as the server stores it, None for none or an empty one.

    Raises:
        ApiError: The markup is broken or over a limit.
    """
    return check_markup(params.json("reply_markup", "reply keyboard markup"), inline_only=inline_only)


def check_markup(value: Any, *, inline_only: bool = False) -> Json | None:
    """Checks a decoded reply markup; see `reply_markup`."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise bad("object expected as reply markup")
    rows = value.get("inline_keyboard")
    if rows:
        keyboard = _rows(rows, 'field "inline_keyboard" of the InlineKeyboardMarkup', _inline_button)
        _check_size(keyboard)
        return {"inline_keyboard": keyboard} if keyboard else None
    if rows is None and inline_only and value:
        raise bad("inline keyboard expected")
    if value.get("keyboard"):
        return {**value, "keyboard": _rows(value["keyboard"], 'field "keyboard"', _reply_button)}
    return value if value.get("remove_keyboard") or value.get("force_reply") else None


def _rows(rows: Any, what: str, check: Callable[[Any], Json]) -> list[list[Json]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad(f"{what} must be an Array of Arrays")
    return [[check(button) for button in row] for row in rows if row]


def _check_size(rows: list[list[Json]]) -> None:
    """Refuses more than 8 buttons in a row or 100 in all; the real server cuts a long row without a word."""
    total = sum(len(row) for row in rows)
    widest = max((len(row) for row in rows), default=0)
    if (
        total > InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER
        or widest > InlineKeyboardMarkupLimit.BUTTONS_PER_ROW
    ):
        raise bad("reply markup is too long")


def _reply_button(value: Any) -> Json:
    with parsing("keyboard button"):
        button = {"text": value} if isinstance(value, str) else an_object(value, "KeyboardButton")
        if not required_text(button, "text").strip():
            raise FieldError("Keyboard button text must be non-empty")
    return button


def _inline_button(value: Any) -> Json:
    """Checks one inline button.

    Stricter than the real server in two points: a button with several actions is refused (the real one takes the
    first it knows), and so is one with an empty text (the real one drops the button).
    """
    with parsing("inline keyboard button"):
        button = an_object(value, "InlineKeyboardButton")
        text = required_text(button, "text")
        if str(button.get("style", "")).lower() not in BUTTON_STYLES:
            raise FieldError("invalid button style specified")
        actions = [name for name in ACTION_CHECKS if button.get(name) is not None]
        if not actions or (actions[0] in {"url", "callback_data"} and not button[actions[0]]):
            raise FieldError("Text buttons are unallowed in the inline keyboard")
    if not clean(text).strip():
        raise bad("inline keyboard button text must be non-empty")
    if len(actions) > 1:
        raise bad("BUTTON_TYPE_INVALID")
    name = actions[0]
    return {**button, name: ACTION_CHECKS[name](button[name])}


def _callback_data(value: Any) -> str:
    """Bot API: 1-64 bytes."""
    if not isinstance(value, str) or len(value.encode()) > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
        raise bad("BUTTON_DATA_INVALID")
    return value


def _copy_text(value: Any) -> Json:
    """Bot API, CopyTextButton: 1-256 characters."""
    copied = value.get("text") if isinstance(value, dict) else None
    if not isinstance(copied, str) or not 1 <= utf16(copied) <= InlineKeyboardButtonLimit.MAX_COPY_TEXT:
        raise bad("BUTTON_COPY_TEXT_INVALID")
    return {"text": copied}


def _url(value: Any) -> str:
    try:
        return check_url(str(value))
    except ValueError as error:
        raise bad(f"inline keyboard button URL '{value}' is invalid: {error}") from None


def _https_page(value: Any) -> Any:
    """Bot API, WebAppInfo and LoginUrl: an HTTPS URL."""
    url = value.get("url") if isinstance(value, dict) else None
    if not isinstance(url, str) or not url.startswith("https://"):
        raise bad("BUTTON_URL_INVALID")
    return value


def _inline_query(value: Any) -> Any:
    if not isinstance(value, str):
        raise bad('can\'t parse inline keyboard button: Field "switch_inline_query" must be of type String')
    return value


def _chosen_chat(value: Any) -> Json:
    with parsing("inline keyboard button"):
        return an_object(value, 'Field "switch_inline_query_chosen_chat"')


def _not_here(value: Any) -> Any:
    """Pay and game buttons go only under an invoice or a game, which this server does not have."""
    raise bad("BUTTON_TYPE_INVALID")


# Bot API, InlineKeyboardButton: exactly one of these says what the button does.
ACTION_CHECKS: dict[str, Callable[[Any], Any]] = {
    "url": _url,
    "callback_data": _callback_data,
    "web_app": _https_page,
    "login_url": _https_page,
    "switch_inline_query": _inline_query,
    "switch_inline_query_current_chat": _inline_query,
    "switch_inline_query_chosen_chat": _chosen_chat,
    "copy_text": _copy_text,
    "callback_game": _not_here,
    "pay": _not_here,
}


# Commands and scopes -------------------------------------------------------------------------------------------------


def language_code(params: Params) -> str:
    """Checks `language_code`: two lower-case letters or empty (Bot API: ISO 639-1)."""
    code = params.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad("invalid language code specified")
    return code


def command_scope(params: Params) -> Json:
    """Checks `scope` (BotCommandScope); absent means the default one."""
    value = params.json("scope", "BotCommandScope")
    if value is None:
        return {"type": "default"}
    with parsing("BotCommandScope"):
        scope = an_object(value, "BotCommandScope")
        if required_text(scope, "type") not in SCOPES:
            raise FieldError("Unsupported type specified")
        if scope["type"] in SCOPES_WITH_CHAT and not required_text(scope, "chat_id"):
            raise FieldError("Empty chat_id specified")
        user_id = required(scope, "user_id") if scope["type"] == "chat_member" else 1
        if not isinstance(user_id, int) or user_id <= 0:
            raise FieldError("Invalid user_id specified")
    return scope


def commands(params: Params) -> list[Json]:
    """Checks `commands`: at most 100 (Bot API, setMyCommands), stored without the leading slash."""
    value = params.json("commands", "commands")
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad("expected an Array of BotCommand")
    checked = [_command(command) for command in value]
    if len(checked) > BotCommandLimit.MAX_COMMAND_NUMBER:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    return checked


def _command(value: Any) -> Json:
    """Checks a BotCommand: name of 1-32 lower-case English letters, digits and underscores, description 1-256."""
    with parsing("BotCommand"):
        data = an_object(value, "expected an Object; BotCommand")
        name, description = required_text(data, "command"), required_text(data, "description").strip()
    name = name.strip().removeprefix("/")
    if not name:
        raise bad("command must be non-empty")
    if len(name) > BotCommandLimit.MAX_COMMAND:
        raise bad(f"command length must not exceed {BotCommandLimit.MAX_COMMAND.value}")
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise bad("BOT_COMMAND_INVALID")
    if not description:
        raise bad("command description must be non-empty")
    if len(description) > BotCommandLimit.MAX_DESCRIPTION:
        raise bad(f"command description length must not exceed {BotCommandLimit.MAX_DESCRIPTION.value}")
    return {"command": name, "description": description}


# Inline results ------------------------------------------------------------------------------------------------------


def inline_results(params: Params, *, strict_html: bool) -> list[Json]:
    """Checks `results` of answerInlineQuery: at most 50, with different ids."""
    value = params.json("results", "JSON encoded inline query results")
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad("expected an Array of inline query results")
    if len(value) > InlineQueryLimit.RESULTS:
        raise bad("too many inline query results specified")
    results = [inline_result(result, strict_html=strict_html) for result in value]
    if len({result["id"] for result in results}) < len(results):
        raise bad("RESULT_ID_DUPLICATE")
    return results


def inline_result(value: Any, *, strict_html: bool) -> Json:
    """Checks one InlineQueryResult: its type, the fields of that type, the id (1-64 bytes), content and keyboard.

    Returns:
        The result; a text content has its plain `text` and `entities` beside it, a caption `caption_entities`.
    """
    with parsing("inline query result"):
        result = dict(an_object(value, "Inline query result"))
        kind, result_id = required_text(result, "type").lower(), required_text(result, "id")
        if kind not in RESULT_FIELDS:
            raise FieldError(f'type "{kind}" is unsupported for the inline query result')
        for names in RESULT_FIELDS[kind]:
            if not any(result.get(name) is not None for name in names.split("|")):
                required(result, names.split("|")[0])
    if not 1 <= len(result_id.encode()) <= InlineQueryResultLimit.MAX_ID_LENGTH:
        raise bad("RESULT_ID_INVALID")
    result["reply_markup"] = check_markup(result.get("reply_markup"), inline_only=True)
    content = result.get("input_message_content")
    if content is not None:
        result["input_message_content"] = _content(content, strict_html=strict_html)
    elif "caption" in result:
        caption, entities = caption_text(Params(result), strict_html=strict_html)
        result |= {"caption": caption, "caption_entities": entities}
    return result


def _content(value: Any, *, strict_html: bool) -> Json:
    if not isinstance(value, dict):
        raise bad("can't parse inline query result: Input message content must be an Object")
    if "message_text" not in value:
        if not {"latitude", "phone_number", "payload", "rich_message"} & set(value):
            raise bad("can't parse inline query result: Input message content is not specified")
        return value
    text, entities = message_text(
        str(value["message_text"] or ""),
        str(value.get("parse_mode") or ""),
        value.get("entities"),
        strict_html=strict_html,
    )
    return {**value, "text": text, "entities": entities}


def results_button(params: Params) -> Json | None:
    """Checks `button` of answerInlineQuery: a text and one of web_app and start_parameter (1-64 of A-Za-z0-9_-)."""
    value = params.json("button", "inline query results button")
    if value is None:
        return None
    with parsing("inline query results button"):
        button = an_object(value, "InlineQueryResultsButton")
        required_text(button, "text")
        if len({"start_parameter", "web_app"} & set(button)) != 1:
            raise FieldError("InlineQueryResultsButton must have exactly one optional field")
    longest = InlineQueryResultsButtonLimit.MAX_START_PARAMETER_LENGTH
    start = str(button.get("start_parameter", "ok"))
    if not re.fullmatch(r"[A-Za-z0-9_-]+", start) or len(start) > longest:
        raise bad("START_PARAM_INVALID")
    return button


def menu_button(params: Params) -> Json:
    """Checks `menu_button` (MenuButton); absent means the default one."""
    value = params.json("menu_button", "menu button")
    if value is None:
        return {"type": "default"}
    with parsing("menu button"):
        button = an_object(value, "MenuButton")
        kind = required_text(button, "type")
        if kind not in {"default", "commands", "web_app"}:
            raise FieldError("MenuButton has unsupported type")
        if kind == "web_app":
            required_text(button, "text")
            required_text(an_object(required(button, "web_app"), "web_app"), "url")
    return button
