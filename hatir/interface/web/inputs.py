"""Fields as form controls, and what a form sends back as raw values. One place for forms, cells, filters and bulk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hatir.foundation.access.grants import rights_of
from hatir.foundation.access.masking import is_masked_for
from hatir.foundation.access.queries import may, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.fields import NUMERIC, TO_ONE, FieldSpec
from hatir.foundation.records.filtering import compile_filter, context_for
from hatir.foundation.records.querying import Sort, page_of
from hatir.foundation.records.registry import fields_of, record_type
from hatir.interface.web.conditions import condition_sent, field_of
from hatir.interface.web.presenting import ORIGIN, origin_label, origin_of
from hatir.interface.web.templatetags.hatir import HUES
from hatir.kit.formats_tr import format_number
from hatir.kit.ids import decode_id, encode_id
from hatir.kit.text_tr import fold

MOST_OPTIONS = 12
PROTOCOL = frozenset(
    {
        "csrfmiddlewaretoken",
        "version",
        "alike-seen",
        "again",
        "overwrite",
        "next",
        "link",
        "ids",
        "across",
        "filter",
        "selection",
        "field",
        "do",
    }
)
_SUFFIXES = ("__text", "__sent", "__currency")


@dataclass(frozen=True)
class Option:
    """One thing to choose."""

    value: str
    label: str
    is_chosen: bool = False
    note: str = ""
    icon: str = ""
    name: str = ""
    group: str = ""


@dataclass(frozen=True)
class Input:
    """One control as `form/_input.html` draws it."""

    id: str
    name: str
    kind: str
    value: Any = None
    choices: tuple[Option, ...] = ()
    values: tuple[Option, ...] = ()
    lookup_url: str = ""
    chosen: Option | None = None
    placeholder: str = ""
    is_required: bool = False
    is_readonly: bool = False
    is_invalid: bool = False
    described_by: str = ""
    autofocus: bool = False
    autocomplete: str = ""
    max_length: int | None = None
    rows: int = 3


def input_of(
    actor: Actor, spec: FieldSpec, value: Any, *, name: str = "", autofocus: bool = False, prefix: str = "f"
) -> Input:
    """Make the control of a field that holds `value`: typed, or the raw text of a form that came back."""
    name = name or spec.name
    value = origin_label(str(value or "")) if spec.name == ORIGIN else value
    made = Input(
        id=f"{prefix}-{name.replace('.', '-')}",
        name=name,
        kind=spec.kind,
        is_required=spec.required,
        autofocus=autofocus,
        max_length=spec.max_length if spec.kind in ("text", "email", "url", "phone") else None,
        autocomplete="off",
    )
    if spec.name == "hue":
        held = {str(value)} if value is not None else set()
        return replace(
            made, kind="hue", choices=tuple(Option(str(at), str(at + 1), str(at) in held) for at in range(HUES))
        )
    if spec.kind == "choice":
        return replace(made, choices=_choices(spec, {str(value)} if value else set()))
    if spec.kind == "multichoice":
        return replace(made, choices=_choices(spec, {str(item) for item in value or ()}))
    if spec.kind in (*TO_ONE, "relations"):
        return _relation_input(actor, spec, made, value)
    return replace(made, value=_shown(spec, value))


def _choices(spec: FieldSpec, chosen: set[str]) -> tuple[Option, ...]:
    return tuple(Option(key, str(label), key in chosen) for key, label in spec.choices)


def _relation_input(actor: Actor, spec: FieldSpec, made: Input, value: Any) -> Input:
    if not spec.target:
        return replace(made, kind="text", value="")
    target = record_type(spec.target)
    ids = [_id(item) for item in (value if isinstance(value, (list, tuple)) else [value]) if item]
    chosen = options_by_id(actor, target, [pk for pk in ids if pk is not None])
    url = f"/records/{target.key}/options/"
    if spec.kind == "relations":
        return replace(made, values=tuple(chosen), lookup_url=url)
    if spec.kind == "team":
        held = {option.value for option in chosen}
        return replace(
            made, choices=tuple(replace(o, is_chosen=o.value in held) for o in options(actor, target, "", 200))
        )
    return replace(made, kind="relation", chosen=chosen[0] if chosen else None, lookup_url=url)


def _id(raw: Any) -> int | None:
    if isinstance(raw, int):
        return raw
    try:
        return decode_id(str(raw))
    except ValueError:
        return None


def _shown(spec: FieldSpec, value: Any) -> Any:
    if isinstance(value, datetime):
        return timezone.localtime(value)
    if spec.kind in NUMERIC and not spec.is_year and isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return format_number(value, language=get_language() or "tr")
    if spec.kind == "boolean" and isinstance(value, str):
        return {"true": True, "false": False}.get(value)
    return value


# --- choosing records ------------------------------------------------------------------------------


def options(actor: Actor, target: RecordType, text: str, limit: int = MOST_OPTIONS) -> list[Option]:
    """Find records by the beginning of their name, then by a part of it; first the most fitting."""
    if not may(actor, "view", target):
        return []
    rows = visible(actor, target).filter(archived_at=None)
    if "is_active" in fields_of(target):
        rows = rows.filter(is_active=True)
    order = (Sort(target.title),) if target.title in fields_of(target) else ()
    if not fold(text):
        return _as_options(target, page_of(rows, target, order, size=limit).rows)
    found: dict[int, Any] = {}
    for op in ("starts", "contains"):
        tree = {"field": target.title, "op": op, "value": text[:100]}
        fitting = rows.filter(compile_filter(tree, target, context_for(rights_of(actor))))
        for row in page_of(fitting, target, order, size=limit).rows:
            found.setdefault(row.pk, row)
        if len(found) >= limit:
            break
    return _as_options(target, list(found.values())[:limit])


def options_by_id(actor: Actor, target: RecordType, ids: Sequence[int]) -> list[Option]:
    """Name chosen records; one that the actor may not see keeps its place without its name."""
    if not ids:
        return []
    rows = {row.pk: row for row in visible(actor, target).filter(pk__in=ids)}
    named = {option.value: option for option in _as_options(target, rows.values())}
    return [named.get(encode_id(pk), Option(encode_id(pk), _("Not visible to you"))) for pk in ids]


def _as_options(target: RecordType, rows: Iterable[Any]) -> list[Option]:
    made = []
    for row in rows:
        title = target.title_of(row) or _("Without a name")
        note = str(getattr(row, "city", "") or "")
        made.append(
            Option(
                encode_id(row.pk), title, note=note, name=title if target.key == "staff.user" else "", icon=target.icon
            )
        )
    return made


# --- what a form sends -----------------------------------------------------------------------------


def names_sent(sent: QueryDict) -> list[str]:
    """List the field names of a form, without those of its own machinery."""
    names = []
    for name in sent:
        name = field_of(name) or name  # noqa: PLW2901 — the field whose condition the editor's rows are
        for suffix in _SUFFIXES:
            name = name.removesuffix(suffix)  # noqa: PLW2901 — the field that a helper belongs to
        if name not in PROTOCOL:
            names.append(name)
    return list(dict.fromkeys(names))


def read_sent(actor: Actor, fields: Mapping[str, FieldSpec], sent: QueryDict) -> dict[str, Any]:
    """Read the raw values of a form by field name; names that are no field are kept, so that cleaning refuses them.

    Raises Invalid when a name typed into a relation without JavaScript fits no record, or several.
    """
    raw: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name in names_sent(sent):
        spec = fields.get(name)
        try:
            raw[name] = sent.get(name) if spec is None else _read(actor, spec, sent)
        except ValueError as problem:
            errors[name] = [str(problem)]
    if errors:
        raise Invalid(errors)
    return raw


def _read(actor: Actor, spec: FieldSpec, sent: QueryDict) -> Any:
    if spec.name == ORIGIN:
        return origin_of(sent.get(spec.name, ""))
    if spec.condition_on:
        return condition_sent(actor, spec, sent)
    if spec.names_fields_of:
        return "\n".join(sent.getlist(spec.name))
    if spec.kind == "multichoice":
        return [value for value in sent.getlist(spec.name) if value]
    if spec.kind == "relations":
        held = [value for value in sent.getlist(spec.name) if value]
        typed = [part for part in sent.get(f"{spec.name}__text", "").split(",") if part.strip()]
        return list(dict.fromkeys([*held, *(_by_name(actor, spec, part) for part in typed)]))
    if spec.kind in TO_ONE and f"{spec.name}__text" in sent:
        return _one(actor, spec, sent.get(spec.name, ""), sent.get(f"{spec.name}__text", "").strip())
    return sent.get(spec.name, "")


def _one(actor: Actor, spec: FieldSpec, held: str, text: str) -> str:
    """Decide between the record that was chosen and the text that stands beside it."""
    if not text:
        return ""
    pk = _id(held) if held else None
    if pk is not None:
        chosen = options_by_id(actor, record_type(spec.target), [pk])
        if fold(chosen[0].label) == fold(text):
            return held
    return _by_name(actor, spec, text)


def _by_name(actor: Actor, spec: FieldSpec, text: str) -> str:
    """Find the one record of this name. Raises ValueError with candidates."""
    found = options(actor, record_type(spec.target), text.strip())
    exact = [option for option in found if fold(option.label) == fold(text)]
    if len(exact) == 1 or (not exact and len(found) == 1):
        return (exact or found)[0].value
    if not found:
        raise ValueError(_("No record is called “%(name)s”.") % {"name": text.strip()[:60]})
    names = ", ".join(option.label for option in found[:5])
    raise ValueError(_("Which one is meant: %(names)s?") % {"names": names})


def is_covered(actor: Actor, spec: FieldSpec) -> bool:
    """Tell whether the actor sees only a mask of this field, and therefore replaces it instead of editing it."""
    return is_masked_for(actor, spec)
