"""First pages: that of a ready-made role, as long as it may be seen, else the day."""

from __future__ import annotations

import pytest
from django.test import Client

from hatir.foundation.access.actions import install_templates, role_from_template, set_roles
from tests.world.cast import SYSTEM, Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    install_templates(actor=SYSTEM)
    return cast


@pytest.mark.parametrize(
    ("role", "page"),
    [("sales_rep", "/today"), ("sales_manager", "/sales/forecast/"), ("executive", "/sales/reports/")],
)
def test_of_ready_roles(cast: Cast, role: str, page: str) -> None:
    set_roles(cast.can.user, [role_from_template(role)], actor=SYSTEM)
    client = Client()
    client.force_login(cast.can.user)

    assert client.get("/").headers["Location"] == page
    assert client.get(page).status_code == 200


def test_who_may_nothing_begins_with_the_day(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.can.user)

    assert client.get("/").headers["Location"] == "/today"


def test_the_executive_sees_all_and_changes_nothing(cast: Cast) -> None:
    set_roles(cast.can.user, [role_from_template("executive")], actor=SYSTEM)
    client = Client()
    client.force_login(cast.can.user)
    place = f"/records/customers.customer/{cast.lale_market.public_id}/"

    assert client.get(place).status_code == 200
    client.post(f"{place}edit/", {"name": "Başka"})
    cast.lale_market.refresh_from_db()
    assert cast.lale_market.name == "Lale Market"
