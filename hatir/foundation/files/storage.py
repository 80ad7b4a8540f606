"""Where the bytes lie. A content is written beside its place and renamed into it, so that it is whole or absent."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from hatir.foundation.files.errors import DiskFull, EmptyFile, TooLarge
from hatir.foundation.files.rules import HEAD_BYTES

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Content:
    """Bytes that lie safely in their place."""

    sha256: str
    size: int
    head: bytes


def folder() -> Path:
    """Give the folder of all contents."""
    return Path(settings.MEDIA_ROOT)


def place_of(sha256: str) -> Path:
    """Give the path of a content."""
    return folder() / sha256[:2] / sha256[2:4] / sha256


def keep(chunks: Iterable[bytes], *, limit_bytes: int | None = None) -> Content:
    """Write a stream into its place. Raises DiskFull, TooLarge or EmptyFile, and then nothing is left behind."""
    with _half_written() as (file, path):
        digest, size, head = hashlib.sha256(), 0, b""
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            if limit_bytes is not None and size > limit_bytes:
                raise TooLarge(limit_bytes)
            if len(head) < HEAD_BYTES:
                head += chunk[: HEAD_BYTES - len(head)]
            file.write(chunk)
        if not size:
            raise EmptyFile
        file.flush()
        os.fsync(file.fileno())
        content = Content(digest.hexdigest(), size, head)
        place = place_of(content.sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)
    return content


@contextmanager
def _half_written() -> Iterator[tuple[IO[bytes], Path]]:
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder(), prefix="half-", delete=False) as file:
            path = Path(file.name)
            try:
                yield file, path
            finally:
                path.unlink(missing_ok=True)
    except OSError as problem:
        if problem.errno in NO_ROOM:
            raise DiskFull from problem
        raise


def read(sha256: str, chunk_bytes: int = 256 * 1024) -> Iterator[bytes]:
    """Stream a content."""
    with place_of(sha256).open("rb") as file:
        while chunk := file.read(chunk_bytes):
            yield chunk


def forget(sha256: str) -> None:
    """Remove a content that no stored file names any more."""
    place_of(sha256).unlink(missing_ok=True)


def sweep(older_than_seconds: float, now: float) -> int:
    """Remove what killed uploads left half-written; give how many."""
    stale = [path for path in folder().glob("half-*") if now - path.stat().st_mtime > older_than_seconds]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)
