"""`hatir restore FILE`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hatir.config.cli.start import start_django
from hatir.config.cli.words import _


def summary() -> str:
    """Say what the command does."""
    return _("Put an archive of `hatir backup` back; every row is counted.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, metavar=_("FILE"), help=_("the archive to read (.tar.gz)"))
    parser.add_argument("--replace", action="store_true", help=_("replace what the database holds now"))


def run(options: argparse.Namespace) -> int:
    """Put the archive back and say what came."""
    environment = start_django()
    from hatir.config import locks
    from hatir.config.backups.archive import BackupFailed
    from hatir.config.backups.restoring import restore_backup

    try:
        with locks.alone(environment.home):
            manifest = restore_backup(options.file, replace=options.replace, secret=environment.backup_secret)
    except (BackupFailed, locks.HatirIsRunning) as failed:
        print(f"hatir: {failed}", file=sys.stderr)
        return 1
    told = _("Restored the backup of %(made_at)s: %(rows)s rows, %(files)s files; counts and checksums agree.")
    numbers = {"rows": sum(manifest.rows.values()), "files": manifest.file_count}
    print(told % {"made_at": manifest.made_at, **numbers})
    return 0
