from __future__ import annotations

import io
from typing import Any

import pytest

from hatir.foundation.files.actions import store
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records.errors import Denied
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.transfer import actions, queries
from hatir.foundation.transfer.models import ImportRun
from hatir.foundation.transfer.previewing import preview
from hatir.foundation.transfer.tests.conftest import Bring
from hatir.kit.ids import encode_id
from tests.world.cast import Cast, actor_of, make_cast, make_customer, make_role, make_user

Customer: Any = record_type("customers.customer").model
Tag: Any = record_type("customers.tag").model
Field: Any = record_type("customization.field").model
PEOPLE = "customers.person"
TEXT = (
    "Ad Soyad;E-posta;Durum;Temsilci;Etiketler\nAli Er;ali@ornek.test;Sadık müşteri;EK01;VİP, Bayi\n"
    "Oya Ak;oya@ornek.test;Bekleyen;EK01;vip\nEda Su;eda@ornek.test;BEKLEYEN;EK02;\n"
)
MAPPING = {0: "name", 1: "email", 2: "stage", 3: "owner", 4: "tags"}


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def opened(text: str, cast: Cast, mapping: dict[int, str] | None = None) -> ImportRun:
    actor = cast.admin.actor
    run = actions.begin_import(store([text.encode()], name="liste.csv", actor=actor), PEOPLE, actor=actor)
    return actions.set_mapping(run.pk, mapping, actor=actor) if mapping else run


def spec(name: str) -> Any:
    return fields_of(record_type(PEOPLE))[name]


class TestValues:
    def test_of_a_choice_are_found_by_label_and_customary_word(self, cast: Cast) -> None:
        run = opened(
            "Ad;Durum\nA B;MÜŞTERİ\nC D;Loyal customer\nE F;uyuyan\nG H;müşteri\nI J;?\n", cast, {0: "name", 1: "stage"}
        )

        found = queries.column_values(run, 1, spec("stage"), cast.admin.actor)

        assert found is not None
        assert found.values == (
            ("MÜŞTERİ", 2, "customer"),
            ("?", 1, None),
            ("Loyal customer", 1, "loyal"),
            ("uyuyan", 1, "dormant"),
        )

    def test_become_what_was_said_of_them(self, cast: Cast) -> None:
        run = opened(TEXT, cast, MAPPING)
        actor = cast.admin.actor
        vip = make_tag("Değerli")
        actions.set_values(run.pk, 2, {"bekleyen": "prospect"}, actor=actor)
        actions.set_values(run.pk, 3, {"ek01": encode_id(cast.ayse.user.pk), "ek02": ""}, actor=actor)
        actions.set_values(run.pk, 4, {"vip": encode_id(vip.pk)}, actor=actor)

        actions.start_import(run.pk, actor=actor)
        run_due()

        run.refresh_from_db()
        assert (run.counts["new"], run.counts["rejected"]) == (3, 0)
        ali, oya, eda = (Customer.objects.get(email=f"{name}@ornek.test") for name in ("ali", "oya", "eda"))
        assert (ali.stage, oya.stage, eda.stage) == ("loyal", "prospect", "prospect")
        assert (ali.owner_id, oya.owner_id) == (cast.ayse.user.pk, cast.ayse.user.pk)
        assert eda.owner_id != cast.ayse.user.pk
        assert sorted(tag.name for tag in ali.tags.all()) == ["Bayi", "Değerli"]
        assert [tag.name for tag in oya.tags.all()] == ["Değerli"]

    def test_are_remembered_for_the_next_file_with_these_columns(self, cast: Cast) -> None:
        run = opened(TEXT, cast, MAPPING)
        actions.set_values(run.pk, 2, {"bekleyen": "prospect"}, actor=cast.admin.actor)
        actions.prepare_import(run.pk, actor=cast.admin.actor)

        again = opened(TEXT.replace("Ali Er", "Ali Can"), cast)

        assert (again.mapping["2"], again.value_map) == ("stage", {"2": {"bekleyen": "prospect"}})

    def test_are_forgotten_when_the_column_goes_elsewhere(self, cast: Cast) -> None:
        run = opened(TEXT, cast, MAPPING)
        actions.set_values(run.pk, 2, {"bekleyen": "prospect"}, actor=cast.admin.actor)

        run = actions.set_mapping(run.pk, {**MAPPING, 2: "note"}, actor=cast.admin.actor)

        assert run.value_map == {}

    def test_that_are_too_many_are_not_listed(self, cast: Cast) -> None:
        rows = "".join(f"Kişi {n};durum {n}\n" for n in range(300))

        run = opened(f"Ad;Durum\n{rows}", cast, {0: "name", 1: "stage"})

        assert queries.column_values(run, 1, spec("stage"), cast.admin.actor) is None


def make_tag(name: str) -> Any:
    from hatir.foundation.records.actions import create
    from hatir.foundation.records.actor import system_actor

    return create(record_type("customers.tag"), [{"name": name}], actor=system_actor("test"))[0]


