"""Floor 6. How accounts, places to go, sources and contact points are called in a sentence.

Only names from records and words from wording files are put together here.
"""

from __future__ import annotations

from bot.contacts import EVERYTHING
from bot.records import Account, Contact, Source, Unit
from bot.reply import Goal
from bot.talk.voice import Voice
from bot.trail import SCOPES
from bot.values import ContactKind, Platform


def label(account: Account, unit: Unit | None, voice: Voice) -> str:
    """Return how an account is called in a sentence, never a name nobody reported."""
    platform = voice.name("platforms", account.platform) if account.platform else None
    if account.name:
        key = "account" if platform else "account_bare"
        return voice.say(key, name=voice.quoted(account.name), platform=platform or "")
    key = "account_unnamed" if platform else "account_unnamed_bare"
    return voice.say(key, unit=owner(unit, voice) or voice.say("some_office"), platform=platform or "")


def owner(unit: Unit | None, voice: Voice) -> str | None:
    """Return what a unit is called, `None` when nobody reported it."""
    return voice.proper(unit.name) if unit and unit.name else None


def goal_name(goal: Goal, voice: Voice) -> str:
    """Return what a place to go is called, and where it lives."""
    if goal.kind == "unit":
        accounts = voice.joined(label(a, goal.unit, voice) for a in goal.accounts)
        name = voice.proper(goal.name or "")
        return voice.say("goal_unit", name=name, accounts=accounts) if accounts else name
    if goal.account and not goal.account.name:
        return label(goal.account, goal.unit, voice)
    if goal.path:
        path = voice.say("arrow").join(voice.proper(p) for p in goal.path)
        return voice.say("goal_path", name=voice.quoted(goal.name or ""), path=path)
    if goal.platform is Platform.WEBSITE:
        name = voice.proper(goal.name or "")
        site = "网" in (goal.name or "") and voice.language != "en"
        return (
            name if site else voice.say("goal_site", name=name, platform=voice.name("platforms", "website"))
        )
    if goal.platform:
        platform = voice.name("platforms", goal.platform)
        return voice.say("account", name=voice.quoted(goal.name or ""), platform=platform)
    return voice.say("goal_unsaid", name=voice.quoted(goal.name or ""))


def scope(said: str | None, voice: Voice) -> str | None:
    """Return what a destination takes over in words; `None` for everything or when nobody said."""
    if said in (None, "all"):
        return None
    return voice.name("scopes", said) if said in SCOPES else voice.sentence(said or "")


def source(said: Source, voice: Voice) -> str:
    """Return who says so and when; what we read as a reprint says so."""
    key = "source_dated" if said.date else "source"
    text = voice.say(key, publisher=voice.proper(said.publisher), date=str(said.date))
    return voice.say("reprint", source=text) if said.reprint or said.mirror else text


def contact(found: Contact, place: str | None, voice: Voice) -> str:
    """Return a contact point with its evidence: how to dial it from here and from elsewhere, where to find it."""
    app = found.kind in (ContactKind.APP, ContactKind.MINIPROGRAM)
    values = {
        "name": (voice.quoted if app else voice.proper)(found.name or ""),
        "value": found.value,
        "basis": voice.name("contact_bases", found.basis),
        "kind": voice.name("contact_kinds", found.kind),
    }
    if found.kind is ContactKind.HOTLINE:
        if "-" in found.value and EVERYTHING in found.topics:
            return voice.say("contact_hotline_local", short=found.value.rpartition("-")[2], **values)
        return voice.say("contact_hotline" if place else "contact_hotline_areas", **values)
    return voice.say("contact_app" if app else "contact_other", **values)
