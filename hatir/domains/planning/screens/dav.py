"""CalDAV (RFC 4791): a person's tasks as a calendar for phones and Thunderbird, by password of a program.

Enough for what calendar programs do: find the calendar, list it by ETag, fetch, store, delete.
They sign in by HTTP Basic with the e-mail address and an API key.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from hatir.domains.planning import actions, queries
from hatir.domains.planning.queries.objects import CalendarEntry
from hatir.domains.planning.screens.davxml import (
    APPLE,
    CAL,
    CS,
    DAV,
    Props,
    children,
    href_in,
    multistatus,
    response,
    text,
    xml,
)
from hatir.foundation.access.keys import KeyRefused, actor_for_key
from hatir.foundation.access.queries import may
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere
from hatir.interface.web.permission import public

ROOT, PRINCIPAL, HOME, CALENDAR = "/dav/", "/dav/me/", "/dav/calendars/", "/dav/calendars/tasks/"
LONGEST_BODY = 1_000_000
METHODS = "OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, PROPPATCH, REPORT"
TYPE = "planning.task"


class Refused(Exception):
    """The request is answered with a status and a sentence."""

    def __init__(self, status: int, text: str = "") -> None:
        self.status, self.text = status, text
        super().__init__(status, text)


@public()
def well_known(request: HttpRequest) -> HttpResponse:
    """Lead programs that ask only for the host to the calendar (RFC 6764)."""
    del request
    answer = HttpResponse(status=301)
    answer["Location"] = ROOT
    return answer


@csrf_exempt
@public()
def dav(request: HttpRequest, place: str = "") -> HttpResponse:
    """Answer a calendar program. It sends a key with every request and no cookie, so no form can be forged."""
    if request.method == "OPTIONS":
        return _with_headers(HttpResponse(status=200))
    try:
        actor = _actor(request)
        answer = _answer(request, actor, f"{ROOT}{place}")
    except Refused as refused:
        answer = HttpResponse(refused.text, status=refused.status, content_type="text/plain; charset=utf-8")
        if refused.status == 401:
            answer["WWW-Authenticate"] = 'Basic realm="Hatir", charset="UTF-8"'
    except Invalid as problem:
        answer = HttpResponse(str(problem), status=422, content_type="text/plain; charset=utf-8")
    except (Denied, NotFoundHere):
        answer = HttpResponse(status=403)
    return _with_headers(answer)


def _with_headers(answer: HttpResponse) -> HttpResponse:
    answer["DAV"] = "1, 3, calendar-access"
    answer["Allow"] = METHODS
    answer["Cache-Control"] = "no-store"
    return answer


def _actor(request: HttpRequest) -> Actor:
    kind, _space, packed = request.headers.get("Authorization", "").partition(" ")
    try:
        name, _colon, key = base64.b64decode(packed, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        name = key = ""
    if kind.casefold() != "basic" or not key:  # ascii-only: the name of a scheme
        raise Refused(401, _("Sign in with your e-mail address and an app password."))
    try:
        actor = actor_for_key(key.strip(), str(request.META.get("REMOTE_ADDR", "")))
    except KeyRefused as problem:
        raise Refused(401, str(problem)) from None
    user = actor.memory["user"]
    if name and name.casefold() != user.email.casefold():  # ascii-only: an e-mail address
        raise Refused(401, _("This app password belongs to another address."))
    if not may(actor, "view", TYPE):
        raise Refused(403)
    return actor


def _answer(request: HttpRequest, actor: Actor, place: str) -> HttpResponse:
    verbs: dict[str, Callable[[HttpRequest, Actor, str], HttpResponse]] = {
        "PROPFIND": _propfind,
        "PROPPATCH": _proppatch,
        "REPORT": _report,
        "GET": _get,
        "HEAD": _get,
        "PUT": _put,
        "DELETE": _delete,
    }
    if request.method not in verbs:
        raise Refused(405)
    return verbs[request.method](request, actor, place)


# --- asking for properties -------------------------------------------------------------------------


def _propfind(request: HttpRequest, actor: Actor, place: str) -> HttpResponse:
    depth = request.headers.get("Depth", "0")
    asked = _asked(_body(request))
    found: list[tuple[str, Props]] = []
    place = place if place.endswith(".ics") else f"{place.rstrip('/')}/"
    if place == ROOT:
        found.append((ROOT, _root_props()))
    elif place == PRINCIPAL:
        found.append((PRINCIPAL, _principal_props(actor)))
    elif place == HOME:
        found.append((HOME, _home_props()))
        if depth != "0":
            found.append((CALENDAR, _calendar_props(actor)))
    elif place == CALENDAR:
        found.append((CALENDAR, _calendar_props(actor)))
        if depth != "0":
            found += [(_href(entry), _entry_props(entry)) for entry in queries.calendar_entries(actor)]
    else:
        entry = _entry(actor, place)
        found.append((_href(entry), _entry_props(entry)))
    return multistatus(found, asked)


def _root_props() -> Props:
    return {
        f"{{{DAV}}}resourcetype": children(f"{{{DAV}}}collection"),
        f"{{{DAV}}}current-user-principal": href_in(PRINCIPAL),
        f"{{{DAV}}}principal-URL": href_in(PRINCIPAL),
        f"{{{CAL}}}calendar-home-set": href_in(HOME),
        f"{{{DAV}}}displayname": text("Hatır"),
    }


def _principal_props(actor: Actor) -> Props:
    user = actor.memory["user"]
    return _root_props() | {
        f"{{{DAV}}}resourcetype": children(f"{{{DAV}}}collection", f"{{{DAV}}}principal"),
        f"{{{DAV}}}displayname": text(user.name),
        f"{{{CAL}}}calendar-user-address-set": href_in(f"mailto:{user.email}"),
    }


def _home_props() -> Props:
    return _root_props() | {f"{{{DAV}}}owner": href_in(PRINCIPAL)}


def _calendar_props(actor: Actor) -> Props:
    tag = queries.calendar_tag(actor)

    def components(parent: ET.Element) -> None:
        for name in ("VEVENT", "VTODO"):
            ET.SubElement(parent, f"{{{CAL}}}comp", {"name": name})

    def privileges(parent: ET.Element) -> None:
        names = ["read", *(["write", "write-content", "bind", "unbind"] if may(actor, "edit", TYPE) else [])]
        for name in names:
            ET.SubElement(ET.SubElement(parent, f"{{{DAV}}}privilege"), f"{{{DAV}}}{name}")

    def reports(parent: ET.Element) -> None:
        for name in ("calendar-query", "calendar-multiget"):
            report = ET.SubElement(ET.SubElement(parent, f"{{{DAV}}}supported-report"), f"{{{DAV}}}report")
            ET.SubElement(report, f"{{{CAL}}}{name}")

    return {
        f"{{{DAV}}}resourcetype": children(f"{{{DAV}}}collection", f"{{{CAL}}}calendar"),
        f"{{{DAV}}}displayname": text("Hatır"),
        f"{{{DAV}}}getcontenttype": text("text/calendar; charset=utf-8"),
        f"{{{DAV}}}current-user-principal": href_in(PRINCIPAL),
        f"{{{DAV}}}owner": href_in(PRINCIPAL),
        f"{{{DAV}}}current-user-privilege-set": privileges,
        f"{{{DAV}}}supported-report-set": reports,
        f"{{{DAV}}}getetag": text(f'"{tag}"'),
        f"{{{CS}}}getctag": text(tag),
        f"{{{CAL}}}supported-calendar-component-set": components,
        f"{{{APPLE}}}calendar-color": text("#0E6A86FF"),
    }


def _entry_props(entry: CalendarEntry, *, with_text: bool = False) -> Props:
    props: Props = {
        f"{{{DAV}}}resourcetype": children(),
        f"{{{DAV}}}getetag": text(entry.etag),
        f"{{{DAV}}}getcontenttype": text("text/calendar; charset=utf-8"),
        f"{{{DAV}}}getlastmodified": text(f"{entry.task.updated_at.astimezone(UTC):%a, %d %b %Y %H:%M:%S GMT}"),
    }
    if with_text:
        props[f"{{{CAL}}}calendar-data"] = text(queries.object_text(entry.task, entry.stored))
    return props


def _proppatch(request: HttpRequest, actor: Actor, place: str) -> HttpResponse:
    """Refuse to change properties (a colour, a name): they are the same for every program."""
    del actor
    names = [prop.tag for prop in _body(request).iter() if prop.tag not in _FRAME] if request.body else []
    root = ET.Element(f"{{{DAV}}}multistatus")
    response(root, place, {}, names, status="HTTP/1.1 403 Forbidden")
    return xml(root)


_FRAME = {f"{{{DAV}}}{name}" for name in ("propertyupdate", "set", "remove", "prop")}


# --- reports ---------------------------------------------------------------------------------------


def _report(request: HttpRequest, actor: Actor, place: str) -> HttpResponse:
    if f"{place.rstrip('/')}/" != CALENDAR:
        raise Refused(404)
    body = _body(request)
    asked = _asked(body)
    if body.tag == f"{{{CAL}}}calendar-multiget":
        return _multiget(actor, body, asked)
    if body.tag != f"{{{CAL}}}calendar-query":
        raise Refused(403, "supported-report")
    entries: Iterable[CalendarEntry] = queries.calendar_entries(actor)
    wanted, stretch = _filter(body)
    entries = [entry for entry in entries if wanted in ("", _component(entry))]
    if stretch is not None:
        entries = [entry for entry in entries if queries.lies_in(entry.task, *stretch)]
    return multistatus([(_href(entry), _entry_props(entry, with_text=True)) for entry in entries], asked)


def _multiget(actor: Actor, body: ET.Element, asked: list[str]) -> HttpResponse:
    names = [unquote((node.text or "").rsplit("/", 1)[-1]) for node in body.iter(f"{{{DAV}}}href")]
    known = {entry.name: entry for entry in queries.calendar_entries(actor)}
    root = ET.Element(f"{{{DAV}}}multistatus")
    for name in dict.fromkeys(names):
        if name in known:
            response(root, _href(known[name]), _entry_props(known[name], with_text=True), asked)
        else:
            gone = ET.SubElement(root, f"{{{DAV}}}response")
            ET.SubElement(gone, f"{{{DAV}}}href").text = f"{CALENDAR}{quote(name)}"
            ET.SubElement(gone, f"{{{DAV}}}status").text = "HTTP/1.1 404 Not Found"
    return xml(root)


def _filter(body: ET.Element) -> tuple[str, tuple[datetime | None, datetime | None] | None]:
    """Read which component is asked for, and in what stretch of time."""
    inner = [node for node in body.iter(f"{{{CAL}}}comp-filter") if node.get("name") != "VCALENDAR"]
    wanted = inner[0].get("name", "") if inner else ""
    spans = list(body.iter(f"{{{CAL}}}time-range"))
    if not spans:
        return wanted, None
    return wanted, (_moment(spans[0].get("start")), _moment(spans[0].get("end")))


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Refused(400) from None


# --- one object ------------------------------------------------------------------------------------


def _get(request: HttpRequest, actor: Actor, place: str) -> HttpResponse:
    del request
    entry = _entry(actor, place)
    text = queries.object_text(entry.task, entry.stored)
    answer = HttpResponse(text.encode(), content_type="text/calendar; charset=utf-8")
    answer["ETag"] = entry.etag
    return answer


def _put(request: HttpRequest, actor: Actor, place: str) -> HttpResponse:
    if not place.startswith(CALENDAR) or place == CALENDAR:
        raise Refused(403)
    name = place.removeprefix(CALENDAR)
    held = queries.entry_named(actor, name)
    match = request.headers.get("If-Match")
    if (match is not None and (held is None or match not in ("*", held.etag))) or (
        request.headers.get("If-None-Match") == "*" and held is not None
    ):
        raise Refused(412)
    if len(request.body) > LONGEST_BODY:
        raise Refused(413)
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        raise Refused(400) from None
    task = actions.put_object(name, text, held, actor=actor)
    answer = HttpResponse(status=204 if held else 201)
    stored = queries.entry_named(actor, name)
    if stored is not None and stored.stored is not None and stored.stored.text_version == task.version:
        answer["ETag"] = stored.etag  # what was stored is what was sent; else the program fetches it again
    return answer


def _delete(request: HttpRequest, actor: Actor, place: str) -> HttpResponse:
    entry = _entry(actor, place)
    match = request.headers.get("If-Match")
    if match is not None and match not in ("*", entry.etag):
        raise Refused(412)
    actions.delete_object(entry, actor=actor)
    return HttpResponse(status=204)


def _entry(actor: Actor, place: str) -> CalendarEntry:
    if not place.startswith(CALENDAR):
        raise Refused(404)
    found = queries.entry_named(actor, place.removeprefix(CALENDAR))
    if found is None:
        raise Refused(404)
    return found


def _component(entry: CalendarEntry) -> str:
    return "VTODO" if entry.task.kind == "todo" else "VEVENT"


def _href(entry: CalendarEntry) -> str:
    return f"{CALENDAR}{quote(entry.name)}"


# --- XML -------------------------------------------------------------------------------------------


def _body(request: HttpRequest) -> ET.Element:
    """Read the XML of a request; a document type, with which little text can become very much, is refused."""
    if not request.body:
        return ET.Element(f"{{{DAV}}}propfind")
    if len(request.body) > LONGEST_BODY or b"<!" in request.body:
        raise Refused(400)
    try:
        return ET.fromstring(request.body)  # noqa: S314 — no document type, so no entities
    except ET.ParseError:
        raise Refused(400) from None


def _asked(body: ET.Element) -> list[str]:
    """Name the properties that are asked for; nothing named means all."""
    found = body.find(f"{{{DAV}}}prop")
    return [node.tag for node in found] if found is not None else []
