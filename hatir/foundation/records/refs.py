"""A reference to any record: the stable key of its type and its id."""

from __future__ import annotations

from typing import NamedTuple

from hatir.kit.ids import decode_id, encode_id


class PointsAt(NamedTuple):
    """Two columns of a table without a foreign key that name a record: its type and its id.

    A model whose rows follow the record when it is merged lists them as `points_at`; history has none and stays.
    """

    type_column: str
    id_column: str


class RecordRef(NamedTuple):
    """Points at a record without importing its room. `type_key` is always the root type's key."""

    type_key: str
    id: int

    @property
    def public_id(self) -> str:
        return encode_id(self.id)

    @property
    def url(self) -> str:
        return f"/records/{self.type_key}/{self.public_id}/"

    def __str__(self) -> str:
        return f"{self.type_key}:{self.public_id}"


def parse_ref(text: str) -> RecordRef:
    """Read `type:ID` back. Raises ValueError when it is not of that form."""
    type_key, _, public = text.rpartition(":")
    if not type_key:
        raise ValueError(text)
    return RecordRef(type_key, decode_id(public))
