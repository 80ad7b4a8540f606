"""The page of a record: what it shows to whom, and what can be done on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from hatir.domains.customers.models import Customer, Tag
from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.notifications.actions import Item, notify
from hatir.foundation.notifications.models import Notification
from hatir.foundation.notifications.queries import is_following
from hatir.foundation.records.actions import create, update
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.timeline.actions import add_entry, post_note
from hatir.foundation.timeline.models import TimelineEntry
from tests.world.cast import SYSTEM, Cast, Member, make_cast, make_role, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
AtMost = Callable[[int], AbstractContextManager[object]]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def url(cast: Cast) -> str:
    return ref_of(cast.elif_kaya).url


def ref_of(customer: Customer) -> RecordRef:
    return RecordRef("customers.customer", customer.pk)


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


class TestStrangers:
    @pytest.mark.parametrize(
        "place",
        [
            "", "peek/", "walk/", "related/", "timeline/", "history/", "access/", "facts/name/", "facts/city/?show=1",
            "facts/city/history/",
        ],
    )  # fmt: skip
    def test_everything_is_404(self, cast: Cast, url: str, place: str) -> None:
        for member in (cast.mehmet, cast.can):
            assert signed_in(member).get(f"{url}{place}", headers=HTMX).status_code == 404

    @pytest.mark.parametrize(
        "place", ["star/", "archive/", "restore/", "facts/city/", "facts/tckn/reveal/", "entries/"]
    )
    def test_nothing_changes(self, cast: Cast, url: str, place: str) -> None:
        sent = {"city": "Van", "text": "x", "kind": "note"}
        assert signed_in(cast.mehmet).post(f"{url}{place}", sent).status_code == 404

        kept = Customer.objects.get(pk=cast.elif_kaya.pk)
        assert (kept.city, kept.archived_at, kept.version) == ("İstanbul", None, 1)
        assert not TimelineEntry.objects.filter(kind="note").exists()
        assert not is_following(cast.mehmet.actor, ref_of(cast.elif_kaya))

    @pytest.mark.parametrize("place", ["/records/no.such/0SA5175T7KW01/", "/records/customers.customer/x/"])
    def test_an_address_that_names_nothing_is_404(self, cast: Cast, place: str) -> None:
        assert signed_in(cast.admin).get(place).status_code == 404


class TestPage:
    def test_shows_facts_and_timeline_escaped(self, cast: Cast, url: str) -> None:
        post_note(ref_of(cast.elif_kaya), "<script>alert(1)</script> @Zeynep Acar", actor=cast.ayse.actor,
                  mentions=[cast.zeynep.user.pk])  # fmt: skip

        page = signed_in(cast.ayse).get(url).content.decode()

        assert "0555 010 24 68" in page
        assert "&lt;script&gt;alert(1)" in page
        assert '<span class="mention">@Zeynep Acar</span>' in page
        assert "<script>alert" not in page

    def test_costs_at_most_20_statements_however_much_happened(
        self, cast: Cast, url: str, django_assert_max_num_queries: AtMost
    ) -> None:
        client = signed_in(cast.ayse)
        for number in range(60):
            add_entry(ref_of(cast.elif_kaya), actor=SYSTEM, kind="note", body=str(number))
        client.get(url)

        with django_assert_max_num_queries(20):
            client.get(url)

    def test_the_timeline_goes_on_by_keyset(self, cast: Cast, url: str) -> None:
        for number in range(120):
            add_entry(ref_of(cast.elif_kaya), actor=SYSTEM, kind="note", body=f"not-{number:03}")
        client = signed_in(cast.ayse)
        seen: list[str] = []
        place = f"{url}timeline/?kind=note"
        while place:
            drawn = client.get(place, headers=HTMX).context["timeline"]
            seen += [entry.body_html for entry in drawn.entries]
            place = drawn.next_url

        assert seen == [f"<p>not-{number:03}</p>" for number in reversed(range(120))]


class TestFacts:
    def test_one_field_is_saved_by_one_request(self, cast: Cast, url: str) -> None:
        client = signed_in(cast.ayse)
        assert 'name="city"' in client.get(f"{url}facts/city/", headers=HTMX).content.decode()

        answer = client.post(f"{url}facts/city/", {"city": "Van", "version": "1"}, headers=HTMX)

        assert (answer.status_code, Customer.objects.get(pk=cast.elif_kaya.pk).city) == (200, "Van")
        assert "undo" in answer.headers["HX-Trigger"]

    def test_a_mistake_comes_back_with_422_and_what_was_typed(self, cast: Cast, url: str) -> None:
        answer = signed_in(cast.ayse).post(f"{url}facts/email/", {"email": "yanlış", "version": "1"}, headers=HTMX)

        assert (answer.status_code, 'value="yanlış"' in answer.content.decode()) == (422, True)

    def test_a_conflict_shows_both_values_and_can_be_overwritten(self, cast: Cast, url: str) -> None:
        zeynep, ayse = signed_in(cast.zeynep), signed_in(cast.ayse)
        zeynep.post(f"{url}facts/city/", {"city": "Van", "version": "1"}, headers=HTMX)

        answer = ayse.post(f"{url}facts/city/", {"city": "Muş", "version": "1"}, headers=HTMX)

        text = answer.content.decode()
        assert (answer.status_code, "Van" in text, 'value="Muş"' in text, "Zeynep Acar" in text) == (409,) + (True,) * 3
        ayse.post(f"{url}facts/city/", {"city": "Muş", "version": "2", "overwrite": "1"}, headers=HTMX)
        assert Customer.objects.get(pk=cast.elif_kaya.pk).city == "Muş"

    def test_a_masked_value_opens_with_the_right_only_and_is_audited(self, cast: Cast) -> None:
        url = ref_of(cast.kuzey_lojistik).url
        place = f"{url}facts/vkn/reveal/"
        number = cast.kuzey_lojistik.vkn

        zeynep = signed_in(cast.zeynep)
        assert number not in zeynep.get(url).content.decode()
        assert number in zeynep.post(place, headers=HTMX).content.decode()
        assert AuditEntry.objects.filter(verb="reveal", record_id=cast.kuzey_lojistik.pk).count() == 1

    def test_a_field_that_is_not_editable_is_refused(self, cast: Cast, url: str) -> None:
        answer = signed_in(cast.ayse).post(f"{url}facts/last_contact_at/", {"last_contact_at": "2020-01-01"})

        assert answer.status_code == 403


class TestComposer:
    @pytest.mark.parametrize(
        ("sent", "kind", "title", "body"),
        [
            ({"kind": "note", "text": "Merhaba"}, "note", "", "Merhaba"),
            ({"kind": "call", "text": "Ulaşıldı", "minutes": "6", "direction": "in"}, "call", "", "Ulaşıldı"),
        ],
    )
    def test_writes_each_kind(
        self, cast: Cast, url: str, sent: dict[str, str], kind: str, title: str, body: str
    ) -> None:
        assert signed_in(cast.ayse).post(f"{url}entries/", sent, headers=HTMX).status_code == 200

        entry = TimelineEntry.objects.get(kind=kind)
        assert (entry.title, entry.body, entry.user_id) == (title, body, cast.ayse.user.pk)

    @pytest.mark.parametrize("kind", ["note", "call"])
    def test_what_is_sent_twice_under_one_key_is_written_once(self, cast: Cast, url: str, kind: str) -> None:
        client, sent = signed_in(cast.ayse), {"kind": kind, "text": "Yolda yazdım"}
        written_at = timezone.now() - timedelta(hours=2)
        waited = {**HTMX, "Idempotency-Key": "k-1", "X-Written-At": written_at.isoformat()}

        answers = [client.post(f"{url}entries/", sent, headers=waited).status_code for _time in range(2)]
        other = signed_in(cast.zeynep).post(f"{url}entries/", sent, headers=waited)

        entries = TimelineEntry.objects.filter(kind=kind).order_by("pk")
        assert (answers, other.status_code) == ([200, 200], 200)
        assert [entry.user_label for entry in entries] == ["Ayşe Yıldırım", "Zeynep Acar"]
        assert entries[0].at == written_at

    def test_nothing_typed_is_422(self, cast: Cast, url: str) -> None:
        answer = signed_in(cast.ayse).post(f"{url}entries/", {"kind": "note", "text": " "}, headers=HTMX)

        assert (answer.status_code, TimelineEntry.objects.filter(kind="note").exists()) == (422, False)

    def test_an_entry_is_archived_and_brought_back(self, cast: Cast, url: str) -> None:
        client = signed_in(cast.ayse)
        client.post(f"{url}entries/", {"kind": "note", "text": "x"}, headers=HTMX)
        entry = TimelineEntry.objects.get(kind="note")
        place = f"{url}entries/{RecordRef('x', entry.pk).public_id}/"

        assert client.post(f"{place}archive/", headers=HTMX).status_code == 204
        assert TimelineEntry.objects.get(pk=entry.pk).archived_at is not None
        client.post(f"{place}restore/", headers=HTMX)
        assert TimelineEntry.objects.get(pk=entry.pk).archived_at is None
        assert signed_in(cast.zeynep).post(f"{place}archive/", headers=HTMX).status_code == 403


class TestWalk:
    def test_finds_the_neighbours_in_the_list_it_came_from(self, cast: Cast) -> None:
        names = ["Deniz Işık", "Elif Kaya", "Kuzey Lojistik A.Ş.", "Lale Market"]
        by_name = {customer.name: customer for customer in cast.customers}
        url = ref_of(by_name[names[1]]).url

        page = signed_in(cast.admin).get(f"{url}walk/?in=/records/customers.customer/%3Fsort%3Dname", headers=HTMX)

        found = page.context["walk"]
        assert (found.prev_url.split("?")[0], found.next_url.split("?")[0]) == (
            ref_of(by_name[names[0]]).url,
            ref_of(by_name[names[2]]).url,
        )

    def test_an_address_of_another_house_is_ignored(self, cast: Cast, url: str) -> None:
        page = signed_in(cast.admin).get(f"{url}walk/?in=//boz.kurt/records/customers.customer/", headers=HTMX)

        assert page.context["walk"] is None

    def test_says_which_of_how_many_it_is(self, cast: Cast) -> None:
        client = signed_in(cast.admin)
        places = {}
        for sort in ("name", "-name", "-last_contact_at"):
            for customer in cast.customers:
                url = f"{ref_of(customer).url}walk/?in=/records/customers.customer/%3Fsort%3D{sort}"
                places[sort, customer.name] = client.get(url, headers=HTMX).context["walk"].text

        assert places["name", "Deniz Işık"] == "1 / 4"
        assert places["name", "Kuzey Lojistik A.Ş."] == "3 / 4"
        assert places["-name", "Kuzey Lojistik A.Ş."] == "2 / 4"
        assert sorted(text for (sort, _), text in places.items() if sort == "-last_contact_at") == [
            "1 / 4", "2 / 4", "3 / 4", "4 / 4",
        ]  # fmt: skip


class TestParts:
    def test_one_is_archived_from_the_page_and_brought_back(self, cast: Cast, url: str) -> None:
        client = signed_in(cast.ayse)
        rt = record_type("customers.contact_point")
        [point] = create(rt, [{"customer": cast.elif_kaya.pk, "value": "0216 444 10 20"}], actor=cast.ayse.actor)
        shown = client.get(f"{url}related/", headers=HTMX).content.decode()
        place = f"{rt.ref(point).url}archive/"
        assert f'hx-post="{place}"' in shown

        answer = client.post(place, {"next": url}, headers=HTMX)

        assert (answer.status_code, "record:refresh" in answer.headers["HX-Trigger"]) == (204, True)
        assert "0216 444 10 20" not in client.get(f"{url}related/", headers=HTMX).content.decode()
        undo = json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]
        client.post(undo, headers=HTMX)
        assert "0216 444 10 20" in client.get(f"{url}related/", headers=HTMX).content.decode()

    def test_without_javascript_one_comes_back_to_the_page(self, cast: Cast, url: str) -> None:
        rt = record_type("customers.address")
        [address] = create(rt, [{"customer": cast.elif_kaya.pk, "address": "Çınar Sokak 5"}], actor=cast.ayse.actor)

        answer = signed_in(cast.ayse).post(f"{rt.ref(address).url}archive/", {"next": url})

        assert (answer.status_code, answer.headers["Location"]) == (302, url)

    def test_who_may_only_look_is_offered_nothing(self, cast: Cast) -> None:
        rt = record_type("customers.address")
        create(rt, [{"customer": cast.deniz_isik.pk, "address": "Çınar Sokak 5"}], actor=SYSTEM)

        reader = Member(make_user("Oya Tan", "oya@ornek.com.tr", role=make_role("Okur", {"view": "all"})))

        shown = signed_in(reader).get(f"{ref_of(cast.deniz_isik).url}related/", headers=HTMX).content.decode()

        assert ("Çınar Sokak 5" in shown, "archive/" in shown) == (True, False)


class TestWords:
    def test_years_and_origins_are_written_for_people(self, cast: Cast) -> None:
        update(record_type("customers.company"), [(cast.lale_market, {"founded_year": 1984})], actor=SYSTEM)
        Customer.objects.filter(pk=cast.lale_market.pk).update(source="system", last_contact_channel="visit")

        page = signed_in(cast.admin).get(ref_of(cast.lale_market).url)

        facts = {fact.name: fact.html for section in page.context["sections"] for fact in section.facts}
        assert '<span class="num">1984</span>' in facts["founded_year"]
        assert facts["source"] == "Hatır"

    def test_each_fact_leads_to_its_history(self, cast: Cast, url: str) -> None:
        page = signed_in(cast.ayse).get(url).content.decode()

        assert f'class="ed__h" href="{url}facts/city/history/"' in page


class TestReferences:
    def test_suggests_what_one_may_see_and_tags(self, cast: Cast) -> None:
        Tag.objects.create(name="Lale bahçesi", created_at=timezone.now(), updated_at=timezone.now())

        seen = signed_in(cast.ayse).get("/references/?q=lale", headers=HTMX).context["options"]
        others = signed_in(cast.mehmet).get("/references/?q=lale", headers=HTMX).context["options"]

        assert [option.label for option in seen] == ["Lale Market", "Lale bahçesi"]
        assert [option.label for option in others] == ["Lale bahçesi"]

    def test_a_chosen_record_is_linked_by_its_title_and_edited_as_written(self, cast: Cast, url: str) -> None:
        client, ref = signed_in(cast.ayse), str(ref_of(cast.lale_market))
        sent = {"kind": "note", "text": "#Lale Market için de geçerli", "links": ref}

        drawn = client.post(f"{url}entries/", sent, headers=HTMX).content.decode()

        entry = TimelineEntry.objects.get(kind="note")
        place = f"{url}entries/{RecordRef('x', entry.pk).public_id}/edit/"
        assert entry.body == f"#{ref} için de geçerli"
        assert f'<a class="lnk" href="{ref_of(cast.lale_market).url}">#Lale Market</a>' in drawn
        assert "#Lale Market için de" in client.get(place, headers=HTMX).content.decode()
        client.post(place, {"text": "#Lale Market için geçerli", "version": "1"}, headers=HTMX)
        assert TimelineEntry.objects.get(pk=entry.pk).body == f"#{ref} için geçerli"

    def test_a_record_out_of_sight_stays_plain_text(self, cast: Cast, url: str) -> None:
        sent = {"kind": "note", "text": "#Kuzey Lojistik A.Ş.", "links": str(ref_of(cast.kuzey_lojistik))}

        signed_in(cast.ayse).post(f"{url}entries/", sent, headers=HTMX)

        assert TimelineEntry.objects.get(kind="note").body == "#Kuzey Lojistik A.Ş."


class TestAuthors:
    def test_the_timeline_shows_the_entries_of_one_colleague(self, cast: Cast, url: str) -> None:
        post_note(ref_of(cast.elif_kaya), "Ayşe yazdı", actor=cast.ayse.actor)
        post_note(ref_of(cast.elif_kaya), "Zeynep yazdı", actor=cast.zeynep.actor)

        page = signed_in(cast.ayse).get(f"{url}timeline/?user={cast.zeynep.user.public_id}", headers=HTMX)

        drawn = page.context["timeline"]
        assert [entry.body_html for entry in drawn.entries] == ["<p>Zeynep yazdı</p>"]
        assert drawn.user.chosen.label == "Zeynep Acar"


class TestSearch:
    @pytest.mark.parametrize("typed", ["ISIK", "ışık", "isik", "Işık"])
    def test_finds_turkish_words_however_they_are_typed(self, cast: Cast, url: str, typed: str) -> None:
        post_note(ref_of(cast.elif_kaya), "Işıklı vitrin", actor=cast.ayse.actor)
        post_note(ref_of(cast.elif_kaya), "Perde", actor=cast.ayse.actor)

        page = signed_in(cast.ayse).get(f"{url}timeline/", {"q": typed}, headers=HTMX)

        assert [entry.body_html for entry in page.context["timeline"].entries] == ["<p>Işıklı vitrin</p>"]


class TestHead:
    def test_following_is_a_switch(self, cast: Cast, url: str) -> None:
        client = signed_in(cast.ayse)

        client.post(f"{url}star/", headers=HTMX)
        assert is_following(cast.ayse.actor, ref_of(cast.elif_kaya))
        client.post(f"{url}star/", headers=HTMX)
        assert not is_following(cast.ayse.actor, ref_of(cast.elif_kaya))

    def test_archiving_can_be_taken_back(self, cast: Cast, url: str) -> None:
        client = signed_in(cast.ayse)

        assert client.post(f"{url}archive/").status_code == 302
        assert Customer.objects.get(pk=cast.elif_kaya.pk).archived_at is not None
        client.post(f"{url}restore/")
        assert Customer.objects.get(pk=cast.elif_kaya.pk).archived_at is None

    def test_history_and_access_are_told(self, cast: Cast, url: str) -> None:
        client = signed_in(cast.admin)

        assert client.get(f"{url}history/", headers=HTMX).status_code == 200
        assert [v.allowed for v in client.get(f"{url}access/", headers=HTMX).context["verdicts"]] == [True] * 3


class TestNotifications:
    def test_opening_an_item_reads_it_and_leads_on(self, cast: Cast, url: str) -> None:
        notify([Item(cast.ayse.user.pk, "mention", "Bakın", ref=ref_of(cast.elif_kaya))])
        item = Notification.objects.get()
        place = f"/notifications/{RecordRef('x', item.pk).public_id}/"

        assert signed_in(cast.mehmet).get(place).status_code == 404
        assert Notification.objects.get().read_at is None
        assert signed_in(cast.ayse).get(place).headers["Location"] == url
        assert Notification.objects.get().read_at is not None

    def test_feed_page_and_settings_are_shown(self, cast: Cast) -> None:
        notify([Item(cast.ayse.user.pk, "other", "<b>x</b>")])
        client = signed_in(cast.ayse)

        assert "&lt;b&gt;x" in client.get("/notifications/").content.decode()
        assert client.get("/notifications/feed/", headers=HTMX).status_code == 200
        assert client.get("/notifications/settings/").status_code == 200
        client.post("/notifications/settings/", {"kinds": ["mention"], "quiet_from": "22:00", "quiet_until": "07:00"})
        assert notify([Item(cast.ayse.user.pk, "other", "y")]) == 0
