"""Finding duplicates in the background: all records, then only those that change; decisions stay."""

from __future__ import annotations

from typing import Any

import pytest

from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.jobs.models import Job
from hatir.foundation.jobs.running import run_due, run_here
from hatir.foundation.merging import scanning, starting, tasks
from hatir.foundation.merging.actions import choose_rules, decide
from hatir.foundation.merging.candidates import look_alikes
from hatir.foundation.merging.finding import BUCKETS, Found, Pool
from hatir.foundation.merging.models import ChangedRecord, Pair, Scan
from hatir.foundation.merging.queries import pairs_page, visible_pairs
from hatir.foundation.merging.tests.world import make
from hatir.foundation.records import actions, writing
from hatir.foundation.records.errors import Denied, NotFoundHere
from hatir.foundation.records.registry import record_type
from tests.world.cast import SYSTEM, Cast, Customer, make_cast, make_customer

pytestmark = pytest.mark.django_db
PERSON, COMPANY = "customers.person", "customers.company"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def scan(type_key: str = PERSON) -> Job:
    return run_here(tasks.scan, actor=SYSTEM, type_key=type_key)


def names(type_key: str = PERSON) -> list[tuple[str, str, str]]:
    """Give the pairs as names, the heaviest first, with their state."""
    known = dict(Customer.objects.values_list("pk", "name"))
    rows = Pair.objects.filter(type_key=type_key).order_by("-bits", "id")
    return [(known[pair.one_id], known[pair.other_id], pair.state) for pair in rows]


def catch_up() -> None:
    while deliver_waiting():
        pass
    Job.objects.filter(key=starting.CATCH_UP).update(run_after="2020-01-01T00:00:00Z")
    run_due()


