"""What customers' timelines tell of deals, and to whom."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hatir.domains.sales import actions
from hatir.domains.sales.models import Deal, Stage
from hatir.domains.sales.tests.factories import make_deal, make_pipeline
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.records import actions as generic
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.timeline.queries import entries_of
from tests.world.cast import Cast, actor_of, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages() -> dict[str, Stage]:
    return make_pipeline()


@pytest.fixture
def cast(stages: dict[str, Stage]) -> Cast:
    return make_cast()


def told(actor: Actor, customer: object) -> list[str]:
    """Give what the customer's timeline says about money, the first first."""
    ref = RecordRef("customers.customer", customer.pk)  # type: ignore[attr-defined]
    return [entry.title for entry in reversed(entries_of(actor, ref).entries) if entry.kind == "money"]


class TestTimelineOfTheCustomer:
    def test_tells_every_step_of_a_deal(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = make_deal(customer=cast.lale_market.pk, amount=Decimal(1500))
        actions.move_deal(deal, stages["Teklif"], actor=cast.admin.actor)
        actions.win_deal(Deal.objects.get(pk=deal.pk), actor=cast.admin.actor)

        deliver_waiting()

        assert told(cast.admin.actor, cast.lale_market) == [
            "“Otel lobisi” fırsatını açtı",
            "“Otel lobisi” fırsatını “Teklif” aşamasına taşıdı",
            "“Otel lobisi” fırsatını kazandı, ₺1.500",
        ]

    def test_of_whoever_takes_part_tells_it_too(self, cast: Cast) -> None:
        deal = make_deal(customer=cast.lale_market.pk, amount=Decimal(90))
        part = {"deal": deal.pk, "person": cast.elif_kaya.pk}
        generic.create(record_type("sales.deal_contact"), [part], actor=cast.admin.actor)
        actions.lose_deal(deal, actor=cast.admin.actor)

        deliver_waiting()

        assert told(cast.admin.actor, cast.elif_kaya)[-1] == "“Otel lobisi” fırsatını kaybetti, ₺90"

    def test_is_silent_about_deals_of_a_file(self, cast: Cast) -> None:
        row = {"name": "Eski iş", "customer": cast.lale_market.pk}
        actions.create_deals([row], actor=actor_of(cast.admin.user, kind="import"))

        deliver_waiting()

        assert told(cast.admin.actor, cast.lale_market) == []

    def test_is_silent_to_who_may_not_see_the_deal(self, cast: Cast) -> None:
        make_deal("Gizli iş", customer=cast.lale_market.pk, owner=cast.mehmet.user.pk, team=cast.service.pk)
        make_deal("Kendi işi", customer=cast.lale_market.pk, owner=cast.ayse.user.pk, team=cast.shop.pk)

        deliver_waiting()

        assert told(cast.ayse.actor, cast.lale_market) == ["“Kendi işi” fırsatını açtı"]
        assert len(told(cast.admin.actor, cast.lale_market)) == 2
