"""Units, KDV and tevkifat."""

from __future__ import annotations

from hatir.domains.catalog.models import Tax, TaxRate, Unit, Withholding
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.registry import register

UNIT = register(
    RecordType(
        key="catalog.unit",
        model=Unit,
        title="name",
        icon="hash",
        list_columns=("name", "code"),
        order=("name",),
        match_on=("name", "code"),
        admin_only=True,
    )
)
TAX = register(
    RecordType(
        key="catalog.tax",
        model=Tax,
        title="name",
        icon="percent",
        list_columns=("name", "updated_at"),
        order=("name",),
        match_on=("name",),
        admin_only=True,
    )
)
TAX_RATE = register(
    RecordType(
        key="catalog.tax_rate",
        model=TaxRate,
        title="percent",
        icon="percent",
        list_columns=("tax", "percent", "valid_from"),
        quick_fields=("tax", "percent", "valid_from"),
        order=("-valid_from", "-id"),
        match_on=("tax", "valid_from"),
        kinds={"percent": "percent"},
        part_of="tax",
        admin_only=True,
    )
)
WITHHOLDING = register(
    RecordType(
        key="catalog.withholding",
        model=Withholding,
        title="name",
        icon="receipt",
        list_columns=("code", "name", "percent"),
        quick_fields=("code", "name", "percent"),
        order=("code",),
        match_on=("code",),
        kinds={"percent": "percent"},
        admin_only=True,
    )
)
