"""Account plans: goals measured by real figures, needs with their answers, the map of people, reviews."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hatir.domains.accounts import actions, queries, rules
from hatir.domains.accounts.models import AccountPlan, PlanAnswer
from hatir.domains.catalog.models import Product
from hatir.domains.commerce.models import Order, OrderLine
from hatir.domains.customers.models import Customer
from hatir.domains.planning.actions import complete_task, plan
from hatir.domains.planning.queries import todays_queue
from hatir.domains.sales.actions import win_deal
from hatir.domains.sales.tests.factories import make_deal, make_pipeline
from hatir.foundation.audit.undo import undo
from hatir.foundation.records import actions as generic
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.timeline.models import TimelineEntry
from tests.world.cast import SYSTEM, Cast, Member, make_cast, make_customer

pytestmark = pytest.mark.django_db
D = Decimal
TODAY = date(2026, 7, 2)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def make_plan(customer: Customer, **values: Any) -> AccountPlan:
    row = {"customer": customer.pk, "owner": customer.owner_id, "team": customer.team_id,
           "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31), **values}  # fmt: skip
    return actions.create_plans([row], actor=SYSTEM)[0]


def goal(made: AccountPlan, measure: str, target: int, **values: Any) -> None:
    actions.create_goals([{"plan": made.pk, "measure": measure, "target": D(target), **values}], actor=SYSTEM)


def order(customer: Customer, net: int, on: date = date(2026, 3, 1), **values: Any) -> Order:
    """Store an order that counts, directly: its amounts are what is under test."""
    at = timezone.now()
    row = {"status": "confirmed", "net": D(net), "ordered_on": on, "owner": customer.owner, "team": customer.team,
           "created_at": at, "updated_at": at, "number": f"S{Order.objects.count() + 1}", **values}  # fmt: skip
    return Order.objects.create(customer=customer, **row)


def reached(member: Member, made: AccountPlan) -> list[Decimal | None]:
    return [one.reached for one in queries.progress_of(member.actor, made, TODAY)]


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    return client


class TestRules:
    @pytest.mark.parametrize(
        ("share", "passed", "pace"),
        [(100, 50, "reached"), (39, 50, "behind"), (40, 50, "on_way"), (60, 50, "on_way"), (61, 50, "ahead")],
    )
    def test_pace_is_judged_by_the_time_that_passed(self, share: int, passed: int, pace: str) -> None:
        assert rules.pace_of(D(share), passed) == pace

    def test_share_is_half_up(self) -> None:
        assert rules.share_of(D(125), D(1000)) == D(13)  # 12.5

    def test_time_passed_by_hand(self) -> None:
        # 1 January to 31 December are 364 days; 2 July is the 182nd after the first: 182 × 100 / 364 = 50
        assert rules.time_passed(date(2026, 1, 1), date(2026, 12, 31), TODAY) == 50
        assert rules.time_passed(TODAY, TODAY, TODAY) == 100

    def test_needs_are_lines_each_once_in_any_spelling(self) -> None:
        assert rules.needs_in("- Işıklı raf\n• IŞIKLI RAF\n\n  Hızlı   teslimat ") == ["Işıklı raf", "Hızlı teslimat"]

    @pytest.mark.parametrize(
        ("is_covered", "days", "said"),
        [(False, 3, "nobody"), (True, None, "never"), (True, 61, "cold"), (True, 60, "good")],
    )
    def test_coverage(self, is_covered: bool, days: int | None, said: str) -> None:
        assert rules.coverage_of(is_covered, days, 60) == said


class TestAPlan:
    def test_is_called_by_its_customer_and_year_and_reviewed_after_the_usual_time(self, cast: Cast) -> None:
        made = actions.create_plans([{"customer": cast.lale_market.pk}], actor=cast.ayse.actor)[0]

        today = timezone.localdate()
        assert made.name == f"Lale Market, {today.year}"
        assert (made.starts_on, made.ends_on) == (date(today.year, 1, 1), date(today.year, 12, 31))
        assert made.next_review_on == today + timedelta(days=90)

    def test_does_not_end_before_it_begins(self, cast: Cast) -> None:
        with pytest.raises(Invalid) as refused:
            make_plan(cast.lale_market, ends_on=date(2025, 12, 31))

        assert list(refused.value.errors) == ["ends_on"]
        assert not AccountPlan.objects.exists()


class TestGoals:
    def test_are_measured_over_the_customer_its_people_and_subsidiaries_in_the_period(self, cast: Cast) -> None:
        made = make_plan(cast.lale_market)
        worker = make_customer("Ali Can", company=False, owner=cast.ayse.user.pk)
        Customer.objects.filter(pk=worker.pk).update(company=cast.lale_market)
        branch = make_customer("Lale Market Bornova", company=True, owner=cast.ayse.user.pk)
        Customer.objects.filter(pk=branch.pk).update(parent=cast.lale_market)
        for customer, net in ((cast.lale_market, 1000), (worker, 200), (branch, 30), (cast.kuzey_lojistik, 9999)):
            order(customer, net)
        order(cast.lale_market, 5000, on=date(2025, 12, 31))
        order(cast.lale_market, 7000, status="cancelled")
        goal(made, "revenue", 2000)
        goal(made, "orders", 10)

        assert reached(cast.admin, made) == [D("1230.00"), D(3)]

    def test_of_a_product_count_its_lines(self, cast: Cast) -> None:
        now = timezone.now()
        table = Product.objects.create(name="Masa", created_at=now, updated_at=now)
        made, sold = make_plan(cast.lale_market), order(cast.lale_market, 900)
        OrderLine.objects.create(order=sold, product=table, net=D(640), created_at=now, updated_at=now)
        goal(made, "product", 1000, product=table.pk)

        assert reached(cast.admin, made) == [D("640.00")]

    def test_count_won_deals_and_finished_contacts(self, cast: Cast) -> None:
        make_pipeline()
        today = timezone.localdate()
        made = make_plan(cast.lale_market, starts_on=today, ends_on=today)
        win_deal(make_deal(customer=cast.lale_market.pk), actor=SYSTEM)
        call = plan("Ara", actor=SYSTEM, kind="call", customer_id=cast.lale_market.pk)
        complete_task(call.pk, actor=SYSTEM)
        plan("Ziyaret", actor=SYSTEM, kind="visit", customer_id=cast.lale_market.pk)
        for measure in ("won_amount", "won_count", "contacts"):
            goal(made, measure, 10)

        assert reached(cast.admin, made) == [D("1000.00"), D(1), D(1)]

    def test_that_people_count_themselves_say_what_was_written(self, cast: Cast) -> None:
        made = make_plan(cast.lale_market)
        goal(made, "own", 5, name="Şube", reached=D(2))

        [one] = queries.progress_of(cast.admin.actor, made, TODAY)

        assert (one.reached, one.share, one.pace) == (D(2), D(40), "on_way")

    def test_count_only_what_the_reader_sees(self, cast: Cast) -> None:
        made = make_plan(cast.lale_market)
        order(cast.lale_market, 1000)
        order(cast.lale_market, 500, owner=cast.zeynep.user, team=cast.sales)
        goal(made, "revenue", 2000)

        assert (reached(cast.ayse, made), reached(cast.zeynep, made)) == ([D("1000.00")], [D("1500.00")])

    @pytest.mark.parametrize(("values", "name"), [({"target": D(0)}, "target"), ({"measure": "product"}, "product")])
    def test_without_a_target_or_product_are_refused(self, cast: Cast, values: dict[str, Any], name: str) -> None:
        made = make_plan(cast.lale_market)

        with pytest.raises(Invalid) as refused:
            actions.create_goals([{"plan": made.pk, "measure": "revenue", "target": D(1), **values}], actor=SYSTEM)

        assert list(refused.value.errors) == [name]

    def test_cost_the_same_however_many_there_are(self, cast: Cast) -> None:
        made, costs = make_plan(cast.lale_market), []
        for count in (2, 8):
            for _at in range(count):
                goal(made, "revenue", 2000)
            with piece_of_work():
                actor = cast.admin.actor
                queries.progress_of(actor, made, TODAY)
                with CaptureQueriesContext(connection) as asked:
                    found = queries.progress_of(actor, made, TODAY)
            costs.append((len(found), len(asked)))

        assert costs == [(2, costs[0][1]), (10, costs[0][1])]


class TestNeeds:
    def test_are_the_customers_own_with_what_answers_each(self, cast: Cast) -> None:
        made = make_plan(cast.lale_market)
        Customer.objects.filter(pk=cast.lale_market.pk).update(needs="Işıklı raf\nHızlı teslimat")
        rows = [("IŞIKLI RAF", "Yeni raf", "offered"), ("Eski istek", "Dolap", "idea")]
        for need, name, state in rows:
            actions.create_answers([{"plan": made.pk, "need": need, "name": name, "state": state}], actor=SYSTEM)

        found = queries.needs_of(cast.ayse.actor, made)

        assert [(one.text, len(one.answers), one.is_known, one.is_answered) for one in found] == [
            ("Işıklı raf", 1, True, True),
            ("Hızlı teslimat", 0, True, False),
            ("Eski istek", 1, False, False),
        ]

    def test_are_written_down_on_the_customer_once_and_taken_back(self, cast: Cast) -> None:
        made, actor = make_plan(cast.lale_market), cast.ayse.actor
        actions.add_need(made, "Hızlı teslimat", actor=actor)
        actions.add_need(made, "HIZLI TESLİMAT", actor=cast.ayse.actor)
        assert Customer.objects.get(pk=cast.lale_market.pk).needs == "Hızlı teslimat"

        undo(actor.operation, cast.ayse.actor)

        assert Customer.objects.get(pk=cast.lale_market.pk).needs == ""

    def test_are_not_answered_by_what_belongs_to_another_customer(self, cast: Cast) -> None:
        make_pipeline()
        made, deal = make_plan(cast.lale_market), make_deal(customer=cast.kuzey_lojistik.pk)

        with pytest.raises(Invalid) as refused:
            actions.create_answers([{"plan": made.pk, "deal": deal.pk}], actor=SYSTEM)

        assert list(refused.value.errors) == ["deal"]
        assert not PlanAnswer.objects.exists()

    def test_are_answered_by_something(self, cast: Cast) -> None:
        with pytest.raises(Invalid):
            actions.create_answers([{"plan": make_plan(cast.lale_market).pk, "need": "Raf"}], actor=SYSTEM)


class TestReview:
    def due(self, cast: Cast, **values: Any) -> AccountPlan:
        return make_plan(cast.lale_market, next_review_on=timezone.localdate() - timedelta(days=1), **values)

    def queue(self, member: Member) -> list[str]:
        now = timezone.localtime()
        until = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), tzinfo=now.tzinfo)
        return [item.key for item in todays_queue(member.actor, now, until) if item.key.startswith("review:")]

    def test_that_is_due_stands_in_the_day_of_its_owner_alone(self, cast: Cast) -> None:
        made = self.due(cast)
        make_plan(cast.lale_market, next_review_on=timezone.localdate() + timedelta(days=1))
        self.due(cast, status="closed")

        assert self.queue(cast.ayse) == [f"review:{made.public_id}"]
        assert self.queue(cast.zeynep) == self.queue(cast.mehmet) == []

    def test_moves_on_by_its_usual_time_and_keeps_what_came_of_it(self, cast: Cast) -> None:
        made = self.due(cast, review_days=30)

        actions.review_plan(made, actor=cast.ayse.actor, note="Bütçe onaylandı")

        made.refresh_from_db()
        today = timezone.localdate()
        assert (made.reviewed_on, made.next_review_on) == (today, today + timedelta(days=30))
        assert TimelineEntry.objects.get(about_id=made.pk, kind="note").body == "Bütçe onaylandı"
        assert self.queue(cast.ayse) == []

    def test_twice_is_once(self, cast: Cast) -> None:
        made = self.due(cast)

        for _time in range(2):
            actions.review_plan(made, actor=cast.ayse.actor)

        assert TimelineEntry.objects.filter(about_id=made.pk, kind="note").count() == 1

    def test_of_a_closed_plan_or_by_a_stranger_is_refused(self, cast: Cast) -> None:
        with pytest.raises(Invalid):
            actions.review_plan(self.due(cast, status="closed"), actor=cast.ayse.actor)
        with pytest.raises((Denied, NotFoundHere)):
            actions.review_plan(self.due(cast), actor=cast.mehmet.actor)

        assert not TimelineEntry.objects.filter(kind="note").exists()


class TestThePage:
    def test_shows_goals_needs_people_and_risks(self, cast: Cast) -> None:
        made = make_plan(cast.lale_market)
        Customer.objects.filter(pk=cast.lale_market.pk).update(needs="Hızlı teslimat")
        order(cast.lale_market, 1000)
        goal(made, "revenue", 2000)
        person = {"plan": made.pk, "person": cast.elif_kaya.pk, "attitude": "champion"}
        generic.create(record_type("accounts.contact"), [person], actor=SYSTEM)
        generic.create(record_type("accounts.risk"), [{"plan": made.pk, "name": "Rakip teklif verdi"}], actor=SYSTEM)

        page = client_of(cast.ayse).get(RecordRef("accounts.plan", made.pk).url).content.decode()

        for words in ("₺1.000", "%50", "Hızlı teslimat", "Elif Kaya", "Rakip teklif verdi"):
            assert words in page

    def test_takes_a_need_and_a_review_without_a_script(self, cast: Cast) -> None:
        made = make_plan(cast.lale_market)
        client, url = client_of(cast.ayse), RecordRef("accounts.plan", made.pk).url

        answers = [client.post(f"{url}needs/", {"need": "Raf"}), client.post(f"{url}review/")]

        made.refresh_from_db()
        assert [answer.status_code for answer in answers] == [302, 302]
        assert (Customer.objects.get(pk=cast.lale_market.pk).needs, made.reviewed_on) == ("Raf", timezone.localdate())

    def test_is_not_there_for_strangers_who_change_nothing(self, cast: Cast) -> None:
        made = make_plan(cast.lale_market)
        url = RecordRef("accounts.plan", made.pk).url
        client = client_of(cast.mehmet)

        answers = [client.get(url), client.post(f"{url}needs/", {"need": "Raf"}), client.post(f"{url}review/")]

        made.refresh_from_db()
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert (Customer.objects.get(pk=cast.lale_market.pk).needs, made.reviewed_on) == ("", None)

    def test_stands_on_the_page_of_the_customer(self, cast: Cast) -> None:
        made = make_plan(cast.lale_market)

        assert queries.plans_of(cast.ayse.actor, cast.lale_market) == [made]
        assert queries.plans_of(cast.mehmet.actor, cast.lale_market) == []
