"""`hatir restore FILE`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from hatir.config.cli.start import start_django
from hatir.config.cli.words import _

if TYPE_CHECKING:
    from hatir.config.backups.archive import Manifest


def summary() -> str:
    """Say what the command does."""
    return _("Put an archive of `hatir backup` back; every row is counted.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "file", metavar=_("FILE"), help=_("the archive to read (.tar.gz); s3:NAME fetches it from the store")
    )
    parser.add_argument(
        "--check", action="store_true", help=_("only read the archive and prove it; nothing is changed")
    )
    parser.add_argument("--replace", action="store_true", help=_("replace what the database holds now"))


def run(options: argparse.Namespace) -> int:
    """Put the archive back and say what came."""
    environment = start_django()
    from hatir.config import locks
    from hatir.config.backups.archive import BackupFailed
    from hatir.config.backups.restoring import check_backup, restore_backup
    from hatir.config.backups.store import local_copy

    told = _("Restored the backup of %(made_at)s: %(rows)s rows, %(files)s files; counts and checksums agree.")
    try:
        with local_copy(options.file, environment.backup_store, environment.home) as file:
            if options.check:
                told = _("The backup of %(made_at)s is whole: %(rows)s rows, %(files)s files; checksums agree.")
                return _say(told, check_backup(file, secret=environment.backup_secret))
            with locks.alone(environment.home):
                manifest = restore_backup(file, replace=options.replace, secret=environment.backup_secret)
    except (BackupFailed, locks.HatirIsRunning) as failed:
        print(f"hatir: {failed}", file=sys.stderr)
        return 1
    return _say(told, manifest)


def _say(told: str, manifest: Manifest) -> int:
    numbers = {"rows": sum(manifest.rows.values()), "files": manifest.file_count}
    print(told % {"made_at": manifest.made_at, **numbers})
    return 0
