"""Defne Ev, the example company: a furniture maker of İzmir with eight colleagues, their teams and their customers."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hatir.config import demo_timeline
from hatir.domains.accounts.demo import seed_plans
from hatir.domains.catalog.demo import seed_catalog
from hatir.domains.commerce.demo import seed_orders
from hatir.domains.customers import demo
from hatir.domains.leads.demo import seed_leads
from hatir.domains.planning import demo as planning_demo
from hatir.domains.quotes.demo import seed_quotes
from hatir.domains.sales import demo as sales
from hatir.domains.sequences.demo import seed_sequences
from hatir.foundation.access.actions import install_templates, role_from_template, set_roles
from hatir.foundation.access.queries import visible
from hatir.foundation.preferences.actions import set_company
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import actions
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.registry import record_type
from hatir.foundation.savedviews.actions import save_view
from hatir.foundation.savedviews.queries import views_of
from hatir.foundation.staff.models import User
from hatir.interface.web.sample_data import sample_actor

COMPANY = "Defne Ev"
LETTERHEAD = {
    "company.legal_name": "Defne Ev Mobilya Sanayi ve Ticaret A.Ş.",
    "company.address": "Işıkkent Mah. 6117 Sk. No: 12, Bornova / İzmir",
    "company.phone": "+90 232 555 01 02",
    "company.email": "teklif@defneev.example",
    "company.website": "defneev.example",
    "company.tax_office": "Bornova",
    "company.tax_number": "1234567808",
    "company.iban": "TR33 0006 1005 1978 6457 8413 26",
}
FIRST_RUN_CUSTOMERS = 400
FIRST_RUN_ENTRIES = 3000
DEPARTMENTS = ("Satış", "Pazarlama", "Müşteri hizmetleri", "Lojistik", "Muhasebe")
BRANCHES = (("İzmir, Alsancak", "İzmir"), ("İstanbul, Kadıköy", "İstanbul"), ("Ankara, Çankaya", "Ankara"))
TEAMS: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    ("Satış", "", "Satış", "", {}),
    ("Ege satış", "Satış", "Satış", "İzmir, Alsancak",
     {"geography": "İzmir, Aydın, Muğla, Manisa, Denizli", "channel": "mağaza, telefon"}),
    ("Marmara satış", "Satış", "Satış", "İstanbul, Kadıköy",
     {"geography": "İstanbul, Bursa, Kocaeli, Tekirdağ", "channel": "mağaza, telefon"}),
    ("Kurumsal satış", "Satış", "Satış", "Ankara, Çankaya",
     {"channel": "saha", "product": "ofis, otel, klinik", "skill": "teklif hazırlama"}),
    ("Pazarlama", "", "Pazarlama", "İzmir, Alsancak", {"channel": "e-posta, sosyal medya"}),
    ("Müşteri hizmetleri", "", "Müşteri hizmetleri", "İzmir, Alsancak",
     {"channel": "telefon, WhatsApp", "skill": "garanti, montaj"}),
)  # fmt: skip
"""Name, parent, department, branch, and where it works."""
COLLEAGUES = (
    ("Elif Kaya", "elif", "Satış uzmanı", "Satış", "Ege satış", "sales_rep"),
    ("Burak Demir", "burak", "Satış uzmanı", "Satış", "Ege satış", "sales_rep"),
    ("Can Aksoy", "can", "Satış uzmanı", "Satış", "Marmara satış", "sales_rep"),
    ("Derya Şahin", "derya", "Kurumsal satış uzmanı", "Satış", "Kurumsal satış", "sales_rep"),
    ("Zeynep Arslan", "zeynep", "Satış müdürü", "Satış", "Satış", "sales_manager"),
    ("Selin Koç", "selin", "Müşteri temsilcisi", "Müşteri hizmetleri", "Müşteri hizmetleri", "support"),
    ("Gökçe Işık", "gokce", "Pazarlama uzmanı", "Pazarlama", "Pazarlama", "marketing"),
    ("Ömer Çınar", "omer", "Muhasebe uzmanı", "Muhasebe", "", "accountant"),
)
SELLERS = ("Elif Kaya", "Elif Kaya", "Burak Demir", "Can Aksoy", "Derya Şahin", "Zeynep Arslan")
PROJECTS = ("Ev yenileme", "Yeni ev", "Ofis", "Kafe ve restoran", "Otel", "Klinik")
ROOMS = ("Salon", "Yatak odası", "Çocuk odası", "Mutfak", "Bahçe", "Toplantı odası")
FIELDS = (
    {"label": "Proje türü", "kind": "choice", "choice_lines": "\n".join(PROJECTS)},
    {"label": "Metrekare", "kind": "integer", "unit": "m²"},
    {"label": "Oda tipi", "kind": "multichoice", "choice_lines": "\n".join(ROOMS)},
)
SECTION = "Ev ve proje"
ON = "customers.customer"
VIEWS: tuple[dict[str, Any], ...] = (
    {"name": "Bu hafta aranacaklar", "sort": "last_contact_at", "pinned": True,
     "filter": {"all": [{"field": "owner", "op": "is", "value": {"var": "me"}},
                        {"field": "last_contact_at", "op": "before", "value": {"days_ago": 30}}]}},
    {"name": "VIP, 30 gündür sessiz", "sort": "last_contact_at", "pinned": True,
     "filter": {"all": [{"has": "tags", "where": {"field": "name", "op": "is", "value": "VIP"}},
                        {"field": "last_contact_at", "op": "before", "value": {"days_ago": 30}}]}},
    {"name": "İzmir", "filter": {"field": "city", "op": "is", "value": "İzmir"}},
    {"name": "Yeni adaylar", "filter": {"field": "stage", "op": "is", "value": "lead"}, "sort": "-id", "pinned": True},
)  # fmt: skip
LEAST_WITH_DOUBLES = 100
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class People:
    """The example colleagues: their ids by name, and customers' owners with their teams."""

    ids: dict[str, int]
    owners: list[tuple[int, int | None]]


