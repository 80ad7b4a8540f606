"""What the house needs to tell others about deals: the deals themselves, and whose history they belong to."""

from __future__ import annotations

from collections.abc import Collection

from hatir.domains.sales.models import Deal, DealContact, Stage


def parties_of(deal_ids: Collection[int]) -> list[tuple[Deal, list[int]]]:
    """Give deals with the ids of their customer and of who takes part; two statements. For the house's own telling."""
    deals = list(Deal.objects.filter(pk__in=deal_ids).order_by("pk"))
    found = {deal.pk: [deal.customer_id] if deal.customer_id else [] for deal in deals}
    parts = DealContact.objects.filter(deal__in=deal_ids, archived_at=None).order_by("pk")
    for deal_id, person_id in parts.values_list("deal", "person"):
        if person_id not in found[deal_id]:
            found[deal_id].append(person_id)
    return [(deal, found[deal.pk]) for deal in deals]


def name_of_stage(stage_id: int) -> str:
    """Give what a stage is called; nothing for one that is gone."""
    return Stage.objects.filter(pk=stage_id).values_list("name", flat=True).first() or ""
