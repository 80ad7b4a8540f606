"""International bank account numbers."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class InvalidIban(ValueError):
    """The IBAN breaks the rule named in `reason` (translatable)."""

    def __init__(self, reason: str | Promise) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(self.reason)


def check_iban(value: str) -> str:
    """Return an IBAN without blanks, in capitals; any country.

    A Turkish IBAN has 26 characters: TR, 2 check digits, 5 bank, 1 reserve, 16 account.
    Raises InvalidIban. Source: ISO 13616 through python-stdnum.
    """
    from stdnum import exceptions
    from stdnum import iban as standard

    try:
        return str(standard.validate(value))
    except exceptions.InvalidChecksum:
        raise InvalidIban(_("The check digits of this IBAN are wrong.")) from None
    except exceptions.InvalidLength:
        raise InvalidIban(_("This IBAN has the wrong length.")) from None
    except exceptions.ValidationError:
        raise InvalidIban(_("This is not an IBAN.")) from None


def is_iban(value: str) -> bool:
    """Tell whether check_iban accepts the value."""
    try:
        check_iban(value)
    except InvalidIban:
        return False
    return True


def format_iban(value: str) -> str:
    """Write an IBAN in groups of four: ``TR33 0006 1005 1978 6457 8413 26``."""
    plain = "".join(value.split())
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))
