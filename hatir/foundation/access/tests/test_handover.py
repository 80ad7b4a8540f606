"""A leaver's records go to others: whole, by rules, in turn, and back."""

from __future__ import annotations

import pytest

from hatir.foundation.access.handover import HandoverRule, hand_over, owned_counts
from hatir.foundation.records import actions
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.actions import deactivate_user
from tests.world.cast import SYSTEM, Cast, Customer, make_cast, make_customer, make_user

pytestmark = pytest.mark.django_db
KEY = "customers.customer"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def owners() -> dict[str, str]:
    rows = Customer.objects.select_related("owner").order_by("id")
    return {row.name: row.owner.name if row.owner else "" for row in rows}


class TestHandOver:
    def test_moves_every_type_to_one_colleague_with_the_team(self, cast: Cast) -> None:
        actions.create(record_type("customers.list"), [{"name": "Ramazan", "owner": cast.ayse.user.pk}], actor=SYSTEM)
        assert owned_counts(cast.ayse.user, actor=cast.admin.actor) == {KEY: 2, "customers.list": 1}

        result = hand_over(cast.ayse.user, cast.mehmet.user, actor=cast.admin.actor)

        assert result.moved == {(KEY, cast.mehmet.user.pk): 2, ("customers.list", cast.mehmet.user.pk): 1}
        assert result.left == {}
        assert Customer.objects.get(pk=cast.lale_market.pk).team == cast.service
        assert owned_counts(cast.ayse.user, actor=cast.admin.actor) == {}

    def test_goes_by_the_first_rule_that_fits(self, cast: Cast) -> None:
        rules = [
            HandoverRule((cast.mehmet.user,), {"field": "city", "op": "is", "value": "izmir"}, KEY),
            HandoverRule((cast.zeynep.user,)),
        ]

        hand_over(cast.ayse.user, rules, actor=cast.admin.actor)

        assert owners()["Lale Market"] == "Mehmet Öz"
        assert owners()["Elif Kaya"] == "Zeynep Acar"

    def test_takes_turns(self, cast: Cast) -> None:
        third = make_user("Ece Su", "ece@ornek.com.tr")
        for number in range(4):
            make_customer(f"Kişi {number}", owner=cast.ayse.user.pk)

        result = hand_over(cast.ayse.user, [HandoverRule((third, cast.mehmet.user))], actor=cast.admin.actor)

        assert result.moved == {(KEY, third.pk): 3, (KEY, cast.mehmet.user.pk): 3}

    def test_says_what_stayed(self, cast: Cast) -> None:
        rules = [HandoverRule((cast.mehmet.user,), {"field": "city", "op": "is", "value": "izmir"}, KEY)]

        assert hand_over(cast.ayse.user, rules, actor=cast.admin.actor).left == {KEY: 1}

    def test_moves_only_what_the_actor_may_change(self, cast: Cast) -> None:
        result = hand_over(cast.mehmet.user, cast.zeynep.user, actor=cast.zeynep.actor)

        assert result.moved_count == 0
        assert owners()["Deniz Işık"] == "Mehmet Öz"

    def test_refuses_the_leaver_and_closed_accounts(self, cast: Cast) -> None:
        deactivate_user(cast.can.user, actor=cast.admin.actor)

        for receiver in (cast.ayse.user, cast.can.user):
            with pytest.raises(Invalid):
                hand_over(cast.ayse.user, receiver, actor=cast.admin.actor)
        assert owners()["Elif Kaya"] == "Ayşe Yıldırım"
