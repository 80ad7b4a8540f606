"""Questions about imports."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission
from hatir.foundation.files.queries import path_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import reading
from hatir.foundation.transfer.cells import neutralise
from hatir.foundation.transfer.correcting import Corrections
from hatir.foundation.transfer.likely import finder_for
from hatir.foundation.transfer.models import BadCell, Correction, ImportRun, Pair, Rejection
from hatir.foundation.transfer.previewing import Preview as Preview
from hatir.foundation.transfer.previewing import preview as preview
from hatir.foundation.transfer.profiling import distinct
from hatir.foundation.transfer.resolving import Cleaner
from hatir.foundation.transfer.sources import fitting, sources
from hatir.foundation.transfer.sums import Reconciled as Reconciled
from hatir.foundation.transfer.sums import reconciled
from hatir.foundation.transfer.value_maps import MANY, is_mappable, near, offered
from hatir.kit.text_tr import fold

MOST_VALUES = 40


def imports_of(actor: Actor) -> QuerySet[ImportRun]:
    """List the actor's imports, newest first; everybody's for whoever manages settings."""
    rows = ImportRun.objects.select_related("file", "created_by").order_by("-id")
    if has_permission(actor, MANAGE):
        return rows
    return rows.filter(created_by=actor.user_id) if actor.user_id is not None else rows.none()


def import_run(actor: Actor, run_id: int) -> ImportRun:
    """Fetch one import. Raises NotFoundHere when it is not the actor's."""
    found = imports_of(actor).filter(pk=run_id).first()
    if found is None:
        raise NotFoundHere(str(run_id))
    return found


def bundle_of(run: ImportRun) -> list[ImportRun]:
    """List the runs of the files that were given together with this one's, in their order; else this one alone."""
    if run.bundle is None:
        return [run]
    return list(ImportRun.objects.select_related("file").filter(bundle=run.bundle).order_by("position", "id"))


def source_name(run: ImportRun) -> str:
    """Name the export that the run's file is taken for; "" for none."""
    found = sources().get(run.options.get("source", ""))
    return found.name if found is not None else ""


def sources_for(run: ImportRun) -> list[tuple[str, str]]:
    """List the exports (key, name) that a file of this type and kind may be; none for cards."""
    if run.table["kind"] in (reading.CARDS, "jsonl"):
        return []
    rt = record_type(run.type_key)
    return [(each.key, each.name) for each in fitting(rt.key, rt.root_key)]


def rejections(run: ImportRun, *, is_trial: bool) -> QuerySet[Rejection]:
    """List the refused rows of the check or of the import, in the order of the file."""
    return Rejection.objects.filter(run=run, is_trial=is_trial).order_by("line", "id")


def reasons(run: ImportRun, *, is_trial: bool, most: int = 12) -> list[tuple[str, int]]:
    """Count the refused rows by reason, the commonest first."""
    rows = Rejection.objects.filter(run=run, is_trial=is_trial).values_list("reason").annotate(count=Count("pk"))
    return [(reason, count) for reason, count in rows.order_by("-count", "reason")[:most]]


def refused_rows(run: ImportRun, lines: Collection[int]) -> dict[int, Rejection]:
    """Give the rows that the check refused, by line, of those that are asked for."""
    return {each.line: each for each in Rejection.objects.filter(run=run, is_trial=True, line__in=list(lines))}


def repeated_values(run: ImportRun, most: int = 8) -> list[tuple[int, str, int]]:
    """List bad values (column, text, rows) that the check refused in more than one row, the commonest first."""
    bad = BadCell.objects.filter(run=run).values_list("place", "value")
    counted = bad.annotate(count=Count("pk")).filter(count__gt=1)
    return list(counted.order_by("-count", "place", "value")[:most])


def left_out_count(run: ImportRun) -> int:
    """Count the rows that the user left out."""
    return Correction.objects.filter(run=run, place=None).count()


def sheets_of(run: ImportRun) -> list[str]:
    """List the sheets of the run's workbook that hold something; none for other files."""
    return list(run.table.get("sheets", ()))


def rows_of(run: ImportRun, lines: Collection[int]) -> dict[int, list[Any]]:
    """Give rows of the run's file by line, as the user mended them."""
    corrections = Corrections(run)
    found = reading.rows_at(path_of(run.file), reading.table_from_json(run.table), lines)
    return {line: corrections.mended(line, cells) for line, cells in found.items()}


def pairs_of(run: ImportRun) -> QuerySet[Pair]:
    """List the rows that are records already, or the same as an earlier row; probable ones first, by score."""
    return Pair.objects.filter(run=run).order_by("-is_likely", "-score", "line")


@dataclass(frozen=True)
class ColumnValues:
    """The values of a column: (text, count, becomes), what they may become, and whether new ones are made.

    `becomes` is a key, a record id, "" for empty, or None: nothing is called so.
    """

    values: tuple[tuple[str, int, str | None], ...]
    offered: tuple[tuple[str, str], ...]
    makes_new: bool
    found: Mapping[str, str]
    near: Mapping[str, str]
    """What values that nothing is called like most probably mean: a key or a record id."""


def column_values(run: ImportRun, place: int, spec: FieldSpec, actor: Actor) -> ColumnValues | None:
    """Give what the values of a column become; None where there is nothing to choose from, or too much."""
    if not is_mappable(spec):
        return None
    values = distinct(run.profile, place, many=spec.kind in MANY)[:MOST_VALUES]
    choices = offered(spec, actor) if values else []
    if not values or (not choices and spec.kind not in MANY):
        return None
    rt = record_type(run.type_key)
    cleaner = Cleaner(rt, {spec.name: spec}, actor, decimal_mark="", create_missing=True)
    found = cleaner.found_without_asking(spec, [text for text, _count in values])
    said = run.value_map.get(str(place), {})
    told = tuple((text, count, said.get(fold(text), found.get(text))) for text, count in values)
    makes_new = cleaner.may_make(spec) or spec.name in run.options.get("make", ())
    likely = {} if makes_new else {text: near(text, choices) for text, _n, becomes in told if becomes is None}
    return ColumnValues(told, tuple(choices), makes_new, found, {text: key for text, key in likely.items() if key})


def sums_of(run: ImportRun) -> list[Reconciled]:
    """Give what became of the sums of the number columns, in the order of the file's columns."""
    places = {name: int(at) for at, name in run.mapping.items()}
    return sorted(reconciled(run.sums), key=lambda each: places.get(each.field, len(places)))


def may_find_likely(run: ImportRun, actor: Actor) -> bool:
    """Tell whether probable duplicates of the run's type can be found at all."""
    return finder_for(actor, record_type(run.type_key)) is not None


def decided_skips(run: ImportRun) -> int:
    """Count the duplicates that the user skipped one by one."""
    return Pair.objects.filter(run=run, decision="skip").count()


def rejected_rows(run: ImportRun, *, is_trial: bool = False) -> Iterator[list[str]]:
    """Give the refused rows with the user's own columns and the reason, header first, safe for spreadsheets."""
    headers = run.table["headers"]
    yield [*(neutralise(header) for header in headers), _("Error")]
    for row in rejections(run, is_trial=is_trial).iterator(chunk_size=500):
        cells = [neutralise(cell) for cell in row.cells]
        yield [*cells[: len(headers)], neutralise(row.reason), *cells[len(headers) :]]
