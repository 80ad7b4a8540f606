"""Derived facts of customers: written in bulk, sorted into bands, measured against the target customer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hatir.domains.customers import actions
from hatir.domains.customers.models import Customer
from hatir.domains.customers.queries import fit_of
from hatir.foundation.access.queries import writable_fields
from hatir.foundation.records import actions as generic
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.errors import Denied, NotFoundHere
from hatir.foundation.records.registry import record_type
from hatir.kit.ages import age_on, birthdays_ahead, born_by, days_to_birthday
from tests.world.cast import make_cast

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


def people(*rows: dict[str, Any]) -> list[Customer]:
    return actions.create_customers([{"name": f"Kişi {at}", **row} for at, row in enumerate(rows)], actor=SYSTEM)


def column(name: str) -> list[Any]:
    return list(Customer.objects.order_by("name").values_list(name, flat=True))


class TestReplaceScores:
    def test_writes_without_a_new_version(self) -> None:
        first = people({})[0]

        assert actions.replace_scores([(first.pk, {"order_count": 3, "rfm": "543"})], actor=SYSTEM) == 1
        assert actions.replace_scores([(first.pk, {"order_count": 3, "rfm": "543"})], actor=SYSTEM) == 0

        found = Customer.objects.get()
        assert (found.order_count, found.rfm, found.version) == (3, "543", 1)

    def test_refuses_what_is_no_derived_fact(self) -> None:
        first = people({})[0]

        with pytest.raises(NotFoundHere):
            actions.replace_scores([(first.pk, {"name": "Başka"})], actor=SYSTEM)

        assert Customer.objects.get().name == "Kişi 0"

    def test_needs_the_right(self) -> None:
        cast = make_cast()

        with pytest.raises(Denied):
            actions.replace_scores([(cast.elif_kaya.pk, {"order_count": 3})], actor=cast.ayse.actor)

        assert Customer.objects.get(pk=cast.elif_kaya.pk).order_count is None

    def test_is_open_to_programs_and_not_to_screens(self) -> None:
        rt, admin = record_type("customers.customer"), make_cast().admin.actor

        assert "revenue" not in writable_fields(admin, rt)
        assert writable_fields(admin.acting_as("api_key", "Ciro"), rt)["revenue"].editable


class TestBands:
    def test_follow_the_cumulative_share_of_revenue(self) -> None:
        # 1000 in all: 700 begins at 0 < 800, 150 at 700 < 800; 100 at 850 < 950; 50 at 950 is the rest.
        made = people({}, {}, {}, {}, {})
        amounts = (700, 150, 100, 50)
        rows = ((one.pk, {"revenue": Decimal(amount)}) for one, amount in zip(made, amounts, strict=False))
        actions.replace_scores(rows, actor=SYSTEM)

        assert actions.recalculate_bands(actor=SYSTEM) == 4
        assert column("value_band") == ["A", "A", "B", "C", ""]
        assert actions.recalculate_bands(actor=SYSTEM) == 0


class TestFit:
    def test_is_the_share_of_the_weights_that_hold(self) -> None:
        first, _second = people({"city": "İzmir", "stage": "lead"}, {"city": "Ankara"})
        profile = generic.create(record_type("customers.target_profile"), [{"name": "Aranan"}], actor=SYSTEM)[0]
        criteria = [
            {"profile": profile.pk, "name": "İzmirli", "rule": 'city is "İzmir"', "weight": 2},
            {"profile": profile.pk, "name": "Sadık", "rule": 'stage is "loyal"', "weight": 1},
        ]
        actions.create_criteria(criteria, actor=SYSTEM)

        assert actions.recalculate_fit(actor=SYSTEM) == 2
        # 2 of 3 is 66.7, rounded half up; 0 of 3 is 0.
        assert column("fit_score") == [67, 0]
        assert [one.name for one in fit_of(SYSTEM, first)] == ["İzmirli", "Sadık"]
        assert actions.recalculate_fit(actor=SYSTEM, customer_ids=[first.pk]) == 0


class TestAges:
    def test_count_full_years(self) -> None:
        assert age_on(date(1990, 6, 15), date(2026, 6, 14)) == 35
        assert age_on(date(1990, 6, 15), date(2026, 6, 15)) == 36
        assert age_on(date(2004, 2, 29), date(2027, 2, 28)) == 22
        assert age_on(date(2004, 2, 29), date(2027, 3, 1)) == 23

    def test_become_dates_of_birth(self) -> None:
        assert born_by(30, date(2026, 3, 1)) == date(1996, 3, 1)
        assert born_by(1, date(2028, 2, 29)) == date(2027, 2, 28)

    def test_give_the_days_to_the_birthday(self) -> None:
        assert days_to_birthday(date(1990, 1, 2), date(2026, 12, 31)) == 2
        assert days_to_birthday(date(2004, 2, 29), date(2026, 2, 28)) == 1
        assert birthdays_ahead(0, 1, date(2026, 2, 28)) == frozenset({228, 229, 301})
