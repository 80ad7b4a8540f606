"""Make feeds, try them, fetch what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import may
from hatir.foundation.feeds import sftp
from hatir.foundation.feeds.errors import FeedRefused
from hatir.foundation.feeds.models import NEWEST, RHYTHMS, TAKES, Feed
from hatir.foundation.feeds.places import Place, is_sftp
from hatir.foundation.feeds.queries import feed_of
from hatir.foundation.feeds.rules import next_fetch
from hatir.foundation.feeds.sealed import sealed
from hatir.foundation.feeds.taking import enqueue, place_of_feed
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer.further import for_whole_file
from hatir.foundation.transfer.models import DONE, ImportRun
from hatir.foundation.transfer.queries import import_run

OPTIONS = ("match_on", "on_match", "create_new", "create_missing", "clear_empty", "make", "source")


@dataclass(frozen=True)
class SetUp:
    """What a person says of a feed. Without a new `password` or `private_key` the one that is kept stays."""

    name: str
    url: str
    rhythm: str
    at: time
    weekday: int = 0
    user_name: str = ""
    password: str = ""
    private_key: str = ""
    host_key: str = ""
    take: str = NEWEST


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
    if not same_place(said.url, feed.url):
        # A secret is not sent to another address than the one it was given for.
        feed.sealed_password = feed.sealed_key = feed.host_key = ""
    return _kept(feed, said)


def same_place(one: str, other: str) -> bool:
    """Tell whether what was given for one address may be sent to the other: over SFTP the server counts."""
    if is_sftp(one) and is_sftp(other):
        return sftp.host_of(one) == sftp.host_of(other)
    return one == other


def _kept(feed: Feed, said: SetUp) -> Feed:
    feed.name, feed.url, feed.user_name = said.name.strip(), said.url, said.user_name
    feed.rhythm, feed.at, feed.weekday = said.rhythm, said.at, said.weekday
    if said.private_key:  # the password that is kept opened another key
        feed.sealed_key, feed.sealed_password = sealed(said.private_key), ""
    feed.sealed_password = sealed(said.password) if said.password else feed.sealed_password
    feed.take, feed.host_key = said.take, said.host_key or feed.host_key
    if feed.is_sftp:
        _judge_server(feed)
    else:
        feed.sealed_key = feed.host_key = ""
    feed.next_at = _next(feed, timezone.now())
    feed.save()
    return feed


def _judge_server(feed: Feed) -> None:
    place = place_of_feed(feed)
    if not place.user_name:
        raise FeedRefused(_("Enter the user name with which the server is signed in to."))
    if place.private_key:
        sftp.private_key(place.private_key, place.password)
    if not place.host_key:  # raises with the key that the server shows: somebody has to accept it first
        with sftp.signed_in(place):
            """Never reached."""


def _judge(said: SetUp) -> None:
    if not said.name.strip():
        raise FeedRefused(_("Give the scheduled import a name."))
    if said.rhythm not in dict(RHYTHMS) or not 0 <= said.weekday <= 6:
        raise FeedRefused(_("Choose how often the file is fetched."))
    if said.take not in dict(TAKES):
        raise FeedRefused(_("Choose which files are taken."))
    if is_sftp(said.url):
        sftp.judged(said.url)
    if said.host_key and not sftp.fingerprint(said.host_key):
        raise FeedRefused(_("This is no key of a server."))


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
    """Give the place that a person speaks of; kept secrets go only to the address that they were given for.

    Raises FeedRefused.
    """
    password, private_key, host_key = said.password, said.private_key, said.host_key
    if feed is not None and same_place(said.url, feed.url):
        kept = place_of_feed(feed)
        host_key = host_key or kept.host_key
        if not private_key:
            password, private_key = password or kept.password, kept.private_key
    return Place(said.url, said.user_name, password, private_key, host_key)


def start_due(now: datetime | None = None) -> int:
    """Let every feed whose time has come be fetched; give how many. Each time is taken once."""
    moment = now or timezone.now()
    return sum(_start(feed, moment) for feed in Feed.objects.filter(is_active=True, next_at__lte=moment))


def _start(feed: Feed, now: datetime) -> bool:
    with transaction.atomic():
        waiting = Feed.objects.filter(pk=feed.pk, next_at=feed.next_at, is_active=True)
        taken = bool(waiting.update(next_at=_next(feed, now)))
        if taken:
            enqueue(feed)
    return taken


def fetch_now(feed_id: int, *, actor: Actor) -> None:
    """Fetch a feed at once, in the background. Raises NotFoundHere."""
    enqueue(feed_of(actor, feed_id))
