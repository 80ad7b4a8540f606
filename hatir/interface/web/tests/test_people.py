"""People: invited, changed, signed out from afar, handed over and closed, all through the screens."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from hatir.foundation.access.models import Role, RoleAssignment
from hatir.foundation.staff.models import User
from hatir.interface.web.invitations import read_addresses
from tests.world.cast import Cast, Member, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


class TestAddresses:
    def test_are_read_one_a_line_with_or_without_a_name(self) -> None:
        text = "Elif Kaya <elif@ornek.com.tr>\n\nisil.ak@ornek.com.tr\nCan; can@ornek.com.tr\nELIF@ornek.com.tr"

        assert read_addresses(text) == [
            {"name": "Elif Kaya", "email": "elif@ornek.com.tr"},
            {"name": "İsil Ak", "email": "isil.ak@ornek.com.tr"},
            {"name": "Can", "email": "can@ornek.com.tr"},
        ]

    def test_that_are_none_are_named(self) -> None:
        with pytest.raises(ValueError, match="kim bu"):
            read_addresses("elif@ornek.com.tr\nkim bu")


class TestInviting:
    def test_makes_colleagues_with_team_role_and_a_link_that_works_once(self, cast: Cast) -> None:
        role = Role.objects.get(name="Satış takım lideri")
        sent = {"emails": "Selin Koç <selin@ornek.com.tr>\nburak@ornek.com.tr", "team": cast.shop.public_id,
                "roles": [role.public_id]}  # fmt: skip

        response = browser_of(cast.admin).post("/settings/people/invite/", sent)

        selin = User.objects.get(email="selin@ornek.com.tr")
        links = response.context["links"]
        assert [link.email for link in links] == ["selin@ornek.com.tr", "burak@ornek.com.tr"]
        assert [team.name for team in selin.teams.all()] == ["Mağaza"]
        assert RoleAssignment.objects.get(user=selin).role == role
        assert links[0].url in mail.outbox[0].body

    def test_lets_the_invited_see_only_the_customers_of_the_own_team(self, cast: Cast) -> None:
        role = Role.objects.get(name="Satış takım lideri")
        sent = {"emails": "selin@ornek.com.tr", "team": cast.shop.public_id, "roles": [role.public_id]}
        link = browser_of(cast.admin).post("/settings/people/invite/", sent).context["links"][0]
        path = link.url.split("//", 1)[1].split("/", 1)[1]

        client = Client()
        client.post(f"/{path}")
        page = client.get("/customers/").content.decode()

        assert ("Lale Market" in page, "Elif Kaya" in page) == (True, True)
        assert ("Kuzey Lojistik" in page, "Deniz Işık" in page) == (False, False)

    def test_names_an_address_that_is_taken_and_makes_nobody(self, cast: Cast) -> None:
        count = User.objects.count()

        response = browser_of(cast.admin).post(
            "/settings/people/invite/", {"emails": "yeni@ornek.com.tr\nayse@ornek.com.tr"}
        )

        assert response.status_code == 422
        assert User.objects.count() == count


class TestPerson:
    def test_is_changed_with_roles(self, cast: Cast) -> None:
        role = Role.objects.get(name="Servis masası")
        user = cast.ayse.user
        sent = {"name": "Ayşe Işık", "email": user.email, "language": "en", "roles": [role.public_id], "teams": []}

        response = browser_of(cast.admin).post(f"/settings/people/{user.public_id}/", sent)

        user.refresh_from_db()
        assert response.status_code == 302
        assert (user.name, user.language) == ("Ayşe Işık", "en")
        assert [a.role.name for a in RoleAssignment.objects.filter(user=user)] == ["Servis masası"]

    def test_shows_how_much_somebody_sees(self, cast: Cast) -> None:
        response = browser_of(cast.admin).get(f"/settings/people/{cast.ayse.user.public_id}/")

        reach = {row.label: (row.seen, row.total) for row in response.context["reach"]}
        assert (2, 4) in reach.values()

    def test_is_signed_out_from_afar(self, cast: Cast) -> None:
        client = Client()
        client.post("/accounts/login/", {"login": cast.ayse.user.email, "password": "boncuk-2026"})
        came_in = client.get("/customers/").status_code

        browser_of(cast.admin).post(f"/settings/people/{cast.ayse.user.public_id}/sign-out/")

        assert (came_in, client.get("/customers/").status_code) == (200, 302)

    def test_stays_hidden_from_colleagues(self, cast: Cast) -> None:
        assert browser_of(cast.ayse).get(f"/settings/people/{cast.ayse.user.public_id}/").status_code == 404


class TestLeaving:
    def test_counts_first(self, cast: Cast) -> None:
        response = browser_of(cast.admin).get(f"/settings/people/{cast.ayse.user.public_id}/leaving/")

        assert response.context["total"] == 2

    def test_gives_everything_to_a_colleague_and_closes_the_account(self, cast: Cast) -> None:
        sent = {"how": "colleague", "colleague": cast.zeynep.user.public_id, "close": "1"}

        browser_of(cast.admin).post(f"/settings/people/{cast.ayse.user.public_id}/leaving/", sent)

        cast.elif_kaya.refresh_from_db()
        cast.ayse.user.refresh_from_db()
        assert cast.elif_kaya.owner_id == cast.zeynep.user.pk
        assert cast.ayse.user.is_active is False

    def test_is_undone_in_one_step(self, cast: Cast) -> None:
        client = browser_of(cast.admin)
        sent = {"how": "colleague", "colleague": cast.zeynep.user.public_id, "close": "1"}
        answer = client.post(f"/settings/people/{cast.ayse.user.public_id}/leaving/", sent, follow=True)
        undo = next(message.extra_tags for message in answer.context["messages"])

        client.post(undo)

        cast.elif_kaya.refresh_from_db()
        cast.ayse.user.refresh_from_db()
        assert cast.elif_kaya.owner_id == cast.ayse.user.pk
        assert cast.ayse.user.is_active is True

    def test_moves_nothing_when_nobody_was_chosen(self, cast: Cast) -> None:
        response = browser_of(cast.admin).post(
            f"/settings/people/{cast.ayse.user.public_id}/leaving/", {"how": "colleague", "close": "1"}
        )

        cast.elif_kaya.refresh_from_db()
        cast.ayse.user.refresh_from_db()
        assert response.status_code == 422
        assert (cast.elif_kaya.owner_id, cast.ayse.user.is_active) == (cast.ayse.user.pk, True)
