"""Imports that repeat themselves from an address: the list, the form, and what is done with one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hatir.foundation.feeds import actions, queries, sftp, taking
from hatir.foundation.feeds.actions import SetUp
from hatir.foundation.feeds.errors import FeedRefused, HostKeyChanged, HostKeyUnknown
from hatir.foundation.feeds.models import FAILED, HOURLY, RHYTHMS, TAKES, WEEKDAYS, WEEKLY, Feed
from hatir.foundation.feeds.places import is_sftp
from hatir.foundation.feeds.sealed import carried, received
from hatir.foundation.files.errors import FileRefused
from hatir.foundation.records.errors import NotFoundHere, RecordError
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer.errors import TransferRefused
from hatir.foundation.transfer.models import ImportRun
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import capital
from hatir.kit.formats_tr import format_number
from hatir.kit.ids import decode_id

LIST = "/import/schedules/"
REFUSED = (FeedRefused, FileRefused, TransferRefused, RecordError)


@screen()
@require_safe
def schedules(request: HttpRequest) -> HttpResponse:
    """List the scheduled imports with what came of them last."""
    feeds = queries.feeds_of(actor_of(request))
    context = {
        "page_title": _("Scheduled imports"),
        "crumbs": [{"label": _("Import"), "url": "/import/"}],
        "feeds": [_shown(feed) for feed in feeds],
    }
    return render(request, "web/import/schedules.html", context)


def _shown(feed: Feed) -> dict[str, Any]:
    run = feed.last_run
    return {
        "name": feed.name,
        "url": f"{LIST}{feed.public_id}/",
        "type": capital(record_type(feed.type_key).plural_label),
        "address": feed.url,
        "takes": str(feed.get_take_display()) if feed.is_sftp else "",
        "rhythm": _rhythm(feed),
        "next_at": feed.next_at if feed.is_active else None,
        "is_active": feed.is_active,
        "is_failed": feed.last_result == FAILED or (run is not None and run.state == "failed"),
        "result": str(feed.get_last_result_display()),
        "note": feed.last_note,
        "last_at": feed.last_at,
        "run_url": f"/import/{run.public_id}/result/" if run is not None else "",
        "run_state": str(run.get_state_display()) if run is not None else "",
        "counts": _counts(run) if run is not None else "",
    }


def _rhythm(feed: Feed) -> str:
    if feed.rhythm == HOURLY:
        return _("every hour at minute %(minute)02d") % {"minute": feed.at.minute}
    at = f"{feed.at:%H:%M}"
    if feed.rhythm == WEEKLY:
        return _("every %(day)s at %(time)s") % {"day": feed.get_weekday_display(), "time": at}
    return _("every day at %(time)s") % {"time": at}


def _counts(run: ImportRun) -> str:
    told = _("%(new)s new, %(updated)s updated, %(rejected)s rejected")
    return told % {name: format_number(run.counts.get(name, 0)) for name in ("new", "updated", "rejected")}


@screen()
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Repeat a finished import: say where its file is and how often it is fetched."""
    actor = actor_of(request)
    try:
        run = actions.repeatable(_id(request.GET.get("run", "")), actor=actor)
    except FeedRefused as problem:
        return done(request, str(problem), back=LIST, kind="warn")
    except RecordError:
        raise Http404 from None
    mapping = {run.table["headers"][int(at)]: name for at, name in run.mapping.items() if name}
    said = SetUp(name=run.file.name[:80], url="", rhythm="daily", at=time(6, 0))
    url = f"{LIST}new/?run={run.public_id}"

    def keep(given: SetUp) -> Feed:
        return actions.make_feed(run.pk, given, actor=actor)

    return _form(request, said, mapping, url, keep, _("New scheduled import"))


