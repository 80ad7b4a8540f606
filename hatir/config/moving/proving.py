"""Proves a move: rows and a checksum of every table's content, read from both databases."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from hatir.config.moving.target import ALIAS, MoveFailed, tables

CHUNK = 2000


@dataclass(frozen=True)
class Content:
    """What a table holds: how many rows, and a checksum that does not depend on their order."""

    rows: int
    checksum: str


def prove(told: Callable[[int, int | None, str], None]) -> dict[str, Content]:
    """Compare every table; give what each holds. Raises MoveFailed naming those that differ."""
    proven: dict[str, Content] = {}
    differing = []
    for done, model in enumerate(tables(), start=1):
        table = model._meta.db_table
        told(done, len(tables()), table)
        proven[table] = content_of(model, DEFAULT_DB_ALIAS)
        if content_of(model, ALIAS) != proven[table]:
            differing.append(table)
    told(len(tables()), len(tables()), "")
    if differing:
        names = ", ".join(differing)
        raise MoveFailed(_("What was moved differs from the company as it is now: %(tables)s. If somebody worked "
                           "since the move began, start it anew with --again.") % {"tables": names})  # fmt: skip
    return proven


def content_of(model: type[Model], alias: str) -> Content:
    """Read one table of one database. The rows' checksums are added up, for the two sort text differently."""
    names = [field.attname for field in model._meta.local_concrete_fields]
    count, total = 0, 0
    for values in QuerySet(model, using=alias).order_by().values_list(*names).iterator(chunk_size=CHUNK):
        described = json.dumps([plain(value) for value in values], sort_keys=True)
        total += int.from_bytes(hashlib.sha256(described.encode()).digest())
        count += 1
    return Content(count, f"{total % 2**256:064x}")


def plain(value: Any) -> Any:
    """Write a value so that it is the same from both databases: JSON numbers by value, instants in UTC."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Decimal):
        return str(value.normalize())
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    return str(value)
