"""What the page, the peek and the fragments of one record share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.db.models import Exists
from django.http import Http404, HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import asked_sorts, may, readable_fields, visible
from hatir.foundation.merging.declared import duplicates_of
from hatir.foundation.notifications.queries import is_followed_by
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.fields import TO_ONE
from hatir.foundation.records.neighbours import neighbours, place_among
from hatir.foundation.records.querying import Estimate, estimate
from hatir.foundation.records.registry import kpis_on, record_type, record_types
from hatir.foundation.savedviews.lists import rows_of
from hatir.interface.web.acting import actor_of
from hatir.interface.web.cells import Named
from hatir.interface.web.liststate import read_state
from hatir.interface.web.presenting import Presenter, capital
from hatir.kit import formats_tr
from hatir.kit.ids import decode_id
from hatir.kit.phone import normalise_phone


@dataclass(frozen=True)
class Opened:
    """A record that the actor was let see: its root type, the narrower type it is of, and what may be done to it."""

    actor: Actor
    rt: RecordType
    narrowed: RecordType
    record: Any
    editable: bool
    archivable: bool
    is_star: bool = False

    @property
    def ref_text(self) -> str:
        return str(self.rt.ref(self.record))

    @property
    def url(self) -> str:
        return self.rt.ref(self.record).url


@dataclass(frozen=True)
class Kpi:
    """One figure of the strip."""

    label: str
    value: str
    note: str = ""
    trend: str = ""
    url: str = ""


@dataclass(frozen=True)
class ThumbAction:
    """One of the five actions under the name."""

    label: str
    icon: str
    url: str
    compose: str = ""
    key: str = ""
    dialog: bool = False
    disabled_reason: str = ""


@dataclass(frozen=True)
class MenuItem:
    """A line of the page's menu."""

    label: str
    icon: str
    url: str = ""
    post: str = ""
    dialog: bool = False
    danger: bool = False
    key: str = ""
    in_bar: bool = False
    """Whether it stands in the bar too, as an icon, where its key reaches it."""


@dataclass(frozen=True)
class Walk:
    """The neighbours in the list that the record was opened from."""

    text: str = ""
    prev_url: str = ""
    next_url: str = ""


@dataclass(frozen=True)
class Head:
    """What templates call `record`."""

    id: str
    ref: str
    type_key: str
    title: str
    url: str
    edit_url: str
    version: int
    is_archived: bool
    is_star: bool
    is_company: bool
    star_url: str = ""
    subtitle_html: SafeString | str = ""
    picture: str = ""
    crumbs: Sequence[dict[str, str]] = field(default_factory=tuple)


MenuOffer = Callable[[Opened], MenuItem | None]
_menu_offers: dict[str, list[MenuOffer]] = {}


def offer_menu_item(type_key: str, offer: MenuOffer) -> MenuOffer:
    """Let a room put an item into the menu of another type's pages, at start-up; it asks no database."""
    _menu_offers.setdefault(type_key, []).append(offer)
    return offer


def record_id_of(public_id: str) -> int:
    """Read an id of the address. Raises Http404."""
    try:
        return decode_id(public_id)
    except ValueError:
        raise Http404 from None


def open_record(request: HttpRequest, type_key: str, public_id: str) -> Opened:
    """Open the record of an address through the read door, with all that its page draws. Raises Http404."""
    actor = actor_of(request)
    try:
        rt = record_type(record_type(type_key).root_key)
    except NotFoundHere:
        raise Http404 from None
    pk = record_id_of(public_id)
    joins = [s.path for s in readable_fields(actor, rt).values() if s.kind in TO_ONE and s.path]
    rows = visible(actor, rt).select_related(*joins).annotate(is_followed=is_followed_by(actor.user_id))
    record = rows.filter(pk=pk).annotate(
        may_edit_this=Exists(visible(actor, rt, "edit").filter(pk=pk)),
        may_archive_this=Exists(visible(actor, rt, "archive").filter(pk=pk)),
    )
    found: Any = record.first()
    if found is None:
        raise Http404
    return Opened(
        actor=actor,
        rt=rt,
        narrowed=_narrowed(rt, found),
        record=found,
        editable=bool(found.may_edit_this) and may(actor, "edit", rt),
        archivable=bool(found.may_archive_this) and may(actor, "archive", rt),
        is_star=bool(found.is_followed),
    )


