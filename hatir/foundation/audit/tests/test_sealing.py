"""The chain shows every tampering, and says where."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hatir.foundation.audit.actions import erase_values, let_go_of_old, record_event
from hatir.foundation.audit.models import AuditEntry, ChainHead
from hatir.foundation.audit.sealing import ChainReport, chain_head, seal_waiting, verify_chain
from hatir.foundation.preferences.actions import set_company
from hatir.foundation.records.refs import RecordRef
from tests.world.cast import SYSTEM, make_customer

pytestmark = pytest.mark.django_db


def seal_all() -> int:
    return seal_waiting(at=timezone.now() + timedelta(seconds=10))


def five_entries() -> list[AuditEntry]:
    return [
        record_event("export", actor=SYSTEM, title=f"Dosya {number}", changes={"rows": [None, number]})
        for number in range(5)
    ]


class TestSealWaiting:
    def test_seals_in_order_of_id_and_leaves_the_unsettled_open(self) -> None:
        entries = five_entries()

        assert seal_waiting(at=timezone.now()) == 0
        assert seal_all() == 5
        assert list(AuditEntry.objects.order_by("id").values_list("seal_no", flat=True)) == [1, 2, 3, 4, 5]
        assert chain_head() == (5, AuditEntry.objects.get(pk=entries[-1].pk).seal)

    def test_goes_on_from_the_head(self) -> None:
        five_entries()
        seal_all()

        five_entries()
        assert seal_all() == 5

        assert verify_chain() == ChainReport(10)

    def test_takes_an_entry_that_committed_late(self) -> None:
        late = five_entries()[0]
        AuditEntry.objects.filter(pk=late.pk).update(at=timezone.now() + timedelta(hours=1))
        seal_all()
        AuditEntry.objects.filter(pk=late.pk).update(at=timezone.now())

        assert seal_all() == 1
        assert verify_chain() == ChainReport(5)

    def test_seals_nothing_twice(self) -> None:
        five_entries()
        seal_all()

        assert seal_all() == 0


class TestVerifyChain:
    def test_is_whole_when_nobody_touched_it(self) -> None:
        make_customer("Elif Kaya")
        seal_all()

        assert verify_chain().is_whole

    @pytest.mark.parametrize(
        "change",
        [
            {"changes": {"rows": [None, 99]}},
            {"title": "Başka dosya"},
            {"actor_label": "Başkası"},
            {"user_id": 7},
            {"verb": "view"},
            {"origin": "198.51.100.1"},
            {"at": timezone.now() - timedelta(days=3)},
            {"reason": "Sonradan yazıldı"},
            {"seal": "0" * 64},
            {"digest": "0" * 64},
        ],
    )
    def test_names_the_first_changed_entry(self, change: dict[str, object]) -> None:
        entries = five_entries()
        seal_all()

        AuditEntry.objects.filter(pk=entries[2].pk).update(**change)

        assert verify_chain() == ChainReport(2, "tampered", 3, entries[2].pk)

    def test_names_a_deleted_entry(self) -> None:
        entries = five_entries()
        seal_all()

        AuditEntry.objects.filter(pk=entries[1].pk).delete()

        assert verify_chain() == ChainReport(1, "deleted", 2)

    def test_names_a_tail_that_was_cut_off(self) -> None:
        entries = five_entries()
        seal_all()

        AuditEntry.objects.filter(pk__in=[entries[3].pk, entries[4].pk]).delete()

        assert verify_chain() == ChainReport(3, "deleted", 4)

    def test_names_an_entry_with_a_forged_seal(self) -> None:
        entries = five_entries()
        seal_all()

        AuditEntry.objects.filter(pk=entries[4].pk).update(seal_no=None)
        forged = record_event("view", actor=SYSTEM, title="Sahte")
        AuditEntry.objects.filter(pk=forged.pk).update(seal_no=5, seal="1" * 64)

        assert verify_chain() == ChainReport(4, "tampered", 5, forged.pk)

    def test_names_an_entry_beyond_the_head(self) -> None:
        five_entries()
        seal_all()

        forged = record_event("view", actor=SYSTEM)
        AuditEntry.objects.filter(pk=forged.pk).update(seal_no=6, seal="1" * 64)

        assert verify_chain() == ChainReport(5, "inserted", 6, forged.pk)

    def test_names_a_back_dated_entry_and_never_seals_it(self) -> None:
        entries = five_entries()
        seal_all()

        forged = entries[0].pk - (3 * 3_600_000 << 22)  # three hours of milliseconds earlier
        AuditEntry.objects.create(id=forged, at=timezone.now() - timedelta(hours=3), operation="x", verb="view")

        assert seal_all() == 0
        assert verify_chain() == ChainReport(5, "inserted", None, forged)


class TestErasing:
    def test_takes_values_out_and_keeps_the_chain(self) -> None:
        made = make_customer("Elif Kaya", email="elif@kaya.com.tr", city="Bursa")
        seal_all()

        count = erase_values([RecordRef("customers.customer", made.pk)], {"customers.customer": ["name", "email"]})

        entry = AuditEntry.objects.get(record_id=made.pk)
        assert count == 1
        assert "email" not in entry.changes
        assert entry.title == ""
        assert entry.changes["city"] == [None, "Bursa"]
        assert verify_chain().is_whole


class TestRetention:
    def test_lets_old_entries_go_and_still_verifies(self) -> None:
        entries = five_entries()
        for at, entry in enumerate(entries[:3]):
            AuditEntry.objects.filter(pk=entry.pk).update(at=timezone.now() - timedelta(days=40 - at))
        seal_all()
        set_company({"audit.keep_days": 30}, actor=SYSTEM)

        assert let_go_of_old() == 3
        assert AuditEntry.objects.filter(seal_no__isnull=False).count() == 2
        assert verify_chain() == ChainReport(2)
        assert ChainHead.objects.get().first_no == 4

    def test_keeps_everything_by_default(self) -> None:
        entries = five_entries()
        AuditEntry.objects.filter(pk=entries[0].pk).update(at=timezone.now() - timedelta(days=4000))
        seal_all()

        assert let_go_of_old() == 0
