"""What is in a backup, and how it is checked."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE_FILE = "database.sqlite3"
POSTGRES_FILE = "database.dump"
KEY_FILE = "secret.key"
FILES_FOLDER = "files"
BLOCK = 1024 * 1024


class BackupFailed(Exception):
    """The backup or restore was not done; nothing was changed. The message is for the operator."""


@dataclass(frozen=True)
class Manifest:
    """What the archive holds: the sha256 of each file and the rows of each table."""

    format: int
    version: str
    made_at: str
    engine: str
    rows: dict[str, int]
    sha256: dict[str, str] = field(default_factory=dict)

    @property
    def file_count(self) -> int:
        return sum(name.startswith(f"{FILES_FOLDER}/") for name in self.sha256)

    def as_json(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False, sort_keys=True)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of an unpacked archive; raises BackupFailed when it is none of ours."""
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as wrong:
        raise BackupFailed(_("This file is not a backup of Hatır.")) from wrong
    if manifest.format != FORMAT:
        raise BackupFailed(_("This backup was made by a newer Hatır: update first."))
    return manifest


def sha256_of(path: Path) -> str:
    """Compute the checksum of a file without holding it in memory."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def sqlite_rows(path: Path) -> dict[str, int]:
    """Count the rows of every table of an SQLite file that nobody writes."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names}  # noqa: S608 — names come from the database itself


def unpack(stream: IO[bytes], folder: Path) -> None:
    """Unpack plain files with tame names only, to the stream's end; raises BackupFailed at anything else."""
    try:
        with tarfile.open(fileobj=stream, mode="r|gz") as packed:
            for member, content in _plain_files(packed):
                target = folder / member
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as file:
                    shutil.copyfileobj(content, file, BLOCK)
        while stream.read(BLOCK):
            """What follows the last file proves that nothing was cut off."""
    except (OSError, EOFError, tarfile.TarError) as wrong:
        raise BackupFailed(_("The archive cannot be read: %(reason)s") % {"reason": wrong}) from wrong


def _plain_files(packed: tarfile.TarFile) -> Iterator[tuple[PurePosixPath, IO[bytes]]]:
    for member in packed:
        name = PurePosixPath(member.name)
        content = packed.extractfile(member) if member.isfile() else None
        if content is None or name.is_absolute() or ".." in name.parts:
            raise BackupFailed(_("The archive holds something that no backup holds: %(name)s") % {"name": member.name})
        yield name, content


def check_unpacked(folder: Path, manifest: Manifest) -> None:
    """Compare every file with its checksum; raises BackupFailed at the first that differs, lacks or is too many."""
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    if found != set(manifest.sha256):
        odd = sorted(found ^ set(manifest.sha256))[0]
        raise BackupFailed(_("The archive and its list of contents differ: %(name)s") % {"name": odd})
    for name, checksum in manifest.sha256.items():
        if sha256_of(folder / name) != checksum:
            raise BackupFailed(_("The archive is damaged: %(name)s") % {"name": name})
