"""What something costs: for this customer, on this day, in this channel, so many of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Q
from django.utils.translation import gettext as _

from hatir.domains.catalog import rules
from hatir.domains.catalog.models import BUNDLE, BundleItem, Discount, ListPrice, Product
from hatir.domains.catalog.queries.currencies import rate_on
from hatir.domains.catalog.queries.products import tax_percents
from hatir.domains.catalog.rules import Off, Offer, Terms
from hatir.domains.customers.models import SegmentMember
from hatir.foundation.records.errors import RecordError

ZERO, ONE = Decimal(0), Decimal(1)


class NoPrice(RecordError):
    """Nobody has said what a product costs."""

    def __init__(self, product: Product) -> None:
        self.product = product
        super().__init__(product.pk)

    def __str__(self) -> str:
        return _("“%(product)s” has no price.") % {"product": self.product.name}


@dataclass(frozen=True)
class Asked:
    """How many of a product."""

    product: Product
    quantity: Decimal = ONE


@dataclass(frozen=True)
class Price:
    """What one unit costs before `discount_percent`, and why: `list_name` is the price list, "" the basic price.

    `amount` contains the KDV when it was asked so; the tax facts are those of the day.
    """

    amount: Decimal
    currency: str
    discount_percent: Decimal
    list_name: str
    discount_name: str
    tax_percent: Decimal
    withholding_code: str
    withholding_percent: Decimal
    unit_id: int | None
    unit_name: str

    @property
    def after_discount(self) -> Decimal:
        """Give the unit price with the discount taken off, to four decimals."""
        return rules.less(self.amount, self.discount_percent)


def price_of(
    product: Product,
    *,
    on: date,
    quantity: Decimal = ONE,
    customer_id: int | None = None,
    channel: str = "",
    currency: str = "TRY",
    with_tax: bool = True,
) -> Price:
    """Find what a product costs; see `prices_of`. Raises NoPrice or NoRate."""
    return prices_of(
        [Asked(product, quantity)],
        on=on,
        customer_id=customer_id,
        channel=channel,
        currency=currency,
        with_tax=with_tax,
    )[0]


def prices_of(
    asked: Sequence[Asked],
    *,
    on: date,
    customer_id: int | None = None,
    channel: str = "",
    currency: str = "TRY",
    with_tax: bool = True,
) -> list[Price]:
    """Find what products cost, in a fixed number of statements, however many there are.

    The price lists that hold for day, channel, customer and quantity win over the basic price; of the discounts that
    hold the largest is named beside. The callers have found the products through the read door. Raises NoPrice for
    a product without any price, NoRate for a currency without an exchange rate.
    """
    desk = _Desk(tuple(one.product for one in asked), on, customer_id, channel, currency, with_tax)
    return [desk.price(one.product, one.quantity) for one in asked]


@dataclass(frozen=True)
class _Desk:
    """Everything that pricing these products takes, read once."""

    products: tuple[Product, ...]
    on: date
    customer_id: int | None
    channel: str
    currency: str
    with_tax: bool
    rates: dict[str, Decimal] = field(default_factory=dict)

    def price(self, product: Product, quantity: Decimal) -> Price:
        facts = self.facts[product.pk]
        offer = rules.best_offer(self._offers(product, quantity))
        amount = offer.price if offer else self._basic(product)
        off = rules.best_discount(self._discounts(product, quantity))
        withholding = facts.withholding
        return Price(
            amount=rules.unit_price(amount),
            currency=self.currency,
            discount_percent=off.percent if off else ZERO,
            list_name=offer.name if offer else "",
            discount_name=off.name if off else "",
            tax_percent=self._tax(product),
            withholding_code=withholding.code if withholding else "",
            withholding_percent=withholding.percent if withholding else ZERO,
            unit_id=facts.unit_id,
            unit_name=facts.unit.name if facts.unit else "",
        )

    @cached_property
    def facts(self) -> Mapping[int, Product]:
        """Give each product with what a variant takes from its model; its own record is not touched."""
        return whole_products({product.pk for product in self.products} | set(self._item_ids))

    @cached_property
    def _items(self) -> Mapping[int, list[BundleItem]]:
        ids = {product.pk for product in self.products if product.kind == BUNDLE}
        found: dict[int, list[BundleItem]] = {}
        if ids:
            for item in BundleItem.objects.filter(bundle__in=ids, archived_at=None).order_by("id"):
                found.setdefault(item.bundle_id, []).append(item)
        return found

    @property
    def _item_ids(self) -> list[int]:
        return [item.product_id for items in self._items.values() for item in items]

    @cached_property
    def _percents(self) -> Mapping[int, Decimal]:
        return tax_percents(self.on)

    @cached_property
    def _segments(self) -> Collection[int]:
        if self.customer_id is None:
            return ()
        return set(SegmentMember.objects.filter(customer=self.customer_id).values_list("segment_id", flat=True))

    @cached_property
    def _listed(self) -> Mapping[int, list[ListPrice]]:
        rows = ListPrice.objects.filter(archived_at=None, price_list__archived_at=None, price_list__is_active=True)
        found: dict[int, list[ListPrice]] = {}
        for row in rows.filter(product__in=self.facts).select_related("price_list").order_by("id"):
            found.setdefault(row.product_id, []).append(row)
        return found

    @cached_property
    def _offs(self) -> list[Discount]:
        in_time = Q(valid_from=None) | Q(valid_from__lte=self.on), Q(valid_until=None) | Q(valid_until__gte=self.on)
        return list(Discount.objects.filter(*in_time, archived_at=None, is_active=True).order_by("id"))

    def _offers(self, product: Product, quantity: Decimal) -> list[Offer]:
        offers = []
        for row in self._listed.get(product.pk, ()):
            held = row.price_list
            terms = Terms(held.valid_from, held.valid_until, held.segment_id, held.channel, row.min_quantity)
            if terms.hold(on=self.on, channel=self.channel, segments=self._segments, quantity=quantity):
                amount = self._listed_amount(row, product)
                offers.append(Offer(held.pk, held.name, held.priority, amount, row.min_quantity))
        return offers

    def _listed_amount(self, row: ListPrice, product: Product) -> Decimal:
        if row.price is None:
            return rules.less(self._basic(product), row.percent_off or ZERO)
        held = row.price_list
        return self._asked_way(row.price, held.currency, product, includes_tax=held.includes_tax)

    def _basic(self, product: Product) -> Decimal:
        facts = self.facts[product.pk]
        if facts.price is not None:
            return self._asked_way(facts.price, facts.currency, product, includes_tax=facts.price_includes_tax)
        items = self._items.get(product.pk, ())
        if not items:
            raise NoPrice(product)
        return sum((self._basic(self.facts[item.product_id]) * item.quantity for item in items), ZERO)

    def _asked_way(self, amount: Decimal, currency: str, product: Product, *, includes_tax: bool) -> Decimal:
        """Give a price in the wanted currency, with or without KDV as it was asked."""
        if currency != self.currency:
            amount = rules.exchanged(amount, self._rate(currency), self._rate(self.currency))
        if includes_tax == self.with_tax:
            return rules.unit_price(amount)
        change = rules.with_tax if self.with_tax else rules.without_tax
        return change(amount, self._tax(product))

    def _rate(self, currency: str) -> Decimal:
        if currency not in self.rates:
            self.rates[currency] = rate_on(currency, self.on)
        return self.rates[currency]

    def _tax(self, product: Product) -> Decimal:
        tax_id = self.facts[product.pk].tax_id
        return self._percents.get(tax_id, ZERO) if tax_id else ZERO

    def _discounts(self, product: Product, quantity: Decimal) -> list[Off]:
        facts = self.facts[product.pk]
        found = []
        for row in self._offs:
            terms = Terms(row.valid_from, row.valid_until, row.segment_id, row.channel, row.min_quantity)
            fits = row.product_id in (None, product.pk, facts.variant_of_id)
            fits = fits and row.category_id in (None, facts.category_id)
            if fits and terms.hold(on=self.on, channel=self.channel, segments=self._segments, quantity=quantity):
                found.append(Off(row.name, row.percent))
        return found


def whole_products(ids: Collection[int]) -> dict[int, Product]:
    """Read products with what a variant takes from its model (unit, KDV, withholding, price), for documents that
    found them already; the copies are not to be saved."""
    return {row.pk: _whole(row) for row in Product.objects.filter(pk__in=ids).select_related(*_LOOKED_AT)}


_LOOKED_AT = ("unit", "withholding", "variant_of", "variant_of__unit", "variant_of__withholding")


def _whole(row: Product) -> Product:
    """Fill what a variant does not say from its model; of a copy that nobody saves."""
    model = row.variant_of
    if model is None:
        return row
    if row.price is None:
        row.price, row.currency, row.price_includes_tax = model.price, model.currency, model.price_includes_tax
    for name in ("unit", "tax", "withholding", "category"):
        if getattr(row, f"{name}_id") is None:
            setattr(row, f"{name}_id", getattr(model, f"{name}_id"))
            if name in ("unit", "withholding"):
                setattr(row, name, getattr(model, name))
    return row
