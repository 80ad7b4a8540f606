"""Store and delete files."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from hatir.foundation.files import storage
from hatir.foundation.files.models import StoredFile
from hatir.foundation.files.queries import stored_file
from hatir.foundation.files.rules import sniff_mime, tidy_name
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef

CHUNK_BYTES = 256 * 1024
HALF_FILES_KEPT_SECONDS = 24 * 3600


def store(
    chunks: Iterable[bytes],
    *,
    name: str,
    actor: Actor,
    about: RecordRef | None = None,
    limit_bytes: int | None = None,
) -> StoredFile:
    """Store a stream as a file of the actor. Raises FileRefused (DiskFull, TooLarge, EmptyFile); nothing is kept then.

    Whoever attaches a file to a record (`about`) has checked that the actor may change it.
    """
    content = storage.keep(chunks, limit_bytes=limit_bytes)
    tidy = tidy_name(name)
    return StoredFile.objects.create(
        name=tidy,
        size=content.size,
        mime=sniff_mime(content.head, tidy),
        sha256=content.sha256,
        uploaded_by_id=actor.user_id,
        about_type=about.type_key if about else "",
        about_id=about.id if about else None,
        created_at=timezone.now(),
    )


def store_path(path: Path, *, name: str, actor: Actor, about: RecordRef | None = None) -> StoredFile:
    """Store a file that lies on this machine. See `store`."""
    with path.open("rb") as file:
        return store(iter(lambda: file.read(CHUNK_BYTES), b""), name=name, actor=actor, about=about)


def delete(file_id: int, *, actor: Actor) -> None:
    """Delete a file of the actor; its bytes go with the last file that has them. Raises NotFoundHere."""
    found = stored_file(actor, file_id)
    with transaction.atomic():
        found.delete()
        if not StoredFile.objects.filter(sha256=found.sha256).exists():
            transaction.on_commit(lambda: _forget_unless_stored(found.sha256))


def _forget_unless_stored(sha256: str) -> None:
    if not StoredFile.objects.filter(sha256=sha256).exists():
        storage.forget(sha256)


def sweep_half_files() -> int:
    """Remove what interrupted uploads left; give how many."""
    return storage.sweep(HALF_FILES_KEPT_SECONDS, time.time())
