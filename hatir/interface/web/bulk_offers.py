"""What rooms offer to do with selected rows of a list, beside what every list can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType


@dataclass(frozen=True)
class BulkOffer:
    """One action of the bulk bar. The selection is posted to `url`, which answers with a dialog.

    `url` holds "{type}" for the key of the list's type; `allowed` says who is offered it and asks no database.
    """

    label: str | Promise
    icon: str
    url: str
    allowed: Callable[[Actor], bool]
    key: str = ""


_offered: dict[str, list[BulkOffer]] = {}


def offer_bulk(type_key: str, offer: BulkOffer) -> BulkOffer:
    """Put an action into the bulk bar of a root type's lists, its narrower types included; called at start-up."""
    _offered.setdefault(type_key, []).append(offer)
    return offer


def bulk_offers(actor: Actor, rt: RecordType) -> list[BulkOffer]:
    """List what the actor is offered for selected rows of a type."""
    return [offer for offer in _offered.get(rt.root_key, ()) if offer.allowed(actor)]
