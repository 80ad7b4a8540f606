"""Customers are found by their marks without walking through all of them."""

from __future__ import annotations

import pytest
from django.db import connection

from hatir.domains.customers.actions import create_customers
from hatir.domains.customers.models import Customer
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.expressions import having

pytestmark = pytest.mark.django_db
LIVING = Customer.objects.filter(archived_at=None, kind="person")


class TestHaving:
    def test_finds_those_whose_text_is_among_the_asked(self) -> None:
        rows = [{"name": name, "email": f"{name}@ornek.test"} for name in ("elif", "can", "ali")]
        elif_, _can, ali = create_customers([*rows], actor=system_actor("test"))
        create_customers([{"name": "Adsız"}], actor=system_actor("test"))

        found = having(LIVING, "email", {"elif@ornek.test", "ali@ornek.test", "yok@ornek.test", ""})

        assert set(found.values_list("pk", flat=True)) == {elif_.pk, ali.pk}

    @pytest.mark.parametrize(
        ("column", "index"),
        [
            ("email", "customer_email"),
            ("phone_e164", "customer_phone"),
            ("external_id", "customer_external"),
            ("name_fold", "customer_name_fold"),
        ],
    )
    def test_walks_through_no_table(self, column: str, index: str) -> None:
        if connection.vendor != "sqlite":
            pytest.skip("PostgreSQL plans by the number of rows, and here are none.")

        plan = having(LIVING, column, ["a", "b"]).explain()

        assert f"USING INDEX {index} ({column}=?)" in plan
        assert "SCAN customers_customer" not in plan
