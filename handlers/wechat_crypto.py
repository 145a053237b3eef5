"""How WeChat signs and seals: SHA-1 over sorted texts, and AES-256-CBC with the app's id inside.

Written here and not taken from a library: it is this file, the libraries that have it bring a client of WeChat's whole
interface along, and none of them had a release in years. `tests/test_wechat.py` holds it against one of them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

# WeChat pads to a multiple of the key's length, not of the cipher's block.
BLOCK = 32
RANDOM = 16


class ForgedError(ValueError):
    """A message that is not WeChat's, or not for this account."""


def signature(token: str, *parts: str) -> str:
    """Return what WeChat signs texts with: the SHA-1 of them and the token, sorted and joined."""
    return hashlib.sha1("".join(sorted((token, *parts))).encode()).hexdigest()  # noqa: S324  # theirs to choose  # nosec B324


def is_signed(token: str, given: str, *parts: str) -> bool:
    """Tell whether a signature is right, in the same time whatever it is."""
    return hmac.compare_digest(signature(token, *parts).encode(), given.encode("utf-8", "replace"))


class Seal:
    """Opens and seals the messages of one account. Immutable; safe to use from any thread."""

    def __init__(self, key: bytes, app_id: str) -> None:
        """Take the 32 bytes of the key and the app's id, which stands in every message."""
        self._cipher = Cipher(AES(key), CBC(key[:16]))
        self._app_id = app_id.encode()

    def open(self, sealed: str) -> bytes:
        """Return what a sealed text holds. Raises: ForgedError when it was not sealed for this account."""
        try:
            data = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ForgedError("not base64") from error
        if not data or len(data) % 16:
            raise ForgedError("not sealed")
        decryptor = self._cipher.decryptor()
        plain = decryptor.update(data) + decryptor.finalize()
        padding = plain[-1]
        if not 1 <= padding <= BLOCK or len(plain) < RANDOM + 4 + padding:
            raise ForgedError("sealed with another key")
        plain = plain[RANDOM:-padding]
        (length,) = struct.unpack(">I", plain[:4])
        content, app_id = plain[4 : 4 + length], plain[4 + length :]
        if len(content) != length or not hmac.compare_digest(app_id, self._app_id):
            raise ForgedError("sealed for another account")
        return content

    def seal(self, content: bytes) -> str:
        """Return a text that only WeChat and this account can open."""
        plain = secrets.token_bytes(RANDOM) + struct.pack(">I", len(content)) + content + self._app_id
        padding = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher.encryptor()
        return base64.b64encode(
            encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
        ).decode()
