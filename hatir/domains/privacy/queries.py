"""Questions about consents; each starts at the read door."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from hatir.domains.customers.models import Customer
from hatir.domains.privacy.models import CHANNELS, Consent
from hatir.domains.privacy.rules import GIVEN
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor


def consent_for(actor: Actor, customer_id: int, channel: str) -> Consent | None:
    """Find the statement that counts for a customer and channel: the newest by date; None without any."""
    return _newest_first(actor, customer_id).filter(channel=channel).first()


def may_contact(actor: Actor, customer_id: int, channel: str) -> bool:
    """Tell whether a customer may be sent commercial messages through a channel.

    Without a statement the answer is no. Source: law 6563 and its regulation (prior consent; a later refusal counts).
    """
    found = consent_for(actor, customer_id, channel)
    return found is not None and found.status == GIVEN


def statements_of(actor: Actor, customer_ids: Collection[int], channel: str) -> dict[int, str]:
    """Give what counts for many customers and a channel: given or refused, by customer; one statement in all.

    Whoever said nothing is left out: nobody may send them commercial messages either (see `may_contact`).
    """
    rows = visible(actor, Consent).filter(customer__in=list(customer_ids), channel=channel, archived_at=None)
    newest_last = rows.order_by("obtained_at", "id").values_list("customer", "status")
    return dict(newest_last) if customer_ids else {}


def consents_of(actor: Actor, customer: Customer) -> list[Consent]:
    """List for each channel the statement that counts, for the panel on the customer's page; one query."""
    newest: dict[str, Consent] = {}
    for consent in _newest_first(actor, customer.pk):
        newest.setdefault(consent.channel, consent)
    rows = [newest[channel] for channel, _label in CHANNELS if channel in newest]
    for row in rows:
        told = _("%(channel)s: may be contacted") if row.status == GIVEN else _("%(channel)s: must not be contacted")
        row.panel_title = told % {"channel": row.get_channel_display()}  # type: ignore[attr-defined]
        day = date_format(localtime(row.obtained_at), "d.m.Y")
        parts = (day, str(row.get_obtained_from_display()), row.evidence)
        row.panel_note = " · ".join(part for part in parts if part)  # type: ignore[attr-defined]
    return rows


def _newest_first(actor: Actor, customer_id: int) -> QuerySet[Consent]:
    rows: QuerySet[Consent] = visible(actor, Consent).filter(customer=customer_id, archived_at=None)
    return rows.order_by("-obtained_at", "-id")
