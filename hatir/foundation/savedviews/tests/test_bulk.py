"""Changing many records at once."""

from __future__ import annotations

import pytest

from hatir.domains.customers.models import Customer
from hatir.foundation.jobs.models import Job
from hatir.foundation.savedviews import bulk
from hatir.foundation.savedviews.bulk import BulkChange
from hatir.foundation.savedviews.selection import Selection
from hatir.foundation.savedviews.tasks import change_many
from tests.world.cast import make_cast, make_customer

pytestmark = pytest.mark.django_db


class TestChangeSelected:
    def test_gives_a_large_selection_to_a_job_of_one_operation(self, monkeypatch: pytest.MonkeyPatch) -> None:
        cast = make_cast()
        monkeypatch.setattr(bulk, "AT_ONCE", 2)
        actor = cast.admin.actor

        outcome = bulk.change_selected(
            Selection("customers.customer", across=True), BulkChange(values={"stage": "loyal"}), actor=actor
        )

        assert outcome.job_id is not None
        job = Job.objects.get(pk=outcome.job_id)
        assert (outcome.changed_count, job.key, job.operation) == (0, "savedviews.change_many", actor.operation)
        assert not Customer.objects.filter(stage="loyal").exists()

    def test_is_done_by_the_job(self) -> None:
        cast = make_cast()
        seen: list[tuple[int, int | None]] = []

        class Context:
            actor = cast.admin.actor

            def progress(self, done: int, total: int | None = None) -> None:
                seen.append((done, total))

        asked = {"type_key": "customers.customer", "ids": [], "across": True, "filter": {}, "archived": False}
        done = change_many.body(
            Context(), asked, {"verb": "edit", "values": {"stage": "loyal"}, "add": None, "remove": None}
        )

        assert (done["changed"], done["refused"], seen) == (4, 0, [(4, 4)])
        assert Customer.objects.filter(stage="loyal").count() == 4

    def test_adds_a_tag_to_what_each_record_holds(self) -> None:
        from hatir.foundation.records import actions
        from hatir.foundation.records.registry import record_type
        from hatir.kit.ids import encode_id

        cast = make_cast()
        vip, cafe = actions.create(
            record_type("customers.tag"), [{"name": "VIP"}, {"name": "Kafe"}], actor=cast.admin.actor
        )
        one = make_customer("Bir", tags=[vip.pk])
        two = make_customer("İki")

        bulk.change_selected(
            Selection("customers.customer", (one.pk, two.pk)),
            BulkChange(add={"tags": [encode_id(cafe.pk)]}),
            actor=cast.admin.actor,
        )

        assert set(one.tags.values_list("name", flat=True)) == {"VIP", "Kafe"}
        assert set(two.tags.values_list("name", flat=True)) == {"Kafe"}
