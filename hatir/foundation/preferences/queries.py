"""Read settings: the user's own choice, else the company's, else the default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from hatir.foundation.preferences.declaration import preference, preferences
from hatir.foundation.preferences.models import StoredPreference
from hatir.foundation.records.stamps import while_unchanged


def value_of(key: str, user_id: int | None = None) -> Any:
    """Give the value of a setting for a user, or the company's without one. Raises KeyError when undeclared."""
    wanted = preference(key)
    if user_id is not None and wanted.level != "company":
        own = _stored(user_id)
        if key in own:
            return wanted.from_stored(own[key])
    company = _stored(None)
    if wanted.level != "user" and key in company:
        return wanted.from_stored(company[key])
    return wanted.default


def company_values() -> dict[str, Any]:
    """Give every setting of the company by key."""
    return {one.key: value_of(one.key) for one in preferences("company")}


def user_values(user_id: int) -> dict[str, Any]:
    """Give every setting as it holds for a user, by key."""
    return {one.key: value_of(one.key, user_id) for one in preferences("user")}


def memory_key(user_id: int | None) -> str:
    """Name what is remembered of one holder for the present piece of work."""
    return f"preferences.{user_id or 'company'}"


def _stored(user_id: int | None) -> Mapping[str, Any]:
    """Read all choices of one holder at once; kept until any setting changes."""
    return while_unchanged(memory_key(user_id), lambda: dict(stored_rows(user_id).values_list("key", "value")))


def stored_rows(user_id: int | None) -> QuerySet[StoredPreference]:
    """Give the rows of one holder: a user, or the company."""
    rows = StoredPreference.objects.all()
    return rows.filter(user=None) if user_id is None else rows.filter(user_id=user_id)
