"""Settings: default, company, user; judged like fields; every change is audited."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hatir.foundation.preferences.actions import reset_own, set_company, set_own
from hatir.foundation.preferences.declaration import Preference, declare, preferences
from hatir.foundation.preferences.models import StoredPreference
from hatir.foundation.preferences.queries import company_values, user_values, value_of
from hatir.foundation.records.errors import Denied, Invalid
from hatir.foundation.records.memory import piece_of_work
from tests.world.cast import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


class TestValueOf:
    def test_goes_from_user_to_company_to_default(self, cast: Cast) -> None:
        user_id = cast.ayse.user.pk
        assert value_of("user.density", user_id) == "normal"

        set_company({"user.density": "roomy"}, actor=cast.admin.actor)
        assert value_of("user.density", user_id) == "roomy"

        set_own({"user.density": "compact"}, actor=cast.ayse.actor)
        assert value_of("user.density", user_id) == "compact"
        assert value_of("user.density", cast.mehmet.user.pk) == "roomy"

        reset_own("user.density", actor=cast.ayse.actor)
        assert value_of("user.density", user_id) == "roomy"

    def test_reads_each_holder_once_until_a_setting_changes(self, cast: Cast) -> None:
        def look() -> int:
            with piece_of_work(), CaptureQueriesContext(connection) as seen:
                for _time in range(5):
                    value_of("user.theme", cast.ayse.user.pk)
                    value_of("company.name")
            return len(seen)

        set_own({"user.theme": "dark"}, actor=cast.ayse.actor)
        assert look() == 3, "the stamp, the user's settings, the company's"
        assert look() == 1, "the stamp alone"
        set_own({"user.theme": "light"}, actor=cast.ayse.actor)
        assert look() == 3

    def test_sees_its_own_change_in_the_same_piece_of_work(self, cast: Cast) -> None:
        with piece_of_work():
            value_of("user.theme", cast.ayse.user.pk)
            set_own({"user.theme": "dark"}, actor=cast.ayse.actor)

            assert value_of("user.theme", cast.ayse.user.pk) == "dark"

    def test_of_an_undeclared_key_is_a_mistake(self) -> None:
        with pytest.raises(KeyError):
            value_of("no.such")

    def test_every_default_is_a_value_that_may_be_chosen(self) -> None:
        for one in preferences():
            if one.default not in ("", None):
                assert one.read(one.default) == one.default, one.key

    def test_lists_all_of_a_level(self, cast: Cast) -> None:
        assert company_values()["company.zone"] == "Europe/Istanbul"
        assert user_values(cast.ayse.user.pk)["user.shortcuts"] is True
        assert "company.zone" not in user_values(cast.ayse.user.pk)


class TestSetting:
    def test_the_companys_needs_the_right(self, cast: Cast) -> None:
        with pytest.raises(Denied):
            set_company({"company.name": "Başka"}, actor=cast.zeynep.actor)
        assert not StoredPreference.objects.exists()

    def test_a_company_setting_is_no_users_own(self, cast: Cast) -> None:
        with pytest.raises(Denied):
            set_own({"company.name": "Başka"}, actor=cast.ayse.actor)

    @pytest.mark.parametrize(
        ("key", "raw"), [("user.theme", "pembe"), ("notify.quiet_from", 24), ("notify.quiet_from", "akşam")]
    )
    def test_names_what_is_wrong_and_stores_nothing(self, cast: Cast, key: str, raw: object) -> None:
        with pytest.raises(Invalid) as refused:
            set_own({key: raw, "user.shortcuts": "hayır"}, actor=cast.ayse.actor)

        assert list(refused.value.errors) == [key]
        assert not StoredPreference.objects.exists()

    def test_tells_what_changed(self, cast: Cast) -> None:
        assert set_own({"user.theme": "dark", "user.shortcuts": "hayır"}, actor=cast.ayse.actor) == [
            "user.theme",
            "user.shortcuts",
        ]
        assert set_own({"user.theme": "dark"}, actor=cast.ayse.actor) == []
        assert value_of("user.shortcuts", cast.ayse.user.pk) is False

    def test_a_key_is_declared_once(self) -> None:
        with pytest.raises(ImproperlyConfigured):
            declare(Preference("user.theme", "text", "x", ""))
