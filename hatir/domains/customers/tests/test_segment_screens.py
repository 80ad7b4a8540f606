"""Segments on screen and through the API: for who may see them, and telling nobody what they may not ask."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from hatir.domains.customers import actions
from hatir.domains.customers.actions.membership import build_segment
from hatir.domains.customers.models import CustomerList, Segment
from hatir.domains.customers.queries import live_segments
from hatir.foundation.access.models import FieldRule, RoleAssignment
from hatir.foundation.access.queries import visible
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import record_type
from hatir.foundation.savedviews.lists import ListQuery, rows_of
from tests.world.cast import Cast, make_cast, make_role

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")
NEW = "/records/customers.segment/new/"


@pytest.fixture
def cast() -> Cast:
    """Let Ayşe and the others see every segment."""
    made = make_cast()
    role = make_role("Segmentler", {"view": "all", "create": "all"}, type_key="customers.segment")
    RoleAssignment.objects.create(user=made.ayse.user, role=role)
    return made


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def segment(name: str, rule: str) -> Segment:
    made = actions.create_segments([{"name": name, "rule": rule}], actor=SYSTEM)[0]
    for ruled in live_segments():
        build_segment(ruled, actor=SYSTEM)
    made.refresh_from_db()
    return made


def rule_of(field: str, op: str, value: str) -> dict[str, str]:
    return {"rule:group-0": "1", "rule:field-0.0": field, "rule:op-0.0": op, "rule:value-0.0": value}


class TestForm:
    def test_makes_a_segment(self, cast: Cast) -> None:
        sent = {"name": "İzmirliler", "hue": "4", **rule_of("city", "is", "İzmir")}

        answer = client_of(cast.admin.user).post(NEW, sent)
        run_due()

        made = Segment.objects.get()
        assert answer.status_code == 302
        assert (made.name, made.hue, made.rule, made.owner_id) == (
            "İzmirliler", 4, 'city is "İzmir"', cast.admin.user.pk,
        )  # fmt: skip

    def test_counts_while_it_is_written(self, cast: Cast) -> None:
        asked = rule_of("city", "is", "İzmir")

        everybody = client_of(cast.admin.user).get("/segments/rule/", {"count": "1", **asked}).content.decode()
        nobody = client_of(cast.mehmet.user).get("/segments/rule/", {"count": "1", **asked})

        assert '<b class="num">1</b>' in everybody
        assert '<b class="num">0</b>' in nobody.content.decode()

    def test_keeps_what_was_typed_when_it_is_refused(self, cast: Cast) -> None:
        answer = client_of(cast.admin.user).post(NEW, {"name": "", **rule_of("city", "is", "İzmir")})

        assert answer.status_code == 422
        assert 'value="İzmir"' in answer.content.decode()
        assert Segment.objects.count() == 0

    def test_adds_a_condition_without_javascript(self, cast: Cast) -> None:
        sent = {"name": "A", "do": "rule:add:0", **rule_of("city", "is", "İzmir")}

        page = client_of(cast.admin.user).post(NEW, sent).content.decode()

        assert 'name="rule:field-0.1"' in page
        assert Segment.objects.count() == 0


class TestPage:
    def test_shows_only_members_that_one_sees(self, cast: Cast) -> None:
        made = segment("Herkes", "name not_empty")

        page = client_of(cast.ayse.user).get(f"/records/customers.segment/{made.public_id}/").content.decode()

        assert "Lale Market" in page
        assert "Kuzey Lojistik" not in page
        assert '">2</a>' in page

    def test_breaks_members_down_by_region(self, cast: Cast) -> None:
        made = segment("Herkes", "name not_empty")

        page = client_of(cast.admin.user).get(f"/records/customers.segment/{made.public_id}/breakdown/")

        assert page.content.decode().count("sgm__bar") >= 4

    def test_leads_to_no_other_address_of_the_type(self, cast: Cast) -> None:
        assert client_of(cast.admin.user).get("/records/customers.segment/filter/?edit=new").status_code == 200


class TestReach:
    def test_makes_a_list_of_whom_segments_reach(self, cast: Cast) -> None:
        made = segment("İzmirliler", 'city is "İzmir"')

        answer = client_of(cast.admin.user).post("/segments/reach/", {"in": made.public_id, "name": "Kampanya"})

        assert answer.status_code == 302
        assert [customer.name for customer in CustomerList.objects.get().members.all()] == ["Lale Market"]


class TestClosedFields:
    @pytest.fixture
    def by_email(self, cast: Cast) -> Segment:
        """Make a segment about a field that is closed to Ayşe."""
        for role in RoleAssignment.objects.filter(user=cast.ayse.user).values_list("role", flat=True):
            FieldRule.objects.create(role_id=role, type_key="customers.customer", field="email", may_read=False)
        return segment("E-postası olan", "email not_empty")

    def test_hide_segments_that_would_tell_of_them(self, cast: Cast, by_email: Segment) -> None:
        client = client_of(cast.ayse.user)

        assert list(visible(cast.ayse.actor, Segment)) == []
        assert client.get(f"/records/customers.segment/{by_email.public_id}/").status_code == 404
        assert client.get(f"/api/v1/segments/{by_email.public_id}").status_code == 404

    def test_are_not_found_out_by_filtering(self, cast: Cast, by_email: Segment) -> None:
        tree = {"field": "segments", "op": "any_of", "value": [by_email.public_id]}
        rt = record_type("customers.customer")

        assert rows_of(cast.ayse.actor, rt, ListQuery(filter=tree)).count() == 0
        assert rows_of(cast.admin.actor, rt, ListQuery(filter=tree)).count() == 2

    def test_are_not_shown_on_the_customer(self, cast: Cast, by_email: Segment) -> None:
        listed = client_of(cast.ayse.user).get("/api/v1/customers", {"fields": "name,segments"})
        held = {row["name"]: row["segments"] for row in json.loads(listed.content)["data"]}

        assert held["Lale Market"] == []

    def test_may_not_be_asked_by_a_new_segment(self, cast: Cast, by_email: Segment) -> None:
        with pytest.raises(Invalid) as refused, override("en"):
            actions.create_segments([{"name": "B", "rule": "email not_empty"}], actor=cast.ayse.actor)

        assert refused.value.rows == {0: {"rule": ["There is no field called “email”."]}}

    def test_of_companies_out_of_sight_may_not_be_asked(self, cast: Cast) -> None:
        with pytest.raises(Invalid) as refused, override("en"):
            actions.create_segments([{"name": "B", "rule": 'company.city is "İzmir"'}], actor=cast.ayse.actor)

        assert refused.value.rows == {
            0: {"rule": ["You see only a part of: customers. A condition on them would tell about the others."]}
        }
