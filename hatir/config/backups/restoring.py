"""Puts a backup back: everything is checked before anything is changed."""

from __future__ import annotations

import io
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from hatir.config.backups import postgres
from hatir.config.backups.archive import (
    BLOCK,
    FILES_FOLDER,
    KEY_FILE,
    POSTGRES_FILE,
    SQLITE_FILE,
    BackupFailed,
    Manifest,
    check_unpacked,
    read_manifest,
    sqlite_rows,
    unpack,
)
from hatir.config.backups.sealing import UnsealingReader, is_sealed


def restore_backup(archive: Path, *, replace: bool, secret: bytes = b"") -> Manifest:
    """Put the archive back; raises BackupFailed, and then nothing was changed.

    A database that holds people is only replaced when `replace` says so; `secret` opens an encrypted archive.
    """
    home = Path(settings.HATIR_HOME)
    with tempfile.TemporaryDirectory(dir=home, prefix="restore-") as scratch:
        folder = Path(scratch)
        _open(archive, folder, secret)
        manifest = read_manifest(folder)
        check_unpacked(folder, manifest)
        _refuse_wrong_target(manifest, replace=replace)
        if manifest.engine == "postgresql":
            postgres.restore(folder / POSTGRES_FILE, manifest.rows, replace=replace)
        else:
            _put_sqlite(folder / SQLITE_FILE, manifest)
        _put_files(folder / FILES_FOLDER)
        _put_key(folder / KEY_FILE, home)
    return manifest


def check_backup(archive: Path, *, secret: bytes = b"") -> Manifest:
    """Read an archive back without putting it anywhere: checksums of all files, and on SQLite all rows.

    Raises BackupFailed.
    """
    with tempfile.TemporaryDirectory(dir=Path(settings.HATIR_HOME), prefix="check-") as scratch:
        folder = Path(scratch)
        _open(archive, folder, secret)
        manifest = read_manifest(folder)
        check_unpacked(folder, manifest)
        if manifest.engine == "postgresql":
            postgres.check(folder / POSTGRES_FILE)
        else:
            _check_sqlite(folder / SQLITE_FILE, manifest)
    return manifest


def _open(archive: Path, folder: Path, secret: bytes) -> None:
    try:
        with archive.open("rb") as file:
            if not is_sealed(file):
                unpack(file, folder)
                return
            if not secret:
                told = _("This backup is encrypted: name its HATIR_BACKUP_PASSPHRASE or HATIR_BACKUP_KEY_FILE.")
                raise BackupFailed(told)
            unpack(io.BufferedReader(UnsealingReader(file, secret), BLOCK), folder)
    except OSError as refused:
        raise BackupFailed(_("The archive cannot be read: %(reason)s") % {"reason": refused}) from refused


def _refuse_wrong_target(manifest: Manifest, *, replace: bool) -> None:
    if manifest.engine != connection.vendor:
        words = {"theirs": manifest.engine, "ours": connection.vendor}
        raise BackupFailed(_("The backup is of a %(theirs)s database, this is %(ours)s: set DATABASE_URL.") % words)
    if not replace and _holds_people():
        raise BackupFailed(_("The database is not empty: add --replace to replace what it holds."))


def _holds_people() -> bool:
    tables = connection.introspection.table_names()
    if "staff_user" not in tables:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM staff_user LIMIT 1")
        return cursor.fetchone() is not None


def _check_sqlite(copy: Path, manifest: Manifest) -> None:
    with closing(sqlite3.connect(copy)) as opened:
        verdict = opened.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok" or sqlite_rows(copy) != manifest.rows:
        raise BackupFailed(_("The database in the archive is damaged: its rows do not add up."))


def _put_sqlite(copy: Path, manifest: Manifest) -> None:
    _check_sqlite(copy, manifest)
    connection.close()
    target = Path(settings.DATABASES["default"]["NAME"])
    close_log(target)
    # What the log of the old database still holds must not be played into the new one.
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    shutil.move(copy, target)


def close_log(target: Path) -> None:
    """Bring the log of the old database home: killed before the new one stands there, the old one is whole."""
    if not target.exists():
        return
    try:
        with closing(sqlite3.connect(target)) as opened:
            opened.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError:
        """What is too damaged to be opened is what the restore replaces."""


def _put_files(folder: Path) -> None:
    target = Path(settings.MEDIA_ROOT)
    aside = target.with_name(f"{target.name}.before-restore")
    shutil.rmtree(aside, ignore_errors=True)
    if target.exists():
        target.rename(aside)
    if folder.exists():
        shutil.move(folder, target)
    shutil.rmtree(aside, ignore_errors=True)


def _put_key(key: Path, home: Path) -> None:
    """Bring the key back that seals secrets in this database."""
    if key.exists():
        key.chmod(0o600)
        shutil.move(key, home / KEY_FILE)
