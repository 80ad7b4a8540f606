"""How a consent is said in a file, and what İYS calls it."""

from __future__ import annotations

from hatir.kit.text_tr import fold

GIVEN, REFUSED = "given", "refused"
IYS_TYPES = {"email": "EPOSTA", "sms": "MESAJ", "call": "ARAMA"}
IYS_STATUSES = {GIVEN: "ONAY", REFUSED: "RET"}
"""Source: İYS interface description (dev.iys.org.tr), enumerations of a consent."""
_YES = frozenset({
    "1", "e", "y", "x", "+", "true", "on", "yes", "evet", "var", "dogru", "onay", "onayli", "onaylandi", "onayladi",
    "izin", "izinli", "izin var", "izin verdi", "verdi", "verildi", "kabul", "kabul etti", "olumlu", "aktif", "given",
    "granted", "allowed", "accepted", "subscribed", "opt-in", "optin", "opted in",
})  # fmt: skip
_NO = frozenset({
    "0", "h", "n", "-", "false", "off", "no", "hayir", "yok", "yanlis", "ret", "red", "reddetti", "reddedildi",
    "onaysiz", "onay yok", "izinsiz", "izin yok", "izin vermedi", "vermedi", "verilmedi", "kabul etmedi", "olumsuz",
    "pasif", "iptal", "refused", "denied", "rejected", "withdrawn", "unsubscribed", "opt-out", "optout", "opted out",
})  # fmt: skip


def status_of(text: str) -> str:
    """Give the status that a word says, in Turkish or English; "" when it says neither."""
    word = " ".join(fold(text).split())
    return GIVEN if word in _YES else REFUSED if word in _NO else ""
