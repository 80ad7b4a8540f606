"""The sheet of lines as it is typed: read row by row, so that what was wrong comes back beside its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from hatir.domains.catalog.models import Product
from hatir.domains.catalog.queries import products_with
from hatir.domains.quotes.actions import SheetRow
from hatir.domains.quotes.models import ITEM, SECTION, QuoteLine
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.kit.formats_tr import format_number
from hatir.kit.ids import decode_id
from hatir.kit.parsing_tr import parse_decimal
from hatir.kit.text_tr import fold

MOST_ROWS = 600
EMPTY_ROWS = 4
NUMBERS = {"quantity": "quantity", "price": "unit_price", "discount": "discount_percent", "tax": "tax_percent"}


@dataclass(frozen=True)
class TypedRow:
    """One row of the sheet with its texts, for drawing it again; `errors` by field."""

    at: int
    id: str = ""
    version: str = ""
    kind: str = ITEM
    name: str = ""
    detail: str = ""
    quantity: str = ""
    price: str = ""
    discount: str = ""
    tax: str = ""
    position: str = ""
    is_optional: bool = False
    amount: str = ""
    note: str = ""
    now_costs: str = ""
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def is_section(self) -> bool:
        return self.kind == SECTION


def sent_text(sent: QueryDict, name: str) -> str:
    """Give a text as it was sent, without the characters that no database keeps."""
    return str(sent.get(name, "")).replace("\x00", "")


def typed_of(at: int, line: QuoteLine, language: str, **more: Any) -> TypedRow:
    """Give a stored line as it stands in the sheet."""

    def text(value: Decimal | None) -> str:
        return "" if value is None else format_number(value, language=language)

    return TypedRow(
        at=at, id=line.public_id, version=str(line.version), kind=line.kind, name=line.name, detail=line.detail,
        quantity=text(line.quantity), price=text(line.unit_price), discount=text(line.discount_percent or None),
        tax=text(line.tax_percent), position=str(line.position), is_optional=line.is_optional, **more,
    )  # fmt: skip


def empty_rows(start: int) -> list[TypedRow]:
    """Give rows to type into."""
    return [TypedRow(at=at) for at in range(start, start + EMPTY_ROWS)]


def typed_rows(sent: QueryDict) -> list[TypedRow]:
    """Read the texts of a sent sheet, also of rows that nobody filled."""
    found = []
    for at in range(MOST_ROWS):
        if f"name-{at}" not in sent:
            break
        texts: dict[str, Any] = {name: sent_text(sent, f"{name}-{at}").strip() for name in
                 ("id", "version", "name", "detail", "quantity", "price", "discount", "tax", "position")}  # fmt: skip
        kind = SECTION if sent.get(f"kind-{at}") == SECTION else ITEM
        made = TypedRow(at=at, kind=kind, is_optional=f"optional-{at}" in sent)
        found.append(replace(made, **texts))
    return found


def read_sheet(sent: QueryDict, lines: Sequence[QuoteLine], actor: Actor) -> list[SheetRow]:
    """Read a sent sheet; empty rows are left out. Raises Invalid with the place of each row that cannot be read."""
    typed = [row for row in typed_rows(sent) if row.id or row.name]
    held = {line.public_id: line for line in lines}
    fresh = [row.name for row in typed if row.kind == ITEM and _is_renamed(row, held)]
    products = _products(actor, fresh)
    rows, wrong = [], {}
    for row in typed:
        line = held.get(row.id)
        if row.id and (not row.name or f"remove-{row.at}" in sent):
            rows.append(SheetRow(_id(row.id), _number(row.version), True))
            continue
        try:
            rows.append(SheetRow(_id(row.id) if row.id else None, _number(row.version), False,
                                 _values(row, line, products)))  # fmt: skip
        except Invalid as problem:
            wrong[row.at] = problem.errors
    if wrong:
        raise Invalid(rows=wrong)
    return rows


def places_of(sent: QueryDict) -> list[int]:
    """Give the place on the page of each row that `read_sheet` reads."""
    return [row.at for row in typed_rows(sent) if row.id or row.name]


def _is_renamed(row: TypedRow, held: Mapping[str, QuoteLine]) -> bool:
    line = held.get(row.id)
    return line is None or line.name != row.name


def _products(actor: Actor, names: Sequence[str]) -> dict[str, Product]:
    """Find the products that were named by code, barcode or their whole name."""
    wanted = {name: fold(name)[:220] for name in names}
    if not wanted:
        return {}
    rows = visible(actor, Product).filter(archived_at=None, is_sold=True, name_fold__in=set(wanted.values()))
    by_fold = {product.name_fold: product for product in rows.order_by("-id")}
    by_code = products_with(actor, list(wanted))
    found = {name: by_code.get(name) or by_fold.get(folded) for name, folded in wanted.items()}
    return {name: product for name, product in found.items() if product is not None}


def _values(row: TypedRow, line: QuoteLine | None, products: Mapping[str, Product]) -> dict[str, Any]:
    values: dict[str, Any] = {"kind": row.kind, "name": row.name[:200], "detail": row.detail[:2000],
                              "is_optional": row.is_optional and row.kind == ITEM}  # fmt: skip
    if row.position:
        values["position"] = _number(row.position) or 0
    if row.kind == SECTION:
        return {**values, "product": None}
    values |= _read_numbers(row)
    if line is not None and line.name == row.name:
        if values["unit_price"] is None:
            values["unit_price"] = line.unit_price
        return values
    product = products.get(row.name)
    values["product"] = product.pk if product else None
    if product is not None:
        values["name"] = product.name[:200]
        if line is not None and values["unit_price"] == line.unit_price:
            # Another product was written over the old one: what was its price says nothing about this one.
            values |= {"unit_price": None, "tax_percent": None, "unit": ""}
    return values


def _read_numbers(row: TypedRow) -> dict[str, Decimal | None]:
    found: dict[str, Decimal | None] = {}
    errors = {}
    for typed, name in NUMBERS.items():
        text = getattr(row, typed).strip("%₺ ")
        try:
            found[name] = parse_decimal(text) if text else None
        except ValueError:
            errors[name] = [_("Enter a number.")]
    if errors:
        raise Invalid(errors)
    if found["quantity"] is None:
        found["quantity"] = Decimal(1)
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _id(text: str) -> int:
    try:
        return decode_id(text)
    except ValueError:
        raise Invalid({"": [_("This cannot be read.")]}) from None
