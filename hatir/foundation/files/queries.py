"""Find stored files that the actor may have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.db.models import QuerySet

from hatir.foundation.access.grants import rights_of
from hatir.foundation.access.queries import visible
from hatir.foundation.files import storage
from hatir.foundation.files.models import StoredFile
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.refs import RecordRef


def stored_file(actor: Actor, file_id: int) -> StoredFile:
    """Fetch a file that the actor stored, or that is about a record he sees. Raises NotFoundHere."""
    found = StoredFile.objects.filter(pk=file_id).first()
    if found is None or not _may_have(actor, found):
        raise NotFoundHere(str(file_id))
    return found


def _may_have(actor: Actor, file: StoredFile) -> bool:
    if actor.is_system or rights_of(actor).everything:
        return True
    if file.about_id is not None:
        return visible(actor, file.about_type).filter(pk=file.about_id).exists()
    return file.uploaded_by_id is not None and file.uploaded_by_id == actor.user_id


def files_about(actor: Actor, ref: RecordRef) -> QuerySet[StoredFile]:
    """List the files of a record, newest first; none when the actor does not see the record."""
    rows = StoredFile.objects.filter(about_type=ref.type_key, about_id=ref.id).order_by("-id")
    return rows if visible(actor, ref.type_key).filter(pk=ref.id).exists() else rows.none()


def path_of(file: StoredFile) -> Path:
    """Give where the bytes lie."""
    return storage.place_of(file.sha256)


def read(file: StoredFile) -> Iterator[bytes]:
    """Stream the bytes."""
    return storage.read(file.sha256)
