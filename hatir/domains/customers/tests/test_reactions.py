"""A call written on the timeline becomes the customer's last contact."""

from __future__ import annotations

import pytest

from hatir.domains.customers.actions import create_customers
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.timeline.actions import log_call, post_note
from tests.world.cast import make_cast

pytestmark = pytest.mark.django_db


class TestRememberContact:
    def test_takes_a_call(self) -> None:
        cast = make_cast()
        ref = RecordRef("customers.customer", cast.elif_kaya.pk)

        log_call(ref, "Teklifi konuştuk", actor=cast.ayse.actor)
        deliver_waiting()

        cast.elif_kaya.refresh_from_db()
        assert cast.elif_kaya.last_contact_channel == "phone"
        assert cast.elif_kaya.last_contact_at == OutboxEvent.objects.get(key="timeline.note_posted").created_at

    def test_leaves_a_note_alone(self) -> None:
        made = create_customers([{"name": "Ayşe Işık"}], actor=system_actor("test"))[0]

        post_note(RecordRef("customers.customer", made.pk), "Dosyası eksik", actor=make_cast().admin.actor)
        deliver_waiting()

        made.refresh_from_db()
        assert made.last_contact_at is None
