"""Coming in: by a link that works once, by password with slowed guessing; and everything is kept."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import system_actor
from hatir.foundation.staff.actions import one_time_link
from tests.world.cast import Cast, make_cast

pytestmark = pytest.mark.django_db
PASSWORD = "boncuk-2026"


@pytest.fixture
def cast() -> Cast:
    cache.clear()
    return make_cast()


class TestOneTimeLink:
    def test_is_not_used_up_by_looking(self, cast: Cast) -> None:
        path = one_time_link(cast.ayse.user, actor=system_actor("test"))

        looks = [Client().get(path).status_code for _time in range(2)]

        assert looks == [200, 200]

    def test_signs_in_once(self, cast: Cast) -> None:
        path = one_time_link(cast.ayse.user, actor=system_actor("test"))
        first, second = Client(), Client()

        came_in = first.post(path)
        refused = second.post(path)

        assert (came_in.status_code, refused.status_code) == (302, 410)
        assert first.get("/settings/profile/").status_code == 200
        assert second.get("/settings/profile/").status_code == 302

    def test_leads_a_new_administrator_to_the_first_steps(self, cast: Cast) -> None:
        path = one_time_link(cast.admin.user, actor=system_actor("test"))

        assert Client().post(path)["Location"] == "/first-steps/"

    def test_is_kept_in_the_trail(self, cast: Cast) -> None:
        Client().post(one_time_link(cast.ayse.user, actor=system_actor("test")))

        entry = AuditEntry.objects.get(verb="sign_in")
        assert (entry.user_id, entry.origin) == (cast.ayse.user.pk, "127.0.0.1")


class TestPassword:
    def test_lets_in_and_out_and_keeps_both(self, cast: Cast) -> None:
        client = Client()

        client.post("/accounts/login/", {"login": cast.ayse.user.email, "password": PASSWORD})
        client.post("/accounts/logout/")

        assert list(
            AuditEntry.objects.filter(user_id=cast.ayse.user.pk).order_by("id").values_list("verb", flat=True)
        ) == [
            "sign_in",
            "sign_out",
        ]

    def test_guessing_is_kept_without_the_password(self, cast: Cast) -> None:
        Client().post("/accounts/login/", {"login": cast.ayse.user.email, "password": "deneme-deneme"})

        entry = AuditEntry.objects.get(verb="sign_in_failed")
        assert entry.title == cast.ayse.user.email
        assert "deneme" not in f"{entry.changes} {entry.title} {entry.actor_label}"

    def test_guessing_is_slowed_even_when_the_next_guess_is_right(self, cast: Cast) -> None:
        client = Client()
        for attempt in range(6):
            client.post("/accounts/login/", {"login": cast.ayse.user.email, "password": f"yanlis-{attempt}-parola"})

        client.post("/accounts/login/", {"login": cast.ayse.user.email, "password": PASSWORD})

        assert client.get("/settings/profile/").status_code == 302
        assert not AuditEntry.objects.filter(verb="sign_in").exists()

    def test_of_a_closed_account_opens_nothing(self, cast: Cast) -> None:
        cast.ayse.user.is_active = False
        cast.ayse.user.save()
        client = Client()

        client.post("/accounts/login/", {"login": cast.ayse.user.email, "password": PASSWORD})

        assert client.get("/settings/profile/").status_code == 302

    def test_nobody_signs_up_alone(self, cast: Cast) -> None:
        sent = {"email": "kotu@ornek.com.tr", "password1": "uzun-bir-parola-1"}

        Client().post("/accounts/signup/", sent)

        from hatir.foundation.staff.models import User

        assert not User.objects.filter(email="kotu@ornek.com.tr").exists()


class TestProfile:
    def test_changes_name_look_and_keys(self, cast: Cast) -> None:
        client = Client()
        client.force_login(cast.ayse.user)
        sent = {
            "name": "Ayşe Ay",
            "language": "en",
            "user.theme": "dark",
            "user.density": "roomy",
            "user.keys": "n=y; f=ı",
        }

        response = client.post("/settings/profile/", sent)

        assert response.status_code == 302, [(f.label, f.errors) for f in response.context["settings"]]
        cast.ayse.user.refresh_from_db()
        assert (cast.ayse.user.name, cast.ayse.user.language) == ("Ayşe Ay", "en")
        assert value_of("user.theme", cast.ayse.user.pk) == "dark"
        cookies = {name: client.cookies[name].value for name in ("hatir_theme", "hatir_density", "hatir_shortcuts")}
        assert cookies == {"hatir_theme": "dark", "hatir_density": "comfortable", "hatir_shortcuts": "off"}
        assert client.cookies["hatir_keys"].value == "n=y.f=i"

    def test_refuses_a_pair_that_is_none(self, cast: Cast) -> None:
        client = Client()
        client.force_login(cast.ayse.user)

        response = client.post("/settings/profile/", {"name": "Ayşe", "language": "tr", "user.theme": "auto",
                                                      "user.density": "normal", "user.keys": "nn=y"})  # fmt: skip

        assert response.status_code == 422

    def test_cannot_raise_itself(self, cast: Cast) -> None:
        client = Client()
        client.force_login(cast.ayse.user)

        client.post("/settings/profile/", {"name": "Ayşe", "language": "tr", "is_admin": "true",
                                           "user.theme": "auto", "user.density": "normal"})  # fmt: skip

        cast.ayse.user.refresh_from_db()
        assert cast.ayse.user.is_admin is False


class TestFirstSteps:
    def test_ask_two_questions_and_then_show_what_is_done(self, cast: Cast) -> None:
        client = Client()
        client.force_login(cast.admin.user)
        client.post("/first-steps/", {"role": "owner", "sector": "furniture", "company": "Defne Ev"})

        page = client.get("/first-steps/")

        done = {shown.step.key: shown.is_done for shown in page.context["steps"]}
        assert done == {"import": True, "password": True, "field": False, "view": False, "invite": True}
        assert value_of("company.name") == "Defne Ev"

    def test_show_only_what_somebody_may_do(self, cast: Cast) -> None:
        client = Client()
        client.force_login(cast.ayse.user)
        client.post("/first-steps/", {"role": "sales"})

        page = client.get("/first-steps/")

        assert [shown.step.key for shown in page.context["steps"]] == ["import", "password", "view"]

    def test_can_be_left_and_taken_up_again(self, cast: Cast) -> None:
        client = Client()
        client.force_login(cast.admin.user)

        left = client.post("/first-steps/leave/")

        assert left["Location"] == "/today"
        assert client.get("/first-steps/").status_code == 200
