from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from hatir.foundation.access.grants import REVEAL
from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.records.errors import Denied
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import watching
from hatir.foundation.transfer.cells import bare, join_items, neutralise, split_items
from hatir.foundation.transfer.exporting import ExportRequest, Format, prepare, stream
from hatir.foundation.transfer.tests.conftest import Bring
from tests.world.cast import Cast, actor_of, make_cast, make_customer, make_role, make_user

Customer: Any = record_type("customers.customer").model


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def exported(cast_actor: Any, **request: Any) -> bytes:
    given = {"type_key": "customers.person", **request}
    return b"".join(stream(prepare(ExportRequest(**given), actor=cast_actor)))


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


class TestCsv:
    def test_carries_a_mark_for_excel_and_only_the_chosen_columns(self, cast: Cast) -> None:
        content = exported(cast.admin.actor, columns=("name", "city"))

        assert content.startswith(b"\xef\xbb\xbfid;")
        assert [len(row) for row in rows_of(content)] == [3, 3]

    def test_takes_the_sting_out_of_formulas(self, cast: Cast) -> None:
        make_customer("Ali Er", note='=HYPERLINK("http://x.test","tikla")')

        content = exported(cast.admin.actor, columns=("note",))

        assert "'=HYPERLINK" in content.decode()

    def test_reckons_ages_and_names_choices_as_the_page_does(self, cast: Cast) -> None:
        born = date(timezone.localdate().year - 40, 1, 1)
        ali = make_customer("Ali Er", birth_on=born, stage="loyal")

        with translation.override("tr"):
            content = exported(cast.admin.actor, ids=(ali.pk,), columns=("age", "stage", "birth_on"))

        assert list(rows_of(content)[0].values())[1:] == ["40", "Sadık müşteri", born.isoformat()]

    def test_follows_the_filter(self, cast: Cast) -> None:
        make_customer("Ali Er", city="Van")

        content = exported(cast.admin.actor, filter={"field": "city", "op": "is", "value": "Van"}, columns=("name",))

        assert len(rows_of(content)) == 1


class TestRights:
    def test_without_the_right_nothing_leaves(self, cast: Cast) -> None:
        with pytest.raises(Denied):
            exported(cast.can.actor)
        assert AuditEntry.objects.filter(verb="export").count() == 0

    def test_gives_only_the_rows_that_the_reader_may_export(self, cast: Cast) -> None:
        own = make_role("Kendi", {"view": "own", "export": "own"})
        seller = make_user("Eda", "eda@lale.test", role=own)
        make_customer("Onun Müşterisi", owner=seller.pk)

        rows = rows_of(exported(actor_of(seller), columns=("name",)))

        assert len(rows) == 1

    def test_covers_masked_values_unless_the_reader_may_open_them(self, cast: Cast) -> None:
        make_customer("Ali Er", tckn="10000000146")
        plain = make_user("Eda", "eda@lale.test", role=make_role("Dışa", {"view": "all", "export": "all"}))
        trusted = make_role("Açar", {"view": "all", "export": "all"}, permissions=(REVEAL,))
        opener = make_user("Oya", "oya@lale.test", role=trusted)

        assert b"10000000146" not in exported(actor_of(plain), columns=("tckn",))
        assert b"10000000146" in exported(actor_of(opener), columns=("tckn",))

    def test_is_kept_in_the_audit(self, cast: Cast) -> None:
        exported(cast.admin.actor, columns=("name",))

        entry = AuditEntry.objects.get(verb="export")
        assert (entry.type_key, entry.user_id) == ("customers.customer", cast.admin.user.pk)


class TestRoundTrip:
    @pytest.mark.parametrize("format_name", ["csv", "xlsx", "jsonl"])
    @pytest.mark.parametrize("type_key", ["customers.person", "customers.company"])
    def test_of_an_export_changes_nothing(self, cast: Cast, bring: Bring, format_name: Format, type_key: str) -> None:
        fill(cast)
        content = exported(cast.admin.actor, type_key=type_key, format=format_name)
        before = dict(Customer.objects.values_list("pk", "version"))

        run = bring(content, type_key, cast.admin.actor, name=f"x.{format_name}")

        total = Customer.objects.filter(kind=type_key.partition(".")[2]).count()
        assert run.counts == {"new": 0, "updated": 0, "unchanged": total, "skipped": 0, "rejected": 0}
        assert dict(Customer.objects.values_list("pk", "version")) == before


def fill(cast: Cast) -> None:
    """Make people and companies with everything that is awkward to write into a table."""
    tags = [make_tag(name) for name in ("VIP", "Bayi, toptan", "=1+1")]
    ali = make_customer(
        "Ali Er", note='=1+1; "tırnak", satır\nsonu', phone="+90 532 111 22 33", tckn="10000000146",
        next_contact_at=datetime(2026, 3, 1, 12, 30, tzinfo=UTC), company=False, stage="customer",
    )  # fmt: skip
    ali.set_many("tags", [tag.pk for tag in tags])
    from hatir.foundation.records.writing import save

    save(ali, actor=cast.admin.actor)
    make_customer("Işık Ticaret Ltd. Şti.", company=True, annual_revenue=Decimal("1234567.89"), founded_year=1987)


def make_tag(name: str) -> Any:
    from hatir.foundation.records.actions import create
    from hatir.foundation.records.actor import system_actor

    return create(record_type("customers.tag"), [{"name": name}], actor=system_actor("test"))[0]


class TestJsonLines:
    def test_are_one_object_a_record(self, cast: Cast) -> None:
        lines = exported(cast.admin.actor, format="jsonl", columns=("name",)).decode().splitlines()

        assert {tuple(json.loads(line)) for line in lines} == {("id", "name")}


class TestCells:
    @pytest.mark.parametrize("text", ["=1+1", "+90", "-5", "@x", "'=1", "'tis", "Işık", "", "''"])
    def test_come_back_as_they_were(self, text: str) -> None:
        assert bare(neutralise(text)) == text

    def test_hold_several_names(self) -> None:
        names = ["VIP", "Bayi, toptan", 'o "iyi"', "a;b"]

        assert split_items(join_items(names)) == names


class TestMassExport:
    @pytest.fixture
    def limits(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        def chosen(records: int, exports: int) -> None:
            monkeypatch.setattr(watching, "told_records", lambda: records)
            monkeypatch.setattr(watching, "told_exports", lambda: exports)

        return chosen

    def told(self) -> list[tuple[int, str]]:
        rows = OutboxEvent.objects.filter(key="transfer.mass_export").order_by("id")
        return [(row.payload["at_least"], row.payload["format"]) for row in rows]

    @pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl", "vcf"])
    def test_of_many_records_is_told_whatever_the_format(self, cast: Cast, limits: Any, file_format: Any) -> None:
        limits(4, 0)

        prepare(ExportRequest("customers.customer", file_format), actor=cast.admin.actor)

        assert self.told() == [(4, file_format)]

    def test_of_fewer_records_is_not(self, cast: Cast, limits: Any) -> None:
        limits(5, 0)

        prepare(ExportRequest("customers.customer"), actor=cast.admin.actor)

        assert self.told() == []

    def test_in_small_pieces_is_told_as_well(self, cast: Cast, limits: Any) -> None:
        limits(0, 3)

        for _time in range(3):
            prepare(ExportRequest("customers.customer"), actor=cast.admin.actor)

        assert len(self.told()) == 1
