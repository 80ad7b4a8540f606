"""What comes in from the street: forms that strangers send, visits that browsers report."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.leads.actions.leads import create_leads, note_activity, update_leads
from hatir.domains.leads.events import FormSubmitted, LeadVisited
from hatir.domains.leads.models import (
    FORM,
    QUESTION,
    REPLY,
    VISIT,
    FormField,
    FormSubmission,
    Lead,
    Touch,
    Visitor,
    WebForm,
)
from hatir.domains.leads.queries.web import (
    address_hash,
    fields_of_form,
    open_lead_like,
    origins_in,
    print_of,
    same_entry,
    sends_too_much,
    token_hash,
    visitor_of,
    visits_too_often,
)
from hatir.foundation.events.bus import publish
from hatir.foundation.records import actions as generic
from hatir.foundation.records import bulk, writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.foundation.timeline.actions import add_entries
from hatir.foundation.timeline.models import TimelineEntry
from hatir.kit.email_address import normalise_email
from hatir.kit.phone import normalise_phone

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
LONGEST = {"need": 4000, QUESTION: 1000, "email": 254, "phone": 40}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_TOKEN = re.compile(r"^[0-9A-Za-z-]{16,64}$")
TOLD_VISITS, SAME_VISIT = 30, timedelta(minutes=30)
KEY = "leads.lead"


class TooMany(RecordError):
    """An address, or a whole form, has had enough for now."""

    def __str__(self) -> str:
        return _("Too many entries at once. Please try again in a few minutes.")


@dataclass(frozen=True)
class Arrival:
    """From where somebody comes: internet address, page, referring page, utm values, and the visitor's token if any."""

    address: str = ""
    page: str = ""
    referrer: str = ""
    utm: Mapping[str, str] = field(default_factory=dict)
    visitor: str = ""


@dataclass(frozen=True)
class Submitted:
    """What became of an entry: its lead, and whether that was there already."""

    lead: Lead
    joined: bool


# --- forms -----------------------------------------------------------------------------------------


