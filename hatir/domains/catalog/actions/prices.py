"""Price lists and discounts: what cannot be is refused before it costs somebody money."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from hatir.domains.catalog.models import Discount, ListPrice, PriceList
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.models import Record
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all

R = TypeVar("R", bound=Record)
Problems = dict[str, list[str]]
HUNDRED = Decimal(100)


def create_price_lists(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[PriceList]:
    """Create price lists. Raises Invalid for one that ends before it begins."""
    return _create(PriceList, rows, _of_dates, actor)


def update_price_lists(
    pairs: Sequence[tuple[PriceList, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[PriceList]:
    """Change price lists. See `writing.save_many` for the errors."""
    return _update(PriceList, pairs, _of_dates, actor, expected_version)


def create_list_prices(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[ListPrice]:
    """Put prices on lists: an amount or a per cent, never both. Raises Invalid with the row's position."""
    return _create(ListPrice, rows, _of_list_price, actor)


def update_list_prices(
    pairs: Sequence[tuple[ListPrice, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[ListPrice]:
    """Change prices on lists. See `writing.save_many` for the errors."""
    return _update(ListPrice, pairs, _of_list_price, actor, expected_version)


def create_discounts(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Discount]:
    """Create discounts. Raises Invalid with the row's position."""
    return _create(Discount, rows, _of_discount, actor)


def update_discounts(
    pairs: Sequence[tuple[Discount, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[Discount]:
    """Change discounts. See `writing.save_many` for the errors."""
    return _update(Discount, pairs, _of_discount, actor, expected_version)


def _create(model: type[R], rows: Sequence[Mapping[str, Any]], judge: Callable[[R], Problems], actor: Actor) -> list[R]:
    rt = type_of_model(model)
    records: list[R] = []
    for row in rows:
        record: R = blank(rt)
        put_all(rt, record, row)
        records.append(record)
    _refuse(records, judge)
    return writing.save_many(records, actor=actor)


def _update(
    model: type[R],
    pairs: Sequence[tuple[R, Mapping[str, Any]]],
    judge: Callable[[R], Problems],
    actor: Actor,
    expected_version: int | None,
) -> list[R]:
    rt = type_of_model(model)
    for record, values in pairs:
        put_all(rt, record, values)
    records = [record for record, _values in pairs]
    _refuse(records, judge)
    return writing.save_many(records, actor=actor, expected_version=expected_version)


def _refuse(records: Sequence[R], judge: Callable[[R], Problems]) -> None:
    wrong = {at: problems for at, record in enumerate(records) if (problems := judge(record))}
    if wrong:
        raise Invalid(rows=wrong)


def _of_dates(record: PriceList | Discount) -> Problems:
    if record.valid_from and record.valid_until and record.valid_until < record.valid_from:
        return {"valid_until": [_("This ends before it begins.")]}
    return {}


def _of_list_price(record: ListPrice) -> Problems:
    if (record.price is None) == (record.percent_off is None):
        return {"price": [_("Give either a price or the per cent off, not both.")]}
    if record.price is not None and record.price < 0:
        return {"price": [_("This cannot be less than nought.")]}
    if record.percent_off is not None and not 0 <= record.percent_off <= HUNDRED:
        return {"percent_off": [_("Give a per cent between 0 and 100.")]}
    return {}


def _of_discount(record: Discount) -> Problems:
    problems = _of_dates(record)
    if not 0 < record.percent <= HUNDRED:
        problems["percent"] = [_("Give a per cent between 0 and 100.")]
    return problems
