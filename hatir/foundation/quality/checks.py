"""What may be wrong with a value: found by the kind of the field, or by what a room knows of its own field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import TEXTUAL, FieldSpec
from hatir.kit.email_address import is_email, normalise_email
from hatir.kit.phone import normalise_phone
from hatir.kit.text_tr import tr_lower, tr_title, tr_upper

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Row = Mapping[str, Any]
Look = Callable[[Any, Row], str | None]
"""Gives None when the value is right, else the value as it should be, or "" when nobody can say."""


@dataclass(frozen=True)
class Check:
    """One thing that may be wrong. `look(value, row)` sees the value and the columns in `needs` of the same row."""

    key: str
    label: StrOrPromise
    look: Look
    needs: tuple[str, ...] = ()


_declared: dict[tuple[str, str], list[Check]] = {}


def declare_check(type_key: str, field: str, check: Check) -> Check:
    """Let a room check a field of its own."""
    _declared.setdefault((type_key, field), []).append(check)
    return check


def checks_of(rt: RecordType, spec: FieldSpec) -> list[Check]:
    """List the checks of a field: those of its kind, then those that its room declared."""
    found = [SPACES] if spec.kind in TEXTUAL and spec.kind != "longtext" else []
    if spec.kind in _BY_KIND:
        found.append(_BY_KIND[spec.kind])
    if spec.name == rt.title:
        found.append(CASING)
    return [*found, *_declared.get((rt.root_key, spec.name), ())]


def _spaces(value: Any, row: Row) -> str | None:
    tidy = " ".join(str(value).split())
    return None if tidy == value else tidy


def _email(value: Any, row: Row) -> str | None:
    if not is_email(str(value)):
        return ""
    tidy = normalise_email(str(value))
    return None if tidy == value else tidy


def _phone(value: Any, row: Row) -> str | None:
    return None if normalise_phone(str(value)).e164 else ""


def _casing(value: Any, row: Row) -> str | None:
    text = str(value)
    letters = [letter for letter in text if letter.isalpha()]
    if len(letters) < 4 or " " not in text.strip():
        return None
    return tr_title(text) if text in (tr_upper(text), tr_lower(text)) else None


SPACES = Check("spaces", _("Stray spaces"), _spaces)
CASING = Check("casing", _("All capitals or all small letters"), _casing)
EMAIL = Check("email", _("Not an e-mail address, or oddly written"), _email)
PHONE = Check("phone", _("Not a telephone number"), _phone)
_BY_KIND = {"email": EMAIL, "phone": PHONE}
