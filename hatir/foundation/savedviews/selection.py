"""What somebody selected in a list: some rows, or everything that the list's filter gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core import signing

from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.savedviews.lists import ListQuery, rows_of

MOST_NAMED = 1000
BATCH = 200
TOKEN_SECONDS = 60 * 60
SALT = "hatir.selection"


@dataclass(frozen=True)
class Selection:
    """Records of one type: the named ids, or with `across` all that the filter gives at the time of acting."""

    type_key: str
    ids: tuple[int, ...] = ()
    across: bool = False
    filter: Mapping[str, Any] = field(default_factory=dict)
    archived: bool = False

    def to_token(self) -> str:
        """Write the selection for a form; signed, so that nobody widens it on the way."""
        data = [self.type_key, list(self.ids), self.across, dict(self.filter), self.archived]
        return signing.dumps(data, salt=SALT, compress=True)


def read_selection(token: str) -> Selection:
    """Read a selection back. Raises NotFoundHere for a token that is over or was not written here."""
    try:
        type_key, ids, across, tree, archived = signing.loads(token, salt=SALT, max_age=TOKEN_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFoundHere(token[:20]) from None
    return Selection(type_key, tuple(ids), bool(across), tree, bool(archived))


def selected(actor: Actor, rt: RecordType, selection: Selection, verb: str) -> Any:
    """Give the selected records on which the actor may use the verb. Raises FilterError."""
    if selection.across:
        return rows_of(actor, rt, ListQuery(filter=selection.filter, archived=selection.archived), verb)
    return visible(actor, rt, verb).filter(pk__in=selection.ids[:MOST_NAMED])


def batches(actor: Actor, rt: RecordType, selection: Selection, verb: str, after: int = 0) -> Iterator[list[Any]]:
    """Read the selection in batches by id, so that rows which a change takes out of the filter are not lost."""
    ids = list(
        selected(actor, rt, selection, verb).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True).distinct()
    )
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        yield list(visible(actor, rt, verb).filter(pk__in=part).order_by("pk"))
