"""Read the stored values of fields, many records at a time, without making objects of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import TO_ONE, FieldSpec
from hatir.foundation.records.reckoning import reckon
from hatir.foundation.records.snapshot import links_of
from hatir.foundation.records.values import from_plain

ID = ""
"""Under this stands the id in what was read."""
OWN = "custom"
"""The column of the own fields."""
Stored = dict[str, Any]


class StoredReader:
    """Reads the chosen fields of one type: typed values by field name, and helper columns by their own name."""

    def __init__(self, rt: RecordType, specs: Sequence[FieldSpec], columns: Sequence[str] = ()) -> None:
        self._rt = rt
        self._sets = [spec for spec in specs if spec.kind == "relations" and spec.path]
        self._own = [spec for spec in specs if spec.is_custom]
        self._reckoned = [spec for spec in specs if spec.reckon]
        plain = [spec for spec in specs if spec.path and spec.kind != "relations"]
        self._columns = {ID: "pk", **{name: name for name in columns}, **({OWN: OWN} if self._own else {})}
        self._columns |= {spec.name: f"{spec.path}_id" if spec.kind in TO_ONE else spec.path for spec in plain}

    def read(self, rows: Any) -> list[Stored]:
        """Read records, in their order; fields that link to many are left to `add_sets`."""
        names = list(self._columns)
        found = [dict(zip(names, row, strict=True)) for row in rows.values_list(*self._columns.values())]
        for stored in found if self._own else ():
            for spec in self._own:
                stored[spec.name] = from_plain(spec, stored[OWN].get(spec.custom_key))
        for stored in found if self._reckoned else ():
            for spec in self._reckoned:
                stored[spec.name] = reckon(spec, stored[spec.name])
        return found

    def add_sets(self, by_id: Mapping[int, Stored]) -> None:
        """Add the ids to which fields link: one statement a field."""
        for spec in self._sets if by_id else ():
            for pk, ids in links_of(self._rt, spec.name, by_id).items():
                by_id[pk][spec.name] = ids
