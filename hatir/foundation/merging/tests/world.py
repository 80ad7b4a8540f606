"""What the tests of the room share: a customer with everything that can point at one, and a picture of all tables."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils import timezone

from hatir.foundation.customization.actions import define_fields, define_objects
from hatir.foundation.files.models import StoredFile
from hatir.foundation.notifications.actions import follow
from hatir.foundation.notifications.models import Notification
from hatir.foundation.records import actions, writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.savedviews.actions import remember_opened
from hatir.foundation.timeline.actions import post_note
from tests.world.cast import SYSTEM, Cast, Customer, Tag, make_customer

CUSTOMER = "customers.customer"
HISTORY = ("audit.", "events.", "merging.", "jobs.", "records.stamp", "sessions.", "live.")
STAMPS = ("updated_at", "version")


def picture() -> dict[str, dict[int, dict[str, Any]]]:
    """Give all rows of all tables but history, without the stamps that every write moves on."""
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for model in apps.get_models():
        label = model._meta.label_lower
        if not label.startswith(HISTORY):
            rows = model._base_manager.order_by("pk").values()
            found[label] = {
                row[model._meta.pk.attname]: {name: value for name, value in row.items() if name not in STAMPS}
                for row in rows
            }
    return found


def difference(one: dict[str, dict[int, dict[str, Any]]], other: dict[str, dict[int, dict[str, Any]]]) -> list[str]:
    """Name what differs between two pictures: table, row and column."""
    told = []
    for label in one:
        for key in one[label].keys() | other[label].keys():
            before, after = one[label].get(key), other[label].get(key)
            if before is None or after is None:
                told.append(f"{label} {'new' if before is None else 'gone'}: {after or before}")
            else:
                told.extend(f"{label}.{n}: {before[n]!r} → {after[n]!r}" for n in before if before[n] != after[n])
    return sorted(told)


def make(type_key: str, actor: Actor = SYSTEM, **values: Any) -> Any:
    """Make one record by its type's own verb."""
    return actions.create(record_type(type_key), [values], actor=actor)[0]


def ref(record: Any) -> RecordRef:
    return RecordRef(CUSTOMER, record.pk)


def elif_twice(cast: Cast) -> tuple[Customer, Customer]:
    """Give Elif Kaya and her double, at whom everything points that can point at a customer."""
    elif_kaya = cast.elif_kaya
    vip, trade = (writing.save(Tag(name=name), actor=SYSTEM) for name in ("VIP", "Bayi"))
    double = make_customer(
        "Elif Kaya Tan", phone="0532 111 22 33", email="elif@kaya.com.tr", address="Gül Sok. 5", city="İzmir",
        note="Salı günleri arayın", owner=cast.ayse.user.pk, team=cast.shop.pk, tags=[vip.pk, trade.pk],
        birth_on="1990-05-04", company=False,
    )  # fmt: skip
    actions.update(record_type(CUSTOMER), [(elif_kaya, {"tags": [vip.pk], "note": "Çay sever"})], actor=SYSTEM)
    for customer in (elif_kaya, double):
        make("customers.contact_point", customer=customer.pk, kind="phone", value="0216 333 44 55")
    make("customers.contact_point", customer=double.pk, kind="instagram", value="@elifkaya")
    make("customers.address", customer=double.pk, kind="invoice", address="Lale Cad. 7", city="İzmir")
    sister = make("customers.relation_kind", name="kardeşi", reverse_name="kardeşi")
    make("customers.relation", customer=double.pk, kind=sister.pk, other=cast.deniz_isik.pk)
    make("customers.relation", customer=cast.lale_market.pk, kind=sister.pk, other=double.pk)
    make("customers.relation", customer=double.pk, kind=sister.pk, other=elif_kaya.pk)
    make("customers.list", name="Bayram", members=[double.pk, elif_kaya.pk])
    make("customers.list", name="Açılış", members=[double.pk])
    _beside(cast, elif_kaya, double)
    return elif_kaya, double


def _beside(cast: Cast, elif_kaya: Customer, double: Customer) -> None:
    """What no foreign key ties: notes, files, followers, notifications, a boat of a company's own kind."""
    for customer, text in ((elif_kaya, "Aradı"), (double, "Teklif istedi")):
        post_note(ref(customer), text, actor=cast.ayse.actor)
        follow(ref(customer), actor=cast.ayse.actor)
        remember_opened(ref(customer), actor=cast.ayse.actor)
    follow(ref(double), actor=cast.zeynep.actor)
    now = timezone.now()
    StoredFile.objects.create(
        name="sözleşme.pdf", size=3, mime="application/pdf", sha256="0" * 64, about_type=CUSTOMER, about_id=double.pk,
        created_at=now,
    )  # fmt: skip
    Notification.objects.create(user=cast.ayse.user, text="Elif", ref_type=CUSTOMER, ref_id=double.pk, at=now)
    define_objects([{"label": "Tekne", "plural": "Tekneler"}], actor=SYSTEM)
    define_fields([{"type_key": "own.tekne", "label": "Sahibi", "kind": "relation", "target": CUSTOMER}], actor=SYSTEM)
    actions.create(record_type("own.tekne"), [{"name": "Martı", "custom.sahibi": double.pk}], actor=SYSTEM)
