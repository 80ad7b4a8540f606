"""Keeps backups in an S3-compatible store, besides the folder: another house that a fire here does not reach.

The client is MinIO's: it speaks to every S3-compatible store, sends large files by parts, and is a hundredth of the
size of Amazon's own.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from hatir.config.backups.archive import BLOCK, BackupFailed, sha256_of
from hatir.config.env import Store

if TYPE_CHECKING:
    from minio import Minio

SCHEME = "s3:"
PART_BYTES = 64 * 1024 * 1024
"""A store takes 10,000 parts: a backup may have 640 GB."""
PATIENCE_SECONDS = 30


class BackupStore:
    """The bucket and folder that the operator named. Every method raises BackupFailed when the store refuses."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.prefix = f"{store.folder.strip('/')}/" if store.folder else ""
        self.client = _client(store)

    def __str__(self) -> str:
        return f"{self.store.endpoint}/{self.store.bucket}/{self.prefix}"

    def names(self) -> list[str]:
        """List what lies there, oldest name first."""
        with self._said():
            found = self.client.list_objects(self.store.bucket, prefix=self.prefix)
            return sorted(str(each.object_name).removeprefix(self.prefix) for each in found if not each.is_dir)

    def put(self, path: Path) -> None:
        """Send a file, then read it back: only what comes back the same counts as kept."""
        name = f"{self.prefix}{path.name}"
        with self._said():
            self.client.fput_object(self.store.bucket, name, str(path), part_size=PART_BYTES)
            digest = hashlib.sha256()
            answer = self.client.get_object(self.store.bucket, name)
            try:
                for block in answer.stream(BLOCK):
                    digest.update(block)
            finally:
                answer.close()
                answer.release_conn()
        if digest.hexdigest() != sha256_of(path):
            raise BackupFailed(_("What the store gives back is not what was sent: %(name)s") % {"name": path.name})

    def get(self, name: str, target: Path) -> None:
        """Fetch a file."""
        with self._said():
            answer = self.client.get_object(self.store.bucket, f"{self.prefix}{name}")
            try:
                with target.open("wb") as file:
                    shutil.copyfileobj(answer, file, BLOCK)
            finally:
                answer.close()
                answer.release_conn()

    def delete(self, name: str) -> None:
        """Let a file go."""
        with self._said():
            self.client.remove_object(self.store.bucket, f"{self.prefix}{name}")

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Tell the operator which store refused, and why; keys are never part of that."""
        from minio.error import MinioException
        from urllib3.exceptions import HTTPError

        try:
            yield
        except (MinioException, HTTPError, ValueError, OSError) as refused:
            reason = getattr(refused, "message", None) or str(refused)
            told = _("The store for backups refused (%(store)s): %(reason)s")
            raise BackupFailed(told % {"store": self, "reason": reason}) from refused


def _client(store: Store) -> Minio:
    # Loaded here: nobody needs it but backups.
    import urllib3
    from minio import Minio

    parts = urlsplit(store.endpoint)
    waits = urllib3.Timeout(connect=PATIENCE_SECONDS, read=PATIENCE_SECONDS)
    tries = urllib3.Retry(total=3, backoff_factor=0.5, status_forcelist=[500, 502, 503, 504])
    return Minio(
        endpoint=parts.netloc,
        access_key=store.access_key,
        secret_key=store.secret_key,
        region=store.region or None,
        secure=parts.scheme == "https",
        http_client=urllib3.PoolManager(timeout=waits, retries=tries),
    )


@contextmanager
def local_copy(name: str, store: Store | None, scratch: Path) -> Iterator[Path]:
    """Give the archive that "s3:NAME" or a path means as a file of this machine; a fetched one is let go after.

    Raises BackupFailed.
    """
    if not name.startswith(SCHEME):
        yield Path(name)
        return
    fetched = scratch / f".{Path(name).name.removeprefix(SCHEME)}.fetched"
    try:
        named_store(store).get(name.removeprefix(SCHEME), fetched)
        yield fetched
    finally:
        fetched.unlink(missing_ok=True)


def named_store(store: Store | None) -> BackupStore:
    """Give the store that the operator named. Raises BackupFailed when there is none."""
    if store is None:
        raise BackupFailed(_("No store is named: set HATIR_BACKUP_S3_URL and its two keys."))
    return BackupStore(store)
