"""API keys: shown once, kept as hash, narrowed by scopes, dead when withdrawn, over, or their user is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hatir.foundation.access.keys import KeyRefused, actor_for_key, api_keys, create_api_key, revoke_api_key
from hatir.foundation.access.models import ApiKey
from hatir.foundation.access.queries import has_permission, may, visible
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.records import actions
from hatir.foundation.records.errors import Denied, Invalid
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.actions import deactivate_user
from tests.world.cast import Cast, Customer, make_cast

pytestmark = pytest.mark.django_db
KEY = "customers.customer"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


class TestCreateApiKey:
    def test_keeps_no_plain_key(self, cast: Cast) -> None:
        made = create_api_key(cast.ayse.user, "Muhasebe", actor=cast.ayse.actor)

        stored = ApiKey.objects.get()
        assert made.plain.startswith(stored.prefix)
        assert made.plain not in str(ApiKey.objects.values().get())
        assert made.plain not in str(list(OutboxEvent.objects.values_list("payload", flat=True)))

    def test_for_somebody_else_needs_the_right(self, cast: Cast) -> None:
        with pytest.raises(Denied):
            create_api_key(cast.ayse.user, "Gizli", actor=cast.zeynep.actor)
        assert not ApiKey.objects.exists()
        assert create_api_key(cast.ayse.user, "Mağaza", actor=cast.admin.actor).key.user == cast.ayse.user

    @pytest.mark.parametrize("scopes", [["nope:*"], ["view:nope"], ["view"], []])
    def test_refuses_unknown_scopes(self, cast: Cast, scopes: list[str]) -> None:
        with pytest.raises(Invalid):
            create_api_key(cast.ayse.user, "x", scopes, actor=cast.ayse.actor)


class TestActorForKey:
    def test_acts_with_the_users_rights(self, cast: Cast) -> None:
        plain = create_api_key(cast.ayse.user, "Site", actor=cast.ayse.actor).plain

        actor = actor_for_key(plain, "198.51.100.2")

        assert (actor.kind, actor.user_id, actor.origin) == ("api_key", cast.ayse.user.pk, "198.51.100.2")
        assert visible(actor, KEY).count() == 2

    def test_is_narrowed_by_its_scopes(self, cast: Cast) -> None:
        plain = create_api_key(cast.ayse.user, "Okur", [f"view:{KEY}"], actor=cast.ayse.actor).plain

        actor = actor_for_key(plain, "x")

        assert visible(actor, KEY).count() == 2
        assert not may(actor, "create", KEY)
        assert not visible(actor, "customers.tag").exists()
        with pytest.raises(Denied):
            actions.update(record_type(KEY), [(cast.elif_kaya, {"city": "Van"})], actor=actor)
        assert Customer.objects.get(pk=cast.elif_kaya.pk).city == "İstanbul"

    def test_narrows_an_administrator_too(self, cast: Cast) -> None:
        plain = create_api_key(cast.admin.user, "Okur", [f"view:{KEY}"], actor=cast.admin.actor).plain

        actor = actor_for_key(plain, "x")

        assert visible(actor, KEY).count() == 4
        assert not has_permission(actor, "settings.manage")
        with pytest.raises(Denied):
            create_api_key(cast.admin.user, "Daha geniş", actor=actor)
        with pytest.raises(Denied):
            actions.create(record_type("staff.department"), [{"name": "Yeni"}], actor=actor)

    def test_notes_its_use(self, cast: Cast) -> None:
        plain = create_api_key(cast.ayse.user, "Site", actor=cast.ayse.actor).plain
        at = timezone.now()

        actor_for_key(plain, "x", at=at)
        actor_for_key(plain, "x", at=at + timedelta(seconds=30))

        assert ApiKey.objects.get().last_used_at == at

    def test_refuses_unknown_withdrawn_and_expired_keys(self, cast: Cast) -> None:
        live = create_api_key(cast.ayse.user, "Eski", actor=cast.ayse.actor)
        over = create_api_key(
            cast.ayse.user, "Süreli", actor=cast.ayse.actor, expires_at=timezone.now() - timedelta(seconds=1)
        )
        revoke_api_key(live.key, actor=cast.ayse.actor)

        for plain in ("hatir_yok", live.plain, over.plain):
            with pytest.raises(KeyRefused):
                actor_for_key(plain, "x")

    def test_refuses_the_key_of_a_closed_account(self, cast: Cast) -> None:
        plain = create_api_key(cast.ayse.user, "Site", actor=cast.ayse.actor).plain
        deactivate_user(cast.ayse.user, actor=cast.admin.actor)

        with pytest.raises(KeyRefused):
            actor_for_key(plain, "x")


class TestApiKeys:
    def test_lists_own_ones_or_all_with_the_right(self, cast: Cast) -> None:
        create_api_key(cast.ayse.user, "A", actor=cast.ayse.actor)
        create_api_key(cast.mehmet.user, "B", actor=cast.mehmet.actor)

        assert [key.name for key in api_keys(cast.ayse.actor)] == ["A"]
        assert [key.name for key in api_keys(cast.admin.actor)] == ["B", "A"]
