"""The demo's sequences have gone on for some days, and are made once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hatir.domains.leads.models import Lead
from hatir.domains.sequences.demo import seed_sequences
from hatir.domains.sequences.models import Enrolment, KeptMessage, StepRun
from hatir.domains.sequences.tests.factories import MONDAY, SYSTEM, make_willing_lead
from hatir.foundation.preferences.actions import set_company
from hatir.foundation.records.memory import piece_of_work
from tests.world.cast import make_cast


@pytest.mark.django_db
def test_the_demo_has_people_on_their_way() -> None:
    with piece_of_work():
        cast = make_cast()
        set_company({"company.name": "Defne Ev"}, actor=SYSTEM)
        at = MONDAY + timedelta(days=2, hours=5)
        for number in range(20):
            make_willing_lead(f"Aday {number} Soy", owner=cast.ayse.user.pk)

        count = seed_sequences({"Zeynep Arslan": cast.zeynep.user.pk}, seed=1, actor=SYSTEM, at=at)

        assert (count, Lead.objects.count()) == (20, 20)
        assert seed_sequences({}, seed=1, actor=SYSTEM) == 0
    assert KeptMessage.objects.count() > 10
    assert {"sent", "done"} <= set(StepRun.objects.values_list("state", flat=True))
    assert len(set(Enrolment.objects.values_list("status", flat=True))) > 1
    assert not StepRun.objects.filter(at__gt=at).exists()
