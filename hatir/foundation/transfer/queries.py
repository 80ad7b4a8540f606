"""Questions about imports."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.transfer.cells import neutralise
from hatir.foundation.transfer.models import ImportRun, Rejection


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


def rejections(run: ImportRun, *, is_trial: bool) -> QuerySet[Rejection]:
    """List the refused rows of the check or of the import, in the order of the file."""
    return Rejection.objects.filter(run=run, is_trial=is_trial).order_by("line", "id")


def reasons(run: ImportRun, *, is_trial: bool, most: int = 12) -> list[tuple[str, int]]:
    """Count the refused rows by reason, the commonest first."""
    from django.db.models import Count

    rows = Rejection.objects.filter(run=run, is_trial=is_trial).values_list("reason").annotate(count=Count("pk"))
    return [(reason, count) for reason, count in rows.order_by("-count", "reason")[:most]]


def rejected_rows(run: ImportRun, *, is_trial: bool = False) -> Iterator[list[str]]:
    """Give the refused rows with the user's own columns and the reason, header first, safe for spreadsheets."""
    yield [*(neutralise(header) for header in run.table["headers"]), _("Error")]
    for row in rejections(run, is_trial=is_trial).iterator(chunk_size=500):
        yield [*(neutralise(cell) for cell in row.cells), neutralise(row.reason)]
