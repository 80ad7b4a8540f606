"""The warehouse compiler agrees with the reference on random filters and rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hatir.kit.filters import evaluate, parse, resolve
from hatir.kit.filters.samples import sample_rows, sample_trees
from hatir.kit.filters.tests.world import CONTEXT, CUSTOMER, RELATED, relations
from hatir.kit.text_tr import fold

ibis = pytest.importorskip("ibis")
to_ibis_module = pytest.importorskip("hatir.kit.filters.to_ibis")

COLUMN_TYPES = {
    "text": "string", "email": "string", "integer": "int64", "money": "decimal(18, 4)", "boolean": "boolean",
    "date": "date", "datetime": "timestamp('UTC')", "choice": "string", "multichoice": "array<string>",
    "user": "int64", "team": "int64", "id": "int64", "relation": "int64",
}  # fmt: skip
ROWS = sample_rows(CUSTOMER, seed=7, count=120, context=CONTEXT)


@pytest.fixture(scope="module")
def table() -> Any:
    """Put the sample rows into DuckDB."""
    import pyarrow as pa

    connection = ibis.duckdb.connect()
    schema = ibis.schema({name: COLUMN_TYPES[shape.kind] for name, shape in CUSTOMER.items()})
    rows = pa.Table.from_pylist(ROWS, schema=schema.to_pyarrow())
    return connection.create_table("customer", ibis.memtable(rows, schema=schema))


def found(table: Any, tree: Any, steps: Any = None) -> list[int]:
    """Run a filter in DuckDB."""
    matching = table.filter(to_ibis_module.to_ibis(tree, table, steps)).select("id").to_pyarrow()
    return sorted(matching.column("id").to_pylist())


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10**6))
def test_agrees_with_the_reference(table: Any, seed: int) -> None:
    for tree in sample_trees(CUSTOMER, seed=seed, count=3, context=CONTEXT):
        expected = [row["id"] for row in ROWS if evaluate(tree, row)]

        assert found(table, tree) == expected, tree


def test_random_filters_are_neither_all_hits_nor_all_misses() -> None:
    trees = list(sample_trees(CUSTOMER, seed=1, count=200, context=CONTEXT))
    hits = sum(evaluate(tree, row) for tree in trees for row in ROWS) / (len(trees) * len(ROWS))

    assert 0.2 < hits < 0.8


def test_folds_in_the_database_as_in_python() -> None:
    texts = [
        "Hâlâ Kâğıt",
        "IŞIK  İzmir",
        "Straße Łódź Ærø",
        "I\u0307stanbul",
        " a\u00a0b\tc ",
        "São Ñandú",
        "ÇĞŞÖÜ",
        "’tis–",
    ]
    table = ibis.memtable({"text": texts})

    folded = ibis.duckdb.connect().to_pyarrow(to_ibis_module.fold_expression(table.text)).to_pylist()

    assert folded == [fold(text) for text in texts]


def test_uses_a_stored_fold() -> None:
    table = ibis.table({"city": "string", "city__folded": "string"}, name="t")
    tree = resolve(parse({"field": "city", "op": "is", "value": "IZMIR"}, CUSTOMER), CONTEXT)

    sql = ibis.to_sql(table.filter(to_ibis_module.to_ibis(tree, table)), dialect="duckdb").lower()

    assert "city__folded" in sql
    assert "translate" not in sql


def test_has_steps_look_into_the_other_table() -> None:
    connection = ibis.duckdb.connect()
    customers = connection.create_table("c", ibis.memtable({"id": [1, 2, 3]}))
    orders = connection.create_table(
        "o",
        ibis.memtable(
            {"customer": [1, 1, 2, None], "total": [10, 900, 20, 900]}, schema={"customer": "int64", "total": "int64"}
        ),
    )
    steps = {"orders": to_ibis_module.ToMany(orders, "customer")}
    rows = [
        {"id": 1, "orders": [{"total": Decimal(10)}, {"total": Decimal(900)}]},
        {"id": 2, "orders": [{"total": Decimal(20)}]},
        {"id": 3, "orders": []},
    ]
    for data, expected in [
        ({"has": "orders"}, [1, 2]),
        ({"has_no": "orders"}, [3]),
        ({"has": "orders", "where": {"field": "total", "op": "gt", "value": 100}}, [1]),
        ({"has_no": "orders", "where": {"field": "total", "op": "gt", "value": 100}}, [2, 3]),
    ]:
        tree = resolve(parse(data, RELATED, relations), CONTEXT)

        assert found(customers, tree, steps) == expected
        assert [row["id"] for row in rows if evaluate(tree, row)] == expected
