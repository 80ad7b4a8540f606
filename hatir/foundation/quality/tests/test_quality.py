"""Quality of the data: profiles, findings as filters, corrections, uses."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from hatir.foundation.audit.undo import undo
from hatir.foundation.quality.actions import correct
from hatir.foundation.quality.models import Finding
from hatir.foundation.quality.profiling import take_profile
from hatir.foundation.quality.queries import field_states, last_profiles
from hatir.foundation.records import actions
from hatir.foundation.records.registry import record_type
from hatir.foundation.savedviews.lists import ListQuery, rows_of
from tests.world.cast import SYSTEM, Customer, make_cast

pytestmark = pytest.mark.django_db
CUSTOMER = "customers.customer"


def made(**values: Any) -> Customer:
    record: Customer = actions.create(record_type(CUSTOMER), [values], actor=SYSTEM)[0]
    return record


def as_it_came(record: Customer, **values: Any) -> None:
    """Put values in as an old version or another program may have left them."""
    Customer.objects.filter(pk=record.pk).update(**values)


class TestProfile:
    def test_counts_what_is_filled_and_what_is_wrong(self) -> None:
        first, second = made(name="Ayşe Işık", phone="0555 010 24 68"), made(name="Ömer Çelik", phone="dahili 12")
        as_it_came(second, name="ÖMER ÇELİK", district="Kadıköy", city="İzmir")

        profile = take_profile(record_type(CUSTOMER))

        assert profile.row_count == 2
        assert profile.figures["phone"] == {"filled": 2, "checks": {"spaces": 0, "phone": 1}}
        assert profile.figures["name"]["checks"] == {"spaces": 0, "casing": 1, "suffix": 0}
        found = Finding.objects.order_by("field").values_list("field", "check_key", "record_id", "suggestion")
        assert list(found) == [
            ("district", "district", second.pk, ""),
            ("name", "casing", second.pk, "Ömer Çelik"),
            ("phone", "phone", second.pk, ""),
        ]
        assert first.pk not in Finding.objects.values_list("record_id", flat=True)

    def test_replaces_what_an_earlier_one_found(self) -> None:
        as_it_came(made(name="Ayşe Işık"), name="AYŞE IŞIK")
        take_profile(record_type(CUSTOMER))
        Customer.objects.update(name="Ayşe Işık")

        take_profile(record_type(CUSTOMER))

        assert Finding.objects.count() == 0
        assert len(last_profiles(record_type(CUSTOMER))) == 2

    def test_opens_as_a_list(self) -> None:
        wrong = made(name="Ayşe Işık", phone="dahili 12")
        made(name="Ömer Çelik", phone="0555 010 24 68")
        take_profile(record_type(CUSTOMER))

        tree = {"has": f"{CUSTOMER}.finding", "where": {"field": "check_key", "op": "is", "value": "phone"}}
        rows = rows_of(make_cast().admin.actor, record_type(CUSTOMER), ListQuery(filter=tree))

        assert [row.pk for row in rows] == [wrong.pk]


class TestCorrect:
    def test_puts_suggestions_in_place_and_can_be_undone(self) -> None:
        record = made(name="Ayşe Işık", occupation="Diş hekimi")
        as_it_came(record, occupation="Diş  hekimi ")
        take_profile(record_type(CUSTOMER))
        admin = make_cast().admin.actor

        outcome = correct(record_type(CUSTOMER), "occupation", "spaces", actor=admin)
        assert (outcome.changed, outcome.skipped) == (1, [])
        assert Customer.objects.get(pk=record.pk).occupation == "Diş hekimi"

        undo(admin.operation, actor=admin)
        assert Customer.objects.get(pk=record.pk).occupation == "Diş  hekimi "

    def test_writes_company_forms_one_way(self) -> None:
        record = made(kind="company", name="Lale Market A.Ş.")
        as_it_came(record, name="Lale Market anonim şirketi")
        take_profile(record_type(CUSTOMER))

        correct(record_type(CUSTOMER), "name", "suffix", actor=make_cast().admin.actor)

        assert Customer.objects.get(pk=record.pk).name == "Lale Market A.Ş."
        assert Finding.objects.filter(check_key="suffix").count() == 0

    def test_leaves_alone_what_changed_since(self) -> None:
        record = made(name="Ayşe Işık")
        as_it_came(record, name="AYŞE IŞIK")
        take_profile(record_type(CUSTOMER))
        as_it_came(record, name="Ayşe Nur Işık")

        outcome = correct(record_type(CUSTOMER), "name", "casing", actor=make_cast().admin.actor)

        assert (outcome.changed, outcome.skipped) == (0, ["Ayşe Nur Işık"])
        assert [each["title"] for each in outcome.left] == ["Ayşe Nur Işık"]
        assert Customer.objects.get(pk=record.pk).name == "Ayşe Nur Işık"
        assert Finding.objects.get(field="name").is_skipped


class TestUses:
    def test_tell_which_filled_fields_nobody_asks_for(self) -> None:
        actions.create(record_type("customers.segment"), [{"name": "A", "rule": "occupation not_empty"}], actor=SYSTEM)
        made(name="Ayşe Işık", occupation="Doktor", job_title="Müdür")
        rt = record_type(CUSTOMER)
        take_profile(rt)

        states = {state.spec.name: state for state in field_states(make_cast().admin.actor, rt, last_profiles(rt))}

        assert (states["occupation"].used, states["occupation"].is_unused) == (1, False)
        assert (states["job_title"].used, states["job_title"].is_unused) == (0, True)


class TestScreens:
    def test_are_for_who_manages(self) -> None:
        cast = make_cast()
        as_it_came(cast.elif_kaya, name="ELİF KAYA")
        take_profile(record_type(CUSTOMER))
        pages = ("/settings/quality/", f"/settings/quality/findings/?type={CUSTOMER}&field=name&check=casing")

        for user, status in ((cast.admin.user, 200), (cast.ayse.user, 404)):
            client = Client()
            client.force_login(user, "django.contrib.auth.backends.ModelBackend")
            assert [client.get(page).status_code for page in pages] == [status, status]
