"""Which records an actor reaches: own, team with the teams below, branch, all, filter, and by following."""

from __future__ import annotations

from typing import Any

import pytest

from hatir.foundation.access.models import Grant, Role
from hatir.foundation.access.queries import get_for, get_visible, may, visible
from hatir.foundation.records import actions
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.models import User
from tests.world.cast import SYSTEM, Cast, Customer, actor_of, make_cast, make_role, make_team, make_user

pytestmark = pytest.mark.django_db
KEY = "customers.customer"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def names(user: User, verb: str = "view") -> set[str]:
    return set(visible(actor_of(user), KEY, verb).values_list("name", flat=True))


def user_with(cast: Cast, scope: str, teams: Any = (), tree: Any = None) -> User:
    role = make_role(f"Rol {scope}", {"view": scope}, type_key=KEY)
    Grant.objects.filter(role=role).update(filter=tree)
    return make_user("Derya Su", "derya@ornek.com.tr", teams=teams, role=role)


class TestScopes:
    def test_own_reaches_own_records(self, cast: Cast) -> None:
        user = user_with(cast, "own")
        Customer.objects.filter(pk=cast.elif_kaya.pk).update(owner=user)

        assert names(user) == {"Elif Kaya"}

    def test_team_reaches_the_teams_below_but_not_above(self, cast: Cast) -> None:
        assert names(user_with(cast, "team", [cast.sales])) == {"Lale Market", "Elif Kaya", "Kuzey Lojistik A.Ş."}

    def test_team_reaches_two_levels_down(self, cast: Cast) -> None:
        corner = make_team("Köşe", parent=cast.shop)
        Customer.objects.filter(pk=cast.deniz_isik.pk).update(team=corner)

        assert "Deniz Işık" in names(user_with(cast, "team", [cast.sales]))

    def test_team_of_the_lower_team_stays_there(self, cast: Cast) -> None:
        assert names(user_with(cast, "team", [cast.shop])) == {"Lale Market", "Elif Kaya"}

    def test_team_without_a_team_reaches_own_records_only(self, cast: Cast) -> None:
        assert names(user_with(cast, "team")) == set()

    def test_branch_reaches_all_teams_of_the_branch(self, cast: Cast) -> None:
        other = make_team("Aynı şube", branch=cast.centre)
        Customer.objects.filter(pk=cast.deniz_isik.pk).update(team=other)

        assert names(user_with(cast, "branch", [cast.shop])) == {"Lale Market", "Elif Kaya", "Deniz Işık"}

    def test_all_reaches_everything(self, cast: Cast) -> None:
        assert len(names(user_with(cast, "all"))) == 4

    def test_filter_reaches_what_fits(self, cast: Cast) -> None:
        tree = {"field": "city", "op": "in", "value": ["izmir", "IĞDIR"]}

        assert names(user_with(cast, "filter", tree=tree)) == {"Lale Market", "Deniz Işık"}

    def test_filter_knows_the_users_own_dimensions(self, cast: Cast) -> None:
        tree = {"field": "city", "op": "in", "value": {"var": "my.geography"}}

        assert names(user_with(cast, "filter", [cast.shop], tree)) == {"Lale Market", "Elif Kaya"}
        assert names(cast.can.user) == set()

    def test_the_widest_role_counts(self, cast: Cast) -> None:
        user = user_with(cast, "own")
        wide = make_role("Analist", {"view": "all"})
        user.role_assignments.create(role=wide)
        Grant.objects.filter(role=wide).update(type_key=KEY)

        assert len(names(user)) == 4

    def test_a_narrow_grant_in_one_role_does_not_narrow_another_role(self, cast: Cast) -> None:
        user = user_with(cast, "own")
        user.role_assignments.create(role=make_role("Analist", {"view": "all"}))

        assert len(names(user)) == 4

    def test_a_grant_on_the_type_stands_before_the_roles_general_one(self, cast: Cast) -> None:
        user = user_with(cast, "own")
        Grant.objects.create(role=Role.objects.get(name="Rol own"), type_key="*", verb="view", scope="all")

        assert names(user) == set()

    def test_an_archived_role_gives_nothing(self, cast: Cast) -> None:
        Role.objects.filter(name="Mağaza satıcısı").update(archived_at=cast.lale_market.created_at)

        assert names(cast.ayse.user) == set()

    def test_a_closed_account_reaches_nothing(self, cast: Cast) -> None:
        User.objects.filter(pk=cast.admin.user.pk).update(is_active=False)

        assert names(cast.admin.user) == set()
        assert not may(cast.admin.actor, "view", KEY)


class TestFollowing:
    def test_parts_are_seen_with_their_record(self, cast: Cast) -> None:
        address = record_type("customers.address")
        rows = [{"customer": customer.pk, "address": customer.name} for customer in cast.customers]
        actions.create(address, rows, actor=SYSTEM)

        seen = set(visible(cast.ayse.actor, address).values_list("address", flat=True))

        assert seen == {"Lale Market", "Elif Kaya"}
        assert not visible(cast.can.actor, address).exists()

    def test_adding_a_part_needs_the_right_to_change_the_record(self, cast: Cast) -> None:
        address = record_type("customers.address")
        Grant.objects.filter(role__name="Satış takım lideri", verb="edit").update(scope="own")

        with pytest.raises(NotFoundHere):
            actions.create(address, [{"customer": cast.lale_market.pk, "address": "x"}], actor=cast.zeynep.actor)
        assert not address.model._default_manager.exists()


class TestLinks:
    def test_to_unseen_records_are_refused_like_absent_ones(self, cast: Cast) -> None:
        values = {"company": cast.kuzey_lojistik.pk}

        with pytest.raises(Invalid) as refused:
            actions.update(record_type(KEY), [(cast.elif_kaya, values)], actor=cast.ayse.actor)

        assert list(refused.value.errors) == ["company"]
        assert Customer.objects.get(pk=cast.elif_kaya.pk).company_id is None

    def test_to_seen_records_are_kept(self, cast: Cast) -> None:
        actions.update(record_type(KEY), [(cast.elif_kaya, {"company": cast.lale_market.pk})], actor=cast.ayse.actor)

        assert Customer.objects.get(pk=cast.elif_kaya.pk).company_id == cast.lale_market.pk


class TestFetching:
    def test_an_unseen_record_is_not_there(self, cast: Cast) -> None:
        with pytest.raises(NotFoundHere):
            get_visible(cast.ayse.actor, KEY, cast.deniz_isik.pk)

    def test_a_record_only_seen_is_denied_for_change(self, cast: Cast) -> None:
        Grant.objects.filter(role__name="Mağaza satıcısı", verb="view").update(scope="all")

        with pytest.raises(Denied):
            get_for(cast.ayse.actor, KEY, cast.deniz_isik.pk, "edit")
        assert get_for(cast.ayse.actor, KEY, cast.elif_kaya.pk, "edit") == cast.elif_kaya
