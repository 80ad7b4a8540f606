"""Roles are made, filled, given and withdrawn, each audited."""

from __future__ import annotations

from typing import Any

import pytest

from hatir.foundation.access.actions import (
    GrantRow,
    assign_role,
    create_role,
    install_templates,
    invite_users,
    role_from_template,
    set_grants,
    set_permissions,
    sign_in_link,
    withdraw_role,
)
from hatir.foundation.access.models import Grant, Role
from hatir.foundation.access.queries import may, visible
from hatir.foundation.access.templates import TEMPLATES
from hatir.foundation.records.errors import Denied, Invalid
from hatir.foundation.staff.actions import consume_one_time_link
from hatir.foundation.staff.models import User
from tests.world.cast import SYSTEM, Cast, actor_of, make_cast

pytestmark = pytest.mark.django_db
KEY = "customers.customer"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


class TestSetGrants:
    def test_needs_the_right_and_changes_nothing_without(self, cast: Cast) -> None:
        role = Role.objects.get(name="Servis masası")
        before = list(Grant.objects.order_by("id").values())

        with pytest.raises(Denied):
            set_grants(role, [GrantRow("view", "all")], actor=cast.zeynep.actor)

        assert list(Grant.objects.order_by("id").values()) == before

    def test_tells_whether_anything_changed(self, cast: Cast) -> None:
        role = Role.objects.get(name="Servis masası")

        assert set_grants(role, [GrantRow("view", "all")], actor=cast.admin.actor)
        assert not set_grants(role, [GrantRow("view", "all")], actor=cast.admin.actor)
        assert visible(cast.mehmet.actor, KEY).count() == 4

    @pytest.mark.parametrize(
        "row",
        [
            GrantRow("fly", "all"),
            GrantRow("view", "everywhere"),
            GrantRow("view", "filter", KEY),
            GrantRow("view", "filter", KEY, {"field": "nope", "op": "is", "value": 1}),
            GrantRow("view", "filter", "*", {"field": "city", "op": "is", "value": "x"}),
        ],
    )
    def test_refuses_what_means_nothing(self, cast: Cast, row: GrantRow) -> None:
        with pytest.raises(Invalid):
            set_grants(Role.objects.get(name="Servis masası"), [row], actor=cast.admin.actor)

    def test_unknown_permissions_are_refused(self, cast: Cast) -> None:
        with pytest.raises(Invalid):
            set_permissions(Role.objects.get(name="Servis masası"), ["nope.nope"], actor=cast.admin.actor)


class TestRoles:
    def test_are_given_and_withdrawn(self, cast: Cast) -> None:
        role = create_role("Okur", actor=cast.admin.actor, grants=[GrantRow("view", "all")])

        assert assign_role(cast.can.user, role, actor=cast.admin.actor)
        assert visible(cast.can.actor, KEY).count() == 4
        assert withdraw_role(cast.can.user, role, actor=cast.admin.actor)
        assert not visible(cast.can.actor, KEY).exists()

    def test_are_not_given_by_who_may_not(self, cast: Cast) -> None:
        with pytest.raises(Denied):
            assign_role(cast.ayse.user, Role.objects.get(name="Satış takım lideri"), actor=cast.ayse.actor)
        assert cast.ayse.user.role_assignments.count() == 1

    def test_with_a_taken_name_say_so(self, cast: Cast) -> None:
        with pytest.raises(Invalid) as refused:
            create_role("Servis masası", actor=cast.admin.actor)
        assert list(refused.value.errors) == ["name"]


class TestTemplates:
    def test_are_installed_once(self) -> None:
        first = install_templates(actor=SYSTEM)

        assert len(first) == len(TEMPLATES)
        assert install_templates(actor=SYSTEM) == []

    def test_analyst_sees_all_and_exports_nothing(self, cast: Cast) -> None:
        install_templates(actor=SYSTEM)
        assign_role(cast.can.user, role_from_template("analyst"), actor=SYSTEM)

        assert visible(cast.can.actor, KEY).count() == 4
        assert not may(cast.can.actor, "export", KEY)
        assert not may(cast.can.actor, "create", KEY)

    def test_sales_manager_reaches_the_teams_below(self, cast: Cast) -> None:
        install_templates(actor=SYSTEM)
        assign_role(cast.can.user, role_from_template("sales_manager"), actor=SYSTEM)
        cast.can.user.memberships.create(team=cast.sales)

        assert visible(cast.can.actor, KEY, "edit").count() == 3


class TestInviteUsers:
    def test_makes_users_with_roles_and_links_that_work_once(self, cast: Cast) -> None:
        rows: list[dict[str, Any]] = [
            {"name": "Ece Su", "email": "Ece@Ornek.com.tr", "teams": [cast.shop.pk]},
            {"name": "Ali Can", "email": "ali@ornek.com.tr"},
        ]

        made = invite_users(rows, roles=[Role.objects.get(name="Servis masası")], actor=cast.admin.actor)

        assert [one.user.email for one in made] == ["ece@ornek.com.tr", "ali@ornek.com.tr"]
        assert list(made[0].user.teams.all()) == [cast.shop]
        assert may(actor_of(made[1].user), "view", KEY)
        assert consume_one_time_link(made[0].path.split("/")[2]) == made[0].user

    def test_is_refused_whole_when_one_address_is_taken(self, cast: Cast) -> None:
        rows = [{"name": "Ece Su", "email": "ece@ornek.com.tr"}, {"name": "Ayşe", "email": "ayse@ornek.com.tr"}]

        with pytest.raises(Invalid) as refused:
            invite_users(rows, actor=cast.admin.actor)

        assert list(refused.value.rows) == [1]
        assert not User.objects.filter(email="ece@ornek.com.tr").exists()

    def test_needs_the_right(self, cast: Cast) -> None:
        with pytest.raises(Denied):
            invite_users([{"name": "Ece", "email": "ece@ornek.com.tr"}], actor=cast.zeynep.actor)

    def test_links_of_administrators_are_for_administrators(self, cast: Cast) -> None:
        role = create_role("Ayarlar", actor=SYSTEM, codes=["settings.manage"])
        assign_role(cast.can.user, role, actor=SYSTEM)

        assert sign_in_link(cast.ayse.user, actor=cast.can.actor).startswith("/welcome/")
        with pytest.raises(Denied):
            sign_in_link(cast.admin.user, actor=cast.can.actor)
