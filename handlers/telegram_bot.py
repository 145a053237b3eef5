"""The bot on Telegram, by long polling: private chats, text, commands and buttons.

Everything people read comes from a Reply; this room only carries it. The context of a question is kept per chat, in
memory.
"""

from __future__ import annotations

import logging
import os
import secrets
from typing import Any

from telegram import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    Update,
)
from telegram.constants import InlineKeyboardButtonLimit, MessageLimit
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.dialogue import Message as Asked
from bot.dialogue import answer
from bot.reply import Asks, Reply
from bot.setting import Setting
from bot.wording import language_of, words
from handlers.telegram_http import AiohttpRequest
from handlers.telegram_patience import Patience

log = logging.getLogger(__name__)

COMMANDS = ("start", "help")
# Telegram takes a two-letter language, so Traditional cannot be told from Simplified here; the replies can.
MENU_LANGUAGES = {"": "zh-Hans", "zh": "zh-Hans", "en": "en"}
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
REFUSED = "Telegram 不认这个令牌。向 @BotFather 重新要一个,设到 TELEGRAM_BOT_TOKEN 再启动。"

App = Application[Any, Any, Any, Any, Any, Any]
Context = ContextTypes.DEFAULT_TYPE


def run(setting: Setting) -> int:
    """Serve Telegram until SIGINT or SIGTERM; updates in hand are answered first. 1 when the token is refused."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its lines hold the token
    for handler in logging.getLogger().handlers:
        handler.addFilter(_is_news)
    # PTB then gives RetryAfter as a timedelta, as it always will from its next major version on.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    app = build(setting)
    try:
        app.run_polling(allowed_updates=[Update.MESSAGE, Update.CALLBACK_QUERY], bootstrap_retries=-1)
    except InvalidToken:
        log.error(REFUSED)  # noqa: TRY400  # the traceback says nothing more, and holds the token
        return 1
    return 0


def _is_news(record: logging.LogRecord) -> bool:
    """Leave out the library's traceback of a refused token: `run` says what to do about it in one line."""
    return not (record.exc_info and isinstance(record.exc_info[1], InvalidToken))


def build(setting: Setting) -> App:
    """Return the application with all its handlers, in the order in which they are tried."""
    builder = ApplicationBuilder().token(setting.token or "").post_init(_introduce).rate_limiter(Patience())
    builder = builder.request(AiohttpRequest()).get_updates_request(AiohttpRequest(connections=4))
    if setting.api_base:
        base = setting.api_base.rstrip("/")
        builder = builder.base_url(f"{base}/bot").base_file_url(f"{base}/file/bot")
    app: App = builder.build()
    app.bot_data["setting"] = setting
    private = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    app.add_handler(CommandHandler("start", _command("hello"), private))
    app.add_handler(CommandHandler("help", _command("help"), private))
    app.add_handler(CallbackQueryHandler(_pressed))
    app.add_handler(MessageHandler(private & filters.TEXT & ~filters.COMMAND, _typed))
    app.add_handler(MessageHandler(private, _other))
    app.add_error_handler(_failed)
    return app


async def _introduce(app: App) -> None:
    """Register the commands in each language of the menu."""
    for code, language in MENU_LANGUAGES.items():
        menu = [BotCommand(c, words(language).say(f"command_{c}")) for c in COMMANDS]
        await app.bot.set_my_commands(menu, language_code=code or None)


def _command(key: str) -> Any:
    async def say(update: Update, context: Context) -> None:
        if update.effective_message:
            await update.effective_message.reply_text(_spoken(key, update, context))

    return say


def _spoken(key: str, update: Update, context: Context) -> str:
    """Return what a command says; help ends with the address that people may write to, where there is one."""
    spoken, address = words(_language(update)), context.bot_data["setting"].contact
    lines = [spoken.say(key)]
    if key == "help" and address:
        lines.append(spoken.say("tell_us", address=address))
    return "\n".join(lines)


async def _typed(update: Update, context: Context) -> None:
    """Answer text, as the answer to the last question where there was one."""
    message = update.effective_message
    if message is not None:
        await _send(message, _answer(update, context, message.text or ""), context)


async def _pressed(update: Update, context: Context) -> None:
    """Answer a button under the message it stands on; Telegram is told first, so that it stops spinning."""
    query = update.callback_query
    if query is None:
        return
    try:
        await query.answer()
    except BadRequest:
        log.info("button pressed too long ago to be confirmed")
    message = query.message
    if isinstance(message, Message):
        await _send(message, _answer(update, context, choice=query.data or ""), context)


async def _other(update: Update, context: Context) -> None:
    """Answer what is no text, and commands we do not have."""
    message = update.effective_message
    if message and message.text:
        await message.reply_text(_spoken("help", update, context))
    elif message:
        await _send(message, _answer(update, context, message.caption or ""), context)


async def _failed(update: object, context: Context) -> None:
    """Log the cause under a number, and tell the person that number and what to do."""
    number = secrets.token_hex(3)
    log.error("failed, reference %s", number, exc_info=context.error)
    message = update.effective_message if isinstance(update, Update) else None
    if isinstance(update, Update) and message:
        try:
            await message.reply_text(words(_language(update)).say("trouble", number=number))
        except TelegramError:
            log.warning("could not tell the person about %s", number)


async def _send(message: Message, reply: Reply, context: Context) -> None:
    """Send a reply with its buttons and remember what a typed answer would mean."""
    if context.chat_data is not None:
        context.chat_data["context"] = reply.context
        context.chat_data["spoken"] = reply.language
        if reply.wish and reply.wish.asks is Asks.LANGUAGE:
            context.chat_data["language"] = reply.wish.value
    text = reply.text[: MessageLimit.MAX_TEXT_LENGTH]
    await message.reply_text(text, reply_markup=keyboard(reply), link_preview_options=NO_PREVIEW)


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """Return a reply's choices as buttons, one a row: names are long and thumbs are big."""
    if not reply.choices:
        return None
    assert all(len(c.choice.encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA for c in reply.choices)  # noqa: S101
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(c.label, callback_data=c.choice)] for c in reply.choices]
    )


def _answer(update: Update, context: Context, text: str = "", choice: str | None = None) -> Reply:
    """Return the reply to a text or a button, in the language of this chat."""
    setting: Setting = context.bot_data["setting"]
    chat = context.chat_data or {}
    # A button is answered in the language of the message it stands under.
    language = chat.get("language") or (chat.get("spoken") if choice is not None else None)
    locale = update.effective_user.language_code if update.effective_user else None
    asked = Asked(text, choice, chat.get("context"), language, locale)
    return answer(asked, setting.matcher(), setting.today(), setting.published)


def _language(update: Update) -> str:
    """Return the language of a person's Telegram."""
    user = update.effective_user
    return language_of(user.language_code if user else None)
