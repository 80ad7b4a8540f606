"""A filter, an order or a selection tells nothing about linked records that the asker may not see.

Ayşe sees Elif Kaya, whose company Kuzey Lojistik (in Trabzon) is Zeynep's and hidden from her.
"""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from hatir.foundation.access.keys import create_api_key
from hatir.foundation.access.models import FieldRule, Grant, Role
from hatir.foundation.access.queries import asked_condition, asked_sorts, visible
from hatir.foundation.customization.actions import define_fields
from hatir.foundation.records import actions
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.querying import ordered, page_of
from hatir.foundation.records.registry import record_type
from hatir.foundation.savedviews import bulk
from hatir.foundation.savedviews.actions import save_view
from hatir.foundation.savedviews.models import SavedView
from hatir.foundation.savedviews.selection import Selection
from hatir.foundation.transfer.exporting import ExportRequest, prepare, stream
from hatir.kit.filters import FilterError
from hatir.kit.ids import encode_id
from tests.world.cast import SYSTEM, Cast, Customer, Member, make_cast, make_role, make_user

pytestmark = pytest.mark.django_db
KEY, LIST = "customers.customer", "customers.list"
IN_TRABZON = {"field": "company.city", "op": "is", "value": "Trabzon"}
AYSES = {"Lale Market", "Elif Kaya"}


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    Customer.objects.filter(pk=made.elif_kaya.pk).update(company=made.kuzey_lojistik)
    return made


def found(actor: Actor, tree: Any) -> set[str]:
    rt = record_type(KEY)
    return set(visible(actor, rt).filter(asked_condition(actor, rt, tree)).values_list("name", flat=True))


class TestALinkedRecordOutOfSight:
    def test_is_found_by_whoever_sees_it(self, cast: Cast) -> None:
        assert found(cast.zeynep.actor, IN_TRABZON) == {"Elif Kaya"}
        assert found(cast.admin.actor, IN_TRABZON) == {"Elif Kaya"}

    @pytest.mark.parametrize(
        ("op", "value"),
        [("is", "Trabzon"), ("contains", "trab"), ("starts", "t"), ("in", ["Trabzon"]), ("not_empty", None)],
    )
    def test_answers_no_positive_question(self, cast: Cast, op: str, value: Any) -> None:
        tree = {"field": "company.city", "op": op, **({} if value is None else {"value": value})}

        assert found(cast.ayse.actor, tree) == set()
        assert found(cast.ayse.actor, {"not": tree}) == AYSES

    @pytest.mark.parametrize(
        ("op", "value"), [("is_not", "Trabzon"), ("not_contains", "x"), ("not_in", ["Rize"]), ("empty", None)]
    )
    def test_answers_negative_questions_like_an_absent_one(self, cast: Cast, op: str, value: Any) -> None:
        tree = {"field": "company.city", "op": op, **({} if value is None else {"value": value})}

        assert found(cast.ayse.actor, tree) == AYSES
        assert found(cast.ayse.actor, {"not": tree}) == set()

    def test_is_not_found_by_its_id(self, cast: Cast) -> None:
        one = encode_id(cast.kuzey_lojistik.pk)

        for op, value in (("is", one), ("in", [one, encode_id(cast.lale_market.pk)])):
            tree = {"field": "company", "op": op, "value": value}
            assert found(cast.zeynep.actor, tree) == {"Elif Kaya"}
            assert found(cast.ayse.actor, tree) == set()
        assert found(cast.ayse.actor, {"field": "company", "op": "is_not", "value": one}) == AYSES

    def test_is_not_found_by_two_steps(self, cast: Cast) -> None:
        Customer.objects.filter(pk=cast.kuzey_lojistik.pk).update(parent=cast.lale_market)
        tree = {"field": "company.parent.city", "op": "is", "value": "İzmir"}

        assert found(cast.zeynep.actor, tree) == {"Elif Kaya"}
        assert found(cast.ayse.actor, tree) == set()

    def test_is_not_found_through_an_own_field(self, cast: Cast) -> None:
        define_fields([{"type_key": KEY, "label": "Ortak", "kind": "relation", "target": KEY}], actor=SYSTEM)
        one = encode_id(cast.kuzey_lojistik.pk)
        actions.update(record_type(KEY), [(cast.lale_market, {"custom.ortak": cast.kuzey_lojistik.pk})], actor=SYSTEM)
        tree = {"field": "custom.ortak", "op": "is", "value": one}

        assert found(cast.zeynep.actor, tree) == {"Lale Market"}
        assert found(cast.ayse.actor, tree) == set()

    def test_is_no_member_of_a_list(self, cast: Cast) -> None:
        members = [cast.lale_market.pk, cast.kuzey_lojistik.pk]
        actions.create(record_type(LIST), [{"name": "Fuar", "members": members}], actor=SYSTEM)
        rt = record_type(LIST)

        def lists(actor: Actor, tree: Any) -> int:
            return int(rt.model._base_manager.filter(asked_condition(actor, rt, tree)).count())

        in_trabzon = {"has": "members", "where": {"field": "city", "op": "is", "value": "Trabzon"}}
        in_izmir = {"has": "members", "where": {"field": "city", "op": "is", "value": "İzmir"}}
        named = {"field": "members", "op": "any_of", "value": [encode_id(cast.kuzey_lojistik.pk)]}
        assert [lists(cast.zeynep.actor, tree) for tree in (in_trabzon, in_izmir, named)] == [1, 1, 1]
        assert [lists(cast.ayse.actor, tree) for tree in (in_trabzon, in_izmir, named)] == [0, 1, 0]
        assert [lists(cast.mehmet.actor, tree) for tree in ({"has": "members"}, {"has_no": "members"})] == [0, 1]

    def test_gives_no_title_to_sort_by(self, cast: Cast) -> None:
        rt = record_type(KEY)
        rows = visible(cast.ayse.actor, rt)
        Customer.objects.filter(pk=cast.lale_market.pk).update(company=cast.elif_kaya)

        sorts = asked_sorts(cast.ayse.actor, rt, "company")
        page = page_of(rows, rt, sorts, size=1)
        rest = page_of(rows, rt, sorts, size=1, cursor=page.next)

        assert [row.name for row in ordered(rows, rt, sorts)] == ["Lale Market", "Elif Kaya"]
        assert [row.name for row in (*page.rows, *rest.rows)] == ["Lale Market", "Elif Kaya"]
        cursors = page.next + rest.previous
        for cursor in (page.next, rest.previous):
            cursors += base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        assert "uzey" not in cursors

    def test_counts_where_the_company_itself_wrote_the_rule(self, cast: Cast) -> None:
        """An access rule "whose company is in Trabzon" holds for somebody who may not open that company."""
        role = make_role("Karadeniz masası", {"view": "filter"}, type_key=KEY)
        Grant.objects.filter(role=role).update(filter=IN_TRABZON)
        nur = Member(make_user("Nur Ak", "nur@ornek.com.tr", role=role))

        assert set(visible(nur.actor, KEY).values_list("name", flat=True)) == {"Elif Kaya"}
        assert found(nur.actor, IN_TRABZON) == set()