@screen()
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change where and when a scheduled import fetches its file."""
    feed = _found(request, public_id)
    said = SetUp(
        feed.name, feed.url, feed.rhythm, feed.at, feed.weekday, feed.user_name,
        host_key=feed.host_key, take=feed.take,
    )  # fmt: skip

    def keep(given: SetUp) -> Feed:
        return actions.change_feed(feed.pk, given, actor=actor_of(request))

    return _form(request, said, feed.columns, f"{LIST}{feed.public_id}/", keep, feed.name, feed)


def _form(
    request: HttpRequest,
    said: SetUp,
    columns: dict[str, str],
    url: str,
    keep: Callable[[SetUp], Feed],
    title: str,
    feed: Feed | None = None,
) -> HttpResponse:
    """Show the form, try the connection, or keep what was said."""
    error = tried = other_key = ""
    if request.method == "POST":
        try:
            said = _posted(request)
            if "try" not in request.POST and "accept" not in request.POST:
                keep(said)
                return done(request, _("Saved"), back=LIST)
            tried = _tried(request, said, columns, feed)
        except (HostKeyUnknown, HostKeyChanged) as problem:
            error, other_key = str(problem), problem.host_key
        except REFUSED as problem:
            error = str(problem)
    context = {
        "page_title": title,
        "crumbs": [{"label": _("Scheduled imports"), "url": LIST}],
        "said": {**asdict(replace(said, password="", private_key="")), "at": f"{said.at:%H:%M}"},
        "carried": _carried(request, said),
        "rhythms": RHYTHMS,
        "weekdays": WEEKDAYS,
        "takes": TAKES,
        "has_password": feed is not None and bool(feed.sealed_password),
        "has_key": feed is not None and bool(feed.sealed_key),
        "fingerprint": sftp.fingerprint(said.host_key) if said.host_key else "",
        "other_key": other_key,
        "columns": list(columns),
        "form_url": url,
        "error": error,
        "tried": tried,
        "delete_url": f"{LIST}{feed.public_id}/deletion/" if feed is not None else "",
    }
    return render(request, "web/import/schedule.html", context, status=422 if error else 200)


def _carried(request: HttpRequest, said: SetUp) -> str:
    """Seal what was typed for the next sending of the form, so that nobody types it twice."""
    if not said.password and not said.private_key:
        return ""
    return carried(said.password, said.private_key, _place_name(said.url), actor_of(request).user_id)


def _place_name(url: str) -> str:
    return sftp.host_of(url) if is_sftp(url) else url


def _posted(request: HttpRequest) -> SetUp:
    """Read the form. Raises FeedRefused."""
    sent = request.POST
    try:
        at, weekday = time.fromisoformat(sent.get("at", "")), int(sent.get("weekday", "0"))
    except ValueError:
        raise FeedRefused(_("Enter a time like 06:30.")) from None
    said = SetUp(
        sent.get("name", "").strip()[:80],
        sent.get("url", "").strip()[:1000],
        sent.get("rhythm", ""),
        at.replace(tzinfo=None),
        weekday,
        sent.get("user_name", "").strip()[:200],
        sent.get("password", "")[:500],
        sent.get("private_key", "").strip()[:20_000],
        (sent.get("accept") or sent.get("host_key", ""))[:4000],
        sent.get("take", TAKES[0][0]),
    )
    if said.password or said.private_key:
        return said
    password, private_key = received(sent.get("carried", ""), _place_name(said.url), actor_of(request).user_id)
    return replace(said, password=password, private_key=private_key)


def _tried(request: HttpRequest, said: SetUp, columns: dict[str, str], feed: Feed | None) -> str:
    """Fetch the file once and say what was found."""
    found = taking.try_place(actions.place_of(said, feed), columns, actor=actor_of(request))
    told = _("The connection works: %(name)s, %(size)s KB, %(columns)d columns; every column of the import is there.")
    size = format_number(max(1, found["size"] // 1000))
    return told % {"name": found["name"], "size": size, "columns": found["columns"]}


@screen()
@require_POST
def fetch_now(request: HttpRequest, public_id: str) -> HttpResponse:
    """Fetch the file now."""
    actions.fetch_now(_found(request, public_id).pk, actor=actor_of(request))
    return done(request, _("The file is being fetched."), back=LIST)


@screen()
@require_POST
def pause(request: HttpRequest, public_id: str) -> HttpResponse:
    """Pause a scheduled import, or let it go on."""
    feed = _found(request, public_id)
    actions.set_active(feed.pk, not feed.is_active, actor=actor_of(request))
    return done(request, _("Saved"), back=LIST)


@screen()
@require_POST
def delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Delete a scheduled import; what it brought stays."""
    actions.delete_feed(_found(request, public_id).pk, actor=actor_of(request))
    return done(request, _("Deleted"), back=LIST)


def _found(request: HttpRequest, public_id: str) -> Feed:
    try:
        return queries.feed_of(actor_of(request), decode_id(public_id))
    except (ValueError, NotFoundHere):
        raise Http404 from None


def _id(text: str) -> int:
    try:
        return decode_id(text)
    except ValueError:
        raise Http404 from None


urlpatterns = [
    path("import/schedules/", schedules, name="feeds"),
    path("import/schedules/new/", new, name="feed_new"),
    path("import/schedules/<str:public_id>/", change, name="feed_change"),
    path("import/schedules/<str:public_id>/fetching/", fetch_now, name="feed_fetch"),
    path("import/schedules/<str:public_id>/pause/", pause, name="feed_pause"),
    path("import/schedules/<str:public_id>/deletion/", delete, name="feed_delete"),
]
