"""What was encrypted is read back byte for byte, or refused."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from django.utils import translation

from hatir.config.backups import sealing
from hatir.config.backups.archive import BackupFailed
from hatir.config.backups.sealing import HEADER_BYTES, SealingWriter, UnsealingReader

CHUNK = 8
SEALED_CHUNK = CHUNK + sealing.TAG_BYTES


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Use small chunks and a cheap key: what is tried does not depend on either. Sentences are read in English."""
    monkeypatch.setattr(sealing, "CHUNK", CHUNK)
    monkeypatch.setattr(sealing, "SCRYPT_COST", 2)
    with translation.override("en"):
        yield


def sealed(content: bytes) -> bytes:
    below = io.BytesIO()
    writer = SealingWriter(below, b"secret")
    for start in range(0, len(content), 5):
        writer.write(content[start : start + 5])
    writer.finish()
    return below.getvalue()


def unsealed(content: bytes, secret: bytes = b"secret") -> bytes:
    return UnsealingReader(io.BytesIO(content), secret).read()


class TestSealing:
    @pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 16, 17, 100])
    def test_gives_back_what_went_in(self, length: int) -> None:
        content = bytes(range(length))

        assert unsealed(sealed(content)) == content

    def test_writes_the_same_content_differently_each_time(self) -> None:
        assert sealed(b"the same") != sealed(b"the same")

    def test_refuses_another_secret(self) -> None:
        with pytest.raises(BackupFailed, match="not the one"):
            unsealed(sealed(b"content"), b"another")

    def test_refuses_any_changed_byte(self) -> None:
        whole = sealed(bytes(20))

        for place in range(len(sealing.MAGIC), len(whole)):
            changed = bytearray(whole)
            changed[place] ^= 1
            with pytest.raises(BackupFailed):
                unsealed(bytes(changed))

    def test_refuses_every_cut(self) -> None:
        whole = sealed(bytes(20))

        for length in range(len(whole)):
            with pytest.raises(BackupFailed):
                unsealed(whole[:length])

    def test_refuses_chunks_that_changed_places(self) -> None:
        whole = sealed(bytes(range(24)))
        header, body = whole[:HEADER_BYTES], whole[HEADER_BYTES:]
        first, second, rest = body[:SEALED_CHUNK], body[SEALED_CHUNK : 2 * SEALED_CHUNK], body[2 * SEALED_CHUNK :]

        with pytest.raises(BackupFailed, match="damaged or cut off"):
            unsealed(header + second + first + rest)

    def test_refuses_what_was_put_behind_the_end(self) -> None:
        with pytest.raises(BackupFailed, match="damaged or cut off"):
            unsealed(sealed(bytes(20)) + b"more")
