"""Segments: a rule, who fits it, who came and went; kept true by every change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from hatir.domains.customers import actions
from hatir.domains.customers.actions.membership import build_segment, retest_touched
from hatir.domains.customers.models import Customer, Segment, SegmentCount, SegmentMember, SegmentStay
from hatir.domains.customers.queries import live_segments, members_on, recipients_of, segments_of
from hatir.foundation.access.models import RoleAssignment
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records import actions as generic
from hatir.foundation.records import writing
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.timeline.actions import log_call
from hatir.kit.ids import encode_id
from tests.world.cast import make_cast, make_role

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


def people(*rows: dict[str, Any]) -> list[Customer]:
    return actions.create_customers([{"name": f"Kişi {at}", **row} for at, row in enumerate(rows)], actor=SYSTEM)


def segment(name: str, rule: str) -> Segment:
    return actions.create_segments([{"name": name, "rule": rule}], actor=SYSTEM)[0]


def settle() -> None:
    """Let the worker come to rest: events delivered, jobs done, and what they told delivered too."""
    for _turn in range(4):
        deliver_waiting()
        run_due()


def names_in(one: Segment) -> list[str]:
    return list(Customer.objects.filter(segments=one).order_by("name").values_list("name", flat=True))


class TestSegment:
    def test_holds_whoever_fits_its_rule(self) -> None:
        people({"city": "İzmir"}, {"city": "Ankara"}, {"city": "izmir"})

        made = segment("İzmirliler", 'city is "İzmir"')
        settle()

        made.refresh_from_db()
        assert (names_in(made), made.member_count) == (["Kişi 0", "Kişi 2"], 2)

    def test_writes_its_rule_in_one_form(self) -> None:
        assert segment("A", '{"field": "stage", "op": "in", "value": ["lead", "lost"]}').rule == (
            'stage in ("lead", "lost")'
        )

    @pytest.mark.parametrize(
        ("rule", "message"),
        [
            ('boy is "uzun"', "There is no field called “boy”."),
            ("everything", "Give at least one condition."),
            (
                "owner is me",
                "Who is in a segment is the same for everybody, so it cannot ask for “me” or “my teams”.",
            ),
        ],
    )
    def test_refuses_a_rule_that_cannot_be_kept(self, rule: str, message: str) -> None:
        with pytest.raises(Invalid) as refused, override("en"):
            segment("A", rule)

        assert refused.value.rows == {0: {"rule": [message]}}
        assert Segment.objects.count() == 0

    def test_leaves_archived_customers_out(self) -> None:
        first, second = people({"city": "İzmir"}, {"city": "İzmir"})
        made = segment("İzmirliler", 'city is "İzmir"')
        settle()

        writing.archive_many([first], actor=SYSTEM)
        settle()

        assert names_in(made) == [second.name]


class TestAChange:
    def test_of_a_customer_moves_only_that_customer(self) -> None:
        first, _second = people({"city": "İzmir"}, {"city": "Ankara"})
        made = segment("İzmirliler", 'city is "İzmir"')
        settle()

        actions.update_customers([(first, {"city": "Bursa"})], actor=SYSTEM)
        settle()

        told = OutboxEvent.objects.filter(key="customers.segment_changed").order_by("id").last()
        assert told is not None
        assert names_in(made) == []
        assert told.payload["removed"] == [encode_id(first.pk)]
        assert (told.about_id, told.payload["added"], told.payload["removed_count"]) == (made.pk, [], 1)

    def test_of_a_field_that_no_rule_asks_about_tests_nothing(self, django_assert_num_queries: Any) -> None:
        first = people({"city": "İzmir"})[0]
        segment("İzmirliler", 'city is "İzmir"')
        settle()

        with piece_of_work(), django_assert_num_queries(2):  # the company's own fields, the rules
            retest_touched([first.pk], {"note"}, actor=SYSTEM)

    def test_of_the_company_moves_its_people(self) -> None:
        firm = actions.create_customers([{"kind": "company", "name": "Lale Market", "city": "Ankara"}], actor=SYSTEM)[0]
        people({"company": firm.pk})
        made = segment("İzmir firmalarının kişileri", 'company.city is "İzmir"')
        settle()
        assert names_in(made) == []

        actions.update_customers([(firm, {"city": "İzmir"})], actor=SYSTEM)
        settle()

        assert names_in(made) == ["Kişi 0"]

    def test_of_a_linked_record_moves_its_customer(self) -> None:
        first = people({})[0]
        made = segment("Instagramı olan", 'has customers.contact_point where (kind is "instagram")')
        settle()
        assert names_in(made) == []

        point = generic.create(
            record_type("customers.contact_point"),
            [{"customer": first.pk, "kind": "instagram", "value": "@kisi"}],
            actor=SYSTEM,
        )[0]
        settle()
        assert names_in(made) == ["Kişi 0"]

        writing.archive_many([point], actor=SYSTEM)
        settle()
        assert names_in(made) == []

    def test_of_the_rule_builds_the_segment_anew(self) -> None:
        people({"city": "İzmir"}, {"city": "Ankara"})
        made = segment("Şehir", 'city is "İzmir"')
        settle()

        actions.update_segments([(Segment.objects.get(pk=made.pk), {"rule": 'city is "Ankara"'})], actor=SYSTEM)
        settle()

        assert names_in(made) == ["Kişi 1"]
        assert SegmentStay.objects.filter(segment=made, left_at=None).count() == 1
        assert SegmentStay.objects.filter(segment=made).count() == 2

    def test_of_derived_facts_moves_customers(self) -> None:
        first = people({})[0]
        made = segment("Sık alan", "order_count >= 3")
        settle()

        actions.replace_scores([(first.pk, {"order_count": 4})], actor=SYSTEM)
        settle()

        assert names_in(made) == ["Kişi 0"]


class TestConditions:
    def test_ask_for_an_interaction_of_a_kind_in_the_last_days(self) -> None:
        first, second = people({}, {})
        called = segment("Aranmış", 'has customers.customer.timeline where (kind is "call" and at after days_ago(30))')
        quiet = segment("Aranmamış", 'has_no customers.customer.timeline where (kind is "call")')
        settle()
        assert names_in(called) == []

        log_call(RecordRef("customers.customer", first.pk), "Aradım", actor=SYSTEM)
        settle()

        assert (names_in(called), names_in(quiet)) == ([first.name], [second.name])

    def test_ask_for_the_age_in_years(self) -> None:
        today = timezone.localdate()
        people(
            {"birth_on": today.replace(year=today.year - 30, day=1)},
            {"birth_on": today.replace(year=today.year - 45, day=1)},
            {},
        )

        made = segment("Otuzlar", "age between (30, 39)")
        settle()

        assert names_in(made) == ["Kişi 0"]

    def test_ask_for_the_region_that_follows_from_the_city(self) -> None:
        people({"city": "Muğla"}, {"city": "Rize"}, {"city": "Berlin", "country": "Almanya"})

        made = segment("Ege", 'region is "aegean"')
        settle()

        assert names_in(made) == ["Kişi 0"]

    def test_ask_where_a_trait_is_known_from(self) -> None:
        first, second = people({}, {})
        trait = generic.create(record_type("customers.trait"), [{"name": "Bahçe"}], actor=SYSTEM)[0]
        made = segment("Anketten", 'has customers.noted_trait where (given_by is "survey")')
        settle()

        assert actions.note_traits([first], [trait.pk], given_by="survey", actor=SYSTEM) == 1
        actions.update_customers([(second, {"traits": [trait.pk]})], actor=SYSTEM)
        settle()

        assert names_in(made) == [first.name]


class TestNestedSegments:
    def test_follow_the_segment_that_they_look_at(self) -> None:
        first, _second = people({"city": "İzmir", "stage": "lead"}, {"city": "İzmir", "stage": "lost"})
        inner = segment("İzmirliler", 'city is "İzmir"')
        outer = segment("İzmirli adaylar", f'segments any_of ("{inner.public_id}") and stage is "lead"')
        settle()
        assert names_in(outer) == ["Kişi 0"]

        actions.update_customers([(first, {"city": "Ankara"})], actor=SYSTEM)
        settle()

        assert names_in(outer) == []

    def test_take_others_out(self) -> None:
        people({"city": "İzmir"}, {"city": "Ankara"})
        inner = segment("İzmirliler", 'city is "İzmir"')
        outer = segment("Ötekiler", f'segments none_of ("{inner.public_id}")')
        settle()

        assert names_in(outer) == ["Kişi 1"]

    def test_refuse_a_circle(self) -> None:
        first = segment("Bir", 'city is "İzmir"')
        second = segment("İki", f'segments any_of ("{first.public_id}")')

        with pytest.raises(Invalid) as refused, override("en"):
            actions.update_segments([(first, {"rule": f'segments any_of ("{second.public_id}")'})], actor=SYSTEM)

        assert refused.value.rows == {0: {"rule": ["This would go in a circle: İki looks at this segment itself."]}}

    def test_ask_for_a_list(self) -> None:
        first, _second = people({}, {})
        chosen = generic.create(record_type("customers.list"), [{"name": "Fuar"}], actor=SYSTEM)[0]
        made = segment("Fuardakiler", f'lists any_of ("{chosen.public_id}")')
        settle()

        actions.add_to_list(chosen, [first.pk], actor=SYSTEM)
        settle()

        assert names_in(made) == ["Kişi 0"]


class TestHistory:
    def test_tells_who_was_in_on_a_day(self) -> None:
        first, second = people({"city": "İzmir"}, {"city": "Ankara"})
        made = segment("İzmirliler", 'city is "İzmir"')
        settle()
        march = timezone.now() - timedelta(days=200)
        SegmentStay.objects.update(entered_at=march)
        actions.update_customers([(first, {"city": "Bursa"}), (second, {"city": "İzmir"})], actor=SYSTEM)
        settle()

        then = members_on(SYSTEM, made, march + timedelta(days=1))
        now = members_on(SYSTEM, made, timezone.now())

        assert [customer.pk for customer in then] == [first.pk]
        assert [customer.pk for customer in now] == [second.pk]
        with override("en"):
            notes = [one.panel_note for one in segments_of(SYSTEM, first)]  # type: ignore[attr-defined]
        assert [note.split(":")[0] for note in notes] == ["earlier"]

    def test_keeps_the_figure_of_each_day(self) -> None:
        people({"city": "İzmir"})
        made = segment("İzmirliler", 'city is "İzmir"')
        settle()

        assert list(SegmentCount.objects.values_list("segment", "day", "count")) == [(made.pk, timezone.localdate(), 1)]

    def test_stays_when_a_segment_is_archived(self) -> None:
        people({"city": "İzmir"})
        made = segment("İzmirliler", 'city is "İzmir"')
        settle()

        writing.archive_many([Segment.objects.get(pk=made.pk)], actor=SYSTEM)
        settle()

        assert SegmentMember.objects.count() == 0
        assert SegmentStay.objects.filter(left_at__isnull=False).count() == 1


class TestBuilding:
    def test_twice_changes_nothing(self) -> None:
        people(*({"city": "İzmir"} for _n in range(20)))
        segment("İzmirliler", 'city is "İzmir"')
        settle()

        moved = build_segment(live_segments()[0], actor=SYSTEM)

        assert (moved.added, moved.removed) == (0, 0)
        assert SegmentStay.objects.count() == 20

    def test_gives_every_row_a_key_of_the_house(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("hatir.domains.customers.actions.membership.BATCH", 7)
        people(*({"city": "İzmir"} for _n in range(20)))

        segment("İzmirliler", 'city is "İzmir"')
        settle()

        keys = list(SegmentMember.objects.order_by("pk").values_list("pk", "customer_id"))
        assert len({pk for pk, _customer in keys}) == 20
        assert [customer for _pk, customer in keys] == sorted(customer for _pk, customer in keys)

    def test_of_a_great_change_names_nobody_in_its_event(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("hatir.domains.customers.actions.membership.MOST_NAMED", 2)
        people(*({"city": "İzmir"} for _n in range(21)))
        settle()

        segment("İzmirliler", 'city is "İzmir"')
        settle()

        told = OutboxEvent.objects.get(key="customers.segment_changed").payload
        assert (told["is_summary"], told["added"], told["added_count"]) == (True, [], 21)


class TestRecipients:
    def test_are_counted_once(self) -> None:
        people(
            {"city": "İzmir", "stage": "lead"}, {"city": "İzmir", "stage": "loyal"}, {"city": "Ankara", "stage": "lead"}
        )
        izmir, leads = segment("İzmirliler", 'city is "İzmir"'), segment("Adaylar", 'stage is "lead"')
        loyal = segment("Sadıklar", 'stage is "loyal"')
        settle()

        found = recipients_of(SYSTEM, [izmir.pk, leads.pk], [loyal.pk])

        assert (found.count, found.overlap, found.taken_out) == (2, 1, 1)
        assert found.parts == ((izmir.pk, 2), (leads.pk, 2))

    def test_become_a_list(self) -> None:
        people({"city": "İzmir"}, {"city": "Ankara"})
        izmir = segment("İzmirliler", 'city is "İzmir"')
        settle()

        made, count = actions.make_list_of("Kampanya", including=[izmir.pk], actor=SYSTEM)

        assert count == 1
        assert [customer.name for customer in made.members.all()] == ["Kişi 0"]

    def test_are_only_whom_the_actor_sees(self) -> None:
        cast = make_cast()
        everybody = segment("Herkes", "name not_empty")
        settle()
        role = make_role("Segmentler", {"view": "all"}, type_key="customers.segment")
        RoleAssignment.objects.create(user=cast.ayse.user, role=role)

        assert recipients_of(SYSTEM, [everybody.pk]).count == 4
        assert recipients_of(cast.ayse.actor, [everybody.pk]).count == 2
