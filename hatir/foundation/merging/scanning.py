"""Look for duplicates in the background: all records of a type once, afterwards only those that changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hatir.foundation.jobs.ahead import work_ahead
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.merging import key_table
from hatir.foundation.merging.blocking import keys
from hatir.foundation.merging.candidates import Forms, all_forms, forms_of, live_rows, near, scale_of
from hatir.foundation.merging.declared import Duplicates, compared_type, duplicates_of, types_with_duplicates
from hatir.foundation.merging.finding import BUCKETS, Pool
from hatir.foundation.merging.learning import learn, share_of_duplicates
from hatir.foundation.merging.models import DIFFERENT, LATER, MERGED, OPEN, ChangedRecord, LearntWeights, Pair, Scan
from hatir.foundation.merging.queries import chosen_rules
from hatir.foundation.merging.weighing import Scale, Weights, as_stored, bits_of, score_of
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.memory import forget
from hatir.foundation.records.registry import fields_of, record_type, record_types
from hatir.foundation.records.snapshot import value_of

READING_SHARE = 40
"""Of a hundred steps that people see, so many are the reading of the records."""
WORTH_A_PROCESS = 10_000
CHANGED_AT_ONCE = 100
STORED_AT_ONCE = 500
BELOW = 3.0
"""So many bits below the threshold a pair is still noted: the share of duplicates is only known at the end."""


def scan(scan_id: int, job: JobContext) -> dict[str, int]:
    """Compare all records of a type. After a stop it goes on where it was; decisions of people stay."""
    run = Scan.objects.get(pk=scan_id)
    rt = record_type(run.type_key)
    rules = chosen_rules(rt)
    pool = _read(rt, rules, job)
    weights = learn(rules.comparisons, pool.forms)
    largest = pool.largest_group()
    _keep_weights(rt, weights, largest)
    scale, lowest = Scale(rules.comparisons, weights), bits_of(rules.threshold) - BELOW
    stored: set[tuple[int, int]] = set()
    buckets = range(run.next_bucket, BUCKETS)
    compared = (pool.pairs(bucket, scale, largest=largest, at_least=lowest) for bucket in buckets)
    # What is found in one bucket is stored while a second process compares the next.
    for bucket, found in zip(buckets, work_ahead(compared) if len(pool) > WORTH_A_PROCESS else compared, strict=True):
        fresh = [pair for pair in found if pair not in stored]
        stored.update(fresh)
        with transaction.atomic():
            key_table.add(pool.key_rows(bucket, largest))
            store_pairs(rt, [_pair(rt, run, pool, scale, pair) for pair in fresh])
            Scan.objects.filter(pk=run.pk).update(next_bucket=bucket + 1)
            job.progress(READING_SHARE + (100 - READING_SHARE) * (bucket + 1) // (BUCKETS + 1), 100)
    run.record_count, run.largest_group, run.skipped_count = len(pool), largest, pool.skipped(largest)
    _finish(rt, rules, run, weights)
    job.progress(100, 100)
    return {"records": run.record_count, "pairs": run.pair_count, "wide_keys": run.skipped_count}


def _read(rt: RecordType, rules: Duplicates, job: JobContext) -> Pool:
    total = max(live_rows(rt).count(), 1)
    pool = Pool(rt.key, rules.comparisons)
    for page in all_forms(rt, rules):
        for record_id, forms in page:
            pool.add(record_id, forms)
        job.progress(min(READING_SHARE, READING_SHARE * len(pool) // total), 100)
    return pool


def _pair(rt: RecordType, run: Scan | None, pool: Pool, scale: Scale, places: tuple[int, int]) -> Pair:
    one, other = places
    return make_pair(rt, scale, (pool.ids[one], pool.forms[one]), (pool.ids[other], pool.forms[other]), run)


def make_pair(
    rt: RecordType, scale: Scale, one: tuple[int, Forms], other: tuple[int, Forms], run: Scan | None = None
) -> Pair:
    """Weigh two records and put them down as a pair, not stored yet."""
    if one[0] > other[0]:
        one, other = other, one
    verdict = scale.explain(one[1], other[1])
    return Pair(
        type_key=rt.key,
        one_id=one[0],
        other_id=other[0],
        bits=verdict.bits,
        score=verdict.score,
        reasons=[[reason.key, reason.level, reason.bits] for reason in verdict.reasons],
        found_at=timezone.now(),
        scan_id=run.pk if run else None,
    )


def store_pairs(rt: RecordType, pairs: Sequence[Pair]) -> None:
    """Store pairs; what people decided about one that is known stays."""
    Pair.objects.bulk_create(
        pairs,
        batch_size=STORED_AT_ONCE,
        update_conflicts=True,
        unique_fields=["one_id", "other_id"],
        update_fields=["type_key", "bits", "score", "reasons", "scan_id"],
    )


def _keep_weights(rt: RecordType, weights: Weights, largest: int) -> None:
    LearntWeights.objects.update_or_create(
        type_key=rt.key,
        defaults={"weights": as_stored(weights), "largest_group": largest, "learnt_at": timezone.now()},
    )
    forget(f"merging.learnt.{rt.key}")


@transaction.atomic
def _finish(rt: RecordType, rules: Duplicates, run: Scan, weights: Weights) -> None:
    """Weigh with the share of duplicates that was found; let go of pairs that are none any more."""
    seen = Pair.objects.filter(type_key=rt.key, scan_id=run.pk)
    prior = share_of_duplicates(seen.values_list("bits", flat=True).iterator(), run.record_count, weights.prior)
    shift = prior - weights.prior
    least = bits_of(rules.threshold)
    undecided = Pair.objects.filter(type_key=rt.key, state__in=(OPEN, LATER))
    undecided.exclude(scan_id=run.pk).delete()
    undecided.filter(bits__lt=least - shift).delete()
    part: list[Pair] = []
    for pair in seen.only("pk", "bits").iterator(chunk_size=STORED_AT_ONCE):
        pair.bits = round(pair.bits + shift, 3)
        pair.score = score_of(pair.bits)
        part.append(pair)
        if len(part) == STORED_AT_ONCE:
            Pair.objects.bulk_update(part, ["bits", "score"])
            part = []
    Pair.objects.bulk_update(part, ["bits", "score"])
    _keep_weights(rt, Weights(weights.count, prior, weights.any_two, weights.common), run.largest_group)
    run.pair_count = undecided.filter(state=OPEN).count()
    run.next_bucket, run.finished_at = BUCKETS, timezone.now()
    run.save()


# --- only what changed ----------------------------------------------------------------------------


def catch_up(job: JobContext) -> int:
    """Compare the records that changed since they were last compared; give how many."""
    done = 0
    while True:
        with transaction.atomic():
            changed = list(ChangedRecord.objects.order_by("pk")[:CHANGED_AT_ONCE])
            if not changed:
                return done
            # Taken off the list first: whoever changes one of them meanwhile puts it on again.
            ChangedRecord.objects.filter(pk__in=[row.pk for row in changed]).delete()
            compare_again({row.pk: row.type_key for row in changed})
            done += len(changed)
            job.progress(done)


def compare_again(changed: dict[int, str]) -> None:
    """Compare some records (type key by id) with those that share a key with them."""
    for rt, ids in _by_compared_type(changed).items():
        rules = chosen_rules(rt)
        scale, threshold = scale_of(rt, rules)
        own = forms_of(rt, rules, ids)
        around = {record_id: near(rt, rules, forms) for record_id, forms in own}
        key_table.add((key, record_id) for record_id, forms in own for key in keys(rt.key, rules.comparisons, forms))
        for record_id, forms in own:  # what came into the table now are neighbours, too
            around[record_id] |= near(rt, rules, forms)
        forms_by_id = dict(forms_of(rt, rules, sorted(set().union(*around.values(), ids))))
        pairs: dict[tuple[int, int], Pair] = {}
        for record_id, forms in own:
            for other_id in around[record_id] & forms_by_id.keys() - {record_id}:
                pair = make_pair(rt, scale, (record_id, forms), (other_id, forms_by_id[other_id]))
                if pair.score >= threshold:
                    pairs[pair.one_id, pair.other_id] = pair
        _forget_old_pairs(ids, pairs.keys())
        store_pairs(rt, list(pairs.values()))


def _by_compared_type(changed: dict[int, str]) -> dict[RecordType, list[int]]:
    """Sort records by the type as which they are compared; archived ones count as of all, for their pairs go."""
    found: dict[RecordType, list[int]] = {}
    for type_key in set(changed.values()):
        root = record_type(type_key)
        ids = [pk for pk, key in changed.items() if key == type_key]
        records = list(root.model._base_manager.filter(pk__in=ids))
        gone = set(ids) - {record.pk for record in records if record.archived_at is None}
        _forget_old_pairs(sorted(gone), ())
        for record in records:
            kinds = {name: value_of(spec, record) for name, spec in fields_of(root).items() if spec.kind == "choice"}
            rt = compared_type(root, kinds)
            if rt is not None and record.pk not in gone:
                found.setdefault(rt, []).append(record.pk)
    return found


def _forget_old_pairs(ids: Sequence[int], kept: Iterable[tuple[int, int]]) -> None:
    undecided = Pair.objects.exclude(state__in=(DIFFERENT, MERGED))
    rows = undecided.filter(Q(one_id__in=ids) | Q(other_id__in=ids)).values_list("pk", "one_id", "other_id")
    stays = set(kept)
    gone = [pk for pk, one, other in rows if (one, other) not in stays]
    Pair.objects.filter(pk__in=gone).delete()


def note_changed(root_key: str, ids: Iterable[int]) -> None:
    """Put records on the list of those that have to be compared again."""
    ChangedRecord.objects.bulk_create(
        [ChangedRecord(record_id=pk, type_key=root_key) for pk in sorted(set(ids))],
        ignore_conflicts=True,
        batch_size=STORED_AT_ONCE,
    )


def changed_by(type_key: str, ids: Sequence[int], names: set[str] | None) -> list[tuple[str, list[int]]]:
    """Say which records have to be compared again when these were written, as (root type, ids).

    `names` are the fields that changed, None for all of them. A part (a further telephone) counts for its whole.
    """
    found: list[tuple[str, list[int]]] = []
    for rt in types_with_duplicates(record_types()):
        rules = duplicates_of(rt)
        assert rules is not None
        if rt.root_key == type_key:
            counted = {name for compare in rules.comparisons for name in compare.fields} | set(rt.where)
            if names is None or names & counted:
                found.append((type_key, list(ids)))
        for more in {compare.more for compare in rules.comparisons if compare.more and compare.more.of == type_key}:
            rows = record_type(more.of).model._base_manager.filter(pk__in=ids)
            found.append((rt.root_key, list(rows.values_list(f"{more.link}_id", flat=True))))
    return [pair for at, pair in enumerate(found) if pair not in found[:at]]


def waiting_types() -> list[str]:
    """Name the compared types of which records are waiting."""
    waiting = set(ChangedRecord.objects.values_list("type_key", flat=True).distinct())
    return [rt.key for rt in types_with_duplicates(record_types()) if rt.root_key in waiting]


def forget_changed(type_key: str) -> None:
    """Strike the records of a compared type off the list: they are all looked through."""
    rt = record_type(type_key)
    ChangedRecord.objects.filter(type_key=rt.root_key, record_id__in=live_rows(rt).values("pk")).delete()
