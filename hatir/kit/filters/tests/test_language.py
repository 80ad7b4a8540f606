"""The filter language: reading, refusing, resolving, saying."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hatir.kit.filters import (
    All,
    Any,
    Compare,
    FilterError,
    Has,
    Not,
    evaluate,
    fields_of,
    parse,
    resolve,
    to_json,
    walk,
)
from hatir.kit.filters.describe import describe
from hatir.kit.filters.samples import sample_filters, sample_trees
from hatir.kit.filters.tests.world import CONTEXT, CUSTOMER, RELATED, relations
from hatir.kit.filters.text import parse_text, to_text
from hatir.kit.filters.tree import PRIMITIVE_OPS, DaysFromToday, Node, Variable
from hatir.kit.filters.values import FilterContext
from hatir.kit.ids import encode_id


def read(data: object) -> Node:
    """Parse against the little world."""
    return parse(data, RELATED, relations)


def fits(data: object, row: Mapping[str, object], context: FilterContext = CONTEXT) -> bool:
    """Parse, resolve and evaluate."""
    return evaluate(resolve(read(data), context), row)


class TestParse:
    def test_makes_a_typed_tree(self) -> None:
        tree = read(
            {
                "all": [
                    {"field": "city", "op": "is", "value": "İzmir"},
                    {"any": [{"field": "lifetime_value", "op": "gte", "value": 5000.5}, {"not": {"has": "orders"}}]},
                    {"field": "company.industry", "op": "is", "value": "food"},
                    {"field": "custom.alerji", "op": "contains", "value": "fıstık"},
                    {"field": "owner", "op": "is", "value": {"var": "me"}},
                    {"field": "seen_at", "op": "after", "value": {"days_ago": 90}},
                ]
            }
        )

        assert tree == All(
            (
                Compare("city", "is", "İzmir", "text"),
                Any((Compare("lifetime_value", "gte", Decimal("5000.5"), "money"), Not(Has("orders")))),
                Compare("company.industry", "is", "food", "choice"),
                Compare("custom.alerji", "contains", "fıstık", "text"),
                Compare("owner", "is", Variable("me"), "user"),
                Compare("seen_at", "after", DaysFromToday(-90), "datetime"),
            )
        )
        assert fields_of(tree) >= {"city", "orders", "company.industry"}
        assert len(list(walk(tree))) == 10

    def test_nothing_asked_matches_everything(self) -> None:
        assert read({}) == read(None) == All(())

    def test_a_step_may_name_a_type_instead_of_a_field(self) -> None:
        tree = read({"has": "commerce.order", "where": {"field": "total", "op": "gt", "value": 5}})

        assert tree == Has("commerce.order", Compare("total", "gt", Decimal(5), "money"))

    def test_reads_record_keys_in_both_spellings(self) -> None:
        spelled = {"field": "owner", "op": "is", "value": encode_id(42)}

        assert read(spelled) == read({**spelled, "value": 42})
        assert to_json(read(spelled)) == spelled

    @pytest.mark.parametrize(
        ("data", "field", "op"),
        [
            ({"field": "nope", "op": "is", "value": 1}, "nope", ""),
            ({"field": "company.nope", "op": "is", "value": 1}, "nope", ""),
            ({"field": "orders.total", "op": "gt", "value": 1}, "orders.total", ""),
            ({"field": "city.name", "op": "is", "value": "a"}, "city.name", ""),
            ({"field": "city", "op": "gt", "value": "a"}, "city", "gt"),
            ({"field": "city", "op": "like", "value": "a"}, "city", "like"),
            ({"field": "city", "op": "is"}, "city", "is"),
            ({"field": "city", "op": "is", "value": ["a"]}, "city", "is"),
            ({"field": "city", "op": "is", "value": "  "}, "city", "is"),
            ({"field": "city", "op": "is", "value": 5}, "city", "is"),
            ({"field": "city", "op": "in", "value": "a"}, "city", "in"),
            ({"field": "city", "op": "empty", "value": 1}, "city", "empty"),
            ({"field": "visits", "op": "is", "value": 1.5}, "visits", "is"),
            ({"field": "visits", "op": "is", "value": True}, "visits", "is"),
            ({"field": "visits", "op": "is", "value": "NaN"}, "visits", "is"),
            ({"field": "visits", "op": "between", "value": [1]}, "visits", "between"),
            ({"field": "stage", "op": "is", "value": "z"}, "stage", "is"),
            ({"field": "owner", "op": "is", "value": "ayşe"}, "owner", "is"),
            ({"field": "team", "op": "is", "value": {"var": "my_teams"}}, "team", "is"),
            ({"field": "team", "op": "in", "value": {"var": "them"}}, "team", "in"),
            ({"field": "visits", "op": "is", "value": {"var": "me"}}, "visits", "is"),
            ({"field": "seen_at", "op": "within", "value": "2026-01-01"}, "seen_at", "within"),
            ({"field": "seen_at", "op": "within", "value": {"period": "someday"}}, "seen_at", "within"),
            ({"field": "seen_at", "op": "after", "value": {"period": "today"}}, "seen_at", "after"),
            ({"field": "seen_at", "op": "after", "value": "31.02.2026"}, "seen_at", "after"),
            ({"field": "seen_at", "op": "after", "value": {"days_ago": -1}}, "seen_at", "after"),
            ({"has": "city"}, "city", "has"),
            ({"has": "stranger"}, "stranger", ""),
        ],
    )
    def test_refuses_and_names_the_place(self, data: object, field: str, op: str) -> None:
        with pytest.raises(FilterError) as caught:
            read(data)

        assert (caught.value.field, caught.value.op) == (field, op)
        assert str(caught.value)

    @pytest.mark.parametrize(
        "data", [5, [], "x", {"all": 5}, {"all": [], "any": []}, {"field": 5, "op": "is"}, {"has": 5}, {"x": 1}]
    )
    def test_refuses_what_is_no_filter(self, data: object) -> None:
        with pytest.raises(FilterError):
            read(data)

    def test_limits(self) -> None:
        leaf: dict[str, object] = {"field": "visits", "op": "is", "value": 1}
        nested = leaf
        for _level in range(8):
            nested = {"not": nested}
        with pytest.raises(FilterError, match="8"):
            read(nested)
        with pytest.raises(FilterError, match="200"):
            read({"all": [leaf] * 200})
        with pytest.raises(FilterError, match="1000"):
            read({"field": "visits", "op": "in", "value": list(range(1001))})
        assert len(list(walk(read({"all": [leaf] * 199})))) == 200

    def test_json_comes_back_equal(self) -> None:
        for data in sample_filters(CUSTOMER, seed=5, count=300, context=CONTEXT):
            tree = parse(data, CUSTOMER)

            assert parse(to_json(tree), CUSTOMER) == tree


class TestResolve:
    def test_leaves_only_primitive_operators(self) -> None:
        for tree in sample_trees(CUSTOMER, seed=2, count=300, context=CONTEXT):
            assert all(node.op in PRIMITIVE_OPS for node in walk(tree) if isinstance(node, Compare))

    def test_a_day_is_a_stretch_of_instants_in_the_company_zone(self) -> None:
        on = resolve(read({"field": "seen_at", "op": "on", "value": "21.11.2026"}), CONTEXT)
        after = resolve(read({"field": "seen_at", "op": "after", "value": "2026-11-21"}), CONTEXT)
        start, end = datetime(2026, 11, 20, 21, tzinfo=UTC), datetime(2026, 11, 21, 21, tzinfo=UTC)

        assert on == All((Compare("seen_at", "gte", start, "datetime"), Compare("seen_at", "lt", end, "datetime")))
        assert after == Compare("seen_at", "gte", end, "datetime")

    def test_relative_dates_count_from_today(self) -> None:
        tree = resolve(read({"field": "born_on", "op": "after", "value": {"days_ago": 90}}), CONTEXT)

        assert tree == Compare("born_on", "gt", date(2026, 8, 23), "date")

    def test_variables(self) -> None:
        mine = {"field": "owner", "op": "is", "value": {"var": "me"}}
        ours = {"field": "team", "op": "in", "value": {"var": "my_teams"}}

        assert fits(mine, {"owner": 3})
        assert not fits(mine, {"owner": 4})
        assert fits(ours, {"team": 2})

    def test_nobody_and_no_team_match_nothing(self) -> None:
        nobody = FilterContext(at=CONTEXT.at, zone=CONTEXT.zone)
        mine = {"field": "owner", "op": "is", "value": {"var": "me"}}

        assert not fits(mine, {"owner": None}, nobody)
        assert fits({**mine, "op": "is_not"}, {"owner": 3}, nobody)
        assert not fits({"field": "team", "op": "in", "value": {"var": "my_branches"}}, {"team": 1})
        assert not fits({"field": "tags", "op": "all_of", "value": []}, {"tags": ["a"]})


class TestEvaluate:
    @pytest.mark.parametrize(
        ("op", "value", "on_null"),
        [
            ("is", "a", False), ("is_not", "a", True), ("in", ["a"], False), ("not_in", ["a"], True),
            ("contains", "a", False), ("not_contains", "a", True), ("starts", "a", False), ("ends", "a", False),
            ("empty", None, True), ("not_empty", None, False),
        ],
    )  # fmt: skip
    def test_null_never_fits_a_positive_operator(self, op: str, value: object, on_null: bool) -> None:
        data = {"field": "city", "op": op} | ({} if value is None else {"value": value})

        assert fits(data, {"city": None}) is on_null
        assert fits({"not": data}, {"city": None}) is not on_null

    def test_null_is_neither_yes_nor_no(self) -> None:
        assert not fits({"field": "active", "op": "true"}, {"active": None})
        assert not fits({"field": "active", "op": "false"}, {"active": None})
        assert fits({"field": "active", "op": "false"}, {"active": False})

    def test_text_is_compared_folded(self) -> None:
        assert fits({"field": "city", "op": "is", "value": "IZMIR"}, {"city": "İzmir"})
        assert fits({"field": "name", "op": "contains", "value": "ışık"}, {"name": "Ayşe ISIK"})
        assert not fits({"field": "stage", "op": "is", "value": "a"}, {"stage": "A"})

    def test_many_values(self) -> None:
        row = {"tags": ["a", "b"]}

        assert fits({"field": "tags", "op": "any_of", "value": ["b", "c"]}, row)
        assert not fits({"field": "tags", "op": "all_of", "value": ["b", "c"]}, row)
        assert fits({"field": "tags", "op": "none_of", "value": ["c"]}, row)
        assert fits({"field": "tags", "op": "none_of", "value": ["c"]}, {"tags": None})

    def test_paths_and_steps(self) -> None:
        row = {"company": {"industry": "food"}, "orders": [{"total": Decimal(900)}]}
        big = {"has": "orders", "where": {"field": "total", "op": "gt", "value": 500}}

        assert fits({"field": "company.industry", "op": "is", "value": "food"}, row)
        assert fits({"field": "company.industry", "op": "empty"}, {"company": None})
        assert fits(big, row)
        assert not fits(big, {"orders": []})
        assert fits({"has_no": "orders"}, {"orders": []})


EXAMPLE = 'city in ("İzmir", "Ankara") and lifetime_value >= 5000 and not tags any_of ("a")'


class TestText:
    def test_the_example(self) -> None:
        tree = parse_text(EXAMPLE, RELATED, relations)

        assert tree == All(
            (
                Compare("city", "in", ("İzmir", "Ankara"), "text"),
                Compare("lifetime_value", "gte", Decimal(5000), "money"),
                Not(Compare("tags", "any_of", ("a",), "multichoice")),
            )
        )
        assert to_text(tree) == EXAMPLE

    @pytest.mark.parametrize(
        "line",
        [
            "everything",
            "nothing",
            'city is "a \\"b\\" \\\\c"',
            "not (visits > 5 or visits < 2) and active true",
            "active is yes",
            "visits between (-5, 10)",
            "seen_at after days_ago(90) and seen_at within this_month",
            "born_on on 2026-11-21 or seen_at before 2026-11-21T10:00:00+03:00",
            "owner is me and team in my_teams",
            'has orders where (total > 100.50 and status is_not "x") or has_no orders',
            "(visits > 1 or visits < 0) and (active true or active empty)",
            'company.industry is "food" and custom.alerji not_empty',
            f"owner in ({encode_id(5)}, me)",
        ],
    )
    def test_comes_back_as_written(self, line: str) -> None:
        normal = line.replace(f"({encode_id(5)}, me)", f"({encode_id(5)}, me)")

        assert to_text(parse_text(line, RELATED, relations)) == normal

    def test_symbols(self) -> None:
        assert parse_text("visits = 5 or visits != 6", CUSTOMER) == parse_text(
            "visits is 5 or visits is_not 6", CUSTOMER
        )

    def test_means_the_same_on_the_way_back(self) -> None:
        for data in sample_filters(CUSTOMER, seed=9, count=300, context=CONTEXT):
            once = parse_text(to_text(parse(data, CUSTOMER)), CUSTOMER)

            assert parse_text(to_text(once), CUSTOMER) == once

    @pytest.mark.parametrize(
        ("line", "position"),
        [
            ("visits >", 8),
            ("visits > > 5", 9),
            ("visits 5", 7),
            ("and", 0),
            ("visits > 5 visits", 11),
            ("(visits > 5", 11),
            ("city is İzmir", 8),
            ('city is "İzmir', 8),
            ("city in (5 6)", 11),
            ("visits > 5 ; x", 11),
            ("seen_at after days_ago(x)", 23),
            ("(" * 9 + "active true" + ")" * 9, 8),
        ],
    )
    def test_errors_tell_where(self, line: str, position: int) -> None:
        with pytest.raises(FilterError) as caught:
            parse_text(line, CUSTOMER)

        assert caught.value.position == position

    def test_the_empty_line_matches_everything(self) -> None:
        assert parse_text("  ", CUSTOMER) == All(())


class TestDescribe:
    def test_says_labels_and_values(self) -> None:
        tree = read(
            {
                "all": [
                    {"field": "city", "op": "in", "value": ["İzmir", "Ankara"]},
                    {"any": [{"field": "stage", "op": "is", "value": "b"}, {"field": "active", "op": "true"}]},
                    {"has": "orders", "where": {"field": "total", "op": "gte", "value": 5000}},
                ]
            }
        )

        sentence = describe(tree, RELATED, relations)

        for expected in ("Şehir", "İzmir, Ankara", "(Aşama", "Müşteri", "Siparişler", "Tutar", "5"):
            assert expected in sentence

    def test_never_fails_on_any_filter(self) -> None:
        for data in sample_filters(CUSTOMER, seed=4, count=200, context=CONTEXT):
            assert describe(parse(data, CUSTOMER), CUSTOMER)
            assert describe(parse(data, CUSTOMER), {})
