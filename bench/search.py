"""Measure search as you type over synthetic customers: `python bench/search.py [--customers 200000] [--runs 400]`.

Works on the database of the environment (HATIR_HOME or DATABASE_URL), which must be migrated and may be empty;
customers are added until there are enough. Prints median, 95th percentile and worst in milliseconds, for an
administrator and for somebody who sees only his own records.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from hatir.domains.customers.models import Customer  # noqa: E402
from hatir.foundation.access.models import Grant, Role, RoleAssignment  # noqa: E402
from hatir.foundation.records.actor import Actor  # noqa: E402
from hatir.foundation.records.memory import piece_of_work  # noqa: E402
from hatir.foundation.records.registry import record_type  # noqa: E402
from hatir.foundation.search.actions import index_records  # noqa: E402
from hatir.foundation.search.queries import search  # noqa: E402
from hatir.foundation.staff.models import User  # noqa: E402
from hatir.kit.text_tr import fold, sort_key  # noqa: E402

GIVEN = [
    "Ayşe",
    "Fatma",
    "Emine",
    "Hatice",
    "Zeynep",
    "Elif",
    "Meryem",
    "Şerife",
    "Sultan",
    "Mehmet",
    "Mustafa",
    "Ahmet",
    "Ali",
    "Hüseyin",
    "Hasan",
    "İbrahim",
    "Osman",
    "Murat",
    "Ömer",
    "Işıl",
    "Çağla",
    "Gökçe",
    "Ümit",
    "Özge",
    "Şule",
    "Burak",
    "Kerem",
    "Deniz",
    "Derya",
    "Ceren",
    "Selin",
    "Onur",
    "Serkan",
    "Tolga",
    "Volkan",
    "Yasemin",
    "Ece",
    "İrem",
    "Naz",
    "Kaan",
]
FAMILY = [
    "Yılmaz",
    "Kaya",
    "Demir",
    "Şahin",
    "Çelik",
    "Yıldız",
    "Yıldırım",
    "Öztürk",
    "Aydın",
    "Özdemir",
    "Arslan",
    "Doğan",
    "Kılıç",
    "Aslan",
    "Çetin",
    "Kara",
    "Koç",
    "Kurt",
    "Özkan",
    "Şimşek",
    "Polat",
    "Korkmaz",
    "Çakır",
    "Erdoğan",
    "Işık",
    "Iğdırlı",
    "Güneş",
    "Aksoy",
    "Taş",
    "Avcı",
    "Ünal",
    "Şen",
    "Turan",
    "Bulut",
    "Tekin",
    "Uysal",
    "Keskin",
    "Güler",
    "Sarı",
    "Acar",
]
BUSINESS = [
    "Market",
    "Lojistik",
    "Mimarlık",
    "Tekstil",
    "Gıda",
    "Yapı",
    "Turizm",
    "Otomotiv",
    "Sağlık",
    "Eğitim",
    "Mobilya",
    "Kimya",
]
CITIES = ["İstanbul", "Ankara", "İzmir", "Bursa", "Antalya", "Adana", "Konya", "Iğdır", "Muş", "Van", "Çorum", "Uşak"]
TYPED = (
    "meh",
    "mehm",
    "mehmet",
    "yil",
    "yıldırım",
    "isik",
    "ışık",
    "işık",
    "ay",
    "a",
    "kaya el",
    "555 01",
    "0555010",
    "loj",
    "lojistik iz",
    "ornek.test",
    "zzz",
    "ceti",
    "ızmir",
    "mehmet yilmaz",
    "ayse yıldırım",
    "ozturk",
    "123",
    "gida",
)
OWNED = 500
BATCH = 2000


def fill(wanted: int, owner: User) -> None:
    """Add customers until there are `wanted`; the first 500 belong to the narrow user."""
    rt = record_type("customers.customer")
    have = Customer.objects.count()
    chance = random.Random(have + 7)
    now = timezone.now()
    while have < wanted:
        rows = [_customer(chance, have + at, owner if have + at < OWNED else None, now) for at in range(BATCH)]
        Customer.objects.bulk_create(rows)
        with piece_of_work():
            index_records(rt, rows)
        have += len(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _customer(chance: random.Random, number: int, owner: User | None, now: object) -> Customer:
    person = chance.random() < 0.8
    family = chance.choice(FAMILY)
    name = f"{chance.choice(GIVEN)} {family}" if person else f"{family} {chance.choice(BUSINESS)} {number % 997}"
    digits = f"0555{chance.randrange(10_000_000):07}"
    return Customer(
        kind="person" if person else "company",
        name=name,
        name_fold=fold(name),
        name_sort=sort_key(name),
        phone=f"{digits[:4]} {digits[4:7]} {digits[7:9]} {digits[9:]}",
        email=f"{fold(name).replace(' ', '.')}{number}@ornek.test",
        city=chance.choice(CITIES),
        owner=owner,
        created_at=now,
        updated_at=now,
    )


def people() -> tuple[User, User]:
    """Make the administrator and the narrow user, once."""
    admin = User.objects.filter(email="bench-admin@ornek.test").first() or User.objects.create_user(
        "bench-admin@ornek.test", name="Bench", is_admin=True
    )
    narrow = User.objects.filter(email="bench-own@ornek.test").first()
    if narrow is None:
        narrow = User.objects.create_user("bench-own@ornek.test", name="Own")
        now = timezone.now()
        role = Role.objects.create(name="Bench own", created_at=now, updated_at=now)
        Grant.objects.create(role=role, type_key="*", verb="view", scope="own")
        RoleAssignment.objects.create(user=narrow, role=role)
    return admin, narrow


def measure(user: User, runs: int, clock: Callable[[], float]) -> list[tuple[float, str]]:
    """Search as one user in turn; give (milliseconds, text) of each run, rights resolved anew each time."""
    found = []
    for run in range(runs):
        text = TYPED[run % len(TYPED)]
        with piece_of_work():
            actor = Actor(kind="user", label=user.name, user_id=user.pk, memory={"user": user})
            began = clock()
            search(actor, text)
            found.append(((clock() - began) * 1000, text))
    return found


def main() -> None:
    """Fill and measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=200_000)
    asked.add_argument("--runs", type=int, default=400)
    asked.add_argument("--cpu", action="store_true", help="count processor time (SQLite on a busy machine)")
    wanted = asked.parse_args()
    admin, narrow = people()
    began = time.perf_counter()
    fill(wanted.customers, narrow)
    print(f"{connection.vendor}: {Customer.objects.count()} customers, filled in {time.perf_counter() - began:.0f} s")
    for user in (admin, narrow):
        clock = time.thread_time if wanted.cpu else time.perf_counter
        measure(user, len(TYPED), clock)
        runs = sorted(measure(user, wanted.runs, clock))
        times = [taken for taken, _text in runs]
        p95 = times[int(len(times) * 0.95)]
        worst = ", ".join(f"{text} {taken:.0f}" for taken, text in runs[-4:])
        print(f"  {user.name}: median {statistics.median(times):.1f} ms, p95 {p95:.1f} ms, worst {worst}")


if __name__ == "__main__":
    main()