def make_company(*, customers: int, seed: int, entries: int, progress: tuple[Progress, Progress]) -> None:
    """Make the company around its customers and fill it; what is there already is not made again.

    `progress` hears of customers and of timeline entries. Everything but timeline entries and settings
    is one operation, so that it can be removed as one.
    """
    actor = sample_actor()
    with piece_of_work():
        people = _people(actor)
        _own_fields(actor)
        _views()
        _settings()
    hands = demo.Hands(people.owners, _house_values)
    tell_customers, tell_entries = progress
    doubles = demo.DOUBLES if customers >= LEAST_WITH_DOUBLES else 0
    writer = demo_timeline.Writer(people.ids, entries, customers - doubles, seed, tell_entries)
    done = 0
    for batch in _batches(customers - doubles, seed, hands, actor):
        with piece_of_work():
            if done == 0:
                demo.seed_relations(batch, seed=seed, actor=actor)
                if doubles:
                    demo.seed_doubles(batch, actor=actor)
                    done += doubles
                demo_timeline.write_conversations(batch, people.ids)
                planning_demo.seed_series(people.owners, actor=actor)
            planning_demo.seed_tasks(batch, seed=seed + done, actor=actor)
            writer.write(batch)
        done += len(batch)
        tell_customers(done, customers)
    with piece_of_work():
        demo.seed_segments(seed=seed, actor=actor)
        products = seed_catalog(actor=actor)
        seed_orders(products, seed=seed, actor=actor)
    with piece_of_work():
        for _deals in sales.seed_deals(
            customers // 2, seed=seed, actor=actor, products=[product.pk for product in products if product.price]
        ):
            pass
        sales.seed_forecast(seed=seed, actor=actor)
        sales.seed_approvals(actor=actor)
        seed_quotes([product for product in products if product.price], seed=seed, actor=actor)
        seed_leads(people.owners, seed=seed, actor=actor)
    with piece_of_work():
        seed_sequences(people.ids, seed=seed, actor=actor)
        seed_plans(actor=actor, products=[product.pk for product in products if product.price])


def _batches(customers: int, seed: int, hands: demo.Hands, actor: Actor) -> Any:
    """Each batch is a piece of work of its own: definitions are read once in it, and memory stays flat."""
    source = demo.seed_customers(customers, seed=seed, hands=hands, actor=actor)
    while True:
        with piece_of_work():
            batch = next(source, None)
        if batch is None:
            return
        yield batch