def _narrowed(rt: RecordType, record: Any) -> RecordType:
    for view in record_types():
        if view.narrows == rt.key and all(getattr(record, name, None) == value for name, value in view.where.items()):
            return view
    return rt


def head_of(opened: Opened, presenter: Presenter) -> Head:
    """Give the head of the page."""
    record, narrowed = opened.record, opened.narrowed
    return Head(
        id=record.public_id,
        ref=opened.ref_text,
        type_key=opened.rt.key,
        title=opened.rt.title_of(record) or _("Without a name"),
        url=opened.url,
        edit_url=f"{opened.url}edit/" if opened.editable else "",
        version=record.version,
        is_archived=record.archived_at is not None,
        is_star=opened.is_star,
        is_company=narrowed.icon.startswith(("building", "store", "factory")),
        star_url=f"{opened.url}star/",
        subtitle_html=_subtitle(opened, presenter),
    )


def _subtitle(opened: Opened, presenter: Presenter) -> SafeString | str:
    """Give one line below the name: what somebody does and where, or the branch of a company."""
    readable = readable_fields(opened.actor, opened.narrowed)
    named = [str(getattr(opened.record, name, "")) for name in ("job_title", "industry") if name in readable]
    parts: list[SafeString | str] = [text for text in named if text]
    company = readable.get("company")
    if company is not None and company.kind == "relation":
        value = presenter.value(company, opened.record)
        if isinstance(value, Named) and value.url:
            parts.append(format_html('<a class="lnk" href="{}">{}</a>', value.url, value.label))
    if not parts:
        return capital(str(opened.narrowed.singular_label))
    joined = format_html("{}", parts[0])
    for part in parts[1:]:
        joined = format_html("{}, {}", joined, part)
    return joined


def tags_of(opened: Opened, presenter: Presenter) -> list[Named]:
    """Give the tags under the name: the to-many fields with a colour, and the lifecycle."""
    readable = readable_fields(opened.actor, opened.narrowed)
    found: list[Named] = []
    for spec in readable.values():
        if spec.kind == "relations" and spec.name == "tags":
            found += presenter.value(spec, opened.record) or []
    city = getattr(opened.record, "city", "") if "city" in readable else ""
    if city:
        found.append(Named(str(city), tone="gray"))
    return found


def kpis_of(opened: Opened, presenter: Presenter) -> list[Kpi]:
    """Give the strip of figures that the declaration names; values that are not there yet show a dash."""
    found = []
    for kpi in (*(opened.narrowed.kpis or opened.rt.kpis), *kpis_on(opened.rt.key)):
        value = kpi.value(opened.actor, opened.record)
        parts = value if isinstance(value, (tuple, list)) else (value,)
        texts = [_figure(part, presenter) for part in parts]
        note, trend, url = ([*texts[1:], "", "", ""])[:3]
        found.append(Kpi(str(kpi.label), texts[0] or "–", note, trend, url))
    return found


def _figure(value: Any, presenter: Presenter) -> str:
    style = presenter.manner
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return formats_tr.format_relative(value, now=style.now, zone=style.zone, language=style.language)
    if isinstance(value, date):
        in_words = formats_tr.format_day_month if value.year == style.now.year else formats_tr.format_date
        return in_words(value, language=style.language)
    if isinstance(value, Decimal):
        return formats_tr.format_money(value, "TRY", language=style.language)
    return str(value)


