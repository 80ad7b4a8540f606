"""The checks behind `hatir check`: each gives a colour and, when not green, what mends it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.config.env import Environment

LEAST_FREE_BYTES = 1024**3
LATEST_RATES = timedelta(days=9)
"""The longest feast with its weekends brings no bulletin for so long."""
LATEST_NIGHTLY, LATEST_WEEKLY = timedelta(days=2), timedelta(days=9)


@dataclass(frozen=True)
class Finding:
    """What one check found: green, yellow (works, but look) or red."""

    name: str
    colour: str
    told: str
    mend: str = ""


def findings(environment: Environment) -> Iterator[Finding]:
    """Check everything, one after the other."""
    yield check_configuration(environment)
    yield check_database()
    yield from check_queue()
    yield check_disk(environment)
    yield check_backups(environment)
    if environment.backup_store is not None:
        yield check_store(environment)
    yield check_mail(environment)
    yield from check_rates()


def check_configuration(environment: Environment) -> Finding:
    """Look at the key and the address."""
    name = _("configuration")
    key = environment.home / "secret.key"
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        return Finding(name, "red", _("others can read the secret key"), f"chmod 600 {key}")
    if environment.proxied and not environment.base_url.startswith("https://"):
        return Finding(
            name, "yellow", _("served behind a proxy without https"), _("Set HATIR_BASE_URL to the https address.")
        )
    return Finding(name, "green", f"{environment.base_url} · {environment.home}")


def check_database() -> Finding:
    """Ask the database, and whether its tables are of this version."""
    name = _("database")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as refused:
        return Finding(name, "red", str(refused).strip(), _("Check DATABASE_URL and that the server runs."))
    if waiting:
        told = _("%(count)s changes of the tables are waiting") % {"count": len(waiting)}
        return Finding(name, "red", told, "bin/hatir migrate")
    return Finding(name, "green", connection.vendor)


def check_queue() -> Iterator[Finding]:
    """Look at waiting and failed jobs (the room `jobs` knows them)."""
    from hatir.foundation.jobs import queries

    name = _("queue")
    try:
        state = queries.queue_state()
    except DatabaseError:
        yield Finding(name, "red", _("cannot be read"), "bin/hatir migrate")
        return
    told = _("%(waiting)s waiting, %(failed)s failed") % {"waiting": state.waiting, "failed": state.failed}
    if state.failed:
        yield Finding(name, "yellow", told, _("Look at Settings → Jobs; failed jobs can be run again there."))
    elif state.is_stalled:
        yield Finding(name, "red", told, _("No worker takes jobs: start one with bin/run or bin/hatir worker."))
    else:
        yield Finding(name, "green", told)


def check_disk(environment: Environment) -> Finding:
    """See whether the data folder can be written and has room."""
    name = _("disk")
    free = shutil.disk_usage(environment.home).free
    told = _("%(gigabytes)s GB free") % {"gigabytes": round(free / 1024**3, 1)}
    if not os.access(environment.home, os.W_OK):
        return Finding(name, "red", _("the data folder cannot be written"), f"chown $(id -u) {environment.home}")
    if free < LEAST_FREE_BYTES:
        return Finding(name, "red", told, _("Make room, or move HATIR_HOME to a larger disk."))
    return Finding(name, "green", told)


def check_backups(environment: Environment) -> Finding:
    """See whether backups are made by the clock, and whether the last one is fresh."""
    from hatir.config.backups import nightly, preferences
    from hatir.foundation.preferences.queries import value_of

    name = _("backups")
    try:
        rhythm = value_of(preferences.RHYTHM.key)
        newest = nightly.newest_at(nightly.folder_of_backups())
    except DatabaseError:
        return Finding(name, "red", _("cannot be read"), "bin/hatir migrate")
    if rhythm == "never":
        return Finding(name, "yellow", _("none by the clock"), _("Choose how often under Settings → Our company."))
    if not environment.backup_secret:
        return Finding(name, "red", _("nothing to encrypt them with"), "HATIR_BACKUP_PASSPHRASE, HATIR_BACKUP_KEY_FILE")
    if newest is None:
        return Finding(name, "yellow", _("none yet"))
    told = _("the last of %(made_at)s") % {"made_at": f"{newest:%Y-%m-%d %H:%M} UTC"}
    if timezone.now() - newest > (LATEST_WEEKLY if rhythm == "weekly" else LATEST_NIGHTLY):
        return Finding(name, "red", told, _("Look at Settings → Jobs; failed jobs can be run again there."))
    return Finding(name, "green", told)


def check_store(environment: Environment) -> Finding:
    """Ask the store for backups what it holds, if one is named."""
    from hatir.config.backups.archive import BackupFailed
    from hatir.config.backups.store import named_store

    name = _("store for backups")
    try:
        held = len(named_store(environment.backup_store).names())
    except BackupFailed as refused:
        return Finding(name, "red", str(refused), _("Check HATIR_BACKUP_S3_URL and its two keys."))
    return Finding(name, "green", _("%(count)s files") % {"count": held})


def check_mail(environment: Environment) -> Finding:
    """Greet the mail server, if one is named."""
    name = _("mail")
    if not environment.mail.host:
        kept = environment.home / "mail"
        told = _("no server; mail is written to %(folder)s") % {"folder": kept}
        return Finding(name, "yellow", told, "HATIR_MAIL_URL=smtp+tls://…")
    try:
        with get_connection():
            pass
    except OSError as refused:
        told = f"{environment.mail.host}:{environment.mail.port}: {refused}"
        return Finding(name, "red", told, _("Check HATIR_MAIL_URL: host, port, user and password."))
    return Finding(name, "green", f"{environment.mail.host}:{environment.mail.port}")


def check_rates() -> Iterator[Finding]:
    """See whether exchange rates arrive, where the company wants them fetched."""
    from hatir.domains.catalog import ports, preferences, queries
    from hatir.foundation.preferences.queries import value_of

    name, feed = _("exchange rates"), ports.rate_feed()
    try:
        if feed is None or not value_of(preferences.FETCH_RATES.key):
            return
        last, newest = queries.last_fetch(feed), queries.newest_day_of(feed.key)
    except DatabaseError:
        yield Finding(name, "red", _("cannot be read"), "bin/hatir migrate")
        return
    told = _("the last of %(made_at)s") % {"made_at": f"{newest:%Y-%m-%d}"} if newest else _("none yet")
    if last is not None and last.problem:
        yield Finding(
            name, "yellow", f"{told}; {last.problem.splitlines()[0]}", _("Look at Settings → Exchange rate settings.")
        )
    elif newest is None or newest < feed.due_day(timezone.now() - LATEST_RATES):
        yield Finding(name, "yellow", told, _("Look at Settings → Exchange rate settings."))
    else:
        yield Finding(name, "green", told)
