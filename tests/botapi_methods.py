"""The methods of the Bot API, one function each; those about messages are in `botapi_messages`.

A function gets the world and the parameters of the request and returns the `result` of the answer, or raises
`ApiError`. Nobody sees an effect before its last check has passed.
"""

import inspect
import json
from collections.abc import Callable
from typing import Any, TypeVar

from telegram.constants import BotDescriptionLimit, BotNameLimit

from tests.botapi_objects import command_scope, commands, language_code, menu_button
from tests.botapi_rules import ApiError, Params, bad
from tests.botapi_text import Json, utf16
from tests.botapi_updates import CONFLICT_SET_WEBHOOK, CONFLICT_WEBHOOK, Webhook, parse_webhook
from tests.botapi_world import INSIDE, World, file_info

Method = Callable[[World, Params], Any]
Function = TypeVar("Function", bound=Method)
METHODS: dict[str, tuple[str, Method]] = {}  # lower-case name to the name as documented and the function

LARGEST_DOWNLOAD = 20 << 20  # bytes; Bot API, getFile
CLOSE_PAUSE = 600  # seconds after the start in which the server refuses `close`; Bot API, close
PROFILE_LIMITS = {
    "name": BotNameLimit.MAX_NAME_LENGTH,
    "description": BotDescriptionLimit.MAX_DESCRIPTION_LENGTH,
    "short_description": BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH,
}


def method(name: str) -> Callable[[Function], Function]:
    """Registers a function as a method of the Bot API."""

    def register(function: Function) -> Function:
        METHODS[name.lower()] = (name, function)
        return function

    return register


async def call(world: World, name: str, params: Params) -> Any:
    """Carries out a method and returns its result.

    Raises:
        ApiError: The server refuses the request.
    """
    if world.logged_out:
        raise ApiError(400, "Logged out")
    if name.lower() not in METHODS:
        raise ApiError(404, "Not Found")
    result = METHODS[name.lower()][1](world, params)
    return await result if inspect.isawaitable(result) else result


# The bot itself ------------------------------------------------------------------------------------------------------


@method("getMe")
def get_me(world: World, _params: Params) -> Json:
    """Returns the bot with all the fields that only getMe has."""
    return {
        **world.bot.info(),
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": world.supports_inline,
        "supports_guest_queries": world.supports_guests,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }


@method("logOut")
def log_out(world: World, _params: Params) -> bool:
    """Ends the service: every later request is refused."""
    world.logged_out = True
    return True


@method("close")
def close(world: World, _params: Params) -> bool:
    """Closes the bot instance; refused in the first ten minutes."""
    wait = int(world.started_at + CLOSE_PAUSE - world.clock())
    if wait > 0:
        raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
    return True


def _scope_key(world: World, params: Params) -> tuple[str, str]:
    scope = command_scope(params)
    if "chat_id" in scope:
        scope = {**scope, "chat_id": world.find_chat(Params(scope)).id}
    return json.dumps(scope, sort_keys=True), language_code(params)


@method("setMyCommands")
def set_my_commands(world: World, params: Params) -> bool:
    """Sets the commands of one scope and language; an empty list is the same as deleteMyCommands."""
    found = commands(params)
    world.commands[_scope_key(world, params)] = found
    return True


@method("getMyCommands")
def get_my_commands(world: World, params: Params) -> list[Json]:
    """Returns the commands of exactly this scope and language."""
    return world.commands.get(_scope_key(world, params), [])


@method("deleteMyCommands")
def delete_my_commands(world: World, params: Params) -> bool:
    """Deletes the commands of one scope and language."""
    world.commands.pop(_scope_key(world, params), None)
    return True


def _set_profile(world: World, params: Params, name: str) -> bool:
    """Sets a text of the profile; "" removes it. The wording for a text over the limit is the emulator's own."""
    text, code = params.text(name), language_code(params)
    if utf16(text) > PROFILE_LIMITS[name]:
        raise bad(f"{name} is too long")
    world.profile[name, code] = text
    return True


def _get_profile(world: World, params: Params, name: str, default: str = "") -> Json:
    """Returns a text of the profile in a language, or else the one for all languages."""
    texts = (world.profile.get((name, code)) for code in (language_code(params), ""))
    return {name: next(filter(None, texts), default)}


@method("setMyName")
def set_my_name(world: World, params: Params) -> bool:
    """Sets the bot's name, 0-64 characters."""
    return _set_profile(world, params, "name")


@method("getMyName")
def get_my_name(world: World, params: Params) -> Json:
    """Returns BotName."""
    return _get_profile(world, params, "name", world.bot.first_name)


