"""The first start of a company: somebody must be able to sign in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.staff import actions
from hatir.foundation.staff.models import User

FIRST_EMAIL = "yonetici@hatir.local"


def sign_in_link(base_url: str) -> str:
    """Give the first administrator's one-time sign-in link; nothing once he has signed in.

    On a database without people he is made. Each start makes a new link and ends the one before.
    """
    actor = system_actor("start")
    administrator = _first_administrator(actor) or actions.create_user(
        _("Administrator"), FIRST_EMAIL, is_admin=True, actor=actor
    )
    if administrator.last_login is not None:
        return ""
    return base_url + actions.one_time_link(administrator, actor=actor)


def make_example() -> None:
    """Fill an empty house with the example company, in some seconds."""
    from hatir.config import demo_company

    def say_nothing(done: int, total: int) -> None:
        """Leave the terminal quiet: this is short."""

    demo_company.make_company(
        customers=demo_company.FIRST_RUN_CUSTOMERS,
        seed=1,
        entries=demo_company.FIRST_RUN_ENTRIES,
        progress=(say_nothing, say_nothing),
    )


def has_people() -> bool:
    """Ask whether anybody is there; a database without people is a first run."""
    return visible(system_actor("start"), User).exists()


def _first_administrator(actor: Actor) -> User | None:
    found: User | None = visible(actor, User).filter(is_admin=True, is_active=True).order_by("pk").first()
    return found
