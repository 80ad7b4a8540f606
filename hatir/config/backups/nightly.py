"""Backups by the clock: written, read back, and only then are old ones let go."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from hatir.config.backups.archive import BackupFailed
from hatir.config.backups.preferences import FOLDER, KEPT, RHYTHM
from hatir.config.backups.restoring import check_backup
from hatir.config.backups.store import BackupStore
from hatir.config.backups.writing import write_backup
from hatir.config.env import Store
from hatir.foundation.preferences.queries import value_of

ALMOST_A_WEEK = timedelta(days=6, hours=12)
STAMP = "hatir-%Y%m%d-%H%M%S.backup"
_OURS = re.compile(r"hatir-\d{8}-\d{6}\.backup")


def write_due(*, at: datetime, secret: bytes, store: Store | None = None) -> Path | None:
    """Write tonight's backup, prove it, and send it to the store if there is one; None when none is wanted.

    When the store refuses, the backup in the folder stays. Raises BackupFailed.
    """
    rhythm = value_of(RHYTHM.key)
    if rhythm == "never":
        return None
    folder = _usable_folder()
    newest = newest_at(folder)
    if rhythm == "weekly" and newest is not None and at - newest < ALMOST_A_WEEK:
        return None
    if not secret:
        raise BackupFailed(
            _("Backups by the clock are encrypted: set HATIR_BACKUP_PASSPHRASE or HATIR_BACKUP_KEY_FILE on the server.")
        )
    target = folder / at.astimezone(UTC).strftime(STAMP)
    write_backup(target, secret=secret)
    try:
        check_backup(target, secret=secret)
    except BackupFailed:
        target.unlink(missing_ok=True)
        raise
    kept = value_of(KEPT.key)
    for old in _ours(folder)[:-kept]:
        old.unlink(missing_ok=True)
    if store is not None:
        _keep_elsewhere(target, BackupStore(store), kept)
    return target


def _keep_elsewhere(written: Path, store: BackupStore, kept: int) -> None:
    store.put(written)
    for old in [name for name in store.names() if _OURS.fullmatch(name)][:-kept]:
        store.delete(old)


def folder_of_backups() -> Path:
    """Give the folder that the company chose, or the one beside the data."""
    return Path(value_of(FOLDER.key).strip() or Path(settings.HATIR_HOME) / "backups")


def newest_at(folder: Path) -> datetime | None:
    """Find when the newest backup of a folder was made."""
    found = _ours(folder)
    return datetime.strptime(found[-1].name, STAMP).replace(tzinfo=UTC) if found else None


def _ours(folder: Path) -> list[Path]:
    """List the backups that the clock has written, oldest first; whatever else lies there is not ours to delete."""
    return sorted(path for path in folder.glob("hatir-*.backup") if _OURS.fullmatch(path.name))


def _usable_folder() -> Path:
    """Give the folder once it can be used. One that was named is never made: its disk may not be mounted."""
    folder = folder_of_backups()
    words = {"folder": folder}
    if not value_of(FOLDER.key).strip():
        folder.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_absolute():
        raise BackupFailed(_("The folder for backups must be named from the root on: %(folder)s") % words)
    shown = (Path(settings.STATIC_ROOT).resolve(), Path(settings.MEDIA_ROOT).resolve())
    if any(folder.resolve().is_relative_to(place) for place in shown):
        raise BackupFailed(_("Backups must not lie where files are handed out: %(folder)s") % words)
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise BackupFailed(_("The folder for backups is missing or cannot be written: %(folder)s") % words)
    return folder
