"""Make feeds, try them, fetch what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.access.actors import actor_for_user
from hatir.foundation.access.queries import may
from hatir.foundation.feeds.errors import FeedRefused
from hatir.foundation.feeds.fetching import LARGEST_BYTES, Place, fetched
from hatir.foundation.feeds.models import FAILED, IMPORTED, RHYTHMS, UNCHANGED, Feed
from hatir.foundation.feeds.queries import feed_of
from hatir.foundation.feeds.rules import next_fetch
from hatir.foundation.feeds.sealed import opened, sealed
from hatir.foundation.files.actions import delete, store
from hatir.foundation.files.errors import FileRefused
from hatir.foundation.files.models import StoredFile
from hatir.foundation.files.queries import path_of
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.notifications.actions import Item, notify
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, RecordError
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions as transfer
from hatir.foundation.transfer import reading
from hatir.foundation.transfer.errors import TransferRefused
from hatir.foundation.transfer.further import WHOLE, for_whole_file
from hatir.foundation.transfer.models import CANCELLED, DONE, ImportRun
from hatir.foundation.transfer.models import FAILED as RUN_FAILED
from hatir.foundation.transfer.queries import import_run

OPTIONS = ("match_on", "on_match", "create_new", "create_missing", "clear_empty", "make", "source")


@dataclass(frozen=True)
class SetUp:
    """What a person says of a feed. Without a new `password` the one that is kept stays."""

    name: str
    url: str
    rhythm: str
    at: time
    weekday: int = 0
    user_name: str = ""
    password: str = ""


def make_feed(run_id: int, said: SetUp, *, actor: Actor) -> Feed:
    """Repeat a finished import from an address. Raises NotFoundHere, Denied or FeedRefused."""
    run = repeatable(run_id, actor=actor)
    _judge(said)
    if actor.user_id is None:
        raise Denied("import", run.type_key)
    headers = run.table["headers"]
    feed = Feed(
        type_key=run.type_key,
        columns={headers[int(at)]: name for at, name in run.mapping.items() if name},
        values={headers[int(at)]: said_values for at, said_values in run.value_map.items()},
        options={name: run.options[name] for name in OPTIONS if name in run.options} | {"remember": False},
        created_by_id=actor.user_id,
        created_at=timezone.now(),
    )
    return _kept(feed, said)


def repeatable(run_id: int, *, actor: Actor) -> ImportRun:
    """Find a finished import of the actor that can be repeated. Raises NotFoundHere, Denied or FeedRefused."""
    run = import_run(actor, run_id)
    rt = record_type(run.type_key)
    if not may(actor, "import", rt):
        raise Denied("import", rt.key)
    if run.state != DONE or run.bundle is not None:
        raise FeedRefused(_("Only a finished import of one file can be repeated."))
    if for_whole_file(rt, run.mapping.values()):
        raise FeedRefused(_("A value for the whole file cannot be repeated: the file needs a column for it."))
    if len(set(run.table["headers"])) != len(run.table["headers"]):
        raise FeedRefused(_("Two columns of the file have the same name, so they cannot be told apart next time."))
    return run


def change_feed(feed_id: int, said: SetUp, *, actor: Actor) -> Feed:
    """Change where and when a feed is fetched. Raises NotFoundHere or FeedRefused."""
    feed = feed_of(actor, feed_id)
    _judge(said)
    if said.url != feed.url:
        feed.etag = feed.modified = feed.sha256 = ""
        if not said.password:  # a password is not sent to another address than the one it was given for
            feed.sealed_password = ""
    return _kept(feed, said)


def _kept(feed: Feed, said: SetUp) -> Feed:
    feed.name, feed.url, feed.user_name = said.name.strip(), said.url, said.user_name
    feed.rhythm, feed.at, feed.weekday = said.rhythm, said.at, said.weekday
    feed.sealed_password = sealed(said.password) if said.password else feed.sealed_password
    feed.next_at = _next(feed, timezone.now())
    feed.save()
    return feed


def _judge(said: SetUp) -> None:
    if not said.name.strip():
        raise FeedRefused(_("Give the scheduled import a name."))
    if said.rhythm not in dict(RHYTHMS) or not 0 <= said.weekday <= 6:
        raise FeedRefused(_("Choose how often the file is fetched."))


def _next(feed: Feed, now: datetime) -> datetime:
    return next_fetch(feed.rhythm, feed.at, feed.weekday, timezone.get_current_timezone(), now)


def set_active(feed_id: int, is_active: bool, *, actor: Actor) -> Feed:
    """Pause a feed, or let it go on from its next time. Raises NotFoundHere."""
    feed = feed_of(actor, feed_id)
    feed.is_active, feed.next_at = is_active, _next(feed, timezone.now())
    feed.save(update_fields=["is_active", "next_at"])
    return feed


def delete_feed(feed_id: int, *, actor: Actor) -> None:
    """Delete a feed; what it imported stays. Raises NotFoundHere."""
    feed_of(actor, feed_id).delete()


def place_of(said: SetUp, feed: Feed | None = None) -> Place:
    """Give the place that a person speaks of; the kept password goes only to the address that it was given for.

    Raises FeedRefused.
    """
    password = said.password
    if not password and feed is not None and said.url == feed.url:
        password = opened(feed.sealed_password)
    return Place(said.url, said.user_name, password)


def try_place(place: Place, columns: dict[str, str], *, actor: Actor) -> dict[str, Any]:
    """Fetch the file once and look at its head; nothing is kept. Raises FeedRefused, FileRefused or TransferRefused."""
    file = _stored(place, actor)
    if file is None:
        raise FeedRefused(_("There is no file at this address."))
    try:
        headers = reading.inspect(path_of(file)).headers
        _require_columns(columns, headers)
        return {"name": file.name, "size": file.size, "columns": len(headers)}
    finally:
        delete(file.pk, actor=actor)


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


def start_due(now: datetime | None = None) -> int:
    """Let every feed whose time has come be fetched; give how many. Each time is taken once."""
    moment = now or timezone.now()
    return sum(_start(feed, moment) for feed in Feed.objects.filter(is_active=True, next_at__lte=moment))


def _start(feed: Feed, now: datetime) -> bool:
    with transaction.atomic():
        waiting = Feed.objects.filter(pk=feed.pk, next_at=feed.next_at, is_active=True)
        taken = bool(waiting.update(next_at=_next(feed, now)))
        if taken:
            _enqueue(feed)
    return taken


def fetch_now(feed_id: int, *, actor: Actor) -> None:
    """Fetch a feed at once, in the background. Raises NotFoundHere."""
    _enqueue(feed_of(actor, feed_id))


def _enqueue(feed: Feed) -> None:
    actor = actor_for_user(feed.created_by, "feed")
    task_of("feeds.fetch").using(unique_key=f"feeds.fetch:{feed.pk}", subject=feed.name).enqueue(
        feed_id=feed.pk, actor=actor
    )


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
        if before != FAILED:
            _tell(feed)
    feed.save(update_fields=["etag", "modified", "sha256", "last_at", "last_result", "last_note", "last_run"])
    return feed.last_result


def _fetched(feed: Feed) -> str:
    if not feed.created_by.is_active:
        raise FeedRefused(_("Its maker no longer works here."))
    actor = actor_for_user(feed.created_by, "feed")
    etag, modified = feed.etag, feed.modified
    file = _stored(Place(feed.url, feed.user_name, opened(feed.sealed_password)), actor, feed)
    if file is None:
        return UNCHANGED
    try:
        feed.last_run, feed.sha256 = _imported(feed, file, actor), file.sha256
    except (TransferRefused, RecordError):
        feed.etag, feed.modified = etag, modified  # the same file is looked at again next time
        raise
    return IMPORTED


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