@method("setMyDescription")
def set_my_description(world: World, params: Params) -> bool:
    """Sets what an empty chat with the bot shows, 0-512 characters."""
    return _set_profile(world, params, "description")


@method("getMyDescription")
def get_my_description(world: World, params: Params) -> Json:
    """Returns BotDescription."""
    return _get_profile(world, params, "description")


@method("setMyShortDescription")
def set_my_short_description(world: World, params: Params) -> bool:
    """Sets what the bot's profile page shows, 0-120 characters."""
    return _set_profile(world, params, "short_description")


@method("getMyShortDescription")
def get_my_short_description(world: World, params: Params) -> Json:
    """Returns BotShortDescription."""
    return _get_profile(world, params, "short_description")


@method("setChatMenuButton")
def set_chat_menu_button(world: World, params: Params) -> bool:
    """Sets the menu button of one private chat, or without chat_id the default one."""
    button = menu_button(params)
    chat_id = world.find_chat(params).id if "chat_id" in params else 0
    world.menu_buttons[chat_id] = button
    return True


@method("getChatMenuButton")
def get_chat_menu_button(world: World, params: Params) -> Json:
    """Returns the menu button of a private chat, or without chat_id the default one."""
    chat_id = world.find_chat(params).id if "chat_id" in params else 0
    return world.menu_buttons.get(chat_id, {"type": "default" if chat_id else "commands"})


# Updates -------------------------------------------------------------------------------------------------------------


@method("getUpdates")
async def get_updates(world: World, params: Params) -> list[Json]:
    """Returns the updates that wait, or waits for the first one."""
    if world.sender.webhook.url:
        raise ApiError(409, CONFLICT_WEBHOOK)
    return await world.poller.poll(params)


@method("setWebhook")
async def set_webhook(world: World, params: Params) -> bool:
    """Sets the webhook; an empty URL removes it."""
    if "url" not in params:
        return await delete_webhook(world, params)
    webhook = parse_webhook(params)
    world.queue.allow(params)
    _drop_pending(world, params)
    world.poller.interrupt(CONFLICT_SET_WEBHOOK)
    await world.sender.set(webhook)
    return True


@method("deleteWebhook")
async def delete_webhook(world: World, params: Params) -> bool:
    """Removes the webhook."""
    _drop_pending(world, params)
    await world.sender.set(Webhook())
    return True


def _drop_pending(world: World, params: Params) -> None:
    if params.flag("drop_pending_updates"):
        world.queue.clear()


@method("getWebhookInfo")
def get_webhook_info(world: World, _params: Params) -> Json:
    """Returns WebhookInfo."""
    return world.sender.info()


# Chats and files -----------------------------------------------------------------------------------------------------


@method("getChat")
def get_chat(world: World, params: Params) -> Json:
    """Returns ChatFullInfo."""
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    return {
        **world.find_chat(params).info(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


@method("getChatMember")
def get_chat_member(world: World, params: Params) -> Json:
    """Returns ChatMember; a user who was never in the chat has the status "left"."""
    user_id = params.integer("user_id")
    if user_id <= 0:
        raise bad("invalid user_id specified")
    chat = world.find_chat(params)
    if user_id not in world.users:
        raise bad("PARTICIPANT_ID_INVALID")
    return world.member(chat, world.users[user_id])


@method("getChatAdministrators")
def get_chat_administrators(world: World, params: Params) -> list[Json]:
    """Returns the administrators of a group, of all bots only this one."""
    chat = world.find_chat(params)
    if chat.type == "private":
        raise bad("there are no administrators in the private chat")
    leaders = [user_id for user_id, status in chat.members.items() if status in {"creator", "administrator"}]
    people = [world.users[user_id] for user_id in leaders]
    return [world.member(chat, user) for user in people if not user.is_bot or user is world.bot]


@method("leaveChat")
def leave_chat(world: World, params: Params) -> bool:
    """Takes the bot out of a group."""
    chat = world.find_chat(params)
    if chat.type == "private":
        raise bad("chat member status can't be changed in private chats")
    if chat.members.get(world.bot.id) in INSIDE:
        world.change_member(chat, world.bot, "left", world.bot)
    return True


@method("getFile")
def get_file(world: World, params: Params) -> Json:
    """Returns File with a file_path to download, of a file of at most 20 MB."""
    if "file_id" not in params:
        raise bad("file_id not specified")
    stored = world.files.get(params.text("file_id"))
    if stored is None:
        raise bad("invalid file_id")
    if len(stored.data) > LARGEST_DOWNLOAD:
        raise bad("file is too big")
    stored.opened = True
    return {**file_info(stored), "file_path": stored.path}
