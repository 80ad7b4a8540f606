from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from hatir.domains.privacy.actions import complete_consents, record_consents
from hatir.domains.privacy.models import Consent
from hatir.domains.privacy.queries import consents_of, may_contact, statements_of
from hatir.foundation.records.errors import Invalid
from tests.world.cast import SYSTEM, Cast, make_cast

MARCH = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def said(cast: Cast, status: str, at: datetime, channel: str = "email", **more: Any) -> Consent:
    row = {"customer": cast.elif_kaya.pk, "channel": channel, "status": status, "obtained_from": "HS_WEB"}
    return record_consents([{**row, "obtained_at": at, **more}], actor=cast.admin.actor)[0]


class TestMayContact:
    def test_says_no_without_a_statement(self, cast: Cast) -> None:
        assert may_contact(SYSTEM, cast.elif_kaya.pk, "email") is False

    def test_follows_the_newest_by_date_whatever_was_written_last(self, cast: Cast) -> None:
        said(cast, "refused", MARCH + timedelta(days=9))
        said(cast, "given", MARCH)

        assert may_contact(SYSTEM, cast.elif_kaya.pk, "email") is False
        assert Consent.objects.filter(customer=cast.elif_kaya).count() == 2

    def test_asks_each_channel_for_itself(self, cast: Cast) -> None:
        said(cast, "given", MARCH, channel="sms")

        assert may_contact(SYSTEM, cast.elif_kaya.pk, "sms") is True
        assert may_contact(SYSTEM, cast.elif_kaya.pk, "email") is False

    def test_of_many_says_what_counts_for_each_in_one_statement(
        self, cast: Cast, django_assert_num_queries: Any
    ) -> None:
        said(cast, "given", MARCH)
        said(cast, "refused", MARCH + timedelta(days=1))
        said(cast, "given", MARCH, customer=cast.deniz_isik.pk)
        ids = [customer.pk for customer in cast.customers]

        with django_assert_num_queries(1):
            found = statements_of(SYSTEM, ids, "email")

        assert found == {cast.elif_kaya.pk: "refused", cast.deniz_isik.pk: "given"}
        assert statements_of(SYSTEM, [], "email") == {}

    def test_tells_who_may_not_see_the_customer_nothing(self, cast: Cast) -> None:
        said(cast, "given", MARCH)

        assert may_contact(cast.can.actor, cast.elif_kaya.pk, "email") is False

    def test_passes_over_what_was_archived(self, cast: Cast) -> None:
        later = said(cast, "refused", MARCH + timedelta(days=1))
        said(cast, "given", MARCH)
        Consent.objects.filter(pk=later.pk).update(archived_at=timezone.now())

        assert may_contact(SYSTEM, cast.elif_kaya.pk, "email") is True


class TestStatements:
    def test_stay_as_they_were_said(self, cast: Cast) -> None:
        consent = said(cast, "given", MARCH)

        with pytest.raises(Invalid) as refused:
            complete_consents([(consent, {"status": "refused"})], actor=cast.admin.actor)

        assert list(refused.value.errors) == ["status"]
        assert Consent.objects.get(pk=consent.pk).status == "given"

    def test_get_their_evidence_completed(self, cast: Cast) -> None:
        with translation.override("en"):
            consent = said(cast, "given", MARCH)
        assert consent.evidence.endswith(cast.admin.user.name)

        complete_consents([(consent, {"evidence": "Form 17", "status": "given"})], actor=cast.admin.actor)

        assert Consent.objects.get(pk=consent.pk).evidence == "Form 17"

    def test_cannot_lie_in_the_future(self, cast: Cast) -> None:
        with pytest.raises(Invalid) as refused:
            said(cast, "given", timezone.now() + timedelta(days=2))

        assert list(refused.value.rows) == [0]
        assert Consent.objects.count() == 0


class TestPanel:
    def test_shows_what_counts_for_each_channel_in_one_query(self, cast: Cast, django_assert_num_queries: Any) -> None:
        said(cast, "given", MARCH, evidence="liste.csv, 2")
        said(cast, "refused", MARCH + timedelta(days=1), evidence="Form 9")
        said(cast, "given", MARCH, channel="call")

        with django_assert_num_queries(1):
            rows: list[Any] = consents_of(SYSTEM, cast.elif_kaya)

        assert [(row.channel, row.status) for row in rows] == [("email", "refused"), ("call", "given")]
        assert rows[0].panel_note.startswith("02.03.2026 · ")
        assert rows[0].panel_note.endswith(" · Form 9")

    def test_stands_on_the_customers_page(self, cast: Cast, client: Client) -> None:
        said(cast, "refused", MARCH, evidence="Form 9")
        client.force_login(cast.admin.user, backend="django.contrib.auth.backends.ModelBackend")

        page = client.get(f"/records/customers.customer/{cast.elif_kaya.public_id}/related/").content.decode()

        assert "Form 9" in page
        assert "iletişim izni yok" in page
