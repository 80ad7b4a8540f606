"""The leads of the example company."""

from __future__ import annotations

import pytest

from hatir.domains.leads.demo import MOST, seed_leads
from hatir.domains.leads.models import STATUSES, Lead
from hatir.foundation.records.memory import piece_of_work
from tests.world.cast import SYSTEM, make_cast


@pytest.mark.django_db
def test_there_are_leads_in_every_status() -> None:
    cast = make_cast()
    with piece_of_work():
        assert seed_leads([(cast.ayse.user.pk, cast.shop.pk)], seed=1, actor=SYSTEM) == MOST
        assert seed_leads([(cast.ayse.user.pk, cast.shop.pk)], seed=1, actor=SYSTEM) == 0
    assert set(Lead.objects.values_list("status", flat=True)) == {key for key, _label in STATUSES}
