"""Lines of deals, one by one or by the thousand; the amounts of their deals follow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.catalog.models import Product
from hatir.domains.catalog.queries import Asked, NoPrice, NoRate, prices_of
from hatir.domains.sales.actions.gates import before_writing, follow_changes
from hatir.domains.sales.models import Deal, DealLine
from hatir.domains.sales.queries.pipelines import stages_by_id
from hatir.domains.sales.rules import line_net
from hatir.foundation.records import bulk, writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all

ZERO = Decimal(0)
HELD = {"quantity": 4, "unit_price": 4, "discount_percent": 2}
"""Decimals that the table keeps: what is written is what is read again, so that undo finds it unchanged."""
OF_DEAL = ("amount", "line_count", "product_id")
Wrong = dict[int, dict[str, list[str]]]


def create_deal_lines(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[DealLine]:
    """Add lines to deals; what a line does not say the catalogue fills in. Raises Invalid with the row's position."""
    rt = type_of_model(DealLine)
    records: list[DealLine] = []
    for row in rows:
        record: DealLine = blank(rt)
        put_all(rt, record, row)
        records.append(record)
    with transaction.atomic():
        deals = _deals_of(records)
        _place(records, deals)
        _complete(records, deals)
        writing.save_many(records, actor=actor)
        reckon_deals(deals, actor=actor)
    return records


def update_deal_lines(
    pairs: Sequence[tuple[DealLine, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[DealLine]:
    """Change lines. See `writing.save_many` for the errors."""
    rt = type_of_model(DealLine)
    records = [record for record, _values in pairs]
    before = {record.deal_id for record in records}
    for record, values in pairs:
        put_all(rt, record, values)
    with transaction.atomic():
        deals = _deals_of(records)
        _complete(records, deals)
        writing.save_many(records, actor=actor, expected_version=expected_version)
        reckon_deals({*deals, *before}, actor=actor)
    return records


def reckon_deals(deal_ids: Collection[int], *, actor: Actor) -> None:
    """Let the amounts of deals follow from their lines; one whose lines are gone has what was typed before.

    Written without version and audit, because nobody decided it: what was decided are the lines. Approvals follow.
    """
    deals = list(Deal.objects.filter(pk__in=set(deal_ids)))
    stages = stages_by_id({deal.stage_id for deal in deals})
    approved = before_writing(deals, stages)
    lines: dict[int, list[DealLine]] = {deal.pk: [] for deal in deals}
    for line in DealLine.objects.filter(deal__in=list(lines), archived_at=None).order_by("position", "id"):
        lines[line.deal_id].append(line)
    changed = []
    for deal in deals:
        before, own = attrgetter(*OF_DEAL)(deal), lines[deal.pk]
        if own:
            deal.amount = sum((line.net for line in own), ZERO)
            deal.product_id = max(own, key=lambda line: (line.net, -line.position)).product_id
        elif deal.line_count:
            deal.amount = deal.typed_amount
        deal.line_count = len(own)
        if attrgetter(*OF_DEAL)(deal) != before:
            changed.append(deal)
    if changed:
        bulk.update_rows(Deal, OF_DEAL, map(attrgetter(*OF_DEAL, "pk"), changed))
        follow_changes(changed, stages, approved, actor)


def refuse_typed_amounts(pairs: Sequence[tuple[Deal, Mapping[str, Any]]]) -> None:
    """Refuse an amount that contradicts a deal's lines. Raises Invalid with the row's position."""
    wrong: Wrong = {}
    for at, (deal, values) in enumerate(pairs):
        if deal.line_count and "amount" in values and values["amount"] != deal.amount:
            wrong[at] = {"amount": [_("The amount follows from the lines of this deal; change these.")]}
    if wrong:
        raise Invalid(rows=wrong)


def _deals_of(records: Sequence[DealLine]) -> dict[int, Deal]:
    return {deal.pk: deal for deal in Deal.objects.filter(pk__in={record.deal_id for record in records})}


def _place(records: Sequence[DealLine], deals: Mapping[int, Deal]) -> None:
    counts = {pk: deal.line_count for pk, deal in deals.items()}
    for record in records:
        counts[record.deal_id] = counts.get(record.deal_id, 0) + 1
        record.position = record.position or counts[record.deal_id]


def _complete(records: Sequence[DealLine], deals: Mapping[int, Deal]) -> None:
    """Judge lines, take what they do not say from the catalogue, and reckon what each costs."""
    wrong: Wrong = {}
    for at, record in enumerate(records):
        errors = {}
        if record.product_id is None and not record.name.strip():
            errors["product"] = [_("Choose a product or describe what is offered.")]
        if record.quantity <= 0:
            errors["quantity"] = [_("The quantity must be more than nought.")]
        if not 0 <= (record.discount_percent or ZERO) <= 100:
            errors["discount_percent"] = [_("Give a per cent between 0 and 100.")]
        if errors:
            wrong[at] = errors
    if wrong:
        raise Invalid(rows=wrong)
    _fill_in(records, deals)
    for record in records:
        for name, places in HELD.items():
            value = Decimal(getattr(record, name) or 0)
            setattr(record, name, value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
        record.net = line_net(record.quantity, record.unit_price or ZERO, record.discount_percent or ZERO)


def _fill_in(records: Sequence[DealLine], deals: Mapping[int, Deal]) -> None:
    lacking = [record for record in records if record.product_id and (not record.name or record.unit_price is None)]
    products = Product.objects.in_bulk({record.product_id for record in lacking if record.product_id})
    for deal_id in dict.fromkeys(record.deal_id for record in lacking):
        lines = [record for record in lacking if record.deal_id == deal_id and record.product_id in products]
        for line in lines:
            line.name = line.name or products[line.product_id or 0].name[:200]
        _price([line for line in lines if line.unit_price is None], deals.get(deal_id), products)


def _price(lines: Sequence[DealLine], deal: Deal | None, products: Mapping[int, Product]) -> None:
    if not lines or deal is None:
        return
    asked = [Asked(products[line.product_id or 0], line.quantity) for line in lines]
    try:
        prices = prices_of(
            asked, on=timezone.localdate(), customer_id=deal.customer_id, currency=deal.currency, with_tax=False
        )
    except (NoPrice, NoRate) as problem:
        raise Invalid({"unit_price": [str(problem)]}) from problem
    for line, price in zip(lines, prices, strict=True):
        line.unit_price, line.unit = price.amount, line.unit or price.unit_name
        if line.discount_percent is None:
            line.discount_percent = price.discount_percent
