"""Questions of the street: which form an address names, who may embed it, whether an address sends too much."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from hatir.domains.leads.models import FormField, FormSubmission, Lead, Touch, Visitor, WebForm
from hatir.domains.leads.preferences import FORM_PER_ADDRESS, FORM_PER_MINUTE, SITES
from hatir.domains.leads.rules import OPEN
from hatir.foundation.access.queries import visible
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import Actor

WINDOW = timedelta(minutes=10)
VISITS_A_MINUTE, VISITORS_AN_HOUR = 60, 120
JOIN_DAYS = 30
"""A second entry of the same person within so many days belongs to the lead of the first."""


def form_of(token: str) -> WebForm | None:
    """Find a live form by the token in its address; for anybody who knows it."""
    if not token or len(token) > 64:
        return None
    return WebForm.objects.filter(token=token, archived_at=None, is_active=True).first()


def fields_of_form(form: WebForm) -> list[FormField]:
    """List what a form asks, in its order."""
    return list(FormField.objects.filter(form=form, archived_at=None).order_by("position", "pk"))


def origins_in(text: str) -> frozenset[str]:
    """Read websites, one in a line, as origins (scheme and host); what is none is left out."""
    found = set()
    for line in text.split():
        parts = urlsplit(line if "//" in line else f"https://{line}")
        host = parts.hostname or ""
        if parts.scheme in ("http", "https") and ("." in host or host == "localhost"):
            port = f":{parts.port}" if parts.port else ""
            found.add(f"{parts.scheme}://{host}{port}")
    return frozenset(found)


def sites() -> frozenset[str]:
    """Give the origins whose pages may report visits."""
    return origins_in(value_of(SITES.key) or "")


def address_hash(address: str, at: datetime) -> str:
    """Give a mark that tells addresses apart for one day, and from which none can be read."""
    return _mark(f"{at:%Y-%m-%d}|{address}")


def print_of(values: Iterable[tuple[str, str]]) -> str:
    """Give a mark of what was sent, to know it again."""
    return _mark("\x1f".join(f"{name}={value}" for name, value in sorted(values)))


def _mark(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]


def token_hash(token: str) -> str:
    """Give under what a visitor's token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def sends_too_much(form: WebForm, address: str, at: datetime) -> bool:
    """Tell whether an address or a whole form has had enough for now; two counts that stop at the limit."""
    by_address, by_form = value_of(FORM_PER_ADDRESS.key), value_of(FORM_PER_MINUTE.key)
    mine = FormSubmission.objects.filter(address_hash=address, at__gt=at - WINDOW)
    if mine[:by_address].count() >= by_address:
        return True
    all_of_it = FormSubmission.objects.filter(form=form, at__gt=at - timedelta(minutes=1))
    return bool(all_of_it[:by_form].count() >= by_form)


def same_entry(form: WebForm, mark: str, at: datetime) -> Lead | None:
    """Find the lead of the same entry sent a moment ago (a double click, a reload)."""
    rows = FormSubmission.objects.filter(form=form, print_hash=mark, at__gt=at - WINDOW, lead__isnull=False)
    found = list(rows.order_by("-at").values_list("lead", flat=True)[:1])
    return Lead.objects.filter(pk=found[0]).first() if found else None


def open_lead_like(email: str, phone: str, at: datetime) -> Lead | None:
    """Find the open lead of somebody by e-mail address or number, taken in lately; for the house itself."""
    rows = Lead.objects.filter(status__in=OPEN, archived_at=None, captured_at__gt=at - timedelta(days=JOIN_DAYS))
    for name, value in (("email", email), ("phone_e164", phone)):
        found = list(rows.filter(**{name: value}).order_by("-id").values_list("pk", flat=True)[:1]) if value else []
        if found:
            return Lead.objects.get(pk=found[0])
    return None


def visitor_of(token: str) -> Visitor | None:
    """Find a visitor by the token that the browser keeps."""
    return Visitor.objects.filter(token_hash=token_hash(token)).select_related("lead").first() if token else None


def visits_too_often(visitor: Visitor | None, address: str, at: datetime) -> bool:
    """Tell whether visits of a browser, or new browsers at an address, come too fast for people."""
    if visitor is None:
        rows = Visitor.objects.filter(address_hash=address, first_at__gt=at - timedelta(hours=1))
        return bool(rows[:VISITORS_AN_HOUR].count() >= VISITORS_AN_HOUR)
    seen = Touch.objects.filter(visitor=visitor, at__gt=at - timedelta(minutes=1))
    return bool(seen[:VISITS_A_MINUTE].count() >= VISITS_A_MINUTE)


def consents_of_lead(lead: Lead) -> list[FormSubmission]:
    """List the entries in which somebody agreed to be contacted."""
    rows = FormSubmission.objects.filter(lead=lead, consent=True).exclude(consent_channel="")
    return list(rows.select_related("form").order_by("at"))


def touches_of(lead: Lead, limit: int = 50) -> list[Touch]:
    """List the touches of a lead, the earliest first."""
    return list(Touch.objects.filter(lead=lead).order_by("at", "pk")[:limit])


def entries_of_form(actor: Actor, form: WebForm) -> QuerySet[Lead]:
    """Give the leads that came through a form, as far as the actor sees them."""
    rows: QuerySet[Lead] = visible(actor, Lead)
    return rows.filter(submissions__form=form, archived_at=None).order_by("-id").distinct()


def figures_of_form(form: WebForm, since: datetime) -> dict[str, int]:
    """Count what came in through a form since an instant; one statement from its index."""
    rows = FormSubmission.objects.filter(form=form, at__gt=since)
    return rows.aggregate(
        entries=Count("pk"),
        leads=Count("pk", filter=Q(joined=False)),
        joined=Count("pk", filter=Q(joined=True)),
        consents=Count("pk", filter=Q(consent=True)),
    )