def thumb_actions(opened: Opened) -> list[ThumbAction]:
    """Give the five actions under the name: ways to reach somebody where they are known, note and task."""
    readable = readable_fields(opened.actor, opened.narrowed)
    record, found = opened.record, []
    if "phone" in readable and readable["phone"].kind == "phone":
        number = normalise_phone(record.phone).e164 if record.phone else None
        reason = "" if number else _("No phone number")
        found.append(
            ThumbAction(
                pgettext("verb", "Call"), "phone", f"tel:{number}" if number else "#composer", disabled_reason=reason
            )
        )
        digits = (number or "").lstrip("+")
        wa = f"https://wa.me/{digits}" if digits else "#composer"
        found.append(ThumbAction(_("Write"), "message-circle", wa, disabled_reason=reason))
    if "email" in readable and readable["email"].kind == "email":
        reason = "" if record.email else _("No e-mail address")
        mail = f"mailto:{record.email}" if record.email else "#composer"
        found.append(ThumbAction(_("E-mail"), "mail", mail, disabled_reason=reason))
    if opened.rt.timeline:
        found.append(ThumbAction(_("Note"), "note", "#composer", compose="note", key="shift+n"))
        found.append(ThumbAction(_("Task"), "circle-check", "#composer", compose="task", key="t"))
    return found


def menu_of(opened: Opened) -> list[MenuItem]:
    """Give the page's menu, as far as the actor's rights go."""
    url = opened.url
    items: list[MenuItem] = []
    if opened.editable and opened.record.archived_at is None:
        items.append(MenuItem(_("Edit all fields"), "pencil", url=f"{url}edit/"))
    items += [item for offer in _menu_offers.get(opened.rt.key, ()) if (item := offer(opened)) is not None]
    items.append(MenuItem(_("History"), "history", url=f"{url}history/", dialog=True))
    if opened.record.archived_at is None and may(opened.actor, "merge", opened.rt) and duplicates_of(opened.narrowed):
        items.append(MenuItem(_("Duplicates and merges"), "merge", url=f"{url}duplicates/"))
    items.append(MenuItem(_("Who can see this record?"), "shield", url=f"{url}access/", dialog=True))
    if opened.archivable and opened.record.archived_at is None:
        items.append(MenuItem(_("Archive"), "archive", post=f"{url}archive/", danger=True))
    elif opened.archivable:
        items.append(MenuItem(_("Bring back"), "archive-restore", post=f"{url}restore/"))
    return items


def crumbs_of(opened: Opened, came_from: str) -> list[dict[str, str]]:
    """Give the way back: the list it came from, else the type's list."""
    url = came_from or f"/records/{opened.narrowed.key}/"
    return [{"label": capital(str(opened.narrowed.plural_label)), "url": url}]


def list_address(request: HttpRequest) -> str:
    """Give the address of the list from which the page was opened: carried along by `in`, else told by the browser."""
    asked = request.GET.get("in", "")
    if not asked:
        parts = urlsplit(request.headers.get("Referer", ""))
        asked = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if parts.netloc and parts.netloc != request.get_host():
            return ""
    if not asked.startswith("/") or asked.startswith(("//", "/\\")):
        return ""
    path = urlsplit(asked).path
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    name = found.url_name
    return asked if name and (name == "record_list" or name.startswith("list.")) else ""


def _place_text(place: Estimate | None, counted: Estimate) -> str:
    """Write "2 / 312"; beyond what is counted exactly a plus says "or more"."""
    if place is None or not place.exact:
        return ""
    language = get_language() or "tr"
    of = formats_tr.format_number(counted.count, language=language)
    return f"{formats_tr.format_number(place.count, language=language)} / {of}{'' if counted.exact else '+'}"


def walk_of(opened: Opened, address: str) -> Walk:
    """Find the neighbours in a list by its address. A list that cannot be read has none."""
    parts = urlsplit(address)
    match = resolve(parts.path)
    key = match.kwargs.get("type_key") or (match.url_name or "").removeprefix("list.")
    try:
        rt = record_type(key)
        if rt.root_key != opened.rt.key:
            return Walk()
        state = read_state(opened.actor, rt, parts.path, QueryDict(parts.query))
        rows = rows_of(opened.actor, rt, state.query)
        sorts = asked_sorts(opened.actor, rt, state.sort or ",".join(rt.order))
        before, after = neighbours(rows, rt, sorts, opened.record.pk)
        place = place_among(rows, rt, sorts, opened.record.pk)
        counted = estimate(rows)
    except (NotFoundHere, ValueError):
        return Walk()
    carried = urlencode({"in": address})
    return Walk(
        text=_place_text(place, counted),
        prev_url=f"{rt.ref(before).url}?{carried}" if before is not None else "",
        next_url=f"{rt.ref(after).url}?{carried}" if after is not None else "",
    )
