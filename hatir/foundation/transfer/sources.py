"""Exports of other houses, known by their columns: which of them a file is, and what its columns become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from hatir.foundation.transfer.cells import as_text
from hatir.foundation.transfer.mapping import words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TABLE = Path(__file__).with_name("sources.txt")
LEAST_SHARE = 0.5
LEAST_KNOWN = 4
LEAST_OWN = 2
LEFT_OUT = "-"
NAMES: Mapping[str, StrOrPromise] = {
    "salesforce-contact": _("Salesforce contact"),
    "salesforce-account": _("Salesforce account"),
    "salesforce-lead": _("Salesforce lead"),
    "zoho-contact": _("Zoho contact"),
    "zoho-account": _("Zoho account"),
    "zoho-lead": _("Zoho lead"),
    "hubspot-contact": _("HubSpot contact"),
    "hubspot-company": _("HubSpot company"),
    "google-contact": _("Google contact"),
    "outlook-contact": _("Outlook contact"),
    "outlook-contact-tr": _("Outlook contact (Turkish)"),
    "mautic-contact": _("Mautic contact"),
    "mautic-company": _("Mautic company"),
}
NONE = "none"
"""The user said that the file is no known export."""


@dataclass(frozen=True)
class Source:
    """One export: its columns (folded) and their fields; `marks` are those that few others have."""

    key: str
    type_key: str
    columns: Mapping[str, str]
    marks: frozenset[str]

    @property
    def name(self) -> str:
        return str(NAMES[self.key])


def column_key(header: str) -> str:
    """Fold a column's name so that "MailingCity", "MAILINGCITY" and "Mailing City" are one."""
    return words(header).replace(" ", "")


@cache
def sources() -> Mapping[str, Source]:
    """Read the table of known exports, by key."""
    found: dict[str, Source] = {}
    key = type_key = ""
    columns: dict[str, str] = {}
    marks: set[str] = set()
    for line in (*TABLE.read_text(encoding="utf-8").splitlines(), "[end]"):
        text = line.strip()
        if text.startswith("["):
            if key:
                found[key] = Source(key, type_key, columns, frozenset(marks))
            key, _bracket, rest = text[1:].partition("]")
            type_key, columns, marks = rest.strip(), {}, set()
        elif text and not text.startswith("#"):
            column, _equals, name = text.rpartition("=")
            folded = column_key(column.removeprefix("!"))
            columns[folded] = name.strip()
            if column.startswith("!"):
                marks.add(folded)
    return found


def fitting(type_key: str, root_key: str) -> list[Source]:
    """List the exports whose rows may become records of a type."""
    return [each for each in sources().values() if each.type_key == type_key or type_key == root_key]


def recognise(headers: Sequence[str], type_key: str = "") -> Source | None:
    """Find the export that a file is by its columns: most of them are known, and two at least are its own.

    Between equals the one of the wanted type counts.
    """
    here = [column_key(header) for header in headers]
    best: tuple[float, int, bool] = (0.0, 0, False)
    found: Source | None = None
    for each in sources().values():
        known = sum(column in each.columns for column in here)
        own = sum(column in each.marks for column in here)
        share = known / len(here) if here else 0.0
        if own < LEAST_OWN or known < LEAST_KNOWN or share < LEAST_SHARE:
            continue
        rank = (share, own, each.type_key == type_key)
        if rank > best:
            best, found = rank, each
    return found


def places(source: Source, headers: Sequence[str], allowed: Mapping[str, Any]) -> dict[int, str]:
    """Give the field of each column that the export is known to have, by place; "" leaves it out.

    A field that two columns want goes to the first; further lines of an address are joined to it.
    """
    found: dict[int, str] = {}
    for place, header in enumerate(headers):
        name = source.columns.get(column_key(header))
        if name is None:
            continue
        joined = name == "address" or name.startswith("+")
        taken = name in found.values() and not joined
        found[place] = "" if name == LEFT_OUT or name not in allowed or taken else name
    return found


def tidied(source_key: str, cells: Sequence[Any]) -> list[Any]:
    """Read what one house alone writes: Google's " ::: " between several values, and its own groups ("* …")."""
    if not source_key.startswith("google-"):
        return list(cells)
    return [_google(cell) for cell in cells]


def _google(cell: Any) -> Any:
    text = as_text(cell)
    if " ::: " not in text and not text.startswith("* "):
        return cell
    return "; ".join(item for item in text.split(" ::: ") if not item.startswith("* "))
