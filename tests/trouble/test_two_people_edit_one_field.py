"""Two people change one field: the second sees both values and who was first, and decides."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.world.cast import Cast, Customer, Member, make_cast

pytestmark = pytest.mark.django_db
KEY = "customers.customer"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


class TestTheSecond:
    @pytest.mark.parametrize("place", ["cells/city/", "facts/city/", "edit/"])
    def test_sees_both_values_and_who_was_first(self, cast: Cast, place: str) -> None:
        url = f"/records/{KEY}/{cast.lale_market.public_id}/{place}"
        version = str(cast.lale_market.version)
        first = browser_of(cast.zeynep).post(
            f"/records/{KEY}/{cast.lale_market.public_id}/cells/city/",
            {"city": "Bursa", "version": version},
            headers=HTMX,
        )
        sent = {"city": "Muğla", "version": version, **({"name": "Lale Market"} if place == "edit/" else {})}

        second = browser_of(cast.ayse).post(url, sent, headers=HTMX)

        page = second.content.decode()
        assert (first.status_code, second.status_code) == (200, 409)
        assert "Zeynep Acar" in page
        assert "Bursa" in page
        assert "Muğla" in page
        assert Customer.objects.get(pk=cast.lale_market.pk).city == "Bursa"

    def test_stores_knowingly_afterwards(self, cast: Cast) -> None:
        url = f"/records/{KEY}/{cast.lale_market.public_id}/cells/city/"
        browser_of(cast.zeynep).post(url, {"city": "Bursa", "version": str(cast.lale_market.version)}, headers=HTMX)
        fresh = Customer.objects.get(pk=cast.lale_market.pk).version

        again = browser_of(cast.ayse).post(url, {"city": "Muğla", "version": str(fresh)}, headers=HTMX)

        assert again.status_code == 200
        assert Customer.objects.get(pk=cast.lale_market.pk).city == "Muğla"
