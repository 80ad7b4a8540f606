"""Encrypts an archive so that only who holds the passphrase or key file can read it, and none can change it.

AES-256-GCM in chunks: a chunk's nonce holds its place and whether it is the last, so that chunks can be neither
swapped nor left out, nor the end cut off. The key is derived with scrypt from a salt of the archive's own.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
from typing import IO, TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _

from hatir.config.backups.archive import BackupFailed

if TYPE_CHECKING:
    from typing_extensions import Buffer

MAGIC = b"HATIR-SEALED-1\n"
SALT_BYTES, PREFIX_BYTES, CHECK_BYTES, TAG_BYTES = 16, 7, 16, 16
HEADER_BYTES = len(MAGIC) + SALT_BYTES + PREFIX_BYTES + CHECK_BYTES
CHUNK = 64 * 1024
SCRYPT_COST = 2**15
"""32 MB and a tenth of a second for each guess."""


class SealingWriter(io.RawIOBase):
    """A file to write into; what arrives below is encrypted. Only `finish` makes it whole."""

    def __init__(self, below: IO[bytes], secret: bytes) -> None:
        super().__init__()
        self._below = below
        self._waiting = bytearray()
        self._place = 0
        salt, self._prefix = os.urandom(SALT_BYTES), os.urandom(PREFIX_BYTES)
        key, check = _derive(secret, salt)
        self._cipher = AESGCM(key)
        self._header = MAGIC + salt + self._prefix + check
        below.write(self._header)

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        """Take bytes; a chunk goes down when it is full and not the last."""
        given = bytes(data)
        self._waiting += given
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return len(given)

    def finish(self) -> None:
        """Write the last chunk."""
        self._put(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _put(self, chunk: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._prefix, self._place, is_last=is_last)
        self._below.write(self._cipher.encrypt(nonce, chunk, self._header))
        self._place += 1


class UnsealingReader(io.RawIOBase):
    """A file to read from; what lies below is encrypted. Raises BackupFailed at a wrong secret or a changed byte."""

    def __init__(self, below: IO[bytes], secret: bytes) -> None:
        super().__init__()
        self._below = below
        self._header = below.read(HEADER_BYTES)
        if len(self._header) < HEADER_BYTES:
            raise _damaged()
        parts = self._header[len(MAGIC) :]
        salt, self._prefix = parts[:SALT_BYTES], parts[SALT_BYTES : SALT_BYTES + PREFIX_BYTES]
        key, check = _derive(secret, salt)
        if not hmac.compare_digest(check, parts[-CHECK_BYTES:]):
            raise BackupFailed(_("The passphrase or key file is not the one that this backup was encrypted with."))
        self._cipher = AESGCM(key)
        self._next = below.read(CHUNK + TAG_BYTES)
        self._ready = b""
        self._place = 0
        self._is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Give some bytes; none at the end, and only when the end is the true one."""
        while not self._ready and not self._is_over:
            self._ready = self._take()
        view = memoryview(buffer).cast("B")
        given = self._ready[: len(view)]
        view[: len(given)] = given
        self._ready = self._ready[len(given) :]
        return len(given)

    def _take(self) -> bytes:
        chunk, self._next = self._next, self._below.read(CHUNK + TAG_BYTES)
        self._is_over = not self._next
        nonce = _nonce(self._prefix, self._place, is_last=self._is_over)
        self._place += 1
        try:
            return self._cipher.decrypt(nonce, chunk, self._header)
        except (InvalidTag, ValueError) as changed:
            raise _damaged() from changed


def is_sealed(file: IO[bytes]) -> bool:
    """See by its first bytes whether a file is encrypted; the file is left at its beginning."""
    found = file.read(len(MAGIC))
    file.seek(0)
    return found == MAGIC


def _derive(secret: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Make the key, and a check that tells a wrong passphrase from a damaged file."""
    made = hashlib.scrypt(secret, salt=salt, n=SCRYPT_COST, r=8, p=1, maxmem=2**27, dklen=32 + CHECK_BYTES)
    return made[:32], made[32:]


def _nonce(prefix: bytes, place: int, *, is_last: bool) -> bytes:
    return prefix + place.to_bytes(4, "big") + bytes([is_last])


def _damaged() -> BackupFailed:
    return BackupFailed(_("The backup is damaged or cut off: nothing was restored."))
