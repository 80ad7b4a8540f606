"""The door for derived facts: what other rooms and nightly reckoning find out about customers.

Derived facts are written in bulk without version and audit entry, because nobody decided them: they can be reckoned
anew at any time. What changed is told by `ScoresReplaced`, so segments follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Greatest

from hatir.domains.customers.events import ScoresReplaced
from hatir.domains.customers.models import Customer, TargetCriterion, TargetProfile
from hatir.domains.customers.preferences import BAND_A, BAND_B
from hatir.domains.customers.queries.rules_of_segments import fitting, read_rule
from hatir.foundation.access.queries import has_permission
from hatir.foundation.events.bus import publish
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import bulk
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, NotFoundHere
from hatir.foundation.records.refs import RecordRef
from hatir.kit.filters.schema import FilterError

WRITE_SCORES = "customers.write_scores"
SCORES = (
    "first_purchase_on", "last_purchase_on", "order_count", "average_basket", "days_between_orders", "repeat_rate",
    "monthly_uses", "rfm", "rfm_score", "revenue", "profit", "lifetime_value",
)  # fmt: skip
"""What other rooms may write; value bands and fit follow from it here."""
BATCH = 500
RANGE = 20_000
CHANGES = "score_change"


def replace_scores(rows: Iterable[tuple[int, Mapping[str, Any]]], *, actor: Actor) -> int:
    """Write derived facts of customers, given as (customer id, values by field); give how many customers changed.

    Streams in batches of 500. Raises Denied without the right, NotFoundHere for a name that is no derived fact.
    """
    if not actor.is_system and not has_permission(actor, WRITE_SCORES):
        raise Denied("edit", "customers.customer", sorted(SCORES))
    waiting, changed = iter(rows), 0
    while part := dict(islice(waiting, BATCH)):
        unknown = {name for values in part.values() for name in values} - set(SCORES)
        if unknown:
            raise NotFoundHere(f"customers.customer.{min(unknown)}")
        changed += _replace(part, actor)
    return changed


def _replace(part: Mapping[int, Mapping[str, Any]], actor: Actor) -> int:
    with transaction.atomic():
        touched, fields = [], set()
        for record in Customer.objects.filter(pk__in=part).order_by("pk"):
            differing = [name for name, value in part[record.pk].items() if getattr(record, name) != value]
            for name in differing:
                setattr(record, name, part[record.pk][name])
            if differing:
                touched.append(record)
                fields.update(differing)
        if touched:
            names = sorted(fields)
            bulk.update_rows(Customer, names, map(attrgetter(*names, "pk"), touched))
            _tell([record.pk for record in touched], names, actor)
    return len(touched)


def _tell(ids: Sequence[int], fields: Sequence[str], actor: Actor) -> None:
    about = tuple(RecordRef("customers.customer", pk) for pk in ids)
    publish(ScoresReplaced(about=about, fields=tuple(fields)), actor=actor)


# --- value bands -----------------------------------------------------------------------------------


def recalculate_bands(*, actor: Actor) -> int:
    """Sort customers into bands A, B and C by their share of all revenue, most first; give how many changed.

    Whoever begins below the threshold belongs to the band, so the largest customer is always in A. Customers
    without revenue have no band. Source: ABC analysis after Pareto's share (80/15/5), the shares being preferences.
    """
    total = Customer.objects.filter(archived_at=None, revenue__gt=0).aggregate(total=Sum("revenue"))["total"] or 0
    first = Decimal(total) * value_of(BAND_A.key) / 100
    second = first + Decimal(total) * value_of(BAND_B.key) / 100
    table = Customer._meta.db_table
    before = "sum(revenue) OVER (ORDER BY revenue DESC, id ROWS UNBOUNDED PRECEDING) - revenue"
    # The present band is read in the same pass: joined to the table again, SQLite compares everybody with everybody.
    banded = (
        f"SELECT id, value_band, CASE WHEN {before} < %s THEN 'A' WHEN {before} < %s THEN 'B' ELSE 'C' END AS band "  # noqa: S608
        f"FROM {table} WHERE archived_at IS NULL AND revenue > 0"
    )
    select = (
        f"SELECT id, band FROM ({banded}) AS b WHERE value_band <> band "  # noqa: S608
        f"UNION ALL SELECT id, '' FROM {table} WHERE value_band <> '' "
        "AND (archived_at IS NOT NULL OR revenue IS NULL OR revenue <= 0)"
    )
    return _write_changes("value_band", "varchar(1)", select, [_number(first), _number(second)], actor)


def _number(amount: Decimal) -> Any:
    return float(amount) if connection.vendor == "sqlite" else amount


# --- fit with the target customer --------------------------------------------------------------------


def recalculate_fit(*, actor: Actor, customer_ids: Sequence[int] | None = None) -> int:
    """Reckon how well customers fit the target customers in use, 0 to 100; give how many changed.

    The score is the weight of the criteria that hold, as a share of all weights; of several target customers the
    best counts. Without any, nobody has a score.
    """
    rows = Customer.objects.filter(archived_at=None)
    if customer_ids is not None:
        rows = rows.filter(pk__in=customer_ids)
    scores = [score for profile in _profiles() if (score := _score_of(profile)) is not None]
    if scores:
        best = scores[0] if len(scores) == 1 else Greatest(*scores)
        differing = rows.annotate(found=best).exclude(fit_score=F("found"), fit_score__isnull=False)
    else:
        nothing = Value(None, output_field=IntegerField())
        differing = rows.filter(fit_score__isnull=False).annotate(found=nothing)
    if customer_ids is not None:
        return _write_few("fit_score", dict(differing.values_list("pk", "found")), actor)
    sql, params = differing.order_by().values("pk", "found").query.sql_with_params()
    return _write_changes("fit_score", "integer", sql, params, actor)


def _profiles() -> QuerySet[TargetProfile]:
    return TargetProfile.objects.filter(archived_at=None, is_active=True).order_by("pk")


def _score_of(profile: TargetProfile) -> Any:
    """Give the expression of a profile's score, rounded half up; None for a profile that asks for nothing."""
    total = 0
    points: Any = None
    for criterion in TargetCriterion.objects.filter(profile=profile, archived_at=None, weight__gt=0).order_by("pk"):
        try:
            holds = Q(pk__in=fitting(read_rule(criterion.rule)).order_by().values("pk"))
        except FilterError:
            continue
        total += criterion.weight
        here = Case(When(holds, then=criterion.weight), default=0, output_field=IntegerField())
        points = here if points is None else points + here
    return None if points is None else (points * 200 + total) / (2 * total)


