"""Say in words that a unique value is taken, before the database says it with an error."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext as _

from hatir.foundation.records.changes import WriteBatch
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import fields_of


def check_unique(batch: WriteBatch) -> None:
    """Refuse values of unique fields that another record holds; one statement for each such field.

    Raises Invalid, naming the position of each row in the batch. A step of the write door.
    """
    if batch.verb not in ("create", "edit"):
        return
    wrong: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for spec in fields_of(batch.type).values():
        if spec.unique and spec.path:
            _check(batch, spec, wrong)
    if wrong:
        raise Invalid(rows=wrong)


def _check(batch: WriteBatch, spec: FieldSpec, wrong: dict[int, dict[str, list[str]]]) -> None:
    given = {
        at: change.after[spec.name]
        for at, change in enumerate(batch.changes)
        if change.after.get(spec.name) not in (None, "") and spec.name in change.fields
    }
    if not given:
        return
    rows = batch.type.model._base_manager.filter(**{f"{spec.path}__in": list(given.values())})
    holders = {value: pk for pk, value in rows.values_list("pk", spec.path)}
    for at, value in given.items():
        own = batch.changes[at].ref.id
        if holders.setdefault(value, own) != own:
            wrong[at][spec.name] = [_("“%(value)s” is already taken.") % {"value": str(value)[:80]}]
