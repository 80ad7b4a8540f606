"""Turn what people and programs send into typed values, and typed values into JSON.

One place for forms, the API, imports and custom fields, so that a value is judged alike everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.fields import FieldSpec
from hatir.kit.email_address import is_email
from hatir.kit.ids import decode_id, encode_id
from hatir.kit.parsing_tr import parse_date, parse_decimal
from hatir.kit.text_tr import fold

LONGEST_TEXT = 100_000
TRUE_WORDS = frozenset({"1", "true", "yes", "on", "evet", "e", "y", "dogru", "var"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", "hayir", "h", "n", "yanlis", "yok", ""})


def clean(spec: FieldSpec, raw: Any) -> Any:
    """Read one raw value as the field's type; empty text means None (or "" for text).

    Raises ValueError with a translated message fit for the user.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip() and spec.kind != "boolean"):
        if spec.required:
            raise ValueError(_("This field is required."))
        return _EMPTY.get(spec.kind, _absent)()
    return _CLEANERS[spec.kind](spec, raw)


def clean_values(fields: Mapping[str, FieldSpec], raw: Mapping[str, Any], *, complete: bool) -> dict[str, Any]:
    """Read a mapping of raw values. With `complete`, required fields must all be there (a new record).

    Raises Invalid with every problem at once, unknown and read-only names included.
    """
    errors: dict[str, list[str]] = {}
    cleaned: dict[str, Any] = {}
    for name, value in raw.items():
        spec = fields.get(name)
        if spec is None or not spec.editable:
            errors[name] = [_("There is no such field to write.")]
            continue
        try:
            cleaned[name] = clean(spec, value)
        except ValueError as problem:
            errors[name] = [str(problem)]
    if complete:
        for name, spec in fields.items():
            if spec.required and spec.editable and name not in raw:
                errors[name] = [_("This field is required.")]
    if errors:
        raise Invalid(errors)
    return cleaned


def to_json(spec: FieldSpec, value: Any) -> Any:
    """Give the value as JSON carries it outside: ids in base32, decimals and instants as text."""
    if value is None:
        return None
    if spec.kind in ("relation", "user", "team", "id"):
        return encode_id(int(value))
    if spec.kind == "relations":
        return [encode_id(int(item)) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value


def plain(value: Any) -> Any:
    """Give a value as it is kept in audit and in custom JSON: no Decimal, no instants, ids as numbers."""
    if value is None or type(value) is str:  # most of them
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    return value


def from_plain(spec: FieldSpec, value: Any) -> Any:
    """Read back what `plain` gave, as the type that the model field holds."""
    if value is None or isinstance(value, (bool, int, list)):
        return value
    if spec.kind == "datetime":
        return datetime.fromisoformat(value)
    if spec.kind == "date":
        return date.fromisoformat(value)
    if spec.kind in ("number", "money", "percent"):
        return Decimal(str(value))
    return value


def as_id(raw: Any) -> int:
    """Read a record id given as number, base32 text or record. Raises ValueError."""
    if hasattr(raw, "pk"):
        return int(raw.pk)
    if isinstance(raw, bool):
        raise ValueError(_("Choose a record from the list."))
    if isinstance(raw, int):
        return raw
    try:
        return decode_id(str(raw).strip())
    except ValueError:
        raise ValueError(_("Choose a record from the list.")) from None


def _text(spec: FieldSpec, raw: Any) -> str:
    if isinstance(raw, (dict, list)):
        raise ValueError(_("Enter text."))
    text = str(raw).replace("\x00", "").strip()
    longest = spec.max_length or LONGEST_TEXT
    if len(text) > longest:
        raise ValueError(
            _("At most %(count)d characters fit here; this has %(found)d.") % {"count": longest, "found": len(text)}
        )
    if spec.kind == "text" and ("\n" in text or "\r" in text):
        text = " ".join(text.split())
    return text


def _email(spec: FieldSpec, raw: Any) -> str:
    text = _text(spec, raw)
    if not is_email(text):
        raise ValueError(_("Enter an e-mail address like name@company.com."))
    return text


def _url(spec: FieldSpec, raw: Any) -> str:
    text = _text(spec, raw)
    if "://" not in text:
        text = f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        raise ValueError(_("Enter a web address like www.company.com.")) from None
    return text


def _integer(spec: FieldSpec, raw: Any) -> int:
    number = _number(spec, raw)
    if number != number.to_integral_value() or abs(number) > 2**53:
        raise ValueError(_("Enter a whole number."))
    return int(number)


def _number(spec: FieldSpec, raw: Any) -> Decimal:
    if isinstance(raw, bool):
        raise ValueError(_("Enter a number."))
    try:
        number = Decimal(str(raw)) if isinstance(raw, (int, float, Decimal)) else parse_decimal(str(raw))
    except (ValueError, InvalidOperation):
        raise ValueError(_("Enter a number.")) from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise ValueError(_("This number is too large."))
    return number if spec.kind == "integer" else round(number, spec.decimal_places)


def _boolean(spec: FieldSpec, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    word = fold(str(raw))
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError(_("Answer yes or no."))


def _date(spec: FieldSpec, raw: Any) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        return parse_date(str(raw))
    except ValueError:
        raise ValueError(_("Enter a date like 31.12.2026.")) from None


def _datetime(spec: FieldSpec, raw: Any) -> datetime:
    if isinstance(raw, datetime):
        moment = raw
    else:
        text = str(raw).strip().replace("Z", "+00:00")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            day, _space, clock = text.partition(" ")
            try:
                moment = datetime.fromisoformat(f"{parse_date(day).isoformat()}T{clock or '00:00'}")
            except ValueError:
                raise ValueError(_("Enter a date and time like 31.12.2026 15:30.")) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_current_timezone())


def _choice(spec: FieldSpec, raw: Any) -> str:
    text = str(raw).strip()
    wanted = fold(text)
    for key, label in spec.choices:
        if key == text or fold(key) == wanted or fold(str(label)) == wanted:
            return key
    offered = ", ".join(str(label) for _key, label in spec.choices[:8])
    raise ValueError(_("“%(value)s” is not one of: %(offered)s.") % {"value": text[:60], "offered": offered})


def _items(raw: Any) -> list[Any]:
    if isinstance(raw, str):
        return [item.strip() for item in raw.replace(";", ",").split(",") if item.strip()]
    if isinstance(raw, Iterable) and not isinstance(raw, Mapping):
        return list(raw)
    raise ValueError(_("Give a list."))


def _choices(spec: FieldSpec, raw: Any) -> list[str]:
    return list(dict.fromkeys(_choice(spec, item) for item in _items(raw)))


def _relation(spec: FieldSpec, raw: Any) -> int:
    return as_id(raw)


def _relations(spec: FieldSpec, raw: Any) -> list[int]:
    return sorted({as_id(item) for item in _items(raw)})


def _absent() -> None:
    return None


_EMPTY: dict[str, Callable[[], Any]] = {
    "text": str, "longtext": str, "email": str, "phone": str, "url": str, "choice": str,
    "relations": list, "multichoice": list,
}  # fmt: skip
_CLEANERS: dict[str, Callable[[FieldSpec, Any], Any]] = {
    "text": _text, "longtext": _text, "phone": _text, "email": _email, "url": _url,
    "integer": _integer, "number": _number, "money": _number, "percent": _number,
    "boolean": _boolean, "date": _date, "datetime": _datetime,
    "choice": _choice, "multichoice": _choices,
    "relation": _relation, "user": _relation, "team": _relation, "relations": _relations, "id": _relation,
}  # fmt: skip