def create_forms(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[WebForm]:
    """Make forms, each with an address of its own and the usual fields. Raises Invalid with the row's position."""
    rt, forms = type_of_model(WebForm), []
    for row in rows:
        form: WebForm = blank(rt)
        put_all(rt, form, row)
        form.token = secrets.token_urlsafe(18)
        form.link = f"{settings.HATIR_BASE_URL}/f/{form.token}/"
        forms.append(form)
    _check_forms(forms)
    with transaction.atomic():
        made = writing.save_many(forms, actor=actor)
        usual = (("name", True), ("email", True), ("phone", False), ("need", False))
        # The fields come with the form and go with it: they are the house's, so that undo takes back one record.
        fields = [
            {"form": form.pk, "asks": asks, "is_required": needed, "position": at}
            for form in made
            for at, (asks, needed) in enumerate(usual)
        ]
        generic.create(type_of_model(FormField), fields, actor=system_actor("leads"))
    return made


def update_forms(
    pairs: Sequence[tuple[WebForm, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[WebForm]:
    """Change forms. See `writing.save_many` for the errors."""
    rt = type_of_model(WebForm)
    for form, values in pairs:
        put_all(rt, form, values)
    forms = [form for form, _values in pairs]
    _check_forms(forms)
    return writing.save_many(forms, actor=actor, expected_version=expected_version)


def _check_forms(forms: Sequence[WebForm]) -> None:
    wrong: dict[int, dict[str, list[str]]] = {}
    for at, form in enumerate(forms):
        errors: dict[str, list[str]] = {}
        if len(origins_in(form.origins)) != len(set(form.origins.split())):
            errors["origins"] = [_("Write one website in a line, such as https://ornek.com")]
        if form.consent_text.strip() and not form.consent_channel:
            errors["consent_channel"] = [_("Say for which channel the consent is.")]
        if form.redirect_url and not form.redirect_url.startswith(("http://", "https://")):
            errors["redirect_url"] = [_("Write the whole address, beginning with https://")]
        if errors:
            wrong[at] = errors
    if wrong:
        raise Invalid(rows=wrong)


def submit(form: WebForm, sent: Mapping[str, str], arrival: Arrival, *, consent: bool = False) -> Submitted:
    """Take an entry in: a new lead, or one more touch of a lead that is there.

    Only what the form asks is read; everything else that was sent is left where it is. The same entry twice is one.
    Raises TooMany, or Invalid naming the fields by their ids.
    """
    at, actor = timezone.now(), system_actor("leads.form")
    asked = fields_of_form(form)
    given = {one.public_id: _clean(sent.get(one.public_id, ""), one) for one in asked}
    known = same_entry(form, mark := print_of(given.items()), at)
    if known is not None:
        return Submitted(known, True)
    address = address_hash(arrival.address, at)
    if sends_too_much(form, address, at):
        raise TooMany
    _judge(asked, given)
    values = _values_of(asked, given)
    with transaction.atomic():
        phone = normalise_phone(values.get("phone", "")).e164 or ""
        lead = open_lead_like(values.get("email", ""), phone, at)
        joined = lead is not None
        visitor = _visitor(arrival.visitor, address, at)
        if lead is None:
            lead = _take_in(form, values, arrival, visitor, actor)
        else:
            _fill(lead, values, actor)
        _remember(form, lead, visitor, arrival, at, (address, mark), consent=consent, joined=joined)
        _identify(visitor, lead)
        bulk.insert([_touch(FORM, at, arrival, lead=lead, visitor=visitor, title=form.name, origin=form.lead_source)])
        add_entries([_entry(form, lead, asked, given, at)])
        note_activity([lead.pk], at=at)
        fact = FormSubmitted(about=(RecordRef(KEY, lead.pk),), form=form.name, joined=joined)
        publish(fact, actor=actor)
    return Submitted(lead, joined)


def _clean(text: str, one: FormField) -> str:
    text = _CONTROL.sub("", text.replace("\r\n", "\n")).strip()[: LONGEST.get(one.asks, 200)]
    return text if one.asks in ("need", QUESTION) else " ".join(text.split())


def _judge(asked: Iterable[FormField], given: Mapping[str, str]) -> None:
    errors: dict[str, list[str]] = {}
    for one in asked:
        text = given[one.public_id]
        if one.is_required and not text:
            errors[one.public_id] = [_("Please fill this in.")]
        elif text and one.asks == "email" and not _is_email(text):
            errors[one.public_id] = [_("Please write your e-mail address.")]
        elif text and one.asks == "phone" and not normalise_phone(text).e164:
            errors[one.public_id] = [_("Please write your number with its area code.")]
        elif text and one.options.strip() and text not in options_of(one):
            errors[one.public_id] = [_("Please choose one of the list.")]
    if errors:
        raise Invalid(errors)
    if not any(given[one.public_id] for one in asked if one.asks in ("name", "email", "phone", "company_name")):
        raise Invalid({"": [_("Please write who you are.")]})


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def options_of(one: FormField) -> list[str]:
    """List the choices of a field."""
    return [line.strip() for line in one.options.splitlines() if line.strip()]


def _values_of(asked: Iterable[FormField], given: Mapping[str, str]) -> dict[str, str]:
    """Give the lead's values: each field by what it asks for, own questions joined to the need."""
    values: dict[str, str] = {}
    extra = []
    for one in asked:
        text = given[one.public_id]
        if text and one.asks == QUESTION:
            extra.append(f"{one}: {text}")
        elif text and one.asks not in values:
            values[one.asks] = text
    if extra:
        values["need"] = "\n".join([*([values["need"]] if "need" in values else []), *extra])
    if "email" in values:
        values["email"] = normalise_email(values["email"])
    return values


def _take_in(form: WebForm, values: Mapping[str, str], arrival: Arrival, visitor: Any, actor: Actor) -> Lead:
    first = None
    if visitor is not None:
        first = Touch.objects.filter(visitor=visitor).order_by("at", "pk").first()
    came = {name: getattr(first, name) if first is not None else arrival.utm.get(name, "")[:100] for name in UTM}
    row = {
        **values,
        **came,
        "first_page": first.page if first is not None else arrival.page[:500],
        "referrer": first.referrer if first is not None else arrival.referrer[:500],
        "source": form.lead_source or "web",
        "owner": form.assign_to_id,
        "team": form.assign_team_id,
    }
    return create_leads([row], actor=actor)[0]


def _fill(lead: Lead, values: Mapping[str, str], actor: Actor) -> None:
    """Fill in what a known lead lacks; nothing that stands there is overwritten by a stranger."""
    missing = {name: value for name, value in values.items() if not getattr(lead, name)}
    if missing:
        update_leads([(lead, missing)], actor=actor)


def _remember(
    form: WebForm, lead: Lead, visitor: Visitor | None, arrival: Arrival, at: datetime, marks: tuple[str, str], *,
    consent: bool, joined: bool,
) -> None:  # fmt: skip
    agreed = consent and bool(form.consent_text.strip())
    row = FormSubmission(
        form_id=form.pk,
        lead_id=lead.pk,
        visitor_id=visitor.pk if visitor else None,
        at=at,
        address_hash=marks[0],
        print_hash=marks[1],
        page=arrival.page[:500],
        consent=agreed,
        consent_channel=form.consent_channel if agreed else "",
        consent_text=form.consent_text if agreed else "",
        joined=joined,
    )
    bulk.insert([row])


def _entry(
    form: WebForm, lead: Lead, asked: Iterable[FormField], given: Mapping[str, str], at: datetime
) -> TimelineEntry:
    lines = [f"{one}: {given[one.public_id]}" for one in asked if given[one.public_id]]
    return TimelineEntry(
        type_key=KEY, about_id=lead.pk, at=at, kind="message", channel="web", direction="in",
        user_label=lead.name[:120], title=_("filled in the form “%(form)s”") % {"form": form.name},
        body="\n".join(lines),
    )  # fmt: skip


# --- visits ----------------------------------------------------------------------------------------


def note_visit(token: str, arrival: Arrival, *, title: str = "") -> bool:
    """Write down that a browser which agreed to it opened a page. False where too many come, or the token is none."""
    at = timezone.now()
    if not _TOKEN.match(token):
        return False
    address, known = address_hash(arrival.address, at), visitor_of(token)
    if visits_too_often(known, address, at):
        return False
    with transaction.atomic():
        visitor = known or _visitor(token, address, at)
        assert visitor is not None
        lead = visitor.lead
        touch = _touch(VISIT, at, arrival, lead=lead, visitor=visitor, title=title)
        again = Touch.objects.filter(visitor=visitor, page=touch.page, at__gt=at - SAME_VISIT).exists()
        bulk.insert([touch])
        if lead is not None and not again:
            add_entries([_visit_entry(touch, lead)])
            note_activity([lead.pk], at=at)
            publish(LeadVisited(about=(RecordRef(KEY, lead.pk),), page=touch.page), actor=system_actor("leads.form"))
    return True


def note_replies(lead_ids: Sequence[int], *, at: datetime, key: int) -> None:
    """Remember that leads answered: touches that count for their score. The same `key` counts once for each."""
    rows = [Touch(id=_mixed(key, pk), lead_id=pk, at=at, kind=REPLY) for pk in lead_ids]
    bulk.insert_missing(rows)


def _mixed(key: int, lead_id: int) -> int:
    digest = hashlib.sha256(f"leads.reply:{key}:{lead_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _visitor(token: str, address: str, at: datetime) -> Visitor | None:
    if not _TOKEN.match(token):
        return None
    made, _is_new = Visitor.objects.get_or_create(
        token_hash=token_hash(token), defaults={"address_hash": address, "first_at": at}
    )
    return made


def _touch(kind: str, at: datetime, arrival: Arrival, **values: Any) -> Touch:
    lead, visitor = values.pop("lead"), values.pop("visitor")
    return Touch(
        kind=kind,
        at=at,
        lead_id=lead.pk if lead else None,
        visitor_id=visitor.pk if visitor else None,
        page=_CONTROL.sub("", arrival.page)[:500],
        referrer=_CONTROL.sub("", arrival.referrer)[:500],
        title=_CONTROL.sub("", values.get("title", ""))[:200],
        origin=values.get("origin", ""),
        **{name: _CONTROL.sub("", arrival.utm.get(name, ""))[:100] for name in UTM},
    )


def _identify(visitor: Visitor | None, lead: Lead) -> None:
    """Join what a browser did before to the lead it turned out to be."""
    if visitor is None or visitor.lead_id == lead.pk:
        return
    if visitor.lead_id is None:
        earlier = Touch.objects.filter(visitor=visitor, lead=None)
        shown = list(earlier.filter(kind=VISIT).order_by("-at")[:TOLD_VISITS])
        earlier.update(lead=lead)
        pages = {touch.page: touch for touch in shown}
        add_entries([_visit_entry(touch, lead) for touch in pages.values()])
    visitor.lead = lead
    visitor.save(update_fields=["lead"])


def _visit_entry(touch: Touch, lead: Lead) -> TimelineEntry:
    what = touch.title or touch.page
    return TimelineEntry(
        type_key=KEY, about_id=lead.pk, at=touch.at, kind="system", channel="web", direction="in",
        user_label=lead.name[:120], title=(_("looked at “%(page)s”") % {"page": what})[:300],
        data={"page": touch.page},
    )  # fmt: skip
