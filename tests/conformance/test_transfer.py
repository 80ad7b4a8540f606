"""import(export(x)) is x: what leaves as a file comes back as it was, for every type and without code of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from hatir.foundation.access.queries import may, readable_fields, visible, writable_fields
from hatir.foundation.files.actions import store
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records import actions as records
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.memory import forget
from hatir.foundation.records.registry import fields_of
from hatir.foundation.records.snapshot import snapshot
from hatir.foundation.records.values import clean_values
from hatir.foundation.transfer import actions
from hatir.foundation.transfer.exporting import ExportRequest, Format, prepare, stream
from hatir.foundation.transfer.models import ImportRun
from tests.conformance.values import SINCE, World, make_records, other_values
from tests.world.cast import SYSTEM, Cast

COUNT = 3
FORMATS: tuple[Format, ...] = ("csv", "jsonl", "xlsx")


@pytest.fixture(autouse=True)
def files_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def exported(rt: RecordType, made: Sequence[Any], actor: Actor, file_format: Format) -> bytes:
    request = ExportRequest(rt.key, file_format, ids=tuple(record.pk for record in made))
    return b"".join(stream(prepare(request, actor=actor)))


def imported(rt: RecordType, content: bytes, actor: Actor, file_format: Format) -> ImportRun:
    """Bring a file in that names its records by id, each column to the field that it came from."""
    run = actions.begin_import(store([content], name=f"x.{file_format}", actor=actor), rt.key, actor=actor)
    names = ["id", *(name for name in readable_fields(actor, rt) if name != "id")]
    writable = writable_fields(actor, rt)
    mapping = {at: name if name == "id" or name in writable else "" for at, name in enumerate(names)}
    actions.set_mapping(run.pk, mapping, actor=actor, options={"clear_empty": True, "match_on": []})
    actions.start_import(run.pk, actor=actor)
    run_due()
    run.refresh_from_db()
    return run


def stored(rt: RecordType, made: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """Give all stored values, related sets included, by id."""
    forget("records.fields")
    many = [spec.name for spec in fields_of(rt).values() if spec.kind == "relations" and spec.path]
    rows = rt.model._base_manager.filter(pk__in=[record.pk for record in made])
    since = SINCE.get(rt.key, frozenset())
    return {
        row.pk: {name: value for name, value in snapshot(rt, row, many).items() if name not in since} for row in rows
    }


def importable(rt: RecordType, cast: Cast) -> Actor:
    actor = cast.admin.actor
    if not may(actor, "import", rt):
        pytest.skip(f"{rt.key} is not imported")
    return actor


@pytest.mark.parametrize("file_format", FORMATS)
class TestImportOfAnExport:
    def test_changes_nothing(self, rt: RecordType, world: World, cast: Cast, file_format: Format) -> None:
        actor = importable(rt, cast)
        made = make_records(world, rt, COUNT)
        before = stored(rt, made)
        versions = dict(visible(actor, rt).values_list("pk", "version"))

        run = imported(rt, exported(rt, made, actor, file_format), actor, file_format)

        told = [row.reason for row in run.rejections.all()]
        assert (told, run.counts) == (
            [],
            {"new": 0, "updated": 0, "unchanged": COUNT, "skipped": 0, "rejected": 0},
        )
        assert stored(rt, made) == before
        assert dict(visible(actor, rt).values_list("pk", "version")) == versions

    def test_restores_what_was_changed_since(
        self, rt: RecordType, world: World, cast: Cast, file_format: Format
    ) -> None:
        actor = importable(rt, cast)
        made = make_records(world, rt, COUNT)
        before = stored(rt, made)
        content = exported(rt, made, actor, file_format)
        changes = [clean_values(fields_of(rt), other_values(world, rt, 60 + at), complete=False) for at in range(COUNT)]
        records.update(rt, list(zip(made, changes, strict=True)), actor=SYSTEM)
        assert stored(rt, made) != before

        run = imported(rt, content, actor, file_format)

        told = [row.reason for row in run.rejections.all()]
        assert (told, run.counts) == (
            [],
            {"new": 0, "updated": COUNT, "unchanged": 0, "skipped": 0, "rejected": 0},
        )
        assert stored(rt, made) == before
