"""Pages by keyset, compared with plain sorting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from hatir.domains.customers.models import Customer
from hatir.foundation.records.filtering import whole_company
from hatir.foundation.records.querying import BadCursor, Page, Sort, estimate, ordered, page_of, parse_sort
from hatir.foundation.records.registry import fields_of, record_type
from hatir.kit.text_tr import sort_key, tr_lower
from tests.world.cast import make_customer, make_user

CITIES = ("İzmir", "", "Iğdır", "Çorum", "Ankara", "İzmir", "Şırnak")
NAMES = ("Cem", "Çınar", "Iğdır", "Işık", "İnce", "Oğuz", "Öz", "Sönmez", "Şahin", "Uzun", "Ülkü", "Zan")
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def customers() -> list[Customer]:
    """Make 24 customers with ties and gaps in every column."""
    owners = [make_user("Çiğdem", "c@ornek.com.tr"), make_user("Cem", "d@ornek.com.tr"), None]
    made = []
    for at in range(24):
        owner = owners[at % 3]
        made.append(make_customer(NAMES[at % 12], city=CITIES[at % 7], owner=owner.pk if owner else None))
        Customer.objects.filter(pk=made[-1].pk).update(
            last_contact_at=START + timedelta(days=at % 5) if at % 4 else None,
            lifetime_value=Decimal(at % 3) if at % 3 else None,
            stage=("lead", "customer", "lost")[at % 3],
            custom={"puan": at % 4} if at % 2 else {},
        )
    return list(Customer.objects.filter(pk__in=[customer.pk for customer in made]).select_related("owner"))


def _text(value: str) -> str | None:
    """Give letters in the order of the alphabet; nothing for no text."""
    return sort_key(tr_lower(value)).partition("\t")[0] or None


VALUES: dict[str, Callable[[Customer], Any]] = {
    "name": lambda row: sort_key(row.name),
    "city": lambda row: _text(row.city),
    "last_contact_at": lambda row: row.last_contact_at,
    "lifetime_value": lambda row: row.lifetime_value,
    "owner": lambda row: _text(row.owner.name) if row.owner else None,
    "stage": lambda row: ("lead", "prospect", "customer", "loyal", "dormant", "lost").index(row.stage),
    "id": lambda row: row.pk,
}


def plainly_sorted(rows: list[Customer], name: str, *, descending: bool) -> list[int]:
    """Sort as the words say: by value, empty last, ties by id in the same direction."""
    value = VALUES[name]
    filled = sorted(
        (row for row in rows if value(row) is not None), key=lambda row: (value(row), row.pk), reverse=descending
    )
    empty = sorted((row for row in rows if value(row) is None), key=lambda row: row.pk, reverse=descending)
    return [row.pk for row in (*filled, *empty)]


def pages(sorts: tuple[Sort, ...], size: int) -> tuple[list[Page], list[Page]]:
    """Walk to the end and back."""
    rt, rows = record_type("customers.customer"), Customer.objects.all()
    there = [page_of(rows, rt, sorts, size=size)]
    while there[-1].next:
        there.append(page_of(rows, rt, sorts, size=size, cursor=there[-1].next))
    back = [there[-1]]
    while back[-1].previous:
        back.append(page_of(rows, rt, sorts, size=size, cursor=back[-1].previous))
    return there, back


@pytest.mark.django_db
class TestPageOf:
    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("name", list(VALUES))
    def test_walks_forward_and_backward_like_plain_sorting(
        self, customers: list[Customer], name: str, descending: bool
    ) -> None:
        there, back = pages((Sort(name, descending),), 5)

        expected = plainly_sorted(customers, name, descending=descending)
        assert [row.pk for page in there for row in page.rows] == expected
        assert [row.pk for page in reversed(back) for row in page.rows] == expected
        assert [len(page.rows) for page in there] == [5, 5, 5, 5, 4]

    @pytest.mark.parametrize("text", ["city,-lifetime_value,name", "-stage,last_contact_at", "owner,-city"])
    def test_walks_over_several_keys_without_losing_a_row(self, customers: list[Customer], text: str) -> None:
        rt = record_type("customers.customer")
        sorts = parse_sort(text, fields_of(rt), whole_company)

        there, back = pages(sorts, 4)

        whole = [row.pk for row in page_of(Customer.objects.all(), rt, sorts, size=100).rows]
        assert len(whole) == 24
        assert [row.pk for page in there for row in page.rows] == whole
        assert [row.pk for page in reversed(back) for row in page.rows] == whole

    def test_refuses_a_cursor_of_another_order(self, customers: list[Customer]) -> None:
        rt, rows = record_type("customers.customer"), Customer.objects.all()
        cursor = page_of(rows, rt, (Sort("name"),), size=5).next

        with pytest.raises(BadCursor):
            page_of(rows, rt, (Sort("city"),), size=5, cursor=cursor)

    @pytest.mark.parametrize("cursor", ["x", "W10", "e30", "AAAA", "WzEsIiIsW10sMV0", "\x00é"])
    def test_refuses_a_broken_cursor(self, cursor: str) -> None:
        with pytest.raises(BadCursor):
            page_of(Customer.objects.all(), record_type("customers.customer"), (), cursor=cursor)


@pytest.mark.django_db
class TestOrdered:
    def test_gives_the_order_of_the_pages(self, customers: list[Customer]) -> None:
        rt = record_type("customers.customer")

        found = ordered(Customer.objects.all(), rt, (Sort("last_contact_at", True),))

        assert [row.pk for row in found] == plainly_sorted(customers, "last_contact_at", descending=True)


@pytest.mark.django_db
class TestEstimate:
    def test_counts_exactly_what_is_few(self, customers: list[Customer]) -> None:
        found = estimate(Customer.objects.all())

        assert (found.count, found.exact) == (24, True)
