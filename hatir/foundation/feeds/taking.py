"""Fetch a feed's files and start their imports."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.access.actors import actor_for_user
from hatir.foundation.feeds import sftp
from hatir.foundation.feeds.errors import FeedRefused
from hatir.foundation.feeds.fetching import LARGEST_BYTES, fetched
from hatir.foundation.feeds.models import ALL, FAILED, IMPORTED, UNCHANGED, Feed, TakenFile
from hatir.foundation.feeds.places import Place
from hatir.foundation.feeds.sealed import opened
from hatir.foundation.feeds.sftp import RemoteFile, Server
from hatir.foundation.files.actions import delete, store
from hatir.foundation.files.errors import FileRefused
from hatir.foundation.files.models import StoredFile
from hatir.foundation.files.queries import path_of
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.notifications.actions import Item, notify
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import RecordError
from hatir.foundation.transfer import actions as transfer
from hatir.foundation.transfer import reading
from hatir.foundation.transfer.errors import TransferRefused
from hatir.foundation.transfer.further import WHOLE
from hatir.foundation.transfer.models import CANCELLED, RUNNING, ImportRun
from hatir.foundation.transfer.models import FAILED as RUN_FAILED
from hatir.kit.ids import new_id

PAUSE = timedelta(seconds=30)
STALE = timedelta(minutes=20)
"""A claim of a process that was killed; longer than the longest fetching."""


def enqueue(feed: Feed, turn: str = "", after: datetime | None = None) -> None:
    """Let a feed be fetched in the background. Each `turn` of a feed waits in the queue once."""
    actor = actor_for_user(feed.created_by, "feed")
    task_of("feeds.fetch").using(unique_key=f"feeds.fetch:{feed.pk}{turn}", subject=feed.name, run_after=after).enqueue(
        feed_id=feed.pk, actor=actor
    )


def place_of_feed(feed: Feed) -> Place:
    """Give the place that is kept, its secrets opened. Raises FeedRefused."""
    return Place(feed.url, feed.user_name, opened(feed.sealed_password), opened(feed.sealed_key), feed.host_key)


def try_place(place: Place, columns: dict[str, str], *, actor: Actor) -> dict[str, Any]:
    """Fetch the file once and look at its head; nothing is kept. Raises FeedRefused, FileRefused or TransferRefused."""
    file = _newest(place, actor) if place.is_sftp else _stored(place, actor)
    if file is None:
        raise FeedRefused(_("There is no file at this address."))
    try:
        headers = reading.inspect(path_of(file)).headers
        _require_columns(columns, headers)
        return {"name": file.name, "size": file.size, "columns": len(headers)}
    finally:
        delete(file.pk, actor=actor)


def _newest(place: Place, actor: Actor) -> StoredFile:
    with sftp.signed_in(place) as server:
        files = server.files()
        if not files:
            told = _("The connection works, but no file in %(folder)s fits %(pattern)s yet.")
            raise FeedRefused(told % {"folder": server.folder, "pattern": server.pattern})
        return store(server.chunks(files[-1]), name=files[-1].name, actor=actor, limit_bytes=LARGEST_BYTES)


def _stored(place: Place, actor: Actor, feed: Feed | None = None) -> StoredFile | None:
    """Fetch and store the file; None when it is the one of last time."""
    known = feed is not None and not _went_wrong(feed)
    etag, modified = (feed.etag, feed.modified) if feed is not None and known else ("", "")
    with fetched(place, etag=etag, modified=modified) as answer:
        if answer is None:
            return None
        file = store(answer.chunks, name=answer.name, actor=actor, limit_bytes=LARGEST_BYTES)
    if feed is not None:
        feed.etag, feed.modified = answer.etag, answer.modified
        if known and file.sha256 == feed.sha256:
            delete(file.pk, actor=actor)
            return None
    return file


def _went_wrong(feed: Feed) -> bool:
    """An import that failed or was stopped is done again with the same file."""
    return feed.last_run is not None and feed.last_run.state in (RUN_FAILED, CANCELLED)


def _require_columns(columns: dict[str, str], headers: Any) -> None:
    missing = [name for name in columns if name not in headers]
    if missing:
        told = _("The file lacks columns that the import needs: %(names)s.")
        raise FeedRefused(told % {"names": ", ".join(missing[:8])})


def fetch(feed_id: int) -> str:
    """Fetch a feed's file and start its import, if it changed; give the result. Failures are noted and told."""
    feed = Feed.objects.select_related("created_by", "last_run").filter(pk=feed_id).first()
    if feed is None:
        return ""
    before = feed.last_result
    feed.last_at, feed.last_note = timezone.now(), ""
    try:
        feed.last_result = _fetched(feed)
    except (FileRefused, TransferRefused, RecordError) as problem:
        feed.last_result, feed.last_note = FAILED, str(problem)[:500]
    if feed.last_note and feed.last_result != IMPORTED:
        feed.last_result = FAILED
    if feed.last_note and not (before == FAILED and feed.last_result == FAILED):
        _tell(feed)
    feed.save(update_fields=["etag", "modified", "sha256", "last_at", "last_result", "last_note", "last_run"])
    return feed.last_result


