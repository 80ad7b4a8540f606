"""Each reason why somebody can or can't see a record."""

from __future__ import annotations

import pytest
from django.utils import translation

from hatir.foundation.access.explain import explain
from hatir.foundation.access.models import Grant, RoleAssignment
from hatir.foundation.records import actions
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.models import User
from tests.world.cast import SYSTEM, Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    translation.activate("en")
    return make_cast()


def texts(user: User, record: object, verb: str = "view") -> tuple[bool, list[tuple[bool, str]]]:
    answer = explain(user, record, verb)
    return answer.allowed, [(reason.allows, reason.text) for reason in answer.reasons]


def test_the_role_that_reaches_it(cast: Cast) -> None:
    assert texts(cast.ayse.user, cast.lale_market) == (
        True,
        [(True, "Role Mağaza satıcısı reaches own records; this record is one.")],
    )


def test_the_role_that_does_not(cast: Cast) -> None:
    assert texts(cast.ayse.user, cast.deniz_isik) == (
        False,
        [(False, "Role Mağaza satıcısı reaches own records; this record is none.")],
    )


def test_every_role_is_named(cast: Cast) -> None:
    RoleAssignment.objects.create(
        user=cast.zeynep.user, role=Grant.objects.filter(role__name="Servis masası").select_related("role")[0].role
    )

    allowed, reasons = texts(cast.zeynep.user, cast.lale_market)

    assert allowed
    assert sorted(reasons) == [
        (False, "Role Servis masası reaches own records; this record is none."),
        (True, "Role Satış takım lideri reaches own team's records; this record is one."),
    ]


def test_no_role_at_all(cast: Cast) -> None:
    assert texts(cast.can.user, cast.lale_market) == (
        False,
        [(False, "None of the user's roles grants this on this kind of record.")],
    )


def test_a_verb_that_no_role_grants(cast: Cast) -> None:
    assert texts(cast.mehmet.user, cast.deniz_isik, "archive")[0] is False


def test_an_administrator(cast: Cast) -> None:
    assert texts(cast.admin.user, cast.lale_market) == (True, [(True, "Administrators see everything.")])


def test_a_closed_account(cast: Cast) -> None:
    cast.admin.user.is_active = False

    assert texts(cast.admin.user, cast.lale_market) == (False, [(False, "This user may not sign in.")])


def test_a_part_follows_its_record(cast: Cast) -> None:
    rows = [{"customer": cast.lale_market.pk, "address": "Kordon"}]
    address = actions.create(record_type("customers.address"), rows, actor=SYSTEM)[0]

    allowed, reasons = texts(cast.ayse.user, address)

    assert allowed
    assert reasons[0] == (True, "Access follows Lale Market.")
    assert texts(cast.mehmet.user, address)[0] is False


def test_a_lookup_table(cast: Cast) -> None:
    tag = actions.create(record_type("customers.tag"), [{"name": "VIP"}], actor=SYSTEM)[0]

    assert texts(cast.ayse.user, tag)[0] is True
    assert texts(cast.ayse.user, tag)[1] == [(True, "Everybody with a role sees records of this kind.")]
    assert texts(cast.can.user, tag) == (
        False,
        [(False, "None of the user's roles grants this on this kind of record.")],
    )


def test_an_archived_role_counts_for_nothing(cast: Cast) -> None:
    role = Grant.objects.filter(role__name="Mağaza satıcısı").select_related("role")[0].role
    role.archived_at = cast.lale_market.created_at
    role.save()

    assert texts(cast.ayse.user, cast.lale_market) == (
        False,
        [(False, "None of the user's roles grants this on this kind of record.")],
    )
