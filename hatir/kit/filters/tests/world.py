"""The schema the filter tests share: customers, their company and their orders."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hatir.kit.filters import FieldShape, FilterContext, Schema

ISTANBUL = ZoneInfo("Europe/Istanbul")
COMPANY: Schema = {"industry": FieldShape("choice", "Sektör", (("food", "Gıda"), ("retail", "Perakende")))}
ORDER: Schema = {"total": FieldShape("money", "Tutar"), "status": FieldShape("choice", "Durum")}
CUSTOMER: Schema = {
    "id": FieldShape("id", "Kimlik", nullable=False),
    "name": FieldShape("text", "Ad", nullable=False),
    "city": FieldShape("text", "Şehir"),
    "email": FieldShape("email", "E-posta"),
    "visits": FieldShape("integer", "Ziyaret"),
    "lifetime_value": FieldShape("money", "Yaşam boyu değer"),
    "active": FieldShape("boolean", "Etkin"),
    "born_on": FieldShape("date", "Doğum günü"),
    "seen_at": FieldShape("datetime", "Son görülme"),
    "stage": FieldShape("choice", "Aşama", (("a", "Aday"), ("b", "Müşteri"), ("c", "Kayıp"))),
    "tags": FieldShape("multichoice", "Etiketler"),
    "owner": FieldShape("user", "Sorumlu"),
    "team": FieldShape("team", "Takım"),
    "custom.alerji": FieldShape("text", "Alerji"),
}
RELATED: Schema = {
    **CUSTOMER,
    "company": FieldShape("relation", "Şirket", target="customers.company"),
    "orders": FieldShape("relations", "Siparişler", target="commerce.order"),
}
CONTEXT = FilterContext(
    at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC), zone=ISTANBUL, user_id=3, team_ids=(1, 2), branch_ids=()
)


def relations(type_key: str) -> Schema:
    """Give the schema of a type in this little world."""
    return {"customers.company": COMPANY, "commerce.order": ORDER}[type_key]