def _fetched(feed: Feed) -> str:
    if not feed.created_by.is_active:
        raise FeedRefused(_("Its maker no longer works here."))
    actor = actor_for_user(feed.created_by, "feed")
    if feed.is_sftp:
        return _taken(feed, actor)
    etag, modified = feed.etag, feed.modified
    file = _stored(place_of_feed(feed), actor, feed)
    if file is None:
        return UNCHANGED
    try:
        feed.last_run, feed.sha256 = _imported(feed, file, actor), file.sha256
    except (TransferRefused, RecordError):
        feed.etag, feed.modified = etag, modified  # the same file is looked at again next time
        raise
    return IMPORTED


def _taken(feed: Feed, actor: Actor) -> str:
    """Import the next file that was not taken yet; further ones follow when its import has ended."""
    if feed.last_run is not None and feed.last_run.state == RUNNING:
        enqueue(feed, f":{new_id()}", timezone.now() + PAUSE)
        return feed.last_result or UNCHANGED
    with sftp.signed_in(place_of_feed(feed)) as server:
        files = server.files()
        waiting = _not_taken(feed, files if feed.take == ALL else files[-1:])
        for place, remote in enumerate(waiting, start=1):
            claim = _claimed(feed, remote)
            if claim is None:
                continue
            if _took(feed, claim, server, remote, actor):
                if place < len(waiting):
                    enqueue(feed, f":{claim.pk}")
                return IMPORTED
        return UNCHANGED


def _not_taken(feed: Feed, files: list[RemoteFile]) -> list[RemoteFile]:
    """Leave out what was taken. An import that failed or was stopped is done again, an old claim counts no more."""
    TakenFile.objects.filter(feed=feed, run__state__in=(RUN_FAILED, CANCELLED)).delete()
    TakenFile.objects.filter(feed=feed, run=None, note="", sha256="", taken_at__lt=timezone.now() - STALE).delete()
    taken = set(TakenFile.objects.filter(feed=feed).values_list("name", "size", "modified"))
    return [file for file in files if (file.name, file.size, file.modified) not in taken]


def _claimed(feed: Feed, file: RemoteFile) -> TakenFile | None:
    """Claim a file; None when somebody else fetches it right now."""
    claim, is_ours = TakenFile.objects.get_or_create(
        feed=feed, name=file.name, size=file.size, modified=file.modified, defaults={"taken_at": timezone.now()}
    )
    return claim if is_ours else None


def _took(feed: Feed, claim: TakenFile, server: Server, remote: RemoteFile, actor: Actor) -> bool:
    """Fetch a claimed file and start its import; tell whether there was something to import.

    What cannot be imported is told and, where every file counts, does not hold up those behind it.
    """
    try:
        file = store(server.chunks(remote), name=remote.name, actor=actor, limit_bytes=LARGEST_BYTES)
    except BaseException:
        claim.delete()
        raise
    claim.sha256 = file.sha256
    if TakenFile.objects.filter(feed=feed, sha256=file.sha256).exclude(pk=claim.pk).exists():
        delete(file.pk, actor=actor)
        claim.save(update_fields=["sha256"])
        return False
    try:
        claim.run = feed.last_run = _imported(feed, file, actor)
    except (TransferRefused, RecordError) as problem:
        if feed.take != ALL:
            claim.delete()
            raise
        claim.note = f"{remote.name}: {problem}"[:500]
        feed.last_note = " ".join(filter(None, (feed.last_note, claim.note)))[:500]
    except BaseException:
        claim.delete()
        raise
    claim.save(update_fields=["sha256", "run", "note"])
    return claim.run is not None


def _imported(feed: Feed, file: StoredFile, actor: Actor) -> ImportRun:
    """Open the import and start it; what cannot be started leaves nothing behind."""
    try:
        run = transfer.begin_import(file, feed.type_key, actor=actor)
    except (TransferRefused, RecordError):
        delete(file.pk, actor=actor)
        raise
    try:
        with transaction.atomic():
            return _started(feed, run, actor)
    except (TransferRefused, RecordError):
        run.delete()
        delete(file.pk, actor=actor)
        raise


def _started(feed: Feed, run: ImportRun, actor: Actor) -> ImportRun:
    headers = run.table["headers"]
    _require_columns(feed.columns, headers)
    mapping = {at: feed.columns.get(header, "") for at, header in enumerate(headers)}
    run = transfer.set_mapping(run.pk, mapping, actor=actor, options={**feed.options, WHOLE: {}})
    for at, header in enumerate(headers):
        if header in feed.values:
            transfer.set_values(run.pk, at, feed.values[header], actor=actor)
    return transfer.start_import(run.pk, actor=actor)


def _tell(feed: Feed) -> None:
    text = _("The scheduled import “%(name)s” failed.") % {"name": feed.name}
    notify([
        Item(
            feed.created_by_id, "job_failed", text, level="task", detail=feed.last_note, action=_("Open"),
            url="/import/schedules/",
        )
    ])  # fmt: skip
