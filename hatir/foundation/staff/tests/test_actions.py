"""Colleagues come, sign in for the first time, and leave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hatir.foundation.records import actions
from hatir.foundation.records.errors import Denied, Invalid
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.actions import (
    LinkExpired,
    consume_one_time_link,
    create_user,
    deactivate_user,
    one_time_link,
    peek_one_time_link,
    set_admin,
    update_own_profile,
)
from hatir.foundation.staff.models import Membership, OneTimeLink, User
from tests.world.cast import SYSTEM, Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def token_of(path: str) -> str:
    return path.removeprefix("/welcome/").rstrip("/")


class TestCreateUser:
    def test_writes_the_address_small_and_leaves_the_password_closed(self) -> None:
        user = create_user("Ece Su", "  ECE@Ornek.com.tr", actor=SYSTEM, is_admin=True)

        assert (user.email, user.is_admin, user.has_usable_password()) == ("ece@ornek.com.tr", True, False)

    def test_needs_the_right(self, cast: Cast) -> None:
        with pytest.raises(Denied):
            create_user("Ece", "ece@ornek.com.tr", actor=cast.ayse.actor)
        assert not User.objects.filter(email="ece@ornek.com.tr").exists()

    def test_says_that_an_address_is_taken_in_any_case(self, cast: Cast) -> None:
        with pytest.raises(Invalid) as refused:
            create_user("Ayşe", "AYSE@ornek.com.tr", actor=cast.admin.actor)
        assert list(refused.value.errors) == ["email"]


class TestOneTimeLink:
    def test_works_once(self, cast: Cast) -> None:
        token = token_of(one_time_link(cast.ayse.user, actor=cast.admin.actor))

        assert peek_one_time_link(token) == cast.ayse.user
        assert consume_one_time_link(token) == cast.ayse.user
        with pytest.raises(LinkExpired):
            consume_one_time_link(token)

    def test_is_over_after_72_hours(self, cast: Cast) -> None:
        token = token_of(one_time_link(cast.ayse.user, actor=cast.admin.actor))

        with pytest.raises(LinkExpired):
            consume_one_time_link(token, at=timezone.now() + timedelta(hours=72))
        assert consume_one_time_link(token, at=timezone.now() + timedelta(hours=71)) == cast.ayse.user

    def test_keeps_only_a_hash(self, cast: Cast) -> None:
        token = token_of(one_time_link(cast.ayse.user, actor=cast.admin.actor))

        assert token not in str(OneTimeLink.objects.values().get())

    def test_replaces_the_older_one(self, cast: Cast) -> None:
        old = token_of(one_time_link(cast.ayse.user, actor=cast.admin.actor))
        one_time_link(cast.ayse.user, actor=cast.admin.actor)

        with pytest.raises(LinkExpired):
            consume_one_time_link(old)

    def test_for_somebody_else_is_for_administrators(self, cast: Cast) -> None:
        with pytest.raises(Denied):
            one_time_link(cast.admin.user, actor=cast.ayse.actor)
        assert not OneTimeLink.objects.exists()

    @pytest.mark.parametrize("token", ["", "x", "a" * 500, "ğü'--"])
    def test_refuses_nonsense(self, token: str) -> None:
        with pytest.raises(LinkExpired):
            consume_one_time_link(token)


class TestDeactivateUser:
    def test_closes_sign_in_and_links_but_keeps_records(self, cast: Cast) -> None:
        token = token_of(one_time_link(cast.ayse.user, actor=cast.admin.actor))

        deactivate_user(cast.ayse.user, actor=cast.admin.actor)

        assert User.objects.get(pk=cast.ayse.user.pk).is_active is False
        with pytest.raises(LinkExpired):
            consume_one_time_link(token)
        cast.lale_market.refresh_from_db()
        assert cast.lale_market.owner_id == cast.ayse.user.pk

    def test_refuses_oneself_and_the_last_administrator(self, cast: Cast) -> None:
        with pytest.raises(Invalid):
            deactivate_user(cast.admin.user, actor=cast.admin.actor)
        with pytest.raises(Invalid):
            deactivate_user(cast.admin.user, actor=SYSTEM)
        with pytest.raises(Invalid):
            set_admin(cast.admin.user, False, actor=SYSTEM)
        assert User.objects.get(pk=cast.admin.user.pk).is_active

    def test_needs_the_right(self, cast: Cast) -> None:
        with pytest.raises(Denied):
            deactivate_user(cast.mehmet.user, actor=cast.ayse.actor)
        assert User.objects.get(pk=cast.mehmet.user.pk).is_active


class TestOwnProfile:
    def test_is_changed_without_rights(self, cast: Cast) -> None:
        update_own_profile(cast.can.user, {"name": "Can Deniz"}, actor=cast.can.actor)

        assert User.objects.get(pk=cast.can.user.pk).name == "Can Deniz"

    @pytest.mark.parametrize("values", [{"email": "x@y.com"}, {"is_admin": True}, {"teams": []}])
    def test_is_closed_for_everything_else(self, cast: Cast, values: dict[str, object]) -> None:
        with pytest.raises(Denied):
            update_own_profile(cast.can.user, values, actor=cast.can.actor)


class TestTeams:
    def test_are_led_by_whoever_is_named(self, cast: Cast) -> None:
        actions.update(
            record_type("staff.team"), [(cast.sales, {"leads": [cast.zeynep.user.pk]})], actor=cast.admin.actor
        )

        actions.update(
            record_type("staff.user"), [(cast.zeynep.user, {"teams": [cast.service.pk]})], actor=cast.admin.actor
        )

        assert list(cast.sales.leads.values_list("name", flat=True)) == ["Zeynep Acar"]
        assert [row.team_id for row in Membership.objects.filter(user=cast.zeynep.user)] == [cast.service.pk]
