"""Keeping who is in a segment: built whole in SQL, and tested anew for those few whom a change touched.

Membership is derived from rules and records, so it does not pass the write door: no version, no audit entry. What
it leaves instead is its own history (`SegmentStay`) and the event `SegmentChanged`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from hatir.domains.customers.events import MOST_EVENTS, MOST_NAMED, SegmentChanged
from hatir.domains.customers.models import Customer, Segment, SegmentCount, SegmentMember, SegmentStay
from hatir.domains.customers.queries.rules_of_segments import SEGMENT, Ruled, fitting, live_segments, with_dependents
from hatir.foundation.events.bus import publish
from hatir.foundation.records import bulk
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.kit.ids import encode_id, ids_by_number, new_ids

BATCH = 50_000
TESTED = 500
MOST_INVENTED = 5000
"""So many members of a segment get a past in an example company: it is to be looked at, not to be filled."""
FIT, GONE = "segment_fit", "segment_gone"
Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Moved:
    """How many entered and left."""

    added: int = 0
    removed: int = 0


def build_segment(ruled: Ruled, *, actor: Actor, told: Told | None = None) -> Moved:
    """Find out anew who is in a segment: one evaluation of the rule, then the difference, in batches of 50,000.

    `told` hears inside each batch's transaction how far it is. Safe to run twice, and to stop in between.
    """
    if ruled.tree is None:
        return Moved()
    began = timezone.now()
    with _working_tables():
        _run(f"INSERT INTO {FIT} (id) ", fitting(ruled.tree, began).order_by().values("pk"))
        if connection.vendor == "postgresql":
            _execute(f"ANALYZE {FIT}")
        _split(ruled.segment.pk)
        moved = _Mover(ruled.segment, actor, began, told).move()
    changed = Customer.objects.filter(updated_at__gte=began).order_by("pk").values_list("pk", flat=True)
    for ids in _parts(changed.iterator(chunk_size=TESTED)):
        retest(ids, [ruled], actor=actor)
    return moved


def _run(head: str, rows: Any) -> None:
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(head + sql, params)


def _execute(sql: str, params: Sequence[Any] = ()) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


@contextmanager
def _working_tables() -> Iterator[None]:
    """Lend two tables of this connection: who fits and is not in yet, and who is in and fits no longer."""
    for name in (FIT, GONE):
        _execute(f"DROP TABLE IF EXISTS {name}")
        _execute(f"CREATE TEMPORARY TABLE {name} (id bigint PRIMARY KEY)")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            for name in (FIT, GONE):
                _execute(f"DROP TABLE {name}")


def _split(segment_id: int) -> None:
    """Leave in the one table those who enter, and put those who leave into the other."""
    held = f"SELECT customer_id FROM {SegmentMember._meta.db_table} WHERE segment_id = %s"  # noqa: S608 — our own names
    if not SegmentMember.objects.filter(segment=segment_id).exists():
        return
    missing = f"NOT EXISTS (SELECT 1 FROM {FIT} WHERE {FIT}.id = customer_id)"  # noqa: S608
    _execute(f"INSERT INTO {GONE} (id) {held} AND {missing}", [segment_id])
    _execute(f"DELETE FROM {FIT} WHERE id IN ({held})", [segment_id])  # noqa: S608


class _Mover:
    """Carries out one difference in batches."""

    def __init__(self, segment: Segment, actor: Actor, at: datetime, told: Told | None) -> None:
        self.segment, self.actor, self.at, self.told = segment, actor, at, told
        self.entering, self.leaving = _count(FIT), _count(GONE)
        self.done = 0
        self.is_summary = self.entering + self.leaving > MOST_NAMED * MOST_EVENTS

    def move(self) -> Moved:
        for first, last, count in _ranges(GONE):
            self._batch(self._leave, first, last, count)
        for first, last, count in _ranges(FIT):
            self._batch(self._enter, first, last, count)
        with transaction.atomic():
            note_count(self.segment, self.at)
            if self.is_summary:
                self._tell(added_count=self.entering, removed_count=self.leaving, is_summary=True)
            if self.told is not None:
                self.told(self.done, self.entering + self.leaving)
        return Moved(self.entering, self.leaving)

    def _batch(self, write: Callable[[int, int, int], None], first: int, last: int, count: int) -> None:
        with transaction.atomic():
            write(first, last, count)
            self.done += count
            if self.told is not None:
                self.told(self.done, self.entering + self.leaving)

    def _enter(self, first: int, last: int, count: int) -> None:
        numbered = f"(SELECT id, row_number() OVER (ORDER BY id) AS n FROM {FIT} WHERE id BETWEEN %s AND %s) AS f"  # noqa: S608
        member, stay = SegmentMember._meta.db_table, SegmentStay._meta.db_table
        _execute(
            f"INSERT INTO {member} (id, segment_id, customer_id) "  # noqa: S608
            f"SELECT {ids_by_number(count, 'f.n')}, {self.segment.pk}, f.id FROM {numbered} "
            "WHERE true ON CONFLICT DO NOTHING",
            [first, last],
        )
        _execute(
            f"INSERT INTO {stay} (id, segment_id, customer_id, entered_at) "  # noqa: S608
            f"SELECT {ids_by_number(count, 'f.n')}, {self.segment.pk}, f.id, %s FROM {numbered} "
            "WHERE true ON CONFLICT DO NOTHING",
            [_instant(self.at), first, last],
        )
        self._name(FIT, first, last, "added")

    def _leave(self, first: int, last: int, count: int) -> None:
        inside = f"segment_id = {self.segment.pk} AND customer_id IN (SELECT id FROM {GONE} WHERE id BETWEEN %s AND %s)"  # noqa: S608
        _execute(
            f"UPDATE {SegmentStay._meta.db_table} SET left_at = %s WHERE left_at IS NULL AND {inside}",  # noqa: S608
            [_instant(self.at), first, last],
        )
        _execute(f"DELETE FROM {SegmentMember._meta.db_table} WHERE {inside}", [first, last])  # noqa: S608
        self._name(GONE, first, last, "removed")

    def _name(self, table: str, first: int, last: int, side: str) -> None:
        """Tell who moved, a thousand an event, unless there are too many to name."""
        if self.is_summary:
            return
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {table} WHERE id BETWEEN %s AND %s ORDER BY id", [first, last])  # noqa: S608
            ids = [encode_id(row[0]) for row in cursor.fetchall()]
        for start in range(0, len(ids), MOST_NAMED):
            part = tuple(ids[start : start + MOST_NAMED])
            self._tell(**{side: part, f"{side}_count": len(part)})

    def _tell(self, **facts: Any) -> None:
        tell(self.segment, self.at, self.actor, **facts)


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        return int(cursor.fetchone()[0])


def _ranges(table: str) -> Iterator[tuple[int, int, int]]:
    """Cut a working table into ranges of ids: first, last, how many."""
    after = -1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT min(id), max(id), count(*) FROM "  # noqa: S608
                f"(SELECT id FROM {table} WHERE id > %s ORDER BY id LIMIT {BATCH}) AS part",
                [after],
            )
            first, last, count = cursor.fetchone()
        if not count:
            return
        yield first, last, count
        after = last


def _instant(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at) if connection.vendor == "sqlite" else at


def tell(segment: Segment, at: datetime, actor: Actor, **facts: Any) -> None:
    """Publish what moved."""
    publish(SegmentChanged(about=(RecordRef(SEGMENT, segment.pk),), at=at.isoformat(), **facts), actor=actor)


def note_count(segment: Segment, at: datetime) -> None:
    """Keep how many are in a segment, on the segment and as the figure of the day."""
    count = SegmentMember.objects.filter(segment=segment).count()
    Segment.objects.filter(pk=segment.pk).update(member_count=count, counted_at=at)
    SegmentCount.objects.update_or_create(segment=segment, day=timezone.localtime(at).date(), defaults={"count": count})


# --- a few customers -------------------------------------------------------------------------------


def retest(customer_ids: Collection[int], segments: Sequence[Ruled], *, actor: Actor) -> int:
    """Test these customers, at most a few hundred, against segments in their order; give how many moves there were."""
    if not customer_ids or not segments:
        return 0
    at = timezone.now()
    rows = SegmentMember.objects.filter(customer__in=customer_ids, segment__in=[one.segment.pk for one in segments])
    held: dict[int, set[int]] = {}
    for segment_id, customer_id in rows.values_list("segment_id", "customer_id"):
        held.setdefault(segment_id, set()).add(customer_id)
    moves = 0
    for ruled in segments:
        if ruled.tree is None:
            continue
        inside = held.get(ruled.segment.pk, set())
        fits = set(fitting(ruled.tree, at).filter(pk__in=customer_ids).values_list("pk", flat=True))
        moves += _move_few(ruled.segment, fits - inside, inside - fits, at, actor)
    return moves


def _move_few(segment: Segment, entering: set[int], leaving: set[int], at: datetime, actor: Actor) -> int:
    if not entering and not leaving:
        return 0
    with transaction.atomic():
        keys = iter(new_ids(2 * len(entering)))
        SegmentMember.objects.bulk_create(
            [SegmentMember(id=next(keys), segment=segment, customer_id=pk) for pk in sorted(entering)],
            ignore_conflicts=True,
        )
        SegmentStay.objects.bulk_create(
            [SegmentStay(id=next(keys), segment=segment, customer_id=pk, entered_at=at) for pk in sorted(entering)],
            ignore_conflicts=True,
        )
        gone = {"segment": segment, "customer__in": leaving}
        SegmentStay.objects.filter(left_at=None, **gone).update(left_at=at)
        SegmentMember.objects.filter(**gone).delete()
        Segment.objects.filter(pk=segment.pk).update(
            member_count=F("member_count") + len(entering) - len(leaving), counted_at=at
        )
        tell(
            segment,
            at,
            actor,
            added=tuple(encode_id(pk) for pk in sorted(entering)),
            removed=tuple(encode_id(pk) for pk in sorted(leaving)),
            added_count=len(entering),
            removed_count=len(leaving),
        )
    return len(entering) + len(leaving)


def _parts(ids: Iterable[int]) -> Iterator[list[int]]:
    part: list[int] = []
    for pk in ids:
        part.append(pk)
        if len(part) == TESTED:
            yield part
            part = []
    if part:
        yield part


def retest_touched(customer_ids: Sequence[int], fields: Collection[str] | None, *, actor: Actor) -> int:
    """Test customers of whom these fields changed (None: all) against the segments that hang on them."""
    read = live_segments()
    touched = {ruled.segment.pk for ruled in read if fields is None or ruled.needs.fields & set(fields)}
    return _retest_segments(customer_ids, read, touched, actor)


def retest_linked(type_key: str, found: Q, *, actor: Actor, most: int) -> set[int]:
    """Test the customers whom records of a linked type lead to, by `found`, the condition on those records.

    Gives the segments for which they are more than `most`: those have to be built whole.
    """
    read = live_segments()
    too_many: set[int] = set()
    for ruled in read:
        ids: set[int] = set()
        for link in ruled.needs.links:
            if link.type_key == type_key:
                rows = Customer.objects.filter(link.up(found)).order_by().values_list("pk", flat=True)
                ids.update(rows[: most + 1])
        if len(ids) > most:
            too_many.add(ruled.segment.pk)
        elif ids:
            _retest_segments(sorted(ids), read, {ruled.segment.pk}, actor)
    return too_many


def _retest_segments(customer_ids: Sequence[int], read: Sequence[Ruled], touched: set[int], actor: Actor) -> int:
    if not touched:
        return 0
    wanted = with_dependents(read, touched)
    chosen = [ruled for ruled in read if ruled.segment.pk in wanted]
    return sum(retest(part, chosen, actor=actor) for part in _parts(customer_ids))


def empty_segment(segment: Segment, *, actor: Actor) -> int:
    """Let everybody leave an archived segment; its history stays."""
    at = timezone.now()
    with transaction.atomic():
        count = SegmentMember.objects.filter(segment=segment).delete()[0]
        SegmentStay.objects.filter(segment=segment, left_at=None).update(left_at=at)
        note_count(segment, at)
        if count:
            tell(segment, at, actor, removed_count=count, is_summary=True)
    return count


def invent_history(*, days: int, seed: int) -> None:
    """Give the segments of an example company a past: members entered on different days, some came and went."""
    chance = random.Random(seed)  # noqa: S311 — a demo, not a secret
    now = timezone.now()
    for segment in Segment.objects.order_by("pk"):
        stays = list(SegmentStay.objects.filter(segment=segment, left_at=None).order_by("pk")[:MOST_INVENTED])
        for stay in stays:
            stay.entered_at = now - timedelta(days=chance.randint(1, days) if chance.random() < 0.5 else days)
        bulk.update_rows(SegmentStay, ["entered_at"], [(stay.entered_at, stay.pk) for stay in stays])
        held = [stay.customer_id for stay in stays]
        others = Customer.objects.filter(archived_at=None).exclude(pk__in=held).order_by("pk")
        past = list(others.values_list("pk", flat=True)[: len(held) // 3])
        begins = [now - timedelta(days=chance.randint(days // 2, days)) for _pk in past]
        gone = [
            SegmentStay(segment=segment, customer_id=pk, entered_at=at, left_at=at + (now - at) * chance.random())
            for pk, at in zip(past, begins, strict=True)
        ]
        bulk.insert(gone)
        _invent_counts(segment, [*stays, *gone], days, now)


def _invent_counts(segment: Segment, stays: Sequence[SegmentStay], days: int, now: datetime) -> None:
    figures = []
    for back in range(1, days):
        at = now - timedelta(days=back)
        count = sum(stay.entered_at <= at and (stay.left_at is None or stay.left_at > at) for stay in stays)
        figures.append(SegmentCount(segment=segment, day=timezone.localtime(at).date(), count=count))
    SegmentCount.objects.bulk_create(figures, ignore_conflicts=True)
