"""Measure sequences: `bin/hatir bench sequences [--enrolments 10000]`.

Prints how many leads a second are enrolled, and how many steps a second are taken: waits, calls that become tasks, and
mails with consent, words and the outbox. One process, everything rolled back. The ratio is to the bare storing of one
row for each step.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")
django.setup()

from django.db import connection, transaction  # noqa: E402

from bench.measuring import machine  # noqa: E402
from hatir.domains.customers.actions import create_customers  # noqa: E402
from hatir.domains.privacy.actions import record_consents  # noqa: E402
from hatir.domains.sequences import actions  # noqa: E402
from hatir.domains.sequences.models import Enrolment, EnrolmentMove  # noqa: E402
from hatir.foundation.preferences.actions import set_company  # noqa: E402
from hatir.foundation.records import bulk  # noqa: E402
from hatir.foundation.records.actor import system_actor  # noqa: E402
from hatir.foundation.records.memory import piece_of_work  # noqa: E402
from hatir.foundation.staff.models import User  # noqa: E402

ACTOR = system_actor("bench")
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
STEPS: dict[str, dict[str, Any]] = {
    "wait": {"kind": "wait", "wait_amount": 1},
    "call": {"kind": "call", "title": "Ara: {{ad soyad}}"},
    "mail": {"kind": "email", "title": "Merhaba {{ad}}", "text": "Sizi aramak isterim.\n\n{{temsilci}}"},
}
BATCH = 1000


def main() -> None:
    """Print one line for enrolling and one for each kind of step."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--enrolments", type=int, default=10_000)
    count = options.parse_args().enrolments
    print(machine())
    with transaction.atomic():
        with piece_of_work():
            people = _people(count)
        bare = _timed(lambda: _bare(people))
        print(f"{connection.vendor}: bare rows        {count / bare:8.0f}/s")
        for kind in STEPS:
            enrolling, stepping = _measure(kind, people)
            print(f"{connection.vendor}: enrolled         {count / enrolling:8.0f}/s   {enrolling / bare:6.1f} x")
            print(f"{connection.vendor}: steps ({kind})     {count / stepping:8.0f}/s   {stepping / bare:6.1f} x")
        transaction.set_rollback(True)


def _people(count: int) -> list[int]:
    """Make customers who agreed to mails, all of one sender without a limit in the way."""
    owner = User.objects.create_user("bench@example.com", None, name="Bora Tan")
    set_company({"sequences.mails_per_hour": 2000, "sequences.mails_per_day": 5000}, actor=ACTOR)
    ids: list[int] = []
    for start in range(0, count, BATCH):
        rows = [{"kind": "person", "name": f"Işıl Çınar {number}", "email": f"b{number}@example.com", "owner": owner.pk}
                for number in range(start, min(count, start + BATCH))]  # fmt: skip
        made = [customer.pk for customer in create_customers(rows, actor=ACTOR)]
        said = [{"customer": pk, "channel": "email", "status": "given", "obtained_from": "HS_WEB",
                 "obtained_at": MONDAY - timedelta(days=30)} for pk in made]  # fmt: skip
        record_consents(said, actor=ACTOR)
        ids += made
    return ids


def _measure(kind: str, people: list[int]) -> tuple[float, float]:
    with piece_of_work():
        row = {"name": f"Bench {kind}", "carries": "customers", "state": "active"}
        sequence = actions.create_sequences([row], actor=ACTOR)[0]
        actions.create_steps([{**STEPS[kind], "sequence": sequence.pk}], actor=ACTOR)
    enrolling = _timed(lambda: _enrol(sequence.pk, people))
    Enrolment.objects.filter(sequence=sequence).update(due_at=MONDAY)
    stepping = _timed(lambda: _run(kind, sequence.pk))
    return enrolling, stepping


def _enrol(sequence_id: int, people: list[int]) -> None:
    for start in range(0, len(people), BATCH):
        with piece_of_work():
            rows = [{"sequence": sequence_id, "customer": pk} for pk in people[start : start + BATCH]]
            actions.create_enrolments(rows, actor=ACTOR)


def _run(kind: str, sequence_id: int) -> None:
    """Let all take their step; mails need the minutes in which their sender has room."""
    with piece_of_work():
        actions.run_due(MONDAY)
    moment = MONDAY
    while kind == "mail" and Enrolment.objects.filter(sequence=sequence_id, awaits="sender").exists():
        with piece_of_work():
            actions.send_due(moment)
        moment += timedelta(minutes=1)


def _bare(people: list[int]) -> None:
    """Store one row for each, and nothing else; they are taken away again."""
    row = {"name": "Bench", "carries": "customers"}
    with piece_of_work():
        sequence = actions.create_sequences([row], actor=ACTOR)[0]
    one = Enrolment.objects.create(
        sequence=sequence, customer_id=people[0], status="finished", status_at=MONDAY, created_at=MONDAY,
        updated_at=MONDAY,
    )  # fmt: skip
    for start in range(0, len(people), BATCH):
        bulk.insert([EnrolmentMove(enrolment=one, status="active", at=MONDAY) for _pk in people[start : start + BATCH]])


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
