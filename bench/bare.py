"""The limit of the way in and out: the same rows into the same table by COPY or executemany, and back, nothing else."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from hatir.domains.customers.models import Customer
from hatir.kit.ids import new_id

BATCH = 5000
TEXTS = {
    "external_id": 0, "name": 1, "phone": 2, "email": 3, "city": 4, "district": 5, "address": 6, "job_title": 9,
}  # fmt: skip


def written_bare(path: Path) -> float:
    """Write the file's rows with all columns and indexes of the table; give the seconds. Nothing stays."""
    began = time.perf_counter()
    with transaction.atomic():
        rows = _records(path)
        while part := list(islice(rows, BATCH)):
            _insert(part)
        seconds = time.perf_counter() - began
        transaction.set_rollback(True)
    return seconds


def copied() -> float:
    """Read the same columns of all customers; give the seconds."""
    columns = ", ".join(TEXTS)
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY (SELECT {columns} FROM customers_customer ORDER BY id) TO STDOUT") as out:
                for _piece in out:
                    pass
        else:
            cursor.execute(f"SELECT {columns} FROM customers_customer ORDER BY id")
            while cursor.fetchmany(BATCH):
                pass
    return time.perf_counter() - began


def _records(path: Path) -> Iterator[list[Any]]:
    blank = Customer(created_at=timezone.now(), updated_at=timezone.now(), kind="person")
    fields = Customer._meta.concrete_fields
    held = {field.column: field.get_db_prep_save(getattr(blank, field.attname), connection) for field in fields}
    if connection.vendor == "postgresql":
        held["custom"] = "{}"
    places = {name: list(held).index(name) for name in TEXTS}
    key = list(held).index("id")
    with path.open(encoding="utf-8", newline="") as file:
        for cells in islice(csv.reader(file, delimiter=";"), 1, None):
            values = list(held.values())
            values[key] = new_id()
            for name, place in places.items():
                values[place] = cells[TEXTS[name]]
            yield values


def _insert(part: list[list[Any]]) -> None:
    columns = [field.column for field in Customer._meta.concrete_fields]
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY customers_customer ({names}) FROM STDIN") as copy:
                for row in part:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO customers_customer ({names}) VALUES ({marks})", part)
