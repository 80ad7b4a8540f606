"""The other administrators hear of an export that carries the house away."""

from __future__ import annotations

import pytest

from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.notifications.models import Notification
from hatir.foundation.transfer import watching
from hatir.foundation.transfer.exporting import ExportRequest, prepare
from tests.world.cast import make_cast, make_user


@pytest.mark.django_db
class TestMassExport:
    def test_is_told_to_the_other_administrators(self, monkeypatch: pytest.MonkeyPatch) -> None:
        cast = make_cast()
        other = make_user("Nil Ata", "nil@lale.test", is_admin=True)
        monkeypatch.setattr(watching, "told_records", lambda: 4)

        prepare(ExportRequest("customers.customer"), actor=cast.admin.actor)
        deliver_waiting()

        told = Notification.objects.filter(kind="mass_export")
        assert [(each.user_id, each.by, each.url) for each in told] == [(other.pk, "Defne Koç", "/settings/audit/")]
