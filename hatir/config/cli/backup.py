"""`hatir backup FILE`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from hatir.config.cli.start import start_django
from hatir.config.cli.words import _


def summary() -> str:
    """Say what the command does."""
    return _("Write database, files and key into one archive, while Hatır runs.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "file", metavar=_("FILE"), help=_("the archive to write (.tar.gz); s3:NAME sends it to the store")
    )


def run(options: argparse.Namespace) -> int:
    """Write the archive and say what it holds."""
    environment = start_django()
    from hatir.config.backups.archive import BackupFailed
    from hatir.config.backups.store import SCHEME, named_store
    from hatir.config.backups.writing import write_backup

    try:
        if options.file.startswith(SCHEME):
            store = named_store(environment.backup_store)
            with TemporaryDirectory(dir=environment.home, prefix="send-") as scratch:
                target = Path(scratch) / Path(options.file.removeprefix(SCHEME)).name
                manifest = write_backup(target, secret=environment.backup_secret)
                store.put(target)
        else:
            manifest = write_backup(Path(options.file), secret=environment.backup_secret)
    except BackupFailed as failed:
        print(f"hatir: {failed}", file=sys.stderr)
        return 1
    told = _("%(file)s: %(rows)s rows in %(tables)s tables, %(files)s files")
    numbers = {"rows": sum(manifest.rows.values()), "tables": len(manifest.rows), "files": manifest.file_count}
    print(told % {"file": options.file, **numbers})
    if not environment.backup_secret:
        print(_("It is not encrypted: whoever has the file can read everything. Set HATIR_BACKUP_PASSPHRASE "
                "or HATIR_BACKUP_KEY_FILE, and keep it elsewhere too."), file=sys.stderr)  # fmt: skip
    return 0