class TestScan:
    def test_finds_turkish_spellings_of_one_person(self, cast: Cast) -> None:
        make_customer("MEHMET IŞIK", phone="0532 111 22 33", city="Iğdır")
        make_customer("Mehmed Isik", phone="+90 532 111 2233", city="IGDIR")
        make_customer("Ayşe Yıldız", address="Gül Mah. Lale Sok. No:5", city="İzmir", birth_on="1990-05-04")
        make_customer("Ayse Yildız", address="Gül Mahallesi Lale Sk. 5", city="izmir", birth_on="1990-05-04")
        make_customer("Aysel Yılmaz", city="Ankara", phone="0533 222 11 00", birth_on="1955-11-30")

        job = scan()

        assert names() == [
            ("Ayşe Yıldız", "Ayse Yildız", "open"),
            ("Mehmet Işık", "Mehmed Isik", "open"),
        ]
        assert (job.state, job.result) == ("done", {"records": 7, "pairs": 2, "wide_keys": 0})

    def test_a_company_is_known_without_its_legal_form(self, cast: Cast) -> None:
        make_customer("Lale Market San. ve Tic. Ltd. Şti.", company=True, city="İzmir", phone="0232 111 22 33")
        make_customer("Kuzey Lojistik", company=True, city="Bursa", phone="0224 999 88 77")

        scan(COMPANY)

        assert names(COMPANY) == [("Lale Market", "Lale Market San. ve Tic. Ltd. Şti.", "open")]

    def test_father_and_son_in_one_household_are_two(self, cast: Cast) -> None:
        shared: dict[str, Any] = {
            "phone": "0216 333 44 55",
            "address": "Gül Sok. 5 D:3",
            "city": "İstanbul",
            "district": "Kadıköy",
        }
        for name in ("Hasan Korkmaz", "Emrecan Korkmaz"):
            make_customer(name, company=False, **shared)

        scan()

        assert names() == []

    def test_a_further_number_counts_like_the_first(self, cast: Cast) -> None:
        first = make_customer("Selin Uçar", phone="0532 444 55 66")
        second = make_customer("Selin Ucar", phone="0216 111 11 11")
        make("customers.contact_point", customer=second.pk, kind="phone", value="0532 444 55 66")

        scan()

        assert [(pair.one_id, pair.other_id) for pair in Pair.objects.all()] == [(first.pk, second.pk)]

    def test_tells_why(self, cast: Cast) -> None:
        make_customer("Mehmet Işık", phone="0532 111 22 33", city="Iğdır", birth_on="1980-01-02")
        make_customer("Mehmed Isik", phone="0532 111 22 33", city="Muş", birth_on="1980-01-03")

        scan()

        assert [(key, level) for key, level, _bits in Pair.objects.get().reasons] == [
            ("given_name", 4), ("phone", 4), ("birth_on", 3), ("city", 1),
        ]  # fmt: skip

    def test_decisions_stay_and_pairs_that_are_none_any_more_go(self, cast: Cast) -> None:
        one = make_customer("Mehmet Işık", phone="0532 111 22 33")
        make_customer("Mehmed Isik", phone="0532 111 22 33")
        make_customer("Derya Su", phone="0532 777 88 99")
        gone = make_customer("Derya Su", phone="0532 777 88 99")
        scan()
        decide(Pair.objects.get(one_id=one.pk).pk, "different", actor=cast.admin.actor)
        actions.update(record_type("customers.customer"), [(gone, {"name": "Orhan Pek", "phone": ""})], actor=SYSTEM)

        scan()

        assert names() == [("Mehmet Işık", "Mehmed Isik", "different")]

    def test_goes_on_at_the_bucket_where_it_was_stopped(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        make_customer("Mehmet Işık", phone="0532 111 22 33")
        make_customer("Mehmed Isik", phone="0532 111 22 33")
        job = starting.start_scan(PERSON, actor=cast.admin.actor)
        run = starting.scan_of_job(PERSON, job)
        Scan.objects.filter(pk=run.pk).update(next_bucket=BUCKETS - 1)
        looked: list[int] = []
        pairs = Pool.pairs

        def noted(pool: Pool, bucket: int, *given: Any, **named: Any) -> Found:
            looked.append(bucket)
            return pairs(pool, bucket, *given, **named)

        monkeypatch.setattr(Pool, "pairs", noted)

        run_due()

        assert looked == [BUCKETS - 1]
        done, worked = Scan.objects.get(), Job.objects.get(pk=job.pk)
        assert (done.next_bucket, worked.state) == (BUCKETS, "done")
        moments = [worked.started_at, done.finished_at, worked.finished_at]
        assert moments == sorted(moments, key=lambda moment: moment or worked.created_at)

    def test_can_be_cancelled(self, cast: Cast) -> None:
        job = starting.start_scan(PERSON, actor=cast.admin.actor)
        assert starting.start_scan(PERSON, actor=cast.admin.actor).pk == job.pk
        Job.objects.filter(pk=job.pk).update(cancel_requested=True)

        run_due()

        job.refresh_from_db()
        assert (job.state, names()) == ("cancelled", [])

    def test_an_own_object_is_compared_by_its_name(self, cast: Cast) -> None:
        from hatir.foundation.customization.actions import define_objects

        define_objects([{"label": "Tekne", "plural": "Tekneler"}], actor=SYSTEM)
        for name in ("Martı Deniz Yıldızı", "Marti Deniz Yildizi", "Poyraz"):
            make("own.tekne", name=name)

        scan("own.tekne")

        assert Pair.objects.filter(type_key="own.tekne").count() == 1


class TestCatchUp:
    def test_a_change_compares_that_record_alone(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        make_customer("Mehmet Işık", phone="0532 111 22 33")
        scan()
        catch_up()
        asked: list[dict[int, str]] = []
        again = scanning.compare_again

        def noted(changed: dict[int, str]) -> None:
            asked.append(changed)
            again(changed)

        monkeypatch.setattr(scanning, "compare_again", noted)

        double = make_customer("Mehmed Isik", phone="0532 111 22 33")
        catch_up()

        assert asked == [{double.pk: "customers.customer"}]
        assert names() == [("Mehmet Işık", "Mehmed Isik", "open")]
        assert not ChangedRecord.objects.exists()

    def test_a_pair_goes_with_the_likeness_and_with_the_archive(self, cast: Cast) -> None:
        one = make_customer("Mehmet Işık", phone="0532 111 22 33")
        other = make_customer("Mehmed Isik", phone="0532 111 22 33")
        third = make_customer("Mehmet Isık", phone="0532 111 22 33")
        catch_up()
        assert len(names()) == 3

        actions.update(record_type("customers.customer"), [(other, {"name": "Orhan Pek", "phone": ""})], actor=SYSTEM)
        catch_up()
        assert names() == [("Mehmet Işık", "Mehmet Isık", "open")]
        writing.archive_many([third], actor=SYSTEM)
        catch_up()

        assert names() == []
        assert Customer.objects.get(pk=one.pk).archived_at is None

    def test_a_field_that_is_not_compared_wakes_nobody(self, cast: Cast) -> None:
        catch_up()
        actions.update(record_type("customers.customer"), [(cast.elif_kaya, {"note": "Aradı"})], actor=SYSTEM)
        while deliver_waiting():
            pass

        assert not ChangedRecord.objects.exists()


class TestRights:
    def test_who_does_not_see_one_of_the_two_sees_no_pair(self, cast: Cast) -> None:
        make_customer("Mehmet Işık", phone="0532 111 22 33", owner=cast.zeynep.user.pk, team=cast.sales.pk)
        make_customer("Mehmed Isik", phone="0532 111 22 33", owner=cast.mehmet.user.pk, team=cast.service.pk)
        scan()
        rt = record_type(PERSON)

        assert [len(pairs_page(who.actor, rt).pairs) for who in (cast.admin, cast.zeynep, cast.mehmet)] == [1, 0, 0]
        pair = Pair.objects.get()
        with pytest.raises(NotFoundHere):
            decide(pair.pk, "different", actor=cast.zeynep.actor)
        assert visible_pairs(cast.can.actor, rt).count() == 0
        with pytest.raises(Denied):
            starting.start_scan(PERSON, actor=cast.ayse.actor)

    def test_the_pages_of_pairs_follow_one_another(self, cast: Cast) -> None:
        for at in range(7):
            for name in ("Mehmet Işık", "Mehmed Isik"):
                make_customer(name, phone=f"0532 111 22 {at}0", birth_on=f"198{at}-0{at + 1}-1{at}")
        scan()
        rt, actor, found, after = record_type(PERSON), cast.admin.actor, [], ""
        for _page in range(10):
            page = pairs_page(actor, rt, after=after, limit=3)
            found += [pair.pk for pair in page.pairs]
            after = page.next_after
            if not after:
                break

        assert found == list(Pair.objects.order_by("-bits", "-id").values_list("pk", flat=True))


class TestLookAlikes:
    def test_what_is_typed_is_compared_before_it_is_stored(self, cast: Cast) -> None:
        known = make_customer("Mehmet Işık", phone="0532 111 22 33")
        catch_up()
        rt = record_type("customers.customer")

        typed = {"kind": "person", "given_name": "mehmed", "family_name": "ISIK", "phone": "05321112233"}
        found = look_alikes(cast.admin.actor, rt, typed)

        assert [(one.record.pk, one.verdict.score) for one in found] == [(known.pk, 99)]
        assert look_alikes(cast.mehmet.actor, rt, typed) == []
        assert look_alikes(cast.admin.actor, rt, typed, besides=known.pk) == []


class TestBulk:
    def test_merges_those_above_a_score_and_is_undone_as_one(self, cast: Cast) -> None:
        from hatir.foundation.audit.undo import undo
        from hatir.foundation.merging.tests.world import difference, picture

        for name, phone in (("Mehmet Işık", "0532 111 22 33"), ("Derya Su", "0532 777 88 99")):
            make_customer(name, phone=phone)
            make_customer(name, phone=phone, email=f"{phone[-2:]}@ornek.com.tr")
        scan()
        before = picture()
        job = starting.start_merging_above(PERSON, 90, actor=cast.admin.actor)

        run_due()

        job.refresh_from_db()
        assert (job.result, names()) == (
            {"merged": 2, "refused": 0},
            [("Derya Su", "Derya Su", "merged"), ("Mehmet Işık", "Mehmet Işık", "merged")],
        )
        assert undo(job.operation, cast.admin.actor).undone_count == 2
        after = [line for line in difference(before, picture()) if "notification" not in line]
        assert after == []


class TestRules:
    def test_a_company_chooses_its_threshold_and_its_fields(self, cast: Cast) -> None:
        make_customer("Mehmet Işık", phone="0532 111 22 33")
        make_customer("Mehmed Isik", phone="0532 111 22 33")
        choose_rules(PERSON, threshold=60, off=["phone", "given_name"], actor=cast.admin.actor)

        scan()

        assert names() == []
        with pytest.raises(Denied):
            choose_rules(PERSON, threshold=60, off=[], actor=cast.zeynep.actor)
