"""What a stream asks for."""

from __future__ import annotations

from dataclasses import dataclass, field

from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.refs import RecordRef, parse_ref
from hatir.foundation.records.registry import record_type

MOST_REFS = 200
MOST_PRESENT = 5
LIST = "list:"


@dataclass(frozen=True)
class Watch:
    """The records and the lists (root type keys) that one stream listens to."""

    refs: frozenset[RecordRef] = field(default_factory=frozenset)
    lists: frozenset[str] = field(default_factory=frozenset)

    @property
    def present_at(self) -> frozenset[RecordRef]:
        """The records on which the listener is shown to others: pages, not rows of a list."""
        return self.refs if len(self.refs) <= MOST_PRESENT else frozenset()


def read_watch(text: str) -> Watch:
    """Read `type:ID,list:type`; what cannot be read is left out."""
    refs: set[RecordRef] = set()
    lists: set[str] = set()
    for part in text.replace("|", ",").split(",")[:MOST_REFS]:
        try:
            if part.startswith(LIST):
                lists.add(record_type(part.removeprefix(LIST)).root_key)
            elif part:
                ref = parse_ref(part)
                refs.add(RecordRef(record_type(ref.type_key).root_key, ref.id))
        except (ValueError, NotFoundHere):
            continue
    return Watch(frozenset(refs), frozenset(lists))