class TestOwnField:
    TEXT = "Ad Soyad;Kan Grubu;Üye No;Aidat;Üyelik Tarihi\n" + "".join(
        f"Kişi {n};{('A+', '0-', 'B+')[n % 3]};{n:05};{n * 10},50;{n % 27 + 1}.03.2024\n" for n in range(12)
    )

    @pytest.mark.parametrize(("place", "kind"), [(1, "choice"), (2, "text"), (3, "number"), (4, "date")])
    def test_is_made_for_a_column_with_the_kind_of_its_values(self, cast: Cast, place: int, kind: str) -> None:
        run = opened(self.TEXT, cast)

        run = actions.make_own_field(run.pk, place, actor=cast.admin.actor)

        made = Field.objects.get()
        assert (made.kind, run.mapping[str(place)]) == (kind, f"custom.{made.key}")
        assert made.type_key == "customers.customer"

    def test_is_not_taken_for_a_website_because_its_dates_have_dots(self, cast: Cast) -> None:
        assert opened(self.TEXT, cast).mapping["4"] == ""

    def test_takes_the_values_of_the_file(self, cast: Cast) -> None:
        run = opened(self.TEXT, cast)
        run = actions.make_own_field(run.pk, 1, actor=cast.admin.actor)
        key = run.mapping["1"].removeprefix("custom.")

        actions.start_import(run.pk, actor=cast.admin.actor)
        run_due()

        run.refresh_from_db()
        assert (run.counts["new"], run.counts["rejected"]) == (12, 0)
        labels = {spec_label(key, person.custom[key]) for person in Customer.objects.filter(name__startswith="Kişi")}
        assert labels == {"A+", "0-", "B+"}

    def test_is_refused_to_who_may_not_define_fields(self, cast: Cast) -> None:
        seller = make_user(
            "Eda", "eda@lale.test", role=make_role("Satış", dict.fromkeys(("view", "create", "edit", "import"), "all"))
        )
        actor = actor_of(seller)
        run = actions.begin_import(store([self.TEXT.encode()], name="a.csv", actor=actor), PEOPLE, actor=actor)

        assert not actions.may_make_fields(actor)
        with pytest.raises(Denied):
            actions.make_own_field(run.pk, 1, actor=actor)
        assert Field.objects.count() == 0


def spec_label(key: str, value: str) -> str:
    return str(fields_of(record_type(PEOPLE))[f"custom.{key}"].choice_label(value))


class TestSheets:
    def workbook(self) -> bytes:
        from openpyxl import Workbook

        book, written = Workbook(), io.BytesIO()
        assert book.active is not None
        book.active.title = "Notlar"
        book.active.append(["Bu dosya hakkında"])
        people = book.create_sheet("Müşteriler")
        people.append(["Ad Soyad", "E-posta"])
        people.append(["Ali Er", "ali@ornek.test"])
        book.create_sheet("Boş")
        book.save(written)
        return written.getvalue()

    def test_that_hold_something_may_be_chosen(self, cast: Cast, bring: Bring) -> None:
        actor = cast.admin.actor
        run = actions.begin_import(store([self.workbook()], name="l.xlsx", actor=actor), PEOPLE, actor=actor)
        assert (queries.sheets_of(run), run.table["sheet"]) == (["Notlar", "Müşteriler"], "Notlar")

        run = actions.choose_sheet(run.pk, "Müşteriler", actor=actor)
        actions.start_import(run.pk, actor=actor)
        run_due()

        run.refresh_from_db()
        assert (run.mapping, run.row_count, run.counts["new"]) == ({"0": "name", "1": "email"}, 1, 1)


class TestMatchAgain:
    def test_proposes_as_if_nothing_had_been_chosen(self, cast: Cast) -> None:
        run = opened("Ad Soyad;E-posta\nAli Er;ali@ornek.test\n", cast, {0: "note", 1: ""})

        run = actions.match_again(run.pk, actor=cast.admin.actor)

        assert run.mapping == {"0": "name", "1": "email"}


class TestPreview:
    def test_shows_the_record_as_it_will_be_and_writes_nothing(self, cast: Cast) -> None:
        text = "Ad Soyad;Telefon;Şehir;Etiketler\nAYŞE YILDIRIM;0532 111 22 33;izmir;Yeni Etiket\n"
        run = opened(text, cast, {0: "name", 1: "phone", 2: "city", 3: "tags"})
        before = Customer.objects.count()

        found = preview(run, 2, ["AYŞE YILDIRIM", "0532 111 22 33", "izmir", "Yeni Etiket"], cast.admin.actor)

        assert found is not None
        assert (found.outcome, found.title) == ("new", "Ayşe Yıldırım")
        shown = {one.name: value for one, value in found.facts}
        assert (shown["city"], shown["tags"]) == ("İzmir", ["Yeni Etiket"])
        assert Customer.objects.count() == before
        assert Tag.objects.filter(name="Yeni Etiket").count() == 0

    def test_says_that_the_record_is_there(self, cast: Cast) -> None:
        eda = make_customer("Eda Su", email="eda@ornek.test", city="Muş")
        run = opened("Ad Soyad;E-posta;Şehir\nEda Su;eda@ornek.test;Kars\n", cast, {0: "name", 1: "email", 2: "city"})

        found = preview(run, 2, ["Eda Su", "eda@ornek.test", "Kars"], cast.admin.actor)

        assert found is not None
        assert found.match is not None
        assert (found.outcome, found.match.pk, found.match.by) == ("updated", eda.pk, "email")
        assert Customer.objects.get(pk=eda.pk).city == "Muş"

    def test_says_what_is_wrong(self, cast: Cast) -> None:
        run = opened("Ad Soyad;E-posta\nEda Su;yok\n", cast, {0: "name", 1: "email"})

        found = preview(run, 2, ["Eda Su", "yok"], cast.admin.actor)

        assert found is not None
        assert (found.outcome, list(found.errors)) == ("rejected", ["email"])


class TestJobTitle:
    def test_names_the_file(self, cast: Cast) -> None:
        from hatir.foundation.jobs.declaration import title_of
        from hatir.foundation.jobs.models import Job

        run = actions.start_import(opened(TEXT, cast, MAPPING).pk, actor=cast.admin.actor)

        job = Job.objects.get(pk=run.job_id or 0)
        assert job.subject == "liste.csv"
        assert "liste.csv" in title_of(job)
