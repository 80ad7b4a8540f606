"""The first steps in a new house: five real tasks, each with its minutes, ticked off by what is really there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission, may, visible
from hatir.foundation.audit.queries import operation_entries
from hatir.foundation.customization.models import CustomField
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.registry import record_types, root_types
from hatir.foundation.savedviews.queries import views_of
from hatir.foundation.staff.models import User
from hatir.interface.web.nav import home_of
from hatir.interface.web.sample_data import OPERATION

ROLES = (
    ("owner", _("I run the company"), "store"),
    ("sales", _("I sell"), "trending-up"),
    ("service", _("I look after customers"), "headset"),
    ("marketing", _("I do marketing"), "megaphone"),
    ("other", _("Something else"), "user"),
)
SECTORS = (
    ("furniture", _("Furniture and home"), "home"),
    ("retail", _("Shop and retail"), "shopping-bag"),
    ("food", _("Food and drink"), "smile"),
    ("health", _("Health and care"), "heart"),
    ("services", _("Services and consulting"), "briefcase"),
    ("manufacturing", _("Production"), "factory"),
    ("logistics", _("Transport and logistics"), "truck"),
    ("other", _("Another line"), "boxes"),
)


@dataclass(frozen=True)
class Step:
    """One task. `is_done` looks at real data; `permission` is for whom it is."""

    key: str
    label: Any
    text: Any
    minutes: int
    url: str
    icon: str
    is_done: Callable[[Actor], bool]
    permission: str = ""


def _has_records(actor: Actor) -> bool:
    """Ask for a record that was not made as an example."""
    examples = operation_entries(OPERATION).filter(verb="create").values("record_id")
    for rt in root_types():
        if rt.area == "customers" and may(actor, "view", rt):
            return bool(visible(actor, rt).filter(archived_at=None).exclude(pk__in=examples).exists())
    return False


def _has_colleague(actor: Actor) -> bool:
    examples = operation_entries(OPERATION).filter(verb="create").values("record_id")
    rows = visible(system_actor("first steps"), User).filter(is_active=True, archived_at=None)
    return bool(rows.exclude(pk=actor.user_id or 0).exclude(pk__in=examples).exists())


def _has_field(actor: Actor) -> bool:
    examples = operation_entries(OPERATION).filter(verb="create").values("record_id")
    rows = visible(system_actor("first steps"), CustomField).filter(archived_at=None)
    return bool(rows.exclude(pk__in=examples).exists())


def _has_view(actor: Actor) -> bool:
    own = [view for rt in record_types() for view in views_of(actor, rt.key) if view.owner_id == actor.user_id]
    return any(view.source != OPERATION for view in own)


def _has_password(actor: Actor) -> bool:
    user = visible(system_actor("first steps"), User).filter(pk=actor.user_id).first()
    return user is not None and bool(user.has_usable_password())


STEPS = (
    Step(
        "import",
        _("Bring your customers"),
        _("Excel, CSV or cards (.vcf); columns are recognised, double ones are sorted out, and it can be undone."),
        5,
        "/import/",
        "upload",
        _has_records,
    ),
    Step(
        "password",
        _("Choose how you sign in"),
        _("A password or a passkey: the link worked this one time."),
        1,
        "/settings/security/",
        "lock",
        _has_password,
    ),
    Step(
        "field",
        _("Add what is special in your trade"),
        _("An allergy, a size, a project: a field of your own, at once everywhere."),
        2,
        "/settings/fields/",
        "boxes",
        _has_field,
        MANAGE,
    ),
    Step(
        "view",
        _("Save a view"),
        _("Filter the list as you work and keep it as a tab."),
        2,
        "/customers/",
        "filter",
        _has_view,
    ),
    Step(
        "invite",
        _("Invite a colleague"),
        _("Each sees what the role allows, such as the customers of their own team."),
        2,
        "/settings/people/invite/",
        "user-plus",
        _has_colleague,
        MANAGE,
    ),
)


@dataclass(frozen=True)
class ShownStep:
    """A step as the page draws it."""

    number: int
    step: Step
    is_done: bool
    is_next: bool


def steps_of(actor: Actor) -> list[ShownStep]:
    """List the actor's steps with what is done, and the next one."""
    mine = [step for step in STEPS if not step.permission or has_permission(actor, step.permission)]
    done = [step.is_done(actor) for step in mine]
    following = done.index(False) if False in done else -1
    return [
        ShownStep(place + 1, step, is_done, place == following)
        for place, (step, is_done) in enumerate(zip(mine, done, strict=True))
    ]


def first_page(user: User) -> str:
    """Give where somebody begins: the first steps in a new house, else the page of the role, else the day's."""
    is_new = user.is_admin and not value_of("company.onboarded")
    return "/first-steps/" if is_new else home_of(_actor_of(user))


def _actor_of(user: User) -> Actor:
    """Give a user's rights before the first request of theirs."""
    return Actor(kind="user", label=user.name, user_id=user.pk, is_admin=user.is_admin, memory={"user": user})