def _people(actor: Actor) -> People:
    departments = _ensure("staff.department", [{"name": name} for name in DEPARTMENTS], actor)
    branches = _ensure("staff.branch", [{"name": name, "city": city} for name, city in BRANCHES], actor)
    teams: dict[str, int] = {}
    for name, parent, department, branch, place in TEAMS:
        row = {"name": name, "parent": teams.get(parent), "department": departments[department],
               "branch": branches.get(branch), **place}  # fmt: skip
        teams |= _ensure("staff.team", [row], actor)
    users = _users(departments, teams, actor)
    team_of = {name: teams.get(team) for name, _mail, _job, _department, team, _role in COLLEAGUES}
    owners: list[tuple[int, int | None]] = [(users[name], team_of[name]) for name in SELLERS]
    _lead(teams["Satış"], users["Zeynep Arslan"], actor)
    first = visible(actor, User).filter(is_admin=True).order_by("pk").first()
    if first is not None:
        owners.append((first.pk, teams["Satış"]))
    return People(users, owners)


def _lead(team_id: int, user_id: int, actor: Actor) -> None:
    rt = record_type("staff.team")
    found = visible(actor, rt).filter(pk=team_id, leads=None).first()
    if found is not None:
        actions.update(rt, [(found, {"leads": [user_id]})], actor=actor)


def _users(departments: Mapping[str, int], teams: Mapping[str, int], actor: Actor) -> dict[str, int]:
    install_templates(actor=actor)
    rows: list[dict[str, Any]] = [
        {"name": name, "email": f"{mail}@defneev.example", "job_title": job, "department": departments[department],
         "teams": [teams[team]] if team else [], "language": "tr"}
        for name, mail, job, department, team, _role in COLLEAGUES
    ]  # fmt: skip
    held = set(visible(actor, User).values_list("email", flat=True))
    made = actions.create(record_type("staff.user"), [row for row in rows if row["email"] not in held], actor=actor)
    role_of = {f"{mail}@defneev.example": role for _n, mail, _j, _d, _t, role in COLLEAGUES}
    for user in made:
        set_roles(user, [role_from_template(role_of[user.email])], actor=actor)
    emails = {row["email"]: row["name"] for row in rows}
    found = visible(actor, User).filter(email__in=emails)
    return {emails[email]: pk for email, pk in found.values_list("email", "pk")}


def _ensure(type_key: str, rows: list[dict[str, Any]], actor: Actor) -> dict[str, int]:
    """Create the rows whose name is not there yet; give ids by name."""
    rt = record_type(type_key)
    names = [row["name"] for row in rows]
    held = dict(visible(actor, rt).filter(name__in=names).values_list("name", "pk"))
    made = actions.create(rt, [row for row in rows if row["name"] not in held], actor=actor)
    return held | {str(record): record.pk for record in made}


def _own_fields(actor: Actor) -> None:
    rt = record_type("customization.field")
    held = set(visible(actor, rt).filter(type_key=ON).values_list("label", flat=True))
    rows = [{**row, "type_key": ON, "section": SECTION, "position": at} for at, row in enumerate(FIELDS)]
    actions.create(rt, [row for row in rows if row["label"] not in held], actor=actor)


def _house_values(chance: random.Random) -> Mapping[str, Any]:
    """Give some customers what the company asks about their home."""
    if chance.random() < 0.5:
        return {}
    return {
        "custom.proje_turu": choice_key(chance.choice(PROJECTS)),
        "custom.metrekare": chance.choice((65, 80, 95, 110, 120, 135, 160, 240)),
        "custom.oda_tipi": [choice_key(room) for room in chance.sample(ROOMS, chance.choice((1, 1, 2)))],
    }


def choice_key(label: str) -> str:
    """Give the key under which a choice is stored."""
    from hatir.foundation.customization.rules import key_from

    return key_from(label, set())


def _views() -> None:
    """Save the views of everybody in the first administrator's name: a view belongs to a person."""
    system = sample_actor()
    first = visible(system, User).filter(is_admin=True, is_active=True).order_by("pk").first()
    if first is None:
        return
    owner = Actor(kind="user", label=str(first), user_id=first.pk, is_admin=True)
    held = {view.name for view in views_of(owner, ON)}
    for at, view in enumerate(view for view in VIEWS if view["name"] not in held):
        save_view(ON, {**view, "shared": "all", "position": at}, actor=owner, source=system.operation)


def _settings() -> None:
    if not value_of("company.name"):
        values = {"company.name": COMPANY, "company.sector": "furniture", "company.onboarded": True, **LETTERHEAD}
        set_company(values, actor=sample_actor())
