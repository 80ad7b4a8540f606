"""The declaration of targets."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.domains.sales import actions
from hatir.domains.sales.models import Quota
from hatir.foundation.records.declaration import RecordType, Scope, Section
from hatir.foundation.records.registry import register
from hatir.foundation.transfer.linking import declare_found_only, declare_synonyms

QUOTA = register(
    RecordType(
        key="sales.quota",
        model=Quota,
        title="name",
        path="targets",
        icon="target",
        create=actions.create_quotas,
        update=actions.update_quotas,
        list_columns=("name", "period", "starts_on", "owner", "team", "branch", "amount"),
        quick_fields=("period", "starts_on", "owner", "team", "branch", "amount"),
        sections=(
            Section("target", _("Target"), ("name", "period", "starts_on", "amount", "currency")),
            Section("whose", _("Whose"), ("owner", "team", "branch")),
        ),
        order=("-starts_on", "name", "id"),
        search={"name": "B"},
        match_on=("name",),
        scope=Scope(owner="owner", team="team"),
        kinds={"amount": "money"},
        currency="currency",
    )
)
declare_found_only("sales.quota", "branch")
declare_synonyms(
    "sales.quota",
    starts_on=("month", "quarter", "begins", "period start", "ay", "ceyrek", "baslangic", "donem basi"),
    amount=("target", "quota", "amount", "hedef", "kota", "tutar"),
    branch=("territory", "region", "office", "branch", "bolge", "sube"),
)
