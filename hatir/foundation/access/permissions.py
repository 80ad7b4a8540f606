"""Single rights that are no verb on a type: their codes, names and what they open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hatir.foundation.access.grants import MANAGE, REVEAL, VIEW_AUDIT
from hatir.foundation.records.registry import root_types

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Permission:
    """One single right: what code asks for, and what people read when they give it."""

    code: str
    label: StrOrPromise
    help: StrOrPromise = ""


_known: dict[str, Permission] = {}


def register_permission(code: str, label: StrOrPromise, text: StrOrPromise = "") -> Permission:
    """Make a single right known, so that it can be given to roles."""
    _known[code] = Permission(code, label, text)
    return _known[code]


def permissions() -> list[Permission]:
    """List every single right: the registered ones, then those that guard a field of some type."""
    found = dict(_known)
    for rt in root_types():
        for name, code in rt.restricted.items():
            text = gettext("Opens the field “%(field)s” of %(type)s.") % {"field": name, "type": rt.plural_label}
            found.setdefault(code, Permission(code, code, text))
    return list(found.values())


register_permission(MANAGE, _("Manage settings"), _("Users, teams, roles, fields and objects, keys, webhooks."))
register_permission(VIEW_AUDIT, _("See the audit trail"), _("Who saw and changed what, over all records."))
register_permission(REVEAL, _("Open masked values"), _("Identity and tax numbers in full; each opening is recorded."))
