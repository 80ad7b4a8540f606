"""The people of every test: who they are, what they may do, and a few customers they know.

Ayşe sells in the shop team, below the sales team that Zeynep leads; Mehmet serves in another team;
Can works here but may do nothing; Defne is the administrator.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from hatir.domains.customers.models import COMPANY, PERSON
from hatir.domains.customers.models import Customer as Customer  # foundation tests take the models from here
from hatir.domains.customers.models import Tag as Tag
from hatir.foundation.access.models import Grant, Role, RoleAssignment
from hatir.foundation.records import actions
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.models import Branch, Department, Membership, Team, User

WRITES = ("create", "edit", "archive")
EVERYTHING = ("view", *WRITES, "export", "import")
SYSTEM = system_actor("test")


@dataclass(frozen=True)
class Member:
    """One of the cast: the user; `actor` is made anew at every asking, like at every request."""

    user: User

    @property
    def actor(self) -> Actor:
        return actor_of(self.user)


@dataclass(frozen=True)
class Cast:
    """Everybody, their teams, and the customers: two of Ayşe, one of Zeynep, one of Mehmet."""

    ayse: Member
    mehmet: Member
    zeynep: Member
    can: Member
    admin: Member
    sales: Team
    shop: Team
    service: Team
    centre: Branch
    lale_market: Customer
    kuzey_lojistik: Customer
    elif_kaya: Customer
    deniz_isik: Customer

    @property
    def customers(self) -> tuple[Customer, ...]:
        return (self.lale_market, self.kuzey_lojistik, self.elif_kaya, self.deniz_isik)


def actor_of(user: User, **more: Any) -> Actor:
    """Give the actor of a user as a request makes it; `more` overrides (kind, permissions …)."""
    return Actor(
        **{
            "kind": "user",
            "label": user.name,
            "user_id": user.pk,
            "origin": "203.0.113.7",
            "is_admin": user.is_admin,
            **more,
        }
    )


def make_team(name: str, **values: Any) -> Team:
    """Make a team."""
    now = timezone.now()
    return Team.objects.create(name=name, created_at=now, updated_at=now, **values)


def make_user(name: str, email: str, *, teams: Iterable[Team] = (), role: Role | None = None, **values: Any) -> User:
    """Make a user in teams and with a role; the password is the name of the street cat, "boncuk-2026"."""
    user = User.objects.create_user(email, "boncuk-2026", name=name, **values)
    for team in teams:
        Membership.objects.create(user=user, team=team)
    if role is not None:
        RoleAssignment.objects.create(user=user, role=role)
    return user


def make_role(name: str, grants: dict[str, str], *, permissions: Iterable[str] = (), type_key: str = "*") -> Role:
    """Make a role: `grants` maps verb to scope, for one type or for all."""
    now = timezone.now()
    role = Role.objects.create(name=name, permissions=list(permissions), created_at=now, updated_at=now)
    Grant.objects.bulk_create(
        [Grant(role=role, type_key=type_key, verb=verb, scope=scope) for verb, scope in grants.items()]
    )
    return role


def make_customer(name: str, *, company: bool = False, **values: Any) -> Customer:
    """Make a person or a company through the room's own verb."""
    rt = record_type("customers.customer")
    row = {"kind": COMPANY if company else PERSON, "name": name, **values}
    found: Customer = actions.create(rt, [row], actor=SYSTEM)[0]
    return found


def make_cast() -> Cast:
    """Make everybody and everything, directly in the database."""
    now = timezone.now()
    centre = Branch.objects.create(name="Kadıköy", city="İstanbul", created_at=now, updated_at=now)
    department = Department.objects.create(name="Satış", created_at=now, updated_at=now)
    sales = make_team("Satış", department=department)
    shop = make_team("Mağaza", parent=sales, branch=centre, geography="İstanbul, İzmir", channel="shop")
    service = make_team("Servis")
    rep = make_role("Mağaza satıcısı", {"view": "own", **dict.fromkeys(WRITES, "own")})
    support = make_role("Servis masası", {"view": "own", "edit": "own", "create": "own"})
    lead = make_role("Satış takım lideri", dict.fromkeys(EVERYTHING, "team"), permissions=["personal.reveal"])
    ayse = make_user("Ayşe Yıldırım", "ayse@ornek.com.tr", teams=[shop], role=rep)
    mehmet = make_user("Mehmet Öz", "mehmet@ornek.com.tr", teams=[service], role=support)
    zeynep = make_user("Zeynep Acar", "zeynep@ornek.com.tr", teams=[sales], role=lead)
    can = make_user("Can Uzun", "can@ornek.com.tr")
    admin = make_user("Defne Koç", "defne@ornek.com.tr", is_admin=True)
    return Cast(
        ayse=Member(ayse),
        mehmet=Member(mehmet),
        zeynep=Member(zeynep),
        can=Member(can),
        admin=Member(admin),
        sales=sales,
        shop=shop,
        service=service,
        centre=centre,
        lale_market=make_customer(
            "Lale Market", company=True, city="İzmir", owner=ayse.pk, team=shop.pk, email="bilgi@lalemarket.com.tr"
        ),
        kuzey_lojistik=make_customer(
            "Kuzey Lojistik A.Ş.", company=True, city="Trabzon", owner=zeynep.pk, team=sales.pk, vkn="1234567890"
        ),
        elif_kaya=make_customer("Elif Kaya", city="İstanbul", phone="0555 010 24 68", owner=ayse.pk, team=shop.pk),
        deniz_isik=make_customer(
            "Deniz Işık", city="Iğdır", email="deniz@isik.com.tr", owner=mehmet.pk, team=service.pk, tckn="10000000146"
        ),
    )
