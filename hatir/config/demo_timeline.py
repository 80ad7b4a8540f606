"""What the example company has talked about with its customers over the last ninety days."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.staff.models import User
from hatir.foundation.timeline import actions
from hatir.foundation.timeline.models import TimelineEntry
from hatir.interface.web.sample_data import sample_actor
from hatir.kit.ids import new_ids

BATCH = 2000
DAYS = 90
BUSY_CUSTOMER_ENTRIES = 200
"""The first customer of a big run has this many, so that a long page can be looked at."""
TYPE = "customers.customer"
NOTES = (
    "Salon için ceviz kaplama istiyor, numuneleri beğendi.",
    "Fiyatı yüksek buldu, {day} günü tekrar konuşacağız.",
    "Ölçüler alındı: {width} × {depth} cm. Çizim hazırlanacak.",
    "Kumaşta {colour} tonlarını tercih ediyor, açık renk istemiyor.",
    "Kampanyadan haberi var, ay sonuna kadar karar verecek.",
    "Taşınma tarihi ertelendi, teslimatı {day} gününe aldık.",
    "Eşiyle birlikte mağazaya gelecek, koltuk takımını yeniden görecek.",
    "Önceki siparişinden çok memnun, arkadaşına bizi önermiş.",
    "Asansör dar, parçalı sevkiyat gerekiyor.",
    "Fatura bilgileri güncellendi, e-fatura adresi doğru.",
    "Mimarı ile görüştük, projeyi haftaya gönderecek.",
    "Masa ayağında çizik var, fotoğraf istendi.",
)
CALLS = (
    ("Teklif üzerine konuşuldu, {percent} indirim istedi.", "görüşüldü"),
    ("Teslim günü soruldu, {day} olarak onaylandı.", "görüşüldü"),
    ("Cevap vermedi, mesaj bırakıldı.", "ulaşılamadı"),
    ("Garanti kapsamını sordu, iki yıl olduğu anlatıldı.", "görüşüldü"),
    ("Ödeme planı anlatıldı, {count} taksit uygun görüldü.", "görüşüldü"),
    ("Meşguldü, {day} günü aranacak.", "sonra aranacak"),
)
MEETINGS = ("Mağaza ziyareti", "Yerinde ölçü alma", "Proje sunumu", "Keşif", "Sözleşme görüşmesi", "Numune tanıtımı")
TASKS = (
    "Teklifi gönder",
    "Kumaş numunesi yolla",
    "Montaj ekibini ara",
    "Ödemeyi sor",
    "Çizimi onaylat",
    "Teslimatı teyit et",
)
MESSAGES = (
    ("email", "Teklifinizi inceledik, ödeme koşullarında esneklik olur mu?"),
    ("whatsapp", "Merhaba, {day} günü mağazanız açık mı?"),
    ("whatsapp", "Masa çok güzel oldu, elinize sağlık."),
    ("email", "Ekte kat planını gönderiyorum, yerleşimi birlikte bakalım."),
    ("sms", "Teslimat saatini öğrenebilir miyim?"),
)
WEEK = ("pazartesi", "salı", "çarşamba", "perşembe", "cuma", "cumartesi")
COLOURS = ("gri", "krem", "yeşil", "lacivert", "kiremit", "hardal")
KINDS = (("note", 38), ("call", 30), ("message", 18), ("meeting", 8), ("task", 6))
Progress = Callable[[int, int], None]


class Writer:
    """Spreads a number of entries over customers that arrive in batches."""

    def __init__(self, people: Mapping[str, int], entries: int, customers: int, seed: int, progress: Progress) -> None:
        self.people = list(people.items())
        self.entries, self.customers = entries, customers
        self.chance = random.Random(seed + 1)  # noqa: S311 — a demo, not a secret
        self.progress = progress
        self.now = timezone.now()
        self.written = self.seen = 0

    def write(self, batch: Sequence[Any]) -> None:
        """Write the share of these customers: few have much, many have little."""
        if not self.entries or not self.people:
            return
        self.seen += len(batch)
        wanted = self.entries * self.seen // max(1, self.customers) - self.written
        about = self._spread(batch, wanted)
        for start in range(0, wanted, BATCH):
            part = about[start : start + BATCH]
            ids = new_ids(len(part))
            actions.add_entries(self._entry(pk, key) for pk, key in zip(part, ids, strict=True))
            self.written += len(part)
            self.progress(self.written, self.entries)

    def _spread(self, batch: Sequence[Any], wanted: int) -> list[int]:
        ids = [customer.pk for customer in batch]
        busy = BUSY_CUSTOMER_ENTRIES if self.written == 0 and wanted >= 2 * BUSY_CUSTOMER_ENTRIES else 0
        weights = [self.chance.expovariate(1) for _pk in ids]
        return [ids[-1]] * busy + self.chance.choices(ids, weights, k=max(0, wanted - busy))

    def _entry(self, about_id: int, key: int) -> TimelineEntry:
        chance = self.chance
        name, user_id = chance.choice(self.people)
        kind = chance.choices([kind for kind, _w in KINDS], [weight for _k, weight in KINDS])[0]
        at = self.now - timedelta(minutes=chance.randint(30, DAYS * 24 * 60))
        made = TimelineEntry(id=key, type_key=TYPE, about_id=about_id, at=at, kind=kind, user_id=user_id)
        made.user_label = name
        FILLERS[kind](made, chance, self.now)
        return made


def _words(text: str, chance: random.Random) -> str:
    return text.format(
        day=chance.choice(WEEK),
        colour=chance.choice(COLOURS),
        percent=f"%{chance.choice((5, 8, 10, 12))}",
        width=chance.randrange(140, 320, 5),
        depth=chance.randrange(60, 110, 5),
        count=chance.choice((3, 6, 9)),
    )


def _note(entry: TimelineEntry, chance: random.Random, now: datetime) -> None:
    entry.body = _words(chance.choice(NOTES), chance)


def _call(entry: TimelineEntry, chance: random.Random, now: datetime) -> None:
    text, outcome = chance.choice(CALLS)
    entry.body, entry.channel, entry.direction = _words(text, chance), "phone", chance.choice(("in", "out", "out"))
    entry.data = {"minutes": chance.randint(1, 24), "outcome": outcome}


def _message(entry: TimelineEntry, chance: random.Random, now: datetime) -> None:
    channel, text = chance.choice(MESSAGES)
    entry.channel, entry.direction, entry.body = channel, "in", _words(text, chance)
    entry.user_id, entry.user_label = None, ""


def _meeting(entry: TimelineEntry, chance: random.Random, now: datetime) -> None:
    entry.title, entry.channel = chance.choice(MEETINGS), "visit"
    entry.done_at = entry.at


def _task(entry: TimelineEntry, chance: random.Random, now: datetime) -> None:
    entry.title, entry.done_at = chance.choice(TASKS), entry.at


FILLERS: Mapping[str, Callable[[TimelineEntry, random.Random, datetime], None]] = {
    "note": _note,
    "call": _call,
    "message": _message,
    "meeting": _meeting,
    "task": _task,
}


def write_conversations(customers: Iterable[Any], people: Mapping[str, int]) -> None:
    """Let colleagues talk on a few customers, with mentions, so that notifications have something to say."""
    house = sample_actor()
    names = dict(visible(house, User).filter(pk__in=people.values()).values_list("pk", "name"))
    first = visible(house, User).filter(is_admin=True, is_active=True).order_by("pk").first()
    chosen = list(customers)[-4:]
    if first is None or len(chosen) < 4 or not {"Elif Kaya", "Selin Koç", "Zeynep Arslan"} <= set(people):
        return
    talks = (
        ("Selin Koç", "Montajda bir ayak eksik çıkmış, yedek parça bugün yola çıktı. @{0} bilginize.", [first.pk]),
        ("Zeynep Arslan", "Bu müşteriye %10’a kadar indirim yapabiliriz. @Elif Kaya teklifi yeniler misin?",
         [people["Elif Kaya"]]),
        ("Elif Kaya", "Teklif yenilendi, perşembe günü arayacağım. @Zeynep Arslan", [people["Zeynep Arslan"]]),
        ("Zeynep Arslan", "Otel projesi için yerinde sunum yapalım. @{0} uygun musunuz?", [first.pk]),
    )  # fmt: skip
    for customer, (author, text, mentions) in zip(chosen, talks, strict=True):
        actor = Actor(kind="system", label=names[people[author]], user_id=people[author], operation=house.operation)
        about = RecordRef(TYPE, customer.pk)
        actions.post_note(about, text.format(first.name), actor=actor, mentions=mentions)
