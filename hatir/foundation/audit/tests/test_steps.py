"""What every write leaves behind."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.audit.steps import with_reason
from hatir.foundation.records import actions, writing
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.registry import record_type
from tests.world.cast import SYSTEM, Cast, Customer, Tag, make_cast, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


class TestRecordChanges:
    def test_keeps_who_when_from_where_and_old_and_new(self, cast: Cast) -> None:
        actor = with_reason(cast.ayse.actor, "Müşteri taşındı")

        actions.update(record_type("customers.customer"), [(cast.lale_market, {"city": "Aydın"})], actor=actor)

        entry = AuditEntry.objects.get(operation=actor.operation)
        assert (entry.verb, entry.type_key, entry.record_id) == ("edit", "customers.customer", cast.lale_market.pk)
        assert (entry.actor_kind, entry.actor_label, entry.user_id) == ("user", "Ayşe Yıldırım", cast.ayse.user.pk)
        assert (entry.origin, entry.reason, entry.title) == ("203.0.113.7", "Müşteri taşındı", "Lale Market")
        assert entry.changes == {"city": ["İzmir", "Aydın"]}
        assert entry.at == Customer.objects.get(pk=cast.lale_market.pk).updated_at

    def test_keeps_only_what_was_filled_of_a_new_record(self) -> None:
        made = make_customer("Elif Kaya")

        entry = AuditEntry.objects.get(record_id=made.pk)

        assert entry.verb == "create"
        assert entry.changes["name"] == [None, "Elif Kaya"]
        assert "city" not in entry.changes

    def test_keeps_to_many_changes_as_ids(self, cast: Cast) -> None:
        vip = writing.save(Tag(name="VIP"), actor=SYSTEM)
        actor = cast.ayse.actor

        actions.update(record_type("customers.customer"), [(cast.lale_market, {"tags": [vip.pk]})], actor=actor)

        assert AuditEntry.objects.get(operation=actor.operation).changes == {"tags": [[], [vip.pk]]}

    def test_leaves_no_trace_of_a_write_that_changes_nothing(self, cast: Cast) -> None:
        actor = cast.ayse.actor

        actions.update(record_type("customers.customer"), [(cast.lale_market, {"city": "İzmir"})], actor=actor)

        assert not AuditEntry.objects.filter(operation=actor.operation).exists()

    def test_vanishes_with_the_write_that_failed(self, cast: Cast) -> None:
        actor = cast.mehmet.actor
        before = AuditEntry.objects.count()

        with pytest.raises(NotFoundHere):
            actions.update(record_type("customers.customer"), [(cast.lale_market, {"city": "Van"})], actor=actor)

        assert AuditEntry.objects.count() == before

    def test_costs_one_insert_for_a_batch(self) -> None:
        rows = [{"kind": "person", "name": f"Müşteri {number}"} for number in range(30)]

        with CaptureQueriesContext(
            connection,
        ) as seen:
            actions.create(record_type("customers.customer"), rows, actor=SYSTEM)

        inserts = [q for q in seen.captured_queries if '"audit_auditentry"' in q["sql"]]
        assert len(inserts) == 1
        assert AuditEntry.objects.filter(verb="create").count() == 30
