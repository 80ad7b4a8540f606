"""What may be wrong with customers beside what their fields' kinds tell, and which fields segments use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from hatir.domains.customers.models import COMPANY
from hatir.domains.customers.queries import live_segments
from hatir.foundation.quality.checks import Check, Row, declare_check
from hatir.foundation.quality.queries import step_of
from hatir.foundation.quality.uses import declare_use
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.registry import register_step
from hatir.kit.company_names import normalise_company
from hatir.kit.places_tr import find_province, tidy_place
from hatir.kit.tax_number import is_tckn, is_vkn
from hatir.kit.text_tr import fold

CUSTOMER = "customers.customer"
HOME = frozenset({"", "turkiye", "turkey", "tr"})


def _suffix(value: Any, row: Row) -> str | None:
    if row["kind"] != COMPANY:
        return None
    tidy = normalise_company(str(value)).display
    return None if tidy == value else tidy


def _city(value: Any, row: Row) -> str | None:
    if fold(str(row["country"])) not in HOME:
        return None
    province = find_province(str(value))
    if province is None:
        return ""
    return None if province.name == value else province.name


def _district(value: Any, row: Row) -> str | None:
    province = find_province(str(row["city"]))
    if province is None or fold(str(row["country"])) not in HOME or value in province.districts:
        return None
    tidy = tidy_place(str(row["city"]), str(value))[1]
    return tidy if tidy in province.districts else ""


def _vkn(value: Any, row: Row) -> str | None:
    return None if is_vkn(str(value)) or is_tckn(str(value)) else ""


def _tckn(value: Any, row: Row) -> str | None:
    return None if is_tckn(str(value)) else ""


declare_check(CUSTOMER, "name", Check("suffix", _("Company form oddly written"), _suffix, ("kind",)))
declare_check(CUSTOMER, "city", Check("city", _("Not one of the 81 provinces, or oddly written"), _city, ("country",)))
declare_check(CUSTOMER, "district", Check("district", _("No district of its province"), _district, ("city", "country")))
declare_check(CUSTOMER, "vkn", Check("vkn", _("Check digits do not fit"), _vkn))
declare_check(CUSTOMER, "tckn", Check("tckn", _("Check digits do not fit"), _tckn))


def _used_in_segments(rt: RecordType) -> Iterable[str]:
    if rt.root_key != CUSTOMER:
        return ()
    return [name for ruled in live_segments() for name in ruled.needs.fields]


declare_use(_("Segments"), _used_in_segments)
FINDING = register_step(CUSTOMER, step_of(CUSTOMER))
