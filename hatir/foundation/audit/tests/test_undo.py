"""Taking an operation back: exactly, through the door, and only where nobody worked since."""

from __future__ import annotations

import pytest
from django.core import signing

from hatir.foundation.access.actions import GrantRow, assign_role, set_grants
from hatir.foundation.access.models import Role
from hatir.foundation.access.parts import read_grants, read_roles
from hatir.foundation.audit import undo as undoing
from hatir.foundation.audit.undo import UndoExpired, undo, undo_by_token, undo_token
from hatir.foundation.records import actions, writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied
from hatir.foundation.records.registry import record_type
from hatir.foundation.records.snapshot import snapshot
from tests.world.cast import SYSTEM, Cast, Customer, Tag, make_cast

pytestmark = pytest.mark.django_db
CUSTOMER = "customers.customer"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def change(actor: Actor, *pairs: tuple[Customer, dict[str, object]]) -> None:
    actions.update(record_type(CUSTOMER), list(pairs), actor=actor)


def state(record: Customer) -> dict[str, object]:
    return snapshot(record_type(CUSTOMER), Customer.objects.get(pk=record.pk), ("tags",))


class TestUndo:
    def test_puts_every_old_value_back(self, cast: Cast) -> None:
        vip = writing.save(Tag(name="VIP"), actor=SYSTEM)
        before = state(cast.elif_kaya)
        actor = cast.ayse.actor
        change(
            actor,
            (cast.elif_kaya, {"name": "Elif Kara", "city": "", "tags": [vip.pk], "birth_on": None, "stage": "loyal"}),
        )

        result = undo(actor.operation, cast.ayse.actor)

        assert (result.undone_count, result.skipped) == (1, ())
        assert state(cast.elif_kaya) == before
        assert Customer.objects.get(pk=cast.elif_kaya.pk).name_fold == "elif kaya"

    def test_archives_what_was_created(self, cast: Cast) -> None:
        actor = cast.ayse.actor
        made = actions.create(record_type(CUSTOMER), [{"kind": "person", "name": "Ece Su"}], actor=actor)[0]

        assert undo(actor.operation, cast.ayse.actor).undone_count == 1

        assert Customer.objects.get(pk=made.pk).archived_at is not None

    def test_turns_archiving_round_and_back(self, cast: Cast) -> None:
        actor = cast.ayse.actor
        writing.archive_many([cast.lale_market, cast.elif_kaya], actor=actor)

        back = undo(actor.operation, cast.ayse.actor)
        assert Customer.objects.filter(archived_at=None).count() == 4
        undo(back.operation, cast.ayse.actor)

        assert Customer.objects.filter(archived_at=None).count() == 2

    def test_leaves_what_somebody_changed_since_and_names_it(self, cast: Cast) -> None:
        actor = cast.ayse.actor
        change(actor, (cast.lale_market, {"city": "Bursa"}), (cast.elif_kaya, {"city": "Bursa"}))
        change(cast.zeynep.actor, (Customer.objects.get(pk=cast.lale_market.pk), {"city": "Van"}))

        result = undo(actor.operation, cast.ayse.actor)

        assert result.undone_count == 1
        assert [(one.title, one.ref.id) for one in result.skipped] == [("Lale Market", cast.lale_market.pk)]
        assert (state(cast.lale_market)["city"], state(cast.elif_kaya)["city"]) == ("Van", "İstanbul")

    def test_keeps_another_field_that_changed_since(self, cast: Cast) -> None:
        actor = cast.ayse.actor
        change(actor, (cast.lale_market, {"city": "Bursa"}))
        change(cast.zeynep.actor, (Customer.objects.get(pk=cast.lale_market.pk), {"note": "Aradı"}))

        assert undo(actor.operation, cast.ayse.actor).undone_count == 1

        assert (state(cast.lale_market)["city"], state(cast.lale_market)["note"]) == ("İzmir", "Aradı")

    def test_does_not_archive_a_new_record_that_somebody_went_on_with(self, cast: Cast) -> None:
        actor = cast.ayse.actor
        made = actions.create(record_type(CUSTOMER), [{"kind": "person", "name": "Ece Su"}], actor=actor)[0]
        change(cast.zeynep.actor, (Customer.objects.get(pk=made.pk), {"note": "Teklif istedi"}))

        result = undo(actor.operation, cast.ayse.actor)

        assert (result.undone_count, len(result.skipped)) == (0, 1)
        assert Customer.objects.get(pk=made.pk).archived_at is None

    def test_takes_back_several_steps_on_one_record(self, cast: Cast) -> None:
        actor = cast.ayse.actor
        made = actions.create(record_type(CUSTOMER), [{"kind": "person", "name": "Ece Su"}], actor=actor)[0]
        change(actor, (made, {"city": "Bursa"}))
        change(actor, (made, {"city": "Van"}))

        assert undo(actor.operation, cast.ayse.actor).undone_count == 3

        assert Customer.objects.get(pk=made.pk).archived_at is not None

    def test_leaves_out_only_what_the_door_refuses(self, cast: Cast) -> None:
        actor = cast.ayse.actor
        change(actor, (cast.lale_market, {"city": "Bursa"}), (cast.elif_kaya, {"city": "Bursa"}))
        Customer.objects.filter(pk=cast.lale_market.pk).update(owner=cast.mehmet.user, team=cast.service)

        result = undo(actor.operation, cast.ayse.actor)

        assert result.undone_count == 1
        assert [one.ref.id for one in result.skipped] == [cast.lale_market.pk]
        assert state(cast.lale_market)["city"] == "Bursa"

    def test_of_somebody_elses_work_needs_the_right(self, cast: Cast) -> None:
        actor = cast.ayse.actor
        change(actor, (cast.lale_market, {"city": "Bursa"}))

        with pytest.raises(Denied):
            undo(actor.operation, cast.zeynep.actor)
        assert state(cast.lale_market)["city"] == "Bursa"
        assert undo(actor.operation, cast.admin.actor).undone_count == 1

    def test_puts_back_rights_and_roles(self, cast: Cast) -> None:
        role = Role.objects.get(name="Servis masası")
        grants, roles = read_grants(role), read_roles(cast.can.user)
        actor = cast.admin.actor
        set_grants(role, [GrantRow("view", "all")], actor=actor)
        assign_role(cast.can.user, role, actor=actor)

        assert undo(actor.operation, cast.admin.actor).undone_count == 2

        assert (read_grants(role), read_roles(cast.can.user)) == (grants, roles)

    def test_works_through_many_records(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(undoing, "BATCH", 10)
        rows = [{"kind": "person", "name": f"Kişi {number}"} for number in range(35)]
        actor = cast.ayse.actor
        actions.create(record_type(CUSTOMER), rows, actor=actor)

        assert undo(actor.operation, cast.ayse.actor).undone_count == 35

        assert Customer.objects.filter(archived_at=None).count() == 4


class TestUndoToken:
    def test_works_for_its_user_only(self, cast: Cast) -> None:
        actor = cast.ayse.actor
        change(actor, (cast.lale_market, {"city": "Bursa"}))
        token = undo_token(actor)

        with pytest.raises(UndoExpired):
            undo_by_token(token, cast.admin.actor)
        assert undo_by_token(token, cast.ayse.actor).undone_count == 1

    def test_is_over_after_an_hour(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        token = undo_token(cast.ayse.actor)
        monkeypatch.setattr(undoing, "TOKEN_SECONDS", -1)

        with pytest.raises(UndoExpired):
            undo_by_token(token, cast.ayse.actor)

    def test_cannot_be_forged(self, cast: Cast) -> None:
        forged = signing.dumps({"o": "x", "u": cast.ayse.user.pk}, salt="another")

        with pytest.raises(UndoExpired):
            undo_by_token(forged, cast.ayse.actor)


def test_a_new_record_is_taken_back_though_a_derived_fact_was_reckoned_since() -> None:
    cast = make_cast()
    actor = cast.admin.actor
    made = actions.create(record_type("customers.customer"), [{"name": "İkinci Gelen"}], actor=actor)[0]
    type(made).objects.filter(pk=made.pk).update(fit_score=40)

    assert undo(actor.operation, actor).undone_count == 1
