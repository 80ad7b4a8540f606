"""What is learned of customers: traits with where they are known from."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from hatir.domains.customers.models import Customer, CustomerTrait
from hatir.foundation.records import writing
from hatir.foundation.records.actor import Actor


def note_traits(customers: Sequence[Customer], trait_ids: Collection[int], *, given_by: str, actor: Actor) -> int:
    """Add traits to customers as known from a survey, staff or inference; give how many were new.

    What a customer has already keeps its source.
    """
    with transaction.atomic():
        rows = CustomerTrait.objects.filter(customer__in=[customer.pk for customer in customers])
        held: dict[int, set[int]] = {}
        known = []
        for row_id, customer_id, trait_id in rows.values_list("pk", "customer_id", "trait_id"):
            known.append(row_id)
            held.setdefault(customer_id, set()).add(trait_id)
        for customer in customers:
            customer.set_many("traits", sorted(held.get(customer.pk, set()) | set(trait_ids)))
        writing.save_many(customers, actor=actor)
        return rows.exclude(pk__in=known).update(given_by=given_by, noted_at=timezone.now())