# --- writing one derived column -----------------------------------------------------------------------


def _write_few(column: str, values: Mapping[int, Any], actor: Actor) -> int:
    for value in set(values.values()):
        Customer.objects.filter(pk__in=[pk for pk, one in values.items() if one == value]).update(**{column: value})
    if values:
        _tell(sorted(values), [column], actor)
    return len(values)


def _write_changes(column: str, kind: str, select: str, params: Sequence[Any], actor: Actor) -> int:
    """Write a column where `select` (id, value) says that it changes, in ranges, and tell who changed."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {CHANGES}")
        cursor.execute(f"CREATE TEMPORARY TABLE {CHANGES} (id bigint PRIMARY KEY, value {kind})")
        cursor.execute(f"INSERT INTO {CHANGES} (id, value) {select}", params)
    changed = 0
    for ids in _changed_ids():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {Customer._meta.db_table} SET {column} = "  # noqa: S608
                f"(SELECT value FROM {CHANGES} AS c WHERE c.id = {Customer._meta.db_table}.id) "
                f"WHERE id IN (SELECT id FROM {CHANGES} WHERE id BETWEEN %s AND %s)",
                [ids[0], ids[-1]],
            )
            for start in range(0, len(ids), BATCH):
                _tell(ids[start : start + BATCH], [column], actor)
        changed += len(ids)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {CHANGES}")
    return changed


def _changed_ids() -> Iterator[list[int]]:
    after = -1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {CHANGES} WHERE id > %s ORDER BY id LIMIT {RANGE}", [after])  # noqa: S608
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return
        yield ids
        after = ids[-1]
