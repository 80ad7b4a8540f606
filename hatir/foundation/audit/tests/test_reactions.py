"""What audit hears by event: settings and API keys."""

from __future__ import annotations

import pytest

from hatir.foundation.access.keys import create_api_key, revoke_api_key
from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.preferences.actions import set_company, set_own
from tests.world.cast import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_a_setting_of_the_company(cast: Cast) -> None:
    set_company({"company.name": "Lale A.Ş."}, actor=cast.admin.actor)
    deliver_waiting()

    entry = AuditEntry.objects.get(verb="setting")
    assert entry.changes == {"company.name": ["", "Lale A.Ş."]}
    assert (entry.user_id, entry.origin, entry.record_id) == (cast.admin.user.pk, "203.0.113.7", None)


def test_a_setting_of_a_user(cast: Cast) -> None:
    set_own({"user.theme": "dark"}, actor=cast.ayse.actor)
    deliver_waiting()

    entry = AuditEntry.objects.get(verb="setting")
    assert (entry.type_key, entry.record_id) == ("staff.user", cast.ayse.user.pk)


def test_a_key_made_and_withdrawn(cast: Cast) -> None:
    made = create_api_key(cast.ayse.user, "Site", ["view:*"], actor=cast.ayse.actor)
    revoke_api_key(made.key, actor=cast.admin.actor)
    deliver_waiting()
    deliver_waiting()

    first, second = AuditEntry.objects.filter(verb="api_key").order_by("id")
    assert first.changes == {"name": [None, "Site"], "prefix": [None, made.key.prefix], "scopes": [None, ["view:*"]]}
    assert (second.changes["name"], second.user_id) == (["Site", None], cast.admin.user.pk)
    assert made.plain not in str(first.changes)
