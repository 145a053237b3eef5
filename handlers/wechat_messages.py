"""WeChat's messages: XML → what a person did, and an answer → XML. What is no message of WeChat's is refused."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # writes; defusedxml reads
from dataclasses import dataclass

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from handlers.wechat_crypto import ForgedError

MOST_FIELDS = 40


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a person did.

    Attributes:
        sender: The person's id, which is another for each Official Account.
        account: The Official Account's own id.
        kind: `text`, `voice`, `image`, `event` …
        text: What was typed, or what WeChat heard.
        event: For an event what happened: `subscribe`, `click` …, in small letters.
        key: For an event the key of the menu entry or of the QR code.
        picture: For a picture the address that WeChat keeps it at.
        key_of_retry: The same when WeChat sends the same thing again.
    """

    sender: str
    account: str
    kind: str
    text: str = ""
    event: str = ""
    key: str = ""
    picture: str = ""
    key_of_retry: str = ""


def fields(content: bytes) -> dict[str, str]:
    """Return the fields of a message. Raises: ForgedError for what is none."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ForgedError("no XML") from error
    if root.tag != "xml" or len(root) > MOST_FIELDS:
        raise ForgedError("no message")
    return {child.tag: child.text or "" for child in root}


def incoming(content: bytes) -> Incoming:
    """Return what a message says. Raises: ForgedError for what is none."""
    found = fields(content)
    sender, account, kind = (
        found.get("FromUserName", ""),
        found.get("ToUserName", ""),
        found.get("MsgType", ""),
    )
    if not sender or not account or not kind or len(sender) > 64:
        raise ForgedError("no sender")
    event = found.get("Event", "").lower()
    # Events have no number of their own: WeChat says to tell them apart by person and time.
    again = found.get("MsgId") or f"{found.get('CreateTime', '')} {event} {found.get('EventKey', '')}"
    text = found.get("Content", "") if kind == "text" else found.get("Recognition", "")
    key, picture = found.get("EventKey", ""), found.get("PicUrl", "")
    return Incoming(sender, account, kind, text, event, key, picture, f"{sender} {again}")


def answer_to(message: Incoming, text: str, now: int) -> bytes:
    """Return an answer as WeChat takes it; `now` in seconds since 1970."""
    return _xml(
        ToUserName=message.sender,
        FromUserName=message.account,
        CreateTime=str(now),
        MsgType="text",
        Content=text,
    )


def sealed_answer(sealed: str, signed: str, timestamp: str, nonce: str) -> bytes:
    """Return a sealed answer as WeChat takes it."""
    return _xml(Encrypt=sealed, MsgSignature=signed, TimeStamp=timestamp, Nonce=nonce)


def _xml(**values: str) -> bytes:
    root = ET.Element("xml")
    for name, value in values.items():
        # XML knows no control characters, and no halves of characters.
        kept = "".join(
            c
            for c in value
            if c == "\n" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF and c not in "\ufffe\uffff")
        )
        ET.SubElement(root, name).text = kept
    content: bytes = ET.tostring(root, encoding="utf-8")
    return content