class TestAClosedField:
    def test_of_a_linked_record_cannot_be_asked_about(self, cast: Cast) -> None:
        role = Role.objects.get(name="Satış takım lideri")
        FieldRule.objects.create(role=role, type_key=KEY, field="city", may_read=False)

        for tree in (IN_TRABZON, {"has": "customers.address", "where": {"field": "nix", "op": "empty"}}):
            with pytest.raises(FilterError):
                found(cast.zeynep.actor, tree)


class TestEveryDoor:
    """The same question at each door: Zeynep is answered, Ayşe learns nothing."""

    @pytest.fixture(params=["page", "view", "api", "export", "bulk"])
    def ask(self, request: pytest.FixtureRequest, cast: Cast) -> Any:
        doors = {
            "page": _list_page,
            "view": _saved_view,
            "api": _api,
            "export": _export,
            "bulk": _bulk,
        }
        return doors[request.param]

    def test_narrows_the_question(self, cast: Cast, ask: Any) -> None:
        Grant.objects.create(role=Role.objects.get(name="Mağaza satıcısı"), type_key="*", verb="export", scope="own")

        assert ask(cast, cast.ayse) is False
        assert ask(cast, cast.zeynep) is True


def _listed(member: Member, query: str) -> bool:
    client = Client()
    client.force_login(member.user)
    response = client.get(f"/customers/?{query}", headers={"HX-Request": "true"})
    assert response.status_code == 200
    return "Elif Kaya" in response.content.decode()


def _list_page(cast: Cast, member: Member) -> bool:
    return _listed(member, f"f={quote(json.dumps(IN_TRABZON))}")


def _saved_view(cast: Cast, member: Member) -> bool:
    values = {"name": "Trabzon", "shared": "all", "filter": IN_TRABZON}
    view = SavedView.objects.first() or save_view(KEY, values, actor=cast.admin.actor)
    return _listed(member, f"view={view.public_id}")


def _api(cast: Cast, member: Member) -> bool:
    key = create_api_key(member.user, "Deneme", ("*:*",), actor=SYSTEM).plain
    answers = [
        Client().get(f"/api/v1/customers?{query}", headers={"Authorization": f"Bearer {key}"}).json()["data"]
        for query in (f"filter={quote(json.dumps(IN_TRABZON))}", "company.city=Trabzon")
    ]
    assert answers[0] == answers[1]
    return [row["name"] for row in answers[0]] == ["Elif Kaya"]


def _export(cast: Cast, member: Member) -> bool:
    request = ExportRequest(type_key=KEY, filter=IN_TRABZON, columns=("name",))
    return b"Elif Kaya" in b"".join(stream(prepare(request, actor=member.actor)))


def _bulk(cast: Cast, member: Member) -> bool:
    selection = Selection(KEY, across=True, filter=IN_TRABZON)
    outcome = bulk.change_selected(selection, bulk.BulkChange(values={"stage": "loyal"}), actor=member.actor)
    changed = set(Customer.objects.filter(stage="loyal").values_list("name", flat=True))
    assert len(changed) == outcome.changed_count
    return changed == {"Elif Kaya"}
